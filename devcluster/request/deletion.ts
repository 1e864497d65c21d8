/** Deletions, of one object and of a collection. */
import type { Call, RegistryContext } from '../registry/call.ts';
import { type Deleted, type DeleteOptions, deleteOptions, remove } from '../registry/delete.ts';
import type { ResourceDefinition } from '../types.ts';
import type { Exchange } from './exchange.ts';
import { printJson } from './json.ts';
import { listOptions, page } from './list.ts';
import { sendList } from './listbody.ts';
import { type Form, negotiate } from './negotiate.ts';
import { readDeleteBody } from './object.ts';
import { type Response, sendText, sendWarnings } from './response.ts';
import { isList, notServed, sendResult } from './result.ts';
import { selection } from './selection.ts';
import { methodNotAllowed } from './status.ts';

/** Deletes the object that a request names. */
export async function deleteOne(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
): Promise<void> {
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

/** Deletes all objects that a request selects. */
export async function deleteMany(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
): Promise<void> {
  const { info, request, turn } = exchange;
  if (!definition.verbs.includes('deletecollection')) throw methodNotAllowed();
  if (definition.namespaced && info.namespace === '') throw definition.custom ? notServed() : methodNotAllowed();
  const form = negotiate(request.headers.accept, definition.custom);
  const options = deleteOptions(await readDeleteBody(exchange, definition), info.query);
  warnOfDependents(exchange.response, definition, options);
  const selected = selection(definition, info.query);
  const found = await page(context, definition, info.namespace, selected, listOptions(info.query), turn);
  const call = deleteCall(exchange, definition, options);
  for (const entry of found.entries) {
    const pause = turn.pause();
    if (pause !== undefined) await pause;
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
  if (form.as === 'PartialObjectMetadata') throw isList(definition);
  await sendList(context, exchange, definition, found, form, 'Metadata');
}
