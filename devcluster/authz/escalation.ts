/** Nobody may grant what they do not have: roles and bindings are checked against the rules of their author. */
import type { AdmissionAttributes, AdmissionPlugin } from '../admission/chain.ts';
import type { RegistryContext } from '../registry/call.ts';
import { equalJson } from '../registry/copy.ts';
import { forbidden, notFound, quote } from '../request/status.ts';
import type { KubeObject, UserInfo } from '../types.ts';
import { authorize, type PolicyRule, roleRules, rulesFor } from './rbac.ts';

const group = 'rbac.authorization.k8s.io';
const roles = new Set(['roles', 'clusterroles']);
const bindings = new Set(['rolebindings', 'clusterrolebindings']);

/** The check as the last validating step; `context` is given late because the chain is part of it. */
export function escalationCheck(context: () => RegistryContext): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    handles: ({ definition, operation, object }) =>
      definition.group === group && object !== undefined && (operation === 'CREATE' || operation === 'UPDATE'),
    validate: (attributes) => {
      const { definition, object, oldObject, user, namespace } = attributes;
      if (object === undefined || user.groups.includes('system:masters')) return undefined;
      if (roles.has(definition.plural)) {
        // Where only what is about the object changes, for its collector, nothing is granted.
        if (oldObject !== undefined && onlyOwnersChange(object, oldObject)) return undefined;
        if (may(context(), attributes, 'escalate', definition.plural, object.metadata.name ?? '')) return undefined;
        const wanted = Array.isArray(object.rules) ? (object.rules as PolicyRule[]) : [];
        refuseUncovered(context(), attributes, wanted, namespace);
        if (object.aggregationRule !== undefined && !coversAll(context(), attributes))
          throw forbidden(
            { group, resource: definition.plural },
            object.metadata.name ?? '',
            'must have cluster-admin privileges to use the aggregationRule',
          );
      } else if (bindings.has(definition.plural)) {
        if (oldObject !== undefined && onlyOwnersChange(object, oldObject)) return undefined;
        const { kind, name } = object.roleRef as { kind: string; name: string };
        // Who may bind a role may bind one that is still to come.
        if (may(context(), attributes, 'bind', kind === 'Role' ? 'roles' : 'clusterroles', name)) return undefined;
        if (!roleExists(context(), kind, name, namespace)) throw notFound({ group, resource: definition.plural }, name);
        refuseUncovered(context(), attributes, roleRules(context(), object, namespace), namespace);
      }
      return undefined;
    },
  };
}

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** Whether a change leaves everything as it was but owners and finalizers. */
function onlyOwnersChange(object: KubeObject, old: KubeObject): boolean {
  const rest = ({ metadata, ...body }: KubeObject): object => {
    const { ownerReferences: _, finalizers: __, managedFields: ___, resourceVersion: ____, ...own } = metadata;
    return { ...body, metadata: own };
  };
  return equalJson(rest(object), rest(old));
}

function roleExists({ store }: RegistryContext, kind: string, name: string, namespace: string): boolean {
  return kind === 'ClusterRole'
    ? store.get(`${group}/clusterroles`, name) !== undefined
    : store.get(`${group}/roles`, `${namespace}/${name}`) !== undefined;
}

/** Whether the author may do everything. */
function coversAll(context: RegistryContext, { user, namespace }: AdmissionAttributes): boolean {
  const held = rulesFor(context, user, namespace);
  return everything.flatMap(split).every((rule) => held.some((owned) => covers(owned, rule)));
}

function may(
  context: RegistryContext,
  { user, namespace }: AdmissionAttributes,
  verb: string,
  resource: string,
  name: string,
): boolean {
  return authorize(context, {
    user,
    verb,
    resourceRequest: true,
    group,
    resource,
    subresource: '',
    name,
    namespace,
    path: '',
  }).allowed;
}

function refuseUncovered(
  context: RegistryContext,
  attributes: AdmissionAttributes,
  wanted: readonly PolicyRule[],
  namespace: string,
): void {
  const unresolved = new Set<string>();
  const held = rulesFor(context, attributes.user, namespace, unresolved);
  const missing = wanted.flatMap(split).filter((rule) => !held.some((owned) => covers(owned, rule)));
  if (missing.length === 0) return;
  const { definition, object, user } = attributes;
  const name = (object as KubeObject).metadata.name ?? '';
  const why = `user ${quote(user.username)} ${groupText(user)} is attempting to grant RBAC permissions not currently held:\n${join(missing).map(ruleText).sort().join('\n')}${unresolved.size === 0 ? '' : `; resolution errors: [${[...unresolved].map(plural).join(' ')}]`}`;
  throw forbidden({ group, resource: definition.plural }, name, why);
}

/** The checker asks for roles by their resource, where the authorizer says their kind. */
const plural = (error: string): string => error.replace(/^(role|clusterrole)\./, '$1s.');

function groupText({ groups }: UserInfo): string {
  return `(groups=[${groups.map(quote).join(' ')}])`;
}

/** One rule for each verb, group, resource and name of a rule. */
function split(rule: PolicyRule): PolicyRule[] {
  const out: PolicyRule[] = [];
  for (const verb of rule.verbs ?? []) {
    for (const url of rule.nonResourceURLs ?? []) out.push({ verbs: [verb], nonResourceURLs: [url] });
    for (const apiGroup of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        const one = { verbs: [verb], apiGroups: [apiGroup], resources: [resource] };
        if (rule.resourceNames?.length)
          for (const name of rule.resourceNames) out.push({ ...one, resourceNames: [name] });
        else out.push(one);
      }
    }
  }
  return out;
}

/** Whether a rule allows all that a split rule does. */
function covers(owned: PolicyRule, rule: PolicyRule): boolean {
  const has = (list: readonly string[] | undefined, item: string): boolean =>
    list?.some((known) => known === '*' || known === item) ?? false;
  if (!has(owned.verbs, rule.verbs?.[0] ?? '')) return false;
  const url = rule.nonResourceURLs?.[0];
  if (url !== undefined) {
    return (owned.nonResourceURLs ?? []).some(
      (known) => known === '*' || known === url || (known.endsWith('*') && url.startsWith(known.slice(0, -1))),
    );
  }
  const resource = rule.resources?.[0] ?? '';
  const slash = resource.indexOf('/');
  const resources =
    has(owned.resources, resource) || (slash >= 0 && (owned.resources?.includes(`*${resource.slice(slash)}`) ?? false));
  const name = rule.resourceNames?.[0];
  const names = !owned.resourceNames?.length || (name !== undefined && owned.resourceNames.includes(name));
  return has(owned.apiGroups, rule.apiGroups?.[0] ?? '') && resources && names;
}

/** Split rules that differ in their verb alone, as one. */
function join(rules: readonly PolicyRule[]): PolicyRule[] {
  const out = new Map<string, PolicyRule>();
  for (const { verbs = [], ...rest } of rules) {
    const key = JSON.stringify(rest);
    out.set(key, { ...rest, verbs: [...(out.get(key)?.verbs ?? []), ...verbs] });
  }
  return [...out.values()];
}

function ruleText(rule: PolicyRule): string {
  const parts: string[] = [];
  const add = (name: string, values: readonly string[] | undefined): void => {
    if (values?.length) parts.push(`${name}:[${values.map(quote).join(' ')}]`);
  };
  add('APIGroups', rule.apiGroups);
  add('Resources', rule.resources);
  add('ResourceNames', rule.resourceNames);
  add('NonResourceURLs', rule.nonResourceURLs);
  add('Verbs', rule.verbs);
  return `{${parts.join(', ')}}`;
}
