import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { IDEMPOTENCY_META_KEY, toolDigest } from '../../controller/mcp/index.ts';
import type { PoolHarness } from './harness.ts';
import { createHarness, eventually, hostile, isAlive, temporaryDirectory } from './harness.ts';

const require = createRequire(import.meta.url);
const everything = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');
const filesystem = require.resolve('@modelcontextprotocol/server-filesystem/dist/index.js');

describe('the pool of MCP servers', () => {
  let harness: PoolHarness;
  const directory = temporaryDirectory();
  beforeEach(() => {
    harness = createHarness();
  });
  afterEach(async () => harness.pool.close());
  after(() => directory.remove());

  const call = (key: string, tool = 'echo', args: Record<string, unknown> = {}, more: object = {}) =>
    harness.pool.callTool(key, tool, args, { timeoutMs: 5000, idempotencyKey: 'uid-1', ...more });
  const textOf = async (...args: Parameters<typeof call>): Promise<string> => {
    const outcome = await call(...args);
    return outcome.kind === 'result' ? outcome.text : `${outcome.kind}: ${outcome.error}`;
  };
  /** A hostile server, connected. */
  const connected = async (mode: string, argument = '', env: Parameters<typeof hostile>[2] = []): Promise<string> => {
    harness.pool.ensure(mode, hostile(mode, argument, env), '1');
    await harness.until(mode, 'ready');
    return mode;
  };

  describe('with real servers', () => {
    it('calls tools of server-everything', async () => {
      harness.pool.ensure('e', { transport: 'stdio', command: process.execPath, args: [everything, 'stdio'] }, '1');
      const { tools, serverInfo, refusedTools } = await harness.until('e', 'ready');
      assert.equal(serverInfo.transport, 'stdio');
      assert.deepEqual(
        refusedTools.map(({ name }) => name),
        ['simulate-research-query'],
      );
      const echo = tools.find(({ name }) => name === 'echo');
      assert.equal(echo!.digest, toolDigest(echo!));
      assert.equal(await textOf('e', 'get-sum', { a: 2, b: 3 }), 'The sum of 2 and 3 is 5.');
      assert.match(await textOf('e', 'get-tiny-image'), /\(an image, image\/png, \d{3,} bytes: not shown\)/);
      assert.match(await textOf('e', 'get-resource-links'), /\(a link to a resource: /);
      const progress: number[] = [];
      const options = { onProgress: (one: { progress: number }) => progress.push(one.progress) };
      await call('e', 'trigger-long-running-operation', { duration: 0.2, steps: 2 }, options);
      assert.deepEqual(progress, [1, 2]);
      assert.match(await textOf('e', 'get-sum', { a: 'x' }), /^(failed|result)?.*(invalid|Invalid|expected)/s);
      assert.match(await textOf('e', 'nonsense'), /^failed: The MCP server has no tool "nonsense": it offers .*echo/);
    });

    it('reads and writes files with server-filesystem', async () => {
      const args = [filesystem, directory.path];
      harness.pool.ensure('f', { transport: 'stdio', command: process.execPath, args }, '1');
      await harness.until('f', 'ready');
      await call('f', 'write_file', { path: directory.file('a.txt'), content: 'from a model' });
      assert.equal(readFileSync(directory.file('a.txt'), 'utf8'), 'from a model');
      assert.equal(await textOf('f', 'read_text_file', { path: directory.file('a.txt') }), 'from a model');
      const outside = await call('f', 'read_text_file', { path: '/etc/passwd' });
      assert(outside.kind === 'result' && outside.isError);
      assert.match(outside.text, /denied/i);
    });
  });

  describe('results', () => {
    const texts: [string, string | RegExp, boolean][] = [
      ['empty', '(the tool returned no content)', false],
      ['empty-error', '(the tool failed and said nothing)', true],
      ['structured', '{"sum":5}', false],
      ['error-text', 'no such file', true],
      [
        'mixed',
        [
          'one',
          '(an image, image/png, 10 bytes: not shown)',
          '(a sound, audio/wav, 0 bytes: not shown)',
          '(resource file:///a)\ninside',
          '(resource file:///b, of unknown type, 3 bytes: not shown)',
          '(a link to a resource: c, file:///c, of unknown type)',
          '(a part of a type that is not known: "hologram")',
          '(a part of the result is none: "no part")',
          'two',
        ].join('\n'),
        false,
      ],
    ];
    for (const [name, text, isError] of texts) {
      it(`${name}: ${String(text).slice(0, 50)}`, async () => {
        await connected('results', name);
        const outcome = await call('results');
        assert(outcome.kind === 'result');
        assert.equal(outcome.text, text);
        assert.equal(outcome.isError, isError);
        if (name === 'structured') assert.deepEqual(outcome.structured, { sum: 5 });
      });
    }

    it('too large are cut, with a note, between characters', async () => {
      await connected('huge-result', '500001');
      const text = await textOf('huge-result');
      assert.equal(text, `${'é'.repeat(65536)}\n(cut: the first 131072 of 1000002 bytes)`);
    });

    it('larger than a message may be end the connection, which comes back', async () => {
      await connected('huge-result', '3000000');
      assert.match(await textOf('huge-result'), /^unknown: .+a line of more than 4194304 bytes.+may or may not/);
      await harness.next('huge-result', 'ready');
    });
  });

  describe('calls', () => {
    it('carry their idempotency key', async () => {
      await connected('good');
      const seen = JSON.parse(await textOf('good', 'echo', { a: 1 }, { idempotencyKey: 'uid-42' }));
      assert.deepEqual(seen, { name: 'echo', arguments: { a: 1 }, _meta: { [IDEMPOTENCY_META_KEY]: 'uid-42' } });
    });

    it('report progress', async () => {
      await connected('progress');
      const progress: object[] = [];
      assert.equal(await textOf('progress', 'echo', {}, { onProgress: (one: object) => progress.push(one) }), 'done');
      assert.deepEqual(progress, [{ progress: 1, total: 2 }]);
    });

    it('that the server refuses are failed, in its words but without its secrets', async () => {
      await connected('refuse', '', [{ name: 'SECRET', value: 'canary-value' }]);
      assert.match(await textOf('refuse'), /^failed: .+bad arguments, <SECRET>$/);
    });

    it('that the server dies in are unknown, with its last words, and it comes back', async () => {
      await connected('die-in-call');
      assert.match(
        await textOf('die-in-call'),
        /^unknown: .+exited with code 7; stderr: about to die.+may or may not/s,
      );
      assert.match(await textOf('die-in-call'), /^not-sent: The MCP server is not connected/);
      await harness.next('die-in-call', 'ready');
    });

    it('without answer are unknown; a server that answers a ping is left alone', async () => {
      await connected('hang-in-call');
      assert.match(await textOf('hang-in-call', 'echo', {}, { timeoutMs: 100 }), /^unknown: .+no answer within 0\.1 s/);
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), 50);
      assert.match(await textOf('hang-in-call', 'echo', {}, { signal: cancel.signal }), /^unknown: .+cancelled/);
      assert.match(
        await textOf('hang-in-call', 'echo', {}, { signal: cancel.signal }),
        /^not-sent: .+cancelled before/,
      );
      assert.equal(harness.states.length, 1);
    });

    it('without answer of a server that answers no ping either end it, and it comes back', async () => {
      const impatient = createHarness({ pingTimeoutMs: 200 });
      impatient.pool.ensure('k', hostile('hang-for-good'), '1');
      await impatient.until('k', 'ready');
      const lost = impatient.next('k', 'backoff');
      const outcome = await impatient.pool.callTool('k', 'echo', {}, { timeoutMs: 100, idempotencyKey: 'uid' });
      assert.equal(outcome.kind, 'unknown');
      assert.match((await lost).error, /answered neither a call nor a ping/);
      await impatient.next('k', 'ready');
      await impatient.pool.close();
    });

    it('under way when the server is removed are unknown', async () => {
      const file = directory.file('called');
      await connected('hang-in-call', file);
      const outcome = textOf('hang-in-call');
      await eventually(
        'the call to arrive',
        () => {
          try {
            return readFileSync(file, 'utf8') === 'called\n';
          } catch {
            return false;
          }
        },
        5000,
      );
      await harness.pool.remove('hang-in-call');
      assert.match(await outcome, /^unknown: /);
      assert.match(await textOf('hang-in-call'), /^not-sent: There is no such MCP server/);
    });

    it('while connecting are not sent', async () => {
      harness.pool.ensure('slow', hostile('hang'), '1');
      assert.match(await textOf('slow'), /^not-sent: The MCP server is not connected \(connecting\)/);
    });

    it('run beside each other, however many', async () => {
      await connected('good');
      const all = await Promise.all(Array.from({ length: 200 }, (_, index) => textOf('good', 'echo', { index })));
      assert.deepEqual(
        all.map((text) => JSON.parse(text).arguments.index),
        Array.from({ length: 200 }, (_, index) => index),
      );
    });
  });

  describe('lists of tools', () => {
    it('are read page by page', async () => {
      await connected('pages');
      const state = await harness.until('pages', 'ready');
      assert.deepEqual(
        state.tools.map(({ name }) => name),
        ['t0', 't1', 't2', 't3', 't4'],
      );
    });

    it('are read again when they changed, once for many notices', async () => {
      await connected('change-tools');
      const changed = harness.next('change-tools', 'ready');
      await call('change-tools');
      assert.deepEqual(
        (await changed).tools.map(({ name }) => name),
        ['echo', 'added'],
      );
      assert.match(await textOf('change-tools', 'added'), /changed/);
      assert.equal(harness.states.length, 2);
    });

    it('have digests that do not hang on the order of keys, and on nothing but what a reviewer reads', () => {
      const inputSchema = { type: 'object', properties: { a: { type: 'number', title: 'A' }, b: {} } };
      const reordered = { properties: { b: {}, a: { title: 'A', type: 'number' } }, type: 'object' };
      const digest = toolDigest({ name: 'x', inputSchema });
      assert.match(digest, /^[0-9a-f]{64}$/);
      assert.equal(toolDigest({ inputSchema: reordered, name: 'x' }), digest);
      const others = [
        { name: 'y', inputSchema },
        { name: 'x', description: '', inputSchema },
        { name: 'x', inputSchema, annotations: {} },
        { name: 'x', inputSchema: { ...inputSchema, required: ['a'] } },
      ].map(toolDigest);
      assert.equal(new Set([...others, digest]).size, 5);
    });
  });

  describe('processes', () => {
    it('see of this process’ environment what they need, and no secret', async () => {
      process.env.OPENAI_API_KEY = 'canary-operator-key';
      process.env.KUBECONFIG = '/canary/kubeconfig';
      const certificates = { SSL_CERT_FILE: '/certificates.pem', SSL_CERT_DIR: '/certificates' };
      const before = { ...process.env };
      Object.assign(process.env, certificates);
      try {
        await connected('environment', '', [{ name: 'MINE', value: 'yes' }]);
        const seen = JSON.parse(await textOf('environment'));
        const names = Object.keys(seen).filter(
          (name) => !/^(LANG|TMPDIR|NODE_EXTRA_CA_CERTS|.*_CA_BUNDLE)$/.test(name),
        );
        const expected = [
          'HOME',
          'KUBECHAIN_MCP_CONNECTION',
          'KUBECHAIN_MCP_OWNER',
          'MINE',
          'PATH',
          'SSL_CERT_DIR',
          'SSL_CERT_FILE',
        ];
        assert.deepEqual(names.sort(), expected);
        assert.equal(seen.MINE, 'yes');
      } finally {
        delete process.env.OPENAI_API_KEY;
        delete process.env.KUBECONFIG;
        for (const name of Object.keys(certificates)) {
          if (before[name] === undefined) delete process.env[name];
          else process.env[name] = before[name];
        }
      }
    });

    it('do not show secrets of their environment in results, however they are written', async () => {
      const value = 'canary "quoted"\nsecond-line-of-it';
      await connected('environment', '', [
        { name: 'TOKEN', value, secret: true },
        { name: 'PUBLIC', value: 'in-plain-sight' },
      ]);
      const outcome = await call('environment');
      assert(outcome.kind === 'result');
      const shown = JSON.stringify(outcome);
      assert.doesNotMatch(shown, /canary|second-line/);
      assert.match(outcome.text, /"TOKEN":"<TOKEN>".*in-plain-sight|in-plain-sight.*"TOKEN":"<TOKEN>"/);
      assert.equal((outcome.structured as { TOKEN: string }).TOKEN, '<TOKEN>');
    });

    it('are not shared between servers of the same name in two namespaces', async () => {
      harness.pool.ensure('a/same/1', hostile('environment', '', [{ name: 'NS', value: 'a' }]), 'x');
      harness.pool.ensure('b/same/2', hostile('environment', '', [{ name: 'NS', value: 'b' }]), 'x');
      await Promise.all([harness.until('a/same/1', 'ready'), harness.until('b/same/2', 'ready')]);
      assert.equal(JSON.parse(await textOf('a/same/1')).NS, 'a');
      assert.equal(JSON.parse(await textOf('b/same/2')).NS, 'b');
    });

    it('are started anew when the fingerprint changes, after the old one is gone, and the old tools are forgotten', async () => {
      const pidFile = directory.file('pids');
      writeFileSync(pidFile, '');
      harness.pool.ensure('k', hostile('stubborn', pidFile), '1');
      await harness.until('k', 'ready');
      const old = readFileSync(pidFile, 'utf8').trim().split('\n').map(Number);
      assert.equal(harness.pool.ensure('k', hostile('stubborn', pidFile), '1').kind, 'ready');
      assert.deepEqual(harness.pool.ensure('k', hostile('pages'), '2'), { kind: 'connecting', attempt: 1 });
      assert.match(await textOf('k'), /^not-sent/);
      const state = await harness.until('k', 'ready');
      assert.equal(state.tools.length, 5);
      assert.deepEqual(old.filter(isAlive), []);
      assert.match(await textOf('k', 'echo'), /^failed: .+no tool "echo"/);
    });

    it('that hang while they connect hold up nobody else, and can be removed at once', async () => {
      for (let index = 0; index < 5; index += 1) harness.pool.ensure(`slow-${index}`, hostile('hang'), '1');
      await connected('good');
      assert.equal(harness.pool.state('slow-0')?.kind, 'connecting');
      await Promise.all(Array.from({ length: 5 }, (_, index) => harness.pool.remove(`slow-${index}`)));
    });

    it('that die come back, with a growing pause, which shrinks after a healthy time', async () => {
      const healthy = createHarness({ backoff: { firstMs: 20, longestMs: 10_000, healthyMs: 0.001 } });
      const sick = createHarness({ backoff: { firstMs: 20, longestMs: 10_000, healthyMs: 60_000 } });
      for (const { pool, next } of [healthy, sick]) {
        pool.ensure('k', hostile('exit-when-listed'), '1');
        for (let round = 0; round < 3; round += 1) await next('k', 'backoff');
      }
      const attempts = ({ states }: PoolHarness): number[] =>
        states.flatMap(([, state]) => (state.kind === 'backoff' ? [state.attempt] : []));
      assert.deepEqual(attempts(healthy).slice(0, 3), [1, 1, 1]);
      assert.deepEqual(attempts(sick).slice(0, 3), [1, 2, 3]);
      const [, last] = sick.states.filter(([, { kind }]) => kind === 'backoff')[2]!;
      assert(last.kind === 'backoff');
      assert.match(last.error, /the process exited with code 0/);
      assert(last.nextAttemptAt - Date.now() <= 80);
      await Promise.all([healthy.pool.close(), sick.pool.close()]);
    });

    it('are started anew on request', async () => {
      await connected('good');
      const first = (await harness.until('good', 'ready')).serverInfo;
      const again = harness.next('good', 'ready');
      harness.pool.reconnect('good');
      assert.equal(harness.pool.state('good')?.kind, 'connecting');
      assert.deepEqual((await again).serverInfo, first);
    });

    it('are gone when the pool was closed, which then starts none', async () => {
      const pidFile = directory.file('closing');
      writeFileSync(pidFile, '');
      harness.pool.ensure('k', hostile('stubborn', pidFile), '1');
      await harness.until('k', 'ready');
      await eventually('three processes', () => readFileSync(pidFile, 'utf8').trim().split('\n').length === 3, 5000);
      await harness.pool.close();
      assert.deepEqual(readFileSync(pidFile, 'utf8').trim().split('\n').map(Number).filter(isAlive), []);
      assert.equal(harness.pool.ensure('k', hostile('good'), '2').kind, 'refused');
    });
  });

  it('a listener that throws harms nothing', async () => {
    const { createMcpPool } = await import('../../controller/mcp/index.ts');
    const { systemClock } = await import('../../kube/clock.ts');
    const errors: string[] = [];
    const silent = (): void => {};
    const logger = {
      debug: silent,
      info: silent,
      warn: silent,
      error: (_: object, text: string) => errors.push(text),
      child: () => logger,
    };
    const pool = createMcpPool({
      clock: systemClock,
      logger,
      onChange: () => {
        throw new Error('listener');
      },
    });
    pool.ensure('k', hostile('good'), '1');
    await eventually('ready', () => pool.state('k')?.kind === 'ready', 5000);
    assert.deepEqual(errors, ['a listener to MCP servers failed']);
    await pool.close();
  });
});
