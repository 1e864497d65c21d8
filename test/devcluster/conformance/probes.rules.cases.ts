/** Probes of the builtin kinds: what may be created, and what may change of it. */
import type { Case, Step } from './harness.ts';
import { patched, patchTypes, podSpec, selector, tables, template } from './probes.things.ts';
import { at, casesOf, create, type Fields, inNamespace, ofGroup, pick, quiet, read, remove, seen } from './steps.ts';

const one = casesOf('probes-kinds', 'rules: ');
const object = (g: string, kind: string, spec: Fields, name = 'a', more: Fields = {}): Fields => ({
  apiVersion: g,
  kind,
  metadata: { name },
  spec,
  ...more,
});
const services = `${inNamespace}/services`,
  pods = `${inNamespace}/pods`,
  deployments = `${ofGroup('apps/v1')}/deployments`,
  statefulSets = `${ofGroup('apps/v1')}/statefulsets`,
  daemonSets = `${ofGroup('apps/v1')}/daemonsets`,
  replicaSets = `${ofGroup('apps/v1')}/replicasets`,
  jobs = `${ofGroup('batch/v1')}/jobs`,
  cronJobs = `${ofGroup('batch/v1')}/cronjobs`,
  networkPolicies = `${ofGroup('networking.k8s.io/v1')}/networkpolicies`,
  _ings = `${ofGroup('networking.k8s.io/v1')}/ingresses`,
  budgets = `${ofGroup('policy/v1')}/poddisruptionbudgets`,
  claims = `${inNamespace}/persistentvolumeclaims`,
  autoscalers = `${ofGroup('autoscaling/v2')}/horizontalpodautoscalers`;
const judged = pick('spec', 'status', 'metadata.generation');
const about = (step: Step): Step => ({ ...step, view: judged });
/** Addresses and ports of nodes are given out by chance. */
const unaddressed = (step: Step): Step => ({
  ...step,
  view: (body) => (at(body, 'kind') === 'Status' ? body : unnumbered(at(body, 'spec'))),
});
const unnumbered = (spec: unknown): unknown =>
  JSON.parse(
    JSON.stringify(spec, (key, value: unknown) =>
      ['nodePort', 'healthCheckNodePort', 'clusterIP'].includes(key) && value !== 'None'
        ? Boolean(value)
        : key === 'clusterIPs'
          ? (value as unknown[]).length
          : value,
    ),
  );
