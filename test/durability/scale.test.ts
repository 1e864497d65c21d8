import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { TaskRun } from '../../api/index.ts';
import type { TestCluster } from '../support/cluster.ts';
import { openTestCluster } from '../support/cluster.ts';
import { killRepeatedly } from './kills.ts';
import type { Lane } from './lane.ts';
import { openLane } from './lane.ts';
import { checkRun, conversations, paymentsIn } from './payments.ts';

const RUNS = 30;
const KILLS = 12;

describe('durability: thirty payments and twelve kills', function () {
  this.timeout(240_000);
  let cluster: TestCluster;
  before(async () => {
    cluster = await openTestCluster();
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  /** How often the model was asked, when nobody was lost and nobody paid twice. */
  async function audit(lane: Lane, runs: readonly TaskRun[]): Promise<Map<string, number>> {
    const paid = paymentsIn(lane.ledger);
    assert.deepEqual(
      [...paid].filter(([, times]) => times > 1),
      [],
      'paid twice',
    );
    for (const run of runs) {
      const phases = await checkRun(cluster.client, run, lane.ledger);
      // What was not paid is not lost: the call says that its outcome is unknown.
      const invoice = run.spec.taskRef.name;
      assert.ok(paid.has(invoice) || phases.includes('invoices__pay OutcomeUnknown'), `${invoice} is lost`);
    }
    return conversations(lane.model);
  }
  const names = Array.from({ length: RUNS }, (_, index) => `inv${index + 1}`);

  it('one after the other: none lost, none paid twice, at most one model call more a kill', async () => {
    await using lane = await openLane(cluster.client, cluster.kubeConfig, 'row');
    const killing = killRepeatedly(cluster.client, lane, KILLS);
    const runs: TaskRun[] = [];
    for (const name of names) {
      await lane.order(name, `pay ${name}`);
      runs.push(await lane.untilEnded(`${name}-1`));
    }
    await killing.restarted();
    assert.equal(killing.kills, KILLS);
    const asked = [...(await audit(lane, runs)).values()].reduce((sum, calls) => sum + calls, 0);
    assert.ok(asked <= 2 * RUNS + KILLS, `${asked} model calls`);
  });

  it('all at once: none lost, none paid twice, at most as many model calls more as operators of that age may have under way', async () => {
    await using lane = await openLane(cluster.client, cluster.kubeConfig, 'once');
    const killing = killRepeatedly(cluster.client, lane, KILLS);
    for (const name of names) await lane.order(name, `pay ${name}`);
    const runs = await Promise.all(names.map((name) => lane.untilEnded(`${name}-1`, 180_000)));
    await killing.restarted();
    // All end together: where the machine is quick, too few writes are left for the last kills.
    assert.ok(killing.kills >= KILLS - 3, `${killing.kills} kills`);
    const asked = [...(await audit(lane, runs)).values()].reduce((sum, calls) => sum + calls, 0);
    assert.ok(asked <= 2 * RUNS + killing.underWay, `${asked} model calls, ${killing.underWay} under way at kills`);
    // A turn that was asked for again is asked for under the same key.
    const keys = new Set(lane.model.chats().map(({ idempotencyKey }) => idempotencyKey));
    assert.equal(keys.size, 2 * RUNS);
  });
});
