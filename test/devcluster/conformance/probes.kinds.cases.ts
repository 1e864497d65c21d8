/** Probes of builtin kinds: what a user does with objects of each over several requests. */
import type { Case, Step } from './harness.ts';
import {
  apply,
  body,
  container,
  get,
  labels,
  list,
  nameOf,
  never,
  patch,
  pathOf,
  podSpec,
  post,
  put,
  remove,
  selector,
  table,
  template,
  time,
} from './probes.objects.ts';
import { casesOf, quiet } from './steps.ts';

const one = casesOf('probes-kinds');
const names = (found: unknown): unknown =>
  (found as { items?: { metadata: { name: string } }[] }).items?.map((item) => item.metadata.name);
const columns = (found: unknown): unknown => (found as { columnDefinitions?: unknown }).columnDefinitions;
const eviction = (options: object = {}): Step => ({
  path: `${pathOf('Pod')}/a/eviction`,
  body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a', namespace: '{ns}' }, ...options },
});
const scale = (kind: string, replicas: unknown, method = 'PUT'): Step => ({
  method,
  path: `${pathOf(kind)}/${nameOf(kind)}/scale`,
  body:
    method === 'PUT'
      ? { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a', namespace: '{ns}' }, spec: { replicas } }
      : { spec: { replicas } },
  ...(method === 'PUT' ? {} : { type: 'application/merge-patch+json' }),
});

const pods: Case[] = [
  one('pod: minimal', post('Pod', { spec: podSpec }), get('Pod'), table(get('Pod')), remove('Pod')),
  one(
    'pod: an image is changed',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } }, 'strategic'),
  ),
  one(
    'pod: a container is added',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { containers: [{ name: 'd', image: 'x' }] } }, 'strategic'),
  ),
  one(
    'pod: a command is changed',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { containers: [{ name: 'c', command: ['x'] }] } }, 'strategic'),
  ),
  one(
    'pod: env is changed',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { containers: [{ name: 'c', env: [{ name: 'A', value: '1' }] }] } }, 'strategic'),
  ),
  one(
    'pod: labels are changed',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { metadata: { labels: { a: 'b' } } }),
  ),
  one(
    'pod: a toleration is added',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', [{ op: 'add', path: '/spec/tolerations/-', value: { key: 'k', operator: 'Exists' } }], 'json'),
  ),
  one(
    'pod: tolerations are replaced',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { tolerations: [{ key: 'k', operator: 'Exists' }] } }),
  ),
  one(
    'pod: its node is changed',
    quiet(post('Pod', { spec: { ...podSpec, nodeName: 'n' } })),
    patch('Pod', { spec: { nodeName: 'm' } }),
  ),
  one('pod: its node is set', quiet(post('Pod', { spec: podSpec })), patch('Pod', { spec: { nodeName: 'm' } })),
  one(
    'pod: the deadline is set and raised',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { activeDeadlineSeconds: 10 } }),
    patch('Pod', { spec: { activeDeadlineSeconds: 20 } }),
    patch('Pod', { spec: { activeDeadlineSeconds: 5 } }),
    patch('Pod', { spec: { activeDeadlineSeconds: null } }),
  ),
  one(
    'pod: the grace is changed',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { terminationGracePeriodSeconds: 1 } }),
  ),
  one(
    'pod: the account is changed',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { serviceAccountName: 'other' } }),
  ),
  one(
    'pod: the restart policy is changed',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { restartPolicy: 'Never' } }),
  ),
  one(
    'pod: status',
    quiet(post('Pod', { spec: podSpec })),
    patch(
      'Pod',
      {
        status: {
          phase: 'Running',
          podIP: '10.1.1.1',
          hostIP: '10.2.2.2',
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time }],
        },
      },
      'merge',
      '/status',
    ),
    table(get('Pod')),
  ),
  one(
    'pod: status of containers',
    quiet(post('Pod', { spec: podSpec })),
    patch(
      'Pod',
      {
        status: {
          phase: 'Running',
          containerStatuses: [
            {
              name: 'c',
              image: 'nginx',
              imageID: 'i',
              ready: true,
              restartCount: 2,
              state: { running: { startedAt: time } },
            },
          ],
        },
      },
      'strategic',
      '/status',
    ),
    table(get('Pod')),
  ),
  one(
    'pod: spec through status',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { nodeName: 'x' }, metadata: { labels: { a: 'b' } } }, 'merge', '/status'),
  ),
  one('pod: status through spec', quiet(post('Pod', { spec: podSpec })), patch('Pod', { status: { phase: 'Failed' } })),
  one(
    'pod: binding',
    quiet(post('Pod', { spec: podSpec })),
    {
      path: `${pathOf('Pod')}/a/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } },
    },
    get('Pod'),
    {
      path: `${pathOf('Pod')}/a/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'm' } },
    },
  ),
  one('pod: binding of none', {
    path: `${pathOf('Pod')}/a/binding`,
    body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } },
  }),
  one('pod: binding to no node', quiet(post('Pod', { spec: podSpec })), {
    path: `${pathOf('Pod')}/a/binding`,
    body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Pod', name: '' } },
  }),
  one(
    'pod: bindings',
    quiet(post('Pod', { spec: podSpec })),
    {
      path: '/api/v1/namespaces/{ns}/bindings',
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { name: 'n' } },
    },
    get('Pod'),
  ),
  one('pod: evicted', quiet(post('Pod', { spec: podSpec }, { labels })), eviction(), get('Pod')),
  one(
    'pod: evicted, dry run',
    quiet(post('Pod', { spec: podSpec }, { labels })),
    eviction({ deleteOptions: { dryRun: ['All'] } }),
    get('Pod'),
  ),
  one('pod: evicted, none', eviction()),
  one(
    'pod: evicted, another name',
    quiet(post('Pod', { spec: podSpec }, { labels })),
    eviction({ metadata: { name: 'b' } }),
  ),
  one(
    'pod: evicted, with a budget that it breaks',
    quiet(post('PodDisruptionBudget', { spec: { minAvailable: 1, selector } })),
    quiet(post('Pod', { spec: podSpec }, { labels })),
    quiet(
      patch(
        'Pod',
        { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
        'strategic',
        '/status',
      ),
    ),
    quiet({ ...get('PodDisruptionBudget'), until: () => true }),
    eviction(),
  ),
  one(
    'pod: an ephemeral container',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { ephemeralContainers: [{ name: 'e', image: 'x' }] } }, 'strategic', '/ephemeralcontainers'),
    get('Pod', '/ephemeralcontainers'),
    patch('Pod', { spec: { ephemeralContainers: [{ name: 'e', image: 'y' }] } }, 'strategic', '/ephemeralcontainers'),
  ),
  one(
    'pod: an ephemeral container with ports',
    quiet(post('Pod', { spec: podSpec })),
    patch(
      'Pod',
      { spec: { ephemeralContainers: [{ name: 'e', image: 'x', ports: [{ containerPort: 1 }] }] } },
      'strategic',
      '/ephemeralcontainers',
    ),
  ),
  one(
    'pod: an ephemeral container through spec',
    quiet(post('Pod', { spec: podSpec })),
    patch('Pod', { spec: { ephemeralContainers: [{ name: 'e', image: 'x' }] } }, 'strategic'),
  ),
  one(
    'pod: resize',
    quiet(post('Pod', { spec: { containers: [{ ...container, resources: { requests: { cpu: '1' } } }] } })),
    patch(
      'Pod',
      { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '2' } } }] } },
      'strategic',
      '/resize',
    ),
    get('Pod', '/resize'),
  ),
  one(
    'pod: resize of nothing',
    quiet(post('Pod', { spec: podSpec })),
    patch(
      'Pod',
      { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '2' } } }] } },
      'strategic',
      '/resize',
    ),
  ),
  one(
    'pod: resize through spec',
    quiet(post('Pod', { spec: { containers: [{ ...container, resources: { requests: { cpu: '1' } } }] } })),
    patch('Pod', { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '2' } } }] } }, 'strategic'),
  ),
  one('pod: log of a pod that no node runs', quiet(post('Pod', { spec: podSpec })), get('Pod', '/log')),
  one('pod: log of none', get('Pod', '/log')),
  one(
    'pod: log of an unknown container',
    quiet(post('Pod', { spec: { ...podSpec, nodeName: 'n' } })),
    get('Pod', '/log?container=zz'),
  ),
  one(
    'pod: log of one of two containers',
    quiet(post('Pod', { spec: { containers: [container, { name: 'd', image: 'x' }] } })),
    get('Pod', '/log'),
    get('Pod', '/log?container=d'),
  ),
  one(
    'pod: log with bad options',
    quiet(post('Pod', { spec: podSpec })),
    get('Pod', '/log?tailLines=-1'),
    get('Pod', '/log?limitBytes=0'),
    get('Pod', '/log?sinceSeconds=0'),
    get('Pod', '/log?tailLines=x'),
  ),
  one('pod: exec of a pod that no node runs', quiet(post('Pod', { spec: podSpec })), {
    method: 'POST',
    path: `${pathOf('Pod')}/a/exec?command=ls&stdout=true`,
  }),
  one('pod: exec without a command', quiet(post('Pod', { spec: { ...podSpec, nodeName: 'n' } })), {
    method: 'POST',
    path: `${pathOf('Pod')}/a/exec?stdout=true`,
  }),
  one('pod: attach of none', { method: 'POST', path: `${pathOf('Pod')}/a/attach` }),
  one('pod: port forward of a pod that no node runs', quiet(post('Pod', { spec: podSpec })), {
    method: 'POST',
    path: `${pathOf('Pod')}/a/portforward`,
  }),
  one(
    'pod: deleted with grace',
    quiet(post('Pod', { spec: { ...podSpec, nodeName: 'n' } })),
    remove('Pod', { gracePeriodSeconds: 5 }),
    get('Pod'),
    remove('Pod', { gracePeriodSeconds: 0 }),
    get('Pod'),
  ),
  one(
    'pod: deleted, by query',
    quiet(post('Pod', { spec: { ...podSpec, nodeName: 'n' } })),
    remove('Pod', undefined, '?gracePeriodSeconds=0'),
    get('Pod'),
  ),
  one(
    'pod: deleted with a negative grace',
    quiet(post('Pod', { spec: podSpec })),
    remove('Pod', { gracePeriodSeconds: -1 }),
  ),
  one('pod: generated name', post('Pod', { spec: podSpec }, { name: undefined, generateName: 'Bad-' })),
  one(
    'pod: quality of service',
    post('Pod', { spec: { containers: [{ ...container, resources: { limits: { cpu: '1', memory: '1Gi' } } }] } }),
    post('Pod', { spec: { containers: [{ ...container, resources: { requests: { cpu: '1' } } }] } }, { name: 'b' }),
  ),
  one('pod: pod-level resources', post('Pod', { spec: { ...podSpec, resources: { limits: { cpu: '1' } } } })),
  one(
    'pod: pod-level resources that are not enough',
    post('Pod', {
      spec: {
        containers: [{ ...container, resources: { requests: { cpu: '2' } } }],
        resources: { requests: { cpu: '1' } },
      },
    }),
  ),
  one(
    'pod: host network',
    post('Pod', {
      spec: {
        hostNetwork: true,
        containers: [{ ...container, ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 82 }] }],
      },
    }),
  ),
  one(
    'pod: gates',
    post('Pod', { spec: { ...podSpec, schedulingGates: [{ name: 'a.b/c' }] } }),
    patch('Pod', { spec: { nodeName: 'n' } }),
    patch('Pod', { spec: { schedulingGates: [{ name: 'x.y/z' }] } }),
    patch('Pod', { spec: { schedulingGates: null } }),
    table(get('Pod')),
  ),
  one(
    'pod: account without automount',
    quiet({
      path: '/api/v1/namespaces/{ns}/serviceaccounts',
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 's' } },
    }),
    post('Pod', { spec: { ...podSpec, serviceAccountName: 's' } }),
  ),
  one('pod: an account of another', post('Pod', { spec: { ...podSpec, serviceAccountName: 'missing' } })),
  one(
    'pod: priority',
    post('Pod', { spec: { ...podSpec, priority: 5 } }),
    post('Pod', { spec: { ...podSpec, priorityClassName: 'system-node-critical' } }),
    post('Pod', { spec: { ...podSpec, priorityClassName: 'missing' } }, { name: 'b' }),
  ),
  one('pod: two with the same name', quiet(post('Pod', { spec: podSpec })), post('Pod', { spec: podSpec })),
  one(
    'pod: old annotations',
    post(
      'Pod',
      { spec: podSpec },
      {
        annotations: {
          'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
          'container.apparmor.security.beta.kubernetes.io/c': 'runtime/default',
        },
      },
    ),
  ),
  one(
    'pod: warnings of fields',
    post('Pod', {
      spec: {
        ...podSpec,
        nodeSelector: { 'beta.kubernetes.io/arch': 'amd64' },
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'failure-domain.beta.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
        ],
      },
    }),
    post(
      'Pod',
      {
        spec: {
          containers: [
            {
              ...container,
              ports: [
                { name: 'a', containerPort: 80 },
                { name: 'b', containerPort: 80 },
              ],
              env: [
                { name: 'A', value: '1' },
                { name: 'A', value: '2' },
              ],
            },
          ],
        },
      },
      { name: 'b' },
    ),
  ),
  one(
    'pod: table of many states',
    quiet(post('Pod', { spec: podSpec })),
    quiet(
      patch(
        'Pod',
        {
          status: {
            phase: 'Pending',
            containerStatuses: [
              {
                name: 'c',
                image: 'x',
                imageID: '',
                ready: false,
                restartCount: 3,
                state: { waiting: { reason: 'CrashLoopBackOff' } },
                lastState: { terminated: { exitCode: 1, finishedAt: '2020-01-01T00:00:00Z' } },
              },
            ],
          },
        },
        'strategic',
        '/status',
      ),
    ),
    table(get('Pod')),
    table(list('Pod', '?includeObject=None')),
  ),
];

