import { distance } from './distance.ts';

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
