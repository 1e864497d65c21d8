import { type Correlation, correlatedIndex, correlatedKey, mapList } from '../correlation.ts';
import { child, indexed, invalid, keyed } from '../errors.ts';
import { isObject, own } from '../json.ts';
import type { FieldError, SchemaProps } from '../types.ts';
import { type DeclType, declType, withResourceFields } from './decl.ts';
import type { CelEnvironment } from './environment.ts';
import { escapeName } from './escape.ts';
import { activations, evaluateRule, OUT_OF_BUDGET, type Place, type Run } from './evaluaterule.ts';
import { compileConverter } from './objects.ts';
import { compileRules, SELF_TYPE } from './rule.ts';

/** What all rules of one object may cost together. */
export const OBJECT_BUDGET = 10_000_000;

interface Validator {
  readonly validate: (place: Place, run: Run) => void;
  /** Whether a rule here or below looks at the old value. */
  readonly readsOld: boolean;
}

/** Evaluates all rules of a schema; undefined when it has none. */
export type RuleValidator = (
  object: unknown,
  old: unknown,
  path: string,
  at: Correlation | undefined,
  budget?: number,
) => { errors: FieldError[]; forgiven: readonly string[]; cost: number };

/** Compiles every rule of the schema and below. */
export function compileRuleValidator(
  schema: SchemaProps,
  base: CelEnvironment,
  isResourceRoot = true,
): RuleValidator | undefined {
  if (!hasRules(schema)) return undefined;
  const root = compileNode(schema, schema, isResourceRoot, declType(schema, isResourceRoot, SELF_TYPE), base);
  if (root === undefined) return undefined;
  return (value, old, path, at, budget = OBJECT_BUDGET) => {
    const run: Run = { errors: [], forgiven: [], budget };
    root.validate({ path, value, old, at, parent: undefined }, run);
    return { errors: run.errors, forgiven: run.forgiven, cost: budget - run.budget };
  };
}

function hasRules(schema: SchemaProps): boolean {
  if ((schema['x-kubernetes-validations'] ?? []).length > 0) return true;
  if (schema.items !== undefined && hasRules(schema.items)) return true;
  if (typeof schema.additionalProperties === 'object' && hasRules(schema.additionalProperties)) return true;
  return Object.values(schema.properties ?? {}).some(hasRules);
}

/** `validation` holds the rules: the node itself, or one of its `allOf`. */
function compileNode(
  validation: SchemaProps,
  node: SchemaProps,
  isResourceRoot: boolean,
  declared: DeclType | undefined,
  base: CelEnvironment,
): Validator | undefined {
  const rules = compileOwnRules(validation, node, isResourceRoot, declared, base);
  const item = compileItem(validation, node, declared, base);
  const fields = new Map<string, Validator>();
  for (const [name, property] of Object.entries(validation.properties ?? {})) {
    const validator = compileField(name, property, node, declared, base);
    if (validator !== undefined) fields.set(name, validator);
  }
  const additional = compileAdditional(validation, node, declared, base);
  const allOf = (validation.allOf ?? [])
    .map((branch) => compileNode(branch, node, isResourceRoot, declared, base))
    .filter((validator) => validator !== undefined);
  if (!rules && !item && fields.size === 0 && !additional && allOf.length === 0) return undefined;

  const all = [rules, item, additional, ...fields.values(), ...allOf];
  const readsOld = all.some((validator) => validator?.readsOld === true);

  const validate: Validator['validate'] = (place, run) => {
    if (place.value === null || place.value === undefined) return;
    rules?.validate(place, run);
    for (const branch of allOf) {
      if (run.budget < 0) return;
      // What an allOf complains about is not forgiven for being unchanged, unless something above it is.
      branch.validate({ ...place, at: undefined }, run);
    }
    if (run.budget < 0) return;
    if (Array.isArray(place.value)) {
      if (item !== undefined) validateItems(place, place.value, node, item, run);
    } else if (isObject(place.value)) validateFields(place, place.value, fields, additional, run);
  };
  return { validate, readsOld };
}

function validateItems(place: Place, items: readonly unknown[], node: SchemaProps, item: Validator, run: Run): void {
  const oldItem = mapList(node, item.readsOld && Array.isArray(place.old) ? place.old : []);
  for (let i = 0; i < items.length && run.budget >= 0; i++) {
    const value = items[i];
    const at = place.at === undefined ? undefined : correlatedIndex(place.at, i);
    const old = oldItem(value);
    item.validate({ path: indexed(place.path, i), value, old, at, parent: place.at ?? place.parent }, run);
  }
}

