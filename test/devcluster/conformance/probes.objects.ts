/** Builders that the probes share: where a kind lives, and small objects of it. */
import type { Step } from './harness.ts';
import type { Fields } from './steps.ts';

export const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

const groups: { readonly [groupVersion: string]: { readonly [kind: string]: string } } = {
  v1: {
    ConfigMap: 'configmaps',
    Endpoints: 'endpoints',
    Event: 'events',
    LimitRange: 'limitranges',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    Pod: 'pods',
    PodTemplate: 'podtemplates',
    ReplicationController: 'replicationcontrollers',
    ResourceQuota: 'resourcequotas',
    Secret: 'secrets',
    Service: 'services',
    ServiceAccount: 'serviceaccounts',
  },
  'apps/v1': {
    ControllerRevision: 'controllerrevisions',
    DaemonSet: 'daemonsets',
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
  },
  'autoscaling/v2': { HorizontalPodAutoscaler: 'horizontalpodautoscalers' },
  'batch/v1': { CronJob: 'cronjobs', Job: 'jobs' },
  'coordination.k8s.io/v1': { Lease: 'leases' },
  'discovery.k8s.io/v1': { EndpointSlice: 'endpointslices' },
  'networking.k8s.io/v1': { Ingress: 'ingresses', NetworkPolicy: 'networkpolicies' },
  'policy/v1': { PodDisruptionBudget: 'poddisruptionbudgets' },
  'rbac.authorization.k8s.io/v1': { Role: 'roles', RoleBinding: 'rolebindings' },
};
const clusterGroups: typeof groups = {
  v1: { Namespace: 'namespaces', Node: 'nodes', PersistentVolume: 'persistentvolumes' },
  'networking.k8s.io/v1': { IngressClass: 'ingressclasses' },
  'rbac.authorization.k8s.io/v1': { ClusterRole: 'clusterroles', ClusterRoleBinding: 'clusterrolebindings' },
  'scheduling.k8s.io/v1': { PriorityClass: 'priorityclasses' },
  'storage.k8s.io/v1': { StorageClass: 'storageclasses' },
};

const find = (from: typeof groups, kind: string): readonly [string, string] | undefined => {
  for (const [group, kinds] of Object.entries(from)) {
    const plural = kinds[kind];
    if (plural !== undefined) return [group, plural];
  }
  return undefined;
};

/** Where objects of a kind are; `{ns}` is the case's own namespace. */
export function pathOf(kind: string): string {
  const namespaced = find(groups, kind);
  const [group, plural] = namespaced ?? find(clusterGroups, kind) ?? ['', kind];
  const root = group.includes('/') ? `/apis/${group}` : `/api/${group}`;
  return namespaced === undefined ? `${root}/${plural}` : `${root}/namespaces/{ns}/${plural}`;
}

export const isNamespaced = (kind: string): boolean => find(groups, kind) !== undefined;
export const groupOf = (kind: string): string => (find(groups, kind) ?? find(clusterGroups, kind))?.[0] ?? '';
/** What an object is called unless it says otherwise. */
export const nameOf = (kind: string): string => (isNamespaced(kind) ? 'a' : 'b-{ns}');

export const body = (kind: string, fields: Fields, meta: Fields = {}): Fields => ({
  apiVersion: groupOf(kind),
  kind,
  metadata: { name: nameOf(kind), ...meta },
  ...fields,
});
export const post = (kind: string, fields: Fields, meta: Fields = {}, query = ''): Step => ({
  path: `${pathOf(kind)}${query}`,
  body: body(kind, fields, meta),
});
export const put = (kind: string, fields: Fields, meta: Fields = {}, sub = ''): Step => ({
  method: 'PUT',
  path: `${pathOf(kind)}/${nameOf(kind)}${sub}`,
  body: body(kind, fields, meta),
});
export const patch = (kind: string, change: unknown, type: keyof typeof patchTypes = 'merge', sub = ''): Step => ({
  method: 'PATCH',
  path: `${pathOf(kind)}/${nameOf(kind)}${sub}`,
  body: change,
  type: patchTypes[type],
});
/** A server-side apply by `manager`. */
export const apply = (kind: string, fields: Fields, manager = 'one', query = ''): Step => ({
  ...patch(kind, body(kind, fields), 'apply'),
  path: `${pathOf(kind)}/${nameOf(kind)}?fieldManager=${manager}${query}`,
});
export const get = (kind: string, sub = ''): Step => ({ path: `${pathOf(kind)}/${nameOf(kind)}${sub}` });
export const list = (kind: string, query = ''): Step => ({ path: `${pathOf(kind)}${query}` });
export const remove = (kind: string, options?: Fields, query = ''): Step => ({
  method: 'DELETE',
  path: `${pathOf(kind)}/${nameOf(kind)}${query}`,
  ...(options === undefined ? {} : { body: options }),
});
export const table = (step: Step): Step => ({
  ...step,
  headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
});

export const labels = { app: 'x' };
export const selector = { matchLabels: labels };
export const container = { name: 'c', image: 'nginx' };
export const podSpec = { containers: [container] };
export const template = { metadata: { labels }, spec: podSpec };
export const never = { ...template, spec: { ...podSpec, restartPolicy: 'Never' } };
export const time = '2026-01-02T03:04:05Z';
