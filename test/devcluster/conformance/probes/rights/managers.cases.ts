/** What the controller-manager and the server itself keep: quotas, tokens, services, flow control. */
import type { Answer, Case, Step } from '../../harness.ts';
import {
  create,
  deployment,
  deployments,
  map,
  maps,
  pod,
  pods,
  widget,
  widgets,
} from '../../probes.admission.objects.ts';
import { casesOf, type Fields, patch, quiet, remove } from '../../steps.ts';
import { account, rbac } from '../access/shared.ts';
import { rbacVersion } from './shared.ts';

const control = casesOf('probes-controllers');

// Controllers
const at = (path: string, want: (body: { [field: string]: never }) => boolean): Partial<Step> => ({
  path,
  until: (answer: Answer) => answer.code === 200 && want(answer.body as { [field: string]: never }),
});

const quotas = '/api/v1/namespaces/{ns}/resourcequotas';

/** What comes with a namespace is there: quotas count it. */
const settled: Step = quiet({ path: `${maps}/kube-root-ca.crt`, until: (answer) => answer.code === 200 });

const quota = (hard: Fields, more: Fields = {}): Step =>
  quiet({
    path: quotas,
    body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard, ...more } },
  });

const counted = (body: unknown): unknown => (body as { status?: unknown }).status;

const reconciled = (want: Fields): Step => ({
  ...(at(`${quotas}/q`, (body) => {
    const { used = {} } = ((body as Fields).status ?? {}) as { used?: Fields };
    return Object.entries(want).every(([key, value]) => used[key] === value);
  }) as Step),
  view: counted,
});

const services = '/api/v1/namespaces/{ns}/services';

