/** From a JSON body to an object of its kind: unknown fields, well-typed metadata, defaults. */
import { cannotUnmarshal } from '../../schema/gojson.ts';
import { badRequest } from '../request/status.ts';
import { orderComplaints } from '../request/strict.ts';
import { DecodeError, type KubeObject, type ResourceDefinition } from '../types.ts';
import type { Call } from './call.ts';
import { isObject } from './copy.ts';
import { groupVersion } from './resources.ts';

type Kind = 'string' | 'number' | 'boolean' | 'strings' | 'list' | 'object';

const metaFields: { readonly [field: string]: Kind | 'map' | 'owners' | 'managers' | 'time' } = {
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  selfLink: 'string',
  uid: 'string',
  resourceVersion: 'string',
  generation: 'number',
  creationTimestamp: 'time',
  deletionTimestamp: 'time',
  deletionGracePeriodSeconds: 'number',
  labels: 'map',
  annotations: 'map',
  ownerReferences: 'owners',
  finalizers: 'strings',
  managedFields: 'managers',
};

const ownerFields: { readonly [field: string]: Kind } = {
  apiVersion: 'string',
  kind: 'string',
  name: 'string',
  uid: 'string',
  controller: 'boolean',
  blockOwnerDeletion: 'boolean',
};

const managerFields: { readonly [field: string]: Kind | 'time' } = {
  manager: 'string',
  operation: 'string',
  apiVersion: 'string',
  time: 'time',
  fieldsType: 'string',
  fieldsV1: 'object',
  subresource: 'string',
};

const goTypes: { readonly [kind: string]: string } = {
  string: 'string',
  number: 'int64',
  boolean: 'bool',
  strings: '[]string',
  map: 'map[string]string',
  owners: '[]v1.OwnerReference',
  managers: '[]v1.ManagedFieldsEntry',
  object: 'v1.FieldsV1',
};

function mismatch(value: unknown, field: string, type: string): DecodeError {
  return new DecodeError(cannotUnmarshal(value, `struct field ${field} of type ${type}`));
}

/**
 * Checks that metadata is what ObjectMeta can hold; drops nulls, empty values and unknown fields. Returns the unknown ones'
 * paths. Throws `DecodeError`. For custom resources: builtin kinds read metadata with the rest.
 */
export function decodeMetadata(holder: { metadata?: unknown }): string[] {
  const unknown: string[] = [];
  const meta = holder.metadata;
  if (meta === undefined || meta === null) {
    holder.metadata = {};
    return unknown;
  }
  if (!isObject(meta)) throw new DecodeError(cannotUnmarshal(meta, 'value of type v1.ObjectMeta'));
  for (const key of Object.keys(meta)) {
    const kind = Object.hasOwn(metaFields, key) ? metaFields[key] : undefined;
    if (kind === undefined) {
      unknown.push(`metadata.${key}`);
      delete meta[key];
    } else if (keepField(meta, key, kind, 'ObjectMeta', unknown) === false) delete meta[key];
  }
  return unknown;
}

/** False where the field is to be dropped: null or Go's zero value, which omitempty leaves out. */
function keepField(
  owner: { [key: string]: unknown },
  key: string,
  kind: string,
  type: string,
  unknown: string[],
): boolean {
  const value = owner[key];
  if (value === null) return false;
  const field = `${type}.${key}`;
  switch (kind) {
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, field, 'string');
      return value !== '' || type === 'OwnerReference';
    case 'number':
      if (typeof value !== 'number' && typeof value !== 'bigint') throw mismatch(value, field, 'int64');
      if (typeof value === 'number' && !Number.isInteger(value)) {
        throw new DecodeError(`json: cannot unmarshal number ${value} into Go struct field ${field} of type int64`);
      }
      return key === 'deletionGracePeriodSeconds' || Number(value) !== 0;
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, field, 'bool');
      return true;
    case 'time':
      owner[key] = decodeTime(value, field);
      return true;
    case 'object':
      if (!isObject(value)) throw mismatch(value, field, 'v1.FieldsV1');
      return true;
    case 'strings':
      if (!Array.isArray(value)) throw mismatch(value, field, '[]string');
      for (const item of value) if (typeof item !== 'string') throw mismatch(item, field, 'string');
      return value.length > 0;
    case 'map':
      if (!isObject(value)) throw mismatch(value, field, 'map[string]string');
      for (const item of Object.keys(value)) {
        if (value[item] === null) value[item] = '';
        else if (typeof value[item] !== 'string') throw mismatch(value[item], field, 'string');
      }
      return Object.keys(value).length > 0;
    default: {
      if (!Array.isArray(value)) throw mismatch(value, field, goTypes[kind] ?? kind);
      const [itemType, fields] =
        kind === 'owners' ? ['OwnerReference', ownerFields] : ['ManagedFieldsEntry', managerFields];
      value.forEach((item, index) => {
        if (!isObject(item)) throw mismatch(item, field, `v1.${itemType}`);
        for (const name of Object.keys(item)) {
          const inner = (fields as { [key: string]: string })[name];
          if (inner === undefined || !Object.hasOwn(fields as object, name)) {
            unknown.push(`metadata.${key}[${index}].${name}`);
            delete item[name];
          } else if (!keepField(item, name, inner, itemType as string, unknown)) delete item[name];
        }
        if (kind === 'owners') for (const name of ['apiVersion', 'kind', 'name', 'uid']) item[name] ??= '';
      });
      return value.length > 0;
    }
  }
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Times that were found to be written as the server writes them: an object has several, and most are of the last seconds. */
const canonicalTimes = new Set<string>();
const maxTimes = 256;

