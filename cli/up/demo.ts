import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Agent, LLM, Task } from '../../api/index.ts';
import { agents, llms, taskRuns, tasks } from '../../api/index.ts';
import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { isAlreadyExists, isConflict } from '../../kube/index.ts';
import { CliError } from '../exit.ts';
import { byAge } from '../runs/resolve.ts';
import { packageRoot } from '../version.ts';

/** The model that the demo talks to. */
export type DemoModel =
  | { readonly kind: 'real'; readonly apiKey: string }
  | { readonly kind: 'simulated'; readonly baseUrl: string };

interface Secret extends KubeObject {
  data?: Record<string, string>;
}

const secrets: Resource<Secret> = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };

export const DEMO_NAMESPACE = 'default';
const FOLDER = join('examples', 'getting-started');
const FIELD_MANAGER = 'kubechain-up';
/** What `kubectl apply` goes by, and warns of where it is missing: the next thing a newcomer does is to apply these objects again. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const read = (file: string): unknown => parse(readFileSync(join(packageRoot(), FOLDER, file), 'utf8'));

/** As if `kubectl apply` had created it from the file. */
function asApplied(object: KubeObject): Record<string, string> {
  const { name, namespace } = object.metadata;
  return {
    [LAST_APPLIED]: `${JSON.stringify({ ...object, metadata: { annotations: {}, name, namespace } })}\n`,
  };
}

function inDemoNamespace<T extends KubeObject>(object: T): T {
  return { ...object, metadata: { ...object.metadata, namespace: DEMO_NAMESPACE } };
}

/** The demo's objects: `examples/getting-started/`, its LLM pointed at the simulated model where there is no key. */
export function demoObjects(model: DemoModel): { llm: LLM; agent: Agent; task: Task } {
  const llm = inDemoNamespace(read('llm.yaml') as LLM);
  if (model.kind === 'simulated') {
    const { apiKeyFrom: _none, ...spec } = llm.spec;
    llm.spec = { ...spec, parameters: { ...spec.parameters, baseUrl: model.baseUrl } };
  }
  return { llm, agent: inDemoNamespace(read('agent.yaml') as Agent), task: inDemoNamespace(read('task.yaml') as Task) };
}

export interface AppliedDemo {
  readonly agent: string;
  readonly task: string;
  /** What the user should know: what was left as it is. */
  readonly notes: readonly string[];
}

/**
 * Applies the demo. The LLM follows the model of this start, unless someone else set the fields in question; Agent and
 * Task are created where they are missing and otherwise left as they are. A demo that failed last time runs once more.
 */
export async function applyDemo(client: KubeClient, model: DemoModel, signal: AbortSignal): Promise<AppliedDemo> {
  const { llm, agent, task } = demoObjects(model);
  const notes: string[] = [];
  if (model.kind === 'real') await applySecret(client, llm, model.apiKey, signal);
  try {
    const applied = await client.patch(
      llms,
      { namespace: DEMO_NAMESPACE, name: nameOf(llm) },
      { type: 'apply', body: llm },
      { fieldManager: FIELD_MANAGER, signal },
    );
    if (applied.metadata.annotations?.[LAST_APPLIED] === undefined) await noteAsApplied(client, signal);
  } catch (error) {
    if (!isConflict(error)) throw error;
    notes.push(`LLM ${nameOf(llm)} was changed by someone else and is left as it is`);
  }
  await createWhereMissing(client, agents, withNote(agent), signal);
  const created = await createWhereMissing(client, tasks, withNote(task), signal);
  if (!created) await runAgainAfterFailure(client, task, signal);
  return { agent: nameOf(agent), task: nameOf(task), notes };
}

/** Not with what `up` makes of the file: an apply of the file leaves the address of the simulated model alone then. */
async function noteAsApplied(client: KubeClient, signal: AbortSignal): Promise<void> {
  const llm = inDemoNamespace(read('llm.yaml') as LLM);
  await client.patch(
    llms,
    { namespace: DEMO_NAMESPACE, name: nameOf(llm) },
    { type: 'merge', body: { metadata: { annotations: asApplied(llm) } } },
    { signal },
  );
}

async function applySecret(client: KubeClient, llm: LLM, apiKey: string, signal: AbortSignal): Promise<void> {
  const source = llm.spec.apiKeyFrom?.secretKeyRef;
  if (source === undefined) throw new CliError(`${FOLDER}/llm.yaml: spec.apiKeyFrom is missing`);
  const { name, key } = source;
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: DEMO_NAMESPACE },
    data: { [key]: Buffer.from(apiKey).toString('base64') },
  };
  await client.patch(
    secrets,
    { namespace: DEMO_NAMESPACE, name },
    { type: 'apply', body },
    { fieldManager: FIELD_MANAGER, force: true, signal },
  );
}

function withNote<T extends KubeObject>(object: T): T {
  return { ...object, metadata: { ...object.metadata, annotations: asApplied(object) } };
}

async function createWhereMissing<T extends KubeObject>(
  client: KubeClient,
  kind: Resource<T>,
  object: T,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await client.create(kind, object, { signal });
    return true;
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    return false;
  }
}

/** Someone who has mended a wrong key and starts again wants to see the demo, not last time’s failure. */
async function runAgainAfterFailure(client: KubeClient, task: Task, signal: AbortSignal): Promise<void> {
  const name = nameOf(task);
  const { items } = await client.list(taskRuns, {
    namespace: DEMO_NAMESPACE,
    fieldSelector: `spec.taskRef.name=${name}`,
    signal,
  });
  const last = items.toSorted(byAge).at(-1);
  const phase = last?.status?.phase;
  if (phase !== 'Failed' && phase !== 'Cancelled') return;
  const taken = new Set(items.map(({ metadata }) => metadata.name));
  let number = items.length + 1;
  while (taken.has(`${name}-${number}`)) number++;
  await createWhereMissing(
    client,
    taskRuns,
    {
      apiVersion: task.apiVersion,
      kind: taskRuns.kind,
      metadata: { name: `${name}-${number}`, namespace: DEMO_NAMESPACE },
      spec: { taskRef: { name } },
    },
    signal,
  );
}

function nameOf(object: KubeObject): string {
  if (object.metadata.name === undefined) throw new CliError(`${FOLDER}: an object has no name`);
  return object.metadata.name;
}
