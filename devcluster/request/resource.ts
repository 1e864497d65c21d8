/** Requests to resources: from RequestInfo and body to the registry and back. */

import type { Call, RegistryContext, Result } from '../registry/call.ts';
import { convertEntries, readEntry } from '../registry/convert.ts';
import { copyJson } from '../registry/copy.ts';
import { create, ensureNamespace } from '../registry/create.ts';
import { pathSegment } from '../registry/names.ts';
import { patch } from '../registry/patch.ts';
import { storageName } from '../registry/resources.ts';
import { update } from '../registry/update.ts';
import { type Entry, entryKey } from '../storage/entry.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import { readText } from './body.ts';
import { deleteMany, deleteOne } from './deletion.ts';
import type { Exchange } from './exchange.ts';
import type { RequestInfo } from './info.ts';
import { isWatch } from './info.ts';
import { listOptions, type Page, page, versionProblem, waitFor } from './list.ts';
import { sendList } from './listbody.ts';
import { type Form, negotiate } from './negotiate.ts';
import { readObject } from './object.ts';
import { patchTypeOf } from './patchType.ts';
import { sendWarnings } from './response.ts';
import { includeOf, isList, noSubresource, notServed, sendResult } from './result.ts';
import { selection } from './selection.ts';
import { badRequest, methodNotAllowed, methodNotSupported, notAcceptable, notFound, unknownError } from './status.ts';
import { handleSubresource } from './subresource.ts';
import { checkUrlName, notAllowed } from './verbs.ts';
import { serveWatch, unreached, watchOptions } from './watch.ts';
import { callOf, isTrue } from './writeOptions.ts';

/** Serves a request to a resource that exists. Throws Status errors. */
export async function handleResource(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
): Promise<void> {
  const { info } = exchange;
  if (info.named && info.subresource === '' && ['GET', 'DELETE', 'PATCH'].includes(info.method)) {
    const problems = pathSegment(info.name, false);
    if (problems.length > 0)
      throw badRequest(`Name parameter invalid: ${JSON.stringify(info.name)}: ${problems.join(';')}`);
  }
  if (info.subresource !== '' && info.subresource !== 'status') {
    await handleSubresource(context, exchange, definition);
    return;
  }
  if (info.subresource === 'status' && !definition.subresources.some((sub) => sub.name === 'status')) {
    throw noSubresource(definition, info.name);
  }
  const named = info.name !== '' && info.verb !== 'list' && info.verb !== 'watch' && info.verb !== 'deletecollection';
  const reads = info.method === 'GET' || info.method === 'HEAD' || info.method === 'DELETE';
  const readOnly = definition.terminating !== true && !definition.verbs.includes('create');
  if (readOnly && info.method !== 'GET') throw notAllowed(definition, info);
  const served = reads || named === (info.method !== 'POST');
  if (info.method === 'HEAD' && !definition.custom) throw methodNotAllowed();
  if (definition.deprecation !== undefined && served) sendWarnings(exchange.response, [definition.deprecation]);
  switch (info.method) {
    case 'GET':
    case 'HEAD':
      if (named) return get(context, exchange, definition);
      return collection(context, exchange, definition);
    case 'POST':
      if (named && (!definition.custom || info.subresource !== '')) throw notAllowed(definition, info);
      return post(context, exchange, definition);
    case 'PUT':
      if (!named) throw definition.custom ? badRequest('name must be provided') : methodNotAllowed();
      return put(context, exchange, definition);
    case 'PATCH':
      if (!named) {
        if (!definition.custom) throw methodNotAllowed();
        patchTypeOf(exchange.request, definition);
        throw badRequest('name must be provided');
      }
      return patchRequest(context, exchange, definition);
    case 'DELETE':
      if (info.subresource !== '') throw notAllowed(definition, info);
      return named ? deleteOne(context, exchange, definition) : deleteMany(context, exchange, definition);
    default:
      if (definition.custom) throw methodNotSupported({ group: definition.group, resource: definition.plural }, '');
      throw methodNotAllowed();
  }
}

async function get(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const { info, request } = exchange;
  const form = negotiate(request.headers.accept, definition.custom);
  if (info.query.has('export') && !['false', '0', ''].includes(info.query.get('export') ?? ''))
    throw badRequest('the export parameter, deprecated since v1.14, is no longer supported');
  const version = info.query.get('resourceVersion') ?? '';
  const problem = versionProblem(version);
  if (problem !== undefined) {
    // Events are the one resource that the real server reads without a cache, which has another word for it.
    throw definition.kind === 'Event' && !definition.custom
      ? badRequest(`invalid resource version: ${problem}`)
      : unknownError(problem);
  }
  await waitFor(context, Number(version));
  const key = entryKey(definition.namespaced ? info.namespace : '', info.name);
  const entry = context.store.get(storageName(definition), key);
  if (entry === undefined) {
    const resource = definition.kind === 'ComponentStatus' ? definition.singular : definition.plural;
    throw notFound({ group: definition.group, resource }, info.name);
  }
  await convertEntries(context.store, [entry], definition);
  const { object, asStored } = readEntry(context.store, entry, definition);
  sendResult(context, exchange, definition, 200, form, object, asStored ? entry.json : undefined);
}

async function collection(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const { info, request } = exchange;
  const form = negotiate(request.headers.accept, definition.custom, true, true);
  const include = form.as === 'Table' ? includeOf(info.query) : 'Metadata';
  const query = singleName(info);
  const selected = selection(definition, query);
  if (info.verb === 'watch' || isWatch(info.query)) {
    if (form.as === undefined && form.mediaType === 'application/yaml') throw notAStream();
    const options = watchOptions(info.query);
    const failed = await unreached(context, options);
    await convertAll(context, definition, info.namespace);
    serveWatch(context, exchange, definition, selected, { ...options, failed }, form, include);
    return;
  }
  if (form.as === 'PartialObjectMetadata') throw isList(definition);
  const found = await page(context, definition, info.namespace, selected, listOptions(info.query), exchange.turn);
  const shown = form.as === 'Table' ? inTableOrder(context, definition, found) : found;
  await sendList(context, exchange, definition, shown, form, include);
}

function inTableOrder({ store }: RegistryContext, definition: ResourceDefinition, found: Page): Page {
  const { tableOrder } = definition;
  if (tableOrder === undefined) return found;
  const objectOf = (entry: Entry): KubeObject => readEntry(store, entry, definition).object;
  return { ...found, entries: found.entries.toSorted((a, b) => tableOrder(objectOf(a), objectOf(b))) };
}

/** What a watch answers a client that wants it in a form that has no stream. */
function notAStream(): Error {
  const streams = ['application/json', 'application/vnd.kubernetes.protobuf'];
  return notAcceptable(streams.map((type) => `${type};stream=watch`));
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
  checkUrlName(object, info.name);
  ensureNamespace(call, object);
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

async function patchRequest(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
): Promise<void> {
  const { info, request } = exchange;
  const type = patchTypeOf(request, definition);
  const form = negotiate(request.headers.accept, definition.custom);
  const body = await readText(exchange);
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
