import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { kubectlPath } from '../test/support/kubectl.ts';

const run = promisify(execFile);
const MOST_BYTES = 64 * 1024 * 1024;

/** A kustomization, rendered by the real kustomize that kubectl carries. Rejects with its words. */
export async function kustomize(folder: string): Promise<string> {
  const { stdout } = await run(await kubectlPath(), ['kustomize', folder], { maxBuffer: MOST_BYTES });
  return stdout;
}
