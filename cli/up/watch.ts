import type { TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { taskRuns, taskRunToolCalls } from '../../api/index.ts';
import type { Clock, Informer, KubeClient, KubeObject, Logger, Resource, Timer } from '../../kube/index.ts';
import { createInformer, keyOf } from '../../kube/index.ts';
import { events, type KubeEvent } from '../runs/events.ts';
import { callSteps, describeCall, duration, eventStep, isFinished, runSteps } from '../runs/progress.ts';
import { escapeLine } from '../terminal/escape.ts';
import type { LiveRun, Screen } from './screen.ts';

export interface WatchOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly screen: Screen;
}

interface Ongoing {
  run: TaskRun;
  readonly seenAt: number;
  readonly calls: Map<string, TaskRunToolCall>;
}

/** How often the seconds of live lines move on. */
const TICK_MS = 1000;
/** On a terminal these pass in the live line; elsewhere they get a line each. */
const PASSING: ReadonlySet<string> = new Set(['Pending', 'ReadyForLLM', 'SendContextWindowToLLM', 'ToolCallsPending']);

export interface RunWatch {
  /** Resolves when it looks. */
  readonly started: Promise<void>;
  readonly ended: Promise<void>;
  /** Resolves when the end of this run has been shown, which may have been seen elsewhere first; at `signal` too. */
  shown(run: TaskRun, signal: AbortSignal): Promise<void>;
}

/** Shows what happens in the cluster until `signal` aborts: Events, phases, tool calls. */
export function watchRuns(options: WatchOptions, signal: AbortSignal): RunWatch {
  const { clock, logger, screen } = options;
  const ongoing = new Map<string, Ongoing>();
  let tick: Timer | undefined;

  const show = (): void => {
    const now = clock.now();
    screen.live([...ongoing.values()].map((entry) => liveRun(entry, now)));
    if (!screen.isTTY || ongoing.size === 0 || signal.aborted) return;
    tick ??= clock.after(TICK_MS, () => {
      tick = undefined;
      show();
    });
  };

  const seeRun = (before: TaskRun | undefined, run: TaskRun): void => {
    const key = keyOf(run);
    if (isFinished(run)) ongoing.delete(key);
    else {
      const entry = ongoing.get(key);
      if (entry === undefined) ongoing.set(key, { run, seenAt: clock.now(), calls: new Map() });
      else entry.run = run;
    }
    show();
    for (const step of runSteps(before, run)) if (!screen.isTTY || !PASSING.has(step.what)) screen.step(step);
  };
  const seeCall = (before: TaskRunToolCall | undefined, call: TaskRunToolCall): void => {
    const entry = ongoing.get(
      keyOf({ metadata: { namespace: call.metadata.namespace, name: call.spec.taskRunRef.name } }),
    );
    if (call.status?.completionTime === undefined) entry?.calls.set(call.metadata.name ?? '', call);
    else entry?.calls.delete(call.metadata.name ?? '');
    show();
    for (const step of callSteps(before, call)) screen.step(step);
  };
  const seeEvent = (before: KubeEvent | undefined, event: KubeEvent): void => {
    if (before !== undefined && before.count === event.count) return;
    const step = eventStep(event);
    if (step !== undefined) screen.step(step);
  };

  const runs = inform(taskRuns, options, withoutConversation);
  const calls = inform(taskRunToolCalls, options);
  const seen = inform(events, options);
  const started = Promise.all([runs, calls, seen].map((informer) => informer.synced(signal))).then(() => {
    // What was there before we looked is no news, but for the runs that go on.
    for (const run of runs.store.list()) if (!isFinished(run)) seeRun(undefined, run);
    listen(runs, seeRun, (run) => {
      ongoing.delete(keyOf(run));
      show();
    });
    listen(calls, seeCall);
    listen(seen, seeEvent);
  });
  const ended = Promise.all([runs, calls, seen].map((informer) => informer.run(signal))).then(() => tick?.cancel());
  logger.debug({}, 'up: watching');
  return {
    started,
    ended,
    shown: (run, abort) =>
      new Promise((resolve) => {
        const check = (now: TaskRun | undefined): void => {
          if (now !== undefined && keyOf(now) === keyOf(run) && isFinished(now)) done();
        };
        const done = (): void => {
          stopListening();
          abort.removeEventListener('abort', done);
          resolve();
        };
        const stopListening = runs.on({ update: (_before, now) => check(now), delete: check });
        abort.addEventListener('abort', done, { once: true });
        check(runs.store.get(keyOf(run)));
      }),
  };
}

function inform<T extends KubeObject>(
  resource: Resource<T>,
  { client, clock, logger }: WatchOptions,
  transform?: (object: T) => T,
): Informer<T> {
  return createInformer<T>({ client, clock, logger, resource, ...(transform === undefined ? {} : { transform }) });
}

/** Tells of changes from now on; objects that are there already are passed over. */
function listen<T extends KubeObject>(
  informer: Informer<T>,
  see: (before: T | undefined, now: T) => void,
  gone?: (last: T) => void,
): void {
  let live = false;
  informer.on({
    add: (object) => {
      if (live) see(undefined, object);
    },
    update: (before, object) => see(before, object),
    ...(gone === undefined ? {} : { delete: gone }),
  });
  live = true;
}

/** Conversations are long, and not shown here. */
function withoutConversation(run: TaskRun): TaskRun {
  if (run.status === undefined) return run;
  const { contextWindow: _window, output: _output, ...status } = run.status;
  return { ...run, status };
}

function liveRun({ run, seenAt, calls }: Ongoing, now: number): LiveRun {
  const status = run.status ?? {};
  const started = status.startTime === undefined ? seenAt : Date.parse(status.startTime);
  const parts: string[] = [];
  const [call] = calls.values();
  if (call !== undefined) parts.push(`→ ${describeCall(call)}${calls.size > 1 ? ` and ${calls.size - 1} more` : ''}`);
  else if (status.phase === 'Pending' && status.statusDetail) parts.push(escapeLine(status.statusDetail));
  // Tool calls are of the turn that asked for them; what is sent to the model begins the next.
  const turn = (status.turns ?? 0) + (status.phase === 'ToolCallsPending' ? 0 : 1);
  if (turn > 1) parts.push(`turn ${turn}`);
  const seconds = Math.floor((now - started) / 1000);
  if (seconds > 0) parts.push(duration(seconds * 1000));
  return {
    subject: escapeLine(run.metadata.name ?? ''),
    phase: escapeLine(status.phase ?? 'Pending'),
    detail: parts.join(' · '),
  };
}
