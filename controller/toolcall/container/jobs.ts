import type { TaskRunToolCall } from '../../../api/index.ts';
import type { Clock, Informer, KubeClient } from '../../../kube/index.ts';
import { controllerOf, isAlreadyExists, isNotFound, KubeError, keyOf, sleepOrAbort } from '../../../kube/index.ts';
import { admissionDenial } from '../../admissionDenial.ts';
import { INDEX } from '../../informers.ts';
import { inNamespaceOf, nameOf, uidOf } from '../../keys.ts';
import type { Job, Pod } from '../../pods/types.ts';
import { jobs } from '../../pods/types.ts';
import type { ToolOutcome } from '../../tools/index.ts';
import { DEFAULT_TIMEOUT_SECONDS, jobFor, jobName, MAX_ARGUMENT_BYTES } from './job.ts';
import { judgeDeleted, judgeJob } from './judge.ts';
import type { ToolContainers } from './types.ts';

/** How long a container may be kept from starting by what hardly mends itself, in milliseconds. */
const TROUBLE_MS = 60_000;
/** How long what the Pod said may come after what the Job says: two watches. */
const WORD_MS = 10_000;
const RETRY_MS = 1_000;

/** Runs container tools as Jobs. */
export function createToolJobs(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly jobs: Informer<Job>;
  readonly pods: Informer<Pod>;
}): ToolContainers {
  const { client, clock, pods } = options;
  const waiting = new Map<string, Set<() => void>>();
  const wake = (uid: string | undefined): void => {
    for (const each of waiting.get(uid ?? '') ?? []) each();
  };

  const keyOfJob = (call: TaskRunToolCall): string => keyOf({ metadata: inNamespaceOf(call, jobName(call)) });
  const jobOf = (call: TaskRunToolCall): Job | undefined => {
    const found = options.jobs.store.get(keyOfJob(call));
    return found !== undefined && controllerOf(found)?.uid === call.metadata.uid ? found : undefined;
  };

  /** The call's Job, made now or before; what is text is why there can be none. */
  async function ensure(call: TaskRunToolCall, wanted: Job, signal: AbortSignal): Promise<Job | string> {
    const found = jobOf(call);
    if (found !== undefined) return found;
    for (;;) {
      signal.throwIfAborted();
      try {
        const created = await client.create(jobs, wanted, { signal });
        options.jobs.observe(created);
        return created;
      } catch (error) {
        if (isAlreadyExists(error)) {
          const present = await client.get(jobs, inNamespaceOf(wanted, nameOf(wanted)), { signal });
          if (controllerOf(present)?.uid !== call.metadata.uid) {
            return `Job "${nameOf(wanted)}" is there already and is not this call's: delete it`;
          }
          options.jobs.observe(present);
          return present;
        }
        const refused = refusal(error);
        if (refused !== undefined) return refused;
      }
      // Whether or not it came to be: the name is taken once.
      await sleepOrAbort(clock, RETRY_MS, signal);
    }
  }

  async function remove(job: Job, signal?: AbortSignal): Promise<void> {
    try {
      await client.delete(jobs, inNamespaceOf(job, nameOf(job)), {
        preconditions: { uid: uidOf(job) },
        propagationPolicy: 'Background',
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async function follow(
    job: Job,
    call: TaskRunToolCall,
    timeoutSeconds: number,
    signal: AbortSignal,
  ): Promise<ToolOutcome> {
    const uid = uidOf(job);
    let last: Pod | undefined;
    let troubleSince: number | undefined;
    let silentSince: number | undefined;
    let gaveUp: string | undefined;
    for (;;) {
      const changed = change(uid, signal);
      try {
        last = pods.store.byIndex(INDEX.podsByOwner, uid)[0] ?? last;
        const present = jobOf(call);
        if (present?.metadata.uid !== uid) {
          const outcome = judgeDeleted(last);
          return outcome.kind === 'failed' && gaveUp !== undefined ? { ...outcome, error: gaveUp } : outcome;
        }
        const progress = judgeJob(present, last, timeoutSeconds);
        if (progress.kind === 'over') return progress.outcome;
        let againMs: number | undefined;
        if (progress.kind === 'no word') {
          silentSince ??= clock.monotonic();
          againMs = silentSince + WORD_MS - clock.monotonic();
          if (againMs <= 0) return progress.outcome;
        } else if (progress.trouble?.lasting === true && !progress.began) {
          troubleSince ??= clock.monotonic();
          againMs = troubleSince + TROUBLE_MS - clock.monotonic();
          if (againMs <= 0) {
            gaveUp = `The tool's container did not start: ${progress.trouble.text}`;
            await remove(present, signal);
            againMs = undefined;
          }
        } else troubleSince = undefined;
        await changed.within(againMs);
      } finally {
        changed.end();
      }
    }
  }

  /** Resolves at the next change of the Job or its Pods, after `ms`, or rejects when `signal` aborts. */
  function change(uid: string, signal: AbortSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined);
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    const listeners = waiting.get(uid) ?? new Set();
    waiting.set(uid, listeners.add(resolve));
    let timer: { cancel(): void } | undefined;
    return {
      within(ms: number | undefined): Promise<void> {
        if (ms !== undefined) timer = clock.after(Math.max(1, ms), resolve);
        return promise;
      },
      end(): void {
        timer?.cancel();
        signal.removeEventListener('abort', abort);
        listeners.delete(resolve);
        if (listeners.size === 0) waiting.delete(uid);
      },
    };
  }

  return {
    async run(call, tool, args, signal) {
      const container = tool.spec.execute?.container;
      if (container === undefined) return { kind: 'failed', error: `Tool "${nameOf(tool)}" has no execute.container` };
      const text = JSON.stringify(args);
      if (Buffer.byteLength(text) > MAX_ARGUMENT_BYTES) {
        return {
          kind: 'failed',
          error: `The arguments are too long for a container tool: ${MAX_ARGUMENT_BYTES} bytes at most`,
        };
      }
      const job = await ensure(call, jobFor(call, nameOf(tool), container, text), signal);
      if (typeof job === 'string') return { kind: 'failed', error: job };
      return follow(job, call, container.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS, signal);
    },
    isThere: (call) => jobOf(call) !== undefined,
    async cleanUp(call, signal) {
      const job = jobOf(call);
      if (job === undefined || job.metadata.deletionTimestamp !== undefined) return;
      if (judgeJob(job, undefined, 0).kind === 'under way') await remove(job, signal);
    },
    watch(onJob) {
      const owner = (job: Job): void => {
        wake(job.metadata.uid);
        const call = controllerOf(job);
        if (call?.kind === 'TaskRunToolCall') onJob(keyOf({ metadata: inNamespaceOf(job, call.name) }));
      };
      options.jobs.on({ add: owner, update: (_old, job) => wake(job.metadata.uid), delete: owner });
      const ofPod = (pod: Pod): void => wake(controllerOf(pod)?.uid);
      pods.on({ add: ofPod, update: (_old, pod) => ofPod(pod), delete: ofPod });
    },
  };
}

/** Why the API server will never take the Job; undefined where it may. */
function refusal(error: unknown): string | undefined {
  const denied = admissionDenial(error);
  if (denied !== undefined) return denied;
  if (!(error instanceof KubeError)) return undefined;
  const final = error.status === 400 || error.status === 403 || error.status === 404 || error.status === 422;
  return final ? `The tool's Job was refused: ${error.message}` : undefined;
}
