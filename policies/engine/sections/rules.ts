import type { PolicyRule } from '../../../api/index.ts';
import { fromJson } from '../../../schema/cel/index.ts';
import { kindsOf } from '../celnames.ts';
import type { Expression } from '../expression.ts';
import type { Judge, SectionContext } from '../policy.ts';
import type { Scope } from '../scope.ts';
import { variablesOf } from '../scope.ts';
import type { Sink } from '../sink.ts';
import { noteUnknownFields } from './arguments.ts';
import { expressionOutcome } from './outcome.ts';

/** `rules`: anything else, in CEL. */
export function compileRules(rules: readonly PolicyRule[] | undefined, context: SectionContext): Judge[] {
  return (rules ?? []).flatMap((rule, i) => compileRule(rule, `rules[${i}]`, context));
}

function compileRule(rule: PolicyRule, field: string, context: SectionContext): Judge[] {
  const expression = compile(rule.expression, 'bool', `${field}.expression`, context);
  const when = rule.when === undefined ? undefined : compile(rule.when, 'bool', `${field}.when`, context);
  const message =
    rule.messageExpression === undefined
      ? undefined
      : compile(rule.messageExpression, 'string', `${field}.messageExpression`, context);
  for (const [k, kind] of (rule.kinds ?? []).entries()) {
    if (!context.kinds.includes(kind)) {
      context.problem(`${field}.kinds[${k}]`, `can match nothing: the policy is about ${context.kinds.join(', ')}`);
    }
  }
  if (expression === undefined || (rule.when !== undefined && when === undefined)) return [];
  const asked = [expression, ...(when === undefined ? [] : [when])];
  const possible = kindsOf(
    asked,
    rule.kinds === undefined ? context.kinds : context.kinds.filter((kind) => rule.kinds?.includes(kind)),
  );
  const kinds = rule.action === 'RequireApproval' ? possible.filter((kind) => kind === 'TaskRunToolCall') : possible;
  if (kinds.length === 0) {
    context.problem(
      `${field}.expression`,
      'is never asked: no kind that the policy is about has all the variables that it names',
    );
  }
  noteUnknownFields(expression, kinds, `${field}.expression`, context);
  if (when !== undefined) noteUnknownFields(when, kinds, `${field}.when`, context);
  return [{ kinds: new Set(kinds), rules: [rule.name], judge }];

  function judge(scope: Scope, sink: Sink): undefined | 'notAsked' {
    const reason = outcomeOf(scope);
    if (reason === undefined || reason === 'notAsked') return reason;
    if (typeof reason === 'object') {
      sink.notEvaluable(rule.name, reason.notEvaluable);
      return undefined;
    }
    sink.report({
      rule: rule.name,
      field: '',
      // Of the same rule and object there is one finding; what it says may hold a time.
      value: rule.name,
      detail: textOf(scope) ?? rule.message ?? reason,
      action: rule.action ?? 'Deny',
      severity: rule.severity,
      docs: rule.docs,
      tool: scope.call?.names,
    });
    return undefined;
  }

  /** Undefined where the rule holds; else why it does not. */
  function outcomeOf(scope: Scope): undefined | 'notAsked' | string | { readonly notEvaluable: string } {
    if (expression === undefined) return undefined;
    const counts = when === undefined ? true : expressionOutcome(when, scope, context.params);
    if (counts === false) return 'notAsked';
    const outcome = counts === true ? expressionOutcome(expression, scope, context.params) : counts;
    if (outcome === true) return undefined;
    if (outcome === false) return `${rule.expression} does not hold`;
    return 'problem' in outcome ? outcome.problem : outcome;
  }

  /** What `messageExpression` says; as in Kubernetes it must be one line of text, and fails silently. */
  function textOf(scope: Scope): string | undefined {
    if (message === undefined) return undefined;
    const params = context.params === undefined ? {} : { params: fromJson(context.params) };
    const result = message.evaluate({ ...variablesOf(scope), ...params }, scope.budget);
    if (!('value' in result) || typeof result.value !== 'string') return undefined;
    const text = result.value.trim();
    return text === '' || text.includes('\n') ? undefined : text;
  }
}

function compile(
  source: string,
  result: 'bool' | 'string',
  field: string,
  context: SectionContext,
): Expression | undefined {
  const expression = context.expressions.compile(source, result);
  if ('problems' in expression) {
    for (const each of expression.problems) context.problem(field, each.problem, each);
    return undefined;
  }
  if (expression.usesUser) context.usesUser();
  return expression;
}
