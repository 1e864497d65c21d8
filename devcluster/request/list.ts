/** GET on a collection: versions, pages, selectors, and the text of the answer. */
import type { RegistryContext } from '../registry/call.ts';
import { convertEntries, readEntry } from '../registry/convert.ts';
import { type IncludeObject, partialMetadata, table } from '../registry/printers.ts';
import { groupVersion, storageName } from '../registry/resources.ts';
import type { Entry } from '../storage/entry.ts';
import { Compacted } from '../storage/store.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import { parseJson, printJson } from './json.ts';
import type { Form } from './negotiate.ts';
import type { Selection } from './selection.ts';
import { badRequest, fieldError, invalid, StatusError, timeout } from './status.ts';

/** Paging and version options of a list. */
export interface ListOptions {
  readonly limit: number;
  readonly continueToken: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
}

/** Reads the options of a list. Throws 400 or 422. */
export function listOptions(query: URLSearchParams): ListOptions {
  const limitText = query.get('limit') ?? '';
  const seconds = query.get('timeoutSeconds') ?? '';
  for (const number of [limitText, seconds]) {
    if (number !== '' && !/^[+-]?\d+$/.test(number))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(number)}: invalid syntax`);
    if (number !== '' && (BigInt(number) > 2n ** 63n - 1n || BigInt(number) < -(2n ** 63n)))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(number)}: value out of range`);
  }
  const options: ListOptions = {
    limit: Math.max(0, Number(limitText || 0)),
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
  };
  const errors = [];
  const { resourceVersionMatch: match, resourceVersion: version, continueToken } = options;
  if (match !== '') {
    if (version === '') {
      errors.push(
        fieldError.forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden unless resourceVersion is provided',
        ),
      );
    }
    if (continueToken !== '') {
      errors.push(
        fieldError.forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'),
      );
    }
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(fieldError.notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    }
    if (match === 'Exact' && version === '0') {
      errors.push(
        fieldError.forbidden(
          'resourceVersionMatch',
          'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
        ),
      );
    }
  }
  if (query.get('sendInitialEvents') !== null) {
    errors.push(fieldError.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', 'ListOptions', '', errors);
  return options;
}

/** One page of a list. */
export interface Page {
  readonly entries: readonly Entry[];
  readonly resourceVersion: string;
  readonly continueToken: string;
  readonly remaining: number | undefined;
}

interface Token {
  readonly revision: number;
  readonly start: string;
}

/** Finds the entries that a list asks for. Throws 400, 410, or 504 for versions from the future. */
export async function page(
  context: RegistryContext,
  definition: ResourceDefinition,
  namespace: string,
  selected: Selection,
  options: ListOptions,
): Promise<Page> {
  const { store } = context;
  const resource = storageName(definition);
  const prefix = definition.namespaced && namespace !== '' ? `${namespace}/` : '';
  const token = options.continueToken === '' ? undefined : decodeToken(options.continueToken);
  if (token !== undefined && options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const asked = parseVersion(options.resourceVersion);
  if (asked > store.revision) await waitFor(context, asked);
  let revision = store.revision;
  if (token !== undefined && token.revision > 0) revision = token.revision;
  else if (token === undefined && options.resourceVersionMatch === 'Exact') revision = asked;
  else if (token === undefined && asked > 0 && options.limit > 0 && options.resourceVersionMatch === '')
    revision = asked;
  let entries: Entry[];
  try {
    entries = store.listAt(resource, prefix, revision);
  } catch (error) {
    if (!(error instanceof Compacted)) throw error;
    throw token === undefined ? tooOld(asked, error) : expiredToken(token, store.revision);
  }
  if (token !== undefined) {
    const start = prefix + token.start;
    const at = entries.findIndex((entry) => entry.key >= start);
    entries = at < 0 ? [] : entries.slice(at);
  }
  await convertEntries(store, entries, definition);
  const matching = selected.all
    ? entries
    : entries.filter((entry) => selected.matches(readEntry(store, entry, definition).object));
  if (options.limit === 0 || matching.length <= options.limit) {
    return { entries: matching, resourceVersion: String(revision), continueToken: '', remaining: undefined };
  }
  const shown = matching.slice(0, options.limit);
  const last = shown.at(-1) as Entry;
  return {
    entries: shown,
    resourceVersion: String(revision),
    continueToken: encodeToken(revision, `${last.key.slice(prefix.length)}\0`),
    remaining: selected.all ? matching.length - shown.length : undefined,
  };
}

/** A resource version of a list. Throws 400. */
function parseVersion(text: string): number {
  if (text === '') return 0;
  if (!/^\d+$/.test(text)) {
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

/** Waits three seconds for a version to come, then gives up as the real server does. */
async function waitFor(context: RegistryContext, revision: number): Promise<void> {
  const { store } = context;
  await new Promise<void>((resolve) => {
    const stop = store.subscribe('', () => {
      if (store.revision < revision) return;
      finish();
    });
    const timer = setTimeout(() => finish(), 3000);
    const finish = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
  });
  if (store.revision >= revision) return;
  throw timeout(
    `Timeout: Too large resource version: ${revision}, current: ${store.revision}`,
    [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    1,
  );
}

function tooOld(asked: number, error: Compacted): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `The resourceVersion for the provided list is too old: ${asked} (${error.compactedRevision})`.replace(
      /: \d+ \(\d+\)$/,
      '.',
    ),
    reason: 'Expired',
    code: 410,
  });
}

function expiredToken(token: Token, revision: number): StatusError {
  void revision;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: { continue: encodeToken(-1, token.start) },
    status: 'Failure',
    message:
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    reason: 'Expired',
    code: 410,
  });
}

