import type { Condition, Task, TaskLedgerEntry, TaskRun, TaskStatus } from '../../api/index.ts';
import { ANNOTATIONS, LABELS } from '../../api/index.ts';
import { childName, controllerOf } from '../../kube/index.ts';
import { digest, nameOf } from '../keys.ts';
import { AWAITING_HUMAN, awaitsHuman, isTerminal } from '../phases.ts';
import { commonStatus, withCondition } from '../status.ts';

/** On a run after the first, or of a Task that may run again or is brought back when it is deleted: the Task's generation that it was created for. */
export const GENERATION_ANNOTATION = `${LABELS.task}-generation`;

/** On the same runs: `definitionOf` what it was created to do. */
export const DEFINITION_ANNOTATION = `${LABELS.task}-definition`;

/** Why a Task that was brought back is ready without a run. */
export const HAS_RUN = 'HasRun';

/** What this process knows of a Task and has not read back yet. */
export interface Issued {
  readonly runs: number;
  readonly generation: number;
  /** `definitionOf` what the run was created to do. */
  readonly definition?: string;
  /** Monotonic milliseconds. */
  readonly at: number;
  /** The number whose name somebody else's run has, where that was found out: the next one is tried. */
  readonly taken?: number;
}

export interface TaskState {
  readonly task: Task;
  /** All TaskRuns that name this Task. The latest one is whole where it has ended. */
  readonly runs: readonly TaskRun[];
  readonly issued: Issued | undefined;
  /** What a Task of this name is known to have run, where something brings it back when it is deleted. */
  readonly ledger?: TaskLedgerEntry;
  /** How many Tasks wait for their first status. */
  readonly waiting: number;
  /** Wall clock and monotonic clock, milliseconds. */
  readonly now: number;
  readonly monotonic: number;
}

export interface TaskDecision {
  /** The run to create; then the decider is asked again. The first is of a Task that is not known to have run. */
  readonly create?: { readonly name: string; readonly number: number; readonly first: boolean };
  /** Runs to suspend or to let go on, because the Task is suspended or not any more. */
  readonly hold?: { readonly runs: readonly TaskRun[]; readonly suspend: boolean };
  readonly status?: TaskStatus;
  /** What the Task has run, for the ledger. */
  readonly record?: Omit<TaskLedgerEntry, 'time'>;
  /** When to write the status at the latest, where it is worth waiting for the run to end. */
  readonly againAfterMs?: number;
  /** Finished runs over the history limit. */
  readonly remove: readonly TaskRun[];
}

/**
 * For how long the first status waits for the run to end, in milliseconds: a Task whose run is short is written once, with its
 * output, instead of twice. A busy API server makes short runs longer, so the more Tasks wait, the longer they do.
 */
export const statusDelay = (waiting: number): number => Math.min(15_000, 1_000 + 100 * waiting);

const DEFAULT_HISTORY_LIMIT = 10;

/** What a Task needs: a run, a status, an end of old runs. Pure. */
export function decideTask(state: TaskState): TaskDecision {
  const { task, issued } = state;
  if (task.metadata.deletionTimestamp !== undefined) return { remove: [] };
  const runs = state.runs.filter((run) => !isOfEarlierTask(run, task));
  const own = runs.filter((run) => controllerOf(run)?.uid === task.metadata.uid);
  const ledger = state.ledger?.uid === task.metadata.uid ? state.ledger : undefined;
  const created = Math.max(
    task.status?.runs ?? 0,
    issued?.runs ?? 0,
    ledger?.runs ?? 0,
    ...own.map((run) => numberOf(run)),
  );
  const ran = ranDefinition(state, own, ledger);
  const generation = task.metadata.generation ?? 1;
  const ranFor = Math.max(task.status?.runGeneration ?? 0, issued?.generation ?? 0, ...own.map(generationOf));
  const rerun =
    created > 0 &&
    task.spec.rerunPolicy === 'OnChange' &&
    ranFor < generation &&
    // A TTL, a history limit, a suspension: other fields than those that say what is to be done.
    ran !== definitionOf(task) &&
    own.every((run) => isTerminal(run.status?.phase));
  const earlier = created === 0 ? state.ledger : undefined;
  if (earlier !== undefined && earlier.definition === definitionOf(task)) {
    return { status: broughtBack(state, earlier, earlier.definition), remove: [] };
  }
  const hold = runsToHold(task, own);
  if (hold !== undefined) return { hold, remove: [] };
  if (task.spec.suspend === true && (created === 0 || rerun)) return { status: waitForResume(state), remove: [] };
  if (created === 0 || rerun) {
    const number = Math.max(created, issued?.taken ?? 0, earlier?.runs ?? 0) + 1;
    const name = childName(nameOf(task), String(number));
    const leftover = state.runs.some((run) => nameOf(run) === name && isOfEarlierTask(run, task));
    return leftover
      ? { status: waitForName(state, name), remove: [] }
      : { create: { name, number, first: created === 0 }, remove: [] };
  }

  const remove = surplusRuns(own, task.spec.runHistoryLimit ?? DEFAULT_HISTORY_LIMIT);
  const latest = latestRun(runs, task.status?.latestRun);
  const firstTime = task.status?.observedGeneration === undefined;
  if (firstTime && latest !== undefined && isUnderWay(latest) && issued !== undefined) {
    const left = issued.at + statusDelay(state.waiting) - state.monotonic;
    if (left > 0) return { againAfterMs: left, remove, ...recordOf(task, ran, created) };
  }
  const status = statusOf(state, latest, created, ranFor);
  return {
    status: ran === undefined ? status : { ...status, runDefinition: ran },
    remove,
    ...recordOf(task, ran, created),
  };
}

