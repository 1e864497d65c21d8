/**
 * The admission webhooks under load: 16 policies × 100 tools × 16 connections over TLS keep-alive, tool calls reviewed one after the
 * other by a process of its own; then how that grows with policies and tools.
 *
 *     node bench/webhook.ts
 */
import { setStage } from './support/stage.ts';
import { printTable } from './support/table.ts';
import {
  createSubjects,
  drive,
  policies,
  quantile,
  reviewOf,
  setPolicies,
  startWebhookProcess,
} from './support/webhooks.ts';

const OPERATOR = 'system:serviceaccount:kubechain-system:kubechain-operator';
const CONNECTIONS = 16;
const WARM_UP = 3_000;
const REVIEWS = 20_000;
/** Milliseconds that a connection rests between two reviews where the time of a single one is measured: half the load. */
const REST_MS = 12;
const CHART_REVIEWS = 3_000;

const stage = await setStage();
const { client, namespace } = stage;
try {
  await createSubjects(client, namespace);
  const webhook = await startWebhookProcess({
    kubeconfig: stage.kubeconfig,
    namespace,
    operator: OPERATOR,
    register: false,
  });
  const load = (tools: number, count: number, restMs = 0) =>
    drive(webhook, {
      connections: CONNECTIONS,
      count,
      restMs,
      review: (number) => reviewOf(number, Math.min(tools, 900), namespace, OPERATOR),
    }).then((driven) => {
      if (driven.failures.length > 0) throw new Error(driven.failures[0]);
      return driven;
    });

  await setPolicies(client, policies(16, 100));
  await load(100, WARM_UP);
  await webhook.ask();
  const driven = await load(100, REVIEWS);
  const full = await webhook.ask();
  await load(100, REVIEWS / 2, REST_MS);
  const easy = await webhook.ask();
  const perCore = REVIEWS / full.cpuSeconds;
  const p99 = quantile(easy.handlerMs, 0.99);
  printTable(`Webhooks: 16 policies × 100 tools × ${CONNECTIONS} connections, TLS keep-alive`, [
    {
      what: 'reviews a second a core (CPU time of the webhook)',
      measured: `${perCore.toFixed(0)} (${(REVIEWS / driven.seconds).toFixed(0)}/s wall clock, load generator beside it)`,
      toReach: '≥ 2,000',
      reached: perCore >= 2_000,
    },
    {
      what: `handler, p99 with ${CONNECTIONS} connections`,
      measured: `${p99.toFixed(2)} ms (p50 ${quantile(easy.handlerMs, 0.5).toFixed(2)} ms; saturated: p99 ${quantile(full.handlerMs, 0.99).toFixed(2)} ms)`,
      toReach: '≤ 10 ms',
      reached: p99 <= 10,
    },
    {
      what: 'event loop lag, p99',
      measured: `${easy.lagMs.toFixed(1)} ms (saturated: ${full.lagMs.toFixed(1)} ms; memory ${easy.rssMiB.toFixed(0)} MiB)`,
      toReach: 'reported',
      reached: true,
    },
  ]);

  const TOOLS = [10, 100, 1000];
  console.log('\n### Growth: reviews a second a core (handler p50, saturated)\n');
  console.log(`| policies | ${TOOLS.map((tools) => `${tools} tools`).join(' | ')} |`);
  console.log(`|---|${TOOLS.map(() => '---').join('|')}|`);
  for (const count of [1, 16, 100]) {
    const cells: string[] = [];
    for (const tools of TOOLS) {
      await setPolicies(client, policies(count, tools));
      await load(tools, CHART_REVIEWS / 3);
      await webhook.ask();
      await load(tools, CHART_REVIEWS);
      const { cpuSeconds, handlerMs } = await webhook.ask();
      cells.push(`${(CHART_REVIEWS / cpuSeconds).toFixed(0)} (${quantile(handlerMs, 0.5).toFixed(2)} ms)`);
    }
    console.log(`| ${count} | ${cells.join(' | ')} |`);
  }
  await setPolicies(client, []);
  await webhook.stop();
} finally {
  await stage.close();
}
