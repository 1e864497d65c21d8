/** Subresources other than status: scale, finalize, token. */
import { jsonWord } from '../../schema/gojson.ts';
import type { Call, RegistryContext } from '../registry/call.ts';
import { convertEntries, readEntry } from '../registry/convert.ts';
import { copyJson, isObject } from '../registry/copy.ts';
import { decodeMetadata } from '../registry/decode.ts';
import { jsonPatch } from '../registry/jsonpatch.ts';
import { mergePatch } from '../registry/mergepatch.ts';
import { qualifiedName } from '../registry/names.ts';
import { unregistered } from '../registry/otherkinds.ts';
import { age, createdDescription, nameDescription } from '../registry/printers.ts';
import { storageName } from '../registry/resources.ts';
import { trackScale } from '../registry/scale.ts';
import { update } from '../registry/update.ts';
import { entryKey } from '../storage/entry.ts';
import {
  DecodeError,
  type FieldError,
  type KubeObject,
  type ResourceDefinition,
  type ScalePaths,
  type TableColumn,
} from '../types.ts';
import { readText } from './body.ts';
import type { Exchange } from './exchange.ts';
import { JsonSyntaxError, parseJson, printJson } from './json.ts';
import { negotiate } from './negotiate.ts';
import { readObject } from './object.ts';
import { patchTypeOf } from './patchType.ts';
import { sendWarnings } from './response.ts';
import { noSubresource, sendResult } from './result.ts';
import { badRequest, fieldError, internal, invalid, methodNotAllowed, nameless, notFound } from './status.ts';
import { checkUrlName, notAllowed } from './verbs.ts';
import { callOf, isTrue } from './writeOptions.ts';
import { parseYaml } from './yaml.ts';

/** Serves a subresource by name. Throws Status errors. */
export async function handleSubresource(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
): Promise<void> {
  const { info } = exchange;
  const known = definition.subresources.find((sub) => sub.name === info.subresource);
  if (known === undefined) throw noSubresource(definition, info.name);
  if (info.subresource === 'scale' && definition.scale !== undefined)
    return scale(context, exchange, definition, definition.scale);
  if (info.subresource === 'finalize' && info.method === 'PUT') return finalize(context, exchange, definition);
  const handler = context.subresources?.get(`${definition.group}/${definition.plural}/${info.subresource}`);
  if (handler === undefined) throw methodNotAllowed();
  await handler(exchange, definition);
}

async function finalize(context: RegistryContext, exchange: Exchange, definition: ResourceDefinition): Promise<void> {
  const call = callOf(exchange, definition, 'UpdateOptions');
  const object = await readObject(context, exchange, call);
  checkUrlName(object, exchange.info.name);
  const result = await finalizeNamespace(context, call, object, false);
  sendResult(context, exchange, definition, 200, negotiate(exchange.request.headers.accept, false), result, undefined);
}

/** Sets a namespace's own finalizers (spec.finalizers) to those of `object`. */
export async function finalizeNamespace(
  context: RegistryContext,
  call: Call,
  object: KubeObject,
  tracked = true,
): Promise<KubeObject> {
  const wanted = isObject(object.spec) && Array.isArray(object.spec.finalizers) ? object.spec.finalizers : [];
  // The strategy keeps spec as it was on every other endpoint.
  const definition: ResourceDefinition = { ...call.definition };
  delete (definition as { prepareForUpdate?: unknown }).prepareForUpdate;
  const named = (wanted as unknown[]).map(String);
  const own = { ...definition, validateUpdate: () => finalizerProblems(named) };
  const result = await update(
    context,
    { ...call, definition: own },
    {
      createMissing: false,
      uid: undefined,
      retry: true,
      next: (live) => {
        const next = copyJson(live as KubeObject);
        next.spec = wanted.length > 0 ? { finalizers: wanted } : {};
        // A client's object is what the namespace is to be, with its labels and annotations.
        if (!tracked)
          for (const field of ['labels', 'annotations'] as const) {
            const given = object.metadata[field];
            if (given === undefined) delete next.metadata[field];
            else next.metadata[field] = given;
          }
        return { object: next, tracked };
      },
    },
  );
  return result.object;
}

function finalizerProblems(finalizers: readonly string[]): FieldError[] {
  return finalizers.flatMap((name, index) => {
    const path = `spec.finalizers[${index}]`;
    const form = qualifiedName(name).map((problem) => fieldError.invalid(path, name, problem));
    if (name.includes('/') || ['kubernetes', 'orphan', 'foregroundDeletion'].includes(name)) return form;
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    return [...form, fieldError.invalid(path, name, detail)];
  });
}

function pathOf(path: string): string[] {
  return path.split('.').slice(1);
}

