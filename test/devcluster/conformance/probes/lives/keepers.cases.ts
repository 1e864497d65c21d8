/** What controllers put back, add up and check. */
import type { Case, Step } from '../../harness.ts';
import { patched } from '../../probes.things.ts';
import {
  at,
  code,
  create,
  type Fields,
  gone,
  holds,
  inNamespace,
  ofGroup,
  pick,
  quiet,
  read,
  remove,
} from '../../steps.ts';
import { another, anotherNamespace, clusterRole, clusterRoles, one, pod } from './shared.ts';

const verdict = (body: unknown): unknown => at(body, 'message') ?? at(body, 'kind');

const kindOf = (body: unknown): unknown => (at(body, 'kind') === 'Status' ? body : at(body, 'kind'));

const rules = pick('rules');

const quota = (hard: Fields, more: Fields = {}) =>
  quiet(
    create(`${inNamespace}/resourcequotas`, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard, ...more },
    }),
  );

const used = (want: Fields): Step => ({
  path: theQuota,
  until: ({ body }) =>
    Object.entries(want).every(([name, value]) => (at(body, 'status.used') as Fields | undefined)?.[name] === value),
  view: pick('status'),
});

const theQuota = `${inNamespace}/resourcequotas/q`;

const asking = (r: Fields) => ({ spec: { containers: [{ name: 'c', image: 'n', resources: r }] } });

const claim = (name: string, s = '1Gi', sc?: string) =>
  create(`${inNamespace}/persistentvolumeclaims`, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: s } },
      ...(sc ? { storageClassName: sc } : {}),
    },
  });

