import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { after, describe, it } from 'mocha';
import { parse } from 'yaml';
import type { Finding } from '../../cli/findings/model.ts';
import { FORMATS } from '../../cli/findings/model.ts';
import { render } from '../../cli/findings/render.ts';
import { parseManifests } from '../../cli/manifests/parse.ts';
import { createStyle } from '../../cli/terminal/style.ts';
import { processorTime } from '../support/processorTime.ts';
import { assertSarif } from '../support/sarif.ts';
import { createFolders, head } from './support/folder.ts';

const POLICY = `${head('ClusterAgentPolicy', 'production')}spec:
  defaultAction: Deny
  docs: https://policies.example/production
  tools: {allow: ["builtin/*"], requireApproval: ["payments/*"]}
`;
const agent = (name: string, tools: string) =>
  `${head('Agent', name)}spec:\n  llmRef: {name: gpt}\n  system: You bill.\n  mcpServers:\n    - name: ${tools}\n`;

describe('reports', () => {
  const folders = createFolders();
  after(() => folders.remove());
  const broken = () => folders.create({ 'policy.yaml': POLICY, 'teams/a b#.yaml': agent('bot', 'shell') });
  const check = (...args: string[]) => broken().run(['policy', 'check', '.', ...args]);

  it('are SARIF as its standard and code scanning want it', async () => {
    const { code, out } = await check('-o', 'sarif');
    assert.equal(code, 1);
    const log: ReturnType<typeof JSON.parse> = JSON.parse(out);
    const [result] = log.runs[0].results;
    assert.equal(result.ruleId, 'production/defaultAction');
    assert.equal(log.runs[0].tool.driver.rules[result.ruleIndex].id, result.ruleId);
    assert.equal(log.runs[0].tool.driver.rules[result.ruleIndex].helpUri, 'https://policies.example/production');
    assert.deepEqual(result.locations[0].physicalLocation, {
      artifactLocation: { uri: 'teams/a%20b%23.yaml' },
      region: { startLine: 8, startColumn: 13 },
    });
    const clean = JSON.parse(
      (await folders.create({ 'policy.yaml': POLICY }).run(['policy', 'check', '.', '-o', 'sarif'])).out,
    );
    assert.deepEqual(clean.runs[0].results, []);
    const onInput = await broken().run(
      ['policy', 'check', '-', '--policies', '.', '-o', 'sarif'],
      agent('bot', 'shell'),
    );
    assert.deepEqual(Object.keys(JSON.parse(onInput.out).runs[0].results[0].locations[0]), ['logicalLocations']);
  });

  it('are SARIF whatever files, objects and rules are called', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom(
        'a:b.yaml',
        '\u0000\u007f\u{10ffff}',
        '/abs/ü.yaml',
        'a b%zz',
        '\ud800',
        '../x[1].yaml',
        '',
        '-',
        'C:\\x',
      ),
    );
    const finding = fc.record({
      level: fc.constantFrom('error', 'warning', 'notice'),
      file: text,
      line: fc.integer({ min: 1, max: 9 }),
      column: fc.integer({ min: 1, max: 9 }),
      object: text,
      rule: text,
      field: text,
      pointer: text,
      message: text,
      severity: fc.constantFrom('info', 'critical'),
      docs: fc.oneof(
        fc.constantFrom('https://a.example/{x}|y?q=%zz#[1]', 'http://[::1]:80/', 'https://ü.example/ß'),
        text.map((it) => `https://a.example/${it.replace(/\s/g, '')}`),
      ),
    });
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 4 }), (findings) => {
        const report = { command: 'lint', judged: 1, excepted: 0, findings: findings as Finding[] };
        assertSarif(render(report, 'sarif', createStyle({ write: () => true }, {})));
      }),
    );
  });

  it('are JSON and YAML with the same content, with pointers', async () => {
    const json = JSON.parse((await check('-o', 'json')).out);
    assert.deepEqual(parse((await check('-o', 'yaml')).out), json);
    assert.deepEqual([json.judged, json.errors, json.findings[0].pointer], [2, 1, '/spec/mcpServers/0/name']);
  });

  it('are JUnit with one failure a finding, and a test that passed where there is none', async () => {
    const { out } = await check('-o', 'junit');
    assert.match(out, /<testsuites name="kubechain policy check" tests="1" failures="1"/);
    assert.match(
      out,
      /<testcase name="\[production\/defaultAction\] Agent default\/bot" classname="teams\/a b#.yaml" file="teams\/a b#.yaml" line="8"/,
    );
    assert.match(
      out,
      /<failure message="Agent default\/bot: spec\.mcpServers\[0\]\.name: &quot;shell\/\*&quot; is not allowed/,
    );
    const clean = await folders.create({ 'policy.yaml': POLICY }).run(['policy', 'check', '.', '-o', 'junit']);
    assert.match(clean.out, /tests="1" failures="0".*\n.*\n.*<testcase name="1 object judged"/);
  });

  it('annotate the line of a pull request', async () => {
    const { out } = await check('-o', 'github');
    assert.match(
      out,
      /^::error file=teams\/a b#\.yaml,line=8,col=13,title=production\/defaultAction::Agent default\/bot: /,
    );
  });

  it('name the rules that nobody can decide here: none passes in silence', async () => {
    const folder = folders.create({
      'policy.yaml': `${head('ClusterAgentPolicy', 'people')}spec:
  require: {provenance: true}
  rules: [{name: only-ann, expression: "request.userInfo.username == 'ann'", kinds: [Agent]}]
`,
      'agents.yaml': [agent('one', 'shell'), agent('two', 'shell')].join('---\n'),
    });
    const run = async (format: string) => (await folder.run(['policy', 'check', '.', '-o', format])).out;
    const who = '[people/only-ann] is not decided here: it looks at who asks, which is not known here (2 objects)';
    const commit =
      '[people/require.provenance] is not decided here: which commit it comes from is known when it is applied (2 objects)';
    assert.equal(await run('text'), `${commit}\n${who}\n3 judged: 0 errors, 0 warnings, 0 notices\n`);
    const told = [
      {
        rule: 'people/require.provenance',
        reason: 'which commit it comes from is known when it is applied',
        objects: 2,
      },
      { rule: 'people/only-ann', reason: 'it looks at who asks, which is not known here', objects: 2 },
    ];
    assert.deepEqual(JSON.parse(await run('json')).notEvaluable, told);
    assert.deepEqual(parse(await run('yaml')).notEvaluable, told);
    const [{ invocations }] = JSON.parse(await run('sarif')).runs;
    assert.deepEqual(
      invocations[0].toolExecutionNotifications.map(({ message }: { message: { text: string } }) => message.text),
      [commit, who],
    );
    assert.match(
      await run('junit'),
      /tests="3" failures="0"[\s\S]*<skipped message="\[people\/only-ann\] is not decided/,
    );
    assert.match(
      await run('github'),
      /^::notice title=people\/only-ann::\[people\/only-ann\] is not decided here: it looks at/m,
    );
    assert.match(await run('markdown'), /Not decided here:\n\n- \\\[people\/require.provenance/);
  });

  it('fit a comment, whatever users call their things', async () => {
    const many = folders.create({ 'policy.yaml': POLICY });
    const one = await many.run(['policy', 'check', '.', '-o', 'markdown']);
    assert.match(one.out, /^### KubeChain policy check: passed\n\n1 object judged: 0 errors/);
    for (let i = 0; i < 400; i++) many.write({ [`agent-${i}.yaml`]: agent(`bot-${i}`, 'shell') });
    const { out } = await many.run(['policy', 'check', '.', '-o', 'markdown']);
    assert.match(out, /^### KubeChain policy check: refused\n\n401 objects judged: 400 errors/);
    assert.ok(out.length < 65_536);
    assert.match(out, /… and \d+ more\.\n$/);
    const said = render(
      {
        command: 'lint',
        judged: 1,
        excepted: 0,
        findings: [
          {
            level: 'error',
            file: 'a`b|c.yaml',
            line: 1,
            column: 1,
            object: '@everyone <img src=x>',
            rule: 'x',
            field: 'spec',
            pointer: '/spec',
            message: 'see [here](https://evil.example) | <script>\n# big',
            severity: 'high',
            docs: 'javascript:alert(1)',
          },
        ],
      },
      'markdown',
      createStyle({ write: () => true }, {}),
    );
    const row = said.split('\n').find((line) => line.includes('evil')) ?? '';
    assert.doesNotMatch(row, /<script>|(?<!\\)@everyone|<img|\]\(https|javascript:/);
    assert.equal(row.replaceAll('\\|', '').split('|').length, 7);
  });

  it('go into a file where that is asked for, without colour; colour is for terminals', async () => {
    const folder = broken();
    const { out, code } = await folder.run(['policy', 'check', '.', '--output-file', 'report.txt']);
    assert.deepEqual([out, code], ['', 1]);
    assert.match(readFileSync(join(folder.path, 'report.txt'), 'utf8'), /^teams\/a b#\.yaml:8:13: error: \[production/);
    const nowhere = await folder.run(['policy', 'check', '.', '--output-file', 'no/such/folder.txt']);
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.err, /--output-file no\/such\/folder\.txt: cannot be written/);
    const finding = {
      level: 'error',
      file: 'a',
      line: 1,
      column: 2,
      object: 'o\u001b[2J',
      rule: 'r',
      field: '',
      pointer: '',
      message: 'm',
      severity: 'high',
    } as const;
    const report = { command: 'lint', judged: 1, excepted: 0, findings: [finding] };
    const tty = render(report, 'text', createStyle({ write: () => true, isTTY: true }, {}));
    assert.ok(tty.includes('\u001b[31merror:'));
    for (const format of FORMATS) {
      const plain = render(report, format, createStyle({ write: () => true }, {}));
      assert.ok(!plain.includes('\u001b'), format);
    }
  });

  it('fail on warnings where that is asked for', async () => {
    const folder = folders.create({
      'policy.yaml': POLICY.replace('spec:', 'spec:\n  mode: Warn'),
      'agent.yaml': agent('bot', 'shell'),
    });
    assert.equal((await folder.run(['policy', 'check', '.'])).code, 0);
    assert.equal((await folder.run(['policy', 'check', '.', '--fail-on', 'warn'])).code, 4);
  });
});

describe('files with manifests', () => {
  const folders = createFolders();
  after(() => folders.remove());

  it('are found by folder, glob and name, each once; links are followed within the folder and never in circles', async () => {
    const folder = folders.create({
      'policy.yaml': POLICY,
      'a/one.yaml': agent('one', 'shell'),
      'a/b/two.yml': agent('two', 'shell'),
      'a/.hidden/three.yaml': agent('three', 'shell'),
      'a/node_modules/four.yaml': agent('four', 'shell'),
      'a/notes.txt': 'a: [',
      'outside.yaml': agent('outside', 'shell'),
    });
    symlinkSync('..', join(folder.path, 'a/b/up'));
    symlinkSync('self.yaml', join(folder.path, 'a/self.yaml'));
    symlinkSync('../outside.yaml', join(folder.path, 'a/out.yaml'));
    symlinkSync('one.yaml', join(folder.path, 'a/link.yaml'));
    const files = async (...paths: string[]) => {
      const { out } = await folder.run(['policy', 'check', ...paths, '--policies', 'policy.yaml', '-o', 'json']);
      return JSON.parse(out).findings.map(({ file }: { file: string }) => file);
    };
    assert.deepEqual(await files('a'), ['a/b/two.yml', 'a/link.yaml']);
    assert.deepEqual(await files('a', 'a/one.yaml'), ['a/b/two.yml', 'a/link.yaml']);
    assert.deepEqual(await files('a/**/t*.yml'), ['a/b/two.yml']);
    assert.deepEqual(await files('a/o*.yaml'), ['a/one.yaml', 'a/out.yaml']);
    const repository = folders.create({ '.git/HEAD': '', 'policy.yaml': POLICY, 'one.yaml': agent('one', 'shell') });
    symlinkSync(join(folder.path, 'outside.yaml'), join(repository.path, 'out.yaml'));
    const { out } = await repository.run(['policy', 'check', 'o*.yaml', '--policies', 'policy.yaml']);
    assert.deepEqual(out.match(/^[a-z]+\.yaml/gm), ['one.yaml'], 'no pattern leads out of a repository');
    const none = await folder.run(['policy', 'check', 'b*.yaml']);
    assert.deepEqual([none.code, /b\*\.yaml:1:1: error: \[syntax\] matches no file/.test(none.out)], [2, true]);
  });

  it('are found by patterns in bounded time, whatever the pattern: it may come from the suite of a pull request', async () => {
    const suite = (pattern: string) => `apiVersion: cli.kubechain.humanlayer.dev/v1alpha1
kind: PolicyTest
metadata: {name: t}
policies: [${JSON.stringify(pattern)}]
cases: [{name: c, agent: a, tool: builtin/add, expect: deny}]
`;
    const folder = folders.create({
      'a.yaml': POLICY,
      'b/c.yaml': agent('one', 'shell'),
      'b/.d/e.yaml': agent('two', 'shell'),
      [`${'a'.repeat(40)}.yaml`]: '{}',
    });
    const cases: [pattern: string, said: RegExp][] = [
      [`${'{a,b}'.repeat(25)}.yaml`, /stands for more than 256 patterns: write fewer \{ \}/],
      [`${'*a'.repeat(25)}*b.yaml`, /matches no file/],
      [`${'**/'.repeat(100)}x`, /matches no file/],
      [`${'**/*/'.repeat(20)}x.yaml`, /matches no file/],
      ['+(+(a))+(b)*.yaml', /has a parenthesis: only \*, \*\*, \?, \[a-z\] and \{a,b\} are understood/],
      ['*/../../etc/passwd', /has \.\. behind a wildcard: begin with it/],
      ['[z-a].yaml', /has "\[z-a\]\.yaml", which is no pattern/],
    ];
    for (const [pattern, said] of cases) {
      folder.write({ 'kubechain-test.yaml': suite(pattern) });
      const spent = processorTime();
      const { code, err } = await folder.run(['policy', 'test', 'kubechain-test.yaml']);
      assert.ok(spent() < 5000, pattern);
      assert.equal(code, 2);
      assert.match(err, said);
    }
    const judged = async (pattern: string) =>
      (await folder.run(['policy', 'check', pattern])).out.match(/(\d+) judged/)?.[1];
    for (const pattern of [
      'b/*',
      '*/c.yaml',
      '**/c.y?ml',
      '{b,x}/[a-c].{yaml,yml}',
      './b/*.yaml',
      `${folder.path}/*/c.yaml`,
    ])
      assert.equal(await judged(pattern), '1', pattern);
    assert.equal(await judged('**/*.yaml'), '2', 'hidden folders are left out');
    assert.equal(await judged('b/.*/*.yaml'), '1', 'unless they are asked for');
  });

  it('may be hostile: each is refused with its place, in bounded time, and stops nothing else', async () => {
    const folder = folders.create({
      'policy.yaml': POLICY,
      'good.yaml': agent('good', 'shell'),
      'latin1.yaml': new Uint8Array([0x61, 0x3a, 0x20, 0xe9, 0x0a]),
      'utf16.yaml': new Uint8Array([0xff, 0xfe, 0x61, 0x00]),
      'deep.yaml': `a: ${'['.repeat(20_000)}`,
      'nested.yaml': `a: ${'['.repeat(300)}${']'.repeat(300)}`,
      'large.yaml': `# ${'x'.repeat(9 * 1024 * 1024)}`,
      'twice.yaml': 'kind: Agent\nmetadata: {name: a}\nkind: Tool\n',
      'many.yaml': `a: {${Array.from({ length: 10_000 }, (_, i) => `k${i}: 1`).join(', ')}}`,
    });
    const { code, out } = await folder.run(['policy', 'check', '.']);
    assert.equal(code, 2);
    assert.match(out, /^good\.yaml:8:13: error: \[production/m);
    assert.match(out, /^latin1\.yaml:1:1: error: \[syntax\] is not UTF-8/m);
    assert.match(out, /^utf16\.yaml:1:1: error: \[syntax\] is not UTF-8/m);
    assert.match(out, /^deep\.yaml:\d+:\d+: error: \[syntax\] is nested too deep/m);
    assert.match(out, /^nested\.yaml:\d+:\d+: error: \[syntax\] is nested too deep/m);
    assert.match(out, /^large\.yaml:1:1: error: \[syntax\] is \d+ bytes long/m);
    assert.match(out, /^twice\.yaml:3:1: error: \[syntax\] has the key "kind" twice/m);
    assert.doesNotMatch(out, /many\.yaml/);
  });

  it('cannot pollute prototypes', () => {
    const { manifests } = parseManifests({
      file: 'a',
      text: 'kind: Agent\n__proto__: {polluted: yes}\nmetadata: {__proto__: {polluted: yes}, name: constructor}\n',
    });
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    assert.equal((manifests[0]!.object as { polluted?: unknown }).polluted, undefined);
    assert.ok(Object.hasOwn(manifests[0]?.object.metadata ?? {}, '__proto__'));
  });

  it('are read as kubectl reads them, and every value is found again', () => {
    const [manifest, second] = parseManifests({
      file: 'a',
      text: [
        'kind: List',
        'items:',
        '- &base',
        '  kind: Tool',
        '  metadata: {name: a, labels: {app.kubernetes.io/name: x}}',
        '  spec: {readOnly: yes, when: 2026-01-01}',
        '- <<: *base',
        '  kind: Agent',
      ].join('\n'),
    }).manifests;
    assert.deepEqual(manifest?.object.spec, { readOnly: true, when: '2026-01-01' });
    assert.equal(second?.object.kind, 'Agent');
    assert.deepEqual(manifest?.position('metadata.labels[app.kubernetes.io/name]'), { line: 5, column: 56 });
    assert.deepEqual(manifest?.position('metadata.labels["app.kubernetes.io/name"]'), { line: 5, column: 56 });
    assert.deepEqual(manifest?.position('spec.missing.deeper'), { line: 6, column: 3 });
    assert.deepEqual(second?.position('spec.readOnly'), { line: 6, column: 20 });
    assert.deepEqual(second?.position(''), { line: 7, column: 3 });
  });
});

describe('kubechain policy check --base', () => {
  const folders = createFolders();
  after(() => folders.remove());

  function repository() {
    const folder = folders.create({
      'policy.yaml': POLICY,
      'other.yaml': `${head('ClusterAgentPolicy', 'other')}spec: {match: {agents: [two]}, prompts: {maxBytes: 5}}\n`,
      'one.yaml': agent('one', 'shell'),
      'two.yaml': agent('two', 'shell'),
      'llm.yaml': `${head('LLM', 'gpt')}spec: {provider: openai, apiKeyFrom: {secretKeyRef: {name: k, key: k}}}\n`,
    });
    folder.git('init', '-q', '-b', 'main');
    folder.git('add', '.');
    folder.git('commit', '-qm', 'start');
    folder.git('checkout', '-qb', 'change');
    const rules = async () => {
      const { out, code, err } = await folder.run(['policy', 'check', '.', '--base', 'main', '-o', 'json']);
      const { findings, judged } = JSON.parse(out);
      return {
        code,
        err,
        judged,
        said: findings.map((each: { file: string; rule: string }) => `${each.file} ${each.rule}`),
      };
    };
    return { folder, rules };
  }

  it('reports what has changed, committed or not, with all files as context', async () => {
    const { folder, rules } = repository();
    assert.deepEqual(await rules(), {
      code: 5,
      err: 'kubechain: nothing to check: no object of ours has changed since main\n',
      judged: 0,
      said: [],
    });
    folder.write({ 'one.yaml': agent('one', 'exec'), 'new.yaml': agent('new', 'exec') });
    assert.deepEqual((await rules()).said, ['new.yaml production/defaultAction', 'one.yaml production/defaultAction']);
    folder.git('add', '.');
    folder.git('commit', '-qm', 'change');
    assert.deepEqual((await rules()).said, ['new.yaml production/defaultAction', 'one.yaml production/defaultAction']);
    // What came to the base meanwhile is not of this branch.
    folder.git('checkout', '-q', 'main');
    folder.write({ 'two.yaml': agent('two', 'exec') });
    folder.git('commit', '-qam', 'elsewhere');
    folder.git('checkout', '-q', 'change');
    assert.equal((await rules()).said.length, 2);
  });

  it('takes what a changed policy matches, and what a changed object is used by, for changed', async () => {
    const { folder, rules } = repository();
    folder.write({
      'other.yaml': `${head('ClusterAgentPolicy', 'other')}spec: {match: {agents: [two]}, prompts: {maxBytes: 4}}\n`,
    });
    assert.deepEqual((await rules()).said, ['two.yaml other/prompts.maxBytes']);
    folder.git('checkout', '-q', '.');
    folder.write({
      'llm.yaml': `${head('LLM', 'gpt')}spec: {provider: openai, apiKeyFrom: {secretKeyRef: {name: other, key: k}}}\n`,
    });
    assert.deepEqual((await rules()).said, [
      'one.yaml production/defaultAction',
      'two.yaml other/prompts.maxBytes',
      'two.yaml production/defaultAction',
    ]);
  });

  it('looks at everything again when an exception is taken away', async () => {
    const { folder, rules } = repository();
    folder.write({ 'exception.yaml': `${head('AgentPolicyException', 'e')}spec: {policies: []}\n` });
    folder.git('add', '.');
    folder.git('commit', '-qm', 'exception');
    folder.git('branch', '-f', 'main');
    assert.deepEqual((await rules()).said, []);
    folder.git('rm', '-q', 'exception.yaml');
    assert.equal((await rules()).said.length, 3);
  });

  it('says what is wrong with the base', async () => {
    const { folder } = repository();
    for (const ref of ['nowhere', '--output=x', '']) {
      const { code, err } = await folder.run(['policy', 'check', '.', `--base=${ref}`]);
      assert.equal(code, 2, ref);
      assert.match(err, /there is no such commit; fetch it first/);
    }
    const elsewhere = folders.create({ 'policy.yaml': POLICY });
    assert.match((await elsewhere.run(['policy', 'check', '.', '--base', 'main'])).err, /is no git repository/);
  });
});

describe('kubechain policy check --namespace-labels', () => {
  const folders = createFolders();
  after(() => folders.remove());

  it('tells namespaces apart by labels, from a map or from Namespaces', async () => {
    const policy = POLICY.replace('spec:', 'spec:\n  match: {namespaceSelector: {matchLabels: {env: prod}}}');
    const folder = folders.create({
      'policy.yaml': policy,
      'agent.yaml': agent('bot', 'shell'),
      'map.yaml': 'default: {env: dev}\n',
      'list.yaml':
        'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {env: prod}}}\n',
      'bad.yaml': 'default: {env: yes}\n',
    });
    const code = async (...args: string[]) =>
      (await folder.run(['policy', 'check', 'agent.yaml', '--policies', 'policy.yaml', ...args])).code;
    assert.equal(await code(), 1);
    assert.equal(await code('--namespace-labels', 'map.yaml'), 0);
    assert.equal(await code('--namespace-labels', 'list.yaml'), 1);
    assert.equal(await code('--namespace-labels', 'map.yaml', '-n', 'other'), 1);
    assert.equal(await code('--namespace-labels', 'bad.yaml'), 2);
    assert.equal(await code('--namespace-labels', 'none.yaml'), 2);
  });
});
