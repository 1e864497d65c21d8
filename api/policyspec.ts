import { conditions, OBSERVED_GENERATION } from './common.ts';
import { JUDGED_KINDS, policyMatch } from './policymatch.ts';
import * as sections from './policysections.ts';
import { DURATION_PATTERN, docsUrl, severity, TOOL_ACTIONS } from './policysections.ts';
import type { TypeOf } from './schema.ts';
import { bool, int, list, long, map, object, oneOf, str, time } from './schema.ts';

export const POLICY_MODES = ['Enforce', 'Warn', 'Audit', 'Off'] as const;
export type PolicyMode = (typeof POLICY_MODES)[number];

export const POLICY_PLACES = ['admission', 'runtime', 'background', 'cli'] as const;
export type PolicyPlace = (typeof POLICY_PLACES)[number];

const modeAt = (place: string) => oneOf(`The mode ${place}.`, POLICY_MODES);

/** What a policy says. The same for ClusterAgentPolicy and AgentPolicy. */
export const policySpec = object(
  'What the policy says. Every policy that matches must pass; of their answers the strictest wins: deny, then require approval, then allow.',
  {},
  {
    mode: oneOf(
      'What a finding does: Enforce refuses, Warn tells, Audit records, Off turns the policy off.',
      POLICY_MODES,
      { default: 'Enforce' },
    ),
    modes: object(
      'The mode by place, where it differs.',
      {},
      {
        admission: modeAt('when objects are written'),
        runtime: modeAt('before a model is called and before a tool runs'),
        background: modeAt('when all live objects are scanned'),
        cli: modeAt('on the command line, in pull requests'),
      },
    ),
    match: policyMatch('What the policy is about; everything when absent.'),
    exclude: policyMatch('What it is not about, all the same. Without any field it excludes nothing.'),
    defaultAction: oneOf(
      'What becomes of a tool that no list of this policy names; nothing is said of it when absent.',
      TOOL_ACTIONS,
    ),
    tools: sections.tools,
    approval: sections.approval,
    llms: sections.llms,
    mcpServers: sections.mcpServers,
    externalAPIs: sections.externalAPIs,
    containers: sections.containers,
    secrets: sections.secrets,
    prompts: sections.prompts,
    limits: sections.limits,
    require: sections.require,
    rules: sections.rules,
    params: object(
      'What CEL expressions read as `params`: a map of text.',
      {},
      {
        configMapRef: object(
          'A ConfigMap. Where it does not exist, expressions that use `params` fail.',
          { name: str('Its name.', { minLength: 1, maxLength: 253 }) },
          {
            namespace: str('Its namespace (required for ClusterAgentPolicy; an AgentPolicy reads its own).', {
              minLength: 1,
              maxLength: 63,
            }),
          },
        ),
        values: map('Values given here; those of the ConfigMap win.', str('A value.', { maxLength: 32768 }), {
          maxProperties: 256,
        }),
      },
    ),
    exceptions: object(
      'Whether AgentPolicyExceptions count.',
      {},
      {
        allow: bool('Whether they do; false when absent.'),
        maxDuration: str('How long they may last, from their creation: `720h`.', {
          maxLength: 40,
          pattern: DURATION_PATTERN,
        }),
      },
    ),
    severity: severity('How bad a finding is, where the rule says nothing itself; high when absent.'),
    docs: docsUrl('Where people read more, where the rule says nothing itself.'),
  },
);
export type PolicySpec = TypeOf<typeof policySpec>;

/** Rules of a ClusterAgentPolicy over the whole object. */
export const CLUSTER_POLICY_RULES = [
  {
    rule: '!has(self.spec.params) || !has(self.spec.params.configMapRef) || has(self.spec.params.configMapRef.namespace)',
    message: 'spec.params.configMapRef.namespace is required: a ClusterAgentPolicy has no namespace of its own',
  },
] as const;

/** Rules of an AgentPolicy over the whole object. */
export const NAMESPACE_POLICY_RULES = [
  {
    rule: '!has(self.spec.match) || !(has(self.spec.match.namespaces) || has(self.spec.match.namespaceSelector))',
    message:
      'spec.match: an AgentPolicy is about its own namespace; namespaces and namespaceSelector go with ClusterAgentPolicy',
  },
  {
    rule: '!has(self.spec.exclude) || !(has(self.spec.exclude.namespaces) || has(self.spec.exclude.namespaceSelector))',
    message:
      'spec.exclude: an AgentPolicy is about its own namespace; namespaces and namespaceSelector go with ClusterAgentPolicy',
  },
  {
    rule: '!has(self.spec.params) || !has(self.spec.params.configMapRef) || !has(self.spec.params.configMapRef.namespace)',
    message: 'spec.params.configMapRef: an AgentPolicy reads ConfigMaps of its own namespace only',
  },
] as const;

const count = (description: string) => int(description, { minimum: 0 });

export const policyStatus = object(
  'What the controller found.',
  {},
  {
    observedGeneration: long(OBSERVED_GENERATION, { minimum: -1 }),
    conditions,
    summary: object(
      'What the last background scan found.',
      {},
      {
        objects: count('Objects that the policy is about.'),
        violations: count('Findings that would refuse.'),
        warnings: count('Findings in mode Warn.'),
        audited: count('Findings in mode Audit.'),
        excepted: count('Findings that exceptions take away.'),
        notEvaluable: count('Rules that could not be decided: those about who asks.'),
        simulates: oneOf('What the scan supposes of each object: that it is created now.', ['CREATE']),
        scanTime: time('When a scan changed these figures last.'),
      },
    ),
    violations: list(
      'Some of the findings: the first 20.',
      object(
        'A finding.',
        {
          kind: oneOf('Kind of the object.', JUDGED_KINDS),
          name: str('Name of the object.'),
          rule: str('The rule.'),
          message: str('What is wrong.'),
        },
        { namespace: str('Namespace of the object.') },
      ),
      { maxItems: 20 },
    ),
    notEvaluable: list(
      'Rules that the scan could not decide, and why: the first 20.',
      object('A rule.', { reason: str('Why.') }, { rule: str('The rule; the whole policy when absent.') }),
      { maxItems: 20 },
    ),
  },
);
export type PolicyStatus = TypeOf<typeof policyStatus>;

export const POLICY_COLUMNS = [
  { name: 'Mode', path: '.spec.mode' },
  { name: 'Default', path: '.spec.defaultAction' },
  { name: 'Ready', path: ".status.conditions[?(@.type=='Ready')].status" },
  { name: 'Violations', path: '.status.summary.violations', type: 'integer' },
  { name: 'Warnings', path: '.status.summary.warnings', type: 'integer', wide: true },
  { name: 'Audited', path: '.status.summary.audited', type: 'integer', wide: true },
  { name: 'Excepted', path: '.status.summary.excepted', type: 'integer', wide: true },
  { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' },
] as const;
