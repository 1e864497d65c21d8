/**
 * Validation of what each version of a CRD may have: schema, subresources, printer columns, selectable fields. What is the same
 * in all versions is judged once and named without one (`spec.validation.openAPIV3Schema`), as the real server does.
 */
import { type CelEnvironment, checkStructuralSchema } from '../../schema/index.ts';
import { equalJson } from '../registry/copy.ts';
import { fieldError } from '../request/status.ts';
import type { FieldError, SchemaProps } from '../types.ts';
import type { CrdSpec, CrdVersion } from './custom.ts';

interface Part<T> {
  readonly value: T | undefined;
  readonly path: string;
  readonly version: CrdVersion;
  readonly old: CrdVersion | undefined;
}

/** The values of one part with their paths: one at the top where all versions agree. */
function parts<T>(
  spec: CrdSpec,
  old: CrdSpec | undefined,
  read: (version: CrdVersion) => T | undefined,
  top: string,
  below: string,
): Part<T>[] {
  const versions = spec.versions ?? [];
  const first = versions[0];
  if (first === undefined) return [];
  const oldOf = (version: CrdVersion): CrdVersion | undefined =>
    old?.versions?.find((item) => item.name === version.name);
  if (versions.every((version) => equalJson(read(version), read(first)))) {
    return [{ value: read(first), path: `spec.${top}`, version: first, old: oldOf(first) }];
  }
  return versions.map((version, index) => ({
    value: read(version),
    path: `spec.versions[${index}].${below}`,
    version,
    old: oldOf(version),
  }));
}

/** Violations of all versions' parts. */
export function validateVersionParts(
  spec: CrdSpec,
  old: CrdSpec | undefined,
  environment: () => CelEnvironment,
): FieldError[] {
  const errors: FieldError[] = [];
  const schemas = parts(
    spec,
    old,
    (version) => version.schema?.openAPIV3Schema,
    'validation.openAPIV3Schema',
    'schema.openAPIV3Schema',
  );
  for (const { value, path, version, old: before } of schemas) {
    if (value === undefined) {
      // A schema that is missing everywhere is missing in each version.
      (spec.versions ?? []).forEach((item, index) => {
        if (item.schema?.openAPIV3Schema !== undefined || (schemas.length > 1 && item !== version)) return;
        errors.push(fieldError.required(`spec.versions[${index}].schema.openAPIV3Schema`));
      });
      continue;
    }
    errors.push(
      ...checkStructuralSchema(value, path, {
        environment: environment(),
        statusSubresource: version.subresources?.status !== undefined,
        ignoreRuleCost: before !== undefined && equalJson(before.schema?.openAPIV3Schema, value),
      }),
    );
  }
  for (const { value, path } of parts(spec, old, (version) => version.subresources, 'subresources', 'subresources')) {
    if (value?.scale !== undefined) errors.push(...validateScale(value.scale, `${path}.scale`));
  }
  const columns = parts(
    spec,
    old,
    (version) => version.additionalPrinterColumns,
    'additionalPrinterColumns',
    'additionalPrinterColumns',
  );
  for (const { value, path } of columns) {
    (value ?? []).forEach((column, index) => {
      errors.push(...validateColumn(column, `${path}[${index}]`));
    });
  }
  for (const { value, path, version } of parts(
    spec,
    old,
    (item) => item.selectableFields,
    'selectableFields',
    'selectableFields',
  )) {
    errors.push(...validateSelectableFields(value ?? [], path, version.schema?.openAPIV3Schema));
  }
  return errors;
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

function validateColumn(
  column: NonNullable<CrdVersion['additionalPrinterColumns']>[number],
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!column.name) errors.push(fieldError.required(`${path}.name`));
  const types = `must be one of ${columnTypes.join(',')}`;
  if (!column.type) errors.push(fieldError.required(`${path}.type`, types));
  else if (!columnTypes.includes(column.type)) errors.push(fieldError.invalid(`${path}.type`, column.type, types));
  if (column.format && !columnFormats.includes(column.format)) {
    errors.push(fieldError.invalid(`${path}.format`, column.format, `must be one of ${columnFormats.join(',')}`));
  }
  if (!column.jsonPath) errors.push(fieldError.required(`${path}.JSONPath`));
  else errors.push(...simplePath(column.jsonPath, `${path}.JSONPath`));
  return errors;
}