function readPath(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const step of pathOf(path)) value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value;
}

/** Sets the value at a dotted path (`.spec.replicas`), making what is missing on the way. */
export function writePath(object: { [key: string]: unknown }, path: string, value: unknown): void {
  const steps = pathOf(path);
  let holder = object;
  for (const step of steps.slice(0, -1)) {
    if (!isObject(holder[step])) holder[step] = {};
    holder = holder[step] as { [key: string]: unknown };
  }
  holder[steps.at(-1) as string] = value;
}

function selectorText(selector: unknown): string {
  if (typeof selector === 'string') return selector;
  if (!isObject(selector)) return '';
  const labels = (
    isObject(selector.matchLabels) ? selector.matchLabels : selector.matchExpressions === undefined ? selector : {}
  ) as {
    [key: string]: unknown;
  };
  const terms = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`);
  for (const item of Array.isArray(selector.matchExpressions) ? selector.matchExpressions : []) {
    if (!isObject(item)) continue;
    const values = Array.isArray(item.values) ? item.values.map(String).sort() : [];
    if (item.operator === 'In') terms.push(`${String(item.key)} in (${values.join(',')})`);
    else if (item.operator === 'NotIn') terms.push(`${String(item.key)} notin (${values.join(',')})`);
    else if (item.operator === 'Exists') terms.push(String(item.key));
    else terms.push(`!${String(item.key)}`);
  }
  return terms.sort().join(',');
}

/** The Scale of an object. `custom`: of a custom resource, whose selector stands where its CRD says. */
export function scaleOf(object: KubeObject, paths: ScalePaths, custom: boolean): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = readPath(object, paths.specReplicasPath);
  const selector = custom
    ? paths.labelSelectorPath === undefined
      ? undefined
      : readPath(object, paths.labelSelectorPath)
    : selectorText(isObject(object.spec) ? object.spec.selector : undefined);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    } as KubeObject['metadata'],
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: {
      replicas: Number(readPath(object, paths.statusReplicasPath) ?? 0),
      ...(typeof selector === 'string' && selector !== '' ? { selector } : {}),
    },
  };
}

async function scale(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
  paths: ScalePaths,
): Promise<void> {
  const { info, request, response } = exchange;
  const served = info.method === 'HEAD' ? definition.custom : ['GET', 'PUT', 'PATCH'].includes(info.method);
  if (!served) throw notAllowed(definition, info);
  const isPatch = info.method === 'PATCH';
  const type = isPatch ? patchTypeOf(request, definition) : undefined;
  const form = negotiate(request.headers.accept, definition.custom);
  const writes = isPatch || info.method === 'PUT';
  const body = writes ? await readText(exchange) : '';
  const call = writes
    ? callOf(exchange, definition, isPatch ? 'PatchOptions' : 'UpdateOptions', isPatch ? type === 'apply' : undefined)
    : undefined;
  const replacement = info.method === 'PUT' ? replacingScale(context, body, info.name) : undefined;
  const key = entryKey(definition.namespaced ? info.namespace : '', info.name);
  const entry = context.store.latest(storageName(definition), key);
  if (entry === undefined) throw notFound({ group: definition.group, resource: definition.plural }, info.name);
  await convertEntries(context.store, [entry], definition);
  const live = readEntry(context.store, entry, definition).object;
  if (call === undefined) {
    if (definition.custom && readPath(live, paths.specReplicasPath) === undefined) {
      throw invalidScale(paths);
    }
    sendResult(
      context,
      exchange,
      scaleDefinition(definition),
      200,
      form,
      scaleOf(live, paths, definition.custom),
      undefined,
    );
    return;
  }
  const result = await update(
    context,
    { ...call, subresource: 'scale' },
    {
      createMissing: false,
      uid: replacement?.metadata.uid || undefined,
      retry: isPatch,
      next: (current) => {
        const base = current as KubeObject;
        const before = scaleOf(base, paths, definition.custom);
        const wanted = replacement ?? newScale(before, type, body, info.name);
        const replicas = isObject(wanted.spec) ? (wanted.spec.replicas ?? 0) : 0;
        if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
          const shown = typeof replicas === 'number' ? `number ${replicas}` : jsonWord(replicas);
          const why = `json: cannot unmarshal ${shown} into Go struct field ScaleSpec.spec.replicas of type int32`;
          if (!isPatch) throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${why}`);
          throw invalid('', '', '', [fieldError.invalid('patch', printJson(wanted), why)]);
        }
        if (replicas < 0) {
          if (definition.custom) {
            const error = fieldError.invalid(paths.specReplicasPath, replicas, 'should be a non-negative integer');
            throw invalid(definition.group, definition.kind, info.name, [error]);
          }
          throw invalid('autoscaling', 'Scale', info.name, [
            fieldError.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
          ]);
        }
        const next = copyJson(base);
        writePath(next, paths.specReplicasPath, replicas);
        if (wanted.metadata.resourceVersion) next.metadata.resourceVersion = wanted.metadata.resourceVersion;
        trackScale({
          context,
          call,
          replicasPath: paths.specReplicasPath,
          next,
          before,
          after: wanted,
          applied: type === 'apply' ? (parseYaml(body).value as KubeObject) : undefined,
          force: isTrue(info.query.get('force')),
        });
        return { object: next, tracked: true };
      },
    },
  );
  sendWarnings(response, call.warnings);
  sendResult(
    context,
    exchange,
    scaleDefinition(definition),
    200,
    form,
    scaleOf(result.object, paths, definition.custom),
    undefined,
  );
}

