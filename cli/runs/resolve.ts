import type { Kind, Task, TaskRun } from '../../api/index.ts';
import { taskRuns, tasks } from '../../api/index.ts';
import type { KubeClient, KubeObject } from '../../kube/index.ts';
import { isNotFound, KubeError } from '../../kube/index.ts';
import { CliError } from '../exit.ts';
import { didYouMean } from './near.ts';

/** As many names as a suggestion looks through. */
const SUGGEST_FROM = 500;

/** `taskrun/x`, `tr/x`, `task/x` as kubectl prints and takes them, with or without the group. */
function split(text: string): { kind: 'taskrun' | 'task' | undefined; name: string } {
  const match = /^(taskruns?|tr|tasks?)(?:\.[a-z0-9.-]+)?\/(.+)$/i.exec(text);
  if (match === null) return { kind: undefined, name: text };
  const [, kind = '', name = ''] = match;
  return { kind: /^tasks?$/i.test(kind) ? 'task' : 'taskrun', name };
}

/**
 * The TaskRun that RUN stands for: a TaskRun’s name, or a Task’s, which means its latest run.
 * Rejects with `CliError` that suggests near names when there is none.
 */
export async function resolveRun(client: KubeClient, namespace: string, text: string): Promise<TaskRun> {
  const { kind, name } = split(text);
  if (name.includes('/') || name === '' || name === '.' || name === '..') {
    throw new CliError(`${JSON.stringify(text)} is no name of a TaskRun or a Task`);
  }
  if (kind !== 'task') {
    const run = await getIfThere(client, taskRuns, namespace, name);
    if (run !== undefined) return run;
  }
  if (kind !== 'taskrun') {
    const task = await getIfThere(client, tasks, namespace, name);
    if (task !== undefined) {
      const run = await latestRun(client, task);
      if (run !== undefined) return run;
      throw new CliError(
        `Task ${name} has no run yet${task.status?.statusDetail ? `: ${task.status.statusDetail}` : ''}`,
      );
    }
  }
  const known = await knownNames(client, namespace);
  const what = kind === undefined ? 'TaskRun or Task' : kind === 'task' ? 'Task' : 'TaskRun';
  const elsewhere = await namespacesOf(client, name, namespace);
  const hint =
    elsewhere.length > 0
      ? `; there is one in namespace ${elsewhere.join(', ')}: give -n ${elsewhere[0]}`
      : didYouMean(name, known);
  throw new CliError(`there is no ${what} ${JSON.stringify(name)} in namespace ${namespace}${hint}`);
}

/** The newest run of a Task: the one that it names, else the one created last. */
export async function latestRun(client: KubeClient, task: Task): Promise<TaskRun | undefined> {
  const { namespace = 'default', name = '' } = task.metadata;
  const named = task.status?.latestRun;
  if (named !== undefined) {
    const run = await getIfThere(client, taskRuns, namespace, named);
    if (run !== undefined) return run;
  }
  const list = await client.list(taskRuns, { namespace, fieldSelector: `spec.taskRef.name=${name}` });
  return list.items.toSorted(byAge).at(-1);
}

/** Oldest first; of the same second, `x-9` before `x-10`. */
export function byAge(a: KubeObject, b: KubeObject): number {
  const older = (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '');
  return older || (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '', 'en', { numeric: true });
}

export async function getIfThere<T extends KubeObject>(
  client: KubeClient,
  kind: Kind<T>,
  namespace: string,
  name: string,
): Promise<T | undefined> {
  try {
    return await client.get<T>(kind, { namespace, name });
  } catch (error) {
    // The server words a missing object with its name; a missing kind is another matter.
    if (isNotFound(error) && error instanceof KubeError && error.details?.name !== undefined) return undefined;
    throw error;
  }
}

async function knownNames(client: KubeClient, namespace: string): Promise<string[]> {
  const lists = await Promise.all([
    client.list(taskRuns, { namespace, limit: SUGGEST_FROM }),
    client.list(tasks, { namespace, limit: SUGGEST_FROM }),
  ]);
  return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.name ?? ''));
}

/** Other namespaces that have a run or a task of this name; none where we may not look. */
async function namespacesOf(client: KubeClient, name: string, except: string): Promise<string[]> {
  const found = new Set<string>();
  for (const kind of [taskRuns, tasks]) {
    try {
      const { items } = await client.list<KubeObject>(kind, { fieldSelector: `metadata.name=${name}`, limit: 50 });
      for (const { metadata } of items) if (metadata.namespace !== undefined) found.add(metadata.namespace);
    } catch {
      // Who may not list all namespaces gets no hint about them.
    }
  }
  found.delete(except);
  return [...found].sort();
}
