import { InvalidArgumentError } from 'commander';

/** A TCP port, 0 for one that is free. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65535)) throw new InvalidArgumentError('It must be a number from 0 to 65535; 0 picks a free port.');
  return port;
}

/** A whole number, 1 at least. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 1 at least.');
  return Number(text);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `90` (seconds), `500ms`, `90s`, `5m`, `1h30m` as milliseconds. */
export function parseDuration(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text) * 1000;
  if (!/^(\d{1,7}(ms|s|m|h))+$/.test(text)) {
    throw new InvalidArgumentError('It must be a duration such as 90s, 5m or 1h30m.');
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h)/g))
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  return total;
}

/** A name that Kubernetes takes as an object's name (RFC 1123 subdomain). */
export function parseName(text: string): string {
  if (text.length > 253 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text)) {
    throw new InvalidArgumentError(
      'It must be a name as Kubernetes takes it: lower case letters, digits, "-" and ".", 253 characters at most.',
    );
  }
  return text;
}

/** A namespace (RFC 1123 label). */
export function parseNamespace(text: string): string {
  if (text.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)) {
    throw new InvalidArgumentError(
      'It must be a namespace as Kubernetes takes it: lower case letters, digits and "-", 63 characters at most.',
    );
  }
  return text;
}

/** For options that may be given more than once. */
export const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];

/** An instant (RFC 3339) as milliseconds since 1970. */
export function parseTime(text: string): number {
  const time = /^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isFinite(time)) throw new InvalidArgumentError('Write it as 2026-12-31T00:00:00Z.');
  return time;
}

/** `7d`, or a duration as `parseDuration` takes it; in milliseconds. */
export function parseAge(text: string): number {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  return days === undefined ? parseDuration(text) : Number(days) * 86_400_000;
}

/** Whom provenance takes for Git's hand, for `option(...GITOPS_USER, collect)`. */
export const GITOPS_USER = [
  '--gitops-user <name>',
  'who applies what is in Git (default: the service accounts of Argo CD and Flux); may be repeated',
] as const;
/** Whose signatures count. */
export const STAMP_KEY = ['--stamp-key <file>', 'public key (PEM, Ed25519) of signed stamps; may be repeated'] as const;
