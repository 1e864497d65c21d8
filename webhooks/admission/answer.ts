import type { Finding } from '../../policies/engine/index.ts';
import type { AdmissionAnswer } from '../server/review.ts';
import type { PolicyJudgement } from './policy.ts';
import type { Refusal } from './types.ts';

/** The API server drops warnings beyond 4 KiB altogether, and clients may cut long ones. */
const MAX_WARNINGS = 16;
const LONGEST_WARNING = 250;
/** Lines of a refusal: more help nobody. */
const MAX_LINES = 20;
const LONGEST_LINE = 2000;
const LONGEST_ANNOTATION = 1000;

/** A refusal: one line a finding, ours first. Its code is 403 unless all of ours say the same other one. */
export function refuse(refusals: readonly Refusal[], findings: readonly string[] = []): AdmissionAnswer {
  const lines = [
    ...refusals.map(({ rule, field, message }) => `[kubechain/${rule}] ${field}: ${message}`),
    ...findings,
  ];
  const shown = lines.slice(0, MAX_LINES).map((line) => oneLine(line, LONGEST_LINE));
  if (lines.length > MAX_LINES) shown.push(`… and ${lines.length - MAX_LINES} more`);
  const codes = new Set([...refusals.map(({ code = 403 }) => code), ...(findings.length > 0 ? [403] : [])]);
  const code = codes.size === 1 ? ([...codes][0] ?? 403) : 403;
  return { allowed: false, code, reason: REASONS[code] ?? 'Forbidden', message: shown.join('\n') };
}

const REASONS: Readonly<Record<number, string>> = { 400: 'BadRequest', 403: 'Forbidden', 422: 'Invalid' };

/** Without repetition, one line each, not too many and not too long. */
export function warningsOf(warnings: readonly string[]): string[] {
  const all = [...new Set(warnings.map((warning) => oneLine(warning, LONGEST_WARNING)))];
  if (all.length <= MAX_WARNINGS) return all;
  return [...all.slice(0, MAX_WARNINGS - 1), `… and ${all.length - MAX_WARNINGS + 1} more warnings`];
}

/** For the API server's audit log: which policies and rules did what. */
export function auditAnnotations({ denials, ratcheted, verdict }: PolicyJudgement): Record<string, string> {
  const annotations: Record<string, string> = {};
  const add = (name: string, findings: readonly Finding[]): void => {
    if (findings.length > 0) annotations[name] = namesOf(findings);
  };
  const by = (effect: Finding['effect']): Finding[] => verdict.findings.filter((finding) => finding.effect === effect);
  add('denied-by', denials);
  add('ratcheted', ratcheted);
  add('approval-required-by', by('requireApproval'));
  add('warned-by', by('warn'));
  add('audited-by', by('audit'));
  add('excepted', verdict.excepted);
  return annotations;
}

const namesOf = (findings: readonly Finding[]): string =>
  oneLine(
    [
      ...new Set(
        findings.map(({ policy, rule }) => `${policy.namespace ? `${policy.namespace}/` : ''}${policy.name}/${rule}`),
      ),
    ].join(' '),
    LONGEST_ANNOTATION,
  );

const oneLine = (text: string, longest: number): string => {
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
};
