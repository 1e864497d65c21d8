import { type CelEnvironment, createCelEnvironment } from './cel/environment.ts';
import { normalizeFieldPath } from './cel/fieldpath.ts';
import { checkDefaults } from './defaultcheck.ts';
import { child, forbidden, indexed, invalid, keyed, notSupported, required } from './errors.ts';
import { checkListsAndMaps } from './listcheck.ts';
import { CostTotal, checkRules, childScope, type RuleScope, rootScope } from './rulecheck.ts';
import { checkStructure } from './structural.ts';
import type { FieldError, SchemaProps, ValidationRule } from './types.ts';

export interface SchemaCheckOptions {
  /** Environment of CEL rules, to be shared between schemas. */
  readonly environment?: CelEnvironment;
  /** The version has a status subresource: fewer keywords are allowed at the root then. */
  readonly statusSubresource?: boolean;
  /** Rules that are stored already are not refused for their estimated cost (an update that leaves the schema alone). */
  readonly ignoreRuleCost?: boolean;
}

/** Deeper schemas are refused: they could overflow the stack of whoever walks them. */
const MAX_DEPTH = 500;

/**
 * What the schema of a CustomResourceDefinition must satisfy, with the API server's messages. `fieldPath` is where the
 * schema stands, `spec.validation.openAPIV3Schema` where a CRD has one schema for all its versions. Empty when valid.
 */
export function checkStructuralSchema(
  schema: SchemaProps,
  fieldPath: string,
  options: SchemaCheckOptions = {},
): FieldError[] {
  const depth = depthOf(schema, MAX_DEPTH);
  if (depth > MAX_DEPTH) return [invalid(fieldPath, '', `must not nest deeper than ${MAX_DEPTH} levels`)];
  const environment = options.environment ?? createCelEnvironment();
  const errors: FieldError[] = [];
  if (options.statusSubresource === true) errors.push(...checkRootKeywords(schema, fieldPath));
  if (schema.nullable === true) errors.push(forbidden(`${fieldPath}.nullable`, 'nullable cannot be true at the root'));

  let scope: RuleScope | undefined;
  const total = new CostTotal();
  const unsupported = unsupportedKeyword(schema);
  if (unsupported === undefined) {
    const structure = checkStructure(schema, fieldPath);
    const found = structure.length > 0 ? structure : checkDefaults(schema, fieldPath, environment);
    errors.push(...found);
    if (found.length === 0) scope = rootScope(schema, total, environment, options.ignoreRuleCost === true);
  }
  const context: Context = { defaults: undefined, insideMetadata: false, uncorrelated: undefined };
  const { schemaErrors, ruleErrors } = checkNode(schema, fieldPath, context, true, scope);
  errors.push(...schemaErrors, ...ruleErrors);
  if (errors.length === 0 && unsupported !== undefined) errors.push(invalid(fieldPath, '', unsupported));
  errors.push(...total.errors(fieldPath));
  return errors;
}

function depthOf(schema: unknown, limit: number): number {
  if (typeof schema !== 'object' || schema === null) return 0;
  if (limit < 0) return 1;
  let deepest = 0;
  for (const value of Object.values(schema)) deepest = Math.max(deepest, depthOf(value, limit - 1));
  return deepest + 1;
}

const ROOT_KEYWORDS: ReadonlySet<string> = new Set([
  'description',
  'type',
  'format',
  'title',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'required',
  'enum',
  'items',
  'properties',
  'externalDocs',
  'example',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
]);

function checkRootKeywords(schema: SchemaProps, path: string): FieldError[] {
  if (schema.type !== undefined && schema.type !== 'object') {
    return [
      invalid(
        child(path, 'type'),
        schema.type,
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
      ),
    ];
  }
  const others = Object.keys(schema).some((keyword) => !ROOT_KEYWORDS.has(keyword));
  if (!others) return [];
  const allowed =
    '[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Enum Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]';
  return [
    invalid(
      path,
      schema,
      `only ${allowed} fields are allowed at the root of the schema if the status subresource is enabled`,
    ),
  ];
}

