import { createHash } from 'node:crypto';
import type { PolicyMode, PolicySpec } from '../../api/index.ts';
import {
  agentPolicies,
  clusterAgentPolicies,
  JUDGED_KINDS,
  POLICY_PLACES,
  toCustomResourceDefinition,
} from '../../api/index.ts';
import { type CompiledSchema, compileSchema, type JsonObject } from '../../schema/index.ts';
import { cloneJson } from '../../schema/json.ts';
import type { SchemaProps } from '../../schema/types.ts';
import { createExpressionCompiler } from './cel.ts';
import { policyLabel } from './collector.ts';
import { durationMs } from './duration.ts';
import { at, canonicalJson, isRecord, sizeOf, textAt } from './json.ts';
import { createArgumentSchemaCompiler } from './jsonschema.ts';
import { compileMatcher, withoutEmptyLists } from './match.ts';
import type { CompiledPolicy, Judge, SectionContext } from './policy.ts';
import type { CompiledPolicySet, CompileOptions, Toolkit } from './policySet.ts';
import { dropUnreadable, type Misshapen } from './readable.ts';
import { compileArguments } from './sections/arguments.ts';
import { compileContainers } from './sections/containers.ts';
import { compileExternalApis } from './sections/externalapis.ts';
import { compileLimits, readLimits } from './sections/limits.ts';
import { compileLlms } from './sections/llms.ts';
import { compileMcpServers } from './sections/mcpservers.ts';
import { compilePrompts } from './sections/prompts.ts';
import { compileRequire } from './sections/require.ts';
import { compileRules } from './sections/rules.ts';
import { compileSecrets } from './sections/secrets.ts';
import { approvalTerms, compileTools } from './sections/tools.ts';
import { compareText, oneLine } from './text.ts';
import type { AnyPolicy, PolicyProblem, PolicyRef } from './types.ts';

/** The rule of a finding that says that the policy itself is broken. */
export const POLICY_INVALID = 'policyInvalid';

const MAX_DEPTH = 100;
const MAX_VALUES = 200_000;

/**
 * Compiles policies, once for as many evaluations as there are. What is wrong with them is in `problems`, by policy and
 * field; a policy with an error denies all that it matches. Takes any JSON for a policy; throws nothing.
 */
export function compilePolicies(policies: readonly AnyPolicy[], options: CompileOptions = {}): CompiledPolicySet {
  const { previous } = options;
  const toolkit = previous?.toolkit ?? createToolkit();
  const known = new Map(previous?.policies.map((policy) => [policy.key, policy]));
  const compiled = policies.map((policy) => compileOne(policy, options, toolkit, known));
  // The same order whatever the order of the input.
  compiled.sort(
    (a, b) => compareText(a.label, b.label) || compareText(a.ref.kind, b.ref.kind) || compareText(a.key, b.key),
  );
  const hash = createHash('sha256');
  for (const { key } of compiled) hash.update(`${key}\n`);
  return {
    policies: compiled,
    problems: compiled.flatMap(({ problems }) => problems),
    digest: `sha256:${hash.digest('hex')}`,
    toolkit,
  };
}

/** What is wrong with one policy: for whoever is about to create it. */
export function checkPolicy(policy: AnyPolicy, options: CompileOptions = {}): readonly PolicyProblem[] {
  return compilePolicies([policy], options).problems;
}

function createToolkit(): Toolkit {
  const schemas = new Map<string, CompiledSchema>();
  return {
    expressions: createExpressionCompiler(),
    argumentSchemas: createArgumentSchemaCompiler(),
    schemaOf(kind) {
      let schema = schemas.get(kind);
      if (schema === undefined) {
        const definition = toCustomResourceDefinition(kind === 'AgentPolicy' ? agentPolicies : clusterAgentPolicies);
        const [version] = definition.spec.versions as { schema: { openAPIV3Schema: SchemaProps } }[];
        schema = compileSchema(version?.schema.openAPIV3Schema ?? {});
        schemas.set(kind, schema);
      }
      return schema;
    },
  };
}

