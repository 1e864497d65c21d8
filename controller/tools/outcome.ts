/**
 * How a tool call ended, as the one who has to decide about repeating it must know it.
 *
 * - `result`: the tool answered. `isError` when the answer itself says that it failed.
 * - `not-sent`: nothing left this process; sending it again is safe.
 * - `unknown`: it was sent, and no answer came: it may or may not have taken effect.
 * - `failed`: it was refused, here or by the tool, before it took effect; the same call again would be refused again.
 *
 * `text` and `error` are for the model and never empty.
 */
export type ToolOutcome =
  | { readonly kind: 'result'; readonly text: string; readonly isError: boolean; readonly structured?: unknown }
  | { readonly kind: 'not-sent'; readonly error: string }
  | { readonly kind: 'unknown'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string };

/**
 * Cuts `text` to at most `maxBytes` bytes of UTF-8, never within a character, and says so at the end.
 * The note comes on top of `maxBytes`.
 */
export function cutText(text: string, maxBytes: number): string {
  // A UTF-16 unit takes at most three bytes of UTF-8, so short texts need no encoding.
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text;
  const head = new Uint8Array(maxBytes);
  const { read } = new TextEncoder().encodeInto(text, head);
  return `${text.slice(0, read)}\n(cut: the first ${maxBytes} of ${bytes} bytes)`;
}

/** The text of anything thrown, never empty; an `AggregateError` by its members, a cause after its error. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error) || 'unknown error';
  if (error instanceof AggregateError && error.message === '' && error.errors.length > 0) {
    return [...new Set(error.errors.map(messageOf))].join('; ');
  }
  const text = error.message || error.name;
  const cause = error.cause instanceof Error ? messageOf(error.cause) : '';
  return cause === '' || text.includes(cause) ? text : `${text}: ${cause}`;
}
