/** What the tables of this folder share. */
import { definitions, integer, objectOf, string } from '../../probes.things.ts';
import { casesOf, type Fields, pick } from '../../steps.ts';

export const one = casesOf('probes-crds', 'definition: ');

export const schema = (props: Fields, more: Fields = {}): Fields => objectOf({ spec: { ...objectOf(props), ...more } });

export const plain = objectOf({ spec: objectOf({ a: string }), status: objectOf({ phase: string, n: integer }) });

export const name = `${definitions}/things.{ns}.probe.io`;

export const state = pick(
  'status.conditions.*.type',
  'status.conditions.*.status',
  'status.conditions.*.reason',
  'status.conditions.*.message',
  'status.acceptedNames',
  'status.storedVersions',
);

export const version = (name: string, more: Fields = {}, shape: Fields = plain) => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: shape },
  ...more,
});
