/** OpenAPI v3 schemas of the builtin kinds, built from the compact types and their descriptions when first asked for. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { knownMessage, type Message } from '../protobuf/messages.ts';
import type { Json, JsonObject } from '../types.ts';
import { resourceTable } from './resources.ts';
import { type FieldType, type StructType, structType, type WireType } from './types.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const crd = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** Scalars that the OpenAPI documents of the real server give a definition of their own. */
const named: { readonly [scalar: string]: { readonly name: string; readonly schema: JsonObject } } = {
  time: { name: `${meta}.Time`, schema: { type: 'string', format: 'date-time' } },
  microtime: { name: `${meta}.MicroTime`, schema: { type: 'string', format: 'date-time' } },
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    schema: {
      description: 'A number with an optional unit: "500m", "1.5", "1Gi", "100M", "1e3".',
      oneOf: [{ type: 'string' }, { type: 'number' }],
    },
  },
  intstr: {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    schema: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
  raw: { name: 'io.k8s.apimachinery.pkg.runtime.RawExtension', schema: { type: 'object' } },
  fields: { name: `${meta}.FieldsV1`, schema: { type: 'object' } },
  json: { name: `${crd}.JSON`, schema: {} },
  schemaorbool: { name: `${crd}.JSONSchemaPropsOrBool`, schema: {} },
  schemaorarray: { name: `${crd}.JSONSchemaPropsOrArray`, schema: {} },
  schemaorstrings: { name: `${crd}.JSONSchemaPropsOrStringArray`, schema: {} },
};

type Descriptions = { [definition: string]: { [field: string]: string } };
let descriptions: Descriptions | undefined;

function describe(definition: string, field: string): string | undefined {
  descriptions ??= JSON.parse(
    gunzipSync(readFileSync(new URL('./generated/descriptions.json.gz', import.meta.url))).toString('utf8'),
  ) as Descriptions;
  return descriptions[definition]?.[field];
}

/** The `description` of a schema, where there is one. */
function described(definition: string, field: string): JsonObject {
  const description = describe(definition, field);
  return description === undefined ? {} : { description };
}

/** The description of a field as tables print it, which knows nothing of its values; '' where there is none. */
export function fieldDescription(definition: string, field: string): string {
  return describe(definition, field)?.split('\n\nPossible enum values:\n')[0] ?? '';
}

const reference = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** The default that Go's zero value amounts to, where the value is no pointer. */
function zeroDefault(type: WireType): Json | undefined {
  if (type.kind === 'struct') return {};
  if (type.kind !== 'scalar') return undefined;
  switch (type.name) {
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'int32':
    case 'int64':
    case 'integer':
    case 'double':
      return 0;
    default:
      return undefined;
  }
}

function typeSchema(type: WireType, initial: Json | undefined, needed: Set<string>): JsonObject {
  const withDefault: JsonObject = initial === undefined ? {} : { default: initial };
  switch (type.kind) {
    case 'struct':
      needed.add(type.name);
      return initial === undefined ? reference(type.name) : { ...withDefault, allOf: [reference(type.name)] };
    case 'list':
      return { type: 'array', items: typeSchema(type.element, zeroDefault(type.element), needed) };
    case 'map':
      return { type: 'object', additionalProperties: typeSchema(type.element, zeroDefault(type.element), needed) };
    case 'scalar':
      break;
  }
  const own = named[type.name];
  if (own !== undefined) {
    needed.add(type.name);
    return initial === undefined ? reference(own.name) : { ...withDefault, allOf: [reference(own.name)] };
  }
  switch (type.name) {
    case 'int32':
    case 'int64':
      return { type: 'integer', format: type.name, ...withDefault };
    case 'double':
      return { type: 'number', format: 'double', ...withDefault };
    case 'byte':
      return { type: 'string', format: 'byte' };
    case 'any':
      return {};
    default:
      return { type: type.name, ...withDefault };
  }
}

