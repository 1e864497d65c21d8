import type { Agent, AgentPolicyException, LLM, MCPServer, Task, Tool } from '../../api/index.ts';
import { KINDS } from '../../api/index.ts';
import { nameClash } from '../../controller/agent/nameClash.ts';
import { delegationCycle } from '../../controller/tool/cycles.ts';
import type { AnyPolicy, PolicyObject } from '../../policies/engine/index.ts';
import { durationMs, exceptionState } from '../../policies/engine/index.ts';
import { isPolicy } from '../../policies/testing/index.ts';
import { dns1123Label, dns1123Subdomain } from '../../schema/names.ts';
import { expectationRefusals } from '../../webhooks/kinds/task.ts';
import { externalUrlRefusals } from '../../webhooks/kinds/tool.ts';
import { urlRefusals } from '../../webhooks/kinds/url.ts';
import type { Finding, Level } from '../findings/model.ts';
import type { Changes } from '../manifests/changes.ts';
import { closestTo } from '../manifests/closest.ts';
import type { Manifest } from '../manifests/parse.ts';
import { parseManifests } from '../manifests/parse.ts';
import { createSchemaChecker, versionFault } from '../manifests/schema.ts';
import { describeObject, nameOfObject, namespaceOf, type Tree, treeOf } from '../manifests/tree.ts';
import { findingAt, policiesOf, problemFindings } from '../policy/judge.ts';
import { adviceOn } from './advice.ts';
import { referencesOf } from './references.ts';

export interface LintOptions {
  readonly now: number;
  readonly changes?: Changes;
  /** Says whether an object is there though no file has it. */
  readonly assumed: (kind: string, name: string) => boolean;
  /** Why a JSON Schema is none; undefined when it is one. */
  readonly schemaProblem: (schema: unknown) => string | undefined;
  readonly namespace: string;
}

export interface Linted {
  readonly findings: readonly Finding[];
  readonly judged: number;
}

/** What is wrong with manifests, policies apart: what the API server, the webhooks and the controllers will say, and what people should know. */
export function lintTree(tree: Tree, options: LintOptions): Linted {
  const { changes } = options;
  const { set, manifests: policies } = policiesOf(tree);
  const changed = ({ file }: Manifest): boolean => changes?.has(file) ?? true;
  const removed = namesBefore(changes, options.namespace);
  const schemas = createSchemaChecker();
  const sound: Manifest[] = [];
  const found: { finding: Finding; manifest: Manifest; about?: string }[] = [];
  const report = (
    manifest: Manifest,
    level: Level,
    rule: string,
    field: string,
    message: string,
    about?: string,
  ): void => {
    const finding = findingAt(manifest, { level, rule, field, message, severity: SEVERITY[level] });
    found.push({ finding, manifest, ...(about === undefined ? {} : { about }) });
  };
  for (const manifest of tree.ours) {
    for (const { field, message } of nameFaults(manifest)) report(manifest, 'error', 'name', field, message);
    // What else is wrong with a policy is told with what its compiler says.
    if (isPolicy(manifest.object as PolicyObject)) {
      const fault = versionFault(manifest.object);
      if (fault !== undefined) report(manifest, 'error', 'schema', fault.field, fault.message);
      continue;
    }
    const faults = schemas.faults(manifest);
    for (const { field, message } of faults) report(manifest, 'error', 'schema', field, message);
    if (faults.length === 0) sound.push(manifest);
  }
  for (const [first, second] of repetitions(tree.ours)) {
    const same = folderOf(first.file) === folderOf(second.file);
    const { line } = first.position('metadata.name');
    report(
      second,
      same ? 'error' : 'warning',
      'duplicate',
      'metadata.name',
      `${first.file}:${line} has a ${describeObject(first.object)}, too: one would overwrite the other`,
    );
  }
  const known = new Set(tree.ours.map(({ object }) => describeObject(object)));
  for (const manifest of sound) {
    const { object } = manifest;
    for (const { field, kind, name, soft } of referencesOf(object)) {
      const namespace = kind === 'ClusterAgentPolicy' ? '' : `${namespaceOf(object)}/`;
      const target = `${kind} ${namespace}${name}`;
      if (known.has(target) || options.assumed(kind, name)) continue;
      report(
        manifest,
        soft === true ? 'warning' : 'error',
        'reference',
        field,
        missing(target, kind, name, tree),
        target,
      );
    }
    for (const { field, message } of moreFaults(manifest, options)) report(manifest, 'error', 'schema', field, message);
    for (const { rule, level, field, message } of adviceOn(object)) report(manifest, level, rule, field, message);
    if (object.kind === 'AgentPolicyException') {
      const all = [...policies.values()].map((policy) => policy.object as unknown as AnyPolicy);
      const { state, detail } = exceptionState(object as unknown as AgentPolicyException, all, options.now, durationMs);
      if (state !== 'Active' && !detail.startsWith('there is no'))
        report(manifest, 'warning', 'exception', '', `counts for nothing: ${detail}`);
    }
  }
  // Where a fault is told already, it says what to do.
  const told = new Set(found.map(({ finding }) => placeOf(finding)));
  for (const manifest of tree.ours) {
    for (const { message, ...place } of manifest.traps?.() ?? []) {
      const trap = { level: 'notice', rule: 'yaml', field: '', message, severity: SEVERITY.notice } as const;
      const finding = { ...findingAt(manifest, trap), ...place };
      if (!told.has(placeOf(finding))) found.push({ finding, manifest });
    }
  }
  for (const each of graphFaults(sound, tree)) report(each.manifest, 'error', each.rule, each.field, each.message);
  for (const manifest of unused(sound)) {
    report(manifest, 'notice', 'unused', 'metadata.name', `no Agent of these files uses this ${manifest.object.kind}`);
  }
  const findings = [
    ...problemFindings(set.problems, policies).filter(({ file }) => changes?.has(file) ?? true),
    ...found
      // What is broken by a change elsewhere is told where it is broken.
      .filter(({ manifest, about }) => changed(manifest) || (about !== undefined && removed.has(about)))
      .map(({ finding }) => finding),
  ];
  return { findings, judged: tree.ours.filter(changed).length };
}

