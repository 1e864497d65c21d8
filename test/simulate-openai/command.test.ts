import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { CliError } from '../../cli/exit.ts';
import { registerSimulateOpenAI, simulateOpenAI } from '../../cli/simulate-openai/index.ts';

describe('kubechain simulate-openai', () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = (text: string) => {
    const path = join(folder, `script-${Math.random()}.yaml`);
    writeFileSync(path, text);
    return path;
  };

  /** Runs the command until `use` is done with its URL. */
  async function run(
    options: Parameters<typeof simulateOpenAI>[0],
    use: (url: string) => Promise<void> = async () => undefined,
  ) {
    const abort = new AbortController();
    let printed = '';
    const out = {
      write(text: string) {
        printed += text;
        const url = /http:\/\/\S+/.exec(printed)?.[0] ?? '';
        use(url).then(
          () => abort.abort(),
          (error) => abort.abort(error),
        );
      },
    };
    const code = await simulateOpenAI(
      { port: 0, logLevel: 'silent', ...options },
      { out, err: { write: () => undefined } },
      abort.signal,
    );
    if (abort.signal.reason instanceof assert.AssertionError) throw abort.signal.reason;
    return { code, printed };
  }

  it('prints its base URL and serves there until it is told to end', async () => {
    const { code, printed } = await run({ apiKey: 'k', latency: 1 }, async (url) => {
      assert.equal((await fetch(`${url}/models`, { headers: { authorization: 'Bearer k' } })).status, 200);
      assert.equal((await fetch(`${url}/models`, { headers: { authorization: 'Bearer other' } })).status, 401);
    });
    assert.equal(code, 0);
    assert.match(printed, /^Simulated OpenAI API on http:\/\/127\.0\.0\.1:\d+\/v1\n$/);
  });

  it('plays a script', async () => {
    const script = file('rules: [{text: from the script}]');
    await run({ script, apiKey: false }, async (url) => {
      const body = JSON.stringify({ model: 'x', messages: [{ role: 'user', content: 'x' }] });
      assert.match(await (await fetch(`${url}/chat/completions`, { method: 'POST', body })).text(), /from the script/);
    });
  });

  it('names what is wrong with a script, its file and its place', async () => {
    const script = file('rules: [{when: {turn: 0}}, {txt: x}]');
    await assert.rejects(run({ script }), (error) => {
      assert.ok(error instanceof CliError);
      assert.equal(error.exitCode, 2);
      assert.ok(error.message.startsWith(`--script ${script}:\n`));
      assert.match(error.message, / {2}rules\[0\]\.when\.turn: must be >= 1, it is 0/);
      assert.match(error.message, / {2}rules\[1\]: unknown field "txt"/);
      return true;
    });
    await assert.rejects(run({ script: '/nowhere' }), /--script \/nowhere: cannot be read/);
  });

  it('says which port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await assert.rejects(run({ port }), new RegExp(`cannot listen on port ${port}: .*EADDRINUSE`));
    await new Promise((resolve) => server.close(resolve));
  });

  it('refuses options that make no sense', async () => {
    for (const args of [
      ['--port', '70000'],
      ['--latency', '-1'],
      ['--latency', '1s'],
    ]) {
      const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
      registerSimulateOpenAI(program).exitOverride();
      await assert.rejects(program.parseAsync(['simulate-openai', ...args], { from: 'user' }), {
        code: 'commander.invalidArgument',
      });
    }
  });

  it('ends in order on SIGTERM, with requests under way', async () => {
    const program = `
      import { Command } from 'commander';
      import { registerSimulateOpenAI } from './cli/simulate-openai/index.ts';
      const program = new Command();
      registerSimulateOpenAI(program);
      await program.parseAsync(['simulate-openai', '--port', '0', '--latency', '60000'], { from: 'user' });
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
    const url = await new Promise<string>((resolve) =>
      child.stdout.on('data', (data: Buffer) => resolve(/http:\/\/\S+/.exec(data.toString())?.[0] ?? '')),
    );
    const body = JSON.stringify({ model: 'x', messages: [{ role: 'user', content: 'x' }] });
    const waiting = fetch(`${url}/chat/completions`, { method: 'POST', body, headers: { authorization: 'Bearer k' } });
    waiting.catch(() => undefined);
    const summary = async () =>
      (await (await fetch(`${url.replace('/v1', '')}/simulate/requests?summary`)).json()) as { inFlight: number };
    while ((await summary()).inFlight === 0);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
    await assert.rejects(waiting);
  });
});
