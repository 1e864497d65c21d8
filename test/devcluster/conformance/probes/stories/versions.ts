/** A definition of several versions, what its probes look at, and its objects. */
import { definitions, integer, objectOf, string, things } from '../../probes.things.ts';
import { casesOf, type Fields, pick } from '../../steps.ts';

export const one = casesOf('probes-crds', 'versions: ');
export const plain = objectOf({
  spec: objectOf({ a: string, n: integer }),
  status: objectOf({ phase: string, n: integer }),
});
export const name = `${definitions}/things.{ns}.probe.io`;
export const a = `${things}/a`;
export const state = pick(
  'metadata.generation',
  'metadata.finalizers',
  'status.conditions.*.type',
  'status.conditions.*.status',
  'status.conditions.*.reason',
  'status.conditions.*.message',
  'status.acceptedNames',
  'status.storedVersions',
);
export const version = (name: string, more: Fields = {}, shape: Fields = plain): Fields => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: shape },
  ...more,
});
