import type { ComprehensionExpr } from './ast.ts';
import type { Run } from './frame.ts';
import { ACCU } from './macros.ts';
import { type CelValue, fail, mapKey, printValue, ValueList, ValueMap } from './values.ts';

/** A list under construction. Only the macro that builds it can see it before it is done. */
export class Accumulator extends ValueList {
  declare readonly items: CelValue[];

  constructor() {
    super([]);
  }
}

/** A map under construction, likewise. */
export class MapAccumulator extends ValueMap {
  readonly #entries: Map<string, readonly [CelValue, CelValue]>;

  constructor() {
    const entries = new Map<string, readonly [CelValue, CelValue]>();
    super(entries);
    this.#entries = entries;
  }

  /** Adds an entry; a later one replaces an earlier one of the same key. */
  replace(key: CelValue, value: CelValue): void {
    this.#entries.set(mapKey(key), [key, value]);
  }

  /** Adds an entry; fails on a key that is there. */
  put(key: CelValue, value: CelValue): void {
    if (this.#entries.has(mapKey(key))) fail(`insert failed: key ${printValue(key)} already exists`);
    this.replace(key, value);
  }
}

/** What the accumulator of a fold starts with. */
export function accumulatorFor(expr: ComprehensionExpr, init: Run): Run {
  if (expr.accuVar !== ACCU) return init;
  if (expr.init.kind === 'list') {
    return () => new Accumulator();
  }
  if (expr.init.kind === 'map') {
    return () => new MapAccumulator();
  }
  return init;
}
