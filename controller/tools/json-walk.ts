/** What `inspectJson` refuses. */
export interface JsonLimits {
  /** Levels of objects and arrays within each other. */
  readonly maxDepth: number;
  /** Values in all, containers included. */
  readonly maxValues: number;
}

/**
 * Says what makes a JSON value unfit to be handed on, or undefined: too deep for code that recurses, too many values,
 * a key `__proto__`, a number beyond the range of numbers. Walks without recursion, so no depth can hurt it.
 */
export function inspectJson(root: unknown, limits: JsonLimits): string | undefined {
  const pending: { value: unknown; depth: number; path: string }[] = [{ value: root, depth: 0, path: '' }];
  let count = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth, path } = next;
    count += 1;
    if (count > limits.maxValues) return `holds more than ${limits.maxValues} values`;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      return `${path || 'the number'} is too large for a number: send it as a string`;
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= limits.maxDepth) return `nests deeper than ${limits.maxDepth} levels`;
    for (const key of Object.keys(value)) {
      if (key === '__proto__') return `has a key "__proto__"${path === '' ? '' : ` in ${path}`}, which is not allowed`;
      pending.push({
        value: (value as Record<string, unknown>)[key],
        depth: depth + 1,
        path: childPath(path, key, Array.isArray(value)),
      });
    }
  }
  return undefined;
}

/** `items[0].price`: how a place within JSON is written in messages. */
export function childPath(path: string, key: string, inArray: boolean): string {
  if (inArray) return `${path}[${key}]`;
  const short = key.length > 60 ? `${key.slice(0, 60).toWellFormed()}…` : key;
  if (!/^[\w-]+$/.test(short)) return `${path}[${JSON.stringify(short)}]`;
  return path === '' ? short : `${path}.${short}`;
}
