/** Probes of controllers: collection of garbage, namespaces, quotas, aggregation, accounts. */
import type { Case, Step } from './harness.ts';
import {
  aMap,
  map,
  maps,
  objectOf,
  patched,
  podSpec,
  selector,
  string,
  template,
  thing,
  things,
  withDefinition,
} from './probes.things.ts';
import {
  applied,
  at,
  casesOf,
  code,
  create,
  type Fields,
  gone,
  holds,
  inNamespace,
  ofGroup,
  owning,
  pick,
  quiet,
  read,
  remove,
} from './steps.ts';

const verdict = (body: unknown): unknown => at(body, 'message') ?? at(body, 'kind');
const kindOf = (body: unknown): unknown => (at(body, 'kind') === 'Status' ? body : at(body, 'kind'));
const one = casesOf('probes-controllers', 'lives: ');
const namespaces = '/api/v1/namespaces',
  another = `${namespaces}/{ns}-x`;
const anotherNamespace = (more: Fields = {}) =>
  create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-x', ...more } });
const own = (name: string, uid: string, more: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid,
  ...more,
});
const brief = pick(
  'metadata.finalizers',
  'metadata.ownerReferences',
  'metadata.deletionGracePeriodSeconds',
  'metadata.generation',
);
/** Conditions come in the order in which they first were. */
const state = (body: unknown): unknown =>
  at(body, 'kind') === 'Status'
    ? body
    : {
        phase: at(body, 'status.phase'),
        finalizers: at(body, 'spec.finalizers'),
        conditions: ((at(body, 'status.conditions') as Fields[] | undefined) ?? []).map(
          ({ type, status, reason, message }) => ({ type, status, reason, message }),
        ),
      };
const remaining: NonNullable<Step['until']> = ({ body }) =>
  ((at(body, 'status.conditions') as Fields[] | undefined) ?? []).some(
    ({ type, status }) => type === 'NamespaceFinalizersRemaining' && status === 'True',
  );
const rb = '/apis/rbac.authorization.k8s.io/v1',
  clusterRoles = `${rb}/clusterroles`;
