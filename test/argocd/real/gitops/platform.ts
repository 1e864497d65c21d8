import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { configMaps } from '../../../../argocd/configMaps.ts';
import { linkToRuns } from '../../../../argocd/links.ts';
import { init } from '../../../../cli/gitops/init.ts';
import { fakeIo } from '../../../cli/support/fakeIo.ts';
import type { ModelServer } from '../../../support/modelServer.ts';
import { startModelServer } from '../../../support/modelServer.ts';
import type { ArgoStage } from '../stage.ts';
import { argoStage, freePort } from '../stage.ts';

export interface Application {
  metadata: { name: string };
  status?: {
    sync?: { status?: string; revision?: string };
    health?: { status?: string };
    reconciledAt?: string;
    history?: { id: number; revision: string }[];
    operationState?: {
      phase?: string;
      message?: string;
      startedAt?: string;
      retryCount?: number;
      syncResult?: {
        revision?: string;
        resources?: { kind: string; name: string; status?: string; hookPhase?: string; message?: string }[];
      };
    };
    resources?: { kind: string; name: string; status?: string; requiresPruning?: boolean }[];
  };
}

/** A link of the platform's own, as `kubechain argocd gen --link` takes it. */
const TRACE = 'Trace=https://tempo.example/{{.resource.metadata.uid}}';

export const TEAMS = ['billing', 'support'];
export const APPS = TEAMS.flatMap((team) => ['dev', 'staging', 'prod'].map((environment) => `${team}-${environment}`));

/** A real Argo CD that has brought `examples/gitops` to a real API server. Operator and webhook are processes: no Pod runs here. */
export interface Platform {
  readonly stage: ArgoStage;
  readonly model: ModelServer;
  /** Folder that `commit` commits. */
  readonly repository: string;
  app(name: string): Promise<Application | undefined>;
  /** Argo CD polls every few minutes; a webhook of the Git server tells it at once, and this does. */
  refresh(...names: string[]): Promise<void>;
  settled(name: string, health?: string, seconds?: number): Promise<unknown>;
  /** Commits what is in the folder, and has Argo CD look at these Applications. */
  commit(...names: string[]): Promise<void>;
  edit(path: string, change: (text: string) => string): void;
  runAction(app: string, kind: string, name: string, action: string, params?: Record<string, string>): Promise<void>;
  /** A namespace and an Application of its own, that nothing else is in; by the project `default`, not automated. */
  lab(name: string, files: Record<string, object[]>): Promise<Lab>;
  /** Takes all labs away that are still there. */
  closeLabs(): Promise<void>;
}

export interface Lab {
  readonly name: string;
  readonly namespace: string;
  /** Writes (and takes away) files, commits them. The commit. */
  commit(files: Record<string, object[] | undefined>): Promise<string>;
  /** Syncs and prunes. Rejects with what Argo CD said. */
  sync(): Promise<void>;
  /** Deletes the Application, and waits until nothing of ours is left of it, runs included. */
  remove(): Promise<void>;
}

let opened: Promise<Platform> | undefined;

/** The platform, installed by whoever asks first. Skips the tests where there is no Argo CD. */
export async function platform(context: Mocha.Context): Promise<Platform> {
  const stage = argoStage();
  if (stage === undefined) return context.skip();
  opened ??= stage.then(install);
  return opened;
}

async function install(stage: ArgoStage): Promise<Platform> {
  const model = await startModelServer();
  stage.defer(() => model[Symbol.asyncDispose]());
  const repository = join(stage.folder, 'agents');
  const made = toolsOf(stage, model, repository);
  const links = [linkToRuns(TRACE) ?? assert.fail()];
  await stage.apply('kubechain', ...configMaps({ namespace: 'argocd', links }));
  const url = `file://${stage.folder}/argocd/repos/agents.git`;
  assert.equal(init(repository, { repo: url }, fakeIo({ cwd: stage.folder }).io), 0);
  const webhookPort = await freePort();
  withoutNodes(join(repository, 'platform', 'kubechain', 'install.yaml'), webhookPort);
  for (const team of TEAMS) {
    appendFileSync(join(repository, 'teams', team, 'base', 'llm.yaml'), `    baseUrl: ${model.url}\n`);
  }
  for (const name of APPS) await makeNamespace(stage, `agents-${name}`);
  assert.equal(await stage.commit(repository, 'agents'), url);
  await stage.kubectl(['apply', '-f', join(repository, 'application.yaml')]);
  // Without nodes the two Deployments are processes, as soon as their ServiceAccounts are there.
  await stage.eventually('the ServiceAccounts', () => stage.get('clusterrolebinding', 'kubechain-webhook-certificate'));
  await stage.eventually('the configurations', () => stage.get('validatingwebhookconfiguration', 'kubechain'));
  await stage.kubechain('kubechain-webhook', [
    ...['webhook', '--self-signed', '--cert-host', '127.0.0.1', '--port', String(webhookPort)],
    ...['--namespace', 'kubechain-system'],
  ]);
  await stage.kubechain('kubechain-operator', [
    'operator',
    '--lease-namespace',
    'kubechain-system',
    '--no-leader-elect',
  ]);
  await made.settled('kubechain');
  await made.settled('agent-policies');
  for (const name of APPS) await made.settled(name, name === 'billing-prod' ? 'Suspended' : 'Healthy');
  await made.settled('agents');
  return made;
}

