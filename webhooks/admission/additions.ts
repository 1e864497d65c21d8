import type { JsonPatchOperation } from '../../kube/index.ts';
import type { Additions } from './types.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * A JSON Patch that adds what is absent, and does nothing else: each operation is an `add` of a map field that is not
 * there, below a map that is. What is there, even a null, is left as it is.
 */
export function addAbsent(object: Json, additions: Additions): JsonPatchOperation[] {
  return additionsAt(object, additions, '');
}

function additionsAt(object: Json, additions: Additions, path: string): JsonPatchOperation[] {
  return Object.entries(additions).flatMap(([field, value]) => {
    if (value === undefined) return [];
    const at = `${path}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!Object.hasOwn(object, field)) return [{ op: 'add' as const, path: at, value }];
    const present = object[field];
    return isMap(present) && isMap(value) ? additionsAt(present, value, at) : [];
  });
}

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
