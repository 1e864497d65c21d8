/** Compiles the package @kubechain/devcluster into devcluster/dist: type stripping does not work below node_modules. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const dist = new URL('devcluster/dist/', root);
/** What the code reads from beside itself; the compiler copies none of it. */
const DATA = ['builtin/generated/', 'protobuf/generated/'];

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [
    join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc'),
    '-p',
    'devcluster/tsconfig.build.json',
  ],
  { cwd: fileURLToPath(root), stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);
for (const folder of DATA) {
  cpSync(new URL(`devcluster/${folder}`, root), new URL(`devcluster/${folder}`, dist), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  });
}
