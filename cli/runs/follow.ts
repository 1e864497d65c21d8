import type { TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { taskRuns, taskRunToolCalls } from '../../api/index.ts';
import type { InformerMetrics, KubeClient, Logger } from '../../kube/index.ts';
import { createInformer } from '../../kube/index.ts';
import { CliError } from '../exit.ts';
import { isFinished } from './progress.ts';
import { byAge } from './resolve.ts';

export interface FollowOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** A TaskRun by name, or the newest run of a Task (waits for it when there is none yet). */
  readonly of: { readonly run: string } | { readonly task: string };
  readonly logger: Logger;
  /** Stops following: the promise rejects with the signal’s reason. */
  readonly signal: AbortSignal;
  readonly onRun?: (before: TaskRun | undefined, now: TaskRun) => void;
  readonly onCall?: (before: TaskRunToolCall | undefined, now: TaskRunToolCall) => void;
  /** The API server does not answer; there is news from it again. Told once each time. */
  readonly onReachable?: (reachable: boolean) => void;
}

/** Follows a run until it has ended, through API server restarts; resolves to the run as it ended. */
export async function followRun(options: FollowOptions): Promise<TaskRun> {
  const { client, namespace, of, logger, onCall, onRun } = options;
  const stop = new AbortController();
  const stopped = AbortSignal.any([stop.signal, options.signal]);
  const ended = Promise.withResolvers<TaskRun>();
  const running: Promise<void>[] = [];
  const watched = { logger: patient(logger), metrics: watchHealth(options.onReachable ?? (() => {})) };
  let followed: string | undefined;
  let last: TaskRun | undefined;

  const shown = new Map<string, TaskRunToolCall>();
  const seeCall = (call: TaskRunToolCall): void => {
    const { name = '', resourceVersion } = call.metadata;
    const before = shown.get(name);
    if (before?.metadata.resourceVersion === resourceVersion) return;
    shown.set(name, call);
    onCall?.(before, call);
  };
  const callsOf = (run: string) => ({ namespace, fieldSelector: `spec.taskRunRef.name=${run}` });
  const watchCalls = (run: string): void => {
    if (onCall === undefined) return;
    const calls = createInformer({ client, resource: taskRunToolCalls, ...callsOf(run), ...watched });
    calls.on({ add: seeCall, update: (_before, call) => seeCall(call) });
    running.push(calls.run(stopped));
  };
  /** The run's end and that of its last call arrive on two watches, in any order: once more, when both are written. */
  const catchUp = async (run: string): Promise<void> => {
    if (onCall === undefined) return;
    const { items } = await client.list(taskRunToolCalls, { ...callsOf(run), signal: options.signal });
    for (const call of items.toSorted(byAge)) seeCall(call);
  };

  const see = (before: TaskRun | undefined, run: TaskRun): void => {
    if (followed === undefined) {
      followed = run.metadata.name ?? '';
      watchCalls(followed);
    }
    if (run.metadata.name !== followed) return;
    last = run;
    onRun?.(before, run);
    if (isFinished(run)) ended.resolve(run);
  };

  const runs = createInformer({
    client,
    resource: taskRuns,
    namespace,
    fieldSelector: 'run' in of ? `metadata.name=${of.run}` : `spec.taskRef.name=${of.task}`,
    ...watched,
  });
  let listed = false;
  runs.on({
    add: (run) => {
      if (listed) see(undefined, run);
    },
    update: (before, run) => {
      if (listed) see(before, run);
    },
    delete: (run) => {
      if (run.metadata.name === followed) ended.reject(new CliError(`TaskRun ${followed} was deleted`));
    },
  });
  running.push(runs.run(stopped));
  options.signal.addEventListener('abort', () => ended.reject(options.signal.reason), { once: true });

  try {
    await runs.synced(stopped);
    listed = true;
    const newest = runs.store.list().toSorted(byAge).at(-1);
    if (newest !== undefined) see(undefined, newest);
    else if ('run' in of) throw new CliError(`there is no TaskRun ${of.run} in namespace ${namespace}`);
    const run = await ended.promise;
    stop.abort();
    await catchUp(run.metadata.name ?? '');
    return last ?? run;
  } catch (error) {
    throw options.signal.aborted ? options.signal.reason : error;
  } finally {
    ended.promise.catch(() => undefined);
    stop.abort();
    await Promise.all(running);
  }
}

/** Each attempt to watch again is of interest to nobody but who asks for it; that there is an outage is said once, by `onReachable`. */
function patient(logger: Logger): Logger {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.debug(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => patient(logger.child(fields)),
  };
}

function watchHealth(onReachable: (reachable: boolean) => void): InformerMetrics {
  let away = false;
  return {
    relisted() {},
    watchStarted() {},
    failed(_resource, code) {
      // What a server that answers has to say is no outage.
      if (away || (code !== 'Network' && code !== 'Unavailable' && code !== 'Timeout')) return;
      away = true;
      onReachable(false);
    },
    objects() {
      if (!away) return;
      away = false;
      onReachable(true);
    },
  };
}
