/** What is particular about CustomResourceDefinitions as objects: defaults and status on create. */
import { type CelEnvironment, createCelEnvironment } from '../../schema/index.ts';
import { timestamp } from '../registry/call.ts';
import { copyJson, isObject } from '../registry/copy.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import type { CrdSpec } from './custom.ts';
import { formatWarnings } from './formats.ts';
import { validateCrd, validateCrdUpdate } from './validation.ts';

/** Finalizer that holds a CRD until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** The CRD resource of the builtin kinds with the behaviour of the real server's strategy. */
export function crdDefinition(base: ResourceDefinition): ResourceDefinition {
  // CEL's environment is costly to make, and wanted by the first CRD that comes.
  let made: CelEnvironment | undefined;
  const environment = (): CelEnvironment => {
    made ??= createCelEnvironment();
    return made;
  };
  return {
    ...base,
    hasGeneration: true,
    hasStatus: true,
    allowUnconditionalUpdate: false,
    // Finalizers are not held to the names that core kinds are held to: the server's own has none of those.
    metadataRules: { onUpdate: base.metadataRules?.onUpdate ?? 1, finalizers: false },
    applyDefaults: (object) => {
      base.applyDefaults?.(object);
      applyCrdDefaults(object);
    },
    prepareForCreate: (object, context) => {
      base.prepareForCreate?.(object, context);
      const spec = object.spec as CrdSpec | undefined;
      const storage = (spec?.versions ?? []).filter((version) => version.storage).map((version) => version.name);
      object.status = {
        conditions: null,
        acceptedNames: { plural: '', kind: '' },
        storedVersions: storage.length > 1 ? storage.slice(0, 1) : storage,
      };
    },
    prepareForUpdate: (object, old, context) => {
      base.prepareForUpdate?.(object, old, context);
      const status = isObject(object.status) ? copyJson(object.status) : {};
      const spec = object.spec as CrdSpec;
      const stored = Array.isArray(status.storedVersions) ? (status.storedVersions as string[]) : [];
      for (const version of spec.versions ?? []) {
        if (version.storage && !stored.includes(version.name)) stored.push(version.name);
      }
      status.storedVersions = stored;
      object.status = status;
    },
    beginDeletion: (object, now) => {
      const finalizers = object.metadata.finalizers ?? [];
      if (!finalizers.includes(cleanupFinalizer)) object.metadata.finalizers = [...finalizers, cleanupFinalizer];
      const status = isObject(object.status) ? object.status : {};
      const conditions = Array.isArray(status.conditions) ? status.conditions : [];
      const pending = {
        type: 'Terminating',
        status: 'True',
        lastTransitionTime: timestamp(now),
        reason: 'InstanceDeletionPending',
        message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      };
      object.status = { ...status, conditions: [...conditions, pending] };
    },
    warnings: (object, old) => [...(base.warnings?.(object, old) ?? []), ...formatWarnings(object, old)],
    validate: (object) => validateCrd(object, environment),
    validateUpdate: (object, old) => validateCrdUpdate(object, old, environment),
  };
}

function applyCrdDefaults(object: KubeObject): void {
  const spec = object.spec;
  if (!isObject(spec)) return;
  if (isObject(spec.names)) {
    const names = spec.names;
    if (typeof names.kind === 'string' && names.kind !== '') {
      if (!names.singular) names.singular = names.kind.toLowerCase();
      if (!names.listKind) names.listKind = `${names.kind}List`;
    }
  }
  if (
    isObject(object.status) &&
    (!Array.isArray(object.status.storedVersions) || object.status.storedVersions.length === 0)
  )
    object.status.storedVersions = ((spec as unknown as CrdSpec).versions ?? [])
      .filter((version) => version.storage)
      .slice(0, 1)
      .map((version) => version.name);
  if (!isObject(spec.conversion)) spec.conversion = { strategy: 'None' };
  const conversion = spec.conversion as { [key: string]: unknown };
  if (isObject(conversion.webhook) && isObject(conversion.webhook.clientConfig)) {
    const client = conversion.webhook.clientConfig;
    if (isObject(client.service) && client.service.port === undefined) client.service.port = 443;
  }
}
