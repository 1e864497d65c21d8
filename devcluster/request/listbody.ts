/**
 * The answer to a list, made in pieces: other requests have their turns in between, and no more of it is in memory than the client has yet
 * to read. Short ones leave as a whole.
 */
import { encodeListItem, encodeProtobufList } from '../protobuf/encode.ts';
import type { RegistryContext } from '../registry/call.ts';
import { entryText, readEntry } from '../registry/convert.ts';
import { type IncludeObject, partialMetadata, table } from '../registry/printers.ts';
import { groupVersion } from '../registry/resources.ts';
import type { Entry } from '../storage/entry.ts';
import type { ResourceDefinition } from '../types.ts';
import type { Exchange } from './exchange.ts';
import { printJson } from './json.ts';
import type { Page } from './list.ts';
import type { Form } from './negotiate.ts';
import { type ResponseStream, sendBytes, sendText, streamBytes, wantsPretty } from './response.ts';
import { printYaml } from './yamlprint.ts';

/** A list's text around its items. */
interface Layout {
  readonly head: string;
  readonly item: (entry: Entry) => string;
  readonly separator: string;
  readonly tail: string;
}

/** Pieces are gathered up to this length before they are written. */
const pieceLength = 64 * 1024;

/** Sends a page of a list in the form that was asked for. */
export async function sendList(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
  found: Page,
  form: Form,
  include: IncludeObject,
): Promise<void> {
  const { request, response, info, turn } = exchange;
  if (form.mediaType === 'application/vnd.kubernetes.protobuf') {
    await sendProtobuf(context, exchange, definition, found, form);
    return;
  }
  const yaml = form.mediaType === 'application/yaml';
  const pretty = !yaml && wantsPretty(request, info.query);
  // Tables that a person reads as text, and answers that are only measured, are rare: they are made in one piece.
  const whole = request.method === 'HEAD' || (form.as !== undefined && (yaml || pretty));
  const compact = whole || !(yaml || pretty);
  const layout = compact ? compactLayout(context, definition, found, form, include) : undefined;
  const { head, item, separator, tail } =
    layout ?? (yaml ? yamlLayout(context, definition, found) : prettyLayout(context, definition, found));
  let stream: ResponseStream | undefined;
  let pieces: string[] = [head];
  let length = head.length;
  for (const [index, entry] of found.entries.entries()) {
    const pause = turn.pause();
    if (pause !== undefined) await pause;
    const text = item(entry);
    pieces.push(index === 0 ? text : separator + text);
    length += text.length;
    if (length < pieceLength || whole || (stream === undefined && length < 2 * pieceLength)) continue;
    stream ??= streamBytes(request, response, form.mediaType);
    if (!(await stream.write(pieces.join('')))) return;
    pieces = [];
    length = 0;
  }
  pieces.push(tail);
  if (stream !== undefined) {
    if (await stream.write(pieces.join(''))) stream.end();
  } else if (compact) sendText(request, response, 200, pieces.join(''), info.query, form.mediaType);
  else sendBytes(request, response, 200, pieces.join(''), form.mediaType);
}

function listMetadata(definition: ResourceDefinition, found: Page, form: Form): { [key: string]: unknown } {
  const metadata: { [key: string]: unknown } = {};
  if (found.resourceVersion !== '') metadata.resourceVersion = found.resourceVersion;
  if (found.continueToken !== '' || (definition.custom && form.as === undefined))
    metadata.continue = found.continueToken;
  if (found.remaining !== undefined) metadata.remainingItemCount = found.remaining;
  return metadata;
}

const listKindOf = (definition: ResourceDefinition): string => definition.listKind ?? `${definition.kind}List`;
const asItself: Form = { mediaType: 'application/json', as: undefined };

function compactLayout(
  context: RegistryContext,
  definition: ResourceDefinition,
  found: Page,
  form: Form,
  include: IncludeObject,
): Layout {
  const { store } = context;
  const metadata = listMetadata(definition, found, form);
  const around = (outer: object, key: string, item: Layout['item']): Layout => ({
    head: `${printJson(outer).slice(0, -1)},"${key}":[`,
    item,
    separator: ',',
    tail: ']}',
  });
  if (form.as === 'Table') {
    const now = context.now();
    const { rows, ...outer } = table(definition, [], metadata, include, now, true, form.metaVersion);
    if (rows === null && found.entries.length === 0)
      return { head: printJson({ ...outer, rows }), item: () => '', separator: '', tail: '' };
    return around(outer, 'rows', (entry) => {
      const { object } = readEntry(store, entry, definition);
      const one = table(definition, [object], metadata, include, now, false, form.metaVersion);
      return printJson((one.rows as unknown[])[0]);
    });
  }
  if (form.as !== undefined) {
    const version = form.metaVersion ?? 'v1';
    const outer = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata };
    if (found.entries.length === 0)
      return { head: printJson({ ...outer, items: null }), item: () => '', separator: '', tail: '' };
    return around(outer, 'items', (entry) =>
      printJson(partialMetadata(readEntry(store, entry, definition).object, version)),
    );
  }
  const outer = { kind: listKindOf(definition), apiVersion: groupVersion(definition), metadata };
  return around(outer, 'items', (entry) => itemText(context, definition, entry));
}

