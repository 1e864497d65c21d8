import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { runProgram } from '../../cli/runProgram.ts';
import { assertSarif } from '../support/sarif.ts';
import { fakeIo } from './support/fakeIo.ts';
import { createFolders } from './support/folder.ts';

const head = (kind: string, name: string) =>
  `apiVersion: kubechain.humanlayer.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;
const POLICY = `${head('ClusterAgentPolicy', 'production')}spec:
  mode: Audit
  defaultAction: Deny
  exceptions: {allow: true}
  tools:
    allow: ["builtin/*", "fetch/*"]
    requireApproval: ["payments/*"]
    deny: ["*/delete_*"]
    arguments:
      - {name: small, tools: ["builtin/add"], cel: "args.a < 100", message: only small numbers}
  limits: {maxTurns: 3}
`;
const OBJECTS = `${head('Agent', 'bot')}spec: {llmRef: {name: gpt}, system: You bill., tools: [{name: sum}], mcpServers: [{name: shell}]}
---
${head('Tool', 'sum')}spec: {execute: {builtin: {name: add}}}
---
${head('AgentPolicyException', 'waiver')}spec:
  policies: [{kind: ClusterAgentPolicy, name: production, rules: [tools.deny]}]
  objects: [{kind: Agent, name: bot}]
  tools: [github/delete_branch]
  reason: clean-up
  expiresAt: 2026-06-01T00:00:00Z
`;
const suite = (cases: string, more = '') => `apiVersion: cli.kubechain.humanlayer.dev/v1alpha1
kind: PolicyTest
metadata: {name: prod}
policies: [../policies]
objects: [objects.yaml]
mode: Enforce
now: 2026-05-01T00:00:00Z
${more}cases:
${cases}`;
const GOOD = `
  - {name: adds, agent: bot, tool: tool/sum, args: {a: 1}, expect: allow, rule: tools.allow}
  - {name: big, agent: bot, tool: tool/sum, args: {a: 1000}, expect: deny, rule: production/tools.arguments.small, message: only small numbers}
  - {name: pays, agent: bot, tool: payments/transfer, expect: requireApproval}
  - {name: deletes, agent: bot, tool: github/delete_repo, expect: deny, rule: tools.deny, messageMatches: '^\\[production/tools\\.deny\\].*denied'}
  - {name: waived, agent: bot, tool: github/delete_branch, expect: allow, exceptedBy: waiver}
  - {name: expired, agent: bot, tool: github/delete_branch, now: 2026-06-01T00:00:00Z, expect: deny, rule: tools.deny}
  - {name: too long, agent: bot, tool: builtin/add, args: {a: 1}, counters: {turns: 4}, expect: deny, rule: limits.maxTurns}
  - {name: its servers, object: Agent/bot, expect: deny, message: shell}
  - {name: not worse, object: Agent/bot, expect: allow, oldObject: {metadata: {name: bot}, spec: {llmRef: {name: gpt}, system: x, mcpServers: [{name: shell}]}}}
  - {name: inline, manifest: {kind: Agent, metadata: {name: x}, spec: {llmRef: {name: gpt}, system: x, mcpServers: [{name: fetch}]}}, expect: allow}
