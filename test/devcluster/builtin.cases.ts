/** Objects of the builtin kinds and what kube-apiserver 1.36.3 says of them is in builtin.recorded.json. */

type Fields = { readonly [field: string]: unknown };

export interface Case {
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly object: Fields;
  /** Merge patches after the create. */
  readonly patches?: readonly Fields[];
}

const namespaced = (group: string, plural: string) =>
  `${group === 'v1' ? '/api/v1' : `/apis/${group}`}/namespaces/default/${plural}`;
const object = (apiVersion: string, kind: string, rest: Fields): Fields => ({
  apiVersion,
  kind,
  metadata: { name: 'subject' },
  ...rest,
});
const container = (rest: Fields = {}): Fields => ({ name: 'c', image: 'nginx', ...rest });
const template = (rest: Fields = {}, spec: Fields = {}): Fields => ({
  metadata: { labels: { app: 'x' } },
  spec: { containers: [container(rest)], ...spec },
});

function all(name: string, group: string, plural: string, kind: string, bodies: readonly Fields[]): Case[] {
  return bodies.map((body, index) => ({
    name: `${name} ${index}`,
    kind,
    path: namespaced(group, plural),
    object: object(group, kind, body),
  }));
}

const deployment = (spec: Fields = {}): Fields => ({
  spec: { replicas: 0, selector: { matchLabels: { app: 'x' } }, template: template(), ...spec },
});
const pod = (spec: Fields = {}): Fields => ({
  spec: { containers: [container()], automountServiceAccountToken: false, ...spec },
});
const service = (spec: Fields): Fields => ({ spec });
const job = (spec: Fields): Fields => ({ spec: { suspend: true, ...spec } });
const never = { restartPolicy: 'Never' };

