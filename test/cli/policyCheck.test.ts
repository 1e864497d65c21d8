import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Io } from '../../cli/io.ts';
import { policyCheck } from '../../cli/policy/check.ts';

const head = (kind: string, name: string) =>
  `apiVersion: kubechain.humanlayer.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;
const AGENT = `${head('Agent', 'billing-bot')}spec:
  llmRef: {name: gpt}
  system: You bill.
  tools:
    - name: add
    - name: ask-poet
---
${head('Tool', 'add')}spec: {execute: {builtin: {name: add}}}
---
${head('Tool', 'ask-poet')}spec: {agentRef: {name: poet}}
`;
const POLICY = `${head('ClusterAgentPolicy', 'production')}spec: {mode: Enforce, defaultAction: Deny, tools: {allow: ["builtin/*"]}}\n`;

describe('kubechain policy check', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubechain-policy-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function check(files: Record<string, string>, more: Partial<Parameters<typeof policyCheck>[1]> = {}) {
    const root = mkdtempSync(join(folder, 'case-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    const said = { out: '', err: '' };
    const io: Io = {
      out: { write: (text) => (said.out += text) },
      err: { write: (text) => (said.err += text) },
      env: {},
      cwd: root,
      readInput: async () => files['-'] ?? '',
      signals: new EventEmitter(),
      programName: 'kubechain',
    };
    const paths = '-' in files ? ['-'] : ['.'];
    return { code: await policyCheck(paths, { output: 'text', ...more }, io), ...said };
  }

  it('names file, line and column of what a policy refuses, what is allowed and how to mend it', async () => {
    const { code, out } = await check({ 'agent.yaml': AGENT, 'policy.yaml': POLICY });
    assert.equal(code, 1);
    assert.match(
      out,
      /^agent\.yaml:9:13: error: \[production\/defaultAction\] Agent default\/billing-bot: spec\.tools\[1\]\.name: .*allowed: builtin\/\*; fix: /m,
    );
    assert.doesNotMatch(out, /tools\[0\]/);
  });

  it('annotates a pull request on GitHub', async () => {
    const { out } = await check({ 'agent.yaml': AGENT, 'policy.yaml': POLICY }, { output: 'github' });
    assert.match(
      out,
      /^::error file=agent\.yaml,line=9,col=13,title=production\/defaultAction::Agent default\/billing-bot: /m,
    );
  });

  it('refuses what the schema refuses, unknown fields included', async () => {
    const { code, out } = await check({
      'tool.yaml': `${head('Tool', 'add')}spec: {execute: {builtin: {name: sum}}, colour: red}\n`,
    });
    assert.equal(code, 1);
    assert.match(out, /tool\.yaml:4:\d+: error: \[schema\] Tool default\/add: spec\.colour: unknown field/);
    assert.match(out, /spec\.execute\.builtin\.name: Unsupported value: "sum"/);
  });

  it('tells a clean tree, a broken policy, unreadable input and an empty tree apart', async () => {
    const allowing = POLICY.replace('builtin/*', '*/*');
    assert.equal((await check({ 'agent.yaml': AGENT, 'policy.yaml': allowing })).code, 0);
    const broken = `${head('ClusterAgentPolicy', 'typo')}spec: {rules: [{name: r, expression: "object.spec ==="}]}\n`;
    const third = await check({ 'agent.yaml': AGENT, 'policy.yaml': broken });
    assert.equal(third.code, 3);
    assert.match(
      third.out,
      /^policy\.yaml:4:\d+: error: \[policy\] ClusterAgentPolicy typo: spec\.rules\[0\]\.expression: line 1, column 1\d .*denies all that it matches$/m,
    );
    assert.doesNotMatch(third.out, /agent\.yaml/);
    assert.equal((await check({ 'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n' })).code, 5);
    const unreadable = await check({ 'a.yaml': 'a: [', 'agent.yaml': AGENT, 'policy.yaml': POLICY });
    assert.equal(unreadable.code, 2);
    assert.match(unreadable.out, /^a\.yaml:\d+:\d+: error: \[syntax\] is no YAML: .*\nagent\.yaml:9/m);
  });

  it('says why an exception counts for nothing', async () => {
    const exception = `${head('AgentPolicyException', 'waiver')}spec:
  policies: [{kind: ClusterAgentPolicy, name: production, rules: [defaultAction]}]
  objects: [{kind: Agent, name: billing-bot}]
  reason: agreed
  expiresAt: 2026-06-02T00:00:00Z
`;
    const now = Date.parse('2026-06-01T00:00:00Z');
    const files = { 'agent.yaml': AGENT, 'policy.yaml': POLICY, 'exception.yaml': exception };
    const told =
      /^exception\.yaml:\d+:\d+: notice: \[exception\] AgentPolicyException default\/waiver: (spec\.\w+: counts for nothing: .*)$/m;
    const refused = await check(files, { now });
    assert.equal(refused.code, 1);
    assert.match(
      told.exec(refused.out)?.[1] ?? '',
      /^spec\.policies: .*ClusterAgentPolicy production allows no exceptions/,
    );
    const allowing = { ...files, 'policy.yaml': POLICY.replace('spec: {', 'spec: {exceptions: {allow: true}, ') };
    const taken = await check(allowing, { now });
    assert.deepEqual([taken.code, told.test(taken.out)], [0, false]);
    const late = await check(allowing, { now: Date.parse('2026-06-02T00:00:00Z') });
    assert.equal(late.code, 1);
    assert.match(told.exec(late.out)?.[1] ?? '', /^spec\.expiresAt: .*expired at/);
  });

  it('reads standard input and Lists, and gives up on a YAML bomb', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${head('Tool', 'add').trimEnd().replaceAll('\n', '\n  ')}\n  spec: {execute: {builtin: {name: sum}}}\n`;
    const { code, out } = await check({ '-': list });
    assert.equal(code, 1);
    assert.match(out, /^-:7:\d+: error: \[schema\]/m);
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...[...'bcdefghi'].map(
        (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`,
      ),
    ].join('\n');
    const bombed = await check({ 'bomb.yaml': bomb });
    assert.equal(bombed.code, 2);
    assert.match(bombed.out, /bomb\.yaml:2:8: error: .*has aliases \(\*\) that unfold to more than is read; fix: /);
    // Many of one anchor: what looks for the anchor of each from the top would not come back.
    const aliases = Array.from({ length: 20_000 }, (_, index) => `k${index}: *a`);
    const many = await check({ 'many.yaml': ['a: &a [1]', ...aliases].join('\n') });
    assert.match(many.out, /many\.yaml:2:5: error: .*unfold to more/);
  });
});
