import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type ModelServer, startModelServer } from '../support/modelServer.ts';
import { GOOD_KEY } from '../support/objects.ts';
import { type Pod, startPod } from './support/pod.ts';
import { eventually, registerAt } from './support/registration.ts';
import { type InstallStage, MANIFESTS, openInstallStage } from './support/stage.ts';

const LATEST = join(MANIFESTS, 'release', 'latest.yaml');
const SYSTEM = 'kubechain-system';

/** What the README has people do, with the very files. Embedded, or on a real cluster that nobody else uses. */
describe('manifests/release', function () {
  this.bail(true);
  this.timeout(180_000);
  let stage: InstallStage;
  let model: ModelServer;
  const pods = new Map<string, Pod>();
  before(async () => {
    stage = await openInstallStage();
    model = await startModelServer();
  });
  after(async () => {
    await Promise.all([...pods.values()].map((pod) => pod.kill()));
    await model[Symbol.asyncDispose]();
    await stage.shell(`kubectl delete --ignore-not-found -f ${LATEST}`);
    await stage[Symbol.asyncDispose]();
  });

  const pod = async (name: string, ...args: string[]): Promise<Pod> => {
    const { shell, kubeConfig } = stage;
    const ports = ['--health-port=0', '--metrics-port=0', '--bind-address=127.0.0.1'];
    const started = await startPod({
      deployment: `kubechain-${name}`,
      namespace: SYSTEM,
      shell,
      kubeConfig,
      args: [...ports, ...args],
    });
    pods.set(name, started);
    return started;
  };
  it('installs, and says a second time that nothing changes', async () => {
    await stage.run(`kubectl apply -f ${LATEST}`);
    const again = await stage.run(`kubectl apply -f ${LATEST}`);
    const changed = again.split('\n').filter((line) => line !== '' && !line.endsWith(' unchanged'));
    assert.deepEqual(changed, []);
  });

  it('has overlays that the server takes as they are', async () => {
    for (const overlay of ['default', 'namespaced', 'dev', 'crds-only']) {
      await stage.run(`kubectl apply -k ${join(MANIFESTS, 'overlays', overlay)} --dry-run=server`);
    }
    await stage.run(`kubectl apply -k ${join(MANIFESTS, 'tenant')} --dry-run=server -n default`);
  });

  it('runs operator and webhook with their arguments, environment and service accounts', async () => {
    const [operator, webhook] = await Promise.all([
      pod('operator'),
      pod('webhook', '--port=0', '--cert-host=127.0.0.1', '--drain=1s', `--namespace=${SYSTEM}`),
    ]);
    const [, port = ''] = await webhook.logged(/"port":(\d+)/);
    await registerAt(stage, port);
    const parameters = `{baseUrl: "${model.url}"}`;
    const yaml = `
apiVersion: v1
kind: Secret
metadata: {name: openai}
stringData: {OPENAI_API_KEY: ${JSON.stringify(GOOD_KEY)}}
---
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: LLM
metadata: {name: gpt-4o}
spec: {provider: openai, apiKeyFrom: {secretKeyRef: {name: openai, key: OPENAI_API_KEY}}, parameters: ${parameters}}
---
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Agent
metadata: {name: my-assistant}
spec: {llmRef: {name: gpt-4o}, system: "You are a helpful assistant."}
---
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Task
metadata: {name: hello-world-task}
spec: {agentRef: {name: my-assistant}, message: "What is the capital of the moon?"}
`;
    // The authority reaches each registration a moment after the address; the one that stamps lets pass what it is not asked about.
    const stamped = `kubectl create -n default --dry-run=server -o yaml -f - <<'YAML' | grep -q created-by
{apiVersion: kubechain.humanlayer.dev/v1alpha1, kind: Agent, metadata: {name: probe}, spec: {llmRef: {name: x}, system: x}}
YAML`;
    assert.equal((await eventually(() => stage.shell(stamped))).code, 0);
    const applied = await eventually(() => stage.shell(`kubectl apply -n default -f - <<'YAML'\n${yaml}\nYAML`));
    assert.equal(applied.code, 0, applied.err);
    const waited = await eventually(() =>
      stage.shell(
        'kubectl wait -n default taskrun/hello-world-task-1 --for=jsonpath={.status.phase}=FinalAnswer --timeout=30s',
      ),
    );
    assert.equal(waited.code, 0, `${waited.err}\n${operator.log()}`);
    const stamp = await stage.run(
      `kubectl get task hello-world-task -n default -o jsonpath='{.metadata.annotations.kubechain\\.humanlayer\\.dev/created-by}'`,
    );
    assert.notEqual(stamp, '', 'the mutating webhook was asked');
    const forged = await stage.shell(
      `kubectl patch taskrun hello-world-task-1 -n default --subresource status --type merge -p '{"status":{"output":"forged"}}'`,
    );
    assert.match(forged.err, /only the operator writes taskruns\/status/);
    for (const { log } of [operator, webhook]) {
      assert.doesNotMatch(log(), /"level":("?error"?|50)|forbidden/i);
    }
  });

  it('drops readiness first when told to end, and serves on for a while', async () => {
    const [operator, webhook] = [pods.get('operator'), pods.get('webhook')];
    assert.ok(operator && webhook);
    const ended = webhook.terminate();
    while (await webhook.ready());
    const dry = await stage.shell('kubectl label agent my-assistant -n default a=b --dry-run=server');
    assert.equal(dry.code, 0, dry.err);
    assert.equal(await ended, 0);
    assert.equal(await operator.terminate(), 0);
    assert.match(operator.log(), /the lease is released/);
  });

  it('goes without a trace, objects and all, though its webhook is away', async () => {
    const late = await stage.shell(
      `kubectl patch agent my-assistant -n default --type merge -p '{"spec":{"system":"x"}}'`,
    );
    assert.match(late.err, /failed calling webhook/);
    const all = await stage.lookAtAll();
    assert.match(all, /^agent\.kubechain\.humanlayer\.dev\/my-assistant$/m);
    assert.match(all, /^taskrun\.kubechain\.humanlayer\.dev\/hello-world-task-1$/m);
    const { code, out, err } = await stage.shell(`timeout 50 kubectl delete -f ${LATEST}`);
    assert.equal(code, 0, `${out}${err}`);
    assert.deepEqual(await stage.left(), []);
    assert.match(
      (await stage.shell('kubectl get agents')).err,
      /doesn't have a resource type|could not find the requested resource/,
    );
  });
});
