import type { ArgumentRule } from '../../../api/index.ts';
import { unknownFields } from '../celnames.ts';
import type { Expression } from '../expression.ts';
import type { Judge, SectionContext } from '../policy.ts';
import type { Scope, ScopedCall } from '../scope.ts';
import type { Sink } from '../sink.ts';
import { quote } from '../text.ts';
import { expressionOutcome } from './outcome.ts';
import { compileToolList } from './tools.ts';

/** Answers undefined where the arguments are as they must be. */
type Check = (
  scope: Scope,
  call: ScopedCall,
) => { readonly problem: string } | { readonly notEvaluable: string } | undefined;

const CALLS = new Set(['TaskRunToolCall']);

/** `tools.arguments`: what must hold for the arguments of a call. */
export function compileArguments(rules: readonly ArgumentRule[] | undefined, context: SectionContext): Judge[] {
  return (rules ?? []).flatMap((rule, i) => {
    const field = `tools.arguments[${i}]`;
    const name = `tools.arguments.${rule.name ?? i}`;
    const patterns = compileToolList(rule.tools, `${field}.tools`, context);
    if (rule.tools === undefined || rule.tools.length === 0) {
      context.problem(`${field}.tools`, 'names no tool, so that the rule is never asked: name one');
    }
    const check = compileCheck(rule, field, context);
    if (check === undefined) return [];
    const judge = (scope: Scope, sink: Sink): undefined | 'notAsked' => {
      const { call } = scope;
      if (call === undefined) return 'notAsked';
      const pattern = patterns.match(call.names);
      if (pattern === undefined) return 'notAsked';
      const outcome = check(scope, call);
      if (outcome === undefined) return undefined;
      if ('notEvaluable' in outcome) {
        sink.notEvaluable(name, outcome.notEvaluable);
        return undefined;
      }
      const action = rule.action ?? 'Deny';
      const verb =
        action === 'Deny' ? 'may not be called with these arguments' : "needs a human's approval with these arguments";
      sink.report({
        rule: name,
        field: 'spec.arguments',
        value: call.id,
        detail: `${quote(call.id)} ${verb}${scope.forAgent}: ${rule.message ?? outcome.problem}`,
        action,
        severity: rule.severity,
        docs: rule.docs,
        pattern,
        tool: call.names,
      });
      return undefined;
    };
    return [{ kinds: CALLS, rules: [name], judge }];
  });
}

function compileCheck(rule: ArgumentRule, field: string, context: SectionContext): Check | undefined {
  if ((rule.cel === undefined) === (rule.schema === undefined)) {
    context.problem(field, 'exactly one of cel and schema is required');
    return undefined;
  }
  if (rule.cel !== undefined) return compileCel(rule.cel, `${field}.cel`, context);
  const schema = context.schemas.compile(rule.schema);
  if (!('nodes' in schema)) {
    context.problem(`${field}.schema`, schema.problem);
    return undefined;
  }
  return (_, call) => {
    const args = call.arguments();
    const problem = 'problem' in args ? args.problem : schema.check(args.value);
    return problem === undefined ? undefined : { problem };
  };
}

function compileCel(source: string, field: string, context: SectionContext): Check | undefined {
  const expression = context.expressions.compile(source, 'bool');
  if ('problems' in expression) {
    for (const each of expression.problems) context.problem(field, each.problem, each);
    return undefined;
  }
  noteUnknownFields(expression, ['TaskRunToolCall'], field, context);
  if (expression.usesUser) context.usesUser();
  return (scope, call) => {
    const args = call.arguments();
    if ('problem' in args) return { problem: args.problem };
    const outcome = expressionOutcome(expression, scope, context.params);
    if (outcome === true) return undefined;
    return outcome === false ? { problem: `${source} does not hold` } : outcome;
  };
}

/** Refuses expressions that read a field which no object has, and warns of those that some objects lack. */
export function noteUnknownFields(
  { source }: Expression,
  kinds: readonly string[],
  field: string,
  context: SectionContext,
): void {
  for (const unknown of unknownFields(source, kinds)) {
    if (unknown.never) context.problem(field, `${unknown.path}: there is no such field`, unknown);
    else {
      context.advice(
        field,
        `${unknown.path}: ${unknown.kinds.join(', ')} ${unknown.kinds.length === 1 ? 'has' : 'have'} no such field, and the rule fails for them: name the kinds in \`kinds\`, or guard it with has()`,
        unknown,
      );
    }
  }
}