export function policyRef(policy: unknown): PolicyRef {
  const name = textAt(policy, 'metadata', 'name') ?? '';
  if (textAt(policy, 'kind') !== 'AgentPolicy') return { kind: 'ClusterAgentPolicy', name };
  return { kind: 'AgentPolicy', name, namespace: textAt(policy, 'metadata', 'namespace') ?? '' };
}

function compileOne(
  policy: AnyPolicy,
  options: CompileOptions,
  toolkit: Toolkit,
  known: ReadonlyMap<string, CompiledPolicy>,
): CompiledPolicy {
  const ref = policyRef(policy);
  if (!isRecord(policy) || !isRecord(at(policy, 'metadata')) || !isRecord(at(policy, 'spec'))) {
    const message = 'is no policy: it needs kind, metadata.name and spec';
    return broken(ref, [{ policy: ref, level: 'error', field: '', message }]);
  }
  const size = sizeOf(policy, MAX_DEPTH, MAX_VALUES);
  if (size.depth > MAX_DEPTH || size.values > MAX_VALUES) {
    const message = `is nested more than ${MAX_DEPTH} deep or has more than ${MAX_VALUES} values: make it smaller`;
    return broken(ref, [{ policy: ref, level: 'error', field: 'spec', message }]);
  }
  const params = paramsOf(policy, ref, options);
  const key = canonicalJson({ ref, spec: at(policy, 'spec') ?? null, params: params ?? null });
  return known.get(key) ?? compileSpec(policy, ref, key, params, toolkit);
}

function compileSpec(
  policy: AnyPolicy,
  ref: PolicyRef,
  key: string,
  params: Readonly<Record<string, string>> | undefined,
  toolkit: Toolkit,
): CompiledPolicy {
  const problems: PolicyProblem[] = [];
  const note = (
    level: PolicyProblem['level'],
    field: string,
    message: string,
    position: { readonly line?: number; readonly column?: number } = {},
  ): void => {
    const { line, column } = position;
    problems.push({
      policy: ref,
      level,
      field,
      message: oneLine(message),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    });
  };
  const copy = cloneJson(policy) as JsonObject;
  const schema = toolkit.schemaOf(ref.kind);
  for (const field of schema.prune(copy)) {
    if (field.startsWith('spec')) note('error', field, 'is no field of a policy: check its spelling and place');
  }
  delete copy.status;
  const misshapen: Misshapen[] = [];
  // The last may only say that CEL rules were not looked at for the others.
  for (const { field, type, body } of schema.validate(copy)) {
    if (field === '<nil>' && problems.length > 0) continue;
    note('error', field, body);
    misshapen.push({ field, type });
  }
  const unreadable = problems.length > 0;
  const unmatchable = problems.some(({ field }) => /^spec(\.(match|exclude|mode|modes)\b|$)|^(<nil>)?$/.test(field));
  if (unreadable) {
    if (!isRecord(copy.spec)) return broken(ref, problems, undefined, key);
    dropUnreadable(copy.spec as Record<string, unknown>, misshapen);
  }

  const spec = withoutEmptyLists(unreadable ? (copy.spec as PolicySpec) : policy.spec);
  let usesUser = (spec.match?.subjects ?? spec.exclude?.subjects) !== undefined;
  const context: SectionContext = {
    ref,
    expressions: toolkit.expressions,
    schemas: toolkit.argumentSchemas,
    params,
    kinds: spec.match?.kinds ?? JUDGED_KINDS,
    problem: (field, message, position) => note('error', `spec.${field}`, message, position),
    // Of a policy that is read in parts, what is missing is no news.
    advice: (field, message, position) => {
      if (!unreadable) note('warning', `spec.${field}`, message, position);
    },
    usesUser: () => {
      usesUser = true;
    },
  };
  const matcher = compileMatcher(spec.match, spec.exclude, ref.namespace, context.problem);
  const limits = readLimits(spec.limits, context);
  const judges = [
    ...compileTools(spec, context),
    ...compileArguments(spec.tools?.arguments, context),
    ...compileLlms(spec.llms, context),
    ...compileMcpServers(spec.mcpServers, context),
    ...compileExternalApis(spec.externalAPIs, context),
    ...compileContainers(spec.containers, context),
    ...compileSecrets(spec.secrets, context),
    ...compilePrompts(spec.prompts),
    ...compileLimits(limits),
    ...compileRequire(spec.require, spec.match),
    ...compileRules(spec.rules, context),
  ];
  const exceptions = exceptionsOf(spec, context);
  // Only its mistakes were of interest: of what has the wrong shape, nothing is believed.
  if (unreadable) return broken(ref, problems, unmatchable ? undefined : withoutEmptyLists(policy.spec), key);
  return {
    ref,
    label: policyLabel(ref),
    key,
    ...modesOf(spec),
    broken: problems.some(({ level }) => level === 'error'),
    severity: spec.severity ?? 'high',
    docs: spec.docs,
    matcher,
    judges: byKind(judges),
    limits,
    approval: approvalTerms(spec.approval, durationMs),
    exceptions,
    problems,
    rules: [...new Set(judges.flatMap(({ rules }) => rules))],
    usesUser,
  };
}

