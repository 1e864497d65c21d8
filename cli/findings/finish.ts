import type { Io } from '../io.ts';
import type { Unreadable } from '../manifests/files.ts';
import { createStyle } from '../terminal/style.ts';
import { type EmitOptions, emit, sinkOf } from './emit.ts';
import { CHECK_EXIT, type Finding, type Format, type Report, sortFindings } from './model.ts';
import { render } from './render.ts';

export interface ReportOptions extends EmitOptions {
  readonly output: Format;
  readonly failOn?: 'warn';
}

export interface Outcome {
  readonly unreadable?: readonly Unreadable[];
  /** A policy is broken. */
  readonly broken?: boolean;
  /** What to say where there was nothing to look at. */
  readonly nothing: string;
}

/** Writes a report, and says by the exit code what is the worst in it. */
export function finish(report: Report, outcome: Outcome, options: ReportOptions, io: Io): number {
  const { unreadable = [], broken = false, nothing } = outcome;
  const findings = sortFindings([...report.findings, ...unreadable.map(asFinding)]);
  emit(render({ ...report, findings }, options.output, createStyle(sinkOf(options, io), io.env)), options, io);
  if (unreadable.length > 0) return CHECK_EXIT.usage;
  if (broken) return CHECK_EXIT.evaluation;
  if (findings.some(({ level }) => level === 'error')) return CHECK_EXIT.violations;
  if (report.judged === 0) {
    io.err.write(`kubechain: ${nothing}\n`);
    return CHECK_EXIT.nothing;
  }
  if (options.failOn === 'warn' && findings.some(({ level }) => level === 'warning')) return CHECK_EXIT.warnings;
  return CHECK_EXIT.clean;
}

function asFinding({ file, line, column, message }: Unreadable): Finding {
  return {
    level: 'error',
    file,
    line,
    column,
    object: '',
    rule: 'syntax',
    field: '',
    pointer: '',
    message,
    severity: 'high',
  };
}
