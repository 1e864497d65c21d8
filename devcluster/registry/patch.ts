/** PATCH in its four forms: how a patch becomes the new object. */
import { cannotUnmarshal } from '../../schema/gojson.ts';
import { JsonSyntaxError, parseJson, printJson, repeatedKeys } from '../request/json.ts';
import { badRequest, failure, fieldError, internal, invalid, nameless, StatusError } from '../request/status.ts';
import { parseYaml } from '../request/yaml.ts';
import {
  ApplyConflictError,
  ApplyInvalidError,
  DecodeError,
  type JsonObject,
  type KubeObject,
  StrategicMergeError,
} from '../types.ts';
import type { Call, RegistryContext, Result } from './call.ts';
import { copyJson, isObject } from './copy.ts';
import { fieldManager, mergeTypeOf, resetFields } from './create.ts';
import { cannotHandle, decodeTyped } from './decode.ts';
import { jsonPatch } from './jsonpatch.ts';
import { mergePatch } from './mergepatch.ts';
import { otherKind, unreadableType } from './otherkinds.ts';
import { groupVersion } from './resources.ts';
import { update } from './update.ts';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/** Applies a patch and writes the result. `force` only for apply. Throws Status errors. */
export async function patch(
  context: RegistryContext,
  call: Call,
  type: PatchType,
  body: string,
  force: boolean,
): Promise<Result> {
  if (type === 'apply') return applyPatch(context, call, body, force);
  const { parsed, complaints } = parsePatch(type, body);
  return update(context, call, {
    createMissing: false,
    uid: undefined,
    retry: true,
    next: (live) => {
      const patched = () => {
        const object = applyTo(context, call, type, copyJson(live as KubeObject), parsed);
        if (!call.definition.custom && isObject(object) && !object.kind) object.kind = call.definition.kind;
        return object;
      };
      const strategic = type === 'strategic';
      // Only messages show it, and reading changes what was read: patched once more where one does.
      const shown = () => (strategic ? goValue(parsed) : printJson(patched()));
      return { object: readPatched(context, call, patched(), strategic, shown, complaints), tracked: false };
    },
  });
}

