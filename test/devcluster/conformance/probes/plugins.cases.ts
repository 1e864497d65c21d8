/** Probes of what is admitted by default: priorities, limits, quotas, accounts, storage. */
import type { Answer, Case, Step } from '../harness.ts';
import { deployment, deployments, map, maps, one, pod, pods, widget, widgets } from '../probes.admission.objects.ts';
import { type Fields, merge, quiet } from '../steps.ts';

const ready: Step = quiet({
  path: '/api/v1/namespaces/{ns}/serviceaccounts/default',
  until: (answer) => answer.code === 200,
});
const podCase = (name: string, spec: Fields, container: Fields = {}, meta: Fields = {}, ...before: Step[]): Case =>
  one(`pod: ${name}`, ready, ...before, { path: pods, body: pod('p', spec, container, meta) });
const account = (more: Fields): Step =>
  quiet({
    path: '/api/v1/namespaces/{ns}/serviceaccounts',
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sa' }, ...more },
  });
const quota = (hard: Fields, more: Fields = {}): Step[] => [
  quiet({
    path: '/api/v1/namespaces/{ns}/resourcequotas',
    body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard, ...more } },
  }),
  quiet({
    path: '/api/v1/namespaces/{ns}/resourcequotas/q',
    until: (answer) => (answer.body as { status?: { used?: object } }).status?.used !== undefined,
  }),
];
const limits = (...list: Fields[]): Step[] => [
  quiet({
    path: '/api/v1/namespaces/{ns}/limitranges',
    body: { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits: list } },
  }),
];
const settled = (path: string, body: Fields, expect: (answer: Answer) => boolean): Step =>
  quiet({ path: `${path}?dryRun=All`, body, until: expect });
