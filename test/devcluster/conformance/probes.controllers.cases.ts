/** Probes of controllers: garbage collection, namespaces, accounts, aggregation, definitions that go. */
import type { Answer, Case, Step } from './harness.ts';
import { type Fields, merge, quiet, remove } from './steps.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'probes-controllers', name, steps });
const maps = '/api/v1/namespaces/{ns}/configmaps';
const secrets = '/api/v1/namespaces/{ns}/secrets';
const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';
const gone = (answer: Answer): boolean => answer.code === 404;
const meta = (body: unknown): unknown => {
  const { metadata } = body as { metadata?: Fields };
  return metadata === undefined || (body as { kind: string }).kind === 'Status'
    ? body
    : {
        finalizers: metadata.finalizers,
        owners: metadata.ownerReferences,
        deleting: metadata.deletionTimestamp !== undefined,
        grace: metadata.deletionGracePeriodSeconds,
        generation: metadata.generation,
      };
};
const object = (sort: string, name: string, more: Fields = {}): Step =>
  quiet({
    path: sort,
    body: {
      apiVersion: sort === widgets ? 'conformance.example.com/v1' : 'v1',
      kind: sort === widgets ? 'Widget' : sort === maps ? 'ConfigMap' : 'Secret',
      metadata: { name, ...more },
      ...(sort === widgets ? { spec: { size: 1 } } : {}),
    },
    keep: { [`uid_${name}`]: 'metadata.uid' },
  });
const owner = (sort: string, name: string, more: Fields = {}): Fields => ({
  apiVersion: sort === widgets ? 'conformance.example.com/v1' : 'v1',
  kind: sort === widgets ? 'Widget' : 'ConfigMap',
  name,
  uid: `{uid_${name}}`,
  ...more,
});
const read = (path: string, until: (answer: Answer) => boolean = gone): Step => ({ path, until, view: meta });
const release = (path: string): Step =>
  quiet({ method: 'PATCH', path, body: { metadata: { finalizers: null } }, type: merge });
const unowned = (answer: Answer): boolean =>
  (answer.body as { metadata: { ownerReferences?: unknown } }).metadata.ownerReferences === undefined;

