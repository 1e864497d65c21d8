/**
 * The data that the parts of the API server hand each other: what a resource is (`ResourceDefinition`, one per group,
 * version and resource), and what the builtin kinds, managed fields and strategic merge have to offer to the registry.
 *
 * Objects are plain JSON. Integers outside ±2^53 and inside int64 are `bigint`: `request/json.ts` parses and prints them.
 * Objects that come out of storage are shared: never change them, copy first (`structuredClone`).
 */
import type { CompiledSchema, FieldError, Json, JsonObject, SchemaProps } from '../schema/types.ts';

export type { CompiledSchema, FieldError, FieldErrorType, Json, JsonObject, SchemaProps } from '../schema/types.ts';

/** One entry of `metadata.ownerReferences`. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** One entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: 'Apply' | 'Update';
  apiVersion?: string;
  /** RFC 3339, seconds. */
  time?: string;
  fieldsType?: 'FieldsV1';
  fieldsV1?: JsonObject;
  subresource?: string;
}

/** `metadata` of any object. */
export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  /** RFC 3339, seconds, as all timestamps of metadata. */
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
  selfLink?: string;
}

/** Any object of the API. Its metadata has been checked to be well-typed by the time a strategy sees it. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** Turns objects into another version of their resource. Rejects with a Status error. */
export type Converter = (objects: readonly KubeObject[], apiVersion: string) => Promise<KubeObject[]>;

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** Who asks. `extra` values are lists, as in UserInfo of authentication.k8s.io/v1. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: { readonly [key: string]: readonly string[] };
}

/** One column of a server-side table (`TableColumnDefinition` of meta.k8s.io/v1). */
export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format: string;
  readonly description: string;
  /** 0: always shown; 1: `-o wide` only. */
  readonly priority: number;
}

/** A subresource as discovery lists it; the registry acts on `status`, `scale`, `finalize`, `token`, `approval` by name. */
export interface SubresourceDefinition {
  readonly name: string;
  /** Kind of the body, where it is another than the resource's (Scale, TokenRequest, Eviction…). */
  readonly kind?: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly Verb[];
}

/** Where the scale subresource reads and writes; dotted paths as in a CRD's `subresources.scale` (`.spec.replicas`). */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** What the hooks of a resource may know of the request. */
export interface StrategyContext {
  readonly user: UserInfo;
  readonly now: Date;
  /** '' for the object itself, else 'status', 'scale', … */
  readonly subresource: string;
  /** Reads another stored object (say, the RBAC role that a binding names); undefined when absent. */
  get(group: string, resource: string, namespace: string, name: string): KubeObject | undefined;
  /** All stored objects of a resource. */
  all(group: string, resource: string): KubeObject[];
  readonly dryRun: boolean;
}

/**
 * Thrown by `decode` when the object cannot be read into the kind at all (a number where a string must be). The registry
 * answers 400 `Deployment in version "v1" cannot be handled as a Deployment: <message>`; message is what stands after the colon,
 * `json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string`.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** What the real server says where it converts parsed JSON, after a strategic merge or an apply. */
  readonly converted: string;

  constructor(message: string, converted: string = message) {
    super(message);
    this.converted = converted;
  }
}

/**
 * How values merge, for server-side apply and strategic merge: the resolved shape of a kind. Made by
 * `mergeTypeFromSchema` for custom resources and by `builtin/` for its own kinds; only `managedfields/` and
 * `strategicmerge/` look inside. References between shapes may be cyclic (JSONSchemaProps), hence the functions.
 */