function validateFields(
  place: Place,
  object: { [key: string]: unknown },
  fields: ReadonlyMap<string, Validator>,
  additional: Validator | undefined,
  run: Run,
): void {
  const old = isObject(place.old) ? place.old : undefined;
  const visit = (validator: Validator, key: string, path: string): void => {
    const oldValue = old === undefined ? undefined : own(old, key);
    const { at, parent } = below(place, key);
    validator.validate({ path, value: object[key], old: oldValue, at, parent }, run);
  };
  if (additional !== undefined) {
    for (const key of Object.keys(object)) {
      if (run.budget < 0) return;
      visit(additional, key, keyed(place.path, key));
    }
  }
  for (const [name, validator] of fields) {
    if (run.budget < 0) return;
    if (Object.hasOwn(object, name)) visit(validator, name, child(place.path, name));
  }
}

function below(place: Place, key: string): Pick<Place, 'at' | 'parent'> {
  if (place.at === undefined) return { at: undefined, parent: place.parent };
  // Old and new are made of one group and kind before validation: a change of those is not to be seen.
  if (place.parent === undefined && (key === 'apiVersion' || key === 'kind'))
    return { at: undefined, parent: undefined };
  return { at: correlatedKey(place.at, key), parent: place.at };
}

function compileItem(
  validation: SchemaProps,
  node: SchemaProps,
  declared: DeclType | undefined,
  base: CelEnvironment,
): Validator | undefined {
  if (validation.items === undefined || node.items === undefined) return undefined;
  return compileNode(
    validation.items,
    node.items,
    node.items['x-kubernetes-embedded-resource'] === true,
    declared?.item,
    base,
  );
}

function compileAdditional(
  validation: SchemaProps,
  node: SchemaProps,
  declared: DeclType | undefined,
  base: CelEnvironment,
): Validator | undefined {
  const [rules, described] = [validation.additionalProperties, node.additionalProperties];
  if (typeof rules !== 'object' || typeof described !== 'object') return undefined;
  return compileNode(rules, described, described['x-kubernetes-embedded-resource'] === true, declared?.item, base);
}

function compileField(
  name: string,
  rules: SchemaProps,
  node: SchemaProps,
  declared: DeclType | undefined,
  base: CelEnvironment,
): Validator | undefined {
  const described =
    node.properties !== undefined && Object.hasOwn(node.properties, name) ? node.properties[name] : undefined;
  if (described === undefined) return undefined;
  const isResource = described['x-kubernetes-embedded-resource'] === true;
  const escaped = escapeName(name);
  // A name that cannot be escaped is not part of its parent's type, yet its own rules hold.
  const fieldType = escaped === undefined ? declType(described, isResource, SELF_TYPE) : declared?.fields?.get(escaped);
  return fieldType === undefined ? undefined : compileNode(rules, described, isResource, fieldType, base);
}

function compileOwnRules(
  validation: SchemaProps,
  node: SchemaProps,
  isResourceRoot: boolean,
  declared: DeclType | undefined,
  base: CelEnvironment,
): Validator | undefined {
  if ((validation['x-kubernetes-validations'] ?? []).length === 0) return undefined;
  const type = node.type ?? '';
  // Named after the node itself, not after its place in the object: so it reads in messages.
  const self = declType(node, isResourceRoot, SELF_TYPE) ?? declared;
  if (self === undefined) {
    const detail = 'rule compiler initialization error: failed to convert to declType for CEL validation rules';
    return { validate: (place, run) => run.errors.push(invalid(place.path, type, detail)), readsOld: false };
  }
  const rules = compileRules(
    { ...node, 'x-kubernetes-validations': validation['x-kubernetes-validations'] ?? [] },
    self,
    base,
  );
  const convert = compileConverter(isResourceRoot ? withResourceFields(node) : node);
  const validate: Validator['validate'] = (place, run) => {
    if (run.budget <= 0) {
      run.errors.push(invalid(place.path, type, OUT_OF_BUDGET));
      run.budget = -1;
      return;
    }
    const values = activations(place, convert);
    for (const compiled of rules) {
      evaluateRule(compiled, place, type, values, run);
      if (run.budget < 0) return;
    }
  };
  return { validate, readsOld: rules.some(({ rule, usesOldSelf }) => usesOldSelf || rule.optionalOldSelf === true) };
}