export const cases: readonly Case[] = [
  ...all('config map', 'v1', 'configmaps', 'ConfigMap', [
    {},
    { data: {} },
    { data: { a: '1' }, binaryData: { b: 'AAE=' } },
    { data: { 'a b': '1', '..x': '2' } },
    { data: { a: '1' }, binaryData: { a: 'AAE=' } },
    { data: { a: 1 } },
    { data: ['x'] },
    { binaryData: { b: '!!' } },
    { data: null, immutable: null },
    { immutable: 'yes' },
  ]),
  ...all('secret', 'v1', 'secrets', 'Secret', [
    {},
    { stringData: { a: 'b' } },
    { data: { a: 'Yg==' }, stringData: { a: 'c', d: 'e' } },
    { type: 'kubernetes.io/tls', data: {} },
    { type: 'kubernetes.io/dockerconfigjson', data: {} },
    { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': 'x' } },
    { type: 'kubernetes.io/basic-auth' },
    { type: 'kubernetes.io/ssh-auth' },
    { type: 'kubernetes.io/service-account-token' },
    { data: { a: 'not base64' } },
  ]),
  ...all('service', 'v1', 'services', 'Service', [
    service({ ports: [{ port: 80 }], selector: { app: 'x' } }),
    service({}),
    service({ ports: [{ port: 0 }] }),
    service({ ports: [{ port: 80 }, { port: 81 }] }),
    service({
      ports: [
        { name: 'A_', port: 80, targetPort: 'x'.repeat(20) },
        { name: 'b', port: 80 },
      ],
    }),
    service({ type: 'ExternalName', externalName: 'a.b.c' }),
    service({ type: 'ExternalName' }),
    service({ clusterIP: 'None', ports: [{ port: 80 }] }),
    service({ type: 'Weird', ports: [{ port: 80 }] }),
    service({ ports: [{ port: 80, nodePort: 30001 }] }),
    service({ ports: [{ port: 80, protocol: 'HTTP' }] }),
    service({ ports: [{ port: 80, targetPort: 70000 }] }),
    service({ sessionAffinity: 'ClientIP', ports: [{ port: 80 }] }),
    service({ ports: [{ port: 'x' }] }),
    service({ externalIPs: ['nope'], ports: [{ port: 1 }] }),
    service({ ports: [{ port: 80 }], externalTrafficPolicy: 'Local' }),
  ]),
  ...all('pod', 'v1', 'pods', 'Pod', [
    pod(),
    pod({ containers: [] }),
    pod({ containers: [container({ name: 'A', image: '' })] }),
    pod({ containers: [container(), container({ image: 'y:1' })] }),
    pod({ containers: [container({ volumeMounts: [{ name: 'v', mountPath: '' }] })] }),
    pod({ volumes: [{ name: 'v' }, { name: 'v', configMap: {} }, { name: 'w', secret: { secretName: 's' } }] }),
    pod({ restartPolicy: 'Sometimes' }),
    pod({ dnsPolicy: 'X' }),
    pod({
      containers: [
        container({
          ports: [
            { containerPort: 0 },
            { containerPort: 70000, name: 'http' },
            { containerPort: 80, name: 'http', protocol: 'X' },
          ],
        }),
      ],
    }),
    pod({
      containers: [
        container({
          env: [
            { name: 'A', value: '1', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: '' },
            { name: 'B', valueFrom: {} },
            { name: 'C=D' },
          ],
        }),
      ],
    }),
    pod({ containers: [container({ resources: { limits: { cpu: '1' }, requests: { cpu: '2', memory: '-1' } } })] }),
    pod({
      containers: [container({ image: 'x@sha256:abc', livenessProbe: {}, readinessProbe: { httpGet: { port: 80 } } })],
    }),
    pod({ initContainers: [container(), container({ name: 'i', readinessProbe: { exec: { command: ['x'] } } })] }),
    pod({
      nodeSelector: { 'a b': 'c' },
      tolerations: [{ operator: 'Exists' }, { key: 'k', operator: 'Exists', value: 'v' }, { key: 'a' }],
    }),
    pod({ activeDeadlineSeconds: 0, hostname: 'A.b', serviceAccountName: 'X_' }),
    pod({ containers: [container({ resources: { limits: { cpu: '1000m', memory: '1024Mi' } } })] }),
    pod({ hostNetwork: true, containers: [container({ ports: [{ containerPort: 80 }] })] }),
    pod({ containers: [container({ resources: { limits: { cpu: 'abc' } } })] }),
    pod({ containers: [container({ command: 'ls' })] }),
    pod({ topologySpreadConstraints: [{ maxSkew: 0 }] }),
  ]),
  ...all('deployment', 'apps/v1', 'deployments', 'Deployment', [
    deployment(),
    deployment({ selector: undefined }),
    deployment({ selector: { matchLabels: { app: 'y' } } }),
    deployment({ selector: {} }),
    deployment({ replicas: -1 }),
    deployment({ strategy: { type: 'Recreate' } }),
    deployment({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
    deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    deployment({ strategy: { rollingUpdate: { maxSurge: 'x', maxUnavailable: '120%' } } }),
    deployment({ strategy: { type: 'X' } }),
    deployment({ template: template({}, never) }),
    deployment({ template: template({ image: '' }) }),
    deployment({ minReadySeconds: 700 }),
    deployment({ progressDeadlineSeconds: -1, revisionHistoryLimit: -1 }),
    deployment({ replicas: '3' }),
    deployment({ template: undefined }),
    deployment({ selector: { matchExpressions: [{ key: 'app', operator: 'Foo' }] } }),
    deployment({ selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } }),
    deployment({
      template: template(
        {},
        {
          volumes: [
            { name: 'v', emptyDir: {} },
            { name: 'c', configMap: { name: 'x' } },
            { name: 'h', hostPath: { path: '/x' } },
            { name: 'p', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
          ],
        },
      ),
    }),
  ]),
  ...all('stateful set', 'apps/v1', 'statefulsets', 'StatefulSet', [
    { spec: { replicas: 0, selector: { matchLabels: { app: 'x' } }, serviceName: 's', template: template() } },
    {
      spec: {
        podManagementPolicy: 'X',
        updateStrategy: { type: 'Y' },
        selector: { matchLabels: { app: 'x' } },
        template: template(),
      },
    },
    { spec: {} },
    {
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'x' } },
        template: template({ volumeMounts: [{ name: 'd', mountPath: '/d' }] }),
        volumeClaimTemplates: [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    },
  ]),
  ...all('daemon set', 'apps/v1', 'daemonsets', 'DaemonSet', [
    { spec: { selector: { matchLabels: { app: 'x' } }, template: template() } },
    { spec: { template: template() } },
    { spec: { selector: { matchLabels: { app: 'y' } }, template: template() } },
    {
      spec: {
        selector: { matchLabels: { app: 'x' } },
        template: template(),
        updateStrategy: { rollingUpdate: { maxUnavailable: 0 } },
      },
    },
  ]),
  ...all('job', 'batch/v1', 'jobs', 'Job', [
    job({ template: { spec: { ...never, containers: [container()] } } }),
    job({ template: { spec: { containers: [container()] } } }),
    job({
      completions: -1,
      parallelism: 2,
      backoffLimit: -2,
      completionMode: 'Foo',
      template: { spec: { ...never, containers: [container()] } },
    }),
    job({ completionMode: 'Indexed', template: { spec: { ...never, containers: [container()] } } }),
  ]),
  ...all(
    'cron job',
    'batch/v1',
    'cronjobs',
    'CronJob',
    [
      '0 0 1 1 *',
      '* * *',
      '61 * * * *',
      '* * * * mon-fri',
      '@daily',
      '@foo',
      '*/0 * * * *',
      'a b c d e',
      '',
      'TZ=UTC * * * * *',
      '5-1 * * * *',
    ].map((schedule) => ({
      spec: {
        schedule,
        suspend: true,
        jobTemplate: { spec: { template: { spec: { ...never, containers: [container()] } } } },
      },
    })),
  ),
  ...all('ingress', 'networking.k8s.io/v1', 'ingresses', 'Ingress', [
    { spec: {} },
    {
      spec: {
        rules: [
          {
            host: 'a.b',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
            },
          },
        ],
      },
    },
    {
      spec: {
        rules: [
          {
            host: '1.2.3.4',
            http: {
              paths: [
                { path: 'x', pathType: 'Exact', backend: {} },
                { path: '/a', backend: { service: { name: '', port: {} } } },
                {
                  path: '/a//b',
                  pathType: 'Prefix',
                  backend: { service: { name: 's', port: { name: 'x', number: 1 } } },
                },
                { pathType: 'Z', path: '/' },
              ],
            },
          },
          { host: '*foo' },
          { host: 'A' },
        ],
      },
    },
  ]),
  ...all('network policy', 'networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', [
    { spec: { podSelector: {} } },
    {
      spec: {
        podSelector: { matchLabels: { a: 'b' } },
        egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 53 }] }],
      },
    },
    {
      spec: {
        podSelector: { matchLabels: { 'a b': 'c' } },
        policyTypes: ['X'],
        ingress: [
          {
            from: [{}, { ipBlock: { cidr: 'x' }, podSelector: {} }],
            ports: [{ port: 0 }, { port: 'a_', endPort: 3 }, { endPort: 2 }, { protocol: 'Q', port: 1 }],
          },
        ],
      },
    },
  ]),
  ...all('disruption budget', 'policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', [
    { spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } } },
    { spec: { minAvailable: 1, maxUnavailable: 1 } },
    { spec: { maxUnavailable: '120%' } },
    { spec: { minAvailable: -1 } },
  ]),
  ...all('role', 'rbac.authorization.k8s.io/v1', 'roles', 'Role', [
    {},
    { rules: null },
    { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    { rules: [{ verbs: [] }, { verbs: ['get'], nonResourceURLs: ['/x'] }, { verbs: ['get'], apiGroups: [''] }] },
  ]),
  ...all('role binding', 'rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding', [
    {},
    {
      roleRef: { kind: 'Role', name: 'x' },
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n' },
      ],
    },
    {
      roleRef: { kind: 'X', name: '' },
      subjects: [
        { kind: 'Y', name: '' },
        { kind: 'User', name: 'a', apiGroup: 'z' },
        { kind: 'ServiceAccount', name: 'A_', apiGroup: 'z' },
      ],
    },
  ]),
  ...all('claim', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', [
    { spec: {} },
    {
      spec: { accessModes: ['X'], resources: { requests: { storage: '0' } }, volumeMode: 'Q', storageClassName: 'A_' },
    },
  ]),
  ...all('quota', 'v1', 'resourcequotas', 'ResourceQuota', [
    { spec: { hard: { pods: '1000', 'requests.cpu': '1', 'limits.memory': '1024Mi' } } },
    { spec: { hard: { foo: '1', 'a b': '2', pods: '-1' } } },
    { spec: { hard: { pods: 'x' } } },
  ]).slice(1), // What a valid one counts comes a moment later: see the conformance cases.
  ...all('lease', 'coordination.k8s.io/v1', 'leases', 'Lease', [
    {},
    { spec: { holderIdentity: 'h', leaseDurationSeconds: 15, renewTime: '2024-01-01T00:00:00.123456Z' } },
    { spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } },
    { spec: { renewTime: '2024-01-01T00:00:00Z' } },
    { spec: { renewTime: 'nope' } },
  ]),
  ...all('event', 'v1', 'events', 'Event', [
    {
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
      reason: 'R',
      message: ' m ',
      type: 'Normal',
      firstTimestamp: '2024-01-01T00:00:00Z',
      lastTimestamp: '2024-01-01T00:00:00+02:00',
      count: 3,
      source: { component: 'c', host: 'h' },
    },
    { involvedObject: { kind: 'Pod', name: 'p', namespace: 'other' } },
    { involvedObject: {} },
  ]),
  ...all('endpoint slice', 'discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', [
    {},
    { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ port: 80 }] },
    { addressType: 'IPv4', endpoints: [{ addresses: ['x', '::1'] }, { addresses: [] }] },
  ]),
  {
    name: 'an immutable config map',
    kind: 'ConfigMap',
    path: namespaced('v1', 'configmaps'),
    object: object('v1', 'ConfigMap', { data: { a: '1' }, immutable: true }),
    patches: [
      { data: { a: '2' } },
      { immutable: null },
      { immutable: false, data: { b: '1' } },
      { metadata: { labels: { a: 'b' } } },
    ],
  },
  {
    name: 'the type of a secret',
    kind: 'Secret',
    path: namespaced('v1', 'secrets'),
    object: object('v1', 'Secret', { stringData: { a: 'b' } }),
    patches: [{ type: 'other' }, { stringData: { c: 'd' } }, { immutable: true }, { data: { a: null } }],
  },
  {
    name: 'the selector of a deployment',
    kind: 'Deployment',
    path: namespaced('apps/v1', 'deployments'),
    object: object('apps/v1', 'Deployment', deployment()),
    patches: [
      { spec: { selector: { matchLabels: { app: 'z' } } } },
      { spec: { template: null } },
      { spec: { paused: true } },
    ],
  },
  {
    name: 'a stateful set',
    kind: 'StatefulSet',
    path: namespaced('apps/v1', 'statefulsets'),
    object: object('apps/v1', 'StatefulSet', {
      spec: { replicas: 0, selector: { matchLabels: { app: 'x' } }, serviceName: 's', template: template() },
    }),
    patches: [{ spec: { serviceName: 't' } }, { spec: { minReadySeconds: 1 } }],
  },
  {
    name: 'the role of a binding',
    kind: 'RoleBinding',
    path: namespaced('rbac.authorization.k8s.io/v1', 'rolebindings'),
    object: object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { kind: 'ClusterRole', name: 'view' } }),
    patches: [{ roleRef: { name: 'edit' } }],
  },
  {
    name: 'a service changes its type',
    kind: 'Service',
    path: namespaced('v1', 'services'),
    object: object('v1', 'Service', service({ ports: [{ port: 80 }] })),
    patches: [
      { spec: { type: 'NodePort' } },
      { spec: { type: 'ClusterIP' } },
      { spec: { type: 'ExternalName', externalName: 'x.y' } },
      { spec: { ports: [{ port: 90 }] } },
    ],
  },
];
