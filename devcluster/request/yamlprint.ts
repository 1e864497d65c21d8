/** JSON data as YAML text, laid out as the real server's library does: natural key order, unindented lists, lines of 80. */

const width = 80;

/** Prints data as YAML. */
export function printYaml(value: unknown): string {
  return `${node(value, 0, false)}\n`.replace(/^\n/, '');
}

/** A value that follows `key:` or `-`: on the same line where it is short, below it otherwise. */
function node(value: unknown, indent: number, inList: boolean): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const lines = value.map((item) => `${' '.repeat(indent)}- ${node(item, indent + 2, true).replace(/^\n +/, '')}`);
    return `\n${lines.join('\n')}`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => naturalOrder(a, b));
    if (entries.length === 0) return '{}';
    const lines = entries.map(([key, item]) => {
      const head = `${' '.repeat(indent)}${scalar(key, indent, indent, true)}:`;
      const nested = node(item, Array.isArray(item) ? indent : indent + 2, false);
      if (nested.startsWith('\n')) return head + nested;
      return `${head} ${typeof item === 'string' ? scalar(item, head.length + 1, indent + 2, false) : nested}`;
    });
    return `\n${lines.join('\n')}`;
  }
  if (typeof value === 'string') return scalar(value, indent, indent, false);
  void inList;
  return String(value);
}

const ambiguous =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|<<|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|[-+]?[0-9][0-9_]*|[-+]?0x[0-9a-fA-F_]+|[-+]?0o[0-7_]+|[-+]?0b[01_]+|[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|\d{4}-\d\d?-\d\d?(?:[Tt ].*\d:\d\d.*)?|)$/;
const unprintable = /[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

/** A string as the value at a column; lines that are too long go on below, indented. */
function scalar(text: string, column: number, indent: number, key: boolean): string {
  if (unprintable.test(text)) return doubleQuoted(text, column, indent, key);
  if (text.includes('\n')) {
    const block = !key && !/ $| \n/.test(text) && !text.startsWith('\n ') && !text.startsWith('\t');
    return block ? literal(text, indent) : doubleQuoted(text, column, indent, key);
  }
  if (ambiguous.test(text)) return doubleQuoted(text, column, indent, key);
  const plain =
    !/^[-?:](?:\s|$)|^[,[\]{}#&*!|>'"%@`]/.test(text) &&
    !/:(?:\s|$)|\s#/.test(text) &&
    !/^\s|\s$/.test(text) &&
    !/^(?:---|\.\.\.)/.test(text) &&
    !text.includes('\t');
  if (plain) return key ? text : folded(text, column, indent);
  if (text.includes('\t')) return doubleQuoted(text, column, indent, key);
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return key ? quoted : folded(quoted, column, indent);
}

/** Breaks at the first single space past the width. */
function folded(text: string, column: number, indent: number): string {
  if (column + text.length <= width) return text;
  let out = '';
  let at = column;
  for (let index = 0; index < text.length; index++) {
    const char = text[index] as string;
    const single =
      char === ' ' && text[index - 1] !== ' ' && text[index + 1] !== ' ' && index > 0 && index < text.length - 1;
    if (single && at > width) {
      out += `\n${' '.repeat(indent)}`;
      at = indent;
      continue;
    }
    out += char;
    at++;
  }
  return out;
}

function literal(text: string, indent: number): string {
  const body = text.replace(/\n$/, '');
  const chomp = text.endsWith('\n') ? (text.endsWith('\n\n') || text === '\n' ? '+' : '') : '-';
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${' '.repeat(indent)}${line}`));
  // Where the text begins with a space or a break, its indentation cannot be seen.
  const hint = /^[ \n]/.test(text) ? '2' : '';
  return `|${hint}${chomp}\n${lines.join('\n')}`;
}

const escapes: { readonly [char: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\v': '\\v',
  '\f': '\\f',
  '\x1b': '\\e',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function doubleQuoted(text: string, column: number, indent: number, key: boolean): string {
  let out = '"';
  let at = column + 1;
  const chars = [...text];
  for (const [index, char] of chars.entries()) {
    const known = Object.hasOwn(escapes, char) ? (escapes[char] as string) : undefined;
    if (char === ' ' && !key && at > width && index > 0 && index < chars.length - 1) {
      out += `\n${' '.repeat(indent)}${chars[index + 1] === ' ' ? '\\' : ''}`;
      at = indent;
      continue;
    }
    const shown = known ?? (unprintable.test(char) ? escaped(char) : char);
    out += shown;
    at += shown.length;
  }
  return `${out}"`;
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9';
const isLetter = (char: string): boolean => /\p{L}/u.test(char);

/** Order of keys: numbers inside of names by value, letters after everything else. */
function naturalOrder(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  let afterDigit = false;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const x = a[i] as string;
    const y = b[i] as string;
    if (x === y) {
      afterDigit = isDigit(x);
      continue;
    }
    const letters = [isLetter(x), isLetter(y)];
    if (letters[0] && letters[1]) return x < y ? -1 : 1;
    if (letters[0] || letters[1]) return letters[afterDigit ? 0 : 1] ? -1 : 1;
    const number = (chars: readonly string[]): string => /^\d*/.exec(chars.slice(i).join(''))?.[0] ?? '';
    const p = number(a);
    const q = number(b);
    const difference = Number(p || 0) - Number(q || 0);
    if (difference !== 0) return difference;
    if (p.length !== q.length) return p.length - q.length;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
