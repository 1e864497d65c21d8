/** Requests to resources: from RequestInfo and body to the registry and back. */

import { decodeProtobuf } from '../protobuf/decode.ts';
import type { Call, RegistryContext, Result } from '../registry/call.ts';
import { convertEntries, readEntry } from '../registry/convert.ts';
import { copyJson, isObject } from '../registry/copy.ts';
import { create } from '../registry/create.ts';
import { cannotHandle, completeTypeMeta, decodeObject } from '../registry/decode.ts';
import { type Deleted, type DeleteOptions, deleteOptions, remove } from '../registry/delete.ts';
import { validateFieldManager } from '../registry/metadata.ts';
import { type PatchType, patch, unregistered } from '../registry/patch.ts';
import { type IncludeObject, partialMetadata, table } from '../registry/printers.ts';
import { groupVersion, storageName } from '../registry/resources.ts';
import { update } from '../registry/update.ts';
import { entryKey } from '../storage/entry.ts';
import type { FieldError, KubeObject, ResourceDefinition, UserInfo } from '../types.ts';
import { readBody, readText } from './body.ts';
import type { RequestInfo } from './info.ts';
import { isWatch } from './info.ts';
import { JsonSyntaxError, parseJson, parseJsonStrict, printJson } from './json.ts';
import { listOptions, listText, page } from './list.ts';
import { bodyType, type Form, negotiate } from './negotiate.ts';
import { type Request, type Response, sendText, sendWarnings, warnOnFailure } from './response.ts';
import { selection } from './selection.ts';
import {
  badRequest,
  failure,
  fieldError,
  invalid,
  methodNotAllowed,
  methodNotSupported,
  notFound,
  unknownError,
  unsupportedMediaType,
} from './status.ts';
import { handleSubresource } from './subresource.ts';
import { serveWatch, watchOptions } from './watch.ts';
import { parseYaml } from './yaml.ts';

/** One request on its way, with who asks and what about. */
export interface Exchange {
  readonly request: Request;
  readonly response: Response;
  readonly info: RequestInfo;
  readonly user: UserInfo;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
}

/** Serves a request to a resource that exists. Throws Status errors. */
export async function handleResource(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
): Promise<void> {
  const { info } = exchange;
  if (info.subresource !== '' && info.subresource !== 'status') {
    await handleSubresource(context, exchange, definition);
    return;
  }
  if (info.subresource === 'status' && !definition.subresources.some((sub) => sub.name === 'status')) {
    throw noSubresource(definition, info.name);
  }
  const named = info.name !== '' && info.verb !== 'list' && info.verb !== 'watch' && info.verb !== 'deletecollection';
  const reads = info.method === 'GET' || info.method === 'HEAD' || info.method === 'DELETE';
  const served = reads || named === (info.method !== 'POST');
  if (definition.deprecation !== undefined && served) sendWarnings(exchange.response, [definition.deprecation]);
  if (info.method === 'HEAD' && !definition.custom) throw methodNotAllowed();
  switch (info.method) {
    case 'GET':
    case 'HEAD':
      if (named && !isWatch(info.query)) return get(context, exchange, definition);
      return collection(context, exchange, definition);
    case 'POST':
      if (named && (!definition.custom || info.subresource !== '')) throw methodNotAllowed();
      return post(context, exchange, definition);
    case 'PUT':
      if (!named) throw methodNotAllowed();
      return put(context, exchange, definition);
    case 'PATCH':
      if (!named) throw methodNotAllowed();
      return patchRequest(context, exchange, definition);
    case 'DELETE':
      if (info.subresource !== '') throw methodNotAllowed();
      return named ? deleteOne(context, exchange, definition) : deleteMany(context, exchange, definition);
    default:
      if (definition.custom) throw methodNotSupported({ group: definition.group, resource: definition.plural }, '');
      throw methodNotAllowed();
  }
}

