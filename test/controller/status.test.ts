import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Agent, LLM, MCPServer, Tool } from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import { decideAgent } from '../../controller/agent/decide.ts';
import { nameClash } from '../../controller/agent/nameClash.ts';
import { revisionOf, surplusRevisions } from '../../controller/agent/revision.ts';
import { decideContactChannel } from '../../controller/contactchannel/controller.ts';
import { createEffects } from '../../controller/effects.ts';
import { digest } from '../../controller/keys.ts';
import { decideLLM } from '../../controller/llm/decide.ts';
import type { ServerSituation } from '../../controller/mcpserver/decide.ts';
import { decideServer } from '../../controller/mcpserver/decide.ts';
import { commonStatus, statusOperations, withCondition } from '../../controller/status.ts';
import { delegationCycle } from '../../controller/tool/cycles.ts';
import { decideTool } from '../../controller/tool/decide.ts';
import { applyOperations, metadata, NOW, revision } from './state.ts';

const ready = { ready: true, status: 'Ready' as const, statusDetail: 'well', observedGeneration: 1 };
const llm = (more: Partial<LLM> = {}): LLM => ({
  apiVersion: API_VERSION,
  kind: 'LLM',
  metadata: metadata('gpt'),
  spec: { provider: 'openai', apiKeyFrom: { secretKeyRef: { name: 'openai', key: 'key' } } },
  status: ready,
  ...more,
});
const tool = (
  name: string,
  spec: Tool['spec'] = { execute: { builtin: { name: 'add' } } },
  status: Tool['status'] = ready,
): Tool => ({
  apiVersion: API_VERSION,
  kind: 'Tool',
  metadata: metadata(name),
  spec,
  ...(status === undefined ? {} : { status }),
});
const server = (name: string, status: MCPServer['status'] = { ...ready, tools: [{ name: 'fetch' }] }): MCPServer => ({
  apiVersion: API_VERSION,
  kind: 'MCPServer',
  metadata: metadata(name),
  spec: { transport: 'stdio', command: 'x' },
  ...(status === undefined ? {} : { status }),
});
const agent = (more: Partial<Agent['spec']> = {}, status?: Agent['status']): Agent => ({
  apiVersion: API_VERSION,
  kind: 'Agent',
  metadata: metadata('assistant'),
  spec: { llmRef: { name: 'gpt' }, system: 'You are helpful.', ...more },
  ...(status === undefined ? {} : { status }),
});

describe('status writes', () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string()),
    fc.record({ a: fc.integer() }, { noNullPrototype: true }),
  );
  const status = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', '/', '~', '0', '1') }),
    value,
    { maxKeys: 6, noNullPrototype: true },
  );

  it('turn the status that is there into the one that is wanted, and are none where nothing differs', () => {
    fc.assert(
      fc.property(status, status, (current, next) => {
        const operations = statusOperations(current, next);
        assert.deepEqual(applyOperations({ status: { ...current } }, operations).status, { ...next });
        assert.deepEqual(statusOperations(next, next), []);
        for (const { path } of operations) assert.match(path, /^\/status\//);
      }),
    );
    assert.deepEqual(applyOperations({}, statusOperations(undefined, { a: 1, b: undefined })), { status: { a: 1 } });
  });

  it('move a condition’s transition time only with its status', () => {
    const first = commonStatus(
      { ready: false, status: 'Pending', detail: 'waits', reason: 'Waiting' },
      1,
      undefined,
      NOW,
    );
    const [condition] = first.conditions;
    assert.equal(condition?.status, 'Unknown');
    assert.equal(condition?.lastTransitionTime, '2026-01-01T12:00:00Z');
    const same = commonStatus(
      { ready: false, status: 'Pending', detail: 'waits on', reason: 'Waiting' },
      2,
      first,
      NOW + 5000,
    );
    assert.equal(same.conditions[0]?.lastTransitionTime, '2026-01-01T12:00:00Z');
    assert.equal(same.conditions[0]?.message, 'waits on');
    assert.equal(same.observedGeneration, 2);
    const other = commonStatus({ ready: false, status: 'Error', detail: 'x', reason: 'Bad' }, 2, same, NOW + 9000);
    assert.equal(other.conditions[0]?.status, 'False');
    assert.equal(other.conditions[0]?.lastTransitionTime, '2026-01-01T12:00:09Z');
    const complete = { type: 'Complete', status: 'True', reason: 'R', message: 'm'.repeat(40_000) } as const;
    const two = withCondition(other.conditions, complete, NOW);
    assert.deepEqual(
      two.map(({ type }) => type),
      ['Ready', 'Stalled', 'Complete'],
    );
    assert.equal(two[2]?.message.length, 32_768);
    // kstatus takes `Stalled` for the end of all hope: it is there only while it is true.
    const mended = commonStatus({ ready: true, status: 'Ready', detail: 'ok', reason: 'Fine' }, 2, other, NOW);
    assert.deepEqual(
      mended.conditions.map(({ type }) => type),
      ['Ready'],
    );
  });
});

