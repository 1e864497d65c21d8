/** Pods and what holds them: warnings, admission, subresources, limits. */
import type { Case, Step } from '../harness.ts';
import { type Fields, merge, quiet, refused } from '../steps.ts';

const ns = '/api/v1/namespaces/{ns}';
const pods = `${ns}/pods`;

const of =
  (area: string) =>
  (name: string, ...steps: Step[]): Case => ({ area, name, steps });
const pod = (name: string, spec: Fields = {}, metadata: Fields = {}, container: Fields = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'nginx', ...container }], ...spec },
});
const make = (body: object): Step => ({ path: pods, body });
const object = (path: string, apiVersion: string, kind: string, body: Fields, more: Partial<Step> = {}): Step => ({
  path,
  body: { apiVersion, kind, metadata: { name: 'a' }, ...body },
  ...more,
});
const configMap = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

const warning = of('warnings');
const env = (...names: string[]): Fields => ({ env: names.map((name) => ({ name, value: 'x' })) });
const template = (spec: Fields): object => ({
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
});
const warnings: Case[] = [
  warning('a name with dots', make(pod('a.b'))),
  warning('repeated variables', make(pod('a', {}, {}, env('A', 'B', 'A')))),
  warning(
    'repeated ports',
    make(pod('a', {}, {}, { ports: [{ containerPort: 80 }, { containerPort: 80 }] })),
    make(
      pod(
        'b',
        {},
        {},
        {
          ports: [
            { containerPort: 80, name: 'x' },
            { containerPort: 80, name: 'y', protocol: 'UDP' },
          ],
        },
      ),
    ),
  ),
  warning('fractions of a byte', make(pod('a', {}, {}, { resources: { requests: { memory: '100m' } } }))),
  warning('a node selector of old', make(pod('a', { nodeSelector: { 'beta.kubernetes.io/arch': 'amd64' } }))),
  warning(
    'annotations of old',
    make(pod('a', {}, { annotations: { 'scheduler.alpha.kubernetes.io/critical-pod': '' } })),
  ),
  warning('a host path to nothing', make(pod('a', { volumes: [{ name: 'v', gitRepo: { repository: 'x' } }] }))),
  warning('an empty pull secret', make(pod('a', { imagePullSecrets: [{ name: '' }] }))),
  warning('a short grace', make(pod('a', { terminationGracePeriodSeconds: -1 }))),
  warning(
    'host aliases twice',
    make(
      pod('a', {
        hostAliases: [
          { ip: '1.2.3.4', hostnames: ['a'] },
          { ip: '1.2.3.4', hostnames: ['b'] },
        ],
      }),
    ),
  ),
  warning(
    'a template of a Deployment',
    object('/apis/apps/v1/namespaces/{ns}/deployments', 'apps/v1', 'Deployment', {
      metadata: { name: 'a.b' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'x' } },
        template: template({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }),
      },
    }),
  ),
  warning(
    'a StatefulSet without history',
    object('/apis/apps/v1/namespaces/{ns}/statefulsets', 'apps/v1', 'StatefulSet', {
      spec: {
        replicas: 0,
        serviceName: 's',
        revisionHistoryLimit: -1,
        selector: { matchLabels: { app: 'x' } },
        template: template({}),
      },
    }),
  ),
  warning(
    'a CronJob with a zone in its schedule',
    object('/apis/batch/v1/namespaces/{ns}/cronjobs', 'batch/v1', 'CronJob', {
      spec: { schedule: 'TZ=UTC * * * * *', jobTemplate: { spec: { template: template({ restartPolicy: 'Never' }) } } },
    }),
  ),
  warning(
    'an Ingress class by annotation',
    object('/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses', 'networking.k8s.io/v1', 'Ingress', {
      metadata: { name: 'a', annotations: { 'kubernetes.io/ingress.class': 'x' } },
      spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
    }),
  ),
  warning(
    'addresses with leading zeros and a FQDN slice',
    object('/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices', 'discovery.k8s.io/v1', 'EndpointSlice', {
      addressType: 'FQDN',
      endpoints: [{ addresses: ['a.example.com'] }],
    }),
  ),
  warning(
    'a Service with session affinity and external addresses',
    object(`${ns}/services`, 'v1', 'Service', {
      spec: { clusterIP: 'None', sessionAffinity: 'ClientIP', ports: [{ port: 80 }], externalIPs: ['1.2.3.4'] },
    }),
  ),
  warning(
    'a quota that asks more than it limits',
    object(`${ns}/resourcequotas`, 'v1', 'ResourceQuota', {
      spec: { hard: { 'requests.cpu': '2', 'limits.cpu': '1' } },
    }),
  ),
  warning(
    'a claim of fractions',
    object(`${ns}/persistentvolumeclaims`, 'v1', 'PersistentVolumeClaim', {
      metadata: { name: 'a', annotations: { 'volume.beta.kubernetes.io/storage-class': 'x' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100m' } } },
    }),
  ),
];

const admission = of('admission');
const limits = (spec: object): Step =>
  object(`${ns}/limitranges`, 'v1', 'LimitRange', { spec: { limits: [spec] } }, { quiet: true });
const quota = (hard: object, more: Fields = {}): Step =>
  object(
    `${ns}/resourcequotas`,
    'v1',
    'ResourceQuota',
    { metadata: { name: 'q' }, spec: { hard, ...more } },
    { quiet: true },
  );
const counted: Step = {
  path: `${ns}/resourcequotas/q`,
  until: ({ body }) => Object.keys((body as { status?: { used?: object } }).status?.used ?? {}).length > 0,
  quiet: true,
};
const used = (value: string): Step => ({
  path: `${ns}/resourcequotas/q`,
  until: ({ body }) => JSON.stringify((body as { status?: { used?: object } }).status?.used ?? {}).includes(value),
  quiet: true,
});
/** A request that a quota refuses, once the real server's admission knows of the quota: its status is there before. */
const overQuota = (step: Step): Step[] => [quiet({ ...step, path: `${step.path}?dryRun=All`, until: refused }), step];
const admissions: Case[] = [
  admission('an unknown priority class', make(pod('a', { priorityClassName: 'none-such' }))),
  admission(
    'a system priority class',
    make(pod('a', { priorityClassName: 'system-node-critical' })),
    make(pod('b', { priorityClassName: 'system-cluster-critical' })),
  ),
  admission('a priority that does not fit', make(pod('a', { priority: 7 }))),
  admission('an unknown runtime class', make(pod('a', { runtimeClassName: 'none-such' }))),
  admission(
    'tolerations',
    make(
      pod('a', {
        tolerations: [
          { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 },
        ],
      }),
    ),
  ),
  admission(
    'a limit range: defaults',
    limits({ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '500m' } }),
    make(pod('a')),
    make(pod('b', {}, {}, { resources: { limits: { cpu: '2' } } })),
  ),
  admission(
    'a limit range: minimum and maximum',
    limits({ type: 'Container', max: { cpu: '1' }, min: { cpu: '100m' } }),
    make(pod('a')),
    make(pod('b', {}, {}, { resources: { limits: { cpu: '2' } } })),
    make(pod('c', {}, {}, { resources: { requests: { cpu: '10m' } } })),
  ),
  admission(
    'a limit range: ratio',
    limits({ type: 'Container', maxLimitRequestRatio: { cpu: '2' } }),
    make(pod('a')),
    make(pod('b', {}, {}, { resources: { limits: { cpu: '2' }, requests: { cpu: '500m' } } })),
  ),
  admission(
    'a limit range: pods',
    limits({ type: 'Pod', max: { cpu: '1' } }),
    make(pod('a')),
    make(pod('b', {}, {}, { resources: { limits: { cpu: '2' } } })),
  ),
  admission(
    'a limit range: claims',
    limits({ type: 'PersistentVolumeClaim', min: { storage: '2Gi' } }),
    object(`${ns}/persistentvolumeclaims`, 'v1', 'PersistentVolumeClaim', {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
  ),
  admission(
    'a quota of secrets by group',
    quota({ 'count/secrets': '1' }),
    counted,
    object(`${ns}/secrets`, 'v1', 'Secret', {}),
    used('"1"'),
    object(`${ns}/secrets`, 'v1', 'Secret', { metadata: { name: 'b' } }),
    object(`${ns}/secrets?dryRun=All`, 'v1', 'Secret', { metadata: { name: 'c' } }),
  ),
  admission(
    'a quota by plain name',
    quota({ secrets: '0' }),
    counted,
    ...overQuota(object(`${ns}/secrets`, 'v1', 'Secret', {})),
  ),
  admission(
    'a quota of custom resources',
    quota({ 'count/widgets.conformance.example.com': '0' }),
    counted,
    ...overQuota(
      object('/apis/conformance.example.com/v1/namespaces/{ns}/widgets', 'conformance.example.com/v1', 'Widget', {
        spec: { size: 1 },
      }),
    ),
  ),
  admission(
    'a quota of pods',
    quota({ pods: '1', 'requests.cpu': '1', 'limits.memory': '1Gi' }),
    counted,
    make(pod('a')),
    make(pod('b', {}, {}, { resources: { requests: { cpu: '2' }, limits: { memory: '2Gi' } } })),
    make(pod('c', {}, {}, { resources: { requests: { cpu: '1' }, limits: { memory: '1Gi' } } })),
    used('"pods":"1"'),
    make(pod('d', {}, {}, { resources: { requests: { cpu: '1' }, limits: { memory: '1Gi' } } })),
  ),
  admission(
    'a quota of services',
    quota({ services: '1', 'services.nodeports': '0' }),
    counted,
    ...overQuota(object(`${ns}/services`, 'v1', 'Service', { spec: { type: 'NodePort', ports: [{ port: 80 }] } })),
    object(`${ns}/services`, 'v1', 'Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } }),
  ),
  admission(
    'a quota of claims',
    quota({ persistentvolumeclaims: '1', 'requests.storage': '1Gi' }),
    counted,
    ...overQuota(
      object(`${ns}/persistentvolumeclaims`, 'v1', 'PersistentVolumeClaim', {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
      }),
    ),
  ),
  admission(
    'a quota for the best of efforts',
    quota({ pods: '0' }, { scopes: ['BestEffort'] }),
    counted,
    ...overQuota(make(pod('a'))),
    make(pod('b', {}, {}, { resources: { requests: { cpu: '1' } } })),
  ),
  admission(
    'a namespace that enforces a pod security standard',
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/{ns}',
      body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } },
      type: merge,
      quiet: true,
    },
    make(pod('a', { hostNetwork: true })),
    make(pod('c')),
  ),
  admission(
    'a namespace that warns by a pod security standard',
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/{ns}',
      body: { metadata: { labels: { 'pod-security.kubernetes.io/warn': 'restricted' } } },
      type: merge,
      quiet: true,
    },
    make(pod('a')),
  ),
  admission(
    'a namespace that is missing',
    { path: '/api/v1/namespaces/none-such/configmaps', body: configMap('a') },
    { path: '/api/v1/namespaces/none-such/pods', body: pod('a') },
    { path: '/api/v1/namespaces/none-such/configmaps' },
  ),
  admission(
    'namespaces that stay',
    { method: 'DELETE', path: '/api/v1/namespaces/default' },
    { method: 'DELETE', path: '/api/v1/namespaces/kube-system' },
  ),
  admission(
    'a signer that is privileged',
    object(
      '/apis/certificates.k8s.io/v1/certificatesigningrequests',
      'certificates.k8s.io/v1',
      'CertificateSigningRequest',
      { metadata: { name: '{ns}' }, spec: { signerName: 'nodots/x', usages: ['nope'], request: 'eA==' } },
    ),
  ),
];

