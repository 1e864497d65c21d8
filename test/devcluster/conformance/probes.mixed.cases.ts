/** Probes across areas, each a little story of several requests. */
import type { Answer, Case, Step } from './harness.ts';
import { account, as, bearer, self, token } from './probes/access/shared.ts';
import {
  create,
  deployment,
  deployments,
  hook,
  hooked,
  map,
  maps,
  patched,
  pod,
  pods,
  rule,
  widget,
  widgets,
} from './probes.admission.objects.ts';
import { casesOf, type Fields, patch, quiet, remove } from './steps.ts';

const read = casesOf('probes-read', 'story: ');
const protocol = casesOf('probes-protocol', 'story: ');
const control = casesOf('probes-controllers', 'story: ');
const access = casesOf('probes-access', 'story: ');
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const metadata = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' };
const metadataList = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' };
const kinds = (body: unknown): unknown =>
  Array.isArray(body)
    ? (body as { type: string; object: { kind: string; metadata?: { name?: string }; rows?: unknown[] } }[]).map(
        ({ type, object }) => `${type} ${object.kind} ${object.metadata?.name ?? object.rows?.length ?? ''}`,
      )
    : body;
const two = (path: string, object: Fields): Step[] =>
  ['a', 'b'].map((name) => quiet({ path, body: { ...object, metadata: { name, labels: { of: 'story', name } } } }));
const ours = 'labelSelector=of%3Dstory';

const sorts = [
  ['maps', maps, map('x')],
  ['widgets', widgets, widget],
  ['deployments', deployments, deployment],
] as const;
const reads: Case[] = sorts.flatMap(([sort, path, object]) => [
  read(`${sort}: a table of two, narrowed`, ...two(path, object), {
    path: `${path}?${ours}&fieldSelector=metadata.name%3Db`,
    headers: table,
  }),
  read(`${sort}: pages of a table`, ...two(path, object), { path: `${path}?${ours}&limit=1`, headers: table }),
  read(`${sort}: pages of metadata`, ...two(path, object), { path: `${path}?${ours}&limit=1`, headers: metadataList }),
  read(`${sort}: metadata of one`, ...two(path, object), { path: `${path}/a`, headers: metadata }),
  read(`${sort}: a watch of tables`, ...two(path, object), {
    path: `${path}?${ours}&watch=1`,
    headers: table,
    watchFor: 400,
    during: [patch(`${path}/a`, { metadata: { labels: { x: 'y' } } }), remove(`${path}/b`)],
    view: kinds,
  }),
  read(`${sort}: a watch of metadata`, ...two(path, object), {
    path: `${path}?${ours}&watch=1`,
    headers: metadata,
    watchFor: 400,
    during: [patch(`${path}/a`, { metadata: { labels: { of: 'other' } } })],
    view: kinds,
  }),
  read(`${sort}: a watch that ends`, ...two(path, object), {
    path: `${path}?${ours}&watch=1&timeoutSeconds=1`,
    watchFor: 1800,
    view: kinds,
  }),
  read(`${sort}: a watch of a name`, ...two(path, object), {
    path: `${path}?watch=1&fieldSelector=metadata.name%3Da`,
    watchFor: 400,
    during: [
      patch(`${path}/b`, { metadata: { labels: { x: 'y' } } }),
      patch(`${path}/a`, { metadata: { labels: { x: 'y' } } }),
    ],
    view: kinds,
  }),
  read(`${sort}: a watch by the old path`, ...two(path, object), {
    path: `${path.replace(/^(\/api\/v1|\/apis\/[^/]+\/v1)/, '$1/watch')}/a`,
    watchFor: 400,
    view: kinds,
  }),
  read(`${sort}: initial events`, ...two(path, object), {
    path: `${path}?${ours}&watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    watchFor: 400,
    view: kinds,
  }),
  read(`${sort}: initial events as tables`, ...two(path, object), {
    path: `${path}?${ours}&watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    headers: table,
    watchFor: 400,
    view: kinds,
  }),
  read(`${sort}: all namespaces, narrowed`, ...two(path, object), {
    path: `${path.replace('/namespaces/{ns}', '')}?${ours}&fieldSelector=metadata.namespace%3D{ns},metadata.name%3Da`,
    view: (body) => ((body as { items?: { metadata: Fields }[] }).items ?? []).map((item) => item.metadata.name),
  }),
  read(`${sort}: in YAML`, ...two(path, object), {
    path: `${path}?${ours}`,
    headers: { accept: 'application/yaml' },
    view: (body) => String(body).replace(/(uid|resourceVersion|creationTimestamp|time): .*/g, '$1'),
  }),
  read(`${sort}: pretty`, ...two(path, object), { path: `${path}/a?pretty=true`, view: (body) => typeof body }),
  read(
    `${sort}: deleted by labels`,
    ...two(path, object),
    {
      method: 'DELETE',
      path: `${path}?labelSelector=name%3Da,of%3Dstory`,
      view: (body) => ((body as { items?: { metadata: Fields }[] }).items ?? []).map((item) => item.metadata.name),
    },
    { path: `${path}/a`, view: (body) => (body as Fields).reason ?? 'there' },
    { path: `${path}/b`, view: (body) => (body as Fields).kind },
  ),
  read(
    `${sort}: a generated name`,
    { path, body: { ...object, metadata: { generateName: 'Bad-' } } },
    { path, body: { ...object, metadata: {} } },
  ),
]);

