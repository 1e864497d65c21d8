import type { Message, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { escapeControl, escapeLine } from '../terminal/escape.ts';
import type { Style } from '../terminal/style.ts';
import { wrap } from '../terminal/width.ts';
import { count, duration, type EventLike, span } from './progress.ts';

export interface Layout {
  readonly style: Style;
  /** Columns to wrap at; no wrapping when undefined (a pipe). */
  readonly columns?: number;
}

/** The first lines of a transcript: which run, of what, how it stands. */
export function headerLines(run: TaskRun, { style }: Layout): string[] {
  const status = run.status ?? {};
  const agent = status.agent ?? run.spec.agentRef?.name;
  const of = [
    `Task ${run.spec.taskRef.name}`,
    ...(agent === undefined ? [] : [`Agent ${agent}`]),
    ...(status.agentRevision === undefined ? [] : [`revision ${status.agentRevision}`]),
  ];
  return [
    `${style.bold(`TaskRun ${escapeLine(run.metadata.name ?? '')}`)} ${style.dim(`· ${escapeLine(of.join(' · '))}`)}`,
    ...(status.startTime === undefined ? [] : [style.dim(`started ${status.startTime}`)]),
  ];
}

/** One message: its role, then its text and the calls it asks for. `call` is the TaskRunToolCall that a tool message answers. */
export function messageLines(message: Message, call: TaskRunToolCall | undefined, layout: Layout): string[] {
  const { style } = layout;
  const lines = [''];
  if (message.role === 'tool') {
    const title = escapeLine(message.name ?? call?.spec.toolRef.name ?? message.toolCallId ?? '');
    lines.push(`${style.bold('tool')} ${title}${callState(call, style)}`);
  } else {
    lines.push(style.bold(message.role));
  }
  if (message.content !== '') lines.push(...indented(message.content, layout));
  for (const { function: wanted, id } of message.toolCalls ?? []) {
    lines.push(
      `  ${style.accent(`→ ${escapeLine(wanted.name)}(${escapeLine(wanted.arguments)})`)} ${style.dim(escapeLine(id))}`,
    );
  }
  return lines;
}

function callState(call: TaskRunToolCall | undefined, style: Style): string {
  const status = call?.status;
  if (status?.phase === undefined) return '';
  const took = span(status.startTime, status.completionTime);
  const phase = status.phase === 'Succeeded' ? style.dim(status.phase) : style.bad(status.phase);
  return ` ${phase}${took === '' ? '' : style.dim(` in ${took}`)}`;
}

/** A tool call that no message answers yet. */
export function openCallLines(call: TaskRunToolCall, { style }: Layout): string[] {
  const status = call.status ?? {};
  const detail = status.error ?? status.statusDetail ?? '';
  return [
    '',
    `${style.bold('tool')} ${escapeLine(call.spec.toolRef.name)} ${style.warn(escapeLine(status.phase ?? 'Pending'))}`,
    ...(detail === '' ? [] : [`  ${escapeLine(detail)}`]),
  ];
}

/** The failed model call that is waiting to be tried again, if one is. */
export function attemptLine(run: TaskRun, { style }: Layout): string | undefined {
  const { attempt, phase } = run.status ?? {};
  if (attempt === undefined || phase !== 'ErrorBackoff') return undefined;
  const next = attempt.nextAttemptTime === undefined ? '' : `; next attempt at ${attempt.nextAttemptTime}`;
  return style.warn(`attempt ${attempt.count} failed: ${escapeLine(attempt.message)}${escapeLine(next)}`);
}

/** The last lines: phase, what it took, why it failed. */
export function footerLines(run: TaskRun, warnings: readonly EventLike[], layout: Layout, now: number): string[] {
  const { style } = layout;
  const status = run.status ?? {};
  const phase = status.phase ?? 'Pending';
  const parts: string[] = [];
  if (status.turns !== undefined) parts.push(count(status.turns, 'turn'));
  if (status.toolCallCount) parts.push(count(status.toolCallCount, 'tool call'));
  const { usage } = status;
  if (usage?.totalTokens !== undefined) {
    parts.push(`${count(usage.totalTokens, 'token')} (${usage.inputTokens ?? 0} in, ${usage.outputTokens ?? 0} out)`);
  }
  const took =
    span(status.startTime, status.completionTime) ||
    (status.startTime === undefined || status.completionTime !== undefined
      ? ''
      : `running for ${duration(Math.max(0, now - Date.parse(status.startTime)))}`);
  if (took !== '') parts.push(took);
  const tone = phase === 'FinalAnswer' ? style.good : phase === 'Failed' ? style.bad : style.warn;
  const lines = [''];
  for (const event of warnings) {
    const times = event.count !== undefined && event.count > 1 ? ` (${event.count} times)` : '';
    lines.push(style.warn(`${escapeLine(event.reason ?? '')}: ${escapeLine(event.message ?? '')}${times}`));
  }
  const attempt = attemptLine(run, layout);
  if (attempt !== undefined) lines.push(attempt);
  lines.push(`${tone(phase)}${parts.length === 0 ? '' : style.dim(` · ${parts.join(' · ')}`)}`);
  const why =
    phase === 'Failed'
      ? (status.error ?? status.statusDetail)
      : phase === 'FinalAnswer'
        ? undefined
        : status.statusDetail;
  if (why !== undefined && why !== '') lines.push(...indented(why, layout));
  return lines;
}

/** Text two columns in, wrapped to the terminal, control characters escaped. */
export function indented(text: string, { columns }: Layout): string[] {
  const safe = escapeControl(text).replace(/\n+$/, '').replaceAll('\t', '    ');
  const lines = columns === undefined ? safe.split('\n') : wrap(safe, Math.max(20, columns - 2));
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
