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
      const version = object.apiVersion.slice(GROUP.length + 1);
      if (version !== VERSION) {
        return [
          { field: 'apiVersion', message: `there is no version ${JSON.stringify(version)}: write ${GROUP}/${VERSION}` },
        ];
      }
      const schema = schemaOf(object.kind);
      if (schema === undefined) {
        const kinds = KINDS.map(({ kind }) => kind);
        const meant = closestTo(object.kind, kinds);
        return [
          {
            field: 'kind',
            message: `${JSON.stringify(object.kind)} is no kind of ${GROUP}; ${meant === undefined ? `there are ${kinds.join(', ')}` : `is ${meant} meant?`}`,
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
      ].map(({ field, message }) => ({ field, message: `${message}${quotesMissing(message, plain?.(field))}` }));
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

/** What to do about a text that YAML reads as something else: `yes`, `1.10`. */
function quotesMissing(message: string, plain: string | undefined): string {
  if (plain === undefined || !/must be of type string: "(?:boolean|integer|number)"$/.test(message)) return '';
  return `; fix: put it in quotes, ${JSON.stringify(plain)}`;
}

/** `; is llmRef meant?`, where a field of that place is spelled much the same. */
function hint(field: string, root: SchemaProps): string {
  const segments = field.split(/[.[\]]+/).filter((segment) => segment !== '');
  const last = segments.pop() ?? '';
  let here: SchemaProps | undefined = root;
  for (const segment of segments) here = /^\d+$/.test(segment) ? here?.items : here?.properties?.[segment];
  const meant = closestTo(last, Object.keys(here?.properties ?? {}));
  return meant === undefined ? '' : `; is ${meant} meant?`;
}
