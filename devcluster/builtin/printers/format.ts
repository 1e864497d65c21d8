/** How kubectl's tables word durations, labels and selectors. */
import { type Loose, list, objects, record, text } from '../access.ts';

/** `5m`, `2d3h`: the real server's short form of a duration in milliseconds. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const pair = (large: number, unit: string, small: number, rest: string) =>
    small === 0 ? `${large}${unit}` : `${large}${unit}${small}${rest}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return pair(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return days < 2920 ? pair(years, 'y', days % 365, 'd') : `${years}y`;
}

/** Time since a timestamp; `<unknown>` without one. */
export function since(timestamp: string | undefined, now: Date): string {
  const time = timestamp === undefined || timestamp === '' ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(time) ? '<unknown>' : humanDuration(now.getTime() - time);
}

export function age(object: Loose, now: Date): string {
  return since(text(object, 'metadata.creationTimestamp'), now);
}

/** `a=b,c=d`, sorted; `<none>` when empty. */
export function labels(values: { readonly [key: string]: unknown }): string {
  const pairs = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

/** A metav1.LabelSelector as text: `app=x,tier in (a,b),!old`; `<none>` when it selects everything. */
export function labelSelector(object: unknown, path: string): string {
  const requirements: { key: string; text: string }[] = Object.entries(record(object, `${path}.matchLabels`)).map(
    ([key, value]) => ({
      key,
      text: `${key}=${value}`,
    }),
  );
  for (const expression of objects(object, `${path}.matchExpressions`)) {
    const key = text(expression, 'key');
    const values = list(expression, 'values').map(String).sort().join(',');
    const words: { readonly [operator: string]: string } = {
      In: `${key} in (${values})`,
      NotIn: `${key} notin (${values})`,
      Exists: key,
      DoesNotExist: `!${key}`,
    };
    requirements.push({ key, text: words[text(expression, 'operator')] ?? '<error>' });
  }
  if (requirements.length === 0) return '<none>';
  return requirements
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map((requirement) => requirement.text)
    .join(',');
}

/** Names and images of containers, as two cells. */
export function containerCells(object: unknown, path: string): [string, string] {
  const containers = objects(object, path);
  return [
    containers.map((container) => text(container, 'name')).join(','),
    containers.map((container) => text(container, 'image')).join(','),
  ];
}

/** The first `limit` entries and how many more there are. */
export function withMore(entries: readonly string[], limit: number, empty: string, separator = ','): string {
  if (entries.length === 0) return empty;
  const shown = entries.slice(0, limit).join(separator);
  return entries.length > limit ? `${shown} + ${entries.length - limit} more...` : shown;
}
