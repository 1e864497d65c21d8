/** Probes of workloads: the story of an object from its creation to its end, with its subresources and several managers. */
import type { Case, Step } from '../../harness.ts';
import {
  apply,
  container,
  get,
  labels,
  nameOf,
  never,
  patch,
  pathOf,
  post,
  put,
  remove,
  selector,
  table,
  template,
  time,
} from '../../probes.objects.ts';
import { at, casesOf, type Fields, gone, quiet } from '../../steps.ts';

const one = casesOf('probes-kinds', 'story: ');
const set = { selector, template };
const full: Fields = {
  metadata: { labels, annotations: { 'x.io/note': 'n' } },
  spec: {
    serviceAccountName: 'default',
    terminationGracePeriodSeconds: 10,
    initContainers: [{ name: 'i', image: 'busybox:1', command: ['true'], restartPolicy: 'Always' }],
    containers: [
      {
        ...container,
        ports: [{ containerPort: 80, name: 'http' }],
        env: [
          { name: 'A', value: '1' },
          { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
          { name: 'D', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        ],
        envFrom: [{ prefix: 'P_', configMapRef: { name: 'm' } }],
        resources: { requests: { cpu: '0.1' }, limits: { cpu: '1000m', memory: '1024Mi' } },
        livenessProbe: { httpGet: { port: 'http' } },
        readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 3 },
        startupProbe: { grpc: { port: 90 } },
        lifecycle: { preStop: { sleep: { seconds: 3 } } },
        volumeMounts: [{ name: 'e', mountPath: '/e' }],
      },
    ],
    volumes: [
      { name: 'e', emptyDir: { sizeLimit: '1024Mi' } },
      { name: 'c', configMap: { name: 'm' } },
      { name: 's', secret: { secretName: 's', items: [{ key: 'a', path: 'b' }] } },
      { name: 'd', downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      {
        name: 'p',
        projected: {
          sources: [{ serviceAccountToken: { path: 't' } }, { clusterTrustBundle: { name: 'x', path: 'y' } }],
        },
      },
      { name: 'h', hostPath: { path: '/x' } },
    ],
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: selector } },
        ],
      },
    },
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: selector },
    ],
  },
};
const scaleOf = (kind: string, spec: Fields, meta: Fields = {}): Step => ({
  method: 'PUT',
  path: `${pathOf(kind)}/a/scale`,
  body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a', namespace: '{ns}', ...meta }, spec },
});
/** From creation to deletion with everything a user does in between. */
const life = (kind: string, spec: Fields, status: Fields, change: Fields): Case =>
  one(
    `${kind}: from creation to deletion`,
    post(kind, { spec }),
    patch(kind, { status }, 'merge', '/status'),
    table(get(kind)),
    patch(kind, change),
    get(kind, '/status'),
    apply(kind, { metadata: { name: nameOf(kind), labels: { by: 'two' } } }, 'two'),
    apply(kind, { spec }, 'two'),
    { ...remove(kind, { propagationPolicy: 'Background' }), view: (body) => at(body, 'details.name') ?? body },
    { ...get(kind), until: gone },
  );

const status = { replicas: 3, readyReplicas: 2, availableReplicas: 1, observedGeneration: 1 };

