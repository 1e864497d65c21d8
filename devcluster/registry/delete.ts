/** DELETE: preconditions, grace, finalizers, and the choice between marking and removing. */
import { cannotUnmarshal, jsonWord } from '../../schema/gojson.ts';
import { badRequest, conflict, failure, fieldError, invalid, notFound, type Status } from '../request/status.ts';
import { type Entry, entryKey } from '../storage/entry.ts';
import { RevisionConflict } from '../storage/store.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import { attributesOf } from './attributes.ts';
import { type Call, type RegistryContext, timestamp } from './call.ts';
import { convertEntries, markCurrent, readEntry, toStorage } from './convert.ts';
import { copyJson, isObject } from './copy.ts';
import { storageName } from './resources.ts';

/** `DeleteOptions` of meta/v1, checked. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** What a DELETE answers: the object as it now stands (finalizers pending, or kinds that answer so), or a Status. */
export type Deleted = { readonly object: KubeObject; readonly entry: Entry | undefined } | { readonly status: Status };

const finalizerOrphan = 'orphan';
const finalizerForeground = 'foregroundDeletion';

/** Deletes one object, or starts its deletion. Throws Status errors. */
export async function remove(context: RegistryContext, call: Call, options: DeleteOptions): Promise<Deleted> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await attemptRemove(context, call, options);
    } catch (error) {
      if (!(error instanceof RevisionConflict) || attempt > 5) throw error;
    }
  }
}

async function attemptRemove(context: RegistryContext, call: Call, options: DeleteOptions): Promise<Deleted> {
  const { definition } = call;
  const subject = { group: definition.group, resource: definition.plural };
  const key = entryKey(definition.namespaced ? call.namespace : '', call.name);
  const entry = context.store.latest(storageName(definition), key);
  if (entry === undefined) throw notFound(subject, call.name);
  const converting = convertEntries(context.store, [entry], definition);
  if (converting !== undefined) await converting;
  const live = readEntry(context.store, entry, definition).object;
  checkPreconditions(definition, live, options);
  const attributes = attributesOf(call, 'DELETE', {
    object: undefined,
    oldObject: live,
    ...(call.collection === true ? { name: '' } : {}),
  });
  if (call.admitted !== true) {
    const mutated = context.admission.mutate(attributes);
    if (mutated instanceof Promise) await mutated;
    const validated = context.admission.validate(attributes);
    if (validated !== undefined) await validated;
  }
  const marked = mark(context, definition, live, options);
  if (marked === undefined) {
    const gone = call.dryRun ? undefined : await context.store.delete(entry.resource, entry.key, entry.revision);
    if (definition.deleteReturnsObject)
      return { object: deleted(context, definition, live, gone?.revision), entry: undefined };
    return { status: success(definition, live) };
  }
  if (marked === live || call.dryRun) return { object: marked, entry: undefined };
  const form = toStorage(marked, definition);
  const stored = form instanceof Promise ? await form : form;
  const written = await context.store.put(entry.resource, entry.key, stored, entry.revision);
  if (stored === marked) markCurrent(written, definition);
  await convertEntries(context.store, [written], definition);
  const read = readEntry(context.store, written, definition);
  return { object: read.object, entry: read.asStored ? written : undefined };
}

/** What a DELETE answers of an object that is gone: kinds that know a grace period say when it began. */
function deleted(
  context: RegistryContext,
  definition: ResourceDefinition,
  found: KubeObject,
  revision: number | undefined,
): KubeObject {
  const live =
    revision === undefined ? found : { ...found, metadata: { ...found.metadata, resourceVersion: String(revision) } };
  if (definition.gracePeriod === undefined) return live;
  if (live.metadata.deletionTimestamp !== undefined)
    return { ...live, metadata: { ...live.metadata, deletionGracePeriodSeconds: 0 } };
  const metadata = { ...live.metadata, deletionTimestamp: timestamp(context.now()), deletionGracePeriodSeconds: 0 };
  if (metadata.generation !== undefined && metadata.generation > 0) metadata.generation++;
  return { ...live, metadata };
}

function checkPreconditions(definition: ResourceDefinition, live: KubeObject, { preconditions }: DeleteOptions): void {
  if (preconditions === undefined) return;
  const subject = { group: definition.group, resource: definition.kind };
  const name = live.metadata.name ?? '';
  const { uid, resourceVersion } = preconditions;
  // Namespaces have an endpoint of their own, which says it in other words.
  if (definition.group === '' && definition.plural === 'namespaces')
    for (const [field, wanted, found] of [
      ['UID', uid, live.metadata.uid],
      ['ResourceVersion', resourceVersion, live.metadata.resourceVersion],
    ] as const)
      if (wanted !== undefined && wanted !== found) {
        const why = `Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${found}`;
        throw conflict({ group: '', resource: 'namespaces' }, name, why);
      }
  if (uid !== undefined && uid !== live.metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${live.metadata.uid}). The object might have been deleted and then recreated`;
    throw conflict(subject, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${live.metadata.resourceVersion}). The object might have been modified`;
    throw conflict(subject, name, why);
  }
}

/**
 * The object as it stands while its deletion is under way; the live object itself where nothing changes; undefined where it
 * can go at once.
 */
