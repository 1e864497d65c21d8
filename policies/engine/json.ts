export type JsonRecord = { readonly [key: string]: unknown };

/** True for JSON objects: no array, no null. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own field of that name: what hangs on the prototype (`constructor`, `__proto__`) is none. */
export function field(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Follows own fields. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const name of path) here = field(here, name);
  return here;
}

/** The text that stands there, or undefined. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The list that stands there; empty where there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export interface Size {
  readonly depth: number;
  readonly values: number;
}

/** Depth and number of values; stops counting beyond the limits, so that it takes bounded time and stack. */
export function sizeOf(value: unknown, maxDepth: number, maxValues: number): Size {
  let values = 0;
  let depth = 0;
  const open: [value: unknown, depth: number][] = [[value, 1]];
  while (open.length > 0 && values <= maxValues && depth <= maxDepth) {
    const [here, level] = open.pop() as [unknown, number];
    values++;
    depth = Math.max(depth, level);
    if (typeof here !== 'object' || here === null) continue;
    const children = Array.isArray(here) ? here : Object.values(here);
    if (children.length > maxValues) return { depth, values: children.length };
    for (const child of children) open.push([child, level + 1]);
  }
  return { depth, values };
}

/** JSON text that is the same whatever the order of keys. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  const parts = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${parts.join(',')}}`;
}