const placeOf = ({ file, line, column }: Pick<Finding, 'file' | 'line' | 'column'>): string =>
  `${file}:${line}:${column}`;

const SEVERITY = { error: 'high', warning: 'medium', notice: 'low' } as const;

/** Objects that the changed files held before. */
function namesBefore(changes: Changes | undefined, namespace: string): ReadonlySet<string> {
  const manifests = (changes?.before ?? []).flatMap((source) => parseManifests(source).manifests);
  return new Set(treeOf(manifests, { namespace }).ours.map(({ object }) => describeObject(object)));
}

function missing(target: string, kind: string, name: string, tree: Tree): string {
  const same = tree.ours.filter(({ object }) => object.kind === kind);
  const elsewhere = same.find(({ object }) => nameOfObject(object) === name);
  const hint =
    elsewhere === undefined
      ? closestTo(
          name,
          same.map(({ object }) => nameOfObject(object)),
        )
      : undefined;
  const more =
    elsewhere !== undefined
      ? `; there is one in namespace ${namespaceOf(elsewhere.object)}, and references stay within theirs`
      : hint === undefined
        ? ''
        : `; is ${hint} meant?`;
  return `there is no ${target} in these files${more}; where the cluster has it: --assume ${kind}/${name}`;
}

function nameFaults({ object }: Manifest): { field: string; message: string }[] {
  const { name, generateName, namespace } = object.metadata;
  const faults: { field: string; message: string }[] = [];
  const kind = KINDS.find((candidate) => candidate.kind === object.kind);
  if (typeof name === 'string') {
    for (const fault of dns1123Subdomain(name))
      faults.push({ field: 'metadata.name', message: `${JSON.stringify(name.slice(0, 253))}: ${fault}` });
  } else if (typeof generateName !== 'string') {
    faults.push({ field: 'metadata.name', message: 'is required' });
  } else {
    faults.push({
      field: 'metadata.generateName',
      message: 'kubectl apply and Argo CD need a name: write metadata.name',
    });
  }
  if (kind !== undefined && !kind.namespaced && namespace !== undefined) {
    faults.push({ field: 'metadata.namespace', message: `a ${kind.kind} has no namespace: leave it out` });
  } else if (typeof namespace === 'string') {
    for (const fault of dns1123Label(namespace)) faults.push({ field: 'metadata.namespace', message: fault });
  }
  return faults;
}