const service = (spec: Fields, name = 'a') => unaddressed(create(services, object('v1', 'Service', spec, name)));
const p80 = [{ port: 80 }];
const never = { spec: { ...podSpec, restartPolicy: 'Never' } };
const pod = (spec: Fields = {}, name = 'a', meta: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...meta },
  spec: { ...podSpec, ...spec },
});
const tried = (o: Fields) => about(create(`${pods}?dryRun=All`, o));
export const ruleProbes: readonly Case[] = [
  one(
    'service: kinds of it',
    service({ ports: p80 }),
    service({ ports: p80, clusterIP: 'None' }, 'b'),
    service({ type: 'ExternalName', externalName: 'x.example.com' }, 'c'),
    service({ type: 'LoadBalancer', ports: p80, externalTrafficPolicy: 'Local' }, 'd'),
    service({ type: 'NodePort', ports: [{ port: 80 }, { port: 81 }] }, 'e'),
    service({ clusterIP: 'None' }, 'f'),
    service({ type: 'ExternalName', ports: p80 }, 'g'),
    service({ ports: p80, sessionAffinity: 'ClientIP' }, 'h'),
    service({ ports: p80, ipFamilyPolicy: 'RequireDualStack' }, 'i'),
    service({ ports: p80, ipFamilies: ['IPv6'] }, 'j'),
  ),
  one(
    'service: changes',
    service({ ports: p80, selector: { a: 'b' } }),
    unaddressed(patched(`${services}/a`, { spec: { type: 'NodePort' } })),
    unaddressed(patched(`${services}/a`, { spec: { type: 'LoadBalancer', loadBalancerClass: 'x.io/y' } })),
    unaddressed(patched(`${services}/a`, { spec: { loadBalancerClass: 'x.io/z' } })),
    unaddressed(patched(`${services}/a`, { spec: { type: 'ClusterIP' } })),
    unaddressed(patched(`${services}/a`, { spec: { type: 'ClusterIP', loadBalancerClass: null } })),
    unaddressed(patched(`${services}/a`, { spec: { clusterIP: 'None' } })),
    unaddressed(patched(`${services}/a`, { spec: { type: 'ExternalName', externalName: 'e.x' } })),
    unaddressed(
      patched(`${services}/a`, {
        spec: { type: 'ExternalName', externalName: 'e.x', clusterIP: '', clusterIPs: null },
      }),
    ),
    unaddressed(patched(`${services}/a`, { spec: { ports: [] } })),
  ),
  one(
    'deployment: updates',
    quiet(create(deployments, object('apps/v1', 'Deployment', { selector: selector, template: template }))),
    about(patched(`${deployments}/a`, { spec: { selector: { matchLabels: { app: 'y' } } } })),
    about(patched(`${deployments}/a`, { spec: { template: { metadata: { labels: { app: 'z' } } } } })),
    about(patched(`${deployments}/a`, { spec: { strategy: { type: 'Recreate' } } })),
    about(patched(`${deployments}/a`, { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } })),
    about(
      patched(`${deployments}/a`, {
        spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      }),
    ),
    about(patched(`${deployments}/a`, { spec: { replicas: -1 } })),
    about(patched(`${deployments}/a`, { spec: { minReadySeconds: 700 } })),
    about(patched(`${deployments}/a`, { spec: { template: { spec: { restartPolicy: 'OnFailure' } } } })),
    about(patched(`${deployments}/a`, { spec: { template: { spec: { containers: [] } } } })),
    about(patched(`${deployments}/a`, { metadata: { annotations: { 'deployment.kubernetes.io/revision': '3' } } })),
  ),
  one(
    'statefulset: updates',
    about(
      create(
        statefulSets,
        object('apps/v1', 'StatefulSet', {
          selector: selector,
          template: template,
          serviceName: 's',
          volumeClaimTemplates: [
            {
              metadata: { name: 'v' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          ],
        }),
      ),
    ),
    about(patched(`${statefulSets}/a`, { spec: { serviceName: 't' } })),
    about(patched(`${statefulSets}/a`, { spec: { replicas: 3 } })),
    about(patched(`${statefulSets}/a`, { spec: { podManagementPolicy: 'Parallel' } })),
    about(patched(`${statefulSets}/a`, { spec: { updateStrategy: { type: 'OnDelete' } } })),
    about(patched(`${statefulSets}/a`, { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } })),
    about(patched(`${statefulSets}/a`, { spec: { volumeClaimTemplates: [] } })),
    about(patched(`${statefulSets}/a`, { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } })),
    about(patched(`${statefulSets}/a`, { spec: { ordinals: { start: 5 } } })),
    about(patched(`${statefulSets}/a`, { spec: { revisionHistoryLimit: 3, minReadySeconds: 2 } })),
    about(patched(`${statefulSets}/a/status`, { status: { replicas: 2, readyReplicas: 3 } })),
    about(
      patched(`${statefulSets}/a/status`, {
        status: { replicas: 2, readyReplicas: 1, currentRevision: 'x', collisionCount: -1 },
      }),
    ),
  ),
  one(
    'daemonset: updates',
    about(create(daemonSets, object('apps/v1', 'DaemonSet', { selector: selector, template: template }))),
    about(patched(`${daemonSets}/a`, { spec: { selector: { matchLabels: { app: 'y' } } } })),
    about(
      patched(`${daemonSets}/a`, {
        spec: { updateStrategy: { rollingUpdate: { maxUnavailable: '30%', maxSurge: 1 } } },
      }),
    ),
    about(patched(`${daemonSets}/a`, { spec: { updateStrategy: { type: 'OnDelete' } } })),
    about(patched(`${daemonSets}/a`, { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } })),
    about(
      patched(`${daemonSets}/a/status`, {
        status: { currentNumberScheduled: 1, numberMisscheduled: 0, desiredNumberScheduled: 2, numberReady: -1 },
      }),
    ),
    read(`${daemonSets}/a/scale`),
  ),
  one(
    'replicaset: updates and scale',
    about(create(replicaSets, object('apps/v1', 'ReplicaSet', { selector: selector, template: template }))),
    about(patched(`${replicaSets}/a`, { spec: { selector: { matchLabels: { app: 'y' } } } })),
    about(patched(`${replicaSets}/a`, { spec: { template: { metadata: { labels: { app: 'q' } } } } })),
    about(patched(`${replicaSets}/a/scale`, { spec: { replicas: 2 } })),
    read(`${replicaSets}/a/scale`),
    about(patched(`${replicaSets}/a/status`, { status: { replicas: 1, availableReplicas: 2 } })),
    about(patched(`${replicaSets}/a/scale`, { spec: { replicas: -2 } })),
    about(patched(`${replicaSets}/a/scale`, { metadata: { name: 'b' } })),
  ),
  one(
    'job: refused and defaulted',
    ...[
      { completions: -1 },
      { parallelism: -1 },
      { backoffLimit: -1 },
      { activeDeadlineSeconds: -5 },
      { ttlSecondsAfterFinished: -1 },
      { completionMode: 'Indexed' },
      { completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 1, maxFailedIndexes: 5 },
      { completionMode: 'Weird' },
      { podFailurePolicy: { rules: [{ action: 'Ignore' }] } },
      { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [0, 1, 1] } }] } },
      { successPolicy: { rules: [{ succeededCount: 1 }] } },
      { managedBy: 'x' },
      { managedBy: 'x.io/y' },
      { selector: selector },
      { manualSelector: true },
      { podReplacementPolicy: 'Failed', podFailurePolicy: { rules: [] } },
      { suspend: true },
    ].map((s: Fields) => ({
      ...create(`${jobs}?dryRun=All`, object('batch/v1', 'Job', { template: never, ...s })),
      view: pick(
        'spec.completions',
        'spec.parallelism',
        'spec.backoffLimit',
        'spec.completionMode',
        'spec.suspend',
        'spec.podReplacementPolicy',
      ),
    })),
    about(create(`${jobs}?dryRun=All`, object('batch/v1', 'Job', { template: template }))),
    about(create(`${jobs}?dryRun=All`, object('batch/v1', 'Job', {}))),
  ),
  one(
    'cronjob',
    ...[
      '* * * *',
      '@hourly',
      '@every 5m',
      '61 * * * *',
      'TZ=UTC * * * * *',
      '',
      '0 0 31 2 *',
      '*/0 * * * *',
      'a b c d e',
    ].map((schedule) => ({
      ...create(
        `${cronJobs}?dryRun=All`,
        object('batch/v1', 'CronJob', { schedule, jobTemplate: { spec: { template: never } } }),
      ),
      view: pick('spec'),
    })),
    about(
      create(
        `${cronJobs}?dryRun=All`,
        object('batch/v1', 'CronJob', {
          schedule: '* * * * *',
          timeZone: 'Mars/Olympus',
          concurrencyPolicy: 'Sometimes',
          startingDeadlineSeconds: -1,
          successfulJobsHistoryLimit: -1,
          failedJobsHistoryLimit: -1,
          jobTemplate: { spec: { template: never, selector: selector } },
        }),
      ),
    ),
    about(
      create(
        `${cronJobs}?dryRun=All`,
        object('batch/v1', 'CronJob', {
          schedule: '* * * * *',
          timeZone: 'Local',
          jobTemplate: { spec: { template: never } },
        }),
      ),
    ),
    about(
      create(
        `${cronJobs}?dryRun=All`,
        object(
          'batch/v1',
          'CronJob',
          { schedule: '* * * * *', jobTemplate: { spec: { template: never } } },
          'x'.repeat(53),
        ),
      ),
    ),
  ),
  one(
    'network policy',
    ...[
      { podSelector: {} },
      { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [] },
      {
        podSelector: {},
        ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '11.0.0.0/16'] } }] }],
      },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.1/8' }, podSelector: {} }] }] },
      {
        podSelector: {},
        ingress: [
          {
            ports: [
              { port: 80, endPort: 70 },
              { port: 'name', endPort: 80 },
              { endPort: 5 },
              { protocol: 'ICMP' },
              { port: 0 },
            ],
          },
        ],
      },
      { podSelector: {}, policyTypes: ['Both'] },
      { podSelector: { matchLabels: { 'a b': 'c' } } },
      { podSelector: {}, ingress: [{ from: [{}] }] },
    ].map((s: Fields) => ({
      ...create(`${networkPolicies}?dryRun=All`, object('networking.k8s.io/v1', 'NetworkPolicy', s)),
      view: pick('spec'),
    })),
  ),
  one(
    'pdb',
    ...[
      { minAvailable: 1, maxUnavailable: 1, selector: selector },
      { minAvailable: '50%', selector: selector },
      { maxUnavailable: '150%', selector: selector },
      { minAvailable: -1 },
      { minAvailable: 'x' },
      {},
      { selector: {} },
      { minAvailable: 1, unhealthyPodEvictionPolicy: 'Maybe', selector: selector },
    ].map((s: Fields) => ({
      ...create(`${budgets}?dryRun=All`, object('policy/v1', 'PodDisruptionBudget', s)),
      view: pick('spec'),
    })),
    quiet(create(budgets, object('policy/v1', 'PodDisruptionBudget', { minAvailable: 1, selector: selector }))),
    about(patched(`${budgets}/a`, { spec: { minAvailable: 2 } })),
    about(patched(`${budgets}/a`, { spec: { selector: { matchLabels: { app: 'z' } } } })),
    about(
      patched(`${budgets}/a/status`, {
        status: { currentHealthy: -1, desiredHealthy: 1, expectedPods: 1, disruptionsAllowed: 0 },
      }),
    ),
  ),
  one(
    'claims',
    about(
      create(
        claims,
        object('v1', 'PersistentVolumeClaim', {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
        }),
      ),
    ),
    about(patched(`${claims}/a`, { spec: { resources: { requests: { storage: '2Gi' } } } })),
    about(patched(`${claims}/a`, { spec: { accessModes: ['ReadWriteMany'] } })),
    about(patched(`${claims}/a`, { spec: { storageClassName: 'x' } })),
    about(patched(`${claims}/a`, { spec: { volumeName: 'pv1' } })),
    about(patched(`${claims}/a`, { spec: { volumeName: 'pv2' } })),
    about(patched(`${claims}/a/status`, { status: { phase: 'Bound', capacity: { storage: '1Gi' } } })),
    about(patched(`${claims}/a`, { spec: { resources: { requests: { storage: '512Mi' } } } })),
    about(patched(`${claims}/a`, { metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } } })),
    about(create(claims, object('v1', 'PersistentVolumeClaim', { accessModes: [], resources: {} }, 'b'))),
    about(
      create(
        claims,
        object(
          'v1',
          'PersistentVolumeClaim',
          {
            accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'],
            resources: { requests: { storage: '0' } },
            volumeMode: 'Tape',
            dataSource: { kind: 'Pod', name: 'x' },
          },
          'b',
        ),
      ),
    ),
    seen(remove(`${claims}/a`), 'metadata.finalizers'),
  ),
  one(
    'volumes',
    about(
      create(
        '/api/v1/persistentvolumes',
        object(
          'v1',
          'PersistentVolume',
          { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
          'v-{ns}',
        ),
      ),
    ),
    about(patched('/api/v1/persistentvolumes/v-{ns}', { spec: { hostPath: { path: '/y' } } })),
    about(
      patched('/api/v1/persistentvolumes/v-{ns}', {
        spec: { persistentVolumeReclaimPolicy: 'Delete', capacity: { storage: '2Gi' } },
      }),
    ),
    about(
      patched('/api/v1/persistentvolumes/v-{ns}', {
        spec: {
          nodeAffinity: {
            required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] },
          },
        },
      }),
    ),
    about(patched('/api/v1/persistentvolumes/v-{ns}/status', { status: { phase: 'Available' } })),
    about(
      create(
        '/api/v1/persistentvolumes',
        object(
          'v1',
          'PersistentVolume',
          { capacity: { cpu: '1' }, accessModes: ['X'], hostPath: { path: '../x' }, nfs: { server: '', path: 'x' } },
          'w-{ns}',
        ),
      ),
    ),
    about(
      create(
        '/api/v1/persistentvolumes',
        object(
          'v1',
          'PersistentVolume',
          { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], local: { path: '/x' } },
          'w-{ns}',
        ),
      ),
    ),
  ),
  one(
    'pod: what may change',
    quiet(create(pods, pod({ terminationGracePeriodSeconds: 5, activeDeadlineSeconds: 100 }))),
    about(patched(`${pods}/a`, { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } }, patchTypes.strategic)),
    about(patched(`${pods}/a`, { spec: { activeDeadlineSeconds: 50 } })),
    about(patched(`${pods}/a`, { spec: { activeDeadlineSeconds: 200 } })),
    about(patched(`${pods}/a`, { spec: { nodeName: 'x' } })),
    about(patched(`${pods}/a`, { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } }, patchTypes.strategic)),
    about(
      patched(
        `${pods}/a`,
        { spec: { containers: [{ name: 'c', env: [{ name: 'A', value: 'b' }] }] } },
        patchTypes.strategic,
      ),
    ),
    about(patched(`${pods}/a`, { spec: { restartPolicy: 'Never' } })),
    about(patched(`${pods}/a`, { spec: { containers: [{ name: 'c', image: ' ' }] } }, patchTypes.strategic)),
    about(patched(`${pods}/a`, { spec: { schedulingGates: [{ name: 'x' }] } })),
    about(patched(`${pods}/a`, { spec: { hostNetwork: true } })),
  ),
  one(
    'pod: status',
    quiet(create(pods, pod())),
    about(
      patched(`${pods}/a/status`, {
        status: {
          phase: 'Running',
          podIP: '10.1.2.3',
          podIPs: [{ ip: '10.1.2.3' }],
          hostIP: '1.1.1.1',
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [
            { name: 'c', image: 'n', imageID: '', ready: true, restartCount: 3, state: { running: {} } },
          ],
        },
      }),
    ),
    about(
      patched(`${pods}/a/status`, {
        status: {
          containerStatuses: [
            {
              name: 'c',
              image: 'n',
              imageID: '',
              ready: false,
              restartCount: 4,
              state: { terminated: { exitCode: 3, reason: 'Error' } },
            },
          ],
        },
      }),
    ),
    about(patched(`${pods}/a/status`, { status: { podIP: 'x', podIPs: [{ ip: 'y' }] } })),
    about(patched(`${pods}/a/status`, { status: { conditions: [{ type: 'Ready', status: 'Perhaps' }] } })),
    about(patched(`${pods}/a/status`, { status: { nominatedNodeName: 'Bad Node' } })),
    read(`${pods}/a`, { headers: tables }),
  ),
  one(
    'pod: refused',
    ...[
      { containers: [] },
      { containers: [{ name: 'C', image: '' }] },
      {
        containers: [
          { name: 'c', image: 'n' },
          { name: 'c', image: 'n' },
        ],
      },
      { initContainers: [{ name: 'c', image: 'n' }] },
      { containers: [{ name: 'c', image: 'n', imagePullPolicy: 'Sometimes' }] },
      {
        containers: [
          {
            name: 'c',
            image: 'n',
            ports: [
              { containerPort: 0 },
              { containerPort: 80, hostPort: 70000 },
              { name: 'toolongportname1', containerPort: 1 },
              { name: 'x', containerPort: 1 },
              { name: 'x', containerPort: 2 },
            ],
          },
        ],
      },
      {
        containers: [
          {
            name: 'c',
            image: 'n',
            env: [
              { name: '' },
              { name: '1=' },
              { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'x' } } },
              { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.nope' } } },
              { name: 'C', valueFrom: {} },
            ],
          },
        ],
      },
      {
        containers: [
          {
            name: 'c',
            image: 'n',
            volumeMounts: [
              { name: 'zz', mountPath: '' },
              { name: 'zz', mountPath: '/a:b', subPath: '../x' },
            ],
          },
        ],
      },
      {
        containers: [{ name: 'c', image: 'n', resources: { requests: { cpu: '2' }, limits: { cpu: '1', foo: '1' } } }],
      },
      {
        containers: [
          {
            name: 'c',
            image: 'n',
            livenessProbe: {},
            readinessProbe: { httpGet: { port: 'nope nope' }, tcpSocket: { port: 1 } },
          },
        ],
      },
      { containers: [{ name: 'c', image: 'n', lifecycle: { preStop: { sleep: { seconds: -1 } }, postStart: {} } }] },
      { volumes: [{ name: 'v' }, { name: 'v', emptyDir: {}, hostPath: { path: '/' } }] },
      {
        volumes: [
          { name: 'a_b', configMap: {} },
          { name: 'b', secret: { items: [{ key: '', path: '../x' }] } },
        ],
      },
      { restartPolicy: 'Sometimes', dnsPolicy: 'Nope' },
      { dnsPolicy: 'None' },
      { hostAliases: [{ ip: 'x', hostnames: ['A_'] }] },
      { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
      { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'X' }] },
      {
        tolerations: [{ key: '', operator: 'Equal' }, { key: 'a', operator: 'Exists', value: 'b' }, { effect: 'Zap' }],
      },
      { securityContext: { runAsUser: -1, sysctls: [{ name: 'A!', value: 'x' }], fsGroup: -2 } },
      { subdomain: 'A_', hostname: 'b.c' },
      { terminationGracePeriodSeconds: -1 },
      { overhead: { cpu: '1' } },
      { preemptionPolicy: 'Always' },
      { readinessGates: [{ conditionType: 'a b' }] },
      { nodeSelector: { 'a b': 'c' }, nodeName: 'A B' },
      { serviceAccountName: 'A B' },
      { ephemeralContainers: [{ name: 'e', image: 'n' }] },
      { shareProcessNamespace: true, hostPID: true },
      { os: { name: 'windows' }, securityContext: { runAsUser: 1 } },
    ].map((s: Fields) => tried(pod(s))),
  ),
  one(
    'hpa',
    ...[
      {},
      { maxReplicas: 0, scaleTargetRef: { kind: 'D', name: 'x' } },
      { minReplicas: 5, maxReplicas: 3, scaleTargetRef: { kind: 'D', name: 'x' } },
      { maxReplicas: 3, scaleTargetRef: { kind: 'D', name: 'x' } },
      { maxReplicas: 3, scaleTargetRef: { kind: 'D', name: 'x' }, metrics: [{ type: 'Resource' }] },
      {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'D', name: 'x' },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 0 } } },
        ],
      },
      {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'D', name: 'x' },
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 5000, policies: [{ type: 'Pods', value: 0, periodSeconds: 2000 }] },
        },
      },
      { maxReplicas: 3, minReplicas: 0, scaleTargetRef: { kind: 'D/e', name: '' } },
    ].map((s: Fields) => ({
      ...create(`${autoscalers}?dryRun=All`, object('autoscaling/v2', 'HorizontalPodAutoscaler', s)),
      view: pick('spec'),
    })),
  ),
  one(
    'quota and limit refused',
    ...[
      { hard: { 'a b': '1' } },
      { hard: { pods: '-1' } },
      { hard: { pods: '1.5' } },
      { hard: { foo: '1' } },
      { hard: { cpu: '1' }, scopes: ['Nope'] },
      { hard: { services: '1' }, scopes: ['BestEffort'] },
      { hard: { pods: '1' }, scopes: ['BestEffort', 'NotBestEffort'] },
      { hard: { pods: '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
      { hard: { 'requests.example.com/gpu': '2', 'count/foos.example.com': '1', 'limits.example.com/x': '1' } },
    ].map((s: Fields) => about(create(`${inNamespace}/resourcequotas?dryRun=All`, object('v1', 'ResourceQuota', s)))),
    ...[
      { limits: [] },
      { limits: [{ type: 'Nope' }] },
      { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] },
      { limits: [{ type: 'Container', default: { cpu: '3' }, max: { cpu: '1' } }] },
      { limits: [{ type: 'Pod', default: { cpu: '1' } }] },
      { limits: [{ type: 'PersistentVolumeClaim', max: { cpu: '1' } }] },
      { limits: [{ type: 'Container', maxLimitRequestRatio: { cpu: '0.5' } }] },
      { limits: [{ type: 'Container' }, { type: 'Container' }] },
    ].map((s: Fields) => about(create(`${inNamespace}/limitranges?dryRun=All`, object('v1', 'LimitRange', s)))),
  ),
  one(
    'node',
    about(
      create('/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n-{ns}' },
        spec: { podCIDR: '10.1.0.0/24', taints: [{ key: 'a', effect: 'NoSchedule' }], providerID: 'p://1' },
      }),
    ),
    about(patched('/api/v1/nodes/n-{ns}', { spec: { podCIDR: '10.2.0.0/24', podCIDRs: ['10.2.0.0/24'] } })),
    about(patched('/api/v1/nodes/n-{ns}', { spec: { providerID: 'p://2' } })),
    about(patched('/api/v1/nodes/n-{ns}', { spec: { unschedulable: true } })),
    about(
      patched('/api/v1/nodes/n-{ns}', {
        spec: {
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'a', effect: 'NoSchedule', value: 'b' },
          ],
        },
      }),
    ),
    about(patched('/api/v1/nodes/n-{ns}', { spec: { taints: [{ key: 'a b', effect: 'Zap' }] } })),
    about(
      patched('/api/v1/nodes/n-{ns}/status', {
        status: {
          capacity: { cpu: '4', memory: '8Gi', pods: '110' },
          allocatable: { cpu: '3500m' },
          conditions: [{ type: 'Ready', status: 'True' }],
          addresses: [
            { type: 'InternalIP', address: '1.2.3.4' },
            { type: 'InternalIP', address: '1.2.3.4' },
          ],
        },
      }),
    ),
    about(patched('/api/v1/nodes/n-{ns}/status', { status: { capacity: { cpu: '-4' } } })),
  ),
  one(
    'priority class, runtime class',
    create('/apis/scheduling.k8s.io/v1/priorityclasses?dryRun=All', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'system-x' },
      value: 1,
    }),
    create('/apis/scheduling.k8s.io/v1/priorityclasses?dryRun=All', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'x' },
      value: 2000000000,
    }),
    create('/apis/scheduling.k8s.io/v1/priorityclasses?dryRun=All', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'x' },
      preemptionPolicy: 'Never',
    }),
    create('/apis/scheduling.k8s.io/v1/priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'x-{ns}' },
      value: 5,
    }),
    patched('/apis/scheduling.k8s.io/v1/priorityclasses/x-{ns}', { value: 6 }),
    patched('/apis/scheduling.k8s.io/v1/priorityclasses/x-{ns}', { preemptionPolicy: 'Never' }),
    patched('/apis/scheduling.k8s.io/v1/priorityclasses/x-{ns}', { description: 'd', globalDefault: false }),
    patched('/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical', { description: 'x' }),
    create('/apis/node.k8s.io/v1/runtimeclasses', {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'r-{ns}' },
      handler: 'Bad H',
    }),
    create('/apis/storage.k8s.io/v1/storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 's-{ns}' },
      provisioner: 'x.io/p',
    }),
    patched('/apis/storage.k8s.io/v1/storageclasses/s-{ns}', { parameters: { a: 'b' } }),
    patched('/apis/storage.k8s.io/v1/storageclasses/s-{ns}', { reclaimPolicy: 'Retain' }),
    patched('/apis/storage.k8s.io/v1/storageclasses/s-{ns}', { allowVolumeExpansion: true }),
  ),
  one(
    'leases and events',
    create(`${ofGroup('coordination.k8s.io/v1')}/leases`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { leaseDurationSeconds: -1, leaseTransitions: -1 },
    }),
    create(`${ofGroup('coordination.k8s.io/v1')}/leases`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { preferredHolder: 'x', strategy: 'Bad' },
    }),
    create(`${ofGroup('coordination.k8s.io/v1')}/leases`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { renewTime: '2026-01-01T00:00:00Z' },
    }),
    create(`${ofGroup('coordination.k8s.io/v1')}/leases`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l2' },
    }),
    read(`${ofGroup('coordination.k8s.io/v1')}/leases/l2`, { headers: tables }),
    create(`${inNamespace}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { namespace: 'other' },
    }),
    create(`${inNamespace}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { namespace: '{ns}' },
    }),
    create(`${ofGroup('events.k8s.io/v1')}/events`, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'f' },
      regarding: { namespace: '{ns}' },
    }),
    create(`${ofGroup('events.k8s.io/v1')}/events`, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'f' },
      eventTime: '2026-01-01T00:00:00.000001Z',
      regarding: { namespace: '{ns}' },
      type: 'Odd',
      note: 'x'.repeat(1025),
      reason: 'y'.repeat(129),
    }),
  ),
  one(
    'service accounts',
    create(`${inNamespace}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'a' },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'x' }],
      secrets: [{ name: 'y' }],
    }),
    read(`${inNamespace}/serviceaccounts/a`, { headers: tables }),
    patched(`${inNamespace}/serviceaccounts/a`, { imagePullSecrets: [{ name: 'z' }] }, patchTypes.strategic),
    patched(`${inNamespace}/serviceaccounts/a`, { secrets: [{ $patch: 'delete', name: 'y' }] }, patchTypes.strategic),
    remove(`${inNamespace}/serviceaccounts/a`),
    remove(`${inNamespace}/serviceaccounts/a`),
  ),
  one(
    'endpoint slices',
    ...[
      { addressType: 'IPv4', endpoints: [{ addresses: ['1.2.3.4'] }], ports: [{ port: 80 }] },
      { addressType: 'IPv4', endpoints: [{ addresses: ['::1', '127.0.0.1', '0.0.0.0', '1.2.3'] }] },
      { addressType: 'FQDN', endpoints: [{ addresses: ['a.b', 'A_'] }] },
      { addressType: 'X', endpoints: [] },
      { endpoints: [] },
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: [] }],
        ports: [{ name: 'a' }, { name: 'a', protocol: 'X', appProtocol: 'a b' }],
      },
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['1.2.3.4'], hostname: 'A_', nodeName: 'a b', deprecatedTopology: { 'a b': 'c' } }],
      },
    ].map((o: Fields) => ({
      ...create(`${ofGroup('discovery.k8s.io/v1')}/endpointslices?dryRun=All`, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'e' },
        ...o,
      }),
      view: pick('endpoints', 'ports', 'addressType'),
    })),
    {
      ...create(`${inNamespace}/endpoints`, {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'e' },
        subsets: [{ addresses: [{ ip: '1.2.3.4' }, { ip: '127.0.0.1' }], ports: [{ port: 0 }] }, {}],
      }),
    },
    {
      ...create(`${inNamespace}/endpoints`, {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'e' },
        subsets: [
          {
            addresses: [{ ip: '1.2.3.5' }, { ip: '1.2.3.4' }, { ip: '1.2.3.4' }],
            notReadyAddresses: [{ ip: '1.2.3.4' }],
            ports: [{ port: 81 }, { port: 80 }],
          },
          { addresses: [{ ip: '1.2.3.9' }], ports: [{ port: 80 }] },
        ],
      }),
      view: pick('subsets'),
    },
  ),
  one(
    'config maps and secrets: keys',
    ...[
      { data: { 'a b': 'x' } },
      { data: { '..': 'x' } },
      { data: { '.': 'x' } },
      { data: { '..a': 'x' } },
      { data: { ['x'.repeat(254)]: 'y' } },
      { data: { a: 'x' }, binaryData: { a: 'eA==' } },
      { binaryData: { a: 'not base64' } },
      { data: { '': 'x' } },
    ].map((o: Fields) =>
      create(`${inNamespace}/configmaps?dryRun=All`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a' },
        ...o,
      }),
    ),
  ),
  one(
    'pod templates, controllers, revisions',
    create(`${inNamespace}/podtemplates`, {
      apiVersion: 'v1',
      kind: 'PodTemplate',
      metadata: { name: 'a' },
      template: template,
    }),
    about(
      create(
        `${inNamespace}/replicationcontrollers`,
        object('v1', 'ReplicationController', { selector: { app: 'y' }, template: template }),
      ),
    ),
    about(
      create(`${inNamespace}/replicationcontrollers`, object('v1', 'ReplicationController', { template: template })),
    ),
    read(`${inNamespace}/replicationcontrollers/a/scale`),
    create(`${ofGroup('apps/v1')}/controllerrevisions`, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: 'a' },
      revision: -1,
    }),
    create(`${ofGroup('apps/v1')}/controllerrevisions`, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: 'a' },
      revision: 1,
      data: { x: 1 },
    }),
    patched(`${ofGroup('apps/v1')}/controllerrevisions/a`, { data: { x: 2 } }),
    patched(`${ofGroup('apps/v1')}/controllerrevisions/a`, { revision: 2 }),
  ),
];
