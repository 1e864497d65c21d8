/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import { type Fields, merge } from '../../steps.ts';

export const area = (name: string, ...steps: Step[]): Case => ({ area: 'behaviours', name, steps });

const labels = { app: 'x' };

export const selector = { matchLabels: labels };

export const container = { name: 'c', image: 'nginx' };

export const template = { metadata: { labels }, spec: { containers: [container] } };

const places: { readonly [kind: string]: readonly [string, string] } = {
  ConfigMap: ['v1', 'configmaps'],
  CronJob: ['batch/v1', 'cronjobs'],
  DaemonSet: ['apps/v1', 'daemonsets'],
  Deployment: ['apps/v1', 'deployments'],
  Endpoints: ['v1', 'endpoints'],
  EndpointSlice: ['discovery.k8s.io/v1', 'endpointslices'],
  HorizontalPodAutoscaler: ['autoscaling/v2', 'horizontalpodautoscalers'],
  Ingress: ['networking.k8s.io/v1', 'ingresses'],
  Job: ['batch/v1', 'jobs'],
  Lease: ['coordination.k8s.io/v1', 'leases'],
  LimitRange: ['v1', 'limitranges'],
  NetworkPolicy: ['networking.k8s.io/v1', 'networkpolicies'],
  PersistentVolumeClaim: ['v1', 'persistentvolumeclaims'],
  Pod: ['v1', 'pods'],
  PodDisruptionBudget: ['policy/v1', 'poddisruptionbudgets'],
  ReplicaSet: ['apps/v1', 'replicasets'],
  ReplicationController: ['v1', 'replicationcontrollers'],
  ResourceQuota: ['v1', 'resourcequotas'],
  Role: ['rbac.authorization.k8s.io/v1', 'roles'],
  RoleBinding: ['rbac.authorization.k8s.io/v1', 'rolebindings'],
  Secret: ['v1', 'secrets'],
  Service: ['v1', 'services'],
  ServiceAccount: ['v1', 'serviceaccounts'],
  StatefulSet: ['apps/v1', 'statefulsets'],
};

const clusterPlaces: { readonly [kind: string]: readonly [string, string] } = {
  Namespace: ['v1', 'namespaces'],
  Node: ['v1', 'nodes'],
  PersistentVolume: ['v1', 'persistentvolumes'],
  PriorityClass: ['scheduling.k8s.io/v1', 'priorityclasses'],
  StorageClass: ['storage.k8s.io/v1', 'storageclasses'],
  IngressClass: ['networking.k8s.io/v1', 'ingressclasses'],
  ClusterRole: ['rbac.authorization.k8s.io/v1', 'clusterroles'],
};

const groupOf = (kind: string): string => (places[kind] ?? clusterPlaces[kind])?.[0] ?? '';

export function pathOf(kind: string): string {
  const namespaced = places[kind];
  const [group = '', plural = ''] = namespaced ?? clusterPlaces[kind] ?? [];
  const root = group.includes('/') ? `/apis/${group}` : `/api/${group}`;
  return namespaced === undefined ? `${root}/${plural}` : `${root}/namespaces/{ns}/${plural}`;
}

const nameOf = (kind: string): string => (places[kind] === undefined ? 'b-{ns}' : 'a');

const body = (kind: string, fields: Fields, meta: Fields = {}): Fields => ({
  apiVersion: groupOf(kind),
  kind,
  metadata: { name: nameOf(kind), ...meta },
  ...fields,
});

export const post = (kind: string, fields: Fields, meta: Fields = {}): Step => ({
  path: pathOf(kind),
  body: body(kind, fields, meta),
});

export const patch = (kind: string, change: Fields, sub = ''): Step => ({
  method: 'PATCH',
  path: `${pathOf(kind)}/${nameOf(kind)}${sub}`,
  body: change,
  type: merge,
});

export const put = (kind: string, fields: Fields, meta: Fields = {}, sub = ''): Step => ({
  method: 'PUT',
  path: `${pathOf(kind)}/${nameOf(kind)}${sub}`,
  body: body(kind, fields, meta),
});

export const get = (kind: string, sub = ''): Step => ({ path: `${pathOf(kind)}/${nameOf(kind)}${sub}` });

export const status = (kind: string, change: Fields): Step => patch(kind, { status: change }, '/status');

export const time = '2026-01-02T03:04:05Z';
