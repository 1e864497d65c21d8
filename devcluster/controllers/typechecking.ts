/**
 * Type checking of ValidatingAdmissionPolicies: expressions are compiled against the schemas of what the policy names, and what
 * would never work is said in status. Nothing depends on it: the policy takes effect as it stands.
 */
import { declType } from '../../schema/cel/index.ts';
import type { CelType } from '../../schema/index.ts';
import { compileExpression, type Scope } from '../admission/cel/environment.ts';
import type { Variable } from '../admission/policy/types.ts';
import { compileVariables } from '../admission/policy/variables.ts';
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import { isObject } from '../registry/copy.ts';
import { systemCall } from '../registry/internal.ts';
import { groupVersion } from '../registry/resources.ts';
import type { BuiltinSchemas, JsonObject, KubeObject, ResourceDefinition, SchemaProps } from '../types.ts';
import { applyStatus } from './apply.ts';
import { keyedQueue } from './queue.ts';
import type { Controllers } from './types.ts';

const group = 'admissionregistration.k8s.io';
const plural = 'validatingadmissionpolicies';
const manager = 'validatingadmissionpolicy-status';
const maxTypes = 10;

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
}

interface PolicySpec {
  readonly matchConstraints?: { readonly resourceRules?: readonly Rule[] };
  readonly paramKind?: { readonly apiVersion: string; readonly kind: string };
  readonly variables?: readonly Variable[];
  readonly validations?: readonly { readonly expression: string; readonly messageExpression?: string }[];
}

/** The real server takes its time as well: a policy that has just been made has no status yet. */
const DELAY_MS = 50;

/** Starts the controller. */
export function startTypeChecking(context: RegistryContext, schemas: BuiltinSchemas, logger: Logger): Controllers {
  const { store } = context;
  const resource = `${group}/${plural}`;
  const queue = keyedQueue(logger, 'a policy', async (name) => {
    const entry = store.latest(resource, name);
    if (entry !== undefined) await record(context, schemas, store.object(entry));
  });
  const stop = store.subscribe(resource, ({ type, entry }) => {
    if (type !== 'DELETED') queue.addAfter(entry.key, DELAY_MS);
  });
  for (const entry of store.list(resource)) queue.add(entry.key);
  return {
    close: () => {
      stop();
      queue.close();
    },
  };
}

async function record(context: RegistryContext, schemas: BuiltinSchemas, policy: KubeObject): Promise<void> {
  const definition = context.resources.find(group, 'v1', plural);
  const { generation = 0, name = '' } = policy.metadata;
  if (definition === undefined || (isObject(policy.status) && policy.status.observedGeneration === generation)) return;
  const warnings = checkPolicy(context, schemas, (policy.spec ?? {}) as PolicySpec);
  await applyStatus(context, systemCall(definition, '', name, { subresource: 'status', manager }), {
    observedGeneration: generation,
    typeChecking: warnings.length > 0 ? { expressionWarnings: warnings } : {},
  });
}

/** What is wrong with the expressions of a policy, one warning an expression. */
function checkPolicy(
  context: RegistryContext,
  schemas: BuiltinSchemas,
  spec: PolicySpec,
): { fieldRef: string; warning: string }[] {
  const types = typesToCheck(context, spec).flatMap((definition) => {
    const type = typeOf(definition, schemas);
    return type === undefined ? [] : [{ definition, type }];
  });
  const param =
    spec.paramKind === undefined
      ? undefined
      : context.resources.findKind(spec.paramKind.apiVersion, spec.paramKind.kind);
  const paramsType = param === undefined ? undefined : typeOf(param, schemas);
  const warnings: { fieldRef: string; warning: string }[] = [];
  const check = (fieldRef: string, expression: string | undefined): void => {
    if (!expression) return;
    const problems = types.flatMap(({ definition, type }) => {
      const base: Scope = {
        objectType: type,
        params: spec.paramKind !== undefined,
        ...(paramsType === undefined ? {} : { paramsType }),
      };
      const { scope } = compileVariables(spec.variables ?? [], base);
      const program = compileExpression(expression, undefined, scope);
      return program instanceof Error
        ? [
            `${definition.group}/${definition.version}, Kind=${definition.kind}: ${program.message.replace(/^compilation failed: /, '')}\n`,
          ]
        : [];
    });
    if (problems.length > 0) warnings.push({ fieldRef, warning: problems.join('\n') });
  };
  (spec.validations ?? []).forEach(({ expression, messageExpression }, index) => {
    check(`spec.validations[${index}].expression`, expression);
    check(`spec.validations[${index}].messageExpression`, messageExpression);
  });
  return warnings;
}

/** The resources that a policy names without wildcards, at most ten. */
function typesToCheck(context: RegistryContext, spec: PolicySpec): ResourceDefinition[] {
  const found = new Set<ResourceDefinition>();
  const named = (items: readonly string[] | undefined): string[] =>
    items === undefined || items.some((item) => item.includes('*') || item.includes('/')) ? [] : [...items].sort();
  for (const rule of spec.matchConstraints?.resourceRules ?? []) {
    for (const apiGroup of named(rule.apiGroups)) {
      for (const version of named(rule.apiVersions)) {
        for (const resource of named(rule.resources)) {
          const definition = context.resources.find(apiGroup, version, resource);
          if (definition !== undefined && found.size < maxTypes) found.add(definition);
        }
      }
    }
  }
  return [...found];
}

/** The type of a resource's objects in CEL; undefined where its schema says nothing. */
function typeOf(definition: ResourceDefinition, schemas: BuiltinSchemas): CelType | undefined {
  const schema = definition.openApiSchema();
  const resolved = definition.custom
    ? (schema as SchemaProps)
    : resolve(schema, schemas.componentSchemas(groupVersion(definition)), []);
  return declType(resolved, true, `${definition.kind}Type`)?.type;
}

/** A schema with its references in place; one that refers to itself ends there, as anything. */
function resolve(schema: JsonObject, components: JsonObject, open: readonly string[]): SchemaProps {
  const reference =
    schema.$ref ??
    (Array.isArray(schema.allOf) && schema.allOf.length === 1 ? (schema.allOf[0] as JsonObject).$ref : undefined);
  if (typeof reference === 'string') {
    const name = reference.slice('#/components/schemas/'.length);
    const target = components[name];
    if (open.includes(name) || !isObject(target))
      return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    return resolve(target as JsonObject, components, [...open, name]);
  }
  const out: { [key: string]: unknown } = { ...schema };
  const each = (value: unknown): unknown => (isObject(value) ? resolve(value as JsonObject, components, open) : value);
  if (isObject(schema.properties)) {
    out.properties = Object.fromEntries(Object.entries(schema.properties).map(([name, item]) => [name, each(item)]));
  }
  if (schema.items !== undefined) out.items = each(schema.items);
  if (schema.additionalProperties !== undefined) out.additionalProperties = each(schema.additionalProperties);
  if (schema.format === 'int-or-string') return { 'x-kubernetes-int-or-string': true };
  return out as SchemaProps;
}
