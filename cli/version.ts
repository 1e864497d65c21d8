import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that package.json is in: two levels up from a checkout's `cli/`, three from `dist/cli/`. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'bin', 'kubechain'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`${import.meta.dirname}: no folder above it holds bin/kubechain`);
    folder = parent;
  }
  return folder;
}

/** This program's version, from package.json. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof found === 'string' ? found : 'unknown';
}
