/** Compiling for where Node does not run TypeScript (below node_modules), or should not have to at each start. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** What the embedded API server reads from beside its code; the compiler copies none of it. */
const DATA = ['devcluster/builtin/generated', 'devcluster/openapi/generated', 'devcluster/protobuf/generated'];

/** Compiles a tsconfig of ours into `outDir` (emptied first), data included. Throws where the compiler complains. */
export function compile(project: string, outDir: string): void {
  rmSync(outDir, { recursive: true, force: true });
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', project, '--outDir', outDir], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`${project} does not compile`);
  for (const folder of DATA) {
    mkdirSync(join(outDir, folder), { recursive: true });
    cpSync(join(ROOT, folder), join(outDir, folder), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  }
}
