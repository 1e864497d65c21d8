import type { ProvenanceAnswer } from '../../policies/engine/index.ts';
import { marksOf, stampProblem } from '../../policies/provenance/index.ts';
import { writerOf } from './change.ts';
import type { Admission, Subject } from './types.ts';

/**
 * How well it is proven where an object comes from, as far as that can be told without asking anybody. What a GitOps identity writes
 * is asked about again before a model is called: only its Application knows whether it is in Git.
 */
export function provenanceAtAdmission(subject: Subject, admission: Admission): ProvenanceAnswer | undefined {
  const { object, namespace } = subject;
  const placed = { ...object, metadata: { ...object.metadata, namespace } };
  const { git, argo, flux } = marksOf(placed);
  const problem = git === undefined ? undefined : stampProblem(admission.stampKeys, placed, git);
  if (git !== undefined && problem === undefined) return { trust: 'Verified' };
  const tracked = (argo !== undefined && argo.guessed !== true) || flux !== undefined;
  if (!tracked && git === undefined) return undefined;
  const writer = writerOf(subject, admission);
  const applies = writer !== undefined && admission.identities.isGitOps(writer);
  if (tracked && applies && git?.signature === undefined) {
    return { notEvaluable: 'whether its Application lists it is asked before it is used' };
  }
  const by = applies
    ? ''
    : `${writer === undefined ? 'nothing proves who changed it last' : `${JSON.stringify(writer)} changes it, which is no GitOps identity`}`;
  return { trust: 'Claimed', detail: [problem, by].filter(Boolean).join(', and ') || 'nothing proves it' };
}
