import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { goModule } from '../../support/goModule.ts';
import { eventually } from './registration.ts';
import type { InstallStage } from './stage.ts';

/** CRDs of somebody else, by the Go module that publishes them. */
export interface Publisher {
  readonly module: string;
  readonly files: readonly string[];
}

/** Copies CRDs into `folder`; their files, or why they are not to be had. */
export async function fetchDefinitions(
  publishers: readonly Publisher[],
  folder: string,
): Promise<readonly string[] | { readonly reason: string }> {
  const definitions: string[] = [];
  for (const { module, files } of publishers) {
    const found = await goModule(module);
    if ('reason' in found) return { reason: `no ${module}: ${found.reason}` };
    for (const file of files) {
      // cert-manager's are Helm templates: labels and an if around the whole.
      const text = readFileSync(join(found.folder, file), 'utf8').replaceAll(/^.*\{\{.*\n/gm, '');
      const copy = join(folder, basename(file));
      writeFileSync(copy, text);
      definitions.push(copy);
    }
  }
  return definitions;
}

/** Installs them and waits until the server knows them. */
export async function installDefinitions(stage: InstallStage, definitions: readonly string[]): Promise<void> {
  for (const file of definitions) await stage.run(`kubectl apply --server-side -f ${file}`);
  for (const file of definitions) {
    // kubectl does not wait for a CRD that has no conditions at all yet.
    const waited = await eventually(() =>
      stage.shell(`kubectl wait --for=condition=Established --timeout=30s -f ${file}`),
    );
    assert.equal(waited.code, 0, waited.err);
  }
}
