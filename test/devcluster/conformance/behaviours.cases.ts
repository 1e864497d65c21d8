/** What becomes of builtin objects over several requests: allocations, what may change, status beside spec, defaults. */
import type { Case, Step } from './harness.ts';
import { type Fields, merge, quiet } from './steps.ts';

const area = (name: string, ...steps: Step[]): Case => ({ area: 'behaviours', name, steps });
const labels = { app: 'x' };
const selector = { matchLabels: labels };
const container = { name: 'c', image: 'nginx' };
const template = { metadata: { labels }, spec: { containers: [container] } };
const never = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };

const places: { readonly [kind: string]: readonly [string, string] } = {
  ConfigMap: ['v1', 'configmaps'],
  CronJob: ['batch/v1', 'cronjobs'],
  DaemonSet: ['apps/v1', 'daemonsets'],
  Deployment: ['apps/v1', 'deployments'],
  Endpoints: ['v1', 'endpoints'],
  EndpointSlice: ['discovery.k8s.io/v1', 'endpointslices'],
  HorizontalPodAutoscaler: ['autoscaling/v2', 'horizontalpodautoscalers'],
  Ingress: ['networking.k8s.io/v1', 'ingresses'],
  Job: ['batch/v1', 'jobs'],
  Lease: ['coordination.k8s.io/v1', 'leases'],
  LimitRange: ['v1', 'limitranges'],
  NetworkPolicy: ['networking.k8s.io/v1', 'networkpolicies'],
  PersistentVolumeClaim: ['v1', 'persistentvolumeclaims'],
  Pod: ['v1', 'pods'],
  PodDisruptionBudget: ['policy/v1', 'poddisruptionbudgets'],
  ReplicaSet: ['apps/v1', 'replicasets'],
  ReplicationController: ['v1', 'replicationcontrollers'],
  ResourceQuota: ['v1', 'resourcequotas'],
  Role: ['rbac.authorization.k8s.io/v1', 'roles'],
  RoleBinding: ['rbac.authorization.k8s.io/v1', 'rolebindings'],
  Secret: ['v1', 'secrets'],
  Service: ['v1', 'services'],
  ServiceAccount: ['v1', 'serviceaccounts'],
  StatefulSet: ['apps/v1', 'statefulsets'],
};
const clusterPlaces: { readonly [kind: string]: readonly [string, string] } = {
  Namespace: ['v1', 'namespaces'],
  Node: ['v1', 'nodes'],
  PersistentVolume: ['v1', 'persistentvolumes'],
  PriorityClass: ['scheduling.k8s.io/v1', 'priorityclasses'],
  StorageClass: ['storage.k8s.io/v1', 'storageclasses'],
  IngressClass: ['networking.k8s.io/v1', 'ingressclasses'],
  ClusterRole: ['rbac.authorization.k8s.io/v1', 'clusterroles'],
};

const groupOf = (kind: string): string => (places[kind] ?? clusterPlaces[kind])?.[0] ?? '';
function pathOf(kind: string): string {
  const namespaced = places[kind];
  const [group = '', plural = ''] = namespaced ?? clusterPlaces[kind] ?? [];
  const root = group.includes('/') ? `/apis/${group}` : `/api/${group}`;
  return namespaced === undefined ? `${root}/${plural}` : `${root}/namespaces/{ns}/${plural}`;
}
const nameOf = (kind: string): string => (places[kind] === undefined ? 'b-{ns}' : 'a');
const body = (kind: string, fields: Fields, meta: Fields = {}): Fields => ({
  apiVersion: groupOf(kind),
  kind,
  metadata: { name: nameOf(kind), ...meta },
  ...fields,
});
const post = (kind: string, fields: Fields, meta: Fields = {}): Step => ({
  path: pathOf(kind),
  body: body(kind, fields, meta),
});
const patch = (kind: string, change: Fields, sub = ''): Step => ({
  method: 'PATCH',
  path: `${pathOf(kind)}/${nameOf(kind)}${sub}`,
  body: change,
  type: merge,
});
const put = (kind: string, fields: Fields, meta: Fields = {}, sub = ''): Step => ({
  method: 'PUT',
  path: `${pathOf(kind)}/${nameOf(kind)}${sub}`,
  body: body(kind, fields, meta),
});
const get = (kind: string, sub = ''): Step => ({ path: `${pathOf(kind)}/${nameOf(kind)}${sub}` });
const status = (kind: string, change: Fields): Step => patch(kind, { status: change }, '/status');
const time = '2026-01-02T03:04:05Z';

