/** Pods as a table. */
import type { Case } from '../../harness.ts';
import type { Fields } from '../../steps.ts';
import { shown, template, time } from './shared.ts';

const ready = (name: string, more: Fields = {}): Fields => ({
  name,
  image: 'x',
  imageID: '',
  ready: true,
  restartCount: 0,
  state: { running: { startedAt: time } },
  ...more,
});

const waiting = (name: string, reason: string): Fields =>
  ready(name, { ready: false, state: { waiting: { reason } }, restartCount: 3 });

const ended = (name: string, reason: string, exitCode: number, signal = 0): Fields =>
  ready(name, {
    ready: false,
    state: { terminated: { reason, exitCode, signal, startedAt: time, finishedAt: time } },
    lastState: { terminated: { reason, exitCode, startedAt: time, finishedAt: time } },
    restartCount: 2,
  });

const podWith = (name: string, status: Fields, spec: Fields = {}): Case =>
  shown(name, 'v1', 'pods', 'Pod', { spec: { containers: template.spec.containers, ...spec } }, status);

const init = (...names: string[]): Fields => ({ initContainers: names.map((name) => ({ name, image: 'x' })) });

const sidecar = {
  initContainers: [
    { name: 's', image: 'x', restartPolicy: 'Always' },
    { name: 'i', image: 'x' },
  ],
};

export const pods: Case[] = [
  podWith('pending', {}),
  podWith('running', {
    phase: 'Running',
    podIP: '10.1.2.3',
    podIPs: [{ ip: '10.1.2.3' }],
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [ready('c'), ready('d')],
  }),
  podWith('one not ready', { phase: 'Running', containerStatuses: [ready('c'), ready('d', { ready: false })] }),
  podWith('crashing', { phase: 'Running', containerStatuses: [waiting('c', 'CrashLoopBackOff'), ready('d')] }),
  podWith('an image that is not there', {
    phase: 'Pending',
    containerStatuses: [waiting('c', 'ImagePullBackOff'), waiting('d', 'ErrImagePull')],
  }),
  podWith('creating', { phase: 'Pending', containerStatuses: [waiting('c', 'ContainerCreating')] }),
  podWith(
    'completed',
    { phase: 'Succeeded', containerStatuses: [ended('c', 'Completed', 0), ended('d', 'Completed', 0)] },
    { restartPolicy: 'Never' },
  ),
  podWith('failed', { phase: 'Failed', containerStatuses: [ended('c', 'Error', 1)] }, { restartPolicy: 'Never' }),
  podWith('out of memory', { phase: 'Failed', containerStatuses: [ended('c', 'OOMKilled', 137)] }),
  podWith('by a signal', { phase: 'Failed', containerStatuses: [ended('c', '', 0, 9)] }),
  podWith('by an exit code', { phase: 'Failed', containerStatuses: [ended('c', '', 3)] }),
  podWith('evicted', { phase: 'Failed', reason: 'Evicted', message: 'low' }),
  podWith('node lost', { phase: 'Running', reason: 'NodeLost', containerStatuses: [ready('c')] }),
  podWith('running again', {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [ended('c', 'Completed', 0), ready('d')],
  }),
  podWith('running again, not ready', {
    phase: 'Running',
    containerStatuses: [ended('c', 'Completed', 0), ready('d')],
  }),
  podWith('gated', {}, { schedulingGates: [{ name: 'example.com/g' }] }),
  podWith('gate condition', { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
  podWith('nominated', { nominatedNodeName: 'n1' }),
  podWith(
    'readiness gates',
    { conditions: [{ type: 'a/b', status: 'True' }] },
    { readinessGates: [{ conditionType: 'a/b' }, { conditionType: 'c/d' }] },
  ),
  podWith(
    'init 0/2',
    { phase: 'Pending', initContainerStatuses: [ready('i', { ready: false }), waiting('j', 'PodInitializing')] },
    init('i', 'j'),
  ),
  podWith(
    'init 1/2',
    { phase: 'Pending', initContainerStatuses: [ended('i', 'Completed', 0), waiting('j', 'PodInitializing')] },
    init('i', 'j'),
  ),
  podWith('init crashing', { phase: 'Pending', initContainerStatuses: [waiting('i', 'CrashLoopBackOff')] }, init('i')),
  podWith('init failed', { phase: 'Pending', initContainerStatuses: [ended('i', 'Error', 1)] }, init('i')),
  podWith('init signal', { phase: 'Pending', initContainerStatuses: [ended('i', '', 1, 9)] }, init('i')),
  podWith('init exit code', { phase: 'Pending', initContainerStatuses: [ended('i', '', 5)] }, init('i')),
  podWith(
    'initialized',
    {
      phase: 'Running',
      conditions: [{ type: 'Initialized', status: 'True' }],
      initContainerStatuses: [ended('i', 'Completed', 0)],
      containerStatuses: [ready('c'), ready('d')],
    },
    init('i'),
  ),
  podWith(
    'sidecar',
    {
      phase: 'Running',
      conditions: [{ type: 'Initialized', status: 'True' }],
      initContainerStatuses: [ready('s', { started: true, restartCount: 4 }), ended('i', 'Completed', 0)],
      containerStatuses: [ready('c'), ready('d')],
    },
    sidecar,
  ),
  podWith(
    'sidecar that starts',
    { phase: 'Pending', initContainerStatuses: [ready('s', { started: false, ready: false })] },
    sidecar,
  ),
];
