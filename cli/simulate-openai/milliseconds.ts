import { InvalidArgumentError } from 'commander';

/** Whole milliseconds, 0 to what a timer holds. */
export function parseMilliseconds(text: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 2 ** 31 - 1)) throw new InvalidArgumentError('It must be a whole number of milliseconds, 0 or more.');
  return value;
}