describe('LLM', () => {
  const decide = (more: Partial<Parameters<typeof decideLLM>[0]>) =>
    decideLLM({
      llm: llm(),
      secret: { kind: 'value', value: 'k' },
      check: { kind: 'valid' },
      failures: 0,
      random: 0.5,
      ...more,
    });
  const fresh = { ...llm() };
  delete fresh.status;

  it('is ready when the provider takes the key, and looked at again in minutes', () => {
    const finding = decide({});
    assert.equal(finding.ready, true);
    assert.equal(finding.detail, 'OpenAI API key validated successfully');
    assert.ok((finding.againAfterMs ?? 0) >= 300_000);
    assert.equal(decide({ secret: { kind: 'none' } }).detail, 'OpenAI API answered; no API key is used');
    assert.match(decide({ llm: llm({ spec: { provider: 'anthropic' } }) }).detail, /^Anthropic API key/);
  });
  it('is in error where the Secret or the key is no good', () => {
    const missing = decide({ secret: { kind: 'missing', message: 'secret "openai" not found' }, check: undefined });
    assert.deepEqual(
      [missing.status, missing.detail, missing.reason],
      ['Error', 'secret "openai" not found', 'SecretNotFound'],
    );
    const bad = decide({ check: { kind: 'rejected', message: '401 no' } });
    assert.deepEqual([bad.status, bad.detail], ['Error', 'OpenAI API key validation failed: 401 no']);
  });
  it('stays ready while the provider or the API server is away, and waits where it never was', () => {
    for (const away of [
      { check: { kind: 'unavailable', message: 'refused' } as const },
      { secret: { kind: 'unavailable', message: 'no answer' } as const, check: undefined },
    ]) {
      assert.equal(decide(away).ready, true);
      const first = decide({ ...away, llm: fresh });
      assert.deepEqual([first.ready, first.status], [false, 'Pending']);
      // What was found of another spec says nothing of this one.
      assert.equal(decide({ ...away, llm: llm({ metadata: { ...metadata('gpt'), generation: 2 } }) }).ready, false);
    }
  });
  it('asks again less and less often, a minute apart at most', () => {
    const waits = [0, 1, 2, 3, 10, 50].map(
      (failures) => decide({ failures, check: { kind: 'rejected', message: '' }, random: 1 }).againAfterMs ?? 0,
    );
    for (const [index, wait] of waits.slice(1).entries()) assert.ok(wait >= (waits[index] ?? 0));
    assert.ok((waits.at(-1) ?? 0) <= 60_000 && (waits[0] ?? 0) >= 750);
  });
});

