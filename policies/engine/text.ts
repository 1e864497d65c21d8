const LONGEST = 160;
/** What would break a line, hide, or turn the direction of text in a message. */
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|[\p{Zs}--[ ]]/gv;

/** A text as it may stand within a one-line message: nothing in it breaks the line or hides. */
export function oneLine(text: string): string {
  return text.replace(UNSHOWABLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same, shortened in its middle to `most` characters. */
export function shorten(text: string, most = LONGEST): string {
  if (text.length <= most) return oneLine(text);
  const half = Math.floor(most / 2);
  return `${oneLine(text.slice(0, half))}…${oneLine(text.slice(-half))}`;
}

/** A value in quotes, on one line and not too long. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `"${shorten(value)}"`;
  return value === undefined ? 'nothing' : shorten(JSON.stringify(value) ?? String(value));
}

/** A few of many, for messages: `a, b, c and 7 more`. */
export function some(items: readonly string[], most = 8): string {
  if (items.length === 0) return 'nothing';
  const shown = items.slice(0, most).map((item) => shorten(item, 80));
  return items.length > most ? `${shown.join(', ')} and ${items.length - most} more` : shown.join(', ');
}

/** Order by code units, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
