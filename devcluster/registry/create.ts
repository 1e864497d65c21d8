/** POST: decode → managedFields → mutating admission → strategy → validation → validating admission → storage. */
import { alreadyExists, badRequest, failure, fieldError, forbidden, invalid, unknownError } from '../request/status.ts';
import { entryKey } from '../storage/entry.ts';
import { RevisionConflict } from '../storage/store.ts';
import type { FieldError, KubeObject, ResourceDefinition, StrategyContext } from '../types.ts';
import { attributesOf } from './attributes.ts';
import type { Call, RegistryContext, Result } from './call.ts';
import { between, timestamp } from './call.ts';
import { convertEntries, markCurrent, readEntry, toStorage } from './convert.ts';
import { hasStatus } from './generation.ts';
import { dropRepeatedOwners, validateCoreFinalizers, validateMetadata } from './metadata.ts';
import { dns1123Subdomain, generateName, maskTrailingDash, pathSegment } from './names.ts';
import { groupVersion, storageName } from './resources.ts';

/**
 * Creates an object. `object` is decoded (see `decodeObject`) and belongs to the callee. `tracked`: its managedFields are set
 * already (apply). Throws Status errors.
 */
export async function create(
  context: RegistryContext,
  call: Call,
  object: KubeObject,
  tracked = false,
): Promise<Result> {
  const { definition } = call;
  if (definition.terminating === true) {
    const subject = { group: definition.group, resource: definition.plural };
    const why = 'create not allowed while custom resource definition is terminating';
    throw forbidden(subject, object.metadata.name ?? '', why);
  }
  ensureNamespace(call, object);
  dropRepeatedOwners(call, object);
  clearSystemFields(object);
  let pause = between(call);
  if (pause !== undefined) await pause;
  if (!tracked) track(context, call, undefined, object);
  pause = between(call);
  if (pause !== undefined) await pause;
  const attributes = attributesOf(call, 'CREATE', {
    object,
    oldObject: undefined,
    name: object.metadata.name ?? '',
  });
  const mutated = context.admission.mutate(attributes);
  const admitted = (mutated instanceof Promise ? await mutated : mutated) ?? object;
  if (admitted.metadata.managedFields?.length === 0) delete admitted.metadata.managedFields;
  ensureNamespace(call, admitted);
  fillSystemFields(context, admitted);
  // Mutating steps see an object that has no name yet.
  const meta = admitted.metadata;
  if (!meta.name && meta.generateName) meta.name = freeName(context, definition, meta.generateName, meta.namespace);
  beforeCreate(context, call, admitted);
  const validated = context.admission.validate({ ...attributes, name: meta.name ?? '', object: admitted });
  if (validated !== undefined) await validated;
  pause = between(call);
  if (pause !== undefined) await pause;
  return await store(context, call, admitted);
}

const generatedNames = 8;

/** A name with the prefix that nobody has, or one of those tried. */
function freeName(context: RegistryContext, definition: ResourceDefinition, prefix: string, namespace = ''): string {
  for (let attempt = 1; ; attempt++) {
    const name = generateName(prefix, context.random);
    const taken = context.store.latest(storageName(definition), entryKey(namespace, name)) !== undefined;
    if (!taken || attempt === generatedNames) return name;
  }
}

/** The strategy's and the common steps between admission and storage. Throws 422. */
export function beforeCreate(context: RegistryContext, call: Call, object: KubeObject): void {
  const { definition } = call;
  const strategy = strategyContext(context, call);
  if (hasStatus(definition) && definition.keepsNewStatus !== true) delete object.status;
  if (definition.hasGeneration) object.metadata.generation = 1;
  definition.prepareForCreate?.(object, strategy);
  const errors = validateObject(definition, object, strategy);
  if (errors.length > 0)
    throw invalid(
      definition.storageResource?.group ?? definition.group,
      object.kind,
      object.metadata.name ?? '',
      errors,
    );
  for (const warning of definition.warnings?.(object, undefined) ?? []) call.warnings.push(warning);
}

async function store(context: RegistryContext, call: Call, object: KubeObject): Promise<Result> {
  const { definition } = call;
  const name = object.metadata.name ?? '';
  const key = entryKey(object.metadata.namespace ?? '', name);
  const resource = storageName(definition);
  if (object.metadata.resourceVersion) {
    throw unknownError('resourceVersion should not be set on objects to be created');
  }
  const taken = context.store.latest(resource, key);
  if (taken !== undefined)
    throw nameTaken(call, object, context.store.object(taken).metadata.deletionTimestamp !== undefined);
  if (call.dryRun) return { object, entry: undefined, created: true };
  try {
    const form = toStorage(object, definition);
    const stored = form instanceof Promise ? await form : form;
    const entry = await context.store.put(resource, key, stored, 0);
    if (stored === object && !defaultsStatus(definition)) markCurrent(entry, definition);
    await convertEntries(context.store, [entry], definition);
    const read = readEntry(context.store, entry, definition);
    return { object: read.object, entry: read.asStored ? entry : undefined, created: true };
  } catch (error) {
    if (error instanceof RevisionConflict) throw nameTaken(call, object);
    throw error;
  }
}

function nameTaken(call: Call, object: KubeObject, leaving = false): Error {
  const subject = { group: call.definition.group, resource: call.definition.plural };
  const name = object.metadata.name ?? '';
  const error = alreadyExists(subject, name);
  if (!object.metadata.generateName) {
    if (!leaving) return error;
    return failure(409, 'AlreadyExists', `object is being deleted: ${error.status.message}`, error.status.details);
  }
  const message = `${error.status.message}, the server was not able to generate a unique name for the object`;
  return failure(409, 'AlreadyExists', message, { ...error.status.details, retryAfterSeconds: 1 });
}