/** As JSON.stringify indents the whole by two. */
function prettyLayout(context: RegistryContext, definition: ResourceDefinition, found: Page): Layout {
  const metadata = listMetadata(definition, found, asItself);
  const outer = printJson(
    { kind: listKindOf(definition), apiVersion: groupVersion(definition), metadata, items: [] },
    2,
  );
  if (found.entries.length === 0) return { head: outer, item: () => '', separator: '', tail: '' };
  return {
    head: `${outer.slice(0, -']\n}'.length)}\n    `,
    item: (entry) => printJson(itemOf(context, definition, entry), 2).replaceAll('\n', '\n    '),
    separator: ',\n    ',
    tail: '\n  ]\n}',
  };
}

/** As `printYaml` prints the whole: keys in order, items not indented. */
function yamlLayout(context: RegistryContext, definition: ResourceDefinition, found: Page): Layout {
  const apiVersion = groupVersion(definition);
  const rest = printYaml({ kind: listKindOf(definition), metadata: listMetadata(definition, found, asItself) });
  if (found.entries.length === 0)
    return { head: printYaml({ apiVersion, items: [] }), item: () => '', separator: '', tail: rest };
  return {
    head: `${printYaml({ apiVersion })}items:\n`,
    item: (entry) => printYaml([itemOf(context, definition, entry)]),
    separator: '',
    tail: rest,
  };
}

async function sendProtobuf(
  context: RegistryContext,
  { request, response, turn }: Exchange,
  definition: ResourceDefinition,
  found: Page,
  form: Form,
): Promise<void> {
  const version = form.metaVersion ?? 'v1';
  const whole = form.as === undefined;
  const items: Buffer[] = [];
  for (const entry of found.entries) {
    const pause = turn.pause();
    if (pause !== undefined) await pause;
    const { object } = readEntry(context.store, entry, definition);
    items.push(encodeListItem(whole ? object : partialMetadata(object, version)));
  }
  const apiVersion = whole ? groupVersion(definition) : `meta.k8s.io/${version}`;
  const kind = whole ? listKindOf(definition) : 'PartialObjectMetadataList';
  const parts = encodeProtobufList(apiVersion, kind, listMetadata(definition, found, form), items);
  const stream = streamBytes(request, response, 'application/vnd.kubernetes.protobuf');
  let chunk: Buffer[] = [];
  let length = 0;
  for (const part of parts) {
    chunk.push(part);
    length += part.length;
    if (length < pieceLength) continue;
    const pause = turn.pause();
    if (pause !== undefined) await pause;
    if (!(await stream.write(Buffer.concat(chunk)))) return;
    chunk = [];
    length = 0;
  }
  if (await stream.write(Buffer.concat(chunk))) stream.end();
}

/** An item as an object; items of builtin lists carry no apiVersion and kind. */
function itemOf(context: RegistryContext, definition: ResourceDefinition, entry: Entry): object {
  const { object } = readEntry(context.store, entry, definition);
  if (definition.custom) return object;
  const { apiVersion: _, kind: __, ...rest } = object;
  return rest;
}

function itemText(context: RegistryContext, definition: ResourceDefinition, entry: Entry): string {
  const text = entryText(context.store, entry, definition);
  if (definition.custom) return text;
  const prefix = typePrefix(definition);
  return text.startsWith(prefix) ? `{${text.slice(prefix.length)}` : printJson(itemOf(context, definition, entry));
}

const prefixes = new WeakMap<ResourceDefinition, string>();

function typePrefix(definition: ResourceDefinition): string {
  let prefix = prefixes.get(definition);
  if (prefix === undefined) {
    const text = JSON.stringify({ apiVersion: groupVersion(definition), kind: definition.kind });
    prefix = `${text.slice(0, -1)},`;
    prefixes.set(definition, prefix);
  }
  return prefix;
}
