import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startApiProxy } from '../support/apiProxy.ts';
import type { TestCluster } from '../support/cluster.ts';
import { openTestCluster } from '../support/cluster.ts';
import { startModelServer } from '../support/modelServer.ts';
import { namespaces, task } from '../support/objects.ts';
import { createRoom } from '../support/operator.ts';
import { startOperatorProcess } from './operatorProcess.ts';

const RUNS = 8;

describe('durability: two operators and one lease', function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  before(async () => {
    cluster = await openTestCluster();
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  it('the other takes over when the leader is killed; no run is lost or advanced twice', async () => {
    await using model = await startModelServer();
    await using proxy = await startApiProxy(cluster.kubeConfig);
    const { metadata } = await cluster.client.create(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { generateName: 'kc-leader-' },
    });
    const namespace = metadata.name ?? '';
    const room = createRoom(namespace, cluster.client, { writes: [] }, model);
    const first = startOperatorProcess(proxy.kubeconfigPath, namespace, 'first', 'operator');
    await first.started;
    const second = startOperatorProcess(proxy.kubeconfigPath, namespace, 'second', 'operator');
    try {
      await room.agent();
      model.hold();
      const names = Array.from({ length: RUNS }, (_, index) => `run${index + 1}`);
      for (const name of names) await room.create(task(namespace, name, `question of ${name}`));
      await model.untilHeld(RUNS);
      // All runs wait for the model; none of them has been advanced by the second one.
      assert.ok(!second.logs.some(({ message }) => message.includes('controllers start')));
      first.kill();
      await first.exited;
      await second.started;
      await model.untilHeld(RUNS);
      model.release();
      for (const name of names) {
        const run = await room.untilEnded(`${name}-1`);
        assert.equal(run.status?.phase, 'FinalAnswer');
        assert.equal(run.status?.turns, 1);
        assert.deepEqual(
          run.status?.contextWindow?.map(({ role }) => role),
          ['system', 'user', 'assistant'],
        );
      }
      // Each run's answer was asked for once of each leader, under one idempotency key.
      const keys = new Set(model.chats().map(({ idempotencyKey }) => idempotencyKey));
      assert.equal(keys.size, RUNS);
    } finally {
      await Promise.all([first.stop(), second.stop()]);
      await cluster.client.delete(namespaces, { name: namespace });
    }
  });
});
