import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Bridge, BridgeOptions } from '../../controller/mcp/bridge/bridge.ts';
import { startBridge } from '../../controller/mcp/bridge/bridge.ts';
import { systemClock } from '../../kube/clock.ts';
import { createRecordingLogger } from '../support/logger.ts';
import type { PoolHarness } from './harness.ts';
import { createHarness, eventually, hostile, isAlive, pidsIn, temporaryDirectory } from './harness.ts';

const TOKEN = 'a-token-of-this-test';
const tokenSha256 = createHash('sha256').update(TOKEN).digest('hex');
const PROGRAM = fileURLToPath(new URL('../../bin/kubechain', import.meta.url));
const HOSTILE = fileURLToPath(new URL('./servers/hostile.ts', import.meta.url));
const EVERYTHING = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');

describe('the bridge', () => {
  let harness: PoolHarness;
  const bridges: Bridge[] = [];
  beforeEach(() => {
    harness = createHarness({ connectTimeoutMs: 10_000 });
  });
  afterEach(async () => {
    await harness.pool.close();
    await Promise.all(bridges.splice(0).map((bridge) => bridge.drain(0)));
  });

  const start = async (spec: BridgeOptions['spec'], more: Partial<BridgeOptions> = {}): Promise<Bridge> => {
    const logger = createRecordingLogger();
    const options = { host: '127.0.0.1', port: 0, tokenSha256, clock: systemClock, logger, termGraceMs: 200 };
    const bridge = await startBridge({ ...options, spec, ...more });
    bridges.push(bridge);
    return bridge;
  };
  const withToken = { Authorization: `Bearer ${TOKEN}` };
  const connect = (bridge: Bridge, key = 's', token = TOKEN) => {
    const headers = [{ name: 'Authorization', value: `Bearer ${token}`, secret: true }];
    return harness.pool.ensure(key, { transport: 'streamable-http', url: bridge.url, headers }, key);
  };
  const call = async (key = 's', tool = 'echo', args: Record<string, unknown> = {}, timeoutMs = 10_000) =>
    harness.pool.callTool(key, tool, args, { timeoutMs, idempotencyKey: 'uid-1' });
  const initialize = (bridge: Bridge, headers: Record<string, string> = withToken) =>
    fetch(bridge.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 0,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
      }),
    });

  it('brings a server’s tools, their results and their idempotency keys over HTTP', async () => {
    const bridge = await start({ transport: 'stdio', command: process.execPath, args: [EVERYTHING, 'stdio'] });
    connect(bridge);
    const state = await harness.until('s', 'ready');
    assert.ok(state.tools.some(({ name }) => name === 'echo'));
    const outcome = await call('s', 'echo', { message: 'hello' });
    assert.equal(outcome.kind === 'result' && outcome.text, 'Echo: hello');
    const keyed = await start(hostile('good'));
    connect(keyed, 'k');
    await harness.until('k', 'ready');
    assert.match(JSON.stringify(await call('k')), /idempotency-key.*uid-1/);
  });

  it('passes progress on before the result', async () => {
    connect(await start(hostile('progress')));
    await harness.until('s', 'ready');
    const seen: number[] = [];
    const outcome = await harness.pool.callTool(
      's',
      'echo',
      {},
      {
        timeoutMs: 5000,
        idempotencyKey: 'k',
        onProgress: ({ progress }) => seen.push(progress),
      },
    );
    assert.equal(outcome.kind, 'result');
    assert.deepEqual(seen, [1]);
  });

  it('tells of a list of tools that changed', async () => {
    connect(await start(hostile('change-tools')));
    await harness.until('s', 'ready');
    const changed = harness.next('s', 'ready');
    await call();
    assert.deepEqual(
      (await changed).tools.map(({ name }) => name),
      ['echo', 'added'],
    );
  });

  it('lets nobody in without the token, and starts nothing for them', async () => {
    const folder = temporaryDirectory();
    const bridge = await start({
      transport: 'stdio',
      command: '/bin/sh',
      args: ['-c', `echo $$ >> ${folder.file('started')}`],
    });
    for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Authorization: TOKEN }]) {
      const answer = await initialize(bridge, headers as Record<string, string>);
      assert.equal(answer.status, 401);
      await answer.body?.cancel();
    }
    assert.throws(() => readFileSync(folder.file('started')), /ENOENT/);
    assert.equal((await fetch(new URL('/healthz', bridge.url))).status, 200);
    connect(bridge, 's', 'wrong-token');
    assert.match((await harness.until('s', 'backoff')).error, /HTTP 401: no valid token/);
    folder.remove();
  });

  it('hides what secrets hold, wherever the server puts it', async () => {
    const env = [
      { name: 'SECRET', value: 'hunter2-hunter2', secret: true },
      { name: 'PLAIN', value: 'a-plain-value', secret: false },
    ];
    connect(await start({ ...hostile('environment'), env }));
    await harness.until('s', 'ready');
    const text = JSON.stringify(await call());
    assert.match(text, /a-plain-value/);
    assert.doesNotMatch(text, /hunter2/);
  });

  it('says why a server does not start', async () => {
    connect(await start({ transport: 'stdio', command: 'no-such-command-here' }));
    assert.match((await harness.until('s', 'backoff')).error, /HTTP 502: command "no-such-command-here" was not found/);
    const env = [{ name: 'SECRET', value: 'hunter2-hunter2', secret: true }];
    connect(await start({ ...hostile('die'), env }), 'd');
    const { error } = await harness.until('d', 'backoff');
    assert.match(error, /exited with code 3.*cannot start: bad key/s);
    assert.doesNotMatch(error, /hunter2/);
  });

  it('leaves a call open whose server died, and begins anew', async () => {
    connect(await start(hostile('die-in-call')));
    await harness.until('s', 'ready');
    const outcome = await call();
    assert.equal(outcome.kind, 'unknown');
    // What comes next finds no session: it was not sent, and another connection is made.
    const again = harness.next('s', 'ready');
    assert.equal((await call()).kind, 'not-sent');
    await again;
  });

  it('ends a session whose client is gone, with all that its server started', async () => {
    const folder = temporaryDirectory();
    const script = `echo $$ >> ${folder.file('pids')}; exec ${process.execPath} ${HOSTILE} good`;
    const bridge = await start({ transport: 'stdio', command: '/bin/sh', args: ['-c', script] }, { idleMs: 50 });
    const answer = await initialize(bridge);
    assert.equal(answer.status, 200);
    await answer.text();
    const [pid = 0] = await pidsIn(folder.file('pids'), 1);
    await eventually('the process is gone', () => !isAlive(pid), 5000);
    const late = await fetch(bridge.url, {
      method: 'POST',
      headers: { ...withToken, 'mcp-session-id': answer.headers.get('mcp-session-id') ?? '' },
    });
    assert.equal(late.status, 404);
    folder.remove();
  });

  it('has a process for each session, and so many at most', async () => {
    const bridge = await start(hostile('good'), { maxSessions: 2 });
    const sessions = await Promise.all([initialize(bridge), initialize(bridge)]);
    assert.deepEqual(
      sessions.map(({ status }) => status),
      [200, 200],
    );
    const more = await initialize(bridge);
    assert.equal(more.status, 503);
    assert.equal(more.headers.get('retry-after'), '30');
  });

  it('starts no server for what is no request to initialize, nor keeps one', async () => {
    const folder = temporaryDirectory();
    const script = `echo $$ >> ${folder.file('pids')}; exec ${process.execPath} ${HOSTILE} good`;
    const bridge = await start({ transport: 'stdio', command: '/bin/sh', args: ['-c', script] });
    const answer = await fetch(bridge.url, {
      method: 'POST',
      headers: { ...withToken, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    });
    assert.equal(answer.status, 400);
    const [pid = 0] = await pidsIn(folder.file('pids'), 1);
    await eventually('the process is gone', () => !isAlive(pid), 5000);
    folder.remove();
  });

  describe('as a program', () => {
    const run = async (args: readonly string[], env: Record<string, string> = {}) => {
      const child = spawn(process.execPath, [PROGRAM, 'mcp-bridge', '--log-format=json', '--port=0', ...args], {
        env: { PATH: process.env.PATH ?? '', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let log = '';
      const url = await new Promise<string>((resolve, reject) => {
        child.stderr.setEncoding('utf8').on('data', (part: string) => {
          log += part;
          const found = /"url":"([^"]+)"/.exec(log)?.[1];
          if (found !== undefined) resolve(found);
        });
        child.once('exit', (code) => reject(new Error(`exit code ${code}: ${log}`)));
      });
      return { child, url };
    };

    it('answers what it owes after SIGTERM, and leaves nothing behind', async () => {
      const folder = temporaryDirectory();
      const script = `echo $$ >> ${folder.file('pids')}; exec ${process.execPath} ${HOSTILE} environment`;
      writeFileSync(folder.file('token'), `${TOKEN}\n`);
      const { child, url } = await run(
        ['--token-file', folder.file('token'), '--secret-env=KEY', '--', '/bin/sh', '-c', script],
        { KEY: 'value-of-a-key' },
      );
      connect({ url, drain: async () => undefined });
      await harness.until('s', 'ready');
      const answer = JSON.stringify(await call());
      assert.match(answer, /"kind":"result"/);
      assert.doesNotMatch(answer, /value-of-a-key/);
      const [pid = 0] = await pidsIn(folder.file('pids'), 1);
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      assert.equal(code, 0);
      assert.equal(isAlive(pid), false);
      folder.remove();
    });

    it('leaves nothing behind after SIGKILL', async () => {
      const folder = temporaryDirectory();
      const script = `echo $$ >> ${folder.file('pids')}; sleep 1000 & echo $! >> ${folder.file('pids')}; exec ${process.execPath} ${HOSTILE} good`;
      const { child, url } = await run([`--token-sha256=${tokenSha256}`, '--', '/bin/sh', '-c', script]);
      connect({ url, drain: async () => undefined });
      await harness.until('s', 'ready');
      const pids = await pidsIn(folder.file('pids'), 2);
      assert.ok(pids.every(isAlive));
      child.kill('SIGKILL');
      await eventually('the processes are gone', () => !pids.some(isAlive), 10_000);
      folder.remove();
    });

    it('wants a token and a command', async () => {
      await assert.rejects(run(['--', 'true']), /exit code 2: kubechain: give one of --token-sha256 and --token-file/);
      await assert.rejects(run([`--token-sha256=${tokenSha256}`]), /exit code 2: kubechain: no command/);
      await assert.rejects(run(['--token-sha256=abc', '--', 'true']), /must be 64 hexadecimal digits/);
    });
  });
});
