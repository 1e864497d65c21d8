/** The group versions that the real server knows, served or not: options and events of watches are of all of them. */
import type { JsonObject } from '../types.ts';

const versions: { readonly [group: string]: string } = {
  '': 'v1',
  'admission.k8s.io': 'v1 v1beta1',
  'admissionregistration.k8s.io': 'v1 v1alpha1 v1beta1',
  'apiextensions.k8s.io': 'v1 v1beta1',
  'apiregistration.k8s.io': 'v1 v1beta1',
  apps: 'v1 v1beta1 v1beta2',
  'authentication.k8s.io': 'v1 v1alpha1 v1beta1',
  'authorization.k8s.io': 'v1 v1beta1',
  autoscaling: 'v1 v2',
  batch: 'v1 v1beta1',
  'certificates.k8s.io': 'v1 v1alpha1 v1beta1',
  'coordination.k8s.io': 'v1 v1alpha2 v1beta1',
  'discovery.k8s.io': 'v1 v1beta1',
  'events.k8s.io': 'v1 v1beta1',
  extensions: 'v1beta1',
  'flowcontrol.apiserver.k8s.io': 'v1 v1beta1 v1beta2 v1beta3',
  'imagepolicy.k8s.io': 'v1alpha1',
  'internal.apiserver.k8s.io': 'v1alpha1',
  'networking.k8s.io': 'v1 v1beta1',
  'node.k8s.io': 'v1 v1alpha1 v1beta1',
  policy: 'v1 v1beta1',
  'rbac.authorization.k8s.io': 'v1 v1alpha1 v1beta1',
  'resource.k8s.io': 'v1 v1alpha3 v1beta1 v1beta2',
  'scheduling.k8s.io': 'v1 v1alpha2 v1beta1',
  'storage.k8s.io': 'v1 v1alpha1 v1beta1',
  'storagemigration.k8s.io': 'v1beta1',
};
/** Kinds that an older version of their group did not have. */
const later: { readonly [groupVersion: string]: readonly string[] } = {
  'admissionregistration.k8s.io/v1alpha1': ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  'apps/v1beta1': ['DaemonSet', 'ReplicaSet'],
  'authentication.k8s.io/v1alpha1': ['TokenReview'],
  'batch/v1beta1': ['Job'],
  'certificates.k8s.io/v1alpha1': ['CertificateSigningRequest'],
  'coordination.k8s.io/v1alpha2': ['Lease'],
  'networking.k8s.io/v1beta1': ['NetworkPolicy'],
  'storage.k8s.io/v1alpha1': ['StorageClass', 'CSIDriver', 'CSINode'],
};

function isRegistered(apiVersion: string, kind: string): boolean {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const known = Object.hasOwn(versions, group) && (versions[group] as string).split(' ').includes(version);
  return known && !(later[apiVersion] ?? []).includes(kind);
}

const formerExtensions = new Set(['DaemonSet', 'Deployment', 'Ingress', 'NetworkPolicy', 'ReplicaSet']);
const eventVersions = new Set(['v1', 'events.k8s.io/v1']);

/** Whether the real server can read a kind in a version, and make of it what a resource of `group` with that kind holds. */
export function isConvertible(apiVersion: string, kind: string, group: string): boolean {
  if (kind === 'Event' && eventVersions.has(apiVersion)) return true;
  if (apiVersion === 'extensions/v1beta1') return formerExtensions.has(kind);
  return apiVersion.startsWith(`${group}/`) && isRegistered(apiVersion, kind);
}

/** Those that the server of custom resources has not heard of. */
const foreign = new Set(['admission.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'imagepolicy.k8s.io']);

/** Schemas in which DeleteOptions and WatchEvent are of all group versions that are known. */
export function withEveryVersion(pool: JsonObject, custom: boolean): JsonObject {
  const out = { ...pool };
  for (const kind of ['DeleteOptions', 'WatchEvent']) {
    const name = `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`;
    const schema = out[name];
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) continue;
    const kinds = Object.entries(versions)
      .filter(([group]) => !(custom && foreign.has(group)))
      .flatMap(([group, list]) => list.split(' ').map((version) => ({ group, version, kind })));
    out[name] = { ...schema, 'x-kubernetes-group-version-kind': kinds };
  }
  return out;
}
