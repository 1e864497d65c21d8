import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the package kubechain, packed and installed', function () {
  this.timeout(120_000);
  let project: string;
  let installed: string;

  before(async () => {
    project = await mkdtemp(join(tmpdir(), 'kubechain-package-'));
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: root });
    const filename = /[\w.-]+\.tgz/.exec(stdout)?.[0];
    assert.ok(filename !== undefined, stdout);
    // Its dependencies are those of the checkout: what is tried is what the package brings.
    installed = join(project, 'node_modules', 'kubechain');
    await mkdir(installed, { recursive: true });
    await run('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', installed]);
    await symlink(join(root, 'node_modules'), join(installed, 'node_modules'));
  });
  after(() => rm(project, { recursive: true, force: true }));

  it('is compiled: Node runs no TypeScript below node_modules', async () => {
    const files = await readdir(installed, { recursive: true });
    assert.deepEqual(
      files.filter((file) => file.endsWith('.ts') && !file.startsWith('node_modules')),
      [],
    );
  });

  it('does its main job', async () => {
    const { OPENAI_API_KEY: _key, KUBECONFIG: _config, ...env } = process.env;
    const { stdout } = await run(join(installed, 'bin', 'kubechain'), ['up', '--once', '--data', 'data'], {
      cwd: project,
      env,
    });
    assert.match(stdout, /The Moon does not have a capital/);
  });

  it('brings the examples and manifests that its commands write', async () => {
    await run(join(installed, 'bin', 'kubechain'), ['gitops', 'init', 'repository'], { cwd: project });
    assert.ok((await readdir(join(project, 'repository'), { recursive: true })).length > 20);
  });
});
