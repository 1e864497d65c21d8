/**
 * Kubernetes' protobuf messages: which field of the JSON form has which number and type, from generated.proto (see
 * scripts/generate-protobuf.ts), read when first needed.
 */
import { readFileSync } from 'node:fs';
import { definitionNames, structType } from '../builtin/types.ts';

/** A body that is not the protobuf that it says it is. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** One field of a message. */
export interface Field {
  readonly name: string;
  readonly repeated: boolean;
  readonly map: boolean;
  /** `s`, `b`, `i`, `y`, `d`, `f`, or `m:` and a message name. */
  readonly code: string;
  /** A message of its own whose fields stand beside the others in the JSON form. */
  readonly inline: boolean;
  /** Go's field is no pointer: its zero value is written too. */
  readonly always: boolean;
}

export type Message = ReadonlyMap<number, Field>;

let source: { [name: string]: string } | undefined;
const messages = new Map<string, Message>();

/** Fields of a message by number; undefined where there is none of that name. */
export function knownMessage(name: string): Message | undefined {
  try {
    return messageFields(name);
  } catch (error) {
    if (error instanceof ProtobufError) return undefined;
    throw error;
  }
}

/** Fields of a message by number. Throws `ProtobufError`. */
export function messageFields(name: string): Message {
  const known = messages.get(name);
  if (known !== undefined) return known;
  source ??= JSON.parse(readFileSync(new URL('./generated/messages.json', import.meta.url), 'utf8')) as {
    [name: string]: string;
  };
  const text = Object.hasOwn(source, name) ? source[name] : undefined;
  if (text === undefined) throw new ProtobufError(`no protobuf definition of ${name}`);
  const fields = new Map<number, Field>();
  const isPointer = pointersOf(name);
  const parts = text === '' ? [] : text.split(';').map((part) => part.split(' '));
  // As they are written: by their numbers.
  for (const [number = '', field = '', code = ''] of parts.sort(([a], [b]) => Number(a) - Number(b))) {
    const repeated = code.startsWith('*');
    const map = code.startsWith('{}');
    fields.set(Number(number), {
      name: jsonName(name, field),
      repeated,
      map,
      code: code.slice(repeated ? 1 : map ? 2 : 0),
      inline: code.startsWith('m:') && inlined.has(`${name.slice(name.lastIndexOf('.') + 1)}.${field}`),
      always: !repeated && !map && code !== 'y' && !isPointer(jsonName(name, field)),
    });
  }
  messages.set(name, fields);
  return fields;
}

let builtin: ReadonlySet<string> | undefined;

/** Which fields of a message are pointers in Go: all that nothing is known of. */
function pointersOf(message: string): (field: string) => boolean {
  builtin ??= new Set(definitionNames());
  const name = `io.k8s.${message.replace(/^(?:apiextensions_apiserver|kube_aggregator)/, (part) => part.replace('_', '-'))}`;
  if (!builtin.has(name)) return () => true;
  const { fields } = structType(name);
  return (field) => fields.get(field)?.pointer ?? true;
}

export const meta = 'apimachinery.pkg.apis.meta.v1';
const schemaProps = 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';
const schemaNames: { readonly [field: string]: string } = {
  schema: '$schema',
  ref: '$ref',
  xKubernetesPreserveUnknownFields: 'x-kubernetes-preserve-unknown-fields',
  xKubernetesEmbeddedResource: 'x-kubernetes-embedded-resource',
  xKubernetesIntOrString: 'x-kubernetes-int-or-string',
  xKubernetesListMapKeys: 'x-kubernetes-list-map-keys',
  xKubernetesListType: 'x-kubernetes-list-type',
  xKubernetesMapType: 'x-kubernetes-map-type',
  xKubernetesValidations: 'x-kubernetes-validations',
};

/** What Go embeds: a message of its own on the wire, fields of the whole in JSON. */
const inlined = new Set([
  'ConfigMapEnvSource.localObjectReference',
  'ConfigMapKeySelector.localObjectReference',
  'ConfigMapProjection.localObjectReference',
  'ConfigMapVolumeSource.localObjectReference',
  'DeviceAllocationConfiguration.deviceConfiguration',
  'DeviceClaimConfiguration.deviceConfiguration',
  'DeviceClassConfiguration.deviceConfiguration',
  'EphemeralContainer.ephemeralContainerCommon',
  'IngressRule.ingressRuleValue',
  'NamedRuleWithOperations.ruleWithOperations',
  'PersistentVolumeSpec.persistentVolumeSource',
  'Probe.handler',
  'RuleWithOperations.rule',
  'SecretEnvSource.localObjectReference',
  'SecretKeySelector.localObjectReference',
  'SecretProjection.localObjectReference',
  'Volume.volumeSource',
]);

/** Names on the wire that are not those of the JSON form. */
const renamed: { readonly [field: string]: string } = {
  Expression: 'expression',
  Name: 'name',
  Webhooks: 'webhooks',
  aPIGroup: 'apiGroup',
  uID: 'uid',
};

/** Field names are those of the JSON form, but for a few and the schemas of CRDs. */
function jsonName(messageName: string, field: string): string {
  if (messageName === schemaProps && Object.hasOwn(schemaNames, field)) return schemaNames[field] as string;
  return Object.hasOwn(renamed, field) ? (renamed[field] as string) : field;
}

/** Packages whose name does not follow from the group. */
const packages: { readonly [apiVersion: string]: string } = {
  v1: 'api.core.v1',
  'meta.k8s.io/v1': meta,
  'apidiscovery.k8s.io/v2': 'api.apidiscovery.v2',
  'apiextensions.k8s.io/v1': 'apiextensions_apiserver.pkg.apis.apiextensions.v1',
  'apiregistration.k8s.io/v1': 'kube_aggregator.pkg.apis.apiregistration.v1',
  'flowcontrol.apiserver.k8s.io/v1': 'api.flowcontrol.v1',
};

const metaKinds = new Set(['DeleteOptions', 'Status', 'APIVersions', 'APIGroupList', 'APIGroup', 'APIResourceList']);

/** Name of the message of a kind. */
export function messageName(apiVersion: string, kind: string): string {
  if (metaKinds.has(kind) || kind.startsWith('PartialObjectMetadata')) return `${meta}.${kind}`;
  const known = Object.hasOwn(packages, apiVersion) ? packages[apiVersion] : undefined;
  if (known !== undefined) return `${known}.${kind}`;
  const [group = '', version = ''] = apiVersion.split('/');
  return `api.${group.split('.')[0]}.${version}.${kind}`;
}
