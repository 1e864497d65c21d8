/**
 * Bodies in Kubernetes' protobuf form, as typed Go clients send builtin kinds: `k8s\0`, a runtime.Unknown envelope, and in it
 * the object by its generated.proto. Read into the JSON form, which is all that the rest of the server knows.
 */
import { defineOwn } from '../registry/copy.ts';
import { type Message, messageFields, messageName, meta, ProtobufError } from './messages.ts';

/** Reads a body into its JSON form, apiVersion and kind included. Throws `ProtobufError`. */
export function decodeProtobuf(body: Buffer): { [key: string]: unknown } {
  if (body.length === 0) throw new ProtobufError('empty data');
  if (body.length < 4 || body.readUInt32BE(0) !== 0x6b387300) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  if (body.length === 4) throw new ProtobufError('empty body');
  const envelope = readMessage(body.subarray(4), 'apimachinery.pkg.runtime.Unknown') as {
    typeMeta?: { apiVersion?: string; kind?: string };
    raw?: Buffer;
  };
  const apiVersion = envelope.typeMeta?.apiVersion ?? '';
  const kind = envelope.typeMeta?.kind ?? '';
  const object = readMessage(envelope.raw ?? Buffer.alloc(0), messageName(apiVersion, kind)) as {
    [key: string]: unknown;
  };
  return { apiVersion, kind, ...object };
}

class Reader {
  private readonly data: Buffer;
  private at = 0;

  constructor(data: Buffer) {
    this.data = data;
  }

  get done(): boolean {
    return this.at >= this.data.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.data[this.at++];
      if (byte === undefined) throw new ProtobufError('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('proto: integer overflow');
  }

  bytes(): Buffer {
    const size = Number(this.varint());
    const end = this.at + size;
    if (end > this.data.length) throw new ProtobufError('unexpected EOF');
    const out = this.data.subarray(this.at, end);
    this.at = end;
    return out;
  }

  fixed(size: 4 | 8): number {
    if (this.at + size > this.data.length) throw new ProtobufError('unexpected EOF');
    const value = size === 8 ? this.data.readDoubleLE(this.at) : this.data.readFloatLE(this.at);
    this.at += size;
    return value;
  }
}

/** The raw value of one field by its wire type. */
function wireValue(reader: Reader, wire: number): bigint | number | Buffer {
  switch (wire) {
    case 0:
      return reader.varint();
    case 1:
      return reader.fixed(8);
    case 2:
      return reader.bytes();
    case 5:
      return reader.fixed(4);
    default:
      throw new ProtobufError(`proto: illegal wireType ${wire}`);
  }
}

function readMessage(data: Buffer, name: string): unknown {
  const fields = messageFields(name);
  const out: { [key: string]: unknown } = {};
  const reader = new Reader(data);
  while (!reader.done) {
    const key = Number(reader.varint());
    const raw = wireValue(reader, key & 7);
    const field = fields.get(key >>> 3);
    if (field === undefined) continue;
    if (field.map) {
      const map = (out[field.name] ?? {}) as { [key: string]: unknown };
      const [entryKey, value] = readEntry(raw as Buffer, field.code);
      defineOwn(map, entryKey, value);
      out[field.name] = map;
    } else if (field.inline) Object.assign(out, scalar(raw, field.code));
    else if (field.repeated) {
      const list = (out[field.name] ?? []) as unknown[];
      list.push(scalar(raw, field.code));
      out[field.name] = list;
    } else out[field.name] = scalar(raw, field.code);
  }
  return special(name, out, fields);
}

function readEntry(data: Buffer, code: string): [string, unknown] {
  const reader = new Reader(data);
  let key = '';
  let value: unknown = code.startsWith('m:')
    ? readMessage(Buffer.alloc(0), code.slice(2))
    : code === 's' || code === 'y'
      ? ''
      : 0;
  while (!reader.done) {
    const tag = Number(reader.varint());
    const raw = wireValue(reader, tag & 7);
    if (tag >>> 3 === 1) key = (raw as Buffer).toString();
    else value = scalar(raw, code);
  }
  return [key, value];
}

function scalar(raw: bigint | number | Buffer, code: string): unknown {
  if (code.startsWith('m:')) {
    if (!Buffer.isBuffer(raw)) throw new ProtobufError('proto: wrong wireType');
    return readMessage(raw, code.slice(2));
  }
  switch (code) {
    case 's':
      return (raw as Buffer).toString();
    case 'y':
      return raw;
    case 'b':
      return raw !== 0n;
    case 'i': {
      const signed = BigInt.asIntN(64, raw as bigint);
      const number = Number(signed);
      return Number.isSafeInteger(number) ? number : signed;
    }
    default:
      return raw;
  }
}

type Fields = { [key: string]: unknown };

/** Types whose JSON form is not that of their message. */
function special(name: string, value: Fields, fields: Message): unknown {
  switch (name) {
    case `${meta}.Time`:
      return value.seconds === undefined
        ? null
        : `${new Date(Number(value.seconds) * 1000).toISOString().slice(0, 19)}Z`;
    case `${meta}.MicroTime`: {
      if (value.seconds === undefined) return null;
      const micros = String(Math.floor(Number(value.nanos ?? 0) / 1000)).padStart(6, '0');
      return `${new Date(Number(value.seconds) * 1000).toISOString().slice(0, 19)}.${micros}Z`;
    }
    case `${meta}.Duration`:
      return `${Number(value.duration ?? 0) / 1e9}s`;
    case `${meta}.FieldsV1`:
      return json(value.Raw);
    case 'apimachinery.pkg.runtime.RawExtension':
    case 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSON':
      return json(value.raw);
    case 'apimachinery.pkg.api.resource.Quantity':
      return value.string ?? '0';
    case 'apimachinery.pkg.util.intstr.IntOrString':
      return Number(value.type ?? 0) === 1 ? (value.strVal ?? '') : (value.intVal ?? 0);
    case 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray':
      return value.schema ?? value.jSONSchemas;
    case 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool':
      return value.schema ?? value.allows ?? false;
    case 'apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray':
      return value.schema ?? value.property;
    case 'apimachinery.pkg.runtime.Unknown':
      return value;
    default:
  }
  // Named lists (Verbs, ExtraValue) are a message around one repeated field.
  const only = fields.size === 1 ? fields.get(1) : undefined;
  if (only?.name === 'items' && only.repeated && !name.endsWith('List')) return value.items ?? [];
  for (const key of Object.keys(value)) value[key] = base64(value[key]);
  return value;
}

function json(raw: unknown): unknown {
  if (!Buffer.isBuffer(raw) || raw.length === 0) return null;
  try {
    return JSON.parse(raw.toString());
  } catch {
    throw new ProtobufError('embedded JSON does not parse');
  }
}

/** Bytes are base64 in JSON. */
function base64(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map((item) => (Buffer.isBuffer(item) ? item.toString('base64') : item));
  if (typeof value === 'object' && value !== null) {
    const holder = value as Fields;
    for (const key of Object.keys(holder)) {
      const item = holder[key];
      if (Buffer.isBuffer(item)) holder[key] = item.toString('base64');
    }
  }
  return value;
}
