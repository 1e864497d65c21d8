import type { Severity } from '../../policies/engine/index.ts';

export type Level = 'error' | 'warning' | 'notice';

/** Something that is wrong with an object of a file, or with the file. */
export interface Finding {
  readonly level: Level;
  /** As the user named it, with `/`; `-` for standard input; empty for an object of a cluster. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `Agent default/billing-bot`; empty where it is about the file. */
  readonly object: string;
  /** `production/tools.deny`, `schema`, `reference`, `syntax`. */
  readonly rule: string;
  /** `spec.tools[1].name`; empty where it is about the whole object. */
  readonly field: string;
  /** The same as a JSON pointer (RFC 6901), within the object. */
  readonly pointer: string;
  /** What is wrong and how to mend it; one line. */
  readonly message: string;
  readonly severity: Severity;
  readonly docs?: string;
}

/** A rule that nobody can decide here: it does not pass in silence. */
export interface Undecided {
  /** `production/only-ann`; the policy alone where it is about all of it. */
  readonly rule: string;
  readonly reason: string;
  /** How many objects it would be asked about. */
  readonly objects: number;
  /** How many recorded calls. */
  readonly calls?: number;
}

/** What a command has to say. */
export interface Report {
  /** The command: `policy check`, `lint`. */
  readonly command: string;
  /** In the order of files and positions. */
  readonly findings: readonly Finding[];
  /** How many objects were looked at. */
  readonly judged: number;
  /** How many findings exceptions took away. */
  readonly excepted: number;
  readonly undecided?: readonly Undecided[];
}

/** `[production/only-ann] is not decided here: who asks is not known (3 objects)`. */
export function undecidedText({ rule, reason, objects, calls = 0 }: Undecided): string {
  const counts = [
    ...(objects === 0 && calls > 0 ? [] : [plural(objects, 'object')]),
    ...(calls === 0 ? [] : [plural(calls, 'call')]),
  ];
  return `[${rule}] is not decided here: ${reason} (${counts.join(', ')})`;
}

export const FORMATS = ['text', 'json', 'yaml', 'junit', 'sarif', 'github', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** What a pull request's check learns from us. */
export const CHECK_EXIT = {
  clean: 0,
  violations: 1,
  /** Usage, or input that cannot be read. */
  usage: 2,
  /** A policy is broken. */
  evaluation: 3,
  /** Warnings, where `--fail-on warn` is given. */
  warnings: 4,
  /** Nothing to check, or no test ran. */
  nothing: 5,
} as const;

export function countOf(findings: readonly Finding[], level: Level): number {
  return findings.filter((finding) => finding.level === level).length;
}

/** `3 errors, 1 warning, 0 notices`. */
export function countsOf(findings: readonly Finding[]): string {
  return (['error', 'warning', 'notice'] as const).map((level) => plural(countOf(findings, level), level)).join(', ');
}

/** `1 error`, `2 errors`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const RANK: Readonly<Record<Level, number>> = { error: 0, warning: 1, notice: 2 };

/** By file and position, the worst first where these are the same. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...findings].sort(
    (a, b) =>
      text(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      RANK[a.level] - RANK[b.level] ||
      text(a.rule, b.rule) ||
      text(a.message, b.message),
  );
}

/** What of a finding is read after its place: `Agent default/bot: spec.system: …`. */
export function sentenceOf({ object, field, message }: Finding): string {
  return [object, field, message].filter((part) => part !== '').join(': ');
}
