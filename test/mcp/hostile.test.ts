import assert from 'node:assert/strict';
import { processorTime } from '../support/processorTime.ts';
import { createHarness, hostile } from './harness.ts';

describe('MCP servers that misbehave', () => {
  const { pool, until, next, states, log } = createHarness({
    connectTimeoutMs: 8000,
    limits: { maxMessageBytes: 512 * 1024, maxToolPages: 30 },
    backoff: { firstMs: 100, longestMs: 200 },
  });
  const call = (key: string, tool = 'echo', args = {}, timeoutMs = 8000) =>
    pool.callTool(key, tool, args, { timeoutMs, idempotencyKey: 'uid-1' });

  before(async () => {
    pool.ensure('good', hostile('good'), '1');
    await until('good', 'ready');
  });
  after(async () => pool.close());
  afterEach(async () => {
    // Whatever a server did, the one beside it never noticed.
    assert.equal((await call('good')).kind, 'result');
    assert.equal(states.filter(([key]) => key === 'good').length, 1);
  });

  const fails: [string, string, RegExp][] = [
    ['die', '', /during initialize the process exited with code 3; stderr: cannot start: bad key <SECRET>\ngiving up$/],
    ['rubbish', '', /what it writes to stdout is not MCP.*the first: "Hello! I am a web server/],
    ['long-line', '', /a line of more than 524288 bytes to stdout/],
    ['bad-version', '', /protocol version is not supported: 1999-01-01/],
    ['no-list', '', /tools\/list: "tools" must be a list, not "none"/],
  ];
  for (const [mode, argument, error] of fails) {
    it(`${mode}: a clear error, and another attempt`, async () => {
      assert.equal(
        pool.ensure(mode, hostile(mode, argument, [{ name: 'SECRET', value: 'canary-123456' }]), '1').kind,
        'connecting',
      );
      const state = await until(mode, 'backoff');
      assert.match(state.error, error);
      assert.equal(state.attempt, 1);
      const again = await next(mode, 'connecting');
      assert.deepEqual(again, { kind: 'connecting', attempt: 2, lastError: state.error });
      await pool.remove(mode);
      assert.doesNotMatch(JSON.stringify([states, log]), /canary/);
    });
  }

  it('ends before it has read anything: said in its own words, whichever of the two is noticed first', async () => {
    const spec = { transport: 'stdio' as const, command: 'sh', args: ['-c', 'echo no key >&2; exit 3'] };
    const said = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        pool.ensure(`brief-${index}`, spec, '1');
        const { error } = await until(`brief-${index}`, 'backoff');
        await pool.remove(`brief-${index}`);
        return error;
      }),
    );
    assert.deepEqual([...new Set(said)], ['during initialize the process exited with code 3; stderr: no key']);
  });

  it('hangs in initialize: given up in time, with what it said', async () => {
    const impatient = createHarness({ connectTimeoutMs: 700 });
    impatient.pool.ensure('hang', hostile('hang'), '1');
    const { error } = await impatient.until('hang', 'backoff');
    assert.equal(error, 'no answer to initialize within 0.7 s; stderr: thinking about it');
    await impatient.pool.close();
  });

  const refusals: [string, string, RegExp][] = [
    ['many-tools', '5000', /lists 5000 tools, of which at most 500 are allowed/],
    ['circle', '', /goes in circles: nextCursor "a" came twice/],
    ['endless-pages', '', /more than 30 pages/],
  ];
  for (const [mode, argument, error] of refusals) {
    it(`${mode}: refused for good`, async () => {
      pool.ensure(mode, hostile(mode, argument), '1');
      assert.match((await until(mode, 'refused')).error, error);
      const outcome = await call(mode, 'tool-1');
      assert(outcome.kind === 'not-sent');
      assert.match(outcome.error, error);
      assert.equal(pool.ensure(mode, hostile(mode, argument), '1').kind, 'refused');
    });
  }

  it('refuses schemas that are too large together', async () => {
    const small = createHarness({ limits: { maxToolBytes: 1000 } });
    small.pool.ensure('big', hostile('big-tools', '1000'), '1');
    assert.match(
      (await small.until('big', 'refused')).error,
      /described in 1\d\d\d bytes or more, of which at most 1000/,
    );
    await small.pool.close();
  });

  it('lists odd tools: those are refused with the reason, the others work', async () => {
    pool.ensure('odd', hostile('odd-tools'), '1');
    const state = await until('odd', 'ready');
    assert.deepEqual(
      state.tools.map(({ name }) => name),
      ['good', 'typeless', 'path/like.name-1'],
    );
    const [good, typeless] = state.tools;
    assert.deepEqual(good!.annotations, { readOnlyHint: true });
    assert.equal(good!.description, 'fine');
    assert.equal(typeless!.inputSchema.type, 'object');
    const reasons = Object.fromEntries(state.refusedTools.map(({ name, reason }) => [name, reason]));
    assert.match(reasons.good!, /listed before/);
    assert.match(reasons['two words']!, /letters, digits/);
    assert.match(reasons['a*']!, /letters, digits/);
    assert.match(reasons['no-schema']!, /inputSchema must be a JSON Schema/);
    assert.match(reasons['array-schema']!, /type must be "object"/);
    assert.match(reasons['broken-schema']!, /not a JSON Schema/);
    assert.match(reasons['remote-schema']!, /other documents are not followed/);
    assert.match(reasons['odd-hint']!, /destructiveHint must be true or false/);
    assert.match(reasons['task-only']!, /as a task only/);
    assert.equal(state.refusedTools.length, 14);
    const outcome = await call('odd', 'broken-schema');
    assert(outcome.kind === 'failed');
    assert.match(outcome.error, /"broken-schema" cannot be used: inputSchema/);
  });

  for (const mode of ['flood-messages', 'flood-requests', 'flood-errors']) {
    it(`${mode}: held up by its own pipe, and nobody else is`, async () => {
      // The process has run other files before.
      const { rss } = process.memoryUsage();
      pool.ensure(mode, hostile(mode), '1');
      const costs: number[] = [];
      const start = performance.now();
      while (performance.now() - start < 600) {
        const spent = processorTime();
        assert.equal((await call('good')).kind, 'result');
        costs.push(spent());
      }
      costs.sort((a, b) => a - b);
      const median = costs[Math.floor(costs.length / 2)]!;
      assert(median < 100, `median ${median} ms of processor time`);
      assert(process.memoryUsage().rss - rss < 400 * 1024 * 1024);
      await pool.remove(mode);
    });
  }

  it('writes a banner to stdout: forgiven', async () => {
    pool.ensure('banner', hostile('banner'), '1');
    assert.equal((await until('banner', 'ready')).serverInfo.name, 'hostile banner');
  });

  it('offers no tools at all: ready, with none', async () => {
    pool.ensure('none', hostile('no-tools'), '1');
    assert.deepEqual((await until('none', 'ready')).tools, []);
  });

  it('does not exist: named, and tried again', async () => {
    pool.ensure('gone', { transport: 'stdio', command: 'no-such-program-here' }, '1');
    assert.match((await until('gone', 'backoff')).error, /command "no-such-program-here" was not found/);
    await pool.remove('gone');
  });

  const unusable: [object, RegExp][] = [
    [{ transport: 'stdio' }, /needs command/],
    [{ transport: 'sse' }, /needs url/],
    [{ transport: 'pigeon' }, /transport "pigeon" must be one of/],
    [{ transport: 'http', url: 'file:///etc/passwd' }, /must begin with http/],
    [{ transport: 'http', url: 'http://a:b@c/' }, /must not hold a user/],
    [{ transport: 'http', url: 'http://c/', headers: [{ name: 'A', value: 'x\ny' }] }, /headers: the value of A/],
    [{ transport: 'stdio', command: 'x', env: [{ name: 'KUBECHAIN_MCP_OWNER', value: '' }] }, /reserved/],
    [{ transport: 'stdio', command: 'x', env: [{ name: 'A=B', value: '' }] }, /no name of a variable/],
    [{ transport: 'stdio', command: 'x\0' }, /NUL/],
  ];
  for (const [spec, error] of unusable) {
    it(`has a spec that cannot work: ${JSON.stringify(spec)}`, () => {
      const state = pool.ensure('unusable', spec as Parameters<typeof pool.ensure>[1], JSON.stringify(spec));
      assert(state.kind === 'refused');
      assert.match(state.error, error);
    });
  }
});
