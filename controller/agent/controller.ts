import type { Agent, AgentRevision, AgentStatus } from '../../api/index.ts';
import { agentRevisions } from '../../api/index.ts';
import type { Clock, EventRecorder, KubeClient, ReconcileResult, WorkQueue } from '../../kube/index.ts';
import { isAlreadyExists, isNotFound, keyOf, TerminalError } from '../../kube/index.ts';
import type { Informers } from '../informers.ts';
import { dependencyKey, INDEX } from '../informers.ts';
import { digest, inNamespaceOf, keyIn, nameOf, uidOf } from '../keys.ts';
import { isTerminal } from '../phases.ts';
import type { ProvenanceResolver } from '../provenance/resolver.ts';
import { applyFinding } from '../validation.ts';
import type { AgentState } from './decide.ts';
import { decideAgent } from './decide.ts';
import { createAgentProvenances } from './provenance.ts';
import { revisionOf, surplusRevisions } from './revision.ts';

const DEFAULT_HISTORY_LIMIT = 10;

/** Validates Agents, resolves them into AgentRevisions, and collects the revisions that nobody needs any more. */
export function createAgentController(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly informers: Informers;
  readonly queue: WorkQueue;
  readonly provenance: ProvenanceResolver;
}) {
  const { client, informers, queue } = options;
  const provenances = createAgentProvenances(options.provenance);

  function gather(agent: Agent): AgentState {
    const { namespace } = agent.metadata;
    return {
      agent,
      llm: informers.llms.store.get(keyIn(namespace, agent.spec.llmRef.name)),
      tools: (agent.spec.tools ?? []).map(({ name }) => informers.tools.store.get(keyIn(namespace, name))),
      servers: (agent.spec.mcpServers ?? []).map(({ name }) => informers.mcpServers.store.get(keyIn(namespace, name))),
    };
  }

  async function ensureRevision(revision: AgentRevision, signal: AbortSignal): Promise<void> {
    let present = informers.revisions.store.get(keyOf(revision));
    if (present === undefined) {
      try {
        informers.revisions.observe(await client.create(agentRevisions, revision, { signal }));
        return;
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
        present = await client.get(agentRevisions, inNamespaceOf(revision, nameOf(revision)), { signal });
        informers.revisions.observe(present);
      }
    }
    // Whoever may write AgentRevisions could put another prompt under the name that is to come.
    if (digest(present.spec) !== digest(revision.spec)) {
      throw new TerminalError(
        `AgentRevision ${nameOf(revision)} exists with another content than its name says: delete it`,
      );
    }
  }

  async function collect(key: string, current: string | undefined, limit: number, signal: AbortSignal): Promise<void> {
    const keep = new Set<string>(current === undefined ? [] : [current]);
    for (const run of informers.taskRuns.store.byIndex(INDEX.runsByAgent, key)) {
      if (!isTerminal(run.status?.phase) && run.status?.agentRevision !== undefined) keep.add(run.status.agentRevision);
    }
    for (const revision of surplusRevisions(
      informers.revisions.store.byIndex(INDEX.revisionsByAgent, key),
      keep,
      limit,
    )) {
      try {
        await client.delete(agentRevisions, inNamespaceOf(revision, nameOf(revision)), {
          preconditions: { uid: uidOf(revision) },
          signal,
        });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  return {
    async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult> {
      const agent = informers.agents.store.get(key);
      if (agent === undefined) {
        await collect(key, undefined, 0, signal);
        return { kind: 'done' };
      }
      const decision = decideAgent(gather(agent));
      let { finding } = decision;
      let current = agent.status?.currentRevision;
      if (decision.kind === 'ready') {
        const revision = revisionOf(decision.resolved, agent.status?.currentRevision);
        try {
          await ensureRevision(revision, signal);
          current = nameOf(revision);
          finding = {
            ...finding,
            extra: { ...finding.extra, currentRevision: current } satisfies Partial<AgentStatus>,
          };
        } catch (error) {
          if (!(error instanceof TerminalError)) throw error;
          finding = { ready: false, status: 'Error', detail: error.message, reason: 'RevisionNameTaken' };
        }
      }
      const { provenance, againAfterMs } = await provenances.of(agent, signal);
      finding = {
        ...finding,
        extra: { ...finding.extra, provenance },
        ...(againAfterMs === undefined ? {} : { againAfterMs }),
      };
      const result = await applyFinding({ ...options, informer: informers.agents, object: agent, finding, signal });
      await collect(key, current, agent.spec.revisionHistoryLimit ?? DEFAULT_HISTORY_LIMIT, signal);
      return result;
    },
    wire() {
      informers.agents.on({
        add: (agent) => queue.add(keyOf(agent)),
        update: (_old, agent) => queue.add(keyOf(agent)),
        delete: (agent) => {
          provenances.forget(agent);
          queue.add(keyOf(agent));
        },
      });
      const dependents = (kind: string) => {
        const wake = (object: { metadata: Agent['metadata'] }) => {
          const { namespace } = object.metadata;
          for (const agent of informers.agents.store.byIndex(
            INDEX.agentsByDependency,
            dependencyKey(kind, namespace, nameOf(object)),
          )) {
            queue.add(keyOf(agent));
          }
        };
        return {
          add: wake,
          update: (_old: unknown, object: { metadata: Agent['metadata'] }) => wake(object),
          delete: wake,
        };
      };
      informers.llms.on(dependents('LLM'));
      informers.tools.on(dependents('Tool'));
      informers.mcpServers.on(dependents('MCPServer'));
      informers.revisions.on({
        add: (revision) => {
          // Left over from an Agent that is gone: nobody else will collect it.
          const owner = keyIn(revision.metadata.namespace, revision.spec.agent);
          if (informers.agents.store.get(owner) === undefined) queue.add(owner);
        },
        delete: (revision) => queue.add(keyIn(revision.metadata.namespace, revision.spec.agent)),
      });
      // The last run that used a revision has ended, perhaps of an Agent that is gone.
      informers.taskRuns.on({
        update: (old, run) => {
          const { agent } = run.status ?? {};
          if (agent === undefined || isTerminal(old.status?.phase) || !isTerminal(run.status?.phase)) return;
          const key = keyIn(run.metadata.namespace, agent);
          if (informers.agents.store.get(key) === undefined) queue.add(key);
        },
        delete: (run) => {
          if (run.status?.agent !== undefined) queue.add(keyIn(run.metadata.namespace, run.status.agent));
        },
      });
    },
  };
}
