/** Pods: made, and what of them may change. */
import type { Case } from '../../harness.ts';
import { get, patch, podSpec, post, remove, table } from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { one } from './shared.ts';

export const podChanges: Case[] = [
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
];
