import { MapAccumulator } from './accumulators.ts';
import { charge, constant, type Frame, type Node, type Run } from './frame.ts';
import { CelOptional, type CelValue, fail, NO_SUCH_OVERLOAD, printValue, ValueList } from './values.ts';

/** What making one costs; a list that a fold makes anew at each item, too. */
export const LIST_COST = 10;
const MAP_COST = 30;
const STRUCT_COST = 40;

export interface EntryNode {
  readonly key: Node;
  readonly value: Node;
  readonly optional: boolean;
}

export interface FieldNode {
  readonly name: string;
  readonly value: Node;
  readonly optional: boolean;
}

/** Builds `Name{…}`. */
export type Construct = (typeName: string, fields: ReadonlyMap<string, CelValue>) => CelValue;

/** `[a, ?b]`; `optional` has the places of what may be absent. */
export function listOf(elements: readonly Node[], optional: ReadonlySet<number>): Node {
  if (optional.size === 0 && elements.every((element) => element.constant !== undefined)) {
    return constant(new ValueList(elements.map((element) => element.constant as CelValue)));
  }
  const run: Run = (frame) => {
    const items: CelValue[] = [];
    elements.forEach((element, i) => {
      const value = element.run(frame);
      if (!optional.has(i)) items.push(value);
      else if (!(value instanceof CelOptional))
        fail(`cannot initialize optional list element from non-optional value ${printValue(value)}`);
      else if (value.value !== undefined) items.push(value.value);
    });
    charge(frame, LIST_COST);
    return new ValueList(items);
  };
  return { run, attribute: false };
}

/** `{k: v, ?k: v}` */
export function mapOf(entries: readonly EntryNode[]): Node {
  const build = (frame: Frame): CelValue => {
    const map = new MapAccumulator();
    for (const entry of entries) {
      const key = entry.key.run(frame);
      const value = entry.value.run(frame);
      if (!entry.optional) map.replace(key, value);
      else if (!(value instanceof CelOptional))
        fail(`cannot initialize optional entry '${printValue(key)}' from non-optional value ${printValue(value)}`);
      else if (value.value !== undefined) map.replace(key, value.value);
    }
    return map;
  };
  const isConstant = entries.every(
    ({ key, value, optional }) => !optional && key.constant !== undefined && value.constant !== undefined,
  );
  if (isConstant) return constant(build({ slots: [], cost: 0, limit: Number.POSITIVE_INFINITY }));
  const run: Run = (frame) => {
    const map = build(frame);
    charge(frame, MAP_COST);
    return map;
  };
  return { run, attribute: false };
}

/** `Name{field: v, ?field: v}` */
export function structOf(typeName: string, fields: readonly FieldNode[], construct: Construct | undefined): Node {
  const run: Run = (frame) => {
    const values = new Map<string, CelValue>();
    for (const field of fields) {
      const value = field.value.run(frame);
      if (!field.optional) values.set(field.name, value);
      else if (value instanceof CelOptional && value.value !== undefined) values.set(field.name, value.value);
    }
    charge(frame, STRUCT_COST);
    return construct === undefined ? fail(NO_SUCH_OVERLOAD) : construct(typeName, values);
  };
  return { run, attribute: false };
}
