/** Validation of the core group: config maps, secrets, endpoints, events. */
import { cannotUnmarshal } from '../../../schema/gojson.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import { JsonSyntaxError, parseJson } from '../../request/json.ts';
import { at, number, objects, record, text } from '../access.ts';
import { addressProblem, specialAddressProblem } from './addresses.ts';
import {
  dataKeyProblems,
  type Errors,
  fieldError,
  given,
  immutable,
  immutableText,
  oneOf,
  portNumber,
  problems,
  same,
} from './common.ts';
import { protocols } from './services.ts';

const dataLimit = 1024 * 1024;

const immutableData = 'field is immutable when `immutable` is set';

const decodedSize = (value: unknown) => Buffer.from(String(value), 'base64').length;

function immutableFields(object: unknown, old: unknown, fields: readonly string[], errors: Errors): void {
  if (at(old, 'immutable') !== true) return;
  if (at(object, 'immutable') !== true) errors.push(fieldError.forbidden('immutable', immutableData));
  for (const field of fields)
    if (!same(at(object, field), at(old, field))) errors.push(fieldError.forbidden(field, immutableData));
}

export function configMap(object: unknown, errors: Errors, old?: unknown): void {
  if (old !== undefined) immutableFields(object, old, ['data', 'binaryData'], errors);
  const data = record(object, 'data');
  const binary = record(object, 'binaryData');
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    problems(`data[${key}]`, key, dataKeyProblems(key), errors);
    if (Object.hasOwn(binary, key))
      errors.push(fieldError.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    size += Buffer.byteLength(String(value));
  }
  for (const [key, value] of Object.entries(binary)) {
    problems(`binaryData[${key}]`, key, dataKeyProblems(key), errors);
    size += decodedSize(value);
  }
  if (size > dataLimit) errors.push(fieldError.tooLong('[]', dataLimit));
}

const dockerKeys: { readonly [type: string]: string } = {
  'kubernetes.io/dockercfg': '.dockercfg',
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
};

export function secret(object: unknown, errors: Errors, old?: unknown): void {
  if (old !== undefined) {
    immutable(object, old, 'type', errors);
    immutableFields(object, old, ['data'], errors);
  }
  const data = record(object, 'data');
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    problems(`data[${key}]`, key, dataKeyProblems(key), errors);
    size += decodedSize(value);
  }
  if (size > dataLimit) errors.push(fieldError.tooLong('data', dataLimit));
  const type = text(object, 'type');
  const need = (key: string) => {
    if (!Object.hasOwn(data, key)) errors.push(fieldError.required(`data[${key}]`));
  };
  const docker = dockerKeys[type];
  if (docker !== undefined) {
    if (!Object.hasOwn(data, docker)) need(docker);
    else dockerConfig(String(data[docker]), `data[${docker}]`, errors);
  } else if (type === 'kubernetes.io/service-account-token') {
    if (!record(object, 'metadata.annotations')['kubernetes.io/service-account.name']) {
      errors.push(fieldError.required('metadata.annotations[kubernetes.io/service-account.name]'));
    }
  } else if (type === 'kubernetes.io/basic-auth') {
    if (!Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password'))
      for (const key of ['username', 'password']) need(key);
  } else if (type === 'kubernetes.io/ssh-auth') {
    if (!data['ssh-privatekey']) errors.push(fieldError.required('data[ssh-privatekey]'));
  } else if (type === 'kubernetes.io/tls') for (const key of ['tls.crt', 'tls.key']) need(key);
}

function dockerConfig(encoded: string, path: string, errors: Errors): void {
  const content = Buffer.from(encoded, 'base64').toString('utf8');
  const redacted = '<secret contents redacted>';
  try {
    const parsed = parseJson(content);
    if (typeof parsed === 'object' && !Array.isArray(parsed)) return;
    errors.push(fieldError.invalid(path, redacted, cannotUnmarshal(parsed, 'value of type map[string]interface {}')));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const why = error.message === 'EOF' ? 'unexpected end of JSON input' : error.message;
    errors.push(fieldError.invalid(path, redacted, why));
  }
}

function endpointAddress(address: unknown, path: string, errors: Errors): void {
  const ip = text(address, 'ip');
  problems(`${path}.ip`, ip, addressProblem(ip), errors);
  const hostname = text(address, 'hostname');
  if (hostname !== '') problems(`${path}.hostname`, hostname, dns1123Label(hostname), errors);
  given(address, path, 'nodeName', dns1123Subdomain, errors);
  const special = addressProblem(ip).length > 0 ? ['must be a valid IP address'] : specialAddressProblem(ip);
  problems(`${path}.ip`, ip, special, errors);
}

