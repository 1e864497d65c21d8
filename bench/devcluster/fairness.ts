/**
 * What one client that floods does to another of the same user: the milliseconds of a client that asks ten times a second on each of
 * four connections, alone and beside a flood of each kind.
 *
 *     node bench/devcluster/fairness.ts [KIND…]                 # the embedded server
 *     KUBECONFIG=… node bench/devcluster/fairness.ts [KIND…]    # the one that KUBECONFIG names
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bare, connectBare } from './client.ts';
import { buildPackage, startEmbedded } from './embedded.ts';
import { startFlood } from './flooding.ts';
import * as measure from './measure.ts';

const SECONDS = Number(process.env.FAIRNESS_SECONDS ?? 10);
const LANES = 16;
const { CONFIG_MAPS } = measure;
const kinds =
  process.argv.length > 2 ? process.argv.slice(2) : ['none', 'lists', 'tables', 'bodies', 'large', 'fields', 'creates'];

/** Sorted milliseconds of small requests, ten a second on each connection. */
async function polite(bares: readonly Bare[], seconds: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  const one = async (bare: Bare, number: number): Promise<void> => {
    const path = `${CONFIG_MAPS}/polite-${number}`;
    await new Promise((resolve) => setTimeout(resolve, number * 23));
    for (let round = 0; performance.now() < end; round++) {
      const calls = [
        () => bare.send('GET', path),
        () => bare.send('PATCH', path, { data: { round: `${round}` } }, 'application/merge-patch+json'),
        () => bare.send('GET', `${CONFIG_MAPS}?limit=10`),
      ];
      const started = performance.now();
      await calls[round % calls.length]?.();
      times.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 100 - (performance.now() - started))));
    }
  };
  await Promise.all(bares.map(one));
  return times.sort((a, b) => a - b);
}

async function prepare(bare: Bare): Promise<void> {
  await measure.prepare(bare);
  await bare.send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.bench.example.com' },
    spec: {
      group: 'bench.example.com',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  });
  await measure.fill(bare, 10_000, 1024);
  for (let i = 0; i < 4; i++) {
    const metadata = { name: `polite-${i}` };
    await bare.send('POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value: 'x' } });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'devcluster-fairness-'));
let server: Awaited<ReturnType<typeof startEmbedded>> | undefined;
try {
  let kubeconfig = process.env.KUBECONFIG ?? '';
  if (kubeconfig === '') {
    if (process.env.FAIRNESS_BUILT === undefined) buildPackage();
    server = await startEmbedded(join(folder, 'data'), 'none');
    kubeconfig = server.kubeconfig;
  }
  const bare = connectBare(kubeconfig, 16);
  await prepare(bare);
  bare.close();
  const bares = Array.from({ length: 4 }, () => connectBare(kubeconfig, 1));
  await polite(bares, 1);
  console.log(
    '\n| flood (16 at a time) | answered/s | refused | others’ p50 | p99 | longest |\n|---|---|---|---|---|---|',
  );
  for (const kind of kinds) {
    const flood = kind === 'none' ? undefined : startFlood(kubeconfig, kind, LANES);
    if (flood !== undefined) await new Promise((resolve) => setTimeout(resolve, 1500));
    const times = await polite(bares, SECONDS);
    const told = (await flood?.stop()) ?? { answered: 0, refused: 0, failed: '' };
    if (flood !== undefined) await new Promise((resolve) => setTimeout(resolve, 2000));
    const at = (share: number): string => `${(times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(1)} ms`;
    const longest = `${times.at(-1)?.toFixed(1)} ms`;
    const rate = (told.answered / (SECONDS + 1.5)).toFixed(1);
    console.log(
      `| ${kind} | ${rate} | ${told.refused} | ${at(0.5)} | ${at(0.99)} | ${longest} |${told.failed === '' ? '' : ` ${told.failed}`}`,
    );
  }
  for (const each of bares) each.close();
} finally {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}
