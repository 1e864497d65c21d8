/** Why an evaluation failed. Not an Error: it is cheap to throw, and `&&` and `||` may swallow it. */
export class CelFailure {
  readonly message: string;
  /** True when the cost limit ended the evaluation: nothing may swallow that. */
  readonly fatal: boolean;

  constructor(message: string, fatal = false) {
    this.message = message;
    this.fatal = fatal;
  }
}

export function fail(message: string): never {
  throw new CelFailure(message);
}

export const NO_SUCH_OVERLOAD = 'no such overload';

export const COST_EXCEEDED = 'operation cancelled: actual cost limit exceeded';

/** Work that one evaluation may do beyond what Kubernetes counts: about a second. */
const MAX_TOIL = 2 ** 28;

let done = 0;

/** A new evaluation starts. Evaluations do not nest. */
export function startToil(): void {
  done = 0;
}

/**
 * Counts work that Kubernetes' cost model takes for nothing or nearly so: walking deep values, scanning and building
 * long strings. On a real server a request's timeout ends what has too much of it; here it ends as if the cost limit
 * had been reached. A unit is about what one character of a string takes.
 */
export function toil(units: number): void {
  done += units;
  if (done > MAX_TOIL) throw new CelFailure(COST_EXCEEDED, true);
}
