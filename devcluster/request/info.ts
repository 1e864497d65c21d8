/** What a request is about, read from method, path and query alone (RequestInfo of k8s.io/apiserver). */

export interface RequestInfo {
  readonly resourceRequest: boolean;
  readonly method: string;
  /** Path with trailing slash removed, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** RBAC verb: get, list, watch, create, update, patch, delete, deletecollection; the lower-case method off resource paths. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** True where the path has the name, and not a field selector alone. */
  readonly named: boolean;
  /** Path segments beyond the subresource. */
  readonly rest: readonly string[];
  /** True where the path ends with what only begins one: `watch`, `proxy`. */
  readonly unclear: boolean;
}

const methodVerbs: { readonly [method: string]: string } = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const namespaceSubresources = new Set(['status', 'finalize']);

/** Parses a request line. Throws URIError for a path that does not decode. */
export function parseRequest(method: string, target: string): RequestInfo {
  // A client that takes the server for a proxy names it.
  const url = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = url.indexOf('?');
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : readable(url.slice(mark + 1)));
  const path = rawPath.includes('%') ? decoded(rawPath) : rawPath;
  // An empty segment counts, but for those at the ends.
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  const parts = trimmed === '' ? [] : trimmed.split('/');
  const base = { method, path, query, rest: [] as string[], unclear: false };
  const none = { group: '', version: '', namespace: '', resource: '', subresource: '', name: '', named: false };
  const nonResource: RequestInfo = { ...base, ...none, resourceRequest: false, verb: method.toLowerCase() };
  let group = '';
  let rest: string[];
  if (parts[0] === 'api') {
    if (parts.length < 3) return { ...nonResource, version: parts[1] ?? '' };
    rest = parts.slice(2);
  } else if (parts[0] === 'apis') {
    if (parts.length < 4) return { ...nonResource, group: parts[1] ?? '', version: parts[2] ?? '' };
    group = parts[1] as string;
    rest = parts.slice(3);
  } else return nonResource;
  const version = (parts[0] === 'api' ? parts[1] : parts[2]) as string;
  let verb = methodVerbs[method] ?? '';
  let watch = false;
  if ((rest[0] === 'watch' || rest[0] === 'proxy') && rest.length === 1) return { ...nonResource, unclear: true };
  if (rest[0] === 'watch') {
    watch = true;
    rest = rest.slice(1);
  }
  let namespace = '';
  let below = false;
  if (rest[0] === 'namespaces') {
    if (rest.length > 1) {
      namespace = rest[1] as string;
      if (rest.length > 2 && !namespaceSubresources.has(rest[2] as string)) {
        rest = rest.slice(2);
        below = true;
      }
    }
  }
  const resource = rest[0] as string;
  const name = rest[1] ?? '';
  const subresource = rest[2] ?? '';
  const isNamespaceObject = resource === 'namespaces' && group === '';
  if (name === '' && verb === 'get') verb = isWatch(query) ? 'watch' : 'list';
  else if (name === '' && verb === 'delete') verb = 'deletecollection';
  if (watch && verb !== '') verb = 'watch';
  let finalName = name;
  if (verb === 'list' || verb === 'watch') {
    const found = /(?:^|,)metadata\.name=([^,]+)(?:,|$)/.exec(query.get('fieldSelector') ?? '');
    if (found !== null && name === '') finalName = found[1] as string;
  }
  return {
    ...base,
    resourceRequest: true,
    verb,
    group,
    version,
    namespace: isNamespaceObject && !below ? name : namespace,
    resource,
    subresource,
    name: finalName,
    named: name !== '',
    rest: rest.slice(3),
  };
}

/** A path without its escapes; bytes that are no UTF-8 show as U+FFFD. Throws URIError for a bad escape. */
function decoded(path: string): string {
  if (/%(?![0-9a-f]{2})/i.test(path)) throw new URIError('bad escape');
  const bytes = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** A query without the parameters that Go cannot read: those with a semicolon or a bad escape. */
function readable(query: string): string {
  if (!/[;%]/.test(query)) return query;
  return query
    .split('&')
    .filter((part) => !part.includes(';') && !/%(?![0-9a-f]{2})/i.test(part))
    .join('&');
}

/** Whether `watch` asks for a watch: any value but false and 0 does. */
export function isWatch(query: URLSearchParams): boolean {
  const value = query.get('watch');
  return value !== null && !['false', '0'].includes(value.toLowerCase());
}
