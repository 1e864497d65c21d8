/** APIServices of what is served by this server, as it registers them. */
import type { RegistryContext } from '../registry/call.ts';
import type { KubeObject } from '../types.ts';

/** The label of APIServices that the server keeps itself. */
export const managed = 'kube-aggregator.kubernetes.io/automanaged';

/** Priorities of the builtin groups, and of those of their versions that are not 15. */
const priorities: { readonly [group: string]: number } = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
};
const versionPriorities: { readonly [name: string]: number } = {
  'v1.': 1,
  'v2.autoscaling': 30,
  'v1.flowcontrol.apiserver.k8s.io': 21,
  'v1.resource.k8s.io': 21,
};

/** The APIService of a group version that this server serves. */
export function apiService(group: string, version: string, custom: boolean): KubeObject {
  const name = `${version}.${group}`;
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name, labels: { [managed]: custom ? 'true' : 'onstart' } },
    spec: {
      ...(group === '' ? {} : { group }),
      version,
      groupPriorityMinimum: custom ? 1_000 : (priorities[group] ?? 1_000),
      versionPriority: custom ? 100 : (versionPriorities[name] ?? 15),
    },
  } as KubeObject;
}

/** Those of the builtin group versions. */
export function builtinServices({ resources }: RegistryContext): KubeObject[] {
  const found = new Map<string, KubeObject>();
  // The group of APIServices is not registered with itself.
  for (const { group, version, custom } of resources.all())
    if (!custom && group !== 'apiregistration.k8s.io')
      found.set(`${version}.${group}`, apiService(group, version, false));
  return [...found.values()];
}