/** Quiet first steps: addresses and ports that are picked at random are of no matter. */
const ports = [{ name: 'a', port: 80 }];

const services: Case[] = [
  area(
    'node ports: one that is taken',
    quiet(
      post('Service', { spec: { type: 'NodePort', clusterIP: '10.0.0.77', ports: [{ port: 80, nodePort: 30717 }] } }),
    ),
    post('Service', { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30717 }] } }, { name: 'b' }),
    post('Service', { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 20000 }] } }, { name: 'c' }),
  ),
  area(
    'node ports: two protocols on one',
    post('Service', {
      spec: {
        type: 'NodePort',
        clusterIP: '10.0.0.78',
        ports: [
          { name: 'a', port: 80, nodePort: 30718 },
          { name: 'b', port: 80, protocol: 'UDP', nodePort: 30718 },
        ],
      },
    }),
    patch('Service', {
      spec: {
        ports: [
          { name: 'a', port: 80, nodePort: 30718 },
          { name: 'b', port: 81, nodePort: 30718 },
        ],
      },
    }),
  ),
  area(
    'addresses: one that is taken',
    post('Service', { spec: { clusterIP: '10.0.0.79', ports } }),
    post('Service', { spec: { clusterIP: '10.0.0.79', ports } }, { name: 'b' }),
    { method: 'DELETE', path: `${pathOf('Service')}/a` },
    post('Service', { spec: { clusterIP: '10.0.0.79', ports } }, { name: 'b' }),
  ),
  area(
    'addresses: out of range',
    post('Service', { spec: { clusterIP: '10.1.0.79', ports } }),
    post('Service', { spec: { clusterIP: '10.0.0.0', ports } }),
    post('Service', { spec: { clusterIP: '10.0.0.255', ports } }),
    post('Service', { spec: { clusterIP: '10.96.0.10', ports } }),
  ),
  area(
    'types one after the other',
    post('Service', { spec: { clusterIP: '10.0.0.80', ports: [{ port: 80 }] } }),
    patch('Service', { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30719 }] } }),
    patch('Service', { spec: { type: 'LoadBalancer' } }),
    patch('Service', { spec: { externalTrafficPolicy: 'Local', healthCheckNodePort: 30720 } }),
    patch('Service', { spec: { healthCheckNodePort: 30721 } }),
    patch('Service', { spec: { type: 'ClusterIP' } }),
    patch('Service', { spec: { type: 'ExternalName', externalName: 'a.b' } }),
    patch('Service', {
      spec: {
        type: 'ExternalName',
        externalName: 'a.b',
        clusterIP: null,
        clusterIPs: null,
        ipFamilies: null,
        ipFamilyPolicy: null,
      },
    }),
    patch('Service', { spec: { type: 'ClusterIP', clusterIP: '10.0.0.81' } }),
  ),
  area(
    'a headless one',
    post('Service', { spec: { clusterIP: 'None', ports } }),
    patch('Service', { spec: { clusterIP: '10.0.0.82' } }),
    patch('Service', { spec: { ports: null } }),
    patch('Service', { spec: { selector: { a: 'b' }, publishNotReadyAddresses: true } }),
    status('Service', { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } }),
  ),
  area(
    'a balancer',
    post('Service', {
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.0.0.83',
        allocateLoadBalancerNodePorts: false,
        loadBalancerClass: 'a.b/c',
        ports: [{ port: 80 }],
      },
    }),
    patch('Service', { spec: { loadBalancerClass: 'a.b/d' } }),
    status('Service', {
      loadBalancer: {
        ingress: [{ ip: '1.2.3.4', ipMode: 'Proxy', ports: [{ port: 80, protocol: 'TCP' }] }, { hostname: 'x.y' }],
      },
    }),
    status('Service', {
      loadBalancer: { ingress: [{ ip: 'x' }, { hostname: 'BAD_' }, { ip: '1.2.3.4', ipMode: 'X' }] },
    }),
    status('Service', {
      conditions: [{ type: 'A', status: 'True', reason: 'R', message: '', lastTransitionTime: time }],
    }),
    patch('Service', { spec: { type: 'ClusterIP', loadBalancerClass: null } }),
  ),
  area(
    'two stacks',
    post('Service', { spec: { clusterIP: '10.0.0.84', ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'], ports } }),
    patch('Service', { spec: { ipFamilyPolicy: 'PreferDualStack' } }),
    patch('Service', { spec: { ipFamilies: ['IPv4', 'IPv6'] } }),
    patch('Service', { spec: { ipFamilyPolicy: 'RequireDualStack' } }),
    patch('Service', { spec: { clusterIPs: ['10.0.0.84', '::1'] } }),
  ),
  area(
    'replaced without an address',
    post('Service', { spec: { clusterIP: '10.0.0.85', ports } }),
    put('Service', { spec: { ports: [{ port: 90 }] } }),
    put('Service', { spec: { clusterIP: '10.0.0.86', ports } }),
  ),
  area(
    'affinity',
    post('Service', { spec: { clusterIP: '10.0.0.87', sessionAffinity: 'ClientIP', ports } }),
    patch('Service', { spec: { sessionAffinity: 'None' } }),
    patch('Service', { spec: { sessionAffinity: 'None', sessionAffinityConfig: null } }),
  ),
];

const deployment = { spec: { selector, template } };
const workloads: Case[] = [
  area(
    'Deployment: generations',
    post('Deployment', deployment),
    patch('Deployment', { metadata: { labels: { a: 'b' } } }),
    patch('Deployment', { spec: { replicas: 2 } }),
    patch('Deployment', { spec: { replicas: 2 } }),
    status('Deployment', { observedGeneration: 2, replicas: 2 }),
    patch('Deployment', { metadata: { annotations: { a: 'b' } } }),
    put('Deployment', deployment),
    get('Deployment', '/scale'),
  ),
  area(
    'Deployment: status that is wrong',
    quiet(post('Deployment', deployment)),
    status('Deployment', { replicas: -1, readyReplicas: 5, availableReplicas: 9 }),
    status('Deployment', { observedGeneration: -1 }),
    status('Deployment', { replicas: 1, updatedReplicas: 2 }),
    status('Deployment', { conditions: [{ type: 'X', status: 'Maybe' }] }),
    status('Deployment', { collisionCount: -1 }),
    status('Deployment', { replicas: 'x' }),
  ),
  area(
    'Deployment: strategies',
    quiet(post('Deployment', deployment)),
    patch('Deployment', { spec: { strategy: { type: 'Recreate' } } }),
    patch('Deployment', { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }),
    patch('Deployment', { spec: { strategy: { type: 'RollingUpdate' } } }),
    patch('Deployment', { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } }),
    patch('Deployment', { spec: { minReadySeconds: 700 } }),
    patch('Deployment', { spec: { progressDeadlineSeconds: null } }),
  ),
  area(
    'Deployment: template',
    quiet(post('Deployment', deployment)),
    patch('Deployment', {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'c',
                image: 'x',
                ports: [
                  { containerPort: 80, name: 'http' },
                  { containerPort: 81, name: 'http' },
                ],
              },
            ],
          },
        },
      },
    }),
    patch('Deployment', { spec: { template: { metadata: { labels: { app: 'y' } } } } }),
    patch('Deployment', {
      spec: {
        template: {
          spec: { serviceAccountName: 'x', nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }] },
        },
      },
    }),
    patch('Deployment', {
      spec: {
        template: {
          spec: { hostNetwork: true, containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80 }] }] },
        },
      },
    }),
    patch('Deployment', {
      spec: {
        template: {
          spec: {
            volumes: [{ name: 'v' }],
            containers: [{ name: 'c', image: 'x', volumeMounts: [{ name: 'w', mountPath: '/x' }] }],
          },
        },
      },
    }),
  ),
  area(
    'ReplicaSet',
    post('ReplicaSet', { spec: { selector, template } }),
    patch('ReplicaSet', { spec: { replicas: 0 } }),
    status('ReplicaSet', { replicas: -1 }),
    status('ReplicaSet', { replicas: 1, readyReplicas: 2, fullyLabeledReplicas: 3 }),
    get('ReplicaSet', '/scale'),
    patch('ReplicaSet', { spec: { template: { metadata: { labels: { app: 'z' } } } } }),
  ),
  area(
    'ReplicationController',
    post('ReplicationController', { spec: { template } }),
    patch('ReplicationController', { spec: { replicas: 3 } }),
    get('ReplicationController', '/scale'),
    patch('ReplicationController', { spec: { replicas: 5 } }, '/scale'),
    status('ReplicationController', { replicas: 2, readyReplicas: 3 }),
  ),
  area(
    'StatefulSet',
    post('StatefulSet', { spec: { serviceName: 's', selector, template } }),
    patch('StatefulSet', { spec: { serviceName: 't' } }),
    patch('StatefulSet', { spec: { updateStrategy: { rollingUpdate: { partition: 3 } } } }),
    patch('StatefulSet', {
      spec: {
        volumeClaimTemplates: [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    }),
    patch('StatefulSet', { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } }),
    patch('StatefulSet', { spec: { ordinals: { start: 2 } } }),
    patch('StatefulSet', { spec: { selector: { matchLabels: { app: 'y' } } } }),
    status('StatefulSet', { replicas: 3, readyReplicas: 4, currentReplicas: 5 }),
    status('StatefulSet', { replicas: -3 }),
    get('StatefulSet', '/scale'),
  ),
  area(
    'StatefulSet: claims',
    post('StatefulSet', {
      spec: {
        serviceName: 's',
        selector,
        template,
        volumeClaimTemplates: [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    }),
    patch('StatefulSet', { spec: { volumeClaimTemplates: null } }),
  ),
  area(
    'DaemonSet',
    post('DaemonSet', { spec: { selector, template } }),
    patch('DaemonSet', { spec: { template: { spec: { containers: [{ name: 'c', image: 'y' }] } } } }),
    patch('DaemonSet', { spec: { updateStrategy: { type: 'OnDelete' } } }),
    patch('DaemonSet', { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }),
    status('DaemonSet', { currentNumberScheduled: -1, numberReady: -2 }),
    patch('DaemonSet', { spec: { selector: { matchLabels: { a: 'b' } } } }),
    patch('DaemonSet', { spec: { template: { spec: { restartPolicy: 'Never' } } } }),
  ),
];

const job = (more: Fields = {}): Fields => ({ spec: { managedBy: 'example.com/x', template: never, ...more } });
const done = (type: string, value = 'True'): Fields => ({
  type,
  status: value,
  reason: 'R',
  message: 'm',
  lastProbeTime: time,
  lastTransitionTime: time,
});
const batch: Case[] = [
  area('Job: defaults', post('Job', job()), get('Job', '/status')),
  area(
    'Job: what may change',
    quiet(post('Job', job({ completions: 3, parallelism: 2 }))),
    patch('Job', { spec: { parallelism: 5 } }),
    patch('Job', { spec: { completions: 4 } }),
    patch('Job', { spec: { template: { spec: { containers: [{ name: 'c', image: 'other' }] } } } }),
    patch('Job', { spec: { suspend: true } }),
    patch('Job', { spec: { template: { metadata: { labels: { x: 'y' } } } } }),
    patch('Job', { spec: { activeDeadlineSeconds: 10, backoffLimit: 3, ttlSecondsAfterFinished: 1 } }),
    patch('Job', { spec: { completionMode: 'Indexed' } }),
    patch('Job', { spec: { managedBy: 'other.com/y' } }),
    patch('Job', { spec: { podFailurePolicy: { rules: [] } } }),
  ),
  area(
    'Job: suspended',
    quiet(post('Job', job({ suspend: true }))),
    patch('Job', { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } }),
    patch('Job', {
      spec: {
        template: { spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '1' } } }] } },
      },
    }),
    patch('Job', { spec: { template: { spec: { containers: [{ name: 'c', image: 'z' }] } } } }),
    patch('Job', {
      spec: { template: { spec: { tolerations: [{ operator: 'Exists' }] }, metadata: { labels: { q: 'r' } } } },
    }),
    patch('Job', { spec: { suspend: false } }),
    patch('Job', { spec: { template: { spec: { nodeSelector: null } } } }),
  ),
  area(
    'Job: indexed',
    post(
      'Job',
      job({ completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 1, maxFailedIndexes: 2 }),
    ),
    patch('Job', { spec: { completions: 5, parallelism: 5 } }),
    patch('Job', { spec: { completions: 6 } }),
    patch('Job', { spec: { backoffLimitPerIndex: 3 } }),
  ),
  area(
    'Job: status',
    quiet(post('Job', job())),
    status('Job', { active: 1, startTime: time, uncountedTerminatedPods: {} }),
    status('Job', { active: -1 }),
    status('Job', { succeeded: -1, failed: -1 }),
    status('Job', { startTime: null }),
    status('Job', { conditions: [done('Complete')], completionTime: time }),
    status('Job', {
      conditions: [done('SuccessCriteriaMet'), done('Complete')],
      completionTime: time,
      active: 0,
      succeeded: 1,
    }),
    status('Job', { conditions: [done('Failed')] }),
    status('Job', { conditions: null }),
  ),
  area(
    'Job: status of a failure',
    quiet(post('Job', job())),
    status('Job', { startTime: time, conditions: [done('FailureTarget'), done('Failed')], completionTime: time }),
    status('Job', {
      startTime: time,
      uncountedTerminatedPods: {},
      conditions: [done('FailureTarget'), done('Failed')],
    }),
    status('Job', { conditions: [done('FailureTarget'), done('Failed', 'False')] }),
  ),
  area(
    'Job: labels and selectors',
    post('Job', job({ manualSelector: true, selector: { matchLabels: { app: 'x' } } })),
    patch('Job', { spec: { selector: { matchLabels: { app: 'y' } } } }),
    patch('Job', { spec: { manualSelector: false } }),
  ),
  area(
    'CronJob',
    post('CronJob', { spec: { schedule: '0 * * * *', jobTemplate: { spec: { template: never } } } }),
    patch('CronJob', {
      spec: {
        schedule: '@daily',
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        suspend: true,
        startingDeadlineSeconds: 5,
      },
    }),
    patch('CronJob', { spec: { schedule: 'CRON_TZ=UTC 0 * * * *' } }),
    patch('CronJob', { spec: { schedule: '61 * * * *' } }),
    patch('CronJob', { spec: { timeZone: 'utc/../x' } }),
    patch('CronJob', { spec: { successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: null } }),
    status('CronJob', { lastScheduleTime: time, active: [{ kind: 'Job', name: 'j' }] }),
    get('CronJob'),
  ),
];

