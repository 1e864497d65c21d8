import assert from 'node:assert/strict';
import { installUvx } from '../support/uv.ts';
import { assertDescribes, startPage, startTutorial, type Tutorial } from './support/tutorial.ts';

const QUESTION = 'What is the capital of the moon?';
const ANSWER =
  'The Moon does not have a capital. It is a natural satellite of Earth and lacks any governmental structure or human habitation that would necessitate a capital city.';
const PAGE = 'The fastest and most scalable cloud databases';

const applyAgent = (more = ''): string => `cat <<EOF | kubectl apply -f -
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Agent
metadata:
  name: my-assistant
spec:
  llmRef:
    name: gpt-4o
  system: |
    You are a helpful assistant. Your job is to help the user with their tasks.
${more}EOF`;

/** The tutorial of the documentation, typed as it stands there; each `it` goes on where the one before ended. */
describe('Getting Started with kubectl', function () {
  this.timeout(120_000);
  let tutorial: Tutorial;
  let page: Awaited<ReturnType<typeof startPage>>;
  const path = process.env.PATH;
  let installing: ReturnType<typeof installUvx>;
  before(async () => {
    // Most of it is waiting for PyPI, which the other steps need not.
    installing = installUvx();
    page = await startPage(PAGE);
    tutorial = await startTutorial({
      // The question is about a site on the internet; the page that is fetched is on this machine.
      rules: [
        {
          when: { user: 'planetscale.com', turn: 1 },
          toolCalls: [{ name: 'fetch__fetch', arguments: { url: page.url } }],
        },
      ],
    });
  });
  after(async () => {
    process.env.PATH = path;
    await tutorial?.[Symbol.asyncDispose]();
    await page?.close();
  });

  it('a key as a Secret', async () => {
    assert.equal(
      await tutorial.type(`kubectl create secret generic openai \\
  --from-literal=OPENAI_API_KEY=$OPENAI_API_KEY \\
  --namespace=default`),
      'secret/openai created\n',
    );
  });

  it('an LLM', async () => {
    const { type, typeUntil, table } = tutorial;
    const applied = await type(`cat <<EOF | kubectl apply -f -
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: LLM
metadata:
  name: gpt-4o
spec:
  provider: openai
  apiKeyFrom:
    secretKeyRef:
      name: openai
      key: OPENAI_API_KEY
EOF`);
    assert.equal(applied, 'llm.kubechain.humanlayer.dev/gpt-4o created\n');
    assert.deepEqual(await table('kubectl get llm', /Ready\n/), [
      { NAME: 'gpt-4o', PROVIDER: 'openai', READY: 'true', STATUS: 'Ready' },
    ]);
    assert.deepEqual(await table('kubectl get llm -o wide', /Ready/), [
      {
        NAME: 'gpt-4o',
        PROVIDER: 'openai',
        READY: 'true',
        STATUS: 'Ready',
        DETAIL: 'OpenAI API key validated successfully',
      },
    ]);
    assertDescribes(await typeUntil('kubectl describe llm', /ValidationSucceeded/), [
      'Name: gpt-4o',
      `Namespace: ${tutorial.namespace}`,
      'Labels: <none>',
      'Annotations: <none>',
      'API Version: kubechain.humanlayer.dev/v1alpha1',
      'Kind: LLM',
      'Metadata:',
      'Spec:',
      'API Key From:',
      'Secret Key Ref:',
      'Key: OPENAI_API_KEY',
      'Name: openai',
      'Provider: openai',
      'Status:',
      'Ready: true',
      'Status: Ready',
      'Status Detail: OpenAI API key validated successfully',
      'Events:',
      'Type Reason Age From Message',
      'Normal ValidationSucceeded <age> llm-controller OpenAI API key validated successfully',
    ]);
  });

  it('an agent', async () => {
    const { type, typeUntil, table } = tutorial;
    assert.equal(await type(applyAgent()), 'agent.kubechain.humanlayer.dev/my-assistant created\n');
    assert.deepEqual(await table('kubectl get agent', /Ready\n/), [
      { NAME: 'my-assistant', READY: 'true', STATUS: 'Ready' },
    ]);
    assert.deepEqual(await table('kubectl get agent -o wide', /Ready/), [
      { NAME: 'my-assistant', READY: 'true', STATUS: 'Ready', DETAIL: 'All dependencies validated successfully' },
    ]);
    assertDescribes(await typeUntil('kubectl describe agent', /ValidationSucceeded/), [
      'Name: my-assistant',
      'API Version: kubechain.humanlayer.dev/v1alpha1',
      'Kind: Agent',
      'Generation: 1',
      'Llm Ref:',
      'Name: gpt-4o',
      'System: You are a helpful assistant. Your job is to help the user with their tasks.',
      'Status:',
      'Ready: true',
      'Status: Ready',
      'Status Detail: All dependencies validated successfully',
      'Events:',
      'Normal Initializing <age> agent-controller Starting validation',
      'Normal ValidationSucceeded <age> agent-controller All dependencies validated successfully',
    ]);
  });

  it('a task', async () => {
    const { type, typeUntil, table } = tutorial;
    const applied = await type(`cat <<EOF | kubectl apply -f -
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Task
metadata:
  name: hello-world-task
spec:
  agentRef:
    name: my-assistant
  message: "${QUESTION}"
EOF`);
    assert.equal(applied, 'task.kubechain.humanlayer.dev/hello-world-task created\n');
    const short = {
      NAME: 'hello-world-task',
      READY: 'true',
      STATUS: 'Ready',
      AGENT: 'my-assistant',
      MESSAGE: QUESTION,
    };
    assert.deepEqual(await table('kubectl get task', /Ready /), [short]);
    const { NAME, READY, STATUS, AGENT, MESSAGE } = short;
    assert.deepEqual(await table('kubectl get task -o wide', /The Moon/), [
      { NAME, READY, STATUS, DETAIL: 'Task Run Created', AGENT, MESSAGE, OUTPUT: ANSWER },
    ]);
    assertDescribes(await typeUntil('kubectl describe task', /TaskRunCreated/), [
      'Name: hello-world-task',
      'Kind: Task',
      'Generation: 1',
      'Agent Ref:',
      'Name: my-assistant',
      `Message: ${QUESTION}`,
      'Status:',
      'Ready: true',
      'Status: Ready',
      'Status Detail: Task Run Created',
      'Events:',
      'Normal Initializing <age> task-controller Starting validation',
      'Normal TaskRunCreated <age> task-controller Created TaskRun hello-world-task-1',
    ]);
  });

  it('its run and the answer', async () => {
    const { type, typeUntil, table } = tutorial;
    assert.deepEqual(await table('kubectl get taskrun', /FinalAnswer/), [
      {
        NAME: 'hello-world-task-1',
        READY: 'true',
        STATUS: 'Ready',
        PHASE: 'FinalAnswer',
        TASK: 'hello-world-task',
        PREVIEW: QUESTION,
        OUTPUT: ANSWER,
      },
    ]);
    assert.equal(await type("kubectl get taskrun -o jsonpath='{.items[*].status.output}'"), ANSWER);
    assertDescribes(await typeUntil('kubectl describe taskrun', /LLMFinalAnswer/), [
      'Name: hello-world-task-1',
      'Labels: kubechain.humanlayer.dev/task=hello-world-task',
      'Annotations: <none>',
      'Kind: TaskRun',
      'Generation: 1',
      'Owner References:',
      'API Version: kubechain.humanlayer.dev/v1alpha1',
      'Controller: true',
      'Kind: Task',
      'Name: hello-world-task',
      'Task Ref:',
      'Name: hello-world-task',
      'Status:',
      'Context Window:',
      'Content: You are a helpful assistant. Your job is to help the user with their tasks.',
      'Role: system',
      `Content: ${QUESTION}`,
      'Role: user',
      `Content: ${ANSWER}`,
      'Role: assistant',
      `Output: ${ANSWER}`,
      'Phase: FinalAnswer',
      'Ready: true',
      'Status: Ready',
      'Status Detail: LLM final response received',
      'Events:',
      'Normal ValidationSucceeded <age> taskrun-controller Task validated successfully',
      'Normal LLMFinalAnswer <age> taskrun-controller LLM response received successfully',
    ]);
    const yaml = await type('kubectl get taskrun -o yaml');
    for (const line of [
      /^ {4}contextWindow:$/m,
      /^ {4}phase: FinalAnswer$/m,
      /^ {4}statusDetail: LLM final response received$/m,
    ]) {
      assert.match(yaml, line);
    }
  });

  it('the stream of events', async () => {
    // `--watch` ends with the reader's patience: what it has shown by then is what has happened.
    const happened = [
      ['llm/gpt-4o', 'ValidationSucceeded'],
      ['task/hello-world-task', 'TaskRunCreated'],
      ['taskrun/hello-world-task-1', 'LLMFinalAnswer'],
    ].map(([object, reason]) => `(?=[\\s\\S]*Normal +${reason} +${object} )`);
    const command = 'timeout 1 kubectl get events --watch || test $? -eq 124';
    await tutorial.typeUntil(command, new RegExp(`^${happened.join('')}`));
  });

  it('tools of an MCP server that uvx starts', async function () {
    const uvx = await installing;
    if ('reason' in uvx) {
      process.stderr.write(`      skipped: uvx mcp-server-fetch cannot be installed from PyPI here: ${uvx.reason}\n`);
      this.skip();
    }
    process.env.PATH = `${uvx.folder}:${path}`;
    const { type, typeUntil, table } = tutorial;
    const applied = await type(`cat <<EOF | kubectl apply -f -
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: MCPServer
metadata:
  name: fetch
spec:
  transport: "stdio"
  command: "uvx"
  args: ["mcp-server-fetch"]
EOF`);
    assert.equal(applied, 'mcpserver.kubechain.humanlayer.dev/fetch created\n');
    assert.deepEqual(await table('kubectl get mcpserver', /Ready\n/), [
      { NAME: 'fetch', READY: 'true', STATUS: 'Ready' },
    ]);
    assertDescribes(await typeUntil('kubectl describe mcpserver', /Normal +Connected/), [
      'Name: fetch',
      'Kind: MCPServer',
      'Spec:',
      'Args:',
      'mcp-server-fetch',
      'Command: uvx',
      'Transport: stdio',
      'Status:',
      'Connected: true',
      'Status: Ready',
      'Status Detail: Connected successfully with 1 tools',
      'Tools:',
      'Description: Fetches a URL from the internet and optionally extracts its contents as markdown.',
      'Input Schema:',
      'Properties:',
      'Required:',
      'url',
      'Type: object',
      'Name: fetch',
      'Events:',
      'Normal Connected <age> mcpserver-controller MCP server connected successfully',
    ]);
    const changed = await type(applyAgent('  mcpServers:\n    - name: fetch\n'));
    assert.equal(changed, 'agent.kubechain.humanlayer.dev/my-assistant configured\n');
    const created = await type(`cat <<EOF | kubectl apply -f -
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Task
metadata:
  name: fetch-task
spec:
  agentRef:
    name: my-assistant
  message: "What is on the front page of planetscale.com?"
EOF`);
    assert.equal(created, 'task.kubechain.humanlayer.dev/fetch-task created\n');
    const run = (await table('kubectl get taskrun fetch-task-1', /FinalAnswer|Failed/))[0];
    assert.equal(run?.PHASE, 'FinalAnswer');
    const output = await type("kubectl get taskrun fetch-task-1 -o jsonpath='{.status.output}'");
    assert.match(output, new RegExp(PAGE), 'the agent that was just changed has the tool');
    assert.deepEqual(parseCalls(await type('kubectl get taskruntoolcall')), [
      'Ready Succeeded fetch-task-1 fetch__fetch',
    ]);
  });

  it('cleaning up', async () => {
    const { type } = tutorial;
    const kinds = ['taskruntoolcall', 'taskrun', 'task', 'agent', 'mcpserver', 'llm'];
    for (const kind of kinds) await type(`kubectl delete ${kind} --all`);
    assert.equal(
      await type('kubectl delete secret openai'),
      `secret "openai" deleted from ${tutorial.namespace} namespace\n`,
    );
    for (const kind of kinds) assert.equal(await type(`kubectl get ${kind} -o name`), '', `a ${kind} is left`);
  });
});

/** `STATUS PHASE TASKRUN TOOL` of each row. */
function parseCalls(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/).slice(1).join(' '));
}
