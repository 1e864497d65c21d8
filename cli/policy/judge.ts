import type { AgentPolicyException } from '../../api/index.ts';
import type {
  AnyPolicy,
  CompiledPolicySet,
  PolicyObject,
  PolicyProblem,
  PolicyRef,
  ProvenanceAnswer,
  Finding as Said,
} from '../../policies/engine/index.ts';
import {
  compilePolicies,
  durationMs,
  evaluate,
  exceptionState,
  policyLabel,
  policyRef,
} from '../../policies/engine/index.ts';
import type { StampKey } from '../../policies/provenance/index.ts';
import { provenanceInGit } from '../../policies/provenance/index.ts';
import { aroundObject, countersOf } from '../../policies/surroundings.ts';
import { isPolicy } from '../../policies/testing/index.ts';
import type { Finding, Undecided } from '../findings/model.ts';
import { sortFindings } from '../findings/model.ts';
import type { Changes } from '../manifests/changes.ts';
import type { Manifest } from '../manifests/parse.ts';
import { pointerOf } from '../manifests/position.ts';
import { createSchemaChecker, versionFault } from '../manifests/schema.ts';
import { describeObject, nameOfObject, namespaceOf, type Tree } from '../manifests/tree.ts';
import { createUndecidedRules } from './undecided.ts';

export interface Judgement {
  readonly findings: readonly Finding[];
  /** How many objects were judged. */
  readonly judged: number;
  readonly excepted: number;
  /** Rules that nobody can decide here. */
  readonly undecided: readonly Undecided[];
  /** A policy does not compile: it denies all that it matches. */
  readonly broken: boolean;
}

export interface JudgeOptions {
  readonly now: number;
  /** `cli` when absent. */
  readonly place?: 'cli' | 'background';
  /** Public keys of signed stamps. */
  readonly stampKeys?: readonly StampKey[];
  /** What is known of the commits of objects of a cluster; of files, their stamps are asked. */
  readonly provenanceOf?: (manifest: Manifest) => ProvenanceAnswer | undefined;
  /** Only what these concern is reported. */
  readonly changes?: Changes;
}

const LEVELS = { deny: 'error', requireApproval: 'notice', warn: 'warning', audit: 'notice' } as const;
/** The rule of findings of policies that do not compile: told once, at the policy, and not again at each object. */
const POLICY_INVALID = 'policyInvalid';

const keyOf = ({ kind, namespace, name }: PolicyRef): string => `${kind}/${namespace ?? ''}/${name}`;

/** The policies of a tree, compiled. One that stands in two files counts as it stands in the last. */
export function policiesOf(tree: Tree): {
  readonly set: CompiledPolicySet;
  readonly manifests: ReadonlyMap<string, Manifest>;
} {
  const manifests = new Map(
    tree.ours
      .filter(({ object }) => isPolicy(object as PolicyObject))
      .map((manifest) => [keyOf(policyRef(manifest.object)), manifest]),
  );
  const policies = [...manifests.values()].map(({ object }) => object as unknown as AnyPolicy);
  return { set: compilePolicies(policies, { configMaps: tree.configMaps }), manifests };
}

export const exceptionsOf = (tree: Tree): AgentPolicyException[] =>
  tree.ours
    .filter(({ object }) => object.kind === 'AgentPolicyException')
    .map(({ object }) => object as unknown as AgentPolicyException);

