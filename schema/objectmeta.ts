import { parseTimestamp } from './cel/time.ts';
import { child, indexed, invalid, keyed, required, tooLong } from './errors.ts';
import { utf8Length } from './gofmt.ts';
import { cannotUnmarshal } from './gojson.ts';
import { isObject, type PlainObject } from './json.ts';
import { dns1035Label, dns1123Label, labelValue, pathSegment, qualifiedName } from './names.ts';
import type { FieldError, SchemaProps } from './types.ts';

type EmbeddedCheck = (value: unknown, path: string, errors: FieldError[]) => void;

/**
 * Compiles the checks of embedded resources (`x-kubernetes-embedded-resource`): each needs an apiVersion and a kind,
 * and its metadata must be an ObjectMeta. Undefined when the schema embeds none. The root counts as none: its metadata
 * is the server's concern.
 */
export function compileEmbedded(
  schema: SchemaProps,
  judge: (value: PlainObject, path: string) => FieldError[] = checkEmbeddedResource,
): EmbeddedCheck | undefined {
  const { items, additionalProperties } = schema;
  const fields = new Map<string, EmbeddedCheck>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const check = compileEmbedded(property, judge);
    if (check !== undefined) fields.set(name, check);
  }
  const additional =
    typeof additionalProperties === 'object' ? compileEmbedded(additionalProperties, judge) : undefined;
  const item = items === undefined ? undefined : compileEmbedded(items, judge);
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  if (!embedded && fields.size === 0 && additional === undefined && item === undefined) return undefined;
  return (value, path, errors) => {
    if (Array.isArray(value)) {
      if (item !== undefined) for (let i = 0; i < value.length; i++) item(value[i], indexed(path, i), errors);
      return;
    }
    if (!isObject(value)) return;
    if (embedded) errors.push(...judge(value, path));
    for (const [name, check] of fields) if (Object.hasOwn(value, name)) check(value[name], child(path, name), errors);
    if (additional === undefined) return;
    for (const key of Object.keys(value)) if (!fields.has(key)) additional(value[key], keyed(path, key), errors);
  };
}

/** Compiles what says why embedded resources cannot be read at all. Undefined when the schema embeds none. */
export function compileEmbeddedDecode(schema: SchemaProps): ((object: unknown) => FieldError | undefined) | undefined {
  const places = compileEmbedded(schema, (value, path) => {
    for (const field of ['apiVersion', 'kind'])
      if (Object.hasOwn(value, field) && typeof value[field] !== 'string')
        return [invalid(child(path, field), value[field], 'must be a string')];
    const problem = Object.hasOwn(value, 'metadata') ? metadataProblem(value.metadata) : undefined;
    return problem === undefined ? [] : [invalid(child(path, 'metadata'), value.metadata, problem)];
  });
  if (places === undefined) return undefined;
  return (object) => {
    const errors: FieldError[] = [];
    places(object, '', errors);
    return errors[0];
  };
}

/** What is wrong with an embedded resource's apiVersion, kind and metadata. */
export function checkEmbeddedResource(object: PlainObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!Object.hasOwn(object, 'apiVersion')) errors.push(required(child(path, 'apiVersion')));
  else errors.push(...checkText(object.apiVersion, child(path, 'apiVersion'), apiVersionProblem));
  if (!Object.hasOwn(object, 'kind')) errors.push(required(child(path, 'kind')));
  else errors.push(...checkText(object.kind, child(path, 'kind'), kindProblem));
  if (Object.hasOwn(object, 'metadata')) errors.push(...checkMetadata(object.metadata, child(path, 'metadata')));
  return errors;
}

function checkText(value: unknown, path: string, problem: (text: string) => string | undefined): FieldError[] {
  if (typeof value !== 'string') return [invalid(path, value, 'must be a string')];
  if (value === '') return [invalid(path, value, 'must not be empty')];
  const detail = problem(value);
  return detail === undefined ? [] : [invalid(path, value, detail)];
}

function apiVersionProblem(text: string): string | undefined {
  return text.split('/').length > 2 ? `unexpected GroupVersion string: ${text}` : undefined;
}

function kindProblem(kind: string): string | undefined {
  const problems = dns1035Label(kind.toLowerCase());
  return problems.length === 0 ? undefined : `may have mixed case, but should otherwise match: ${problems.join(',')}`;
}

