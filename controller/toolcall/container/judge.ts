import type { ContainerStatus, Job, Pod } from '../../pods/types.ts';
import type { ToolOutcome } from '../../tools/index.ts';

/** How far a call's Job is. */
export type JobProgress =
  /** `trouble` keeps the container from starting, in the kubelet's or the scheduler's words. */
  | { readonly kind: 'under way'; readonly began: boolean; readonly trouble?: Trouble }
  /** The Job is over, and what its Pod said is not known (yet). */
  | { readonly kind: 'no word'; readonly outcome: ToolOutcome }
  | { readonly kind: 'over'; readonly outcome: ToolOutcome };

export interface Trouble {
  readonly text: string;
  /** An image that is not to be had, a Secret that is not there: it will hardly mend itself. */
  readonly lasting: boolean;
}

const PATIENCE = new Set(['ContainerCreating', 'PodInitializing']);

/** Judges a Job by its conditions and the one Pod that it made. `pod` is the last that was seen of it. */
export function judgeJob(job: Job, pod: Pod | undefined, timeoutSeconds: number): JobProgress {
  const container = pod?.status?.containerStatuses?.[0];
  const ended = container?.state?.terminated;
  const began = container !== undefined && hasBegun(container);
  const trouble = troubleOf(pod, container);
  if (condition(job, 'Complete') !== undefined) {
    if (ended !== undefined) return result(ended.message ?? '', false);
    const text = 'The tool ran to its end, but its Pod was gone before the result was read.';
    return { kind: 'no word', outcome: { kind: 'result', text, isError: true } };
  }
  const failed = condition(job, 'Failed');
  if (failed === undefined) return { kind: 'under way', began, ...(trouble === undefined ? {} : { trouble }) };
  if (failed.reason === 'DeadlineExceeded') {
    // The news that it began may be on its way, unless something is known to have kept it from that.
    const forgotten = pod === undefined && (job.status?.failed ?? 0) > 0;
    return began || forgotten || trouble === undefined
      ? over({ kind: 'unknown', error: `it did not end within ${timeoutSeconds} s and was ended` })
      : over({
          kind: 'failed',
          error: `The tool's container did not start within ${timeoutSeconds} s: ${trouble.text}`,
        });
  }
  if (ended !== undefined) {
    const { exitCode = 1, reason = 'Error', message = '' } = ended;
    const how = reason === 'Error' ? '' : ` (${reason})`;
    return result(`The tool ended with exit code ${exitCode}${how}${message === '' ? '' : `: ${message}`}`, true);
  }
  const why =
    [pod?.status?.reason, pod?.status?.message].filter(Boolean).join(': ') || failed.message || 'no reason given';
  const gone = pod === undefined || began;
  return {
    kind: 'no word',
    outcome: gone
      ? { kind: 'unknown', error: `its Job failed: ${why}` }
      : { kind: 'failed', error: `The tool's container did not start: ${why}` },
  };
}

/**
 * What is known of a call whose Job was deleted before it was over. The news of the Job may come before that of its Pod: only where
 * something lasting kept the container from starting did it surely not run.
 */
export function judgeDeleted(pod: Pod | undefined): ToolOutcome {
  const container = pod?.status?.containerStatuses?.[0];
  const began = container !== undefined && hasBegun(container);
  return !began && troubleOf(pod, container)?.lasting === true
    ? { kind: 'failed', error: "The tool's Job was deleted before its container started" }
    : { kind: 'unknown', error: 'its Job was deleted' };
}

const over = (outcome: ToolOutcome): JobProgress => ({ kind: 'over', outcome });
const result = (text: string, isError: boolean): JobProgress => over({ kind: 'result', text, isError });

const condition = ({ status }: Job, type: string) =>
  status?.conditions?.find((each) => each.type === type && each.status === 'True');

const hasBegun = ({ state, lastState }: ContainerStatus): boolean =>
  state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined;

function troubleOf(pod: Pod | undefined, container: ContainerStatus | undefined): Trouble | undefined {
  if (pod === undefined) return { lasting: false, text: 'its Pod was not created: see the events of its Job' };
  const { reason, message } = container?.state?.waiting ?? {};
  if (reason !== undefined && !PATIENCE.has(reason)) {
    return { lasting: true, text: [reason, message].filter(Boolean).join(': ') };
  }
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  return { lasting: false, text: [scheduled.reason, scheduled.message].filter(Boolean).join(': ') };
}
