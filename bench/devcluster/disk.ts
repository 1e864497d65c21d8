import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../devcluster/logger.ts';
import { openJournal } from '../../devcluster/storage/journal.ts';
import { Store } from '../../devcluster/storage/store.ts';
import type { KubeObject } from '../../devcluster/types.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Bytes of all files below a folder. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** Bytes of the package as it is installed: what was compiled, and its dependencies, which have none themselves. */
export function packageBytes(): number {
  const folder = join(ROOT, 'devcluster');
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies: object };
  const folders = Object.keys(dependencies).map((name) => join(ROOT, 'node_modules', name));
  return [join(folder, 'dist'), ...folders].reduce((sum, path) => sum + bytesBelow(path), 0);
}

const RESOURCE = '/configmaps';

/** What a folder weighs when `updates` of `objects` ConfigMaps of 1 KiB are over: bytes on disk, and of the live objects. */
export async function diskAfterUpdates(
  parent: string,
  { updates, objects }: { readonly updates: number; readonly objects: number },
): Promise<{ disk: number; live: number }> {
  const folder = mkdtempSync(join(parent, 'disk-'));
  const { journal, revision, entries, replayed } = await openJournal({ folder, sync: false, logger: silentLogger });
  const store = new Store({ journal, parse: JSON.parse, print: JSON.stringify });
  store.restore(revision, entries, replayed);
  journal.attach(store);
  const object = (name: string, n: number): KubeObject =>
    ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'n' },
      data: { n: String(n), filler: 'x'.repeat(900) },
    }) as KubeObject;
  for (let round = 0; round * objects < updates; round++) {
    const puts = Array.from({ length: objects }, (_, i) => {
      const key = `n/o${i}`;
      return store.put(RESOURCE, key, object(`o${i}`, round), store.latest(RESOURCE, key)?.revision ?? 0);
    });
    await Promise.all(puts);
  }
  await store.close();
  const disk = bytesBelow(folder);
  const live = store.liveBytes();
  rmSync(folder, { recursive: true, force: true });
  return { disk, live };
}