describe('Tool', () => {
  const decide = (more: Partial<Parameters<typeof decideTool>[0]>) =>
    decideTool({
      tool: tool('add'),
      delegate: undefined,
      cycle: undefined,
      schemaFault: undefined,
      apiFault: undefined,
      ...more,
    });
  const delegating = tool('ask', { agentRef: { name: 'other' } });

  it('is ready, or says what is wrong or missing', () => {
    assert.deepEqual(decide({}), {
      ready: true,
      status: 'Ready',
      detail: 'Tool validation successful',
      reason: 'Valid',
    });
    assert.equal(decide({ schemaFault: 'bad' }).detail, 'spec.arguments: bad');
    assert.equal(
      decide({ tool: tool('a', { parameters: {}, execute: { builtin: { name: 'add' } } }), schemaFault: 'bad' }).detail,
      'spec.parameters: bad',
    );
    assert.equal(decide({ apiFault: 'bad' }).detail, 'spec.execute.externalAPI: bad');
    assert.equal(decide({ tool: tool('none', {}) }).reason, 'NothingToExecute');
    assert.equal(decide({ tool: delegating }).detail, 'Waiting for Agent "other" to exist');
    assert.equal(decide({ tool: delegating, delegate: agent() }).detail, 'Waiting for Agent "other" to be ready');
    assert.equal(
      decide({ tool: delegating, delegate: agent({}, { ...ready, ready: false, statusDetail: 'why' }) }).detail,
      'Waiting for Agent "other" to be ready (why)',
    );
    assert.equal(decide({ tool: delegating, delegate: agent({}, { ...ready, observedGeneration: 0 }) }).ready, false);
    assert.equal(decide({ tool: delegating, delegate: agent({}, ready) }).ready, true);
    assert.deepEqual(
      [decide({ tool: delegating, cycle: 'a → b' }).status, decide({ tool: delegating, cycle: 'a → b' }).detail],
      ['Error', 'Delegation would never end: a → b'],
    );
  });

  it('finds the circle that delegation goes in, on graphs of any size', () => {
    const stores = (agents: Record<string, string[]>, tools: Record<string, string>) => ({
      agents: {
        get: (key: string) => {
          const name = key.split('/')[1] ?? '';
          return Object.hasOwn(agents, name)
            ? agent({ tools: (agents[name] ?? []).map((one) => ({ name: one })) })
            : undefined;
        },
      },
      tools: {
        get: (key: string) => {
          const name = key.split('/')[1] ?? '';
          return Object.hasOwn(tools, name) ? tool(name, { agentRef: { name: tools[name] ?? '' } }) : undefined;
        },
      },
    });
    const ask = (name: string, target: string) => tool(name, { agentRef: { name: target } });
    assert.equal(
      delegationCycle(ask('self', 'a'), stores({ a: ['self'] }, { self: 'a' })),
      'agent a → tool self → agent a',
    );
    assert.equal(delegationCycle(ask('x', 'a'), stores({ a: ['y'], b: [] }, { x: 'a', y: 'b' })), undefined);
    // A circle elsewhere is not this tool's.
    assert.equal(
      delegationCycle(ask('in', 'a'), stores({ a: ['y'], b: ['z'] }, { in: 'a', y: 'b', z: 'a' })),
      undefined,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 16 }), (edges) => {
        // Edge n: agent `from` has tool `t<n>`, which delegates to agent `to`.
        const agents: Record<string, string[]> = {};
        const tools: Record<string, string> = {};
        for (const [index, [from, to]] of edges.entries()) {
          agents[`a${from}`] = [...(agents[`a${from}`] ?? []), `t${index}`];
          tools[`t${index}`] = `a${to}`;
        }
        const reaches = (from: number, goal: number, seen = new Set<number>()): boolean => {
          if (from === goal) return true;
          if (seen.has(from)) return false;
          seen.add(from);
          return edges.some(([a, b]) => a === from && reaches(b, goal, seen));
        };
        for (const [index, [from, to]] of edges.entries()) {
          const found = delegationCycle(ask(`t${index}`, `a${to}`), stores(agents, tools));
          assert.equal(found !== undefined, reaches(to, from));
        }
      }),
    );
  });
});

