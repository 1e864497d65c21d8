/** Probes of roles, secrets, configurations, leases, classes, certificates, accounts and events. */
import type { Case, Step } from '../../harness.ts';
import { apply, body, get, patch, pathOf, post, put, remove, table, time } from '../../probes.objects.ts';
import { casesOf, create, type Fields, inNamespace, pick, quiet } from '../../steps.ts';

const one = casesOf('probes-kinds', 'settings: ');
const dry = (kind: string, fields: Fields, meta: Fields = {}): Step => post(kind, fields, meta, '?dryRun=All');
const at1 = (path: string, what: Fields): Step => create(path, what);
/** A kind of the cluster that the builders do not know. */
const other = (root: string, apiVersion: string, kind: string) => {
  const path = `/apis/${apiVersion}/${root}`;
  const object = (fields: Fields, meta: Fields = {}): Fields => ({
    apiVersion,
    kind,
    metadata: { name: 'b-{ns}', ...meta },
    ...fields,
  });
  return {
    post: (fields: Fields, meta: Fields = {}, query = '') => at1(`${path}${query}`, object(fields, meta)),
    patch: (change: unknown, query = ''): Step => ({
      method: 'PATCH',
      path: `${path}/b-{ns}${query}`,
      body: change,
      type: 'application/merge-patch+json',
    }),
    get: (query = ''): Step => ({ path: `${path}/b-{ns}${query}` }),
  };
};
const csr = other('certificatesigningrequests', 'certificates.k8s.io/v1', 'CertificateSigningRequest');
const runtime = other('runtimeclasses', 'node.k8s.io/v1', 'RuntimeClass');

