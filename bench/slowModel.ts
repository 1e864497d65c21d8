/**
 * Runs that wait for a slow model: 40 runs of one second each, then 1,000 in flight at once: memory and CPU of the operator.
 *
 *     node bench/slowModel.ts
 */
import { createAgents } from './support/agents.ts';
import { createLoad } from './support/load.ts';
import { cpuSeconds, residentBytes } from './support/program.ts';
import { setStage } from './support/stage.ts';
import type { Row } from './support/table.ts';
import { printTable } from './support/table.ts';

const MANY = 1_000;
const rows: Row[] = [];
let server = '';

{
  const stage = await setStage({ modelArgs: ['--latency', '1000'] });
  server = stage.server;
  try {
    await stage.startOperator();
    await createAgents(stage);
    const load = await createLoad(stage);
    // The first calls of a process pay for compiling it.
    await load.run({ count: 10, atOnce: 10, agent: 'plain', message: 'Hello' });
    const { seconds } = await load.run({ count: 40, atOnce: 40, agent: 'plain', message: 'Hello' });
    rows.push({
      what: '40 runs, model takes 1 s',
      measured: `${seconds.toFixed(2)} s`,
      toReach: '≤ 1.5 s',
      reached: seconds <= 1.5,
    });
    await load.close();
  } finally {
    await stage.close();
  }
}
{
  const stage = await setStage({ modelArgs: ['--latency', '90000'] });
  try {
    const { program } = await stage.startOperator();
    await createAgents(stage);
    const load = await createLoad(stage);
    const finished = load.run({ count: MANY, atOnce: MANY, agent: 'plain', message: 'Hello' });
    await inFlight(stage.modelUrl);
    // The first statuses of the Tasks are written up to fifteen seconds later, and the heap is tidied after that.
    await new Promise((resolve) => setTimeout(resolve, 40_000));
    const [cpu, time] = [cpuSeconds(program.pid), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    const busy = (100 * (cpuSeconds(program.pid) - cpu)) / ((performance.now() - time) / 1000);
    const memory = residentBytes(program.pid) / 1024 / 1024;
    rows.push({
      what: `${MANY} runs waiting on a slow model`,
      measured: `all in flight, ${memory.toFixed(0)} MB, idle CPU ${busy.toFixed(1)} %`,
      toReach: 'all in flight, ≤ 300 MB, ≤ 2 %',
      reached: memory <= 300 && busy <= 2,
    });
    await finished;
    await load.close();
  } finally {
    await stage.close();
  }
}
printTable(`Slow models, ${server} API server`, rows);

/** Resolves when the simulated model holds all requests. */
async function inFlight(modelUrl: string): Promise<void> {
  const url = new URL('/simulate/requests?summary', modelUrl);
  for (;;) {
    const summary = (await (await fetch(url)).json()) as { inFlight: number };
    if (summary.inFlight >= MANY) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
