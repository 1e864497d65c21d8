/** What a binding's paramRef names. */
import { selectorMatches } from '../../builtin/validation/common.ts';
import type { RegistryContext } from '../../registry/call.ts';
import { readEntry } from '../../registry/convert.ts';
import { storageName } from '../../registry/resources.ts';
import { entryKey } from '../../storage/entry.ts';
import type { KubeObject, ResourceDefinition } from '../../types.ts';
import type { ParamKind, ParamRef } from './types.ts';

/** A policy or binding that cannot work as it is configured. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

function describe({ apiVersion = '', kind = '' }: ParamKind): string {
  return `&ParamKind{APIVersion:${apiVersion},Kind:${kind},}`;
}

/** The kind of a policy's params; undefined where it has none. Throws `ConfigurationError` for one that is not served. */
export function paramDefinition(context: RegistryContext, kind: ParamKind | undefined): ResourceDefinition | undefined {
  if (kind === undefined) return undefined;
  const { apiVersion = '', kind: name = '' } = kind;
  const definition = context.resources.findKind(apiVersion, name);
  if (definition === undefined) {
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    throw new ConfigurationError(
      `failed to find resource referenced by paramKind: '${group}/${apiVersion.slice(slash + 1)}, Kind=${name}'`,
    );
  }
  return definition;
}

/** The params that a binding is to be run with, once for each; null: once, without. Throws `ConfigurationError`. */
export function collectParams(
  context: RegistryContext,
  kind: ParamKind | undefined,
  definition: ResourceDefinition | undefined,
  ref: ParamRef | undefined,
  namespace: string,
): (KubeObject | null)[] {
  if (kind === undefined || ref === undefined) return [null];
  if (definition === undefined) throw new ConfigurationError(`paramKind kind \`${describe(kind)}\` not known`);
  const inNamespace = ref.namespace || namespace;
  if (definition.namespaced && inNamespace === '') {
    throw new ConfigurationError(
      'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
    );
  }
  if (!definition.namespaced && ref.namespace) {
    throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  }
  const found = find(context, definition, ref, definition.namespaced ? inNamespace : '');
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny') {
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction');
  }
  return found;
}

function find(
  context: RegistryContext,
  definition: ResourceDefinition,
  ref: ParamRef,
  namespace: string,
): KubeObject[] {
  const { store } = context;
  const resource = storageName(definition);
  if (ref.name) {
    const entry = store.latest(resource, entryKey(namespace, ref.name));
    return entry === undefined ? [] : [readEntry(store, entry, definition).object];
  }
  return store
    .list(resource, namespace === '' ? '' : `${namespace}/`)
    .map((entry) => readEntry(store, entry, definition).object)
    .filter((object) => selectorMatches(ref.selector, object.metadata.labels ?? {}) === true);
}
