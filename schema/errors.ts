import { goFloat, goJson, goQuote } from './gofmt.ts';
import { isJsonInteger } from './json.ts';
import type { FieldError, FieldErrorType } from './types.ts';

/** Stands for "print no value", as Kubernetes' `field.OmitValueType` does. */
export const OMIT_VALUE: unique symbol = Symbol('omit value');

/** How Kubernetes prints a nil `*field.Path`: the object as a whole. */
export const ROOT = '<nil>';

const TITLES: { readonly [type in FieldErrorType]: string } = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};

const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'InternalError',
]);

/** The value as `field.Error.ErrorBody` prints it. */
function printed(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return goQuote(value);
    case 'number':
      return isJsonInteger(value) ? String(value) : goFloat(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return goJson(value);
  }
}

function make(type: FieldErrorType, field: string, badValue: unknown, detail: string): FieldError {
  const title = TITLES[type];
  const omitted = badValue === OMIT_VALUE || WITHOUT_VALUE.has(type);
  const head = omitted ? title : `${title}: ${printed(badValue)}`;
  const body = detail === '' ? head : `${head}: ${detail}`;
  return omitted ? { type, field, detail, body } : { type, field, badValue, detail, body };
}

/** `Required value[: detail]`. */
export function required(field: string, detail = ''): FieldError {
  return make('FieldValueRequired', field, undefined, detail);
}

/** `Invalid value: VALUE[: detail]`; pass OMIT_VALUE where Kubernetes prints none. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return make('FieldValueInvalid', field, value, detail);
}

/** The same where Kubernetes holds the value as something that prints differently: `3e+09`, a Go struct. */
export function invalidPrinted(field: string, value: unknown, printedValue: string, detail: string): FieldError {
  return {
    type: 'FieldValueInvalid',
    field,
    badValue: value,
    detail,
    body: `Invalid value: ${printedValue}: ${detail}`,
  };
}

/** `Invalid value: VALUE: detail` with the reason FieldValueTypeInvalid. */
export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return make('FieldValueTypeInvalid', field, value, detail);
}

/** `Unsupported value: VALUE: supported values: "a", "b"`. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`;
  return make('FieldValueNotSupported', field, value, detail);
}

/** `Forbidden[: detail]`. */
export function forbidden(field: string, detail: string): FieldError {
  return make('FieldValueForbidden', field, undefined, detail);
}

/** `Duplicate value: VALUE`. */
export function duplicate(field: string, value: unknown): FieldError {
  return make('FieldValueDuplicate', field, value, '');
}

/** `Too long: may not be more than N bytes`. */
export function tooLong(field: string, maxLength: number): FieldError {
  return make(
    'FieldValueTooLong',
    field,
    undefined,
    `may not be more than ${maxLength} byte${maxLength === 1 ? '' : 's'}`,
  );
}

/** `Too many: N: must have at most M items`. */
export function tooMany(field: string, actual: number, max: number): FieldError {
  return make('FieldValueTooMany', field, actual, `must have at most ${max} item${max === 1 ? '' : 's'}`);
}

/** `Internal error: detail`. */
export function internalError(field: string, detail: string): FieldError {
  return make('InternalError', field, undefined, detail);
}

/** `base.name`, or `name` at the root, as `field.Path.Child` prints it. */
export function child(base: string, name: string): string {
  return base === ROOT || base === '' ? name : `${base}.${name}`;
}

/** `base[key]`, as `field.Path.Key` prints it. */
export function keyed(base: string, key: string): string {
  return base === ROOT || base === '' ? `[${key}]` : `${base}[${key}]`;
}

/** `base[3]`, as `field.Path.Index` prints it. */
export function indexed(base: string, index: number): string {
  return keyed(base, String(index));
}
