/** `Impersonate-*` headers: acting as someone else, where RBAC allows it. */
import { type AccessAttributes, authorize, denial } from '../authz/rbac.ts';
import type { RegistryContext } from '../registry/call.ts';
import { dns1123Label, dns1123Subdomain } from '../registry/names.ts';
import type { RequestInfo } from '../request/info.ts';
import type { Request } from '../request/response.ts';
import { badRequest, failure, forbidden, quote } from '../request/status.ts';
import type { UserInfo } from '../types.ts';

const extraPrefix = 'impersonate-extra-';

/** The values of a header, one a line: Node joins them, and a group's name may have a comma. */
function linesOf({ rawHeaders }: Request, header: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === header);
}

/** The user to go on as. Throws 400 or 403. */
export function impersonate(context: RegistryContext, request: Request, user: UserInfo, info: RequestInfo): UserInfo {
  const { headers } = request;
  const name = single(headers['impersonate-user']);
  const groups = headers['impersonate-group'] === undefined ? [] : linesOf(request, 'impersonate-group');
  const uid = single(headers['impersonate-uid']);
  const extra: { [key: string]: string[] } = {};
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(extraPrefix)) continue;
    extra[unescapedKey(header.slice(extraPrefix.length))] = many(value);
  }
  const asked = name !== undefined || groups.length > 0 || uid !== undefined || Object.keys(extra).length > 0;
  if (!asked) return user;
  if (name === undefined) {
    const strings = (items: readonly string[]): string => `[]string{${items.map(quote).join(', ')}}`;
    const list = groups.length === 0 ? '[]string(nil)' : strings(groups);
    const pairs = Object.entries(extra).map(([key, values]) => `${quote(key)}:${strings(values)}`);
    const map = pairs.length === 0 ? 'map[string][]string(nil)' : `map[string][]string{${pairs.join(', ')}}`;
    const shown = `&user.DefaultInfo{Name:"", UID:${quote(uid ?? '')}, Groups:${list}, Extra:${map}}`;
    throw badRequest(`requested ${shown} without impersonating a user name`);
  }
  const account = serviceAccount(name);
  const wanted = { name, groups, uid, extra };
  const refused = missingRight(context, user, info, wanted, account);
  if (refused !== undefined) throw refusal(context, refused);
  const all = [...groups];
  if (groups.length === 0 && account !== undefined)
    all.push('system:serviceaccounts', `system:serviceaccounts:${account.namespace}`);
  const last = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  if (!all.includes('system:unauthenticated') && !all.includes(last)) all.push(last);
  return {
    username: name,
    groups: all,
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

interface Wanted {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid: string | undefined;
  readonly extra: { readonly [key: string]: readonly string[] };
}

interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** The service account that a user name stands for. */
function serviceAccount(user: string): Account | undefined {
  const [, , namespace = '', name = '', ...rest] = user.startsWith('system:serviceaccount:') ? user.split(':') : [];
  if (rest.length > 0 || dns1123Label(namespace).length > 0 || dns1123Subdomain(name).length > 0) return undefined;
  return { namespace, name };
}

/** Which narrower right to impersonate a request can make use of (KEP 5284). */
function constrainedMode({ name, groups, uid, extra }: Wanted, account: Account | undefined): string | undefined {
  const bare = groups.length === 0 && uid === undefined && Object.keys(extra).length === 0;
  if (account !== undefined) return bare ? 'serviceaccount' : undefined;
  if (name.startsWith('system:node:')) return bare ? 'arbitrary-node' : undefined;
  return 'user-info';
}

/** How each user impersonated last: tried first, and told of where nothing else is allowed either. As many as the real server keeps. */
const lastModes = new WeakMap<RegistryContext, Map<string, string>>();
const lastModesMax = 10_000;

/** The right that is missing to act as somebody; undefined where one of the ways to do so is allowed. */
function missingRight(
  context: RegistryContext,
  user: UserInfo,
  info: RequestInfo,
  wanted: Wanted,
  account: Account | undefined,
): AccessAttributes | undefined {
  const constrained = constrainedMode(wanted, account);
  const rights: { readonly [mode: string]: () => AccessAttributes[] } = {
    ...(constrained === undefined
      ? {}
      : {
          [constrained]: () => [
            targetOf(user, info, `impersonate-on:${constrained}:${info.verb}`),
            ...rightsFor(user, `impersonate:${constrained}`, 'authentication.k8s.io', wanted, account, constrained),
          ],
        }),
    legacy: () => rightsFor(user, 'impersonate', '', wanted, account, undefined),
  };
  const known = lastModes.get(context) ?? new Map<string, string>();
  lastModes.set(context, known);
  const last = known.get(user.username) ?? '';
  const modes = Object.keys(rights).sort((a, b) => Number(b === last) - Number(a === last));
  let first: AccessAttributes | undefined;
  for (const mode of modes) {
    const missing = rights[mode]?.().find((right) => !authorize(context, right).allowed);
    if (missing === undefined) {
      known.delete(user.username);
      known.set(user.username, mode);
      for (const oldest of known.keys()) {
        if (known.size <= lastModesMax) break;
        known.delete(oldest);
      }
      return undefined;
    }
    first ??= missing;
  }
  return first;
}

const nobody = { group: '', resource: '', subresource: '', name: '', namespace: '', path: '' };

/** The request itself, done on behalf of somebody else. */
function targetOf(user: UserInfo, info: RequestInfo, verb: string): AccessAttributes {
  const { resourceRequest, group, resource, subresource, name, namespace, path } = info;
  return { user, verb, resourceRequest, group, resource, subresource, name, namespace, path };
}

/** All rights that it takes to act as somebody, in the order in which they are asked for. */
function rightsFor(
  user: UserInfo,
  verb: string,
  group: string,
  { name, groups, uid, extra }: Wanted,
  account: Account | undefined,
  mode: string | undefined,
): AccessAttributes[] {
  const right = (attributes: Partial<AccessAttributes>): AccessAttributes => ({
    ...nobody,
    user,
    verb,
    resourceRequest: true,
    group,
    ...attributes,
  });
  const own = 'authentication.k8s.io';
  return [
    account !== undefined
      ? right({ resource: 'serviceaccounts', ...account })
      : mode === 'arbitrary-node'
        ? right({ resource: 'nodes', name: name.slice('system:node:'.length) })
        : right({ resource: 'users', name }),
    ...groups.map((item) => right({ resource: 'groups', name: item })),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => right({ group: own, resource: 'userextras', subresource: key, name: value })),
    ),
    ...(uid === undefined ? [] : [right({ group: own, resource: 'uids', name: uid })]),
  ];
}

function refusal(context: RegistryContext, attributes: AccessAttributes): Error {
  const why = denial(attributes, authorize(context, attributes).reason);
  if (!attributes.resourceRequest) return failure(403, 'Forbidden', `forbidden: ${why}`, {});
  return forbidden({ group: attributes.group, resource: attributes.resource }, attributes.name, why);
}

/** A key of extra as its header has it, where that does not decode. */
function unescapedKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value === '' ? undefined : value;
}

/** Node joins repeated headers with a comma and a space. */
function many(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : value.split(', ');
}
