import type { CelEnvironment } from './cel/environment.ts';
import { compileRuleValidator, OBJECT_BUDGET } from './cel/rules.ts';
import { child, invalid, keyed, ROOT } from './errors.ts';
import { cloneJson, deepEqual, type PlainObject, setOwn } from './json.ts';
import { compileEmbedded } from './objectmeta.ts';
import { compileOpenApi } from './openapi.ts';
import { compileNodePruner, compilePruner } from './prune.ts';
import type { FieldError, SchemaProps } from './types.ts';

/** Checks that every default is valid by its own schema and has no unknown fields. */
export function checkDefaults(schema: SchemaProps, path: string, environment: CelEnvironment): FieldError[] {
  const run: Run = { errors: [], budget: OBJECT_BUDGET, environment };
  checkNode({ ...schema, 'x-kubernetes-embedded-resource': true }, path, undefined, run);
  return run.errors;
}

interface Run {
  readonly errors: FieldError[];
  budget: number;
  readonly environment: CelEnvironment;
}

/** Where a default stands within an embedded resource: its schema, and the resource that the default makes. */
interface Surrounding {
  readonly schema: SchemaProps;
  readonly build: (value: unknown) => PlainObject;
  readonly insideMetadata: boolean;
}

const RESOURCE_FIELDS: ReadonlySet<string> = new Set(['metadata', 'apiVersion', 'kind']);

function checkNode(schema: SchemaProps, path: string, outer: Surrounding | undefined, run: Run): void {
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const around: Surrounding | undefined = embedded ? { schema, build: asResource, insideMetadata: false } : outer;
  if (schema.default !== undefined && schema.default !== null) checkDefault(schema, path, around, run);
  if (run.budget < 0) return;
  const { items } = schema;
  // Defaults are not allowed below additionalProperties, so that they are not followed.
  if (items !== undefined) {
    const within = around && { ...around, build: (value: unknown) => around.build([value]) };
    checkNode(items, child(path, 'items'), within, run);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (run.budget < 0) return;
    const within = around && {
      ...around,
      build: (value: unknown) => around.build({ [name]: value }),
      insideMetadata: around.insideMetadata || (embedded && RESOURCE_FIELDS.has(name)),
    };
    checkNode(property, keyed(child(path, 'properties'), name), within, run);
  }
}

function asResource(fields: unknown): PlainObject {
  const resource: PlainObject = { apiVersion: 'validation/v1', kind: 'Validation' };
  for (const [name, value] of Object.entries((fields ?? {}) as PlainObject)) setOwn(resource, name, value);
  return resource;
}

function checkDefault(schema: SchemaProps, path: string, around: Surrounding | undefined, run: Run): void {
  const at = child(path, 'default');
  const value = schema.default;
  const found: FieldError[] = [];
  if (around?.insideMetadata === true) {
    const problems: FieldError[] = [];
    compileEmbedded(around.schema)?.(around.build(cloneJson(value)), ROOT, problems);
    if (problems.length > 0) {
      const reasons = problems.map((problem) => `${problem.field}: ${problem.body}`);
      const list = reasons.length === 1 ? reasons[0] : `[${reasons.join(', ')}]`;
      found.push(invalid(at, value, `must result in valid metadata: ${list}`));
    }
  } else {
    const pruned = cloneJson(value);
    const prune = schema['x-kubernetes-embedded-resource'] === true ? compilePruner(schema) : compileNodePruner(schema);
    prune(pruned as PlainObject);
    if (!deepEqual(pruned, value)) run.errors.push(invalid(at, value, 'must not have unknown fields'));
    // The root is taken for a resource only to see where its metadata is.
    compileEmbedded(schema)?.(value, at, found);
  }
  if (found.length === 0) found.push(...compileOpenApi(schema)(value, at));
  if (found.length === 0) found.push(...checkRules(schema, value, at, around?.schema === schema, run));
  run.errors.push(...found);
}

function checkRules(schema: SchemaProps, value: unknown, at: string, isResourceRoot: boolean, run: Run): FieldError[] {
  const rules = compileRuleValidator(schema, run.environment, isResourceRoot);
  if (rules === undefined) return [];
  const unchanged = rules(value, value, at, undefined, run.budget);
  let { errors, cost } = unchanged;
  if (errors.length === 0) {
    // The default may come where there was nothing, too.
    const created = rules(value, undefined, at, undefined, run.budget);
    errors = created.errors;
    cost = Math.max(cost, created.cost);
  }
  run.budget -= cost;
  return errors;
}
