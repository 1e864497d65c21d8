/**
 * Reads plain JSON into a builtin kind as the real server's typed decoder does, in place: unknown fields go, null counts as
 * absent, zero values go where the type omits them, always-printed ones appear, quantities and times become canonical.
 */
import { cannotUnmarshal, jsonWord } from '../../schema/gojson.ts';
import { DecodeError, type Json, type JsonObject } from '../types.ts';
import { formatQuantity, parseQuantity, type Quantity, quantityError, wholeMilli } from './quantity.ts';
import {
  type FieldType,
  type ScalarType,
  type StructType,
  structType,
  type WireType,
  zeroStruct,
  zeroValue,
} from './types.ts';

/** Where the decoder is, for error messages: Go's name of the struct, and the path of field names without indices. */
interface Place {
  readonly struct: string;
  readonly path: string;
  /** Go's name of the type at this place, where it does not follow from the type. */
  readonly goType?: string | undefined;
}

const maxDepth = 200;

/** An error after which Go's decoder reads on: what a type reads itself is reported before. */
class NotedError extends DecodeError {}

/** Go's name of a type, as its JSON decoder prints it: `[]v1.Container`, `map[string]string`, `int32`. */
function goType(type: WireType): string {
  switch (type.kind) {
    case 'list':
      return `[]${goType(type.element)}`;
    case 'map':
      return `map[string]${goType(type.element)}`;
    case 'struct':
      return type.name.split('.').slice(-2).join('.');
    case 'scalar':
      if (type.name === 'boolean') return 'bool';
      if (type.name === 'double') return 'float64';
      if (type.name === 'byte') return '[]uint8';
      return type.name;
  }
}

/** The type of an item of `[]v1.X` or of a value of `map[string]v1.X`. */
function elementGoType(container: string | undefined): string | undefined {
  return container === undefined ? undefined : /^(?:\[\]|map\[[^\]]+\])(.+)$/.exec(container)?.[1];
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'bigint') return 'int64';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'object' ? 'map' : typeof value;
}

/** What the real server says of a value of another type where it converts parsed JSON. */
function conversionProblem(value: unknown, type: WireType, place: Place): string {
  const kind = goKind(value);
  if (type.kind === 'list') return `cannot restore slice from ${kind}`;
  if (type.kind === 'struct') return `cannot restore struct from: ${kind}`;
  if (type.kind === 'map') return `cannot restore map from ${kind}`;
  if (type.name === 'byte') return `cannot restore slice from ${kind}`;
  const name = goType(type);
  const convertible =
    name === 'string' ? kind === 'int64' : name !== 'bool' && (kind === 'int64' || kind === 'float64');
  return convertible ? `cannot convert ${kind} to ${place.goType ?? name}` : `unrecognized type: ${name}`;
}

function mismatch(value: unknown, type: WireType, place: Place, detail = ''): NotedError {
  const at = place.path === '' ? 'value' : `struct field ${place.struct}.${place.path}`;
  return new NotedError(
    `json: cannot unmarshal ${jsonWord(value)}${detail} into Go ${at} of type ${place.goType ?? goType(type)}`,
    conversionProblem(value, type, place),
  );
}

/** The mismatch of a type that reads its JSON itself; nothing is reported before it. */
function ownMismatch(value: unknown, name: 'string' | 'int32', place: Place): DecodeError {
  const { message } = mismatch(value, { kind: 'scalar', name }, { ...place, goType: undefined });
  return new DecodeError(message, cannotUnmarshal(value, `value of type ${name}`));
}

