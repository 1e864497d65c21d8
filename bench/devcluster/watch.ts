import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Bare } from './client.ts';
import { WIDGETS, widget } from './measure.ts';

const WATCHERS = fileURLToPath(new URL('watchers.ts', import.meta.url));

/** Milliseconds from the sending of a write to its event, of every event at every watcher, sorted; writes are paced. */
export async function watchDelays(
  bare: Bare,
  kubeconfig: string,
  options: { readonly watchers: number; readonly perSecond: number; readonly seconds: number },
): Promise<number[]> {
  const name = `watched-${Date.now().toString(36)}`;
  const created = await bare.send('POST', WIDGETS, widget(name));
  const { metadata } = JSON.parse(created.toString()) as { metadata: { resourceVersion: string } };
  const path = `${WIDGETS}?watch=true&fieldSelector=metadata.name%3D${name}&resourceVersion=${metadata.resourceVersion}`;
  const child = spawn(process.execPath, [WATCHERS, kubeconfig, String(options.watchers), path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  try {
    await lines.next();
    const writes = options.perSecond * options.seconds;
    await writeStamped(bare, name, writes, options.perSecond);
    child.stdin.write(`${writes * options.watchers}\n`);
    const delays = JSON.parse((await lines.next()).value ?? '[]') as number[];
    const missing = writes * options.watchers - delays.length;
    if (missing > 0) throw new Error(`${missing} events of ${writes * options.watchers} never came`);
    return delays.sort((a, b) => a - b);
  } finally {
    child.stdin.end();
    child.kill();
  }
}

/** Writes at a pace, each with the moment at which it is sent. */
async function writeStamped(bare: Bare, name: string, count: number, perSecond: number): Promise<void> {
  const started = performance.now();
  const writes: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    const wait = started + (i * 1000) / perSecond - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    const annotations = { sent: (Number(process.hrtime.bigint()) / 1e6).toFixed(3) };
    const patch = { metadata: { annotations } };
    writes.push(bare.send('PATCH', `${WIDGETS}/${name}`, patch, 'application/merge-patch+json'));
  }
  await Promise.all(writes);
}
