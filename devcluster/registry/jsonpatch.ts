/** JSON Patch (RFC 6902) as kube-apiserver applies it: negative indices, `replace` creates absent keys of objects. */
import { badRequest, failure, tooLarge } from '../request/status.ts';
import { copyJson, defineOwn, equalJson, isObject } from './copy.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from: string | undefined;
  readonly value: unknown;
}

/** An operation that cannot be applied: the real server says no more than this. */
function rejected(): Error {
  return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

/** Applies a patch to a document, which it may change, and returns the result. Throws Status errors. */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    const kind = patch === null ? 'null' : typeof patch;
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
    const kind = Array.isArray(item) ? 'array' : typeof item;
    throw badRequest(`error decoding patch: json: cannot unmarshal ${kind} into Go value of type handlers.jsonPatchOp`);
  }
  const text = (key: string): string | undefined => (typeof item[key] === 'string' ? item[key] : undefined);
  const op = text('op');
  const path = text('path');
  if (op === undefined || path === undefined) throw rejected();
  return { op, path, from: text('from'), value: item.value };
}

function apply(document: unknown, { op, path, from, value }: Operation): unknown {
  switch (op) {
    case 'add':
      return add(document, path, value === undefined ? null : value);
    case 'remove':
      return remove(document, path);
    case 'replace':
      return replace(document, path, value === undefined ? null : value);
    case 'move': {
      if (from === undefined) throw rejected();
      const moved = copyJson(get(document, from));
      if (moved === undefined) throw rejected();
      return add(remove(document, from), path, moved);
    }
    case 'copy': {
      if (from === undefined) throw rejected();
      const copied = get(document, from);
      if (copied === undefined) throw rejected();
      return add(document, path, copyJson(copied));
    }
    case 'test':
      if (!equalJson(get(document, path) ?? null, value ?? null)) throw rejected();
      return document;
    default:
      throw rejected();
  }
}

function pointer(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw rejected();
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function index(list: readonly unknown[], token: string, adding: boolean): number {
  if (!/^-?\d+$/.test(token)) throw rejected();
  const size = adding ? list.length + 1 : list.length;
  let at = Number(token);
  if (at < 0) at += size;
  if (at < 0 || at >= size) throw rejected();
  return at;
}

function child(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return parent[index(parent, token, false)];
  if (!isObject(parent)) throw rejected();
  return Object.hasOwn(parent, token) ? parent[token] : undefined;
}

function get(document: unknown, path: string): unknown {
  let current = document;
  for (const token of pointer(path)) {
    if (current === undefined) throw rejected();
    current = child(current, token);
  }
  return current;
}

/** The container that the last token of a path is in. */
function parentOf(document: unknown, tokens: string[]): unknown {
  let current = document;
  for (const token of tokens.slice(0, -1)) current = child(current, token);
  if (typeof current !== 'object' || current === null) throw rejected();
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
  if (last === undefined) throw rejected();
  const parent = parentOf(document, tokens);
  if (Array.isArray(parent)) parent.splice(index(parent, last, false), 1);
  else if (isObject(parent) && Object.hasOwn(parent, last)) delete parent[last];
  else throw rejected();
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
