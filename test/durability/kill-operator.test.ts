import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { taskRuns, tasks } from '../../api/index.ts';
import type { ApiProxy, Fate } from '../support/apiProxy.ts';
import { startApiProxy } from '../support/apiProxy.ts';
import type { TestCluster } from '../support/cluster.ts';
import { openTestCluster } from '../support/cluster.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { startModelServer } from '../support/modelServer.ts';
import { namespaces, task } from '../support/objects.ts';
import { ended, resourceOf } from '../support/operator.ts';
import { until } from '../support/waiting.ts';
import type { OperatorProcess } from './operatorProcess.ts';
import { startOperatorProcess } from './operatorProcess.ts';
import { checkRun, conversations, PAYMENT_SCRIPT, paymentsIn, setUpPayments } from './payments.ts';

/** A namespace with its model, its proxy, and the operator that lives there at the moment. */
interface Lane extends AsyncDisposable {
  readonly namespace: string;
  readonly model: ModelServer;
  readonly proxy: ApiProxy;
  readonly ledger: string;
  operator: OperatorProcess;
  restart(): Promise<void>;
}

describe('durability: the operator is killed at every write', function () {
  this.timeout(120_000);
  let cluster: TestCluster;
  let folder: string;
  before(async () => {
    cluster = await openTestCluster();
    folder = await mkdtemp(join(tmpdir(), 'payments-'));
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function openLane(name: string): Promise<Lane> {
    await using stack = new AsyncDisposableStack();
    const { metadata } = await cluster.client.create(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { generateName: `kc-${name}-` },
    });
    const namespace = metadata.name ?? '';
    stack.defer(() => cluster.client.delete(namespaces, { name: namespace }));
    const model = stack.use(await startModelServer(PAYMENT_SCRIPT));
    const proxy = stack.use(await startApiProxy(cluster.kubeConfig));
    const ledger = join(folder, `${namespace}.txt`);
    let born = 1;
    const lane = {
      namespace,
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
    };
    stack.defer(() => lane.operator.stop());
    await setUpPayments(cluster.client, namespace, model, ledger);
    const kept = stack.move();
    return Object.assign(lane, { [Symbol.asyncDispose]: () => kept.disposeAsync() });
  }

  const untilEnded = (lane: Lane, run: string, timeoutMs = 30_000) =>
    until(cluster.client, taskRuns, { namespace: lane.namespace, name: run }, ended, timeoutMs);

  async function settle(lane: Lane, name: string): Promise<void> {
    const object = task(lane.namespace, name, `settle ${name}`, { agentRef: { name: 'paymaster' } });
    await cluster.client.create(resourceOf(object), object);
  }

  /** Kills the operator at the n-th write of the run `name` and lets the next one finish it. */
  async function killAt(lane: Lane, name: string, n: number, fate: Fate): Promise<{ killed: boolean; at: string }> {
    const first = lane.proxy.writes.length;
    let killed = false;
    let at = '';
    lane.proxy.fateOf = (write) => {
      if (killed) return 'pass';
      return write.n - first === n ? fate : 'pass';
    };
    lane.proxy.onFate = ({ method, path }) => {
      killed = true;
      at = `${fate} ${method} ${path}`;
      lane.operator.kill();
    };
    await settle(lane, name);
    const restarted = lane.operator.exited.then(() => (killed ? lane.restart() : undefined));
    const run = await untilEnded(lane, `${name}-1`);
    // The Task's status comes last, and after a second at the most.
    await until(cluster.client, tasks, { namespace: lane.namespace, name }, ({ status }) => status?.output);
    if (killed) await restarted;
    await checkRun(cluster.client, run, lane.ledger);
    const calls = conversations(lane.model);
    const own = (calls.get(`settle ${name}`) ?? 0) + (calls.get(`clerk, about ${name}`) ?? 0);
    assert.ok(own <= 3 + (killed ? 1 : 0), `${at}: ${own} model calls`);
    assert.ok((paymentsIn(lane.ledger).get(name) ?? 0) <= 1, `${at}: paid twice`);
    return { killed, at };
  }

  for (const fate of ['before', 'after'] as const) {
    it(`${fate} it reaches the API server: the run ends all the same, nothing is done twice`, async () => {
      await using lane = await openLane(fate);
      const points: string[] = [];
      for (let n = 1; ; n += 1) {
        const { killed, at } = await killAt(lane, `${fate}${n}`, n, fate);
        if (!killed) break;
        points.push(at);
      }
      assert.ok(points.length >= 18, `${points.length} writes:\n${points.join('\n')}`);
    });
  }
});
