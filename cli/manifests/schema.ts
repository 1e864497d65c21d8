import { GROUP, KINDS, toCustomResourceDefinition, VERSION } from '../../api/index.ts';
import type { CompiledSchema, JsonObject, SchemaProps } from '../../schema/index.ts';
import { compileSchema } from '../../schema/index.ts';
import { closestTo } from './closest.ts';
import { isObject, type Manifest, type ManifestObject } from './parse.ts';

export interface SchemaFault {
  readonly field: string;
  readonly message: string;
}

/** Says what the API server will say of objects of ours: their kinds' schemas, CEL rules and unknown fields included. */
export interface SchemaChecker {
  faults(manifest: Pick<Manifest, 'object' | 'plain'>): readonly SchemaFault[];
}

/** Schemas are compiled when an object of theirs comes. */
export function createSchemaChecker(): SchemaChecker {
  const schemas = new Map<string, { compiled: CompiledSchema; props: SchemaProps }>();
  const schemaOf = (kind: string) => {
    let schema = schemas.get(kind);
    const known = KINDS.find((candidate) => candidate.kind === kind);
    if (schema === undefined && known !== undefined) {
      const [version] = toCustomResourceDefinition(known).spec.versions as {
        schema: { openAPIV3Schema: SchemaProps };
      }[];
      const props = version?.schema.openAPIV3Schema ?? {};
      schema = { compiled: compileSchema(props), props };
      schemas.set(kind, schema);
    }
    return schema;
  };
  return {
    faults({ object, plain }) {
      const version = versionFault(object);
      if (version !== undefined) return [version];
      const schema = schemaOf(object.kind);
      if (schema === undefined) {
        const kinds = KINDS.map(({ kind }) => kind);
        const meant = closestTo(object.kind, kinds);
        return [
          {
            field: 'kind',
            message:
              object.kind === ''
                ? `is required: one of ${kinds.join(', ')}`
                : `${JSON.stringify(object.kind)} is no kind of ${GROUP}; ${meant === undefined ? `there are ${kinds.join(', ')}` : `is ${meant} meant?`}`,
          },
        ];
      }
      const copy = structuredClone(object) as unknown as JsonObject;
      // Manifests carry no status; what one carries is dropped by the API server, and is not their author's concern.
      delete copy.status;
      const unknown = schema.compiled
        .prune(copy)
        .map((field) => ({ field, message: `unknown field: it would be dropped${hint(field, schema.props)}` }));
      schema.compiled.applyDefaults(copy);
      return [
        ...unknown,
        ...metadataFaults(object),
        ...schema.compiled
          .validate(copy)
          .map(({ field, body }) => ({ field: field === '<nil>' ? '' : field, message: body })),
      ].map(({ field, message }) => ({
        field,
        message: `${message}${typeFix(message, valueAt(object, field), plain?.(field), propsAt(field, schema.props))}`,
      }));
    },
  };
}

/** Labels and annotations that are no texts, which kubectl cannot send. */
function metadataFaults({ metadata }: ManifestObject): SchemaFault[] {
  return ['labels', 'annotations'].flatMap((map) => {
    const values = metadata[map] ?? {};
    if (!isObject(values)) return [{ field: `metadata.${map}`, message: 'must be a map of texts' }];
    return Object.entries(values)
      .filter(([, value]) => typeof value !== 'string' && value !== null)
      .map(([name, value]) => ({
        field: `metadata.${map}[${name}]`,
        message: `must be of type string: ${JSON.stringify(Array.isArray(value) ? 'array' : typeof value)}`,
      }));
  });
}

/** What is wrong with the apiVersion of an object that is ours, or meant to be. */
export function versionFault({ apiVersion, kind }: ManifestObject): SchemaFault | undefined {
  const right = `${GROUP}/${VERSION}`;
  if (apiVersion === right) return undefined;
  const field = 'apiVersion';
  if (apiVersion === '') return { field, message: `is required: write ${right}` };
  return apiVersion.startsWith(`${GROUP}/`)
    ? { field, message: `there is no version ${JSON.stringify(apiVersion.slice(GROUP.length + 1))}: write ${right}` }
    : { field, message: `${JSON.stringify(apiVersion.slice(0, 253))} has no ${kind}: write ${right}` };
}

/**
 * The value that is of a wrong type, and what to do about it: texts that YAML reads as something else (`yes`, `1.10`), numbers in quotes, names
 * where a reference belongs.
 */
function typeFix(message: string, value: unknown, plain: string | undefined, props: SchemaProps | undefined): string {
  const [, wanted, got] = /must be of type (\w+): "(\w+)"$/.exec(message) ?? [];
  if (wanted === undefined) return '';
  if (wanted === 'string' && plain !== undefined && ['boolean', 'integer', 'number'].includes(got ?? '')) {
    return `; fix: put it in quotes, ${JSON.stringify(plain)}`;
  }
  if (typeof value !== 'string') return '';
  const shown = JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (['integer', 'number', 'boolean'].includes(wanted) && /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(value)) {
    return `; fix: write ${value}, without quotes`;
  }
  const isReference = wanted === 'object' && props?.required?.length === 1 && props.required[0] === 'name';
  return isReference ? `; fix: write {name: ${shown}}` : `; it is ${shown}`;
}

const segmentsOf = (field: string): string[] => field.split(/[.[\]]+/).filter((segment) => segment !== '');

function valueAt(object: unknown, field: string): unknown {
  let here = object;
  for (const segment of segmentsOf(field)) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, segment)) return undefined;
    here = (here as Record<string, unknown>)[segment];
  }
  return here;
}

function propsAt(field: string, root: SchemaProps): SchemaProps | undefined {
  let here: SchemaProps | undefined = root;
  for (const segment of segmentsOf(field)) here = /^\d+$/.test(segment) ? here?.items : here?.properties?.[segment];
  return here;
}

/** `; is llmRef meant?`, where a field of that place is spelled much the same. */
function hint(field: string, root: SchemaProps): string {
  const segments = segmentsOf(field);
  const last = segments.pop() ?? '';
  const meant = closestTo(last, Object.keys(propsAt(segments.join('.'), root)?.properties ?? {}));
  return meant === undefined ? '' : `; is ${meant} meant?`;
}
