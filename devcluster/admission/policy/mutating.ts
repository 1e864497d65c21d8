/** MutatingAdmissionPolicy: changes in CEL, without a webhook. */
import type { CelProgram } from '../../../schema/index.ts';
import { toJson } from '../../../schema/index.ts';
import { typeProblems } from '../../managedfields/check.ts';
import { mergeObjects } from '../../managedfields/merge.ts';
import type { RegistryContext } from '../../registry/call.ts';
import { copyJson, equalJson } from '../../registry/copy.ts';
import { decodeTyped } from '../../registry/decode.ts';
import { jsonPatch, patchProblem } from '../../registry/jsonpatch.ts';
import { failure, forbidden, internal, StatusError } from '../../request/status.ts';
import { DecodeError, type JsonObject, type KubeObject, type ResourceDefinition } from '../../types.ts';
import { type Conditions, compileConditions, evaluateConditions } from '../cel/conditions.ts';
import { type Budget, compileExpression, evaluator } from '../cel/environment.ts';
import { misplaced } from '../cel/patches.ts';
import { type AdmissionAttributes, type AdmissionPlugin, type Reinvocation, refusedName } from '../chain.ts';
import {
  convertObject,
  isAdmissionConfiguration,
  isNamespaceResource,
  namespaceOf,
  versionedInvocation,
} from '../kinds.ts';
import { namespaceObject } from '../match.ts';
import { matchResources } from './match.ts';
import { ConfigurationError, collectParams, paramDefinition } from './params.ts';
import { type BoundPolicy, boundPolicies } from './sources.ts';
import type { BindingSpec, MutatingPolicySpec, Named } from './types.ts';
import { compileVariables, type Variables, VariableValues } from './variables.ts';

const runtimeBudget = 10_000_000;

interface CompiledPolicy {
  readonly name: string;
  readonly spec: MutatingPolicySpec;
  readonly variables: Variables;
  readonly conditions: Conditions | undefined;
  readonly mutations: readonly { readonly json: boolean; readonly program: CelProgram | Error }[];
}

function compilePolicy(name: string, fields: { readonly [field: string]: unknown }): CompiledPolicy {
  const spec = fields as unknown as MutatingPolicySpec;
  const { variables, scope } = compileVariables(spec.variables ?? [], { params: spec.paramKind !== undefined });
  const patching = { ...scope, patches: true };
  return {
    name,
    spec,
    variables,
    conditions: spec.matchConditions?.length ? compileConditions(spec.matchConditions, scope) : undefined,
    mutations: (spec.mutations ?? []).map(({ patchType, jsonPatch: patch, applyConfiguration }) => {
      const json = patchType === 'JSONPatch';
      const source = (json ? patch?.expression : applyConfiguration?.expression) ?? '';
      return { json, program: compileExpression(source, [json ? 'list(JSONPatch)' : 'Object'], patching) };
    }),
  };
}

/** A mutation or configuration that does not work. */
class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** The plugin. */
export function mutatingPolicies(context: () => RegistryContext): AdmissionPlugin {
  const source = boundPolicies(context, 'mutating', compilePolicy);
  return {
    name: 'MutatingAdmissionPolicy',
    handles: (attributes) => source.current().length > 0 && !isAdmissionConfiguration(attributes),
    mutate: (attributes, reinvocation) => {
      let object = attributes.object;
      // A Scale has no schema of its own to merge by.
      if (object === undefined || attributes.subresource === 'scale') return undefined;
      const errors: string[] = [];
      for (const bound of source.current()) {
        for (const binding of bound.bindings) {
          object = apply(context(), bound, binding, { ...attributes, object }, reinvocation, errors);
        }
      }
      const [first] = errors;
      if (first !== undefined) throw refusal(attributes, errors);
      return object;
    },
  };
}

