/** What is said of formats in a CRD's schemas that mean nothing. */
import { isObject } from '../registry/copy.ts';
import type { KubeObject } from '../types.ts';

const ofStrings = new Set(
  'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor byte password date duration datetime k8sshortname k8slongname'.split(
    ' ',
  ),
);

function isKnown(type: unknown, format: string): boolean {
  if (type === 'integer') return format === 'int32' || format === 'int64';
  if (type === 'number') return format === 'float' || format === 'double';
  return (type === undefined || type === '' || type === 'string') && ofStrings.has(format.replaceAll('-', ''));
}

/** Schemas within a schema, under the names of their keywords. */
const named = ['properties', 'patternProperties', 'definitions'];
const listed = ['allOf', 'anyOf', 'oneOf'];
const single = ['items', 'additionalProperties', 'additionalItems', 'not'];

function collect(schema: unknown, found: Set<string>): void {
  if (Array.isArray(schema)) for (const item of schema) collect(item, found);
  if (!isObject(schema)) return;
  const { format, type } = schema;
  if (typeof format === 'string' && format !== '' && !isKnown(type, format)) found.add(format);
  for (const keyword of named)
    if (isObject(schema[keyword])) for (const inner of Object.values(schema[keyword])) collect(inner, found);
  for (const keyword of [...listed, ...single]) collect(schema[keyword], found);
}

function unknownFormats(object: KubeObject | undefined): Set<string> {
  const found = new Set<string>();
  const versions = isObject(object?.spec) && Array.isArray(object.spec.versions) ? object.spec.versions : [];
  for (const version of versions)
    if (isObject(version) && isObject(version.schema)) collect(version.schema.openAPIV3Schema, found);
  return found;
}

/** A warning for each format that is not known, and was not in the old definition either. */
export function formatWarnings(object: KubeObject, old: KubeObject | undefined): string[] {
  const before = unknownFormats(old);
  return [...unknownFormats(object)]
    .filter((format) => !before.has(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`);
}
