import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Fate } from '../support/apiProxy.ts';
import type { TestCluster } from '../support/cluster.ts';
import { openTestCluster } from '../support/cluster.ts';
import type { Lane } from './lane.ts';
import { openLane } from './lane.ts';
import { checkRun, conversations, paymentsIn } from './payments.ts';

describe('durability: the operator is killed at every write of a run', function () {
  this.timeout(300_000);
  let cluster: TestCluster;
  before(async () => {
    cluster = await openTestCluster();
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  /** Kills the operator at the n-th write of the run `name` and lets the next one finish it. */
  async function killAt(lane: Lane, name: string, n: number, fate: Fate): Promise<{ killed: boolean; at: string }> {
    const first = lane.proxy.writes.length;
    let at: string | undefined;
    lane.proxy.fateOf = ({ n: present, method, path }) => {
      if (at !== undefined || present - first !== n) return 'pass';
      at = `${fate} ${method} ${path}`;
      return fate;
    };
    lane.proxy.onFate = () => lane.operator.kill();
    // One that ends with its lane is not brought back.
    const restarted = lane.operator.exited.then(() => (at === undefined ? undefined : lane.restart()));
    await lane.order(name, `settle ${name}`);
    const run = await lane.untilEnded(`${name}-1`);
    // The Task's status comes last, and after a second at the most.
    await lane.untilTold(name);
    if (at !== undefined) await restarted;
    await checkRun(lane.client, run, lane.ledger);
    const calls = conversations(lane.model);
    const own = (calls.get(`settle ${name}`) ?? 0) + (calls.get(`clerk, about ${name}`) ?? 0);
    assert.ok(own <= 3 + (at === undefined ? 0 : 1), `${at}: ${own} model calls`);
    assert.ok((paymentsIn(lane.ledger).get(name) ?? 0) <= 1, `${at}: paid twice`);
    return { killed: at !== undefined, at: at ?? '' };
  }

  async function killEverywhere(fate: Fate): Promise<void> {
    await using lane = await openLane(cluster.client, cluster.kubeConfig, fate);
    const points: string[] = [];
    for (let n = 1; ; n += 1) {
      const { killed, at } = await killAt(lane, `${fate}${n}`, n, fate);
      if (!killed) break;
      points.push(at);
    }
    assert.ok(points.length >= 18, `${points.length} writes:\n${points.join('\n')}`);
  }

  it('before and after it reaches the API server: the run ends all the same, and nothing is done twice', async () => {
    await Promise.all([killEverywhere('before'), killEverywhere('after')]);
  });
});
