import type { FluxState, Rules, Test } from './rule.ts';
import { fluxState } from './rule.ts';

/** One entry of `spec.healthCheckExprs` of a Flux Kustomization. */
export interface FluxHealthCheck {
  readonly apiVersion: string;
  readonly kind: string;
  readonly inProgress?: string;
  readonly failed?: string;
  readonly current: string;
}

/**
 * The same rules as CEL expressions for Flux, which asks `inProgress`, `failed` and `current` in this order and takes the first that is
 * true. Each holds where the first rule that holds has this state.
 */
export function fluxHealthCheck(apiVersion: string, kind: string, rules: Rules): FluxHealthCheck {
  const inProgress = expression(rules, 'inProgress');
  const failed = expression(rules, 'failed');
  return {
    apiVersion,
    kind,
    ...(inProgress === 'false' ? {} : { inProgress }),
    ...(failed === 'false' ? {} : { failed }),
    current: expression(rules, 'current'),
  };
}

/** `a ? false : b ? true : false`, with what follows from it left out. */
function expression(rules: Rules, state: FluxState): string {
  return rules.reduceRight((rest, rule) => {
    const result = String(fluxState(rule) === state);
    if (rule.when === undefined || rest === result) return rule.when === undefined ? result : rest;
    const test = testCel(rule.when);
    if (result === 'true' && rest === 'false') return test;
    return result === 'false' && rest === 'true' ? `!${test}` : `${test} ? ${result} : ${rest}`;
  }, 'false');
}

function testCel(test: Test): string {
  if ('path' in test) {
    const path = test.path.join('.');
    const values = test.in.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
    const compared = values.length === 1 ? `${path} == ${values[0]}` : `${path} in [${values.join(', ')}]`;
    return `(${present(test.path)} && ${compared})`;
  }
  if ('absent' in test) return `!(${present(test.absent)})`;
  if ('stale' in test) {
    return `(!${present(['status', 'observedGeneration'])} || status.observedGeneration != metadata.generation)`;
  }
  if ('all' in test) return `(${test.all.map(testCel).join(' && ')})`;
  if ('not' in test) return `!(${testCel(test.not)})`;
  const reason = test.reason === undefined ? '' : ` && c.reason == '${test.reason}'`;
  const one = `c.type == '${test.condition}' && c.status == '${test.status}'${reason}`;
  return `(${present(['status', 'conditions'])} && status.conditions.exists(c, ${one}))`;
}

/** Every object of ours has `spec`, and `status` by a default of its CRD, where its rules ask for one. */
const present = (path: readonly string[]): string => `has(${path.join('.')})`;
