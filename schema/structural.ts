import { child, forbidden, indexed, invalid, keyed, required } from './errors.ts';
import { compareStrings } from './gofmt.ts';
import { deepEqual } from './json.ts';
import { compileRegExp } from './regex.ts';
import type { FieldError, SchemaProps } from './types.ts';

/**
 * The rules that make a schema structural: every field has a type outside of `allOf`, `anyOf`, `oneOf` and `not`, and
 * inside of those stand value validations only. Errors are sorted, as the server sorts them.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function checkStructure(schema: SchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  checkInvariants(schema, 'root', path, errors);
  checkCompleteness(schema, schema, path, path, errors);
  return errors.sort((a, b) => compareStrings(`${a.field}: ${a.body}`, `${b.field}: ${b.body}`));
}

type Level = 'root' | 'item' | 'field';

const EMPTY_TYPE: { readonly [level in Level]: string } = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

const INT_OR_STRING: readonly SchemaProps[] = [{ type: 'integer' }, { type: 'string' }];

function checkInvariants(schema: SchemaProps, level: Level, path: string, errors: FieldError[]): void {
  const { items, properties, additionalProperties } = schema;
  const type = schema.type ?? '';
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const preserve = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  if (type === 'array' && items === undefined) errors.push(required(child(path, 'items'), 'must be specified'));
  if (items !== undefined) checkInvariants(items, 'item', child(path, 'items'), errors);
  for (const [name, property] of Object.entries(properties ?? {})) {
    checkInvariants(property, 'field', keyed(child(path, 'properties'), name), errors);
  }
  if (additionalProperties !== undefined) {
    const at = child(path, 'additionalProperties');
    if (level === 'root') errors.push(forbidden(at, 'must not be used at the root'));
    if (typeof additionalProperties === 'object') checkInvariants(additionalProperties, 'field', at, errors);
    if (embedded) errors.push(forbidden(at, 'must not be used if x-kubernetes-embedded-resource is set'));
  }
  if (intOrString && preserve) {
    errors.push(
      invalid(
        child(path, 'x-kubernetes-preserve-unknown-fields'),
        true,
        'must be false if x-kubernetes-int-or-string is true',
      ),
    );
  }
  if (intOrString && embedded) {
    errors.push(
      invalid(
        child(path, 'x-kubernetes-embedded-resource'),
        true,
        'must be false if x-kubernetes-int-or-string is true',
      ),
    );
  }
  const skip = { anyOf: isIntOrString(schema.anyOf), allOf: isIntOrString(schema.allOf?.[0]?.anyOf) };
  checkValueValidation(schema, skip, path, errors);
  checkType({ type, embedded, untyped: intOrString || preserve }, level, path, errors);
  checkResourceFields(schema, level === 'root' || embedded, level, path, errors);
  if (embedded && !preserve && Object.keys(properties ?? {}).length === 0) {
    const detail =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(child(path, 'properties'), detail));
  }
}

function isIntOrString(anyOf: readonly SchemaProps[] | undefined): boolean {
  return anyOf?.length === 2 && deepEqual(anyOf, INT_OR_STRING);
}

function checkType(
  { type, embedded, untyped }: { type: string; embedded: boolean; untyped: boolean },
  level: Level,
  path: string,
  errors: FieldError[],
): void {
  const at = child(path, 'type');
  const mustBeObject = 'must be object if x-kubernetes-embedded-resource is true';
  if (embedded && type !== 'object')
    errors.push(type === '' ? required(at, mustBeObject) : invalid(at, type, mustBeObject));
  else if (type === '' && !untyped) errors.push(required(at, EMPTY_TYPE[level]));
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(invalid(at, type, 'must be object at the root'));
}

/** What a resource has anyway can hardly be restricted. */
function checkResourceFields(
  schema: SchemaProps,
  isResource: boolean,
  level: Level,
  path: string,
  errors: FieldError[],
): void {
  const properties = schema.properties ?? {};
  for (const name of ['kind', 'apiVersion']) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isResource && property !== undefined && property.type !== 'string') {
      errors.push(
        invalid(child(keyed(child(path, 'properties'), name), 'type'), property.type ?? '', 'must be string'),
      );
    }
  }
  const metadata = Object.hasOwn(properties, 'metadata') ? properties.metadata : undefined;
  if (metadata === undefined) return;
  const at = keyed(child(path, 'properties'), 'metadata');
  if (isResource && metadata.type !== 'object')
    errors.push(invalid(child(at, 'type'), metadata.type ?? '', 'must be object'));
  if (level !== 'root') return;
  const { type: _type, default: _default, properties: fields = {}, ...others } = metadata;
  const named = Object.keys(fields).every((name) => name === 'name' || name === 'generateName');
  if (!named || Object.keys(others).length > 0) {
    errors.push(
      forbidden(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified'),
    );
  }
}

