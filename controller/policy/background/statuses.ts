import { isDeepStrictEqual } from 'node:util';
import type {
  AgentPolicy,
  AgentPolicyException,
  AgentPolicyExceptionStatus,
  ClusterAgentPolicy,
  PolicyStatus,
} from '../../../api/index.ts';
import type { CompiledPolicySet, PolicyProblem } from '../../../policies/engine/index.ts';
import { durationMs, exceptionState } from '../../../policies/engine/index.ts';
import { stalled, timestamp, withCondition } from '../../status.ts';
import type { PolicyFigures } from './ledger.ts';
import { policyKey } from './ledger.ts';

const DAY_MS = 86_400_000;
/** How long nobody may have needed an exception for what runs do before it counts as unneeded. */
const UNUSED_MS = 7 * DAY_MS;
/** When an exception was needed is written so often, and not at each call that needs it. */
const NEEDED_STEP_MS = 3_600_000;

/** The status that a policy is to have; `figures` are undefined before the first scan. */
export function policyStatus(
  before: PolicyStatus,
  generation: number,
  problems: readonly Pick<PolicyProblem, 'field' | 'message'>[],
  figures: PolicyFigures | undefined,
  now: number,
): PolicyStatus {
  const broken = problems.length > 0;
  const ready = withCondition(
    before.conditions,
    {
      type: 'Ready',
      status: broken ? 'False' : 'True',
      reason: broken ? 'Broken' : 'Compiled',
      message: broken
        ? `It denies all that it matches: ${problems.map(({ field, message }) => `${field}: ${message}`).join('; ')}`
        : 'The policy is in force',
      observedGeneration: generation,
    },
    now,
  );
  const conditions = stalled(ready, broken);
  if (figures === undefined) return { ...before, observedGeneration: generation, conditions };
  const { scanTime, ...known } = before.summary ?? {};
  const same = isDeepStrictEqual(known, figures.summary) && scanTime !== undefined;
  return {
    ...before,
    observedGeneration: generation,
    conditions,
    summary: { ...figures.summary, scanTime: same ? scanTime : timestamp(now) },
    violations: figures.violations,
    notEvaluable: figures.notEvaluable,
  };
}

/**
 * The status that an exception is to have. `findings` is what it takes away of live objects; `usedAt` when a run needed it last, as far
 * as this process knows.
 */
export function exceptionStatus(
  exception: AgentPolicyException,
  policies: readonly (ClusterAgentPolicy | AgentPolicy)[],
  set: CompiledPolicySet,
  findings: number,
  usedAt: number | undefined,
  now: number,
): AgentPolicyExceptionStatus {
  const before = exception.status ?? {};
  const { state, detail } = exceptionState(exception, policies, now, durationMs);
  const known = Date.parse(before.lastNeededTime ?? '');
  const seen = findings > 0 && before.findings !== findings ? now : usedAt;
  const needed =
    seen === undefined || seen - known < NEEDED_STEP_MS ? before.lastNeededTime : timestamp(Math.max(seen, known || 0));
  const unneeded = state === 'Active' && findings === 0 ? unneededFor(exception, set, needed, now) : undefined;
  return {
    ...before,
    observedGeneration: exception.metadata.generation ?? 1,
    state: unneeded === undefined ? state : 'Unneeded',
    statusDetail: unneeded ?? detail,
    findings,
    ...(needed === undefined ? {} : { lastNeededTime: needed }),
  };
}

/** Why an exception that takes nothing away from live objects can go; undefined where runs may still need it. */
function unneededFor(
  exception: AgentPolicyException,
  set: CompiledPolicySet,
  needed: string | undefined,
  now: number,
): string | undefined {
  if (!isOfRuns(exception, set)) return 'nothing was found that it takes away: delete it';
  const since = Date.parse(needed ?? exception.metadata.creationTimestamp ?? '');
  if (!(now - since >= UNUSED_MS)) return undefined;
  return `no object and no run has needed it since ${timestamp(since)}: delete it`;
}

/** Sections whose findings stand in live objects, so that the background sees all that there is to see. */
const IN_LIVE_OBJECTS = /^(llms|mcpServers|externalAPIs|containers|secrets|prompts|require)\./;

/** Whether one of its rules can find something in a tool call or in what a run has used: that is not seen in the background. */
function isOfRuns({ spec, metadata }: AgentPolicyException, set: CompiledPolicySet): boolean {
  return spec.policies.some(({ kind, name, rules }) => {
    const key = policyKey(
      kind === 'AgentPolicy' ? { kind, name, namespace: metadata.namespace ?? '' } : { kind, name },
    );
    const policy = set.policies.find(({ ref }) => policyKey(ref) === key);
    const reported = ['TaskRunToolCall', 'TaskRun'].flatMap((judged) => policy?.judges.get(judged) ?? []);
    return rules.some((rule) => !IN_LIVE_OBJECTS.test(rule) && reported.some((judge) => judge.rules.includes(rule)));
  });
}