function invalidScale(paths: ScalePaths): Error {
  return internal(`the spec replicas field ${JSON.stringify(paths.specReplicasPath)} does not exist`);
}

function readScale(current: KubeObject, type: string | undefined, body: string): unknown {
  if (type === undefined) return /^\s*\{/.test(body) ? parseJson(body) : parseYaml(body).value;
  if (type === 'json') return jsonPatch(copyJson(current), parseJson(body));
  return mergePatch(copyJson(current), type === 'apply' ? parseYaml(body).value : parseJson(body));
}

/** The Scale that a PUT sends, under the name that the path has. Throws 400. */
function replacingScale(context: RegistryContext, body: string, name: string): KubeObject {
  const sent = newScale({} as KubeObject, undefined, body, name);
  const { kind = '', apiVersion = '' } = sent;
  if (kind !== '' && apiVersion !== '' && (kind !== 'Scale' || !apiVersion.startsWith('autoscaling/'))) {
    const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
    const why =
      context.resources.findKind(apiVersion, kind)?.custom === false
        ? `converting (${version}.${kind}) to (autoscaling.Scale): unknown conversion`
        : unregistered({ kind, apiVersion });
    throw badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a Scale: ${why}`);
  }
  if (sent.metadata.name) return sent;
  throw nameless(name);
}

function newScale(current: KubeObject, type: string | undefined, body: string, name: string): KubeObject {
  let next: unknown;
  try {
    next = readScale(current, type, body);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const why = error.message === 'EOF' ? 'unexpected end of JSON input' : error.message;
    if (type !== undefined) throw badRequest(`error decoding patch: ${why}`);
    const shown = body.length > 30 ? `${body.slice(0, 30)} ...` : body;
    throw badRequest(
      `the object provided is unrecognized (must be of type Scale): couldn't get version/kind; json parse error: ${why} (${shown})`,
    );
  }
  if (!isObject(next))
    throw badRequest(`the object provided is unrecognized (must be of type Scale): ${printJson(next)}`);
  try {
    decodeMetadata(next);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const kind = next.kind || 'Scale';
    const why = error.message
      .replace('Go value of type v1.ObjectMeta', `Go struct field ${kind}.metadata of type v1.ObjectMeta`)
      .replace(' ObjectMeta.', ' ObjectMeta.metadata.');
    if (type !== undefined) throw invalid('', '', '', [fieldError.invalid('patch', printJson(next), why)]);
    throw badRequest(`${kind} in version "v1" cannot be handled as a Scale: ${why}`);
  }
  const scaleObject = next as unknown as KubeObject;
  if (scaleObject.metadata.name && scaleObject.metadata.name !== name) {
    throw badRequest(
      `the name of the object (${scaleObject.metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  return scaleObject;
}

/** How a Scale prints as a table: by name and age. */
function scaleDefinition(definition: ResourceDefinition): ResourceDefinition {
  const { columns: _, row: __, deprecation: ___, ...rest } = definition;
  const column = (name: string, type: 'string' | 'integer', description: string): TableColumn => ({
    name,
    type,
    format: '',
    description,
    priority: 0,
  });
  return {
    ...rest,
    columns: [
      column('Name', 'string', nameDescription),
      column('Desired', 'integer', 'replicas is the desired number of instances for the scaled object.'),
      column('Available', 'integer', 'replicas is the actual number of observed instances of the scaled object.'),
      column('Age', 'string', createdDescription),
    ],
    row: (object, now) => {
      const replicas = (part: unknown): number =>
        isObject(part) && typeof part.replicas === 'number' ? part.replicas : 0;
      const { name = '', creationTimestamp } = object.metadata;
      return [name, replicas(object.spec), replicas(object.status), age(creationTimestamp, now)];
    },
  };
}
