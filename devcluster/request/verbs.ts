/** What paths say to methods that they do not serve, and to bodies that are about another object. */
import type { KubeObject, ResourceDefinition } from '../types.ts';
import type { RequestInfo } from './info.ts';
import { badRequest, methodNotAllowed, methodNotSupported, nameless } from './status.ts';

/** The refusal of a method: custom resources name the verb. */
export function notAllowed(definition: ResourceDefinition, { verb }: RequestInfo): Error {
  if (!definition.custom) return methodNotAllowed();
  return methodNotSupported({ group: definition.group, resource: definition.plural }, verb);
}

/** A body must have the name that its path has. Throws 400. */
export function checkUrlName(object: KubeObject, name: string): void {
  const given = object.metadata.name ?? '';
  if (given === '') throw nameless(name);
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}
