/**
 * The admission webhooks over minutes: a new certificate each second, connections that come and go, memory.
 *
 *     node bench/webhookSoak.ts                    BENCH_MINUTES=3: less of it
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
const MINUTES = Number(process.env.BENCH_MINUTES ?? 10);
const CONNECTIONS = 16;
const TOOLS = 100;
/** A quarter of what a core does: as much as a busy cluster. */
const REST_MS = 30;

const stage = await setStage();
const { client, namespace } = stage;
try {
  await createSubjects(client, namespace);
  await setPolicies(client, policies(16, TOOLS));
  const webhook = await startWebhookProcess({
    kubeconfig: stage.kubeconfig,
    namespace,
    operator: OPERATOR,
    register: false,
  });
  const load = (seconds: number) =>
    drive(webhook, {
      connections: CONNECTIONS,
      until: performance.now() + seconds * 1000,
      restMs: REST_MS,
      reviewsAConnection: 20,
      review: (number) => reviewOf(number, TOOLS, namespace, OPERATOR),
    });
  await load(15);
  const { rotations: before } = await webhook.ask(1_000);
  const memory: number[] = [];
  const resident: number[] = [];
  const lags: number[] = [];
  const failures: string[] = [];
  let [reviews, handshakes, rotations] = [0, 0, before];
  const handler: number[] = [];
  for (let slice = 0; slice < MINUTES * 6; slice++) {
    const driven = await load(10);
    const answer = await webhook.ask();
    reviews += driven.reviews;
    handshakes += driven.handshakes;
    failures.push(...driven.failures);
    memory.push(answer.heapMiB);
    resident.push(answer.rssMiB);
    lags.push(answer.lagMs);
    handler.push(quantile(answer.handlerMs, 0.99));
    rotations = answer.rotations;
  }
  const half = memory.slice(0, memory.length / 2);
  const rest = memory.slice(memory.length / 2);
  const growth = Math.max(...rest) / Math.max(...half);
  const minutes = (rotations - before) / 60;
  printTable(`Webhooks over ${MINUTES} minutes, ${CONNECTIONS} connections, 16 policies × ${TOOLS} tools`, [
    {
      what: `failed handshakes and reviews, certificate renewed ${rotations - before} times`,
      measured: `${failures.length} of ${handshakes} handshakes and ${reviews} reviews${failures.length > 0 ? ` (${failures[0]})` : ''}`,
      toReach: '0, renewed each second',
      reached: failures.length === 0 && minutes >= MINUTES * 0.8,
    },
    {
      what: 'memory after a collection: most in the second half ÷ most in the first',
      measured: `${growth.toFixed(3)} (${memory[0]?.toFixed(1)} → ${memory.at(-1)?.toFixed(1)} MiB; resident ${resident[0]?.toFixed(0)} → ${resident.at(-1)?.toFixed(0)} MiB)`,
      toReach: '≤ 1.05',
      reached: growth <= 1.05,
    },
    {
      what: 'event loop lag, p99 of the worst ten seconds; handler p99',
      measured: `${Math.max(...lags).toFixed(1)} ms; ${Math.max(...handler).toFixed(2)} ms`,
      toReach: 'reported',
      reached: true,
    },
  ]);
  await setPolicies(client, []);
  await webhook.stop();
} finally {
  await stage.close();
}
