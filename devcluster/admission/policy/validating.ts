/** ValidatingAdmissionPolicy: rules in CEL, without a webhook. */
import type { CelProgram } from '../../../schema/index.ts';
import type { Logger } from '../../logger.ts';
import type { RegistryContext } from '../../registry/call.ts';
import { failure, forbidden, StatusError } from '../../request/status.ts';
import type { KubeObject } from '../../types.ts';
import { type Conditions, compileConditions, evaluateConditions } from '../cel/conditions.ts';
import {
  type Budget,
  compileExpression,
  type Evaluator,
  evaluator,
  type Outcome,
  type Scope,
} from '../cel/environment.ts';
import { type AdmissionAttributes, type AdmissionPlugin, refusedName } from '../chain.ts';
import { isAdmissionConfiguration, isNamespaceResource, namespaceOf, versionedInvocation } from '../kinds.ts';
import { namespaceObject } from '../match.ts';
import { matchResources } from './match.ts';
import { ConfigurationError, collectParams, paramDefinition } from './params.ts';
import { type BoundPolicy, boundPolicies } from './sources.ts';
import type { AuditAnnotation, BindingSpec, Named, ValidatingPolicySpec, Validation } from './types.ts';
import { compileVariables, type Variables, VariableValues } from './variables.ts';

/** Cost that the expressions of one policy may reach together. */
const runtimeBudget = 10_000_000;
const maxMessageBytes = 5 * 1024;

interface CompiledValidation extends Validation {
  readonly program: CelProgram | Error;
  readonly messageProgram: CelProgram | Error | undefined;
}

interface CompiledPolicy {
  readonly name: string;
  readonly spec: ValidatingPolicySpec;
  readonly variables: Variables;
  readonly conditions: Conditions | undefined;
  readonly validations: readonly CompiledValidation[];
  readonly auditAnnotations: readonly (AuditAnnotation & { readonly program: CelProgram | Error })[];
}

/** Compiles a policy; expressions that do not compile fail when they are asked. */
export function compilePolicy(name: string, fields: { readonly [field: string]: unknown }): CompiledPolicy {
  const spec = fields as ValidatingPolicySpec;
  const params = spec.paramKind !== undefined;
  const { variables, scope } = compileVariables(spec.variables ?? [], { params });
  const messages: Scope = { ...scope, authorizer: false };
  return {
    name,
    spec,
    variables,
    conditions: spec.matchConditions?.length ? compileConditions(spec.matchConditions, scope) : undefined,
    validations: (spec.validations ?? []).map((validation) => ({
      ...validation,
      program: compileExpression(validation.expression, ['bool'], scope),
      messageProgram: validation.messageExpression
        ? compileExpression(validation.messageExpression, ['string'], messages)
        : undefined,
    })),
    auditAnnotations: (spec.auditAnnotations ?? []).map((annotation) => ({
      ...annotation,
      program: compileExpression(annotation.valueExpression, ['string', 'null_type'], scope),
    })),
  };
}

interface Denial {
  readonly policy: string;
  readonly binding: string | undefined;
  readonly message: string;
  readonly reason?: string | undefined;
}

/** The plugin. */
export function validatingPolicies(context: () => RegistryContext, logger: Logger): AdmissionPlugin {
  const source = boundPolicies(context, 'validating', compilePolicy);
  return {
    name: 'ValidatingAdmissionPolicy',
    handles: (attributes) => source.current().length > 0 && !isAdmissionConfiguration(attributes),
    validate: (attributes) => {
      const denials: Denial[] = [];
      for (const bound of source.current()) denials.push(...judge(context(), bound, attributes, logger));
      const [first] = denials;
      if (first !== undefined) throw refusal(attributes, first);
      return undefined;
    },
  };
}

/** A configuration error or a failure to match is a denial unless failurePolicy says otherwise. */
function configured<T>(
  policy: CompiledPolicy,
  binding: string | undefined,
  run: () => T,
  denials: Denial[],
): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ConfigurationError) && !(error instanceof StatusError)) throw error;
    if (policy.spec.failurePolicy === 'Ignore') return undefined;
    const what = binding === undefined ? 'policy' : 'binding';
    denials.push({ policy: policy.name, binding, message: `failed to configure ${what}: ${error.message}` });
    return undefined;
  }
}

function judge(
  context: RegistryContext,
  { policy, bindings }: BoundPolicy<CompiledPolicy>,
  attributes: AdmissionAttributes,
  logger: Logger,
): Denial[] {
  const denials: Denial[] = [];
  const { spec } = policy;
  const definition = configured(
    policy,
    undefined,
    () => matchResources(context, spec.matchConstraints, attributes),
    denials,
  );
  if (definition === undefined) return denials;
  const kind = configured(policy, undefined, () => ({ definition: paramDefinition(context, spec.paramKind) }), denials);
  if (kind === undefined) return denials;
  let expressions: Evaluator | undefined;
  for (const binding of bindings) {
    const params = configured(
      policy,
      binding.name,
      () =>
        matchResources(context, binding.spec.matchResources, attributes) === undefined
          ? []
          : collectParams(context, spec.paramKind, kind.definition, binding.spec.paramRef, namespaceOf(attributes)),
      denials,
    );
    if (params === undefined || params.length === 0) continue;
    expressions ??= evaluator(context, versionedInvocation(attributes, definition), namespaceFor(context, attributes));
    for (const param of params) denials.push(...run(policy, binding, expressions, param, attributes, logger));
  }
  return denials;
}