const sub = of('subresources');
const put = (path: string, body: object): Step => ({ method: 'PUT', path, body });
const patch = (path: string, body: object, type = merge): Step => ({ method: 'PATCH', path, body, type });
const deployments = '/apis/apps/v1/namespaces/{ns}/deployments';
const deployment = object(
  deployments,
  'apps/v1',
  'Deployment',
  { spec: { replicas: 0, selector: { matchLabels: { app: 'x' } }, template: template({}) } },
  { quiet: true },
);
const subresources: Case[] = [
  sub(
    'binding',
    { ...make(pod('a')), quiet: true },
    {
      path: `${pods}/a/binding`,
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'a' },
        target: { apiVersion: 'v1', kind: 'Node', name: 'n' },
      },
    },
    { path: `${pods}/a` },
    {
      path: `${pods}/a/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'm' } },
    },
  ),
  sub(
    'bindings',
    { ...make(pod('a')), quiet: true },
    {
      path: `${ns}/bindings`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } },
    },
    {
      path: `${ns}/bindings`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'zz' }, target: { kind: 'Node', name: 'n' } },
    },
    { path: `${ns}/bindings` },
  ),
  sub(
    'a binding without a target',
    { ...make(pod('a')), quiet: true },
    { path: `${pods}/a/binding`, body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' } } },
  ),
  sub(
    'eviction',
    { ...make(pod('a')), quiet: true },
    { path: `${pods}/a/eviction`, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' } } },
    { path: `${pods}/a` },
    { path: `${pods}/none/eviction`, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'none' } } },
    { path: `${pods}/a/eviction` },
  ),
  sub(
    'ephemeral containers',
    { ...make(pod('a')), quiet: true },
    { path: `${pods}/a/ephemeralcontainers` },
    patch(`${pods}/a/ephemeralcontainers`, { spec: { ephemeralContainers: [{ name: 'e', image: 'busybox' }] } }),
    patch(`${pods}/a/ephemeralcontainers`, { spec: { ephemeralContainers: [{ name: 'c', image: 'busybox' }] } }),
    patch(`${pods}/a`, { spec: { ephemeralContainers: [{ name: 'f', image: 'busybox' }] } }),
  ),
  sub(
    'resize',
    { ...make(pod('a', {}, {}, { resources: { requests: { cpu: '1' } } })), quiet: true },
    { path: `${pods}/a/resize` },
    patch(
      `${pods}/a/resize`,
      { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '2' } } }] } },
      'application/strategic-merge-patch+json',
    ),
  ),
  sub(
    'log, exec, proxy of a pod that runs nowhere',
    { ...make(pod('a')), quiet: true },
    { path: `${pods}/a/log` },
    { path: `${pods}/a/exec?command=ls` },
    { path: `${pods}/a/attach` },
    { path: `${pods}/none/log` },
    { path: `${pods}/a/portforward` },
    { path: `${pods}/a/log?container=zz` },
  ),
  sub(
    'immutable fields of a pod',
    { ...make(pod('a')), quiet: true },
    patch(`${pods}/a`, { spec: { restartPolicy: 'Never' } }),
    patch(`${pods}/a`, { spec: { containers: [{ name: 'c', image: 'other' }] } }),
    patch(`${pods}/a`, { spec: { nodeName: 'n' } }),
    patch(`${pods}/a`, { spec: { activeDeadlineSeconds: 5 } }),
    patch(`${pods}/a`, { spec: { terminationGracePeriodSeconds: 5 } }),
    patch(`${pods}/a`, { spec: { tolerations: [] } }),
  ),
  sub(
    'pod status',
    { ...make(pod('a')), quiet: true },
    patch(`${pods}/a/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }),
    { path: pods, headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' } },
    patch(`${pods}/a/status`, { spec: { nodeName: 'x' }, status: { phase: 'Nope' } }),
  ),
  sub(
    'scale of a Deployment',
    deployment,
    { path: `${deployments}/a/scale` },
    put(`${deployments}/a/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'a' },
      spec: { replicas: 3 },
    }),
    patch(`${deployments}/a/scale`, { spec: { replicas: -1 } }),
    patch(`${deployments}/a/scale`, { spec: { replicas: 'x' } }),
    put(`${deployments}/a/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'b' },
      spec: { replicas: 1 },
    }),
    { path: `${deployments}/none/scale` },
    { method: 'DELETE', path: `${deployments}/a/scale` },
    { path: `${deployments}/a/scale`, headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' } },
  ),
  sub(
    'immutable fields of a Deployment',
    deployment,
    patch(`${deployments}/a`, { spec: { selector: { matchLabels: { app: 'y' } } } }),
    patch(`${deployments}/a`, { spec: { replicas: -1 } }),
    patch(`${deployments}/a`, { spec: { strategy: { type: 'Recreate' } } }),
    patch(`${deployments}/a/status`, { status: { replicas: 1, readyReplicas: 2 } }),
  ),
  sub(
    'a token for a pod',
    { path: `${ns}/serviceaccounts/default`, until: ({ code }) => code === 200, quiet: true },
    { ...make(pod('a')), quiet: true, keep: { uid: 'metadata.uid' } },
    {
      path: `${ns}/serviceaccounts/default/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { audiences: ['x'], boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '{uid}' } },
      },
    },
    {
      path: `${ns}/serviceaccounts/default/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'zz' } },
      },
    },
    {
      path: `${ns}/serviceaccounts/default/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { boundObjectRef: { kind: 'Nope', name: 'a' } },
      },
    },
    { path: `${ns}/serviceaccounts/default/token` },
  ),
  sub(
    'finalizing a namespace',
    { path: '/api/v1/namespaces/{ns}/status' },
    put('/api/v1/namespaces/{ns}/finalize', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '{ns}' },
      spec: { finalizers: ['kubernetes', 'example.com/x'] },
    }),
    put('/api/v1/namespaces/{ns}/finalize', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '{ns}' },
      spec: { finalizers: ['kubernetes'] },
    }),
    patch('/api/v1/namespaces/{ns}/finalize', {}),
  ),
];

export const workloadCases: readonly Case[] = [...warnings, ...admissions, ...subresources];
