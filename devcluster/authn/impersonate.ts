/** `Impersonate-*` headers: acting as someone else, where RBAC allows it. */
import { type AccessAttributes, authorize } from '../authz/rbac.ts';
import type { RegistryContext } from '../registry/call.ts';
import type { Request } from '../request/response.ts';
import { badRequest, forbidden, quote } from '../request/status.ts';
import type { UserInfo } from '../types.ts';

const extraPrefix = 'impersonate-extra-';

/** The user to go on as. Throws 400 or 403. */
export function impersonate(context: RegistryContext, request: Request, user: UserInfo): UserInfo {
  const { headers } = request;
  const name = single(headers['impersonate-user']);
  const groups = many(headers['impersonate-group']);
  const uid = single(headers['impersonate-uid']);
  const extra: { [key: string]: string[] } = {};
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(extraPrefix)) continue;
    extra[decodeURIComponent(header.slice(extraPrefix.length))] = many(value);
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
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const check = (attributes: Partial<AccessAttributes>): void => {
    const full: AccessAttributes = {
      user,
      verb: 'impersonate',
      resourceRequest: true,
      group: '',
      resource: '',
      subresource: '',
      name: '',
      namespace: '',
      path: '',
      ...attributes,
    };
    if (authorize(context, full).allowed) return;
    const scope =
      full.namespace === '' ? ' at the cluster scope' : ` in the namespace ${JSON.stringify(full.namespace)}`;
    const resource = full.subresource === '' ? full.resource : `${full.resource}/${full.subresource}`;
    const why = `User ${JSON.stringify(user.username)} cannot impersonate resource ${JSON.stringify(resource)} in API group ${JSON.stringify(full.group)}${scope}`;
    throw forbidden({ group: full.group, resource: full.resource }, full.name, why);
  };
  if (account !== null)
    check({ resource: 'serviceaccounts', namespace: account[1] as string, name: account[2] as string });
  else check({ resource: 'users', name });
  for (const group of groups) check({ resource: 'groups', name: group });
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values) {
      check({ group: 'authentication.k8s.io', resource: 'userextras', subresource: key, name: value });
    }
  }
  if (uid !== undefined) check({ group: 'authentication.k8s.io', resource: 'uids', name: uid });
  const all = [...groups];
  if (groups.length === 0 && account !== null)
    all.push('system:serviceaccounts', `system:serviceaccounts:${account[1]}`);
  const last = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  if (!all.includes('system:unauthenticated') && !all.includes(last)) all.push(last);
  return {
    username: name,
    groups: all,
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value === '' ? undefined : value;
}

/** Node joins repeated headers with a comma and a space. */
function many(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : value.split(', ');
}
