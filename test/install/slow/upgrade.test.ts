import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { ROOT } from '../../cli/support/kubechain.ts';
import { type ModelServer, startModelServer } from '../../support/modelServer.ts';
import { GOOD_KEY } from '../../support/objects.ts';
import { type Checkout, checkOut } from '../support/checkout.ts';
import { launchPod, type Pod } from '../support/pod.ts';
import { eventually, registerAt } from '../support/registration.ts';
import { type InstallStage, MANIFESTS, openInstallStage } from '../support/stage.ts';

const RELEASE = 'v0.1.0';
const SYSTEM = 'kubechain-system';
const latest = (folder: string): string => join(folder, 'manifests', 'release', 'latest.yaml');

/** About nobody who is here, with a field that the release did not have. */
const POLICY = {
  apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
  kind: 'ClusterAgentPolicy',
  metadata: { name: 'reach' },
  spec: { match: { agents: ['nobody'] }, mcpServers: { egress: { hosts: ['*.example.com'] } } },
};

/** The Pods of one version. */
interface Version {
  readonly operator: Pod;
  readonly webhook: Pod;
}

/** What docs/install.md says of upgrade and rollback, with the last release as it was. Embedded, or on a real cluster that nobody else uses. */
describe(`upgrade from ${RELEASE} and rollback`, function () {
  this.bail(true);
  this.timeout(120_000);
  let stage: InstallStage;
  let model: ModelServer;
  let old: Checkout;
  const pods: Pod[] = [];

  before(async function () {
    const found = await checkOut(RELEASE);
    if ('reason' in found) {
      process.stderr.write(`skipped: ${RELEASE} is not in this clone's history: ${found.reason}\n`);
      this.skip();
    }
    old = found;
    stage = await openInstallStage();
    model = await startModelServer({
      rules: [
        { when: { user: 'sum', turn: 1 }, toolCalls: [{ name: 'add', arguments: { a: 2, b: 3 } }] },
        { when: { user: 'sum' }, text: 'It is 5.' },
        { text: 'The moon has no capital.' },
      ],
    });
  });
  after(async () => {
    if (stage === undefined) return;
    model.release();
    await Promise.all(pods.map((pod) => pod.kill()));
    await model[Symbol.asyncDispose]();
    await stage.lookAtAll().catch(() => undefined);
    await stage.shell(`kubectl delete --ignore-not-found -f ${latest(ROOT)}`);
    await stage[Symbol.asyncDispose]();
    old[Symbol.dispose]();
  });

  /** Starts the Pods, that are not ready yet. */
  const launch = async (checkout: string): Promise<Version> => {
    const { shell, kubeConfig } = stage;
    const ports = ['--health-port=0', '--metrics-port=0', '--bind-address=127.0.0.1'];
    const pod = async (name: string, ...more: string[]): Promise<Pod> => {
      const args = [...ports, ...more];
      const launched = await launchPod({
        deployment: `kubechain-${name}`,
        namespace: SYSTEM,
        shell,
        kubeConfig,
        args,
        checkout,
      });
      pods.push(launched);
      return launched;
    };
    const [operator, webhook] = await Promise.all([
      pod('operator', '--leader-elect-retry-period=200ms'),
      pod('webhook', '--port=0', '--cert-host=127.0.0.1', '--drain=0s', `--namespace=${SYSTEM}`),
    ]);
    return { operator, webhook };
  };
  const begin = async ({ operator, webhook }: Version): Promise<void> => {
    await Promise.all([operator.becomesReady(), webhook.becomesReady()]);
    const [, port = ''] = await webhook.logged(/"port":(\d+)/);
    await registerAt(stage, port);
  };
  const start = async (checkout: string): Promise<Version> => {
    const version = await launch(checkout);
    await begin(version);
    return version;
  };
  const stop = async ({ operator, webhook }: Version): Promise<void> => {
    assert.equal(await operator.terminate(), 0, operator.log());
    assert.equal(await webhook.terminate(), 0, webhook.log());
  };
  /** Nothing that either of them was refused, or did not understand. */
  const contented = ({ operator, webhook }: Version): void => {
    for (const { log } of [operator, webhook])
      assert.doesNotMatch(log(), /"level":("?(warn|error)"?|40|50)|forbidden/i);
  };
  const apply = async (...objects: object[]): Promise<void> => {
    const yaml = objects.map((object) => stringify(object)).join('---\n');
    const { code, err } = await eventually(() =>
      stage.shell(`kubectl apply --validate=strict -n default -f - <<'YAML'\n${yaml}\nYAML`),
    );
    assert.equal(code, 0, err);
  };
  const object = (kind: string, name: string, spec: object) => ({
    apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
    kind,
    metadata: { name },
    spec,
  });
  const task = (name: string, message: string) => object('Task', name, { agentRef: { name: 'assistant' }, message });
  const answered = async (name: string, output: RegExp, { operator }: Version): Promise<void> => {
    const wait = `kubectl wait -n default taskrun/${name}-1 --for=jsonpath={.status.phase}=FinalAnswer --timeout=30s`;
    const { code, err } = await eventually(() => stage.shell(wait));
    assert.equal(code, 0, `${err}\n${operator.log()}`);
    assert.match(await stage.run(`kubectl get taskrun ${name}-1 -n default -o jsonpath={.status.output}`), output);
  };

  /** The address that `registerAt` gave stands beside the Service of the manifest otherwise: one of both is too many. */
  const install = async (folder: string): Promise<void> => {
    const configurations = 'validatingwebhookconfiguration,mutatingwebhookconfiguration kubechain';
    await stage.run(`kubectl delete --ignore-not-found ${configurations} && kubectl apply -f ${latest(folder)}`);
  };

  let released: Version;
  let current: Version;

  it('begins with the release, its manifests and its objects', async () => {
    await install(old.folder);
    released = await start(old.folder);
    await apply(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'openai' }, stringData: { OPENAI_API_KEY: GOOD_KEY } },
      object('LLM', 'gpt-4o', {
        provider: 'openai',
        apiKeyFrom: { secretKeyRef: { name: 'openai', key: 'OPENAI_API_KEY' } },
        parameters: { baseUrl: model.url },
      }),
      object('Tool', 'add', { toolType: 'function', execute: { builtin: { name: 'add' } } }),
      object('Agent', 'assistant', {
        llmRef: { name: 'gpt-4o' },
        system: 'You are a helpful assistant.',
        tools: [{ name: 'add' }],
      }),
      task('first', 'What is the sum of 2 and 3?'),
    );
    await answered('first', /5/, released);
  });

  it('the old operator and webhook go on beside new CRDs, roles and registrations', async () => {
    await install(ROOT);
    const [, port = ''] = await released.webhook.logged(/"port":(\d+)/);
    await registerAt(stage, port);
    // What only the new version knows may be there already, and the old operator takes nothing of it away.
    await apply(
      object('MCPServer', 'reach', { transport: 'stdio', command: 'true', egressHosts: [{ host: 'example.com' }] }),
      task('beside', 'What is the sum of 2 and 3, beside?'),
    );
    await answered('beside', /5/, released);
    await stage.run('kubectl wait -n default mcpserver/reach --for=jsonpath={.status.status} --timeout=30s');
    const kept = 'kubectl get mcpserver reach -n default -o jsonpath={.spec.egressHosts[0].host}';
    assert.equal(await stage.run(kept), 'example.com');
    await stage.run('kubectl delete mcpserver reach -n default');
    // A policy that it would not understand it does not let in.
    const refused = await stage.shell(`kubectl apply -f - <<'YAML'\n${stringify(POLICY)}\nYAML`);
    assert.match(refused.err, /spec\.mcpServers\.egress: is no field of a policy/);
  });

  it('the new operator takes over what is under way, and all objects', async () => {
    model.hold();
    await apply(task('under-way', 'What is the sum of 2 and 3, under way?'));
    await model.untilHeld(1);
    current = await start(ROOT);
    const stopped = stop(released);
    await model.untilHeld(1);
    model.release();
    await stopped;
    await answered('under-way', /5/, current);
    await apply(POLICY, task('after', 'What is the sum of 2 and 3, after?'));
    await answered('after', /5/, current);
    // The agent that the old version resolved is the same revision to the new one.
    const revisions = await stage.run('kubectl get agentrevisions -n default -o name');
    assert.equal(revisions.trim().split('\n').length, 1, revisions);
    contented(current);
  });

  it('rolls back to the old Deployments beside the new CRDs, with a run under way', async () => {
    model.hold();
    await apply(task('back', 'What is the sum of 2 and 3, back?'));
    await model.untilHeld(1);
    // `kubectl rollout undo` puts the old Pod templates back; there is no Deployment controller here.
    const deployments = parseAllDocuments(readFileSync(latest(old.folder), 'utf8'))
      .map((document) => document.toJS() as { kind: string })
      .filter(({ kind }) => kind === 'Deployment');
    assert.equal(deployments.length, 2);
    await stage.run(`kubectl apply -f - <<'YAML'\n${deployments.map((each) => stringify(each)).join('---\n')}\nYAML`);
    released = await start(old.folder);
    const stopped = stop(current);
    model.release();
    await stopped;
    await answered('back', /5/, released);
    await apply(task('back-again', 'What is the sum of 2 and 3, again?'));
    await answered('back-again', /5/, released);
    // It closes what it does not understand, and says so as soon as it has looked at all objects; nobody else is touched.
    await stage.run('kubectl wait cap/reach --for=condition=Ready=False --timeout=30s');
    const status = await stage.run('kubectl get cap reach -o jsonpath={.status}');
    assert.match(status, /spec\.mcpServers\.egress: is no field of a policy/);
    assert.doesNotMatch(released.operator.log(), /forbidden/i);
    await stop(released);
  });

  it('a new operator beside old CRDs works with what they have', async () => {
    await install(ROOT);
    await stage.run(`kubectl apply -f ${join(old.folder, 'manifests', 'release', 'latest-crds.yaml')}`);
    current = await start(ROOT);
    await apply(task('old-crds', 'What is the sum of 2 and 3, old CRDs?'));
    await answered('old-crds', /5/, current);
    contented(current);
    await stop(current);
  });

  it('a new operator says which kind is not there, and begins once it is', async () => {
    await stage.run('kubectl delete crd taskledgers.kubechain.humanlayer.dev');
    // A real server goes on serving it for a moment.
    const gone = '! kubectl get --raw /apis/kubechain.humanlayer.dev/v1alpha1/taskledgers';
    assert.equal((await eventually(() => stage.shell(gone))).code, 0);
    current = await launch(ROOT);
    await current.operator.logged(/does not serve taskledgers\.kubechain\.humanlayer\.dev\/v1alpha1/);
    const { status, text } = await current.operator.readiness();
    assert.equal(status, 503);
    assert.match(text, /^caches are not filled yet: .*taskledgers/);
    await stage.run(`kubectl apply -f ${join(MANIFESTS, 'release', 'latest-crds.yaml')}`);
    await begin(current);
    await apply(task('all-there', 'What is the sum of 2 and 3, at last?'));
    await answered('all-there', /5/, current);
  });
});
