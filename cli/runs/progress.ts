import type { TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { escapeLine } from '../terminal/escape.ts';

export type Tone = 'plain' | 'dim' | 'good' | 'warn' | 'bad' | 'accent';

/** One thing that happened, ready to print: free of control characters, each part on one line. */
export interface Step {
  /** What it happened to: a run, `agent/my-assistant`. */
  readonly subject: string;
  /** In a word or a call: `ReadyForLLM`, `→ add(a: 2, b: 3)`. */
  readonly what: string;
  readonly detail: string;
  readonly tone: Tone;
}

const FINISHED: ReadonlySet<string> = new Set(['FinalAnswer', 'Failed', 'Cancelled']);
const CALL_FINISHED: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'OutcomeUnknown', 'Cancelled']);

/** Whether a run has ended: FinalAnswer, Failed or Cancelled. */
export const isFinished = (run: TaskRun): boolean => FINISHED.has(run.status?.phase ?? '');

const TONES: Readonly<Record<string, Tone>> = {
  FinalAnswer: 'good',
  Succeeded: 'good',
  Failed: 'bad',
  Cancelled: 'warn',
  ErrorBackoff: 'warn',
  OutcomeUnknown: 'warn',
  ReadyForLLM: 'dim',
  SendContextWindowToLLM: 'dim',
  ToolCallsPending: 'dim',
};

/** What changed in a run that a reader wants to know. `before` is undefined when the run is new to us. */
export function runSteps(before: TaskRun | undefined, now: TaskRun): Step[] {
  const subject = escapeLine(now.metadata.name ?? '');
  const status = now.status ?? {};
  const phase = status.phase ?? 'Pending';
  const steps: Step[] = [];
  const attempt = status.attempt;
  const changed = phase !== before?.status?.phase;
  if (phase === 'ErrorBackoff') {
    if (changed || attempt?.count !== before?.status?.attempt?.count) {
      const next =
        attempt?.nextAttemptTime === undefined ? '' : `; next attempt at ${clockTime(attempt.nextAttemptTime)}`;
      const detail = `attempt ${attempt?.count ?? 1}: ${attempt?.message ?? status.statusDetail ?? ''}${next}`;
      steps.push({ subject, what: phase, detail: escapeLine(detail), tone: 'warn' });
    }
  } else if (phase === 'Pending' ? status.statusDetail !== before?.status?.statusDetail : changed) {
    steps.push({ subject, what: phase, detail: escapeLine(phaseDetail(now)), tone: TONES[phase] ?? 'plain' });
  }
  if ((status.suspended ?? false) !== (before?.status?.suspended ?? false)) {
    steps.push({ subject, what: status.suspended ? 'Suspended' : 'Resumed', detail: '', tone: 'warn' });
  }
  return steps;
}

function phaseDetail(run: TaskRun): string {
  const status = run.status ?? {};
  if (status.phase === 'Failed') return status.error ?? status.statusDetail ?? '';
  if (status.phase === 'FinalAnswer') return summary(run);
  return status.phase === 'Pending' || status.phase === 'Cancelled' ? (status.statusDetail ?? '') : '';
}

/** `2 turns, 1 tool call, 137 tokens, 1.2 s`: what a finished run took. */
export function summary(run: TaskRun): string {
  const status = run.status ?? {};
  const parts: string[] = [];
  if (status.turns !== undefined) parts.push(count(status.turns, 'turn'));
  if (status.toolCallCount) parts.push(count(status.toolCallCount, 'tool call'));
  if (status.usage?.totalTokens) parts.push(count(status.usage.totalTokens, 'token'));
  const took = span(status.startTime, status.completionTime);
  if (took !== '') parts.push(took);
  return parts.join(', ');
}

/** What changed in a tool call. */
export function callSteps(before: TaskRunToolCall | undefined, now: TaskRunToolCall): Step[] {
  const subject = escapeLine(now.spec.taskRunRef.name);
  const status = now.status ?? {};
  const phase = status.phase ?? 'Pending';
  const steps: Step[] = [];
  const call = describeCall(now);
  if (before === undefined) steps.push({ subject, what: `→ ${call}`, detail: '', tone: 'accent' });
  if (phase !== before?.status?.phase && CALL_FINISHED.has(phase)) {
    const took = span(status.startTime, status.completionTime);
    const answer = phase === 'Succeeded' ? (status.result ?? '') : (status.error ?? status.statusDetail ?? '');
    const what = phase === 'Succeeded' ? `← ${name(now)}` : `← ${name(now)} ${phase}`;
    steps.push({
      subject,
      what,
      detail: `${cut(escapeLine(answer), 200)}${took === '' ? '' : `  (${took})`}`,
      tone: phase === 'Succeeded' ? 'plain' : (TONES[phase] ?? 'bad'),
    });
  } else if (status.status !== before?.status?.status && status.status?.startsWith('Awaiting')) {
    steps.push({
      subject,
      what: `· ${name(now)}`,
      detail: escapeLine(status.statusDetail ?? status.status),
      tone: 'warn',
    });
  }
  return steps;
}

const name = (call: TaskRunToolCall): string => escapeLine(call.spec.toolRef.name);

/** `add(a: 2, b: 3)`: a call on one line, long arguments cut. */
export function describeCall(call: TaskRunToolCall): string {
  return `${name(call)}(${describeArguments(call.spec.arguments)})`;
}

/** Arguments as `a: 2, b: "x"`; as they are where they are no JSON object. */
export function describeArguments(text: string, longest = 160): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return cut(escapeLine(text), longest);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return cut(escapeLine(text), longest);
  const shown = Object.entries(value).map(([key, member]) => `${key}: ${JSON.stringify(member)}`);
  return cut(escapeLine(shown.join(', ')), longest);
}

/** An Event, as far as it is printed. */
export interface EventLike {
  readonly involvedObject: { readonly kind?: string; readonly name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
}

/** What phases and tool calls say already: shown once, not twice. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(['TaskRun', 'TaskRunToolCall']);
/** What says only that something will be said. */
const NO_NEWS: ReadonlySet<string> = new Set(['Initializing']);

/** An Event worth a line: everything about the other kinds, warnings about runs and their calls. */
export function eventStep(event: EventLike): Step | undefined {
  const { kind = '', name: about = '' } = event.involvedObject;
  const warning = event.type === 'Warning';
  if (!warning && (SAID_ELSEWHERE.has(kind) || NO_NEWS.has(event.reason ?? ''))) return undefined;
  return {
    subject: escapeLine(SAID_ELSEWHERE.has(kind) ? about : `${kind.toLowerCase()}/${about}`),
    what: escapeLine(event.reason ?? ''),
    detail: cut(escapeLine(event.message ?? ''), 300),
    tone: warning ? 'warn' : 'dim',
  };
}

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

export const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

/** The time between two timestamps: `0.4 s`, `2m 5s`; nothing where one is missing or they do not tell (same second). */
export function span(start: string | undefined, end: string | undefined): string {
  if (start === undefined || end === undefined) return '';
  const ms = Date.parse(end) - Date.parse(start);
  if (!(ms > 0)) return '';
  const wholeSeconds = !start.includes('.') && !end.includes('.') && ms < 60_000;
  return wholeSeconds ? `${ms / 1000} s` : duration(ms);
}

/** Milliseconds for people: `12 ms`, `1.4 s`, `2m 5s`, `1h 2m`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`;
}

/** `12:03:04` of a timestamp, in local time. */
function clockTime(timestamp: string): string {
  const time = new Date(timestamp);
  return Number.isNaN(time.getTime()) ? timestamp : time.toTimeString().slice(0, 8);
}
