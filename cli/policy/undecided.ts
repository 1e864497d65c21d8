import type { NotEvaluable } from '../../policies/engine/index.ts';
import { policyLabel } from '../../policies/engine/index.ts';
import type { Undecided } from '../findings/model.ts';

/** Gathers what verdicts could not decide, by rule and reason. */
export interface UndecidedRules {
  /** Of one object, or of one recorded call: what is said twice of it counts once. */
  add(said: readonly NotEvaluable[], about: 'objects' | 'calls'): void;
  list(): Undecided[];
}

export function createUndecidedRules(): UndecidedRules {
  const rules = new Map<string, Undecided>();
  return {
    add(said, about) {
      const told = new Map(
        said.map(({ policy, rule, reason }) => {
          const name = [policyLabel(policy), ...(rule === undefined ? [] : [rule])].join('/');
          return [`${name} ${reason}`, { rule: name, reason }];
        }),
      );
      for (const [key, { rule, reason }] of told) {
        const before: Undecided = rules.get(key) ?? { rule, reason, objects: 0 };
        rules.set(key, { ...before, [about]: (before[about] ?? 0) + 1 });
      }
    },
    list: () => [...rules.values()],
  };
}
