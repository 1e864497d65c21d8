/** What is said of a pod's fields: volumes, scheduling, security, probes, names. */
import type { Case, Step } from '../harness.ts';
import { type Fields, merge } from '../steps.ts';

const pods = '/api/v1/namespaces/{ns}/pods';
const dry = '/api/v1/namespaces/default/pods?dryRun=All';
const container = { name: 'c', image: 'nginx' };
const pod = (spec: Fields, meta: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', ...meta },
  spec: { containers: [container], ...spec },
});
const titled = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length <= 150 ? text : `${text.slice(0, 150)}… (${text.length})`;
};
const one = (name: string, ...steps: Step[]): Case => ({ area: 'pods', name, steps });
const create = (what: string, fields: Fields, spec: Fields, meta: Fields = {}): Case =>
  one(`${what}: ${titled(fields)}`, { path: dry, body: pod(spec, meta) });

const volumes: readonly Fields[] = [
  {},
  { name: '', emptyDir: {} },
  { name: 'BAD_', emptyDir: {} },
  { name: 'v'.repeat(64), emptyDir: {} },
  { emptyDir: {}, hostPath: { path: '/x' } },
  { emptyDir: { sizeLimit: '-1' } },
  { emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
  { emptyDir: { medium: 'HugePages-2Mi' } },
  { hostPath: { path: '' } },
  { hostPath: { path: '/x/../y' } },
  { hostPath: { path: '/x', type: 'Nope' } },
  { hostPath: { path: '/x', type: 'Directory' } },
  { configMap: {} },
  { configMap: { name: 'x', defaultMode: 511 } },
  { configMap: { name: 'x', defaultMode: 1000 } },
  { configMap: { name: 'x', items: [{ key: '', path: '' }] } },
  { configMap: { name: 'x', items: [{ key: 'a', path: '../b', mode: -1 }] } },
  { configMap: { name: 'x', items: [{ key: 'a', path: '/b' }], optional: true } },
  { secret: {} },
  { secret: { secretName: 's', defaultMode: -1 } },
  { secret: { secretName: 's', items: [{ key: 'k', path: 'a/../b' }] } },
  { persistentVolumeClaim: { claimName: '' } },
  { persistentVolumeClaim: { claimName: 'c', readOnly: true } },
  { persistentVolumeClaim: { claimName: 'BAD_' } },
  { downwardAPI: {} },
  { downwardAPI: { items: [{ path: '' }] } },
  { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'spec.nodeName' } }] } },
  { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.labels' } }] } },
  { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: "metadata.labels['a b']" } }] } },
  { downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'limits.cpu', containerName: 'c' } }] } },
  { downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'nope' } }] } },
  {
    downwardAPI: {
      items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' }, resourceFieldRef: { resource: 'limits.cpu' } }],
    },
  },
  { projected: {} },
  { projected: { sources: [{}] } },
  { projected: { sources: [{ secret: { name: 's' }, configMap: { name: 'c' } }] } },
  { projected: { sources: [{ serviceAccountToken: { path: '' } }] } },
  { projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 10 } }] } },
  { projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
  {
    projected: {
      sources: [
        { secret: { name: 's', items: [{ key: 'a', path: 'p' }] } },
        { configMap: { name: 'c', items: [{ key: 'b', path: 'p' }] } },
      ],
    },
  },
  { projected: { sources: [{ clusterTrustBundle: { name: 'x', signerName: 'y', path: 'p' } }] } },
  { projected: { defaultMode: 8888, sources: [] } },
  { nfs: { server: '', path: '' } },
  { nfs: { server: 's', path: '/../x' } },
  { csi: { driver: '' } },
  { csi: { driver: 'd.example.com', volumeAttributes: { a: 'b' }, nodePublishSecretRef: { name: '' } } },
  { ephemeral: {} },
  { ephemeral: { volumeClaimTemplate: { spec: {} } } },
  {
    ephemeral: {
      volumeClaimTemplate: {
        metadata: { name: 'x' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    },
  },
  {
    ephemeral: {
      volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    },
  },
  { iscsi: { targetPortal: 'x', iqn: 'bad', lun: 0 } },
  { gitRepo: { repository: '' } },
  { image: { reference: '' } },
  { image: { reference: 'r', pullPolicy: 'Nope' } },
  { image: { reference: 'r' } },
  { fc: { targetWWNs: ['x'] } },
  { glusterfs: { endpoints: '', path: '' } },
  { nope: {} },
];

const mounts: readonly Fields[] = [
  { name: 'v', mountPath: '' },
  { name: 'v', mountPath: 'x' },
  { name: 'v', mountPath: '/x:y' },
  { name: '', mountPath: '/x' },
  { name: 'v', mountPath: '/x', subPath: '/abs' },
  { name: 'v', mountPath: '/x', subPath: 'a/../b' },
  { name: 'v', mountPath: '/x', subPath: 'a', subPathExpr: '$(A)' },
  { name: 'v', mountPath: '/x', subPathExpr: '../x' },
  { name: 'v', mountPath: '/x', mountPropagation: 'Bidirectional' },
  { name: 'v', mountPath: '/x', mountPropagation: 'HostToContainer' },
  { name: 'v', mountPath: '/x', recursiveReadOnly: 'Enabled' },
  { name: 'v', mountPath: '/x', readOnly: true, recursiveReadOnly: 'Nope' },
  { name: 'v', mountPath: '/x', readOnly: true, recursiveReadOnly: 'Enabled', mountPropagation: 'HostToContainer' },
];

const specs: readonly Fields[] = [
  { restartPolicy: 'X' },
  { restartPolicy: '' },
  { dnsPolicy: 'X' },
  { dnsPolicy: 'None' },
  { dnsPolicy: 'None', dnsConfig: { nameservers: ['x', '1.1.1.1', '2.2.2.2', '3.3.3.3'] } },
  { dnsConfig: { searches: ['a b', 'x.y'], options: [{ name: '' }, { name: 'ndots', value: '2' }] } },
  { dnsConfig: { searches: Array.from({ length: 33 }, (_, n) => `s${n}.example.com`) } },
  { hostNetwork: true },
  { hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80 }] }] },
  { hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 81 }] }] },
  { hostPID: true, shareProcessNamespace: true },
  { hostUsers: false, hostNetwork: true },
  { hostUsers: false },
  { hostname: 'BAD_' },
  { hostname: 'a.b', subdomain: 'c.d' },
  { setHostnameAsFQDN: true },
  { hostnameOverride: 'x' },
  { hostAliases: [{ ip: 'x', hostnames: ['a_b'] }, { ip: '' }] },
  { nodeSelector: { 'a b': 'c' } },
  { nodeSelector: { a: 'b c' } },
  { nodeName: 'BAD_' },
  { serviceAccountName: 'none' },
  { serviceAccountName: 'BAD_' },
  { serviceAccount: 'default' },
  { automountServiceAccountToken: false },
  { terminationGracePeriodSeconds: -1 },
  { terminationGracePeriodSeconds: 0 },
  { activeDeadlineSeconds: 0 },
  { activeDeadlineSeconds: 2147483648 },
  { priority: 5 },
  { priority: 0 },
  { priorityClassName: 'none' },
  { priorityClassName: 'system-node-critical' },
  { preemptionPolicy: 'X' },
  { preemptionPolicy: 'Never' },
  { runtimeClassName: 'none' },
  { runtimeClassName: 'BAD_' },
  { schedulerName: '' },
  { schedulingGates: [{ name: 'a/b' }, { name: 'a/b' }] },
  { schedulingGates: [{ name: 'bad name' }] },
  { schedulingGates: [{ name: 'example.com/x' }], nodeName: 'n' },
  { readinessGates: [{ conditionType: 'bad type' }] },
  { readinessGates: [{ conditionType: 'example.com/x' }] },
  { overhead: { cpu: '1' } },
  { os: { name: 'x' } },
  { os: { name: 'windows' } },
  { os: { name: 'windows' }, hostPID: true, securityContext: { runAsUser: 1, fsGroup: 2 } },
  { os: { name: 'linux' }, securityContext: { windowsOptions: { runAsUserName: 'x' } } },
  { enableServiceLinks: false },
  { imagePullSecrets: [{ name: '' }] },
  { imagePullSecrets: [{ name: 'a' }, { name: 'a' }] },
  { securityContext: { runAsUser: -1 } },
  { securityContext: { fsGroup: -1, supplementalGroups: [-2] } },
  { securityContext: { sysctls: [{ name: 'bad name', value: '' }] } },
  {
    securityContext: {
      sysctls: [
        { name: 'kernel.shm', value: '1' },
        { name: 'kernel.shm', value: '2' },
      ],
    },
  },
  { securityContext: { sysctls: [{ name: 'net.ipv4.x', value: '1' }] }, hostNetwork: true },
  { securityContext: { seccompProfile: { type: 'X' } } },
  { securityContext: { seccompProfile: { type: 'Localhost' } } },
  { securityContext: { seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'x' } } },
  { securityContext: { appArmorProfile: { type: 'Localhost' } } },
  { securityContext: { appArmorProfile: { type: 'Nope' } } },
  { securityContext: { fsGroupChangePolicy: 'X' } },
  { securityContext: { supplementalGroupsPolicy: 'X' } },
  { securityContext: { seLinuxChangePolicy: 'X' } },
  { securityContext: { windowsOptions: { gmsaCredentialSpecName: 'BAD_', hostProcess: true } } },
  { tolerations: [{ key: 'a', operator: 'X' }] },
  { tolerations: [{ operator: 'Equal' }] },
  { tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] },
  { tolerations: [{ key: 'a', effect: 'X' }] },
  { tolerations: [{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 5 }] },
  { tolerations: [{ key: 'a', effect: 'NoExecute', tolerationSeconds: 5 }] },
  { tolerations: [{ key: 'a b', value: 'c d' }] },
  { tolerations: [{ key: 'a', operator: 'Lt', value: '5' }] },
  { topologySpreadConstraints: [{}] },
  { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'a b', whenUnsatisfiable: 'X' }] },
  {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' },
      { maxSkew: 2, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' },
    ],
  },
  { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 }] },
  {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'z',
        whenUnsatisfiable: 'ScheduleAnyway',
        nodeAffinityPolicy: 'X',
        nodeTaintsPolicy: 'Y',
      },
    ],
  },
  {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {}, matchLabelKeys: ['a b'] },
    ],
  },
  {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', matchLabelKeys: ['a'] },
    ],
  },
  { affinity: {} },
  { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
  {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['x'] }] }],
        },
      },
    },
  },
  {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }] }],
        },
      },
    },
  },
  {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'spec.x', operator: 'Exists' }] }],
        },
      },
    },
  },
  {
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 0, preference: {} },
          { weight: 101, preference: {} },
        ],
      },
    },
  },
  { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } } },
  {
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'a b', labelSelector: { matchLabels: { 'a b': 'c' } }, namespaces: ['BAD_'] },
        ],
      },
    },
  },
  {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 200, podAffinityTerm: { topologyKey: '' } }],
      },
    },
  },
  {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'z', matchLabelKeys: ['a'], mismatchLabelKeys: ['a'], labelSelector: {} },
        ],
      },
    },
  },
  { resources: { requests: { cpu: '1' } } },
  { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } },
  { resources: { requests: { 'ephemeral-storage': '1' } } },
  { resourceClaims: [{ name: 'x' }] },
  { resourceClaims: [{ name: 'x', resourceClaimName: 'y', resourceClaimTemplateName: 'z' }] },
  {
    resourceClaims: [
      { name: 'x', resourceClaimName: 'y' },
      { name: 'x', resourceClaimName: 'z' },
    ],
  },
  { containers: [] },
  { containers: [container, container] },
  { containers: [{ name: 'c' }] },
  { containers: [{ name: 'c', image: ' x ' }] },
  { containers: [{ image: 'x' }] },
  {
    containers: [
      { name: 'c', image: 'x:latest' },
      { name: 'd', image: 'x@sha256:abc' },
    ],
  },
  { containers: [{ ...container, imagePullPolicy: 'X' }] },
  { containers: [{ ...container, restartPolicy: 'OnFailure' }] },
  { containers: [{ ...container, ports: [{ containerPort: 0 }] }] },
  {
    containers: [
      {
        ...container,
        ports: [
          { containerPort: 80, name: 'a' },
          { containerPort: 81, name: 'a' },
        ],
      },
    ],
  },
  { containers: [{ ...container, ports: [{ containerPort: 80, name: 'waytoolongname-xx' }] }] },
  { containers: [{ ...container, ports: [{ containerPort: 80, protocol: 'X' }] }] },
  {
    containers: [
      { ...container, ports: [{ containerPort: 80, hostPort: 80 }] },
      { name: 'd', image: 'x', ports: [{ containerPort: 81, hostPort: 80 }] },
    ],
  },
  { containers: [{ ...container, env: [{ name: '' }] }] },
  { containers: [{ ...container, env: [{ name: 'a b=c', value: 'x' }] }] },
  {
    containers: [
      { ...container, env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
    ],
  },
  { containers: [{ ...container, env: [{ name: 'A', valueFrom: {} }] }] },
  { containers: [{ ...container, env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nope' } } }] }] },
  { containers: [{ ...container, env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } }] }] },
  {
    containers: [
      { ...container, env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v9' } } }] },
    ],
  },
  {
    containers: [
      { ...container, env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '3' } } }] },
    ],
  },
  { containers: [{ ...container, env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: '' } } }] }] },
  {
    containers: [{ ...container, env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'BAD_', key: 'a b' } } }] }],
  },
  { containers: [{ ...container, envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'b' } }] }] },
  { containers: [{ ...container, resources: { limits: { cpu: '-1' } } }] },
  { containers: [{ ...container, resources: { limits: { memory: '1Gi' } } }] },
  {
    containers: [
      {
        ...container,
        resources: { requests: { 'hugepages-2Mi': '3Mi' }, limits: { 'hugepages-2Mi': '3Mi', cpu: '1' } },
      },
    ],
  },
  {
    containers: [
      { ...container, resources: { requests: { 'nvidia.com/gpu': '1' }, limits: { 'nvidia.com/gpu': '2' } } },
    ],
  },
  { containers: [{ ...container, resources: { requests: { 'nvidia.com/gpu': '0.5' } } }] },
  { containers: [{ ...container, resources: { requests: { storage: '1Gi' } } }] },
  { containers: [{ ...container, resources: { requests: { cpu: 'x' } } }] },
  { containers: [{ ...container, resources: { requests: { cpu: 0.5, memory: 1000 } } }] },
  { containers: [{ ...container, livenessProbe: {} }] },
  { containers: [{ ...container, livenessProbe: { httpGet: { path: '/x', port: 'http' }, initialDelaySeconds: -1 } }] },
  { containers: [{ ...container, livenessProbe: { exec: { command: [] } } }] },
  { containers: [{ ...container, livenessProbe: { tcpSocket: { port: 'x'.repeat(16) } } }] },
  {
    containers: [{ ...container, startupProbe: { grpc: { port: 70000 }, successThreshold: 3, failureThreshold: -1 } }],
  },
  { containers: [{ ...container, livenessProbe: { exec: { command: ['x'] }, terminationGracePeriodSeconds: 0 } }] },
  {
    containers: [
      { ...container, lifecycle: { preStop: { httpGet: { port: 0 } }, postStart: { tcpSocket: { port: 1 } } } },
    ],
  },
  { containers: [{ ...container, lifecycle: { preStop: { sleep: { seconds: 100 } } } }] },
  { containers: [{ ...container, lifecycle: {} }] },
  { containers: [{ ...container, securityContext: { privileged: true, allowPrivilegeEscalation: false } }] },
  { containers: [{ ...container, securityContext: { runAsNonRoot: true, runAsUser: 0 } }] },
  {
    containers: [{ ...container, securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: '/x' } } }],
  },
  { containers: [{ ...container, terminationMessagePath: 'x' }] },
  { initContainers: [{ name: 'c', image: 'x' }] },
  { initContainers: [{ name: 'i', image: 'x', readinessProbe: { exec: { command: ['x'] } } }] },
  { initContainers: [{ name: 'i', image: 'x', lifecycle: { preStop: { exec: { command: ['x'] } } } }] },
  {
    initContainers: [{ name: 'i', image: 'x', restartPolicy: 'Always', readinessProbe: { exec: { command: ['x'] } } }],
  },
  { initContainers: [{ name: 'i', image: 'x', restartPolicy: 'Never' }] },
  { initContainers: [{ name: 'i' }] },
  { ephemeralContainers: [{ name: 'e', image: 'x' }] },
  { securityContext: null, nodeSelector: null, containers: [{ ...container, command: null, args: null }] },
];

