/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import { merge } from '../../steps.ts';
import { type Kind, kinds } from '../kinds.objects.ts';

/** Values by dotted path; `undefined` removes. */
export type Change = { readonly [path: string]: unknown };

/** A copy of an object with values at some paths replaced. */
function changed(object: unknown, change: Change): unknown {
  const copy = JSON.parse(JSON.stringify(object)) as { [key: string]: unknown };
  for (const [path, value] of Object.entries(change)) {
    const parts = path.split('.');
    let holder = copy;
    for (const part of parts.slice(0, -1)) {
      holder[part] ??= {};
      holder = holder[part] as { [key: string]: unknown };
    }
    const last = parts.at(-1) ?? '';
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return copy;
}

function kindOf(plural: string, group?: string): Kind {
  const found = kinds.find((kind) => kind.plural === plural && (group === undefined || kind.group === group));
  if (found === undefined) throw new Error(`no kind ${plural}`);
  return found;
}

function pathOf({ group, plural, namespaced }: Kind): string {
  const root = group.includes('/') ? `/apis/${group}` : `/api/${group}`;
  return namespaced ? `${root}/namespaces/{ns}/${plural}` : `${root}/${plural}`;
}

function objectOf(kind: Kind, base: Change = {}): unknown {
  const name = kind.fixedName?.replace('{n}', '200') ?? (kind.namespaced ? 'subject' : '{ns}');
  return changed({ apiVersion: kind.group, kind: kind.kind, metadata: { name }, ...kind.body }, base);
}

/** A change as part of a case's name, not too long for one. */
function titled(change: unknown): string {
  const text = JSON.stringify(change, (_, value) => (value === undefined ? '<none>' : value));
  return text.length <= 150 ? text : `${text.slice(0, 150)}… (${text.length})`;
}

/** A create that leaves nothing; in a namespace that is there anyway, unless the object names its own. */
function dryCreate(kind: Kind, body: unknown): Step {
  const path = `${pathOf(kind)}?dryRun=All`;
  return { path: JSON.stringify(body).includes('{ns}') ? path : path.replace('{ns}', 'default'), body };
}

/** Creates as dry runs, one for each change. */
export function creates(plural: string, base: Change, changes: readonly Change[], group?: string): Case[] {
  const kind = kindOf(plural, group);
  return changes.map((change) => ({
    area: 'fields',
    name: `${plural}${group === undefined ? '' : ` of ${group}`}: ${titled(change)}`,
    steps: [dryCreate(kind, objectOf(kind, { ...base, ...change }))],
  }));
}

/** One object and merge patches of it, each as a dry run; once `settled` holds of it, where a controller writes to it in its own time. */
export function updates(
  plural: string,
  base: Change,
  changes: readonly Change[],
  group?: string,
  settled?: NonNullable<Step['until']>,
): Case[] {
  const kind = kindOf(plural, group);
  const object = objectOf(kind, base) as { metadata: { name: string } };
  const path = pathOf(kind);
  const own = `${path}/${object.metadata.name}`;
  return changes.map((change) => {
    const nulled = Object.fromEntries(Object.entries(change).map(([at, value]) => [at, value ?? null]));
    const steps: Step[] = [
      { path, body: object, quiet: true },
      ...(settled === undefined ? [] : [{ path: own, until: settled, quiet: true }]),
      { method: 'PATCH', path: `${own}?dryRun=All`, body: changed({}, nulled), type: merge },
    ];
    return {
      area: 'fields',
      name: `${plural}${group === undefined ? '' : ` of ${group}`}, update: ${titled(nulled)}`,
      steps,
    };
  });
}