const workloads: Case[] = [
  ...['Deployment', 'ReplicaSet', 'StatefulSet'].flatMap((kind) => {
    const made = quiet(post(kind, { spec: { replicas: 2, selector, template } }));
    return [
      one(`${kind}: made`, post(kind, { spec: { selector, template } }), table(get(kind)), table(list(kind))),
      one(`${kind}: scaled`, made, get(kind, '/scale'), scale(kind, 3), get(kind), scale(kind, 4, 'PATCH')),
      one(
        `${kind}: scaled wrongly`,
        made,
        scale(kind, -1),
        scale(kind, 'x'),
        scale(kind, null),
        scale(kind, 2.5, 'PATCH'),
      ),
      one(`${kind}: scaled by another kind`, made, {
        method: 'PUT',
        path: `${pathOf(kind)}/a/scale`,
        body: body(kind, { spec: { replicas: 1 } }),
      }),
      one(`${kind}: scale of none`, get(kind, '/scale'), scale(kind, 1)),
      one(
        `${kind}: selector changed`,
        made,
        patch(kind, {
          spec: { selector: { matchLabels: { app: 'y' } }, template: { metadata: { labels: { app: 'y' } } } },
        }),
      ),
      one(
        `${kind}: selector without template`,
        made,
        patch(kind, { spec: { template: { metadata: { labels: { app: 'y' } } } } }),
      ),
      one(
        `${kind}: image changed`,
        made,
        patch(kind, { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } } } }, 'strategic'),
      ),
      one(
        `${kind}: nothing changed`,
        made,
        patch(kind, {}),
        patch(kind, { metadata: { labels: { a: 'b' } } }),
        get(kind),
      ),
      one(
        `${kind}: status`,
        made,
        patch(kind, { status: { replicas: 2, readyReplicas: 1, observedGeneration: 1 } }, 'merge', '/status'),
        table(get(kind)),
        patch(kind, { status: { readyReplicas: 5 } }, 'merge', '/status'),
      ),
      one(
        `${kind}: status through spec`,
        made,
        patch(kind, { status: { replicas: 5 } }),
        put(kind, { spec: { selector, template }, status: { replicas: 9 } }),
      ),
      one(
        `${kind}: applied by two`,
        apply(kind, { spec: { replicas: 1, selector, template } }),
        apply(kind, { spec: { replicas: 2 } }, 'two'),
        apply(kind, { spec: { replicas: 2 } }, 'two', '&force=true'),
        apply(kind, { spec: { selector, template } }),
      ),
      one(
        `${kind}: applied to scale`,
        made,
        {
          method: 'PATCH',
          path: `${pathOf(kind)}/a/scale?fieldManager=hpa`,
          body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 7 } },
          type: 'application/apply-patch+yaml',
        },
        get(kind),
      ),
      one(
        `${kind}: minimal is not enough`,
        post(kind, { spec: {} }),
        post(kind, {}),
        post(kind, { spec: { selector } }),
        post(kind, { spec: { template } }),
      ),
      one(
        `${kind}: old versions`,
        { path: `/apis/apps/v1beta1/namespaces/{ns}/${pathOf(kind).split('/').at(-1)}` },
        { path: `/apis/extensions/v1beta1/namespaces/{ns}/${pathOf(kind).split('/').at(-1)}` },
      ),
      one(
        `${kind}: collection deleted`,
        made,
        quiet(post(kind, { spec: { selector, template } }, { name: 'b', labels })),
        { method: 'DELETE', path: `${pathOf(kind)}?labelSelector=app%3Dx` },
        { path: pathOf(kind), view: names },
      ),
    ];
  }),
  one(
    'Deployment: paused and resumed',
    quiet(post('Deployment', { spec: { selector, template } })),
    patch('Deployment', { spec: { paused: true } }),
    patch('Deployment', { spec: { paused: null } }),
  ),
  one(
    'Deployment: recreate',
    post('Deployment', { spec: { selector, template, strategy: { type: 'Recreate' } } }),
    patch('Deployment', { spec: { strategy: { type: 'RollingUpdate' } } }),
    patch('Deployment', { spec: { strategy: { type: 'Recreate' } } }),
    patch('Deployment', { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }),
  ),
  one(
    'Deployment: restarted',
    quiet(post('Deployment', { spec: { selector, template } })),
    patch(
      'Deployment',
      { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': time } } } } },
      'strategic',
    ),
  ),
  one(
    'Deployment: a container is removed',
    quiet(
      post('Deployment', {
        spec: { selector, template: { ...template, spec: { containers: [container, { name: 'd', image: 'x' }] } } },
      }),
    ),
    patch(
      'Deployment',
      { spec: { template: { spec: { containers: [{ name: 'd', $patch: 'delete' }] } } } },
      'strategic',
    ),
  ),
  one(
    'Deployment: rolling update that cannot roll',
    post('Deployment', {
      spec: { selector, template, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
    }),
    post('Deployment', {
      spec: { selector, template, strategy: { rollingUpdate: { maxSurge: '-1%', maxUnavailable: '200%' } } },
    }),
    post('Deployment', {
      spec: { selector, template, strategy: { rollingUpdate: { maxSurge: 'x', maxUnavailable: -5 } } },
    }),
  ),
  one('Deployment: rollback', quiet(post('Deployment', { spec: { selector, template } })), {
    path: `${pathOf('Deployment')}/a/rollback`,
    body: {},
  }),
  one(
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
    patch(
      'StatefulSet',
      [{ op: 'replace', path: '/spec/volumeClaimTemplates/0/spec/resources/requests/storage', value: '2Gi' }],
      'json',
    ),
    patch('StatefulSet', { spec: { serviceName: 't' } }),
    patch('StatefulSet', { spec: { podManagementPolicy: 'Parallel' } }),
  ),
  one(
    'StatefulSet: ordinals and retention',
    post('StatefulSet', {
      spec: {
        selector,
        template,
        ordinals: { start: 3 },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
      },
    }),
    patch('StatefulSet', { spec: { ordinals: { start: -1 } } }),
    patch('StatefulSet', { spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Nope' } } }),
  ),
  one(
    'StatefulSet: partition',
    post('StatefulSet', {
      spec: { selector, template, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
    }),
    patch('StatefulSet', { spec: { updateStrategy: { type: 'OnDelete' } } }),
    patch('StatefulSet', { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }),
  ),
  one(
    'DaemonSet: made',
    post('DaemonSet', { spec: { selector, template } }),
    table(get('DaemonSet')),
    get('DaemonSet', '/scale'),
    patch('DaemonSet', { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } }),
    patch('DaemonSet', { spec: { selector: { matchLabels: { app: 'y' } } } }),
  ),
  one(
    'DaemonSet: updates',
    post('DaemonSet', { spec: { selector, template, updateStrategy: { type: 'OnDelete' } } }),
    patch('DaemonSet', {
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } },
    }),
    patch('DaemonSet', {
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    }),
  ),
  one(
    'DaemonSet: status',
    quiet(post('DaemonSet', { spec: { selector, template } })),
    patch(
      'DaemonSet',
      { status: { currentNumberScheduled: 1, numberReady: 1, desiredNumberScheduled: 1, numberMisscheduled: 0 } },
      'merge',
      '/status',
    ),
    table(get('DaemonSet')),
    patch('DaemonSet', { status: { numberReady: -1 } }, 'merge', '/status'),
  ),
  one(
    'ReplicationController: made',
    post('ReplicationController', { spec: { template } }),
    table(get('ReplicationController')),
    get('ReplicationController', '/scale'),
    patch('ReplicationController', { spec: { selector: { a: 'b' } } }),
  ),
];

const jobs: Case[] = [
  one(
    'Job: selector',
    post('Job', { spec: { suspend: true, template: never, selector } }),
    post('Job', { spec: { suspend: true, template: never, selector, manualSelector: true } }, { name: 'b' }),
  ),
  one(
    'Job: labels of another',
    post('Job', { spec: { suspend: true, template: { ...never, metadata: { labels: { 'job-name': 'zz' } } } } }),
  ),
  one('Job: always restarts', post('Job', { spec: { template } })),
  one(
    'Job: indexed',
    post('Job', { spec: { suspend: true, completionMode: 'Indexed', template: never } }),
    post('Job', { spec: { suspend: true, completionMode: 'Indexed', completions: 3, template: never } }, { name: 'b' }),
  ),
  one(
    'Job: deadlines',
    post('Job', {
      spec: { suspend: true, activeDeadlineSeconds: 0, ttlSecondsAfterFinished: 0, backoffLimit: 0, template: never },
    }),
    post('Job', { spec: { suspend: true, backoffLimit: -1, template: never } }, { name: 'b' }),
  ),
  one(
    'CronJob: made',
    post('CronJob', { spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: never } } } }),
    table(get('CronJob')),
    patch('CronJob', { spec: { suspend: true } }),
    table(get('CronJob')),
    patch('CronJob', { spec: { schedule: 'nope' } }),
    patch('CronJob', { spec: { timeZone: 'Nope/Zone' } }),
    patch('CronJob', { spec: { timeZone: 'Europe/Berlin' } }),
    table(get('CronJob')),
  ),
  one(
    'CronJob: schedules',
    ...[
      '@daily',
      '@every 1h',
      '* * * *',
      '60 * * * *',
      'TZ=UTC 0 0 * * *',
      'CRON_TZ=UTC 0 0 * * *',
      '0 0 31 2 *',
      '*/0 * * * *',
      '1-5/2 * * * *',
      '0 0 * * MON-FRI',
      '@reboot',
      '',
    ].map((schedule) =>
      post('CronJob', { spec: { schedule, jobTemplate: { spec: { template: never } } } }, {}, '?dryRun=All'),
    ),
  ),
  one(
    'CronJob: names',
    post(
      'CronJob',
      { spec: { schedule: '@daily', jobTemplate: { spec: { template: never } } } },
      { name: 'x'.repeat(53) },
    ),
    post('CronJob', { spec: { schedule: '@daily', jobTemplate: { spec: { template: never } } } }, { name: 'UPPER' }),
  ),
  one(
    'CronJob: status',
    quiet(post('CronJob', { spec: { schedule: '@daily', jobTemplate: { spec: { template: never } } } })),
    patch(
      'CronJob',
      { status: { lastScheduleTime: time, active: [{ kind: 'Job', name: 'j', namespace: '{ns}' }] } },
      'merge',
      '/status',
    ),
    table(get('CronJob')),
  ),
  one(
    'CronJob: limits',
    post('CronJob', {
      spec: {
        schedule: '@daily',
        successfulJobsHistoryLimit: -1,
        failedJobsHistoryLimit: -1,
        startingDeadlineSeconds: -1,
        concurrencyPolicy: 'Nope',
        jobTemplate: { spec: { template: never } },
      },
    }),
  ),
];

