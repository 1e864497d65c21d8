import { child, ROOT } from './errors.ts';
import type { FieldError } from './types.ts';

// Enough for any reader; a hostile object could otherwise grow an error list far larger than itself.
const MAX_ERRORS = 10_000;
const SCAN_LIMIT = 32;

/** What one run of a schema validator found. */
export class Result {
  readonly errors: FieldError[] = [];
  /** How many checks applied: of several failing alternatives, Kubernetes reports the one that came furthest. */
  matches = 0;
  readonly #prefix: string;
  #seen: Set<string> | undefined;

  /** `prefix` is the path of the validated value within the object: empty for the whole, `status` for its status. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** A result of its own for an alternative of the same value. */
  fork(): Result {
    return new Result(this.#prefix);
  }

  /** The field path that Kubernetes prints for a path of the validator. */
  field(path: string): string {
    const name = path.startsWith('.') ? path.slice(1) : path;
    if (name === '') return this.#prefix === '' ? ROOT : this.#prefix;
    return child(this.#prefix, name);
  }

  /** Adds an error once. */
  add(error: FieldError): void {
    const { errors } = this;
    if (errors.length >= MAX_ERRORS) return;
    if (errors.length < SCAN_LIMIT) {
      for (const known of errors)
        if (known.detail === error.detail && known.field === error.field && known.type === error.type) return;
    } else {
      this.#seen ??= new Set(errors.map(errorKey));
      const key = errorKey(error);
      if (this.#seen.has(key)) return;
      this.#seen.add(key);
    }
    errors.push(error);
  }

  /** Forgets the errors added since there were `length` of them. */
  truncate(length: number): void {
    this.errors.length = length;
    this.#seen = undefined;
  }

  merge(other: Result): void {
    for (const error of other.errors) this.add(error);
    this.matches += other.matches;
  }
}

function errorKey(error: FieldError): string {
  return `${error.type}\0${error.field}\0${error.detail}`;
}
