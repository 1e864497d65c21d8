/** Role-based access control: which roles a user has, and what their rules allow. */
import type { RegistryContext } from '../registry/call.ts';
import type { KubeObject, UserInfo } from '../types.ts';

/** `PolicyRule` of rbac.authorization.k8s.io/v1. */
export interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** What someone wants to do. */
export interface AccessAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly resourceRequest: boolean;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly namespace: string;
  /** Of requests off the resource paths. */
  readonly path: string;
}

export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const group = 'rbac.authorization.k8s.io';

/** Decides by the roles in store. `system:masters` may do anything. */
export function authorize(context: RegistryContext, attributes: AccessAttributes): Decision {
  if (attributes.user.groups.includes('system:masters')) return { allowed: true, reason: '' };
  const missing = new Set<string>();
  for (const { rules, reason } of grants(context, attributes.user, attributes.namespace, missing)) {
    if (rules.some((rule) => ruleAllows(rule, attributes))) return { allowed: true, reason: reason() };
  }
  return { allowed: false, reason: missing.size === 0 ? '' : `RBAC: ${missingText(missing)}` };
}

/** Errors of roles that bindings name and that are not there, as one. */
export function missingText(missing: ReadonlySet<string>): string {
  return missing.size === 1 ? [...missing].join() : `[${[...missing].join(', ')}]`;
}

/** Rules that a user has in a namespace ('' for cluster-wide ones only). */
export function rulesFor(
  context: RegistryContext,
  user: UserInfo,
  namespace: string,
  missing = new Set<string>(),
): PolicyRule[] {
  return [...grants(context, user, namespace, missing)].flatMap(({ rules }) => rules);
}

function* grants(
  context: RegistryContext,
  user: UserInfo,
  namespace: string,
  missing: Set<string>,
): Generator<{ rules: readonly PolicyRule[]; reason: () => string }> {
  const { store } = context;
  for (const entry of store.list(`${group}/clusterrolebindings`)) {
    const binding = store.object(entry);
    const subject = subjectsOf(binding).find((item) => appliesTo(item, user, ''));
    if (subject === undefined) continue;
    const reason = (): string =>
      `RBAC: allowed by ClusterRoleBinding "${binding.metadata.name}" of ${roleText(binding)} to ${subjectText(subject)}`;
    yield { rules: roleRules(context, binding, '', missing), reason };
  }
  if (namespace === '') return;
  for (const entry of store.list(`${group}/rolebindings`, `${namespace}/`)) {
    const binding = store.object(entry);
    const subject = subjectsOf(binding).find((item) => appliesTo(item, user, namespace));
    if (subject === undefined) continue;
    const reason = (): string =>
      `RBAC: allowed by RoleBinding "${binding.metadata.name}/${namespace}" of ${roleText(binding)} to ${subjectText(subject)}`;
    yield { rules: roleRules(context, binding, namespace, missing), reason };
  }
}

function subjectsOf(binding: KubeObject): readonly Subject[] {
  return Array.isArray(binding.subjects) ? (binding.subjects as Subject[]) : [];
}

function roleText(binding: KubeObject): string {
  const role = binding.roleRef as { kind: string; name: string };
  return `${role.kind} "${role.name}"`;
}

function subjectText(subject: Subject): string {
  if (subject.kind !== 'ServiceAccount') return `${subject.kind} "${subject.name}"`;
  return `ServiceAccount "${subject.name}/${subject.namespace}"`;
}

function appliesTo(subject: Subject, user: UserInfo, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.username;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}`;
    default:
      return false;
  }
}

/** Rules of the role that a binding names; none where it is missing, which `missing` is told. */
export function roleRules(
  context: RegistryContext,
  binding: KubeObject,
  namespace: string,
  missing?: Set<string>,
): readonly PolicyRule[] {
  const role = binding.roleRef as { kind: string; name: string } | undefined;
  if (role === undefined) return [];
  const entry =
    role.kind === 'ClusterRole'
      ? context.store.get(`${group}/clusterroles`, role.name)
      : context.store.get(`${group}/roles`, `${namespace}/${role.name}`);
  if (entry === undefined) {
    missing?.add(`${role.kind.toLowerCase()}.${group} ${JSON.stringify(role.name)} not found`);
    return [];
  }
  const rules = context.store.object(entry).rules;
  return Array.isArray(rules) ? (rules as PolicyRule[]) : [];
}

/** Whether one rule allows what is asked. */
export function ruleAllows(rule: PolicyRule, attributes: AccessAttributes): boolean {
  if (!matches(rule.verbs, attributes.verb)) return false;
  if (!attributes.resourceRequest) {
    return (rule.nonResourceURLs ?? []).some(
      (url) =>
        url === '*' || url === attributes.path || (url.endsWith('*') && attributes.path.startsWith(url.slice(0, -1))),
    );
  }
  const { resource, subresource, name } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const names = rule.resourceNames ?? [];
  return (
    matches(rule.apiGroups, attributes.group) &&
    (rule.resources ?? []).some(
      (item) => item === '*' || item === full || (subresource !== '' && item === `*/${subresource}`),
    ) &&
    (names.length === 0 || names.includes(name))
  );
}

function matches(allowed: readonly string[] | undefined, value: string): boolean {
  return allowed !== undefined && (allowed.includes('*') || allowed.includes(value));
}

/** The message of a refusal, as the real server words it; `reason` is the decision's. */
export function denial(attributes: AccessAttributes, reason: string): string {
  const refused = refusalOf(attributes);
  return reason === '' ? refused : `${refused}: ${reason}`;
}

function refusalOf(attributes: AccessAttributes): string {
  const user = `User ${JSON.stringify(attributes.user.username)}`;
  if (!attributes.resourceRequest) return `${user} cannot ${attributes.verb} path ${JSON.stringify(attributes.path)}`;
  const resource =
    attributes.subresource === '' ? attributes.resource : `${attributes.resource}/${attributes.subresource}`;
  const where =
    attributes.namespace !== '' ? ` in the namespace ${JSON.stringify(attributes.namespace)}` : ' at the cluster scope';
  return `${user} cannot ${attributes.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(attributes.group)}${where}`;
}
