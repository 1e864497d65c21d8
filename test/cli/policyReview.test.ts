import assert from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import { createFolders, head } from './support/folder.ts';

const OLD = `${head('ClusterAgentPolicy', 'production')}spec:
  defaultAction: Deny
  tools: {allow: ["builtin/*", "fetch/*"], requireApproval: ["payments/*"]}
`;
const NEW = `${head('ClusterAgentPolicy', 'production')}spec:
  defaultAction: Deny
  tools: {allow: ["builtin/*", "payments/*"], deny: ["builtin/divide"]}
`;
const AGENTS = `${head('Agent', 'bot')}spec: {llmRef: {name: gpt}, system: You bill., tools: [{name: halve}], mcpServers: [{name: fetch}]}
---
${head('Agent', 'payer')}spec: {llmRef: {name: gpt}, system: You pay., mcpServers: [{name: payments}]}
---
${head('Tool', 'halve')}spec: {execute: {builtin: {name: divide}}}
`;
const call = (id: string, name: string, args: object) => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
});
const object = (kind: string, name: string, rest: object) => ({
  apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
  kind,
  metadata: { name, namespace: 'default' },
  ...rest,
});
/** A run whose first messages are in a page, with a call that was refused and of which no object exists. */
const RUNS = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    object('TaskRun', 'work-1', {
      spec: { taskRef: { name: 'work' } },
      status: {
        phase: 'FinalAnswer',
        agent: 'bot',
        agentRevision: 'bot-1',
        startTime: '2026-05-01T10:00:00Z',
        completionTime: '2026-05-01T10:01:00Z',
        contextPages: [{ name: 'work-1-page-1', messages: 4 }],
        contextWindow: [
          {
            role: 'assistant',
            content: '',
            toolCalls: [
              call('c2', 'payments__transfer', { to: 'x' }),
              call('c3', 'mystery', {}),
              call('c4', 'halve', { a: 2 }),
            ],
          },
          { role: 'tool', toolCallId: 'c2', content: 'Denied by policy production/defaultAction: no' },
          // Which admission refused: it never became an object.
          { role: 'tool', toolCallId: 'c4', content: 'Denied by admission: [old/tools.deny] spec.tool.name: no' },
          { role: 'assistant', content: 'Done.' },
        ],
      },
    }),
    object('ContextPage', 'work-1-page-1', {
      spec: {
        taskRunRef: { name: 'work-1' },
        index: 1,
        firstMessage: 0,
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'u' },
          { role: 'assistant', content: '', toolCalls: [call('c1', 'halve', { a: 4, b: 2 })] },
          { role: 'tool', toolCallId: 'c1', content: '2' },
        ],
      },
    }),
    object('AgentRevision', 'bot-1', {
      spec: {
        agent: 'bot',
        system: 's',
        llm: { name: 'gpt', provider: 'openai' },
        tools: [
          { functionName: 'halve', kind: 'Tool', name: 'halve', digest: 'd' },
          { functionName: 'payments__transfer', kind: 'MCPServer', name: 'payments', tool: 'transfer', digest: 'd' },
        ],
      },
    }),
    object('TaskRun', 'old-1', {
      spec: { taskRef: { name: 'old' } },
      status: {
        agent: 'bot',
        completionTime: '2026-04-01T10:01:00Z',
        contextWindow: [{ role: 'assistant', content: '', toolCalls: [call('c1', 'halve', {})] }],
      },
    }),
    object('Tool', 'halve', { spec: { execute: { builtin: { name: 'divide' } } } }),
  ],
});

