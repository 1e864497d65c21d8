/** The set of fields that a value has: what an applier comes to own. */
import type { Json, JsonObject, MergeType } from '../types.ts';
import { type FieldSet, leaf, rootSet, setNode } from './fieldset.ts';
import { ElementError, fieldType, isMap, isNamedField, itemElement, resolve } from './walk.ts';

/** What a value says of its own place and of the places below. */
interface Found {
  readonly member: boolean;
  readonly children: Map<string, FieldSet>;
}

const nothing: Found = { member: false, children: new Map() };
const itself: Found = { member: true, children: new Map() };

function fieldsOf(type: MergeType, value: Json): Found {
  const shape = resolve(type, value);
  if (shape.shape === 'scalar') return itself;
  if (shape.atomic === true || (shape.shape === 'list' && shape.listType === undefined)) return itself;
  if (shape.shape === 'list') return Array.isArray(value) ? listFields(shape, value) : nothing;
  return isMap(value) ? mapFields(shape, value) : nothing;
}

function mapFields(type: MergeType, value: JsonObject): Found {
  const children = new Map<string, FieldSet>();
  for (const key of Object.keys(value)) {
    const item = value[key] as Json;
    const below = fieldsOf(fieldType(type, key) ?? { shape: 'deduced' }, item);
    const blank = item === null || (isMap(item) && Object.keys(item).length === 0);
    const node = setNode(below.member || blank || !isNamedField(type, key), below.children);
    if (node !== undefined) children.set(`f:${key}`, node);
  }
  return { member: false, children };
}

function listFields(type: MergeType, items: readonly Json[]): Found {
  const element = type.element?.() ?? { shape: 'deduced' as const };
  const children = new Map<string, FieldSet>();
  const seen = new Set<string>();
  for (const item of items) {
    let name: string;
    try {
      name = itemElement(type, item);
    } catch (error) {
      if (error instanceof ElementError) continue;
      throw error;
    }
    // Duplicates are owned as one, without what is inside.
    if (seen.has(name)) children.set(name, leaf);
    else children.set(name, setNode(true, fieldsOf(element, item).children) ?? leaf);
    seen.add(name);
  }
  return { member: false, children };
}

export function toFieldSet(type: MergeType, value: JsonObject): FieldSet {
  return rootSet(fieldsOf(type, value).children);
}
