import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KINDS } from '../../api/index.ts';
import { crdFiles } from '../../cli/commands/crds.ts';
import { connect } from '../../cli/connect.ts';
import { runProgram } from '../../cli/runProgram.ts';
import { version } from '../../cli/version.ts';
import { withHelp } from '../../scripts/generate-cli-docs.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { fakeIo } from './support/fakeIo.ts';
import { kubechain, ROOT } from './support/kubechain.ts';

describe('kubechain', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubechain-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('helps on standard output, and loads for it nothing but what reads command lines', async () => {
    const list = join(folder, 'loaded');
    // Times depend on what else the machine does; what takes the time is the loading of libraries.
    const hook = join(folder, 'hook.mjs');
    writeFileSync(
      hook,
      `import { registerHooks } from 'node:module';
       import { writeFileSync } from 'node:fs';
       const packages = new Set();
       registerHooks({
         load(url, context, next) {
           const found = /\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url);
           if (found) packages.add(found[1]);
           return next(url, context);
         },
       });
       process.on('exit', () => writeFileSync(${JSON.stringify(list)}, [...packages].sort().join(' ')));`,
    );
    const { code, out, err } = await kubechain(['--help'], { env: { NODE_OPTIONS: `--import=${hook}` } });
    assert.equal(code, 0);
    assert.equal(err, '');
    for (const command of [
      'up',
      'run',
      'logs',
      'context',
      'cancel',
      'operator',
      'devcluster',
      'crds',
      'simulate-openai',
    ]) {
      assert.match(out, new RegExp(`^ {2}${command} `, 'm'));
    }
    assert.equal(readFileSync(list, 'utf8'), 'commander');
  });

  it('tells its version', async () => {
    assert.deepEqual(await kubechain(['--version']), { code: 0, out: `${version()}\n`, err: '' });
  });

  it('exits with 2 and says what is wrong with a command line that makes no sense', async () => {
    const wrong: [string[], RegExp][] = [
      [[], /Usage: kubechain/],
      [['bogus'], /unknown command 'bogus'\n(?:.*\n)?\(.*kubechain --help lists the commands\)/],
      [['up', '--bogus'], /unknown option '--bogus'/],
      [['up', '--port', '99999'], /--port <n>.*99999.*0 to 65535/],
      [['up', '--once', '--no-demo'], /--once waits for the demo/],
      [['up', '--kubeconfig', 'x', '--port', '1'], /--port is the embedded API server/],
      [['run', 'agent'], /missing required argument 'message'\n\(.*kubechain run --help lists what it takes\)/],
      [['run', 'agent', ''], /the message is empty/],
      [['logs'], /missing required argument 'run'/],
      [['logs', 'x', '-n', 'No_Namespace'], /must be a namespace/],
      [['context', 'x', '-o', 'yaml'], /Allowed choices are text, json/],
      [['operator', '--log-format', 'xml'], /Allowed choices are json, pretty/],
    ];
    for (const [args, message] of wrong) {
      const { io, err } = fakeIo({ cwd: folder });
      assert.equal(await runProgram(args, io), 2, `${args.join(' ')}: ${err()}`);
      assert.match(err(), message);
    }
  });

  it('says which clusters it looked for when there is none', async () => {
    const nowhere = { cwd: folder, env: { KUBECONFIG: '', HOME: folder } };
    const none = await kubechain(['logs', 'x'], nowhere);
    assert.equal(none.code, 1);
    assert.match(none.err, /no cluster found: KUBECONFIG is not set.*--kubeconfig/);
    const missing = await kubechain(['logs', 'x', '--kubeconfig', 'nope'], nowhere);
    assert.equal(missing.code, 1);
    assert.match(missing.err, /kubeconfig nope: cannot be read/);
  });

  it('says which server does not answer', async () => {
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'u', user: { token: 'secret-token' } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
    const { code, err } = await kubechain(['cancel', 'x', '--kubeconfig', kubeconfig]);
    assert.equal(code, 1);
    assert.match(err, /the API server https:\/\/127\.0\.0\.1:1 \(from .*kubeconfig\) does not answer/);
    assert.doesNotMatch(err, /secret-token|at .*\.ts/);
  });

  it('takes no other cluster for the one of its folder because that is slow, only because it is gone', async () => {
    const silent = createServer(() => undefined);
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const server = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const other = 'https://127.0.0.1:1';
    for (const [at, address] of [
      ['.kubechain', server],
      ['.kube', other],
    ] as const) {
      mkdirSync(join(folder, at));
      const config = {
        clusters: [{ name: 'c', cluster: { server: address } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        users: [{ name: 'u', user: {} }],
        'current-context': 'x',
      };
      writeFileSync(join(folder, at, at === '.kube' ? 'config' : 'kubeconfig'), JSON.stringify(config));
    }
    const ask = async () => {
      const { io, err } = fakeIo({ cwd: folder, env: { HOME: folder } });
      const { client, kubeConfig } = await connect({}, io, createRecordingLogger());
      await client.close();
      return { server: kubeConfig.cluster.server, err: err() };
    };
    try {
      assert.deepEqual(await ask(), { server, err: '' });
    } finally {
      silent.close();
    }
    const gone = await ask();
    assert.equal(gone.server, other);
    assert.match(gone.err, /the server of \.kubechain\/kubeconfig does not answer/);
  });

  it('prints all CRDs, also to a reader that takes its time', async () => {
    // A pipe holds 64 KiB: the rest is lost where the writer does not wait for its reader.
    const slow = `'${process.execPath}' '${join(ROOT, 'bin', 'kubechain')}' crds | (sleep 0.7; cat)`;
    const child = spawn('sh', ['-c', slow], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    for await (const part of child.stdout.setEncoding('utf8')) text += part;
    assert.equal(
      text,
      crdFiles()
        .filter(({ name }) => name !== 'kustomization.yaml')
        .map((file) => file.text)
        .join('---\n'),
    );
    assert.equal(text.match(/^kind: CustomResourceDefinition$/gm)?.length, KINDS.length);
  });

  it('ends quietly when its reader has seen enough', async () => {
    const child = spawn(join(ROOT, 'bin', 'kubechain'), ['crds'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let err = '';
    for await (const part of child.stderr.setEncoding('utf8')) err += part;
    assert.equal(err, '');
  });

  it('writes the CRDs that manifests/base/crd holds', async () => {
    const { code } = await kubechain(['crds', '--output', 'crd'], { cwd: folder });
    assert.equal(code, 0);
    const checkedIn = join(ROOT, 'manifests', 'base', 'crd');
    assert.deepEqual(readdirSync(join(folder, 'crd')), readdirSync(checkedIn));
    for (const name of readdirSync(checkedIn)) {
      assert.equal(
        readFileSync(join(folder, 'crd', name), 'utf8'),
        readFileSync(join(checkedIn, name), 'utf8'),
        `manifests/base/crd/${name} is out of date: run ./bin/kubechain crds --output manifests/base/crd`,
      );
    }
  });

  it('is described in docs/cli.md as it describes itself', () => {
    const page = readFileSync(join(ROOT, 'docs', 'cli.md'), 'utf8');
    assert.equal(page, withHelp(page), 'docs/cli.md is out of date: run node scripts/generate-cli-docs.ts');
  });
});
