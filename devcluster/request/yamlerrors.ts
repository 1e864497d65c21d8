/** What Go's YAML library says of a text that is no YAML: its words, and the lines as it counts them. */

/** An error of our own parser. */
export interface YamlProblem {
  readonly code: string;
  readonly message: string;
  /** Offset in the text. */
  readonly at: number;
}

/** Lines before an offset. */
const linesBefore = (text: string, offset: number): number => text.slice(0, offset).split('\n').length - 1;

/** Scanners count lines from one, parsers from none; the first line is not named. */
function placed(message: string, line: number, by: 'scanner' | 'parser'): string {
  if (line === 0) return message;
  return `line ${by === 'scanner' ? line + 1 : line}: ${message}`;
}

const atEnd = (text: string): number => linesBefore(text, text.length) + (text.endsWith('\n') || text === '' ? 0 : 1);

/** The message, with its line where that is not the first. */
export function goYamlMessage({ code, message, at }: YamlProblem, text: string): string {
  const line = linesBefore(text, at);
  const plain = message.split('\n')[0]?.replace(/ at line .*/, '') ?? '';
  switch (code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY': {
      const rest = text.slice(at + (code === 'BLOCK_AS_IMPLICIT_KEY' ? 0 : 1));
      const colon = rest.search(/:(?=\s|$)/);
      const where = colon < 0 ? line : linesBefore(text, text.length - rest.length + colon);
      return placed('mapping values are not allowed in this context', where, 'scanner');
    }
    case 'TAB_AS_INDENT': {
      const before = text.slice(0, at).trimEnd();
      const why = /[:\-?[{]$/.test(before)
        ? 'found character that cannot start any token'
        : 'found a tab character that violates indentation';
      return placed(why, line, 'scanner');
    }
    case 'BAD_ALIAS':
      return `unknown anchor '${/: (\S+)$/.exec(plain)?.[1] ?? ''}' referenced`;
    case 'BAD_SCALAR_START':
      return placed('found character that cannot start any token', line, 'scanner');
    case 'BAD_DQ_ESCAPE':
      return placed(
        /\\[xuU]/.test(plain) ? 'did not find expected hexdecimal number' : 'found unknown escape character',
        line,
        'scanner',
      );
    default:
  }
  if (/Flow (?:map|sequence)/.test(plain)) {
    const close = plain.includes('map') ? '}' : ']';
    // Nothing follows the bracket.
    if (/[{[,]\s*$/.test(text)) return placed('did not find expected node content', atEnd(text), 'parser');
    const open = at < text.length - 1 && text.slice(at).trim() !== '';
    return placed(`did not find expected ',' or '${close}'`, open ? line : atEnd(text), 'parser');
  }
  if (/Missing closing/.test(plain)) {
    const lines = linesBefore(text, text.length);
    return placed('found unexpected end of stream', lines, 'scanner');
  }
  if (/flow-(?:map|seq)-end token/.test(plain)) return placed('did not find expected node content', line, 'parser');
  if (/not allowed within flow collections/.test(plain))
    return placed("did not find expected ',' or '}'", line, 'parser');
  if (/must start at the same column/.test(plain)) return placed('did not find expected key', line, 'parser');
  if (/Unexpected scalar at node end/.test(plain)) return placed("did not find expected '-' indicator", line, 'parser');
  if (/Block scalar header/.test(plain)) return placed('did not find expected comment or line break', line, 'scanner');
  if (/Unsupported YAML version/.test(plain))
    return placed("did not find expected digit or '.' character", line, 'scanner');
  if (/call stack/.test(plain)) return 'exceeded max depth of 10000';
  return placed(plain, line, 'scanner');
}
