/** PUT and PATCH: what to do with the stored object until it is written, or found to need no write. */
import { authorize, denial } from '../authz/rbac.ts';
import {
  conflict,
  failure,
  fieldError,
  forbidden,
  invalid,
  modified,
  notFound,
  unknownError,
} from '../request/status.ts';
import { type Entry, entryKey } from '../storage/entry.ts';
import { RevisionConflict } from '../storage/store.ts';
import type { FieldError, KubeObject, ResourceDefinition } from '../types.ts';
import { attributesOf } from './attributes.ts';
import { between, type Call, type RegistryContext, type Result } from './call.ts';
import { convertEntries, markCurrent, readEntry, toStorage } from './convert.ts';
import { copyJson, equalJson, isObject } from './copy.ts';
import { create, ensureNamespace, strategyContext, track } from './create.ts';
import { hasStatus, specChanged } from './generation.ts';
import { dropRepeatedOwners, validateCoreFinalizers, validateMetadata, validateMetadataUpdate } from './metadata.ts';
import { pathSegment } from './names.ts';
import { storageName } from './resources.ts';

/** How the new object comes about. */
export interface Change {
  /**
   * The new object, from the live one (in the request's version; not to be changed) or from nothing. Called again where
   * another write came between. Decoded; belongs to the caller. `tracked`: managedFields are set already (apply).
   */
  readonly next: (live: KubeObject | undefined) => { object: KubeObject; tracked: boolean };
  /** Makes the object where none is stored. */
  readonly createMissing: boolean;
  /** UID that the stored object must have. */
  readonly uid: string | undefined;
  /** The change is an applied configuration, which names a uid in words of its own. */
  readonly applied?: boolean;
  /** True for PATCH: another write in between is no conflict unless the patch names a version. */
  readonly retry: boolean;
}

const attempts = 6;

/** Replaces the stored object by what `change` makes of it. Throws Status errors. */
export async function update(context: RegistryContext, call: Call, change: Change): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const result = await attemptUpdate(context, call, change);
    if (result !== 'conflict') return result;
    if (attempt === attempts) throw modified(subjectOf(call), call.name);
  }
}

async function attemptUpdate(context: RegistryContext, call: Call, change: Change): Promise<Result | 'conflict'> {
  const { definition } = call;
  const resource = storageName(definition);
  const key = entryKey(definition.namespaced ? call.namespace : '', call.name);
  const entry = context.store.latest(resource, key);
  if (entry === undefined) {
    if (!change.createMissing || call.subresource !== '') throw notFound(subjectOf(call), call.name);
    if (change.uid !== undefined && change.uid !== '') {
      const words = `uid mismatch: the provided object specified uid ${change.uid}, and no existing object was found`;
      throw conflict(subjectOf(call), call.name, change.applied === true ? words : uidProblem(call, change.uid, ''));
    }
    const { object, tracked } = change.next(undefined);
    delete object.metadata.resourceVersion;
    checkMayCreate(context, call);
    return create(context, call, object, tracked);
  }
  const converting = convertEntries(context.store, [entry], definition);
  if (converting !== undefined) await converting;
  const live = readEntry(context.store, entry, definition).object;
  if (change.uid !== undefined && change.applied !== true && change.uid !== live.metadata.uid) {
    throw conflict(subjectOf(call), call.name, uidProblem(call, change.uid, live.metadata.uid ?? ''));
  }
  let pause = between(call);
  if (pause !== undefined) await pause;
  const { object, tracked } = change.next(live);
  pause = between(call);
  if (pause !== undefined) await pause;
  ensureNamespace(call, object);
  dropRepeatedOwners(call, object);
  if (!tracked) track(context, call, live, object);
  const attributes = attributesOf(call, 'UPDATE', { object, oldObject: live });
  const mutated = call.admitted === true ? undefined : context.admission.mutate(attributes);
  const admitted = (mutated instanceof Promise ? await mutated : mutated) ?? object;
  ensureNamespace(call, admitted);
  const unconditional = checkVersion(call, admitted, live);
  const prepared = beforeUpdate(context, call, admitted, live);
  const validated =
    call.admitted === true ? undefined : context.admission.validate({ ...attributes, object: prepared });
  if (validated !== undefined) await validated;
  pause = between(call);
  if (pause !== undefined) await pause;
  try {
    return await store(context, call, entry, live, prepared);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    if (change.retry || unconditional) return 'conflict';
    throw modified(subjectOf(call), call.name);
  }
}

