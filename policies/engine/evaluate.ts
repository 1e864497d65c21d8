import { JUDGED_KINDS } from '../../api/index.ts';
import type { Collected } from './collector.ts';
import { Collector } from './collector.ts';
import { POLICY_INVALID } from './compile.ts';
import { activeExceptions } from './exceptions.ts';
import type { Match } from './match.ts';
import type { CompiledPolicy, Judge } from './policy.ts';
import type { CompiledPolicySet } from './policySet.ts';
import type { Scope } from './scope.ts';
import { createScope } from './scope.ts';
import type {
  EffectiveLimits,
  Explanation,
  LimitSource,
  PolicyRequest,
  PolicyTrace,
  TraceStep,
  Verdict,
} from './types.ts';
import { toVerdict } from './verdict.ts';

const JUDGED: ReadonlySet<string> = new Set(JUDGED_KINDS);
/** A policy about one of these is about runs, and so are its limits. */
const RUN_KINDS = ['Agent', 'TaskRun', 'TaskRunToolCall'];

/**
 * What the policies say to a request. Pure: the same policies and the same request, time included, give the same verdict
 * in every place, whatever the order of the policies. Objects of kinds that policies are not about are allowed.
 */
export function evaluate(set: CompiledPolicySet, request: PolicyRequest): Verdict {
  return toVerdict(set.policies, [collect(set, request, 'all')]);
}

/** The same, with the way to it: each policy, whether it is about the object, and what each of its rules came to. */
export function explain(set: CompiledPolicySet, request: PolicyRequest): Explanation {
  const policies: PolicyTrace[] = [];
  const collected = collect(set, request, 'all', policies);
  return { verdict: toVerdict(set.policies, [collected]), policies };
}

/** The limits that hold, the lowest of each: what is told of a run before it reaches them. */
export function effectiveLimits(set: CompiledPolicySet, request: PolicyRequest): EffectiveLimits {
  const scope = createScope(request);
  const limits: { -readonly [name in keyof EffectiveLimits]: LimitSource } = {};
  for (const policy of set.policies) {
    if (policy.modes[request.place] !== 'Enforce' || policy.broken) continue;
    if (!isOfRuns(policy) || policy.matcher.match(scope) !== 'yes') continue;
    for (const [name, value] of Object.entries(policy.limits) as [keyof EffectiveLimits, number][]) {
      const before = limits[name];
      if (before === undefined || value < before.value) limits[name] = { value, policy: policy.ref };
    }
  }
  return limits;
}

const NO_JUDGES: readonly Judge[] = [];

/** What is asked of the policies: everything, or only what limits runs. */
export type Extent = 'all' | 'limits';

export function collect(
  set: CompiledPolicySet,
  request: PolicyRequest,
  extent: Extent,
  traces?: PolicyTrace[],
): Collected {
  const scope = createScope(request);
  const collector = new Collector(scope, activeExceptions(request.exceptions, scope.namespace, request.now));
  if (!JUDGED.has(scope.kind)) return collector.result;
  for (const policy of set.policies) {
    const steps: TraceStep[] | undefined = traces === undefined ? undefined : [];
    const standing = collectOne(policy, scope, collector, extent, steps);
    traces?.push(traceOf(policy, scope, standing, steps ?? []));
  }
  return collector.result;
}

/** How a policy stands to an object. */
type Standing = Match | 'off' | 'otherKind';

function traceOf(policy: CompiledPolicy, scope: Scope, standing: Standing, steps: readonly TraceStep[]): PolicyTrace {
  const { place } = scope.request;
  const matched = standing === 'yes';
  const result = matched ? resultOf(steps) : 'abstain';
  return { policy: policy.ref, mode: policy.modes[place], matched, why: whyOf(standing, scope), result, steps };
}

function whyOf(standing: Standing, { kind, request }: Scope): string {
  if (standing === 'yes') return 'it matches';
  if (standing === 'off') return `its mode is Off at ${request.place}`;
  if (standing === 'otherKind') return `spec.match.kinds does not name ${kind}`;
  return 'no' in standing ? standing.no : standing.notEvaluable;
}

function collectOne(
  policy: CompiledPolicy,
  scope: Scope,
  collector: Collector,
  extent: Extent,
  steps: TraceStep[] | undefined,
): Standing {
  const mode = policy.modes[scope.request.place];
  if (mode === 'Off') return 'off';
  const { kinds } = policy.matcher;
  const isKind = kinds === undefined || kinds.has(scope.kind);
  // Limits are of runs, whichever object of the run is judged.
  if (!isKind && (scope.request.counters === undefined || !isOfRuns(policy))) return 'otherKind';
  const match = policy.matcher.match(scope);
  if (match !== 'yes') {
    if ('notEvaluable' in match) collector.skip(policy.ref, match.notEvaluable);
    return match;
  }
  collector.begin(policy, mode, steps);
  if (policy.broken) {
    const [first] = policy.problems.filter(({ level }) => level === 'error');
    collector.report({
      rule: POLICY_INVALID,
      field: '',
      value: policy.label,
      detail: `the policy itself is invalid, and denies what it is about until it is mended: ${first?.field ?? 'spec'} ${first?.message ?? ''}`,
      fix: `correct ${policy.ref.kind} ${policy.label}`,
    });
    return match;
  }
  const onlyLimits = extent === 'limits' || !isKind;
  for (const judge of policy.judges.get(scope.kind) ?? NO_JUDGES) {
    if (onlyLimits && judge.ofRuns !== true) continue;
    const before = steps?.length;
    const asked = ask(judge, policy, scope, collector);
    if (steps !== undefined && steps.length === before && asked === undefined) {
      for (const rule of judge.rules) steps.push({ rule, outcome: 'pass', detail: 'nothing found' });
    }
  }
  return match;
}

function ask(judge: Judge, policy: CompiledPolicy, scope: Scope, collector: Collector): undefined | 'notAsked' {
  try {
    return judge.judge(scope, collector);
  } catch (error) {
    // Nothing of the sort is known; should it happen, it must not open the gate.
    collector.report({
      rule: POLICY_INVALID,
      field: '',
      value: policy.label,
      detail: `the policy could not be evaluated: ${error instanceof Error ? error.message : String(error)}`,
    });
    return undefined;
  }
}

function isOfRuns({ matcher, limits }: CompiledPolicy): boolean {
  return (
    Object.keys(limits).length > 0 &&
    (matcher.kinds === undefined || RUN_KINDS.some((kind) => matcher.kinds?.has(kind)))
  );
}

function resultOf(steps: readonly TraceStep[]): PolicyTrace['result'] {
  for (const outcome of ['deny', 'requireApproval', 'allow'] as const) {
    if (steps.some((step) => step.outcome === outcome)) return outcome;
  }
  return 'abstain';
}