const collection: Case[] = [maps, widgets].flatMap((sort) => {
  const label = sort === maps ? 'maps' : 'widgets';
  const held = ['example.com/hold'];
  return [
    ...['Background', 'Foreground', 'Orphan', undefined].map((propagationPolicy) =>
      one(
        `${label}: ${propagationPolicy ?? 'default'}`,
        object(sort, 'a'),
        object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
        remove(`${sort}/a`, propagationPolicy === undefined ? undefined : { propagationPolicy }),
        read(`${sort}/a`),
        read(`${secrets}/b`, propagationPolicy === 'Orphan' ? unowned : gone),
      ),
    ),
    one(
      `${label}: foreground, blocked`,
      object(sort, 'a'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a', { blockOwnerDeletion: true })], finalizers: held }),
      remove(`${sort}/a`, { propagationPolicy: 'Foreground' }),
      read(
        `${secrets}/b`,
        (answer) =>
          (answer.body as { metadata: { deletionTimestamp?: string } }).metadata.deletionTimestamp !== undefined,
      ),
      { path: `${sort}/a`, view: meta },
      release(`${secrets}/b`),
      read(`${sort}/a`),
    ),
    one(
      `${label}: foreground, not blocked`,
      object(sort, 'a'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')], finalizers: held }),
      remove(`${sort}/a`, { propagationPolicy: 'Foreground' }),
      read(`${sort}/a`),
      read(
        `${secrets}/b`,
        (answer) =>
          (answer.body as { metadata: { deletionTimestamp?: string } }).metadata.deletionTimestamp !== undefined,
      ),
      release(`${secrets}/b`),
    ),
    one(
      `${label}: foreground with a finalizer`,
      object(sort, 'a', { finalizers: held }),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a', { blockOwnerDeletion: true })] }),
      { ...remove(`${sort}/a`, { propagationPolicy: 'Foreground' }), view: meta },
      read(`${secrets}/b`),
      {
        path: `${sort}/a`,
        view: meta,
        until: (answer) => JSON.stringify(meta(answer.body)).includes('["example.com/hold"]'),
      },
      release(`${sort}/a`),
      read(`${sort}/a`),
    ),
    one(
      `${label}: orphan with a finalizer`,
      object(sort, 'a', { finalizers: held }),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      { ...remove(`${sort}/a`, { propagationPolicy: 'Orphan' }), view: meta },
      read(`${secrets}/b`, unowned),
      {
        path: `${sort}/a`,
        view: meta,
        until: (answer) => JSON.stringify(meta(answer.body)).includes('["example.com/hold"]'),
      },
      release(`${sort}/a`),
      read(`${sort}/a`),
    ),
    one(
      `${label}: the old way to orphan`,
      object(sort, 'a'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      remove(`${sort}/a`, { orphanDependents: true }),
      read(`${sort}/a`),
      read(`${secrets}/b`, unowned),
    ),
    one(
      `${label}: by query`,
      object(sort, 'a'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      remove(`${sort}/a?propagationPolicy=Foreground`),
      read(`${sort}/a`),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: two owners, one goes`,
      object(sort, 'a'),
      object(sort, 'c'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a'), owner(sort, 'c')] }),
      quiet(remove(`${sort}/a`)),
      read(
        `${secrets}/b`,
        (answer) =>
          ((answer.body as { metadata: { ownerReferences: unknown[] } }).metadata.ownerReferences ?? []).length === 1,
      ),
    ),
    one(
      `${label}: two owners, both go`,
      object(sort, 'a'),
      object(sort, 'c'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a'), owner(sort, 'c')] }),
      quiet(remove(`${sort}/a`)),
      quiet(remove(`${sort}/c`)),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: a chain`,
      object(sort, 'a'),
      object(maps, 'm', { ownerReferences: [owner(sort, 'a')] }),
      object(secrets, 'b', { ownerReferences: [owner(maps, 'm')] }),
      quiet(remove(`${sort}/a`)),
      read(`${maps}/m`),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: a chain in the foreground`,
      object(sort, 'a'),
      object(maps, 'm', { ownerReferences: [owner(sort, 'a', { blockOwnerDeletion: true })] }),
      object(secrets, 'b', { ownerReferences: [owner(maps, 'm', { blockOwnerDeletion: true })] }),
      quiet(remove(`${sort}/a`, { propagationPolicy: 'Foreground' })),
      read(`${sort}/a`),
      read(`${maps}/m`),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: an owner of another uid`,
      object(sort, 'a'),
      object(secrets, 'b', { ownerReferences: [{ ...owner(sort, 'a'), uid: 'other' }] }),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: an owner that was never there`,
      object(secrets, 'b', { ownerReferences: [{ ...owner(sort, 'zz'), uid: 'other' }] }),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: deleted by collection`,
      object(sort, 'a', { labels: { x: 'y' } }),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      quiet(remove(`${sort}?labelSelector=x%3Dy`)),
      read(`${sort}/a`),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: deleted by collection in the foreground`,
      object(sort, 'a', { labels: { x: 'y' } }),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      {
        ...remove(`${sort}?labelSelector=x%3Dy`, { propagationPolicy: 'Foreground' }),
        view: (body) => (body as { items: unknown[] }).items.map(meta),
      },
      read(`${sort}/a`),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: foreground, deleted again`,
      object(sort, 'a', { finalizers: held }),
      { ...remove(`${sort}/a`, { propagationPolicy: 'Foreground' }), view: meta },
      { ...remove(`${sort}/a`), view: meta },
      { ...remove(`${sort}/a`, { propagationPolicy: 'Orphan' }), view: meta },
      release(`${sort}/a`),
    ),
    one(
      `${label}: two finalizers`,
      object(sort, 'a', { finalizers: ['example.com/x', 'example.com/y'] }),
      { ...remove(`${sort}/a`), view: meta },
      {
        method: 'PATCH',
        path: `${sort}/a`,
        body: { metadata: { finalizers: ['example.com/y'] } },
        type: merge,
        view: meta,
      },
      {
        method: 'PATCH',
        path: `${sort}/a`,
        body: { metadata: { finalizers: ['example.com/y', 'example.com/z'] } },
        type: merge,
      },
      { method: 'PATCH', path: `${sort}/a`, body: { metadata: { finalizers: [] } }, type: merge, view: meta },
      read(`${sort}/a`),
    ),
    one(
      `${label}: a finalizer of the system`,
      object(sort, 'a', { finalizers: ['foregroundDeletion'] }),
      { path: `${sort}/a`, view: meta },
      { ...remove(`${sort}/a`), view: meta },
      read(`${sort}/a`),
    ),
    one(
      `${label}: the orphan finalizer beforehand`,
      object(sort, 'a', { finalizers: ['orphan'] }),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      { ...remove(`${sort}/a`), view: meta },
      read(`${secrets}/b`, unowned),
      read(`${sort}/a`),
    ),
    one(
      `${label}: preconditions`,
      object(sort, 'a'),
      { ...remove(`${sort}/a`, { preconditions: { uid: '{uid_a}' }, propagationPolicy: 'Background' }) },
      read(`${sort}/a`),
    ),
    ...(
      [
        ['no uid', { uid: '' }],
        ['no name', { name: '' }],
        ['no kind', { kind: '' }],
        ['no version', { apiVersion: '' }],
        ['a bad version', { apiVersion: 'a/b/c' }],
        ['two controllers', undefined],
      ] as [string, Fields | undefined][]
    ).map(([name, more]) =>
      one(`${label}: owner references: ${name}`, {
        ...object(sort, 'b', {
          ownerReferences:
            more === undefined
              ? [
                  { ...owner(sort, 'x'), uid: '1', controller: true },
                  { ...owner(sort, 'y'), uid: '2', controller: true },
                ]
              : [{ ...owner(sort, 'x'), uid: 'u', ...more }],
        }),
        quiet: false,
        keep: {},
      }),
    ),
    one(`${label}: owner references: twice the same`, {
      ...object(sort, 'b', {
        ownerReferences: [
          { ...owner(sort, 'x'), uid: '1' },
          { ...owner(sort, 'x'), uid: '1' },
        ],
      }),
      quiet: false,
      keep: {},
    }),
    one(`${label}: owner references: an event as owner`, {
      ...object(sort, 'b', { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'e', uid: '1' }] }),
      quiet: false,
      keep: {},
    }),
  ];
});
const crossed: Case[] = [
  one(
    'owners in another namespace',
    quiet({ path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-x' } } }),
    quiet({
      path: '/api/v1/namespaces/{ns}-x/configmaps',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      keep: { uid_a: 'metadata.uid' },
    }),
    object(secrets, 'b', { ownerReferences: [owner(maps, 'a')] }),
    read(`${secrets}/b`),
  ),
  one(
    'owners of the cluster',
    quiet({
      path: '/apis/conformance.example.com/v1/gadgets',
      body: { apiVersion: 'conformance.example.com/v1', kind: 'Gadget', metadata: { name: '{ns}' } },
      keep: { uid_g: 'metadata.uid' },
    }),
    object(secrets, 'b', {
      ownerReferences: [{ apiVersion: 'conformance.example.com/v1', kind: 'Gadget', name: '{ns}', uid: '{uid_g}' }],
    }),
    quiet(remove('/apis/conformance.example.com/v1/gadgets/{ns}')),
    read(`${secrets}/b`),
  ),
  one(
    "a namespaced owner of the cluster's",
    object(maps, 'a'),
    quiet({
      path: '/apis/conformance.example.com/v1/gadgets',
      body: {
        apiVersion: 'conformance.example.com/v1',
        kind: 'Gadget',
        metadata: { name: '{ns}', ownerReferences: [owner(maps, 'a')] },
      },
    }),
    quiet(remove(`${maps}/a`)),
    { path: '/apis/conformance.example.com/v1/gadgets/{ns}', view: meta },
  ),
  one(
    'an owner of an unknown kind',
    object(secrets, 'b', {
      ownerReferences: [{ apiVersion: 'nope.example.com/v1', kind: 'Nope', name: 'x', uid: 'u' }],
    }),
    { path: `${secrets}/b`, view: meta },
  ),
  one(
    'a deployment and what it owns',
    ...[
      {
        path: '/apis/apps/v1/namespaces/{ns}/deployments',
        body: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'a' },
          spec: {
            paused: true,
            replicas: 0,
            selector: { matchLabels: { a: 'b' } },
            template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
          },
        },
        keep: { uid_a: 'metadata.uid' },
        quiet: true,
      },
    ],
    object(secrets, 'b', {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', uid: '{uid_a}' }],
    }),
    remove('/apis/apps/v1/namespaces/{ns}/deployments/a'),
    read(`${secrets}/b`),
  ),
  one(
    'an owner named by another version',
    ...[
      {
        path: '/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers',
        body: {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'a' },
          spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } },
        },
        keep: { uid_a: 'metadata.uid' },
        quiet: true,
      },
    ],
    object(secrets, 'b', {
      ownerReferences: [{ apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', name: 'a', uid: '{uid_a}' }],
    }),
    quiet(remove('/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers/a')),
    read(`${secrets}/b`),
  ),
  one(
    'a pod that is deleted',
    quiet({ path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200 }),
    quiet({
      path: '/api/v1/namespaces/{ns}/pods',
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { containers: [{ name: 'c', image: 'x' }] },
      },
    }),
    { ...remove('/api/v1/namespaces/{ns}/pods/p'), view: meta },
    read('/api/v1/namespaces/{ns}/pods/p'),
  ),
  one(
    'a pod that is deleted with grace',
    quiet({ path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200 }),
    quiet({
      path: '/api/v1/namespaces/{ns}/pods',
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { nodeName: 'n', containers: [{ name: 'c', image: 'x' }] },
      },
    }),
    { ...remove('/api/v1/namespaces/{ns}/pods/p', { gracePeriodSeconds: 30 }), view: meta },
    { path: '/api/v1/namespaces/{ns}/pods/p', view: meta },
    { ...remove('/api/v1/namespaces/{ns}/pods/p', { gracePeriodSeconds: 0 }), view: meta },
    read('/api/v1/namespaces/{ns}/pods/p'),
  ),
];

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
const namespaces: Case[] = [
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

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const clusterRole = (name: string, more: Fields): Step =>
  quiet({
    path: `${rbac}/clusterroles`,
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: `{ns}-${name}`, ...(more.labels === undefined ? {} : { labels: more.labels }) },
      ...(more.rules === undefined ? {} : { rules: more.rules }),
      ...(more.aggregationRule === undefined ? {} : { aggregationRule: more.aggregationRule }),
    },
  });
