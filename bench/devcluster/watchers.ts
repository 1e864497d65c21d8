/**
 * Watchers that are little load themselves, in a process of their own: `node watchers.ts KUBECONFIG COUNT PATH`. Each is a bare connection that
 * looks for one thing in what comes: the annotation `sent`, the moment at which a write was sent, in milliseconds of the monotonic clock that
 * the processes of a machine share. Prints `ready` when every watch has begun. Asked for `EVENTS` on its input, prints the delays of so many
 * as JSON when they have come, or of those that have when none came for ten seconds.
 */
import { createInterface } from 'node:readline';
import { readRaw } from './client.ts';

const [kubeconfig = '', count = '', path = ''] = process.argv.slice(2);
const MARKER = Buffer.from('"sent":"');
const [QUOTE, NEWLINE] = [0x22, 0x0a];
const now = (): number => Number(process.hrtime.bigint()) / 1e6;

const delays: number[] = [];
let lastAt = now();

/** Looks at what comes on one connection; an event may come in two pieces. */
function watcher(): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (data) => {
    const text = rest.length === 0 ? data : Buffer.concat([rest, data]);
    let end = 0;
    for (let at = text.indexOf(MARKER); at >= 0; at = text.indexOf(MARKER, end)) {
      const from = at + MARKER.length;
      const to = text.indexOf(QUOTE, from);
      if (to < 0) break;
      lastAt = now();
      delays.push(lastAt - Number(text.toString('latin1', from, to)));
      end = to;
    }
    rest = text.at(-1) === NEWLINE ? Buffer.alloc(0) : text.subarray(end);
  };
}

const stops = await Promise.all(Array.from({ length: Number(count) }, () => readRaw(kubeconfig, path, watcher())));
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  while (delays.length < Number(line) && now() - lastAt < 10_000) await new Promise((done) => setTimeout(done, 20));
  process.stdout.write(`${JSON.stringify(delays)}\n`);
}
for (const stop of stops) stop();