const network: Case[] = [
  area(
    'Ingress',
    post('Ingress', {
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
    }),
    status('Ingress', {
      loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'a.b', ports: [{ port: 80, protocol: 'TCP' }] }] },
    }),
    status('Ingress', { loadBalancer: { ingress: [{ ip: 'x', hostname: 'BAD_' }] } }),
    patch('Ingress', { spec: { rules: null } }),
    patch('Ingress', { spec: { defaultBackend: { service: { name: 's', port: { name: 'http' } } }, rules: null } }),
    patch('Ingress', { spec: { tls: [{ hosts: ['a.b'], secretName: 's' }] } }),
  ),
  area(
    'NetworkPolicy',
    post('NetworkPolicy', { spec: { podSelector: {} } }),
    post('NetworkPolicy', { spec: { podSelector: {}, egress: [{}] } }, { name: 'b' }),
    patch('NetworkPolicy', {
      spec: { ingress: [{ ports: [{ port: 80 }], from: [{ podSelector: { matchLabels: { a: 'b' } } }] }] },
    }),
    patch('NetworkPolicy', { spec: { policyTypes: ['Egress'] } }),
    patch('NetworkPolicy', { spec: { policyTypes: null } }),
  ),
  area(
    'EndpointSlice',
    post('EndpointSlice', { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.1.1'] }], ports: [{ port: 80 }] }),
    patch('EndpointSlice', { addressType: 'IPv6' }),
    patch('EndpointSlice', {
      endpoints: [{ addresses: ['10.1.1.2'], conditions: { ready: false }, zone: 'z', nodeName: 'n' }],
    }),
    patch('EndpointSlice', { ports: null }),
  ),
  area(
    'Endpoints',
    post('Endpoints', { subsets: [{ addresses: [{ ip: '10.3.3.3' }, { ip: '10.3.3.2' }], ports: [{ port: 80 }] }] }),
    put('Endpoints', { subsets: [] }),
    put('Endpoints', {
      subsets: [
        {
          addresses: [{ ip: '10.3.3.3' }],
          notReadyAddresses: [{ ip: '10.3.3.4', hostname: 'h', targetRef: { kind: 'Pod', name: 'p' } }],
          ports: [{ name: 'x', port: 81, protocol: 'UDP' }],
        },
      ],
    }),
  ),
  area(
    'IngressClass',
    post('IngressClass', { spec: { controller: 'a.b/c', parameters: { kind: 'K', name: 'n' } } }),
    patch('IngressClass', { spec: { controller: 'a.b/d' } }),
    patch('IngressClass', { spec: { parameters: null } }),
    patch('IngressClass', { spec: { parameters: { scope: 'Namespace' } } }),
  ),
];

const scaling: Case[] = [
  area(
    'autoscaler of two versions',
    post('HorizontalPodAutoscaler', {
      spec: { maxReplicas: 5, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } },
    }),
    { path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a' },
    {
      method: 'PATCH',
      path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a',
      body: { spec: { targetCPUUtilizationPercentage: 30 } },
      type: merge,
    },
    get('HorizontalPodAutoscaler'),
    patch('HorizontalPodAutoscaler', {
      spec: {
        metrics: [
          { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '10' } } },
        ],
      },
    }),
    { path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a' },
    status('HorizontalPodAutoscaler', { currentReplicas: 2, desiredReplicas: 3 }),
    status('HorizontalPodAutoscaler', { currentReplicas: -1 }),
    patch('HorizontalPodAutoscaler', { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 10 } } } }),
    patch('HorizontalPodAutoscaler', { spec: { minReplicas: 9 } }),
  ),
  area(
    'disruption budget',
    post('PodDisruptionBudget', { spec: { minAvailable: 1, selector } }),
    patch('PodDisruptionBudget', { spec: { minAvailable: null, maxUnavailable: '30%' } }),
    patch('PodDisruptionBudget', { spec: { selector: { matchLabels: { q: 'r' } } } }),
    status('PodDisruptionBudget', { disruptionsAllowed: -1, currentHealthy: -1 }),
    patch('PodDisruptionBudget', { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }),
    patch('PodDisruptionBudget', { spec: { minAvailable: '50%' } }),
  ),
];