function fieldSchema(struct: StructType, field: FieldType, needed: Set<string>): JsonObject {
  const plain = !field.pointer && (field.keep || field.type.kind === 'struct');
  const initial = field.default ?? (plain ? zeroDefault(field.type) : undefined);
  const schema = typeSchema(field.type, initial, needed);
  const extra: JsonObject = {
    ...(field.listType !== undefined ? { 'x-kubernetes-list-type': field.listType } : {}),
    ...(field.listMapKeys !== undefined ? { 'x-kubernetes-list-map-keys': [...field.listMapKeys] } : {}),
    ...(field.atomicMap ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(field.granular ? { 'x-kubernetes-map-type': 'granular' } : {}),
    ...(field.patchMergeKey !== undefined ? { 'x-kubernetes-patch-merge-key': field.patchMergeKey } : {}),
    ...(field.patchStrategy !== undefined ? { 'x-kubernetes-patch-strategy': field.patchStrategy } : {}),
  };
  const description = described(struct.name, field.name);
  // A reference stands alone, or in a list beside what else is said.
  const alone = description.description === undefined && Object.keys(extra).length === 0;
  return {
    ...description,
    ...(typeof schema.$ref === 'string' && !alone ? { allOf: [schema] } : schema),
    ...(field.enum === undefined ? {} : enumerated(schema, [...field.enum])),
    ...extra,
  };
}

/** Where the values of an enumeration stand: with the items of a list or map of them. */
function enumerated(schema: JsonObject, values: Json[]): JsonObject {
  for (const inner of ['items', 'additionalProperties'] as const) {
    const items = schema[inner];
    if (typeof items === 'object') return { [inner]: { ...items, enum: values } };
  }
  return { enum: values };
}

/** Kinds by definition, as `x-kubernetes-group-version-kind` lists them. */
function groupVersionKinds(own?: string): Map<string, JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  const add = (name: string, entry: JsonObject) => {
    const entries = found.get(name);
    if (entries === undefined) found.set(name, [entry]);
    else if (!entries.some((other) => JSON.stringify(other) === JSON.stringify(entry))) entries.push(entry);
  };
  const groupVersions = new Map<string, { group: string; version: string }>();
  for (const entry of resourceTable()) {
    const { group, version, kind } = entry;
    groupVersions.set(`${group}/${version}`, { group, version });
    add(entry.openApiName, { group, version, kind });
    if (entry.verbs.includes('list')) add(`${entry.openApiName}List`, { group, version, kind: `${kind}List` });
  }
  add('io.k8s.api.autoscaling.v1.Scale', { group: 'autoscaling', version: 'v1', kind: 'Scale' });
  add('io.k8s.api.policy.v1.Eviction', { group: 'policy', version: 'v1', kind: 'Eviction' });
  add('io.k8s.api.authentication.v1.TokenRequest', {
    group: 'authentication.k8s.io',
    version: 'v1',
    kind: 'TokenRequest',
  });
  for (const kind of ['Status', 'APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions'])
    add(`${meta}.${kind}`, { group: '', version: 'v1', kind });
  for (const [name, groupVersion] of groupVersions) {
    if (own !== undefined && name !== '/v1' && name !== own) continue;
    add(`${meta}.DeleteOptions`, { ...groupVersion, kind: 'DeleteOptions' });
    add(`${meta}.WatchEvent`, { ...groupVersion, kind: 'WatchEvent' });
  }
  return found;
}

/** The order of fields of what is never sent as protobuf. */
const unnumbered: { readonly [definition: string]: readonly string[] } = {
  'io.k8s.apimachinery.pkg.version.Info':
    'major minor emulationMajor emulationMinor minCompatibilityMajor minCompatibilityMinor gitVersion gitCommit gitTreeState buildDate goVersion compiler platform'.split(
      ' ',
    ),
};

/** Names of fields in the order in which Go declares them, which is that of their numbers on the wire. */
function declared(definition: string, fields: string[]): string[] {
  if (fields.length < 2) return fields;
  const message = protobufName(definition);
  const order =
    message === undefined ? (unnumbered[definition] ?? []) : [...message.values()].map((field) => field.name);
  const at = (field: string): number => (order.includes(field) ? order.indexOf(field) : order.length);
  return fields.sort((a, b) => at(a) - at(b));
}

function protobufName(definition: string): Message | undefined {
  const name = definition.replace(/^io\.k8s\./, '').replaceAll('-', '_');
  return knownMessage(name);
}