/** A policy that cannot be read denies what it matches; where not even that can be read, everything it could be about. */
function broken(
  ref: PolicyRef,
  problems: readonly PolicyProblem[],
  spec?: PolicySpec,
  key = canonicalJson({ ref, broken: true }),
): CompiledPolicy {
  return {
    ref,
    label: policyLabel(ref),
    key,
    ...modesOf(spec ?? {}),
    broken: true,
    severity: 'high',
    docs: undefined,
    matcher: compileMatcher(spec?.match, spec?.exclude, ref.namespace, () => undefined),
    judges: new Map(),
    limits: {},
    approval: approvalTerms(undefined, durationMs),
    exceptions: { allow: false, maxDurationMs: undefined },
    problems,
    rules: [],
    usesUser: false,
  };
}

function modesOf(spec: Pick<PolicySpec, 'mode' | 'modes'>): Pick<CompiledPolicy, 'mode' | 'modes'> {
  const mode: PolicyMode = spec.mode ?? 'Enforce';
  const modes = Object.fromEntries(POLICY_PLACES.map((place) => [place, spec.modes?.[place] ?? mode]));
  return { mode, modes: modes as CompiledPolicy['modes'] };
}

function exceptionsOf({ exceptions }: PolicySpec, context: SectionContext): CompiledPolicy['exceptions'] {
  const { allow = false, maxDuration } = exceptions ?? {};
  if (maxDuration === undefined) return { allow, maxDurationMs: undefined };
  const maxDurationMs = durationMs(maxDuration);
  if (maxDurationMs === undefined) {
    context.problem('exceptions.maxDuration', `${JSON.stringify(maxDuration)} is no duration: write 24h or 720h`);
  }
  return { allow, maxDurationMs };
}

function byKind(judges: readonly Judge[]): ReadonlyMap<string, readonly Judge[]> {
  return new Map(
    JUDGED_KINDS.map((kind) => [kind, judges.filter(({ kinds }) => kinds === undefined || kinds.has(kind))]),
  );
}

/** The parameters of a policy; undefined where the ConfigMap that it names is not there. */
function paramsOf(
  policy: AnyPolicy,
  ref: PolicyRef,
  { configMaps }: CompileOptions,
): Readonly<Record<string, string>> | undefined {
  const params = at(policy, 'spec', 'params');
  const values = at(params, 'values');
  const own = isRecord(values) ? (values as Readonly<Record<string, string>>) : {};
  const name = textAt(params, 'configMapRef', 'name');
  if (name === undefined) return own;
  const namespace = ref.namespace ?? textAt(params, 'configMapRef', 'namespace') ?? '';
  const data = configMaps?.(namespace, name);
  return data === undefined ? undefined : { ...own, ...data };
}