function mark(
  context: RegistryContext,
  definition: ResourceDefinition,
  live: KubeObject,
  options: DeleteOptions,
): KubeObject | undefined {
  const finalizers = collectorFinalizers(definition, live, options);
  const isNamespace = definition.group === '' && definition.plural === 'namespaces';
  const held =
    isNamespace && isObject(live.spec) && Array.isArray(live.spec.finalizers) && live.spec.finalizers.length > 0;
  const grace = definition.gracePeriod?.(live, options.gracePeriodSeconds) ?? 0;
  const old = live.metadata;
  const deleting = old.deletionTimestamp !== undefined;
  const begins = !deleting && definition.beginDeletion !== undefined;
  if (finalizers.length === 0 && !held && grace === 0 && !begins) return undefined;
  const sameFinalizers =
    finalizers.length === (old.finalizers?.length ?? 0) &&
    finalizers.every((name, index) => name === old.finalizers?.[index]);
  if (deleting && sameFinalizers && grace >= (old.deletionGracePeriodSeconds ?? 0)) return live;
  const object = copyJson(live);
  const meta = object.metadata;
  if (finalizers.length > 0) meta.finalizers = finalizers;
  else delete meta.finalizers;
  if (!deleting) {
    meta.deletionTimestamp = timestamp(new Date(context.now().getTime() + grace * 1000));
    if (!begins && meta.generation !== undefined && meta.generation > 0) meta.generation++;
  }
  if (!isNamespace && !begins) meta.deletionGracePeriodSeconds = grace;
  if (begins) definition.beginDeletion?.(object, context.now());
  if (isNamespace && isObject(object.status)) object.status.phase = 'Terminating';
  return object;
}

/** Finalizers after the garbage collector's own two have been set by the propagation that is asked for. */
function collectorFinalizers(definition: ResourceDefinition, live: KubeObject, options: DeleteOptions): string[] {
  const existing = live.metadata.finalizers ?? [];
  const policy = options.propagationPolicy;
  let orphan: boolean;
  let foreground = false;
  if (options.orphanDependents !== undefined) orphan = options.orphanDependents;
  else if (policy !== undefined) {
    orphan = policy === 'Orphan';
    foreground = policy === 'Foreground';
  } else {
    foreground = existing.includes(finalizerForeground);
    orphan = !foreground && (existing.includes(finalizerOrphan) || definition.defaultPropagation === 'Orphan');
  }
  const out = existing.filter((name) => name !== finalizerOrphan && name !== finalizerForeground);
  if (orphan) out.push(finalizerOrphan);
  if (foreground) out.push(finalizerForeground);
  return out;
}

function success(definition: ResourceDefinition, live: KubeObject): Status {
  const details = {
    name: live.metadata.name,
    ...(definition.group === '' ? {} : { group: definition.group }),
    kind: definition.plural,
    uid: live.metadata.uid,
  };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Reads DeleteOptions from a body, or from the query where there is none. Throws 400 or 422. */
export function deleteOptions(
  body: unknown,
  parameters: URLSearchParams,
): DeleteOptions & { readonly dryRun?: readonly string[] } {
  const raw: { [key: string]: unknown } = isObject(body) ? body : {};
  checkTypes(raw);
  const query = body === undefined ? parameters : new URLSearchParams();
  const out: { -readonly [K in keyof DeleteOptions]: DeleteOptions[K] } & { dryRun?: string[] } = {};
  const grace = raw.gracePeriodSeconds ?? numberOf(query.get('gracePeriodSeconds'));
  if (typeof grace === 'number') out.gracePeriodSeconds = Math.max(0, grace);
  const policy = raw.propagationPolicy ?? query.get('propagationPolicy') ?? undefined;
  if (typeof policy === 'string' && policy !== '') out.propagationPolicy = policy;
  const orphan = raw.orphanDependents ?? boolOf(query.get('orphanDependents'));
  if (typeof orphan === 'boolean') out.orphanDependents = orphan;
  if (isObject(raw.preconditions)) {
    const { uid, resourceVersion } = raw.preconditions;
    out.preconditions = {
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    };
  } else {
    const [uid, resourceVersion] = ['uid', 'resourceVersion'].map((name) => query.get(name) ?? '');
    if (uid || resourceVersion)
      out.preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
  }
  const dryRun = Array.isArray(raw.dryRun) ? raw.dryRun.map(String) : query.getAll('dryRun');
  if (dryRun.length > 0) out.dryRun = dryRun;
  const errors = [];
  if (out.orphanDependents !== undefined && out.propagationPolicy !== undefined) {
    errors.push(
      fieldError.invalid(
        'propagationPolicy',
        out.propagationPolicy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    );
  }
  if (out.propagationPolicy !== undefined && !policies.includes(out.propagationPolicy)) {
    errors.push(fieldError.notSupported('propagationPolicy', out.propagationPolicy, [...policies, 'nil']));
  }
  if (dryRun.some((value) => value !== 'All')) errors.push(fieldError.notSupported('dryRun', dryRun, ['All']));
  if (errors.length > 0) throw invalid('meta.k8s.io', 'DeleteOptions', '', errors);
  return out;
}

/** Go's types of the options, with what JSON they are read from. */
const optionTypes: { readonly [field: string]: readonly [string, string] } = {
  gracePeriodSeconds: ['number', 'int64'],
  orphanDependents: ['bool', 'bool'],
  propagationPolicy: ['string', 'v1.DeletionPropagation'],
  dryRun: ['array', '[]string'],
  preconditions: ['object', 'v1.Preconditions'],
};

/** Throws 400 for an option of another type than it has. */
function checkTypes(options: { readonly [field: string]: unknown }): void {
  for (const [field, [json, go]] of Object.entries(optionTypes)) {
    const value = options[field];
    if (value === undefined || value === null) continue;
    if (jsonWord(value) === json) continue;
    throw badRequest(cannotUnmarshal(value, `struct field DeleteOptions.${field} of type ${go}`));
  }
}

const policies = ['Foreground', 'Background', 'Orphan'];

function numberOf(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (/^-?\d+$/.test(text)) return Number(text);
  throw failure(400, 'BadRequest', `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function boolOf(text: string | null): boolean | undefined {
  if (text === null || text === '') return undefined;
  return text !== 'false' && text !== '0';
}