/** Whoever makes an object by updating it must have the right to make it. Throws 403. */
function checkMayCreate(context: RegistryContext, call: Call): void {
  const { definition, user, namespace, name } = call;
  const { group, plural: resource } = definition;
  const attributes = {
    user,
    verb: 'create',
    resourceRequest: true,
    group,
    resource,
    subresource: '',
    name,
    namespace,
    path: '',
  };
  const { allowed, reason } = authorize(context, attributes);
  if (!allowed) throw forbidden({ group, resource }, name, denial(attributes, reason));
}

/** Checks resourceVersion against the stored one; true where the request named none. Sets it. Throws 409 or 422. */
function checkVersion(call: Call, object: KubeObject, live: KubeObject): boolean {
  const version = object.metadata.resourceVersion ?? '';
  if (version === '' || version === '0') {
    const { definition } = call;
    if (!(definition.allowUnconditionalUpdate ?? !definition.custom)) {
      throw invalid(definition.group, definition.plural, call.name, [
        fieldError.invalid('metadata.resourceVersion', 0, 'must be specified for an update'),
      ]);
    }
    object.metadata.resourceVersion = live.metadata.resourceVersion;
    return true;
  }
  if (!/^\d+$/.test(version))
    throw unknownError(`strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  if (version !== live.metadata.resourceVersion) throw modified(subjectOf(call), call.name);
  return false;
}

/** The strategy's and the common steps of an update; the object to store. Throws 422. */
function beforeUpdate(context: RegistryContext, call: Call, updated: KubeObject, live: KubeObject): KubeObject {
  const { definition } = call;
  const strategy = strategyContext(context, call);
  const old = live.metadata;
  let object = updated;
  if (call.subresource === 'status') object = statusOnly(definition, updated, live);
  const meta = object.metadata;
  if (old.generation === undefined) delete meta.generation;
  else meta.generation = old.generation;
  if (call.subresource !== 'status' && hasStatus(definition)) {
    if (live.status === undefined) delete object.status;
    else object.status = live.status;
  }
  if (call.subresource === 'status') definition.prepareForStatusUpdate?.(object, live, strategy);
  else {
    definition.prepareForUpdate?.(object, live, strategy);
    if (definition.hasGeneration && specChanged(definition, object, live)) meta.generation = (old.generation ?? 0) + 1;
  }
  if (!meta.uid) meta.uid = old.uid;
  if (old.creationTimestamp !== undefined) meta.creationTimestamp = old.creationTimestamp;
  if (old.deletionTimestamp !== undefined) meta.deletionTimestamp = old.deletionTimestamp;
  if (old.deletionGracePeriodSeconds !== undefined) meta.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
  delete meta.selfLink;
  const errors: FieldError[] = [];
  if (definition.custom && object.kind !== definition.kind) {
    errors.push(fieldError.invalid('kind', object.kind, `must be ${definition.kind}`));
  } else {
    errors.push(...validateMetadata(object, definition.namespaced, pathSegment));
    const metadataErrors = validateMetadataUpdate(object, live);
    errors.push(...metadataErrors);
    const { compiled } = definition;
    if (compiled !== undefined) {
      const warn = (message: string): void => void call.warnings.push(message);
      const own =
        call.subresource === 'status'
          ? compiled.validateStatus(object as never, live as never, metadataErrors, warn)
          : compiled.validate(object as never, live as never, metadataErrors, warn);
      errors.push(...own);
    } else errors.push(...ownMetadataErrors(definition, object, metadataErrors));
    const validate = call.subresource === 'status' ? definition.validateStatusUpdate : definition.validateUpdate;
    if (validate !== undefined) errors.push(...validate(object, live, strategy));
  }
  if (errors.length > 0)
    throw invalid(definition.storageResource?.group ?? definition.group, object.kind, call.name, errors);
  // Nobody who reports a status is told of what the spec asks for.
  if (definition.custom || call.subresource !== 'status')
    for (const warning of definition.warnings?.(object, live) ?? []) call.warnings.push(warning);
  return object;
}

/** What a builtin kind says of metadata itself: what may not change again, then as of a new object. */
function ownMetadataErrors(
  definition: ResourceDefinition,
  object: KubeObject,
  changes: readonly FieldError[],
): FieldError[] {
  const { onUpdate, finalizers } = definition.metadataRules ?? { onUpdate: 1, finalizers: true };
  const known = finalizers ? validateCoreFinalizers(object.metadata) : [];
  if (onUpdate === 0) return [];
  if (onUpdate === 1) return [...changes, ...known];
  return [...changes, ...known, ...validateMetadata(object, definition.namespaced, pathSegment), ...known];
}

/** The live object with nothing but status (and metadata, where the kind's status endpoint writes it) from the new one. */
function statusOnly(definition: ResourceDefinition, updated: KubeObject, live: KubeObject): KubeObject {
  const reset = definition.custom || definition.statusMetadata === 'reset';
  const metadata = reset ? { ...live.metadata } : { ...updated.metadata };
  const { managedFields, resourceVersion } = updated.metadata;
  metadata.resourceVersion = resourceVersion;
  if (managedFields === undefined) delete metadata.managedFields;
  else metadata.managedFields = managedFields;
  if (definition.statusMetadata === 'labels') {
    if (live.metadata.labels === undefined) delete metadata.labels;
    else metadata.labels = live.metadata.labels;
  }
  const object: KubeObject = { ...live, kind: updated.kind, metadata };
  if (updated.status === undefined) delete object.status;
  else object.status = updated.status;
  return definition.prepareForStatusUpdate === undefined ? object : copyJson(object);
}

async function store(
  context: RegistryContext,
  call: Call,
  entry: Entry,
  live: KubeObject,
  object: KubeObject,
): Promise<Result> {
  const { definition } = call;
  const meta = object.metadata;
  const gone = meta.deletionTimestamp !== undefined && !meta.finalizers?.length && !meta.deletionGracePeriodSeconds;
  if (gone && !namespaceHeld(definition, object)) {
    if (!call.dryRun) await context.store.delete(entry.resource, entry.key, entry.revision);
    return { object, entry: undefined, created: false };
  }
  if (unchanged(object, live)) {
    const same = readEntry(context.store, entry, definition);
    return { object: same.object, entry: same.asStored ? entry : undefined, created: false };
  }
  if (call.dryRun) return { object, entry: undefined, created: false };
  const form = toStorage(object, definition);
  const stored = form instanceof Promise ? await form : form;
  const written = await context.store.put(entry.resource, entry.key, stored, entry.revision);
  if (stored === object) markCurrent(written, definition);
  await convertEntries(context.store, [written], definition);
  const read = readEntry(context.store, written, definition);
  return { object: read.object, entry: read.asStored ? written : undefined, created: false };
}

/** A namespace has finalizers of its own in spec, and stays until they are gone. */
function namespaceHeld(definition: ResourceDefinition, object: KubeObject): boolean {
  if (definition.group !== '' || definition.plural !== 'namespaces' || !isObject(object.spec)) return false;
  return Array.isArray(object.spec.finalizers) && object.spec.finalizers.length > 0;
}

/** True where nothing but the times in managedFields differs: then nothing is written, and the old times stay. */
function unchanged(object: KubeObject, live: KubeObject): boolean {
  for (const key of Object.keys(object)) {
    if (key !== 'metadata' && !equalJson(object[key], live[key])) return false;
  }
  for (const key of Object.keys(live)) if (!Object.hasOwn(object, key)) return false;
  const { managedFields: fields, ...meta } = object.metadata;
  const { managedFields: oldFields, ...oldMeta } = live.metadata;
  if (!equalJson(dropUndefined(meta), dropUndefined(oldMeta))) return false;
  const strip = (entries: typeof fields): unknown => (entries ?? []).map(({ time: _, ...entry }) => entry);
  return equalJson(strip(fields), strip(oldFields));
}

function dropUndefined(value: { [key: string]: unknown }): { [key: string]: unknown } {
  for (const key of Object.keys(value)) if (value[key] === undefined) delete value[key];
  return value;
}

function uidProblem(call: Call, wanted: string, found: string): string {
  const { custom, group, plural, namespaced, storageKey } = call.definition;
  const resource = storageKey ?? (custom ? `${group}/${plural}` : plural);
  const place = namespaced ? `${call.namespace}/${call.name}` : call.name;
  return `StorageError: invalid object, Code: 4, Key: ${call.dryRun ? '' : '/registry'}/${resource}/${place}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`;
}

function subjectOf(call: Call): { group: string; resource: string } {
  return { group: call.definition.group, resource: call.definition.plural };
}

/** The 409 of a patch or update that names another version. */
export function versionConflict(call: Call): Error {
  return modified(subjectOf(call), call.name);
}

/** A failure of the generic kind that patches answer when they cannot be applied. */
export function unprocessable(message: string): Error {
  return failure(422, 'Invalid', message, {});
}
