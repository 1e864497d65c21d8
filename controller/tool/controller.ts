import type { Agent, Tool } from '../../api/index.ts';
import type { Clock, EventRecorder, KubeClient, ReconcileResult, WorkQueue } from '../../kube/index.ts';
import { controllerOf, keyOf } from '../../kube/index.ts';
import type { Informers } from '../informers.ts';
import { INDEX } from '../informers.ts';
import { keyIn, nameOf } from '../keys.ts';
import { applyNetworkPolicy } from '../pods/applyNetworkPolicy.ts';
import type { NetworkPolicy } from '../pods/types.ts';
import { toolNetworkPolicy } from '../toolcall/container/job.ts';
import type { ArgumentParser } from '../tools/index.ts';
import { checkExternalApi } from '../tools/index.ts';
import { applyFinding } from '../validation.ts';
import { delegationCycle } from './cycles.ts';
import type { ToolState } from './decide.ts';
import { decideTool } from './decide.ts';

/** Validates Tools. */
export function createToolController(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly informers: Informers;
  readonly queue: WorkQueue;
  readonly parser: ArgumentParser;
}) {
  const { networkPolicies } = options.informers;

  const { informers, queue, parser } = options;

  async function containerState(tool: Tool, signal: AbortSignal): Promise<ToolState['container']> {
    const container = tool.spec.execute?.container;
    if (container === undefined) return undefined;
    if (networkPolicies === undefined) {
      const fault =
        'spec.execute.container.command: is required where tools run as child processes, which use no image';
      return { runsAs: 'Process', ...(container.command === undefined ? { fault } : {}) };
    }
    const wanted = toolNetworkPolicy(tool);
    const applied = await applyNetworkPolicy(options.client, networkPolicies, wanted, signal);
    const fault = `NetworkPolicy "${nameOf(wanted)}" is there already and is not this tool's: delete it, or rename the tool`;
    return { runsAs: 'Job', ...(applied === 'taken' ? { fault } : {}) };
  }

  async function gather(tool: Tool, signal: AbortSignal): Promise<ToolState> {
    const { agentRef, execute } = tool.spec;
    const schema = tool.spec.parameters ?? tool.spec.arguments;
    const api = execute?.externalAPI;
    const container = await containerState(tool, signal);
    return {
      tool,
      ...(container === undefined ? {} : { container }),
      delegate:
        agentRef === undefined ? undefined : informers.agents.store.get(keyIn(tool.metadata.namespace, agentRef.name)),
      cycle: delegationCycle(tool, { agents: informers.agents.store, tools: informers.tools.store }),
      schemaFault: schema === undefined ? undefined : (parser.checkSchema(schema) ?? notOfAnObject(schema)),
      apiFault:
        api === undefined
          ? undefined
          : checkExternalApi({
              url: api.url,
              ...(api.method === undefined ? {} : { method: api.method }),
              ...(api.headers === undefined ? {} : { headers: api.headers }),
            }),
    };
  }

  return {
    async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult> {
      const tool = informers.tools.store.get(key);
      if (tool === undefined || tool.metadata.deletionTimestamp !== undefined) return { kind: 'done' };
      return applyFinding({
        ...options,
        informer: informers.tools,
        object: tool,
        finding: decideTool(await gather(tool, signal)),
        signal,
      });
    },
    wire() {
      const delegating = () => {
        for (const tool of informers.tools.store.list()) if (tool.spec.agentRef !== undefined) queue.add(keyOf(tool));
      };
      informers.tools.on({
        add: (tool) => queue.add(keyOf(tool)),
        update: (old, tool) => {
          queue.add(keyOf(tool));
          // Another tool may have been waiting for this cycle to be cut.
          if (old.spec.agentRef?.name !== tool.spec.agentRef?.name) delegating();
        },
        delete: (tool) => {
          if (tool.spec.agentRef !== undefined) delegating();
        },
      });
      const ofTool = (policy: NetworkPolicy): void => {
        const owner = controllerOf(policy);
        if (owner?.kind === 'Tool') queue.add(keyIn(policy.metadata.namespace, owner.name));
      };
      networkPolicies?.on({ update: (_old, policy) => ofTool(policy), delete: ofTool });
      const byAgent = (agent: Agent) => {
        for (const tool of informers.tools.store.byIndex(INDEX.toolsByAgent, keyOf(agent))) queue.add(keyOf(tool));
      };
      informers.agents.on({
        add: byAgent,
        update: (old, agent) => {
          if (old.metadata.generation !== agent.metadata.generation) delegating();
          else byAgent(agent);
        },
        delete: byAgent,
      });
    },
  };
}

/** Arguments are an object: models are refused a schema of anything else. */
function notOfAnObject(schema: Record<string, unknown>): string | undefined {
  const type = Object.hasOwn(schema, 'type') ? schema.type : 'object';
  return type === 'object'
    ? undefined
    : `its type is ${JSON.stringify(type)}; it must be "object", for the arguments of a call are one`;
}
