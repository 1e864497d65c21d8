/** Bodies of requests as objects of a kind, and as options of a deletion. */
import { cannotUnmarshal, typeMetaStruct } from '../../schema/gojson.ts';
import { isConvertible } from '../openapi/registered.ts';
import { decodeProtobuf } from '../protobuf/decode.ts';
import type { Call, RegistryContext } from '../registry/call.ts';
import { isObject } from '../registry/copy.ts';
import { completeTypeMeta, decodeObject } from '../registry/decode.ts';
import { otherKind, unreadableType, unregistered } from '../registry/otherkinds.ts';
import { groupVersion } from '../registry/resources.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import { readBody } from './body.ts';
import type { Exchange } from './exchange.ts';
import { JsonSyntaxError, parseJson, repeatedKeys } from './json.ts';
import { bodyType } from './negotiate.ts';
import { badRequest } from './status.ts';
import { parseYaml } from './yaml.ts';

/** Reads the body of a create or update as an object of the kind. Throws 400, 413 or 415. */
export async function readObject(context: RegistryContext, exchange: Exchange, call: Call): Promise<KubeObject> {
  const { request } = exchange;
  const { definition } = call;
  const type = bodyType(request.headers['content-type'], definition.custom);
  const body = await readBody(exchange);
  const text = type === 'protobuf' ? '' : body.toString();
  let pause = exchange.turn.pause();
  if (pause !== undefined) await pause;
  let value: unknown;
  let duplicates: readonly string[] = [];
  try {
    if (type === 'protobuf') value = decodeProtobuf(body);
    else if (type === 'json') {
      if (call.fieldValidation === 'Ignore') value = parseJson(text);
      else {
        value = parseJson(text);
        pause = exchange.turn.pause();
        if (pause !== undefined) await pause;
        duplicates = repeatedKeys(text, value).map((path) => `duplicate field ${JSON.stringify(path)}`);
      }
    } else {
      const parsed = parseYaml(text);
      value = parsed.value;
      duplicates = parsed.duplicates;
    }
  } catch (error) {
    if (type === 'json' && !(error instanceof JsonSyntaxError)) throw error;
    const message = (error as Error).message;
    if (type === 'protobuf') {
      throw badRequest(
        `the object provided is unrecognized (must be of type ${definition.kind}): ${message} (${summary(body.toString('latin1'))})`,
      );
    }
    const why =
      type === 'json'
        ? `couldn't get version/kind; json parse error: ${message === 'EOF' ? 'unexpected end of JSON input' : message}`
        : message;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): ${why} (${summary(text)})`,
    );
  }
  // A null is an object without anything in it.
  if (value === null) value = {};
  if (!isObject(value)) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): couldn't get version/kind; json parse error: ${cannotRead(value)} (${summary(text)})`,
    );
  }
  const unreadable = unreadableType(value);
  if (unreadable !== undefined) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): ${unreadable} (${summary(text)})`,
    );
  }
  pause = exchange.turn.pause();
  if (pause !== undefined) await pause;
  const object = value as unknown as KubeObject;
  checkType(context, definition, object, text);
  decodeObject(call, object, duplicates, text);
  return object;
}

function checkType(context: RegistryContext, definition: ResourceDefinition, object: KubeObject, text: string): void {
  const expected = groupVersion(definition);
  if ((object.apiVersion ?? '').split('/').length > 2) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): unexpected GroupVersion string: ${object.apiVersion} (${summary(text)})`,
    );
  }
  if (definition.custom) {
    if (!object.kind) {
      throw badRequest(
        `the object provided is unrecognized (must be of type ${definition.kind}): Object 'Kind' is missing in '${text}' (${summary(text)})`,
      );
    }
    if (object.apiVersion !== expected) {
      throw badRequest(
        `the API version in the data (${object.apiVersion ?? ''}) does not match the expected API version (${expected})`,
      );
    }
    return;
  }
  completeTypeMeta(definition, object);
  if (object.kind === definition.kind && (object.apiVersion === expected || definition.readsAlso === object.apiVersion))
    return;
  const version = object.apiVersion.slice(object.apiVersion.indexOf('/') + 1);
  if (object.kind === definition.kind && isConvertible(object.apiVersion, object.kind, definition.group))
    throw badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${expected})`,
    );
  const why = otherKind(context.resources, definition, object);
  throw badRequest(
    `${object.kind} in version ${JSON.stringify(version)} cannot be handled as a ${definition.kind}: ${why}`,
  );
}

/** Why a value's kind and version cannot be read. */
function cannotRead(value: unknown): string {
  return cannotUnmarshal(value, `value of type ${typeMetaStruct}`);
}

function summary(text: string): string {
  if (text === '') return '<empty>';
  const buffer = Buffer.from(text);
  const cut = buffer.length > 30;
  const head = buffer.subarray(0, 30);
  return `${text.startsWith('{') ? head.toString() : head.toString('hex')}${cut ? ' ...' : ''}`;
}

/** Reads the DeleteOptions in the body of a deletion, if any. Throws 400. */
export async function readDeleteBody(exchange: Exchange, definition: ResourceDefinition): Promise<unknown> {
  const body = await readBody(exchange);
  if (body.length === 0) return undefined;
  const type = bodyType(exchange.request.headers['content-type'], definition.custom, true);
  let value: unknown;
  try {
    if (type === 'protobuf') value = decodeProtobuf(body);
    else value = type === 'json' ? parseJson(body.toString()) : parseYaml(body.toString()).value;
  } catch (error) {
    const { message } = error as Error;
    throw badRequest(type === 'protobuf' ? message : `couldn't get version/kind; json parse error: ${message}`);
  }
  if (value === null) return undefined;
  if (!isObject(value)) throw badRequest(`couldn't get version/kind; json parse error: ${cannotRead(value)}`);
  if (value.kind !== undefined && value.kind !== '' && value.kind !== 'DeleteOptions') {
    throw badRequest(unregistered({ kind: String(value.kind), apiVersion: String(value.apiVersion ?? '') }));
  }
  return value;
}
