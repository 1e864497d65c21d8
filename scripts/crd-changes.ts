import type { SchemaProps } from '../schema/types.ts';

/** What of a CustomResourceDefinition matters to who has objects stored. */
export interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: SchemaProps };
    }[];
  };
}

/** How values are read, merged or kept. */
const SAME = [
  'format',
  'nullable',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
] as const;

type Note = (path: string, what: string) => void;
const UPPER = ['maximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
const LOWER = ['minimum', 'minLength', 'minItems', 'minProperties'] as const;

/** Each change between two sets of CRDs that is not additive: what was accepted, stored or read before is not any more. */
export function changesThatBreak(before: readonly Definition[], now: readonly Definition[]): string[] {
  const found: string[] = [];
  for (const old of before) {
    const { name } = old.metadata;
    const next = now.find(({ metadata }) => metadata.name === name);
    if (next === undefined) {
      found.push(`${name}: is gone`);
      continue;
    }
    if (old.spec.scope !== next.spec.scope)
      found.push(`${name}: scope is ${next.spec.scope}, it was ${old.spec.scope}`);
    if (old.spec.names.kind !== next.spec.names.kind) found.push(`${name}: its kind has another name`);
    for (const version of old.spec.versions) {
      const same = next.spec.versions.find((each) => each.name === version.name);
      if (same === undefined || (version.served && !same.served)) {
        found.push(`${name}: version ${version.name} is not served any more`);
        continue;
      }
      compare(version.schema.openAPIV3Schema, same.schema.openAPIV3Schema, '', (path, what) =>
        found.push(`${name} ${version.name}: ${path || '.'}: ${what}`),
      );
    }
  }
  return found;
}

/** Rules in CEL that stored objects may not satisfy. What names a field that is new says nothing of objects without it. */
function newRules(old: SchemaProps, next: SchemaProps): string[] {
  const known = new Set((old['x-kubernetes-validations'] ?? []).map(({ rule }) => rule));
  const fields = newFields(old, next);
  return (next['x-kubernetes-validations'] ?? [])
    .map(({ rule }) => rule)
    .filter(
      (rule) =>
        !known.has(rule) &&
        !known.has(unlessUnchanged(rule)) &&
        !fields.some((field) => rule.includes(`has(self.${field})`)),
    );
}

/** What is left of a rule that only says beforehand that it holds where nothing changes: it refuses no more without. */
const unlessUnchanged = (rule: string): string => /^self == oldSelf \|\| \((.*)\)$/s.exec(rule)?.[1] ?? rule;

const isImmutable = (schema: SchemaProps): boolean =>
  (schema['x-kubernetes-validations'] ?? []).some(({ rule }) => rule === 'self == oldSelf');

/** `egressHosts`, `execute.container`: fields below a node that were not there. */
function newFields(old: SchemaProps | undefined, next: SchemaProps, path = ''): string[] {
  return Object.entries(next.properties ?? {}).flatMap(([name, property]) => {
    const known = old?.properties?.[name];
    return known === undefined ? [`${path}${name}`] : newFields(known, property, `${path}${name}.`);
  });
}

function compare(old: SchemaProps, next: SchemaProps, path: string, note: Note): void {
  if (old.type !== next.type) note(path, `type is ${next.type}, it was ${old.type}`);
  const values = (schema: SchemaProps): string[] => (schema.enum ?? []).map((value) => JSON.stringify(value));
  if (next.enum !== undefined) {
    if (old.enum === undefined) note(path, 'takes certain values only');
    const gone = values(old).filter((value) => !values(next).includes(value));
    if (gone.length > 0) note(path, `does not take ${gone.join(', ')} any more`);
  }
  for (const key of UPPER) {
    const [was, is] = [old[key], next[key]];
    if (is !== undefined && (was === undefined || is < was)) note(path, `${key} is ${is}, it was ${was ?? 'open'}`);
  }
  for (const key of LOWER) {
    const [was, is] = [old[key], next[key]];
    if (is !== undefined && (was === undefined ? is > 0 : is > was))
      note(path, `${key} is ${is}, it was ${was ?? 'open'}`);
  }
  if (next.pattern !== undefined && next.pattern !== old.pattern) note(path, 'has another pattern');
  if (JSON.stringify(old.default) !== JSON.stringify(next.default) && old.default !== undefined) {
    note(path, `default is ${JSON.stringify(next.default)}, it was ${JSON.stringify(old.default)}`);
  }
  for (const key of SAME) {
    const [was, is] = [JSON.stringify(old[key]), JSON.stringify(next[key])];
    if (was === is) continue;
    // To take more than before is no breach: what was refused is not stored.
    if (key === 'nullable' && next.nullable === true) continue;
    // Nor is another way to merge what never changes.
    if (key === 'x-kubernetes-map-type' && isImmutable(old) && isImmutable(next)) continue;
    note(path, `${key} is ${is}, it was ${was}`);
  }
  for (const rule of newRules(old, next)) note(path, `has another rule: ${rule}`);
  const required = (next.required ?? []).filter((name) => !(old.required ?? []).includes(name));
  for (const name of required) note(`${path}.${name}`, 'is required now');
  for (const [name, property] of Object.entries(old.properties ?? {})) {
    const same = next.properties?.[name];
    if (same === undefined) note(`${path}.${name}`, 'is gone');
    else compare(property, same, `${path}.${name}`, note);
  }
  if (typeof old.items === 'object' && typeof next.items === 'object') {
    compare(old.items as SchemaProps, next.items as SchemaProps, `${path}[]`, note);
  }
  if (typeof old.additionalProperties === 'object' && typeof next.additionalProperties === 'object') {
    compare(old.additionalProperties as SchemaProps, next.additionalProperties as SchemaProps, `${path}{}`, note);
  }
}