const metas: readonly Fields[] = [
  { annotations: { 'container.apparmor.security.beta.kubernetes.io/c': 'nope' } },
  { annotations: { 'container.seccomp.security.alpha.kubernetes.io/c': 'runtime/default' } },
  { annotations: { 'kubernetes.io/config.mirror': 'x' } },
  { annotations: { 'scheduler.alpha.kubernetes.io/preferAvoidPods': 'x' } },
  { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '01' } },
  { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '5' } },
  { annotations: { 'scheduler.alpha.kubernetes.io/tolerations': 'x' } },
  { name: 'A' },
  { name: 'a'.repeat(254) },
];

const changes: readonly [string, Fields][] = [
  ['image', { spec: { containers: [{ name: 'c', image: 'other' }] } }],
  ['image to none', { spec: { containers: [{ name: 'c', image: '' }] } }],
  ['a container more', { spec: { containers: [container, { name: 'd', image: 'x' }] } }],
  ['a container less', { spec: { containers: [] } }],
  ['command', { spec: { containers: [{ ...container, command: ['x'] }] } }],
  ['env', { spec: { containers: [{ ...container, env: [{ name: 'A', value: 'b' }] }] } }],
  ['resources', { spec: { containers: [{ ...container, resources: { requests: { cpu: '1' } } }] } }],
  ['restartPolicy', { spec: { restartPolicy: 'Never' } }],
  ['nodeName', { spec: { nodeName: 'n' } }],
  ['nodeSelector', { spec: { nodeSelector: { a: 'b' } } }],
  ['priority', { spec: { priority: 9 } }],
  ['serviceAccountName', { spec: { serviceAccountName: 'x' } }],
  ['tolerations more', { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } }],
  ['activeDeadlineSeconds', { spec: { activeDeadlineSeconds: 10 } }],
  ['activeDeadlineSeconds negative', { spec: { activeDeadlineSeconds: -10 } }],
  ['terminationGracePeriodSeconds', { spec: { terminationGracePeriodSeconds: 1 } }],
  ['volumes', { spec: { volumes: [{ name: 'v', emptyDir: {} }] } }],
  ['hostNetwork', { spec: { hostNetwork: true } }],
  ['schedulingGates', { spec: { schedulingGates: [{ name: 'a' }] } }],
  ['labels', { metadata: { labels: { a: 'b' } } }],
  ['status', { status: { phase: 'Running' } }],
  ['hostname', { spec: { hostname: 'h' } }],
  ['dnsPolicy', { spec: { dnsPolicy: 'Default' } }],
  ['affinity', { spec: { affinity: { nodeAffinity: {} } } }],
];

export const podSpecCases: readonly Case[] = [
  ...volumes.map((volume) => create('volume', volume, { volumes: [{ name: 'v', ...volume }] })),
  ...mounts.map((mount) =>
    create('mount', mount, {
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [{ ...container, volumeMounts: [mount] }],
    }),
  ),
  ...specs.map((spec) => create('spec', spec, spec)),
  ...metas.map((meta) => create('metadata', meta, {}, meta)),
  ...changes.map(([name, patch]) =>
    one(
      `change of ${name}`,
      { path: pods, body: pod({}), quiet: true },
      { method: 'PATCH', path: `${pods}/a`, body: patch, type: merge },
    ),
  ),
];
