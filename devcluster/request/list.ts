/** GET on a collection: versions, pages, selectors, and the text of the answer. */
import type { RegistryContext } from '../registry/call.ts';
import { convertEntries, readEntry } from '../registry/convert.ts';
import { storageName } from '../registry/resources.ts';
import type { Entry } from '../storage/entry.ts';
import { Compacted } from '../storage/store.ts';
import type { ResourceDefinition } from '../types.ts';
import type { Turn } from './fairness/scheduler.ts';
import { parseJson } from './json.ts';
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
  checkNumbers(query);
  const resourceVersion = query.get('resourceVersion') ?? '';
  const options: ListOptions = {
    // What may be as old as it likes comes whole.
    limit: resourceVersion === '0' ? 0 : Math.max(0, Number(query.get('limit') ?? 0)),
    continueToken: query.get('continue') ?? '',
    resourceVersion,
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

/** Throws 400 for a limit or a timeout that is no number. */
export function checkNumbers(query: URLSearchParams): void {
  for (const name of ['limit', 'timeoutSeconds']) {
    const number = query.get(name);
    if (number === null) continue;
    if (!/^[+-]?\d+$/.test(number))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(number)}: invalid syntax`);
    if (BigInt(number) > 2n ** 63n - 1n || BigInt(number) < -(2n ** 63n))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(number)}: value out of range`);
  }
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
  turn: Turn,
): Promise<Page> {
  const { store } = context;
  const resource = storageName(definition);
  const prefix = definition.namespaced && namespace !== '' ? `${namespace}/` : '';
  const token = options.continueToken === '' ? undefined : decodeToken(options.continueToken);
  if (token !== undefined && options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const asked = parseVersion(options.resourceVersion);
  await waitFor(context, Math.max(asked, token?.revision ?? 0));
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
  const matching = selected.all ? entries : await matchingEntries(context, definition, entries, selected, turn);
  // With a selector, whatever comes after the last of a full page may be of another one.
  const full = matching.length >= options.limit && matching.at(options.limit - 1) !== entries.at(-1);
  // One object has no pages: it is read by its name.
  const single = selected.name !== undefined && (prefix !== '' || !definition.namespaced);
  if (options.limit === 0 || !full || single) {
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

async function matchingEntries(
  { store }: RegistryContext,
  definition: ResourceDefinition,
  entries: readonly Entry[],
  selected: Selection,
  turn: Turn,
): Promise<Entry[]> {
  const out: Entry[] = [];
  for (const entry of entries) {
    if (selected.name !== undefined && nameOf(entry) !== selected.name) continue;
    const pause = turn.pause();
    if (pause !== undefined) await pause;
    if (selected.matches(readEntry(store, entry, definition).object)) out.push(entry);
  }
  return out;
}

function nameOf({ key }: Entry): string {
  return key.slice(key.indexOf('/') + 1);
}

/** A resource version of a list. Throws 400. */
function parseVersion(text: string): number {
  const problem = versionProblem(text);
  if (problem !== undefined) throw badRequest(`invalid resource version: ${problem}`);
  return Number(text);
}

/** What is wrong with a resource version, as Go's parser has it. */
export function versionProblem(text: string): string | undefined {
  const why = !/^\d*$/.test(text)
    ? 'invalid syntax'
    : BigInt(text === '' ? 0 : text) >= 2n ** 64n
      ? 'value out of range'
      : undefined;
  if (why === undefined) return undefined;
  return `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`;
}

/** Waits three seconds for a version to come, then gives up as the real server does. */
export async function waitFor(context: RegistryContext, revision: number): Promise<void> {
  const { store } = context;
  if (store.revision >= revision) return;
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
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `/${start}` })).toString('base64url');
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
  if (typeof parsed.start !== 'string' || parsed.start === '')
    throw fail('encoded start key empty (version meta.k8s.io/v1)');
  if (parsed.start.split('/').includes('..')) throw fail(parsed.start);
  return { revision: parsed.rv, start: parsed.start.replace(/^\//, '') };
}
