/** Values of the API as the real server's internal types print them in messages: all fields under their Go names, null where absent. */
import type { Json, JsonObject } from '../types.ts';
import { at, record } from './access.ts';
import { emptyLists } from './decode.ts';
import { goStructs } from './gostructs.ts';

interface Field {
  readonly name: string;
  readonly json: string;
  readonly type: string;
}

const parsed = new Map<string, readonly Field[]>();

function fieldsOf(struct: string): readonly Field[] {
  const known = parsed.get(struct);
  if (known !== undefined) return known;
  const fields = (goStructs[struct] ?? '').split(', ').map((text): Field => {
    const [names = '', type = ''] = text.startsWith('...') ? ['', text.slice(3)] : text.split(' ');
    const [name = '', json = ''] = names.split(':');
    return { name, json: json === '' ? name.charAt(0).toLowerCase() + name.slice(1) : json, type };
  });
  parsed.set(struct, fields);
  return fields;
}

function zero(type: string): Json {
  if (type === 's') return '';
  if (type === 'n' || type === 'i') return 0;
  if (type === 'b') return false;
  if (type === 'q') return '0';
  if (type === 'map' || type === 'raw' || type.startsWith('*') || type.startsWith('[]')) return null;
  return struct(type, {});
}

function form(type: string, value: Json | undefined): Json {
  if (value === undefined || value === null) return zero(type);
  if (type.startsWith('*')) return form(type.slice(1), value);
  if (type.startsWith('[]')) return Array.isArray(value) ? value.map((item) => form(type.slice(2), item)) : null;
  if (type === 'q') return String(value);
  if (type === 'map') {
    const entries = Object.entries(record({ value }, 'value')).map(([key, item]) => [key, String(item)] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return goStructs[type] === undefined ? value : struct(type, record({ value }, 'value'));
}

function struct(name: string, value: JsonObject): JsonObject {
  const out: JsonObject = {};
  const empty = emptyLists(value);
  for (const field of fieldsOf(name)) {
    if (field.name === '')
      Object.assign(out, form(field.type, field.type === 'raw' ? record(value, 'metadata') : value));
    else out[field.name] = form(field.type, value[field.json] ?? (empty.includes(field.json) ? [] : undefined));
  }
  return out;
}

/** A value of the struct `name` as its JSON would be printed in Go. */
export function goForm(name: string, value: unknown): JsonObject {
  return struct(name, record({ value }, 'value'));
}

const inSecurityContext = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'];

/** A pod's spec: the host's namespaces are part of its security context there. `empty`: lists that were given and are empty. */
export function goPodSpec(spec: unknown, empty = emptyLists(spec)): JsonObject {
  const context = { ...record(spec, 'securityContext') };
  for (const field of inSecurityContext) {
    const value = at(spec, field);
    if (value !== undefined) context[field] = value as Json;
  }
  const own = { ...Object.fromEntries(empty.map((field) => [field, []])), ...record({ spec }, 'spec') };
  const account = own.serviceAccountName ?? own.serviceAccount ?? null;
  return goForm('PodSpec', { ...own, securityContext: context, serviceAccountName: account });
}

/** A map as Go prints it. */
const sortedMap = (map: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)));

/** A pod template: its metadata has no name of its own there. */
export function goTemplate(template: unknown): JsonObject {
  const metadata = { ...record(template, 'metadata') };
  for (const field of ['labels', 'annotations'])
    if (metadata[field] !== undefined) metadata[field] = sortedMap(record(metadata, field));
  return { ...metadata, Spec: goPodSpec(at(template, 'spec')) };
}

/** Indented JSON as Go prints it. */
export function goIndented(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item), 1).replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Equality in which empty lists and maps are the same as none, and an empty struct is not the same as none. */
export function goEqual(left: JsonObject, right: JsonObject): boolean {
  const plain = (value: JsonObject) =>
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'object' && item !== null && Object.keys(item).length === 0
        ? null
        : typeof item === 'bigint'
          ? String(item)
          : item,
    );
  return plain(left) === plain(right);
}
