import type { Task, TaskRun } from '../../api/index.ts';
import { ANNOTATIONS, API_VERSION, LABELS, taskRuns } from '../../api/index.ts';
import type { Clock, EventRecorder, KubeClient, ReconcileResult, WorkQueue } from '../../kube/index.ts';
import {
  controllerOf,
  controllerRef,
  isAlreadyExists,
  isConflict,
  isNotFound,
  keyOf,
  labelValue,
} from '../../kube/index.ts';
import { admissionDenial } from '../admissionDenial.ts';
import { childAnnotations } from '../childAnnotations.ts';
import type { FullObjects } from '../fullObjects.ts';
import type { Informers } from '../informers.ts';
import { INDEX } from '../informers.ts';
import { inNamespaceOf, keyIn, nameOf, uidOf } from '../keys.ts';
import { awaitsHuman, isTerminal, POLICY_DENIED } from '../phases.ts';
import { referenceTo } from '../reference.ts';
import { writeStatus } from '../writeStatus.ts';
import type { Issued } from './decide.ts';
import {
  DEFINITION_ANNOTATION,
  decideTask,
  definitionOf,
  GENERATION_ANNOTATION,
  HAS_RUN,
  isOfEarlierTask,
  latestRun,
} from './decide.ts';
import { isBroughtBack, type TaskLedgers } from './ledger.ts';

/** Creates the runs of Tasks and brings what came of them back into the Task. */
/** A policy that refuses a run may change: asked again so often, in milliseconds. */
const DENIED_AGAIN_MS = 15_000;

