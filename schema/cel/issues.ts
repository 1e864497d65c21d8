/** One complaint about an expression, at a place in its text. */
export interface CelIssue {
  readonly message: string;
  /** Offset into the expression in UTF-16 units. */
  readonly offset: number;
  /** From 1; -1 when the complaint is about the whole. */
  readonly line: number;
  /** From 1, in code points. */
  readonly column: number;
}

/** An expression that does not parse or type-check. `message` reads as cel-go prints it, with source and marker. */
export class CelCompileError extends Error {
  readonly issues: readonly CelIssue[];

  constructor(issues: readonly CelIssue[], source: string) {
    super(issues.map((issue) => display(issue, source)).join('\n'));
    this.name = 'CelCompileError';
    this.issues = issues;
  }
}

const LINE_BREAK = '\n';
const MAX_SNIPPET = 16384;

/** An issue with the whole text. */
export function issueWithAll(message: string): CelIssue {
  return { message, offset: -1, line: -1, column: 0 };
}

/** Makes an issue of a message and an offset. */
export function issueAt(source: string, offset: number, message: string): CelIssue {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf(LINE_BREAK) + 1;
  const line = before.split(LINE_BREAK).length;
  return { message, offset, line, column: [...before.slice(lineStart)].length + 1 };
}

function display(issue: CelIssue, source: string): string {
  const head = `ERROR: <input>:${issue.line}:${issue.column}: ${issue.message}`;
  const snippet = source.split(LINE_BREAK)[issue.line - 1]?.replaceAll('\t', ' ');
  if (snippet === undefined || snippet.length > MAX_SNIPPET) return head;
  const chars = [...snippet];
  const wide = (char: string | undefined) => char !== undefined && (char.codePointAt(0) ?? 0) > 0x7f;
  const dots = chars
    .slice(0, issue.column - 1)
    .map((char) => (wide(char) ? '\uff0e' : '.'))
    .join('');
  return `${head}\n | ${snippet}\n | ${dots}${wide(chars[issue.column - 1]) ? '\uff3e' : '^'}`;
}