const claim = (size: string): Fields => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
});
const claims = '/api/v1/namespaces/{ns}/persistentvolumeclaims';
const usedIn = (...steps: Step[]): Step[] => [
  ...steps,
  { path: '/api/v1/namespaces/{ns}/resourcequotas/q', view: (body) => (body as { status: unknown }).status },
];
const small = { resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } } };
const standard: Case[] = [
  podCase('plain', {}),
  podCase('without a token', { automountServiceAccountToken: false }),
  podCase(
    'an account without a token',
    { serviceAccountName: 'sa' },
    {},
    {},
    account({ automountServiceAccountToken: false }),
  ),
  podCase(
    'an account with pull secrets',
    { serviceAccountName: 'sa' },
    {},
    {},
    account({ imagePullSecrets: [{ name: 'x' }, { name: 'y' }] }),
  ),
  podCase(
    'pull secrets of its own',
    { serviceAccountName: 'sa', imagePullSecrets: [{ name: 'z' }] },
    {},
    {},
    account({ imagePullSecrets: [{ name: 'x' }] }),
  ),
  podCase('the old account field', { serviceAccount: 'sa' }, {}, {}, account({})),
  podCase('an account that is missing', { serviceAccountName: 'none' }),
  podCase(
    'an account that allows some secrets',
    { serviceAccountName: 'sa', volumes: [{ name: 's', secret: { secretName: 'x' } }] },
    {},
    {},
    quiet({
      path: '/api/v1/namespaces/{ns}/serviceaccounts',
      body: {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'sa', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
      },
    }),
  ),
  podCase(
    'a mount at the path of tokens',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumeMounts: [{ name: 'v', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] },
  ),
  podCase('init containers', { initContainers: [{ name: 'i', image: 'x' }] }),
  podCase('a mirror pod', {}, {}, { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
  podCase('an unknown priority class', { priorityClassName: 'none' }),
  podCase('a system priority class', { priorityClassName: 'system-node-critical' }),
  podCase('a priority without a class', { priority: 5 }),
  podCase('a priority against its class', { priorityClassName: 'system-cluster-critical', priority: 5 }),
  podCase('a priority that agrees', { priorityClassName: 'system-cluster-critical', priority: 2000000000 }),
  podCase('a preemption policy against the default', { preemptionPolicy: 'Never' }),
  podCase('tolerations of its own', {
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 },
    ],
  }),
  podCase('tolerations of everything', { tolerations: [{ operator: 'Exists' }] }),
  podCase('tolerations of everything there', { tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] }),
  podCase('a runtime class that is missing', { runtimeClassName: 'none' }),
  podCase('overhead without a runtime class', { overhead: { cpu: '1' } }),
  podCase('a memory request', {}, { resources: { requests: { memory: '64Mi' } } }),
  podCase('guaranteed', {}, { resources: { limits: { cpu: '1', memory: '64Mi' } } }),
  podCase('extended resources', {}, { resources: { limits: { 'example.com/gpu': '1' } } }),
  podCase('an image of a tag', {}, { image: 'nginx:1.27' }),
  podCase('an image of a digest', {}, { image: `nginx@sha256:${'a'.repeat(64)}` }),
  podCase('a node name', { nodeName: 'n' }),
  podCase('a node selector', { nodeSelector: { a: 'b' } }),
  podCase('host network and ports', { hostNetwork: true }, { ports: [{ containerPort: 80 }] }),
  podCase('a namespace that is set otherwise', {}, {}, { namespace: 'default' }),
  one('a pod in a namespace that is missing', { path: '/api/v1/namespaces/no-such/pods', body: pod('p') }),
  one(
    'anything in a namespace that is missing',
    { path: '/api/v1/namespaces/no-such/configmaps', body: map('a') },
    { path: '/apis/conformance.example.com/v1/namespaces/no-such/widgets', body: widget },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/no-such/configmaps/a?fieldManager=x',
      body: map('a'),
      type: 'application/apply-patch+yaml',
    },
  ),
  one(
    'anything in a namespace that goes',
    quiet({ path: maps, body: { ...map('hold'), metadata: { name: 'hold', finalizers: ['example.com/hold'] } } }),
    quiet({ method: 'DELETE', path: '/api/v1/namespaces/{ns}' }),
    { path: maps, body: map('a') },
    { path: widgets, body: widget },
    {
      method: 'PATCH',
      path: `${maps}/hold`,
      body: { data: { x: '1' } },
      type: merge,
      view: (body) => (body as { data: unknown }).data,
    },
    { path: `${pods}`, body: pod('p') },
    quiet({ method: 'PATCH', path: `${maps}/hold`, body: { metadata: { finalizers: null } }, type: merge }),
  ),
  one(
    'namespaces that must stay',
    ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(
      (name): Step => ({
        method: 'DELETE',
        path: `/api/v1/namespaces/${name}?dryRun=All`,
        view: (body) => (body as { reason?: string }).reason,
      }),
    ),
  ),
  ...['count/secrets', 'secrets'].map((name) =>
    one(
      `quota: ${name}`,
      ...quota({ [name]: '1' }),
      ...usedIn(
        ...['a', 'b'].map(
          (item): Step => ({
            path: '/api/v1/namespaces/{ns}/secrets',
            body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: item } },
          }),
        ),
      ),
    ),
  ),
  one(
    'quota: custom resources',
    ...quota({ 'count/widgets.conformance.example.com': '1' }),
    { path: widgets, body: widget },
    { path: widgets, body: { ...widget, metadata: { name: 'v' } } },
  ),
  one(
    'quota: none of it',
    ...quota({ secrets: '0', services: '0', 'services.nodeports': '0', 'services.loadbalancers': '0' }),
    { path: '/api/v1/namespaces/{ns}/secrets', body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } } },
    {
      path: '/api/v1/namespaces/{ns}/services',
      body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } },
    },
    {
      path: '/api/v1/namespaces/{ns}/services',
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { type: 'NodePort', ports: [{ port: 80 }] },
      },
    },
  ),
  one(
    'quota: pods',
    ready,
    ...quota({ pods: '1' }),
    ...usedIn(
      { path: pods, body: pod('a'), view: (body) => (body as { kind: string }).kind },
      { path: pods, body: pod('b') },
    ),
  ),
  one(
    'quota: cpu and memory',
    ready,
    ...quota({ 'requests.cpu': '150m', 'limits.memory': '1Gi' }),
    { path: pods, body: pod('a') },
    { path: pods, body: pod('b', {}, small), view: (body) => (body as { kind: string }).kind },
    { path: pods, body: pod('c', {}, small) },
  ),
  one(
    'quota: cpu of the old name',
    ready,
    ...quota({ cpu: '50m', memory: '1Gi' }),
    { path: pods, body: pod('a') },
    { path: pods, body: pod('b', {}, small) },
  ),
  one(
    'quota: best effort',
    ready,
    ...quota({ pods: '0' }, { scopes: ['BestEffort'] }),
    { path: pods, body: pod('a') },
    { path: pods, body: pod('b', {}, small), view: (body) => (body as { kind: string }).kind },
  ),
  one(
    'quota: not best effort',
    ready,
    ...quota({ pods: '0' }, { scopes: ['NotBestEffort'] }),
    { path: pods, body: pod('a'), view: (body) => (body as { kind: string }).kind },
    { path: pods, body: pod('b', {}, small) },
  ),
  one(
    'quota: terminating',
    ready,
    ...quota({ pods: '0' }, { scopes: ['Terminating'] }),
    { path: pods, body: pod('a', { activeDeadlineSeconds: 5 }) },
    { path: pods, body: pod('b'), view: (body) => (body as { kind: string }).kind },
  ),
  one(
    'quota: of a priority',
    ready,
    ...quota(
      { pods: '0' },
      {
        scopeSelector: {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }],
        },
      },
    ),
    { path: pods, body: pod('a', { priorityClassName: 'system-node-critical' }) },
    { path: pods, body: pod('b'), view: (body) => (body as { kind: string }).kind },
  ),
  one(
    'quota: storage',
    ...quota({ 'requests.storage': '5Gi', persistentvolumeclaims: '3' }),
    { path: claims, body: claim('6Gi') },
    ...usedIn({ path: claims, body: claim('4Gi'), view: (body) => (body as { kind: string }).kind }),
  ),
  one('quota: two at once', ...quota({ services: '1', secrets: '0', 'count/secrets': '0' }), {
    path: '/api/v1/namespaces/{ns}/secrets',
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } },
  }),
  one('quota: a dry run', ...quota({ secrets: '0' }), {
    path: '/api/v1/namespaces/{ns}/secrets?dryRun=All',
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } },
  }),
  one(
    'quota: deployments',
    ...quota({ 'count/deployments.apps': '1' }),
    { path: deployments, body: deployment, view: (body) => (body as { kind: string }).kind },
    { path: deployments, body: { ...deployment, metadata: { name: 'e' } } },
  ),
  one(
    'limits: defaults of containers',
    ready,
    ...limits({ type: 'Container', default: { cpu: '200m', memory: '100Mi' }, defaultRequest: { cpu: '100m' } }),
    settled(pods, pod('z'), (answer) => JSON.stringify(answer.body).includes('200m')),
    { path: pods, body: pod('a') },
    {
      path: pods,
      body: pod('b', { initContainers: [{ name: 'i', image: 'x' }] }, { resources: { limits: { cpu: '1' } } }),
    },
  ),
  one(
    'limits: maxima',
    ready,
    ...limits({ type: 'Container', max: { cpu: '150m' }, min: { memory: '100Mi' } }),
    settled(pods, pod('z', {}, small), (answer) => answer.code === 403),
    { path: pods, body: pod('a', {}, small) },
    { path: pods, body: pod('b') },
  ),
  one(
    'limits: of pods',
    ready,
    ...limits({ type: 'Pod', max: { cpu: '150m' } }),
    settled(pods, pod('z', {}, small), (answer) => answer.code === 403),
    { path: pods, body: pod('a', {}, small) },
    { path: pods, body: pod('b') },
  ),
  one(
    'limits: a ratio',
    ready,
    ...limits({ type: 'Container', maxLimitRequestRatio: { cpu: '1' } }),
    settled(pods, pod('z', {}, small), (answer) => answer.code === 403),
    { path: pods, body: pod('a', {}, small) },
  ),
  one(
    'limits: of claims',
    ...limits({ type: 'PersistentVolumeClaim', max: { storage: '5Gi' }, min: { storage: '1Gi' } }),
    settled(claims, claim('9Gi'), (answer) => answer.code === 403),
    { path: claims, body: claim('6Gi') },
    { path: claims, body: claim('1Mi') },
  ),
  one(
    'a default storage class',
    ...[
      quiet({
        path: '/apis/storage.k8s.io/v1/storageclasses',
        body: {
          apiVersion: 'storage.k8s.io/v1',
          kind: 'StorageClass',
          metadata: { name: 'sc-{ns}' },
          provisioner: 'x',
        },
      }),
    ],
    {
      path: claims,
      body: { ...claim('1Gi'), spec: { ...(claim('1Gi').spec as Fields), storageClassName: 'sc-{ns}' } },
    },
  ),
  one('a claim that grows', ...[quiet({ path: claims, body: claim('1Gi') })], {
    method: 'PATCH',
    path: `${claims}/c`,
    body: { spec: { resources: { requests: { storage: '2Gi' } } } },
    type: merge,
    view: (body) => (body as { reason: string }).reason,
  }),
  one('a certificate request approved by nobody', {
    path: '/apis/certificates.k8s.io/v1/certificatesigningrequests?dryRun=All',
    body: {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: '{ns}' },
      spec: { request: 'eA==', signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
    },
  }),
  one('an ingress without a class', {
    path: '/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses',
    body: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'i' },
      spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
    },
  }),
  one('an owner that blocks without rights', ready, {
    path: maps,
    body: {
      ...map('a'),
      metadata: {
        name: 'a',
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u', blockOwnerDeletion: true }],
      },
    },
    headers: { 'impersonate-user': 'system:serviceaccount:{ns}:default', 'impersonate-group': 'nobody' },
  }),
];

export const pluginProbes: readonly Case[] = [...standard];