describe('Agent', () => {
  const decide = (more: Partial<Parameters<typeof decideAgent>[0]> = {}) =>
    decideAgent({ agent: agent(), llm: llm(), tools: [], servers: [], ...more });

  it('waits for what is missing, in the order of its spec, faults first', () => {
    const spec = { tools: [{ name: 't1' }, { name: 't2' }], mcpServers: [{ name: 's1' }] };
    const { finding } = decide({
      agent: agent(spec),
      llm: undefined,
      tools: [undefined, tool('t2', {}, { ...ready, ready: false, status: 'Error', statusDetail: 'broken' })],
      servers: [server('s1', { ...ready, ready: false, status: 'Pending', statusDetail: 'Connecting' })],
    });
    assert.equal(
      finding.detail,
      'Waiting for Tool "t2" to be ready (broken); LLM "gpt" to exist; Tool "t1" to exist; MCPServer "s1" to be ready (Connecting)',
    );
    assert.equal(finding.status, 'Error');
    assert.equal(decide({ llm: undefined }).finding.status, 'Pending');
    // Ready, but for another spec.
    assert.equal(decide({ llm: llm({ status: { ...ready, observedGeneration: 0 } }) }).kind, 'unready');
  });
  it('refuses more tools than a model can be offered, and two of one name', () => {
    const many = Array.from({ length: 513 }, (_, index) => ({ name: `t${index}` }));
    const { finding } = decide({
      agent: agent({ mcpServers: [{ name: 's' }] }),
      servers: [server('s', { ...ready, tools: many })],
    });
    assert.match(finding.detail, /has 513 tools; at most 512/);
    assert.equal(
      nameClash([tool('a'), tool('b', { name: 'a', execute: { builtin: { name: 'add' } } })]),
      'Tools "a" and "b" both call themselves "a": give one another spec.name',
    );
    assert.equal(nameClash([tool('a'), tool('b')]), undefined);
  });

  it('gives the same content the same revision, and any other another', () => {
    const base = { agent: agent(), llm: llm(), tools: [tool('add')], servers: [server('s')] };
    const name = (more: Partial<typeof base> = {}) => revisionOf({ ...base, ...more }).metadata.name ?? '';
    assert.equal(name(), name());
    assert.equal(
      name({
        agent: {
          ...agent(),
          metadata: { ...metadata('assistant', 'other-uid'), generation: 7, annotations: { by: 'me' } },
        },
      }),
      name(),
    );
    const others = [
      name({ agent: agent({ system: 'x' }) }),
      name({ agent: agent({ maxTurns: 3 }) }),
      name({ llm: llm({ spec: { provider: 'anthropic' } }) }),
      name({ llm: llm({ spec: { ...llm().spec, temperature: '0.5' } }) }),
      name({ tools: [] }),
      name({ tools: [tool('add', { description: 'x', execute: { builtin: { name: 'add' } } })] }),
      name({ servers: [server('s', { ...ready, tools: [{ name: 'fetch', description: 'new' }] })] }),
    ];
    assert.equal(new Set([name(), ...others]).size, others.length + 1);
    assert.ok(name({ agent: { ...agent(), metadata: metadata('x'.repeat(253)) } }).length <= 63);
  });

  it('writes the model out where the LLM leaves it to the program', () => {
    const made = (spec: Partial<LLM['spec']>) => {
      const { spec: revised } = revisionOf({
        agent: agent(),
        llm: llm({ spec: { provider: 'openai', ...spec } }),
        tools: [],
        servers: [],
      });
      return revised.llm.parameters;
    };
    assert.deepEqual(made({}), { model: 'gpt-4o' });
    assert.deepEqual(made({ provider: 'anthropic', temperature: '0.5' }), {
      model: 'claude-sonnet-4-6',
      temperature: '0.5',
    });
    assert.deepEqual(made({ parameters: { model: 'llama3.3', seed: 1 } }), { model: 'llama3.3', seed: 1 });
    // Written before there was a least length.
    assert.deepEqual(made({ parameters: { model: '' } }), { model: 'gpt-4o' });
  });

  it('keeps the current revision of an earlier release, which has no model that is a default', () => {
    // What an operator before this made of such an Agent: its name is recorded, not worked out here.
    const resolved = { agent: agent(), llm: llm({ spec: { provider: 'openai' } }), tools: [], servers: [] };
    const earlier = 'assistant-ccdd049ea1';
    assert.equal(revisionOf(resolved, earlier).metadata.name, earlier);
    assert.equal(revisionOf(resolved, earlier).spec.llm.parameters, undefined);
    assert.notEqual(revisionOf(resolved).metadata.name, earlier);
    assert.equal(revisionOf(resolved, 'assistant-0000000000').spec.llm.parameters?.model, 'gpt-4o');
    const changed = { ...resolved, agent: agent({ system: 'Another.' }) };
    assert.equal(revisionOf(changed, earlier).spec.llm.parameters?.model, 'gpt-4o');
  });

  it('has one digest for one content, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5, noNullPrototype: true }), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        assert.equal(digest(value), digest(turned));
      }),
    );
    assert.notEqual(digest({ a: [1, 2] }), digest({ a: [2, 1] }));
  });

  it('keeps the revisions that are used and the newest of the others', () => {
    const at = (name: string, second: number) => ({
      ...revision(),
      metadata: { ...metadata(name), creationTimestamp: `2026-01-01T00:00:0${second}Z` },
    });
    const all = [at('a', 1), at('b', 2), at('c', 3), at('d', 4)];
    const names = (keep: string[], limit: number) =>
      surplusRevisions(all, new Set(keep), limit).map(({ metadata: { name } }) => name);
    assert.deepEqual(names(['d'], 2), ['a']);
    assert.deepEqual(names(['a'], 0), ['d', 'c', 'b']);
    assert.deepEqual(names([], 10), []);
  });
});

