import type { AnyPolicy, PolicyObject } from '../../policies/engine/index.ts';
import { compilePolicies } from '../../policies/engine/index.ts';
import { configMapsOf, isPolicy } from '../../policies/testing/index.ts';
import { CliError, EXIT } from '../exit.ts';
import { finish, type ReportOptions } from '../findings/finish.ts';
import type { Finding } from '../findings/model.ts';
import type { Io } from '../io.ts';
import { loadManifests, readManifests } from '../manifests/load.ts';
import type { Manifest } from '../manifests/parse.ts';
import { type Tree, treeOf } from '../manifests/tree.ts';
import { loadStampKeys } from '../stampKeys.ts';
import { type ClusterInput, readCluster } from './cluster.ts';
import { describeCall, flip, isJudged, judgeCall, judgeObject } from './compare.ts';
import { readNamespaceLabels } from './inputs.ts';
import { exceptionsOf, policiesOf, problemFindings } from './judge.ts';
import { type RecordedCall, recordedCalls } from './recorded.ts';
import { createUndecidedRules } from './undecided.ts';

export interface ReplayOptions extends ClusterInput, ReportOptions {
  readonly policies: readonly string[];
  readonly runs?: readonly string[];
  readonly namespaceLabels?: string;
  /** Milliseconds. */
  readonly since?: number;
  readonly now?: number;
}

/** `kubechain policy replay`: recorded tool calls against other policies. */
export async function policyReplay(options: ReplayOptions, io: Io): Promise<number> {
  const now = options.now ?? Date.now();
  const recorded =
    options.runs === undefined ? await readCluster(options, 'all', io) : await readManifests(options.runs, io);
  const beside = await loadManifests(options.policies, io);
  const next = await policySet(beside.manifests, recorded, options);
  const namespaceLabels = await readNamespaceLabels(options.namespaceLabels, io);
  const tree = treeOf(recorded, { namespace: options.namespace ?? 'default', namespaceLabels });
  const exceptions = [...exceptionsOf(tree), ...exceptionsOf(next.tree)];
  const calls = recordedCalls(tree, options.since === undefined ? Number.NEGATIVE_INFINITY : now - options.since, now);
  const effects = { ran: 'allow', unanswered: 'allow', held: 'requireApproval', denied: 'deny' } as const;
  const words = { ran: 'was made', unanswered: 'was asked for', held: 'was held back', denied: 'was denied' } as const;
  const undecided = createUndecidedRules();
  const findings = calls.flatMap((call): Finding | Finding[] => {
    const verdict = judgeCall(next.set, call, tree, exceptions);
    if (verdict === undefined) return [];
    undecided.add(verdict.notEvaluable, 'calls');
    return (
      flip(call.run, describeCall(call), { effect: effects[call.outcome], words: words[call.outcome] }, verdict) ?? []
    );
  });
  noteUnknown(calls, io);
  const nothing = 'nothing to replay: no tool call in these runs';
  return finish(
    {
      command: 'policy replay',
      findings: [...next.findings, ...findings],
      judged: calls.length,
      excepted: 0,
      undecided: undecided.list(),
    },
    { unreadable: beside.unreadable, broken: next.broken, nothing },
    options,
    io,
  );
}

export interface DiffOptions extends ClusterInput, ReportOptions {
  readonly cluster?: boolean;
  readonly stampKey?: readonly string[];
  readonly namespaceLabels?: string;
  readonly now?: number;
}

/** `kubechain policy diff OLD NEW PATH…`: what flips when one set of policies takes the place of another. */
export async function policyDiff(
  oldPath: string,
  newPath: string,
  paths: readonly string[],
  options: DiffOptions,
  io: Io,
): Promise<number> {
  if ((paths.length === 0) !== (options.cluster === true)) {
    throw new CliError('give files to judge after OLD and NEW, or --cluster, and not both', { exitCode: EXIT.usage });
  }
  const now = options.now ?? Date.now();
  const files = options.cluster === true ? await readCluster(options, 'all', io) : await readManifests(paths, io);
  const namespaceLabels = await readNamespaceLabels(options.namespaceLabels, io);
  const tree = treeOf(files, { namespace: options.namespace ?? 'default', namespaceLabels });
  const before = await policySet(await readManifests([oldPath], io), files, options);
  const after = await policySet(await readManifests([newPath], io), files, options);
  const exceptions = exceptionsOf(tree);
  const old = [...exceptions, ...exceptionsOf(before.tree)];
  const fresh = [...exceptions, ...exceptionsOf(after.tree)];
  const objects = tree.ours.filter(isJudged);
  const calls = recordedCalls(tree, Number.NEGATIVE_INFINITY, now);
  const stampKeys = loadStampKeys(options.stampKey, io.cwd);
  const undecided = createUndecidedRules();
  const findings = [
    ...objects.map((manifest) => {
      const verdict = judgeObject(before.set, manifest, tree, { exceptions: old, stampKeys, now });
      const next = judgeObject(after.set, manifest, tree, { exceptions: fresh, stampKeys, now });
      undecided.add([...verdict.notEvaluable, ...next.notEvaluable], 'objects');
      return flip(manifest, 'was ', { effect: verdict.effect, verdict }, next);
    }),
    ...calls.map((call) => {
      const verdict = judgeCall(before.set, call, tree, old);
      const next = judgeCall(after.set, call, tree, fresh);
      if (verdict === undefined || next === undefined) return undefined;
      undecided.add([...verdict.notEvaluable, ...next.notEvaluable], 'calls');
      return flip(call.run, `${describeCall(call)}was `, { effect: verdict.effect, verdict }, next);
    }),
  ].filter((finding) => finding !== undefined);
  noteUnknown(calls, io);
  return finish(
    {
      command: 'policy diff',
      findings: [...after.findings, ...findings],
      judged: objects.length + calls.length,
      excepted: 0,
      undecided: undecided.list(),
    },
    { broken: after.broken, nothing: 'nothing to compare: no object of ours and no tool call' },
    options,
    io,
  );
}

/** Policies of files, compiled with ConfigMaps that lie beside them or in the cluster. */
async function policySet(
  manifests: readonly Manifest[],
  around: readonly Manifest[],
  { namespace = 'default' }: { readonly namespace?: string },
) {
  const tree: Tree = treeOf(manifests, { namespace });
  const { manifests: policies } = policiesOf(tree);
  const configMaps = configMapsOf([...around, ...manifests].map(({ object }) => object as PolicyObject));
  const set = compilePolicies(
    [...policies.values()].map(({ object }) => object as unknown as AnyPolicy),
    { configMaps },
  );
  if (!manifests.some(({ object }) => isPolicy(object as PolicyObject))) {
    throw new CliError('there is no policy in the files that are to hold them', { exitCode: EXIT.usage });
  }
  return {
    tree,
    set,
    broken: set.problems.some(({ level }) => level === 'error'),
    findings: problemFindings(set.problems, policies).filter(({ level }) => level === 'error'),
  };
}

function noteUnknown(calls: readonly RecordedCall[], io: Io): void {
  const unknown = [...new Set(calls.filter(({ tool }) => tool === undefined).map(({ functionName }) => functionName))];
  if (unknown.length === 0) return;
  io.err.write(
    `kubechain: nothing says what ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ', …' : ''} stood for, so these calls were not judged: add agentrevisions to what is read\n`,
  );
}