const network: Case[] = [
  one(
    'Service: types',
    ...[
      { type: 'ClusterIP', clusterIP: 'None' },
      { type: 'ExternalName', externalName: 'example.com' },
      { type: 'Nope' },
      { type: 'ExternalName' },
      { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8', 'x'] },
    ].map((spec) => post('Service', { spec: { ports: [{ port: 80 }], ...spec } }, {}, '?dryRun=All')),
  ),
  one(
    'Service: ports',
    ...[
      [{ port: 80 }, { port: 81 }],
      [
        { name: 'a', port: 80 },
        { name: 'a', port: 81 },
      ],
      [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
      ],
      [{ port: 0 }],
      [{ port: 80, targetPort: 'Bad_Name' }],
      [{ port: 80, protocol: 'HTTP' }],
      [],
    ].map((ports) => post('Service', { spec: { clusterIP: 'None', ports } }, {}, '?dryRun=All')),
  ),
  one(
    'Service: to ExternalName and back',
    quiet(post('Service', { spec: { clusterIP: '10.0.0.200', ports: [{ port: 80 }] } })),
    patch('Service', { spec: { type: 'ExternalName', externalName: 'a.b' } }),
    patch('Service', { spec: { type: 'ClusterIP', externalName: null, clusterIP: 'None' } }),
  ),
  one(
    'Service: address is changed',
    quiet(post('Service', { spec: { clusterIP: '10.0.0.201', ports: [{ port: 80 }] } })),
    patch('Service', { spec: { clusterIP: '10.0.0.202' } }),
    patch('Service', { spec: { clusterIP: 'None' } }),
    patch('Service', { spec: { clusterIP: '' } }),
  ),
  one(
    'Service: affinity',
    post('Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }], sessionAffinity: 'ClientIP' } }),
    patch('Service', { spec: { sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } } }),
    patch('Service', { spec: { sessionAffinity: 'None' } }),
    patch('Service', { spec: { sessionAffinity: 'Nope' } }),
  ),
  one(
    'Service: strategic ports',
    quiet(post('Service', { spec: { clusterIP: 'None', ports: [{ name: 'a', port: 80 }] } })),
    patch('Service', { spec: { ports: [{ name: 'b', port: 81 }] } }, 'strategic'),
    patch('Service', { spec: { ports: [{ port: 80, $patch: 'delete' }] } }, 'strategic'),
  ),
  one(
    'Service: status',
    quiet(post('Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } })),
    patch(
      'Service',
      { status: { conditions: [{ type: 'A', status: 'True', reason: 'R', message: '', lastTransitionTime: time }] } },
      'merge',
      '/status',
    ),
    patch('Service', { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } }, 'merge', '/status'),
  ),
  one(
    'Service: name',
    post('Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } }, { name: '9a' }),
    post('Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } }, { name: 'a.b' }),
    post('Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } }, { name: 'x'.repeat(64) }),
  ),
  one(
    'Service: internal traffic',
    post('Service', {
      spec: {
        clusterIP: 'None',
        ports: [{ port: 80 }],
        internalTrafficPolicy: 'Local',
        publishNotReadyAddresses: true,
        trafficDistribution: 'PreferClose',
      },
    }),
    patch('Service', { spec: { trafficDistribution: 'Nope' } }),
    patch('Service', { spec: { internalTrafficPolicy: null } }),
  ),
  one(
    'Ingress: made',
    post('Ingress', {
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'a.example.com',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { name: 'http' } } } }],
            },
          },
        ],
        tls: [{ hosts: ['a.example.com'], secretName: 't' }],
      },
    }),
    table(get('Ingress')),
    patch(
      'Ingress',
      { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4', ports: [{ port: 80, protocol: 'TCP' }] }] } } },
      'merge',
      '/status',
    ),
    table(get('Ingress')),
  ),
  one(
    'Ingress: wrong',
    ...[
      { rules: [{ host: '*.*.a' }] },
      { rules: [{ host: '1.2.3.4' }] },
      { rules: [{ http: { paths: [] } }] },
      { rules: [{ http: { paths: [{ path: 'x', pathType: 'Exact', backend: {} }] } }] },
      {
        rules: [
          {
            http: {
              paths: [
                { path: '/', pathType: 'Nope', backend: { service: { name: 's', port: { number: 80, name: 'x' } } } },
              ],
            },
          },
        ],
      },
      {},
    ].map((spec) => post('Ingress', { spec }, {}, '?dryRun=All')),
  ),
  one(
    'NetworkPolicy: made',
    post('NetworkPolicy', {
      spec: {
        podSelector: {},
        ingress: [
          {
            from: [
              { podSelector: selector, namespaceSelector: {} },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            ],
            ports: [{ port: 80 }, { port: 'http', protocol: 'UDP' }, { port: 1, endPort: 9 }],
          },
        ],
        egress: [{}],
      },
    }),
    table(get('NetworkPolicy')),
  ),
  one(
    'NetworkPolicy: wrong',
    ...[
      { podSelector: {}, ingress: [{ from: [{}] }] },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 'x' } }] }] },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/16', except: ['11.0.0.0/8'] } }] }] },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/16' }, podSelector: {} }] }] },
      { podSelector: {}, ingress: [{ ports: [{ port: 'x', endPort: 5 }] }] },
      { podSelector: {}, ingress: [{ ports: [{ port: 9, endPort: 5 }] }] },
      { podSelector: {}, policyTypes: ['Nope'] },
      { podSelector: { matchLabels: { 'a b': 'c' } } },
    ].map((spec) => post('NetworkPolicy', { spec }, {}, '?dryRun=All')),
  ),
  one(
    'EndpointSlice: made',
    {
      path: `${pathOf('EndpointSlice')}`,
      body: {
        ...body('EndpointSlice', {}),
        addressType: 'IPv4',
        endpoints: [
          {
            addresses: ['10.1.2.3'],
            conditions: { ready: true },
            nodeName: 'n',
            zone: 'z',
            targetRef: { kind: 'Pod', name: 'p' },
          },
        ],
        ports: [{ name: '', port: 80 }],
      },
    },
    table(get('EndpointSlice')),
    patch('EndpointSlice', { addressType: 'IPv6' }),
    patch('EndpointSlice', { endpoints: [{ addresses: ['::1'] }] }),
  ),
  one(
    'Endpoints: made',
    {
      path: pathOf('Endpoints'),
      body: {
        ...body('Endpoints', {}),
        subsets: [
          {
            addresses: [{ ip: '10.1.2.3' }, { ip: '10.1.2.2' }],
            notReadyAddresses: [{ ip: '10.1.2.4' }],
            ports: [
              { name: 'a', port: 80 },
              { name: 'b', port: 81 },
            ],
          },
        ],
      },
    },
    table(get('Endpoints')),
  ),
  one(
    'Endpoints: wrong',
    ...[
      [{ addresses: [{ ip: '127.0.0.1' }] }],
      [{ addresses: [{ ip: 'x' }] }],
      [{}],
      [{ addresses: [{ ip: '224.0.0.1' }] }],
      [{ addresses: [{ ip: '10.1.1.1' }], ports: [{ port: 0 }] }],
    ].map((subsets) => ({ path: `${pathOf('Endpoints')}?dryRun=All`, body: { ...body('Endpoints', {}), subsets } })),
  ),
];