/** What a subresource answers that the resource does not have. */
export function noSubresource(definition: ResourceDefinition, name: string): Error {
  if (definition.custom) return notFound({ group: definition.group, resource: definition.plural }, name);
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** What a path answers that no resource has. */
export function notServed(): Error {
  return notFoundPath();
}

function notFoundPath(): Error {
  return Object.assign(notFound({ group: '', resource: '' }, ''), { plain: true });
}

function includeOf(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject') ?? '';
  if (asked === 'None' || asked === 'Object' || asked === 'Metadata') return asked;
  if (asked === '') return 'Metadata';
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

function notThatForm(form: string, why: string): Error {
  return failure(406, 'NotAcceptable', `you requested ${form}, but the requested object ${why}`);
}

/** Package of a builtin kind in the real server's sources. */
function goGroup({ group }: ResourceDefinition): string {
  return group === '' ? 'core' : (group.split('.')[0] as string);
}

async function get(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const { info, request } = exchange;
  const form = negotiate(request.headers.accept, definition.custom);
  const key = entryKey(definition.namespaced ? info.namespace : '', info.name);
  const entry = context.store.get(storageName(definition), key);
  if (entry === undefined) throw notFound({ group: definition.group, resource: definition.plural }, info.name);
  if (form.as === 'PartialObjectMetadataList') {
    if (definition.custom) throw unknownError('content is not a list');
    throw notThatForm('PartialObjectMetadataList', `is not a list (*${goGroup(definition)}.${definition.kind})`);
  }
  await convertEntries(context.store, [entry], definition);
  const { object, asStored } = readEntry(context.store, entry, definition);
  sendResult(context, exchange, definition, 200, form, object, asStored ? entry.json : undefined);
}

/** Sends one object in the form that was asked for. */
export function sendResult(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
  code: number,
  form: Form,
  object: KubeObject | { [key: string]: unknown },
  text: string | undefined,
): void {
  const { request, response, info } = exchange;
  let body: string;
  if (form.as === undefined || object.kind === 'Status') body = text ?? printJson(object);
  else if (form.as === 'Table') {
    const metadata = { resourceVersion: (object as KubeObject).metadata.resourceVersion };
    const include = includeOf(info.query);
    const shown = [object as KubeObject];
    body = printJson(table(definition, shown, metadata, include, context.now(), true, form.metaVersion));
  } else body = printJson(partialMetadata(object as KubeObject, form.metaVersion));
  sendText(request, response, code, body, info.query, form.mediaType);
}

async function collection(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const { info, request, response, closing } = exchange;
  const form = negotiate(request.headers.accept, definition.custom, true, true);
  const include = form.as === 'Table' ? includeOf(info.query) : 'Metadata';
  const query = singleName(info);
  const selected = selection(definition, query);
  if (info.verb === 'watch' || isWatch(info.query)) {
    const options = watchOptions(info.query);
    await convertAll(context, definition, info.namespace);
    serveWatch(context, definition, info.namespace, selected, options, form, include, request, response, closing);
    return;
  }
  if (form.as === 'PartialObjectMetadata') {
    const type = definition.custom ? 'unstructured.UnstructuredList' : `${goGroup(definition)}.${definition.kind}List`;
    throw notThatForm('PartialObjectMetadata', `is a list (*${type})`);
  }
  const found = await page(context, definition, info.namespace, selected, listOptions(info.query));
  sendText(request, response, 200, listText(context, definition, found, form, include), info.query, form.mediaType);
}

/** Has all objects of a resource converted that a watch may begin with. */
async function convertAll(
  { store }: RegistryContext,
  definition: ResourceDefinition,
  namespace: string,
): Promise<void> {
  const prefix = definition.namespaced && namespace !== '' ? `${namespace}/` : '';
  for (;;) {
    const converting = convertEntries(store, store.list(storageName(definition), prefix), definition);
    if (converting === undefined) return;
    await converting;
  }
}

/** A watch on one name (`/watch/…/NAME`, or `NAME?watch`) is one with a field selector. */
function singleName(info: RequestInfo): URLSearchParams {
  if (info.name === '' || (info.query.get('fieldSelector') ?? '').includes('metadata.name=')) return info.query;
  const query = new URLSearchParams(info.query);
  query.set('fieldSelector', `metadata.name=${info.name}`);
  return query;
}

/** The query options that writes share, checked. Throws 422. */
export function callOf(
  exchange: Exchange,
  definition: ResourceDefinition,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  apply?: boolean,
): Call {
  const { info, request, user } = exchange;
  const { query } = info;
  const errors: FieldError[] = [];
  const manager = query.get('fieldManager') ?? '';
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  const validation = query.get('fieldValidation') ?? '';
  if (apply === true && manager === '') errors.push(fieldError.required('fieldManager', 'is required for apply patch'));
  if (apply === false && query.get('force') !== null) {
    errors.push(fieldError.forbidden('force', 'may not be specified for non-apply patch'));
  }
  errors.push(...validateFieldManager(manager, 'fieldManager'));
  if (dryRun.some((value) => value !== 'All')) errors.push(fieldError.notSupported('dryRun', dryRun, ['All']));
  if (!['', 'Ignore', 'Strict', 'Warn'].includes(validation)) {
    errors.push(fieldError.notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', kind, '', errors);
  const options: { [key: string]: unknown } = { kind, apiVersion: 'meta.k8s.io/v1' };
  if (dryRun.length > 0) options.dryRun = dryRun;
  if (manager !== '') options.fieldManager = manager;
  if (validation !== '') options.fieldValidation = validation;
  if (apply === true && isTrue(query.get('force'))) options.force = true;
  const warnings: string[] = [];
  warnOnFailure(exchange.response, warnings);
  return {
    definition,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    user,
    dryRun: dryRun.length > 0,
    fieldManager: manager !== '' ? manager : managerOf(request.headers['user-agent']),
    fieldValidation: validation === 'Strict' || validation === 'Ignore' ? validation : 'Warn',
    options,
    warnings,
  };
}

export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0' && value !== '';
}

/** The program's name out of a User-Agent: up to the first slash, printable, 128 bytes at most. */
function managerOf(agent: string | undefined): string {
  const name = (agent ?? '').split('/')[0] ?? '';
  return [...name]
    .filter((c) => !/\p{C}/u.test(c))
    .join('')
    .slice(0, 128);
}

/** Reads the body of a create or update as an object of the kind. Throws 400, 413 or 415. */
export async function readObject(context: RegistryContext, exchange: Exchange, call: Call): Promise<KubeObject> {
  const { request } = exchange;
  const { definition } = call;
  const type = bodyType(request.headers['content-type'], definition.custom);
  const body = await readBody(request);
  const text = type === 'protobuf' ? '' : body.toString();
  let value: unknown;
  let duplicates: readonly string[] = [];
  try {
    if (type === 'protobuf') value = decodeProtobuf(body);
    else if (type === 'json') {
      if (call.fieldValidation !== 'Ignore' && mayRepeatKeys(text)) {
        const strict = parseJsonStrict(text);
        value = strict.value;
        duplicates = strict.duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`);
      } else value = parseJson(text);
    } else {
      const parsed = parseYaml(text);
      value = parsed.value;
      duplicates = parsed.duplicates;
    }
  } catch (error) {
    if (type === 'json' && !(error instanceof JsonSyntaxError)) throw error;
    const message = (error as Error).message;
    if (type === 'protobuf') {
      const shown = body.length > 30 ? `${body.subarray(0, 30).toString('hex')} ...` : body.toString('hex');
      throw badRequest(
        `the object provided is unrecognized (must be of type ${definition.kind}): ${message} (${shown})`,
      );
    }
    const why =
      type === 'json'
        ? `couldn't get version/kind; json parse error: ${message === 'EOF' ? 'unexpected end of JSON input' : message}`
        : `error converting YAML to JSON: ${message}`;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): ${why} (${summary(text)})`,
    );
  }
  // A null is an object without anything in it.
  if (value === null) value = {};
  if (!isObject(value)) {
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    const struct =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${kind} into Go value of type ${struct} (${summary(text)})`,
    );
  }
  for (const field of ['apiVersion', 'kind']) {
    const given: unknown = value[field];
    if (given === undefined || given === null || typeof given === 'string') continue;
    const kind = Array.isArray(given) ? 'array' : typeof given === 'boolean' ? 'bool' : typeof given;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${definition.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${kind} into Go struct field .${field} of type string (${summary(text)})`,
    );
  }
  const object = value as unknown as KubeObject;
  checkType(context, definition, object, text);
  decodeObject(call, object, duplicates, text);
  return object;
}

/**
 * Whether a text may hold a key twice. Telling for sure costs a parse of its own, so the cheap answer is no wherever the text is
 * as JSON.stringify prints it back: parsing and printing lose exactly the repeated keys.
 */
function mayRepeatKeys(text: string): boolean {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return true;
  }
  const printed = JSON.stringify(parsed);
  if (printed.length === text.length) return false;
  return colons(printed) !== colons(text);
}

function colons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) count++;
  return count;
}

function checkType(context: RegistryContext, definition: ResourceDefinition, object: KubeObject, text: string): void {
  const expected = groupVersion(definition);
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
  if (object.kind === definition.kind && object.apiVersion === expected) return;
  const version = object.apiVersion.slice(object.apiVersion.indexOf('/') + 1);
  const known = context.resources.findKind(object.apiVersion, object.kind);
  const goGroup = definition.group === '' ? 'core' : (definition.group.split('.')[0] as string);
  const why =
    known === undefined || known.custom
      ? unregistered(object)
      : `converting (v1.${object.kind}) to (${goGroup}.${definition.kind}): unknown conversion`;
  throw badRequest(
    `${object.kind} in version ${JSON.stringify(version)} cannot be handled as a ${definition.kind}: ${why}`,
  );
}

function summary(text: string): string {
  if (text === '') return '<empty>';
  const buffer = Buffer.from(text);
  const cut = buffer.length > 30;
  const head = buffer.subarray(0, 30);
  return `${text.startsWith('{') ? head.toString() : head.toString('hex')}${cut ? ' ...' : ''}`;
}

async function post(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const { info, request, response } = exchange;
  if (definition.namespaced && info.namespace === '') {
    if (definition.custom) throw notServed();
    throw methodNotAllowed();
  }
  const form = negotiate(request.headers.accept, definition.custom);
  const call = callOf(exchange, definition, 'CreateOptions');
  const object = await readObject(context, exchange, call);
  const result = await create(context, { ...call, name: object.metadata.name ?? '' }, object);
  sendWarnings(response, call.warnings);
  sendResult(context, exchange, definition, 201, form, result.object, result.entry?.json);
}

async function put(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const { info, request } = exchange;
  const form = negotiate(request.headers.accept, definition.custom);
  const call = callOf(exchange, definition, 'UpdateOptions');
  const object = await readObject(context, exchange, call);
  const name = object.metadata.name ?? '';
  if (name === '') {
    throw badRequest(`the name of the object (${info.name} based on URL) was undeterminable: name must be provided`);
  }
  if (name !== info.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
  }
  let first: KubeObject | undefined = object;
  const result = await update(context, call, {
    createMissing: definition.allowCreateOnUpdate ?? false,
    uid: object.metadata.uid,
    retry: false,
    next: () => {
      const next = first ?? copyJson(object);
      first = undefined;
      return { object: next, tracked: false };
    },
  });
  finish(context, exchange, definition, form, call, result);
}

function finish(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
  form: Form,
  call: Call,
  result: Result,
): void {
  sendWarnings(exchange.response, call.warnings);
  sendResult(context, exchange, definition, result.created ? 201 : 200, form, result.object, result.entry?.json);
}

const patchTypes: { readonly [type: string]: PatchType } = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** The kind of patch that a request carries. Throws 415. */
export function patchTypeOf(request: Request, definition: ResourceDefinition): PatchType {
  const header = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const type = Object.hasOwn(patchTypes, header) ? patchTypes[header] : undefined;
  if (type === undefined || (type === 'strategic' && definition.custom)) {
    if (!definition.custom) throw failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
    throw unsupportedMediaType(Object.keys(patchTypes).filter((name) => !name.includes('strategic')));
  }
  return type;
}

async function patchRequest(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
): Promise<void> {
  const { info, request } = exchange;
  const type = patchTypeOf(request, definition);
  const form = negotiate(request.headers.accept, definition.custom);
  const body = await readText(request);
  const call = callOf(exchange, definition, 'PatchOptions', type === 'apply');
  const result = await patch(context, call, type, body, isTrue(info.query.get('force')));
  finish(context, exchange, definition, form, call, result);
}

/** A PUT or PATCH of a subresource that writes a part of its object. */
export function writeRequest(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
): Promise<void> {
  if (exchange.info.method === 'PUT') return put(context, exchange, definition);
  if (exchange.info.method === 'PATCH') return patchRequest(context, exchange, definition);
  throw methodNotAllowed();
}

async function readDeleteBody(exchange: Exchange, definition: ResourceDefinition): Promise<unknown> {
  const body = await readBody(exchange.request);
  if (body.length === 0) return undefined;
  const type = bodyType(exchange.request.headers['content-type'], definition.custom);
  let value: unknown;
  try {
    if (type === 'protobuf') value = decodeProtobuf(body);
    else value = type === 'json' ? parseJson(body.toString()) : parseYaml(body.toString()).value;
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw badRequest('decoded object cannot be converted to DeleteOptions');
  if (value.kind !== undefined && value.kind !== '' && value.kind !== 'DeleteOptions') {
    throw badRequest(unregistered({ kind: String(value.kind), apiVersion: String(value.apiVersion ?? '') }));
  }
  return value;
}

async function deleteOne(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const { request, response } = exchange;
  const form = negotiate(request.headers.accept, definition.custom);
  const options = deleteOptions(await readDeleteBody(exchange, definition), exchange.info.query);
  const call = deleteCall(exchange, definition, options);
  warnOfDependents(response, definition, options);
  const deleted = await remove(context, call, options);
  sendWarnings(response, call.warnings);
  sendDeleted(context, exchange, definition, form, deleted);
}

function warnOfDependents(response: Response, definition: ResourceDefinition, options: DeleteOptions): void {
  if (options.propagationPolicy === undefined && options.orphanDependents === undefined && definition.deletionWarning)
    sendWarnings(response, [definition.deletionWarning]);
}

function deleteCall(
  exchange: Exchange,
  definition: ResourceDefinition,
  options: { readonly dryRun?: readonly string[] },
): Call {
  const { info, user } = exchange;
  return {
    definition,
    subresource: '',
    namespace: info.namespace,
    name: info.name,
    user,
    dryRun: options.dryRun !== undefined,
    fieldManager: '',
    fieldValidation: 'Ignore',
    options: { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', ...options },
    warnings: [],
  };
}

function sendDeleted(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
  form: Form,
  deleted: Deleted,
): void {
  if ('status' in deleted) {
    sendText(exchange.request, exchange.response, 200, printJson(deleted.status), exchange.info.query, form.mediaType);
    return;
  }
  sendResult(context, exchange, definition, 200, form, deleted.object, deleted.entry?.json);
}

async function deleteMany(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const { info, request } = exchange;
  if (!definition.verbs.includes('deletecollection')) throw methodNotAllowed();
  if (definition.namespaced && info.namespace === '') throw definition.custom ? notServed() : methodNotAllowed();
  const form = negotiate(request.headers.accept, definition.custom);
  const options = deleteOptions(await readDeleteBody(exchange, definition), info.query);
  warnOfDependents(exchange.response, definition, options);
  const selected = selection(definition, info.query);
  const found = await page(context, definition, info.namespace, selected, listOptions(info.query));
  const call = deleteCall(exchange, definition, options);
  for (const entry of found.entries) {
    const slash = entry.key.indexOf('/');
    const one = {
      ...call,
      namespace: slash < 0 ? '' : entry.key.slice(0, slash),
      name: entry.key.slice(slash + 1),
      collection: true,
    };
    await remove(context, one, options).catch((error: { code?: unknown }) => {
      if (error.code !== 404) throw error;
    });
  }
  const text = listText(context, definition, found, form, 'Metadata');
  sendText(request, exchange.response, 200, text, info.query, form.mediaType);
}

export { cannotHandle };
