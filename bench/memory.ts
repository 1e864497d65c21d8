/**
 * Memory of the operator with 10,000 finished and 1,000 running runs of 64 KiB each in the API server.
 *
 *     node bench/memory.ts
 */
import type { TaskRun, TaskRunStatus } from '../api/index.ts';
import { API_VERSION, agents, taskRuns, tasks } from '../api/index.ts';
import { createAgents } from './support/agents.ts';
import { residentBytes } from './support/program.ts';
import { setStage } from './support/stage.ts';
import { printTable } from './support/table.ts';

const FINISHED = Number(process.env.BENCH_FINISHED ?? 10_000);
const RUNNING = Number(process.env.BENCH_RUNNING ?? 1_000);
const WINDOW = 64 * 1024 - 2_048;

const stage = await setStage({ modelArgs: ['--latency', '600000'] });
try {
  const first = await stage.startOperator();
  await createAgents(stage);
  await first.program.stop();
  const { client, namespace } = stage;
  const agent = await client.get(agents, { namespace, name: 'plain' });
  await client.create(tasks, {
    apiVersion: API_VERSION,
    kind: 'Task',
    metadata: { name: 'all', namespace },
    spec: { agentRef: { name: 'plain' }, message: 'Hello', runHistoryLimit: 1_000 },
  });

  const status = (phase: 'FinalAnswer' | 'SendContextWindowToLLM', number: number): TaskRunStatus => ({
    phase,
    ready: true,
    status: 'Ready',
    statusDetail: phase,
    agent: 'plain',
    ...(agent.status?.currentRevision === undefined ? {} : { agentRevision: agent.status.currentRevision }),
    startTime: new Date().toISOString(),
    ...(phase === 'FinalAnswer' ? { completionTime: new Date().toISOString(), output: 'x'.repeat(2_048) } : {}),
    contextWindow: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: `${number} ${'long '.repeat(WINDOW / 5)}` },
    ],
  });
  let next = 0;
  const writer = async () => {
    while (next < FINISHED + RUNNING) {
      const number = next++;
      const finished = number < FINISHED;
      const run: TaskRun = {
        apiVersion: API_VERSION,
        kind: 'TaskRun',
        metadata: { name: `${finished ? 'finished' : 'running'}-${number}`, namespace },
        spec: { taskRef: { name: finished ? 'another' : 'all' } },
      };
      const created = await client.create(taskRuns, run);
      await client.patch(
        taskRuns,
        { namespace, name: created.metadata.name ?? '' },
        { type: 'merge', body: { status: status(finished ? 'FinalAnswer' : 'SendContextWindowToLLM', number) } },
        { subresource: 'status' },
      );
    }
  };
  await Promise.all(Array.from({ length: 16 }, writer));

  const { program } = await stage.startOperator();
  let most = 0;
  for (let second = 0; second < 30; second += 1) {
    most = Math.max(most, residentBytes(program.pid));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);
  printTable(`Memory, ${stage.server} API server`, [
    {
      what: `operator with ${FINISHED} finished and ${RUNNING} running runs of 64 KiB`,
      measured: `${megabytes(residentBytes(program.pid))} MB, at most ${megabytes(most)} MB`,
      toReach: '≤ 350 MB',
      reached: most <= 350 * 1024 * 1024,
    },
  ]);
} finally {
  await stage.close();
}
