import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { TEST_CACHE } from '../../support/kubectl.ts';

const run = promisify(execFile);
/** Carries the schemas of CycloneDX (Apache-2.0). Only they are taken from it. */
const PACKAGE = '@cyclonedx/cyclonedx-library@10.3.0';
const FOLDER = join(TEST_CACHE, 'cyclonedx');

/** What the schema of CycloneDX 1.6 has against a bill of materials; or why it cannot be asked. */
export async function bomProblems(
  bom: object,
): Promise<{ readonly problems: readonly string[] } | { readonly reason: string }> {
  try {
    if (!existsSync(FOLDER)) {
      mkdirSync(TEST_CACHE, { recursive: true });
      const partial = mkdtempSync(`${FOLDER}.`);
      await run('npm', ['pack', '--silent', PACKAGE], { cwd: partial, timeout: 60_000 });
      const [archive = ''] = readdirSync(partial);
      await run('tar', ['-xzf', archive, '--wildcards', 'package/res/schema/*.json'], { cwd: partial });
      renameSync(partial, FOLDER);
    }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
  const folder = join(FOLDER, 'package', 'res', 'schema');
  const read = (name: string): object => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
  const names = readdirSync(folder);
  const named = (pattern: RegExp): string => names.find((name) => pattern.test(name)) ?? '';
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  addFormats.default(ajv);
  for (const name of names.filter((each) => /^(spdx|jsf|cryptography).*\.schema\.json$/.test(each))) {
    // Referred to by the name of the file, which is not their `$id`.
    ajv.addSchema({ ...read(name), $id: `http://cyclonedx.org/schema/${name}` });
  }
  const validate = ajv.compile(read(named(/^bom-1\.6.*schema\.json$/)));
  if (validate(bom)) return { problems: [] };
  return { problems: (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`) };
}
