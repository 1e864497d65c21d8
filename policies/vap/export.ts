import type { PolicyMode, PolicySpec } from '../../api/index.ts';
import { GROUP, JUDGED_KINDS, KINDS, VERSION } from '../../api/index.ts';
import { policyLabel, policyRef, withoutEmptyLists } from '../engine/index.ts';
import type { AnyPolicy } from '../engine/types.ts';
import { conditionsOf } from './match.ts';
import type { CelRule } from './rule.ts';
import { celRules, ownProblem } from './rules.ts';
import { quoted } from './text.ts';

export interface ExportOptions {
  /** Exports policies that allow exceptions all the same: an exception takes nothing away from what is exported. */
  readonly withoutExceptions?: boolean;
}

export interface ExportedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface Export {
  /** ValidatingAdmissionPolicies and their bindings, a pair for each policy and kind. */
  readonly objects: readonly ExportedObject[];
  /** What holds without our webhook now. */
  readonly exported: readonly { readonly policy: string; readonly kind: string; readonly rule: string }[];
  /** What only our webhook and the operator say. */
  readonly left: readonly { readonly policy: string; readonly field: string; readonly reason: string }[];
}

const API_VERSION = 'admissionregistration.k8s.io/v1';
const ACTIONS: Readonly<Record<PolicyMode, string | undefined>> = {
  Enforce: 'Deny',
  Warn: 'Warn',
  Audit: 'Audit',
  Off: undefined,
};
/** Sections, and why they are not what CEL in the API server can say: `partly` where some of it is. */
const SECTIONS: Readonly<Partial<Record<keyof PolicySpec, string>>> = {
  approval: 'who approves is decided when a call waits',
  containers: 'what an Agent names stands in other objects: Tools alone are judged',
  externalAPIs: 'URLs are parsed before they are compared',
  secrets: 'which Secret goes where takes several objects',
  prompts: 'secrets are found by more than a pattern',
  limits: 'what a run has used is not in an object that is written',
};

/**
 * The part of policies that CEL in the API server can say, so that it holds where our webhook is not asked. What is
 * exported refuses nothing that the policies let pass.
 */
export function exportPolicies(policies: readonly AnyPolicy[], options: ExportOptions = {}): Export {
  const objects: ExportedObject[] = [];
  const exported: Export['exported'][number][] = [];
  const left: Export['left'][number][] = [];
  for (const policy of policies) {
    const ref = policyRef(policy);
    const label = policyLabel(ref);
    const spec = withoutEmptyLists(policy.spec);
    const leave = (field: string, reason: string): void => {
      left.push({ policy: label, field, reason });
    };
    const action = ACTIONS[spec.modes?.admission ?? spec.mode ?? 'Enforce'];
    if (action === undefined) {
      leave('spec.mode', 'is Off');
      continue;
    }
    if (spec.exceptions?.allow === true && options.withoutExceptions !== true) {
      leave('spec.exceptions', 'exceptions are not seen by CEL; --without-exceptions exports the policy all the same');
      continue;
    }
    tellWhatIsLeft(spec, leave);
    for (const kind of JUDGED_KINDS) {
      const rules = celRules(spec, kind);
      const about = rules.length === 0 ? undefined : conditionsOf(spec, kind);
      if (about === undefined) continue;
      if ('reason' in about) {
        leave(kind, about.reason);
        continue;
      }
      const ofNamespace = ref.namespace === undefined ? [] : [`request.namespace == ${quoted(ref.namespace)}`];
      const name = `kubechain.${label.replace('/', '.')}.${pluralOf(kind)}`;
      objects.push(
        policyObject(name, label, kind, [...ofNamespace, ...about.conditions], rules),
        bindingObject(name, action, spec.match?.namespaceSelector),
      );
      exported.push(...rules.map(({ rule }) => ({ policy: label, kind, rule })));
    }
  }
  return { objects, exported, left };
}

const pluralOf = (kind: string): string => KINDS.find((each) => each.kind === kind)?.plural ?? '';
const labels = { 'app.kubernetes.io/part-of': 'kubechain-policies', 'app.kubernetes.io/managed-by': 'kubechain' };

function policyObject(
  name: string,
  label: string,
  kind: string,
  conditions: readonly string[],
  rules: readonly CelRule[],
): ExportedObject {
  const going =
    "request.operation != 'UPDATE' || !has(object.metadata.deletionTimestamp) || object.spec != oldObject.spec";
  return {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name, labels },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [GROUP],
            apiVersions: [VERSION],
            operations: ['CREATE', 'UPDATE'],
            resources: [pluralOf(kind)],
          },
        ],
      },
      matchConditions: [going, ...conditions].map((expression, i) => ({
        name: i === 0 ? 'not-being-deleted' : `about-${i}`,
        expression,
      })),
      validations: rules.map(({ rule, expression, message }) => ({
        expression,
        // One line, as the API server asks.
        message: `[${label}/${rule}] ${message}`.replaceAll(/\s+/g, ' '),
      })),
    },
  };
}

function bindingObject(name: string, action: string, namespaceSelector: object | undefined): ExportedObject {
  return {
    apiVersion: API_VERSION,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name, labels },
    spec: {
      policyName: name,
      validationActions: [action],
      ...(namespaceSelector === undefined ? {} : { matchResources: { namespaceSelector } }),
    },
  };
}

function tellWhatIsLeft(spec: PolicySpec, leave: (field: string, reason: string) => void): void {
  for (const [section, reason] of Object.entries(SECTIONS)) {
    if (spec[section as keyof PolicySpec] !== undefined) leave(`spec.${section}`, reason);
  }
  const { tools, llms, mcpServers, require, rules = [], defaultAction } = spec;
  if (tools?.arguments !== undefined) leave('spec.tools.arguments', 'arguments are text until they are parsed');
  if (tools?.requireApproval !== undefined) leave('spec.tools.requireApproval', 'admission asks nobody for approval');
  if (tools !== undefined || defaultAction !== undefined) {
    leave(
      'spec.tools',
      'what a Tool executes, and which tools a server has, stands in other objects; judged by name only',
    );
  }
  if (llms !== undefined) leave('spec.llms', 'the LLM of an Agent is another object: LLMs alone are judged');
  if (llms?.baseURLs !== undefined) leave('spec.llms.baseURLs', 'URLs are parsed before they are compared');
  for (const field of ['egress', 'podTemplate'] as const) {
    if (mcpServers?.[field] === undefined) continue;
    leave(`spec.mcpServers.${field}`, 'the servers of an Agent are other objects: MCPServers alone are judged');
  }
  for (const section of ['mcpServers', 'containers'] as const) {
    if (spec[section]?.podTemplate?.proxies === undefined) continue;
    leave(`spec.${section}.podTemplate.proxies`, 'URLs are parsed before they are compared');
  }
  for (const field of ['commands', 'images', 'urls', 'env'] as const) {
    if (mcpServers?.[field] !== undefined) leave(`spec.mcpServers.${field}`, 'takes more than CEL has');
  }
  if (require?.provenance !== undefined || require?.provenanceTrust !== undefined) {
    leave('spec.require.provenance', 'proof of provenance is looked up');
  }
  for (const [i, rule] of rules.entries()) {
    const problem = rule.action === 'RequireApproval' ? 'admission asks nobody for approval' : ownProblem(rule);
    if (problem !== undefined) leave(`spec.rules[${i}]`, problem);
  }
}
