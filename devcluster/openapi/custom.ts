/** Component schemas of custom resources. */
import type { JsonObject, ResourceDefinition } from '../types.ts';

const metaRef = '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const listMetaRef = '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';

/** Component schemas of a custom resource and its list. */
export function customComponents(
  definition: ResourceDefinition,
  source: JsonObject | null = definition.openApiSchema(),
  whole = true,
): JsonObject {
  const { openApiName, group, version, kind } = definition;
  const schema = source === null ? undefined : (structuredClone(source) as JsonObject);
  const listKind = definition.listKind ?? `${kind}List`;
  const typeMeta = {
    apiVersion: { type: 'string', description: apiVersionText },
    kind: { type: 'string', description: kindText },
  };
  const selectable =
    definition.selectableFields === undefined
      ? {}
      : {
          'x-kubernetes-selectable-fields': Object.keys(definition.selectableFields).map((fieldPath) => ({
            fieldPath,
          })),
        };
  const gvk = { 'x-kubernetes-group-version-kind': [{ group, version, kind }], ...selectable };
  const metadata = { description: metadataText, allOf: [{ $ref: metaRef }] };
  const written = (value: JsonObject): JsonObject => (whole ? embedded(value) : value);
  // Without a schema nothing is said about fields: clients would take those that are named for all there are.
  const anything = schema === undefined || Object.keys(schema).length === 0;
  const object = anything
    ? { type: 'object', ...gvk }
    : {
        ...written(schema),
        type: 'object',
        properties: { ...((written(schema).properties ?? {}) as JsonObject), ...typeMeta, metadata },
        ...gvk,
      };
  const list = {
    description: `${listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...typeMeta,
      items: {
        description: `List of ${definition.plural}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`,
        type: 'array',
        items: { $ref: `#/components/schemas/${openApiName}` },
      },
      metadata: { description: listMetadataText, allOf: [{ $ref: listMetaRef }] },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: listKind }],
    ...selectable,
  };
  return { [openApiName]: object, [`${openApiName}List`]: list } as unknown as JsonObject;
}

/** Gives embedded resources the fields that every object has. */
function embedded(value: JsonObject): JsonObject {
  const out: { [key: string]: unknown } = { ...value };
  const each = (item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item) ? embedded(item as JsonObject) : item;
  if (typeof value.properties === 'object' && value.properties !== null) {
    out.properties = Object.fromEntries(Object.entries(value.properties).map(([name, item]) => [name, each(item)]));
  }
  if (value.items !== undefined) out.items = each(value.items);
  if (value.additionalProperties !== undefined) out.additionalProperties = each(value.additionalProperties);
  if (value['x-kubernetes-int-or-string'] === true && value.anyOf === undefined && value.allOf === undefined)
    out.anyOf = [{ type: 'integer' }, { type: 'string' }];
  if (value['x-kubernetes-embedded-resource'] !== true) return out as JsonObject;
  out.properties = {
    ...(out.properties as object | undefined),
    apiVersion: {
      type: 'string',
      description:
        'apiVersion defines the versioned schema of this representation of an object. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
    },
    kind: {
      type: 'string',
      description:
        'kind is a string value representing the type of this object. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
    },
    metadata: { description: metadataText, allOf: [{ $ref: metaRef }] },
  };
  const required = new Set(Array.isArray(value.required) ? (value.required as string[]) : []);
  out.required = [...required, ...['kind', 'apiVersion'].filter((name) => !required.has(name))];
  return out as JsonObject;
}

export const apiVersionText =
  'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources';
export const kindText =
  'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';
export const metadataText =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
export const listMetadataText =
  'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';
