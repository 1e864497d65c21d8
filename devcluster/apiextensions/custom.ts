/** From a CustomResourceDefinition to the resources that it defines. */
import { compileSchema } from '../../schema/index.ts';
import { isObject, sortedKeys } from '../registry/copy.ts';
import { age } from '../registry/printers.ts';
import { printJson } from '../request/json.ts';
import type {
  CompiledSchema,
  Json,
  JsonObject,
  KubeObject,
  MergeTypeFromSchema,
  ResourceDefinition,
  ScalePaths,
  SchemaProps,
  SubresourceDefinition,
  TableColumn,
} from '../types.ts';
import type { ConversionWebhook, ConverterFactory } from './conversion.ts';
import { compileJsonPath } from './jsonpath.ts';

/** `spec.versions[]` of a CRD, validated. */
export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: SchemaProps };
  readonly subresources?: { readonly status?: object; readonly scale?: ScalePaths };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: TableColumn['type'];
  readonly jsonPath: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
}

export interface CrdNames {
  readonly plural: string;
  readonly singular?: string;
  readonly kind: string;
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** `spec` of a CRD, validated and defaulted. */
export interface CrdSpec {
  readonly group: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly names: CrdNames;
  readonly versions: readonly CrdVersion[];
  readonly preserveUnknownFields?: boolean;
  readonly conversion?: { readonly strategy: string; readonly webhook?: ConversionWebhook };
}

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'] as const;

/** The definitions of all served versions, in order of preference. Compilation of schemas waits until they are needed. */
export function customDefinitions(
  spec: CrdSpec,
  names: CrdNames,
  mergeTypeFromSchema: MergeTypeFromSchema,
  converterOf?: ConverterFactory,
): ResourceDefinition[] {
  const webhook = spec.conversion?.strategy === 'Webhook' ? spec.conversion.webhook : undefined;
  const converter = webhook === undefined ? undefined : converterOf?.(webhook);
  const stored = spec.versions.find((version) => version.storage)?.name ?? '';
  const schemas = new Map(spec.versions.map((version) => [version.name, compiledSchema(spec, version)] as const));
  return spec.versions
    .filter((version) => version.served)
    .sort((a, b) => compareVersions(a.name, b.name))
    .map((version) => ({
      ...customDefinition(spec, names, version, stored, schemas, mergeTypeFromSchema),
      ...(converter === undefined ? {} : { converter }),
    }));
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** New finalizers that could be anybody's. */
function finalizerWarnings({ metadata }: KubeObject, old: KubeObject | undefined): string[] {
  const known = [...standardFinalizers, ...(old?.metadata.finalizers ?? [])];
  return [...new Set(metadata.finalizers ?? [])]
    .filter((name) => !name.includes('/') && !known.includes(name))
    .sort()
    .map(
      (name) =>
        `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers`,
    );
}

/** The schema of a version, compiled when it is first used. */
function compiledSchema(spec: CrdSpec, version: CrdVersion): CompiledSchema {
  const compiled = lazy(() =>
    compileSchema(version.schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
  );
  return {
    applyDefaults: (object) => compiled().applyDefaults(object),
    prune: (object) => (spec.preserveUnknownFields === true ? [] : compiled().prune(object)),
    unreadable: (object) => compiled().unreadable(object),
    validate: (object, old, prior, warn) => compiled().validate(object, old, prior, warn),
    validateStatus: (object, old, prior, warn) => compiled().validateStatus(object, old, prior, warn),
  };
}

function customDefinition(
  spec: CrdSpec,
  names: CrdNames,
  version: CrdVersion,
  storageVersion: string,
  schemas: ReadonlyMap<string, CompiledSchema>,
  mergeTypeFromSchema: MergeTypeFromSchema,
): ResourceDefinition {
  const schema = version.schema?.openAPIV3Schema;
  const mergeType = lazy(() => mergeTypeFromSchema(schema));
  const subresources: SubresourceDefinition[] = [];
  if (version.subresources?.status !== undefined)
    subresources.push({ name: 'status', verbs: ['get', 'patch', 'update'] });
  if (version.subresources?.scale !== undefined) {
    subresources.push({
      name: 'scale',
      kind: 'Scale',
      group: 'autoscaling',
      version: 'v1',
      verbs: ['get', 'patch', 'update'],
    });
  }
  const columns = printerColumns(version);
  const selectable = selectableFields(version);
  return {
    group: spec.group,
    version: version.name,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    verbs,
    subresources,
    custom: true,
    storageVersion,
    openApiName: `${spec.group.split('.').reverse().join('.')}.${version.name}.${names.kind}`,
    openApiSchema: () => (schema ?? {}) as JsonObject,
    compiled: schemas.get(version.name) as CompiledSchema,
    schemas,
    mergeType,
    warnings: finalizerWarnings,
    hasGeneration: true,
    hasStatus: version.subresources?.status !== undefined,
    ...(version.subresources?.scale === undefined ? {} : { scale: version.subresources.scale }),
    ...(selectable === undefined ? {} : { selectableFields: selectable }),
    columns: columns.definitions,
    row: columns.row,
    ...(version.deprecated === true
      ? { deprecation: version.deprecationWarning ?? defaultDeprecation(spec, names.kind, version.name) }
      : {}),
  };
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const nameDescription =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
const ageDescription =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

function printerColumns(version: CrdVersion): {
  definitions: TableColumn[];
  row: (object: KubeObject, now: Date) => Json[];
} {
  const asked: readonly PrinterColumn[] = version.additionalPrinterColumns?.length
    ? version.additionalPrinterColumns
    : [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: ageDescription }];
  const definitions: TableColumn[] = [
    { name: 'Name', type: 'string', format: 'name', description: nameDescription, priority: 0 },
    ...asked.map((column) => ({
      name: column.name,
      type: column.type,
      format: column.format ?? '',
      description: column.description ?? `Custom resource definition column (in JSONPath format): ${column.jsonPath}`,
      priority: column.priority ?? 0,
    })),
  ];
  const readers = asked.map((column) => ({ type: column.type, find: lazy(() => compileJsonPath(column.jsonPath)) }));
  const row = (object: KubeObject, now: Date): Json[] => [
    object.metadata.name ?? '',
    ...readers.map(({ type, find }) => cell(type, find()(object)[0], now)),
  ];
  return { definitions, row };
}

function cell(type: TableColumn['type'], value: unknown, now: Date): Json {
  if (value === undefined) return null;
  if (value === null) return type === 'string' ? '<no value>' : null;
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : printJson(sortedKeys(value));
    case 'integer':
      if (typeof value === 'bigint') return value as unknown as Json;
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint' ? (value as number) : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    default: {
      if (typeof value !== 'string') return null;
      return Number.isNaN(Date.parse(value)) ? '<invalid>' : age(value, now);
    }
  }
}

function selectableFields(version: CrdVersion): ResourceDefinition['selectableFields'] {
  if (!version.selectableFields?.length) return undefined;
  const out: { [label: string]: (object: KubeObject) => string } = {};
  for (const { jsonPath } of version.selectableFields) {
    const steps = jsonPath.split('.').slice(1);
    out[steps.join('.')] = (object) => {
      let value: unknown = object;
      for (const step of steps) value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
      if (value === undefined || value === null) return '';
      return typeof value === 'string' ? value : printJson(value);
    };
  }
  return out;
}

/** What is said of a deprecated version: which to use, if one that clients prefer to it is served. */
function defaultDeprecation({ group, versions }: CrdSpec, kind: string, name: string): string {
  const better = versions
    .filter((version) => version.served && version.deprecated !== true && compareVersions(version.name, name) < 0)
    .sort((a, b) => compareVersions(a.name, b.name))[0];
  return `${group}/${name} ${kind} is deprecated${better === undefined ? '' : `; use ${group}/${better.name} ${kind}`}`;
}

/** Order of versions as clients prefer them: GA before beta before alpha, then higher first; others last, by text. */
export function compareVersions(a: string, b: string): number {
  const parse = (text: string): [number, number, number] | undefined => {
    const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text);
    if (found === null) return undefined;
    return [found[2] === undefined ? 3 : found[2] === 'beta' ? 2 : 1, Number(found[1]), Number(found[3] ?? 0)];
  };
  const x = parse(a);
  const y = parse(b);
  if (x === undefined || y === undefined) return x === y ? (a < b ? -1 : 1) : x === undefined ? 1 : -1;
  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return (y[i] as number) - (x[i] as number);
  return 0;
}
