import { STAMPS } from '../../api/index.ts';
import type { JsonPatchOperation } from '../../kube/index.ts';
import type { AdmissionAnswer, AdmissionRequest } from '../server/review.ts';
import { addAbsent } from './additions.ts';
import { stampOf } from './authority.ts';
import { stampChange } from './change.ts';
import { rulesOf, subjectOf } from './subject.ts';
import type { Additions, Admission, KindRules, Subject } from './types.ts';

const NOTHING: AdmissionAnswer = { allowed: true };

/**
 * What the mutating webhook answers: never a refusal, and a patch that only adds absent map fields and sets its own stamps.
 * Asked again about its own result it does nothing.
 */
export function mutate(
  request: AdmissionRequest,
  admission: Admission,
  signal: AbortSignal,
): AdmissionAnswer | Promise<AdmissionAnswer> {
  const rules = rulesOf(request);
  const subject = subjectOf(request);
  if (rules === undefined || subject === undefined || request.subResource !== '') return NOTHING;
  const change = stampChange(rules, subject, admission);
  const stamp = { metadata: { annotations: { ...stampFor(rules, subject, admission), ...change.absent } } };
  if (rules.additions === undefined) return patched(subject, [stamp], change.replaced);
  return rules.additions(subject, admission, signal).then((more) => patched(subject, [stamp, more], change.replaced));
}

function stampFor(
  rules: KindRules,
  { object, oldObject, user }: Subject,
  { identities }: Admission,
): Record<string, string> {
  // A manifest without the annotation must not take it away.
  if (oldObject !== undefined) {
    const before = stampOf(oldObject);
    return before === undefined ? {} : { [STAMPS.createdBy]: before };
  }
  // What a backup brings back without a stamp had none.
  const restored = identities.isRestorer(user.username) && object.metadata?.annotations?.[STAMPS.seal] !== undefined;
  return rules.stamped && !restored ? { [STAMPS.createdBy]: user.username } : {};
}

function patched(
  { object }: Subject,
  all: readonly Additions[],
  replaced: readonly JsonPatchOperation[],
): AdmissionAnswer {
  const additions = all.reduce<Record<string, unknown>>(merge, {});
  const patch = [...addAbsent(object, additions), ...replaced];
  return patch.length === 0 ? NOTHING : { allowed: true, patch };
}

/** One tree of additions out of two that name different fields; empty maps add nothing. */
function merge(into: Record<string, unknown>, from: Additions): Record<string, unknown> {
  const result = { ...into };
  for (const [field, value] of Object.entries(from)) {
    if (!isMap(value)) {
      result[field] = value;
      continue;
    }
    const known = result[field];
    const merged = merge(isMap(known) ? known : {}, value);
    if (Object.keys(merged).length > 0) result[field] = merged;
  }
  return result;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
