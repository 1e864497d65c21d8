import type { Metadata } from '../api/index.ts';
import type { Clock, EventRecorder, Informer, KubeClient, ReconcileResult } from '../kube/index.ts';
import { referenceTo } from './reference.ts';
import type { CommonStatus, Verdict } from './status.ts';
import { commonStatus } from './status.ts';
import { writeStatus } from './writeStatus.ts';

interface Validated {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  status?: CommonStatus;
}

/** A verdict on an object, and what follows from it. */
export interface Finding extends Verdict {
  /** Status fields of the kind's own. */
  readonly extra?: object;
  /** When to look again, in milliseconds; only for what no event tells. */
  readonly againAfterMs?: number;
  /** Event reasons where the usual `ValidationSucceeded` and `ValidationFailed` do not fit. */
  readonly eventReason?: string;
  /** Where a good verdict is a warning all the same. */
  readonly eventType?: 'Warning';
  /** The event's message where the detail does not fit. */
  readonly eventMessage?: string;
}

/**
 * Writes a finding into the object's status and tells of it in an event, both only when something changed. The first time an
 * object is looked at, the event `Initializing` comes before.
 */
export async function applyFinding<T extends Validated>(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly informer: Informer<T>;
  readonly object: T;
  readonly finding: Finding;
  readonly signal: AbortSignal;
}): Promise<ReconcileResult> {
  const { client, clock, events, informer, object, finding, signal } = options;
  const before = object.status;
  const next = {
    ...before,
    ...commonStatus(finding, object.metadata.generation, before, clock.now()),
    ...finding.extra,
  };
  const outcome = await writeStatus(client, informer, object, next, signal);
  if (outcome === 'gone') return { kind: 'done' };
  if (outcome === 'superseded') return { kind: 'requeue', afterMs: 50 };
  const news =
    before?.ready !== finding.ready || before.status !== finding.status || before.statusDetail !== finding.detail;
  if (outcome === 'written' && (news || finding.eventReason !== undefined)) {
    const about = referenceTo(object);
    if (before?.status === undefined && finding.eventReason === undefined) {
      events.event(about, 'Normal', 'Initializing', 'Starting validation');
    }
    const reason = finding.eventReason ?? (finding.ready ? 'ValidationSucceeded' : 'ValidationFailed');
    // Waiting for something is no fault.
    const quiet = finding.status === 'Pending' && finding.eventReason === undefined;
    const message = finding.eventMessage ?? finding.detail;
    if (!quiet) events.event(about, finding.eventType ?? (finding.ready ? 'Normal' : 'Warning'), reason, message);
  }
  return finding.againAfterMs === undefined ? { kind: 'done' } : { kind: 'requeue', afterMs: finding.againAfterMs };
}
