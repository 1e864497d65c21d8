import { stringify } from 'yaml';
import { escapeControl } from '../terminal/escape.ts';
import type { Style } from '../terminal/style.ts';
import { workflowProperty, workflowText, xml } from './escape.ts';
import { asMarkdown } from './markdown.ts';
import type { Finding, Format, Report, Undecided } from './model.ts';
import { countOf, countsOf, plural, sentenceOf, undecidedText } from './model.ts';
import { asSarif } from './sarif.ts';

/** A report in the form that is asked for. */
export function render(report: Report, format: Format, style: Style): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(asData(report), null, 2)}\n`;
    case 'yaml':
      return stringify(asData(report), { lineWidth: 0, aliasDuplicateObjects: false });
    case 'junit':
      return asJUnit(report);
    case 'sarif':
      return asSarif(report);
    case 'github':
      return [...report.findings.map(annotation), ...undecidedIn(report).map(noticeOf)].join('');
    case 'markdown':
      return asMarkdown(report);
    default:
      return asText(report, style);
  }
}

const undecidedIn = ({ undecided = [] }: Report): readonly Undecided[] => undecided;

const noticeOf = (undecided: Undecided): string =>
  `::notice title=${workflowProperty(undecided.rule)}::${workflowText(undecidedText(undecided))}\n`;

function asData(report: Report) {
  const { judged, excepted, findings } = report;
  const counts = {
    errors: countOf(findings, 'error'),
    warnings: countOf(findings, 'warning'),
    notices: countOf(findings, 'notice'),
  };
  const undecided = report.undecided === undefined ? {} : { notEvaluable: report.undecided };
  return { judged, excepted, ...counts, findings, ...undecided };
}

function asText(report: Report, style: Style): string {
  const { findings, judged, excepted } = report;
  const coloured = { error: style.bad, warning: style.warn, notice: style.accent };
  const lines = findings.map((finding) => {
    const { file, line, column, level, rule, docs } = finding;
    const more = docs === undefined ? '' : `\n    docs: ${escapeControl(docs)}`;
    const place = file === '' ? '' : `${style.bold(escapeControl(`${file}:${line}:${column}:`))} `;
    return `${place}${coloured[level](`${level}:`)} [${escapeControl(rule)}] ${escapeControl(sentenceOf(finding))}${more}\n`;
  });
  const away = excepted === 0 ? '' : `, ${excepted} excepted`;
  const undecided = undecidedIn(report).map((each) => `${style.dim(escapeControl(undecidedText(each)))}\n`);
  return `${[...lines, ...undecided].join('')}${judged} judged: ${countsOf(findings)}${away}\n`;
}

/** A workflow command: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function annotation(finding: Finding): string {
  const { level, file, line, column, rule } = finding;
  const place = file === '' || file === '-' ? '' : `file=${workflowProperty(file)},line=${line},col=${column},`;
  return `::${level} ${place}title=${workflowProperty(rule)}::${workflowText(sentenceOf(finding))}\n`;
}

/** One test case a finding, a suite a file; one case that passed where there is nothing to say. */
function asJUnit(report: Report): string {
  const { command, findings, judged } = report;
  const files = new Map<string, Finding[]>();
  for (const finding of findings) files.set(finding.file, [...(files.get(finding.file) ?? []), finding]);
  const suites = [...files].map(([file, own]) => {
    const cases = own.map((finding) => {
      const { line, column, level, rule, object } = finding;
      const head = `    <testcase name="${xml(`[${rule}] ${object}`)}" classname="${xml(file)}" file="${xml(file)}" line="${line}" time="0">`;
      const text = xml(`${file}:${line}:${column}: ${level}: ${sentenceOf(finding)}`);
      const body =
        level === 'error'
          ? `      <failure message="${xml(sentenceOf(finding))}" type="${xml(rule)}">${text}</failure>`
          : `      <system-out>${text}</system-out>`;
      return `${head}\n${body}\n    </testcase>`;
    });
    return `  <testsuite name="${xml(file)}" tests="${own.length}" failures="${countOf(own, 'error')}" errors="0" skipped="0" time="0">\n${cases.join('\n')}\n  </testsuite>`;
  });
  if (suites.length === 0) {
    const name = `${plural(judged, 'object')} judged`;
    suites.push(
      `  <testsuite name="${xml(command)}" tests="1" failures="0" errors="0" skipped="0" time="0">\n    <testcase name="${name}" classname="${xml(command)}" time="0"/>\n  </testsuite>`,
    );
  }
  const skipped = undecidedIn(report).map((each) => {
    const head = `    <testcase name="${xml(`[${each.rule}]`)}" classname="${xml(command)}" time="0">`;
    return `${head}\n      <skipped message="${xml(undecidedText(each))}"/>\n    </testcase>\n`;
  });
  if (skipped.length > 0) {
    suites.push(
      `  <testsuite name="not decided here" tests="${skipped.length}" failures="0" errors="0" skipped="${skipped.length}" time="0">\n${skipped.join('')}  </testsuite>`,
    );
  }
  const tests = Math.max(1, findings.length) + skipped.length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kubechain ${xml(command)}" tests="${tests}" failures="${countOf(findings, 'error')}" errors="0" time="0">\n${suites.join('\n')}\n</testsuites>\n`;
}
