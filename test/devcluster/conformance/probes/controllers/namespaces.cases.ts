/** Namespaces: how they end, and what comes with them. */
import type { Answer, Case, Step } from '../../harness.ts';
import { type Fields, merge, quiet, remove } from '../../steps.ts';
import { meta, one, read, release } from './shared.ts';

const second = '/api/v1/namespaces/{ns}-n';

const space = (more: Fields = {}): Step =>
  quiet({
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-n' }, ...more },
  });

const conditions = (body: unknown): unknown => {
  const { status, spec, metadata, kind } = body as {
    kind: string;
    status: { phase: string; conditions?: { type: string }[] };
    spec: unknown;
    metadata: Fields;
  };
  return kind === 'Status'
    ? body
    : {
        phase: status.phase,
        conditions: [...(status.conditions ?? [])].sort((a, b) => (a.type < b.type ? -1 : 1)),
        spec,
        finalizers: metadata.finalizers,
      };
};

const settled = (answer: Answer): boolean =>
  ((answer.body as { status?: { conditions?: unknown[] } }).status?.conditions ?? []).length >= 5;

const inside = (name: string, finalizers?: string[]): Step =>
  quiet({
    path: `${second}/configmaps`,
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, finalizers } },
  });

export const namespaces: Case[] = [
  one('namespace: new', { ...space(), quiet: false }, { path: second }),
  one('namespace: deleted', space(), remove(second), read(second)),
  one('namespace: deleted with what is in it', space(), inside('a'), quiet(remove(second)), read(second), {
    path: `${second}/configmaps/a`,
  }),
  one(
    'namespace: held by a finalizer',
    space(),
    inside('a', ['example.com/hold']),
    quiet(remove(second)),
    { path: second, until: settled, view: conditions },
    { path: `${second}/configmaps/a`, view: meta },
    release(`${second}/configmaps/a`),
    read(second),
  ),
  one(
    'namespace: held by two',
    space(),
    inside('a', ['example.com/hold']),
    inside('b', ['example.com/other']),
    quiet({
      path: `/apis/conformance.example.com/v1/namespaces/{ns}-n/widgets`,
      body: {
        apiVersion: 'conformance.example.com/v1',
        kind: 'Widget',
        metadata: { name: 'w', finalizers: ['example.com/hold'] },
        spec: { size: 1 },
      },
    }),
    quiet(remove(second)),
    { path: second, until: settled, view: conditions },
    release(`${second}/configmaps/a`),
    release(`${second}/configmaps/b`),
    release('/apis/conformance.example.com/v1/namespaces/{ns}-n/widgets/w'),
    read(second),
  ),
  one(
    'namespace: with a finalizer of its own',
    quiet({
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-n', finalizers: ['example.com/hold'] } },
    }),
    quiet(remove(second)),
    {
      path: second,
      until: (answer) => JSON.stringify(answer.body).includes('"spec":{}'),
      view: (body) => ({ ...(conditions(body) as object), conditions: 0 }),
    },
    release(second),
    read(second),
  ),
  one(
    'namespace: finalize',
    space(),
    {
      method: 'PUT',
      path: `${second}/finalize`,
      body: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: '{ns}-n' },
        spec: { finalizers: ['kubernetes', 'example.com/x'] },
      },
      view: conditions,
    },
    {
      method: 'PUT',
      path: `${second}/finalize`,
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-n' }, spec: { finalizers: ['bad'] } },
    },
    quiet(remove(second)),
    {
      path: second,
      until: (answer) => !JSON.stringify(answer.body).includes('"kubernetes"'),
      view: (body) => ({ ...(conditions(body) as object), conditions: 0 }),
    },
    {
      method: 'PUT',
      path: `${second}/finalize`,
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-n' }, spec: { finalizers: [] } },
      view: conditions,
    },
    read(second),
  ),
  one(
    'namespace: its status',
    space(),
    {
      method: 'PATCH',
      path: `${second}/status`,
      body: { status: { phase: 'Terminating' } },
      type: merge,
      view: conditions,
    },
    {
      method: 'PATCH',
      path: `${second}/status`,
      body: { status: { conditions: [{ type: 'X', status: 'True' }] } },
      type: merge,
      view: conditions,
    },
  ),
  one('namespace: finalizers set by its maker', {
    path: '/api/v1/namespaces',
    body: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '{ns}-n' },
      spec: { finalizers: ['example.com/x'] },
    },
    view: conditions,
  }),
  one(
    'namespace: its label is kept',
    space(),
    {
      method: 'PATCH',
      path: second,
      body: { metadata: { labels: { 'kubernetes.io/metadata.name': 'other', a: 'b' } } },
      type: merge,
      view: (body) => (body as { metadata: { labels: unknown } }).metadata.labels,
    },
    {
      method: 'PATCH',
      path: second,
      body: { metadata: { labels: null } },
      type: merge,
      view: (body) => (body as { metadata: { labels: unknown } }).metadata.labels,
    },
  ),
  one(
    'namespace: deleted twice',
    space(),
    inside('a', ['example.com/hold']),
    { ...remove(second), view: (body) => (body as { status: unknown }).status },
    { ...remove(second), view: (body) => (body as { kind: string }).kind },
    release(`${second}/configmaps/a`),
    read(second),
  ),
  one('namespace: by collection', { method: 'DELETE', path: '/api/v1/namespaces' }),
  one('namespace: orphan', space(), inside('a'), remove(second, { propagationPolicy: 'Orphan' }), read(second)),
  one('namespace: dry run', space(), remove(`${second}?dryRun=All`), { path: second, view: conditions }),
  one(
    'namespace: what comes with it',
    space(),
    { path: `${second}/serviceaccounts/default`, until: (answer) => answer.code === 200 },
    { path: `${second}/configmaps/kube-root-ca.crt`, until: (answer) => answer.code === 200 },
  ),
  one(
    'namespace: its account comes back',
    space(),
    quiet({
      path: `${second}/serviceaccounts/default`,
      until: (answer) => answer.code === 200,
      keep: { sa: 'metadata.uid' },
    }),
    quiet(remove(`${second}/serviceaccounts/default`)),
    { path: `${second}/serviceaccounts/default`, until: (answer) => answer.code === 200, view: meta },
  ),
  one(
    'namespace: its authority comes back',
    space(),
    quiet({ path: `${second}/configmaps/kube-root-ca.crt`, until: (answer) => answer.code === 200 }),
    quiet({
      method: 'PATCH',
      path: `${second}/configmaps/kube-root-ca.crt`,
      body: { data: { 'ca.crt': 'x' } },
      type: merge,
    }),
    {
      path: `${second}/configmaps/kube-root-ca.crt`,
      until: (answer) => JSON.stringify(answer.body).includes('CERTIFICATE'),
      view: (body) => Object.keys((body as { data: object }).data),
    },
    quiet(remove(`${second}/configmaps/kube-root-ca.crt`)),
    { path: `${second}/configmaps/kube-root-ca.crt`, until: (answer) => answer.code === 200, view: meta },
  ),
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map((name) =>
    one(`namespace ${name}`, { path: `/api/v1/namespaces/${name}` }),
  ),
  one('the service of the API', {
    path: '/api/v1/namespaces/default/services/kubernetes',
    view: (body) => ({
      ...(body as object),
      spec: { ...(body as { spec: Fields }).spec, clusterIP: 0, clusterIPs: 0, ports: 0 },
    }),
  }),
  one(
    'the endpoints of the API',
    { path: '/api/v1/namespaces/default/endpoints/kubernetes', view: (body) => ({ ...(body as object), subsets: 0 }) },
    {
      path: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes',
      view: (body) => ({ ...(body as object), endpoints: 0, ports: 0 }),
    },
  ),
  one('what kube-system has', {
    path: '/api/v1/namespaces/kube-system/configmaps',
    view: (body) => (body as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name),
  }),
  one('what kube-public has', {
    path: '/api/v1/namespaces/kube-public/configmaps',
    view: (body) => (body as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name),
  }),
  one('priority classes', { path: '/apis/scheduling.k8s.io/v1/priorityclasses' }),
  one('flow schemas', {
    path: '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
    view: (body) => (body as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name),
  }),
  one('a flow schema', { path: '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/exempt' }),
  one('priority levels', {
    path: '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations',
    view: (body) => (body as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name),
  }),
  one('a priority level', { path: '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations/catch-all' }),
  one('API services', {
    path: '/apis/apiregistration.k8s.io/v1/apiservices',
    view: (body) =>
      (body as { items: { metadata: { name: string } }[] }).items
        .map((item) => item.metadata.name)
        .filter((name) => !name.includes('example.com')),
  }),
  one('an API service', { path: '/apis/apiregistration.k8s.io/v1/apiservices/v1.apps' }),
  one('an API service of a definition', {
    path: '/apis/apiregistration.k8s.io/v1/apiservices/v1.conformance.example.com',
  }),
  one('service cidrs', {
    path: '/apis/networking.k8s.io/v1/servicecidrs',
    view: (body) => (body as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name),
  }),
];