export function createTaskController(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly informers: Informers;
  readonly queue: WorkQueue;
  readonly runs: FullObjects<TaskRun>;
  readonly ledgers: TaskLedgers;
}) {
  const { client, clock, events, informers, queue, ledgers } = options;
  /** By the Task's UID: runs that were created and that no status tells of yet. */
  const issued = new Map<string, Issued>();

  async function runsOf(key: string, task: Task, signal: AbortSignal): Promise<TaskRun[]> {
    const runs = informers.taskRuns.store.byIndex(INDEX.runsByTask, key);
    const latest = latestRun(
      runs.filter((run) => !isOfEarlierTask(run, task)),
      task.status?.latestRun,
    );
    if (latest?.status?.phase !== 'FinalAnswer') return runs;
    // Its answer is wanted only where the Task does not tell of it yet.
    const told =
      task.status?.latestRun === latest.metadata.name &&
      task.status?.output !== undefined &&
      task.status?.conditions?.some(({ type, status }) => type === 'Complete' && status === 'True') === true;
    if (told) return runs.map((run) => (run === latest ? withOutput(run, task.status?.output ?? '') : run));
    const whole = await options.runs.get(keyOf(latest), signal);
    return runs.map((run) => (run === latest && whole !== undefined ? whole : run));
  }

  /** Returns why admission refused the run, where it did. */
  async function createRun(task: Task, name: string, number: number, signal: AbortSignal): Promise<string | undefined> {
    const owner = controllerOf(task);
    const { ttlSecondsAfterFinished: ttl } = task.spec;
    const run: TaskRun = {
      apiVersion: API_VERSION,
      kind: 'TaskRun',
      metadata: {
        ...inNamespaceOf(task, name),
        labels: { [LABELS.task]: labelValue(nameOf(task)) },
        ...annotationsOf(task, number),
        ownerReferences: [controllerRef(task)],
      },
      spec: {
        taskRef: { name: nameOf(task) },
        ...(owner?.kind === 'TaskRunToolCall' ? { taskRunToolCallRef: { name: owner.name } } : {}),
        ...(ttl === undefined ? {} : { ttlSecondsAfterFinished: ttl }),
      },
    };
    const about = referenceTo(task);
    if (number === 1) events.event(about, 'Normal', 'Initializing', 'Starting validation');
    let created: TaskRun;
    try {
      created = await client.create(taskRuns, run, { signal });
    } catch (error) {
      const denial = admissionDenial(error);
      if (denial !== undefined) return denial;
      if (!isAlreadyExists(error)) throw error;
      // Somebody's run has the name: if it is not ours, the number is taken and the next one is free.
      created = await client.get(taskRuns, inNamespaceOf(task, name), { signal });
    }
    options.runs.put(created);
    // It is in the way until it is gone; the decider sees it now.
    if (isOfEarlierTask(created, task)) return undefined;
    const mine = controllerOf(created)?.uid === task.metadata.uid;
    if (mine || (controllerOf(created) === undefined && created.spec.taskRef.name === task.metadata.name)) {
      issued.set(uidOf(task), {
        runs: number,
        generation: task.metadata.generation ?? 1,
        definition: definitionOf(task),
        at: clock.monotonic(),
      });
      events.event(about, 'Normal', 'TaskRunCreated', `Created TaskRun ${name}`);
      return undefined;
    }
    const known = issued.get(uidOf(task)) ?? { runs: task.status?.runs ?? 0, generation: 0, at: clock.monotonic() };
    issued.set(uidOf(task), { ...known, taken: number });
    events.event(
      about,
      'Warning',
      'TaskRunNameTaken',
      `TaskRun ${name} exists and is not of this Task; it gets another number`,
    );
    return undefined;
  }

  async function removeRun(run: TaskRun, signal: AbortSignal): Promise<void> {
    try {
      await client.delete(taskRuns, inNamespaceOf(run, nameOf(run)), {
        preconditions: { uid: uidOf(run) },
        propagationPolicy: 'Background',
        signal,
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async function holdRun(run: TaskRun, suspend: boolean, signal: AbortSignal): Promise<void> {
    const patch = {
      metadata: {
        uid: uidOf(run),
        annotations: { [ANNOTATIONS.heldByTask]: suspend ? 'true' : null },
      },
      spec: { suspend },
    };
    try {
      informers.taskRuns.observe(
        await client.patch(taskRuns, inNamespaceOf(run, nameOf(run)), { type: 'merge', body: patch }, { signal }),
      );
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  return {
    async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult> {
      const task = informers.tasks.store.get(key);
      if (task === undefined) return { kind: 'done' };
      const broughtBack = isBroughtBack(task);
      let entry = broughtBack ? ledgers.entryOf(task) : undefined;
      const decide = async () =>
        decideTask({
          task,
          runs: await runsOf(key, task, signal),
          issued: issued.get(uidOf(task)),
          ...(entry === undefined ? {} : { ledger: entry }),
          waiting: issued.size,
          now: clock.now(),
          monotonic: clock.monotonic(),
        });
      let decision = await decide();
      if (decision.hold !== undefined) {
        for (const run of decision.hold.runs) await holdRun(run, decision.hold.suspend, signal);
        decision = await decide();
      }
      // The cache has not seen it yet.
      if (decision.hold !== undefined) return { kind: 'requeue', afterMs: 50 };
      if (decision.create?.first === true && broughtBack) {
        entry = await ledgers.readEntryOf(task);
        decision = await decide();
      }
      if (decision.create !== undefined) {
        const denial = await createRun(task, decision.create.name, decision.create.number, signal);
        if (denial !== undefined) {
          const status = { ...task.status, ready: false, status: 'Error' as const, statusDetail: denial };
          const outcome = await writeStatus(client, informers.tasks, task, status, signal);
          if (outcome === 'written') events.event(referenceTo(task), 'Warning', POLICY_DENIED, denial);
          return { kind: 'requeue', afterMs: DENIED_AGAIN_MS };
        }
        decision = await decide();
      }
      // The name was somebody else's.
      if (decision.create !== undefined) return { kind: 'requeue', afterMs: 10 };
      if (decision.record !== undefined && broughtBack) ledgers.record(task, decision.record);
      for (const run of decision.remove) await removeRun(run, signal);
      if (decision.status !== undefined) {
        const outcome = await writeStatus(client, informers.tasks, task, decision.status, signal);
        if (outcome === 'superseded') return { kind: 'requeue', afterMs: 50 };
        const { conditions, statusDetail } = decision.status;
        if (outcome === 'written' && conditions?.some(({ reason }) => reason === HAS_RUN)) {
          events.event(referenceTo(task), 'Normal', HAS_RUN, statusDetail ?? '');
        }
        if (outcome === 'written' || outcome === 'unchanged') issued.delete(uidOf(task));
      }
      return decision.againAfterMs === undefined
        ? { kind: 'done' }
        : { kind: 'requeue', afterMs: decision.againAfterMs };
    },
    wire() {
      informers.tasks.on({
        add: (task) => queue.add(keyOf(task)),
        update: (old, task) => {
          if (old.metadata.generation !== task.metadata.generation) queue.add(keyOf(task));
        },
        delete: (task) => {
          issued.delete(uidOf(task));
        },
      });
      const byRun = (run: TaskRun) => queue.add(keyIn(run.metadata.namespace, run.spec.taskRef.name));
      informers.taskRuns.on({
        add: (run) => {
          if (run.status?.statusDetail !== undefined) byRun(run);
        },
        update: (old, run) => {
          // What a Task shows of its run: that it waits, that it began, that a human is waited for, that it ended.
          const shows = (shown: TaskRun) => {
            const { status } = shown;
            if (status?.startTime === undefined) return status?.statusDetail;
            if (isTerminal(status.phase)) return status.phase;
            return awaitsHuman(shown) ? status.statusDetail : 'begun';
          };
          if (shows(old) !== shows(run)) byRun(run);
        },
        delete: byRun,
      });
    },
  };
}

function withOutput(run: TaskRun, output: string): TaskRun {
  return { ...run, status: { ...run.status, output } };
}

/** A run's annotations; none where there is nothing to say. */
function annotationsOf(task: Task, number: number): Pick<TaskRun['metadata'], 'annotations'> {
  const { annotations: inherited } = childAnnotations(task);
  const numbered = number > 1 || task.spec.rerunPolicy === 'OnChange' || isBroughtBack(task);
  const generation = numbered
    ? { [GENERATION_ANNOTATION]: String(task.metadata.generation ?? 1), [DEFINITION_ANNOTATION]: definitionOf(task) }
    : undefined;
  return inherited === undefined && generation === undefined ? {} : { annotations: { ...inherited, ...generation } };
}
