/** Builtin kinds in Kubernetes' protobuf form, for typed Go clients that ask for it. */
import { type Field, messageFields, messageName, meta, ProtobufError } from './messages.ts';

const magic = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** An object in its envelope, as a whole answer or inside a watch event. Throws `ProtobufError` for kinds without a definition. */
export function encodeProtobuf(object: { readonly [key: string]: unknown }): Buffer {
  const apiVersion = String(object.apiVersion ?? '');
  const kind = String(object.kind ?? '');
  const raw = encodeMessage(object, messageName(apiVersion, kind));
  const typeMeta = Buffer.concat([lengthDelimited(1, Buffer.from(apiVersion)), lengthDelimited(2, Buffer.from(kind))]);
  return Buffer.concat([
    magic,
    lengthDelimited(1, typeMeta),
    lengthDelimited(2, raw),
    lengthDelimited(3, Buffer.alloc(0)),
    lengthDelimited(4, Buffer.alloc(0)),
  ]);
}

/** What a list carries of one of its objects; for `encodeProtobufList`. Throws `ProtobufError` for kinds without a definition. */
export function encodeListItem(object: { readonly [key: string]: unknown }): Buffer {
  return lengthDelimited(2, encodeMessage(object, messageName(String(object.apiVersion), String(object.kind))));
}

/** A list in its envelope, in pieces: its metadata around items that are encoded already. */
export function encodeProtobufList(
  apiVersion: string,
  kind: string,
  metadata: { readonly [key: string]: unknown },
  items: readonly Buffer[],
): Buffer[] {
  const listMeta = lengthDelimited(1, encodeMessage(metadata, `${meta}.ListMeta`));
  const typeMeta = Buffer.concat([lengthDelimited(1, Buffer.from(apiVersion)), lengthDelimited(2, Buffer.from(kind))]);
  const size = items.reduce((sum, item) => sum + item.length, listMeta.length);
  return [
    Buffer.concat([magic, lengthDelimited(1, typeMeta), tag(2, 2), varint(BigInt(size)), listMeta]),
    ...items,
    Buffer.concat([lengthDelimited(3, Buffer.alloc(0)), lengthDelimited(4, Buffer.alloc(0))]),
  ];
}

/** One event of a protobuf watch stream: its length in four bytes, then the WatchEvent. */
export function encodeWatchEvent(type: string, object: { readonly [key: string]: unknown }): Buffer {
  const extension = lengthDelimited(1, encodeProtobuf(object));
  const event = Buffer.concat([lengthDelimited(1, Buffer.from(type)), lengthDelimited(2, extension)]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(event.length);
  return Buffer.concat([size, event]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function tag(number: number, wire: number): Buffer {
  return varint(BigInt((number << 3) | wire));
}

function lengthDelimited(number: number, content: Buffer): Buffer {
  return Buffer.concat([tag(number, 2), varint(BigInt(content.length)), content]);
}

type Value = { readonly [key: string]: unknown };

function encodeMessage(value: unknown, name: string): Buffer {
  const special = encodeSpecial(value, name);
  if (special !== undefined) return special;
  const source = value as Value;
  const chunks: Buffer[] = [];
  for (const [number, field] of messageFields(name)) {
    if (field.inline) {
      encodeValue(chunks, number, field.code, source);
      continue;
    }
    const item = Object.hasOwn(source, field.name) ? source[field.name] : undefined;
    if (item !== undefined && item !== null) encodeField(chunks, number, field, item);
    else if (field.always) encodeZero(chunks, number, field.code);
  }
  return Buffer.concat(chunks);
}

function encodeZero(chunks: Buffer[], number: number, code: string): void {
  if (!code.startsWith('m:')) encodeValue(chunks, number, code, code === 's' ? '' : 0);
  else chunks.push(lengthDelimited(number, zeroMessage(code.slice(2))));
}

/** The content of a message of which nothing was given. */
function zeroMessage(name: string): Buffer {
  switch (name) {
    case `${meta}.Time`:
    case `${meta}.MicroTime`:
    case `${meta}.FieldsV1`:
    case 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSON':
    case 'apimachinery.pkg.runtime.RawExtension':
      return Buffer.alloc(0);
    case 'apimachinery.pkg.api.resource.Quantity':
      return encodeMessage('0', name);
    case 'apimachinery.pkg.util.intstr.IntOrString':
      return encodeMessage(0, name);
    default:
      return encodeMessage({}, name);
  }
}

function encodeField(chunks: Buffer[], number: number, field: Field, value: unknown): void {
  if (field.map) {
    for (const [key, item] of Object.entries(value as Value).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const content: Buffer[] = [lengthDelimited(1, Buffer.from(key))];
      encodeValue(content, 2, field.code, item);
      chunks.push(lengthDelimited(number, Buffer.concat(content)));
    }
  } else if (field.repeated) for (const item of value as unknown[]) encodeValue(chunks, number, field.code, item);
  else encodeValue(chunks, number, field.code, value);
}

function encodeValue(chunks: Buffer[], number: number, code: string, value: unknown): void {
  if (code.startsWith('m:')) {
    chunks.push(lengthDelimited(number, encodeMessage(value, code.slice(2))));
    return;
  }
  switch (code) {
    case 's':
      chunks.push(lengthDelimited(number, Buffer.from(String(value))));
      return;
    case 'y':
      chunks.push(lengthDelimited(number, Buffer.from(String(value), 'base64')));
      return;
    case 'b':
      chunks.push(tag(number, 0), Buffer.from([value === true ? 1 : 0]));
      return;
    case 'i':
      chunks.push(tag(number, 0), varint(typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)))));
      return;
    case 'd': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(Number(value));
      chunks.push(tag(number, 1), bytes);
      return;
    }
    case 'f': {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(Number(value));
      chunks.push(tag(number, 5), bytes);
      return;
    }
    default:
      throw new ProtobufError(`unknown field type ${code}`);
  }
}

