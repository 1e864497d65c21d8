/**
 * Bytes that one run writes a turn, as its conversation grows: a run of 200 turns with a tool call each, behind a client that counts.
 *
 *     node bench/turns.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOperator } from '../controller/index.ts';
import type { KubeClient } from '../kube/index.ts';
import { systemClock } from '../kube/index.ts';
import { createAgents } from './support/agents.ts';
import { createLoad } from './support/load.ts';
import { setStage, silent } from './support/stage.ts';
import { printTable } from './support/table.ts';

const TURNS = 200;
const folder = mkdtempSync(join(tmpdir(), 'kubechain-turns-'));
const script = join(folder, 'script.json');
const thought = 'Let me add the next two numbers. '.repeat(20);
writeFileSync(
  script,
  JSON.stringify({
    rules: [
      { times: TURNS, text: thought, toolCalls: [{ name: 'add', arguments: { a: 2, b: 3 } }] },
      { text: 'That was all.' },
    ],
  }),
);

const stage = await setStage({ modelArgs: ['--script', script] });
try {
  const written: number[] = [];
  const stop = new AbortController();
  const operator = createOperator({
    client: counting(stage.client, written),
    clock: systemClock,
    logger: silent,
    identity: 'bench',
    namespace: stage.namespace,
  });
  const running = operator.run(stop.signal);
  await createAgents(stage);
  const load = await createLoad(stage);
  await load.run({ count: 1, atOnce: 1, agent: 'adder', message: 'Go on until you are done' });
  await load.close();
  stop.abort();
  await running;
  const [early, late] = [around(written, 10), around(written, TURNS - 5)];
  const ratio = late / early;
  printTable(`A long conversation, ${stage.server} API server`, [
    {
      what: 'bytes written a turn, turn 200 ÷ turn 10',
      measured: `${ratio.toFixed(2)} (${early.toFixed(0)} → ${late.toFixed(0)} bytes; ${(written.reduce((a, b) => a + b, 0) / 1024).toFixed(0)} KiB in all)`,
      toReach: '≤ 1.2',
      reached: ratio <= 1.2,
    },
  ]);
} finally {
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Adds the bytes of each write to the turn it belongs to: a turn begins with the results of the one before. */
function counting(client: KubeClient, turns: number[]): KubeClient {
  const count = (resource: { plural: string }, body: unknown) => {
    if (!['taskruns', 'taskruntoolcalls', 'contextpages'].includes(resource.plural)) return;
    const text = JSON.stringify(body);
    if (resource.plural === 'taskruns' && text.includes('SendContextWindowToLLM')) turns.push(0);
    if (turns.length === 0) turns.push(0);
    turns[turns.length - 1] = (turns[turns.length - 1] ?? 0) + text.length;
  };
  return {
    ...client,
    patch(resource, key, patch, options) {
      count(resource, patch);
      return client.patch(resource, key, patch, options);
    },
    create(resource, object, options) {
      count(resource, object);
      return client.create(resource, object, options);
    },
  };
}

/** The mean of ten turns: a turn in which a page is written costs that page. */
function around(turns: readonly number[], turn: number): number {
  const some = turns.slice(turn - 5, turn + 5);
  return some.reduce((sum, bytes) => sum + bytes, 0) / some.length;
}