/** Puts the request's namespace into the object (none for cluster-scoped kinds), or refuses another one. Throws 400. */
export function ensureNamespace(call: Call, object: KubeObject): void {
  const { namespaced } = call.definition;
  const meta = object.metadata;
  if (!namespaced) {
    delete meta.namespace;
    return;
  }
  if (!meta.namespace) meta.namespace = call.namespace;
  else if (meta.namespace !== call.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

/** Drops from a new object what the server alone decides, before anybody else sees it. */
function clearSystemFields({ metadata }: KubeObject): void {
  delete metadata.uid;
  delete metadata.creationTimestamp;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
}

/** What the server alone decides about a new object. */
export function fillSystemFields(context: RegistryContext, object: KubeObject): void {
  clearSystemFields(object);
  object.metadata.creationTimestamp = timestamp(context.now());
  object.metadata.uid = context.newUid();
}

/** Field tracking of a create or update. */
export function track(context: RegistryContext, call: Call, live: KubeObject | undefined, updated: KubeObject): void {
  const { definition } = call;
  context.managedFields.trackUpdate({
    live,
    updated,
    by: fieldManager(context, call),
    typeOf: (apiVersion) => mergeTypeOf(context, definition, apiVersion),
    resetFields: resetFields(definition, call.subresource),
  });
}

/** The writer of this call as managedFields names it. */
export function fieldManager(
  context: RegistryContext,
  call: Call,
): {
  manager: string;
  apiVersion: string;
  subresource: string;
  time: string;
} {
  const apiVersion = groupVersion(call.definition);
  return { manager: call.fieldManager, apiVersion, subresource: call.subresource, time: timestamp(context.now()) };
}

/** Shape of the resource in another of its versions; undefined when that is not served. */
export function mergeTypeOf(
  context: RegistryContext,
  definition: ResourceDefinition,
  apiVersion: string,
): ReturnType<ResourceDefinition['mergeType']> | undefined {
  if (apiVersion === groupVersion(definition)) return definition.mergeType();
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return context.resources.find(group, apiVersion.slice(slash + 1), definition.plural)?.mergeType();
}

/** Fields that an endpoint ignores. */
export function resetFields(
  definition: ResourceDefinition,
  subresource: string,
): ReturnType<NonNullable<ResourceDefinition['resetFields']>> {
  if (definition.resetFields !== undefined) return definition.resetFields(subresource);
  if (!hasStatus(definition)) return {};
  if (subresource === 'status') {
    if (definition.custom || definition.statusMetadata === 'reset') return { 'f:spec': {}, 'f:metadata': {} };
    if (definition.statusMetadata === 'labels') return { 'f:spec': {}, 'f:metadata': { 'f:labels': {} } };
    return { 'f:spec': {} };
  }
  return { 'f:status': {} };
}

/** What a strategy may know of this call. */
export function strategyContext(context: RegistryContext, call: Call): StrategyContext {
  return {
    user: call.user,
    now: context.now(),
    subresource: call.subresource,
    dryRun: call.dryRun,
    all: (group, resource) => context.store.list(`${group}/${resource}`).map((entry) => context.store.object(entry)),
    get: (group, resource, namespace, name) => {
      const entry = context.store.latest(`${group}/${resource}`, entryKey(namespace, name));
      return entry === undefined ? undefined : context.store.object(entry);
    },
  };
}

/** The rule for names of a kind; generateName prefixes may end in a dash. */
export function nameProblems(definition: ResourceDefinition): (name: string, prefix: boolean) => string[] {
  if (definition.validateName === undefined && definition.group === 'rbac.authorization.k8s.io') return pathSegment;
  return definition.validateName ?? ((name, prefix) => dns1123Subdomain(prefix ? maskTrailingDash(name) : name));
}

function validateObject(definition: ResourceDefinition, object: KubeObject, strategy: StrategyContext): FieldError[] {
  const errors: FieldError[] = [];
  if (definition.custom && object.kind !== definition.kind) {
    errors.push(fieldError.invalid('kind', object.kind, `must be ${definition.kind}`));
    return errors;
  }
  const metadataErrors = validateMetadata(object, definition.namespaced, nameProblems(definition));
  if (definition.compiled !== undefined)
    return definition.compiled.validate(object as never, undefined, metadataErrors);
  if (definition.rulesFirst) {
    const own = definition.validate?.(object, strategy) ?? [];
    return own.length > 0 ? own : validateMetadata(object, definition.namespaced, pathSegment);
  }
  errors.push(...metadataErrors);
  if (definition.metadataRules?.finalizers !== false) errors.push(...validateCoreFinalizers(object.metadata));
  if (definition.validate !== undefined) errors.push(...definition.validate(object, strategy));
  return errors;
}

const statusDefaults = new WeakMap<ResourceDefinition, boolean>();

/** Whether reading gives a status to an object that is stored without one: creation drops what the client sent, defaults included. */
function defaultsStatus(definition: ResourceDefinition): boolean {
  if (definition.compiled === undefined || !hasStatus(definition)) return false;
  let known = statusDefaults.get(definition);
  if (known === undefined) {
    const bare: KubeObject = { apiVersion: groupVersion(definition), kind: definition.kind, metadata: {} };
    definition.compiled.applyDefaults(bare as never);
    known = bare.status !== undefined;
    statusDefaults.set(definition, known);
  }
  return known;
}
