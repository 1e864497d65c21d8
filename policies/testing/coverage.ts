import type { CompiledPolicySet, PolicyRef, Verdict } from '../engine/index.ts';
import { policyLabel } from '../engine/index.ts';

/** How often each rule had something to say: by `kind/policy/rule`. */
export type Coverage = Map<string, number>;

export interface RuleUse {
  readonly policy: PolicyRef;
  readonly rule: string;
  /** Cases in which it found something, or would have without an exception. */
  readonly cases: number;
}

/** Rules that come with others and that nobody writes: what a tool with an odd name or an unknown Tool comes to. */
const IMPLIED: ReadonlySet<string> = new Set(['tools.name', 'tools.unresolved']);

const keyOf = (policy: PolicyRef, rule: string): string => `${policy.kind}/${policyLabel(policy)}/${rule}`;

/** The rules that found something in one verdict, each once. */
export function usesOf({ findings, excepted }: Verdict): ReadonlyMap<string, number> {
  return new Map([...findings, ...excepted].map(({ policy, rule }) => [keyOf(policy, rule), 1]));
}

/** Every rule that somebody wrote, with the number of cases that exercised it. */
export function ruleUses(set: CompiledPolicySet, coverage: Coverage): RuleUse[] {
  return set.policies.flatMap(({ ref, rules }) =>
    rules
      .filter((rule) => !IMPLIED.has(rule))
      .map((rule) => ({ policy: ref, rule, cases: coverage.get(keyOf(ref, rule)) ?? 0 })),
  );
}
