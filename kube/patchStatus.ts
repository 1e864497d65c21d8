import { KubeError } from './errors.ts';
import type { JsonPatchOperation, KubeClient, KubeObject, Resource, WriteOptions } from './types.ts';

/**
 * Writes an object's status, provided that nobody wrote the object since it was read; else `Conflict`, whatever changed.
 * The fence: the patch sets `metadata.resourceVersion` to the version that was read, which the API server checks as it does
 * for a PUT.
 *
 * @param object as it was read: name, namespace and resourceVersion count
 * @param change JSON Patch operations (paths from the object's root: `/status/phase`), or a merge patch (`{status: {…}}`)
 */
export async function patchStatus<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  object: T,
  change: readonly JsonPatchOperation[] | { readonly status: unknown },
  options: WriteOptions = {},
): Promise<T> {
  const { namespace, name = '', resourceVersion } = object.metadata;
  if (!resourceVersion) {
    throw new KubeError(
      'BadRequest',
      `patch ${resource.kind} ${name} (status): metadata.resourceVersion is empty; pass the object as it was read`,
    );
  }
  const key = { namespace, name };
  const writeOptions = { subresource: 'status', ...options };
  if (isOperations(change)) {
    const fence: JsonPatchOperation = { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion };
    return await client.patch(resource, key, { type: 'json', operations: [fence, ...change] }, writeOptions);
  }
  return await client.patch(
    resource,
    key,
    { type: 'merge', body: { metadata: { resourceVersion }, ...change } },
    writeOptions,
  );
}

const isOperations = (
  change: readonly JsonPatchOperation[] | { readonly status: unknown },
): change is readonly JsonPatchOperation[] => Array.isArray(change);
