import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const modules = join(root, 'node_modules');

/** Bytes of all files below a folder. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe('the package @kubechain/devcluster, packed and installed into an empty project', function () {
  this.timeout(120_000);
  let project: string;
  const npm = (...args: string[]) => run('npm', args, { cwd: project });

  before(async () => {
    project = await mkdtemp(join(tmpdir(), 'devcluster-package-'));
    await writeFile(join(project, 'package.json'), '{"name": "empty", "type": "module"}');
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], {
      cwd: join(root, 'devcluster'),
    });
    const filename = /[\w.-]+\.tgz/.exec(stdout)?.[0];
    assert.ok(filename !== undefined, stdout);
    await npm('install', '--prefer-offline', '--no-audit', '--no-fund', join(project, filename));
  });
  after(() => rm(project, { recursive: true, force: true }));

  it('is small, its dependencies included', async () => {
    const bytes = await sizeOf(join(project, 'node_modules'));
    assert.ok(bytes < 15 * 2 ** 20, `${(bytes / 2 ** 20).toFixed(1)} MiB`);
  });

  it('ships compiled code and types, no source and no test', async () => {
    const files = await readdir(join(project, 'node_modules/@kubechain/devcluster'), { recursive: true });
    assert.deepEqual(
      files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts')),
      [],
    );
    assert.ok(files.includes('dist/devcluster/index.js') && files.includes('dist/devcluster/index.d.ts'));
  });

  it('passes the compiler and the test of its README, which tests somebody else’s operator', async () => {
    const readme = await readFile(join(root, 'devcluster/README.md'), 'utf8');
    const example = /```ts\n(.*?)```/s.exec(readme)?.[1];
    assert.ok(example !== undefined);
    await writeFile(join(project, 'copier.test.ts'), example);
    for (const name of ['@kubernetes', '@types'])
      await symlink(join(modules, name), join(project, 'node_modules', name));
    const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin', 'tsc');
    const flags = '--noEmit --strict --skipLibCheck --module nodenext --target es2023 --types node'.split(' ');
    await run(process.execPath, [tsc, ...flags, 'copier.test.ts'], { cwd: project });
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'copier.test.ts'], {
      cwd: project,
    });
    assert.match(stdout, /^# pass 1$/m);
  });
});
