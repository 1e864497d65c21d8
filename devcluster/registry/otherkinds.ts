/** What is said of a body of another kind than its path is for, by whether the real server's scheme knows that kind. */
import { cannotUnmarshal } from '../../schema/gojson.ts';
import { DecodeError, type KubeObject, type ResourceDefinition } from '../types.ts';
import { copyJson } from './copy.ts';
import { decodeTyped } from './decode.ts';
import type { Resources } from './resources.ts';

/** What the real server's scheme says of a kind that it does not know. */
export function unregistered({ kind, apiVersion }: { readonly kind: string; readonly apiVersion: string }): string {
  return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
}

/** Why the version and the kind of a body cannot be read; undefined where they can, or are absent. */
export function unreadableType(body: { readonly [field: string]: unknown }): string | undefined {
  for (const field of ['apiVersion', 'kind']) {
    const given = body[field];
    if (given === undefined || given === null || typeof given === 'string') continue;
    return `couldn't get version/kind; json parse error: ${cannotUnmarshal(given, `struct field .${field} of type string`)}`;
  }
  return undefined;
}

/** Kinds without a resource that every group's version has. */
const everyVersion = new Set([
  ...['CreateOptions', 'DeleteOptions', 'GetOptions', 'ListOptions', 'PatchOptions', 'UpdateOptions', 'WatchEvent'],
]);

/** And those that core's v1 has. */
const coreVersion = new Set([
  ...['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions', 'List', 'RangeAllocation', 'SerializedReference'],
  ...['NodeProxyOptions', 'PodAttachOptions', 'PodExecOptions', 'PodLogOptions', 'PodPortForwardOptions'],
  ...['PodProxyOptions', 'PodStatusResult', 'ServiceProxyOptions', 'Status'],
]);

/** Why an object of another kind cannot be read as one of `definition`: of the kind itself first, then of turning it into the other. */
export function otherKind(resources: Resources, definition: ResourceDefinition, object: KubeObject): string {
  const { apiVersion, kind } = object;
  const slash = apiVersion.indexOf('/');
  const version = apiVersion.slice(slash + 1);
  const known = resources.findKind(apiVersion, kind) ?? resources.findKind(apiVersion, kind.replace(/List$/, ''));
  const isMeta = resources.servesVersion(apiVersion) && everyVersion.has(kind);
  const isOther = apiVersion === 'v1' ? coreVersion.has(kind) : apiVersion === 'autoscaling/v1' && kind === 'Scale';
  if (known?.custom !== false && !isMeta && !isOther) return unregistered(object);
  if (known?.kind === kind) {
    try {
      decodeTyped(known, copyJson(object as never) as unknown as KubeObject);
    } catch (error) {
      if (error instanceof DecodeError) return error.message;
      throw error;
    }
  }
  const group = definition.group === '' ? 'core' : (definition.group.split('.')[0] as string);
  return `converting (${isMeta ? 'v1' : version}.${kind}) to (${group}.${definition.kind}): unknown conversion`;
}
