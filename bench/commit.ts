/**
 * What we add between a commit and its run: admission of what Argo CD applies, and the time from the Task to its TaskRun. Argo CD's own
 * time (a webhook of the Git server or a poll, the comparison, the sync) is not in it. On the embedded API server, or with KUBECONFIG on
 * the cluster it names; with and without webhooks by turns, so that what else the machine does falls on both alike.
 *
 *     node bench/commit.ts
 */
import type { Agent, Task, TaskRun, Tool } from '../api/index.ts';
import { API_VERSION, agents, GROUP, taskRuns, tasks, tools } from '../api/index.ts';
import type { KubeObject, Resource } from '../kube/index.ts';
import { createInformer, systemClock } from '../kube/index.ts';
import { createAgents } from './support/agents.ts';
import { setStage, silent } from './support/stage.ts';
import { printTable } from './support/table.ts';
import { policies, quantile, setPolicies, startWebhookProcess } from './support/webhooks.ts';

const COMMITS = Number(process.env.BENCH_RUNS ?? 100);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);

interface Measured {
  /** First write of the sync → last one answered, milliseconds. */
  readonly applyMs: number;
  /** The Task's write answered → its TaskRun seen on a watch. Negative where the watch was faster than the answer. */
  readonly runMs: number;
  /** First write of the sync → TaskRun seen. */
  readonly totalMs: number;
}

const stage = await setStage();
const { client, namespace } = stage;
const stop = new AbortController();
try {
  const { status } = (await client.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  })) as { status: { userInfo: { username: string } } };
  await stage.startOperator();
  await createAgents(stage);

  const waiting = new Map<string, (at: number) => void>();
  const informer = createInformer<TaskRun>({
    client,
    clock: systemClock,
    logger: silent,
    resource: taskRuns,
    namespace,
  });
  informer.on({ add: ({ spec }) => waiting.get(spec.taskRef.name)?.(performance.now()) });
  const running = informer.run(stop.signal);
  await informer.synced();

  const made = <Spec>(kind: string, name: string, spec: Spec) => ({
    apiVersion: API_VERSION,
    kind,
    metadata: {
      name,
      namespace,
      annotations: { 'argocd.argoproj.io/tracking-id': `team:${GROUP}/${kind}:${namespace}/${name}` },
    },
    spec,
  });
  const apply = (resource: Resource, object: KubeObject) =>
    client.patch(
      resource,
      { namespace, name: object.metadata.name ?? '' },
      { type: 'apply', body: object },
      { fieldManager: 'argocd-controller', force: true },
    );
  /** A commit with an agent, its tool and work for it, as a sync writes it: one object after the other. */
  async function commit(name: string): Promise<Measured> {
    const seen = new Promise<number>((resolve) => waiting.set(name, resolve));
    const tool: Tool = made('Tool', name, { execute: { builtin: { name: 'add' as const } } });
    const agent: Agent = made('Agent', name, { llmRef: { name: 'model' }, system: 'You add.', tools: [{ name }] });
    const task: Task = made('Task', name, { agentRef: { name }, message: 'add 2 and 3' });
    const started = performance.now();
    await apply(tools as Resource, tool);
    await apply(agents as Resource, agent);
    await apply(tasks as Resource, task);
    const applied = performance.now();
    const at = await seen;
    waiting.delete(name);
    return { applyMs: applied - started, runMs: at - applied, totalMs: at - started };
  }
  async function measure(name: string): Promise<Measured[]> {
    const all: Measured[] = [];
    for (let number = 0; number < COMMITS; number++) all.push(await commit(`${name}-${number}`));
    return all;
  }

  const bare: Measured[] = [];
  /** What the webhook itself spent on a commit, reviews of the run's own objects included. */
  const handlers: number[] = [];
  const judged: Measured[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const without = await measure(`bare-${round}`);
    await setPolicies(client, policies(16, 100));
    const operator = status.userInfo.username;
    const webhook = await startWebhookProcess({ kubeconfig: stage.kubeconfig, namespace, operator, register: true });
    await webhook.ask();
    const withThem = await measure(`judged-${round}`);
    const { handlerMs } = await webhook.ask();
    await webhook.stop();
    await setPolicies(client, []);
    // The first round warms everything up.
    if (round > 0) {
      bare.push(...without);
      judged.push(...withThem);
      handlers.push(handlerMs.reduce((sum, ms) => sum + ms, 0) / COMMITS);
    }
  }
  stop.abort();
  await running;

  const at = (all: readonly Measured[], of: (one: Measured) => number, q: number) => quantile(all.map(of), q);
  const shown = (value: number) => value.toFixed(1);
  const admission = at(judged, ({ applyMs }) => applyMs, 0.5) - at(bare, ({ applyMs }) => applyMs, 0.5);
  // The TaskRun's own write is admitted as well.
  const run = at(judged, ({ runMs }) => runMs, 0.5);
  const total = at(judged, ({ totalMs }) => totalMs, 0.5);
  const writes = at(bare, ({ applyMs }) => applyMs, 0.5);
  printTable(`Commit → run created, ${stage.server} API server, 16 policies`, [
    {
      what: 'ours: admission of a sync of three objects, and Task → TaskRun, p50',
      measured: `${shown(admission + run)} ms (${shown(admission)} + ${shown(run)})`,
      toReach: '≤ 50 ms',
      reached: admission + run <= 50,
    },
    {
      what: 'the webhook’s own time for all reviews of a commit and its run',
      measured: `${shown(quantile(handlers, 0.5))} ms`,
      toReach: '≤ 20 ms',
      reached: quantile(handlers, 0.5) <= 20,
    },
    {
      what: 'first write of the sync → TaskRun seen, p50, p95',
      measured: `${shown(total)} ms, ${shown(at(judged, ({ totalMs }) => totalMs, 0.95))} ms (three bare writes: ${shown(writes)} ms)`,
      toReach: '≤ 100 ms',
      reached: total <= 100,
    },
  ]);
} finally {
  stop.abort();
  await stage.close();
}
