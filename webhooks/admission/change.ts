import { STAMPS } from '../../api/index.ts';
import type { JsonPatchOperation } from '../../kube/index.ts';
import type { PolicyObject } from '../../policies/engine/index.ts';
import { lastWriterOf, sealChange } from '../../policies/provenance/index.ts';
import { sameDefinition } from './changes.ts';
import type { Admission, KindRules, Refusal, Subject } from './types.ts';

const FIELDS = [STAMPS.changedBy, STAMPS.changeSeal] as const;
type ChangeStamps = { readonly [name in (typeof FIELDS)[number]]?: string };

/**
 * What the two stamps of the last change are to be: of who changes the definition now, else as they were. Undefined where
 * nothing is to be said: of other kinds, of what a backup brings back, of an object without a name.
 */
function changeStampsFor(rules: KindRules, subject: Subject, admission: Admission): ChangeStamps | undefined {
  const { object, oldObject, user, namespace } = subject;
  if (rules.definition !== true || admission.identities.isRestorer(user.username)) return undefined;
  if (oldObject !== undefined && sameDefinition(object, oldObject)) return stampsOf(oldObject);
  const key = admission.world.sealKey();
  const seal = key === undefined ? undefined : sealChange(key, object, user.username, namespace);
  return seal === undefined ? undefined : { [STAMPS.changedBy]: user.username, [STAMPS.changeSeal]: seal };
}

/**
 * A JSON Patch that sets the stamps of the last change. They are the webhook's own, and the only values that it ever replaces:
 * Git does not carry them.
 */
export function stampChange(
  rules: KindRules,
  subject: Subject,
  admission: Admission,
): { readonly absent: Readonly<Record<string, string>>; readonly replaced: readonly JsonPatchOperation[] } {
  const wanted = changeStampsFor(rules, subject, admission);
  const present = stampsOf(subject.object);
  const absent: Record<string, string> = {};
  const replaced: JsonPatchOperation[] = [];
  for (const name of FIELDS) {
    const value = wanted?.[name];
    if (value === undefined || value === present[name]) continue;
    if (present[name] === undefined) absent[name] = value;
    else replaced.push({ op: 'replace', path: `/metadata/annotations/${name.replaceAll('/', '~1')}`, value });
  }
  return { absent, replaced };
}

/** A stamp names who changes the object, or stays as it was. Where it is absent, nothing is proven and nothing is claimed. */
export function changeStampRefusals(rules: KindRules, subject: Subject, { identities }: Admission): Refusal[] {
  const { object, oldObject, user } = subject;
  if (rules.definition !== true || identities.isRestorer(user.username)) return [];
  const stamps = stampsOf(object);
  const unchanged = oldObject !== undefined && sameDefinition(object, oldObject);
  const before = oldObject === undefined ? {} : stampsOf(oldObject);
  const wrong = FIELDS.find((name) => {
    if (unchanged) return stamps[name] !== before[name];
    return name === STAMPS.changedBy && stamps[name] !== undefined && stamps[name] !== user.username;
  });
  if (wrong === undefined) return [];
  return [
    {
      rule: 'stamps',
      field: `metadata.annotations[${JSON.stringify(wrong)}]`,
      message: `${JSON.stringify(stamps[wrong] ?? null)} is not what the webhook sets; fix: leave the annotation out, it is set for you`,
    },
  ];
}

/** Who wrote the definition that an object is about to have: who changes it now, else who is sealed to have changed it last. */
export function writerOf(subject: Subject, { world }: Admission): string | undefined {
  const { object, oldObject, user, namespace } = subject;
  if (oldObject === undefined || !sameDefinition(object, oldObject)) return user.username;
  const key = world.sealKey();
  const placed = { ...oldObject, metadata: { ...oldObject.metadata, namespace } };
  return key === undefined ? undefined : lastWriterOf([key], placed);
}

function stampsOf({ metadata }: PolicyObject): ChangeStamps {
  const annotations = metadata?.annotations ?? {};
  return Object.fromEntries(
    FIELDS.flatMap((name) => (Object.hasOwn(annotations, name) ? [[name, annotations[name]]] : [])),
  );
}
