/** Probes of controllers: namespaces, accounts, aggregated roles, quotas, limits. */
import type { Case, Step } from '../../harness.ts';
import { map, maps, patched, podSpec, selector, template } from '../../probes.things.ts';
import {
  at,
  casesOf,
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

const one = casesOf('probes-controllers', 'owners: ');
const at2 = (name: string): string => `${maps}/${name}`;
const clusterRoles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const clusterRole = (name: string, fields: Fields, labels: Fields = {}): Step =>
  create(clusterRoles, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: `${name}-{ns}`, labels },
    ...fields,
  });
const rule = (resource: string): Fields => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });
const namespaces = '/api/v1/namespaces',
  another = `${namespaces}/{ns}-y`;
const anotherOne = (meta: Fields = {}): Step =>
  quiet(create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-y', ...meta } }));
const quota = (spec: Fields): Step =>
  quiet(
    create(`${inNamespace}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec }),
  );
const used = (want: Fields): Step => ({
  path: `${inNamespace}/resourcequotas/q`,
  until: ({ body }) =>
    Object.entries(want).every(([name, value]) => (at(body, 'status.used') as Fields | undefined)?.[name] === value),
  view: pick('status'),
});
const simple = (
  path: string,
  apiVersion: string,
  kind: string,
  name: string,
  fields: Fields,
  meta: Fields = {},
): Step => create(path, { apiVersion, kind, metadata: { name, ...meta }, ...fields });
const pod = (name: string, spec: Fields = {}, meta: Fields = {}): Step =>
  simple(`${inNamespace}/pods`, 'v1', 'Pod', name, { spec: { ...podSpec, ...spec } }, meta);
const asking = (resources: Fields): Fields => ({ containers: [{ name: 'c', image: 'n', resources }] });
const word = (body: unknown): unknown => at(body, 'message') ?? at(body, 'kind');

export const spaceProbes: readonly Case[] = [
  one(
    'namespace: what is in it goes in the background',
    anotherOne(),
    quiet(create(`${another}/configmaps`, map('a'))),
    quiet(simple(`${another}/secrets`, 'v1', 'Secret', 's', {})),
    quiet(simple(`${another}/services`, 'v1', 'Service', 'v', { spec: { clusterIP: 'None' } })),
    quiet(
      simple(`/apis/apps/v1/namespaces/{ns}-y/deployments`, 'apps/v1', 'Deployment', 'd', {
        spec: { replicas: 0, selector, template },
      }),
    ),
    { ...remove(another), view: pick('status.phase', 'spec.finalizers') },
    create(`${another}/configmaps`, map('late')),
    { path: another, until: gone },
    read(`${another}/configmaps/a`),
    create(`${another}/configmaps`, map('later')),
  ),
  one(
    'namespace: made again under its name',
    anotherOne(),
    quiet(create(`${another}/configmaps`, map('a'))),
    quiet(remove(another)),
    { path: another, until: gone },
    {
      ...create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-y' } }),
      view: pick('status.phase', 'metadata.labels'),
    },
    read(`${another}/configmaps/a`),
    { path: `${another}/serviceaccounts/default`, until: code(200), view: pick('metadata.name', 'secrets') },
    quiet(remove(another)),
  ),
  one(
    'namespace: deleted in the foreground and as a dry run',
    anotherOne(),
    { ...remove(`${another}?dryRun=All`), view: pick('status.phase') },
    { ...read(another), view: pick('status.phase') },
    { ...remove(another, { propagationPolicy: 'Foreground' }), view: pick('status.phase', 'metadata.finalizers') },
    { path: another, until: gone },
  ),
  one(
    'namespace: its preconditions',
    {
      ...create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-y' } }),
      quiet: true,
      keep: { u: 'metadata.uid' },
    },
    remove(another, { preconditions: { uid: 'ffffffff-0000-0000-0000-000000000000' } }),
    { ...remove(another, { preconditions: { uid: '{u}' } }), view: pick('status.phase') },
    { path: another, until: gone },
  ),
  one(
    'namespace: names that are wrong',
    ...['UPPER', 'a.b', 'a_b', '-a', 'a'.repeat(64)].map((name) =>
      create(`${namespaces}?dryRun=All`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    ),
    remove(`${namespaces}/default?dryRun=All`),
    remove(`${namespaces}/kube-system`),
    patched(`${namespaces}/{ns}`, { metadata: { name: 'other' } }),
  ),
  one(
    'accounts: taken away and back',
    { path: `${inNamespace}/serviceaccounts/default`, until: code(200), quiet: true },
    { ...remove(`${inNamespace}/serviceaccounts/default`), view: pick('metadata.name') },
    {
      path: `${inNamespace}/serviceaccounts/default`,
      until: code(200),
      view: pick('metadata.name', 'secrets', 'automountServiceAccountToken'),
    },
    {
      ...patched(`${inNamespace}/serviceaccounts/default`, { automountServiceAccountToken: false }),
      view: pick('automountServiceAccountToken'),
    },
  ),
  one(
    'certificates of the cluster: changed and put back',
    { path: at2('kube-root-ca.crt'), until: code(200), quiet: true },
    quiet(patched(at2('kube-root-ca.crt'), { data: { 'ca.crt': 'mine', more: 'x' } })),
    {
      path: at2('kube-root-ca.crt'),
      until: ({ body }) => Object.keys((at(body, 'data') as Fields | undefined) ?? {}).length === 1,
      view: (body) => Object.keys(at(body, 'data') as Fields),
    },
    quiet(remove(at2('kube-root-ca.crt'))),
    { path: at2('kube-root-ca.crt'), until: code(200), view: pick('metadata.annotations') },
  ),
  one(
    'tokens in secrets: filled, and gone with the account',
    quiet(simple(`${inNamespace}/serviceaccounts`, 'v1', 'ServiceAccount', 'sa', {})),
    simple(`${inNamespace}/secrets`, 'v1', 'Secret', 't', { type: 'kubernetes.io/service-account-token' }),
    quiet(
      simple(
        `${inNamespace}/secrets`,
        'v1',
        'Secret',
        't',
        { type: 'kubernetes.io/service-account-token' },
        { annotations: { 'kubernetes.io/service-account.name': 'sa' } },
      ),
    ),
  ),
  one(
    'roles: aggregated, changed and emptied',
    clusterRole('part', { rules: [rule('pods')] }, { 'agg-{ns}': 'y' }),
    clusterRole('whole', {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'agg-{ns}': 'y' } }] },
      rules: [rule('nodes')],
    }),
    { path: `${clusterRoles}/whole-{ns}`, until: holds('rules.0.resources', ['pods']), view: pick('rules') },
    quiet(clusterRole('more', { rules: [rule('secrets')] }, { 'agg-{ns}': 'y' })),
    {
      path: `${clusterRoles}/whole-{ns}`,
      until: holds('rules.length', 2),
      view: (body) => [...((at(body, 'rules.*.resources') as unknown[]) ?? [])].flat().sort(),
    },
    quiet(patched(`${clusterRoles}/part-{ns}`, { rules: [rule('events')] })),
    {
      path: `${clusterRoles}/whole-{ns}`,
      until: ({ body }) => JSON.stringify(body).includes('events'),
      view: (body) => [...((at(body, 'rules.*.resources') as unknown[]) ?? [])].flat().sort(),
    },
    { ...patched(`${clusterRoles}/whole-{ns}`, { rules: [] }), quiet: true },
    { path: `${clusterRoles}/whole-{ns}`, until: holds('rules.length', 2), quiet: true },
    quiet(remove(`${clusterRoles}/part-{ns}`)),
    quiet(remove(`${clusterRoles}/more-{ns}`)),
    {
      path: `${clusterRoles}/whole-{ns}`,
      until: ({ body }) => ((at(body, 'rules') as unknown[] | null) ?? []).length === 0,
      view: pick('rules'),
    },
  ),
  one(
    'quota: counts objects of every kind',
    quota({ hard: { configmaps: '3', secrets: '1', 'count/deployments.apps': '1', 'services.nodeports': '0' } }),
    used({ configmaps: '1', secrets: '0', 'count/deployments.apps': '0' }),
    quiet(simple(`${inNamespace}/secrets`, 'v1', 'Secret', 's', {})),
    { ...simple(`${inNamespace}/secrets`, 'v1', 'Secret', 't', {}), view: word },
    quiet(
      simple(`${ofGroup('apps/v1')}/deployments`, 'apps/v1', 'Deployment', 'd', {
        spec: { replicas: 0, selector, template },
      }),
    ),
    {
      ...simple(`${ofGroup('apps/v1')}/deployments`, 'apps/v1', 'Deployment', 'e', {
        spec: { replicas: 0, selector, template },
      }),
      view: word,
    },
    {
      ...simple(`${inNamespace}/services`, 'v1', 'Service', 'v', { spec: { type: 'NodePort', ports: [{ port: 1 }] } }),
      view: word,
    },
    used({ secrets: '1', 'count/deployments.apps': '1' }),
    quiet(remove(`${inNamespace}/secrets/s`)),
    used({ secrets: '0' }),
  ),
  one(
    'quota: cpu and memory must be said',
    quota({ hard: { 'requests.cpu': '1', 'limits.memory': '1Gi', pods: '2' } }),
    used({ pods: '0' }),
    { ...pod('a'), view: word },
    { ...pod('a', asking({ requests: { cpu: '2' }, limits: { memory: '1Mi' } })), view: word },
    {
      ...pod('a', asking({ requests: { cpu: '600m' }, limits: { memory: '512Mi' } })),
      view: (body) => at(body, 'kind'),
    },
    { ...pod('b', asking({ requests: { cpu: '600m' }, limits: { memory: '512Mi' } })), view: word },
    {
      ...pod('b', asking({ requests: { cpu: '400m' }, limits: { memory: '512Mi' } })),
      view: (body) => at(body, 'kind'),
    },
    { ...pod('c', asking({ requests: { cpu: '0' }, limits: { memory: '0' } })), view: word },
    used({ pods: '2', 'requests.cpu': '1' }),
  ),
  one(
    'quota: scopes',
    quota({ hard: { pods: '1' }, scopes: ['BestEffort'] }),
    used({ pods: '0' }),
    { ...pod('a'), view: (body) => at(body, 'kind') },
    { ...pod('b'), view: word },
    { ...pod('c', asking({ requests: { cpu: '1' } })), view: (body) => at(body, 'kind') },
    used({ pods: '1' }),
    quiet(remove(`${inNamespace}/pods/a`, { gracePeriodSeconds: 0 })),
    used({ pods: '0' }),
  ),
  one(
    'quota: claims by class',
    quota({
      hard: {
        'requests.storage': '5Gi',
        persistentvolumeclaims: '3',
        'fast.storageclass.storage.k8s.io/requests.storage': '1Gi',
      },
    }),
    used({ persistentvolumeclaims: '0' }),
    ...[
      ['a', '2Gi', 'slow'],
      ['b', '2Gi', 'fast'],
      ['b', '1Gi', 'fast'],
      ['c', '3Gi', 'slow'],
    ].map(
      ([name = '', storage, storageClassName]): Step => ({
        ...simple(`${inNamespace}/persistentvolumeclaims`, 'v1', 'PersistentVolumeClaim', name, {
          spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage } } },
        }),
        view: word,
      }),
    ),
    used({ persistentvolumeclaims: '2', 'requests.storage': '3Gi' }),
  ),
  one(
    'quota: changed and taken away',
    quota({ hard: { configmaps: '2' } }),
    used({ configmaps: '1' }),
    quiet(create(maps, map('a'))),
    { ...create(maps, map('b')), view: word },
    quiet(patched(`${inNamespace}/resourcequotas/q`, { spec: { hard: { configmaps: '3', secrets: '9' } } })),
    used({ configmaps: '2', secrets: '0' }),
    { ...create(maps, map('b')), view: word },
    quiet(remove(`${inNamespace}/resourcequotas/q`)),
    { ...create(maps, map('c')), until: code(201), view: word },
  ),
  one(
    'limits: defaults, then what is too much',
    quiet(
      simple(`${inNamespace}/limitranges`, 'v1', 'LimitRange', 'l', {
        spec: {
          limits: [
            {
              type: 'Container',
              default: { cpu: '500m', memory: '256Mi' },
              defaultRequest: { cpu: '100m' },
              max: { cpu: '1' },
              min: { memory: '16Mi' },
              maxLimitRequestRatio: { cpu: '5' },
            },
            { type: 'Pod', max: { cpu: '2' } },
          ],
        },
      }),
    ),
    {
      ...pod('a'),
      until: ({ body }) => JSON.stringify(body).includes('limit-ranger'),
      view: pick('spec.containers.*.resources', 'metadata.annotations'),
    },
    { ...pod('b', asking({ limits: { cpu: '3' } })), view: word },
    { ...pod('b', asking({ requests: { cpu: '10m' } })), view: word },
    { ...pod('b', asking({ limits: { memory: '1Mi' } })), view: word },
    {
      ...pod('b', {
        containers: ['x', 'y', 'z'].map((name) => ({
          name,
          image: 'n',
          resources: { requests: { cpu: '1' }, limits: { cpu: '1' } },
        })),
      }),
      view: word,
    },
    {
      ...pod('c', asking({ limits: { cpu: '1' } })),
      view: pick('spec.containers.*.resources', 'metadata.annotations'),
    },
  ),
];
