import type { Task, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { taskRuns, taskRunToolCalls, tasks } from '../../api/index.ts';
import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';

const events: Resource = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

/** How often the status of a run, and of each of its calls, is written. The Task's once. */
export interface StatusWrites {
  readonly run: number;
  readonly call: number;
}

interface Sample {
  readonly task: Task;
  readonly run: TaskRun;
  readonly calls: readonly TaskRunToolCall[];
  readonly events: readonly KubeObject[];
}

/** The newest finished run of an agent, with all that was written for it. */
async function sample(client: KubeClient, namespace: string, agent: string): Promise<Sample> {
  const runs = (await client.list(taskRuns, { namespace })).items.filter(
    ({ status }) => status?.agent === agent && status.phase === 'FinalAnswer',
  );
  const run = runs.at(-1);
  if (run === undefined) throw new Error(`no run of agent ${agent} has ended`);
  const task = await client.get(tasks, { namespace, name: run.spec.taskRef.name });
  const calls = (await client.list(taskRunToolCalls, { namespace })).items.filter(
    ({ spec }) => spec.taskRunRef.name === run.metadata.name,
  );
  const names = [task, run, ...calls].map(({ metadata }) => metadata.name);
  const about = (await client.list(events, { namespace })).items.filter((event) =>
    names.includes((event as unknown as { involvedObject: { name: string } }).involvedObject.name),
  );
  return { task, run, calls, events: about };
}

/**
 * The API server's own limit for runs: the writes of one finished run of `agent` repeated in a namespace that no operator looks at, by 32
 * clients, for `seconds`; each waits for nothing but its own last write. Status writes send the last status each time, as a JSON Patch.
 *
 * @returns sets of writes a second
 */
export async function sameWritesRate(
  client: KubeClient,
  {
    from,
    to,
    agent,
    status,
    seconds,
  }: { from: string; to: string; agent: string; status: StatusWrites; seconds: number },
): Promise<number> {
  const given = await sample(client, from, agent);
  const started = performance.now();
  let sets = 0;
  const create = <T extends KubeObject>(resource: Resource<T>, object: T, name: string, owner?: KubeObject) => {
    const { apiVersion, kind, spec } = object as T & { spec?: unknown };
    const { labels, ownerReferences = [] } = object.metadata;
    const metadata = {
      name,
      namespace: to,
      ...(labels && { labels }),
      ...(owner && {
        ownerReferences: ownerReferences.map((each) => ({
          ...each,
          name: owner.metadata.name,
          uid: owner.metadata.uid,
        })),
      }),
    };
    return client.create(resource, {
      apiVersion,
      kind,
      metadata,
      ...(spec === undefined ? {} : { spec }),
    } as unknown as T);
  };
  const patch = async <T extends KubeObject>(resource: Resource<T>, object: T, name: string, times: number) => {
    const value = (object as T & { status?: unknown }).status;
    for (let time = 0; time < times; time += 1) {
      // A write that changes nothing is none.
      const operations = [
        { op: 'add' as const, path: '/status', value: { ...(value as object), observedGeneration: time } },
      ];
      await client.patch(resource, { namespace: to, name }, { type: 'json', operations }, { subresource: 'status' });
    }
  };
  const writer = async (_: unknown, number: number) => {
    for (let index = 0; performance.now() - started < seconds * 1000; index += 1) {
      const name = `${agent}-${number}-${index}`;
      const task = await create(tasks, given.task, name);
      const run = await create(taskRuns, given.run, name, task);
      await patch(taskRuns, given.run, name, status.run);
      for (const [place, call] of given.calls.entries()) {
        await create(taskRunToolCalls, call, `${name}-${place}`, run);
        await patch(taskRunToolCalls, call, `${name}-${place}`, status.call);
      }
      await patch(tasks, given.task, name, 1);
      for (const [place, event] of given.events.entries()) {
        const {
          apiVersion,
          kind,
          metadata: _metadata,
          involvedObject,
          ...rest
        } = event as KubeObject & {
          involvedObject: object;
        };
        const metadata = { name: `${name}-${place}`, namespace: to };
        await client.create(events, {
          ...rest,
          apiVersion,
          kind,
          metadata,
          involvedObject: { ...involvedObject, namespace: to },
        } as KubeObject);
      }
      sets += 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, writer));
  return sets / ((performance.now() - started) / 1000);
}
