import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KINDS, toCustomResourceDefinition } from '../../api/index.ts';
import type { KubeClient, KubeObject, Logger, Resource } from '../../kube/index.ts';
import { createKubeClient, isAlreadyExists, loadKubeConfig } from '../../kube/index.ts';
import { operatorAccount } from './operatorAccount.ts';
import { commandLine, freePort, type Program, processesLike, startProgram } from './program.ts';

export const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silent,
};

/** API server, operator and simulated model, each a process of its own, and a client of this process. */
export interface Stage {
  readonly server: string;
  readonly kubeconfig: string;
  readonly client: KubeClient;
  readonly namespace: string;
  readonly model: Program;
  readonly modelUrl: string;
  /** The API server's processes, with its etcd, where they run on this machine. */
  readonly serverPids: readonly number[];
  /** kube-controller-manager, likewise: collects garbage, counts quotas. */
  readonly controllerPids: readonly number[];
  /** With `ownAccount` as its ServiceAccount, with the roles of an installation, else as who the kubeconfig names. */
  startOperator(
    args?: readonly string[],
    options?: { readonly ownAccount?: boolean },
  ): Promise<{ program: Program; metricsUrl: string; username?: string }>;
  close(): Promise<void>;
}

export const namespaces: Resource = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
};
const crds: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

/** On the cluster that KUBECONFIG names, else on the embedded API server with a folder of its own. */
export async function setStage(options: { readonly modelArgs?: readonly string[] } = {}): Promise<Stage> {
  const closing: (() => Promise<void> | void)[] = [];
  let kubeconfig = process.env.KUBECONFIG ?? '';
  let server = 'real';
  let serverPids: number[] = [];
  let controllerPids: number[] = [];
  if (kubeconfig === '') {
    server = 'embedded';
    const data = mkdtempSync(join(tmpdir(), 'kubechain-bench-'));
    closing.unshift(() => rmSync(data, { recursive: true, force: true }));
    const api = startProgram(['devcluster', '--data', data, '--port', '0']);
    await api.line(/Kubernetes API on/);
    serverPids = [api.pid];
    kubeconfig = join(data, 'kubeconfig');
    closing.unshift(() => api.stop());
  }
  const kubeConfig = await loadKubeConfig({ path: kubeconfig });
  if (server === 'real') {
    serverPids = controlPlane(kubeConfig.cluster.server);
    controllerPids = controllersOf(kubeconfig, kubeConfig.cluster.server);
  }
  const client = createKubeClient({
    kubeConfig,
    fieldManager: 'kubechain-bench',
    logger: silent,
  });
  closing.unshift(() => client.close());
  for (const kind of KINDS) {
    const crd = toCustomResourceDefinition(kind) as unknown as KubeObject;
    await client.patch(crds, { name: crd.metadata.name ?? '' }, { type: 'apply', body: crd }, { force: true });
  }
  await established(client);
  const namespace = `bench-${Date.now().toString(36)}`;
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  closing.unshift(() => client.delete(namespaces, { name: namespace }));

  const model = startProgram(['simulate-openai', '--port', '0', '--no-api-key', ...(options.modelArgs ?? [])]);
  closing.unshift(() => model.stop());
  const modelUrl = (await model.line(/on (http:\S+\/v1)/))[1] ?? '';

  return {
    server,
    kubeconfig,
    client,
    namespace,
    model,
    modelUrl,
    serverPids,
    controllerPids,
    async startOperator(args = [], { ownAccount = false } = {}) {
      const folder = mkdtempSync(join(tmpdir(), 'kubechain-bench-operator-'));
      closing.unshift(() => rmSync(folder, { recursive: true, force: true }));
      const account = ownAccount ? await operatorAccount(client, kubeconfig, folder) : undefined;
      const [health, metrics] = [await freePort(), await freePort()];
      const program = startProgram([
        'operator',
        ...[
          '--kubeconfig',
          account?.kubeconfig ?? kubeconfig,
          '--no-leader-elect',
          '--namespace',
          namespace,
          '--log-level',
          'info',
        ],
        ...['--health-port', String(health), '--metrics-port', String(metrics), ...args],
      ]);
      closing.unshift(() => program.stop());
      await program.line(/caches are filled/);
      return {
        program,
        metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
        ...(account === undefined ? {} : { username: account.username }),
      };
    },
    async close() {
      for (const step of closing) await step();
    },
  };
}

/** kube-apiserver by its port, and its etcd by the port that it names; none where they run elsewhere. */
function controlPlane(url: string): number[] {
  const [apiserver] = processesLike(new RegExp(`kube-apiserver .*--secure-port[ =]${new URL(url).port}\\b`));
  if (apiserver === undefined) return [];
  const etcdPort = /--etcd-servers[ =]\S+:(\d+)/.exec(commandLine(apiserver))?.[1];
  return [
    apiserver,
    ...(etcdPort === undefined
      ? []
      : processesLike(new RegExp(`etcd .*listen-client-urls\\S*[ =]\\S*:${etcdPort}\\b`))),
  ];
}

/** kube-controller-managers whose kubeconfig names the server. */
function controllersOf(given: string, url: string): number[] {
  return processesLike(/kube-controller-manager .*--kubeconfig[ =]/).filter((pid) => {
    const file = /--kubeconfig[ =](\S+)/.exec(commandLine(pid))?.[1] ?? given;
    try {
      return readFileSync(file, 'utf8').includes(url);
    } catch {
      return false; // on a disk that is not ours
    }
  });
}

/** Serving lags behind the creation of a CRD. */
async function established(client: KubeClient): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (const kind of KINDS) {
    for (;;) {
      try {
        await client.list(kind as Resource, { limit: 1 });
        break;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

export async function create<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  object: T,
): Promise<void> {
  try {
    await client.create(resource, object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
