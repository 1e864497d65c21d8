import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { changesSince } from '../manifests/changes.ts';
import type { Unreadable } from '../manifests/files.ts';
import { readSources } from '../manifests/files.ts';
import { type Loaded, loadManifests } from '../manifests/load.ts';
import { isObject, parseManifests } from '../manifests/parse.ts';
import { type Tree, treeOf } from '../manifests/tree.ts';
import { parse } from '../manifests/yaml.ts';

export interface InputOptions {
  /** Namespace of objects that name none. */
  readonly namespace?: string;
  readonly policies?: readonly string[];
  readonly exceptions?: readonly string[];
  readonly base?: string;
  readonly namespaceLabels?: string;
}

export interface Inputs {
  readonly tree: Tree;
  readonly unreadable: readonly Unreadable[];
  readonly changes: Awaited<ReturnType<typeof changesSince>> | undefined;
}

/** Reads what a check is about: the paths, policies and exceptions beside them, labels, what the branch changes. */
export async function readInputs(paths: readonly string[], options: InputOptions, io: Io): Promise<Inputs> {
  const [changes, labels, files, ...beside] = await Promise.all([
    options.base === undefined ? undefined : changesSince(options.base, io),
    readNamespaceLabels(options.namespaceLabels, io),
    loadManifests(paths, io),
    loadManifests(options.policies ?? [], io),
    loadManifests(options.exceptions ?? [], io),
  ]);
  const all = withoutRepetition([files, ...beside.map(onlyBeside)]);
  const tree = treeOf(all.manifests, { namespace: options.namespace ?? 'default', namespaceLabels: labels });
  return { tree, unreadable: all.unreadable, changes };
}

/** What counts of files that are not looked at themselves. */
const BESIDE: ReadonlySet<string> = new Set(['ClusterAgentPolicy', 'AgentPolicy', 'AgentPolicyException', 'ConfigMap']);

const onlyBeside = ({ manifests, unreadable }: Loaded): Loaded => ({
  manifests: manifests
    .filter(({ object }) => BESIDE.has(object.kind))
    .map((manifest) => ({ ...manifest, beside: true as const })),
  unreadable,
});

/** A file that is named by several options is read once. */
function withoutRepetition(loaded: readonly Loaded[]): Loaded {
  const seen = new Set<string>();
  const manifests = loaded.flatMap((each) => {
    const fresh = each.manifests.filter(({ file }) => !seen.has(file));
    for (const { file } of each.manifests) seen.add(file);
    return fresh;
  });
  return { manifests, unreadable: loaded.flatMap(({ unreadable }) => unreadable) };
}

/** `team-a: {env: production}`, or Namespaces as `kubectl get namespaces -o yaml` prints them. */
export async function readNamespaceLabels(
  file: string | undefined,
  io: Io,
): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  if (file === undefined) return {};
  const usage = (why: string) => new CliError(`--namespace-labels ${file}: ${why}`, { exitCode: EXIT.usage });
  const { sources, unreadable } = await readSources([file], io);
  const [source] = sources;
  if (source === undefined) throw usage(unreadable[0]?.message ?? 'does not exist');
  const parsed = parseManifests(source);
  if (parsed.unreadable[0] !== undefined) throw usage(parsed.unreadable[0].message);
  const labels = new Map<string, Readonly<Record<string, string>>>();
  for (const { object } of parsed.manifests) {
    const { name, labels: own } = object.metadata;
    if (object.kind === 'Namespace') labels.set(String(name), texts(own ?? {}, String(name), usage));
  }
  if (labels.size > 0) return Object.fromEntries(labels);
  const { LineCounter } = await import('yaml');
  const data: unknown = parse(source.text, new LineCounter())[0]?.toJS({ maxAliasCount: 100 });
  if (!isObject(data)) throw usage('write it as "team-a: {env: production}", one namespace a line');
  for (const [name, own] of Object.entries(data)) labels.set(name, texts(own, name, usage));
  return Object.fromEntries(labels);
}

function texts(value: unknown, name: string, usage: (why: string) => Error): Record<string, string> {
  if (!isObject(value) || Object.values(value).some((label) => typeof label !== 'string')) {
    throw usage(`the labels of ${name} are no map of texts: put numbers and yes, no, true and false in quotes`);
  }
  return value as Record<string, string>;
}
