import type { Agent, AgentPolicyException, PolicyMode } from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import { compileRegExp } from '../../schema/regex.ts';
import type {
  AnyPolicy,
  CompiledPolicySet,
  Finding,
  PolicyObject,
  PolicyProblem,
  PolicyRequest,
  ToolIdentity,
  Verdict,
} from '../engine/index.ts';
import {
  compilePolicies,
  evaluate,
  evaluateUpdate,
  identityOfTool,
  parseToolId,
  policyLabel,
  toolCallRequest,
} from '../engine/index.ts';
import type { Finder } from '../surroundings.ts';
import { aroundAgent, aroundObject, finderOver, withOne } from '../surroundings.ts';
import { type Coverage, type RuleUse, ruleUses, usesOf } from './coverage.ts';
import type { Outcome, Suite, SuiteCase } from './suite.ts';

/** What a suite is run with: the objects of its files. Namespaced objects need not name a namespace. */
export interface SuiteWorld {
  /** What is no policy among them is passed over, but for ConfigMaps. */
  readonly policies: readonly PolicyObject[];
  /** Tools, Agents and the like; ConfigMaps and Namespaces, too. */
  readonly objects: readonly PolicyObject[];
  readonly exceptions: readonly PolicyObject[];
  /** The time where the suite says none, in milliseconds since 1970. */
  readonly now: number;
}

export interface CaseResult {
  readonly name: string;
  /** Position within `cases`. */
  readonly index: number;
  readonly passed: boolean;
  readonly expected: Outcome;
  readonly actual: Outcome | 'error';
  /** Why it failed, one line each. */
  readonly problems: readonly string[];
  /** All that the policies said: what a reader needs to mend the case, or the policy. */
  readonly messages: readonly string[];
}

export interface SuiteResult {
  readonly cases: readonly CaseResult[];
  /** Of the policies of the suite. */
  readonly rules: readonly RuleUse[];
  /** Policies that do not compile: they deny all that they match, and nothing that the cases say of them is worth much. */
  readonly broken: readonly PolicyProblem[];
}

const DEFAULT_NAMESPACE = 'default';

/** Runs the cases of a suite. Pure. */
export function runSuite(suite: Suite, world: SuiteWorld): SuiteResult {
  const setting = settingOf(suite, world);
  const coverage: Coverage = new Map();
  const cases = suite.cases.map((testCase, index) => runCase(testCase, index, setting, coverage));
  return {
    cases,
    rules: ruleUses(setting.set, coverage),
    broken: setting.set.problems.filter(({ level }) => level === 'error'),
  };
}

/** What all cases of a suite have in common. */
interface Setting {
  readonly suite: Suite;
  readonly set: CompiledPolicySet;
  readonly finder: Finder;
  readonly objects: readonly PolicyObject[];
  readonly exceptions: readonly AgentPolicyException[];
  readonly now: number;
}

function settingOf(suite: Suite, world: SuiteWorld): Setting {
  const namespace = suite.namespace ?? DEFAULT_NAMESPACE;
  const settle = (object: PolicyObject) => inNamespace(object, namespace);
  const objects = world.objects.map(settle);
  const beside = world.policies.map(settle);
  const policies = beside.filter(isPolicy).map((policy) => inMode(policy as unknown as AnyPolicy, suite.mode));
  return {
    suite,
    set: compilePolicies(policies, { configMaps: configMapsOf([...objects, ...beside]) }),
    finder: finderOver(objects),
    objects,
    exceptions: [...objects, ...world.exceptions.map(settle)].filter(
      ({ kind }) => kind === 'AgentPolicyException',
    ) as unknown as AgentPolicyException[],
    now: suite.now === undefined ? world.now : Date.parse(suite.now),
  };
}

export const isPolicy = ({ kind }: PolicyObject): boolean => kind === 'ClusterAgentPolicy' || kind === 'AgentPolicy';

const CLUSTER_KINDS: ReadonlySet<string> = new Set(['ClusterAgentPolicy', 'Namespace']);

