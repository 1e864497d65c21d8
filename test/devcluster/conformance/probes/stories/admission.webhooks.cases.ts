/** Probes of webhooks and of the chain's own steps: what an ordinary cluster sets up, over several requests. */
import type { Case, Step } from '../../harness.ts';
import {
  all,
  deployment,
  deployments,
  hook,
  hooked,
  map,
  maps,
  no,
  one,
  patched,
  pod,
  pods,
  rule,
} from '../../probes.admission.objects.ts';
import { type Fields, patch, pick, quiet, remove } from '../../steps.ts';

const data = pick('data', 'metadata.labels', 'metadata.annotations');
const made = (name: string, values: Fields = {}, labels: Fields = {}, query = ''): Step => ({
  path: `${maps}${query}`,
  body: map(name, labels, values),
  view: data,
});
const on = (resources: string[], apiGroups = [''], operations = ['*']): Fields => ({
  rules: [{ operations, apiGroups, apiVersions: ['*'], resources }],
});
const add = (path: string, value: unknown): Fields => patched([{ op: 'add', path, value }]);
const changed = (path: string, change: unknown): Step => ({ ...patch(path, change), view: data });
const spec = pick('spec', 'metadata.labels');
const create = (
  path: string,
  apiVersion: string,
  kind: string,
  name: string,
  fields: Fields,
  meta: Fields = {},
): Step => ({ path, body: { apiVersion, kind, metadata: { name, ...meta }, ...fields } });