/** `namespaceObject`: none for cluster-scoped objects and for namespaces themselves. */
function namespaceFor(context: RegistryContext, attributes: AdmissionAttributes): KubeObject | undefined {
  if (isNamespaceResource(attributes.definition)) return undefined;
  return attributes.namespace === '' ? undefined : namespaceObject(context, attributes.namespace);
}

function run(
  policy: CompiledPolicy,
  binding: Named<BindingSpec>,
  expressions: Evaluator,
  param: KubeObject | null,
  attributes: AdmissionAttributes,
  logger: Logger,
): Denial[] {
  const denials: Denial[] = [];
  const fails = policy.spec.failurePolicy !== 'Ignore';
  const enforce = (message: string, reason?: string): void => {
    const actions = binding.spec.validationActions ?? [];
    if (actions.includes('Deny')) denials.push({ policy: policy.name, binding: binding.name, message, reason });
    if (actions.includes('Warn')) {
      attributes.warn(
        `Validation failed for ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}': ${message}`,
      );
    }
    if (actions.includes('Audit')) {
      logger.info(
        { policy: policy.name, binding: binding.name, user: attributes.user.username, message },
        'policy violated',
      );
    }
  };
  const budgetOf = (limit: number): Budget => {
    const budget = expressions.budget(limit, param);
    budget.bind('variables', new VariableValues(budget, policy.variables));
    return budget;
  };
  if (policy.conditions !== undefined) {
    const matches = evaluateConditions(policy.conditions, {
      budget: (limit) => {
        const budget = budgetOf(limit);
        // The real server shows conditions no namespace.
        budget.bind('namespaceObject', null);
        return budget;
      },
    });
    if (matches instanceof Error) {
      if (fails) enforce(matches.message);
      return denials;
    }
    if (!matches) return denials;
  }
  const budget = budgetOf(runtimeBudget);
  const results: { validation: CompiledValidation; outcome: Outcome }[] = [];
  for (const validation of policy.validations) {
    const outcome = budget.evaluate(validation.program);
    if (outcome.exhausted === true) {
      if (fails) enforce(outcome.error ?? '');
      return denials;
    }
    results.push({ validation, outcome });
  }
  for (const { validation, outcome } of results) {
    if (outcome.error !== undefined) {
      if (fails) enforce(outcome.error);
    } else if (outcome.value !== true) enforce(messageOf(validation, budget), validation.reason ?? 'Invalid');
  }
  denials.push(...annotate(policy, binding, budgetOf(runtimeBudget), logger));
  return denials;
}

function messageOf(validation: CompiledValidation, budget: Budget): string {
  if (validation.messageProgram !== undefined) {
    const { value } = budget.evaluate(validation.messageProgram);
    const message = typeof value === 'string' ? value.trim() : '';
    if (message !== '' && Buffer.byteLength(message) <= maxMessageBytes && !message.includes('\n')) return message;
  }
  const fixed = (validation.message ?? '').trim();
  return fixed === '' ? `failed expression: ${validation.expression.trim()}` : fixed;
}

/** Audit annotations, which go to the log; their errors deny where failurePolicy is Fail. */
function annotate(policy: CompiledPolicy, binding: Named<BindingSpec>, budget: Budget, logger: Logger): Denial[] {
  const denials: Denial[] = [];
  for (const { key, program } of policy.auditAnnotations) {
    const { value, error } = budget.evaluate(program);
    if (error !== undefined) {
      if (policy.spec.failurePolicy === 'Ignore') continue;
      denials.push({ policy: policy.name, binding: binding.name, message: error });
    } else if (typeof value === 'string' && value.trim() !== '') {
      logger.info({ [`${policy.name}/${key}`]: value.trim().slice(0, 10 * 1024) }, 'audit annotation');
    }
  }
  return denials;
}

const codes: { readonly [reason: string]: number } = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

function refusal(
  attributes: AdmissionAttributes,
  { policy, binding, message, reason = 'Invalid' }: Denial,
): StatusError {
  const by = binding === undefined ? `'${policy}'` : `'${policy}' with binding '${binding}'`;
  const text = `ValidatingAdmissionPolicy ${by} denied request: ${message}`;
  const { definition } = attributes;
  const subject = { group: definition.group, resource: definition.plural };
  const generic = forbidden(subject, refusedName(attributes), text);
  return failure(codes[reason] ?? 422, reason, generic.message, {
    ...generic.status.details,
    causes: [{ message: text }],
  });
}
