/** Tables and metadata-only forms of objects, as kubectl asks for them. */
import type { Json, KubeObject, ResourceDefinition, TableColumn } from '../types.ts';

/** What columns of names say of themselves. */
export const nameDescription =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
/** What columns of ages say of themselves. */
export const createdDescription =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

const nameColumn: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: nameDescription,
  priority: 0,
};

const createdColumn: TableColumn = {
  name: 'Created At',
  type: 'date',
  format: '',
  description: createdDescription,
  priority: 0,
};

const defaultColumns = [nameColumn, createdColumn];

/** Column definitions of a kind. */
export function columnsOf(definition: ResourceDefinition): readonly TableColumn[] {
  return definition.columns ?? defaultColumns;
}

/** What a row carries of its object. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** A table of objects. `metadata` is the list's, or `{resourceVersion}` of the one object. */
export function table(
  definition: ResourceDefinition,
  objects: readonly KubeObject[],
  metadata: { [key: string]: unknown },
  include: IncludeObject,
  now: Date,
  withColumns = true,
  version = 'v1',
): { [key: string]: unknown } {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withColumns ? columnsOf(definition) : null,
    rows:
      objects.length === 0 && definition.hasOwnTable === false
        ? null
        : objects.map((object) => ({
            cells: cells(definition, object, now),
            ...rowConditions(definition, object),
            object:
              include === 'None' ? null : include === 'Object' ? object : partialMetadata(rowObject(object), version),
          })),
  };
}

/** What an annotation says only when a DaemonSet is converted: its rows are made before. */
const convertedAnnotation = 'deprecated.daemonset.template.generation';

function rowObject(object: KubeObject): KubeObject {
  if (object.metadata.annotations?.[convertedAnnotation] === undefined) return object;
  const { [convertedAnnotation]: _, ...annotations } = object.metadata.annotations;
  const { annotations: __, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations },
  } as KubeObject;
}

function rowConditions(definition: ResourceDefinition, object: KubeObject): { conditions?: Json[] } {
  const conditions = definition.rowConditions?.(object);
  return conditions === undefined ? {} : { conditions };
}

function cells(definition: ResourceDefinition, object: KubeObject, now: Date): Json[] {
  if (definition.row !== undefined) return definition.row(object, now);
  return [object.metadata.name ?? '', object.metadata.creationTimestamp ?? null];
}

/** `PartialObjectMetadata` of an object. */
export function partialMetadata(object: KubeObject, version = 'v1'): { [key: string]: unknown } {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
}

/** A duration as kubectl prints ages: two units at most, coarser as it grows. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) {
    const s = seconds % 60;
    return s === 0 ? `${minutes}m` : `${minutes}m${s}s`;
  }
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) {
    const m = minutes % 60;
    return m === 0 ? `${hours}h` : `${hours}h${m}m`;
  }
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) {
    const h = hours % 24;
    return h === 0 ? `${days}d` : `${days}d${h}h`;
  }
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  if (years < 8) {
    const d = days % 365;
    return d === 0 ? `${years}y` : `${years}y${d}d`;
  }
  return `${years}y`;
}

/** Age of an object as a cell. */
export function age(created: string | undefined, now: Date): string {
  if (created === undefined) return '<unknown>';
  return humanDuration(now.getTime() - Date.parse(created));
}
