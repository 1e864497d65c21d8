/**
 * TaskRuns a second with the webhooks and 16 policies, and without: by turns, so that what else the machine does falls on both alike; and
 * the processor time that a run takes, on which it does not fall.
 *
 *     node bench/webhookRuns.ts
 */
import { createAgents } from './support/agents.ts';
import { createLoad } from './support/load.ts';
import { cpuSeconds } from './support/program.ts';
import { setStage } from './support/stage.ts';
import { printTable } from './support/table.ts';
import { policies, quantile, setPolicies, startWebhookProcess, type WebhookProcess } from './support/webhooks.ts';

const COUNT = Number(process.env.BENCH_RUNS ?? 200);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const scenarios = [
  { name: 'no tools', agent: 'plain', message: 'What is the capital of the moon?' },
  { name: 'one builtin tool call', agent: 'adder', message: 'add 2 and 3' },
] as const;

interface Measured {
  readonly perSecond: number;
  /** Milliseconds of processor time a run: operator, API server, model, load generator, webhook. */
  readonly cpuMs: number;
}

const stage = await setStage();
const { client, namespace } = stage;
try {
  const { status } = (await client.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  })) as { status: { userInfo: { username: string } } };
  const { program } = await stage.startOperator();
  await createAgents(stage);
  const load = await createLoad(stage);
  const pids = [program.pid, process.pid, stage.model.pid, ...stage.serverPids];
  const spent = (): number => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);

  const measure = async (scenario: (typeof scenarios)[number], webhook?: WebhookProcess): Promise<Measured> => {
    await load.run({ ...scenario, count: 50, atOnce: 25 });
    await webhook?.ask();
    const before = spent();
    const { perSecond } = await load.run({ ...scenario, count: COUNT, atOnce: 100 });
    const cpu = spent() - before + ((await webhook?.ask())?.cpuSeconds ?? 0);
    return { perSecond, cpuMs: (cpu / COUNT) * 1000 };
  };
  const pairs = new Map(scenarios.map(({ name }) => [name, [] as { bare: Measured; judged: Measured }[]]));
  for (let round = 0; round < ROUNDS; round++) {
    const bare = new Map<string, Measured>();
    for (const scenario of scenarios) bare.set(scenario.name, await measure(scenario));
    await setPolicies(client, policies(16, 100));
    const operator = status.userInfo.username;
    const webhook = await startWebhookProcess({ kubeconfig: stage.kubeconfig, namespace, operator, register: true });
    for (const scenario of scenarios) {
      const judged = await measure(scenario, webhook);
      const before = bare.get(scenario.name);
      // The first round warms everything up.
      if (before !== undefined && round > 0) pairs.get(scenario.name)?.push({ bare: before, judged });
    }
    await webhook.stop();
    await setPolicies(client, []);
  }
  await load.close();
  const median = (values: readonly number[]): number => quantile(values, 0.5);
  printTable(
    `Runs with webhooks and 16 policies, ${stage.server} API server`,
    scenarios.flatMap(({ name }) => {
      const all = pairs.get(name) ?? [];
      const rate = median(all.map(({ bare, judged }) => judged.perSecond / bare.perSecond));
      const cpu = median(all.map(({ bare, judged }) => bare.cpuMs / judged.cpuMs));
      const shown = (of: (pair: (typeof all)[number]) => number): string => median(all.map(of)).toFixed(1);
      return [
        {
          what: `TaskRuns/s, ${name}, 100 at once: with ÷ without`,
          measured: `${rate.toFixed(2)} (${shown((pair) => pair.judged.perSecond)} ÷ ${shown((pair) => pair.bare.perSecond)})`,
          toReach: '≥ 0.8',
          reached: rate >= 0.8,
        },
        {
          what: `processor time a run, ${name}: without ÷ with`,
          measured: `${cpu.toFixed(2)} (${shown((pair) => pair.bare.cpuMs)} ÷ ${shown((pair) => pair.judged.cpuMs)} ms)`,
          toReach: '≥ 0.8',
          reached: cpu >= 0.8,
        },
      ];
    }),
  );
} finally {
  await stage.close();
}
