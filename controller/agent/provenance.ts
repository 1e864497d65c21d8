import type { Agent, AgentProvenance } from '../../api/index.ts';
import { definitionDigest } from '../../policies/provenance/index.ts';
import { uidOf } from '../keys.ts';
import type { ProvenanceResolver } from '../provenance/resolver.ts';

/** After how many milliseconds each it is asked again whether proof has come: half a minute in all. */
const PATIENCE_MS = [500, 500, 1_000, 2_000, 4_000, 8_000, 14_000];

export interface AgentProvenances {
  /** What `status.provenance` is to be, and when to ask again. */
  of(
    agent: Agent,
    signal: AbortSignal,
  ): Promise<{ readonly provenance: AgentProvenance | undefined; readonly againAfterMs?: number }>;
  forget(agent: Agent): void;
}

/** The commit of an Agent, found out once for each change of it: what is proven is not asked about again. */
export function createAgentProvenances(resolver: ProvenanceResolver): AgentProvenances {
  /** By the Agent's UID: how often it was asked whether proof has come. */
  const asked = new Map<string, { readonly definition: string; readonly times: number }>();

  return {
    async of(agent, signal) {
      const before = agent.status?.provenance;
      const uid = uidOf(agent);
      if (before?.trust === 'Verified' && before.definition === definitionDigest(agent)) return { provenance: before };
      const found = await resolver.resolve(agent, signal);
      if (found === undefined) return { provenance: undefined };
      const { definition } = found.provenance;
      const same = before?.definition === definition && before.source === found.provenance.source;
      // The commit that brought it, not the one that its Application is at by now.
      const revision = same ? (before.revision ?? found.provenance.revision) : found.provenance.revision;
      const provenance = { ...found.provenance, ...(revision === undefined ? {} : { revision }) };
      const known = asked.get(uid);
      const times = known?.definition === definition ? known.times : 0;
      const againAfterMs = found.pending ? PATIENCE_MS[times] : undefined;
      if (againAfterMs === undefined) return { provenance };
      asked.set(uid, { definition, times: times + 1 });
      return { provenance: { ...provenance, pending: true }, againAfterMs };
    },
    forget: (agent) => void asked.delete(uidOf(agent)),
  };
}
