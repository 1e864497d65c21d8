/** What a pod asks for as a whole. */
import type { JsonObject } from '../types.ts';
import { at, objects, record, text } from './access.ts';
import { compareQuantity, parseQuantity, type Quantity } from './quantity.ts';

/** Quantities by the name of the resource. */
export type Resources = Map<string, Quantity>;

function ofContainer(container: unknown, field: 'requests' | 'limits'): Resources {
  return new Map(
    Object.entries(record(container, `resources.${field}`)).flatMap(([name, value]) => {
      const quantity = parseQuantity(String(value));
      return quantity === undefined ? [] : [[name, quantity] as const];
    }),
  );
}

function addTo(sum: Resources, more: Resources): void {
  for (const [name, value] of more) {
    const known = sum.get(name);
    sum.set(name, known === undefined ? value : { nano: known.nano + value.nano, format: known.format });
  }
}

/** Keeps the larger one. */
function raise(sum: Resources, other: Resources): void {
  for (const [name, value] of other) {
    const known = sum.get(name);
    if (known === undefined || compareQuantity(value, known) > 0) sum.set(name, value);
  }
}

/**
 * Requests or limits of all containers of a pod's spec: the sum of those that run together, sidecars among them, or the most that is
 * taken while init containers run, where that is more.
 */
export function containerResources(spec: unknown, field: 'requests' | 'limits'): Resources {
  const sum: Resources = new Map();
  for (const container of objects(spec, 'containers')) addTo(sum, ofContainer(container, field));
  const sidecars: Resources = new Map();
  const starting: Resources = new Map();
  for (const container of objects(spec, 'initContainers')) {
    const own = ofContainer(container, field);
    if (text(container, 'restartPolicy') === 'Always') {
      addTo(sum, own);
      addTo(sidecars, own);
      raise(starting, sidecars);
    } else {
      addTo(own, sidecars);
      raise(starting, own);
    }
  }
  raise(sum, starting);
  return sum;
}

/** Whether a pod may ask for it as a whole. */
export function isPodResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

/** The resources that a pod's spec names for the pod as a whole, if any. */
export function podLevelResources(spec: unknown): JsonObject | undefined {
  const given = at(spec, 'resources');
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as JsonObject) : undefined;
}
