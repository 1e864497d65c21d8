/**
 * Thirty runs that each pay one invoice over MCP while the operator is killed twelve times: what is lost, what is paid twice, how
 * many model calls are made more than once. On the embedded API server, or with KUBECONFIG on the cluster it names.
 *
 *     node bench/kills.ts
 */

import { killRepeatedly } from '../test/durability/kills.ts';
import { openLane } from '../test/durability/lane.ts';
import { conversations, paymentsIn } from '../test/durability/payments.ts';
import { openTestCluster } from '../test/support/cluster.ts';
import type { Row } from './support/table.ts';
import { printTable } from './support/table.ts';

const RUNS = 30;
const KILLS = 12;
const real = (process.env.KUBECONFIG ?? '') !== '';
if (real) process.env.KUBECHAIN_TEST_SERVER = 'real';
const rows: Row[] = [];

// The clients' timers alone do not keep a process alive.
const keepAlive = setInterval(() => {}, 60_000);
const cluster = await openTestCluster();
try {
  for (const atOnce of [1, RUNS]) {
    await using lane = await openLane(cluster.client, cluster.kubeConfig, `bench-${atOnce}`);
    const killing = killRepeatedly(cluster.client, lane, KILLS);
    const names = Array.from({ length: RUNS }, (_, index) => `inv${index + 1}`);
    const phases: (string | undefined)[] = [];
    for (let first = 0; first < RUNS; first += atOnce) {
      const batch = names.slice(first, first + atOnce);
      for (const name of batch) await lane.order(name, `pay ${name}`);
      const ended = await Promise.all(batch.map((name) => lane.untilEnded(`${name}-1`, 180_000)));
      phases.push(...ended.map(({ status }) => status?.phase));
    }
    await killing.restarted();
    const paid = [...paymentsIn(lane.ledger).values()];
    const lost = phases.filter((phase) => phase !== 'FinalAnswer').length;
    const twice = paid.filter((times) => times > 1).length;
    const refused = lane.model.chats().filter(({ status }) => status !== 200 && status !== 0).length;
    const calls = [...conversations(lane.model).values()].reduce((sum, count) => sum + count, 0);
    const more = calls - 2 * RUNS;
    const how = atOnce === 1 ? 'one after the other' : 'all at once';
    rows.push({
      what: `${RUNS} runs, ${how}, ${killing.kills} kills: lost, paid twice, refused`,
      measured: `${lost}, ${twice}, ${refused}`,
      toReach: '0, 0, 0',
      reached: lost + twice + refused === 0,
    });
    rows.push({
      what: `… model calls beyond ${2 * RUNS}`,
      measured: `${more} (${killing.unanswered} runs waited for an answer at the kills)`,
      toReach: `≤ ${KILLS}`,
      reached: more <= KILLS,
    });
  }
} finally {
  await cluster[Symbol.asyncDispose]();
  clearInterval(keepAlive);
}
printTable(`Kills, ${real ? 'real' : 'embedded'} API server`, rows);
