/** Pods: status, binding, eviction, ephemeral containers, resize. */
import type { Case, Step } from '../../harness.ts';
import { container, get, labels, patch, pathOf, podSpec, post, selector, table, time } from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { one } from './shared.ts';

const eviction = (options: object = {}): Step => ({
  path: `${pathOf('Pod')}/a/eviction`,
  body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a', namespace: '{ns}' }, ...options },
});

export const podSubresources: Case[] = [
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
];
