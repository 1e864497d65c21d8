import { parseGoDuration } from '../../schema/duration.ts';

/** Milliseconds of a Go duration (`90s`, `1h30m`); undefined where it is none or negative. */
export function durationMs(text: string): number | undefined {
  const nanos = parseGoDuration(text);
  return nanos === undefined || nanos < 0n ? undefined : Number(nanos / 1_000_000n);
}