describe('MCPServer and ContactChannel', () => {
  const decide = (more: Partial<ServerSituation>) =>
    decideServer({
      server: server('s'),
      channel: 'unset',
      runsAs: undefined,
      secretFault: undefined,
      connection: undefined,
      failures: 0,
      ...more,
    });
  const info = { name: 's', version: '1', transport: 'stdio' as const };

  it('says whether the server is connected, and with what', () => {
    const connection = {
      kind: 'ready' as const,
      tools: [{ name: 'fetch', inputSchema: { type: 'object' }, digest: 'd' }],
      refusedTools: [{ name: 'bad', reason: 'no schema' }],
      serverInfo: info,
    };
    const finding = decide({ connection });
    assert.equal(finding?.detail, 'Connected successfully with 1 tools; refused: bad: no schema');
    assert.deepEqual(finding?.extra, {
      connected: true,
      tools: [{ name: 'fetch', inputSchema: { type: 'object' } }],
      // Not over stdio: what was there of a process or Pod goes.
      runsAs: undefined,
      podName: undefined,
    });
    assert.equal(
      decide({ connection: { kind: 'backoff', error: 'died', nextAttemptAt: 0, attempt: 1 } })?.reason,
      'ConnectionFailed',
    );
    assert.equal(decide({ connection: { kind: 'refused', error: 'floods' } })?.detail, 'floods');
    assert.equal(
      decide({ secretFault: { kind: 'missing', message: 'TOKEN: secret "x" not found' } })?.detail,
      'TOKEN: secret "x" not found',
    );
  });
  it('takes a restart of the operator for no news', () => {
    assert.equal(decide({ connection: { kind: 'connecting', attempt: 1 } }), undefined);
    const fresh = server('s');
    delete fresh.status;
    assert.equal(decide({ server: fresh, connection: { kind: 'connecting', attempt: 1 } })?.detail, 'Connecting');
  });
  it('waits for the channel over which approvals are asked', () => {
    const asking = { ...server('s'), spec: { ...server('s').spec, approvalContactChannel: { name: 'ops' } } };
    assert.equal(decide({ server: asking, channel: undefined })?.detail, 'ContactChannel "ops" not found');
    const channel = {
      apiVersion: API_VERSION,
      kind: 'ContactChannel',
      metadata: metadata('ops'),
      spec: { type: 'email' as const, apiKeyFrom: { secretKeyRef: { name: 'x', key: 'y' } } },
    };
    assert.deepEqual(
      [decide({ server: asking, channel })?.status, decide({ server: asking, channel })?.detail],
      ['Pending', 'ContactChannel "ops" is not ready'],
    );
    assert.equal(decideContactChannel(channel, { kind: 'value', value: 'v' }, 0).ready, true);
    assert.equal(decideContactChannel(channel, { kind: 'missing', message: 'm' }, 3).status, 'Error');
    assert.equal(decideContactChannel(channel, { kind: 'unavailable', message: 'm' }, 3).status, 'Pending');
  });
});

describe('work outside of the queue', () => {
  const effects = (progress: string[] = []) => {
    const stopping = new AbortController();
    return {
      stopping,
      effects: createEffects<string>({
        signal: stopping.signal,
        onProgress: (key) => progress.push(key),
        onCrash: (error) => `crash: ${error}`,
      }),
    };
  };

  it('is done once a step, and its result taken once', async () => {
    const progress: string[] = [];
    const { effects: work } = effects(progress);
    let begun = 0;
    const start = () =>
      work.start('k', '1', async () => {
        begun += 1;
        return 'done';
      });
    start();
    start();
    assert.deepEqual(work.state('k', '1'), { kind: 'running', stage: '' });
    await new Promise(setImmediate);
    assert.equal(begun, 1);
    assert.deepEqual(progress, ['k']);
    assert.deepEqual(work.state('k', '1'), { kind: 'settled', result: 'done' });
    assert.equal(work.take('k'), 'done');
    assert.equal(work.take('k'), undefined);
    assert.deepEqual(work.state('k', '1'), { kind: 'none' });
  });
  it('is forgotten when the step is another one', async () => {
    const { effects: work } = effects();
    work.start('k', '1', async () => 'old');
    await new Promise(setImmediate);
    assert.deepEqual(work.state('k', '2'), { kind: 'none' });
    assert.deepEqual(work.state('k', '1'), { kind: 'none' });
  });
  it('is dropped when cancelled, and turned into a result when it throws', async () => {
    const progress: string[] = [];
    const { effects: work, stopping } = effects(progress);
    let aborted = false;
    work.start(
      'k',
      '1',
      (signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve('late');
          }),
        ),
    );
    work.cancel('k');
    await new Promise(setImmediate);
    assert.ok(aborted);
    assert.deepEqual(progress, []);
    work.start('k', '1', async () => {
      throw new Error('boom');
    });
    await new Promise(setImmediate);
    assert.deepEqual(work.state('k', '1'), { kind: 'settled', result: 'crash: Error: boom' });
    stopping.abort();
    work.start('other', '1', async () => 'never');
    assert.equal(work.size, 0);
  });
});