/** Keywords of JSON Schema that CRDs do not have, and whether a value of one counts. */
const UNSUPPORTED: ReadonlyArray<readonly [keyword: string, present: (value: unknown) => boolean]> = [
  ['id', (value) => value !== ''],
  ['additionalItems', () => true],
  ['patternProperties', (value) => typeof value === 'object' && Object.keys(value ?? {}).length > 0],
  ['definitions', (value) => typeof value === 'object' && Object.keys(value ?? {}).length > 0],
  ['dependencies', () => true],
  ['$ref', () => true],
];

function keyword(schema: SchemaProps, name: string): unknown {
  return Object.hasOwn(schema, name) ? (schema as { readonly [name: string]: unknown })[name] : undefined;
}

/** A schema with one of these anywhere cannot be looked at as a structural one. */
function unsupportedKeyword(schema: SchemaProps): string | undefined {
  for (const [name, present] of UNSUPPORTED) {
    const value = keyword(schema, name);
    if (value !== undefined && value !== null && present(value)) return `OpenAPIV3Schema '${name}' is not supported`;
  }
  if (Array.isArray(schema.items)) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  }
  for (const nested of subschemas(schema)) {
    const found = unsupportedKeyword(nested);
    if (found !== undefined) return found;
  }
  return undefined;
}

function subschemas(schema: SchemaProps): SchemaProps[] {
  const { items, additionalProperties, not } = schema;
  return [
    ...(items === undefined ? [] : [items]),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
    ...Object.values(schema.properties ?? {}),
    ...(not === undefined ? [] : [not]),
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
  ];
}

interface Context {
  /** Why defaults are not allowed here; undefined where they are. */
  readonly defaults: string | undefined;
  readonly insideMetadata: boolean;
  /** The list or map above that cannot be correlated, so that rules below it have no old self. */
  readonly uncorrelated: string | undefined;
}