function decodeTime(value: unknown, field: string): string {
  if (typeof value !== 'string') throw mismatch(value, field, 'string');
  if (canonicalTimes.has(value)) return value;
  const time = rfc3339.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new DecodeError(
      `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  }
  const written = `${new Date(time).toISOString().slice(0, 19)}Z`;
  if (written === value) {
    if (canonicalTimes.size >= maxTimes) canonicalTimes.clear();
    canonicalTimes.add(written);
  }
  return written;
}

/**
 * Reads an object as its kind, in place: unknown fields removed and reported by the call's fieldValidation, defaults filled.
 * `duplicates` are reports about keys that stand twice in `text` (`duplicate field "spec.size"`). Throws 400.
 */
export function decodeObject(
  call: Pick<Call, 'definition' | 'fieldValidation' | 'warnings'>,
  object: KubeObject,
  duplicates: readonly string[] = [],
  text = '',
): void {
  const { definition } = call;
  let unknown: string[];
  try {
    unknown = decodeTyped(definition, object);
  } catch (error) {
    if (error instanceof DecodeError) throw cannotHandle(definition, error.message);
    throw error;
  }
  if (call.fieldValidation !== 'Ignore') {
    const complaints = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
    const inText = !definition.custom && /^\s*\{/.test(text);
    const problems = inText ? orderComplaints(text, duplicates, complaints) : [...duplicates, ...complaints];
    if (problems.length > 0) {
      if (call.fieldValidation === 'Strict') {
        const yaml = problems.filter((problem) => problem.startsWith('line '));
        const rest = problems.filter((problem) => !problem.startsWith('line '));
        if (yaml.length > 0) rest.unshift(`yaml: unmarshal errors:\n  ${yaml.join('\n  ')}`);
        throw cannotHandle(definition, `strict decoding error: ${rest.join(', ')}`);
      }
      call.warnings.push(...problems);
    }
  }
}

/** The 400 of an object that cannot be read into its kind. */
export function cannotHandle(definition: ResourceDefinition, message: string): Error {
  const { kind, version } = definition;
  return badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${message}`);
}

/** Reads an object and fills its defaults; returns unknown fields. Throws `DecodeError`. */
export function decodeTyped(definition: ResourceDefinition, object: KubeObject): string[] {
  const unknown: string[] = [];
  if (definition.decode !== undefined) {
    unknown.push(...definition.decode(object).unknown);
    if (object.metadata === undefined) object.metadata = {};
    definition.applyDefaults?.(object);
    return unknown;
  }
  unknown.push(...decodeMetadata(object));
  if (definition.compiled !== undefined) {
    const bad = definition.compiled.unreadable(object as never);
    if (bad !== undefined) throw new DecodeError(`${bad.field}: ${bad.body}`);
    unknown.push(...definition.compiled.prune(object as never));
    definition.compiled.applyDefaults(object as never);
  } else definition.applyDefaults?.(object);
  return unknown;
}

/** Fills apiVersion and kind where builtin kinds may leave them out. */
export function completeTypeMeta(definition: ResourceDefinition, object: KubeObject): void {
  if (!object.apiVersion) object.apiVersion = groupVersion(definition);
  if (!object.kind) object.kind = definition.kind;
}