/** JSON shape of each field of ObjectMeta: what decoding it into Go's type demands. */
type Shape =
  | 'string'
  | 'int64'
  | 'bool'
  | 'time'
  | 'object'
  | { readonly map: Shape }
  | { readonly list: Shape }
  | { readonly struct: Fields };
type Fields = { readonly [name: string]: readonly [shape: Shape, goType: string] };

const OWNER: Fields = {
  apiVersion: ['string', 'string'],
  kind: ['string', 'string'],
  name: ['string', 'string'],
  uid: ['string', 'types.UID'],
  controller: ['bool', 'bool'],
  blockOwnerDeletion: ['bool', 'bool'],
};
const MANAGED: Fields = {
  manager: ['string', 'string'],
  operation: ['string', 'v1.ManagedFieldsOperationType'],
  apiVersion: ['string', 'string'],
  time: ['time', 'v1.Time'],
  fieldsType: ['string', 'string'],
  fieldsV1: ['object', 'v1.FieldsV1'],
  subresource: ['string', 'string'],
};
const METADATA: Fields = {
  name: ['string', 'string'],
  generateName: ['string', 'string'],
  namespace: ['string', 'string'],
  selfLink: ['string', 'string'],
  uid: ['string', 'types.UID'],
  resourceVersion: ['string', 'string'],
  generation: ['int64', 'int64'],
  creationTimestamp: ['time', 'v1.Time'],
  deletionTimestamp: ['time', 'v1.Time'],
  deletionGracePeriodSeconds: ['int64', 'int64'],
  labels: [{ map: 'string' }, 'map[string]string'],
  annotations: [{ map: 'string' }, 'map[string]string'],
  ownerReferences: [{ list: { struct: OWNER } }, '[]v1.OwnerReference'],
  finalizers: [{ list: 'string' }, '[]string'],
  managedFields: [{ list: { struct: MANAGED } }, '[]v1.ManagedFieldsEntry'],
};

/** Why Go could not decode the value, or undefined. Nulls decode as nothing. */
function decodeProblem(value: unknown, shape: Shape, goType: string, field: string): string | undefined {
  if (value === null || value === undefined) return undefined;
  const mismatch = (): string => cannotUnmarshal(value, `struct field ${field} of type ${goType}`);
  if (shape === 'string') return typeof value === 'string' ? undefined : mismatch();
  if (shape === 'bool') return typeof value === 'boolean' ? undefined : mismatch();
  if (shape === 'int64') {
    if (typeof value === 'bigint' || Number.isInteger(value)) return undefined;
    return typeof value === 'number'
      ? `json: cannot unmarshal number ${value} into Go struct field ${field} of type ${goType}`
      : mismatch();
  }
  if (shape === 'time') return typeof value === 'string' ? timeProblem(value) : mismatch();
  if (shape === 'object') return undefined;
  if ('list' in shape) {
    if (!Array.isArray(value)) return mismatch();
    return firstProblem(value, (item) => decodeProblem(item, shape.list, goType.slice(2), field));
  }
  if (!isObject(value)) return mismatch();
  if ('map' in shape)
    return firstProblem(Object.values(value), (item) => decodeProblem(item, shape.map, 'string', field));
  const struct = goType.replace(/^v1\./, '');
  return firstProblem(Object.entries(shape.struct), ([name, [inner, type]]) => {
    return Object.hasOwn(value, name)
      ? decodeProblem(value[name], inner, type, `${struct}.${field}.${name}`)
      : undefined;
  });
}

