import { isDeepStrictEqual } from 'node:util';
import { GROUP } from '../../api/index.ts';
import type { PolicyObject } from '../../policies/engine/index.ts';
import { MARK_ANNOTATIONS, MARK_LABELS } from '../../policies/provenance/index.ts';

/** Whether two versions of an object have the same spec. */
export const sameSpec = (a: PolicyObject, b: PolicyObject): boolean => isDeepStrictEqual(a.spec, b.spec);

/** Whether two versions of an object are the same definition: their spec, and what they say of where they come from. */
export function sameDefinition(a: PolicyObject, b: PolicyObject): boolean {
  const same = (field: 'annotations' | 'labels', names: readonly string[]): boolean =>
    names.every((name) => own(a.metadata?.[field], name) === own(b.metadata?.[field], name));
  return same('annotations', MARK_ANNOTATIONS) && same('labels', MARK_LABELS) && sameSpec(a, b);
}

const own = (map: Record<string, string> | undefined, name: string): string | undefined =>
  map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;

/** Whether an update changes nothing that is judged: neither spec nor labels nor annotations of ours. */
export function changesNothingOfOurs(object: PolicyObject, old: PolicyObject): boolean {
  return (
    isDeepStrictEqual(object.metadata?.labels ?? {}, old.metadata?.labels ?? {}) &&
    isDeepStrictEqual(ownAnnotations(object), ownAnnotations(old)) &&
    toolCallOwners(object).every((uid) => toolCallOwners(old).includes(uid)) &&
    sameSpec(object, old)
  );
}

/** UIDs of the tool calls that own an object. */
export function toolCallOwners({ metadata }: PolicyObject): readonly string[] {
  const owners = metadata?.ownerReferences;
  return Array.isArray(owners) ? owners.filter((owner) => owner?.kind === 'TaskRunToolCall').map(({ uid }) => uid) : [];
}

function ownAnnotations({ metadata }: PolicyObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata?.annotations ?? {}).filter(([name]) => name.startsWith(`${GROUP}/`)),
  );
}
