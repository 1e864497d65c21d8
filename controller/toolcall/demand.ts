import type { TaskRunToolCallStatus } from '../../api/index.ts';
import { argumentsDigest, ONE_APPROVAL } from '../../policies/approvals/index.ts';
import type { ApprovalDemand } from '../../policies/engine/index.ts';
import { timestamp } from '../status.ts';
import type { CallState, Executor } from './state.ts';

/** What the Tool or the MCPServer itself asks for, whatever the policies say; undefined where it asks for nothing. */
export function ownDemand(executor: Executor): ApprovalDemand | undefined {
  if (executor.kind === 'none') return undefined;
  if (executor.kind === 'mcp') {
    return executor.server.spec.approvalContactChannel === undefined ? undefined : ONE_APPROVAL;
  }
  const { requiresApproval, execute } = executor.tool.spec;
  return requiresApproval === true || execute?.externalAPI?.requiresApproval === true ? ONE_APPROVAL : undefined;
}

/** What a call waits for, for those who decide and for who looks on. */
export function demandStatus(state: CallState, requestedAt: string): TaskRunToolCallStatus['approval'] {
  const { call, executor, approvals } = state;
  const asked = { requestedAt, argumentsDigest: argumentsDigest(call.spec.arguments) };
  if (approvals === undefined) return asked;
  const { demand, requester } = approvals;
  const { approverGroups, expiresAfterMs, escalateTo } = demand;
  const expires = expiresAfterMs === undefined ? undefined : Date.parse(requestedAt) + expiresAfterMs;
  const demandedBy = demand.demandedBy.map(({ policy, rule }) => `${policy.name}/${rule}`);
  return {
    ...asked,
    minApprovals: demand.minApprovals,
    ...(approverGroups.length === 0 ? {} : { approverGroups: approverGroups.map((groups) => [...groups]) }),
    notRequester: demand.notRequester,
    ...(requester.kind === 'known' ? { requestedBy: requester.author ?? requester.username } : {}),
    demandedBy: demandedBy.length > 0 ? demandedBy : [ownName(executor)],
    ...(expires === undefined ? {} : { expiresAt: timestamp(expires), onTimeout: demand.onTimeout ?? 'Reject' }),
    ...(escalateTo.length === 0 ? {} : { escalateTo: [...escalateTo] }),
  };
}

/** The object that asks for approval itself. */
function ownName(executor: Executor): string {
  if (executor.kind === 'none') return '';
  return executor.kind === 'mcp' ? `MCPServer ${executor.server.metadata.name}` : `Tool ${executor.tool.metadata.name}`;
}
