/** Parameters of the API's operations, with the descriptions that the release's documents have. */
import { readFileSync } from 'node:fs';

/** A parameter that is no body. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

const types: { readonly [name: string]: Parameter['type'] } = {
  allowWatchBookmarks: 'boolean',
  follow: 'boolean',
  force: 'boolean',
  gracePeriodSeconds: 'integer',
  ignoreStoreReadErrorWithClusterBreakingPotential: 'boolean',
  insecureSkipTLSVerifyBackend: 'boolean',
  limit: 'integer',
  limitBytes: 'integer',
  orphanDependents: 'boolean',
  ports: 'integer',
  previous: 'boolean',
  sendInitialEvents: 'boolean',
  sinceSeconds: 'integer',
  stderr: 'boolean',
  stdin: 'boolean',
  stdout: 'boolean',
  tailLines: 'integer',
  timeoutSeconds: 'integer',
  timestamps: 'boolean',
  tty: 'boolean',
  watch: 'boolean',
};

type Texts = { readonly [method: string]: { readonly [name: string]: string } };
let texts: Texts | undefined;

const read = new Map<string, readonly Parameter[]>();

/** The parameters that a method of the generated client has, but for those of the path. */
function of(method: string): readonly Parameter[] {
  const known = read.get(method);
  if (known !== undefined) return known;
  texts ??= JSON.parse(readFileSync(new URL('./generated/parameters.json', import.meta.url), 'utf8')) as Texts;
  const parameters = Object.entries(texts[method] ?? {}).map(([key, description]): Parameter => {
    const name = key.replace('query ', '');
    const place = name === 'namespace' || key === 'path' ? 'path' : 'query';
    return { name, in: place, type: types[name] ?? 'string', description };
  });
  read.set(method, parameters);
  return parameters;
}

const without = (list: readonly Parameter[], ...names: string[]): Parameter[] =>
  list.filter((item) => !names.includes(item.name));
const pick = (list: readonly Parameter[], ...names: string[]): Parameter[] =>
  list.filter((item) => names.includes(item.name));

const lists = (): Parameter[] => without(of('listNamespacedConfigMap'), 'namespace', 'pretty');
const deletes = (): Parameter[] => without(of('deleteNamespacedConfigMap'), 'namespace', 'pretty');

/** The query parameters of each sort of operation. */
export const queries = {
  pretty: () => pick(of('listNamespacedConfigMap'), 'pretty'),
  list: lists,
  delete: deletes,
  deletecollection: () => [...deletes(), ...without(lists(), 'allowWatchBookmarks', 'watch')],
  write: () => without(of('createNamespacedConfigMap'), 'namespace', 'pretty'),
  patch: () => without(of('patchNamespacedConfigMap'), 'namespace', 'pretty'),
  version: () => pick(lists(), 'resourceVersion'),
};

export const namespaceParameter = (): Parameter[] => pick(of('listNamespacedConfigMap'), 'namespace');

export function nameParameter(kind: string): Parameter {
  return { name: 'name', in: 'path', type: 'string', description: `name of the ${kind}` };
}

const connections: { readonly [options: string]: string } = {
  PodAttachOptions: 'connectGetNamespacedPodAttach',
  PodExecOptions: 'connectGetNamespacedPodExec',
  PodPortForwardOptions: 'connectGetNamespacedPodPortforward',
  PodProxyOptions: 'connectGetNamespacedPodProxyWithPath',
  ServiceProxyOptions: 'connectGetNamespacedServiceProxyWithPath',
  NodeProxyOptions: 'connectGetNodeProxyWithPath',
  PodLogOptions: 'readNamespacedPodLog',
};

/** The parameters of a connection, by the kind of its options; `path` in the path only where it `has` one. */
export function connection(options: string, hasPath: boolean): Parameter[] {
  const all = without(of(connections[options] ?? ''), 'namespace');
  return hasPath ? all : all.filter((item) => item.in === 'query');
}