export const workloadStories: readonly Case[] = [
  life('Deployment', set, { ...status, updatedReplicas: 2, unavailableReplicas: 2 }, { spec: { replicas: 3 } }),
  life('ReplicaSet', set, { ...status, fullyLabeledReplicas: 2 }, { spec: { minReadySeconds: 3 } }),
  life(
    'StatefulSet',
    { ...set, serviceName: 's' },
    { ...status, currentRevision: 'a-1', updateRevision: 'a-2', currentReplicas: 1, collisionCount: 1 },
    { spec: { replicas: 3 } },
  ),
  life(
    'DaemonSet',
    set,
    {
      currentNumberScheduled: 3,
      desiredNumberScheduled: 4,
      numberMisscheduled: 1,
      numberReady: 2,
      updatedNumberScheduled: 1,
    },
    { spec: { template: { spec: { nodeSelector: { disk: 'ssd' } } } } },
  ),
  life('ReplicationController', { selector: labels, template }, status, { spec: { replicas: 2 } }),
  life(
    'CronJob',
    { schedule: '*/5 * * * *', jobTemplate: { spec: { template: never } } },
    { lastScheduleTime: time, active: [{ kind: 'Job', name: 'a-1', namespace: '{ns}' }] },
    { spec: { suspend: true, timeZone: 'Europe/Zurich' } },
  ),
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) =>
    one(`${kind}: a template with everything`, post(kind, { spec: { selector, template: full } })),
  ),
  one(
    'Job: a template with everything',
    post('Job', {
      spec: {
        completions: 3,
        parallelism: 2,
        completionMode: 'Indexed',
        backoffLimitPerIndex: 1,
        maxFailedIndexes: 2,
        podFailurePolicy: {
          rules: [
            { action: 'FailJob', onExitCodes: { operator: 'In', values: [1, 2] } },
            { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
          ],
        },
        successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 1 }] },
        suspend: true,
        template: { ...full, spec: { ...(full.spec as Fields), restartPolicy: 'Never' } },
      },
    }),
  ),
  one(
    'scale: by PUT, patch, apply and in conflict',
    quiet(apply('Deployment', { spec: { ...set, replicas: 2 } }, 'deployer')),
    get('Deployment', '/scale'),
    scaleOf('Deployment', { replicas: 5 }),
    patch('Deployment', { spec: { replicas: 6 } }, 'merge', '/scale'),
    patch('Deployment', [{ op: 'replace', path: '/spec/replicas', value: 7 }], 'json', '/scale'),
    patch('Deployment', { spec: { replicas: 8 } }, 'strategic', '/scale'),
    apply('Deployment', { spec: { ...set, replicas: 2 } }, 'deployer'),
    apply('Deployment', { spec: { ...set, replicas: 2 } }, 'deployer', '&force=true'),
    get('Deployment'),
  ),
  one(
    'scale: versions that are stale and wrong',
    quiet(post('StatefulSet', { spec: { ...set, serviceName: 's' } })),
    scaleOf('StatefulSet', { replicas: 1 }, { resourceVersion: '1' }),
    scaleOf('StatefulSet', { replicas: 1 }, { uid: 'ffffffff-0000-0000-0000-000000000000' }),
    scaleOf('StatefulSet', { replicas: -1 }),
    scaleOf('StatefulSet', {}),
    scaleOf('StatefulSet', { replicas: 1 }, { name: 'b' }),
    { ...scaleOf('StatefulSet', { replicas: 4 }), path: `${pathOf('StatefulSet')}/a/scale?dryRun=All` },
    get('StatefulSet', '/scale'),
    remove('StatefulSet', undefined, '/scale'),
    { method: 'DELETE', path: `${pathOf('StatefulSet')}/a/scale` },
    { path: `${pathOf('StatefulSet')}/a/scale`, body: {} },
    table(get('StatefulSet', '/scale')),
  ),
  one(
    'status: what status does not touch',
    quiet(post('Deployment', { spec: set })),
    put(
      'Deployment',
      { spec: { ...set, replicas: 9 }, status: { replicas: 4 } },
      { labels: { a: 'b' }, annotations: { c: 'd' } },
      '/status',
    ),
    put('Deployment', { spec: { ...set, replicas: 9 }, status: { replicas: 5 } }, { labels: { a: 'b' } }),
    patch('Deployment', { metadata: { finalizers: ['x.io/f'] }, status: { readyReplicas: 2 } }, 'strategic', '/status'),
    patch('Deployment', { status: { readyReplicas: 9, replicas: 3 } }, 'merge', '/status'),
    patch('Deployment', { status: { conditions: [{ type: 'Available', status: 'Maybe' }] } }, 'merge', '/status'),
    patch(
      'Deployment',
      {
        status: { conditions: [{ type: 'Available', status: 'True', lastUpdateTime: time, lastTransitionTime: time }] },
      },
      'strategic',
      '/status',
    ),
    patch('Deployment', { status: { conditions: [{ type: 'Progressing', status: 'True' }] } }, 'strategic', '/status'),
    patch('Deployment', { status: null }, 'merge', '/status'),
  ),
  one(
    'status: applied by a controller and taken by another',
    quiet(post('Deployment', { spec: set })),
    apply('Deployment', { status: { replicas: 3, conditions: [{ type: 'Available', status: 'True' }] } }, 'ctrl'),
    {
      ...apply('Deployment', { status: { replicas: 3, conditions: [{ type: 'Available', status: 'True' }] } }, 'ctrl'),
      path: `${pathOf('Deployment')}/a/status?fieldManager=ctrl`,
    },
    {
      ...apply('Deployment', { status: { replicas: 4 } }, 'other'),
      path: `${pathOf('Deployment')}/a/status?fieldManager=other`,
    },
    {
      ...apply('Deployment', { status: { replicas: 4 } }, 'other'),
      path: `${pathOf('Deployment')}/a/status?fieldManager=other&force=true`,
    },
    { ...apply('Deployment', { status: {} }, 'ctrl'), path: `${pathOf('Deployment')}/a/status?fieldManager=ctrl` },
    get('Deployment'),
  ),
  one(
    'Deployment: what may not change, one by one',
    quiet(post('Deployment', { spec: { ...set, revisionHistoryLimit: 3 } })),
    patch('Deployment', {
      spec: { selector: { matchLabels: { app: 'y' } }, template: { metadata: { labels: { app: 'y' } } } },
    }),
    patch('Deployment', { spec: { selector: null } }),
    patch('Deployment', { spec: { template: null } }),
    patch('Deployment', { spec: { progressDeadlineSeconds: 1, minReadySeconds: 2 } }),
    patch('Deployment', { spec: { strategy: { rollingUpdate: { maxSurge: '30' } } } }),
    patch('Deployment', { spec: { strategy: { rollingUpdate: { maxSurge: '130%', maxUnavailable: '130%' } } } }),
    patch('Deployment', { spec: { strategy: { type: 'Other' } } }),
    patch('Deployment', { spec: { revisionHistoryLimit: null, progressDeadlineSeconds: null } }),
    patch('Deployment', { spec: { template: { spec: { activeDeadlineSeconds: 3 } } } }),
  ),
  one(
    'StatefulSet: what may not change, one by one',
    quiet(post('StatefulSet', { spec: { ...set, serviceName: 's' } })),
    patch('StatefulSet', { spec: { serviceName: 't' } }),
    patch('StatefulSet', { spec: { podManagementPolicy: 'Parallel' } }),
    patch('StatefulSet', { spec: { selector: { matchLabels: { app: 'y' } } } }),
    patch('StatefulSet', { spec: { volumeClaimTemplates: [{ metadata: { name: 'v' }, spec: {} }] } }),
    patch('StatefulSet', { spec: { revisionHistoryLimit: 4, minReadySeconds: 3, ordinals: { start: 2 } } }),
    patch('StatefulSet', { spec: { updateStrategy: { type: 'OnDelete' } } }),
    patch('StatefulSet', { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }),
    patch('StatefulSet', { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } }),
    patch('StatefulSet', { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Maybe' } } }),
    patch('StatefulSet', { spec: { ordinals: { start: -1 } } }),
  ),
  one(
    'DaemonSet: what may not change, one by one',
    quiet(post('DaemonSet', { spec: set })),
    patch('DaemonSet', {
      spec: { selector: { matchLabels: { app: 'y' } }, template: { metadata: { labels: { app: 'y' } } } },
    }),
    patch('DaemonSet', { spec: { updateStrategy: { rollingUpdate: { maxSurge: 1 } } } }),
    patch('DaemonSet', { spec: { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } }),
    patch('DaemonSet', { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }),
    patch('DaemonSet', { spec: { updateStrategy: { type: 'Other' } } }),
    patch('DaemonSet', { spec: { template: { spec: { restartPolicy: 'Never' } } } }),
    patch('DaemonSet', { spec: { revisionHistoryLimit: -1, minReadySeconds: -1 } }),
    patch('DaemonSet', { metadata: { generation: 9 }, spec: { templateGeneration: 4 } }),
  ),
  one(
    'ReplicaSet: what may not change, one by one',
    quiet(post('ReplicaSet', { spec: set })),
    patch('ReplicaSet', { spec: { selector: { matchLabels: { app: 'y' } } } }),
    patch('ReplicaSet', {
      spec: { selector: { matchLabels: { app: 'y' } }, template: { metadata: { labels: { app: 'y' } } } },
    }),
    patch('ReplicaSet', { spec: { selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } } }),
    patch('ReplicaSet', { spec: { selector: { matchLabels: null } } }),
    patch('ReplicaSet', { spec: { replicas: 'three' } }),
    patch('ReplicaSet', { spec: { replicas: 2147483648 } }),
    patch('ReplicaSet', { spec: { replicas: null } }),
  ),
];
