import { child, forbidden, invalid, keyed, notSupported, required } from './errors.ts';
import type { FieldError, SchemaProps } from './types.ts';

/** Checks `x-kubernetes-list-type`, `-list-map-keys`, `-map-type` and what they demand of the schema around them. */
export function checkListsAndMaps(schema: SchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const type = schema.type ?? '';
  const mapType: string | undefined = schema['x-kubernetes-map-type'];
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.push(invalid(child(path, 'x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'));
  }
  const mustBe = (wanted: string, keywordName: string): void => {
    const at = child(path, 'type');
    const detail = `must be ${wanted} if ${keywordName} is specified`;
    errors.push(type === '' ? required(at, detail) : invalid(at, type, detail));
  };
  if (mapType !== undefined && type !== 'object') mustBe('object', 'x-kubernetes-map-type');
  if (mapType !== undefined && !['atomic', 'granular'].includes(mapType)) {
    errors.push(notSupported(child(path, 'x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
  }
  const listType: string | undefined = schema['x-kubernetes-list-type'];
  if (listType !== undefined && type !== 'array') mustBe('array', 'x-kubernetes-list-type');
  else if (listType === 'set' && schema.items !== undefined)
    errors.push(...checkSetItems(schema.items, child(path, 'items')));
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) {
    errors.push(notSupported(child(path, 'x-kubernetes-list-type'), listType, ['atomic', 'set', 'map']));
  }
  errors.push(...checkMapList(schema, path, listType));
  if ((listType === 'set' || listType === 'map') && schema.items?.nullable === true) {
    errors.push(
      forbidden(
        child(child(path, 'items'), 'nullable'),
        `cannot be nullable when x-kubernetes-list-type is ${listType}`,
      ),
    );
  }
  if (listType === 'map') errors.push(...checkMapListKeyFields(schema, path));
  return errors;
}

function checkSetItems(items: SchemaProps, path: string): FieldError[] {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items['x-kubernetes-list-type'];
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [invalid(child(path, 'x-kubernetes-list-type'), listType, detail)];
  }
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    // The server prints the list type here, which an object does not have.
    return [invalid(child(path, 'x-kubernetes-map-type'), listType ?? null, detail)];
  }
  return [];
}

function checkMapList(schema: SchemaProps, path: string, listType: string | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const at = child(path, 'x-kubernetes-list-map-keys');
  if (keys.length > 0 && listType !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
    const typePath = child(path, 'x-kubernetes-list-type');
    errors.push(listType === undefined ? required(typePath, detail) : invalid(typePath, listType, detail));
  }
  if (listType !== 'map') return errors;
  if (keys.length === 0) errors.push(required(at, 'must not be empty if x-kubernetes-list-type is map'));
  const { items } = schema;
  if (items === undefined)
    return [...errors, required(child(path, 'items'), 'must have a schema if x-kubernetes-list-type is map')];
  const itemsPath = child(path, 'items');
  if (items.type !== 'object') {
    return [
      ...errors,
      invalid(
        child(itemsPath, 'type'),
        items.type ?? '',
        "must be object if parent array's x-kubernetes-list-type is map",
      ),
    ];
  }
  const seen = new Set<string>();
  for (const key of keys) {
    const properties = items.properties ?? {};
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property === undefined) errors.push(invalid(at, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') {
      const typePath = child(keyed(child(itemsPath, 'properties'), key), 'type');
      errors.push(
        invalid(typePath, items.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"),
      );
    }
    if (seen.has(key)) errors.push(invalid(at, keys, 'must not contain duplicate entries'));
    seen.add(key);
  }
  return errors;
}

function checkMapListKeyFields(schema: SchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const items = schema.items ?? {};
  const properties = items.properties ?? {};
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property === undefined) continue;
    const at = keyed(child(child(path, 'items'), 'properties'), key);
    const hasDefault = property.default !== undefined && property.default !== null;
    if (!(items.required ?? []).includes(key) && !hasDefault) {
      errors.push(
        required(
          child(at, 'default'),
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      );
    }
    if (property.nullable === true) {
      errors.push(
        forbidden(child(at, 'nullable'), 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'),
      );
    }
  }
  return errors;
}
