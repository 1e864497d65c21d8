import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agents, llms, STAMPS, taskRuns, taskRunToolCalls, tasks, tools } from '../../api/index.ts';
import { installCrds } from '../../cli/installCrds.ts';
import { startApiServer } from '../../devcluster/index.ts';
import { createKubeClient, type KubeClient, loadKubeConfig, systemClock } from '../../kube/index.ts';
import { kubechain, type Options, ROOT, startKubechain } from '../cli/support/kubechain.ts';
import { kubectlShell } from '../support/kubectl.ts';
import { type ModelServer, startModelServer } from '../support/modelServer.ts';
import { agent, llm, secrets, task, taskRun, tool } from '../support/objects.ts';
import { ended } from '../support/operator.ts';
import { testsRealServer } from '../support/server.ts';
import { find, until } from '../support/waiting.ts';

const MOON = /The Moon does not have a capital/;

describe('kubechain up', function () {
  this.timeout(120_000);
  let folder: string;
  let here: Options;
  const closing: (() => unknown)[] = [];

  before(function () {
    // It brings its own API server.
    if (testsRealServer) this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubechain-up-'));
    here = { cwd: folder, env: { HOME: folder } };
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  });

  const data = (...names: string[]): string => join(folder, '.kubechain', ...names);
  const connect = (): KubeClient => {
    const client = createKubeClient({
      kubeConfig: loadKubeConfig({ path: data('kubeconfig'), env: {} }),
      fieldManager: 'someone',
    });
    closing.push(() => client.close());
    return client;
  };
  /** Writes into the state that the next `up` finds, or looks into it. */
  const prepare = async (task: (client: KubeClient) => Promise<unknown>): Promise<void> => {
    const server = await startApiServer({ dataDir: data('apiserver'), kubeconfigPath: data('kubeconfig') });
    const client = connect();
    try {
      await installCrds(client, systemClock, new AbortController().signal);
      await task(client);
    } finally {
      await client.close();
      await server.close();
    }
  };
  const startModel = async (...args: Parameters<typeof startModelServer>): Promise<ModelServer> => {
    const [script, options] = args;
    // Asks for no key: the LLMs of these tests have none, unless they are about keys.
    const model = await startModelServer(script, { apiKey: false, ...options });
    closing.push(() => model[Symbol.asyncDispose]());
    return model;
  };
  const DEFAULT = { namespace: 'default' };

  it('--once shows the demo from first to last and exits 0; a second time everything is still there', async () => {
    const first = await kubechain(['up', '--once'], here);
    assert.equal(first.code, 0, first.err);
    assert.equal(first.err, '');
    for (const line of [
      /^KubeChain \S+ · Kubernetes API v1\.\d+\S* \(embedded\) on https:\/\/127\.0\.0\.1:\d+$/m,
      /^ {2}kubeconfig {2}\.kubechain\/kubeconfig$/m,
      /^ {2}webhooks {4}on https:\/\/127\.0\.0\.1:\d+$/m,
      /^ {2}model .* simulated, on http:\/\/127\.0\.0\.1:\d+\/v1; set OPENAI_API_KEY to use the real one$/m,
      /llm\/gpt-4o .*ValidationSucceeded/,
      /agent\/my-assistant .*ValidationSucceeded .*All dependencies validated successfully/,
      /hello-world-task-1 .*SendContextWindowToLLM/,
      /hello-world-task-1 .*FinalAnswer .*1 turn/,
      /^ {2}What is the capital of the moon\?\n {2}The Moon does not have a capital/m,
    ]) {
      assert.match(first.out, line);
    }
    assert.equal(statSync(data('kubeconfig')).mode & 0o777, 0o600);
    assert.equal(existsSync(join(folder, '.kube')), false, '~/.kube is not touched');

    const second = await kubechain(['up', '--once'], here);
    assert.equal(second.code, 0, second.err);
    assert.match(second.out, MOON);
    assert.doesNotMatch(second.out, /SendContextWindowToLLM/, 'the run that ended is shown, not run again');
    const url = /https:\/\/\S+/;
    assert.equal(
      url.exec(second.out)?.[0],
      url.exec(first.out)?.[0],
      'the same port: kubeconfigs elsewhere stay valid',
    );
  });

  it('leaves a folder on which `devcluster` takes writes without webhooks that are gone, and says so', async () => {
    // As after a kill: the webhooks are registered, and nobody is there.
    {
      await using up = startKubechain(['up', '--no-demo'], here);
      await up.shows(/Try next/);
    }
    {
      await using alone = startKubechain(['devcluster'], here);
      await alone.shows(/KubeChain’s webhooks ended with \S+ up and are not registered here/);
      const made = await connect().create(agents, agent('default', 'late'));
      assert.equal(made.metadata.annotations?.[STAMPS.createdBy], undefined);
      alone.child.kill('SIGTERM');
      assert.equal((await alone.ended).code, 0);
    }
    await using again = startKubechain(['devcluster'], here);
    await again.shows(/Ctrl-C stops it/);
    assert.doesNotMatch(again.out(), /webhooks/);
  });

  it('stays up for the other commands, refuses a second one, and stops in order', async () => {
    await using up = startKubechain(['up'], here);
    await up.shows(
      /Try next[\s\S]*run my-assistant[\s\S]*logs hello-world-task-1[\s\S]*context hello-world-task-1[\s\S]*kubectl --kubeconfig/,
    );

    const second = await kubechain(['up', '--once'], here);
    assert.equal(second.code, 1);
    assert.match(
      second.err,
      new RegExp(`\\.kubechain is in use by another kubechain \\(process ${up.child.pid}\\).*--data`),
    );

    // What "Try next" says, as it says it.
    const commands = [...up.out().matchAll(/^ {2}\S*kubechain (\w+) (.*)$/gm)].map(([, name = '', rest = '']) => [
      name,
      rest,
    ]);
    assert.deepEqual(
      commands.map(([name]) => name),
      ['run', 'logs', 'context'],
    );
    const answer = await kubechain(['run', 'my-assistant', 'What is the capital of the moon?', '-v'], here);
    assert.equal(answer.code, 0, answer.err);
    assert.match(answer.out, /^The Moon does not have a capital.*\n$/);
    assert.match(answer.err, /\.kubechain\/kubeconfig\)/, '-v says which kubeconfig');
    const logs = await kubechain(['logs', 'hello-world-task-1'], here);
    assert.equal(logs.code, 0, logs.err);
    assert.match(logs.out, /FinalAnswer · 1 turn/);
    await up.shows(/my-assistant-\w+-1 +FinalAnswer/);

    // The tutorial applies the demo's objects again; kubectl has nothing to warn of.
    const shell = await kubectlShell(data('kubeconfig'));
    const again = await shell(`kubectl apply --dry-run=server -f ${join(ROOT, 'examples', 'getting-started')}`);
    assert.equal(again.err, '');
    assert.match(again.out, /agent\S* unchanged[\s\S]*llm\S* configured[\s\S]*task\S* unchanged/);
    // The README's own way through it, by somebody who has no key.
    const [typed = ''] =
      /kubectl create secret generic openai[\s\S]*?\nYAML\n/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
    const followed = await shell(`unset OPENAI_API_KEY; ${typed}
      kubectl wait llm/gpt-4o --for=jsonpath='{.status.observedGeneration}'=2 --timeout=20s &&
      kubectl wait llm/gpt-4o agent/my-assistant --for=condition=Ready --timeout=20s`);
    assert.equal(followed.code, 0, followed.err);
    assert.equal(followed.err, '');

    up.child.kill('SIGTERM');
    const { code, out, err } = await up.ended;
    assert.equal(code, 0, err);
    assert.match(out, /Stopping; everything is kept in \.kubechain\.\n$/);
    assert.equal(err, '');

    const after = await kubechain(['logs', 'hello-world-task-1'], here);
    assert.equal(after.code, 1);
    assert.match(after.err, /the server of \.kubechain\/kubeconfig does not answer; start it with: \S*kubechain up/);
  });

  it('runs operator and webhooks as themselves, so that not even an administrator writes what the operator found', async () => {
    await using up = startKubechain(['up'], here);
    await up.shows(/Try next/);
    const admin = connect();
    const run = await admin.get(taskRuns, { ...DEFAULT, name: 'hello-world-task-1' });
    const operator = 'system:serviceaccount:kubechain-system:kubechain-operator';
    assert.equal(
      run.metadata.annotations?.[STAMPS.createdBy],
      undefined,
      'the operator’s records bear no person’s name',
    );
    const { annotations } = (await admin.get(tasks, { ...DEFAULT, name: 'hello-world-task' })).metadata;
    assert.equal(annotations?.[STAMPS.createdBy], 'kubernetes-admin');
    const forged = admin.patch(
      taskRuns,
      { ...DEFAULT, name: 'hello-world-task-1' },
      { type: 'merge', body: { status: { output: 'forged' } } },
      { subresource: 'status' },
    );
    await assert.rejects(
      forged,
      /denied the request: \[kubechain\/authority\].*only the operator writes taskruns\/status/,
    );
    const managers = new Set(
      (run.metadata as { managedFields?: { manager: string }[] }).managedFields?.map(({ manager }) => manager),
    );
    assert.deepEqual([...managers], ['kubechain-operator'], operator);
    await admin.create(taskRuns, taskRun('default', 'mine', 'hello-world-task'));
    await until(admin, taskRuns, { ...DEFAULT, name: 'mine' }, ended, 30_000);
  });

  it('starts where the webhooks of last time point to a port that is dead, or somebody else’s', async () => {
    assert.equal((await kubechain(['up', '--once'], here)).code, 0);
    // Takes connections and never answers.
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    closing.push(() => silent.close());
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await prepare(async (client) => {
      for (const plural of ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']) {
        const path = `/apis/admissionregistration.k8s.io/v1/${plural}/kubechain`;
        const configuration = (await client.request('GET', path)) as { webhooks: { clientConfig: { url: string } }[] };
        for (const { clientConfig } of configuration.webhooks) clientConfig.url = `https://127.0.0.1:${port}/x`;
        await client.request('PUT', path, configuration);
      }
    });
    const again = await kubechain(['up', '--once'], here);
    assert.equal(again.code, 0, again.err);
    assert.match(again.out, MOON);
    assert.equal(again.err, '');
  });

  it('goes on with a run that was under way when it was killed', async () => {
    const model = await startModel();
    await prepare(async (client) => {
      const { apiKeyFrom: _none, ...spec } = llm('default', 'held', model.url).spec;
      await client.create(llms, { ...llm('default', 'held', model.url), spec });
      await client.create(agents, agent('default', 'assistant', { llmRef: { name: 'held' } }));
      await client.create(tasks, task('default', 'long', 'Take your time'));
    });
    model.hold();
    await using first = startKubechain(['up', '--no-demo'], here);
    await model.untilHeld(1);
    first.child.kill('SIGKILL');
    await first.ended;

    await using second = startKubechain(['up', '--no-demo'], here);
    await second.shows(/Try next/);
    model.release();
    const run = await until(connect(), taskRuns, { ...DEFAULT, name: 'long-1' }, ended, 30_000).catch((error) => {
      const asked = `${model.held} model calls are held, ${model.chats().length} were answered`;
      throw new Error(`${error}\n${asked}\n${second.out()}\n${second.err()}`);
    });
    assert.equal(run.status?.phase, 'FinalAnswer');
    assert.deepEqual(
      run.status?.contextWindow?.map(({ role }) => role),
      ['system', 'user', 'assistant'],
    );
    second.child.kill('SIGINT');
    assert.equal((await second.ended).code, 0);
  });

  it('keeps an LLM that someone pointed elsewhere, uses the key of the environment and never shows it', async () => {
    const canary = 'sk-canary-5c1d9f';
    const model = await startModel();
    await prepare((client) => client.create(llms, llm('default', 'gpt-4o', model.url)));

    const withKey = { ...here, env: { ...here.env, OPENAI_API_KEY: canary } };
    const second = await kubechain(['up', '--once', '--log-level', 'debug', '--log-format', 'json'], withKey);
    assert.equal(second.code, 0, second.err);
    assert.match(second.out, /model +OpenAI, with the key of OPENAI_API_KEY/);
    assert.match(second.out, MOON);
    assert.ok(!`${second.out}${second.err}`.includes(canary), 'the key is in the output');
    assert.ok(!readFileSync(data('kubeconfig'), 'utf8').includes(canary));
    assert.equal(model.chats().length, 1, 'the model that the LLM points to was asked');

    await prepare(async (client) => {
      const stored = await find(client, secrets, { ...DEFAULT, name: 'openai' });
      assert.equal(Buffer.from(stored?.data?.OPENAI_API_KEY ?? '', 'base64').toString(), canary);
    });
  });

  it('--once exits 1 with the provider’s words when the run failed, and 0 once that is mended', async () => {
    const model = await startModel({
      rules: [{ times: 1, fault: { status: 400, message: 'this model is retired' } }],
    });
    await prepare(async (client) => {
      const { apiKeyFrom: _none, ...spec } = llm('default', 'gpt-4o', model.url).spec;
      await client.create(llms, { ...llm('default', 'gpt-4o', model.url), spec });
    });

    const failed = await kubechain(['up', '--once'], here);
    assert.equal(failed.code, 1, failed.out);
    assert.match(failed.out, /LLM gpt-4o was changed by someone else and is left as it is/);
    assert.match(failed.out, /hello-world-task-1 Failed: .*this model is retired/);
    const mended = await kubechain(['up', '--once'], here);
    assert.equal(mended.code, 0, mended.err);
    assert.match(mended.out, /hello-world-task-2 +FinalAnswer/);
  });

  it('--once gives up after a while and says what the run waits for', async () => {
    await prepare(async (client) => {
      await client.create(llms, llm('default', 'gpt-4o', 'http://127.0.0.1:1/v1'));
    });
    {
      // However busy the machine is: the operator has looked at it before.
      await using before = startKubechain(['up', '--no-demo'], here);
      await before.shows(/Try next/);
      await until(connect(), llms, { ...DEFAULT, name: 'gpt-4o' }, ({ status }) => status?.status === 'Error');
      before.child.kill('SIGTERM');
      assert.equal((await before.ended).code, 0);
    }
    const late = await kubechain(['up', '--once', '--timeout', '1s'], here);
    assert.equal(late.code, 1, late.out);
    assert.match(late.out, /no answer within 1\.0 s: LLM gpt-4o is not ready: .*secret "openai" not found/);
  });

  it('says so when its port is taken, or its cluster does not answer', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    closing.push(() => blocker.close());
    await new Promise((resolve) => blocker.once('listening', resolve));
    const address = blocker.address();
    assert.ok(typeof address === 'object' && address !== null);
    const taken = await kubechain(['up', '--once', '--port', `${address.port}`], here);
    assert.equal(taken.code, 1);
    assert.match(taken.err, new RegExp(`port ${address.port} is taken by another program`));
    assert.equal(taken.err.trim().split('\n').length, 1, taken.err);
    const nowhere = await kubechain(['up', '--once', '--kubeconfig', 'nope'], here);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.err, /kubeconfig .*nope: cannot be read/);
  });

  it('works on a cluster that is there, and refuses where another operator is at work', async () => {
    await using cluster = startKubechain(['devcluster', '--in-memory', '--kubeconfig', 'cluster.yaml'], here);
    await cluster.shows(/Kubernetes API on https:/);
    await using up = startKubechain(['up', '--kubeconfig', 'cluster.yaml'], here);
    await up.shows(/Try next[\s\S]*run my-assistant .* --kubeconfig cluster\.yaml/);
    assert.match(up.out(), MOON);
    assert.match(up.out(), /^ {2}webhooks {4}off: a cluster elsewhere may not reach this machine\./m);
    const other = await kubechain(['up', '--once', '--kubeconfig', 'cluster.yaml', '--data', 'other'], here);
    assert.equal(other.code, 1);
    assert.match(
      other.err,
      /another operator works on this cluster already \(Lease kubechain-system\/kubechain-operator/,
    );
    assert.equal(existsSync(data('kubeconfig')), false, 'no kubeconfig of its own');

    // Without the webhook nobody vouches for a decision, and the command says so instead of claiming that it is approved.
    const admin = createKubeClient({
      kubeConfig: loadKubeConfig({ path: join(folder, 'cluster.yaml'), env: {} }),
      fieldManager: 'someone',
    });
    closing.push(() => admin.close());
    await admin.create(
      tools,
      tool('default', 'add', { execute: { builtin: { name: 'add' } }, requiresApproval: true }),
    );
    await admin.create(agents, agent('default', 'clerk', { tools: [{ name: 'add' }] }));
    await admin.create(tasks, task('default', 'sum', 'What is 2 plus 3?', { agentRef: { name: 'clerk' } }));
    const call = { ...DEFAULT, name: 'sum-1-toolcall-01' };
    await until(admin, taskRunToolCalls, call, ({ status }) => status?.status === 'AwaitingHumanApproval');
    const unsealed = await kubechain(['approve', call.name, '--kubeconfig', 'cluster.yaml'], here);
    assert.equal(unsealed.code, 1);
    assert.equal(unsealed.out, '');
    assert.match(unsealed.err, /was not sealed by the admission webhook and counts for nothing/);
  });
});