/** The object as one policy and binding leave it. */
function apply(
  context: RegistryContext,
  { policy }: BoundPolicy<CompiledPolicy>,
  binding: Named<BindingSpec>,
  attributes: AdmissionAttributes & { readonly object: KubeObject },
  reinvocation: Reinvocation,
  errors: string[],
): KubeObject {
  const { spec } = policy;
  const fail = (error: unknown, what: string): KubeObject => {
    const known =
      error instanceof PolicyError ||
      error instanceof ConfigurationError ||
      (error instanceof StatusError && error.code !== 500);
    if (!known) throw error;
    const message = error instanceof PolicyError ? error.message : `failed to configure ${what}: ${error.message}`;
    const by = what === 'policy' ? JSON.stringify(policy.name) : `'${policy.name}' with binding '${binding.name}'`;
    if (spec.failurePolicy !== 'Ignore') errors.push(`policy ${by} denied request: ${message}`);
    return attributes.object;
  };
  let definition: ResourceDefinition | undefined;
  let kind: ResourceDefinition | undefined;
  try {
    definition = matchResources(context, spec.matchConstraints, attributes);
    if (definition === undefined) return attributes.object;
    kind = paramDefinition(context, spec.paramKind);
  } catch (error) {
    return fail(error, 'policy');
  }
  try {
    if (matchResources(context, binding.spec.matchResources, attributes) === undefined) return attributes.object;
    const id = `${policy.name}/${binding.name}`;
    // The second round is for those alone that asked for it in the first.
    if (reinvocation.round > 0 && !reinvocation.state.has(id)) return attributes.object;
    const params = collectParams(context, spec.paramKind, kind, binding.spec.paramRef, namespaceOf(attributes));
    let { object } = attributes;
    for (const param of params) object = mutate(context, policy, { ...attributes, object }, definition, param);
    if (!equalJson(object, attributes.object)) reinvocation.request();
    if (params.length > 0 && spec.reinvocationPolicy === 'IfNeeded') reinvocation.state.set(id, true);
    return object;
  } catch (error) {
    return fail(error, 'binding');
  }
}

function mutate(
  context: RegistryContext,
  policy: CompiledPolicy,
  attributes: AdmissionAttributes & { readonly object: KubeObject },
  definition: ResourceDefinition,
  param: KubeObject | null,
): KubeObject {
  const { namespace } = attributes;
  const holder =
    namespace === '' || isNamespaceResource(attributes.definition) ? undefined : namespaceObject(context, namespace);
  let invocation = versionedInvocation(attributes, definition);
  const budgetOf = (limit: number): Budget => {
    const budget = evaluator(context, invocation, holder).budget(limit, param);
    budget.bind('variables', new VariableValues(budget, policy.variables));
    return budget;
  };
  if (policy.conditions !== undefined) {
    const matches = evaluateConditions(policy.conditions, { budget: budgetOf });
    if (matches instanceof Error) throw new PolicyError(matches.message);
    if (!matches) return attributes.object;
  }
  for (const { json, program } of policy.mutations) {
    const { value, error } = budgetOf(runtimeBudget).evaluate(program);
    if (error !== undefined || value === undefined) throw new PolicyError(error ?? 'the expression has no value');
    const object = invocation.object as KubeObject;
    const place = json ? undefined : misplaced(value);
    if (place !== undefined) throw new PolicyError(`type mismatch: ${place}`);
    invocation = { ...invocation, object: patched(object, toJson(value), json, definition) };
  }
  const result = invocation.object as KubeObject;
  return definition === attributes.definition ? result : convertObject(result, definition, attributes.definition);
}

/** The object after one mutation: defaulted and pruned as its kind has it. */
function patched(object: KubeObject, patch: unknown, json: boolean, definition: ResourceDefinition): KubeObject {
  const undeclared = json
    ? undefined
    : typeProblems(definition.mergeType(), {
        ...(patch as JsonObject),
        apiVersion: object.apiVersion,
        kind: object.kind,
      });
  if (undeclared !== undefined)
    throw new PolicyError(`error applying patch: failed to convert patch object to typed object: ${undeclared}`);
  try {
    const merged = json
      ? jsonPatch(copyJson(object), patch)
      : copyJson(mergeObjects(definition.mergeType(), object as unknown as JsonObject, patch as JsonObject));
    const out = { ...(merged as KubeObject), apiVersion: object.apiVersion, kind: object.kind };
    decodeTyped(definition, out);
    return out;
  } catch (error) {
    if (error instanceof DecodeError) {
      if (json) throw internal(error.message);
      throw new PolicyError(`error applying patch: ${error.message}`);
    }
    if (!(error instanceof StatusError)) throw error;
    const problem = patchProblem(error);
    // A test that fails leaves the object as it was.
    if (json && problem.endsWith('test failed')) return object;
    throw new PolicyError(`JSON Patch: ${problem}`);
  }
}

function refusal(attributes: AdmissionAttributes, errors: readonly string[]): StatusError {
  const { definition } = attributes;
  const generic = forbidden({ group: definition.group, resource: definition.plural }, refusedName(attributes), '');
  const causes = errors.map((message) => ({ message }));
  return failure(403, 'Invalid', errors[0] ?? '', { ...generic.status.details, causes });
}
