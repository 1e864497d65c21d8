/** Pods: logs and streams, deletion, resources, accounts. */
import type { Case } from '../../harness.ts';
import { container, get, list, patch, pathOf, podSpec, post, remove, table } from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { one } from './shared.ts';

export const podConnections: Case[] = [
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
