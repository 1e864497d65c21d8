import type { SchemaProps } from '../../schema/index.ts';

/** A value that a schema must refuse, and what the refusal has to name. */
export interface BadInput {
  /** What is wrong, for the test's name. */
  readonly what: string;
  /** The field, as the API server writes it: `spec.tools[0].name`. */
  readonly field: string;
  readonly spec: unknown;
  /** Some words of the refusal. */
  readonly says: RegExp;
}

type Path = readonly (string | number)[];

/** Every way in which every field of a spec can be wrong that the schema knows of. `sample` is a spec that is valid. */
export function badInputs(schema: SchemaProps, sample: object): BadInput[] {
  return [...walk(schema, [], sample)];
}

function* walk(schema: SchemaProps, path: Path, sample: object): Generator<BadInput> {
  const field = `spec${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`;
  const wrong = (what: string, value: unknown, says: RegExp): BadInput => ({
    what,
    field,
    spec: put(sample, path, value),
    says,
  });
  if (path.length > 0) yield wrong('wrong type', otherType(schema.type), /must be of type|Invalid value/);
  if (schema.maxLength !== undefined) {
    yield wrong('too long', 'a'.repeat(schema.maxLength + 1), /Too long: may not be more than|should match/);
  }
  if (schema.minLength !== undefined && schema.minLength > 0)
    yield wrong('empty', '', /should be at least 1 chars long|should match/);
  if (schema.enum !== undefined) yield wrong('none of the values', 'no-such-value', /Unsupported value/);
  if (schema.pattern !== undefined) yield wrong('no match', '\u0000 no', /should match/);
  if (schema.maximum !== undefined) yield wrong('too large', schema.maximum + 1, /should be less than or equal to/);
  if (schema.minimum !== undefined) yield wrong('too small', schema.minimum - 1, /should be greater than or equal to/);
  if (schema.maxItems !== undefined) {
    const items = Array.from({ length: schema.maxItems + 1 }, (_, index) => distinct(schema.items ?? {}, index));
    yield wrong('too many', items, /Too many: .*must have at most/);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const inner = [...path, name];
    yield* walk(property, inner, put(sample, inner, valueAt(sample, inner) ?? minimal(property)));
  }
  for (const name of schema.required ?? []) {
    yield {
      what: 'missing',
      field: `${field}.${name}`,
      spec: put(sample, [...path, name], undefined),
      says: /Required value/,
    };
  }
  if (schema.properties !== undefined && schema['x-kubernetes-preserve-unknown-fields'] !== true) {
    yield {
      what: 'unknown',
      field: `${field}.nonsense`,
      spec: put(sample, [...path, 'nonsense'], 1),
      says: /unknown field/,
    };
  }
  if (schema.items !== undefined) {
    const inner = [...path, 0];
    yield* walk(schema.items, inner, put(sample, inner, valueAt(sample, inner) ?? minimal(schema.items)));
  }
}

/** The least that a schema admits. */
function minimal(schema: SchemaProps): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, minimal(schema.properties?.[name] ?? {})]),
      );
    case 'array':
      return [];
    case 'integer':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      return schema.pattern === undefined ? 'x' : matching(schema.pattern);
  }
}

/** Texts that fit the patterns of our schemas. */
function matching(pattern: string): string {
  for (const candidate of ['x', '1', 'https://example.com', 'C123', 'a@example.com', `sha256:${'0'.repeat(64)}`]) {
    if (new RegExp(pattern).test(candidate)) return candidate;
  }
  throw new Error(`no example for the pattern ${pattern}`);
}

/** The n-th of many list items that differ, so that a list of them is too long and nothing else. */
function distinct(schema: SchemaProps, n: number): unknown {
  const value = minimal(schema);
  if (typeof value === 'string') return `x${n}`;
  if (typeof value === 'object' && value !== null && 'name' in value) return { ...value, name: `x${n}` };
  return value;
}

function otherType(type: string | undefined): unknown {
  return type === 'string' ? 42 : type === 'object' ? 'text' : type === 'array' ? 'text' : 'text';
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined),
    value,
  );
}

function put(object: object, path: Path, value: unknown): object {
  const [first, ...rest] = path;
  if (first === undefined) return value as object;
  const copy: object = Array.isArray(object) ? [...object] : { ...object };
  const inner = Reflect.get(copy, first) ?? (typeof rest[0] === 'number' ? [] : {});
  const next = rest.length === 0 ? value : put(inner as object, rest, value);
  if (next === undefined) Reflect.deleteProperty(copy, first);
  else Reflect.set(copy, first, next);
  return copy;
}