function firstProblem<T>(items: readonly T[], problem: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function timeProblem(text: string): string | undefined {
  if (parseTimestamp(text) !== undefined) return undefined;
  const layout = '2006-01-02T15:04:05Z07:00';
  return `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(text)} as "2006"`;
}

/** Why the value is no ObjectMeta, in Go's words. */
export function metadataProblem(value: unknown): string | undefined {
  if (value === null) return undefined;
  if (!isObject(value)) return cannotUnmarshal(value, 'value of type v1.ObjectMeta');
  return firstProblem(Object.entries(METADATA), ([name, [shape, type]]) => {
    return Object.hasOwn(value, name) ? decodeProblem(value[name], shape, type, `ObjectMeta.${name}`) : undefined;
  });
}

/** Removes what an ObjectMeta does not have; returns the paths. Does nothing to metadata of the wrong type. */
export function pruneMetadata(value: unknown, path: string): string[] {
  const removed: string[] = [];
  if (isObject(value) && metadataProblem(value) === undefined) pruneFields(value, METADATA, path, removed);
  return removed;
}

function pruneFields(object: PlainObject, fields: Fields, path: string, removed: string[]): void {
  for (const key of Object.keys(object)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) {
      removed.push(`${path}.${key}`);
      delete object[key];
      continue;
    }
    const [shape] = field;
    const value = object[key];
    if (typeof shape !== 'object' || !('list' in shape) || !Array.isArray(value)) continue;
    const item = shape.list;
    if (typeof item !== 'object' || !('struct' in item)) continue;
    for (let i = 0; i < value.length; i++) {
      if (isObject(value[i])) pruneFields(value[i] as PlainObject, item.struct, `${path}.${key}[${i}]`, removed);
    }
  }
}

const ANNOTATIONS_LIMIT = 256 * 1024;

function checkMetadata(value: unknown, path: string): FieldError[] {
  const problem = metadataProblem(value);
  if (problem !== undefined) return [invalid(path, value, problem)];
  const metadata = isObject(value) ? value : {};
  const errors: FieldError[] = [];
  const complain = (field: string, bad: unknown, problems: readonly string[]): void => {
    for (const detail of problems) errors.push(invalid(child(path, field), bad, detail));
  };
  const { generateName, name, namespace, generation } = metadata;
  if (typeof generateName === 'string' && generateName !== '')
    complain('generateName', generateName, pathSegment(generateName, true));
  if (typeof name === 'string' && name !== '') complain('name', name, pathSegment(name, false));
  if (typeof namespace === 'string' && namespace !== '') complain('namespace', namespace, dns1123Label(namespace));
  if (typeof generation === 'number' && generation < 0)
    complain('generation', generation, ['must be greater than or equal to 0']);
  errors.push(...checkLabels(metadata.labels, child(path, 'labels')));
  errors.push(...checkAnnotations(metadata.annotations, child(path, 'annotations')));
  errors.push(...checkOwners(metadata.ownerReferences, child(path, 'ownerReferences')));
  errors.push(...checkFinalizers(metadata.finalizers, child(path, 'finalizers')));
  return errors;
}

function checkLabels(labels: unknown, path: string): FieldError[] {
  const entries = isObject(labels) ? Object.entries(labels) : [];
  return entries.flatMap(([key, value]) => [
    ...qualifiedName(key).map((detail) => invalid(path, key, detail)),
    ...labelValue(String(value ?? '')).map((detail) => invalid(path, value, detail)),
  ]);
}

function checkAnnotations(annotations: unknown, path: string): FieldError[] {
  const entries = isObject(annotations) ? Object.entries(annotations) : [];
  const errors = entries.flatMap(([key]) =>
    qualifiedName(key.toLowerCase()).map((detail) => invalid(path, key, detail)),
  );
  const size = entries.reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(String(value ?? '')), 0);
  if (size > ANNOTATIONS_LIMIT) errors.push(tooLong(path, ANNOTATIONS_LIMIT));
  return errors;
}

function checkOwners(owners: unknown, path: string): FieldError[] {
  if (!Array.isArray(owners)) return [];
  const errors: FieldError[] = [];
  let controller = '';
  for (const owner of owners) {
    if (!isObject(owner)) continue;
    const text = (field: string): string => (typeof owner[field] === 'string' ? owner[field] : '');
    const version = text('apiVersion').split('/').pop();
    if (version === '')
      errors.push(invalid(child(path, 'apiVersion'), text('apiVersion'), 'version must not be empty'));
    for (const field of ['kind', 'name', 'uid']) {
      if (text(field) === '') errors.push(invalid(child(path, field), '', 'must not be empty'));
    }
    if (owner.controller !== true) continue;
    const name = `${text('kind')}/${text('name')}`;
    if (controller === '') controller = name;
    else {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`;
      errors.push(invalid(path, owners, detail));
    }
  }
  return errors;
}

function checkFinalizers(finalizers: unknown, path: string): FieldError[] {
  if (!Array.isArray(finalizers)) return [];
  const errors = finalizers.flatMap((finalizer) =>
    qualifiedName(String(finalizer)).map((detail) => invalid(path, finalizer, detail)),
  );
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}