function encodeToken(revision: number, start: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).toString('base64url');
}

function decodeToken(text: string): Token {
  const fail = (why: string): StatusError => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  const foreign = /[^\w-]/.exec(text);
  if (foreign !== null || text.length % 4 === 1) {
    const at = foreign?.index ?? text.length - 1;
    throw fail(`illegal base64 data at input byte ${at}`);
  }
  let parsed: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    // As Go sees it: one character a byte.
    parsed = parseJson(Buffer.from(text, 'base64url').toString('latin1')) as typeof parsed;
  } catch (error) {
    throw fail((error as Error).message);
  }
  if (parsed.v !== 'meta.k8s.io/v1') {
    const version = typeof parsed.v === 'string' ? ` ${parsed.v}` : '';
    throw fail(`server does not recognize this encoded version${version}`);
  }
  if (typeof parsed.rv !== 'number' || parsed.rv === 0)
    throw fail('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof parsed.start !== 'string' || parsed.start === '') throw fail('encoded start key empty');
  if (parsed.start.split('/').includes('..')) throw fail(parsed.start);
  return { revision: parsed.rv, start: parsed.start };
}

/** The answer's text. */
export function listText(
  context: RegistryContext,
  definition: ResourceDefinition,
  found: Page,
  form: Form,
  include: IncludeObject,
): string {
  const { store } = context;
  const metadata: { [key: string]: unknown } = { resourceVersion: found.resourceVersion };
  if (found.continueToken !== '' || (definition.custom && form.as === undefined))
    metadata.continue = found.continueToken;
  if (found.remaining !== undefined) metadata.remainingItemCount = found.remaining;
  const objects = (): KubeObject[] => found.entries.map((entry) => readEntry(store, entry, definition).object);
  if (form.as === 'Table')
    return printJson(table(definition, objects(), metadata, include, context.now(), true, form.metaVersion));
  if (form.as !== undefined) {
    const version = form.metaVersion ?? 'v1';
    const items = objects().map((object) => partialMetadata(object, version));
    return printJson({ kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata, items });
  }
  const texts = found.entries.map((entry) => itemText(context, definition, entry));
  const kind = definition.listKind ?? `${definition.kind}List`;
  const head = JSON.stringify({ kind, apiVersion: groupVersion(definition), metadata });
  return `${head.slice(0, -1)},"items":[${texts.join(',')}]}`;
}

/** An item's text; items of builtin lists carry no apiVersion and kind. */
function itemText(context: RegistryContext, definition: ResourceDefinition, entry: Entry): string {
  const { object, asStored } = readEntry(context.store, entry, definition);
  if (definition.custom) return asStored ? entry.json : printJson(object);
  const prefix = typePrefix(definition);
  if (asStored && entry.json.startsWith(prefix)) return `{${entry.json.slice(prefix.length)}`;
  const { apiVersion: _, kind: __, ...rest } = object;
  return printJson(rest);
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
