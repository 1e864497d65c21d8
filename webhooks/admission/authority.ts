import { STAMPS } from '../../api/index.ts';
import type { PolicyObject } from '../../policies/engine/index.ts';
import type { Identities } from './identities.ts';
import type { KindRules, Refusal, Subject } from './types.ts';

const quoted = (text: string): string => JSON.stringify(text);

/** Records of the operator are written by the operator, and by those who bring a backup back. */
export function writerRefusals(rules: KindRules, { user, operation }: Subject, identities: Identities): Refusal[] {
  if (rules.writers === 'anyone' || identities.isOperator(user.username) || identities.isRestorer(user.username))
    return [];
  return [
    {
      rule: 'authority',
      field: 'metadata',
      message: `only the operator ${operation === 'CREATE' ? 'creates' : 'changes'} ${rules.kind.plural}, not ${quoted(user.username)}; fix: ${
        operation === 'CREATE' ? 'create a Task, the operator does the rest' : 'leave records of runs as they are'
      }`,
    },
  ];
}

/** What the controllers found is written by the operator alone. */
export function statusRefusals(resource: string, username: string, identities: Identities): Refusal[] {
  if (identities.isOperator(username) || identities.isRestorer(username)) return [];
  return [
    {
      rule: 'authority',
      field: 'status',
      message: `only the operator writes ${resource}/status, not ${quoted(username)}; fix: change spec, the operator follows`,
    },
  ];
}

/** The stamp says who created the object, was there from the beginning, and stays as it was. */
export function stampRefusals(rules: KindRules, subject: Subject, identities: Identities): Refusal[] {
  const { user, object, oldObject } = subject;
  if (identities.isRestorer(user.username)) return [];
  const field = `metadata.annotations[${quoted(STAMPS.createdBy)}]`;
  const stamp = stampOf(object);
  if (oldObject !== undefined) {
    const before = stampOf(oldObject);
    if (stamp === before) return [];
    const was = before === undefined ? 'absent' : quoted(before);
    return [
      {
        rule: 'stamps',
        field,
        message: `${stamp === undefined ? 'is missing' : quoted(stamp)}, it was ${was} and stays so; fix: leave the annotation as it is`,
      },
    ];
  }
  if (stamp === user.username || (stamp === undefined && (!rules.stamped || identities.isOperator(user.username))))
    return [];
  return [
    {
      rule: 'stamps',
      field,
      message:
        stamp === undefined
          ? 'is missing: the mutating webhook did not set it; fix: try again'
          : `${quoted(stamp)} is not who creates the object (${quoted(user.username)}); fix: leave the annotation out, it is set for you`,
    },
  ];
}

/** Who created the object, as its stamp says. */
export const stampOf = ({ metadata }: PolicyObject): string | undefined => {
  const annotations = metadata?.annotations ?? {};
  return Object.hasOwn(annotations, STAMPS.createdBy) ? annotations[STAMPS.createdBy] : undefined;
};
