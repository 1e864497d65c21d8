import { escapeControl } from '../terminal/escape.ts';

/** Text as it may stand in XML 1.0, between tags and within attributes; characters that XML has no place for are shown as U+FFFD. */
export function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;');
}

/** The text of a workflow command: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export function workflowText(text: string): string {
  return escapeControl(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a workflow command. */
export function workflowProperty(value: string | number): string {
  return workflowText(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Text that Markdown shows as it is, on one line of a table. What users name cannot mention people or make links. */
export function markdown(text: string): string {
  return escapeControl(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()#+!|<>~@&]/g, (char) =>
      char === '<' ? '&lt;' : char === '>' ? '&gt;' : char === '&' ? '&amp;' : `\\${char}`,
    )
    .replaceAll(/(https?):\/\//g, '$1:&#8203;//');
}

/** Text within backticks. */
export function markdownCode(text: string): string {
  const line = escapeControl(text).replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}
