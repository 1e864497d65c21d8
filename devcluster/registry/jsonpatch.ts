/** JSON Patch (RFC 6902) as kube-apiserver applies it: negative indices, `replace` creates absent keys of objects. */
import { cannotUnmarshal, jsonWord } from '../../schema/gojson.ts';
import { badRequest, failure, tooLarge } from '../request/status.ts';
import { copyJson, defineOwn, equalJson, isObject } from './copy.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from: string | undefined;
  readonly value: unknown;
}

/** Why an operation could not be applied, by the error that clients get, which does not say. */
const details = new WeakMap<Error, string>();

/** What is wrong with a patch, as the log of the real server and the patches of webhooks have it. */
export function patchProblem(error: Error): string {
  return details.get(error) ?? error.message;
}

/** An operation that cannot be applied: the real server says no more than this. */
function rejected(detail: string): Error {
  const error = failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  details.set(error, detail);
  return error;
}

/** Applies a patch to a document, which it may change, and returns the result. Throws Status errors. */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    const kind = patch === null ? 'null' : jsonWord(patch);
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${kind} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (patch.length > 10_000) {
    throw tooLarge(
      `Request entity too large: The allowed maximum operations in a JSON patch is 10000, got ${patch.length}`,
    );
  }
  let current = document;
  for (const item of patch) current = apply(current, readOperation(item));
  return current;
}

function readOperation(item: unknown): Operation {
  if (!isObject(item)) {
    throw badRequest(`error decoding patch: ${cannotUnmarshal(item, 'value of type handlers.jsonPatchOp')}`);
  }
  const text = (key: string): string | undefined => (typeof item[key] === 'string' ? item[key] : undefined);
  const op = text('op');
  const path = text('path');
  if (op === undefined) throw rejected('Unexpected kind: unknown');
  if (path === undefined) throw rejected(`${op} operation failed to decode path: missing value`);
  return { op, path, from: text('from'), value: item.value };
}

/** Where a path leads nowhere. Without a reason: something on the way to its last token is missing. */
class PathProblem {
  readonly reason: string | undefined;
  constructor(reason?: string) {
    this.reason = reason;
  }
}

function apply(document: unknown, operation: Operation): unknown {
  try {
    return applyOne(document, operation);
  } catch (error) {
    if (!(error instanceof PathProblem)) throw error;
    const { op, path } = operation;
    if (error.reason !== undefined) throw rejected(`error in ${op} for path: '${path}': ${error.reason}`);
    throw rejected(
      `${op} operation does not apply: doc is missing path: ${op === 'replace' ? path : `"${path}"`}: missing value`,
    );
  }
}

function applyOne(document: unknown, { op, path, from, value }: Operation): unknown {
  switch (op) {
    case 'add':
      return add(document, path, value === undefined ? null : value);
    case 'remove':
      return remove(document, path);
    case 'replace':
      return replace(document, path, value === undefined ? null : value);
    case 'move': {
      if (from === undefined)
        throw rejected('move operation failed to decode from: operation, missing from field: missing value');
      const moved = copyJson(get(document, from));
      if (moved === undefined) {
        const key = pointer(from).at(-1) ?? '';
        throw rejected(`error in move for path: '${key}': Unable to remove nonexistent key: ${key}: missing value`);
      }
      return add(remove(document, from), path, moved);
    }
    case 'copy': {
      if (from === undefined)
        throw rejected('copy operation failed to decode from: operation, missing from field: missing value');
      // What is not there is copied as null.
      return add(document, path, copyJson(get(document, from) ?? null));
    }
    case 'test':
      if (!equalJson(get(document, path) ?? null, value ?? null)) {
        throw rejected(`testing value ${path} failed: test failed`);
      }
      return document;
    default:
      throw rejected(`Unexpected kind: ${op}`);
  }
}

function pointer(path: string): string[] {
  if (path === '') return [];
  // What stands before the first slash does not count, as in the real server.
  if (!path.includes('/')) throw new PathProblem();
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function index(list: readonly unknown[], token: string, adding: boolean): number {
  if (!/^-?\d+$/.test(token)) {
    throw new PathProblem(`strconv.Atoi: parsing ${JSON.stringify(token)}: invalid syntax`);
  }
  const size = adding ? list.length + 1 : list.length;
  let at = Number(token);
  if (at < 0) at += size;
  if (at < 0 || at >= size) throw new PathProblem(`Unable to access invalid index: ${token}: invalid index referenced`);
  return at;
}

function child(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return parent[index(parent, token, false)];
  if (!isObject(parent)) throw new PathProblem();
  return Object.hasOwn(parent, token) ? parent[token] : undefined;
}

function get(document: unknown, path: string): unknown {
  let current = document;
  for (const token of pointer(path)) {
    if (current === undefined) throw new PathProblem();
    current = child(current, token);
  }
  return current;
}

/** The container that the last token of a path is in. */
function parentOf(document: unknown, tokens: string[]): unknown {
  let current = document;
  for (const token of tokens.slice(0, -1)) current = child(current, token);
  if (typeof current !== 'object' || current === null) throw new PathProblem();
  return current;
}

function setKey(target: { [key: string]: unknown }, key: string, value: unknown): void {
  if (key === '__proto__') defineOwn(target, key, value);
  else target[key] = value;
}

function add(document: unknown, path: string, value: unknown): unknown {
  const tokens = pointer(path);
  const last = tokens.at(-1);
  if (last === undefined) return value;
  const parent = parentOf(document, tokens);
  if (Array.isArray(parent)) {
    if (last === '-') parent.push(value);
    else parent.splice(index(parent, last, true), 0, value);
  } else setKey(parent as { [key: string]: unknown }, last, value);
  return document;
}

function remove(document: unknown, path: string): unknown {
  const tokens = pointer(path);
  const last = tokens.at(-1);
  if (last === undefined) throw new PathProblem();
  const parent = parentOf(document, tokens);
  if (Array.isArray(parent)) parent.splice(index(parent, last, false), 1);
  else if (isObject(parent) && Object.hasOwn(parent, last)) delete parent[last];
  else throw new PathProblem(`Unable to remove nonexistent key: ${last}: missing value`);
  return document;
}

function replace(document: unknown, path: string, value: unknown): unknown {
  const tokens = pointer(path);
  const last = tokens.at(-1);
  if (last === undefined) return value;
  const parent = parentOf(document, tokens);
  if (Array.isArray(parent)) parent[index(parent, last, false)] = value;
  else setKey(parent as { [key: string]: unknown }, last, value);
  return document;
}
