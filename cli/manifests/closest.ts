/** How many letters may differ. */
const MOST = 2;

/** The candidate that is spelled most like `text`; undefined where none is near. */
export function closestTo(text: string, candidates: readonly string[]): string | undefined {
  if (text.length > 64) return undefined;
  let best: { readonly candidate: string; readonly away: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) > MOST) continue;
    const away =
      candidate.toLowerCase() === text.toLowerCase() ? 0 : distance(text.toLowerCase(), candidate.toLowerCase());
    if (away <= Math.min(MOST, Math.floor(candidate.length / 3)) && (best === undefined || away < best.away)) {
      best = { candidate, away };
    }
  }
  return best?.candidate;
}

/** Levenshtein's: insertions, deletions, substitutions. */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(
        Math.min((before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    }
    before = row;
  }
  return before[b.length] ?? 0;
}