const clusterRole = (
  name: string,
  more: { readonly labels?: Fields; readonly rules?: readonly Fields[]; readonly agg?: Fields },
): Step =>
  create(clusterRoles, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: `${name}-{ns}`, ...(more.labels ? { labels: more.labels } : {}) },
    rules: more.rules ?? [],
    ...(more.agg ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: more.agg }] } } : {}),
  });
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
const pod = (name: string, more: { readonly meta?: Fields; readonly spec?: Fields } = {}): Step =>
  create(`${inNamespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(more.meta ?? {}) },
    spec: { ...podSpec, ...more.spec },
  });
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
export const lifeProbes: readonly Case[] = [
  one(
    'gc: pod of a replica set, background',
    owning(
      create(`${ofGroup('apps/v1')}/replicasets`, {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'rs' },
        spec: { replicas: 0, selector: selector, template: template },
      }),
      'u',
    ),
    quiet(
      pod('p', {
        meta: {
          labels: { app: 'x' },
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'ReplicaSet',
              name: 'rs',
              uid: '{u}',
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
      }),
    ),
    remove(`${ofGroup('apps/v1')}/replicasets/rs`),
    { path: `${inNamespace}/pods/p`, until: gone },
  ),
  one(
    'gc: replica set of a deployment, orphan',
    owning(
      create(`${ofGroup('apps/v1')}/deployments`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { replicas: 0, selector: selector, template: template },
      }),
      'u',
    ),
    quiet(
      create(`${ofGroup('apps/v1')}/replicasets`, {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: {
          name: 'rs',
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              name: 'd',
              uid: '{u}',
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
        spec: { replicas: 0, selector: selector, template: template },
      }),
    ),
    { ...remove(`${ofGroup('apps/v1')}/deployments/d?propagationPolicy=Orphan`), view: brief },
    { path: `${ofGroup('apps/v1')}/deployments/d`, until: gone },
    { ...read(`${ofGroup('apps/v1')}/replicasets/rs`), view: brief },
  ),
  one(
    'gc: job in the foreground',
    owning(
      create(`${ofGroup('batch/v1')}/jobs`, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'j' },
        spec: { suspend: true, template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
      }),
      'u',
    ),
    quiet(
      create(
        maps,
        map(
          'm',
          {},
          {
            ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: '{u}', blockOwnerDeletion: true }],
            finalizers: ['x.io/h'],
          },
        ),
      ),
    ),
    { ...remove(`${ofGroup('batch/v1')}/jobs/j`, { propagationPolicy: 'Foreground' }), view: brief },
    { path: `${maps}/m`, until: ({ body }) => at(body, 'metadata.deletionTimestamp') !== undefined, view: brief },
    { ...read(`${ofGroup('batch/v1')}/jobs/j`), view: brief },
    quiet(patched(`${maps}/m`, { metadata: { finalizers: null } })),
    { path: `${ofGroup('batch/v1')}/jobs/j`, until: gone },
  ),
  one(
    'gc: job defaults to orphan in old versions',
    owning(
      create(`${ofGroup('batch/v1')}/jobs`, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'j' },
        spec: { suspend: true, template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
      }),
      'u',
    ),
    { ...remove(`${ofGroup('batch/v1')}/jobs/j`), view: brief },
  ),
  one(
    'gc: dangling and living owner',
    owning(create(maps, map('a')), 'u'),
    quiet(
      create(
        maps,
        map('d', {}, { ownerReferences: [own('a', '{u}'), own('nope', 'ffffffff-0000-0000-0000-000000000000')] }),
      ),
    ),
    { path: `${maps}/d`, until: holds('metadata.ownerReferences.length', 1), view: brief },
  ),
  one(
    'gc: a ring',
    owning(create(maps, map('a')), 'ua'),
    owning(create(maps, map('b', {}, { ownerReferences: [own('a', '{ua}', { blockOwnerDeletion: true })] })), 'ub'),
    quiet(patched(aMap, { metadata: { ownerReferences: [own('b', '{ub}', { blockOwnerDeletion: true })] } })),
    quiet(remove(aMap, { propagationPolicy: 'Foreground' })),
    { path: aMap, until: gone },
    { path: `${maps}/b`, until: gone },
  ),
  one(
    'gc: an owner that is being deleted already',
    owning(create(maps, map('a', {}, { finalizers: ['x.io/h'] })), 'u'),
    quiet(create(maps, map('b', {}, { ownerReferences: [own('a', '{u}')] }))),
    quiet(remove(aMap, { propagationPolicy: 'Background' })),
    { ...read(`${maps}/b`), view: brief },
    quiet(patched(aMap, { metadata: { finalizers: null } })),
    { path: `${maps}/b`, until: gone },
  ),
  one(
    'gc: cluster owner of a namespaced one',
    owning({ ...clusterRole('o', {}) }, 'u'),
    quiet(
      create(
        maps,
        map(
          'b',
          {},
          {
            ownerReferences: [
              { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'o-{ns}', uid: '{u}' },
            ],
          },
        ),
      ),
    ),
    quiet(remove(`${clusterRoles}/o-{ns}`)),
    { path: `${maps}/b`, until: gone },
  ),
  one(
    'gc: event about a released dependent',
    owning(create(maps, map('a')), 'u'),
    quiet(
      create(
        maps,
        map('b', {}, { ownerReferences: [own('a', '{u}', { controller: true, blockOwnerDeletion: true })] }),
      ),
    ),
    quiet(remove(aMap, { propagationPolicy: 'Orphan' })),
    { path: `${maps}/b`, until: holds('metadata.ownerReferences', undefined), view: pick('metadata') },
  ),
  one(
    'namespace: new one',
    anotherNamespace(),
    { path: `${another}/serviceaccounts/default`, until: code(200) },
    { path: `${another}/configmaps/kube-root-ca.crt`, until: code(200) },
    quiet(remove(another)),
  ),
  one(
    'namespace: delete and finish',
    quiet(anotherNamespace()),
    quiet(create(`${another}/configmaps`, map('a'))),
    { ...remove(another), view: state },
    { path: another, until: gone },
  ),
  one(
    'namespace: held by a finalizer inside',
    quiet(anotherNamespace()),
    quiet(create(`${another}/configmaps`, map('a', {}, { finalizers: ['x.io/hold'] }))),
    quiet(
      create(`${another}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's', finalizers: ['x.io/hold', 'y.io/too'] },
      }),
    ),
    quiet(remove(another)),
    { path: another, until: remaining, view: state },
    create(`${another}/configmaps`, map('late')),
    { ...patched(`${another}/configmaps/a`, { data: { late: 'x' } }), view: pick('data') },
    quiet(patched(`${another}/configmaps/a`, { metadata: { finalizers: null } })),
    quiet(patched(`${another}/secrets/s`, { metadata: { finalizers: null } })),
    { path: another, until: gone },
  ),
  one(
    'namespace: with its own finalizer',
    quiet(anotherNamespace({ finalizers: ['x.io/mine'] })),
    { ...remove(another), view: state },
    {
      path: another,
      until: ({ body }) => ((at(body, 'spec.finalizers') as unknown[] | undefined) ?? []).length === 0,
      view: state,
    },
    quiet(patched(another, { metadata: { finalizers: null } })),
    { path: another, until: gone },
  ),
  one(
    'namespace: finalize subresource',
    quiet(anotherNamespace()),
    {
      method: 'PUT',
      path: `${another}/finalize`,
      body: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: '{ns}-x' },
        spec: { finalizers: ['kubernetes', 'x.io/more'] },
      },
      view: state,
    },
    quiet(remove(another)),
    { path: another, until: holds('spec.finalizers', ['x.io/more']), view: state },
    {
      method: 'PUT',
      path: `${another}/finalize`,
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-x' }, spec: { finalizers: [] } },
      quiet: true,
    },
    { path: another, until: gone },
  ),
  one(
    'namespace: finalize odd',
    quiet(anotherNamespace()),
    {
      method: 'PUT',
      path: `${another}/finalize`,
      body: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: '{ns}-x' },
        spec: { finalizers: ['noslash', 'Bad/Name!'] },
      },
    },
    {
      method: 'PUT',
      path: `${another}/finalize`,
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } },
    },
    read(`${another}/finalize`),
    quiet(remove(another)),
  ),
  one(
    'namespace: spec and labels',
    quiet(anotherNamespace()),
    patched(another, { metadata: { labels: { 'kubernetes.io/metadata.name': 'other' } } }),
    patched(another, { metadata: { labels: null } }),
    patched(another, { spec: { finalizers: [] } }),
    patched(`${another}/status`, { status: { phase: 'Terminating' } }),
    quiet(remove(another)),
  ),
  one(
    'namespace: objects made while it goes',
    quiet(anotherNamespace()),
    quiet(create(`${another}/configmaps`, map('a', {}, { finalizers: ['x.io/h'] }))),
    quiet(remove(another)),
    create(`${another}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }),
    { method: 'PUT', path: `${another}/configmaps/zz`, body: map('zz') },
    applied(`${another}/configmaps/zz`, map('zz')),
    create(`${another}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 's' } }),
    remove(another),
    quiet(patched(`${another}/configmaps/a`, { metadata: { finalizers: null } })),
    { path: another, until: gone },
  ),
  one(
    'namespace: custom resources inside',
    ...withDefinition(
      objectOf({ spec: objectOf({ a: string }) }),
      {},
      quiet(anotherNamespace()),
      quiet(
        create(things.replace('/namespaces/{ns}/', '/namespaces/{ns}-x/'), {
          ...thing({}),
          metadata: { name: 'a', finalizers: ['x.io/h'] },
        }),
      ),
      quiet(remove(another)),
      { path: another, until: remaining, view: state },
      quiet(
        patched(`${things.replace('/namespaces/{ns}/', '/namespaces/{ns}-x/')}/a`, { metadata: { finalizers: null } }),
      ),
      { path: another, until: gone },
    ),
  ),
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