function checkValueValidation(
  schema: SchemaProps,
  skip: { readonly anyOf: boolean; readonly allOf: boolean },
  path: string,
  errors: FieldError[],
): void {
  const { anyOf, allOf, oneOf, not, pattern } = schema;
  const each = (branches: readonly SchemaProps[] | undefined, name: string, rulesAllowed: boolean): void => {
    branches?.forEach((branch, i) => {
      const skipAnyOf = skip.allOf && name === 'allOf' && i === 0;
      checkNested(branch, skipAnyOf, rulesAllowed, indexed(child(path, name), i), errors);
    });
  };
  if (!skip.anyOf) each(anyOf, 'anyOf', false);
  each(allOf, 'allOf', false);
  each(oneOf, 'oneOf', false);
  if (not !== undefined) checkNested(not, false, false, child(path, 'not'), errors);
  if (pattern !== undefined && pattern !== '') {
    const problem = patternProblem(pattern);
    if (problem !== undefined) {
      errors.push(
        invalid(child(path, 'pattern'), pattern, `must be a valid regular expression, but isn't: ${problem}`),
      );
    }
  }
}

function patternProblem(pattern: string): string | undefined {
  try {
    compileRegExp(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Keywords that must not stand below allOf, anyOf, oneOf and not, and how a value that is there is found. */
const FORBIDDEN_BELOW: ReadonlyArray<readonly [keyword: keyof SchemaProps, detail: string]> = [
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
];

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}

function checkNested(
  schema: SchemaProps,
  skipAnyOf: boolean,
  rulesAllowed: boolean,
  path: string,
  errors: FieldError[],
): void {
  checkValueValidation(schema, { anyOf: skipAnyOf, allOf: false }, path, errors);
  if (schema.items !== undefined) checkNested(schema.items, false, rulesAllowed, child(path, 'items'), errors);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    checkNested(property, false, rulesAllowed, keyed(child(path, 'properties'), name), errors);
  }
  if (isSet(schema.type)) errors.push(forbidden(child(path, 'type'), 'must be empty to be structural'));
  if (schema.additionalProperties !== undefined && schema.additionalProperties !== false) {
    errors.push(forbidden(child(path, 'additionalProperties'), 'must be undefined to be structural'));
  }
  for (const [keyword, detail] of FORBIDDEN_BELOW) {
    const value = schema[keyword];
    const present = keyword === 'default' ? value !== undefined && value !== null : isSet(value);
    if (present) errors.push(forbidden(child(path, keyword), detail));
  }
  if (!rulesAllowed && isSet(schema['x-kubernetes-validations'])) {
    errors.push(forbidden(child(path, 'x-kubernetes-validations'), 'must be empty to be structural'));
  }
  if (Object.hasOwn(schema.properties ?? {}, 'metadata')) {
    errors.push(forbidden(keyed(child(path, 'properties'), 'metadata'), 'must not be specified in a nested context'));
  }
}

/** What a validation speaks of must be specified outside of it. */
function checkCompleteness(
  validation: SchemaProps,
  schema: SchemaProps,
  at: string,
  from: string,
  errors: FieldError[],
): void {
  const branches: (readonly [SchemaProps, string])[] = [];
  if (validation.not !== undefined) branches.push([validation.not, child(from, 'not')]);
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    for (const [i, branch] of (validation[name] ?? []).entries())
      branches.push([branch, indexed(child(from, name), i)]);
  }
  for (const [branch, path] of branches) checkSpecified(branch, schema, at, path, errors);
}

function checkSpecified(
  validation: SchemaProps,
  schema: SchemaProps | undefined,
  at: string,
  from: string,
  errors: FieldError[],
): void {
  if (schema === undefined) {
    errors.push(required(at, `because it is defined in ${from}`));
    return;
  }
  checkCompleteness(validation, schema, at, from, errors);
  if (validation.items !== undefined)
    checkSpecified(validation.items, schema.items, child(at, 'items'), child(from, 'items'), errors);
  const properties = schema.properties ?? {};
  for (const [name, property] of Object.entries(validation.properties ?? {})) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    checkSpecified(
      property,
      known,
      keyed(child(at, 'properties'), name),
      keyed(child(from, 'properties'), name),
      errors,
    );
  }
}
