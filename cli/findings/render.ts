import { stringify } from 'yaml';
import { escapeControl } from '../terminal/escape.ts';
import type { Style } from '../terminal/style.ts';
import { workflowProperty, workflowText, xml } from './escape.ts';
import { asMarkdown } from './markdown.ts';
import type { Finding, Format, Report } from './model.ts';
import { countOf, countsOf, plural, sentenceOf } from './model.ts';
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
      return report.findings.map(annotation).join('');
    case 'markdown':
      return asMarkdown(report);
    default:
      return asText(report, style);
  }
}

function asData({ judged, excepted, findings }: Report) {
  const counts = {
    errors: countOf(findings, 'error'),
    warnings: countOf(findings, 'warning'),
    notices: countOf(findings, 'notice'),
  };
  return { judged, excepted, ...counts, findings };
}

function asText({ findings, judged, excepted }: Report, style: Style): string {
  const coloured = { error: style.bad, warning: style.warn, notice: style.accent };
  const lines = findings.map((finding) => {
    const { file, line, column, level, rule, docs } = finding;
    const more = docs === undefined ? '' : `\n    docs: ${escapeControl(docs)}`;
    const place = file === '' ? '' : `${style.bold(escapeControl(`${file}:${line}:${column}:`))} `;
    return `${place}${coloured[level](`${level}:`)} [${escapeControl(rule)}] ${escapeControl(sentenceOf(finding))}${more}\n`;
  });
  const away = excepted === 0 ? '' : `, ${excepted} excepted`;
  return `${lines.join('')}${judged} judged: ${countsOf(findings)}${away}\n`;
}

/** A workflow command: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function annotation(finding: Finding): string {
  const { level, file, line, column, rule } = finding;
  const place = file === '' || file === '-' ? '' : `file=${workflowProperty(file)},line=${line},col=${column},`;
  return `::${level} ${place}title=${workflowProperty(rule)}::${workflowText(sentenceOf(finding))}\n`;
}

/** One test case a finding, a suite a file; one case that passed where there is nothing to say. */
function asJUnit({ command, findings, judged }: Report): string {
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
  const tests = Math.max(1, findings.length);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kubechain ${xml(command)}" tests="${tests}" failures="${countOf(findings, 'error')}" errors="0" time="0">\n${suites.join('\n')}\n</testsuites>\n`;
}
