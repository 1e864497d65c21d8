import { readFileSync } from 'node:fs';
import type { FieldError } from '../../schema/index.ts';

/**
 * What a kube-apiserver 1.36.3 answered, one JSON line each, under `recorded/`. Errors are `[type, field, body]`,
 * sorted by field and body: the server itself walks maps in random order.
 */
export function recorded<T>(name: string): T[] {
  const text = readFileSync(new URL(`recorded/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

export type RecordedError = [type: string, field: string, body: string];

/** Our errors in the recorded form. */
export function asRecorded(errors: readonly FieldError[]): RecordedError[] {
  return errors
    .map((error): RecordedError => [error.type, error.field, error.body])
    .sort((a, b) => compare(a[1] + a[2], b[1] + b[2]));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Short enough for the title of a test. */
export function shorten(value: unknown, length = 120): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
