import type { Task, TaskRun } from '../../api/index.ts';
import { API_VERSION, taskRuns, tasks } from '../../api/index.ts';
import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { createInformer, systemClock } from '../../kube/index.ts';
import { type Stage, silent } from './stage.ts';

export interface Load {
  /** Creates `count` Tasks, `atOnce` of them unfinished at a time, and waits for their final answers. */
  run(options: { count: number; atOnce: number; agent: string; message: string }): Promise<Measured>;
  close(): Promise<void>;
}

export interface Measured {
  readonly seconds: number;
  readonly perSecond: number;
  /** Create of the Task → FinalAnswer seen on a watch, milliseconds, sorted. */
  readonly latencies: readonly number[];
}

/** A load generator with a watch of its own on the TaskRuns of the stage. */
export async function createLoad({ client, namespace }: Stage): Promise<Load> {
  const stop = new AbortController();
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const informer = createInformer<TaskRun>({
    client,
    clock: systemClock,
    logger: silent,
    resource: taskRuns,
    namespace,
    transform: ({ metadata, spec, status, ...rest }) => ({
      ...rest,
      metadata: slim(metadata),
      spec: { taskRef: spec.taskRef },
      status: { ...(status?.phase === undefined ? {} : { phase: status.phase }) },
    }),
  });
  const look = (run: TaskRun) => {
    const { phase } = run.status ?? {};
    if (phase !== 'FinalAnswer' && phase !== 'Failed') return;
    const task = waiting.get(run.spec.taskRef.name);
    if (phase === 'Failed') task?.reject(new Error(`run ${run.metadata.name} failed`));
    else task?.resolve();
    waiting.delete(run.spec.taskRef.name);
  };
  informer.on({ add: look, update: (_old, run) => look(run) });
  const running = informer.run(stop.signal);
  await informer.synced();
  let batch = 0;

  return {
    async run({ count, atOnce, agent, message }) {
      batch += 1;
      const latencies: number[] = [];
      let next = 0;
      const one = async () => {
        while (next < count) {
          const name = `b${batch}-${next++}`;
          const task: Task = {
            apiVersion: API_VERSION,
            kind: 'Task',
            metadata: { name, namespace },
            spec: { agentRef: { name: agent }, message },
          };
          const started = performance.now();
          const finished = Promise.withResolvers<void>();
          waiting.set(name, finished);
          await client.create(tasks, task);
          await finished.promise;
          latencies.push(performance.now() - started);
        }
      };
      const started = performance.now();
      await Promise.all(Array.from({ length: Math.min(atOnce, count) }, one));
      const seconds = (performance.now() - started) / 1000;
      return { seconds, perSecond: count / seconds, latencies: latencies.sort((a, b) => a - b) };
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

function slim(metadata: KubeObject['metadata']): KubeObject['metadata'] {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

const configMaps: Resource<KubeObject & { data: Record<string, string> }> = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

/** How many writes a second the API server takes, bare, and how many that were: creates of ConfigMaps of 1 KiB by 32 clients at once, for three seconds. */
export async function rawWriteRate(
  client: KubeClient,
  namespace: string,
): Promise<{ readonly perSecond: number; readonly count: number }> {
  const started = performance.now();
  const run = Date.now().toString(36);
  let written = 0;
  const writer = async (_: unknown, number: number) => {
    for (let index = 0; performance.now() - started < 3_000; index += 1) {
      await client.create(configMaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `raw-${run}-${number}-${index}`, namespace },
        data: { text: 'x'.repeat(1024) },
      });
      written += 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, writer));
  return { perSecond: written / ((performance.now() - started) / 1000), count: written };
}

/** The value below which `share` (0 to 1) of the sorted values lie. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** No event for so long: all are written, milliseconds. */
const NO_EVENT_MS = 250;

/** Waits until the operator whose metrics are at `url` has written the Events that it has recorded so far: it does so after the runs. */
export async function eventsWritten(url: string): Promise<void> {
  const written = async (): Promise<number> =>
    (await scrape(url, 'event_recorder_events_total')).reduce((sum, { value }) => sum + value, 0);
  for (let [before, now] = [-1, await written()]; before !== now; [before, now] = [now, await written()]) {
    await new Promise((resolve) => setTimeout(resolve, NO_EVENT_MS));
  }
}

/** Sums of a Prometheus counter, by the labels named, from a scrape. */
export async function scrape(url: string, counter: string): Promise<{ labels: string; value: number }[]> {
  const text = await (await fetch(url)).text();
  const found: { labels: string; value: number }[] = [];
  for (const line of text.split('\n')) {
    const match = /^(\w+)\{([^}]*)\} (\S+)$/.exec(line);
    if (match?.[1] === counter) found.push({ labels: match[2] ?? '', value: Number(match[3]) });
  }
  return found;
}