/** A path of field names and indices only. */
function simplePath(text: string, path: string): FieldError[] {
  if (text.startsWith('.')) return [];
  return [fieldError.invalid(path, text, 'must be a simple json path starting with .')];
}

function validateScale(
  scale: NonNullable<NonNullable<CrdVersion['subresources']>['scale']>,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const check = (
    field: 'specReplicasPath' | 'statusReplicasPath' | 'labelSelectorPath',
    roots: readonly string[],
  ): void => {
    const value = scale[field];
    const at = `${path}.${field}`;
    if (!value) {
      if (field !== 'labelSelectorPath') errors.push(fieldError.required(at));
    } else if (!/^(\.[A-Za-z_][\w-]*(\[\d+\])*)+$/.test(value)) {
      errors.push(
        fieldError.invalid(
          at,
          value,
          'must be a simple json path'.concat(value.startsWith('.') ? '' : ' starting with .'),
        ),
      );
    } else if (!roots.some((root) => value.startsWith(root))) {
      const names = roots.map((root) => root.slice(0, -1));
      const detail =
        names.length > 1
          ? `should be a json path under either ${names.join(' or ')}`
          : `should be a json path under ${names[0]}`;
      errors.push(fieldError.invalid(at, value, detail));
    }
  };
  check('specReplicasPath', ['.spec.']);
  check('statusReplicasPath', ['.status.']);
  check('labelSelectorPath', ['.spec.', '.status.']);
  return errors;
}

function validateSelectableFields(
  fields: readonly { readonly jsonPath: string }[],
  path: string,
  schema: SchemaProps | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  fields.forEach(({ jsonPath }, index) => {
    const at = `${path}[${index}].jsonPath`;
    if (!jsonPath) {
      errors.push(fieldError.required(at));
      return;
    }
    if (!/^(\.[A-Za-z_$][\w-]*)+$/.test(jsonPath)) {
      errors.push(fieldError.invalid(at, jsonPath, `is an invalid path: ${pathProblem(jsonPath)}`));
      return;
    }
    if (/^\.metadata(\.|$)/.test(jsonPath) && schemaAt(schema, jsonPath.split('.').slice(1)) !== undefined) {
      errors.push(fieldError.invalid(at, jsonPath, 'must not point to fields in metadata'));
    } else {
      const target = schemaAt(schema, jsonPath.split('.').slice(1));
      if (target === undefined) {
        errors.push(fieldError.invalid(at, jsonPath, 'is an invalid path: does not refer to a valid field'));
        return;
      }
      if (!['string', 'boolean', 'integer'].includes(target.type ?? '')) {
        errors.push(
          fieldError.invalid(
            at,
            jsonPath,
            'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
          ),
        );
      }
    }
    if (seen.has(jsonPath)) errors.push(fieldError.duplicate(at, jsonPath));
    seen.add(jsonPath);
  });
  if (seen.size > 8) errors.push(tooMany(path, seen.size));
  return errors;
}

function pathProblem(jsonPath: string): string {
  if (/^(\.[\w$-]+)+\[/.test(jsonPath)) return 'array notation is not allowed';
  if (!jsonPath.startsWith('.')) return `expected [ or . but got: ${jsonPath.split('.')[0]}`;
  return 'must be a simple json path starting with .';
}

function tooMany(field: string, count: number): FieldError {
  const detail = 'must have at most 8 items';
  return { type: 'FieldValueTooMany', field, badValue: count, detail, body: `Too many: ${count}: ${detail}` };
}

function schemaAt(schema: SchemaProps | undefined, steps: readonly string[]): SchemaProps | undefined {
  let current = schema;
  for (const step of steps) {
    const properties = current?.properties;
    current = properties !== undefined && Object.hasOwn(properties, step) ? properties[step] : undefined;
  }
  return current;
}
