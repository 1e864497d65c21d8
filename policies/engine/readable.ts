import type { FieldError } from '../../schema/index.ts';
import { isRecord } from './json.ts';

/** Where a spec has the wrong shape, as its schema says it: `spec.rules[1].expression`. */
export interface Misshapen {
  readonly field: string;
  readonly type: FieldError['type'];
}

/**
 * Takes away what of a policy's spec cannot be read, so that all of its mistakes are told at once, not those of its shape first.
 * An item of a list leaves a hole, and the others keep their places. Changes `spec`.
 */
export function dropUnreadable(spec: Record<string, unknown>, problems: readonly Misshapen[]): void {
  // All are looked for before one is taken away.
  const drops = problems.flatMap(({ field, type }) => {
    const path = [...field.matchAll(/[^.[\]]+/g)].map(([segment]) => segment).slice(1);
    return field.startsWith('spec.') ? [partAt(spec, path, type)] : [];
  });
  for (const part of drops) if (part !== undefined) delete part.holder[part.key];
}

interface Part {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** What to take away for the sake of what is at the path: the item of a list that is wrong inside, the whole of another list, else just that. */
function partAt(spec: Record<string, unknown>, path: readonly string[], type: FieldError['type']): Part | undefined {
  const [section] = path;
  if (section === undefined) return undefined;
  const all: Part = { holder: spec, key: section };
  let part = all;
  let at: unknown = spec;
  for (const [i, key] of path.entries()) {
    const last = i === path.length - 1;
    // What is missing is missing in what holds it.
    if (last && type === 'FieldValueRequired') return part;
    // A key with a dot in it, say: then the whole section goes.
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return all;
    const holder = at as Record<string, unknown>;
    at = holder[key];
    if (!Array.isArray(holder)) part = { holder, key };
    else if (!isRecord(at)) return part;
    else if (!last) return { holder, key };
    // A rule across the fields of an item: its shape is right.
    else return type === 'FieldValueTypeInvalid' ? part : undefined;
  }
  return part;
}
