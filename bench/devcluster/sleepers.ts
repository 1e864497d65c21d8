import type { IncomingMessage } from 'node:http';
import { residentBytes } from '../support/program.ts';
import type { Bare } from './client.ts';
import { CONFIG_MAPS } from './measure.ts';

/** Updates of one ConfigMap of about `bytes`, paced. */
async function write(bare: Bare, name: string, bytes: number, perSecond: number, seconds: number): Promise<void> {
  const started = performance.now();
  const writes: Promise<unknown>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    const wait = started + (i * 1000) / perSecond - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    const data = { value: 'x'.repeat(bytes), round: String(i) };
    writes.push(bare.send('PATCH', `${CONFIG_MAPS}/${name}`, { data }, 'application/merge-patch+json'));
  }
  await Promise.all(writes);
}

/**
 * What watchers cost that do not read for a minute while others write: resident bytes of the server more than after half a minute of the same writes
 * without them, for each; and how many of them the server had closed by then.
 */
export async function sleepersCost(
  bare: Bare,
  pid: number,
  options: {
    readonly watchers: number;
    readonly bytes: number;
    readonly perSecond: number;
    readonly seconds: number;
  },
): Promise<{ bytes: number; closed: number }> {
  const { watchers, bytes, perSecond, seconds } = options;
  const name = 'watched-by-sleepers';
  await bare.send('POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: {} });
  await write(bare, name, bytes, perSecond, seconds / 2);
  const before = residentBytes(pid);
  const answers: IncomingMessage[] = [];
  const stops: (() => void)[] = [];
  for (let i = 0; i < watchers; i++) {
    const path = `${CONFIG_MAPS}?watch=true&fieldSelector=metadata.name%3D${name}`;
    stops.push(
      await bare.watch(
        path,
        () => undefined,
        (answer) => void answers.push(answer.pause()),
      ),
    );
  }
  await write(bare, name, bytes, perSecond, seconds);
  const cost = (residentBytes(pid) - before) / watchers;
  let closed = 0;
  await Promise.all(
    answers.map(async (answer) => {
      const ended = new Promise<void>((resolve) => answer.once('close', resolve));
      answer.resume();
      const late = new Promise<string>((resolve) => setTimeout(() => resolve('open'), 3_000));
      if ((await Promise.race([ended, late])) !== 'open') closed++;
    }),
  );
  for (const stop of stops) stop();
  return { bytes: Math.max(0, cost), closed };
}