export const identityStories: readonly Case[] = [
  one(
    'Roles and bindings: a life',
    at1(
      pathOf('Role'),
      body('Role', { rules: [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get'] }] }),
    ),
    patch('Role', { rules: [{ apiGroups: [''], resources: ['pods'] }] }),
    patch('Role', { rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] }),
    patch('Role', { rules: [{ resources: ['pods'], verbs: ['get'] }] }),
    patch('Role', { rules: [{ apiGroups: [''], verbs: ['get'] }] }),
    patch('Role', { rules: null }),
    at1(
      pathOf('RoleBinding'),
      body('RoleBinding', {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
        subjects: [
          { kind: 'ServiceAccount', name: 's', namespace: '{ns}' },
          { kind: 'User', name: 'u' },
        ],
      }),
    ),
    patch('RoleBinding', { roleRef: { name: 'b' } }),
    patch('RoleBinding', { roleRef: null }),
    patch('RoleBinding', { subjects: [{ kind: 'ServiceAccount', name: 's' }] }),
    patch('RoleBinding', { subjects: [{ kind: 'Robot', name: 'r' }] }),
    patch('RoleBinding', { subjects: [{ kind: 'User', name: '' }] }),
    patch('RoleBinding', { subjects: [{ kind: 'ServiceAccount', name: 'Bad_', namespace: '{ns}', apiGroup: 'x' }] }),
    patch('RoleBinding', { subjects: [{ kind: 'Group', name: 'g' }] }),
    table(get('RoleBinding')),
    post('RoleBinding', { roleRef: { kind: 'Pod', name: '' } }, { name: 'c' }),
    post('ClusterRoleBinding', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' } }),
    post('ClusterRole', { rules: [{ nonResourceURLs: ['/x', 'y'], verbs: ['get'], resources: ['pods'] }] }),
  ),
  one(
    'Secret: types, one by one',
    ...[
      { type: 'kubernetes.io/tls', data: {} },
      { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'a', 'tls.key': 'b' } },
      { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{' } },
      { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{}' } },
      { type: 'kubernetes.io/dockercfg', data: {} },
      { type: 'kubernetes.io/basic-auth', stringData: { other: 'x' } },
      { type: 'kubernetes.io/ssh-auth', stringData: {} },
      { type: 'kubernetes.io/service-account-token' },
      { type: 'bootstrap.kubernetes.io/token', stringData: { a: 'b' } },
      { type: 'x.io/mine', stringData: { a: 'b' }, data: { a: 'Yw==', b: '' } },
      { stringData: { 'bad key': 'x' } },
      { data: { a: 'not base64' } },
      { data: { a: null }, stringData: null },
      { immutable: true, data: { a: 'Yg==' } },
    ].map((fields) => dry('Secret', fields)),
    quiet(post('Secret', { data: { a: 'Yg==' } })),
    patch('Secret', { type: 'x.io/other' }),
    patch('Secret', { stringData: { a: 'new', c: 'd' } }),
    patch('Secret', { immutable: true }),
    patch('Secret', { stringData: { a: 'newer' } }),
    patch('Secret', { immutable: null }),
    patch('Secret', { metadata: { labels: { a: 'b' } } }),
    put('Secret', { type: 'Opaque', data: { a: 'bmV3', c: 'ZA==' }, immutable: true }),
    table(get('Secret')),
  ),
  one(
    'ConfigMap: keys and immutable',
    ...[
      { data: { 'bad key': 'x' } },
      { data: { a: 'x' }, binaryData: { a: 'eA==' } },
      { binaryData: { a: 'not base64' } },
      { data: { '.': 'x', '..': 'y', '...': 'z' } },
      { data: { ['k'.repeat(254)]: 'x' } },
      { data: { a: 1 } },
      { data: { a: true } },
      { data: { a: null } },
      { data: null, immutable: null },
    ].map((fields) => dry('ConfigMap', fields)),
    quiet(post('ConfigMap', { data: { a: 'b' }, immutable: true })),
    patch('ConfigMap', { data: { a: 'c' } }),
    patch('ConfigMap', { binaryData: { b: 'eA==' } }),
    patch('ConfigMap', { immutable: false }),
    patch('ConfigMap', { metadata: { annotations: { a: 'b' } } }),
    apply('ConfigMap', { data: { a: 'b' } }),
    apply('ConfigMap', { data: { a: 'c' } }, 'two', '&force=true'),
    remove('ConfigMap'),
  ),
  one(
    'Lease: a life',
    post('Lease', {
      spec: {
        holderIdentity: 'me',
        leaseDurationSeconds: 15,
        acquireTime: '2026-01-02T03:04:05.123456Z',
        renewTime: '2026-01-02T03:04:05Z',
      },
    }),
    patch('Lease', { spec: { renewTime: '2026-01-02T03:04:06.5Z', leaseTransitions: 1 } }),
    patch('Lease', { spec: { renewTime: 'yesterday' } }),
    patch('Lease', { spec: { leaseDurationSeconds: 0 } }),
    patch('Lease', { spec: { leaseTransitions: -1 } }),
    patch('Lease', { spec: { holderIdentity: '' } }),
    patch('Lease', { spec: { strategy: 'OldestEmulationVersion', preferredHolder: 'you' } }),
    patch('Lease', { spec: { strategy: 'bad strategy', preferredHolder: 'you' } }),
    patch('Lease', { spec: { strategy: null } }),
    table(get('Lease')),
    put('Lease', { spec: { holderIdentity: 'new' } }),
    { ...put('Lease', { spec: {} }, { name: 'c' }), path: `${pathOf('Lease')}/c` },
  ),
  one(
    'PriorityClass and RuntimeClass: a life',
    at1(pathOf('PriorityClass'), body('PriorityClass', { value: 10 })),
    patch('PriorityClass', { value: 11 }),
    patch('PriorityClass', { preemptionPolicy: 'Never' }),
    patch('PriorityClass', { globalDefault: true, description: 'd' }, 'merge', '?dryRun=All'),
    dry('PriorityClass', { value: 1000000001 }, { name: 'c-{ns}' }),
    dry('PriorityClass', { value: 1 }, { name: 'system-mine' }),
    dry('PriorityClass', {}, { name: 'c-{ns}' }),
    dry('PriorityClass', { value: 1, preemptionPolicy: 'Sometimes' }, { name: 'c-{ns}' }),
    runtime.post({ handler: 'runc' }),
    runtime.patch({ handler: 'other' }),
    runtime.patch({ overhead: { podFixed: { cpu: '-1' } } }),
    runtime.patch({ scheduling: { nodeSelector: { 'a b': 'c' }, tolerations: [{ key: 'x', operator: 'Odd' }] } }),
    runtime.post({ handler: 'Bad_' }, { name: 'c-{ns}' }),
    runtime.post({}, { name: 'c-{ns}' }),
    table(runtime.get()),
  ),
  one(
    'CertificateSigningRequest: a life',
    csr.post({ spec: { request: 'bm90IGEgcmVxdWVzdA==', signerName: 'x.io/y', usages: ['client auth'] } }),
    csr.post({ spec: { signerName: 'noslash', usages: [] } }),
    csr.post({ spec: { request: '!!', signerName: 'x.io/y', usages: ['client auth'] } }),
    csr.get('/approval'),
    csr.get('/status'),
  ),
  one(
    'ServiceAccount: a life',
    post('ServiceAccount', {
      secrets: [{ name: 's' }],
      imagePullSecrets: [{ name: 'p' }],
      automountServiceAccountToken: false,
    }),
    patch('ServiceAccount', { imagePullSecrets: [{ name: 'q' }] }, 'strategic'),
    patch('ServiceAccount', { secrets: [{ name: 's', $patch: 'delete' }] }, 'strategic'),
    patch('ServiceAccount', { secrets: null }),
    table(get('ServiceAccount')),
    { ...create(`${pathOf('ServiceAccount')}/a/token`, { spec: { expirationSeconds: 10 } }) },
    { ...create(`${pathOf('ServiceAccount')}/a/token`, { spec: { expirationSeconds: 4294967297 } }) },
    {
      ...create(`${pathOf('ServiceAccount')}/a/token`, {
        spec: { audiences: ['a'], boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: 'nope' } },
      }),
    },
    {
      ...create(`${pathOf('ServiceAccount')}/a/token`, {
        spec: { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'x' } },
      }),
    },
    { ...create(`${pathOf('ServiceAccount')}/a/token`, { metadata: { name: 'b' } }) },
    get('ServiceAccount', '/token'),
    remove('ServiceAccount'),
  ),
  one(
    'Event: a life',
    create(`${inNamespace}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
      reason: 'R',
      message: 'm',
      type: 'Warning',
      source: { component: 'c' },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 3,
    }),
    { path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/e' },
    {
      method: 'PATCH',
      path: `${inNamespace}/events/e`,
      body: { count: 4, message: 'n' },
      type: 'application/strategic-merge-patch+json',
    },
    {
      method: 'PATCH',
      path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/e',
      body: { note: 'x' },
      type: 'application/merge-patch+json',
    },
    create('/apis/events.k8s.io/v1/namespaces/{ns}/events', {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'f' },
      regarding: { kind: 'Pod', name: 'p', namespace: '{ns}' },
    }),
    create('/apis/events.k8s.io/v1/namespaces/{ns}/events', {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'f' },
      regarding: { kind: 'Pod', name: 'p', namespace: '{ns}' },
      eventTime: '2026-01-02T03:04:05.000001Z',
      reportingController: 'x.io/c',
      reportingInstance: 'i',
      action: 'A',
      reason: 'R',
      type: 'Normal',
      note: 'n',
    }),
    { path: `${inNamespace}/events/f` },
    create(`${inNamespace}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'g' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'other' },
    }),
    create(`${inNamespace}/events`, { apiVersion: 'v1', kind: 'Event', metadata: { name: 'g' } }),
    {
      path: `${inNamespace}/events?fieldSelector=involvedObject.name=p,type=Warning`,
      view: pick('items.*.metadata.name'),
    },
    { path: `${inNamespace}/events?fieldSelector=reason=R,source=c`, view: pick('items.*.metadata.name') },
    {
      path: '/apis/events.k8s.io/v1/namespaces/{ns}/events?fieldSelector=regarding.name=p',
      view: pick('items.*.metadata.name'),
    },
    table({ path: `${inNamespace}/events/e` }),
  ),
];