/** What the webhooks and the controllers refuse beside the schema. */
function moreFaults({ object }: Manifest, { schemaProblem }: LintOptions): { field: string; message: string }[] {
  switch (object.kind) {
    case 'LLM':
      return [...urlRefusals('spec.parameters.baseUrl', (object as unknown as LLM).spec.parameters?.baseUrl)];
    case 'MCPServer':
      return [...urlRefusals('spec.url', (object as unknown as MCPServer).spec.url)];
    case 'Task':
      return expectationRefusals(object as unknown as Task);
    case 'Tool': {
      const { spec } = object as unknown as Tool;
      const field = spec.parameters === undefined ? 'spec.arguments' : 'spec.parameters';
      const schema = spec.parameters ?? spec.arguments;
      const problem = schema === undefined ? undefined : schemaProblem(schema);
      return [...externalUrlRefusals(spec), ...(problem === undefined ? [] : [{ field, message: problem }])];
    }
    default:
      return [];
  }
}

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/') + 1);

function repetitions(manifests: readonly Manifest[]): [Manifest, Manifest][] {
  const seen = new Map<string, Manifest>();
  return manifests.flatMap((manifest): [Manifest, Manifest][] => {
    if (nameOfObject(manifest.object) === '' || manifest.object.metadata.name === undefined) return [];
    const key = describeObject(manifest.object);
    const before = seen.get(key);
    seen.set(key, manifest);
    return before === undefined ? [] : [[before, manifest]];
  });
}

/** Delegation in circles, and tools of one agent that the model could not tell apart. */
function* graphFaults(
  manifests: readonly Manifest[],
  { finder }: Tree,
): Generator<{ manifest: Manifest; rule: string; field: string; message: string }> {
  const byKey = <T>(find: (namespace: string, name: string) => T | undefined) => ({
    get(key: string): T | undefined {
      const slash = key.indexOf('/');
      return find(key.slice(0, slash), key.slice(slash + 1));
    },
  });
  const sound = new Set(manifests.map(({ object }) => describeObject(object)));
  const present =
    <T>(kind: string, find: (namespace: string, name: string) => T | undefined) =>
    (namespace: string, name: string) =>
      sound.has(`${kind} ${namespace}/${name}`) ? find(namespace, name) : undefined;
  const agent = present('Agent', finder.agent);
  const tool = present('Tool', finder.tool);
  const stores = { agents: byKey(agent), tools: byKey(tool) };
  for (const manifest of manifests) {
    const { object } = manifest;
    if (object.kind === 'Tool') {
      const cycle = delegationCycle(object as unknown as Tool, stores);
      if (cycle !== undefined) {
        yield { manifest, rule: 'cycle', field: 'spec.agentRef.name', message: `delegation would never end: ${cycle}` };
      }
    } else if (object.kind === 'Agent') {
      const { tools = [] } = (object as unknown as Agent).spec;
      const clash = nameClash(tools.flatMap(({ name }) => tool(namespaceOf(object), name) ?? []));
      if (clash !== undefined) yield { manifest, rule: 'clash', field: 'spec.tools', message: clash };
    }
  }
}

const USED_BY_AGENTS: ReadonlySet<string> = new Set(['LLM', 'Tool', 'MCPServer']);

/** What no Agent uses, where its namespace has Agents at all. */
function unused(manifests: readonly Manifest[]): Manifest[] {
  const agents = manifests.filter(({ object }) => object.kind === 'Agent');
  const namespaces = new Set(agents.map(({ object }) => namespaceOf(object)));
  const used = new Set(
    agents.flatMap(({ object }) =>
      referencesOf(object).map(({ kind, name }) => `${kind} ${namespaceOf(object)}/${name}`),
    ),
  );
  return manifests.filter(
    ({ object }) =>
      USED_BY_AGENTS.has(object.kind) && namespaces.has(namespaceOf(object)) && !used.has(describeObject(object)),
  );
}