const storage: Case[] = [
  area(
    'claim',
    post('PersistentVolumeClaim', {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
    patch('PersistentVolumeClaim', { spec: { volumeName: 'pv' } }),
    patch('PersistentVolumeClaim', { spec: { volumeName: 'other' } }),
    status('PersistentVolumeClaim', { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] }),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '2Gi' } } } }),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '500Mi' } } } }),
    patch('PersistentVolumeClaim', { spec: { storageClassName: 'x' } }),
    patch('PersistentVolumeClaim', { spec: { volumeAttributesClassName: 'gold' } }),
    patch('PersistentVolumeClaim', { spec: { accessModes: ['ReadOnlyMany'] } }),
    status('PersistentVolumeClaim', { capacity: { storage: '-1' } }),
    status('PersistentVolumeClaim', { conditions: [{ type: 'Resizing', status: 'True' }] }),
    patch('PersistentVolumeClaim', { spec: { volumeMode: 'Block' } }),
    patch('PersistentVolumeClaim', { spec: { selector } }),
  ),
  area(
    'volume',
    post('PersistentVolume', {
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        csi: { driver: 'd.example.com', volumeHandle: 'h' },
      },
    }),
    patch('PersistentVolume', { spec: { csi: { volumeHandle: 'i' } } }),
    patch('PersistentVolume', { spec: { csi: null, hostPath: { path: '/x' } } }),
    patch('PersistentVolume', {
      spec: { capacity: { storage: '2Gi' }, persistentVolumeReclaimPolicy: 'Delete', mountOptions: ['ro'] },
    }),
    patch('PersistentVolume', { spec: { storageClassName: 'x', volumeMode: 'Block' } }),
    status('PersistentVolume', { phase: 'Failed', message: 'm', reason: 'r' }),
    patch('PersistentVolume', {
      spec: {
        nodeAffinity: {
          required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] },
        },
      },
    }),
    patch('PersistentVolume', { spec: { nodeAffinity: null } }),
  ),
  area(
    'class',
    post('StorageClass', { provisioner: 'a.b/c' }),
    patch('StorageClass', { reclaimPolicy: 'Retain' }),
    patch('StorageClass', { allowVolumeExpansion: true, mountOptions: ['x'] }),
    patch('StorageClass', { parameters: { a: 'b' } }),
    patch('StorageClass', { provisioner: 'x' }),
  ),
];