const storage: Case[] = [
  one(
    'claim: made',
    post('PersistentVolumeClaim', {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }),
    table(get('PersistentVolumeClaim')),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '2Gi' } } } }),
    patch('PersistentVolumeClaim', { spec: { storageClassName: 'x' } }),
    patch('PersistentVolumeClaim', { spec: { accessModes: ['ReadWriteMany'] } }),
    patch('PersistentVolumeClaim', { spec: { volumeName: 'v' } }),
    patch('PersistentVolumeClaim', { spec: { volumeName: 'w' } }),
  ),
  one(
    'claim: grows once bound',
    quiet(
      post('PersistentVolumeClaim', {
        spec: {
          storageClassName: '',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
          volumeName: 'v',
        },
      }),
    ),
    quiet(
      patch('PersistentVolumeClaim', { status: { phase: 'Bound', capacity: { storage: '1Gi' } } }, 'merge', '/status'),
    ),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '2Gi' } } } }),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '512Mi' } } } }),
  ),
  one(
    'claim: grows with a class that lets it',
    {
      path: '/apis/storage.k8s.io/v1/storageclasses',
      body: {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'c-{ns}' },
        provisioner: 'example.com/p',
        allowVolumeExpansion: true,
      },
    },
    quiet(
      post('PersistentVolumeClaim', {
        spec: {
          storageClassName: 'c-{ns}',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
          volumeName: 'v',
        },
      }),
    ),
    quiet(
      patch('PersistentVolumeClaim', { status: { phase: 'Bound', capacity: { storage: '1Gi' } } }, 'merge', '/status'),
    ),
    patch('PersistentVolumeClaim', { spec: { resources: { requests: { storage: '2Gi' } } } }),
  ),
  one(
    'class: default',
    quiet({
      path: '/apis/storage.k8s.io/v1/storageclasses',
      body: {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'c-{ns}' },
        provisioner: 'example.com/p',
        parameters: { a: 'b' },
        volumeBindingMode: 'WaitForFirstConsumer',
        reclaimPolicy: 'Retain',
      },
    }),
    table({ path: '/apis/storage.k8s.io/v1/storageclasses/c-{ns}' }),
    {
      method: 'PATCH',
      path: '/apis/storage.k8s.io/v1/storageclasses/c-{ns}',
      body: { provisioner: 'x' },
      type: 'application/merge-patch+json',
    },
    {
      method: 'PATCH',
      path: '/apis/storage.k8s.io/v1/storageclasses/c-{ns}',
      body: { reclaimPolicy: 'Delete', parameters: null, allowVolumeExpansion: true },
      type: 'application/merge-patch+json',
    },
  ),
  one(
    'volume: made',
    quiet(
      post('PersistentVolume', {
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path: '/x' },
          storageClassName: 'zz',
        },
      }),
    ),
    { ...table(get('PersistentVolume')), until: () => true, view: columns },
    patch('PersistentVolume', { spec: { hostPath: { path: '/y' } } }),
    patch('PersistentVolume', { spec: { capacity: { storage: '2Gi' } } }),
    patch('PersistentVolume', { spec: { persistentVolumeReclaimPolicy: 'Nope' } }),
  ),
];