export interface MergeType {
  /** `deduced`: no schema here; maps granular, lists atomic. */
  readonly shape: 'scalar' | 'map' | 'list' | 'deduced';
  /** Of a scalar: what it may be; absent: anything. */
  readonly scalar?: 'string' | 'numeric' | 'boolean' | 'untyped';
  /** Of the root of a kind: what its empty object holds (`spec: {}`), which a create adds to rather than makes. Absent: nothing. */
  readonly zero?: () => JsonObject;
  /** Atomic maps and lists are owned and replaced as a whole. */
  readonly atomic?: boolean;
  /** Of a map with known fields: the type of each; undefined for an unknown field. */
  readonly field?: (name: string) => MergeType | undefined;
  /** Of a map without fixed fields, or of a list: the type of each value. */
  readonly element?: () => MergeType;
  readonly listType?: 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  /** Defaults of list map keys (`protocol: TCP` of a container's ports). */
  readonly keyDefaults?: { readonly [key: string]: Json };
  /** `x-kubernetes-patch-strategy` (`merge`, `retainKeys`, `merge,retainKeys`, `replace`) and `x-kubernetes-patch-merge-key`, builtin kinds only. */
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
}

/**
 * One resource in one served version: what a `rest.Storage` plus its strategy is to the real server. Builtin kinds come from
 * `builtin/index.ts` (`builtinResources(): ResourceDefinition[]`), custom ones from `apiextensions/`. All functions are pure
 * unless said otherwise; those that take an object to prepare change it in place. Everything optional has the default named here.
 * Several definitions with one group and resource are versions of one resource and share storage.
 */
export interface ResourceDefinition {
  /** '' for core. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  /** Default `${kind}List`. */
  readonly listKind?: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly SubresourceDefinition[];
  /** True for CRD-defined resources: several answers of the real server differ by it. */
  /** True while the definition of a custom resource is being deleted: nothing new is made. */
  readonly terminating?: boolean;
  readonly custom: boolean;
  /** `group/resource` under which it is stored, where shared with another group (events.k8s.io events are core events). Default: its own. */
  readonly storageResource?: { readonly group: string; readonly plural: string };
  /** How keys of the real server's storage name the resource, where that is not the plural (`minions` of Nodes): its messages show them. */
  readonly storageKey?: string;
  /**
   * How the kind itself judges metadata, beside what every kind does: how often in an update, and whether finalizers without a domain have
   * to be well-known. One time and yes, unless said.
   */
  readonly metadataRules?: { readonly onUpdate: 0 | 1 | 2; readonly finalizers: boolean };
  /** Version in which objects are stored; `convert` changes between them. Default: as served. */
  readonly storageVersion?: string;
  /**
   * From the stored form to this version and back (in place, apiVersion included). Absent: apiVersion is all that differs.
   */
  readonly convert?: { fromStorage(object: KubeObject): void; toStorage(object: KubeObject): void };

  /** Where somebody else has to be asked to convert: instead of `convert`. */
  readonly converter?: Converter;

  /** OpenAPI definition name: `io.k8s.api.core.v1.ConfigMap`. */
  readonly openApiName: string;
  /**
   * OpenAPI v3 schema of the kind; for builtin kinds with `$ref: '#/components/schemas/…'` into `componentSchemas`. Called lazily,
   * so that loading builtin kinds costs nothing until someone asks (start-up in 0.4 s, 110 MB).
   */
  readonly openApiSchema: () => JsonObject;

  /**
   * Reads an object as the typed kind would: removes unknown fields in place, drops nulls and empty values where the Go type
   * omits them, and returns the unknown fields' paths (`spec.foo`) for fieldValidation. Throws `DecodeError`.
   */
  readonly decode?: (object: KubeObject) => { unknown: string[] };
  /** Fills defaults in place: on request, and on read for objects stored before. */
  readonly applyDefaults?: (object: KubeObject) => void;
  /** Custom resources: pruning, defaulting and validation come from here instead of `decode`/`applyDefaults`. */
  readonly compiled?: CompiledSchema;
  /** Custom resources: the schemas of all versions of the kind, served or not, by their names. */
  readonly schemas?: ReadonlyMap<string, CompiledSchema>;
  readonly mergeType: () => MergeType;