describe('kubechain policy explain', () => {
  const folders = createFolders();
  after(() => folders.remove());
  const folder = () =>
    folders.create({
      'policy.yaml': OLD,
      'other.yaml': `${head('ClusterAgentPolicy', 'other')}spec: {match: {agents: [payer]}, tools: {deny: ["*/*"]}}\n`,
      'agents.yaml': AGENTS,
    });

  it('prints the verdict and the way to it, as a tree and as data', async () => {
    const ask = (...args: string[]) => folder().run(['policy', 'explain', ...args, '-f', '.']);
    const allowed = await ask('bot', 'tool/halve', '--args', '{"a": 1}');
    assert.equal(allowed.code, 0);
    assert.match(
      allowed.out,
      /^default\/bot → tool\/halve: allowed: production\/tools\.allow has "builtin\/\*"\n├─ ClusterAgentPolicy other \(Enforce\): not about it: spec\.match\.agents does not match\n└─ ClusterAgentPolicy production \(Enforce\): allow\n/,
    );
    const denied = await ask('bot', 'shell/exec');
    assert.equal(denied.code, 1);
    assert.match(denied.out, /denied: \[production\/defaultAction\]/);
    assert.match(denied.out, / {3}└─ defaultAction: deny: "shell\/exec" is not allowed/);
    const held = await ask('bot', 'payments/transfer');
    assert.match(held.out, /needs approval: .*\napprovals: 1, not by who asked for the run/);
    const json = JSON.parse((await ask('payer', 'payments/transfer', '-o', 'json')).out);
    assert.deepEqual(
      [json.agent, json.tool, json.verdict.effect, json.policies.length],
      ['default/payer', 'payments/transfer', 'deny', 2],
    );
  });

  it('says what is wrong with the question', async () => {
    const ask = (...args: string[]) => folder().run(['policy', 'explain', ...args, '-f', '.']);
    const unknown = await ask('bit', 'a/b');
    assert.deepEqual([unknown.code, /there is no Agent bit.*bot/.test(unknown.err)], [2, true]);
    assert.equal((await ask('bot', 'shell')).code, 2);
    assert.match((await ask('bot', 'a/b', '--args', '{')).err, /--args: is no JSON/);
  });
});

