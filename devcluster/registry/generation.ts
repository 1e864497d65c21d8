import type { KubeObject, ResourceDefinition } from '../types.ts';
import { equalJson } from './copy.ts';

/** Whether the resource keeps its status apart: cleared on create, kept on update. */
export function hasStatus(definition: ResourceDefinition): boolean {
  return definition.hasStatus ?? definition.subresources.some((subresource) => subresource.name === 'status');
}

/** Whether anything that counts for metadata.generation differs: all but metadata, and all but status where status is apart. */
export function specChanged(definition: ResourceDefinition, object: KubeObject, old: KubeObject): boolean {
  const ignored = (key: string): boolean =>
    key === 'metadata' || key === 'apiVersion' || key === 'kind' || (key === 'status' && hasStatus(definition));
  for (const key of Object.keys(object)) if (!ignored(key) && !equalJson(object[key], old[key])) return true;
  for (const key of Object.keys(old)) if (!ignored(key) && !Object.hasOwn(object, key)) return true;
  return false;
}
