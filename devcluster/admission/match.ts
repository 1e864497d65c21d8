/** Which requests a webhook or policy is about: rules, namespace and object selectors. */
import { isEmptySelector, selectorMatches } from '../builtin/validation/common.ts';
import type { RegistryContext } from '../registry/call.ts';
import { internal, notFound, type StatusError } from '../request/status.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import type { AdmissionAttributes } from './chain.ts';
import { equivalents, isNamespaceResource, namespaceOf } from './kinds.ts';

/** `RuleWithOperations` of admissionregistration.k8s.io/v1; `resourceNames` in rules of policies only. */
export interface Rule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  readonly scope?: string;
  readonly resourceNames?: readonly string[];
}

/** `metav1.LabelSelector`. */
export interface LabelSelector {
  readonly matchLabels?: { readonly [key: string]: string };
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

function exactOrWildcard(items: readonly string[] | undefined, requested: string): boolean {
  return items !== undefined && (items.includes('*') || items.includes(requested));
}

/** Whether a rule is about a request, taken as one for `definition`. */
export function ruleMatches(rule: Rule, attributes: AdmissionAttributes, definition: ResourceDefinition): boolean {
  return (
    scopeMatches(rule.scope, attributes, definition) &&
    exactOrWildcard(rule.operations, attributes.operation) &&
    exactOrWildcard(rule.apiGroups, definition.group) &&
    exactOrWildcard(rule.apiVersions, definition.version) &&
    (rule.resources ?? []).some((item) => {
      const slash = item.indexOf('/');
      const resource = slash < 0 ? item : item.slice(0, slash);
      const subresource = slash < 0 ? '' : item.slice(slash + 1);
      return (
        (resource === '*' || resource === definition.plural) &&
        (subresource === '*' || subresource === attributes.subresource)
      );
    }) &&
    ((rule.resourceNames ?? []).length === 0 || (rule.resourceNames ?? []).includes(attributes.name))
  );
}

function scopeMatches(
  scope: string | undefined,
  attributes: AdmissionAttributes,
  definition: ResourceDefinition,
): boolean {
  if (scope === undefined || scope === '*') return true;
  const clusterWide = isNamespaceResource(definition) || attributes.namespace === '';
  return scope === 'Cluster' ? clusterWide : scope === 'Namespaced' && !clusterWide;
}

/** Whether a rule could be about a request in another version or group: what no equivalent changes is looked at first. */
function mayMatchAnother({ operations, resources }: Rule, { operation, subresource }: AdmissionAttributes): boolean {
  return (
    exactOrWildcard(operations, operation) &&
    (resources ?? []).some((item) => {
      const slash = item.indexOf('/');
      const named = slash < 0 ? '' : item.slice(slash + 1);
      return named === '*' || named === subresource;
    })
  );
}

/** What rules came to, for requests of one kind, while the same resources are served. */
interface Matched {
  readonly generation: number;
  readonly byRequest: WeakMap<ResourceDefinition, Map<string, ResourceDefinition | undefined>>;
}

const matched = new WeakMap<readonly Rule[], Matched>();

/** The definition by which the first of the rules matches a request: the request's own, or an equivalent one. */
export function matchRules(
  context: RegistryContext,
  rules: readonly Rule[],
  matchPolicy: string | undefined,
  attributes: AdmissionAttributes,
): ResourceDefinition | undefined {
  if (rules.length === 0) return undefined;
  // Each write is compared with all rules there are, and most writes are alike: only names make a difference of their own.
  if (rules.some(({ resourceNames }) => resourceNames !== undefined && resourceNames.length > 0))
    return compareRules(context, rules, matchPolicy, attributes);
  const { generation } = context.resources;
  let known = matched.get(rules);
  if (known?.generation !== generation) {
    known = { generation, byRequest: new WeakMap() };
    matched.set(rules, known);
  }
  const { definition, operation, subresource, namespace } = attributes;
  let answers = known.byRequest.get(definition);
  if (answers === undefined) {
    answers = new Map();
    known.byRequest.set(definition, answers);
  }
  const key = `${operation} ${subresource} ${namespace === ''} ${matchPolicy ?? ''}`;
  const answer = answers.get(key);
  if (answer !== undefined || answers.has(key)) return answer;
  const found = compareRules(context, rules, matchPolicy, attributes);
  answers.set(key, found);
  return found;
}

function compareRules(
  context: RegistryContext,
  rules: readonly Rule[],
  matchPolicy: string | undefined,
  attributes: AdmissionAttributes,
): ResourceDefinition | undefined {
  if (rules.some((rule) => ruleMatches(rule, attributes, attributes.definition))) return attributes.definition;
  if (matchPolicy === 'Exact' || !rules.some((rule) => mayMatchAnother(rule, attributes))) return undefined;
  // Only rules for the resource in another version or group can match now.
  const others = equivalents(context, attributes);
  if (others.length === 0) return undefined;
  for (const rule of rules) {
    const found = others.find((other) => ruleMatches(rule, attributes, other));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a selector says: no match at all, or an error that counts only where the rest matches. */
export type SelectorAnswer = boolean | StatusError;

/** Whether a namespaceSelector takes the namespace of a request. Cluster-scoped objects are always taken. */
export function matchNamespace(
  context: RegistryContext,
  selector: LabelSelector | undefined,
  attributes: AdmissionAttributes,
): SelectorAnswer {
  if (selector === undefined || isEmptySelector(selector)) return true;
  const namespace = namespaceOf(attributes);
  const { definition, operation, subresource, object } = attributes;
  if (namespace === '' && definition.plural !== 'namespaces') return true;
  const itself =
    isNamespaceResource(definition) && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE');
  const holder = itself ? object : namespaceObject(context, namespace);
  if (holder === undefined) return notFound({ group: '', resource: 'namespaces' }, namespace);
  return matchLabels(selector, holder);
}

/** The stored namespace. */
export function namespaceObject(context: RegistryContext, namespace: string): KubeObject | undefined {
  const entry = context.store.latest('/namespaces', namespace);
  return entry === undefined ? undefined : context.store.object(entry);
}

/** Whether an objectSelector takes the new or the old object. */
export function matchObject(selector: LabelSelector | undefined, attributes: AdmissionAttributes): SelectorAnswer {
  if (selector === undefined || isEmptySelector(selector)) return true;
  const { object, oldObject } = attributes;
  const taken = object === undefined ? false : matchLabels(selector, object);
  if (taken !== false || oldObject === undefined) return taken;
  return matchLabels(selector, oldObject);
}

function matchLabels(selector: LabelSelector, object: KubeObject): SelectorAnswer {
  return selectorMatches(selector, object.metadata.labels ?? {}) ?? internal('invalid label selector');
}
