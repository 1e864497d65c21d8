/** What a request is about in the words of admission: kinds, resources, and the same object in another version. */
import type { RegistryContext } from '../registry/call.ts';
import { toVersion } from '../registry/convert.ts';
import { copyJson } from '../registry/copy.ts';
import { groupVersion, storageName } from '../registry/resources.ts';
import { scaleOf } from '../request/subresource.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import type { AdmissionAttributes } from './chain.ts';

/** A request taken as one for `definition`, with the objects in that version. */
export interface Invocation {
  readonly attributes: AdmissionAttributes;
  readonly definition: ResourceDefinition;
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** The kind of what a request carries: the resource's own, or that of a subresource with bodies of its own (Scale). */
export function kindOf(definition: ResourceDefinition, subresource: string): GroupVersionKind {
  const { group, version, kind } = definition;
  if (subresource === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  const sub = subresource === '' ? undefined : definition.subresources.find((item) => item.name === subresource);
  if (sub?.kind === undefined) return { group, version, kind };
  return { group: sub.group ?? group, version: sub.version ?? version, kind: sub.kind };
}

export function resourceOf(definition: ResourceDefinition): GroupVersionResource {
  return { group: definition.group, version: definition.version, resource: definition.plural };
}

/** `namespaces` of the core group. */
export function isNamespaceResource(definition: ResourceDefinition): boolean {
  return definition.group === '' && definition.plural === 'namespaces';
}

/** The namespace of a request; that of a request about a namespace object is the object itself. */
export function namespaceOf(attributes: AdmissionAttributes): string {
  if (attributes.namespace === '' && isNamespaceResource(attributes.definition)) return attributes.name;
  return attributes.namespace;
}

const policyKinds = new Set([
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
]);

/** Admission's own configuration passes no webhook and no policy: a broken one could never be repaired. */
export function isAdmissionConfiguration({ definition }: AdmissionAttributes): boolean {
  return definition.group === 'admissionregistration.k8s.io' && policyKinds.has(definition.kind);
}

/** The definitions under which the resource of a request is served too: other versions, other groups that share its storage. */
export function equivalents(
  context: RegistryContext,
  { definition, subresource }: AdmissionAttributes,
): ResourceDefinition[] {
  return context.resources
    .sharing(storageName(definition))
    .filter(
      (other) =>
        other !== definition && (subresource === '' || other.subresources.some((sub) => sub.name === subresource)),
    );
}

/** A copy of an object of version `from` in version `to`. */
export function convertObject(object: KubeObject, from: ResourceDefinition, to: ResourceDefinition): KubeObject {
  const copy = copyJson(object);
  if (groupVersion(from) === groupVersion(to)) return copy;
  from.convert?.toStorage(copy);
  toVersion(copy, to);
  copy.apiVersion = groupVersion(to);
  return copy;
}

/** A request as a webhook or policy sees it that has matched it as one for `definition`. */
export function versionedInvocation(attributes: AdmissionAttributes, definition: ResourceDefinition): Invocation {
  const { oldObject, definition: own } = attributes;
  const { scale, custom } = own;
  if (attributes.subresource === 'scale' && scale !== undefined) {
    const view = (value: KubeObject | undefined): KubeObject | undefined =>
      value === undefined ? undefined : scaleOf(value, scale, custom);
    return { attributes, definition, object: view(attributes.object), oldObject: view(oldObject) };
  }
  const { object } = attributes;
  if (definition === own) return { attributes, definition, object, oldObject };
  const convert = (value: KubeObject | undefined): KubeObject | undefined =>
    value === undefined ? undefined : convertObject(value, own, definition);
  return { attributes, definition, object: convert(object), oldObject: convert(oldObject) };
}
