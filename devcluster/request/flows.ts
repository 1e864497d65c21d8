/**
 * Which FlowSchema and which priority level a request is of: two headers of its answer name them by their uids. Nothing else depends on it
 * here (see `fairness/`).
 */
import { at } from '../builtin/access.ts';
import { isObject } from '../registry/copy.ts';
import type { Store } from '../storage/store.ts';
import type { KubeObject, UserInfo } from '../types.ts';
import type { RequestInfo } from './info.ts';

/** The objects that a request is classified by, as their uids. */
export interface Flow {
  readonly schema: string;
  readonly level: string;
}

type Fields = { readonly [field: string]: unknown };

interface Schema extends Flow {
  readonly name: string;
  readonly precedence: number;
  readonly rules: readonly Fields[];
}

const group = 'flowcontrol.apiserver.k8s.io';
/** Users and what they ask for repeat themselves. */
const maxKnown = 2000;

/** Requests that last, but for watches, are not counted. */
const lasting = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);

/** Answers with the flow of requests, and follows the FlowSchemas. */
export function flowClassifier(store: Store): (user: UserInfo, info: RequestInfo) => Flow | undefined {
  let schemas: readonly Schema[] | undefined;
  const known = new Map<string, Flow | undefined>();
  const forget = (): void => {
    schemas = undefined;
    known.clear();
  };
  store.subscribe(`${group}/flowschemas`, forget);
  store.subscribe(`${group}/prioritylevelconfigurations`, forget);
  return (user, info) => {
    if (lasting.has(info.subresource)) return undefined;
    const what = info.resourceRequest ? [info.group, info.resource, info.subresource, info.namespace] : [info.path];
    const key = [info.verb, ...what, user.username, ...user.groups].join('\0');
    if (known.has(key)) return known.get(key);
    schemas ??= readSchemas(store);
    const flow = schemas.find(({ rules }) => rules.some((rule) => matchesRule(rule, user, info)));
    if (known.size >= maxKnown) known.clear();
    known.set(key, flow);
    return flow;
  };
}

/** Those whose level is there, in the order in which they are asked. */
function readSchemas(store: Store): Schema[] {
  const out: Schema[] = [];
  for (const entry of store.list(`${group}/flowschemas`)) {
    const object: KubeObject = store.object(entry);
    const level = store.get(
      `${group}/prioritylevelconfigurations`,
      String(at(object, 'spec.priorityLevelConfiguration.name')),
    );
    if (level === undefined) continue;
    out.push({
      name: entry.key,
      precedence: Number(at(object, 'spec.matchingPrecedence') ?? 0),
      rules: objects(at(object, 'spec.rules')),
      schema: object.metadata.uid ?? '',
      level: store.object(level).metadata.uid ?? '',
    });
  }
  return out.sort((a, b) => a.precedence - b.precedence || (a.name < b.name ? -1 : 1));
}

function objects(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function has(list: unknown, item: string): boolean {
  return Array.isArray(list) && (list.includes('*') || list.includes(item));
}

function matchesRule(rule: Fields, user: UserInfo, info: RequestInfo): boolean {
  if (!objects(rule.subjects).some((subject) => isSubject(subject, user))) return false;
  if (!info.resourceRequest)
    return objects(rule.nonResourceRules).some(
      ({ verbs, nonResourceURLs }) => has(verbs, info.verb) && hasPath(nonResourceURLs, info.path),
    );
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  return objects(rule.resourceRules).some(
    ({ verbs, apiGroups, resources, clusterScope, namespaces }) =>
      has(verbs, info.verb) &&
      has(apiGroups, info.group) &&
      has(resources, resource) &&
      (info.namespace === '' ? clusterScope === true : has(namespaces, info.namespace)),
  );
}

/** A path stands for what is below it as well. */
function hasPath(paths: unknown, path: string): boolean {
  const matches = (known: string): boolean =>
    known === '*' || known === path || path.startsWith(known.endsWith('/*') ? known.slice(0, -1) : `${known}/`);
  return Array.isArray(paths) && paths.some((known) => typeof known === 'string' && matches(known));
}

function isSubject(subject: Fields, { username, groups }: UserInfo): boolean {
  const name = (path: string): string => String(at(subject, path) ?? '');
  switch (subject.kind) {
    case 'User':
      return ['*', username].includes(name('user.name'));
    case 'Group':
      return name('group.name') === '*' || groups.includes(name('group.name'));
    case 'ServiceAccount': {
      const prefix = `system:serviceaccount:${name('serviceAccount.namespace')}:`;
      const account = name('serviceAccount.name');
      return account === '*' ? username.startsWith(prefix) : username === prefix + account;
    }
    default:
      return false;
  }
}
