import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

/** OASIS' schema of SARIF 2.1.0, whole, as Microsoft's matchers for SARIF bring it along. */
const SCHEMA = join(
  dirname(createRequire(import.meta.url).resolve('@microsoft/jest-sarif/package.json')),
  'lib/schemas/sarif-2.1.0-rtm.5.json',
);

let compiled: ReturnType<Ajv['compile']> | undefined;

/** Throws where a text is no SARIF log. */
export function assertSarif(text: string): void {
  compiled ??= compile();
  const valid: unknown = compiled(JSON.parse(text));
  assert.ok(valid, JSON.stringify(compiled.errors, null, 2));
}

function compile() {
  // Draft 4, of which it uses nothing that draft 7 reads otherwise.
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(SCHEMA, 'utf8')) as Record<string, unknown>;
  // One of its patterns is none under /u.
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}
