/** Table rows of pods, of what makes pods, and of jobs. */
import type { JsonObject } from '../../types.ts';
import { at, type Loose, number, objects, record, text } from '../access.ts';
import { age, containerCells, humanDuration, labelSelector, labels, since } from './format.ts';
import type { Row } from './rows.ts';

const name = (object: Loose) => text(object, 'metadata.name');
const template = 'spec.template.spec.containers';

const hasCondition = (object: Loose, type: string) =>
  objects(object, 'status.conditions').some(
    (condition) => text(condition, 'type') === type && text(condition, 'status') === 'True',
  );

interface PodState {
  reason: string;
  ready: number;
  restarts: number;
  lastRestart: string;
}

const later = (left: string, right: string) => (right > left ? right : left);
const finished = (status: Loose) => text(status, 'lastState.terminated.finishedAt');

/** Why a container ended: its reason, else its signal, else its exit code. */
function ending(status: Loose, prefix: string): string {
  const reason = text(status, 'state.terminated.reason');
  if (reason !== '') return `${prefix}${reason}`;
  const signal = number(status, 'state.terminated.signal');
  return signal !== 0
    ? `${prefix}Signal:${signal}`
    : `${prefix}ExitCode:${number(status, 'state.terminated.exitCode')}`;
}

/** Goes through the init containers; returns true when the pod is still initializing (or failed to). */
function initState(pod: Loose, state: PodState, sidecars: PodState): boolean {
  const init = objects(pod, 'spec.initContainers');
  const restartable = new Set(
    init
      .filter((container) => text(container, 'restartPolicy') === 'Always')
      .map((container) => text(container, 'name')),
  );
  for (const [index, status] of objects(pod, 'status.initContainerStatuses').entries()) {
    const sidecar = restartable.has(text(status, 'name'));
    state.restarts += number(status, 'restartCount');
    state.lastRestart = later(state.lastRestart, finished(status));
    if (sidecar) {
      sidecars.restarts += number(status, 'restartCount');
      sidecars.lastRestart = later(sidecars.lastRestart, finished(status));
    }
    const terminated = at(status, 'state.terminated') !== undefined;
    if (terminated && number(status, 'state.terminated.exitCode') === 0) continue;
    if (sidecar && text(status, 'started') === 'true') {
      if (text(status, 'ready') === 'true') state.ready += 1;
      continue;
    }
    const waiting = text(status, 'state.waiting.reason');
    if (terminated) state.reason = ending(status, 'Init:');
    else if (waiting !== '' && waiting !== 'PodInitializing') state.reason = `Init:${waiting}`;
    else state.reason = `Init:${index}/${init.length}`;
    return true;
  }
  return false;
}

function containerState(pod: Loose, state: PodState): void {
  let running = false;
  let failure = '';
  for (const status of objects(pod, 'status.containerStatuses').reverse()) {
    state.restarts += number(status, 'restartCount');
    state.lastRestart = later(state.lastRestart, finished(status));
    const waiting = text(status, 'state.waiting.reason');
    if (waiting !== '') state.reason = waiting;
    else if (at(status, 'state.terminated') !== undefined) {
      state.reason = ending(status, '');
      if (number(status, 'state.terminated.exitCode') !== 0) failure = state.reason;
    } else if (text(status, 'ready') === 'true' && at(status, 'state.running') !== undefined) {
      running = true;
      state.ready += 1;
    }
  }
  if (state.reason !== 'Completed') return;
  if (running && hasCondition(pod, 'Ready')) state.reason = 'Running';
  else if (failure !== '') state.reason = failure;
  else if (running) state.reason = 'NotReady';
}

function podRow(pod: Loose, now: Date): ReturnType<Row> {
  const phase = text(pod, 'status.phase');
  const state: PodState = { reason: text(pod, 'status.reason') || phase, ready: 0, restarts: 0, lastRestart: '' };
  const gated = objects(pod, 'status.conditions').some(
    (condition) => text(condition, 'type') === 'PodScheduled' && text(condition, 'reason') === 'SchedulingGated',
  );
  if (gated) state.reason = 'SchedulingGated';
  const sidecars: PodState = { reason: '', ready: 0, restarts: 0, lastRestart: '' };
  const initializing = initState(pod, state, sidecars);
  if (!initializing || hasCondition(pod, 'Initialized')) {
    state.restarts = sidecars.restarts;
    state.lastRestart = sidecars.lastRestart;
    containerState(pod, state);
  }
  if (text(pod, 'metadata.deletionTimestamp') !== '') {
    if (text(pod, 'status.reason') === 'NodeLost') state.reason = 'Unknown';
    else if (phase !== 'Failed' && phase !== 'Succeeded') state.reason = 'Terminating';
  }
  const total =
    objects(pod, 'spec.containers').length +
    objects(pod, 'spec.initContainers').filter((container) => text(container, 'restartPolicy') === 'Always').length;
  const gates = objects(pod, 'spec.readinessGates');
  const open = gates.filter((gate) => hasCondition(pod, text(gate, 'conditionType'))).length;
  return [
    name(pod),
    `${state.ready}/${total}`,
    state.reason,
    state.restarts !== 0 && state.lastRestart !== ''
      ? `${state.restarts} (${since(state.lastRestart, now)} ago)`
      : String(state.restarts),
    age(pod, now),
    text(objects(pod, 'status.podIPs')[0], 'ip') || '<none>',
    text(pod, 'spec.nodeName') || '<none>',
    text(pod, 'status.nominatedNodeName') || '<none>',
    gates.length === 0 ? '<none>' : `${open}/${gates.length}`,
  ];
}

