/** Replaces every secret in a text. */
export type Redactor = (text: string) => string;

/** Hides the secret among the names of what it was known under, so that one can tell which it was. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/**
 * A redactor for `secrets`, each as it stands, as a JSON string, URL-encoded and in base64; of a secret of several
 * lines, each line as well, since logs are cut at lines. Empty values are left out.
 */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  const spellings = new Map<string, string>();
  for (const { name, value } of secrets) {
    const lines = value.split(/\r?\n/).filter((line) => line.trim().length >= 8);
    for (const part of [value, value.trim(), ...(lines.length > 1 ? lines : [])]) {
      for (const spelling of spellingsOf(part)) {
        // The label must be harmless wherever the secret stood, within JSON for one.
        if (spelling !== '') spellings.set(spelling, `<${name.replace(/[^\w.-]/g, '_')}>`);
      }
    }
  }
  // The longest first: a secret may hold another.
  const ordered = [...spellings].sort((a, b) => b[0].length - a[0].length);
  return (text) => ordered.reduce((result, [spelling, label]) => result.replaceAll(spelling, () => label), text);
}

function spellingsOf(value: string): string[] {
  return [value, JSON.stringify(value).slice(1, -1), encodeSafely(value), ...base64(value)];
}

function encodeSafely(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** Base64 of short values would hit unrelated text. */
function base64(value: string): string[] {
  if (value.length < 8) return [];
  const encoded = Buffer.from(value).toString('base64').replace(/=+$/, '');
  return [encoded, encoded.replaceAll('+', '-').replaceAll('/', '_')];
}