/** The content of types whose JSON form is not that of their message; undefined for all others. */
function encodeSpecial(value: unknown, name: string): Buffer | undefined {
  const json = (number: number): Buffer => lengthDelimited(number, Buffer.from(JSON.stringify(value)));
  switch (name) {
    case `${meta}.Time`:
    case `${meta}.MicroTime`:
      return encodeTime(String(value));
    case `${meta}.Duration`:
      return Buffer.concat([tag(1, 0), varint(BigInt(Math.round(Number.parseFloat(String(value)) * 1e9)))]);
    case `${meta}.FieldsV1`:
    case 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSON':
    case 'apimachinery.pkg.runtime.RawExtension':
      return json(1);
    case 'apimachinery.pkg.api.resource.Quantity':
      return lengthDelimited(1, Buffer.from(String(value)));
    case 'apimachinery.pkg.util.intstr.IntOrString':
      return Buffer.concat([
        ...[tag(1, 0), varint(typeof value === 'number' ? 0n : 1n)],
        ...[tag(2, 0), varint(typeof value === 'number' ? BigInt(value) : 0n)],
        lengthDelimited(3, Buffer.from(typeof value === 'number' ? '' : String(value))),
      ]);
    case 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray':
      return encodeSchemaOr(value, Array.isArray(value) ? 2 : 1);
    case 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool':
      if (typeof value === 'boolean') return Buffer.concat([tag(1, 0), Buffer.from([value ? 1 : 0])]);
      return Buffer.concat([tag(1, 0), Buffer.from([1]), encodeSchemaOr(value, 2)]);
    case 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray':
      if (Array.isArray(value))
        return Buffer.concat(value.map((item) => lengthDelimited(2, Buffer.from(String(item)))));
      return encodeSchemaOr(value, 1);
    default:
  }
  // Named lists (Verbs, ExtraValue) are a message around one repeated field.
  if (Array.isArray(value)) return Buffer.concat(value.map((item) => lengthDelimited(1, Buffer.from(String(item)))));
  if (typeof value !== 'object' || value === null) throw new ProtobufError(`${name} is no object`);
  return undefined;
}

function encodeSchemaOr(value: unknown, number: number): Buffer {
  const schema = 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';
  const list = Array.isArray(value) ? value : [value];
  return Buffer.concat(list.map((item) => lengthDelimited(number, encodeMessage(item, schema))));
}

function encodeTime(text: string): Buffer {
  const milliseconds = Date.parse(text);
  const seconds = BigInt(Math.floor(milliseconds / 1000));
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const nanos = BigInt(fraction.padEnd(9, '0').slice(0, 9) || '0');
  return Buffer.concat([tag(1, 0), varint(seconds), tag(2, 0), varint(nanos)]);
}
