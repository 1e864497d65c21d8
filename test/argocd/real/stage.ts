import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { GROUP, KINDS, VERSION } from '../../../api/index.ts';
import type { KubeClient, KubeObject, Resource } from '../../../kube/index.ts';
import { createKubeClient, isNotFound, loadKubeConfig } from '../../../kube/index.ts';
import { kubectlPath } from '../../support/kubectl.ts';
import { untilAmong } from '../../support/waiting.ts';
import { argocdFolder } from '../realArgocd.ts';
import type { ArgocdApi, Syncing } from './api.ts';
import { argocdApi } from './api.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..', '..');
const SHARED = join(ROOT, '..', 'shared');
const REALARGO = join(SHARED, 'realargo', 'realargo');
const REALCLUSTER = join(SHARED, 'realcluster', 'realcluster');

/** Why there is no Argo CD here; undefined where there is one. */
export function missingParts(): string | undefined {
  if (!existsSync(REALARGO) || !existsSync(REALCLUSTER)) return 'no ../shared';
  return argocdFolder() === undefined ? 'realargo is not built' : undefined;
}

/** An API server and a real Argo CD that acts as its ServiceAccount; ours beside them as processes. */
export interface ArgoStage {
  readonly folder: string;
  readonly kubeconfig: string;
  /** kubectl's output. Rejects with what it said. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** An object as JSON, by its kind in lower case; undefined where there is none. */
  get<T>(kind: string, name: string, namespace?: string): Promise<T | undefined>;
  argocd(...args: string[]): Promise<string>;
  readonly api: ArgocdApi;
  /**
   * Runs a resource action over the API, as the web page does: `argocd app actions` knows only what is in Git, not what belongs to it.
   * Rejects with Argo CD's message.
   */
  action(application: string, target: ActionTarget, action: string, params?: Record<string, string>): Promise<void>;
  /** Runs git in a repository that Argo CD reads. */
  git(name: string, ...args: string[]): Promise<string>;
  /** Runs when the stage ends. */
  defer(end: () => Promise<void>): void;
  /** Commits the folder's state; the repository's URL. */
  commit(folder: string, name: string): Promise<string>;
  /** Starts `kubechain …` as this ServiceAccount of kubechain-system, until the stage ends. */
  kubechain(account: string, args: readonly string[]): Promise<ChildProcess>;
  /** Applies manifests on the server's side, as `manager`. */
  apply(manager: string, ...objects: object[]): Promise<void>;
  /** Has Argo CD look at an Application, as a webhook of the Git server does, and waits until it has; it polls every few minutes. */
  refresh(application: string, how?: 'normal' | 'hard'): Promise<void>;
  /** Deletes an Application, and waits until it is gone. */
  remove(application: string): Promise<void>;
  /** Adds keys to `argocd-cm`; Argo CD reads them at once. */
  configure(data: Record<string, string>): Promise<void>;
  /** How often Argo CD has begun to look at an Application as a whole; of lines that fit `pattern`. */
  refreshes(application: string, pattern?: RegExp): number;
  /** Asks again until `check` gives something; rejects with what is wrong then. */
  eventually<T>(what: string, check: () => Promise<T | undefined | false>, seconds?: number): Promise<T>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ActionTarget {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

const REFRESH = 'argocd.argoproj.io/refresh';

const applications: Resource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'applications',
  kind: 'Application',
  namespaced: true,
};

/** What is asked for again and again, which would be a process each time. */
const KNOWN = new Map<string, Resource>(
  [applications, ...(KINDS as readonly Resource[])].map((each) => [each.kind.toLowerCase(), each]),
);

async function ifThere(client: KubeClient, resource: Resource, name: string, namespace?: string): Promise<unknown> {
  try {
    return await client.get(resource, { name, ...(namespace === undefined ? {} : { namespace }) });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

let opened: Promise<ArgoStage> | undefined;

/**
 * The one Argo CD of this run of tests, from the first that asks for it to the end (`hooks.ts`). Undefined on a machine that has none,
 * which is said once on standard error.
 */
export function argoStage(): Promise<ArgoStage> | undefined {
  const missing = missingParts();
  if (missing === undefined) {
    opened ??= openArgoStage();
    return opened;
  }
  if (!told) process.stderr.write(`skipped: no Argo CD (${missing})\n`);
  told = true;
  return undefined;
}

let told = false;

/** Ends what `argoStage` began. */
export async function closeArgoStage(): Promise<void> {
  await (await opened)?.[Symbol.asyncDispose]();
}

/** An API server for Argo CD, and the kubectl for it. */
interface Cluster {
  readonly kubeconfig: string;
  readonly kubectl: string;
  close(): Promise<unknown>;
}

async function realCluster(folder: string): Promise<Cluster> {
  const state = join(folder, 'cluster');
  const { stdout } = await run(REALCLUSTER, ['up', state], { maxBuffer: 1e8 });
  const assets = /KUBEBUILDER_ASSETS=["']?([^"'\n;]+)/.exec(stdout)?.[1] ?? '';
  const close = () => run(REALCLUSTER, ['down', state]);
  return { kubeconfig: join(state, 'kubeconfig'), kubectl: join(assets, 'kubectl'), close };
}

async function embeddedCluster(folder: string): Promise<Cluster> {
  const { startApiServer } = await import('../../../devcluster/index.ts');
  const kubeconfig = join(folder, 'kubeconfig');
  const server = await startApiServer({ inMemory: true, kubeconfigPath: kubeconfig });
  return { kubeconfig, kubectl: await kubectlPath(), close: () => server.close() };
}

/** The API server is a real one, or the embedded. */
export async function openArgoStage(server: 'real' | 'embedded' = 'real'): Promise<ArgoStage> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'kubechain-argocd-'));
  stack.defer(() => {
    if (process.env.KUBECHAIN_KEEP === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const cluster = await (server === 'real' ? realCluster : embeddedCluster)(folder);
  stack.defer(async () => {
    await cluster.close();
  });
  const client = createKubeClient({
    kubeConfig: loadKubeConfig({ path: cluster.kubeconfig, env: {} }),
    fieldManager: 'test',
  });
  stack.defer(() => client.close());
  const { kubeconfig } = cluster;
  const env = { ...process.env, KUBECONFIG: kubeconfig };

  async function kubectl(args: readonly string[], input?: string, config = kubeconfig): Promise<string> {
    const child = run(cluster.kubectl, ['--kubeconfig', config, ...args], { env, maxBuffer: 1e8 });
    if (input !== undefined) child.child.stdin?.end(input);
    return (await child).stdout;
  }

  /** A kubeconfig of a ServiceAccount. */
  async function actingAs(namespace: string, account: string): Promise<string> {
    const token = (await kubectl(['-n', namespace, 'create', 'token', account, '--duration=4h'])).trim();
    const file = join(folder, `${account}.kubeconfig`);
    writeFileSync(file, await kubectl(['config', 'view', '--raw', '--flatten']), { mode: 0o600 });
    await kubectl(['config', 'set-credentials', account, `--token=${token}`], undefined, file);
    await kubectl(['config', 'set-context', '--current', `--user=${account}`], undefined, file);
    return file;
  }

  await kubectl(['create', 'namespace', 'argocd']);
  await kubectl(['-n', 'argocd', 'create', 'serviceaccount', 'argocd-application-controller']);
  await kubectl([
    ...['create', 'clusterrolebinding', 'argocd', '--clusterrole=cluster-admin'],
    '--serviceaccount=argocd:argocd-application-controller',
  ]);
  // By its own limit of 50 requests a second a sync of a hundred objects takes longer than anything else here.
  // What `kubechain argocd gen` says counts from a start on.
  const params = [
    'controller.k8s.client.qps=500',
    'controller.k8s.client.burst=1000',
    'controller.resource.health.persist=true',
  ];
  await kubectl([
    '-n',
    'argocd',
    'create',
    'configmap',
    'argocd-cmd-params-cm',
    ...params.map((param) => `--from-literal=${param}`),
  ]);
  const state = join(folder, 'argocd');
  const asArgocd = await actingAs('argocd', 'argocd-application-controller');
  const started = await run(REALARGO, ['up', state, asArgocd], { env, maxBuffer: 1e8 });
  const address = /http:\/\/127\.0\.0\.1:\d+/.exec(started.stdout + started.stderr)?.[0] ?? '';
  stack.defer(async () => {
    await run(REALARGO, ['down', state], { env });
  });
  const resources = stack.move();

  async function get<T>(kind: string, name: string, namespace?: string): Promise<T | undefined> {
    const resource = KNOWN.get(kind);
    if (resource !== undefined) return (await ifThere(client, resource, name, namespace)) as T | undefined;
    const where = namespace === undefined ? [] : ['-n', namespace];
    const text = await kubectl(['get', kind, name, ...where, '--ignore-not-found', '-o', 'json']);
    return text.trim() === '' ? undefined : (JSON.parse(text) as T);
  }
  let touches = 0;
  async function annotate(application: string, annotations: Record<string, string>): Promise<void> {
    const key = { namespace: 'argocd', name: application };
    await client.patch(applications, key, { type: 'merge', body: { metadata: { annotations } } });
  }
  async function touch(application: string): Promise<void> {
    touches += 1;
    await annotate(application, { 'kubechain.test/touched': String(touches) });
  }
  const api = argocdApi(address, join(state, 'password'), {
    async until(name, holds, timeoutMs) {
      const one = { namespace: 'argocd', fieldSelector: `metadata.name=${name}` };
      const options = { timeoutMs, what: `Application ${name}` };
      const { found } = await untilAmong(
        client,
        applications as Resource<KubeObject & Syncing>,
        one,
        ([found]) => holds(found) && { found },
        options,
      );
      return found;
    },
    touch,
  });
  /** Argo CD overlooks changes at times: see `Applications.touch`. */
  async function touchAll(): Promise<void> {
    const { items } = await client.list(applications, { namespace: 'argocd' });
    await Promise.allSettled(items.map(({ metadata }) => touch(metadata.name ?? '')));
  }

  const argocd = async (...args: string[]) =>
    (await run(REALARGO, ['argocd', state, ...args], { env, maxBuffer: 1e8 })).stdout;

  const stage: ArgoStage = {
    folder,
    kubeconfig,
    kubectl,
    get,
    api,
    argocd,
    async action(application, { namespace, kind, name }, action, params = {}) {
      const target = { name: application, appNamespace: 'argocd', namespace, resourceName: name, kind, action };
      const where = { group: GROUP, version: VERSION };
      const resourceActionParameters = Object.entries(params).map(([key, value]) => ({ name: key, value }));
      const path = `/api/v1/applications/${application}/resource/actions/v2`;
      await api.request('POST', path, { ...target, ...where, resourceActionParameters });
    },
    async git(name, ...args) {
      return (await run('git', ['-C', join(state, 'repos', `${name}.git`), ...args])).stdout;
    },
    defer: (end) => resources.defer(end),
    async commit(path, name) {
      return (await run(REALARGO, ['repo', state, path, name], { env })).stdout.trim();
    },
    async kubechain(account, args) {
      const config = await actingAs('kubechain-system', account);
      const log = createWriteStream(join(folder, `${account}.log`), { flags: 'a' });
      const ports = ['--health-port', String(await freePort()), '--metrics-port', String(await freePort())];
      const child = spawn(
        join(ROOT, 'bin', 'kubechain'),
        [...args, '--kubeconfig', config, '--bind-address', '127.0.0.1', '--log-format', 'json', ...ports],
        { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, KUBECONFIG: '' } },
      );
      child.stdout.pipe(log);
      child.stderr.pipe(log);
      resources.defer(async () => {
        if (child.exitCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await Promise.race([gone, sleep(10_000)]);
        child.kill('SIGKILL');
      });
      return child;
    },
    async apply(manager, ...objects) {
      const text = objects.map((object) => stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 }));
      await kubectl(['apply', '--server-side', '--field-manager', manager, '-f', '-'], text.join('---\n'));
    },
    async refresh(application, how = 'normal') {
      await annotate(application, { [REFRESH]: how });
      await stage.eventually(`a refresh of ${application}`, async () => {
        const found = await get<KubeObject>('application', application, 'argocd');
        return found?.metadata.annotations?.[REFRESH] === undefined;
      });
    },
    async remove(application) {
      await client.delete(applications, { namespace: 'argocd', name: application });
      await stage.eventually(
        `no Application ${application}`,
        async () => (await get('application', application, 'argocd')) === undefined,
      );
    },
    async configure(data) {
      await kubectl(['-n', 'argocd', 'patch', 'cm', 'argocd-cm', '--type=merge', '-p', JSON.stringify({ data })]);
    },
    refreshes(application, pattern = /Refreshing app status/) {
      return readFileSync(join(state, 'argocd-application-controller.log'), 'utf8')
        .split('\n')
        .filter(
          (line) =>
            line.includes(`"application":"${application}"`) &&
            line.includes('Refreshing app status') &&
            pattern.test(line),
        ).length;
    },
    async eventually(what, check, seconds = 120) {
      const end = Date.now() + seconds * 1000;
      let touched = Date.now();
      let last: unknown;
      while (Date.now() < end) {
        try {
          const found = await check();
          if (found !== undefined && found !== false) return found;
          last = undefined;
        } catch (error) {
          last = error;
        }
        if (Date.now() > touched + 5000) {
          await touchAll();
          touched = Date.now();
        }
        // Argo CD is asked over its command line, which has no watch for all that is asked here.
        await sleep(250);
      }
      const apps = await kubectl(['-n', 'argocd', 'get', 'applications', '-o', 'json']).catch(String);
      throw new Error(`${what}: not so within ${seconds} s; ${String(last ?? '')}\n${summary(apps)}`);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
  return stage;
}

/** Resolves when Argo CD has not begun to look at an Application for five seconds, which is longer than it puts such looks off. */
export async function untilQuiet(stage: ArgoStage, application: string): Promise<void> {
  let last = stage.refreshes(application);
  let since = performance.now();
  await stage.eventually('quiet', async () => {
    const now = stage.refreshes(application);
    if (now !== last) since = performance.now();
    last = now;
    return performance.now() - since >= 5000;
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface App {
  metadata: { name: string };
  status?: {
    sync?: { status?: string };
    health?: { status?: string };
    operationState?: { phase?: string; message?: string };
    conditions?: unknown;
    resources?: { kind: string; name: string; status?: string; health?: unknown }[];
  };
}

/** What there is to know of all Applications, for a test that waited in vain. */
function summary(json: string): string {
  try {
    const { items } = JSON.parse(json) as { items: App[] };
    return items
      .map(({ metadata, status }) =>
        JSON.stringify({
          app: metadata.name,
          sync: status?.sync?.status,
          health: status?.health?.status,
          operation: status?.operationState?.phase,
          message: status?.operationState?.message,
          conditions: status?.conditions,
          resources: status?.resources
            ?.filter((resource) => resource.status !== 'Synced')
            .map(({ kind, name, status: sync, health }) => ({ kind, name, sync, health })),
        }),
      )
      .join('\n');
  } catch {
    return json;
  }
}
