import type { AnyPolicy } from '../../policies/engine/index.ts';
import type { Admission, Opinion, Subject } from '../admission/types.ts';

/** A policy that cannot work is refused with the place where it is wrong; what may be meant otherwise is told. */
export function checkPolicy({ object, namespace }: Subject, { world }: Admission): Opinion {
  const policy = { ...object, metadata: { ...object.metadata, ...(namespace === '' ? {} : { namespace }) } };
  const problems = world.checkPolicy(policy as unknown as AnyPolicy);
  const told = problems.map(({ level, field, message, line, column }) => ({
    level,
    field,
    message: line === undefined ? message : `line ${line}, column ${column ?? 1}: ${message}`,
  }));
  return {
    refusals: told
      .filter(({ level }) => level === 'error')
      .map(({ field, message }) => ({ rule: 'policy', field, message, code: 422 })),
    warnings: told
      .filter(({ level }) => level === 'warning')
      .map(({ field, message }) => `[kubechain/policy] ${field}: ${message}`),
  };
}
