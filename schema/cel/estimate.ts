/** A range, of costs or of sizes. Figures stay below 2^64, where Go's integers end. */
export interface Estimate {
  readonly min: number;
  readonly max: number;
}

/** What Go calls MaxUint64: "unbounded". */
export const MAX_COST = 2 ** 64;

export const UNKNOWN_SIZE: Estimate = { min: 0, max: MAX_COST };

export function fixed(value: number): Estimate {
  return { min: value, max: value };
}

function cap(value: number): number {
  return Math.min(value, MAX_COST);
}

export function add(a: Estimate, b: Estimate): Estimate {
  return { min: cap(a.min + b.min), max: cap(a.max + b.max) };
}

export function multiply(a: Estimate, b: Estimate): Estimate {
  // Unlike IEEE's infinities, nothing times unbounded is nothing.
  return { min: cap(a.min * b.min), max: cap(a.max * b.max) };
}

/** Multiplied by a cost per unit, rounded up. */
export function scale(a: Estimate, factor: number): Estimate {
  return { min: cap(Math.ceil(a.min * factor)), max: cap(Math.ceil(a.max * factor)) };
}

export function union(a: Estimate, b: Estimate): Estimate {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