/** What is to be done, and nothing of how: the same for the same work. */
export function definitionOf({ spec }: Task): string {
  const { agentRef, message, goal, everythingThatHappenedSoFar, expect } = spec;
  return digest({ agentRef, message, goal, everythingThatHappenedSoFar, expect }).slice(0, 16);
}

/** What the latest run was created to do; undefined where an earlier version of this program did not write it down. */
function ranDefinition(
  { task, issued }: TaskState,
  own: readonly TaskRun[],
  ledger: TaskLedgerEntry | undefined,
): string | undefined {
  const runs = task.status?.runs ?? 0;
  if (issued?.definition !== undefined && issued.runs >= runs) return issued.definition;
  const newest = own.toSorted((a, b) => numberOf(b) - numberOf(a))[0];
  const written = newest?.metadata.annotations?.[DEFINITION_ANNOTATION];
  if (written !== undefined && newest !== undefined && numberOf(newest) >= runs) return written;
  if (task.status?.runDefinition !== undefined) return task.status.runDefinition;
  if (ledger !== undefined) return ledger.definition;
  // The first run of a Task that has not been changed.
  const first = (task.metadata.generation ?? 1) === 1 && Math.max(runs, own.length) === 1;
  return first ? definitionOf(task) : undefined;
}

const recordOf = (task: Task, definition: string | undefined, runs: number): Pick<TaskDecision, 'record'> =>
  definition === undefined ? {} : { record: { definition, uid: task.metadata.uid ?? '', runs } };

/** The Task of this name was deleted and brought back as it was: it has run. */
function broughtBack({ task, now }: TaskState, { runs, time }: TaskLedgerEntry, definition: string): TaskStatus {
  const detail = `Has run before it was deleted and brought back (${runs === 1 ? 'once' : `${runs} times`}, last at ${time}): create a TaskRun to run it again`;
  const verdict = { ready: true, status: 'Ready', detail, reason: HAS_RUN } as const;
  return {
    ...commonStatus(verdict, task.metadata.generation, task.status, now),
    runs,
    runGeneration: task.metadata.generation ?? 1,
    runDefinition: definition,
  };
}

/** Whether a run belongs to a Task of this name that was deleted: the garbage collector will take it away. */
export function isOfEarlierTask(run: TaskRun, task: Task): boolean {
  const owner = controllerOf(run);
  return owner?.kind === 'Task' && owner.name === task.metadata.name && owner.uid !== task.metadata.uid;
}

/** A run that was suspended with its Task goes on with it; one that somebody suspended by itself does not. */
function runsToHold(task: Task, own: readonly TaskRun[]): TaskDecision['hold'] {
  const suspend = task.spec.suspend === true;
  const runs = own.filter(({ spec, status, metadata }) => {
    if (isTerminal(status?.phase) || metadata.deletionTimestamp !== undefined) return false;
    const held = metadata.annotations?.[ANNOTATIONS.heldByTask] !== undefined;
    return suspend ? spec.suspend !== true : held;
  });
  return runs.length === 0 ? undefined : { runs, suspend };
}

function waitForResume({ task, now }: TaskState): TaskStatus {
  const detail = 'Suspended: no run is created until spec.suspend is false';
  const verdict = { ready: false, status: 'Pending', detail, reason: 'Suspended' } as const;
  return { ...task.status, ...commonStatus(verdict, task.metadata.generation, task.status, now) };
}

/** The end of the run that has the name brings the Task back. */
function waitForName({ task, now }: TaskState, name: string): TaskStatus {
  const detail = `Waiting for TaskRun "${name}" of an earlier Task of this name to be deleted`;
  const verdict = { ready: false, status: 'Pending', detail, reason: 'TaskRunNameTaken' } as const;
  return { ...task.status, ...commonStatus(verdict, task.metadata.generation, task.status, now) };
}

/** Number of the runs that the controller creates: `<task>-<number>`. 0 for a run that somebody else named. */
export function numberOf(run: TaskRun): number {
  const number = /-([1-9][0-9]{0,8})$/.exec(nameOf(run))?.[1];
  return number === undefined ? 0 : Number(number);
}

function generationOf(run: TaskRun): number {
  const generation = Number(run.metadata.annotations?.[GENERATION_ANNOTATION] ?? 1);
  return Number.isSafeInteger(generation) ? generation : 1;
}

