import type { SchemaProps } from '../schema/types.ts';

/**
 * A structural schema that carries the TypeScript type of what it admits. The kinds are written once, with the
 * builders below; their types are inferred from them (`TypeOf`), so a type and its schema cannot drift apart.
 */
export interface Typed<T> extends SchemaProps {
  /** Never set: carries the type. */
  readonly __type?: T;
}

export type TypeOf<S> = S extends Typed<infer T> ? T : never;

type Properties = { readonly [name: string]: Typed<unknown> };
type Simplify<T> = { [K in keyof T]: T[K] } & {};
type ObjectOf<R extends Properties, O extends Properties> = Simplify<
  { -readonly [K in keyof R]: TypeOf<R[K]> } & { -readonly [K in keyof O]?: TypeOf<O[K]> }
>;

export const str = (description: string, extra: SchemaProps = {}): Typed<string> => ({
  description,
  type: 'string',
  ...extra,
});

export const oneOf = <const V extends string>(
  description: string,
  values: readonly V[],
  extra: SchemaProps = {},
): Typed<V> => ({ description, type: 'string', enum: values, ...extra });

export const int = (description: string, extra: SchemaProps = {}): Typed<number> => ({
  description,
  type: 'integer',
  format: 'int32',
  ...extra,
});

export const long = (description: string, extra: SchemaProps = {}): Typed<number> => ({
  description,
  type: 'integer',
  format: 'int64',
  ...extra,
});

export const bool = (description: string, extra: SchemaProps = {}): Typed<boolean> => ({
  description,
  type: 'boolean',
  ...extra,
});

export const time = (description: string): Typed<string> => ({ description, type: 'string', format: 'date-time' });

/** Any JSON object: tool schemas and tool arguments, which are whatever their author says. */
export const anyObject = (description: string, extra: SchemaProps = {}): Typed<Record<string, unknown>> => ({
  description,
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
  ...extra,
});

export const list = <T>(description: string, items: Typed<T>, extra: SchemaProps = {}): Typed<T[]> => ({
  description,
  type: 'array',
  items,
  ...extra,
});

/** A list whose elements are told apart by `key`, so that server-side apply merges them. */
export const listByKey = <T>(
  description: string,
  key: string,
  items: Typed<T>,
  extra: SchemaProps = {},
): Typed<T[]> => ({
  description,
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': [key],
  ...extra,
});

export const map = <T>(description: string, values: Typed<T>, extra: SchemaProps = {}): Typed<Record<string, T>> => ({
  description,
  type: 'object',
  additionalProperties: values,
  ...extra,
});

/** An object with its required and its optional fields. */
export const object = <const R extends Properties, const O extends Properties>(
  description: string,
  required: R,
  optional: O,
  extra: SchemaProps = {},
): Typed<ObjectOf<R, O>> => ({
  description,
  type: 'object',
  properties: { ...required, ...optional },
  ...(Object.keys(required).length > 0 ? { required: Object.keys(required) } : {}),
  ...extra,
});