export const webhookStories: readonly Case[] = [
  hooked(
    'webhooks: a sidecar is added to pods',
    { Mutating: [hook('side', on(['pods'], [''], ['CREATE']))] },
    { side: add('/spec/containers/-', { name: 'side', image: 'side:1' }) },
    { path: pods, body: pod('p'), view: pick('spec.containers', 'spec.tolerations') },
    { ...patch(`${pods}/p`, { metadata: { labels: { a: 'b' } } }), view: pick('metadata.labels') },
  ),
  hooked(
    'webhooks: labels on deployments and their status',
    { Mutating: [hook('label', on(['deployments', 'deployments/status'], ['apps']))] },
    { label: add('/metadata/labels', { by: 'hook' }) },
    { path: deployments, body: deployment, view: pick('metadata.labels', 'spec.replicas') },
    { ...patch(`${deployments}/d/status`, { status: { replicas: 1 } }), view: pick('metadata.labels', 'status') },
  ),
  hooked(
    'webhooks: a scale is judged',
    { Validating: [hook('scale', on(['deployments/scale'], ['apps']))] },
    { scale: no },
    { path: deployments, body: deployment, quiet: true },
    {
      method: 'PUT',
      path: `${deployments}/d/scale`,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'd', namespace: '{ns}' },
        spec: { replicas: 2 },
      },
    },
    { ...patch(`${deployments}/d`, { spec: { replicas: 3 } }), view: pick('spec.replicas') },
  ),
  hooked(
    'webhooks: denied with a code and a reason',
    { Validating: [hook('deny')] },
    { deny: { allowed: false, status: { code: 409, reason: 'Conflict', message: 'not now' } } },
    made('a'),
    { ...made('a'), path: `${maps}?dryRun=All` },
    { method: 'DELETE', path: maps },
  ),
  hooked(
    'webhooks: warned of on update and deletion',
    { Validating: [hook('warn')] },
    { warn: { allowed: true, warnings: ['first', 'second: with, commas', ''] } },
    made('a', { x: '1' }),
    changed(`${maps}/a`, { data: { x: '2' } }),
    { ...remove(`${maps}/a`), view: pick('status') },
  ),
  hooked(
    'webhooks: by the order of their names',
    { Mutating: [hook('b'), hook('a')] },
    { a: add('/data/who', 'a'), b: add('/data/who', 'b') },
    made('a', { n: '1' }),
  ),
  hooked(
    'webhooks: only updates of some',
    {
      Validating: [
        hook('upd', { rules: [{ ...rule, operations: ['UPDATE'] }], objectSelector: { matchLabels: { locked: 'y' } } }),
      ],
    },
    { upd: no },
    made('a', { n: '1' }),
    changed(`${maps}/a`, { data: { n: '2' } }),
    changed(`${maps}/a`, { metadata: { labels: { locked: 'y' } } }),
    quiet(made('b', { n: '1' }, { locked: 'y' })),
    changed(`${maps}/b`, { metadata: { labels: null } }),
  ),
  hooked(
    'webhooks: conditions on objects and requests',
    {
      Validating: [
        hook('cond', {
          matchConditions: [
            { name: 'named', expression: "request.name.startsWith('x') || object.metadata.name.startsWith('x')" },
            { name: 'not-mine', expression: "request.userInfo.username != 'me'" },
          ],
        }),
      ],
    },
    { cond: no },
    made('a'),
    made('x1'),
    { ...made('x2'), headers: { 'impersonate-user': 'me', 'impersonate-group': 'system:masters' } },
  ),
  hooked(
    'webhooks: a mutation that is refused by the schema',
    { Mutating: [hook('bad')] },
    { bad: patched([{ op: 'replace', path: '/data/n', value: { a: 1 } }]) },
    made('a', { n: '1' }),
  ),
  hooked(
    'webhooks: a mutation that another one undoes, and what is validated',
    { Mutating: [hook('one'), hook('two')], Validating: [hook('see')] },
    { one: add('/data/x', '1'), two: patched([{ op: 'remove', path: '/data/x' }]), see: { allowed: true } },
    made('a', { n: '1' }),
  ),
  hooked(
    'webhooks: everything with side effects, and dry runs',
    { Validating: [hook('none', { sideEffects: 'NoneOnDryRun' })] },
    { none: { allowed: true } },
    made('a', { n: '1' }, {}, '?dryRun=All'),
    made('a', { n: '1' }),
  ),
  hooked(
    'webhooks: a connection',
    {
      Validating: [hook('con', on(['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy'], [''], ['CONNECT']))],
    },
    { con: no },
    { path: pods, body: pod('p'), quiet: true },
    { path: `${pods}/p/exec?command=ls`, method: 'POST' },
    { path: `${pods}/p/log` },
  ),
  hooked(
    'webhooks: of all groups, a custom one among them',
    {
      Validating: [
        hook('all', {
          rules: [{ ...all, apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }],
          matchConditions: [{ name: 'ours', expression: "request.resource.group == 'conformance.example.com'" }],
        }),
      ],
    },
    { all: no },
    {
      path: '/apis/conformance.example.com/v1/namespaces/{ns}/widgets',
      body: { apiVersion: 'conformance.example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1 } },
    },
    made('a'),
  ),
  one(
    'chain: pods are placed by the class of their runtime',
    quiet(
      create('/apis/node.k8s.io/v1/runtimeclasses', 'node.k8s.io/v1', 'RuntimeClass', 'rc-{ns}', {
        handler: 'h',
        overhead: { podFixed: { cpu: '100m' } },
        scheduling: { nodeSelector: { a: 'b' }, tolerations: [{ key: 'rt', operator: 'Exists' }] },
      }),
    ),
    { path: pods, body: pod('p', { runtimeClassName: 'rc-{ns}' }), view: spec },
    { path: pods, body: pod('q', { runtimeClassName: 'rc-{ns}', nodeSelector: { a: 'c' } }) },
    { path: pods, body: pod('r', { runtimeClassName: 'rc-{ns}', overhead: { cpu: '1' } }) },
  ),
  one(
    'chain: levels of the security of pods',
    quiet(
      patch('/api/v1/namespaces/{ns}', {
        metadata: {
          labels: {
            'pod-security.kubernetes.io/enforce': 'baseline',
            'pod-security.kubernetes.io/warn': 'restricted',
            'pod-security.kubernetes.io/audit': 'restricted',
          },
        },
      }),
    ),
    { path: pods, body: pod('p'), view: pick('metadata.name') },
    { path: pods, body: pod('q', { hostNetwork: true }) },
    {
      path: pods,
      body: pod(
        'r',
        { volumes: [{ name: 'h', hostPath: { path: '/' } }] },
        { securityContext: { capabilities: { add: ['SYS_ADMIN'] } }, ports: [{ containerPort: 1, hostPort: 2 }] },
      ),
    },
    { path: deployments, body: deployment, view: pick('metadata.name') },
    {
      ...patch('/api/v1/namespaces/{ns}', {
        metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      }),
      view: pick('metadata.labels'),
    },
    {
      ...patch('/api/v1/namespaces/{ns}', {
        metadata: {
          labels: { 'pod-security.kubernetes.io/enforce': 'odd', 'pod-security.kubernetes.io/warn-version': 'v9.x' },
        },
      }),
    },
  ),
  one(
    'chain: nothing in a namespace that is not there',
    create('/api/v1/namespaces/nope-{ns}/configmaps', 'v1', 'ConfigMap', 'a', {}),
    create('/apis/apps/v1/namespaces/nope-{ns}/deployments', 'apps/v1', 'Deployment', 'a', {}),
    create(
      '/api/v1/namespaces/nope-{ns}/serviceaccounts/default/token',
      'authentication.k8s.io/v1',
      'TokenRequest',
      '',
      { spec: {} },
    ),
    { path: '/api/v1/namespaces/nope-{ns}/configmaps', view: pick('items') },
    { method: 'DELETE', path: '/api/v1/namespaces/nope-{ns}/configmaps', view: pick('items') },
    create('/api/v1/namespaces/nope-{ns}/configmaps?dryRun=All', 'v1', 'ConfigMap', 'a', {}),
  ),
  one(
    'chain: priorities, the default and those of the system',
    { path: pods, body: pod('p'), view: pick('spec.priority', 'spec.preemptionPolicy', 'spec.priorityClassName') },
    {
      path: pods,
      body: pod('q', { priorityClassName: 'system-cluster-critical' }),
      view: pick('spec.priority', 'spec.preemptionPolicy', 'message'),
    },
    create('/apis/scheduling.k8s.io/v1/priorityclasses', 'scheduling.k8s.io/v1', 'PriorityClass', 'pc-{ns}', {
      value: -5,
      preemptionPolicy: 'Never',
    }),
    {
      path: pods,
      body: pod('r', { priorityClassName: 'pc-{ns}' }),
      view: pick('spec.priority', 'spec.preemptionPolicy'),
    },
    quiet(remove('/apis/scheduling.k8s.io/v1/priorityclasses/pc-{ns}')),
    { path: pods, body: pod('s', { priorityClassName: 'pc-{ns}' }) },
    {
      ...patch(`${pods}/r`, { metadata: { labels: { still: 'there' } } }),
      view: pick('spec.priority', 'metadata.labels'),
    },
  ),
];
