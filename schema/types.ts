/** JSON as it comes off the wire. Integers beyond 2^53 are out of scope of this type; see the server's number handling. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/**
 * `JSONSchemaProps` of apiextensions.k8s.io/v1: what stands under `openAPIV3Schema` in a CustomResourceDefinition.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/
 */
export interface SchemaProps {
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly properties?: { readonly [name: string]: SchemaProps };
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaProps | boolean;
  readonly items?: SchemaProps;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly SchemaProps[];
  readonly anyOf?: readonly SchemaProps[];
  readonly oneOf?: readonly SchemaProps[];
  readonly not?: SchemaProps;
  readonly externalDocs?: { readonly description?: string; readonly url?: string };
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** One entry of `x-kubernetes-validations`. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: 'FieldValueRequired' | 'FieldValueForbidden' | 'FieldValueInvalid' | 'FieldValueDuplicate';
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** The `reason` of a `StatusCause`, as Kubernetes' field.Error has them. */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

/** One violation at one field, as Kubernetes' `field.Error` words it. */
export interface FieldError {
  readonly type: FieldErrorType;
  /** Path as kubectl prints it: `spec.tools[0].name`, `metadata.labels[a/b]`. Empty string for the whole object ("<nil>" where Kubernetes prints so). */
  readonly field: string;
  /** The value at fault; undefined where Kubernetes prints none (Required, Forbidden). */
  readonly badValue?: unknown;
  /** The rule and what to do, as Kubernetes words it. */
  readonly detail: string;
  /** The whole line as it stands in `Status.message` and, less the field, in `details.causes[].message`: `Invalid value: 3: must be …`. */
  readonly body: string;
}

/** A schema compiled once, used for every object of a kind. Pure: no clock, no I/O. */
export interface CompiledSchema {
  /**
   * Fills `default:` values in place, as the API server does on request, on read from storage and after mutating
   * admission. Nulls of fields that are not `nullable` become the default, or go away where there is none.
   */
  applyDefaults(object: JsonObject): void;
  /**
   * Removes unknown fields in place; returns their paths (`spec.foo`, `spec.items[0].bar`), sorted, for
   * fieldValidation=Strict|Warn. `metadata`, `apiVersion`, `kind` of the root are left alone; the metadata of embedded
   * resources loses what ObjectMeta does not have.
   */
  prune(object: JsonObject): string[];
  /** Why the object cannot be read at all: an embedded resource whose metadata is none. */
  unreadable(object: JsonObject): FieldError | undefined;
  /**
   * All violations: OpenAPI part, embedded metadata, list types, then CEL rules (transition rules and ratcheting when
   * `old` is given). Empty when valid. `prior` are violations that the caller found before (metadata, scale): they
   * stand first, and some of them keep CEL rules from being evaluated, as on the real server. `warn` hears of rules that do
   * not hold where nothing changed.
   */
  validate(
    object: JsonObject,
    old?: JsonObject,
    prior?: readonly FieldError[],
    warn?: (message: string) => void,
  ): FieldError[];
  /** The same for an update of the status subresource: of the OpenAPI part, only that of `status` applies. */
  validateStatus(
    object: JsonObject,
    old: JsonObject,
    prior?: readonly FieldError[],
    warn?: (message: string) => void,
  ): FieldError[];
}