/** Structs of which one field says which other is set. */
const unions: { readonly [definition: string]: JsonObject } = {
  'io.k8s.api.core.v1.AppArmorProfile': {
    discriminator: 'type',
    'fields-to-discriminateBy': { localhostProfile: 'LocalhostProfile' },
  },
  'io.k8s.api.core.v1.PodSchedulingGroup': { 'fields-to-discriminateBy': { podGroupName: 'PodGroupName' } },
  'io.k8s.api.core.v1.SeccompProfile': {
    discriminator: 'type',
    'fields-to-discriminateBy': { localhostProfile: 'LocalhostProfile' },
  },
  'io.k8s.api.flowcontrol.v1.LimitResponse': {
    discriminator: 'type',
    'fields-to-discriminateBy': { queuing: 'Queuing' },
  },
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec': {
    discriminator: 'type',
    'fields-to-discriminateBy': { exempt: 'Exempt', limited: 'Limited' },
  },
  'io.k8s.api.flowcontrol.v1.Subject': {
    discriminator: 'kind',
    'fields-to-discriminateBy': { group: 'Group', serviceAccount: 'ServiceAccount', user: 'User' },
  },
};

function definitionSchema(name: string, kinds: ReadonlyMap<string, JsonObject[]>, needed: Set<string>): JsonObject {
  const struct = structType(name);
  const properties: JsonObject = {};
  for (const field of struct.fields.values()) properties[field.name] = fieldSchema(struct, field, needed);
  const required = declared(
    name,
    [...struct.fields.values()].filter((field) => field.required).map((field) => field.name),
  );
  const own = kinds.get(name);
  return {
    ...described(name, ''),
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    ...(struct.fields.size > 0 ? { properties } : {}),
    ...(own !== undefined ? { 'x-kubernetes-group-version-kind': own } : {}),
    ...(unions[name] === undefined ? {} : { 'x-kubernetes-unions': [unions[name]] }),
    ...(struct.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

/**
 * All component schemas that the document of `groupVersion` (`v1`, `apps/v1`) needs, by name, sorted. Also the meta ones that
 * documents of custom resources refer to, when asked for a group version without builtin kinds.
 */
export function componentSchemas(groupVersion: string): JsonObject {
  const kinds = groupVersionKinds(groupVersion);
  if (groupVersion === '') return closure(new Set(discovered), kinds);
  const needed = new Set<string>([
    ...['APIResourceList', 'DeleteOptions', 'ObjectMeta', 'ListMeta', 'Status', 'WatchEvent'].map(
      (kind) => `${meta}.${kind}`,
    ),
    'fields',
  ]);
  for (const entry of resourceTable()) {
    const own = entry.group === '' ? entry.version : `${entry.group}/${entry.version}`;
    if (own !== groupVersion) continue;
    needed.add(entry.openApiName);
    if (entry.verbs.includes('list')) needed.add(`${entry.openApiName}List`);
    for (const { kind, group, version } of entry.subresources) {
      if (kind === 'Scale') needed.add('io.k8s.api.autoscaling.v1.Scale');
      else if (kind !== undefined && group !== undefined)
        needed.add(`io.k8s.api.${group.split('.')[0]}.${version}.${kind}`);
    }
  }
  return closure(needed, kinds);
}

/** What the documents outside of all group versions are about. */
const discovered = [
  ...['APIGroup', 'APIGroupList', 'APIVersions'].map((kind) => `${meta}.${kind}`),
  'io.k8s.apimachinery.pkg.version.Info',
];

/** The named schemas, and all that they refer to. */
function closure(needed: Set<string>, kinds: ReadonlyMap<string, JsonObject[]>): JsonObject {
  const schemas = new Map<string, JsonObject>();
  // A Set grows while it is iterated: references found on the way are visited too.
  for (const name of needed) {
    const scalar = named[name];
    if (scalar !== undefined) schemas.set(scalar.name, { ...described(scalar.name, ''), ...scalar.schema });
    else schemas.set(name, definitionSchema(name, kinds, needed));
  }
  schemas.set(`${meta}.Patch`, {
    description: 'Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.',
    type: 'object',
  });
  return Object.fromEntries([...schemas].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** One definition alone, with references into the other component schemas. */
export function openApiSchema(name: string): JsonObject {
  return definitionSchema(name, groupVersionKinds(), new Set());
}
