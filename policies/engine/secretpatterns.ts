/**
 * What keys and passwords look like. Every pattern has a fixed beginning and a bounded tail, so that looking takes time
 * linear in the text.
 */
const SHAPES: readonly (readonly [name: string, shape: RegExp])[] = [
  ['an OpenAI or Anthropic key', /\bsk-[A-Za-z0-9_-]{20}/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{30}|github_pat_[A-Za-z0-9_]{30})/],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{20}/],
  ['a Slack token', /\bxox[abeprs]-[A-Za-z0-9-]{10}/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}/],
  ['a Stripe key', /\b[rs]k_(?:live|test)_[0-9A-Za-z]{16}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{30}/],
  ['a private key', /-----BEGIN (?:[A-Z]{2,9} ){0,3}PRIVATE KEY-----/],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{10,512}\.eyJ[A-Za-z0-9_-]{10}/],
  ['a password in a URL', /\bhttps?:\/\/[^\s/:@]{1,128}:[^\s/:@]{3,128}@/],
];

const ASSIGNMENT =
  /\b(?:password|passwd|secret|api[_-]?key|access[_-]?token)["']?\s{0,4}[:=]\s{0,4}["']?([^\s"',;]{10,128})/gi;

const SECRET_NAME =
  /(?:^|[^A-Za-z0-9])(?:token|secret|password|passwd|api[_-]?key|private[_-]?key|access[_-]?key|secret[_-]?key|credentials?|authorization|cookie)(?:$|[^A-Za-z0-9])/i;

/** What a text seems to hold (`a GitHub token`), or undefined. The text itself is never repeated. */
export function findSecret(text: string): string | undefined {
  for (const [name, shape] of SHAPES) if (shape.test(text)) return name;
  for (const [, value = ''] of text.matchAll(ASSIGNMENT)) {
    // A word of a sentence is none: "password: required".
    if (/[0-9]/.test(value) && /[A-Za-z]/.test(value)) return 'a password';
  }
  return undefined;
}

/** True for names of variables and headers whose values are secret: `GITHUB_TOKEN`, `X-Api-Key`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replaceAll(/([a-z])([A-Z])/g, '$1_$2')) || SECRET_NAME.test(name);
}
