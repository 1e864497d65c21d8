import type { Io } from '../io.ts';
import { createStyle } from '../terminal/style.ts';

/** Says on standard error that following goes on although the API server is away, and when it is back. */
export function reachabilityNotice(io: Io): (reachable: boolean) => void {
  const style = createStyle(io.err, io.env);
  return (reachable) => {
    const text = reachable ? 'the API server answers again' : 'the API server does not answer; waiting for it';
    io.err.write(`${style.warn(text)}\n`);
  };
}
