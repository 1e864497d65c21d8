import { cloneJson, isObject, type PlainObject, setOwn } from './json.ts';
import type { SchemaProps } from './types.ts';

type Defaulter = (value: unknown) => void;

interface Field {
  readonly schema: SchemaProps;
  readonly fill: Defaulter | undefined;
}

/**
 * Compiles defaulting: absent fields with a default get it, and so do nulls that are not `nullable`; other such
 * nulls go away. Defaults of nested objects apply within what an outer default brought. Undefined when the schema
 * describes no field, so that there is nothing to do.
 */
export function compileDefaults(schema: SchemaProps): Defaulter | undefined {
  const { items } = schema;
  const fields = new Map<string, Field>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) fields.set(name, compileField(property));
  const additional =
    typeof schema.additionalProperties === 'object' ? compileField(schema.additionalProperties) : undefined;
  const fillItem = items === undefined ? undefined : compileDefaults(items);
  const itemDefault = items === undefined || items.nullable === true ? undefined : items.default;
  if (fields.size === 0 && additional === undefined && fillItem === undefined && itemDefault === undefined) {
    return undefined;
  }
  const defaulted = [...fields].filter(([, field]) => hasDefault(field.schema));

  const fillObject = (value: PlainObject): void => {
    for (const key of Object.keys(value)) {
      const field = fields.get(key) ?? additional;
      if (field === undefined) continue;
      const current = value[key];
      if (current !== null) field.fill?.(current);
      else if (field.schema.nullable !== true && !hasDefault(field.schema)) delete value[key];
    }
    for (const [name, { schema: property, fill }] of defaulted) {
      if (Object.hasOwn(value, name) && (value[name] !== null || property.nullable === true)) continue;
      const copy = cloneJson(property.default);
      fill?.(copy);
      setOwn(value, name, copy);
    }
  };

  return (value) => {
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        if (value[i] === null && itemDefault !== undefined) value[i] = cloneJson(itemDefault);
        fillItem?.(value[i]);
      }
    } else if (isObject(value)) fillObject(value);
  };
}

function compileField(schema: SchemaProps): Field {
  return { schema, fill: compileDefaults(schema) };
}

/** A default of null counts as none, as in Kubernetes. */
function hasDefault(schema: SchemaProps): boolean {
  return schema.default !== undefined && schema.default !== null;
}
