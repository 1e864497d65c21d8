import type { Metadata } from '../api/index.ts';
import type { ObjectReference } from '../kube/index.ts';
import { nameOf, uidOf } from './keys.ts';

/** What an event is about. */
export function referenceTo(object: { apiVersion: string; kind: string; metadata: Metadata }): ObjectReference {
  const { namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: nameOf(object),
    uid: uidOf(object),
    ...(namespace === undefined ? {} : { namespace }),
  };
}
