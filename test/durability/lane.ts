import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskRun } from '../../api/index.ts';
import { taskRuns, tasks } from '../../api/index.ts';
import type { KubeClient, KubeConfig } from '../../kube/index.ts';
import type { ApiProxy } from '../support/apiProxy.ts';
import { startApiProxy } from '../support/apiProxy.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { startModelServer } from '../support/modelServer.ts';
import { namespaces, task } from '../support/objects.ts';
import { ended, resourceOf } from '../support/operator.ts';
import { until } from '../support/waiting.ts';
import type { OperatorProcess } from './operatorProcess.ts';
import { startOperatorProcess } from './operatorProcess.ts';
import { PAYMENT_SCRIPT, setUpPayments } from './payments.ts';

/** A namespace with a model, a proxy to the API server, a ledger, and the operator that works there at the moment. */
export interface Lane extends AsyncDisposable {
  readonly namespace: string;
  readonly client: KubeClient;
  readonly model: ModelServer;
  readonly proxy: ApiProxy;
  /** File that payments are written to. */
  readonly ledger: string;
  operator: OperatorProcess;
  /** Waits until the operator is gone and starts another. */
  restart(): Promise<void>;
  /** Creates a Task of the paymaster. */
  order(name: string, message: string): Promise<void>;
  untilEnded(run: string, timeoutMs?: number): Promise<TaskRun>;
  /** Waits until the Task has its answer: the last write of its run. */
  untilTold(taskName: string): Promise<void>;
}

export async function openLane(client: KubeClient, kubeConfig: KubeConfig, name: string): Promise<Lane> {
  await using stack = new AsyncDisposableStack();
  const { metadata } = await client.create(namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { generateName: `kc-${name}-` },
  });
  const namespace = metadata.name ?? '';
  stack.defer(() => client.delete(namespaces, { name: namespace }).catch(() => {}));
  const folder = await mkdtemp(join(tmpdir(), 'payments-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const ledger = join(folder, 'ledger.txt');
  const model = stack.use(await startModelServer(PAYMENT_SCRIPT));
  const proxy = stack.use(await startApiProxy(kubeConfig));
  let born = 1;
  const lane = {
    namespace,
    client,
    model,
    proxy,
    ledger,
    operator: startOperatorProcess(proxy.kubeconfigPath, namespace, `${name}-1`),
    async restart() {
      await lane.operator.exited;
      born += 1;
      lane.operator = startOperatorProcess(proxy.kubeconfigPath, namespace, `${name}-${born}`);
      await lane.operator.started;
    },
    async order(taskName: string, message: string) {
      const object = task(namespace, taskName, message, { agentRef: { name: 'paymaster' } });
      await client.create(resourceOf(object), object);
    },
    async untilTold(taskName: string) {
      await until(client, tasks, { namespace, name: taskName }, ({ status }) => status?.output);
    },
    untilEnded: (run: string, timeoutMs = 30_000) =>
      until(client, taskRuns, { namespace, name: run }, ended, timeoutMs),
  };
  stack.defer(() => lane.operator.stop());
  await setUpPayments(client, namespace, model, ledger);
  const kept = stack.move();
  return Object.assign(lane, { [Symbol.asyncDispose]: () => kept.disposeAsync() });
}