/** A patch as data, with what is odd about its text. */
function parsePatch(type: PatchType, body: string): { parsed: unknown; complaints: string[] } {
  const prefix = type === 'strategic' ? '' : 'error decoding patch: ';
  let parsed: unknown;
  let duplicates: string[] = [];
  try {
    parsed = parseJson(body);
    if (body.includes('":') && type !== 'json') duplicates = repeatedKeys(body, parsed);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw badRequest(`${prefix}${error.message === 'EOF' ? 'unexpected end of JSON input' : error.message}`);
  }
  if (type === 'json') {
    const operations = parsed ?? [];
    return { parsed: operations, complaints: unknownKeys(operations) };
  }
  if (!isObject(parsed)) {
    if (parsed === null && type === 'strategic') return { parsed: {}, complaints: [] };
    if (parsed === null) throw badRequest('Invalid JSON Patch');
    throw badRequest(`${prefix}${cannotUnmarshal(parsed, 'value of type map[string]interface {}')}`);
  }
  return { parsed, complaints: duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`) };
}

const operationKeys = new Set(['op', 'path', 'from', 'value']);

function unknownKeys(operations: unknown): string[] {
  if (!Array.isArray(operations)) return [];
  return operations.flatMap((operation, index) =>
    isObject(operation)
      ? Object.keys(operation)
          .filter((key) => !operationKeys.has(key))
          .map((key) => `json patch unknown field "[${index}].${key}"`)
      : [],
  );
}

function applyTo(context: RegistryContext, call: Call, type: PatchType, target: KubeObject, parsed: unknown): unknown {
  switch (type) {
    case 'json':
      return jsonPatch(target, copyJson(parsed));
    case 'merge':
      return mergePatch(target, copyJson(parsed));
    default:
      try {
        return context.strategicMerge(
          target as JsonObject,
          copyJson(parsed) as JsonObject,
          call.definition.mergeType(),
        );
      } catch (error) {
        if (!(error instanceof StrategicMergeError)) throw error;
        const reasons = { 400: 'BadRequest', 422: 'Invalid', 500: '' } as const;
        throw failure(error.code, reasons[error.code], error.message, error.code === 422 ? {} : undefined);
      }
  }
}

/** Checks and decodes what a patch has made of an object. Throws Status errors. */
function readPatched(
  context: RegistryContext,
  call: Call,
  patched: unknown,
  strategic: boolean,
  shown: () => string,
  complaints: readonly string[],
): KubeObject {
  const { definition } = call;
  if (!isObject(patched))
    throw failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  if (definition.custom && !patched.apiVersion) {
    throw internal("Object 'apiVersion' is missing in 'object has no apiVersion field'");
  }
  const object = patched as unknown as KubeObject;
  const problem = (message: string): StatusError =>
    invalid('', '', '', [fieldError.invalid('patch', shown(), message)]);
  const unreadable = strategic ? undefined : unreadableType(patched);
  if (unreadable !== undefined) throw problem(unreadable);
  if (definition.custom && !patched.kind) throw problem(`Object 'Kind' is missing in '${shown()}'`);
  const expected = groupVersion(definition);
  // What a strategic patch has made is read into the kind that it was.
  if (strategic) Object.assign(object, { apiVersion: expected, kind: definition.kind });
  // Without a version it is read as an object of no kind that has fields.
  const versionless = !definition.custom && !object.apiVersion;
  if (!definition.custom && !versionless && (object.kind !== definition.kind || object.apiVersion !== expected)) {
    throw problem(otherKind(context.resources, definition, object));
  }
  if (definition.custom && object.apiVersion !== expected) {
    const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] as string) : '';
    const detail = `must be ${expected}`;
    throw invalid(group, object.kind, call.name, [fieldError.invalid('apiVersion', object.apiVersion, detail)]);
  }
  let unknown: string[];
  try {
    unknown = versionless
      ? Object.keys(object).filter((field) => field !== 'apiVersion' && field !== 'kind')
      : decodeTyped(definition, object);
  } catch (error) {
    if (error instanceof DecodeError) throw problem(strategic ? error.converted : error.message);
    throw error;
  }
  // Fields of parsed JSON have no order of their own; those that a text names keep theirs.
  const problems = [
    ...complaints,
    ...(definition.custom ? unknown : [...unknown].sort()).map((path) => `unknown field ${JSON.stringify(path)}`),
  ];
  if (problems.length > 0) {
    if (call.fieldValidation === 'Strict') throw problem(`strict decoding error: ${problems.join(', ')}`);
    if (call.fieldValidation === 'Warn') call.warnings.push(...problems);
  }
  if (versionless) throw nameless(call.name);
  checkIdentity(call, object);
  return object;
}

/** A patch may not move the object to another name or version. Throws 400. */
export function checkIdentity(call: Call, object: KubeObject): void {
  const { definition } = call;
  const expected = groupVersion(definition);
  if (object.apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  const name = object.metadata.name ?? '';
  if (name === '') {
    throw nameless(call.name);
  }
  if (name !== call.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
  }
}

async function applyPatch(context: RegistryContext, call: Call, body: string, force: boolean): Promise<Result> {
  const { definition } = call;
  const { value, duplicates } = parseApply(body);
  if (!isObject(value)) {
    if (value === null) throw badRequest('invalid object type: /, Kind=');
    throw badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: ${cannotUnmarshal(value, 'value of type map[string]interface {}')}`,
    );
  }
  const applied = value as unknown as KubeObject;
  const text = (field: unknown): string => (typeof field === 'string' ? field : '');
  if (text(applied.apiVersion) === '' || text(applied.kind) === '') {
    throw badRequest(`invalid object type: ${describeType(text(applied.apiVersion), text(applied.kind))}`);
  }
  if (!isObject(applied.metadata)) (applied as { metadata: unknown }).metadata = {};
  const expected = groupVersion(definition);
  if (!definition.custom && (applied.apiVersion !== expected || applied.kind !== definition.kind))
    throw badRequest(`invalid object type: ${describeType(applied.apiVersion, applied.kind)}`);
  if (text(applied.metadata.name) !== '' || applied.apiVersion !== expected) checkIdentity(call, applied);
  if (applied.metadata.managedFields !== undefined && applied.metadata.managedFields !== null) {
    if (!Array.isArray(applied.metadata.managedFields) || applied.metadata.managedFields.length > 0) {
      throw badRequest('metadata.managedFields must be nil');
    }
  }
  const uid = applied.metadata.uid;
  return update(context, call, {
    createMissing: true,
    uid: typeof uid === 'string' && uid !== '' ? uid : undefined,
    applied: true,
    retry: true,
    next: (live) => {
      const merged = merge(context, call, live, copyJson(applied), force);
      checkIdentity(call, merged.object);
      if (definition.namespaced) merged.object.metadata.namespace ??= call.namespace;
      if (call.fieldValidation === 'Strict' && duplicates.length > 0) {
        throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${duplicates.join(', ')}`);
      }
      if (call.fieldValidation === 'Warn') call.warnings.push(...duplicates);
      decodeMerged(call, merged.object, text(applied.metadata.namespace));
      return { object: merged.object, tracked: true };
    },
  });
}

function decodeMerged(call: Call, object: KubeObject, namespace: string): void {
  const { definition } = call;
  const all: string[] = [];
  try {
    const unknown = decodeTyped(definition, object);
    for (const path of unknown) all.push(`unknown field ${JSON.stringify(path)}`);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (definition.custom) throw cannotHandle(definition, error.message);
    const kind = describeType(object.apiVersion, object.kind);
    const subject = `${namespace}/${call.name}; ${kind}`;
    const why = `unable to convert unstructured object to ${kind}: ${error.converted}`;
    throw failure(500, '', `failed to convert new object (${subject}) to proper version: ${why}`);
  }
  if (all.length === 0) return;
  if (call.fieldValidation === 'Strict') throw badRequest(`strict decoding error: ${all.join(', ')}`);
  if (call.fieldValidation === 'Warn') call.warnings.push(...all);
}

function merge(
  context: RegistryContext,
  call: Call,
  live: KubeObject | undefined,
  patchObject: KubeObject,
  force: boolean,
): { object: KubeObject; unchanged: boolean } {
  const { definition } = call;
  try {
    return context.managedFields.applyPatch({
      live,
      patch: patchObject,
      by: fieldManager(context, call),
      force,
      typeOf: (apiVersion) => mergeTypeOf(context, definition, apiVersion),
      resetFields: resetFields(definition, call.subresource),
    });
  } catch (error) {
    throw applyError(error);
  }
}

/** The Status of a failed apply; other errors as they are. */
export function applyError(error: unknown): unknown {
  if (error instanceof ApplyConflictError) {
    return failure(409, 'Conflict', error.message, { causes: error.causes.map((cause) => ({ ...cause })) });
  }
  if (error instanceof ApplyInvalidError) {
    const reasons = { 400: 'BadRequest', 422: 'Invalid', 500: '' } as const;
    return failure(error.code, reasons[error.code], error.message);
  }
  return error;
}

/** A value as Go prints it, `map[spec:map[a:1]]`: how a strategic merge patch is shown. */
function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (!isObject(value)) return value === null ? '<nil>' : String(value);
  const parts = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goValue(value[key])}`);
  return `map[${parts.join(' ')}]`;
}

function parseApply(body: string): { value: unknown; duplicates: string[] } {
  try {
    return parseYaml(body);
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw badRequest(`error decoding YAML: error converting YAML to JSON: ${(error as Error).message}`);
  }
}

function describeType(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return `${group}/${apiVersion.slice(slash + 1)}, Kind=${kind}`;
}