export function endpoints(object: unknown, errors: Errors): void {
  for (const [index, subset] of objects(object, 'subsets').entries()) {
    const path = `subsets[${index}]`;
    const ready = objects(subset, 'addresses');
    const notReady = objects(subset, 'notReadyAddresses');
    if (ready.length + notReady.length === 0)
      errors.push(fieldError.required(path, 'must specify `addresses` or `notReadyAddresses`'));
    for (const [at, address] of ready.entries()) endpointAddress(address, `${path}.addresses[${at}]`, errors);
    for (const [at, address] of notReady.entries())
      endpointAddress(address, `${path}.notReadyAddresses[${at}]`, errors);
    const ports = objects(subset, 'ports');
    for (const [at, port] of ports.entries()) {
      const here = `${path}.ports[${at}]`;
      const name = text(port, 'name');
      if (ports.length > 1 && name === '') errors.push(fieldError.required(`${here}.name`));
      else if (name !== '') problems(`${here}.name`, name, dns1123Label(name), errors);
      portNumber(port.port, `${here}.port`, errors);
      oneOf(port, here, 'protocol', protocols, errors);
      given(port, here, 'appProtocol', qualifiedName, errors);
    }
  }
}

/** A reference as the real server's internal type prints it. */
function internalReference(reference: unknown): unknown {
  if (reference === undefined || reference === null) return null;
  const names = ['Kind', 'Namespace', 'Name', 'UID', 'APIVersion', 'ResourceVersion', 'FieldPath'];
  const field = (name: string) =>
    name === 'UID' ? 'uid' : name.replace(/^[A-Z]+(?=[A-Z]|$)|^[A-Z]/, (start) => start.toLowerCase());
  return Object.fromEntries(names.map((name) => [name, text(reference, field(name))]));
}

/** [name in events.k8s.io, name in error messages, in their order] */
const fixedEventFields: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['reason', 'reason'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['reason', 'reason'],
  ['type', 'type'],
  ['eventTime', 'eventTime'],
  ['action', 'action'],
  ['related', 'related'],
  ['reportingController', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
];

function eventUpdate(object: unknown, old: unknown, errors: Errors): void {
  for (const [field, shown] of fixedEventFields) {
    const value = at(object, field);
    if (same(value, at(old, field))) continue;
    const printed = field === 'regarding' || field === 'related' ? internalReference(value) : (value ?? '');
    errors.push(fieldError.invalid(shown, printed, immutableText));
  }
}

export function event(object: unknown, errors: Errors, old?: unknown): void {
  const core = at(object, 'apiVersion') === 'v1';
  if (old !== undefined && !core) {
    eventUpdate(object, old, errors);
    return;
  }
  const time = at(object, 'eventTime');
  if (time === undefined || time === null) {
    const namespace = text(object, core ? 'involvedObject.namespace' : 'regarding.namespace');
    const own = text(object, 'metadata.namespace');
    if (namespace === '' ? own !== 'default' && own !== '' : namespace !== own) {
      errors.push(fieldError.invalid('involvedObject.namespace', namespace, 'does not match event.namespace'));
    }
    if (core) return;
    errors.push(fieldError.required('eventTime'));
  } else {
    const field = core ? 'reportingComponent' : 'reportingController';
    const controller = text(object, field);
    if (controller === '') errors.push(fieldError.required(field));
    problems(field, controller, qualifiedName(controller), errors);
    for (const name of ['reportingInstance', 'action', 'reason']) {
      const value = text(object, name);
      if (value === '') errors.push(fieldError.required(name));
      else if (value.length > 128) errors.push(fieldError.invalid(name, '', 'can have at most 128 characters'));
    }
    if (text(object, core ? 'message' : 'note').length > 1024)
      errors.push(fieldError.invalid('message', '', 'can have at most 1024 characters'));
    if (core) return;
    for (const name of ['firstTimestamp', 'lastTimestamp', 'count', 'source']) {
      const own = at(object, `deprecated${name.charAt(0).toUpperCase()}${name.slice(1)}`);
      if (own !== undefined && own !== null && own !== 0 && !same(own, {}))
        errors.push(fieldError.invalid(name, '', 'needs to be unset'));
    }
    const series = at(object, 'series');
    if (series !== undefined && series !== null) {
      if (number(series, 'count') < 2) errors.push(fieldError.invalid('series.count', '', 'should be at least 2'));
      if (!at(series, 'lastObservedTime')) errors.push(fieldError.required('series.lastObservedTime'));
    }
  }
  const type = text(object, 'type');
  if (type !== 'Normal' && type !== 'Warning')
    errors.push(fieldError.invalid('type', '', `has invalid value: ${type}`));
}
