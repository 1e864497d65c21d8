/**
 * The embedded API server beside a real one, in the same run and by the same client: start, memory, writes, watches, lists, apply.
 *
 *     node bench/devcluster/index.ts                     # the embedded one alone
 *     KUBECONFIG=… node bench/devcluster/index.ts        # and the one that KUBECONFIG names, for the ratios
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residentBytes } from '../support/program.ts';
import { printTable, type Row } from '../support/table.ts';
import { type Bare, connectBare } from './client.ts';
import { diskAfterUpdates, packageBytes } from './disk.ts';
import { buildPackage, startEmbedded } from './embedded.ts';
import { floodP99Ms } from './flood.ts';
import * as measure from './measure.ts';
import { sleepersCost } from './sleepers.ts';

const CLIENTS = 16;
const OBJECTS = 10_000;

interface Figures {
  readonly creates: number;
  readonly updates: number;
  readonly apply: number;
  readonly watch: number;
  readonly list: { readonly ms: number; readonly bytes: number };
}

/** All that needs a server and no folder; leaves it with 10,000 objects of 4 KiB. */
async function figuresOf(bare: Bare): Promise<Figures> {
  await measure.prepare(bare);
  await measure.createsPerSecond(bare, 500, CLIENTS);
  const creates = await measure.createsPerSecond(bare, 3_000, CLIENTS);
  const updates = await measure.statusUpdatesPerSecond(bare, 3_000, CLIENTS);
  const apply = await measure.applyMs(bare, 300);
  const watch = await measure.watchMs(bare, { watchers: 100, perSecond: 200, seconds: 5 });
  await bare.send('DELETE', `/api/v1/namespaces/${measure.NAMESPACE}/configmaps`);
  await measure.fill(bare, OBJECTS, 4096);
  return { creates, updates, apply, watch, list: await measure.listMs(bare) };
}

const folder = mkdtempSync(join(tmpdir(), 'devcluster-bench-'));
const ms = (value: number): string => `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`;
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
try {
  buildPackage();
  let real: Figures | undefined;
  if (process.env.KUBECONFIG !== undefined && process.env.KUBECONFIG !== '') {
    const bare = connectBare(process.env.KUBECONFIG, CLIENTS);
    real = await figuresOf(bare);
    await bare.send('DELETE', `/api/v1/namespaces/${measure.NAMESPACE}`);
    await bare.send('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.bench.example.com');
    bare.close();
  }

  const starts: number[] = [];
  for (let i = 0; i < 5; i++) {
    const server = await startEmbedded(join(folder, `empty-${i}`), 'fsync');
    starts.push(server.startMs);
    await server.stop();
  }

  const synced = await startEmbedded(join(folder, 'fsync'), 'fsync');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const idle = residentBytes(synced.pid);
  const bareSynced = connectBare(synced.kubeconfig, CLIENTS);
  await measure.prepare(bareSynced);
  await measure.createsPerSecond(bareSynced, 500, CLIENTS);
  const syncedCreates = await measure.createsPerSecond(bareSynced, 3_000, CLIENTS);
  const syncedUpdates = await measure.statusUpdatesPerSecond(bareSynced, 3_000, CLIENTS);
  bareSynced.close();
  await synced.stop();

  const loose = await startEmbedded(join(folder, 'none'), 'none');
  const bareLoose = connectBare(loose.kubeconfig, CLIENTS);
  const embedded = await figuresOf(bareLoose);
  const flooding = connectBare(loose.kubeconfig, CLIENTS);
  const calm = Array.from({ length: 8 }, () => connectBare(loose.kubeconfig, 1));
  const flood = await floodP99Ms(flooding, calm, { lanes: CLIENTS, seconds: 10 });
  const sleeping = { watchers: 5, bytes: 1024, perSecond: 200, seconds: 60 };
  const sleepers = await sleepersCost(bareLoose, loose.pid, sleeping);
  for (const bare of [flooding, ...calm, bareLoose]) bare.close();
  await loose.stop();
  const again = await startEmbedded(join(folder, 'none'), 'none');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const full = residentBytes(again.pid);
  const fullStart = again.startMs;
  await again.stop();

  const weight = await diskAfterUpdates(folder, { updates: 1_000_000, objects: 1_000 });

  const empty = measure.median(starts);
  const row = (what: string, measured: string, toReach: string, reached: boolean): Row => ({
    what,
    measured,
    toReach,
    reached,
  });
  const beside = (value: string, other: string | undefined): string =>
    other === undefined ? value : `${value} (real: ${other})`;
  const perSecond = (value: number): string => `${value.toFixed(0)}/s`;
  printTable('The embedded API server', [
    row('start to ready, empty', ms(empty), '≤ 400 ms', empty <= 400),
    row('start to ready, 10,000 objects of 4 KiB', ms(fullStart), '≤ 1,500 ms', fullStart <= 1_500),
    row('resident memory, idle', mb(idle), '≤ 110 MB', idle <= 110e6),
    row('resident memory, 10,000 objects of 4 KiB', mb(full), '≤ 300 MB', full <= 300e6),
    row(
      'creates, 16 clients, no fsync',
      beside(perSecond(embedded.creates), real && perSecond(real.creates)),
      '≥ 1.5 × the real one’s',
      real === undefined || embedded.creates >= 1.5 * real.creates,
    ),
    row(
      'status updates, 16 clients, no fsync',
      beside(perSecond(embedded.updates), real && perSecond(real.updates)),
      '≥ 1.5 × the real one’s',
      real === undefined || embedded.updates >= 1.5 * real.updates,
    ),
    row('creates, 16 clients, fsync', perSecond(syncedCreates), '–', true),
    row('status updates, 16 clients, fsync', perSecond(syncedUpdates), '–', true),
    row(
      'watch delivery, p50 at 100 watchers and 200 writes/s',
      beside(ms(embedded.watch), real && ms(real.watch)),
      '≤ 3 ms',
      embedded.watch <= 3,
    ),
    row(
      `list of 10,000 objects (${mb(embedded.list.bytes)})`,
      beside(ms(embedded.list.ms), real && ms(real.list.ms)),
      '≤ the real one’s',
      real === undefined || embedded.list.ms <= real.list.ms,
    ),
    row(
      'apply patch, p50',
      beside(ms(embedded.apply), real && ms(real.apply)),
      '≤ the real one’s',
      real === undefined || embedded.apply <= real.apply,
    ),
    row(
      `p99 of eight other clients while one floods (16 writes at once, ${perSecond(flood.flood)})`,
      ms(flood.p99),
      '≤ 10 ms',
      flood.p99 <= 10,
    ),
    row(
      `a watcher that does not read for 60 s, at 200 writes/s (${sleepers.closed} of 5 were closed)`,
      mb(sleepers.bytes),
      '≤ 20 MB, closed',
      sleepers.bytes <= 20e6 && sleepers.closed === sleeping.watchers,
    ),
    row(
      `on disk after 1,000,000 updates of 1,000 objects (${mb(weight.live)} live)`,
      mb(weight.disk),
      '≤ 3 × live',
      weight.disk <= 3 * weight.live,
    ),
    row('package, installed with its dependencies', mb(packageBytes()), '≤ 15 MB', packageBytes() <= 15e6),
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