  /** metadata.generation is 1 at first and grows when anything but metadata and status changes. Default false: generation is left alone. */
  readonly hasGeneration?: boolean;
  /** status is cleared on create and kept on update, and has an endpoint of its own. Default: a `status` subresource exists. */
  readonly hasStatus?: boolean;
  /** PUT creates when nothing is there. Default false. */
  readonly allowCreateOnUpdate?: boolean;
  /** PUT without resourceVersion overwrites. Default true for builtin kinds, false for custom ones. */
  readonly allowUnconditionalUpdate?: boolean;
  /** DELETE answers the object, not a Status. Default false. */
  readonly deleteReturnsObject?: boolean;
  /** Seconds of grace that a DELETE gives when none is asked for. Default 0: gone at once. May depend on the object (a Pod without a node: 0). */
  readonly gracePeriod?: (object: KubeObject, requested: number | undefined) => number;
  /** Called with the copy that a DELETE marks when deletion begins: may add the finalizer that holds it, and say so in status. */
  readonly beginDeletion?: (object: KubeObject, now: Date) => void;
  /** Default deletion propagation. Default Background; `orphan` for a few old kinds. */
  readonly defaultPropagation?: 'Background' | 'Orphan';
  readonly scale?: ScalePaths;

  /** The kind's own rules are judged before its metadata, whose name may be any path segment. Default false. */
  readonly rulesFirst?: boolean;
  /** Problems with a name, worded as the real server (`a lowercase RFC 1123 subdomain must …`); `prefix` for generateName. Default: DNS-1123 subdomain. */
  readonly validateName?: (name: string, prefix: boolean) => string[];
  /** Further fields for fieldSelector beside metadata.name and metadata.namespace: label → value of an object ('' when absent). */
  /** Of custom kinds: the version of the store since which they are served. */
  readonly servedSince?: number;
  /** A version besides its own in which a body may be. */
  readonly readsAlso?: string;
  readonly selectableFields?: { readonly [label: string]: (object: KubeObject) => string };

  /** A create keeps the status that was sent, as that of a Node, which registers itself with one call. */
  readonly keepsNewStatus?: true;
  /** Before validation of a create: clears what a client may not set, fills what the server owns. Generic metadata, status and generation are done already. */
  readonly prepareForCreate?: (object: KubeObject, context: StrategyContext) => void;
  readonly prepareForUpdate?: (object: KubeObject, old: KubeObject, context: StrategyContext) => void;
  /** The status endpoint of a builtin kind leaves metadata alone: all of it (`reset`), or the labels. Default: it writes metadata too. */
  readonly statusMetadata?: 'reset' | 'labels';
  /** Of a write to the status endpoint; by then everything but status, labels and annotations is the old object's. */
  readonly prepareForStatusUpdate?: (object: KubeObject, old: KubeObject, context: StrategyContext) => void;
  /** Violations beyond metadata, in the order that the real server gives. */
  readonly validate?: (object: KubeObject, context: StrategyContext) => FieldError[];
  readonly validateUpdate?: (object: KubeObject, old: KubeObject, context: StrategyContext) => FieldError[];
  readonly validateStatusUpdate?: (object: KubeObject, old: KubeObject, context: StrategyContext) => FieldError[];
  /** `Warning:` headers of a create or update (deprecated fields, …). */
  readonly warnings?: (object: KubeObject, old: KubeObject | undefined) => string[];
  /** `Warning:` header of a DELETE that does not say what becomes of dependents. */
  readonly deletionWarning?: string;
  /** Version-level deprecation warning, as `policy/v1beta1 PodSecurityPolicy is deprecated in …`. */
  readonly deprecation?: string;

  /** Server-side table. Default: Name and Age (`Created At` for custom resources without columns is `Age` as well). */
  readonly columns?: readonly TableColumn[];
  /** False where the real server has no table of the kind's own: then one without rows says null. Default true. */
  readonly hasOwnTable?: boolean;
  /** The order of a Table's rows, where it is not that of the names. */
  readonly tableOrder?: (a: KubeObject, b: KubeObject) => number;
  /** Cells of one row, in the order of `columns`. `now` for ages (`5m`, `<unknown>`). */
  readonly row?: (object: KubeObject, now: Date) => Json[];
  /** Conditions of an object's row in a Table: whether it has completed. */
  readonly rowConditions?: (object: KubeObject) => Json[] | undefined;

