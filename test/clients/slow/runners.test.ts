/** The example in the README of @kubechain/devcluster, as users of node:test, mocha, vitest and jest run it in a project of their own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const hooks = "import { after, before, test } from 'node:test';";

describe('the example of the package devcluster', function () {
  this.timeout(600_000);
  let project: string;
  let example: string;

  before(async () => {
    project = await mkdtemp(join(tmpdir(), 'devcluster-runners-'));
    await writeFile(join(project, 'package.json'), '{"name": "empty", "type": "module"}');
    const packed = await run('npm', ['pack', '--json', '--pack-destination', project], {
      cwd: join(root, 'devcluster'),
    });
    const filename = /[\w.-]+\.tgz/.exec(packed.stdout)?.[0] ?? '';
    const runners = ['mocha@12', 'vitest@4', 'jest@30'];
    const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
    await run('npm', ['install', ...flags, join(project, filename), ...runners], { cwd: project });
    await symlink(join(root, 'node_modules/@kubernetes'), join(project, 'node_modules/@kubernetes'));
    const readme = await readFile(join(root, 'devcluster/README.md'), 'utf8');
    example = stripTypeScriptTypes(/```ts\n(.*?)```/s.exec(readme)?.[1] ?? '');
    assert.ok(example.includes(hooks));
  });
  after(() => rm(project, { recursive: true, force: true }));

  for (const { runner, imports, file, command, env, passed } of [
    {
      runner: 'node:test',
      imports: hooks,
      file: 'node.test.js',
      command: ['node', '--test', '--test-reporter=tap'],
      env: {},
      passed: /^# pass 1$/m,
    },
    {
      runner: 'mocha',
      imports: "import { after, before, it as test } from 'mocha';",
      file: 'mocha.test.js',
      command: ['npx', 'mocha'],
      env: {},
      passed: /1 passing/,
    },
    {
      runner: 'vitest',
      imports: "import { afterAll as after, beforeAll as before, test } from 'vitest';",
      file: 'vitest.test.js',
      command: ['npx', 'vitest', 'run'],
      env: {},
      passed: /Tests +1 passed/,
    },
    {
      runner: 'jest',
      imports: "import { afterAll as after, beforeAll as before, test } from '@jest/globals';",
      file: 'jest.test.js',
      command: ['npx', 'jest'],
      env: { NODE_OPTIONS: '--experimental-vm-modules' },
      passed: /Tests: +1 passed/,
    },
  ]) {
    it(`passes with ${runner}`, async () => {
      await writeFile(join(project, file), example.replace(hooks, imports));
      const [program = '', ...parameters] = command;
      const options = { cwd: project, env: { ...process.env, ...env, NO_COLOR: '1', FORCE_COLOR: '0' } };
      const { stdout, stderr } = await run(program, [...parameters, file], options);
      assert.match(stdout + stderr, passed);
    });
  }
});
