/** Sets written before a schema made something atomic: who owned parts of it owns it whole. */
import type { MergeType } from '../types.ts';
import { type FieldSet, hasChildren, isMember, leaf, setNode } from './fieldset.ts';
import { fieldType } from './walk.ts';

/** The set, with what has become atomic as a member instead of its parts; the same set when nothing has. */
export function reconcile(type: MergeType, set: FieldSet): FieldSet {
  return reconcileNode(type, set, false) ?? set;
}

function childType(type: MergeType, element: string): MergeType | undefined {
  if (type.shape === 'map') return element.startsWith('f:') ? fieldType(type, element.slice(2)) : undefined;
  return type.shape === 'list' ? type.element?.() : undefined;
}

function reconcileNode(type: MergeType, node: FieldSet, nested: boolean): FieldSet | undefined {
  // A value without a schema has no marks that could have changed.
  if (type.shape === 'deduced' || type.shape === 'scalar' || !hasChildren(node)) return node;
  if (nested && (type.atomic === true || (type.shape === 'list' && type.listType === undefined))) return leaf;
  let changed: Map<string, FieldSet> | undefined;
  for (const key in node) {
    if (key === '.') continue;
    const below = node[key] as FieldSet;
    const belowType = childType(type, key);
    const made = belowType === undefined ? below : (reconcileNode(belowType, below, true) ?? below);
    if (made === below) continue;
    changed ??= new Map(Object.entries(node).filter(([element]) => element !== '.'));
    changed.set(key, made);
  }
  return changed === undefined ? node : setNode(nested && isMember(node), changed);
}