/** Manifests leave their namespace out where the one who applies them says it. */
export function inNamespace(object: PolicyObject, namespace: string): PolicyObject {
  if (CLUSTER_KINDS.has(object.kind ?? '') || object.metadata?.namespace !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** The policy as if its mode were this one in every place. */
export function inMode(policy: AnyPolicy, mode: PolicyMode | undefined): AnyPolicy {
  if (mode === undefined || typeof policy.spec !== 'object' || policy.spec === null) return policy;
  const { modes: _, ...spec } = policy.spec;
  return { ...policy, spec: { ...spec, mode } };
}

/** The `data` of ConfigMaps among objects. */
export function configMapsOf(objects: readonly PolicyObject[]) {
  const maps = new Map(
    objects
      .filter(({ kind, apiVersion }) => kind === 'ConfigMap' && apiVersion === 'v1')
      .map((map) => [`${map.metadata?.namespace ?? ''}/${map.metadata?.name ?? ''}`, map]),
  );
  return (namespace: string, name: string): Readonly<Record<string, string>> | undefined => {
    const found = maps.get(`${namespace}/${name}`);
    return found === undefined ? undefined : ((found.data ?? {}) as Readonly<Record<string, string>>);
  };
}

function runCase(testCase: SuiteCase, index: number, setting: Setting, coverage: Coverage): CaseResult {
  const { name, expect: expected } = testCase;
  const request = requestOf(testCase, setting);
  if (typeof request === 'string') {
    return { name, index, passed: false, expected, actual: 'error', problems: [request], messages: [] };
  }
  const verdict = request.oldObject ? evaluateUpdate(setting.set, request).verdict : evaluate(setting.set, request);
  for (const [rule, uses] of usesOf(verdict)) coverage.set(rule, (coverage.get(rule) ?? 0) + uses);
  const actual = outcomeOf(verdict);
  const problems = [
    ...(actual === expected ? [] : [`expected ${expected}, got ${actual}`]),
    ...checkFindings(testCase, verdict),
  ];
  return { name, index, passed: problems.length === 0, expected, actual, problems, messages: messagesOf(verdict) };
}

/** The strictest finding. */
export function outcomeOf({ findings }: Pick<Verdict, 'findings'>): Outcome {
  return findings[0]?.effect ?? 'allow';
}

function messagesOf(verdict: Verdict): string[] {
  return [
    ...verdict.findings.map(({ effect, message }) => `${effect}: ${message}`),
    ...verdict.excepted.map(({ message, exception }) => `excepted by ${exception?.name}: ${message}`),
    ...verdict.notEvaluable.map(
      ({ policy, rule, reason }) =>
        `not evaluable: [${policyLabel(policy)}${rule === undefined ? '' : `/${rule}`}] ${reason}`,
    ),
    ...(verdict.allowedBy === undefined
      ? []
      : [
          `allowed by ${policyLabel(verdict.allowedBy.policy)}/${verdict.allowedBy.rule}: ${verdict.allowedBy.pattern}`,
        ]),
  ];
}

function checkFindings(testCase: SuiteCase, verdict: Verdict): string[] {
  const { expect: expected, rule, message, messageMatches, exceptedBy } = testCase;
  const problems: string[] = [];
  if (exceptedBy !== undefined && !verdict.excepted.some(({ exception }) => exception?.name === exceptedBy)) {
    problems.push(`expected a finding that AgentPolicyException ${exceptedBy} takes away`);
  }
  if (expected === 'allow') {
    if (rule !== undefined && !isRule(verdict.allowedBy, rule)) {
      problems.push(`expected to be allowed by rule ${rule}`);
    }
    if (message !== undefined || messageMatches !== undefined) {
      problems.push('expects a message, and nothing is said of what is allowed');
    }
    return problems;
  }
  // A test of why something is denied must not pass because of a warning that happens to stand beside it.
  const ofEffect = verdict.findings.filter(({ effect }) => effect === expected);
  const ofRule = rule === undefined ? ofEffect : ofEffect.filter((finding) => isRule(finding, rule));
  if (rule !== undefined && ofRule.length === 0) problems.push(`expected ${expected} by rule ${rule}`);
  if (message !== undefined && !ofRule.some((finding) => finding.message.includes(message))) {
    problems.push(`no ${expected} message contains ${JSON.stringify(message)}`);
  }
  if (messageMatches !== undefined) {
    const pattern = compileRegExp(messageMatches);
    if (!ofRule.some((finding) => pattern.test(finding.message))) {
      problems.push(`no ${expected} message matches ${JSON.stringify(messageMatches)}`);
    }
  }
  return problems;
}

function isRule(finding: Pick<Finding, 'policy' | 'rule'> | undefined, wanted: string): boolean {
  return (
    finding !== undefined && (finding.rule === wanted || `${policyLabel(finding.policy)}/${finding.rule}` === wanted)
  );
}

/** The request of a case, or why it makes none. */
function requestOf(testCase: SuiteCase, setting: Setting): PolicyRequest | string {
  const { suite, finder, exceptions } = setting;
  const user = testCase.user ?? suite.user;
  const now = testCase.now === undefined ? setting.now : Date.parse(testCase.now);
  const common = (namespace: string) => {
    const labels = testCase.namespaceLabels ?? labelsOf(namespace, setting);
    return {
      now,
      exceptions: exceptions.filter(({ metadata }) => metadata.namespace === namespace),
      ...(user === undefined ? {} : { user }),
      ...(labels === undefined ? {} : { namespaceObject: { metadata: { name: namespace, labels } } }),
    };
  };
  if (testCase.tool !== undefined) {
    const namespace = testCase.namespace ?? suite.namespace ?? DEFAULT_NAMESPACE;
    const agent = finder.agent(namespace, testCase.agent ?? '') ?? someAgent(testCase.agent ?? '', namespace);
    const tool = identify(testCase.tool, namespace, finder);
    if (tool === undefined) {
      return `tool: ${JSON.stringify(testCase.tool)} is no tool: write <mcpserver>/<tool>, builtin/<name>, tool/<Tool>, agent/<Agent> or human/<ContactChannel>`;
    }
    const request = toolCallRequest({
      ...common(namespace),
      place: testCase.place ?? suite.place ?? 'runtime',
      agent,
      tool,
      arguments: testCase.arguments ?? JSON.stringify(testCase.args ?? {}),
      ...(testCase.counters === undefined ? {} : { counters: testCase.counters }),
      context: aroundTool(agent, tool, namespace, finder),
    });
    return request;
  }
  const object = objectOf(testCase, setting);
  if (typeof object === 'string') return object;
  const namespace = object.metadata?.namespace ?? '';
  const old = testCase.oldObject as PolicyObject | undefined;
  return {
    ...common(namespace),
    place: testCase.place ?? suite.place ?? 'admission',
    operation: old === undefined ? 'CREATE' : 'UPDATE',
    object,
    ...(old === undefined
      ? {}
      : {
          oldObject: inNamespace(
            { apiVersion: API_VERSION, ...(object.kind === undefined ? {} : { kind: object.kind }), ...old },
            namespace,
          ),
        }),
    namespace,
    context: aroundObject(finder, namespace, object),
    ...(testCase.counters === undefined ? {} : { counters: testCase.counters }),
  };
}

/** A tool by the name that policies give it; a Tool of the suite by what it executes as well. */
export function identify(id: string, namespace: string, finder: Finder): ToolIdentity | undefined {
  const tool = parseToolId(id);
  if (tool?.kind !== 'Tool') return tool;
  const object = finder.tool(namespace, tool.name);
  return object === undefined || tool.builtin !== undefined ? tool : identityOfTool(object);
}

/** What is known around a call of a tool by an agent. */
export function aroundTool(agent: Agent, tool: ToolIdentity, namespace: string, finder: Finder) {
  const { agent: _, ...context } = aroundAgent(finder, namespace, agent);
  return {
    ...context,
    tools: withOne(context.tools, tool.kind === 'Tool' ? finder.tool(namespace, tool.name) : undefined),
    mcpServers: withOne(
      context.mcpServers,
      tool.kind === 'MCPServer' ? finder.mcpServer(namespace, tool.server) : undefined,
    ),
  };
}

function labelsOf(namespace: string, { suite, objects }: Setting): Record<string, string> | undefined {
  const told = suite.namespaceLabels;
  if (told !== undefined && Object.hasOwn(told, namespace)) return told[namespace];
  return objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata?.name === namespace)?.metadata?.labels;
}

function someAgent(name: string, namespace: string): Agent {
  return {
    apiVersion: API_VERSION,
    kind: 'Agent',
    metadata: { name, namespace },
    spec: { llmRef: { name: '' }, system: '' },
  };
}

function objectOf({ object, manifest, namespace }: SuiteCase, { suite, objects }: Setting): PolicyObject | string {
  const fallback = namespace ?? suite.namespace ?? DEFAULT_NAMESPACE;
  if (manifest !== undefined) return inNamespace({ apiVersion: API_VERSION, ...manifest }, fallback);
  const [kind, ...rest] = (object ?? '').split('/');
  const [where, name] = rest.length === 1 ? [fallback, rest[0]] : rest;
  const found = objects.find(
    (candidate) =>
      candidate.kind === kind && candidate.metadata?.name === name && candidate.metadata?.namespace === where,
  );
  return found ?? `object: there is no ${kind} ${where}/${name} among the objects of the suite`;
}