describe('kubechain policy diff and replay', () => {
  const folders = createFolders();
  after(() => folders.remove());
  const folder = () => folders.create({ 'old.yaml': OLD, 'new.yaml': NEW, 'agents.yaml': AGENTS, 'runs.json': RUNS });

  it('diff says which objects and calls flip, both ways', async () => {
    const { code, out } = await folder().run(['policy', 'diff', 'old.yaml', 'new.yaml', 'agents.yaml', 'runs.json']);
    assert.equal(code, 1, out);
    assert.match(
      out,
      /^agents\.yaml:4:\d+: error: \[production\/.*\] Agent default\/bot: spec\..*: was allowed, would be denied; /m,
    );
    assert.match(
      out,
      /error: \[production\/tools\.deny\] TaskRun default\/work-1: call 1, tool\/halve by agent bot: was allowed, would be denied; /,
    );
    assert.match(
      out,
      /warning: \[production\/tools\.requireApproval\] TaskRun default\/work-1: call 2, payments\/transfer by agent bot: was held back for approval, would be allowed; it was: /,
    );
    assert.doesNotMatch(out, /payer/);
    const same = await folder().run(['policy', 'diff', 'old.yaml', 'old.yaml', 'agents.yaml']);
    assert.deepEqual([same.code, same.out], [0, '3 judged: 0 errors, 0 warnings, 0 notices\n']);
    assert.equal((await folder().run(['policy', 'diff', 'old.yaml', 'new.yaml'])).code, 2);
    assert.equal((await folder().run(['policy', 'diff', 'agents.yaml', 'new.yaml', 'agents.yaml'])).code, 2);
  });

  it('name the rules that could not be decided', async () => {
    const subjects = `{match: {subjects: [{kind: User, name: ann}]}, tools: {deny: ["*/*"]}}`;
    const fixture = folder();
    fixture.write({
      'ann.yaml': `${head('ClusterAgentPolicy', 'only-ann')}spec: ${subjects}\n`,
      'proven.yaml': `${head('ClusterAgentPolicy', 'proven')}spec: {require: {provenanceTrust: Verified}}\n`,
    });
    const diff = await fixture.run(['policy', 'diff', 'old.yaml', 'ann.yaml', 'agents.yaml', 'runs.json']);
    assert.match(
      diff.out,
      /^\[only-ann\] is not decided here: spec\.match\.subjects: who asks is not known here \(4 objects, 4 calls\)$/m,
    );
    const runs = ['--runs', 'runs.json', '--now', '2026-05-02T00:00:00Z'];
    const replay = await fixture.run(['policy', 'replay', '--policies', 'ann.yaml', ...runs]);
    assert.match(replay.out, /^\[only-ann\] is not decided here: .* \(4 calls\)$/m);
    const json = JSON.parse(
      (await fixture.run(['policy', 'replay', '--policies', 'ann.yaml', ...runs, '-o', 'json'])).out,
    );
    assert.deepEqual(
      json.notEvaluable.map(({ rule, calls }: { rule: string; calls: number }) => [rule, calls]),
      [['only-ann', 4]],
    );
    // Who applies a file, and so how well its commit is proven, is not known before it is applied.
    const proven = await fixture.run(['policy', 'diff', 'old.yaml', 'proven.yaml', 'agents.yaml']);
    assert.doesNotMatch(proven.out, /error: \[proven\//);
    assert.match(proven.out, /^\[proven\/require\.provenance\] is not decided here: which commit .* \(\d+ objects\)$/m);
  });

  it('replay judges what was asked for, refused calls and those in pages included', async () => {
    const replay = (...args: string[]) =>
      folder().run([
        'policy',
        'replay',
        '--runs',
        'runs.json',
        '--policies',
        'new.yaml',
        '--now',
        '2026-05-02T00:00:00Z',
        ...args,
      ]);
    const { code, out, err } = await replay('--since', '7d');
    assert.equal(code, 1);
    assert.match(
      out,
      /error: \[production\/tools\.deny\] TaskRun default\/work-1: call 1, tool\/halve by agent bot: was made, would be denied; /,
    );
    assert.match(
      out,
      /warning: \[flip\] TaskRun default\/work-1: call 2, payments\/transfer by agent bot: was denied, would be allowed; /,
    );
    assert.doesNotMatch(out, /call 4, tool\/halve/, 'it was denied, and would be again');
    assert.match(out, /^4 judged: 1 error, 1 warning, 0 notices$/m);
    assert.match(err, /nothing says what mystery stood for/);
    assert.match((await replay()).out, /old-1: call 1/);
    const fixture = folder();
    fixture.write({
      'open.yaml': `${head('ClusterAgentPolicy', 'production')}spec: {defaultAction: Allow}\n`,
      'labels.yaml': 'default: {env: dev}\n',
      'prod.yaml': `${head('ClusterAgentPolicy', 'p')}spec: {match: {namespaceSelector: {matchLabels: {env: prod}}}, tools: {deny: ['*']}}\n`,
    });
    const runs = ['policy', 'replay', '--runs', 'runs.json', '--policies'];
    assert.match(
      (await fixture.run([...runs, 'open.yaml'])).out,
      /call 4, tool\/halve by agent bot: was denied, would be allowed/,
    );
    assert.equal((await fixture.run([...runs, 'prod.yaml'])).code, 1, 'labels that nobody knows count as matching');
    const told = await fixture.run([...runs, 'prod.yaml', '--namespace-labels', 'labels.yaml']);
    assert.doesNotMatch(told.out, /\[p\/tools\.deny\]/);
    const diff = await fixture.run([
      'policy',
      'diff',
      'open.yaml',
      'prod.yaml',
      'agents.yaml',
      '--namespace-labels',
      'labels.yaml',
    ]);
    assert.equal(diff.code, 0, diff.out);
    const none = await replay('--since', '1s');
    assert.equal(none.code, 5);
  });
});
