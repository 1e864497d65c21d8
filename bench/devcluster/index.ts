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
import { connectBare } from './client.ts';
import { diskAfterUpdates, packageBytes } from './disk.ts';
import { buildPackage, startEmbedded } from './embedded.ts';
import { floodP99Ms } from './flood.ts';
import * as measure from './measure.ts';
import * as servers from './sides.ts';
import { sleepersCost } from './sleepers.ts';
import { watchDelays } from './watch.ts';

const CLIENTS = 16;
const OBJECTS = 10_000;
const FULL = 'bench-full';

const folder = mkdtempSync(join(tmpdir(), 'devcluster-bench-'));
const ms = (value: number): string => `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`;
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const real = process.env.KUBECONFIG ? servers.existing(process.env.KUBECONFIG, CLIENTS) : undefined;
const others = real === undefined ? [] : [real];
try {
  buildPackage();
  const starts: number[] = [];
  for (let i = 0; i < 5; i++) {
    const server = await startEmbedded(join(folder, `empty-${i}`), 'fsync');
    starts.push(server.startMs);
    await server.stop();
  }

  const synced = await servers.embedded(join(folder, 'fsync'), 'fsync', CLIENTS);
  await pause(2_000);
  const idle = residentBytes(synced.embedded.pid);
  const loose = await servers.embedded(join(folder, 'none'), 'none', CLIENTS);
  const writing = [loose, synced, ...others];
  await servers.warm(writing, async (bare) => {
    await measure.createsPerSecond(bare, 4_000, CLIENTS);
    await measure.statusUpdatesPerSecond(bare, 2_000, CLIENTS);
  });
  const [creates = 0, syncedCreates = 0, realCreates] = await servers.inTurns(writing, 3, ({ bare }) =>
    measure.createsPerSecond(bare, 3_000, CLIENTS),
  );
  const [updates = 0, syncedUpdates = 0, realUpdates] = await servers.inTurns(writing, 3, ({ bare }) =>
    measure.statusUpdatesPerSecond(bare, 2_000, CLIENTS),
  );
  await synced.stop();
  const both = [loose, ...others];
  const [apply = 0, realApply] = await servers.inTurns(both, 3, ({ bare }) => measure.applyMs(bare, 200));
  const [watch = 0, realWatch] = await servers.inTurns(both, 3, async ({ bare, kubeconfig }) =>
    measure.median(await watchDelays(bare, kubeconfig, { watchers: 100, perSecond: 200, seconds: 2 })),
  );
  await loose.stop();

  const first = await servers.embedded(join(folder, 'full'), 'none', CLIENTS);
  const lists: { ms: number; bytes: number }[] = [];
  for (const { bare } of [first, ...others]) {
    await measure.fill(bare, OBJECTS, 4096, FULL);
    lists.push(await measure.listMs(bare, FULL));
  }
  const [list = { ms: Number.NaN, bytes: 0 }, realList] = lists;
  const filled = residentBytes(first.embedded.pid);
  await first.stop();
  const again = await servers.embedded(join(folder, 'full'), 'none', CLIENTS);
  await pause(2_000);
  const full = residentBytes(again.embedded.pid);
  const fullStart = again.embedded.startMs;
  await measure.prepare(again.bare);
  const calm = Array.from({ length: 8 }, () => connectBare(again.kubeconfig, 1));
  const flood = await floodP99Ms(again.kubeconfig, calm, { lanes: CLIENTS, seconds: 10 });
  for (const bare of calm) bare.close();
  const sleeping = { watchers: 5, bytes: 1024, perSecond: 200, seconds: 60 };
  const sleepers = await sleepersCost(again.bare, again.embedded.pid, sleeping);
  const worked = residentBytes(again.embedded.pid);
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
  const written = (value: number | undefined, print: (value: number) => string): string | undefined =>
    value === undefined ? undefined : print(value);
  const perSecond = (value: number): string => `${value.toFixed(0)}/s`;
  printTable('The embedded API server', [
    row('start to ready, empty', ms(empty), '≤ 400 ms', empty <= 400),
    row('start to ready, 10,000 objects of 4 KiB', ms(fullStart), '≤ 1,500 ms', fullStart <= 1_500),
    row('resident memory, idle', mb(idle), '≤ 110 MB', idle <= 110e6),
    row('resident memory, 10,000 objects of 4 KiB, restarted', mb(full), '≤ 300 MB', full <= 300e6),
    row('… as they have been created and listed', mb(filled), '≤ 300 MB', filled <= 300e6),
    row('… restarted, after 100,000 further writes and sleeping watchers', mb(worked), '–', true),
    row(
      'creates, 16 clients, no fsync',
      beside(perSecond(creates), written(realCreates, perSecond)),
      '≥ 1.5 × the real one’s',
      realCreates === undefined || creates >= 1.5 * realCreates,
    ),
    row(
      'status updates, 16 clients, no fsync',
      beside(perSecond(updates), written(realUpdates, perSecond)),
      '≥ 1.5 × the real one’s',
      realUpdates === undefined || updates >= 1.5 * realUpdates,
    ),
    row('creates, 16 clients, fsync', perSecond(syncedCreates), '–', true),
    row('status updates, 16 clients, fsync', perSecond(syncedUpdates), '–', true),
    row(
      'watch delivery, p50 at 100 watchers and 200 writes/s',
      beside(ms(watch), written(realWatch, ms)),
      '≤ 3 ms',
      watch <= 3,
    ),
    row(
      `list of 10,000 objects (${mb(list.bytes)})`,
      beside(ms(list.ms), written(realList?.ms, ms)),
      '≤ the real one’s',
      realList === undefined || list.ms <= realList.ms,
    ),
    row(
      'apply patch, p50',
      beside(ms(apply), written(realApply, ms)),
      '≤ the real one’s',
      realApply === undefined || apply <= realApply,
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
  // Last: its controllers empty a namespace long after they were told to, and would be measured with what comes next.
  for (const path of [`/api/v1/namespaces/${measure.NAMESPACE}`, `/api/v1/namespaces/${FULL}`, measure.WIDGETS_CRD])
    await real?.bare.send('DELETE', path).catch(() => undefined);
  await real?.stop();
  rmSync(folder, { recursive: true, force: true });
}