  /** Fields (paths as field sets: `{ 'f:status': {} }`) that an endpoint ignores and nobody comes to own there. Default: status off the main endpoint, all but status off the status endpoint. */
  readonly resetFields?: (subresource: string) => JsonObject;
}

/** `builtin/index.ts` exports `builtinResources(): ResourceDefinition[]` and this. */
export interface BuiltinSchemas {
  /** All component schemas that the group version's document of /openapi/v3 needs, by name (`io.k8s.api.core.v1.Pod`); metav1 ones included. `groupVersion` is `v1` or `apps/v1`. Loaded lazily. */
  componentSchemas(groupVersion: string): JsonObject;
}

/** A writer and its place, as `managedFields` names it. */
export interface FieldManager {
  readonly manager: string;
  /** apiVersion of the request: `apps/v1`. */
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339 seconds of the entry. */
  readonly time: string;
}

/**
 * `managedfields/index.ts` exports these two and `mergeTypeFromSchema(schema: SchemaProps | undefined): MergeType`.
 * `trackUpdate` runs on every write (several thousand a second), so the common case (a few scalars of status changed, the manager
 * owns them already) must be cheap: microseconds, no full decode of all entries where a raw comparison will do.
 */
export interface ManagedFieldsApi {
  /**
   * Sets `updated.metadata.managedFields` after a create (live undefined), update or patch. Both objects are in the version of the
   * request; `typeOf(apiVersion)` gives shapes for entries in other versions (undefined: version gone, entry dropped).
   */
  trackUpdate(input: {
    readonly live: KubeObject | undefined;
    readonly updated: KubeObject;
    readonly by: FieldManager;
    readonly typeOf: (apiVersion: string) => MergeType | undefined;
    readonly resetFields: JsonObject | undefined;
  }): void;
  /**
   * Server-side apply: the merged object (managedFields set) that is to go through defaulting, admission and validation; throws
   * `ApplyConflictError`. `live` undefined: create. Equal result: `unchanged` so that nothing is written.
   */
  applyPatch(input: {
    readonly live: KubeObject | undefined;
    readonly patch: KubeObject;
    readonly by: FieldManager;
    readonly force: boolean;
    readonly typeOf: (apiVersion: string) => MergeType | undefined;
    readonly resetFields: JsonObject | undefined;
  }): { readonly object: KubeObject; readonly unchanged: boolean };
}

/** Server-side apply found fields of others: 409 with one cause a field. */
export class ApplyConflictError extends Error {
  override readonly name = 'ApplyConflictError';
  readonly causes: readonly {
    readonly reason: 'FieldManagerConflict';
    readonly message: string;
    readonly field: string;
  }[];
  /** @param message `Apply failed with 1 conflict: conflict with "x" using v1: .data.a` as the real server words it */
  constructor(message: string, causes: ApplyConflictError['causes']) {
    super(message);
    this.causes = causes;
  }
}

/** An apply patch that cannot be typed: answered 400/500 by `code` with this message. */
export class ApplyInvalidError extends Error {
  override readonly name = 'ApplyInvalidError';
  readonly code: 400 | 422 | 500;
  constructor(code: 400 | 422 | 500, message: string) {
    super(message);
    this.code = code;
  }
}

/** `strategicmerge/index.ts` exports `strategicMerge(live, patch, type): JsonObject`: pure, throws `StrategicMergeError`. */
export type StrategicMerge = (live: JsonObject, patch: JsonObject, type: MergeType) => JsonObject;

/** A strategic merge patch that the real server answers with `code` (400, 422 or 500) and this message. */
export class StrategicMergeError extends Error {
  override readonly name = 'StrategicMergeError';
  readonly code: 400 | 422 | 500;
  constructor(code: 400 | 422 | 500, message: string) {
    super(message);
    this.code = code;
  }
}

export type MergeTypeFromSchema = (schema: SchemaProps | undefined) => MergeType;