const bodies: Case[] = [
  protocol('gzip of a list', ...two(maps, map('x')), {
    path: `${maps}?${ours}`,
    headers: { 'accept-encoding': 'gzip' },
    view: () => 'body',
  }),
  protocol('a compressed body', {
    path: maps,
    body: Buffer.from('x').toString('base64'),
    base64: true,
    headers: { 'content-encoding': 'gzip' },
  }),
  protocol('a JSON patch of several types', quiet(create), {
    method: 'PATCH',
    path: `${maps}/a`,
    type: 'application/json-patch+json',
    body: [
      { op: 'test', path: '/data/n', value: '4' },
      { op: 'add', path: '/data/x', value: '1' },
      { op: 'move', from: '/data/n', path: '/data/m' },
    ],
  }),
  protocol('a JSON patch whose test fails', quiet(create), {
    method: 'PATCH',
    path: `${maps}/a`,
    type: 'application/json-patch+json',
    body: [{ op: 'test', path: '/data/n', value: '5' }],
  }),
  protocol(
    'a JSON patch of what is missing',
    quiet(create),
    {
      method: 'PATCH',
      path: `${maps}/a`,
      type: 'application/json-patch+json',
      body: [{ op: 'remove', path: '/data/zz' }],
    },
    {
      method: 'PATCH',
      path: `${maps}/a`,
      type: 'application/json-patch+json',
      body: [{ op: 'replace', path: '/nope/x', value: 1 }],
    },
    { method: 'PATCH', path: `${maps}/a`, type: 'application/json-patch+json', body: [{ op: 'frob', path: '/data' }] },
    { method: 'PATCH', path: `${maps}/a`, type: 'application/json-patch+json', body: {} },
  ),
  protocol(
    'an apply in JSON',
    { method: 'PATCH', path: `${maps}/a?fieldManager=m`, type: 'application/apply-patch+yaml', body: map('a') },
    {
      method: 'PATCH',
      path: `${maps}/a?fieldManager=n`,
      type: 'application/apply-patch+yaml',
      body: map('a', {}, { n: '5' }),
    },
    {
      method: 'PATCH',
      path: `${maps}/a?fieldManager=n&force=true`,
      type: 'application/apply-patch+yaml',
      body: map('a', {}, { n: '5' }),
    },
  ),
  protocol(
    'a PUT with a version that is old',
    { ...create, quiet: true, keep: { rv: 'metadata.resourceVersion' } },
    quiet(patch(`${maps}/a`, { data: { x: '1' } })),
    { method: 'PUT', path: `${maps}/a`, body: { ...map('a'), metadata: { name: 'a', resourceVersion: '{rv}' } } },
  ),
  protocol('a PUT with a uid that is none', quiet(create), {
    method: 'PUT',
    path: `${maps}/a`,
    body: { ...map('a'), metadata: { name: 'a', uid: 'nope' } },
  }),
  protocol('a PUT of another namespace', quiet(create), {
    method: 'PUT',
    path: `${maps}/a`,
    body: { ...map('a'), metadata: { name: 'a', namespace: 'default' } },
  }),
  protocol('a POST of another namespace', {
    path: maps,
    body: { ...map('a'), metadata: { name: 'a', namespace: 'default' } },
  }),
  protocol(
    'unknown fields, warned, ignored and refused',
    { path: `${maps}?dryRun=All`, body: { ...map('a'), nope: 1 } },
    { path: `${maps}?dryRun=All&fieldValidation=Ignore`, body: { ...map('a'), nope: 1 } },
    { path: `${maps}?dryRun=All&fieldValidation=Strict`, body: { ...map('a'), nope: 1 } },
  ),
  protocol(
    'a scale in several ways',
    quiet({ path: deployments, body: deployment }),
    { path: `${deployments}/d/scale` },
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
    {
      method: 'PUT',
      path: `${deployments}/d/scale`,
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'e' }, spec: { replicas: 2 } },
    },
    { method: 'PUT', path: `${deployments}/d/scale`, body: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'd' } } },
    patch(`${deployments}/d/scale`, { spec: { replicas: -1 } }),
    patch(`${deployments}/d/scale`, { spec: { replicas: 'x' } }),
    { path: `${deployments}/d/scale`, headers: table },
  ),
  protocol(
    'a scale of a widget',
    quiet({ path: widgets, body: widget }),
    { path: `${widgets}/w/scale` },
    patch(`${widgets}/w/scale`, { spec: { replicas: 3 } }),
    { method: 'POST', path: `${widgets}/w/scale`, body: {} },
    { method: 'DELETE', path: `${widgets}/w/scale` },
    { path: `${widgets}/zz/scale` },
    { method: 'PUT', path: `${widgets}/w/scale`, body: {} },
  ),
  protocol(
    'a status of a widget',
    quiet({ path: widgets, body: widget }),
    { path: `${widgets}/w/status` },
    patch(`${widgets}/w/status`, { status: { ready: true }, spec: { size: 9 } }),
    { method: 'PUT', path: `${widgets}/w/status`, body: { ...widget, status: {} } },
    { method: 'POST', path: `${widgets}/w/status`, body: {} },
  ),
  protocol(
    'what a pod has below it',
    quiet({ ...account, quiet: true }),
    quiet({ path: pods, body: pod('p') }),
    { path: `${pods}/p/log` },
    { path: `${pods}/p/log?container=zz` },
    { path: `${pods}/p/log?tailLines=-1` },
    { path: `${pods}/p/log?sinceSeconds=0&sinceTime=x` },
    { path: `${pods}/p/exec` },
    { method: 'POST', path: `${pods}/p/exec?command=x` },
    { path: `${pods}/p/attach` },
    { path: `${pods}/p/portforward` },
    { path: `${pods}/p/binding` },
    { path: `${pods}/p/eviction` },
    { path: `${pods}/p/ephemeralcontainers` },
    { path: `${pods}/p/resize` },
    { path: `${pods}/p/proxy/` },
  ),
  protocol(
    'bindings and evictions',
    { ...account, quiet: true },
    quiet({ path: pods, body: pod('p') }),
    {
      path: `${pods}/p/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'q' }, target: { kind: 'Node', name: 'n' } },
    },
    {
      path: `${pods}/p/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Pod', name: 'n' } },
    },
    {
      path: `${pods}/p/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } },
    },
    {
      path: `${pods}/p/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'm' } },
    },
    {
      path: `${pods}/zz/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'zz' }, target: { kind: 'Node', name: 'm' } },
    },
    {
      path: `${pods}/p/eviction?dryRun=All`,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } },
    },
    { path: `${pods}/zz/eviction`, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'zz' } } },
    { path: `${pods}/p/eviction`, body: {} },
  ),
  protocol(
    'certificates',
    {
      path: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
      body: {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name: '{ns}' },
        spec: { request: 'eA==', signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
      },
    },
    { path: '/apis/certificates.k8s.io/v1/certificatesigningrequests/zz/approval' },
    { path: '/apis/certificates.k8s.io/v1/certificatesigningrequests?fieldSelector=spec.signerName%3Dx' },
  ),
];

const identities: Case[] = [
  ...(
    [
      [
        'extra and uid',
        {
          'impersonate-user': 'jane',
          'impersonate-uid': 'u',
          'impersonate-extra-a': 'b',
          'impersonate-extra-A%2Fb': 'c',
        },
      ],
      ['two groups', { 'impersonate-user': 'jane', 'impersonate-group': 'a, b' }],
      ['a service account of another namespace', { 'impersonate-user': 'system:serviceaccount:kube-system:default' }],
      ['a service account that is missing', { 'impersonate-user': 'system:serviceaccount:{ns}:none' }],
      ['a bootstrap user', { 'impersonate-user': 'system:bootstrap:abc' }],
      ['an admin', { 'impersonate-user': 'system:admin' }],
      ['a group of masters alone', { 'impersonate-group': 'system:masters' }],
    ] as [string, { [name: string]: string }][]
  ).map(([name, headers]) => access(`whoami as ${name}`, { ...self, headers })),
  access('a token of another audience', account, token({ audiences: ['x'] }), { ...self, ...bearer('{tok}') }),
  access('a token that is cut', account, token(), {
    ...self,
    anonymous: true,
    headers: { authorization: 'Bearer {tok}x' },
  }),
  access('an account that may not impersonate', account, token(), {
    ...self,
    anonymous: true,
    headers: { authorization: 'Bearer {tok}', 'impersonate-user': 'jane', 'impersonate-group': 'x' },
  }),
  access('a warning and a refusal', {
    path: `${maps}?dryRun=All`,
    body: { ...map('a'), nope: 1 },
    headers: as('{ns}-joe'),
  }),
  access('a Status for one without rights, in YAML', {
    path: maps,
    headers: { ...as('{ns}-joe'), accept: 'application/yaml' },
  }),
  access('a table for one without rights', { path: maps, headers: { ...as('{ns}-joe'), ...table } }),
];

const gone = (answer: Answer): boolean => answer.code === 404;
const life: Case[] = [
  control(
    'a deployment goes with what it owns',
    quiet({ path: deployments, body: deployment, keep: { d: 'metadata.uid' } }),
    quiet({
      path: maps,
      body: {
        ...map('kid'),
        metadata: {
          name: 'kid',
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: '{d}', controller: true }],
        },
      },
    }),
    remove(`${deployments}/d`, { propagationPolicy: 'Background' }),
    { path: `${maps}/kid`, until: gone },
  ),
  control(
    'a deployment is orphaned',
    quiet({ path: deployments, body: deployment, keep: { d: 'metadata.uid' } }),
    quiet({
      path: maps,
      body: {
        ...map('kid'),
        metadata: {
          name: 'kid',
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: '{d}', controller: true }],
        },
      },
    }),
    quiet(remove(`${deployments}/d`, { propagationPolicy: 'Orphan' })),
    { path: `${deployments}/d`, until: gone },
    { path: `${maps}/kid`, view: (body) => (body as { metadata: Fields }).metadata.ownerReferences ?? null },
  ),
  control(
    'an owner of another uid',
    quiet({ path: maps, body: map('own') }),
    quiet({
      path: maps,
      body: {
        ...map('kid'),
        metadata: {
          name: 'kid',
          ownerReferences: [
            { apiVersion: 'v1', kind: 'ConfigMap', name: 'own', uid: '11111111-1111-1111-1111-111111111111' },
          ],
        },
      },
    }),
    { path: `${maps}/kid`, until: gone },
  ),
  control(
    'an owner that was never there',
    quiet({
      path: maps,
      body: {
        ...map('kid'),
        metadata: {
          name: 'kid',
          ownerReferences: [
            { apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: '11111111-1111-1111-1111-111111111111' },
          ],
        },
      },
    }),
    { path: `${maps}/kid`, until: gone },
  ),
  control(
    'owners that are wrong',
    ...[
      [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a' }],
      [{ apiVersion: '', kind: 'ConfigMap', name: 'a', uid: 'u' }],
      [{ apiVersion: 'v1', kind: '', name: '', uid: '' }],
      [{ apiVersion: 'v1', kind: 'Event', name: 'e', uid: 'u' }],
      [
        { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'u', controller: true },
        { apiVersion: 'v1', kind: 'Pod', name: 'b', uid: 'v', controller: true },
      ],
    ].map(
      (ownerReferences): Step => ({
        path: `${maps}?dryRun=All`,
        body: { ...map('kid'), metadata: { name: 'kid', ownerReferences } },
      }),
    ),
  ),
  control(
    'finalizers that are wrong',
    ...[['x'], ['a/b/c'], ['A_/b'], [''], ['kubernetes', 'foregroundDeletion', 'orphan']].map(
      (finalizers): Step => ({
        path: `${maps}?dryRun=All`,
        body: { ...map('a'), metadata: { name: 'a', finalizers } },
      }),
    ),
  ),
  control(
    'an event',
    {
      path: '/api/v1/namespaces/{ns}/events',
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
        reason: 'R',
        message: 'm',
        type: 'Normal',
      },
    },
    { path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/e' },
    {
      path: '/api/v1/namespaces/{ns}/events/e',
      headers: table,
      view: (body) => ((body as { rows: { cells: unknown[] }[] }).rows[0]?.cells ?? []).slice(1),
    },
  ),
  control(
    'a lease',
    {
      path: '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases',
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l' },
        spec: { holderIdentity: 'h', leaseDurationSeconds: 15 },
      },
    },
    patch('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/l', { spec: { leaseDurationSeconds: 0 } }),
    patch('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/l', {
      spec: { holderIdentity: '', leaseTransitions: -1 },
    }),
    {
      path: '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/l',
      headers: table,
      view: (body) => (body as { rows: { cells: unknown[] }[] }).rows[0]?.cells.slice(0, 2),
    },
  ),
  control(
    'a namespace that goes',
    quiet({ path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-x' } } }),
    quiet({
      path: '/api/v1/namespaces/{ns}-x/configmaps',
      body: { ...map('a'), metadata: { name: 'a', finalizers: ['a.b/c'] } },
    }),
    remove('/api/v1/namespaces/{ns}-x'),
    { path: '/api/v1/namespaces/{ns}-x/configmaps', body: map('late') },
    {
      path: '/api/v1/namespaces/{ns}-x/configmaps/a',
      until: (answer) => JSON.stringify(answer.body).includes('deletionTimestamp'),
      view: (body) => (body as { metadata: Fields }).metadata.finalizers,
    },
    {
      path: '/api/v1/namespaces/{ns}-x',
      until: (answer) => JSON.stringify(answer.body).includes('NamespaceFinalizersRemaining'),
      view: (body) => (body as Fields).status,
    },
    quiet(patch('/api/v1/namespaces/{ns}-x/configmaps/a', { metadata: { finalizers: null } })),
    { path: '/api/v1/namespaces/{ns}-x', until: gone },
  ),
];

const hooks: Case[] = [
  hooked(
    'story: a webhook that times out',
    { Validating: [hook('v', { timeoutSeconds: 1 })] },
    { v: () => undefined },
    create,
  ),
  hooked(
    'story: a webhook that times out and is ignored',
    { Validating: [hook('v', { timeoutSeconds: 1, failurePolicy: 'Ignore' })] },
    { v: () => undefined },
    create,
  ),
  hooked(
    'story: a status patch',
    {
      Mutating: [
        hook('m', { rules: [{ ...rule, apiGroups: ['conformance.example.com'], resources: ['widgets/status'] }] }),
      ],
    },
    { m: patched([{ op: 'add', path: '/status/ready', value: false }]) },
    quiet({ path: widgets, body: widget }),
    patch(`${widgets}/w/status`, { status: { ready: true } }),
  ),
  hooked(
    'story: a mutation that breaks a schema',
    { Mutating: [hook('m', { rules: [{ ...rule, apiGroups: ['conformance.example.com'], resources: ['widgets'] }] })] },
    { m: patched([{ op: 'replace', path: '/spec/size', value: 'big' }]) },
    { path: widgets, body: widget },
  ),
  hooked(
    'story: an apply that is mutated',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'add', path: '/data/x', value: '1' }]) },
    { method: 'PATCH', path: `${maps}/a?fieldManager=m`, type: 'application/apply-patch+yaml', body: map('a') },
    {
      method: 'PATCH',
      path: `${maps}/a?fieldManager=m`,
      type: 'application/apply-patch+yaml',
      body: map('a', {}, { n: '6' }),
    },
  ),
  hooked(
    'story: a name that is generated',
    { Mutating: [hook('m')], Validating: [hook('v')] },
    {},
    { path: maps, body: { ...map('x'), metadata: { generateName: 'Bad-' } } },
  ),
];

export const mixedProbes: readonly Case[] = [...reads, ...bodies, ...identities, ...life, ...hooks];
