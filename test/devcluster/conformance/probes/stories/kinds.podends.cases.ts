/** Probes of the end of Pods, their gates and their status, and of Nodes. */
import type { Case, Step } from '../../harness.ts';
import { apply, body, get, patch, pathOf, podSpec, post, put, remove, table, time } from '../../probes.objects.ts';
import { casesOf, type Fields, gone, pick, quiet } from '../../steps.ts';

const one = casesOf('probes-kinds', 'pods: ');
const pod = (spec: Fields = {}, meta: Fields = {}, query = ''): Step =>
  post('Pod', { spec: { ...podSpec, ...spec } }, meta, query);
const running = (more: Fields = {}): Step =>
  patch(
    'Pod',
    {
      status: {
        phase: 'Running',
        podIP: '10.1.1.1',
        podIPs: [{ ip: '10.1.1.1' }],
        hostIP: '10.2.2.2',
        startTime: time,
        conditions: [{ type: 'Ready', status: 'True' }],
        ...more,
      },
    },
    'merge',
    '/status',
  );
const sub = (name: string, what: unknown, query = ''): Step => ({
  path: `${pathOf('Pod')}/a/${name}${query}`,
  body: what,
});
const bind = (target: unknown, more: Fields = {}): Step =>
  sub('binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a', namespace: '{ns}', ...more }, target });