/** A pod that has ended has completed, well or not. */
export function podRowConditions(pod: Loose): JsonObject[] | undefined {
  const phase = text(pod, 'status.phase');
  if (phase !== 'Succeeded' && phase !== 'Failed') return undefined;
  const message = phase === 'Failed' ? 'The pod failed.' : 'The pod has completed successfully.';
  return [{ type: 'Completed', status: 'True', reason: phase, message }];
}

function jobRow(job: Loose, now: Date): ReturnType<Row> {
  const succeeded = number(job, 'status.succeeded');
  const parallelism = number(job, 'spec.parallelism');
  let completions = `${succeeded}/1`;
  if (at(job, 'spec.completions') !== undefined) completions = `${succeeded}/${number(job, 'spec.completions')}`;
  else if (parallelism > 1) completions = `${succeeded}/1 of ${parallelism}`;
  const started = Date.parse(text(job, 'status.startTime'));
  const ended = Date.parse(text(job, 'status.completionTime'));
  const duration = Number.isNaN(started) ? '' : humanDuration((Number.isNaN(ended) ? now.getTime() : ended) - started);
  const words: readonly (readonly [string, boolean])[] = [
    ['Complete', hasCondition(job, 'Complete')],
    ['Failed', hasCondition(job, 'Failed')],
    ['Terminating', text(job, 'metadata.deletionTimestamp') !== ''],
    ['Suspended', hasCondition(job, 'Suspended')],
    ['FailureTarget', hasCondition(job, 'FailureTarget')],
    ['SuccessCriteriaMet', hasCondition(job, 'SuccessCriteriaMet')],
  ];
  const status = words.find(([, applies]) => applies)?.[0] ?? 'Running';
  return [
    name(job),
    status,
    completions,
    duration,
    age(job, now),
    ...containerCells(job, template),
    labelSelector(job, 'spec.selector'),
  ];
}

function disruptionBound(object: Loose, field: string): string {
  const value = at(object, `spec.${field}`);
  return value === undefined || value === null ? 'N/A' : String(value);
}

export const workloadRows: { readonly [kind: string]: Row } = {
  '/Pod': podRow,
  '/ReplicationController': (object, now) => [
    name(object),
    number(object, 'spec.replicas'),
    number(object, 'status.replicas'),
    number(object, 'status.readyReplicas'),
    age(object, now),
    ...containerCells(object, template),
    labels(record(object, 'spec.selector')),
  ],
  'apps/ControllerRevision': (object, now) => {
    const owner = objects(object, 'metadata.ownerReferences').find(
      (reference) => text(reference, 'controller') === 'true',
    );
    const group = text(owner, 'apiVersion').includes('/') ? `.${text(owner, 'apiVersion').split('/')[0]}` : '';
    const controller =
      owner === undefined ? '<none>' : `${text(owner, 'kind').toLowerCase()}${group}/${text(owner, 'name')}`;
    return [name(object), controller, number(object, 'revision'), age(object, now)];
  },
  'apps/DaemonSet': (object, now) => [
    name(object),
    number(object, 'status.desiredNumberScheduled'),
    number(object, 'status.currentNumberScheduled'),
    number(object, 'status.numberReady'),
    number(object, 'status.updatedNumberScheduled'),
    number(object, 'status.numberAvailable'),
    labels(record(object, 'spec.template.spec.nodeSelector')),
    age(object, now),
    ...containerCells(object, template),
    labelSelector(object, 'spec.selector'),
  ],
  'apps/Deployment': (object, now) => [
    name(object),
    `${number(object, 'status.readyReplicas')}/${number(object, 'spec.replicas')}`,
    number(object, 'status.updatedReplicas'),
    number(object, 'status.availableReplicas'),
    age(object, now),
    ...containerCells(object, template),
    labelSelector(object, 'spec.selector'),
  ],
  'apps/ReplicaSet': (object, now) => [
    name(object),
    number(object, 'spec.replicas'),
    number(object, 'status.replicas'),
    number(object, 'status.readyReplicas'),
    age(object, now),
    ...containerCells(object, template),
    labelSelector(object, 'spec.selector'),
  ],
  'apps/StatefulSet': (object, now) => [
    name(object),
    `${number(object, 'status.readyReplicas')}/${number(object, 'spec.replicas')}`,
    age(object, now),
    ...containerCells(object, template),
  ],
  'batch/CronJob': (object, now) => {
    const last = text(object, 'status.lastScheduleTime');
    const suspend = at(object, 'spec.suspend');
    return [
      name(object),
      text(object, 'spec.schedule'),
      text(object, 'spec.timeZone') || '<none>',
      suspend === undefined ? '<unset>' : suspend === true ? 'True' : 'False',
      objects(object, 'status.active').length,
      last === '' ? '<none>' : since(last, now),
      age(object, now),
      ...containerCells(object, 'spec.jobTemplate.spec.template.spec.containers'),
      labelSelector(object, 'spec.jobTemplate.spec.selector'),
    ];
  },
  'batch/Job': jobRow,
  'policy/PodDisruptionBudget': (object, now) => [
    name(object),
    disruptionBound(object, 'minAvailable'),
    disruptionBound(object, 'maxUnavailable'),
    number(object, 'status.disruptionsAllowed'),
    age(object, now),
  ],
};
