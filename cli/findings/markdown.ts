import { markdown, markdownCode } from './escape.ts';
import type { Level, Report } from './model.ts';
import { countOf, countsOf, plural, undecidedText } from './model.ts';

/** GitHub takes comments of 65,536 characters, GitLab a million. */
const LONGEST = 60_000;
const LONGEST_MESSAGE = 600;
const MOST_UNDECIDED = 20;
const SIGNS: Readonly<Record<Level, string>> = { error: '❌', warning: '⚠️', notice: 'ℹ️' };

/** A comment on a pull request: the worst first, as many as fit. */
export function asMarkdown({ command, findings, judged, excepted, undecided = [] }: Report): string {
  const verdict = countOf(findings, 'error') > 0 ? 'refused' : 'passed';
  const away = excepted === 0 ? '' : `, ${excepted} excepted`;
  const rules = undecided.slice(0, MOST_UNDECIDED).map((each) => `- ${markdown(undecidedText(each))}\n`);
  const notHere = rules.length === 0 ? '' : `\nNot decided here:\n\n${rules.join('')}`;
  const head = `### KubeChain ${command}: ${verdict}\n\n${plural(judged, 'object')} judged: ${countsOf(findings)}${away}.\n${notHere}`;
  if (findings.length === 0) return head;
  const order = ['error', 'warning', 'notice'];
  const sorted = [...findings].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  let text = `${head}\n| | where | object | rule | what is wrong |\n|---|---|---|---|---|\n`;
  let shown = 0;
  for (const { level, file, line, column, object, rule, field, message, docs } of sorted) {
    const place = file === '' ? '' : markdownCode(`${file}:${line}:${column}`);
    const cut = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
    const what = `${field === '' ? '' : `${markdownCode(field)}: `}${markdown(cut)}`;
    const more = docs !== undefined && /^https?:\/\/[^\s|)<>]+$/.test(docs) ? ` ([docs](${docs}))` : '';
    const row = `| ${SIGNS[level]} | ${place} | ${markdown(object)} | ${markdownCode(rule)} | ${what}${more} |\n`;
    if (text.length + row.length > LONGEST) break;
    text += row;
    shown += 1;
  }
  return shown < sorted.length ? `${text}\n… and ${sorted.length - shown} more.\n` : text;
}
