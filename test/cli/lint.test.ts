import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'mocha';
import { createFolders, head } from './support/folder.ts';

const LLM = `${head('LLM', 'gpt')}spec: {provider: openai, parameters: {model: gpt-4o}, apiKeyFrom: {secretKeyRef: {name: k, key: k}}}\n`;
const AGENT = `${head('Agent', 'bot')}spec:
  llmRef: {name: gpt}
  system: You bill.
  tools: [{name: add}]
  mcpServers: [{name: fetch}]
`;
const TOOL = `${head('Tool', 'add')}spec: {execute: {builtin: {name: add}}}\n`;
const SERVER = `${head('MCPServer', 'fetch')}spec: {transport: stdio, command: uvx, args: ["mcp-server-fetch==1.2.3"]}\n`;
const TASK = `${head('Task', 'work')}spec: {agentRef: {name: bot}, message: Work.}\n`;
const GOOD = { 'llm.yaml': LLM, 'agent.yaml': AGENT, 'tool.yaml': TOOL, 'server.yaml': SERVER, 'task.yaml': TASK };

/** A user whom nothing belongs to. */
const NOBODY = 65_534;

describe('kubechain lint', () => {
  const folders = createFolders();
  after(() => folders.remove());

  async function lint(files: Record<string, string>, ...args: string[]) {
    return folders.create({ ...GOOD, ...files }).run(['lint', '.', ...args]);
  }

  it('has nothing to say against what is fine', async () => {
    assert.deepEqual(await lint({}), { code: 0, out: '5 judged: 0 errors, 0 warnings, 0 notices\n', err: '' });
  });

  const CASES: readonly (readonly [what: string, files: Record<string, string>, said: RegExp])[] = [
    [
      'an unknown field, with what is meant',
      { 'agent.yaml': AGENT.replace('llmRef', 'llmref') },
      /^agent\.yaml:5:11: error: \[schema\] Agent default\/bot: spec\.llmref: unknown field: it would be dropped; is llmRef meant\?$/m,
    ],
    [
      'a rule of the CRD',
      { 'server.yaml': SERVER.replace('command: uvx, ', '') },
      /^server\.yaml:4:\d+: error: \[schema\] .*spec\.command: Required value: transport stdio needs command/m,
    ],
    [
      'an expectation that no answer could be judged by',
      { 'task.yaml': TASK.replace('Work.}', 'Work., expect: [{cel: answer == ""}]}') },
      /^task\.yaml:4:\d+: error: \[schema\] .*spec\.expect\[0\]\.cel: undeclared reference to 'answer'.*fix: write a condition over `output`/m,
    ],
    [
      'a text that YAML reads as something else, with the quotes that are missing',
      { 'agent.yaml': AGENT.replace('You bill.', 'yes') },
      /^agent\.yaml:6:11: error: \[schema\] .*spec\.system in body must be of type string: "boolean"; fix: put it in quotes, "yes"$/m,
    ],
    [
      'a label that is no text',
      { 'llm.yaml': LLM.replace('name: gpt}', 'name: gpt, labels: {version: 1.10}}') },
      /^llm\.yaml:3:\d+: error: \[schema\] .*metadata\.labels\[version\]: must be of type string: "number"; fix: put it in quotes, "1\.10"$/m,
    ],
    [
      'a word that is no text where any value may stand',
      { 'tool.yaml': `${TOOL.trimEnd().slice(0, -1)}, parameters: {type: object, properties: {a: {enum: [no]}}}}\n` },
      /^tool\.yaml:4:\d+: notice: \[yaml\] Tool default\/add: no is read as false; fix: write false, or "no" where the text is meant$/m,
    ],
    [
      'a key that is none',
      {
        'tool.yaml': `${TOOL.trimEnd().slice(0, -1)}, parameters: {type: object, properties: {n: {type: integer}}}}\n`,
      },
      /^tool\.yaml:4:\d+: notice: \[yaml\] Tool default\/add: n is read as the key "false"; fix: put it in quotes$/m,
    ],
    [
      'a kind that there is not',
      { 'x.yaml': head('Agnt', 'x') },
      /x\.yaml:2:7: error: \[schema\] .*"Agnt" is no kind of .*; is Agent meant\?/,
    ],
    [
      'a version that there is not',
      { 'x.yaml': head('Agent', 'x').replace('v1alpha1', 'v1') },
      /x\.yaml:1:13: error: \[schema\] .*there is no version "v1": write kubechain\.humanlayer\.dev\/v1alpha1/,
    ],
    [
      'no name',
      { 'x.yaml': LLM.replace('name: gpt', 'labels: {}') },
      /x\.yaml:3:1: error: \[name\] LLM default\/: metadata\.name: is required/,
    ],
    [
      'a name that is none',
      { 'x.yaml': TASK.replace('name: work', 'name: Work_1') },
      /x\.yaml:3:18: error: \[name\] .*"Work_1": .*lower case/,
    ],
    [
      'a reference to nothing, with what is meant',
      { 'agent.yaml': AGENT.replace('name: gpt', 'name: gpt4') },
      /^agent\.yaml:5:18: error: \[reference\] Agent default\/bot: spec\.llmRef\.name: there is no LLM default\/gpt4 in these files; is gpt meant\?; .*--assume LLM\/gpt4$/m,
    ],
    [
      'a reference into another namespace',
      { 'llm.yaml': LLM.replace('name: gpt}', 'name: gpt, namespace: other}') },
      /spec\.llmRef\.name: .*there is one in namespace other/,
    ],
    [
      'a Task of an Agent that is not there',
      { 'task.yaml': TASK.replace('name: bot', 'name: nobody') },
      /task\.yaml:4:\d+: error: \[reference\] Task default\/work: spec\.agentRef\.name/,
    ],
    [
      'a contact channel that is not there',
      { 'server.yaml': SERVER.replace('spec: {', 'spec: {approvalContactChannel: {name: ops}, ') },
      /error: \[reference\] MCPServer .*ContactChannel default\/ops/,
    ],
    [
      'delegation in circles',
      {
        'agent.yaml': AGENT.replace('{name: add}', '{name: self}'),
        'tool.yaml': `${head('Tool', 'self')}spec: {agentRef: {name: bot}}\n`,
      },
      /tool\.yaml:4:25: error: \[cycle\] Tool default\/self: spec\.agentRef\.name: delegation would never end: agent bot → tool self → agent bot/,
    ],
    [
      'tools that the model cannot tell apart',
      {
        'agent.yaml': AGENT.replace('{name: add}', '{name: add}, {name: plus}'),
        'plus.yaml': TOOL.replace('name: add', 'name: plus').replace('spec: {', 'spec: {name: add, '),
      },
      /agent\.yaml:7:10: error: \[clash\] .*"add" and "plus" both call themselves "add"/,
    ],
    [
      'one object in two files',
      { 'z.yaml': TASK },
      /z\.yaml:3:18: error: \[duplicate\] .*task\.yaml:3 has a Task default\/work, too/,
    ],
    [
      'a JSON Schema that is none',
      { 'tool.yaml': TOOL.replace('spec: {', 'spec: {parameters: {type: objekt}, ') },
      /tool\.yaml:4:\d+: error: \[schema\] Tool .*spec\.parameters: .*JSON Schema/,
    ],
    [
      'a password in a URL',
      { 'server.yaml': `${head('MCPServer', 'fetch')}spec: {transport: http, url: "https://u:p@x.example/"}\n` },
      /error: \[schema\] MCPServer .*spec\.url: has a user or a password/,
    ],
    [
      'a broken policy',
      { 'p.yaml': `${head('ClusterAgentPolicy', 'p')}spec: {tools: {deny: [shell]}}\n` },
      /p\.yaml:4:23: error: \[policy\] .*spec\.tools\.deny\[0\]: "shell" has no slash/,
    ],
    [
      'a policy that limits nothing',
      { 'p.yaml': `${head('ClusterAgentPolicy', 'p')}spec: {tools: {allow: ["a/*"]}}\n` },
      /p\.yaml:4:\d+: warning: \[policy\] .*limits nothing/,
    ],
    [
      'an exception that counts for nothing',
      {
        'e.yaml': `${head('AgentPolicyException', 'e')}spec: {policies: [{kind: ClusterAgentPolicy, name: p, rules: [r]}], objects: [{kind: Agent, name: bot}], reason: r, expiresAt: "2020-01-01T00:00:00Z"}\n`,
      },
      /warning: \[exception\] .*counts for nothing: expired/,
    ],
    [
      'a secret where everybody reads it',
      { 'server.yaml': SERVER.replace('spec: {', 'spec: {env: [{name: GITHUB_TOKEN, value: abc}], ') },
      /warning: \[secret\] .*spec\.env\[0\]\.value: looks like the value of GITHUB_TOKEN/,
    ],
    [
      'a field that another is to be preferred to',
      { 'llm.yaml': LLM.replace('spec: {', 'spec: {temperature: "0", ') },
      /warning: \[deprecated\] .*write spec\.parameters\.temperature/,
    ],
    [
      'a version that is not said',
      { 'server.yaml': SERVER.replace('==1.2.3', '') },
      /notice: \[unpinned\] .*uvx runs whatever version of "mcp-server-fetch"/,
    ],
    [
      'a key sent in the clear',
      { 'llm.yaml': LLM.replace('model: gpt-4o', 'model: x, baseUrl: "http://llm.example.com/v1"') },
      /warning: \[plaintext\] .*sends the API key to llm\.example\.com unencrypted/,
    ],
    [
      'a record that the operator makes',
      {
        'r.yaml': `${head('ContextPage', 'r')}spec: {taskRunRef: {name: x}, index: 1, firstMessage: 0, messages: []}\n`,
      },
      /warning: \[record\] /,
    ],
    [
      'a kind that is misspelt',
      { 'task.yaml': TASK.replace('Task', 'Taks') },
      /^task\.yaml:2:7: error: \[schema\] Taks default\/work: kind: "Taks" is no kind of kubechain\.humanlayer\.dev; is Task meant\?$/m,
    ],
    [
      'a kind that is missing',
      { 'task.yaml': TASK.replace('kind: Task\n', '') },
      /^task\.yaml:1:1: error: \[schema\] default\/work: kind: is required: one of LLM, /m,
    ],
    [
      'an object of ours without apiVersion',
      { 'task.yaml': TASK.replace(/^apiVersion.*\n/, '') },
      /^task\.yaml:1:1: error: \[schema\] Task default\/work: apiVersion: is required: write kubechain\.humanlayer\.dev\/v1alpha1$/m,
    ],
    [
      'another apiVersion than ours, also of a policy',
      {
        'p.yaml': `${head('AgentPolicy', 'p').replace('humanlayer.dev', 'humanlayer.com')}spec: {tools: {deny: ["x/*"]}}\n`,
      },
      /^p\.yaml:1:13: error: \[schema\] AgentPolicy default\/p: apiVersion: "kubechain\.humanlayer\.com\/v1alpha1" has no AgentPolicy: write /m,
    ],
    [
      'a name where a reference belongs',
      { 'task.yaml': TASK.replace('{name: bot}', 'bot') },
      /^task\.yaml:4:\d+: error: \[schema\] .*spec\.agentRef: .*must be of type object: "string"; fix: write \{name: "bot"\}$/m,
    ],
    [
      'a number in quotes',
      { 'agent.yaml': `${AGENT}  maxTurns: "3"\n` },
      /^agent\.yaml:9:13: error: \[schema\] .*spec\.maxTurns: .*must be of type integer: "string"; fix: write 3, without quotes$/m,
    ],
    [
      'a text where a number belongs',
      { 'agent.yaml': `${AGENT}  maxTurns: few\n` },
      /^agent\.yaml:9:13: error: \[schema\] .*must be of type integer: "string"; it is "few"$/m,
    ],
    [
      'what nobody uses',
      { 'u.yaml': TOOL.replace('name: add', 'name: unused') },
      /notice: \[unused\] Tool default\/unused/,
    ],
  ];
  for (const [what, files, said] of CASES) {
    it(`tells of ${what}`, async () => {
      const { code, out } = await lint(files);
      assert.match(out, said);
      assert.equal(code, / error: /.test(out) ? 1 : 0);
    });
  }

  it('cannot read a merge that wins over what stands above it', async () => {
    const { code, out } = await lint({ 'x.yaml': `${head('Agent', 'x')}spec: {system: ours, <<: {system: theirs}}\n` });
    assert.equal(code, 2);
    assert.match(
      out,
      /^x\.yaml:4:\d+: error: \[syntax\] has << below "system", which kubectl takes from << then: put << first$/m,
    );
  });

  for (const [what, text, said] of [
    [
      'a tab',
      `kind: Task\nmetadata:\n\tname: x\n`,
      '3:1: .*Tabs are not allowed as indentation; fix: indent with spaces',
    ],
    ['a colon in a plain text', 'a: b: c\n', '1:4: .*; fix: put a text with ": " in it in quotes'],
    ['a quote that nothing closes', 'a: "b\n', '2:1: .*Missing closing "quote; fix: close what is open there'],
    [
      'an alias of nothing',
      'a: &b 1\nc: *d\n',
      '2:4: .*has the alias \\*d and no anchor &d before it; fix: write the value out',
    ],
  ] as const) {
    it(`cannot read ${what}, and says how to mend it`, async () => {
      const { code, out } = await lint({ 'x.yaml': text });
      assert.equal(code, 2);
      assert.match(out, new RegExp(`^x\\.yaml:${said}$`, 'm'));
    });
  }

  it('leaves kinds of others alone, whatever their names', async () => {
    const others = {
      'tekton.yaml': TASK.replace('kubechain.humanlayer.dev/v1alpha1', 'tekton.dev/v1'),
      'tasks.yaml': 'kind: Task\ndo: it\n',
    };
    assert.equal((await lint(others)).out, '5 judged: 0 errors, 0 warnings, 0 notices\n');
  });

  it('names what it may not read, and reads the rest', async () => {
    const folder = folders.create({ ...GOOD, 'closed/a.yaml': TOOL, 'secret.yaml': TOOL });
    // What reads is loaded before this process becomes somebody whom nothing lets.
    await folder.run(['lint', 'task.yaml']);
    chmodSync(folder.path, 0o755);
    chmodSync(dirname(folder.path), 0o755);
    chmodSync(join(folder.path, 'closed'), 0);
    chmodSync(join(folder.path, 'secret.yaml'), 0);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(NOBODY);
    let result: Awaited<ReturnType<typeof folder.run>>;
    try {
      result = await folder.run(['lint', '.']);
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(join(folder.path, 'closed'), 0o755);
    }
    assert.equal(result.code, 2);
    assert.match(result.out, /^closed:1:1: error: \[syntax\] cannot be read: permission denied$/m);
    assert.match(result.out, /^secret\.yaml:1:1: error: \[syntax\] cannot be read: permission denied$/m);
    assert.match(result.out, /^5 judged: 2 errors/m);
  });

  it('takes the word of its user for what the cluster has', async () => {
    const files = { 'llm.yaml': 'a: b\n' };
    assert.equal((await lint(files)).code, 1);
    assert.equal((await lint(files, '--assume', 'LLM/g*')).code, 0);
    assert.equal((await lint(files, '--assume', 'gpt')).code, 2);
  });

  it('reads the output of kustomize from standard input', async () => {
    const { code, out } = await folders
      .create({})
      .run(['lint', '-'], [LLM, AGENT, TOOL, SERVER, TASK.replace('bot', 'nobody')].join('---\n'));
    assert.equal(code, 1);
    assert.match(out, /^-:28:25: error: \[reference\] Task default\/work/m);
  });

  it('fails on warnings where that is asked for, and says when there was nothing', async () => {
    const old = { 'llm.yaml': LLM.replace('spec: {', 'spec: {temperature: "0", ') };
    assert.deepEqual([(await lint(old)).code, (await lint(old, '--fail-on', 'warn')).code], [0, 4]);
    const empty = await folders.create({ 'pod.yaml': 'kind: Pod\napiVersion: v1\n' }).run(['lint', '.']);
    assert.deepEqual([empty.code, empty.err], [5, 'kubechain: nothing to check: no object of ours in .\n']);
  });

  it('reports with --base what a change breaks, also where nothing was changed', async () => {
    const folder = folders.create({ ...GOOD, 'old.yaml': TASK.replace('work', 'old').replace('bot', 'gone') });
    folder.git('init', '-q', '-b', 'main');
    folder.git('add', '.');
    folder.git('commit', '-qm', 'start');
    const files = async () => {
      const { out } = await folder.run(['lint', '.', '--base', 'main', '-o', 'json']);
      return JSON.parse(out).findings.map(({ file, rule }: { file: string; rule: string }) => `${file} ${rule}`);
    };
    assert.deepEqual(await files(), []);
    folder.git('rm', '-q', 'llm.yaml');
    assert.deepEqual(await files(), ['agent.yaml reference']);
  });
});
