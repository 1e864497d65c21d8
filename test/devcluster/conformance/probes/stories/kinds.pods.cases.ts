/** Probes of what is done to Pods by their subresources. */
import type { Case, Step } from '../../harness.ts';
import {
  container,
  get,
  labels,
  list,
  patch,
  pathOf,
  podSpec,
  post,
  remove,
  selector,
  table,
  time,
} from '../../probes.objects.ts';
import { at, casesOf, type Fields, gone, pick, quiet } from '../../steps.ts';

const one = casesOf('probes-kinds', 'pods: ');
const pod = (spec: Fields = {}, meta: Fields = {}, query = ''): Step =>
  post('Pod', { spec: { ...podSpec, ...spec } }, meta, query);
const asked = (resources: Fields, name = 'c'): Fields => ({ name, image: 'nginx', resources });
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
const evict = (options: Fields = {}): Step =>
  sub('eviction', {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'a', namespace: '{ns}' },
    ...options,
  });
const bind = (target: unknown, more: Fields = {}): Step =>
  sub('binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a', namespace: '{ns}', ...more }, target });
const spec = pick('spec');
const budget = (fields: Fields, status?: Fields): Step[] => [
  quiet(post('PodDisruptionBudget', { spec: { selector, ...fields } })),
  ...(status === undefined ? [] : [quiet(patch('PodDisruptionBudget', { status }, 'merge', '/status'))]),
];
const healthy = { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 };