export const managers: Case[] = [
  control(
    'a quota counts',
    settled,
    quota({ 'count/configmaps': '3', configmaps: '3', secrets: '1', services: '2', pods: '1', 'requests.cpu': '1' }),
    reconciled({ configmaps: '1' }),
    quiet(create),
    reconciled({ configmaps: '2', 'count/configmaps': '2' }),
    { path: maps, body: map('b') },
    { path: maps, body: map('c') },
  ),
  control(
    'a quota of custom resources',
    settled,
    quota({ 'count/widgets.conformance.example.com': '1' }),
    reconciled({ 'count/widgets.conformance.example.com': '0' }),
    { path: widgets, body: widget },
    { path: widgets, body: { ...widget, metadata: { name: 'w2' } } },
  ),
  control(
    'a quota of deployments',
    settled,
    quota({ 'count/deployments.apps': '0' }),
    reconciled({ 'count/deployments.apps': '0' }),
    { path: deployments, body: deployment },
  ),
  control(
    'a quota of cpu',
    settled,
    quota({ 'requests.cpu': '1', 'limits.memory': '1Gi' }),
    reconciled({ 'requests.cpu': '0' }),
    account,
    { path: pods, body: pod('p') },
    { path: pods, body: pod('p', {}, { resources: { requests: { cpu: '2' }, limits: { memory: '1Mi' } } }) },
  ),
  control(
    'a quota of services',
    settled,
    quota({ services: '1', 'services.nodeports': '0', 'services.loadbalancers': '0' }),
    reconciled({ services: '0' }),
    {
      path: services,
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { type: 'NodePort', ports: [{ port: 80 }] },
      },
    },
    {
      path: services,
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
      },
    },
  ),
  control(
    'a token in a secret',
    account,
    quiet({
      path: '/api/v1/namespaces/{ns}/secrets',
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'default' } },
      },
    }),
    {
      ...(at(
        '/api/v1/namespaces/{ns}/secrets/t',
        (body) => 'token' in (((body as Fields).data ?? {}) as object),
      ) as Step),
      view: (body) => {
        const {
          data = {},
          metadata,
          type,
        } = body as { data?: { [key: string]: string }; metadata: Fields; type: string };
        const claims = JSON.parse(
          Buffer.from(
            Buffer.from(data.token ?? '', 'base64')
              .toString()
              .split('.')[1] ?? '',
            'base64url',
          ).toString() || '{}',
        ) as Fields;
        return {
          type,
          keys: Object.keys(data).sort(),
          namespace: Buffer.from(data.namespace ?? '', 'base64').toString(),
          annotations: metadata.annotations,
          labels: metadata.labels,
          claims,
          managers: ((metadata.managedFields ?? []) as Fields[]).map((entry) => [entry.manager, entry.fieldsV1]),
        };
      },
    },
  ),
  control(
    'a token of nobody',
    account,
    quiet({
      path: '/api/v1/namespaces/{ns}/secrets',
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'nobody' } },
      },
    }),
    { path: '/api/v1/namespaces/{ns}/secrets/t', until: (answer) => answer.code === 404 },
  ),
  control('who made a namespace', { path: '/api/v1/namespaces/{ns}' }),
  control('an account as it comes', { ...account, quiet: false }),
  control('an authority as it comes', { path: `${maps}/kube-root-ca.crt`, until: (answer) => answer.code === 200 }),
  control(
    'an authority is put back',
    quiet({ path: `${maps}/kube-root-ca.crt`, until: (answer) => answer.code === 200 }),
    quiet(patch(`${maps}/kube-root-ca.crt`, { data: { 'ca.crt': 'x', other: 'y' } })),
    {
      path: `${maps}/kube-root-ca.crt`,
      until: (answer) => !JSON.stringify(answer.body).includes('"ca.crt":"x"'),
      view: (body) => Object.keys((body as { data: Fields }).data),
    },
  ),
  ...['v1.apps', 'v1.', 'v1.conformance.example.com', 'v1.rbac.authorization.k8s.io', 'v2.autoscaling'].map((name) =>
    control(`API service ${name}`, {
      path: `/apis/apiregistration.k8s.io/v1/apiservices/${name}`,
      until: (answer) => answer.code === 200,
    }),
  ),
  control('API services as a table', {
    path: '/apis/apiregistration.k8s.io/v1/apiservices',
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    view: (body) =>
      (body as { rows: { cells: unknown[] }[] }).rows
        .map((row) => row.cells.slice(0, 3))
        .filter(([name]) => !/example|zoo/.test(String(name))),
  }),
  control('an API service of one who has no service', {
    path: '/apis/apiregistration.k8s.io/v1/apiservices?dryRun=All',
    body: {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.x.example.com' },
      spec: {
        group: 'x.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { name: 's', namespace: '{ns}' },
        insecureSkipTLSVerify: true,
      },
    },
  }),
  control('an API service that is deleted', remove('/apis/apiregistration.k8s.io/v1/apiservices/v1.batch?dryRun=All')),
  control('the range of services', { path: '/apis/networking.k8s.io/v1/servicecidrs/kubernetes' }),
  control('the address of the API', { path: '/apis/networking.k8s.io/v1/ipaddresses/10.0.0.1' }),
  control(
    'an address of a service',
    quiet({
      path: services,
      body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } },
      keep: { ip: 'spec.clusterIP' },
    }),
    {
      path: '/apis/networking.k8s.io/v1/ipaddresses/{ip}',
      view: (body) => ({ labels: (body as { metadata: Fields }).metadata.labels, spec: (body as Fields).spec }),
    },
    quiet(remove(`${services}/s`)),
    { path: '/apis/networking.k8s.io/v1/ipaddresses/{ip}', view: (body) => (body as Fields).code },
  ),
  ...['exempt', 'catch-all', 'global-default', 'system-nodes'].map((name) =>
    control(`flow schema ${name}`, { path: `/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/${name}` }),
  ),
  ...['exempt', 'catch-all', 'workload-low'].map((name) =>
    control(`priority level ${name}`, {
      path: `/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations/${name}`,
    }),
  ),
  ...['system-cluster-critical', 'system-node-critical'].map((name) =>
    control(
      `priority class ${name}`,
      { path: `/apis/scheduling.k8s.io/v1/priorityclasses/${name}` },
      remove(`/apis/scheduling.k8s.io/v1/priorityclasses/${name}?dryRun=All`),
    ),
  ),
  ...[
    'extension-apiserver-authentication',
    'kube-apiserver-legacy-service-account-token-tracking',
    'kube-root-ca.crt',
    'cluster-info',
  ].map((name) =>
    control(`what kube-system has: ${name}`, {
      path: `/api/v1/namespaces/kube-system/configmaps/${name}`,
      view: (body) => ({ ...(body as object), data: Object.keys(((body as Fields).data ?? {}) as object) }),
    }),
  ),
  control('the accounts of kube-system', {
    path: '/api/v1/namespaces/kube-system/serviceaccounts',
    view: (body) => (body as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name),
  }),
  control('what default has', {
    path: '/api/v1/namespaces/default/services/kubernetes',
    view: (body) => ({ ...(body as object), spec: { ...((body as Fields).spec as object), ports: 0 } }),
  }),
  control(
    'a namespace that must stay',
    remove('/api/v1/namespaces/kube-system'),
    remove('/api/v1/namespaces/default'),
    remove('/api/v1/namespaces/kube-public?dryRun=All'),
  ),
  control(
    'a namespace status is checked',
    patch('/api/v1/namespaces/{ns}/status', { status: { phase: 'Terminating' } }),
    patch('/api/v1/namespaces/{ns}/status', { status: { phase: 'Nope' } }),
    patch(
      '/api/v1/namespaces/{ns}/status',
      { status: { conditions: [{ type: 'X', status: 'True' }] } },
      { view: (body) => (body as Fields).status },
    ),
  ),
  control(
    'a namespace spec is kept',
    patch('/api/v1/namespaces/{ns}', { spec: { finalizers: ['a/b'] } }, { view: (body) => (body as Fields).spec }),
    {
      method: 'PUT',
      path: '/api/v1/namespaces/{ns}/finalize',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } },
    },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/{ns}/finalize',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}' }, spec: { finalizers: ['bad'] } },
    },
  ),
  ...(['Background', 'Foreground', 'Orphan'] as const).map((propagationPolicy) =>
    control(
      `two owners, ${propagationPolicy}`,
      quiet({ path: maps, body: map('a'), keep: { a: 'metadata.uid' } }),
      quiet({ path: maps, body: map('b'), keep: { b: 'metadata.uid' } }),
      quiet({
        path: maps,
        body: {
          ...map('kid'),
          metadata: {
            name: 'kid',
            ownerReferences: ['a', 'b'].map((name) => ({
              apiVersion: 'v1',
              kind: 'ConfigMap',
              name,
              uid: `{${name}}`,
            })),
          },
        },
      }),
      remove(`${maps}/a`, { propagationPolicy }),
      {
        path: `${maps}/kid`,
        until: (answer) =>
          ((answer.body as { metadata: { ownerReferences?: unknown[] } }).metadata.ownerReferences ?? []).length === 1,
        view: (body) => (body as { metadata: Fields }).metadata.ownerReferences,
      },
    ),
  ),
  control(
    'a chain',
    quiet({ path: maps, body: map('a'), keep: { a: 'metadata.uid' } }),
    quiet({
      path: maps,
      body: {
        ...map('b'),
        metadata: { name: 'b', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '{a}' }] },
      },
      keep: { b: 'metadata.uid' },
    }),
    quiet({
      path: widgets,
      body: {
        ...widget,
        metadata: { name: 'w', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'b', uid: '{b}' }] },
      },
    }),
    quiet(remove(`${maps}/a`)),
    { path: `${widgets}/w`, until: (answer) => answer.code === 404 },
  ),
  control(
    'a deletion that is asked for twice',
    quiet({ path: maps, body: { ...map('a'), metadata: { name: 'a', finalizers: ['example.com/x'] } } }),
    remove(`${maps}/a`),
    remove(`${maps}/a`, { gracePeriodSeconds: 0 }),
    patch(`${maps}/a`, { metadata: { finalizers: ['example.com/x', 'example.com/y'] } }),
    patch(`${maps}/a`, { data: { changed: 'yes' } }),
    patch(`${maps}/a`, { metadata: { finalizers: null } }),
    { path: `${maps}/a` },
  ),
  control(
    'aggregated roles change',
    quiet({
      path: `${rbac}/clusterroles`,
      body: {
        apiVersion: rbacVersion,
        kind: 'ClusterRole',
        metadata: { name: '{ns}-all' },
        rules: [{ apiGroups: ['x'], resources: ['y'], verbs: ['get'] }],
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { agg: '{ns}' } }] },
      },
    }),
    quiet({
      path: `${rbac}/clusterroles`,
      body: {
        apiVersion: rbacVersion,
        kind: 'ClusterRole',
        metadata: { name: '{ns}-part', labels: { agg: '{ns}' } },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      },
    }),
    {
      path: `${rbac}/clusterroles/{ns}-all`,
      until: (answer) => JSON.stringify(answer.body).includes('"pods"'),
      view: (body) => (body as Fields).rules,
    },
    quiet(remove(`${rbac}/clusterroles/{ns}-part`)),
    {
      path: `${rbac}/clusterroles/{ns}-all`,
      until: (answer) => !JSON.stringify((answer.body as Fields).rules ?? null).includes('"pods"'),
      view: (body) => (body as Fields).rules ?? null,
    },
  ),
];