function decodeInteger(value: Json, type: ScalarType, place: Place): Json {
  const number: unknown = value;
  if (typeof number === 'bigint') {
    if (type.name === 'int64') return value;
    throw mismatch(value, type, place, ` ${number}`);
  }
  if (typeof number !== 'number') throw mismatch(value, type, place);
  const limit = type.name === 'int32' ? 2 ** 31 : 2 ** 63;
  if (!Number.isInteger(number) || number >= limit || number < -limit) throw mismatch(value, type, place, ` ${number}`);
  return number;
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)([.,]\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** What of a timestamp cannot be read, and the part of the layout that it should have been. */
function timeMismatch(value: string, type: string): readonly [string, string] {
  const seconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(value);
  if (seconds !== null) return [value.slice(seconds[0].length), type === 'microtime' ? '.000000' : 'Z07:00'];
  const parts: readonly (readonly [RegExp, string])[] = [
    [/^\d{4}/, '2006'],
    [/^\d{4}-/, '-'],
    [/^\d{4}-\d\d/, '01'],
    [/^\d{4}-\d\d-/, '-'],
    [/^\d{4}-\d\d-\d\d/, '02'],
    [/^\d{4}-\d\d-\d\dT/, 'T'],
  ];
  let read = '';
  for (const [pattern, expected] of parts) {
    const found = pattern.exec(value);
    if (found === null) return [value.slice(read.length), expected];
    read = found[0];
  }
  return [value.slice(read.length), '15'];
}

function decodeTime(value: Json, type: ScalarType, place: Place): Json {
  if (typeof value !== 'string') throw ownMismatch(value, 'string', place);
  const layout = type.name === 'microtime' ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
  const match = rfc3339.exec(value);
  const time = match === null ? Number.NaN : Date.parse(value.replace(',', '.').replace(/\.\d+/, ''));
  if (match === null || Number.isNaN(time) || (type.name === 'microtime' && match[7]?.length !== 7)) {
    const [rest, expected] = timeMismatch(value, type.name);
    throw new DecodeError(
      `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${expected}"`,
    );
  }
  const seconds = new Date(time).toISOString().slice(0, 19);
  if (type.name !== 'microtime') return `${seconds}Z`;
  return `${seconds}.${(match[7] ?? '.').slice(1, 7).padEnd(6, '0')}Z`;
}

function decodeBase64(value: Json, type: ScalarType, place: Place): Json {
  if (Array.isArray(value)) return decodeBytes(value, place);
  if (typeof value !== 'string') throw mismatch(value, type, place);
  const text = value.replaceAll(/[\r\n]/g, '');
  const valid = /^[A-Za-z0-9+/]*={0,2}/.exec(text)?.[0].length ?? 0;
  if (valid !== text.length || text.length % 4 !== 0) {
    const at = valid !== text.length ? valid : text.length - (text.length % 4);
    const message = `illegal base64 data at input byte ${at}`;
    throw new NotedError(message, `error decoding from json: ${message}`);
  }
  return text;
}

/** Bytes may also be given one by one. */
function decodeBytes(values: readonly Json[], place: Place): Json {
  const bytes = values.map((value) => {
    if (value === null) return 0;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255) return value;
    const detail = typeof value === 'number' ? ` ${value}` : '';
    const { message } = mismatch(value, { kind: 'scalar', name: 'integer' }, { ...place, goType: 'uint8' }, detail);
    throw new NotedError(message, 'unrecognized type: uint8');
  });
  return Buffer.from(bytes).toString('base64');
}

function decodeScalar(value: Json, type: ScalarType, place: Place, depth: number, unknown: Unknown): Json {
  switch (type.name) {
    case 'any':
      // A struct without fields.
      if (place.goType !== undefined && (typeof value !== 'object' || Array.isArray(value)))
        throw mismatch(value, type, place);
      return value;
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, type, place);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, type, place);
      return value;
    case 'int32':
    case 'int64':
    case 'integer':
      return decodeInteger(value, type, place);
    case 'double':
      if (typeof value !== 'number') throw mismatch(value, type, place);
      return value;
    case 'byte':
      return decodeBase64(value, type, place);
    case 'time':
    case 'microtime':
      return decodeTime(value, type, place);
    case 'quantity':
      return formatQuantity(decodeQuantity(value));
    case 'intstr':
      if (typeof value === 'string') return value;
      if (typeof value !== 'number') throw ownMismatch(value, 'int32', place);
      return decodeInteger(value, { kind: 'scalar', name: 'int32' }, place);
    case 'fields':
    case 'object':
      if (jsonWord(value) !== 'object') throw mismatch(value, type, place);
      return value;
    case 'schemaorbool':
      return typeof value === 'boolean' ? value : decodeSchema(value, place, depth, unknown);
    case 'schemaorarray':
      if (!Array.isArray(value)) return decodeSchema(value, place, depth, unknown);
      for (const [index, item] of value.entries())
        value[index] = decodeSchema(item, place, depth, at(unknown, `[${index}]`));
      return value;
    case 'schemaorstrings':
      return Array.isArray(value) ? value : decodeSchema(value, place, depth, unknown);
    default:
      return value;
  }
}