const policy: Case[] = [
  one(
    'budget: made',
    post('PodDisruptionBudget', { spec: { minAvailable: '50%', selector } }),
    table(get('PodDisruptionBudget')),
    patch('PodDisruptionBudget', { spec: { maxUnavailable: 1 } }),
    patch('PodDisruptionBudget', { spec: { maxUnavailable: 1, minAvailable: null } }),
    patch('PodDisruptionBudget', { spec: { selector: null } }),
    patch('PodDisruptionBudget', { spec: { unhealthyPodEvictionPolicy: 'Nope' } }),
  ),
  one(
    'quota: made',
    quiet(post('ResourceQuota', { spec: { hard: { pods: '1', 'requests.cpu': '1', 'count/secrets': '5' } } })),
    { ...table(get('ResourceQuota')), until: (answer) => JSON.stringify(answer.body).includes('pods: 0/1') },
    patch('ResourceQuota', { spec: { hard: { pods: '-1', 'x y': '1', nope: '1' } } }),
    patch('ResourceQuota', { spec: { scopes: ['BestEffort'] } }),
  ),
  one(
    'limits: made',
    post('LimitRange', {
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '500m' },
            defaultRequest: { cpu: '100m' },
            max: { cpu: '1' },
            min: { cpu: '10m' },
          },
          { type: 'Pod', max: { memory: '1Gi' } },
        ],
      },
    }),
    table(get('LimitRange')),
    post('Pod', { spec: podSpec }),
    post(
      'Pod',
      {
        spec: {
          containers: [{ ...container, resources: { requests: { cpu: '2' }, limits: { cpu: '2', memory: '2Gi' } } }],
        },
      },
      { name: 'b' },
    ),
  ),
  one(
    'limits: wrong',
    ...[
      [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }],
      [{ type: 'Container', default: { cpu: '2' }, max: { cpu: '1' } }],
      [{ type: 'Nope' }],
      [{ type: 'Pod', default: { cpu: '1' } }],
      [{ type: 'PersistentVolumeClaim' }],
      [{ type: 'Container', maxLimitRequestRatio: { cpu: '0.5' } }],
    ].map((limits) => post('LimitRange', { spec: { limits } }, {}, '?dryRun=All')),
  ),
  one(
    'autoscaler: made',
    post('HorizontalPodAutoscaler', {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        minReplicas: 2,
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
          { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '10' } } },
        ],
      },
    }),
    { path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a' },
    patch('HorizontalPodAutoscaler', { spec: { minReplicas: 9 } }),
    patch('HorizontalPodAutoscaler', { spec: { maxReplicas: 0 } }),
    patch('HorizontalPodAutoscaler', {
      spec: {
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 5000, policies: [{ type: 'Nope', value: 0, periodSeconds: 9999 }] },
        },
      },
    }),
  ),
  one(
    'autoscaler: of version 1',
    {
      path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers',
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'a' },
        spec: {
          scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
          maxReplicas: 3,
          targetCPUUtilizationPercentage: 50,
        },
      },
    },
    get('HorizontalPodAutoscaler'),
    table({ path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a' }),
  ),
  one(
    'priority class: made',
    quiet({ path: pathOf('PriorityClass'), body: { ...body('PriorityClass', {}), value: 10, description: 'd' } }),
    table(get('PriorityClass')),
    patch('PriorityClass', { value: 11 }),
    patch('PriorityClass', { preemptionPolicy: 'Never' }),
    patch('PriorityClass', { description: 'e', metadata: { labels: { a: 'b' } } }),
  ),
  one(
    'priority class: wrong',
    ...[{ value: 2000000000 }, { value: 'x' }, {}, { value: 1, preemptionPolicy: 'Nope' }].map((fields) => ({
      path: `${pathOf('PriorityClass')}?dryRun=All`,
      body: { ...body('PriorityClass', {}), ...fields },
    })),
  ),
  one(
    'role: made',
    {
      path: pathOf('Role'),
      body: { ...body('Role', {}), rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    },
    table(get('Role')),
    patch('Role', { rules: [{ verbs: ['get'] }] }),
    patch('Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] }),
    patch('Role', { rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] }),
  ),
  one(
    'role binding: made',
    {
      path: pathOf('RoleBinding'),
      body: {
        ...body('RoleBinding', {}),
        roleRef: { kind: 'ClusterRole', name: 'view' },
        subjects: [
          { kind: 'ServiceAccount', name: 's' },
          { kind: 'Group', name: 'g' },
        ],
      },
    },
    patch('RoleBinding', { roleRef: { kind: 'ClusterRole', name: 'edit', apiGroup: 'rbac.authorization.k8s.io' } }),
    table(get('RoleBinding')),
    patch('RoleBinding', { subjects: [{ kind: 'Nope', name: 'x' }] }),
    patch('RoleBinding', { subjects: [{ kind: 'ServiceAccount', name: 's', apiGroup: 'x' }] }),
  ),
  one(
    'role binding: with namespace',
    {
      path: pathOf('RoleBinding'),
      body: {
        ...body('RoleBinding', {}),
        roleRef: { kind: 'Role', name: 'r', apiGroup: 'rbac.authorization.k8s.io' },
        subjects: [{ kind: 'ServiceAccount', name: 's', namespace: 'default' }],
      },
    },
    table(get('RoleBinding')),
  ),
];

const others: Case[] = [
  one(
    'ConfigMap: immutable',
    quiet({ path: pathOf('ConfigMap'), body: { ...body('ConfigMap', {}), data: { a: '1' }, immutable: true } }),
    patch('ConfigMap', { data: { a: '2' } }),
    patch('ConfigMap', { immutable: false }),
    patch('ConfigMap', { immutable: null }),
    patch('ConfigMap', { metadata: { labels: { a: 'b' } } }),
    patch('ConfigMap', { binaryData: { b: 'AA==' } }),
  ),
  one(
    'ConfigMap: keys',
    ...[
      { data: { 'a b': 'x' } },
      { data: { '': 'x' } },
      { data: { a: 'x' }, binaryData: { a: 'AA==' } },
      { binaryData: { a: 'not base64!' } },
      { data: { a: 5 } },
      { data: { a: null } },
    ].map((fields) => ({ path: `${pathOf('ConfigMap')}?dryRun=All`, body: { ...body('ConfigMap', {}), ...fields } })),
  ),
  one(
    'Secret: types',
    ...[
      'kubernetes.io/tls',
      'kubernetes.io/dockerconfigjson',
      'kubernetes.io/basic-auth',
      'kubernetes.io/ssh-auth',
      'kubernetes.io/service-account-token',
      'bootstrap.kubernetes.io/token',
      'example.com/own',
    ].map((type) => ({ path: `${pathOf('Secret')}?dryRun=All`, body: { ...body('Secret', {}), type } })),
  ),
  one(
    'Secret: type is changed',
    quiet({ path: pathOf('Secret'), body: { ...body('Secret', {}), stringData: { a: 'b' } } }),
    get('Secret'),
    table(get('Secret')),
    patch('Secret', { type: 'x' }),
    patch('Secret', { stringData: { c: 'd' } }),
    patch('Secret', { data: { a: null } }),
  ),
  one(
    'Lease: made',
    {
      path: pathOf('Lease'),
      body: {
        ...body('Lease', {}),
        spec: {
          holderIdentity: 'h',
          leaseDurationSeconds: 10,
          acquireTime: '2026-01-02T03:04:05.678901Z',
          renewTime: '2026-01-02T03:04:06Z',
          leaseTransitions: 1,
        },
      },
    },
    table(get('Lease')),
    patch('Lease', { spec: { leaseDurationSeconds: 0 } }),
    patch('Lease', { spec: { leaseTransitions: -1 } }),
    patch('Lease', { spec: { renewTime: 'x' } }),
    patch('Lease', { spec: { strategy: 'OldestEmulationVersion' } }),
  ),
  one(
    'Event: made',
    {
      path: pathOf('Event'),
      body: {
        ...body('Event', {}),
        involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
        reason: 'R',
        message: 'm',
        type: 'Normal',
        count: 2,
        firstTimestamp: time,
        lastTimestamp: time,
        source: { component: 'c', host: 'h' },
      },
    },
    { path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/a' },
    patch('Event', { count: 3 }),
    {
      method: 'PATCH',
      path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/a',
      body: { note: 'x' },
      type: 'application/merge-patch+json',
    },
  ),
  one(
    'Event: of another namespace',
    {
      path: pathOf('Event'),
      body: { ...body('Event', {}), involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' } },
    },
    { path: pathOf('Event'), body: { ...body('Event', {}), involvedObject: { kind: 'Node', name: 'p' } } },
  ),
  one(
    'Namespace: made',
    { ...post('Namespace', {}), quiet: true },
    table({ path: '/api/v1/namespaces/b-{ns}' }),
    {
      method: 'PUT',
      path: '/api/v1/namespaces/b-{ns}/finalize',
      body: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'b-{ns}' },
        spec: { finalizers: ['kubernetes', 'bad'] },
      },
    },
    patch('Namespace', { spec: { finalizers: [] } }),
    patch('Namespace', { status: { phase: 'Terminating' } }, 'merge', '/status'),
    patch('Namespace', { metadata: { labels: { 'kubernetes.io/metadata.name': 'x' } } }),
  ),
  one(
    'Node: made',
    quiet(post('Node', {})),
    table({ path: '/api/v1/nodes/b-{ns}' }),
    patch('Node', { spec: { unschedulable: true } }),
    patch('Node', {
      spec: {
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      },
    }),
    patch('Node', { spec: { podCIDR: '10.2.0.0/24' } }),
    patch('Node', { spec: { podCIDR: '10.3.0.0/24' } }),
    patch('Node', { spec: { providerID: 'x://1' } }),
    patch('Node', { spec: { providerID: 'x://2' } }),
    patch(
      'Node',
      {
        status: {
          capacity: { cpu: '4' },
          conditions: [{ type: 'Ready', status: 'True' }],
          nodeInfo: { kubeletVersion: 'v1' },
        },
      },
      'merge',
      '/status',
    ),
    table({ path: '/api/v1/nodes/b-{ns}' }),
  ),
  one(
    'ServiceAccount: made',
    {
      path: pathOf('ServiceAccount'),
      body: {
        ...body('ServiceAccount', {}),
        secrets: [{ name: 's', kind: 'Secret' }],
        imagePullSecrets: [{ name: 'p' }],
        automountServiceAccountToken: false,
      },
    },
    table(get('ServiceAccount')),
    post('Pod', { spec: { ...podSpec, serviceAccountName: 'a' } }),
    remove('ServiceAccount'),
  ),
  one(
    'ControllerRevision: made',
    { path: pathOf('ControllerRevision'), body: { ...body('ControllerRevision', {}), data: { a: 1 }, revision: 1 } },
    table(get('ControllerRevision')),
    patch('ControllerRevision', { data: { a: 2 } }),
    patch('ControllerRevision', { revision: 2 }),
    patch('ControllerRevision', { revision: -1 }),
  ),
  one(
    'PodTemplate: made',
    { path: pathOf('PodTemplate'), body: { ...body('PodTemplate', {}), template } },
    table(get('PodTemplate')),
    patch('PodTemplate', { template: { spec: { containers: [] } } }),
  ),
];

export const kindProbes: readonly Case[] = [
  ...pods,
  ...workloads,
  ...jobs,
  ...network,
  ...storage,
  ...policy,
  ...others,
];