function toolsOf(stage: ArgoStage, model: ModelServer, repository: string): Platform {
  const labs = new Set<Lab>();
  const app = (name: string) => stage.get<Application>('application', name, 'argocd');
  const refresh = async (...names: string[]) => {
    for (const name of names) await stage.refresh(name);
  };
  return {
    stage,
    model,
    repository,
    app,
    refresh,
    settled: (name, health = 'Healthy', seconds = 180) =>
      stage.eventually(
        `${name} Synced and ${health}`,
        async () => {
          const { status } = (await app(name)) ?? {};
          return status?.sync?.status === 'Synced' && status.health?.status === health;
        },
        seconds,
      ),
    async commit(...names) {
      await stage.commit(repository, 'agents');
      await refresh(...names);
    },
    edit(path, change) {
      const file = join(repository, path);
      const before = readFileSync(file, 'utf8');
      const changed = change(before);
      assert.notEqual(changed, before, `${path} is changed`);
      writeFileSync(file, changed);
    },
    runAction: (name, kind, resource, action, params) =>
      stage.action(name, { namespace: `agents-${name}`, kind, name: resource }, action, params),
    async lab(name, files) {
      const lab = await openLab(stage, model, name, files);
      labs.add(lab);
      return {
        ...lab,
        async remove() {
          labs.delete(lab);
          await lab.remove();
        },
      };
    },
    async closeLabs() {
      for (const lab of labs) await lab.remove();
      labs.clear();
    },
  };
}

async function openLab(
  stage: ArgoStage,
  model: ModelServer,
  name: string,
  files: Record<string, object[]>,
): Promise<Lab> {
  const namespace = `agents-${name}`;
  const folder = join(stage.folder, `lab-${name}`);
  const write = (path: string, objects: readonly object[] | undefined) => {
    const file = join(folder, path);
    if (objects === undefined) rmSync(file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, objects.map((object) => stringify(object)).join('---\n'));
    }
  };
  const lab: Lab = {
    name,
    namespace,
    async commit(changed) {
      for (const [path, objects] of Object.entries(changed)) write(path, objects);
      await stage.commit(folder, name);
      return (await stage.git(name, 'rev-parse', 'main')).trim();
    },
    sync: () => stage.api.sync(name, { prune: true }),
    async remove() {
      await stage.remove(name);
      await stage.eventually(`nothing of ${name}`, async () => (await leftIn(stage, namespace)) === '');
    },
  };
  await makeNamespace(stage, namespace);
  const parameters = { model: 'gpt-4o-mini', baseUrl: model.url };
  const apiKeyFrom = { secretKeyRef: { name: 'openai', key: 'OPENAI_API_KEY' } };
  const llm = ours('LLM', 'default', { provider: 'openai', apiKeyFrom, parameters });
  await lab.commit({ 'llm.yaml': [llm], ...files });
  await stage.apply('test', {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    spec: {
      project: 'default',
      source: { repoURL: `file://${stage.folder}/argocd/repos/${name}.git`, targetRevision: 'main', path: '.' },
      destination: { server: 'https://kubernetes.default.svc', namespace },
    },
  });
  return lab;
}

/** What is left in a namespace of our kinds. What Tasks have run is remembered, in case that they come back: a ledger is not of Git. */
export const leftIn = (stage: ArgoStage, namespace: string) =>
  stage.kubectl([
    ...[
      '-n',
      namespace,
      'get',
      'agents,llms,tools,mcpservers,agentpolicies,tasks,taskruns,taskruntoolcalls,agentrevisions',
    ],
    ...['-o', 'name'],
  ]);

/** A manifest of a kind of ours, without a namespace. */
export const ours = (kind: string, name: string, spec: object, annotations?: Record<string, string>) => ({
  apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
  kind,
  metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
  spec,
});

async function makeNamespace(stage: ArgoStage, name: string): Promise<void> {
  await stage.kubectl(['create', 'namespace', name]);
  const secret = ['create', 'secret', 'generic', 'openai', '--from-literal=OPENAI_API_KEY=sk-test'];
  await stage.kubectl(['-n', name, ...secret]);
}

/** The installation where no Pod runs: no Deployments, and the webhooks at a URL instead of a Service. */
function withoutNodes(file: string, port: number): void {
  const documents = parseAllDocuments(readFileSync(file, 'utf8')).flatMap((document) => {
    const object = document.toJS() as { kind?: string; webhooks?: { clientConfig: Record<string, unknown> }[] } | null;
    if (object === null || object.kind === 'Deployment') return [];
    for (const webhook of object.webhooks ?? []) {
      const { path } = webhook.clientConfig.service as { path: string };
      webhook.clientConfig = { url: `https://127.0.0.1:${port}${path}` };
    }
    return [stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })];
  });
  writeFileSync(file, documents.join('---\n'));
}
