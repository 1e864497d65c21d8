import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { installCrds } from '../../cli/installCrds.ts';
import type { KubeClient } from '../../kube/index.ts';
import { createKubeClient, systemClock } from '../../kube/index.ts';
import { testsRealServer } from '../support/server.ts';
import type { KillableServer } from './killableServer.ts';
import { startKillableServer } from './killableServer.ts';
import { openLane } from './lane.ts';
import { checkRun, conversations, paymentsIn } from './payments.ts';

/** Starts of an API server take their time, those of a real one seconds. */
const STRIDE = testsRealServer ? 5 : 2;

describe('durability: the API server is killed in the middle of a run', function () {
  this.timeout(300_000);
  let server: KillableServer | undefined;
  let client: KubeClient;
  before(async function () {
    server = await startKillableServer();
    if (server === undefined) this.skip();
    client = createKubeClient({ kubeConfig: server.kubeConfig, fieldManager: 'kubechain-test' });
    await installCrds(client, systemClock, new AbortController().signal);
  });
  after(async () => {
    await client?.close();
    await server?.[Symbol.asyncDispose]();
  });

  it('at every write, before and after it takes effect: the run ends all the same, and nothing is done twice', async () => {
    const target = server ?? assert.fail();
    await using lane = await openLane(client, target.kubeConfig, 'apiserver');
    const points: string[] = [];
    for (let n = 1; ; n += STRIDE) {
      const name = `k${n}`;
      const first = lane.proxy.writes.length;
      let at: string | undefined;
      let back: Promise<void> | undefined;
      lane.proxy.fateOf = ({ n: present, method, path }) => {
        if (at !== undefined || present - first !== n) return 'pass';
        const fate = (n / STRIDE) % 2 < 1 ? 'before' : 'after';
        at = `${fate} ${method} ${path}`;
        return fate;
      };
      lane.proxy.onFate = () => {
        target.kill();
        back = target.start();
      };
      await lane.order(name, `settle ${name}`);
      const run = await lane.untilEnded(`${name}-1`, 60_000);
      await lane.untilTold(name);
      await back;
      assert.ok(lane.operator.alive, 'the operator went with it');
      await checkRun(client, run, lane.ledger);
      // The operator lives: it knows how its tools ended, and has the model's answers. Nothing is asked for again.
      const calls = conversations(lane.model);
      assert.equal(calls.get(`settle ${name}`), 2, String(at));
      assert.equal(calls.get(`clerk, about ${name}`), 1, String(at));
      assert.equal(paymentsIn(lane.ledger).get(name), 1, String(at));
      if (at === undefined) break;
      points.push(at);
    }
    assert.ok(points.length * STRIDE >= 16, points.join('\n'));
  });
});
