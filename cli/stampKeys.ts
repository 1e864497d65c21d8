import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { StampKey } from '../policies/provenance/index.ts';
import { readStampKeys } from '../policies/provenance/index.ts';
import { CliError, EXIT } from './exit.ts';

/** The public keys of `--stamp-key FILE`. Throws `CliError` that names the file. */
export function loadStampKeys(files: readonly string[] | undefined, cwd: string): StampKey[] {
  return (files ?? []).flatMap((file) => {
    try {
      return readStampKeys(readFileSync(resolve(cwd, file), 'utf8'));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new CliError(`--stamp-key ${file}: ${why}`, { exitCode: EXIT.usage, cause: error });
    }
  });
}
