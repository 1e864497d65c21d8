import type { Report } from './judge.ts';

export const FORMATS = ['text', 'json', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** A report in the form that is asked for. */
export function render(reports: readonly Report[], judged: number, format: Format): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ judged, findings: reports }, null, 2)}\n`;
    case 'github':
      return reports.map(annotation).join('');
    default:
      return text(reports, judged);
  }
}

function text(reports: readonly Report[], judged: number): string {
  const lines = reports.map(({ level, file, line, column, object, rule, field, message, docs }) => {
    const more = docs === undefined ? '' : `\n    docs: ${docs}`;
    return `${file}:${line}:${column}: ${level}: [${rule}] ${object}: ${field}: ${message}${more}\n`;
  });
  const count = (level: Report['level']) => reports.filter((report) => report.level === level).length;
  return `${lines.join('')}${judged} judged: ${count('error')} errors, ${count('warning')} warnings, ${count('notice')} notices\n`;
}

/** A workflow command: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function annotation({ level, file, line, column, object, rule, field, message }: Report): string {
  const property = (value: string | number) => data(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${level} file=${property(file)},line=${line},col=${column},title=${property(rule)}::${data(`${object}: ${field}: ${message}`)}\n`;
}

function data(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