/**
 * The run that was created last. API servers tell creation times in seconds; of runs of the same second: one that a user created, for
 * the Task's own begins with the Task; of the Task's own by number; of those that users created the one that has come less far, then the
 * one that the Task named last (`before`).
 */
export function latestRun(runs: readonly TaskRun[], before?: string): TaskRun | undefined {
  const created = (run: TaskRun) => run.metadata.creationTimestamp ?? '';
  const keys = [
    (run: TaskRun) => (controllerOf(run) === undefined ? Infinity : numberOf(run) || Infinity),
    (run: TaskRun) => (isTerminal(run.status?.phase) ? 0 : run.status?.startTime !== undefined ? 1 : 2),
    (run: TaskRun) => (nameOf(run) === before ? 1 : 0),
  ];
  return runs.reduce<TaskRun | undefined>((latest, run) => {
    if (latest === undefined || created(run) > created(latest)) return run;
    if (created(run) < created(latest)) return latest;
    const key = keys.find((each) => each(run) !== each(latest));
    return key !== undefined && key(run) > key(latest) ? run : latest;
  }, undefined);
}

/** Begun, or about to: nothing to tell yet. */
function isUnderWay(run: TaskRun): boolean {
  if (isTerminal(run.status?.phase)) return false;
  return run.status?.startTime !== undefined || run.status?.statusDetail === undefined;
}

function statusOf(state: TaskState, run: TaskRun | undefined, created: number, ranFor: number): TaskStatus {
  const { task, now } = state;
  const before = task.status;
  const next: TaskStatus = {
    ...(before?.output === undefined ? {} : { output: before.output }),
    ...commonStatus(verdictOn(run), task.metadata.generation, before, now),
    ...(run === undefined
      ? before?.latestRun === undefined
        ? {}
        : { latestRun: before.latestRun }
      : { latestRun: nameOf(run) }),
    runs: created,
    runGeneration: ranFor,
  };
  // A run that was deleted, by its TTL say, leaves the Task as it was.
  if (run === undefined) {
    return before?.observedGeneration === undefined
      ? next
      : {
          ...next,
          ready: before.ready ?? false,
          status: before.status ?? 'Pending',
          statusDetail: before.statusDetail ?? '',
          conditions: before.conditions ?? [],
        };
  }
  if (!isTerminal(run.status?.phase)) {
    if (before?.latestRun !== nameOf(run)) delete next.output;
    if (before?.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed') === true) {
      next.conditions = outcome(next.conditions, 'False', 'False', 'Running', `${nameOf(run)} is running`, now);
    }
    return next;
  }
  const well = run.status?.phase === 'FinalAnswer';
  next.conditions = outcome(
    next.conditions,
    well ? 'True' : 'False',
    well ? 'False' : 'True',
    run.status?.phase ?? '',
    run.status?.statusDetail ?? '',
    now,
  );
  if (well) next.output = run.status?.output ?? '';
  else delete next.output;
  return next;
}

function outcome(
  conditions: Condition[] | undefined,
  complete: 'True' | 'False',
  failed: 'True' | 'False',
  reason: string,
  message: string,
  now: number,
): Condition[] {
  const withComplete = withCondition(conditions, { type: 'Complete', status: complete, reason, message }, now);
  return withCondition(withComplete, { type: 'Failed', status: failed, reason, message }, now);
}

function verdictOn(run: TaskRun | undefined) {
  const created = { ready: true, status: 'Ready', detail: 'Task Run Created', reason: 'TaskRunCreated' } as const;
  if (run === undefined) return created;
  const { phase, statusDetail, status, error } = run.status ?? {};
  switch (phase) {
    case 'Failed':
      return { ready: false, status: 'Error', detail: error ?? 'The run failed', reason: 'TaskRunFailed' } as const;
    case 'Cancelled':
      return { ready: false, status: 'Error', detail: 'The run was cancelled', reason: 'TaskRunCancelled' } as const;
    case 'Pending':
    case undefined:
      if (statusDetail === undefined) return created;
      return {
        ready: false,
        status: status === 'Error' ? 'Error' : 'Pending',
        detail: statusDetail,
        reason: 'TaskRunWaiting',
      } as const;
    default:
      return awaitsHuman(run)
        ? ({ ready: true, status: 'Ready', detail: statusDetail ?? '', reason: AWAITING_HUMAN } as const)
        : created;
  }
}

/** Finished runs, the oldest first, that are more than `limit`. */
function surplusRuns(own: readonly TaskRun[], limit: number): TaskRun[] {
  const finished = own
    .filter((run) => isTerminal(run.status?.phase) && run.metadata.deletionTimestamp === undefined)
    .sort(
      (a, b) =>
        (a.status?.completionTime ?? '').localeCompare(b.status?.completionTime ?? '') || numberOf(a) - numberOf(b),
    );
  return finished.slice(0, Math.max(0, finished.length - limit));
}
