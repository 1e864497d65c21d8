/** Which objects of a resource a list, watch or deletecollection is about. */
import { everything, parseFieldSelector, parseLabelSelector, type Selector } from '../registry/selectors.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import { badRequest } from './status.ts';

/** A predicate over objects; `all` where it holds for every one, so that nothing need be parsed. */
export interface Selection {
  readonly all: boolean;
  readonly labels: Selector;
  readonly matches: (object: KubeObject) => boolean;
  /** The one name that a field selector asks for. */
  readonly name: string | undefined;
}

/** Reads labelSelector and fieldSelector. Throws 400. */
export function selection(definition: ResourceDefinition, query: URLSearchParams): Selection {
  const labelText = query.get('labelSelector') ?? '';
  const fieldText = query.get('fieldSelector') ?? '';
  const labels = labelText === '' ? everything : parseLabelSelector(labelText);
  const terms = fieldText === '' ? [] : parseFieldSelector(fieldText);
  let name: string | undefined;
  const tests: ((object: KubeObject) => boolean)[] = [];
  for (const { field, value, equal } of terms) {
    const read = reader(definition, field);
    if (field === 'metadata.name' && equal) name = value;
    tests.push((object) => (read(object) === value) === equal);
  }
  const matches = (object: KubeObject): boolean =>
    labels.matches(object.metadata.labels) && tests.every((test) => test(object));
  return { all: labels.empty && tests.length === 0, labels, matches, name };
}

function reader(definition: ResourceDefinition, field: string): (object: KubeObject) => string {
  if (field === 'metadata.name') return (object) => object.metadata.name ?? '';
  const slice = definition.kind === 'ResourceSlice' && !definition.custom;
  if (field === 'metadata.namespace' && !slice && (definition.namespaced || !definition.custom)) {
    return (object) => object.metadata.namespace ?? '';
  }
  const fields = definition.selectableFields;
  if (fields !== undefined && Object.hasOwn(fields, field)) return fields[field] as (object: KubeObject) => string;
  if (definition.kind === 'Job' && !definition.custom)
    throw badRequest(`field label ${JSON.stringify(field)} not supported for Job`);
  if (slice)
    throw badRequest(
      `field label not supported for ${definition.group}/${definition.version}, Kind=ResourceSlice: ${field}`,
    );
  if (definition.custom || fields !== undefined) throw badRequest(`field label not supported: ${field}`);
  throw badRequest(
    `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}
