import { JUDGED_KINDS } from '../../api/index.ts';
import type { Collected } from './collector.ts';
import { Collector } from './collector.ts';
import { POLICY_INVALID } from './compile.ts';
import { activeExceptions } from './exceptions.ts';
import type { CompiledPolicy } from './policy.ts';
import type { Scope } from './scope.ts';
import { createScope } from './scope.ts';
import type {
  CompiledPolicySet,
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
  for (const policy of set.policies) collectOne(policy, scope, collector, extent, traces);
  return collector.result;
}

function collectOne(
  policy: CompiledPolicy,
  scope: Scope,
  collector: Collector,
  extent: Extent,
  traces: PolicyTrace[] | undefined,
): void {
  const mode = policy.modes[scope.request.place];
  const steps: TraceStep[] | undefined = traces === undefined ? undefined : [];
  const trace = (matched: boolean, why: string): void => {
    traces?.push({
      policy: policy.ref,
      mode,
      matched,
      why,
      result: matched ? resultOf(steps ?? []) : 'abstain',
      steps: steps ?? [],
    });
  };
  if (mode === 'Off') {
    trace(false, `its mode is Off at ${scope.request.place}`);
    return;
  }
  const { kinds } = policy.matcher;
  const isKind = kinds === undefined || kinds.has(scope.kind);
  const onlyLimits = extent === 'limits' || !isKind;
  // Limits are of runs, whichever object of the run is judged.
  if (!isKind && (scope.request.counters === undefined || !isOfRuns(policy))) {
    trace(false, `spec.match.kinds does not name ${scope.kind}`);
    return;
  }
  const match = policy.matcher.match(scope);
  if (match !== 'yes') {
    if ('notEvaluable' in match) collector.skip(policy.ref, match.notEvaluable);
    trace(false, 'no' in match ? match.no : match.notEvaluable);
    return;
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
    trace(true, 'it matches');
    return;
  }
  for (const judge of policy.judges.get(scope.kind) ?? []) {
    if (onlyLimits && judge.ofRuns !== true) continue;
    const before = steps?.length;
    let asked: undefined | 'notAsked';
    try {
      asked = judge.judge(scope, collector);
    } catch (error) {
      // Nothing of the sort is known; should it happen, it must not open the gate.
      collector.report({
        rule: POLICY_INVALID,
        field: '',
        value: policy.label,
        detail: `the policy could not be evaluated: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
    if (steps !== undefined && steps.length === before && asked === undefined) {
      for (const rule of judge.rules) steps.push({ rule, outcome: 'pass', detail: 'nothing found' });
    }
  }
  trace(true, 'it matches');
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
