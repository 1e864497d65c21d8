import type { Agent, LLM, Tool } from '../../api/index.ts';
import { API_VERSION, agents, llms, tools } from '../../api/index.ts';
import { createInformer, systemClock } from '../../kube/index.ts';
import { create, type Stage, silent } from './stage.ts';

/** Creates an LLM at the simulated model and two agents, `plain` without tools and `adder` with one; waits until they are ready. */
export async function createAgents({ client, namespace, modelUrl }: Stage): Promise<void> {
  const metadata = (name: string) => ({ name, namespace });
  const llm: LLM = {
    apiVersion: API_VERSION,
    kind: 'LLM',
    metadata: metadata('model'),
    spec: { provider: 'openai', parameters: { baseUrl: modelUrl, model: 'gpt-4o' } },
  };
  const tool: Tool = {
    apiVersion: API_VERSION,
    kind: 'Tool',
    metadata: metadata('add'),
    spec: { toolType: 'function', description: 'Adds two numbers.', execute: { builtin: { name: 'add' } } },
  };
  const agent = (name: string, withTool: boolean): Agent => ({
    apiVersion: API_VERSION,
    kind: 'Agent',
    metadata: metadata(name),
    spec: {
      llmRef: { name: 'model' },
      maxTurns: 1_000,
      system: 'You are a helpful assistant. Your job is to help the user with their tasks.',
      ...(withTool ? { tools: [{ name: 'add' }] } : {}),
    },
  });
  await create(client, llms, llm);
  await create(client, tools, tool);
  await create(client, agents, agent('plain', false));
  await create(client, agents, agent('adder', true));

  const stop = new AbortController();
  const informer = createInformer<Agent>({ client, clock: systemClock, logger: silent, resource: agents, namespace });
  const unready = new Set(['plain', 'adder']);
  const ready = Promise.withResolvers<void>();
  const look = (object: Agent) => {
    if (object.status?.ready === true) unready.delete(object.metadata.name ?? '');
    if (unready.size === 0) ready.resolve();
  };
  informer.on({ add: look, update: (_old, object) => look(object) });
  const running = informer.run(stop.signal);
  await ready.promise;
  stop.abort();
  await running;
}