interface Found {
  readonly schemaErrors: FieldError[];
  readonly ruleErrors: FieldError[];
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

function checkNode(
  schema: SchemaProps,
  path: string,
  context: Context,
  isRoot: boolean,
  scope: RuleScope | undefined,
): Found {
  const found: Found = { schemaErrors: checkKeywords(schema, path, context), ruleErrors: [] };
  const errors = found.schemaErrors;
  const descend = (nested: SchemaProps, at: string, below: Context, nestedScope: RuleScope | undefined): void => {
    const inner = checkNode(nested, at, below, false, nestedScope);
    errors.push(...inner.schemaErrors);
    found.ruleErrors.push(...inner.ruleErrors);
  };
  const { items, properties, additionalProperties } = schema;
  if (schema.uniqueItems === true) {
    errors.push(
      forbidden(
        child(path, 'uniqueItems'),
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  }
  if (additionalProperties !== undefined) {
    const at = child(path, 'additionalProperties');
    if (Object.keys(properties ?? {}).length > 0 && additionalProperties !== true) {
      errors.push(forbidden(at, 'additionalProperties and properties are mutual exclusive'));
    }
    const reason = 'inside additionalProperties applying to object metadata';
    const below = context.insideMetadata ? { ...context, defaults: reason } : context;
    if (typeof additionalProperties === 'object')
      descend(additionalProperties, at, below, childScope(scope, additionalProperties));
  }
  for (const [name, property] of Object.entries(properties ?? {})) {
    let below = context;
    const isResource = isRoot || schema['x-kubernetes-embedded-resource'] === true;
    if (isResource && ['metadata', 'kind', 'apiVersion'].includes(name)) {
      below = { ...below, insideMetadata: true, ...(isRoot ? { defaults: `in top-level ${name}` } : {}) };
    }
    descend(property, keyed(child(path, 'properties'), name), below, childScope(scope, property));
  }
  if (schema.not !== undefined) descend(schema.not, child(path, 'not'), context, undefined);
  for (const name of ['allOf', 'oneOf', 'anyOf'] as const) {
    schema[name]?.forEach((branch, i) => {
      descend(branch, indexed(child(path, name), i), context, undefined);
    });
  }
  if (items !== undefined && !Array.isArray(items)) {
    const correlated = schema['x-kubernetes-list-type'] === 'map';
    const below = correlated ? context : { ...context, uncorrelated: context.uncorrelated ?? path };
    descend(items, child(path, 'items'), below, childScope(scope, items));
  }
  errors.push(...checkListsAndMaps(schema, path));
  const rules = schema['x-kubernetes-validations'] ?? [];
  rules.forEach((rule, i) => {
    errors.push(...checkRuleText(rule, schema, indexed(child(path, 'x-kubernetes-validations'), i)));
  });
  // Types of a schema that is wrong itself would only add to the confusion.
  if (rules.length > 0 && errors.length === 0 && scope !== undefined)
    found.ruleErrors.push(...checkRules(schema, path, scope, context.uncorrelated));
  return found;
}

function checkKeywords(schema: SchemaProps, path: string, context: Context): FieldError[] {
  const errors: FieldError[] = [];
  const type = schema.type ?? '';
  if (type !== '' && !TYPES.includes(type)) errors.push(notSupported(child(path, 'type'), type, TYPES));
  if (schema.default !== undefined && schema.default !== null && context.defaults !== undefined) {
    errors.push(forbidden(child(path, 'default'), `must not be set ${context.defaults}`));
  }
  for (const [name, present] of UNSUPPORTED) {
    const value = keyword(schema, name);
    if (value !== undefined && value !== null && present(value))
      errors.push(forbidden(child(path, name), `${name} is not supported`));
  }
  if (type === 'null')
    errors.push(forbidden(child(path, 'type'), 'type cannot be set to null, use nullable as an alternative'));
  if (Array.isArray(schema.items))
    errors.push(forbidden(child(path, 'items'), 'items must be a schema object and not an array'));
  if (context.insideMetadata && schema['x-kubernetes-embedded-resource'] === true) {
    errors.push(forbidden(child(path, 'x-kubernetes-embedded-resource'), 'must not be used inside of resource meta'));
  }
  return errors;
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const LINE_BREAK = /[\n\r]/;

/** Everything about a rule but its expressions. */
function checkRuleText(rule: ValidationRule, schema: SchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const message = rule.message ?? '';
  const [text, trimmed] = [rule.rule.trim(), message.trim()];
  if (text === '') errors.push(required(child(path, 'rule'), 'rule is not specified'));
  else if (message !== '' && trimmed === '')
    errors.push(invalid(child(path, 'message'), message, 'must be non-empty if specified'));
  else if (LINE_BREAK.test(trimmed))
    errors.push(invalid(child(path, 'message'), message, 'must not contain line breaks'));
  else if (LINE_BREAK.test(text) && trimmed === '') {
    errors.push(required(child(path, 'message'), 'message must be specified if rule contains line breaks'));
  }
  const expression = rule.messageExpression ?? '';
  if (expression !== '' && expression.trim() === '') {
    errors.push(required(child(path, 'messageExpression'), 'messageExpression must be non-empty if specified'));
  }
  if (rule.reason !== undefined && !REASONS.includes(rule.reason))
    errors.push(notSupported(child(path, 'reason'), rule.reason, REASONS));
  const fieldPath = rule.fieldPath ?? '';
  const at = child(path, 'fieldPath');
  if (fieldPath !== '' && fieldPath.trim() === '')
    errors.push(invalid(at, fieldPath, 'must be non-empty if specified'));
  if (LINE_BREAK.test(fieldPath)) errors.push(invalid(at, fieldPath, 'must not contain line breaks'));
  if (fieldPath !== '' && normalizeFieldPath(fieldPath, schema).error !== undefined) {
    errors.push(invalid(at, fieldPath, 'must be a valid path'));
  }
  return errors;
}
