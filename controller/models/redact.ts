/** The longest message of an outcome, in UTF-16 code units. It goes into statuses and events. */
export const MAX_MESSAGE = 1000;

const REDACTED = '[redacted]';
/** Keys as OpenAI, Anthropic and most others write them, also when the provider has starred out their middle. */
const KEY_LIKE = /\b(?:sk|pk|rk|gsk|xai)-[\w*-]{4,}/g;
const BEARER = /\b(bearer|basic)\s+[\w.~+/*=-]{4,}/gi;
/** Error messages: shorter keys are placeholders such as `none`, and would only garble the text. */
const MIN_SECRET = 4;
/** Answers: what a model writes is only touched for what can't be a word. */
const MIN_SECRET_IN_ANSWER = 16;
/** So much of a key in a text counts as the key. */
const TELLTALE = 8;

export interface Redactor {
  /** For texts about failures: one line, bounded, without the secrets, their encodings and anything that looks like a key. */
  message(text: string): string;
  /** For what a model said: only the secrets themselves are taken out, the rest is left as it is. */
  answer(text: string): string;
}

/** Makes what takes `secrets` out of texts. Empty ones are ignored. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = [...new Set(secrets.map((secret) => secret.trim()))].filter((secret) => secret.length >= MIN_SECRET);
  // The longest first: one secret may be the start of another.
  const forms = known.flatMap(encodings).sort((a, b) => b.length - a.length);
  const long = known.filter((secret) => secret.length >= MIN_SECRET_IN_ANSWER).sort((a, b) => b.length - a.length);
  return {
    message(text) {
      // Cut before the work, with room for what the cut may have left of a key at the end.
      let out = text.slice(0, MAX_MESSAGE * 4);
      for (const form of forms) out = out.replaceAll(form, REDACTED);
      for (const secret of known) out = withoutStart(out, secret);
      out = out.replace(KEY_LIKE, REDACTED).replace(BEARER, `$1 ${REDACTED}`);
      return oneLine(out);
    },
    answer(text) {
      let out = text;
      for (const secret of long) if (out.includes(secret)) out = out.replaceAll(secret, REDACTED);
      return out;
    },
  };
}

/** The text on one line, without control characters, cut at a whole character. */
export function oneLine(text: string, max = MAX_MESSAGE): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ').trim();
  const whole = line.length > max ? `${line.slice(0, max - 1)}…` : line;
  return whole.toWellFormed().replace(/\ufffd…$/, '…');
}

function encodings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret, 'utf8').toString('base64');
  return [...new Set([secret, json, encodeURIComponent(secret.toWellFormed()), base64, base64.replace(/=+$/, '')])];
}

/** Takes out what begins like the secret and was cut or starred out after that. */
function withoutStart(text: string, secret: string): string {
  if (secret.length < TELLTALE * 2) return text;
  const start = secret.slice(0, TELLTALE);
  let out = text;
  for (let at = out.indexOf(start); at !== -1; at = out.indexOf(start, at + REDACTED.length)) {
    let end = at + start.length;
    while (end < out.length && !/[\s"'`<>,;]/.test(out.charAt(end))) end += 1;
    out = out.slice(0, at) + REDACTED + out.slice(end);
  }
  return out;
}