export const podEndStories: readonly Case[] = [
  one(
    'grace, in words and twice',
    quiet(pod({ nodeName: 'n', terminationGracePeriodSeconds: 50 }, { finalizers: ['x.io/f'] })),
    {
      ...remove('Pod', { gracePeriodSeconds: 20 }),
      view: pick('metadata.deletionGracePeriodSeconds', 'metadata.generation', 'metadata.finalizers'),
    },
    {
      ...remove('Pod', { gracePeriodSeconds: 40 }),
      view: pick('metadata.deletionGracePeriodSeconds', 'metadata.generation'),
    },
    {
      ...remove('Pod', { gracePeriodSeconds: 5 }),
      view: pick('metadata.deletionGracePeriodSeconds', 'metadata.generation'),
    },
    patch('Pod', { metadata: { labels: { late: 'y' } } }),
    patch('Pod', { metadata: { finalizers: ['x.io/f', 'x.io/g'] } }),
    {
      ...remove('Pod', { gracePeriodSeconds: 0 }),
      view: pick('metadata.deletionGracePeriodSeconds', 'metadata.generation'),
    },
    { ...patch('Pod', { metadata: { finalizers: null } }), view: pick('metadata.name') },
    { ...get('Pod'), until: gone },
  ),
  one(
    'gates are opened one by one',
    pod({ schedulingGates: [{ name: 'x.io/a' }, { name: 'x.io/b' }] }),
    bind({ kind: 'Node', name: 'n' }),
    patch('Pod', { spec: { nodeSelector: { disk: 'ssd' } } }),
    patch('Pod', { spec: { nodeSelector: null } }),
    patch('Pod', { spec: { schedulingGates: [{ name: 'x.io/a' }, { name: 'x.io/c' }] } }),
    patch('Pod', { spec: { schedulingGates: [{ name: 'x.io/b', $patch: 'delete' }] } }, 'strategic'),
    table(get('Pod')),
    patch('Pod', { spec: { schedulingGates: null } }),
    patch('Pod', { spec: { nodeSelector: { disk: 'hdd' } } }),
    bind({ kind: 'Node', name: 'n' }),
    { ...get('Pod'), view: pick('spec.nodeName', 'status.conditions.*.type', 'status.conditions.*.reason') },
  ),
  one(
    'status: of containers and what may not come back',
    quiet(pod({ nodeName: 'n', restartPolicy: 'Never' })),
    running({
      containerStatuses: [
        {
          name: 'c',
          image: 'nginx',
          imageID: '',
          ready: true,
          restartCount: 2,
          state: { running: { startedAt: time } },
        },
      ],
    }),
    table(get('Pod')),
    running({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'no',
      containerStatuses: [
        {
          name: 'c',
          image: 'nginx',
          imageID: '',
          ready: false,
          restartCount: 2,
          state: { terminated: { exitCode: 3, reason: 'Error' } },
        },
      ],
    }),
    table(get('Pod')),
    running({
      containerStatuses: [
        {
          name: 'c',
          image: 'nginx',
          imageID: '',
          ready: true,
          restartCount: 2,
          state: { running: { startedAt: time } },
        },
      ],
    }),
    running({ podIP: 'x', podIPs: [{ ip: '1.1.1.1' }, { ip: '1.1.1.2' }] }),
    running({ phase: 'Other' }),
    running({ conditions: [{ type: 'Ready', status: 'Perhaps' }] }),
    running({ nominatedNodeName: 'Bad_', resize: 'Infeasible' }),
    running({ observedGeneration: -1 }),
  ),
  one(
    'applied, changed by a mutation of its own, applied again',
    apply('Pod', { spec: podSpec }, 'one'),
    apply('Pod', { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } }, 'one'),
    apply('Pod', { spec: { containers: [{ name: 'd', image: 'nginx' }] } }, 'one'),
    apply(
      'Pod',
      { spec: { containers: [{ name: 'c', image: 'nginx:3' }], tolerations: [{ key: 'a', operator: 'Exists' }] } },
      'two',
    ),
    apply(
      'Pod',
      { spec: { containers: [{ name: 'c', image: 'nginx:3' }], tolerations: [{ key: 'a', operator: 'Exists' }] } },
      'two',
      '&force=true',
    ),
    put('Pod', { spec: podSpec }),
  ),
  one(
    'created wholly with status, and with what is the servers',
    {
      ...post(
        'Pod',
        { spec: podSpec, status: { phase: 'Running', podIP: '1.1.1.1' } },
        {
          uid: 'ffffffff-0000-0000-0000-000000000001',
          selfLink: '/x',
          deletionTimestamp: time,
          creationTimestamp: time,
          generation: 7,
          managedFields: [],
        },
      ),
    },
    post('Pod', { spec: podSpec }, { name: 'b', resourceVersion: '3' }),
    post('Pod', { spec: podSpec }, { name: 'b', namespace: 'other' }),
    post('Pod', { spec: podSpec }, { name: 'B' }),
    post('Pod', { spec: podSpec }, { name: 'a'.repeat(254) }),
    { ...remove('Pod', { gracePeriodSeconds: 0 }), view: pick('metadata.name') },
    { ...get('Pod'), until: gone },
  ),
  one(
    'nodes: a life',
    {
      path: pathOf('Node'),
      body: body('Node', {
        spec: { podCIDR: '10.5.0.0/24', providerID: 'x://1', taints: [{ key: 'a', effect: 'NoSchedule' }] },
      }),
    },
    patch(
      'Node',
      {
        status: {
          capacity: { cpu: '4', memory: '8Gi', pods: '110' },
          conditions: [{ type: 'Ready', status: 'True', reason: 'r', message: 'm' }],
          addresses: [{ type: 'InternalIP', address: '1.2.3.4' }],
          nodeInfo: { kubeletVersion: 'v1.36.3', containerRuntimeVersion: 'c://2', osImage: 'O', kernelVersion: 'k' },
        },
      },
      'merge',
      '/status',
    ),
    table(get('Node')),
    patch('Node', { spec: { unschedulable: true } }),
    table(get('Node')),
    patch('Node', { spec: { podCIDR: '10.6.0.0/24' } }),
    patch('Node', { spec: { providerID: 'x://2' } }),
    patch('Node', {
      spec: {
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      },
    }),
    patch('Node', { spec: { taints: [{ key: 'a b', effect: 'Never', value: 'x y' }] } }),
    patch('Node', { metadata: { labels: { 'node-role.kubernetes.io/worker': '' } } }),
    table(get('Node')),
    patch(
      'Node',
      {
        status: {
          addresses: [
            { type: 'InternalIP', address: '1' },
            { type: 'InternalIP', address: '1' },
          ],
          capacity: { cpu: '-1' },
        },
      },
      'merge',
      '/status',
    ),
    remove('Node'),
    { ...get('Node'), until: gone },
  ),
];
