/**
 * TaskRuns a second with the webhooks and 16 policies, and without: by turns, so that what else the machine does falls on both alike; and
 * the processor time that a run takes, on which it does not fall.
 *
 *     node bench/webhookRuns.ts
 */
import { createAgents } from './support/agents.ts';
import { createLoad, eventsWritten } from './support/load.ts';
import { cpuSeconds } from './support/program.ts';
import { setStage } from './support/stage.ts';
import { printTable } from './support/table.ts';
import {
  drive,
  policies,
  quantile,
  reviewOf,
  setPolicies,
  startWebhookProcess,
  type WebhookProcess,
} from './support/webhooks.ts';

const COUNT = Number(process.env.BENCH_RUNS ?? 200);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const REVIEWS_BEFORE = 5000;
const scenarios = [
  { name: 'no tools', agent: 'plain', message: 'What is the capital of the moon?' },
  { name: 'one builtin tool call', agent: 'adder', message: 'add 2 and 3' },
] as const;

const PARTS = ['operator', 'API server', 'model', 'load', 'webhook'] as const;

interface Measured {
  readonly perSecond: number;
  /** Milliseconds of processor time a run, by program. */
  readonly cpuMs: Readonly<Record<(typeof PARTS)[number], number>>;
}

const stage = await setStage();
const { client, namespace } = stage;
try {
  // Tasks are made by somebody else than the operator, so they are stamped and judged as people's are.
  const { program, metricsUrl, username = '' } = await stage.startOperator([], { ownAccount: true });
  await createAgents(stage);
  const load = await createLoad(stage);
  const spent = () => ({
    operator: cpuSeconds(program.pid),
    'API server': stage.serverPids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    model: cpuSeconds(stage.model.pid),
    load: cpuSeconds(process.pid),
  });

  const measure = async (scenario: (typeof scenarios)[number], webhook?: WebhookProcess): Promise<Measured> => {
    // What has just changed is not yet compiled to what it will be.
    await load.run({ ...scenario, count: COUNT, atOnce: 100 });
    // Events are written after the runs that they are about: those of the runs before are no cost of these, and those of these are.
    await eventsWritten(metricsUrl);
    await webhook?.ask();
    const before = spent();
    const { perSecond } = await load.run({ ...scenario, count: COUNT, atOnce: 100 });
    await eventsWritten(metricsUrl);
    const after = { ...spent(), webhook: (await webhook?.ask())?.cpuSeconds ?? 0 };
    const used = { ...before, webhook: 0 };
    return {
      perSecond,
      cpuMs: Object.fromEntries(
        PARTS.map((part) => [part, ((after[part] - used[part]) / COUNT) * 1000]),
      ) as Measured['cpuMs'],
    };
  };
  const pairs = new Map(scenarios.map(({ name }) => [name, [] as { bare: Measured; judged: Measured }[]]));
  for (let round = 0; round < ROUNDS; round++) {
    const bare = new Map<string, Measured>();
    for (const scenario of scenarios) bare.set(scenario.name, await measure(scenario));
    await setPolicies(client, policies(16, 100));
    const webhook = await startWebhookProcess({
      kubeconfig: stage.kubeconfig,
      namespace,
      operator: username,
      register: true,
    });
    // A webhook runs for weeks: what is measured is one that has seen some thousand reviews, not one that has just started.
    await drive(webhook, {
      connections: 16,
      count: REVIEWS_BEFORE,
      review: (number) => reviewOf(number, 100, namespace, username),
    });
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
  const total = ({ cpuMs }: Measured): number => PARTS.reduce((sum, part) => sum + cpuMs[part], 0);
  const median = (values: readonly number[]): number => quantile(values, 0.5);
  printTable(
    `Runs with webhooks and 16 policies, ${stage.server} API server`,
    scenarios.flatMap(({ name }) => {
      const all = pairs.get(name) ?? [];
      const rate = median(all.map(({ bare, judged }) => judged.perSecond / bare.perSecond));
      const cpu = median(all.map(({ bare, judged }) => total(bare) / total(judged)));
      const shown = (of: (pair: (typeof all)[number]) => number): string => median(all.map(of)).toFixed(1);
      const parts = PARTS.map(
        (part) => `${part} ${shown(({ bare }) => bare.cpuMs[part])} → ${shown(({ judged }) => judged.cpuMs[part])}`,
      );
      return [
        {
          what: `TaskRuns/s, ${name}, 100 at once: with ÷ without`,
          measured: `${rate.toFixed(2)} (${shown((pair) => pair.judged.perSecond)} ÷ ${shown((pair) => pair.bare.perSecond)})`,
          toReach: '≥ 0.8',
          reached: rate >= 0.8,
        },
        {
          what: `processor time a run, ${name}: without ÷ with`,
          measured: `${cpu.toFixed(2)} (${shown(({ bare }) => total(bare))} ÷ ${shown(({ judged }) => total(judged))} ms: ${parts.join(', ')})`,
          toReach: '≥ 0.8',
          reached: cpu >= 0.8,
        },
      ];
    }),
  );
} finally {
  await stage.close();
}
