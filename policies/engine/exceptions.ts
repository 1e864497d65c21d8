import type { AgentPolicyException } from '../../api/index.ts';
import { listAt, textAt } from './json.ts';
import type { CompiledPolicy } from './policy.ts';
import type { Scope } from './scope.ts';
import type { ToolName } from './toolid.ts';
import type { AnyPolicy, ExceptionRef, Finding } from './types.ts';

/** An exception that has not expired. */
export interface ActiveException {
  readonly exception: AgentPolicyException;
  readonly ref: ExceptionRef;
  /** How long it lasts in all, in milliseconds. */
  readonly lasts: number;
}

/** When an exception ends, in milliseconds since 1970; undefined where `expiresAt` is no time: it counts for nothing then. */
export function expiryOf(exception: AgentPolicyException): number | undefined {
  const time = Date.parse(textAt(exception, 'spec', 'expiresAt') ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** True from the instant `expiresAt` on, in all places. */
export function isExpired(exception: AgentPolicyException, now: number): boolean {
  const expiry = expiryOf(exception);
  return expiry === undefined || now >= expiry;
}

/** How long an exception lasts, from its creation (or now, before it is created). */
export function durationOf(exception: AgentPolicyException, now: number): number {
  const created = textAt(exception, 'metadata', 'creationTimestamp');
  const from = created === undefined ? now : Date.parse(created);
  return (expiryOf(exception) ?? Number.POSITIVE_INFINITY) - from;
}

/** The exceptions that count for objects of a namespace at a time. */
export function activeExceptions(
  exceptions: readonly AgentPolicyException[] | undefined,
  namespace: string,
  now: number,
): readonly ActiveException[] {
  if (exceptions === undefined || exceptions.length === 0) return [];
  return exceptions
    .filter((exception) => exception.metadata.namespace === namespace && !isExpired(exception, now))
    .map((exception) => ({
      exception,
      ref: { name: exception.metadata.name ?? '', namespace },
      lasts: durationOf(exception, now),
    }));
}

/** The exception that takes a finding away, if one does. */
export function exceptionFor(
  exceptions: readonly ActiveException[],
  policy: CompiledPolicy,
  finding: Finding,
  tool: readonly ToolName[] | undefined,
  scope: Scope,
): ExceptionRef | undefined {
  const { allow, maxDurationMs } = policy.exceptions;
  if (!allow) return undefined;
  return exceptions.find(
    ({ exception, lasts }) =>
      // Not a number where the creation is no time: no comparison with it holds.
      (maxDurationMs === undefined || lasts <= maxDurationMs) &&
      namesRule(exception, policy, finding.rule) &&
      namesObject(exception, finding, scope) &&
      namesTool(exception, tool),
  )?.ref;
}

function namesRule(exception: AgentPolicyException, { ref }: CompiledPolicy, rule: string): boolean {
  return listAt(exception, 'spec', 'policies').some(
    (policy) =>
      textAt(policy, 'kind') === ref.kind &&
      textAt(policy, 'name') === ref.name &&
      (ref.namespace === undefined || ref.namespace === exception.metadata.namespace) &&
      listAt(policy, 'rules').includes(rule),
  );
}

function namesObject(exception: AgentPolicyException, finding: Finding, scope: Scope): boolean {
  return listAt(exception, 'spec', 'objects').some((object) => {
    const kind = textAt(object, 'kind');
    const name = textAt(object, 'name');
    if (name === undefined) return false;
    if (kind === scope.kind && name === scope.name) return true;
    // What is excepted for an Agent is so for what it does.
    if (kind === 'Agent' && scope.hasAgent && name === scope.agentName) return true;
    return finding.via !== undefined && kind === finding.via.kind && name === finding.via.name;
  });
}

function namesTool(exception: AgentPolicyException, tool: readonly ToolName[] | undefined): boolean {
  const tools = listAt(exception, 'spec', 'tools');
  return tools.length === 0 || (tool?.some(({ id }) => tools.includes(id)) ?? false);
}

export interface ExceptionState {
  readonly state: 'Active' | 'Expired' | 'Ignored';
  /** Why, in a sentence. */
  readonly detail: string;
}

/** What an exception counts for now: for its status, and for whoever creates it. `policies` are all that there are. */
export function exceptionState(
  exception: AgentPolicyException,
  policies: readonly AnyPolicy[],
  now: number,
  parseDuration: (text: string) => number | undefined,
): ExceptionState {
  const expiry = expiryOf(exception);
  if (expiry === undefined)
    return { state: 'Ignored', detail: 'spec.expiresAt is no time: write it as 2026-12-31T00:00:00Z' };
  if (now >= expiry)
    return { state: 'Expired', detail: `expired at ${new Date(expiry).toISOString()}: renew it, or delete it` };
  const lasts = durationOf(exception, now);
  for (const wanted of exception.spec.policies) {
    const policy = policies.find(
      ({ kind, metadata }) =>
        kind === wanted.kind &&
        metadata.name === wanted.name &&
        (kind === 'ClusterAgentPolicy' || metadata.namespace === exception.metadata.namespace),
    );
    const label = `${wanted.kind} ${wanted.name}`;
    if (policy === undefined) return { state: 'Ignored', detail: `there is no ${label}` };
    const { exceptions } = policy.spec;
    if (exceptions?.allow !== true)
      return { state: 'Ignored', detail: `${label} allows no exceptions (spec.exceptions.allow)` };
    const most = exceptions.maxDuration === undefined ? undefined : parseDuration(exceptions.maxDuration);
    if (most !== undefined && !(lasts <= most)) {
      return {
        state: 'Ignored',
        detail: `it lasts longer than ${label} allows (${exceptions.maxDuration}): set an earlier spec.expiresAt`,
      };
    }
  }
  return { state: 'Active', detail: `counts until ${new Date(expiry).toISOString()}` };
}