const verbs = (...list: string[]): Fields[] => [{ apiGroups: [''], resources: ['pods'], verbs: list }];
const whole = { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { of: '{ns}' } }] } };
const rules = (body: unknown): unknown => (body as { rules?: unknown }).rules;
const mentions =
  (text: string, yes = true) =>
  (answer: Answer): boolean =>
    JSON.stringify(answer.body).includes(text) === yes;
const aggregation: Case[] = [
  one(
    'aggregation: parts',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('w', whole),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"') },
  ),
  one(
    'aggregation: a part that comes',
    clusterRole('w', whole),
    clusterRole('b', { labels: { of: '{ns}' }, rules: verbs('list') }),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"list"'), view: rules },
  ),
  one(
    'aggregation: a part that changes',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('w', whole),
    quiet({ path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"') }),
    quiet({ method: 'PATCH', path: `${rbac}/clusterroles/{ns}-a`, body: { rules: verbs('watch') }, type: merge }),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"watch"'), view: rules },
  ),
  one(
    'aggregation: a part that goes',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('w', whole),
    quiet({ path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"') }),
    quiet(remove(`${rbac}/clusterroles/{ns}-a`)),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"', false), view: rules },
  ),
  one(
    'aggregation: a part without its label',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('w', whole),
    quiet({ path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"') }),
    quiet({
      method: 'PATCH',
      path: `${rbac}/clusterroles/{ns}-a`,
      body: { metadata: { labels: { of: 'x' } } },
      type: merge,
    }),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"', false), view: rules },
  ),
  one(
    'aggregation: the same rule twice',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('b', { labels: { of: '{ns}' }, rules: [...verbs('get'), ...verbs('list')] }),
    clusterRole('w', whole),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"list"'), view: rules },
  ),
  one(
    'aggregation: rules by hand',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('w', { ...whole, rules: verbs('delete') }),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"'), view: rules },
  ),
  one(
    'aggregation: to view',
    clusterRole('a', {
      labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' },
      rules: [{ apiGroups: ['{ns}.example.com'], resources: ['x'], verbs: ['get'] }],
    }),
    ...['view', 'edit', 'admin'].map(
      (role): Step => ({
        path: `${rbac}/clusterroles/${role}`,
        until: mentions('.example.com'),
        view: (body) =>
          (rules(body) as { apiGroups: string[] }[]).some((rule) => rule.apiGroups[0]?.endsWith('example.com'))
            ? 'has it'
            : 'has it not',
      }),
    ),
  ),
];

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const crd = (more: Fields = {}): Step =>
  quiet({
    path: crds,
    body: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.{ns}.example.com', ...more },
      spec: {
        group: '{ns}.example.com',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    },
  });
const things = '/apis/{ns}.example.com/v1/namespaces/{ns}/things';
const served = quiet({ path: things, until: (answer: Answer) => answer.code === 200 });
const thing = (more: Fields = {}): Step =>
  quiet({
    path: things,
    body: { apiVersion: '{ns}.example.com/v1', kind: 'Thing', metadata: { name: 't', ...more } },
    until: (answer) => answer.code === 201 || answer.code === 409,
  });
const typed = (body: unknown): unknown =>
  [
    ...((body as { status?: { conditions?: { type: string; status: string; reason: string; message: string }[] } })
      .status?.conditions ?? []),
  ]
    .map(({ type, status, reason, message }) => `${type} ${status} ${reason} ${message}`)
    .sort();
const definitions: Case[] = [
  one('definition: its status', crd(), {
    path: `${crds}/things.{ns}.example.com`,
    until: mentions('InitialNamesAccepted'),
    view: (body) => (body as { status: unknown }).status,
  }),
  one(
    'definition: deleted',
    crd(),
    served,
    remove(`${crds}/things.{ns}.example.com`),
    read(`${crds}/things.{ns}.example.com`),
  ),
  one(
    'definition: deleted with an instance',
    crd(),
    served,
    thing(),
    { ...remove(`${crds}/things.{ns}.example.com`), view: (body) => (body as { kind: string }).kind },
    read(`${crds}/things.{ns}.example.com`),
    { path: `${things}/t`, until: gone },
  ),
  one(
    'definition: held by an instance',
    crd(),
    served,
    thing({ finalizers: ['example.com/hold'] }),
    quiet(remove(`${crds}/things.{ns}.example.com`)),
    { path: `${crds}/things.{ns}.example.com`, until: mentions('InstanceDeletionInProgress'), view: typed },
    { path: `${things}/t`, view: meta },
    { path: things, body: { apiVersion: '{ns}.example.com/v1', kind: 'Thing', metadata: { name: 'u' } } },
    release(`${things}/t`),
    read(`${crds}/things.{ns}.example.com`),
  ),
  one(
    'definition: made anew',
    crd(),
    served,
    thing(),
    quiet(remove(`${crds}/things.{ns}.example.com`)),
    quiet({ path: `${crds}/things.{ns}.example.com`, until: gone }),
    crd(),
    served,
    { path: things },
  ),
  one(
    'definition: dependents of an instance',
    crd(),
    served,
    { ...thing(), keep: { uid_t: 'metadata.uid' } },
    object(secrets, 'b', {
      ownerReferences: [{ apiVersion: '{ns}.example.com/v1', kind: 'Thing', name: 't', uid: '{uid_t}' }],
    }),
    quiet(remove(`${things}/t`)),
    read(`${secrets}/b`),
  ),
  one(
    'definition: its finalizer',
    crd(),
    quiet({ path: `${crds}/things.{ns}.example.com`, until: mentions('InitialNamesAccepted') }),
    { path: `${crds}/things.{ns}.example.com`, view: meta },
    served,
    thing(),
    { path: `${crds}/things.{ns}.example.com`, view: meta },
  ),
  one(
    'definition: discovery of it',
    crd(),
    served,
    { path: '/apis/{ns}.example.com', until: (answer) => answer.code === 200 },
    { path: '/apis/{ns}.example.com/v1', until: mentions('"things"') },
  ),
  one(
    'definition: discovery after it',
    crd(),
    served,
    quiet({ path: '/apis/{ns}.example.com/v1', until: (answer) => answer.code === 200 }),
    quiet(remove(`${crds}/things.{ns}.example.com`)),
    { path: '/apis/{ns}.example.com/v1', until: gone },
    { path: '/apis/{ns}.example.com', until: gone },
  ),
  one(
    'definition: not served any more',
    crd(),
    served,
    thing(),
    quiet({
      method: 'PATCH',
      path: `${crds}/things.{ns}.example.com`,
      body: {
        spec: {
          versions: [{ name: 'v1', served: false, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
        },
      },
      type: merge,
    }),
    { path: `${things}/t`, until: gone },
  ),
];

const leases = '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases';
const small: Case[] = [
  one('lease: made by PUT', {
    method: 'PUT',
    path: `${leases}/l`,
    body: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { holderIdentity: 'me', leaseDurationSeconds: 15 },
    },
  }),
  one(
    'lease: renewed',
    quiet({
      path: leases,
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l' },
        spec: { holderIdentity: 'me' },
      },
    }),
    {
      method: 'PATCH',
      path: `${leases}/l`,
      body: { spec: { renewTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 1 } },
      type: merge,
    },
  ),
  one(
    'event: made',
    {
      path: '/api/v1/namespaces/{ns}/events',
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e' },
        involvedObject: { kind: 'Pod', namespace: '{ns}', name: 'p' },
        reason: 'Because',
        message: 'so',
        type: 'Normal',
        source: { component: 'me' },
      },
    },
    { path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/e' },
  ),
  one('event: in another namespace', {
    path: '/api/v1/namespaces/{ns}/events',
    body: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
      reason: 'Because',
      message: 'so',
      type: 'Normal',
    },
  }),
  one(
    'event: of the new kind',
    {
      path: '/apis/events.k8s.io/v1/namespaces/{ns}/events',
      body: {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: 'e' },
        eventTime: '2026-01-01T00:00:00.000000Z',
        action: 'Do',
        reason: 'Because',
        note: 'so',
        type: 'Normal',
        reportingController: 'example.com/me',
        reportingInstance: 'me-1',
        regarding: { kind: 'Pod', namespace: '{ns}', name: 'p' },
      },
    },
    { path: '/api/v1/namespaces/{ns}/events/e' },
  ),
  one(
    'account token secret',
    quiet({ path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200 }),
    quiet({
      path: secrets,
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'default' } },
        type: 'kubernetes.io/service-account-token',
      },
    }),
    {
      path: `${secrets}/t`,
      until: mentions('"token"'),
      view: (body) => ({
        keys: Object.keys((body as { data?: object }).data ?? {}).sort(),
        annotations: (body as { metadata: { annotations: unknown } }).metadata.annotations,
      }),
    },
  ),
  one(
    'account token secret of nobody',
    quiet({
      path: secrets,
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'none' } },
        type: 'kubernetes.io/service-account-token',
      },
    }),
    read(`${secrets}/t`),
  ),
  one('account token secret without a name', {
    path: secrets,
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 't' }, type: 'kubernetes.io/service-account-token' },
  }),
];

export const controllerProbes: readonly Case[] = [
  ...collection,
  ...crossed,
  ...namespaces,
  ...aggregation,
  ...definitions,
  ...small,
];