/** Judges the manifests of a tree as the cluster will: by the kinds' schemas, then by the policies, in the place `cli`. */
export function judgeTree(tree: Tree, options: JudgeOptions): Judgement {
  const { changes } = options;
  const { set, manifests: policyManifests } = policiesOf(tree);
  const allExceptions = exceptionsOf(tree);
  const schemas = createSchemaChecker();
  const changed = (manifest: Manifest | undefined) => manifest !== undefined && (changes?.has(manifest.file) ?? true);
  const changedPolicies = new Set([...policyManifests].filter(([, manifest]) => changed(manifest)).map(([key]) => key));
  const changedObjects = new Set(tree.ours.filter(changed).map(({ object }) => describeObject(object)));
  const findings: Finding[] = problemFindings(set.problems, policyManifests).filter((_, index) =>
    changed(policyManifests.get(keyOf((set.problems[index] as PolicyProblem).policy))),
  );
  const undecided = createUndecidedRules();
  let judged = 0;
  let excepted = 0;
  for (const manifest of tree.ours) {
    const { object } = manifest;
    const isChanged = changed(manifest);
    const policy = isPolicy(object as PolicyObject);
    const version = policy ? versionFault(object) : undefined;
    const faults = policy ? (version === undefined ? [] : [version]) : schemas.faults(manifest);
    if (isChanged) {
      if (manifest.beside !== true) judged += 1;
      findings.push(
        ...faults.map(({ field, message }) =>
          findingAt(manifest, { level: 'error', rule: 'schema', field, message, severity: 'high' }),
        ),
      );
    }
    // What the schema refuses has no meaning that a policy could judge.
    if (faults.length > 0 || policy) continue;
    if (
      object.kind === 'AgentPolicyException' &&
      options.place === undefined &&
      (isChanged || manifest.beside === true)
    )
      findings.push(...idleException(manifest, policyManifests, options.now));
    const namespace = namespaceOf(object);
    const namespaceObject = tree.namespaceObject(namespace);
    const context = aroundObject(tree.finder, namespace, object as PolicyObject);
    const counters = countersOf(object as PolicyObject, context);
    const provenance =
      options.provenanceOf === undefined
        ? provenanceInGit(object, options.stampKeys ?? [])
        : options.provenanceOf(manifest);
    const verdict = evaluate(set, {
      place: options.place ?? 'cli',
      operation: 'CREATE',
      object: object as PolicyObject,
      namespace,
      context,
      ...(namespaceObject === undefined ? {} : { namespaceObject }),
      exceptions: allExceptions.filter(({ metadata }) => metadata.namespace === namespace),
      ...(provenance === undefined ? {} : { provenance }),
      ...(counters === undefined ? {} : { counters }),
      now: options.now,
    });
    const concerned =
      isChanged || changes?.concernsAll === true || around(context).some((name) => changedObjects.has(name));
    const reported = ({ policy: ref }: Pick<Said, 'policy'>): boolean => concerned || changedPolicies.has(keyOf(ref));
    if (
      !isChanged &&
      manifest.beside !== true &&
      (concerned || verdict.policies.some((ref) => changedPolicies.has(keyOf(ref))))
    )
      judged += 1;
    excepted += verdict.excepted.filter(reported).length;
    undecided.add(verdict.notEvaluable.filter(reported), 'objects');
    findings.push(
      ...verdict.findings
        .filter((finding) => finding.rule !== POLICY_INVALID && reported(finding))
        .map((finding) =>
          findingAt(manifest, {
            level: LEVELS[finding.effect],
            rule: `${policyLabel(finding.policy)}/${finding.rule}`,
            field: finding.field,
            message: finding.detail,
            severity: finding.severity,
            ...(finding.docs === undefined ? {} : { docs: finding.docs }),
          }),
        ),
    );
  }
  const broken = set.problems.some(({ level }) => level === 'error');
  return { findings: sortFindings(findings), judged, excepted, undecided: undecided.list(), broken };
}

/** Why an exception counts for nothing, where it does: whoever names one wonders why a finding is still there. */
function idleException(manifest: Manifest, policies: ReadonlyMap<string, Manifest>, now: number): Finding[] {
  const all = [...policies.values()].map(({ object }) => object as unknown as AnyPolicy);
  const exception = manifest.object as unknown as AgentPolicyException;
  const { state, detail } = exceptionState(exception, all, now, durationMs);
  // A policy that no file has may be in the cluster.
  if (state === 'Active' || detail.startsWith('there is no')) return [];
  const message = `counts for nothing: ${detail}`;
  const field = state === 'Expired' ? 'spec.expiresAt' : 'spec.policies';
  return [findingAt(manifest, { level: 'notice', rule: 'exception', field, message, severity: 'low' })];
}

/** The objects of a context, as they are called in `describeObject`. */
function around(context: ReturnType<typeof aroundObject>): string[] {
  return Object.values(context)
    .flat()
    .map((object) => {
      const { kind, metadata } = object as PolicyObject;
      return describeObject({ ...(object as object), kind: kind ?? '', apiVersion: '', metadata: { ...metadata } });
    });
}

/** What is wrong with the policies themselves, where it stands. */
export function problemFindings(
  problems: readonly PolicyProblem[],
  manifests: ReadonlyMap<string, Manifest>,
): Finding[] {
  return problems.flatMap(({ policy, level, field, message, line, column }) => {
    const manifest = manifests.get(keyOf(policy));
    if (manifest === undefined) return [];
    const within = line === undefined ? '' : `line ${line}, column ${column ?? 1} of the expression: `;
    const consequence = level === 'error' ? '; until it is mended the policy denies all that it matches' : '';
    return [
      findingAt(manifest, {
        level,
        rule: 'policy',
        field: field === '<nil>' ? '' : field,
        message: `${within}${message}${consequence}`,
        severity: level === 'error' ? 'high' : 'low',
      }),
    ];
  });
}

/** A finding about a field of a manifest's object. */
export function findingAt(
  manifest: Manifest,
  finding: Pick<Finding, 'level' | 'rule' | 'field' | 'message' | 'severity' | 'docs'>,
): Finding {
  const { object, file } = manifest;
  return {
    file,
    ...manifest.position(finding.field),
    object: object.kind === '' && nameOfObject(object) === '' ? '' : describeObject(object),
    pointer: pointerOf(finding.field),
    ...finding,
  };
}
