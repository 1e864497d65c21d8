/** Fields that the real server takes and forgets: those of features that are off, and of ways that are gone. */
import type { JsonObject, KubeObject } from '../types.ts';
import { at, child, list } from './access.ts';

/** Fields of a pod's spec; `[]` stands for every item of a list. */
const ofPods = [
  'volumes[].projected.sources[].clusterTrustBundle',
  'volumes[].projected.sources[].podCertificate',
  'schedulingGroup',
  ...['containers', 'initContainers', 'ephemeralContainers'].map((field) => `${field}[].lifecycle.stopSignal`),
];
const ofTemplates = (path: string) => ofPods.map((field) => `${path}.spec.${field}`);

const dropped: { readonly [kind: string]: readonly string[] } = {
  '/Node': ['spec.configSource'],
  '/Pod': ofPods.map((field) => `spec.${field}`),
  '/PodTemplate': ofTemplates('template'),
  '/ReplicationController': ofTemplates('spec.template'),
  'apps/DaemonSet': ofTemplates('spec.template'),
  'apps/Deployment': ofTemplates('spec.template'),
  'apps/ReplicaSet': ofTemplates('spec.template'),
  'apps/StatefulSet': ['spec.updateStrategy.rollingUpdate.maxUnavailable', ...ofTemplates('spec.template')],
  'batch/CronJob': ofTemplates('spec.jobTemplate.spec.template'),
  'batch/Job': ofTemplates('spec.template'),
  'coordination.k8s.io/Lease': ['spec.strategy', 'spec.preferredHolder'],
  'storage.k8s.io/CSIDriver': ['spec.preventPodSchedulingIfMissing'],
  'discovery.k8s.io/EndpointSlice': ['endpoints[].deprecatedTopology'],
};

/** Takes a field out; a container's lifecycle goes with the last that is in it. */
function drop(holder: JsonObject, path: string, old: unknown): void {
  const [head = '', ...rest] = path.split('[].');
  if (rest.length > 0) {
    for (const [index, item] of list(holder, head).entries())
      if (typeof item === 'object' && item !== null && !Array.isArray(item))
        drop(item, rest.join('[].'), list(old, head)[index]);
    return;
  }
  if (at(old, path) !== undefined) return;
  const parts = path.split('.');
  const place = parts.slice(0, -1).join('.');
  const owner = place === '' ? holder : child(holder, place);
  const field = parts.at(-1) ?? '';
  if (owner === undefined || !Object.hasOwn(owner, field)) return;
  delete owner[field];
  if (place === 'lifecycle' && Object.keys(owner).length === 0) delete holder.lifecycle;
}

/** Takes them out of `group/Kind`, in place; an object that has one already keeps it. */
export function dropFields(kind: string, object: KubeObject, old?: KubeObject): void {
  for (const path of dropped[kind] ?? []) drop(object as unknown as JsonObject, path, old);
}
