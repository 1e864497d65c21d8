/**
 * Characters that move the cursor, recolour or reorder what a terminal shows: C0 (but line feed and tab), DEL, C1,
 * line and paragraph separators, bidirectional controls, other invisible controls, lone surrogates.
 */
const UNSAFE = /[[\p{Cc}--[\n\t]]\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}\u200b\ufeff]/gv;

const asUnicode = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text of unknown origin, safe to print: control characters become `\u001b`; line feeds and tabs stay. */
export const escapeControl = (text: string): string => text.replaceAll('\r\n', '\n').replace(UNSAFE, asUnicode);

/** The same on one line: line feeds become `⏎`, tabs and runs of blanks one blank. */
export const escapeLine = (text: string): string =>
  escapeControl(text.trim())
    .replaceAll('\n', '⏎')
    .replace(/[\t ]+/g, ' ');

/** JSON that is safe to print: `JSON.stringify` leaves DEL, C1 and bidirectional controls as they are. */
export const escapeJson = (json: string): string => json.replace(UNSAFE, asUnicode);
