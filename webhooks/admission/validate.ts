import { GROUP } from '../../api/index.ts';
import type { AdmissionAnswer, AdmissionRequest } from '../server/review.ts';
import { auditAnnotations, refuse, warningsOf } from './answer.ts';
import { stampRefusals, statusRefusals, writerRefusals } from './authority.ts';
import { changeStampRefusals } from './change.ts';
import { changesNothingOfOurs, sameSpec } from './changes.ts';
import type { PolicyJudgement } from './policy.ts';
import { judgeByPolicies } from './policy.ts';
import { rulesOf, subjectOf } from './subject.ts';
import type { Admission, KindRules, Opinion, Refusal, Subject } from './types.ts';

const PASS: AdmissionAnswer = { allowed: true };

/**
 * What the validating webhook answers: who may write, stamps, what a schema cannot say, policies; then, where something
 * has to be asked or waited for, that.
 */
export function validate(
  request: AdmissionRequest,
  admission: Admission,
  signal: AbortSignal,
): AdmissionAnswer | Promise<AdmissionAnswer> {
  const { operation, resource, subResource, user } = request;
  // Whoever registers us for more than our own kinds gets no say from us there, and no harm.
  if (resource.group !== GROUP || operation === 'DELETE' || operation === 'CONNECT') return PASS;
  const rules = rulesOf(request);
  if (rules === undefined) {
    const of = `${resource.resource}.${resource.version}.${GROUP}`;
    return refuse([
      { rule: 'webhook', field: 'kind', message: `${of} is not known to this webhook; fix: update it`, code: 400 },
    ]);
  }
  if (subResource === 'status') {
    const refusals = statusRefusals(resource.resource, user.username, admission.identities);
    return refusals.length > 0 ? refuse(refusals) : PASS;
  }
  if (subResource !== '') return PASS;
  const subject = subjectOf(request);
  if (subject === undefined) {
    const field = request.object === null ? 'object' : 'oldObject';
    return refuse([{ rule: 'webhook', field, message: `is null, which an ${operation} cannot be about`, code: 400 }]);
  }
  const { object, oldObject } = subject;
  if (oldObject !== undefined) {
    if (changesNothingOfOurs(object, oldObject)) return PASS;
    if (object.metadata?.deletionTimestamp && sameSpec(object, oldObject)) return PASS;
  }

  const own: Refusal[] = [
    ...writerRefusals(rules, subject, admission.identities),
    ...stampRefusals(rules, subject, admission.identities),
    ...changeStampRefusals(rules, subject, admission),
  ];
  if (own.length > 0) return refuse(own);
  if (admission.identities.isRestorer(user.username)) return PASS;
  const opinion = checked(rules, subject, admission);
  const judgement = judgeByPolicies(rules, subject, admission);
  if (judgement !== undefined) count(judgement, request, admission);
  const answer = combine(opinion, judgement);
  if (!answer.allowed || rules.consult === undefined) return answer;
  return rules.consult(subject, admission, signal).then((more) => combine(join(opinion, more), judgement));
}

/** What the schema cannot say; of an update only what the old object did not have. */
function checked(rules: KindRules, subject: Subject, admission: Admission): Opinion {
  const { refusals = [], warnings = [] } = rules.check?.(subject, admission) ?? {};
  if (refusals.length === 0 || subject.oldObject === undefined) return { refusals, warnings };
  const before = rules.check?.({ ...subject, object: subject.oldObject }, admission).refusals ?? [];
  const had = new Set(before.map(({ rule, field, message }) => JSON.stringify([rule, field, message])));
  return {
    refusals: refusals.filter(({ rule, field, message }) => !had.has(JSON.stringify([rule, field, message]))),
    warnings,
  };
}

function combine({ refusals = [], warnings = [] }: Opinion, judgement: PolicyJudgement | undefined): AdmissionAnswer {
  const told = warningsOf([...(judgement?.verdict.warnings ?? []), ...warnings]);
  const denials = judgement?.denials ?? [];
  const audit = judgement === undefined ? {} : auditAnnotations(judgement);
  const rest = {
    ...(told.length === 0 ? {} : { warnings: told }),
    ...(Object.keys(audit).length === 0 ? {} : { auditAnnotations: audit }),
  };
  if (refusals.length === 0 && denials.length === 0) return { allowed: true, ...rest };
  return {
    ...refuse(
      refusals,
      denials.map(({ message }) => message),
    ),
    ...rest,
  };
}

const join = (a: Opinion, b: Opinion): Opinion => ({
  refusals: [...(a.refusals ?? []), ...(b.refusals ?? [])],
  warnings: [...(a.warnings ?? []), ...(b.warnings ?? [])],
});

function count(
  { verdict, denials, ratcheted }: PolicyJudgement,
  request: AdmissionRequest,
  admission: Admission,
): void {
  const { metrics, logger } = admission;
  for (const finding of verdict.findings) if (!ratcheted.includes(finding)) metrics.finding(finding);
  for (const { policy } of ratcheted) metrics.ratcheted(policy);
  for (const finding of verdict.excepted) metrics.excepted(finding);
  if (denials.length === 0) return;
  logger.info(
    {
      uid: request.uid,
      kind: request.kind.kind,
      object: `${request.namespace}/${request.name}`,
      user: request.user.username,
      dryRun: request.dryRun,
      findings: denials.map(({ message }) => message),
    },
    'webhook: denied by policy',
  );
}
