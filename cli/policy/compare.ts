import type { AgentPolicyException, TaskRun } from '../../api/index.ts';
import type { CompiledPolicySet, Effect, PolicyObject, Verdict } from '../../policies/engine/index.ts';
import { evaluate, evaluateToolCall, policyLabel, toolId } from '../../policies/engine/index.ts';
import type { StampKey } from '../../policies/provenance/index.ts';
import { provenanceInGit, provenanceOfLive } from '../../policies/provenance/index.ts';
import { aroundObject } from '../../policies/surroundings.ts';
import { aroundTool, isPolicy } from '../../policies/testing/index.ts';
import type { Finding, Level } from '../findings/model.ts';
import type { Manifest } from '../manifests/parse.ts';
import { namespaceOf, type Tree } from '../manifests/tree.ts';
import { findingAt } from './judge.ts';
import type { RecordedCall } from './recorded.ts';

/** What becomes of something under other policies. */
const WORDS: Readonly<Record<Effect, string>> = {
  allow: 'allowed',
  requireApproval: 'held back for approval',
  deny: 'denied',
};
const RANK: Readonly<Record<Effect, number>> = { allow: 0, requireApproval: 1, deny: 2 };

/** Says what flips: stricter is an error where it denies, else a notice; what is let through now is a warning. */
export function flip(
  manifest: Manifest,
  what: string,
  before: { readonly effect: Effect; readonly words?: string; readonly verdict?: Verdict },
  after: Verdict,
): Finding | undefined {
  if (before.effect === after.effect) return undefined;
  const looser = RANK[after.effect] < RANK[before.effect];
  const decided = looser ? before.verdict?.decidedBy : after.decidedBy;
  const level: Level = looser ? 'warning' : after.effect === 'deny' ? 'error' : 'notice';
  const why =
    decided === undefined
      ? after.allowedBy === undefined
        ? ''
        : `; by ${policyLabel(after.allowedBy.policy)}/${after.allowedBy.rule}: ${after.allowedBy.pattern}`
      : `; ${looser ? 'it was: ' : ''}${decided.detail}`;
  return findingAt(manifest, {
    level,
    rule: decided === undefined ? 'flip' : `${policyLabel(decided.policy)}/${decided.rule}`,
    field: manifest.object.kind === 'TaskRun' ? '' : (decided?.field ?? ''),
    message: `${what}${before.words ?? WORDS[before.effect]}, would be ${WORDS[after.effect]}${why}`,
    severity: decided?.severity ?? 'medium',
  });
}

export interface JudgedAt {
  readonly exceptions: readonly AgentPolicyException[];
  /** Public keys of signed stamps. */
  readonly stampKeys: readonly StampKey[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The verdict on an object at its admission. */
export function judgeObject(
  set: CompiledPolicySet,
  { object, file }: Manifest,
  tree: Tree,
  { exceptions, stampKeys, now }: JudgedAt,
): Verdict {
  const namespace = namespaceOf(object);
  const namespaceObject = tree.namespaceObject(namespace);
  // Of a cluster, or printed by kubectl: the operator has written down what it found.
  const provenance =
    file === '' || 'status' in object ? provenanceOfLive(object, stampKeys) : provenanceInGit(object, stampKeys);
  return evaluate(set, {
    place: 'admission',
    operation: 'CREATE',
    object: object as PolicyObject,
    namespace,
    context: aroundObject(tree.finder, namespace, object as PolicyObject),
    exceptions: exceptions.filter(({ metadata }) => metadata.namespace === namespace),
    ...(namespaceObject === undefined ? {} : { namespaceObject }),
    ...(provenance === undefined ? {} : { provenance }),
    now,
  });
}

/** The verdict on a recorded call, as of its time; undefined where nothing says what was called. */
export function judgeCall(
  set: CompiledPolicySet,
  call: RecordedCall,
  tree: Tree,
  exceptions: readonly AgentPolicyException[],
): Verdict | undefined {
  if (call.tool === undefined) return undefined;
  const namespace = namespaceOf(call.run.object);
  const namespaceObject = tree.namespaceObject(namespace);
  const run = call.run.object as unknown as TaskRun;
  const { startTime } = run.status ?? {};
  return evaluateToolCall(set, {
    agent: call.agent,
    tool: call.tool,
    arguments: call.arguments,
    context: { ...aroundTool(call.agent, call.tool, namespace, tree.finder), run },
    counters: {
      turns: call.turn,
      toolCalls: call.number,
      parallelToolCalls: call.position,
      ...(startTime === undefined ? {} : { startTime }),
    },
    exceptions: exceptions.filter(({ metadata }) => metadata.namespace === namespace),
    ...(namespaceObject === undefined ? {} : { namespaceObject }),
    now: call.time,
  });
}

/** `call 3, github/create_issue by agent bot: `. */
export function describeCall({ number, tool, functionName, agent }: RecordedCall): string {
  return `call ${number}, ${tool === undefined ? functionName : toolId(tool)} by agent ${agent.metadata.name}: `;
}

/** Kinds that admission judges and people write. */
export const isJudged = ({ object }: Manifest): boolean =>
  !isPolicy(object as PolicyObject) &&
  !['AgentPolicyException', 'TaskRun', 'TaskRunToolCall', 'ContextPage', 'AgentRevision', 'Approval'].includes(
    object.kind,
  );
