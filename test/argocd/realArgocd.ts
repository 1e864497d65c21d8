import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where `realargo build` keeps Argo CD's programs; undefined on a machine that has none. */
export function argocdFolder(): string | undefined {
  const cache = join(homedir(), '.cache', 'realargo');
  if (!existsSync(cache)) return undefined;
  return readdirSync(cache)
    .map((name) => join(cache, name))
    .find((folder) => existsSync(join(folder, 'argocd')));
}

/** Runs `argocd …` without a cluster. Rejects with what it printed. */
export async function argocd(folder: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return run(join(folder, 'argocd'), [...args], { env: { ...process.env, KUBECONFIG: '/nonexistent' } });
}

/** `task` for each of `items`, at most `width` at once. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of rest) await task(item);
    }),
  );
}
