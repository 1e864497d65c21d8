/** How defaults are filled: an object is walked along its type, outer definitions first, and each one's defaults are filled in place. */
import type { Json, JsonObject } from '../types.ts';
import { child } from './access.ts';
import { type StructType, structType, type WireType } from './types.ts';

export type Defaults = (object: JsonObject) => void;

/** Sets what is absent. */
export function fill(object: JsonObject, values: { readonly [field: string]: Json }): void {
  for (const [field, value] of Object.entries(values)) if (object[field] === undefined) object[field] = value;
}

/** The object under `field`, made when absent. */
export function ensure(object: JsonObject, field: string): JsonObject {
  const known = child(object, field);
  if (known !== undefined) return known;
  const made: JsonObject = {};
  object[field] = made;
  return made;
}

/** Fills the defaults of the definition `name` in place, from a table of what each definition fills into its values. */
export function defaulter(defaults: {
  readonly [definition: string]: Defaults;
}): (object: JsonObject, name: string) => void {
  const reaching = new Map<string, boolean>();

  /** Whether anything below a definition has defaults, so that the walk can leave out what has none. */
  function reaches(type: WireType, seen: Set<string>): boolean {
    if (type.kind === 'scalar') return false;
    if (type.kind !== 'struct') return reaches(type.element, seen);
    const known = reaching.get(type.name);
    if (known !== undefined) return known;
    if (defaults[type.name] !== undefined) {
      reaching.set(type.name, true);
      return true;
    }
    if (seen.has(type.name)) return false;
    seen.add(type.name);
    const found = [...structType(type.name).fields.values()].some((field) => reaches(field.type, seen));
    if (found || seen.size === 1) reaching.set(type.name, found);
    return found;
  }

  const walked = new Map<string, readonly (readonly [string, WireType])[]>();

  function fieldsWithDefaults(struct: StructType): readonly (readonly [string, WireType])[] {
    const known = walked.get(struct.name);
    if (known !== undefined) return known;
    const found = [...struct.fields.values()]
      .filter((field) => reaches(field.type, new Set()))
      .map((field) => [field.name, field.type] as const);
    walked.set(struct.name, found);
    return found;
  }

  function walk(value: Json | undefined, type: WireType): void {
    if (typeof value !== 'object' || value === null) return;
    if (type.kind === 'list') {
      if (Array.isArray(value)) for (const item of value) walk(item, type.element);
    } else if (Array.isArray(value)) return;
    else if (type.kind === 'map') for (const item of Object.values(value)) walk(item, type.element);
    else if (type.kind === 'struct') {
      defaults[type.name]?.(value);
      for (const [name, fieldType] of fieldsWithDefaults(structType(type.name))) walk(value[name], fieldType);
    }
  }

  return (object, name) => walk(object, { kind: 'struct', name });
}
