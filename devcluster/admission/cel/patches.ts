/** What mutations make: `Object{spec: Object.spec{replicas: 3}}` and `JSONPatch{op: "add", path: "/x", value: 1}`. */
import { type CelType, celTypes, type EnvironmentOptions } from '../../../schema/cel/index.ts';
import { CelMap, type CelValue } from '../../../schema/cel/values.ts';

const { DYN, STRING, struct } = celTypes;

/** Fields of an object whose kind is not known before it is patched: whatever is asked for. */
class AnyFields extends Map<string, CelType> {
  override get(): CelType {
    return DYN;
  }

  override has(): boolean {
    return true;
  }
}

const jsonPatchType = struct(
  'JSONPatch',
  new Map([
    ['op', STRING],
    ['path', STRING],
    ['from', STRING],
    ['value', DYN],
  ]),
);

/** `Object` and any `Object.a.b`, by name. */
class PatchStructs extends Map<string, CelType> {
  override get(name: string): CelType | undefined {
    if (name === 'JSONPatch') return jsonPatchType;
    return name === 'Object' || name.startsWith('Object.') ? struct(name, new AnyFields()) : undefined;
  }

  override has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

/** A value written as `Name{…}`. */
class Constructed extends CelMap {
  readonly typeName: string;
  private readonly fields: ReadonlyMap<string, CelValue>;

  constructor(typeName: string, fields: ReadonlyMap<string, CelValue>) {
    super();
    this.typeName = typeName;
    this.fields = fields;
  }

  get size(): number {
    return this.fields.size;
  }

  keys(): readonly CelValue[] {
    return [...this.fields.keys()];
  }

  get(key: CelValue): CelValue | undefined {
    return typeof key === 'string' ? this.fields.get(key) : undefined;
  }
}

/** Where an `Object.a.b` stands elsewhere than at `a.b`; undefined: nowhere. */
export function misplaced(value: CelValue | undefined, path = 'Object'): string | undefined {
  if (!(value instanceof Constructed)) return undefined;
  if (value.typeName !== path) {
    return `unexpected type name ${JSON.stringify(value.typeName)}, expected ${JSON.stringify(path)}, which matches field name path from root Object type`;
  }
  for (const key of value.keys()) {
    const problem = misplaced(value.get(key), `${path}.${String(key)}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Types and their maker, for an environment of mutations. */
export const patchTypes: Required<Pick<EnvironmentOptions, 'structs' | 'construct'>> = {
  structs: new PatchStructs(),
  construct: (typeName, fields) => new Constructed(typeName, fields),
};

type Library = NonNullable<EnvironmentOptions['libraries']>[number];

/** `jsonpatch.escapeKey`: a key as a step of a JSON pointer. */
export const jsonPatchLibrary: Library = (declare) => {
  declare('jsonpatch_escapekey_string', 'jsonpatch.escapeKey(string) -> string', (key: string) =>
    key.replaceAll('~', '~0').replaceAll('/', '~1'),
  );
};