const core: Case[] = [
  area(
    'Node',
    post('Node', { spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } }),
    patch('Node', { spec: { unschedulable: true } }),
    patch('Node', { spec: { podCIDR: '10.9.0.0/24', podCIDRs: ['10.9.0.0/24'] } }),
    patch('Node', { spec: { podCIDR: '10.9.1.0/24', podCIDRs: ['10.9.1.0/24'] } }),
    status('Node', { capacity: { cpu: '4', memory: '1Gi', 'example.com/x': '1.5' } }),
    status('Node', {
      capacity: { cpu: '4' },
      allocatable: { cpu: '3' },
      conditions: [
        { type: 'Ready', status: 'True', reason: 'R', message: 'm', lastHeartbeatTime: time, lastTransitionTime: time },
      ],
    }),
    status('Node', { addresses: [{ type: 'InternalIP', address: '1.1.1.1' }] }),
    get('Node'),
  ),
  area(
    'Namespace',
    post('Namespace', {}),
    patch('Namespace', { metadata: { labels: { a: 'b' } } }),
    patch('Namespace', { spec: { finalizers: ['a.b/c'] } }),
    put('Namespace', { spec: { finalizers: ['kubernetes', 'a.b/c'] } }, {}, '/finalize'),
    status('Namespace', { phase: 'Active', conditions: [{ type: 'X', status: 'True' }] }),
    put('Namespace', {}),
    get('Namespace'),
  ),
  area(
    'Secret',
    post('Secret', { stringData: { a: 'x' }, data: { a: 'eQ==', b: 'eg==' } }),
    patch('Secret', { stringData: { c: 'd' } }),
    patch('Secret', { type: 'other' }),
    patch('Secret', { immutable: true }),
    patch('Secret', { data: { z: 'eg==' } }),
    patch('Secret', { immutable: null }),
    patch('Secret', { metadata: { labels: { a: 'b' } } }),
  ),
  area(
    'ServiceAccount',
    post('ServiceAccount', {}),
    patch('ServiceAccount', {
      secrets: [{ name: 's' }],
      imagePullSecrets: [{ name: 'p' }],
      automountServiceAccountToken: false,
    }),
    {
      path: `${pathOf('ServiceAccount')}/a/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 5 } },
    },
    {
      path: `${pathOf('ServiceAccount')}/none/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
  ),
  area(
    'ResourceQuota',
    quiet(post('ResourceQuota', { spec: { hard: { configmaps: '5' } } })),
    patch('ResourceQuota', { spec: { scopes: ['BestEffort'] } }),
    status('ResourceQuota', { used: { configmaps: '-1' } }),
    patch('ResourceQuota', { spec: { hard: { 'count/x': '1.5' } } }),
  ),
  area(
    'LimitRange',
    post('LimitRange', {
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '1' },
            defaultRequest: { cpu: '500m' },
            max: { cpu: '2' },
            min: { cpu: '100m' },
          },
        ],
      },
    }),
    patch('LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' } }] } }),
    patch('LimitRange', { spec: { limits: [{ type: 'Pod', max: { memory: '1Gi' } }, { type: 'Pod' }] } }),
    post('Pod', { spec: { containers: [container] } }),
    post(
      'Pod',
      { spec: { containers: [{ ...container, resources: { requests: { cpu: '3' }, limits: { cpu: '3' } } }] } },
      { name: 'b' },
    ),
  ),
  area(
    'Lease',
    put('Lease', { spec: { holderIdentity: 'a', leaseDurationSeconds: 10 } }),
    put('Lease', { spec: { holderIdentity: 'b', leaseTransitions: 1, renewTime: '2026-01-02T03:04:05.123456Z' } }),
    patch('Lease', { spec: { leaseDurationSeconds: -1 } }),
    patch('Lease', { spec: { renewTime: 'x' } }),
  ),
  area(
    'PriorityClass',
    post('PriorityClass', { value: 100 }),
    patch('PriorityClass', { value: 101 }),
    patch('PriorityClass', { preemptionPolicy: 'Never' }),
    patch('PriorityClass', { description: 'd', globalDefault: false }),
    patch('PriorityClass', { metadata: { labels: { a: 'b' } } }),
  ),
  area(
    'Role and binding',
    post('Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
    patch('Role', { rules: null }),
    post('RoleBinding', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
      subjects: [{ kind: 'User', name: 'u' }],
    }),
    patch('RoleBinding', { roleRef: { name: 'b' } }),
    patch('RoleBinding', { subjects: [{ kind: 'ServiceAccount', name: 's' }] }),
    patch('RoleBinding', { subjects: [{ kind: 'Group', apiGroup: 'x', name: 'g' }] }),
  ),
  area(
    'Pod: status',
    quiet(post('Pod', { spec: { containers: [container] } })),
    status('Pod', {
      phase: 'Running',
      podIP: '10.1.1.1',
      podIPs: [{ ip: '10.1.1.1' }],
      hostIP: '1.1.1.1',
      startTime: time,
      containerStatuses: [
        {
          name: 'c',
          image: 'nginx',
          imageID: 'x',
          ready: true,
          restartCount: 0,
          state: { running: { startedAt: time } },
        },
      ],
    }),
    status('Pod', { podIPs: [{ ip: 'x' }] }),
    status('Pod', { conditions: [{ type: 'bad type', status: 'True' }] }),
    status('Pod', {
      phase: 'Succeeded',
      containerStatuses: [
        {
          name: 'c',
          image: 'nginx',
          imageID: '',
          ready: false,
          restartCount: 1,
          state: { terminated: { exitCode: 0 } },
        },
      ],
    }),
    status('Pod', { qosClass: 'Guaranteed' }),
    status('Pod', { nominatedNodeName: 'n' }),
    get('Pod'),
  ),
  area(
    'Pod: gates',
    post('Pod', { spec: { containers: [container], schedulingGates: [{ name: 'a.b/c' }] } }),
    patch('Pod', { spec: { nodeSelector: { a: 'b' } } }),
    patch('Pod', { spec: { nodeSelector: { a: 'c' } } }),
    patch('Pod', { spec: { schedulingGates: null } }),
    patch('Pod', { spec: { schedulingGates: [{ name: 'a.b/c' }] } }),
    {
      path: `${pathOf('Pod')}/a/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } },
    },
    get('Pod'),
  ),
  area(
    'Pod: ephemeral containers',
    quiet(post('Pod', { spec: { containers: [container] } })),
    patch('Pod', { spec: { ephemeralContainers: [{ name: 'd', image: 'b' }] } }),
    patch(
      'Pod',
      { spec: { ephemeralContainers: [{ name: 'd', image: 'b', targetContainerName: 'c' }] } },
      '/ephemeralcontainers',
    ),
    patch('Pod', { spec: { ephemeralContainers: [{ name: 'c', image: 'b' }] } }, '/ephemeralcontainers'),
    patch(
      'Pod',
      {
        spec: {
          ephemeralContainers: [
            { name: 'd', image: 'b', targetContainerName: 'c' },
            {
              name: 'e',
              image: 'b',
              ports: [{ containerPort: 80 }],
              resources: { requests: { cpu: '1' } },
              livenessProbe: { exec: { command: ['x'] } },
            },
          ],
        },
      },
      '/ephemeralcontainers',
    ),
  ),
  area(
    'Pod: resize',
    quiet(
      post('Pod', {
        spec: { containers: [{ ...container, resources: { requests: { cpu: '1' }, limits: { cpu: '2' } } }] },
      }),
    ),
    patch(
      'Pod',
      {
        spec: {
          containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '1500m' }, limits: { cpu: '2' } } }],
        },
      },
      '/resize',
    ),
    patch(
      'Pod',
      { spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { memory: '1Gi' } } }] } },
      '/resize',
    ),
    patch('Pod', { spec: { containers: [{ name: 'c', image: 'other' }] } }, '/resize'),
  ),
];

export const behaviourCases: readonly Case[] = [
  ...services,
  ...workloads,
  ...batch,
  ...network,
  ...scaling,
  ...storage,
  ...core,
];
