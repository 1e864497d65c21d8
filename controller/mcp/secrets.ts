import type { Redactor, Secret } from '../tools/redact.ts';
import { createRedactor } from '../tools/redact.ts';
import type { McpServerSpec } from './types.ts';

const LIKELY_SECRET_LENGTH = 6;

/** What hides a server's secrets in messages, and what hides them in the results of its tools. */
export interface ServerRedaction {
  readonly message: Redactor;
  readonly result: Redactor;
}

/**
 * In messages, all values that may be secret are hidden. In results only those that are: a directory named in a
 * variable is what a file server's results are about.
 */
export function redactionOf(spec: McpServerSpec): ServerRedaction {
  const possible: Secret[] = [];
  const certain: Secret[] = [];
  for (const { name, value, secret } of [...(spec.env ?? []), ...(spec.headers ?? [])]) {
    if (secret === false || value === '') continue;
    // `Bearer TOKEN`: a server may show the token alone.
    const token = /^\S+ (\S+)$/.exec(value)?.[1];
    const values = token === undefined || !isHeader(spec, name) ? [value] : [value, token];
    for (const one of values) {
      if (secret === true) certain.push({ name, value: one });
      if (secret === true || one.length >= LIKELY_SECRET_LENGTH) possible.push({ name, value: one });
    }
  }
  return { message: createRedactor(possible), result: createRedactor(certain) };
}

function isHeader(spec: McpServerSpec, name: string): boolean {
  return spec.headers?.some((header) => header.name === name) ?? false;
}
