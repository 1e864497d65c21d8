import type { Agent, TaskRun } from '../../api/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import type { PolicyContext, PolicyObject, ProvenanceAnswer } from '../../policies/engine/index.ts';
import type { ProvenanceResolver } from './resolver.ts';

/** What policies are told of the commit of a live object: of Agents, runs and calls it is recorded, of others it is found out. */
export async function liveProvenance(
  object: PolicyObject,
  { run }: Pick<PolicyContext, 'run'>,
  resolver: ProvenanceResolver,
  signal: AbortSignal,
): Promise<ProvenanceAnswer | undefined> {
  if (object.kind === 'TaskRunToolCall') return run?.status?.provenance;
  const known = object.kind === 'Agent' || object.kind === 'TaskRun';
  const status = known ? (object as Pick<Agent | TaskRun, 'status'>).status : undefined;
  return status?.provenance ?? (await resolver.resolve(object as KubeObject, signal))?.provenance;
}
