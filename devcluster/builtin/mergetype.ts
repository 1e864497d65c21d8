/** The shapes of builtin kinds for server-side apply and strategic merge. */
import type { MergeType } from '../types.ts';
import { type FieldType, structType, type WireType, zeroStruct, zeroValue } from './types.ts';

const deduced: MergeType = { shape: 'deduced' };
const untypedAtomic: MergeType = { shape: 'deduced', atomic: true };
const scalars: { readonly [name: string]: MergeType } = {
  string: { shape: 'scalar', scalar: 'string' },
  boolean: { shape: 'scalar', scalar: 'boolean' },
  numeric: { shape: 'scalar', scalar: 'numeric' },
  untyped: { shape: 'scalar', scalar: 'untyped' },
};

function scalarMergeType(name: string): MergeType {
  switch (name) {
    case 'string':
    case 'byte':
      return scalars.string as MergeType;
    case 'boolean':
      return scalars.boolean as MergeType;
    case 'int32':
    case 'int64':
    case 'integer':
    case 'double':
      return scalars.numeric as MergeType;
    case 'raw':
      return untypedAtomic;
    case 'any':
    case 'json':
    case 'object':
    case 'fields':
    case 'schemaorbool':
    case 'schemaorarray':
    case 'schemaorstrings':
      return deduced;
    default:
      return scalars.untyped as MergeType;
  }
}

const structMergeTypes = new Map<string, MergeType>();

/** The shape of a definition; `zero` is what an empty object of it prints. */
export function structMergeType(name: string): MergeType {
  const known = structMergeTypes.get(name);
  if (known !== undefined) return known;
  const struct = structType(name);
  const fields = new Map<string, MergeType>();
  const made: MergeType = {
    shape: 'map',
    ...(struct.atomic ? { atomic: true } : {}),
    field: (key) => {
      const cached = fields.get(key);
      if (cached !== undefined) return cached;
      const field = struct.fields.get(key);
      if (field === undefined) return undefined;
      const type = fieldMergeType(field);
      fields.set(key, type);
      return type;
    },
    zero: () => zeroStruct(struct),
  };
  structMergeTypes.set(name, made);
  return made;
}

function keyDefaults(element: WireType, keys: readonly string[]): MergeType['keyDefaults'] {
  if (element.kind !== 'struct') return undefined;
  const { fields } = structType(element.name);
  const found = keys.flatMap((key) => {
    const field = fields.get(key);
    // A key that is required counts as empty where it is missing.
    const initial = field?.default ?? (field?.required === true ? zeroValue(field.type, false) : undefined);
    return initial === undefined ? [] : [[key, initial] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function fieldMergeType(field: FieldType): MergeType {
  const patch = {
    ...(field.patchStrategy !== undefined ? { patchStrategy: field.patchStrategy } : {}),
    ...(field.patchMergeKey !== undefined ? { patchMergeKey: field.patchMergeKey } : {}),
  };
  const base = mergeTypeOf(field.type);
  if (field.type.kind === 'list') {
    // A list type wins over the older patch strategy; without either a list is atomic.
    const strategy = field.patchStrategy?.startsWith('merge') ?? false;
    const keys =
      field.listMapKeys ??
      (field.listType === undefined && strategy && field.patchMergeKey !== undefined
        ? [field.patchMergeKey]
        : undefined);
    const listType = field.listType ?? (strategy ? (keys === undefined ? 'set' : 'map') : 'atomic');
    if (listType === 'atomic') return { ...base, atomic: true, ...patch };
    const defaults = keys === undefined ? undefined : keyDefaults(field.type.element, keys);
    return {
      ...base,
      atomic: false,
      listType,
      ...(keys !== undefined ? { listMapKeys: keys } : {}),
      ...(defaults !== undefined ? { keyDefaults: defaults } : {}),
      ...patch,
    };
  }
  if (field.granular) return { ...base, atomic: false, ...patch };
  if (field.atomicMap || field.patchStrategy !== undefined)
    return { ...base, ...(field.atomicMap ? { atomic: true } : {}), ...patch };
  return base;
}

function mergeTypeOf(type: WireType): MergeType {
  switch (type.kind) {
    case 'scalar':
      return scalarMergeType(type.name);
    case 'struct':
      return structMergeType(type.name);
    case 'list': {
      const { element } = type;
      return { shape: 'list', atomic: true, element: () => mergeTypeOf(element) };
    }
    case 'map': {
      const { element } = type;
      return { shape: 'map', element: () => mergeTypeOf(element) };
    }
  }
}
