import { declType } from './cel/decl.ts';
import type { CelEnvironment } from './cel/environment.ts';
import { MAX_COST } from './cel/estimate.ts';
import { compileRules, SELF_TYPE } from './cel/rule.ts';
import { child, forbidden, indexed, internalError, invalid, invalidPrinted } from './errors.ts';
import { goJson } from './gofmt.ts';
import type { FieldError, SchemaProps, ValidationRule } from './types.ts';

/** What one rule may cost by estimate, and what all rules of a CRD may. */
const RULE_COST_LIMIT = 10_000_000;
const SCHEMA_COST_LIMIT = 100_000_000;
const MAX_REQUEST = 3 * 1024 * 1024;

/** Where rules stand in the schema: how often the value can be there at most. */
export interface RuleScope {
  readonly schema: SchemaProps;
  readonly isRoot: boolean;
  /** Product of the limits of all lists and maps above; undefined when one has none. */
  readonly cardinality: number | undefined;
  readonly total: CostTotal;
  readonly environment: CelEnvironment;
  readonly ignoreRuleCost: boolean;
}

/** The estimated cost of all rules together. */
export class CostTotal {
  #total = 0;
  readonly #expensive: { readonly path: string; readonly cost: number }[] = [];

  observe(path: string, cost: number): void {
    this.#total = Math.min(MAX_COST, this.#total + cost);
    if (cost >= SCHEMA_COST_LIMIT / 100) this.#expensive.push({ path, cost });
  }

  /** Complaints about the sum, at the four most expensive rules and at the schema. */
  errors(schemaPath: string): FieldError[] {
    if (this.#total <= SCHEMA_COST_LIMIT) return [];
    const worst = [...this.#expensive].sort((a, b) => b.cost - a.cost).slice(0, 4);
    const detail = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    return [
      ...worst.map(({ path }) => forbidden(path, detail)),
      forbidden(schemaPath, costMessage(name, this.#total, SCHEMA_COST_LIMIT)),
    ];
  }
}

export function rootScope(
  schema: SchemaProps,
  total: CostTotal,
  environment: CelEnvironment,
  ignoreRuleCost: boolean,
): RuleScope {
  return { schema, isRoot: true, cardinality: 1, total, environment, ignoreRuleCost };
}

/** The scope of a field, item or map value. */
export function childScope(scope: RuleScope | undefined, schema: SchemaProps): RuleScope | undefined {
  if (scope === undefined) return undefined;
  const elements = maxElements(scope.schema);
  const cardinality =
    scope.cardinality === undefined || elements === undefined
      ? undefined
      : Math.min(MAX_COST, scope.cardinality * elements);
  return { ...scope, schema, isRoot: false, cardinality };
}

/** How many values below one value of this schema; undefined without a limit. */
function maxElements(schema: SchemaProps): number | undefined {
  if (schema.type === 'array') return schema.maxItems === undefined ? undefined : Math.max(0, schema.maxItems);
  if (schema.type !== 'object' || schema.additionalProperties === undefined) return 1;
  return schema.maxProperties === undefined ? undefined : Math.max(0, schema.maxProperties);
}

/** Compiles the rules of a node and weighs them. `uncorrelated` is the list above that leaves them without an old self. */
export function checkRules(
  schema: SchemaProps,
  path: string,
  scope: RuleScope,
  uncorrelated: string | undefined,
): FieldError[] {
  const rulesPath = child(path, 'x-kubernetes-validations');
  const declared = declType(schema, scope.isRoot || schema['x-kubernetes-embedded-resource'] === true, SELF_TYPE);
  if (declared === undefined) {
    const detail =
      'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';
    return [internalError(rulesPath, detail)];
  }
  const errors: FieldError[] = [];
  const times = scope.cardinality ?? Math.floor(MAX_REQUEST / (declared.minSerializedSize + 1));
  compileRules(schema, declared, scope.environment).forEach((compiled, i) => {
    const { rule, program, message } = compiled;
    const at = child(indexed(rulesPath, i), 'rule');
    const cost = Math.min(MAX_COST, (program?.estimate.max ?? 0) * times);
    if (!scope.ignoreRuleCost && cost > RULE_COST_LIMIT)
      errors.push(forbidden(at, costMessage('estimated rule cost', cost, RULE_COST_LIMIT)));
    scope.total.observe(at, cost);
    if (compiled.error !== undefined) errors.push(invalidPrinted(at, rule, printedRule(rule), compiled.error));
    const messagePath = child(indexed(rulesPath, i), 'messageExpression');
    if (compiled.messageError !== undefined)
      errors.push(invalidPrinted(messagePath, rule, printedRule(rule), compiled.messageError));
    else if (message !== undefined) {
      const messageCost = message.estimate.max;
      if (!scope.ignoreRuleCost && messageCost > RULE_COST_LIMIT) {
        errors.push(
          forbidden(messagePath, costMessage('estimated messageExpression cost', messageCost, RULE_COST_LIMIT)),
        );
      }
      scope.total.observe(messagePath, messageCost);
    }
    if (compiled.usesOldSelf) {
      if (uncorrelated !== undefined) {
        errors.push(
          invalid(
            at,
            rule.rule,
            `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`,
          ),
        );
      }
    } else if (rule.optionalOldSelf !== undefined) {
      errors.push(
        invalid(
          child(indexed(rulesPath, i), 'optionalOldSelf'),
          rule.optionalOldSelf,
          'may not be set if oldSelf is not used in rule',
        ),
      );
    }
  });
  return errors;
}

/** A rule as the server prints it: Go's field names, in Go's order. */
function printedRule(rule: ValidationRule): string {
  const fields: ReadonlyArray<readonly [name: string, value: unknown]> = [
    ['Rule', rule.rule],
    ['Message', rule.message ?? ''],
    ['MessageExpression', rule.messageExpression ?? ''],
    ['Reason', rule.reason ?? null],
    ['FieldPath', rule.fieldPath ?? ''],
    ['OptionalOldSelf', rule.optionalOldSelf ?? null],
  ];
  return `{${fields.map(([name, value]) => `"${name}":${goJson(value)}`).join(',')}}`;
}

function costMessage(name: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const times = factor > 100 ? 'more than 100x' : `${factor < 1.5 ? factor.toFixed(6) : factor.toFixed(1)}x`;
  return `${name} exceeds budget by factor of ${times} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}
