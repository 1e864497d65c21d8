/** `Warning:` headers, as kubectl prints them: bounded, so that no answer's head outgrows its readers. */

const maxTotal = 4 * 1024;
const maxItemWhenTruncating = 256;

/**
 * The header values of warnings: each text once, control characters refused, quotes and backslashes escaped. Beyond 4096
 * characters in all, texts are cut to 256 each, and the rest is dropped. Text beyond ASCII goes out as UTF-8, in the latin1 form
 * that Node writes.
 */
export function warningHeaders(warnings: readonly string[]): string[] {
  const texts = [...new Set(warnings)].filter((text) => text !== '');
  const whole = fit(texts, Number.POSITIVE_INFINITY);
  return (whole.total <= maxTotal ? whole : fit(texts, maxItemWhenTruncating)).headers;
}

function fit(texts: readonly string[], maxItem: number): { headers: string[]; total: number } {
  const headers: string[] = [];
  let total = 0;
  for (const text of texts) {
    if (total >= maxTotal && maxItem !== Number.POSITIVE_INFINITY) break;
    const chars = [...text];
    const cut = chars.length > maxItem ? chars.slice(0, maxItem).join('') : text;
    if (/\p{Cc}/u.test(cut)) continue;
    total += Math.min(chars.length, maxItem);
    const quoted = cut.replace(/[\\"]/g, '\\$&');
    headers.push(`299 - "${Buffer.from(quoted).toString('latin1')}"`);
  }
  return { headers, total };
}
