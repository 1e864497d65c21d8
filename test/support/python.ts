import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TEST_CACHE } from './kubectl.ts';

const run = promisify(execFile);

/** How long an installation from PyPI may take. */
const PATIENCE_MS = 120_000;

/** The `bin` folder of a Python environment of its own that has these packages of PyPI. Rejects without Python or network. */
export async function pythonEnvironment(name: string, ...packages: readonly string[]): Promise<string> {
  const environment = join(TEST_CACHE, name);
  const folder = join(environment, 'bin');
  if (await stat(join(environment, 'installed')).catch(() => undefined)) return folder;
  await mkdir(TEST_CACHE, { recursive: true });
  await run('python3', ['-m', 'venv', '--clear', environment], { timeout: PATIENCE_MS });
  await run(join(folder, 'pip'), ['install', '--quiet', ...packages], { timeout: PATIENCE_MS });
  await mkdir(join(environment, 'installed'));
  return folder;
}

/** In a line, why something could not be installed. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error);
}
