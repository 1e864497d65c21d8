import { GROUP, VERSION } from '../../api/index.ts';
import { KIND_RULES } from '../kinds/index.ts';
import type { AdmissionRequest } from '../server/review.ts';
import type { KindRules, Subject } from './types.ts';

/** The rules of the kind that a request is about; undefined where it is none of ours. */
export function rulesOf({ resource }: AdmissionRequest): KindRules | undefined {
  return resource.group === GROUP && resource.version === VERSION ? KIND_RULES.get(resource.resource) : undefined;
}

/** What is written; undefined for other operations, and where a review lacks the objects that it must have. */
export function subjectOf(request: AdmissionRequest): Subject | undefined {
  const { operation, object, oldObject, user } = request;
  if (object === null || (operation !== 'CREATE' && operation !== 'UPDATE')) return undefined;
  if (operation === 'UPDATE' && oldObject === null) return undefined;
  return {
    request,
    operation,
    user,
    namespace: request.namespace,
    object,
    oldObject: operation === 'UPDATE' && oldObject !== null ? oldObject : undefined,
  };
}
