import type { Bare } from './client.ts';
import { startFlood } from './flooding.ts';
import { CONFIG_MAPS, configMap } from './measure.ts';

const MERGE = 'application/merge-patch+json';

/**
 * The 99th percentile of the others' milliseconds while one client floods: it has as many writes under way as it has lanes, without a
 * pause. The others read, write and list a little, ten times a second each. And the writes a second of the flood.
 */
export async function floodP99Ms(
  kubeconfig: string,
  others: readonly Bare[],
  { lanes, seconds }: { readonly lanes: number; readonly seconds: number },
): Promise<{ p99: number; flood: number }> {
  const times: number[] = [];
  const other = async (bare: Bare, number: number, end: number) => {
    const path = `${CONFIG_MAPS}/calm-${number}`;
    for (let round = 0; performance.now() < end; round++) {
      const calls: (() => Promise<unknown>)[] = [
        () => bare.send('GET', path),
        () => bare.send('PATCH', path, { data: { round: `${round}` } }, MERGE),
        () => bare.send('GET', `${CONFIG_MAPS}?limit=10`),
      ];
      const started = performance.now();
      await calls[round % calls.length]?.();
      times.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 100 - (performance.now() - started))));
    }
  };
  const all = (milliseconds: number) =>
    Promise.all(others.map((bare, number) => other(bare, number, performance.now() + milliseconds)));
  await Promise.all(others.map((bare, number) => bare.send('POST', CONFIG_MAPS, configMap(`calm-${number}`, 1024))));
  for (let i = 0; i < lanes; i++) await others[0]?.send('POST', CONFIG_MAPS, configMap(`flood-${i}`, 1024));
  const flood = startFlood(kubeconfig, 'patches', lanes);
  const started = performance.now();
  // The flooder has to start, and both sides get warm.
  await all(2_000);
  times.length = 0;
  await all(seconds * 1000);
  const { answered, failed } = await flood.stop();
  if (failed !== '') throw new Error(`the flood failed: ${failed}`);
  const sorted = times.toSorted((a, b) => a - b);
  return {
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    flood: (answered * 1000) / (performance.now() - started),
  };
}
