import type { Bare } from './client.ts';
import { NAMESPACE } from './measure.ts';

const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

/**
 * The 99th percentile of the others' milliseconds while one client floods: it has as many writes under way as it has
 * connections, without a pause. The others read, write and list a little, ten times a second each.
 */
export async function floodP99Ms(
  flooding: Bare,
  others: readonly Bare[],
  { lanes, seconds }: { readonly lanes: number; readonly seconds: number },
): Promise<{ p99: number; flood: number }> {
  const end = performance.now() + seconds * 1000;
  let flood = 0;
  const body = (name: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { value: 'x'.repeat(1024) },
  });
  const lane = async (number: number) => {
    const name = `flood-${number}`;
    await flooding.send('POST', CONFIG_MAPS, body(name));
    for (let round = 0; performance.now() < end; round++) {
      const change = { data: { round: String(round) } };
      await flooding.send('PATCH', `${CONFIG_MAPS}/${name}`, change, 'application/merge-patch+json');
      flood++;
    }
  };
  const times: number[] = [];
  const other = async (bare: Bare, number: number) => {
    const name = `calm-${number}`;
    await bare.send('POST', CONFIG_MAPS, body(name));
    for (let round = 0; performance.now() < end; round++) {
      const calls: (() => Promise<unknown>)[] = [
        () => bare.send('GET', `${CONFIG_MAPS}/${name}`),
        () =>
          bare.send('PATCH', `${CONFIG_MAPS}/${name}`, { data: { round: `${round}` } }, 'application/merge-patch+json'),
        () => bare.send('GET', `${CONFIG_MAPS}?limit=10`),
      ];
      const started = performance.now();
      await calls[round % calls.length]?.();
      times.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 100 - (performance.now() - started))));
    }
  };
  await Promise.all([...Array.from({ length: lanes }, (_, i) => lane(i)), ...others.map(other)]);
  const sorted = times.toSorted((a, b) => a - b);
  return { p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, flood: flood / seconds };
}