const schemaProps: WireType = {
  kind: 'struct',
  name: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps',
};

function decodeSchema(value: Json, place: Place, depth: number, unknown: Unknown): Json {
  return decodeValue(value, schemaProps, place, depth + 1, unknown);
}

/** Collects unknown fields; `prefix` is the path with indices, computed only where something is unknown. */
interface Unknown {
  readonly found: string[];
  readonly mismatches: NotedError[];
  readonly parent?: Unknown;
  readonly step: string;
}

function at(parent: Unknown, step: string): Unknown {
  return { found: parent.found, mismatches: parent.mismatches, parent, step };
}

function pathOf(unknown: Unknown): string {
  const steps: string[] = [];
  for (let node: Unknown | undefined = unknown; node !== undefined; node = node.parent) steps.unshift(node.step);
  return steps.join('').replace(/^\./, '');
}

/** Decodes a value; one of the wrong type is noted and left as it is. */
function decodeValue(value: Json, type: WireType, place: Place, depth: number, unknown: Unknown): Json {
  try {
    return decodeTyped(value, type, place, depth, unknown);
  } catch (error) {
    if (!(error instanceof NotedError)) throw error;
    unknown.mismatches.push(error);
    return value;
  }
}

function decodeTyped(value: Json, type: WireType, place: Place, depth: number, unknown: Unknown): Json {
  if (depth > maxDepth) throw new DecodeError('json: exceeded max depth');
  let inside = place;
  switch (type.kind) {
    case 'scalar':
      return value === null ? zeroValue(type, false) : decodeScalar(value, type, place, depth, unknown);
    case 'struct': {
      const struct = structType(type.name);
      if (value === null) return zeroStruct(struct);
      if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, type, place);
      decodeStruct(value, struct, place.path, depth, unknown);
      return value;
    }
    case 'list':
      if (!Array.isArray(value)) throw mismatch(value, type, place);
      inside = { ...place, goType: elementGoType(place.goType) };
      for (let index = 0; index < value.length; index += 1) {
        value[index] = decodeValue(value[index] as Json, type.element, inside, depth + 1, at(unknown, `[${index}]`));
      }
      return value;
    case 'map':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(value, type, place);
      for (const key of Object.keys(value)) {
        const item = value[key] as Json;
        // Go's decoder makes an explicit null of a map the element's zero value, and a nil one of a list or of bytes.
        const inner = { ...place, goType: elementGoType(place.goType) };
        const element = type.element.kind === 'scalar' ? type.element.name : '';
        const decoded =
          item === null && element === 'byte'
            ? ''
            : item !== null && element === 'quantity'
              ? formatQuantity(wholeMilli(decodeQuantity(item)))
              : decodeValue(item, type.element, inner, depth + 1, at(unknown, `.${key}`));
        if (decoded !== item)
          Object.defineProperty(value, key, { value: decoded, writable: true, enumerable: true, configurable: true });
      }
      return value;
  }
}

function decodeQuantity(value: Json): Quantity {
  const quantity = typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined;
  if (quantity === undefined) throw new DecodeError(quantityError);
  return quantity;
}