`;

describe('kubechain policy test', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubechain-test-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function run(suiteText: string, args: readonly string[] = [], files: Record<string, string> = {}) {
    const root = mkdtempSync(join(folder, 'case-'));
    const all: Record<string, string> = {
      'policies/production.yaml': POLICY,
      'tests/objects.yaml': OBJECTS,
      'tests/kubechain-test.yaml': suiteText,
      ...files,
    };
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    const { io, out, err } = fakeIo({ cwd: root });
    const code = await runProgram(['policy', 'test', '.', ...args], io);
    return { code, out: out(), err: err() };
  }

  it('passes what the policies answer, and counts the rules that were exercised', async () => {
    const { code, out, err } = await run(suite(GOOD), ['--require-coverage']);
    assert.equal(`${err}${out}`.match(/FAIL.*/)?.[0], undefined, out);
    assert.match(out, /10 passed, 0 failed; 5 of 5 rules exercised/);
    assert.equal(code, 0);
  });

  it('says where a case failed, what was expected, and what was said', async () => {
    const { code, out } = await run(suite('  - {name: adds, agent: bot, tool: shell/exec, expect: allow}\n'));
    assert.equal(code, 1);
    assert.match(out, /FAIL {2}adds {2}tests\/kubechain-test\.yaml:9:12/);
    assert.match(out, /expected allow, got deny/);
    assert.match(out, /said: deny: \[production\/defaultAction\] .*"shell\/exec" is not allowed for agent bot/);
  });

  it('does not take one denial for another', async () => {
    const wrong = (more: string) => run(suite(`  - {name: x, agent: bot, tool: shell/exec, expect: deny, ${more}}\n`));
    assert.match((await wrong('rule: tools.deny')).out, /expected deny by rule tools\.deny/);
    assert.match((await wrong('rule: other/defaultAction')).out, /expected deny by rule other\/defaultAction/);
    assert.match((await wrong('message: because')).out, /no deny message contains "because"/);
    assert.match((await wrong("messageMatches: '^because'")).out, /no deny message matches/);
    assert.match((await wrong('exceptedBy: waiver')).out, /takes away/);
    assert.equal((await wrong('rule: production/defaultAction')).code, 0);
  });

  it('names the rules that no case exercises; they fail the test where that is asked for', async () => {
    const one = '  - {name: pays, agent: bot, tool: payments/transfer, expect: requireApproval}\n';
    const lax = await run(suite(one));
    assert.equal(lax.code, 0);
    assert.match(lax.out, /No case exercises:\n(.*\n)* {2}production\/tools\.deny\n/);
    assert.doesNotMatch(lax.out, / production\/tools\.requireApproval/);
    assert.equal((await run(suite(one), ['--require-coverage'])).code, 1);
    assert.equal((await run(suite(one, 'coverage: true\n'))).code, 1);
  });

  it('judges in the modes of the policies where the suite names none', async () => {
    const text = suite('  - {name: x, agent: bot, tool: shell/exec, expect: audit}\n').replace('mode: Enforce\n', '');
    assert.equal((await run(text)).code, 0);
  });

  it('refuses a suite that is none, with position and field', async () => {
    const problems = async (text: string) => {
      const { code, err } = await run(text);
      assert.equal(code, 2);
      return err;
    };
    assert.match(
      await problems(suite('  - {name: x, tool: a/b, expect: deny}\n')),
      /:9:5: cases\[0\]: .*agent and tool go together/,
    );
    assert.match(
      await problems(suite('  - {name: x, agent: b, tool: a/b, expects: deny}\n')),
      /cases\[0\]\.expects: there is no such field/,
    );
    assert.match(
      await problems(suite('  - {name: x, object: A/b, expect: no}\n')),
      /cases\[0\]\.expect: Unsupported value/,
    );
    assert.match(
      await problems(suite("  - {name: x, object: A/b, expect: deny, messageMatches: '('}\n")),
      /messageMatches: error parsing regexp/,
    );
    assert.match(
      await problems(suite(`${'  - {name: x, object: A/b, expect: deny}\n'.repeat(2)}`)),
      /:10:12: cases\[1\]\.name: .*too/,
    );
    assert.match(
      await problems(suite(GOOD).replace('../policies', '../nowhere')),
      /:4:12: \.\.\/nowhere: does not exist/,
    );
    assert.match(
      await problems(suite(GOOD).replace('../policies', 'objects.yaml')),
      /there is no policy in these files/,
    );
  });

  it('does not pass over a file that is named and cannot be read', async () => {
    const folders = createFolders();
    try {
      const { run: runIn } = folders.create({ 'suite.yaml': 'cases: [\n' });
      const named = await runIn(['policy', 'test', 'suite.yaml']);
      assert.equal(named.code, 2);
      assert.match(named.err, /^kubechain: suite\.yaml:2:1: is no YAML: /);
      // Beside suites there may be anything.
      assert.equal((await runIn(['policy', 'test', '.'])).code, 5);
    } finally {
      folders.remove();
    }
  });

  it('reads files of its repository only, whatever way leads out of it', async () => {
    const folders = createFolders();
    try {
      const outer = folders.create({
        'secret.yaml': 'a: hunter2\na: hunter2\n',
        'secrets/s.yaml': 'a: hunter2\na: 1\n',
      });
      const repository = folders.create({
        '.git/HEAD': '',
        'policies/production.yaml': POLICY,
        'tests/objects.yaml': OBJECTS,
      });
      symlinkSync(join(outer.path, 'secret.yaml'), join(repository.path, 'tests/link.yaml'));
      symlinkSync(join(outer.path, 'secrets'), join(repository.path, 'tests/linked'));
      symlinkSync('../policies', join(repository.path, 'tests/own'));
      const outside = relative(join(repository.path, 'tests'), outer.path);
      const ask = async (path: string) => {
        const text = suite(GOOD).replace('policies: [../policies]', `policies: [../policies, ${JSON.stringify(path)}]`);
        repository.write({ 'tests/kubechain-test.yaml': text });
        return repository.run(['policy', 'test', 'tests']);
      };
      for (const path of [
        `${outside}/secret.yaml`,
        `${outside}/is-not-there.yaml`,
        `${outside}/*.yaml`,
        `${outside}`,
        `{x,${outside}}/secret.yaml`,
        `${outer.path}/secret.yaml`,
        '/proc/self/environ',
        'link.yaml',
        'lin*.yaml',
        'linked',
        'linked/s.yaml',
        'linked/*.yaml',
        '-',
      ]) {
        const { code, out, err } = await ask(path);
        assert.equal(code, 2, path);
        const [said = ''] = /(?<=kubechain-test\.yaml:4:25: ).*/.exec(err) ?? [];
        const passedOver = path.startsWith('lin') && path.includes('*');
        const why = passedOver ? 'matches no file' : `lies outside of ${repository.path}, and is not read from here`;
        assert.equal(said, `${path}: ${why}`, err);
        assert.doesNotMatch(out + err, /hunter2/, path);
      }
      const { code, err } = await ask('own/*.yaml');
      assert.equal(code, 0, err);
    } finally {
      folders.remove();
    }
  });

  it('tells a broken policy from a failed case, and no test from a passed one', async () => {
    const broken = {
      'policies/typo.yaml': `${head('ClusterAgentPolicy', 'typo')}spec: {rules: [{name: r, expression: "1 +"}]}\n`,
    };
    const third = await run(suite(GOOD), [], broken);
    assert.equal(third.code, 3);
    assert.match(third.out, /broken ClusterAgentPolicy typo: spec\.rules\[0\]/);
    const none = await run('a: b\n');
    assert.equal(none.code, 5);
    assert.match(none.err, /no test ran: no PolicyTest/);
    assert.equal((await run(suite(GOOD), ['--filter', 'nothing like it'])).code, 5);
    assert.match((await run(suite(GOOD), ['--filter', 'waive'])).out, /1 passed, 0 failed/);
  });

  it('reports for CI servers, pull requests and programs', async () => {
    const text = suite(
      '  - {name: "a <b> & \\"c\\"", agent: bot, tool: shell/exec, expect: allow}\n  - {name: ok, agent: bot, tool: a/b, expect: deny}\n',
    );
    const junit = (await run(text, ['-o', 'junit'])).out;
    assert.match(junit, /<testsuites name="kubechain policy test" tests="2" failures="1"/);
    assert.match(
      junit,
      /<testcase name="a &lt;b&gt; &amp; &quot;c&quot;" classname="prod" file="tests\/kubechain-test\.yaml" line="9"/,
    );
    assert.match(junit, /<failure message="expected allow, got deny" type="deny">/);
    const github = (await run(text, ['-o', 'github'])).out;
    assert.match(
      github,
      /^::error file=tests\/kubechain-test\.yaml,line=9,col=12,title=policy test::a <b> & "c": expected allow, got deny%0Asaid: /m,
    );
    const sarif = (await run(text, ['-o', 'sarif', '--require-coverage'])).out;
    assertSarif(sarif);
    const [failed, ...missing] = JSON.parse(sarif).runs[0].results;
    assert.match(failed.message.text, /^PolicyTest prod: cases\[0\]: a <b> & "c": expected allow, got deny; said: /);
    assert.deepEqual(failed.locations[0].physicalLocation, {
      artifactLocation: { uri: 'tests/kubechain-test.yaml' },
      region: { startLine: 9, startColumn: 12 },
    });
    assert.match(missing[0].message.text, /no case exercises production\/limits\.maxTurns|no case exercises/);
    const json = JSON.parse((await run(text, ['-o', 'json'])).out);
    assert.deepEqual(
      [json.passed, json.failed, json.suites[0].cases[0].actual, json.suites[0].cases[0].line],
      [1, 1, 'deny', 9],
    );
    assert.match(
      (await run(text, ['-o', 'markdown'])).out,
      /\| `tests\/kubechain-test\.yaml:9` \| prod \| a &lt;b&gt; &amp; "c" \| expected allow, got deny \|/,
    );
  });
});