const service = (name: string, spec: Fields = {}) =>
  create(`${inNamespace}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports: [{ port: 80 }], selector: { a: 'b' }, ...spec },
  });

export const keeperLives: readonly Case[] = [
  one(
    'account comes back',
    quiet(anotherNamespace()),
    { ...read(`${another}/serviceaccounts/default`), until: code(200), keep: { u: 'metadata.uid' }, quiet: true },
    remove(`${another}/serviceaccounts/default`),
    { path: `${another}/serviceaccounts/default`, until: code(200) },
    quiet(remove(another)),
  ),
  one(
    'root ca map is put back',
    quiet(anotherNamespace()),
    { path: `${another}/configmaps/kube-root-ca.crt`, until: code(200), quiet: true },
    quiet(patched(`${another}/configmaps/kube-root-ca.crt`, { data: { 'ca.crt': 'evil', x: 'y' } })),
    { path: `${another}/configmaps/kube-root-ca.crt`, until: holds('data.x', undefined) },
    remove(`${another}/configmaps/kube-root-ca.crt`),
    { path: `${another}/configmaps/kube-root-ca.crt`, until: code(200) },
    quiet(remove(another)),
  ),
  one(
    'aggregation: nested',
    quiet(
      clusterRole('leaf', {
        labels: { 'mid-{ns}': 'y' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      }),
    ),
    quiet(clusterRole('mid', { labels: { 'top-{ns}': 'y' }, agg: { 'mid-{ns}': 'y' } })),
    quiet(clusterRole('top', { agg: { 'top-{ns}': 'y' } })),
    { path: `${clusterRoles}/top-{ns}`, until: holds('rules.length', 1), view: rules },
  ),
  one(
    'aggregation: matchExpressions and bad selectors',
    clusterRole('e1', { agg: {} }),
    create(clusterRoles, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'e2-{ns}' },
      aggregationRule: { clusterRoleSelectors: [] },
    }),
    create(clusterRoles, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'e3-{ns}' },
      aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Nope' }] }] },
    }),
  ),
  one(
    'quota: pods and requests',
    quota({ pods: '2', 'requests.cpu': '1', 'limits.memory': '1Gi' }),
    used({ pods: '0' }),
    pod('p1'),
    pod('p1', asking({ requests: { cpu: '600m' }, limits: { memory: '512Mi' } })),
    used({ pods: '1', 'requests.cpu': '600m' }),
    pod('p2', asking({ requests: { cpu: '600m' }, limits: { memory: '100Mi' } })),
    pod('p2', asking({ requests: { cpu: '1m' }, limits: { memory: '1Gi' } })),
    pod('p2', asking({ requests: { cpu: '1m' }, limits: { memory: '1Mi' } })),
    pod('p3', asking({ requests: { cpu: '1m' }, limits: { memory: '1Mi' } })),
    quiet(remove(`${inNamespace}/pods/p1?gracePeriodSeconds=0`)),
    used({ pods: '1' }),
  ),
  one(
    'quota: storage by class',
    quota({
      'requests.storage': '5Gi',
      persistentvolumeclaims: '2',
      'gold.storageclass.storage.k8s.io/requests.storage': '1Gi',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
    }),
    used({ persistentvolumeclaims: '0' }),
    claim('a', '2Gi', 'gold'),
    claim('a', '1Gi', 'gold'),
    claim('b', '1Mi', 'gold'),
    claim('b', '5Gi'),
    claim('b', '3Gi'),
    claim('c', '1Mi'),
    used({ persistentvolumeclaims: '2' }),
  ),
  one(
    'quota: services',
    quota({ services: '3', 'services.nodeports': '2', 'services.loadbalancers': '1' }),
    used({ services: '0' }),
    { ...service('a', { type: 'LoadBalancer' }), view: verdict },
    { ...service('b', { type: 'LoadBalancer' }), view: verdict },
    { ...service('b', { type: 'NodePort', ports: [{ port: 80 }, { port: 81, name: 'x' }] }), view: verdict },
    { ...service('b', { type: 'NodePort' }), view: verdict },
    used({ services: '2' }),
    { ...patched(`${inNamespace}/services/b`, { spec: { type: 'ClusterIP' } }), view: pick('spec.type') },
    used({ 'services.nodeports': '1' }),
  ),
  one(
    'quota: scopes',
    quiet(
      create(`${inNamespace}/resourcequotas`, {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'q' },
        spec: { hard: { pods: '1' }, scopes: ['BestEffort'] },
      }),
    ),
    used({ pods: '0' }),
    pod('p1'),
    pod('p2'),
    { ...pod('p3', asking({ requests: { cpu: '1' } })), view: verdict },
    used({ pods: '1' }),
  ),
  one(
    'quota: scope selector by priority',
    quiet(
      create('/apis/scheduling.k8s.io/v1/priorityclasses', {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name: 'hi-{ns}' },
        value: 10,
      }),
    ),
    quiet(
      create(`${inNamespace}/resourcequotas`, {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'q' },
        spec: {
          hard: { pods: '1' },
          scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['hi-{ns}'] }] },
        },
      }),
    ),
    used({ pods: '0' }),
    { ...pod('p1', { spec: { priorityClassName: 'hi-{ns}' } }), view: pick('spec.priority') },
    { ...pod('p2', { spec: { priorityClassName: 'hi-{ns}' } }), view: verdict },
    { ...pod('p3'), view: verdict },
  ),
  one(
    'quota: terminated pods are free',
    quota({ pods: '1' }),
    used({ pods: '0' }),
    quiet(pod('p1')),
    used({ pods: '1' }),
    quiet(patched(`${inNamespace}/pods/p1/status`, { status: { phase: 'Succeeded' } })),
    used({ pods: '0' }),
    { ...pod('p2'), view: kindOf },
  ),
  one(
    'secret token of an account',
    quiet(
      create(`${inNamespace}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sa' } }),
    ),
    quiet(
      create(`${inNamespace}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'sa' } },
      }),
    ),
    {
      path: `${inNamespace}/secrets/t`,
      until: ({ body }) => at(body, 'data.token') !== undefined,
      view: pick('metadata.annotations', 'type'),
    },
    quiet(remove(`${inNamespace}/serviceaccounts/sa`)),
    { path: `${inNamespace}/secrets/t`, until: gone },
  ),
  one(
    'policy status is checked',
    quiet(
      create('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: 'p-{ns}' },
        spec: {
          matchConstraints: {
            resourceRules: [
              { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
            ],
          },
          validations: [{ expression: 'object.spec.replicas > "a"' }, { expression: 'object.spec.nope == 1' }],
        },
      }),
    ),
    {
      path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/p-{ns}',
      until: holds('status.observedGeneration', 1),
      view: pick('status'),
    },
  ),
  one(
    'event of a ttl and series',
    create(`${inNamespace}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
      reason: 'R',
      message: 'm',
      type: 'Weird',
      count: 3,
    }),
    create(`${ofGroup('events.k8s.io/v1')}/events`, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'f' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'x.io/c',
      reportingInstance: 'i',
      action: 'A',
      reason: 'R',
      type: 'Normal',
      regarding: { kind: 'Pod', name: 'p', namespace: '{ns}' },
      note: 'n',
    }),
    read(`${inNamespace}/events/f`),
    read(`${ofGroup('events.k8s.io/v1')}/events/e`),
    patched(`${ofGroup('events.k8s.io/v1')}/events/f`, {
      series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' },
    }),
    patched(`${ofGroup('events.k8s.io/v1')}/events/f`, { note: 'other' }),
  ),
  one(
    'limit range fills and refuses',
    quiet(
      create(`${inNamespace}/limitranges`, {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'l' },
        spec: {
          limits: [
            {
              type: 'Container',
              default: { cpu: '500m', memory: '1Gi' },
              defaultRequest: { cpu: '100m' },
              min: { cpu: '50m' },
              max: { cpu: '1' },
              maxLimitRequestRatio: { cpu: '10' },
            },
            { type: 'Pod', max: { cpu: '2' } },
            { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } },
          ],
        },
      }),
    ),
    pod('p1'),
    pod('p2', asking({ requests: { cpu: '10m' } })),
    pod('p3', asking({ limits: { cpu: '3' } })),
    pod('p4', asking({ requests: { cpu: '60m' }, limits: { cpu: '900m' } })),
    claim('v', '3Gi'),
    claim('w', '1Mi'),
  ),
];
