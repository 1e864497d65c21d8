import type { SchemaProps } from '../types.ts';

const ESCAPES = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ["'", "'"],
  ['\\', '\\'],
]);

/**
 * Reads a rule's `fieldPath` (`.spec.labels['a.b']`) against the schema: fields and keys of maps only. Returns the
 * path as Kubernetes prints it, or what is wrong with it.
 */
export function normalizeFieldPath(
  text: string,
  schema: SchemaProps,
): { path?: string; schema?: SchemaProps; error?: string } {
  let path = '';
  let at: SchemaProps = schema;
  const tokens = split(text);
  const step = (name: string): string | undefined => {
    const { properties, additionalProperties } = at;
    if (properties !== undefined) {
      path = path === '' ? name : `${path}.${name}`;
      const next = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (next === undefined) return 'does not refer to a valid field';
      at = next;
      return undefined;
    }
    if (additionalProperties === undefined) return 'does not refer to a valid field';
    path = `${path}[${name}]`;
    at = typeof additionalProperties === 'object' ? additionalProperties : {};
    return undefined;
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    let error: string | undefined;
    if (token === '.') {
      const name = tokens[++i];
      error = name === undefined ? 'unexpected end of JSON path' : step(name);
    } else if (token === '[') {
      const quoted = tokens[++i];
      if (quoted === undefined) return { error: 'unexpected end of JSON path' };
      if (quoted.length < 2 || !quoted.startsWith("'") || !quoted.endsWith("'")) {
        return { error: `expected single quoted string but got ${quoted}` };
      }
      const name = unquote(quoted.slice(1, -1));
      if (name === undefined)
        return { error: `invalid string literal: invalid escape char ${/\\./.exec(quoted)?.[0] ?? ''}` };
      error = step(name);
      const close = tokens[++i];
      if (error === undefined && close !== ']') {
        error = close === undefined ? 'unexpected end of JSON path' : `expected ] but got ${close}`;
      }
    } else error = `expected [ or . but got: ${token}`;
    if (error !== undefined) return { error };
  }
  return { path, schema: at };
}

/** Delimiters `.`, `[`, `]`, quoted strings, and what stands between them. */
function split(text: string): string[] {
  return text.match(/'(?:[^'\\]|\\.)*'?|[.[\]]|[^.[\]']+/gs) ?? [];
}

function unquote(text: string): string | undefined {
  let valid = true;
  const plain = text.replace(/\\(.)/gs, (_whole, char: string) => {
    const value = ESCAPES.get(char);
    if (value === undefined) valid = false;
    return value ?? '';
  });
  return valid ? plain : undefined;
}
