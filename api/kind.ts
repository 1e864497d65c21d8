import type { SchemaProps, ValidationRule } from '../schema/types.ts';
import { GROUP, VERSION } from './common.ts';
import type { Typed } from './schema.ts';

/** A printer column: what `kubectl get` shows. `wide` ones only with `-o wide`. */
export interface Column {
  readonly name: string;
  readonly path: string;
  readonly type?: 'string' | 'boolean' | 'integer' | 'date';
  readonly wide?: boolean;
  readonly description?: string;
}

export interface KindOptions<Spec, Status> {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  /** Whether its objects live in namespaces; `Namespaced` when absent. */
  readonly scope?: 'Namespaced' | 'Cluster';
  readonly description: string;
  readonly spec: Typed<Spec>;
  /** Absent for kinds that are plain records. */
  readonly status?: Typed<Status>;
  readonly columns: readonly Column[];
  readonly selectableFields?: readonly string[];
  /** CEL rules over the whole object (its name, for one). */
  readonly rules?: readonly ValidationRule[];
  /** What `status` reads as before the controller has written any: part of the schema's defaults. */
  readonly initialStatus?: Partial<Status>;
}

export interface Metadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: {
    apiVersion: string;
    kind: string;
    name: string;
    uid: string;
    controller?: boolean;
    blockOwnerDeletion?: boolean;
  }[];
  managedFields?: unknown[];
}

/** An object of one of our kinds. */
export interface Custom<Spec, Status> {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec: Spec;
  status?: Status;
}

/** A kind: how it is reached (group, version, plural), what it admits, how it is shown. */
export interface Kind<T> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set: carries the type. */
  readonly object?: T;
  readonly definition: KindOptions<unknown, unknown>;
}

export function defineKind<Spec, Status>(options: KindOptions<Spec, Status>): Kind<Custom<Spec, Status>> {
  return {
    group: GROUP,
    version: VERSION,
    plural: options.plural,
    kind: options.kind,
    namespaced: options.scope !== 'Cluster',
    definition: options as KindOptions<unknown, unknown>,
  };
}

/** A CustomResourceDefinition of apiextensions.k8s.io/v1, as far as ours use it. */
export interface CustomResourceDefinition {
  apiVersion: 'apiextensions.k8s.io/v1';
  kind: 'CustomResourceDefinition';
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

/** The CustomResourceDefinition of a kind: what `kubechain crds` prints. */
export function toCustomResourceDefinition(kind: Kind<unknown>): CustomResourceDefinition {
  const { definition } = kind;
  const root: SchemaProps = {
    type: 'object',
    description: definition.description,
    required: ['spec'],
    properties: {
      apiVersion: {
        type: 'string',
        description: 'Version of the schema of this object: the group, a slash, the version.',
      },
      kind: { type: 'string', description: 'The kind of this object.' },
      metadata: { type: 'object' },
      spec: definition.spec,
      ...(definition.status === undefined
        ? {}
        : {
            status: {
              ...definition.status,
              // Owned as a whole, by the operator. Field by field, each of its writes would cost the API server a sixth more.
              'x-kubernetes-map-type': 'atomic',
              ...(definition.initialStatus === undefined ? {} : { default: definition.initialStatus }),
            },
          }),
    },
    ...(definition.rules === undefined ? {} : { 'x-kubernetes-validations': definition.rules }),
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${kind.group}`,
      labels: { 'app.kubernetes.io/name': 'kubechain', 'app.kubernetes.io/part-of': 'kubechain' },
    },
    spec: {
      group: kind.group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        ...(definition.shortNames === undefined ? {} : { shortNames: definition.shortNames }),
        categories: ['kubechain'],
      },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: root },
          ...(definition.status === undefined ? {} : { subresources: { status: {} } }),
          additionalPrinterColumns: definition.columns.map((column) => ({
            name: column.name,
            type: column.type ?? 'string',
            jsonPath: column.path,
            ...(column.description === undefined ? {} : { description: column.description }),
            ...(column.wide === true ? { priority: 1 } : {}),
          })),
          ...(definition.selectableFields === undefined
            ? {}
            : { selectableFields: definition.selectableFields.map((jsonPath) => ({ jsonPath })) }),
        },
      ],
    },
  };
}

/** The columns that most kinds open with. */
export const STATUS_COLUMNS: readonly Column[] = [
  { name: 'Ready', path: '.status.ready', type: 'boolean' },
  { name: 'Status', path: '.status.status' },
  { name: 'Detail', path: '.status.statusDetail', wide: true },
];