export const podStories: readonly Case[] = [
  one(
    'bound, running, evicted',
    pod({}, { labels }),
    bind({ kind: 'Node', name: 'n1' }, { annotations: { 'x.io/by': 'me' } }),
    bind({ kind: 'Node', name: 'n2' }),
    get('Pod'),
    running(),
    table(get('Pod')),
    { ...list('Pod', '?fieldSelector=spec.nodeName=n1,status.phase=Running'), view: pick('items.*.metadata.name') },
    { ...list('Pod', '?fieldSelector=status.podIP=10.1.1.1'), view: pick('items.*.metadata.name') },
    evict(),
    get('Pod'),
    remove('Pod', { gracePeriodSeconds: 0 }),
    { ...get('Pod'), until: gone },
  ),
  one(
    'bindings that are wrong',
    quiet(pod()),
    bind({ kind: 'Pod', name: 'n1' }),
    bind({ name: '' }),
    bind({}),
    bind(null),
    { ...bind({ kind: 'Node', name: 'n1' }, { name: 'b' }) },
    { ...bind({ kind: 'Node', name: 'n1' }, { uid: 'ffffffff-0000-0000-0000-000000000000' }) },
    { ...bind({ kind: 'Node', name: 'n1' }), path: `${pathOf('Pod')}/a/binding?dryRun=All` },
    get('Pod', '/binding'),
    { ...get('Pod'), view: pick('spec.nodeName', 'status') },
  ),
  one(
    'evicted with a budget that has room',
    ...budget({ minAvailable: 1 }, healthy),
    quiet(pod({ nodeName: 'n' }, { labels })),
    quiet(running()),
    { ...evict(), path: `${pathOf('Pod')}/a/eviction?dryRun=All` },
    evict({ deleteOptions: { gracePeriodSeconds: 0 } }),
    {
      path: `${pathOf('PodDisruptionBudget')}/a`,
      view: (found) => ({
        allowed: at(found, 'status.disruptionsAllowed'),
        names: Object.keys((at(found, 'status.disruptedPods') as Fields | undefined) ?? {}),
      }),
    },
    { ...get('Pod'), until: gone },
  ),
  one(
    'evicted with a budget that has none',
    ...budget({ minAvailable: 2 }, { ...healthy, disruptionsAllowed: 0 }),
    quiet(pod({ nodeName: 'n' }, { labels })),
    quiet(running()),
    evict(),
    evict({ deleteOptions: { dryRun: ['All'] } }),
    evict({ deleteOptions: { preconditions: { uid: 'ffffffff-0000-0000-0000-000000000000' } } }),
    quiet(running({ phase: 'Succeeded' })),
    evict(),
  ),
  one(
    'evicted with a budget of old, of two and without status',
    ...budget({ maxUnavailable: 0 }, { ...healthy, observedGeneration: 0 }),
    quiet(pod({ nodeName: 'n' }, { labels })),
    quiet(running()),
    evict(),
    quiet(post('PodDisruptionBudget', { spec: { selector, minAvailable: '50%' } }, { name: 'b' })),
    evict(),
    quiet(running({ phase: 'Pending' })),
    evict(),
  ),
  one(
    'evictions that are wrong',
    quiet(pod()),
    sub('eviction', { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'a' } }),
    sub('eviction', { apiVersion: 'v1', kind: 'Eviction', metadata: { name: 'a' } }),
    sub('eviction', { apiVersion: 'policy/v1', kind: 'Other', metadata: { name: 'a' } }),
    sub('eviction', { apiVersion: 'policy/v1', kind: 'Eviction' }),
    sub('eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'b' } }),
    sub('eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a', namespace: 'other' } }),
    evict({ deleteOptions: { gracePeriodSeconds: -1 } }),
    evict({ deleteOptions: { propagationPolicy: 'Sometimes' } }),
    {
      path: `${pathOf('Pod')}/nobody/eviction`,
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'nobody' } },
    },
    get('Pod', '/eviction'),
  ),
  one(
    'ephemeral containers: added and never changed',
    quiet(pod({ nodeName: 'n' })),
    get('Pod', '/ephemeralcontainers'),
    patch(
      'Pod',
      { spec: { ephemeralContainers: [{ name: 'd', image: 'busybox', targetContainerName: 'c', stdin: true }] } },
      'strategic',
      '/ephemeralcontainers',
    ),
    patch(
      'Pod',
      { spec: { ephemeralContainers: [{ name: 'd', image: 'other' }] } },
      'strategic',
      '/ephemeralcontainers',
    ),
    patch(
      'Pod',
      { spec: { ephemeralContainers: [{ name: 'e', image: 'x', targetContainerName: 'nope' }] } },
      'strategic',
      '/ephemeralcontainers',
    ),
    patch('Pod', { spec: { ephemeralContainers: [{ name: 'c', image: 'x' }] } }, 'strategic', '/ephemeralcontainers'),
    patch(
      'Pod',
      {
        spec: {
          ephemeralContainers: [
            {
              name: 'e',
              image: 'x',
              resources: { limits: { cpu: '1' } },
              livenessProbe: { httpGet: { port: 1 } },
              lifecycle: {},
            },
          ],
        },
      },
      'strategic',
      '/ephemeralcontainers',
    ),
    patch('Pod', { spec: { ephemeralContainers: [{ name: 'e', image: '' }] } }, 'strategic', '/ephemeralcontainers'),
    patch('Pod', { spec: { ephemeralContainers: [] } }, 'merge', '/ephemeralcontainers'),
    patch(
      'Pod',
      { spec: { containers: [{ name: 'c', image: 'other' }] }, metadata: { labels: { a: 'b' } } },
      'strategic',
      '/ephemeralcontainers',
    ),
    patch('Pod', { spec: { ephemeralContainers: [] } }, 'merge'),
    pod({ ephemeralContainers: [{ name: 'd', image: 'x' }] }, { name: 'b' }),
  ),
  one(
    'resized: what may and what may not',
    quiet(
      pod({
        containers: [
          asked({ requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }),
          asked({ requests: { cpu: '1' } }, 'd'),
        ],
      }),
    ),
    get('Pod', '/resize'),
    patch(
      'Pod',
      { spec: { containers: [asked({ requests: { cpu: '2' }, limits: { cpu: '2' } })] } },
      'strategic',
      '/resize',
    ),
    patch(
      'Pod',
      { spec: { containers: [asked({ requests: { memory: '2Gi' }, limits: { memory: '2Gi' } })] } },
      'strategic',
      '/resize',
    ),
    patch('Pod', { spec: { containers: [asked({ limits: { memory: '512Mi' } })] } }, 'strategic', '/resize'),
    patch(
      'Pod',
      { spec: { containers: [asked({ requests: { 'ephemeral-storage': '1Gi' } })] } },
      'strategic',
      '/resize',
    ),
    patch('Pod', { spec: { containers: [asked({ requests: null, limits: null }, 'd')] } }, 'strategic', '/resize'),
    patch('Pod', { spec: { containers: [{ name: 'c', image: 'other' }] } }, 'strategic', '/resize'),
    patch(
      'Pod',
      {
        metadata: { labels: { x: 'y' } },
        spec: { containers: [asked({ requests: { cpu: '3' }, limits: { cpu: '3' } })] },
      },
      'strategic',
      '/resize',
    ),
    patch('Pod', { spec: { containers: [asked({ requests: { cpu: '4' }, limits: { cpu: '4' } })] } }, 'strategic'),
    patch('Pod', { spec: { containers: [{ name: 'new', image: 'x' }] } }, 'strategic', '/resize'),
    patch('Pod', { spec: { tolerations: [{ operator: 'Exists' }] } }, 'strategic', '/resize'),
    { ...get('Pod'), view: pick('metadata.generation', 'metadata.labels', 'spec.containers', 'status') },
  ),
  one(
    'resized: policies of containers',
    quiet(
      pod({
        containers: [
          {
            ...asked({ limits: { cpu: '1', memory: '1Gi' } }),
            resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }],
          },
        ],
      }),
    ),
    { ...get('Pod'), view: spec },
    patch(
      'Pod',
      {
        spec: {
          containers: [{ name: 'c', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }],
        },
      },
      'strategic',
      '/resize',
    ),
    pod(
      { containers: [{ ...container, resizePolicy: [{ resourceName: 'disk', restartPolicy: 'NotRequired' }] }] },
      { name: 'b' },
    ),
    pod(
      { containers: [{ ...container, resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'Maybe' }] }] },
      { name: 'b' },
    ),
    pod(
      {
        containers: [
          {
            ...container,
            resizePolicy: [
              { resourceName: 'cpu', restartPolicy: 'NotRequired' },
              { resourceName: 'cpu', restartPolicy: 'NotRequired' },
            ],
          },
        ],
      },
      { name: 'b' },
    ),
    pod(
      {
        restartPolicy: 'Never',
        containers: [{ ...container, resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }],
      },
      { name: 'b' },
    ),
  ),
];
