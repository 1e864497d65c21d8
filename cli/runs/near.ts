import { distance } from '../manifests/distance.ts';

/** The names that someone who typed `typed` may have meant, the likeliest first; three at most. */
export function nearNames(typed: string, names: Iterable<string>): string[] {
  const limit = Math.max(2, Math.floor(typed.length / 3));
  return [...new Set(names)]
    .map((name) => ({ name, far: name.startsWith(typed) ? 0 : distance(typed, name) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `; did you mean a or b?`, or nothing. */
export function didYouMean(typed: string, names: Iterable<string>): string {
  const near = nearNames(typed, names);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}
