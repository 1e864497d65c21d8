/**
 * TaskRuns a second with the webhooks and 16 policies, and without: by turns, so that what else the machine does falls on both alike.
 *
 *     node bench/webhookRuns.ts
 */
import { createAgents } from './support/agents.ts';
import { createLoad } from './support/load.ts';
import { setStage } from './support/stage.ts';
import { printTable } from './support/table.ts';
import { policies, setPolicies, startWebhookProcess } from './support/webhooks.ts';

const COUNT = Number(process.env.BENCH_RUNS ?? 300);
const ROUNDS = 3;
const scenarios = [
  { name: 'no tools', agent: 'plain', message: 'What is the capital of the moon?' },
  { name: 'one builtin tool call', agent: 'adder', message: 'add 2 and 3' },
] as const;

const stage = await setStage();
const { client, namespace } = stage;
try {
  const { status } = (await client.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  })) as { status: { userInfo: { username: string } } };
  await stage.startOperator();
  await createAgents(stage);
  const load = await createLoad(stage);
  const rates = { without: new Map<string, number[]>(), with: new Map<string, number[]>() };
  const measure = async (into: Map<string, number[]>): Promise<void> => {
    for (const scenario of scenarios) {
      await load.run({ ...scenario, count: 50, atOnce: 25 });
      const { perSecond } = await load.run({ ...scenario, count: COUNT, atOnce: 100 });
      into.set(scenario.name, [...(into.get(scenario.name) ?? []), perSecond]);
    }
  };
  for (let round = 0; round < ROUNDS; round++) {
    await measure(rates.without);
    await setPolicies(client, policies(16, 100));
    const webhook = await startWebhookProcess({
      kubeconfig: stage.kubeconfig,
      namespace,
      operator: status.userInfo.username,
      register: true,
    });
    await measure(rates.with);
    await webhook.stop();
    await setPolicies(client, []);
  }
  await load.close();
  const best = (all: readonly number[] = []): number => Math.max(...all);
  printTable(
    `Runs with webhooks and 16 policies, ${stage.server} API server`,
    scenarios.map(({ name }) => {
      const [bare, judged] = [best(rates.without.get(name)), best(rates.with.get(name))];
      return {
        what: `TaskRuns/s, ${name}, 100 at once: with ÷ without`,
        measured: `${(judged / bare).toFixed(2)} (${judged.toFixed(1)} ÷ ${bare.toFixed(1)}, the best of ${ROUNDS} rounds each)`,
        toReach: '≥ 0.8',
        reached: judged / bare >= 0.8,
      };
    }),
  );
} finally {
  await stage.close();
}