/** Lists that say something by being empty: managed fields are reset, and no policies are not the usual ones. */
const toldWhenEmpty = new Set(['managedFields', 'policies']);

/** Fields of decoded objects that were given as empty lists, which the objects do not keep. */
const givenEmpty = new WeakMap<object, readonly string[]>();

/** Names of the lists that were empty when an object was read: messages print them as such. */
export function emptyLists(holder: unknown): readonly string[] {
  return (typeof holder === 'object' && holder !== null ? givenEmpty.get(holder) : undefined) ?? [];
}

/** True where the type's omitempty leaves the value out. */
function isOmitted(value: Json, field: FieldType): boolean {
  if (field.keep || field.pointer) return false;
  const { type } = field;
  if (type.kind === 'list') return (value as Json[]).length === 0 && !toldWhenEmpty.has(field.name);
  if (type.kind === 'map') return Object.keys(value as JsonObject).length === 0;
  if (type.kind === 'struct') return false;
  switch (type.name) {
    case 'string':
    case 'byte':
      return value === '';
    case 'boolean':
      return value === false;
    case 'int32':
    case 'int64':
    case 'integer':
    case 'double':
      return value === 0;
    default:
      return false;
  }
}

function decodeStruct(object: JsonObject, struct: StructType, path: string, depth: number, unknown: Unknown): void {
  const goName = struct.name.slice(struct.name.lastIndexOf('.') + 1);
  for (const key of Object.keys(object)) {
    const field = struct.fields.get(key);
    const here = at(unknown, `.${key}`);
    if (field === undefined) {
      unknown.found.push(pathOf(here));
      delete object[key];
      continue;
    }
    const value = object[key] as Json;
    if (value === null) {
      delete object[key];
      continue;
    }
    const step = field.embeddedIn === undefined ? key : `${field.embeddedIn}.${key}`;
    const place = { struct: goName, path: path === '' ? step : `${path}.${step}`, goType: field.goType };
    const decoded = decodeValue(value, field.type, place, depth + 1, here);
    if (unknown.mismatches.length > 0) continue;
    if (isOmitted(decoded, field)) {
      delete object[key];
      if (Array.isArray(decoded)) givenEmpty.set(object, [...emptyLists(object), key]);
    } else if (decoded !== value) object[key] = decoded;
  }
  fillAlways(object, struct);
}

const isEmptyKept = (value: Json | undefined, field: FieldType): boolean =>
  field.keep && Array.isArray(value) && value.length === 0;

/**
 * Makes the empty lists of an object, its spec and its status null, as those that are printed always are after a way through storage.
 * Deeper ones are refused by every kind that has them.
 */
export function nullEmptyLists(object: JsonObject, name: string): void {
  const root = structType(name);
  const holders: [Json | undefined, StructType][] = [[object, root]];
  for (const part of ['spec', 'status']) {
    const type = root.fields.get(part)?.type;
    if (type?.kind === 'struct') holders.push([object[part], structType(type.name)]);
  }
  for (const [holder, struct] of holders) {
    if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) continue;
    for (const field of struct.fields.values()) if (isEmptyKept(holder[field.name], field)) holder[field.name] = null;
  }
}

/** Adds what is printed although nothing was given. */
export function fillAlways(object: JsonObject, struct: StructType): void {
  for (const field of struct.always) {
    if (!Object.hasOwn(object, field.name)) object[field.name] = zeroValue(field.type, field.pointer);
  }
}

/**
 * Decodes `object` in place as the definition `name`.
 * @returns paths of the unknown fields, as `spec.containers[0].imag`
 * @throws DecodeError where the JSON cannot be read into the type
 */
export function decodeAs(object: JsonObject, name: string): { unknown: string[] } {
  const found: string[] = [];
  const mismatches: NotedError[] = [];
  decodeStruct(object, structType(name), '', 0, { found, mismatches, step: '' });
  const [first] = mismatches;
  if (first !== undefined) throw first;
  return { unknown: found };
}
