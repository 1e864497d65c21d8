import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApiServer } from '../../devcluster/index.ts';
import { silentLogger } from '../../devcluster/logger.ts';
import { openJournal } from '../../devcluster/storage/journal.ts';
import { Store } from '../../devcluster/storage/store.ts';
import { type Answer, type Connection, connect, send } from './conformance/harness.ts';

const program = new URL('./storage.server.ts', import.meta.url).pathname;
const path = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, value: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { value },
});

describe('state on disk', () => {
  let folder: string;
  const agent = new Agent({ keepAlive: false });
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'state-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts a server of its own process on the folder; resolves when it serves. */
  async function start(): Promise<{ child: ChildProcess; connection: Connection }> {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`server ended with ${code}`)));
    });
    return { child, connection: connect(join(folder, 'kubeconfig')) };
  }

  const dataOf = (answer: Answer): string | undefined => (answer.body as { data?: { value?: string } }).data?.value;

  it('keeps every acknowledged write through kill -9, wherever it strikes', async function () {
    const rounds = Number(process.env.KILL_ROUNDS ?? 6);
    this.timeout(60_000 + rounds * 3_000);
    const acknowledged = new Map<string, string>();
    let counter = 0;
    for (let round = 0; round < rounds; round++) {
      const { child, connection } = await start();
      for (const [name, value] of acknowledged) {
        const answer = await send(connection, { path: `${path}/${name}` }, agent);
        const found = Number(dataOf(answer) ?? -1);
        assert.ok(
          answer.code === 200 && found >= Number(value),
          `round ${round}: ${name} has ${found}, acknowledged ${value}`,
        );
        acknowledged.set(name, String(found));
      }
      let running = true;
      const writer = async (name: string): Promise<void> => {
        while (running) {
          const value = String(++counter);
          const known = acknowledged.has(name);
          const step = known
            ? { method: 'PUT', path: `${path}/${name}`, body: configMap(name, value) }
            : { path, body: configMap(name, value) };
          const answer = await send(connection, step, agent).catch(() => undefined);
          if (answer === undefined) return;
          if (answer.code === 200 || answer.code === 201) acknowledged.set(name, value);
          else if (answer.code === 409) acknowledged.set(name, acknowledged.get(name) ?? '0');
        }
      };
      const writers = ['a', 'b', 'c', 'd'].map(writer);
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
      child.kill('SIGKILL');
      running = false;
      await Promise.all(writers);
    }
    assert.ok(counter > rounds);
  });

  it('refuses a second process on the folder, and says whose it is', async () => {
    const server = await startApiServer({ dataDir: folder });
    await assert.rejects(startApiServer({ dataDir: folder }), /in use by another API server/);
    await server.close();
    const again = await startApiServer({ dataDir: folder });
    await again.close();
  });

  it('keeps credentials, so that an old kubeconfig still works', async () => {
    const first = await startApiServer({ dataDir: folder });
    const before = first.kubeconfig;
    await first.close();
    const second = await startApiServer({ dataDir: folder, port: Number(new URL(first.url).port) });
    assert.equal(second.kubeconfig, before);
    assert.equal((await stat(join(folder, 'kubeconfig'))).mode & 0o777, 0o600);
    await second.close();
  });

  it('opens a log that was cut anywhere, with all that was whole', async () => {
    const server = await startApiServer({ dataDir: folder });
    const connection = connect(join(folder, 'kubeconfig'));
    for (let i = 0; i < 5; i++) await send(connection, { path, body: configMap(`m${i}`, String(i)) }, agent);
    await server.close();
    const log = join(folder, (await readdir(folder)).find((name) => name.startsWith('log-')) as string);
    const whole = await readFile(log);
    const ends = [...whole.toString().matchAll(/^[0-9a-f]{8} P \d+ \/configmaps default\/(m\d) .*\n/gm)].map(
      (found) => ({
        name: found[1] as string,
        end: Buffer.byteLength(whole.toString().slice(0, found.index + found[0].length)),
      }),
    );
    assert.equal(ends.length, 5);
    for (let round = 0; round < 12; round++) {
      const cut = ends[0]!.end - 10 + Math.floor(Math.random() * (whole.length - ends[0]!.end + 10));
      await writeFile(log, whole);
      await truncate(log, cut);
      const loaded = await openJournal({ folder, sync: true, logger: silentLogger });
      const store = new Store({ journal: loaded.journal, parse: JSON.parse, print: JSON.stringify });
      store.restore(loaded.revision, loaded.entries, loaded.replayed);
      for (const { name, end } of ends) {
        assert.equal(store.get('/configmaps', `default/${name}`) !== undefined, end <= cut, `cut at ${cut}: ${name}`);
      }
      await store.close();
    }
  });

  it('gives long texts back as they were, in any script', async () => {
    // Longer than what is read of a file at a time, and as long as an object may be.
    const lengths = [0, 1, 255_900, 256 * 1024, 300_000, 524_000];
    const text = (length: number): string => `${'é€😀 x'.repeat(length / 7)}${length}`;
    for (const minLogBytes of [1 << 30, 1]) {
      const data = await mkdtemp(join(folder, 'long-'));
      const open = async (): Promise<Store> => {
        const loaded = await openJournal({ folder: data, sync: false, logger: silentLogger, minLogBytes });
        const store = new Store({ journal: loaded.journal, parse: JSON.parse, print: JSON.stringify });
        store.restore(loaded.revision, loaded.entries, loaded.replayed);
        loaded.journal.attach(store);
        return store;
      };
      const store = await open();
      for (const length of lengths)
        await store.put('/configmaps', `default/o${length}`, configMap(`o${length}`, text(length)) as never, 0);
      await store.delete('/configmaps', 'default/o0', store.latest('/configmaps', 'default/o0')?.revision ?? 0);
      await store.close();
      const again = await open();
      assert.equal(again.revision, store.revision);
      assert.deepEqual(again.list('/configmaps'), store.list('/configmaps'));
      assert.equal(again.count('/configmaps'), lengths.length - 1);
      await again.close();
    }
  });

  it('reports damage in the middle, with what to do', async () => {
    const server = await startApiServer({ dataDir: folder });
    const connection = connect(join(folder, 'kubeconfig'));
    for (let i = 0; i < 3; i++) await send(connection, { path, body: configMap(`m${i}`, String(i)) }, agent);
    await server.close();
    const log = join(folder, (await readdir(folder)).find((name) => name.startsWith('log-')) as string);
    const data = await readFile(log);
    data[200] = (data[200] as number) ^ 1;
    await writeFile(log, data);
    await assert.rejects(startApiServer({ dataDir: folder }), /is damaged: .* Restore the folder from a backup/);
  });

  it('drops what a crash left of a write, and goes on', async () => {
    const server = await startApiServer({ dataDir: folder });
    await server.close();
    const log = join(folder, (await readdir(folder)).find((name) => name.startsWith('log-')) as string);
    await appendFile(log, '12345678 P 999 /configmaps default/half {"apiVer');
    const again = await startApiServer({ dataDir: folder });
    const answer = await send(connect(join(folder, 'kubeconfig')), { path: `${path}/half` }, agent);
    assert.equal(answer.code, 404);
    await again.close();
  });

  it('compacts: many updates of few objects end near the size of the objects', async function () {
    this.timeout(60_000);
    const loaded = await openJournal({ folder, sync: false, logger: silentLogger });
    const store = new Store({ journal: loaded.journal, parse: JSON.parse, print: JSON.stringify });
    store.restore(loaded.revision, loaded.entries, loaded.replayed);
    loaded.journal.attach(store);
    const object = (name: string, n: number): never =>
      ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'n' },
        data: { n: String(n), filler: 'x'.repeat(800) },
      }) as never;
    for (let round = 0; round < 30; round++) {
      await Promise.all(
        Array.from({ length: 1000 }, (_, i) => {
          const key = `n/o${i}`;
          return store.put('/configmaps', key, object(`o${i}`, round), store.latest('/configmaps', key)?.revision ?? 0);
        }),
      );
    }
    await store.close();
    let size = 0;
    for (const name of await readdir(folder)) size += (await stat(join(folder, name))).size;
    assert.ok(size <= 3 * store.liveBytes(), `${size} bytes on disk for ${store.liveBytes()} live`);
    const again = await openJournal({ folder, sync: false, logger: silentLogger });
    const reread = new Store({ journal: again.journal, parse: JSON.parse, print: JSON.stringify });
    reread.restore(again.revision, again.entries, again.replayed);
    assert.equal(reread.count('/configmaps'), 1000);
    assert.equal(reread.revision, store.revision);
    for (const entry of reread.list('/configmaps')) {
      assert.equal((reread.object(entry) as unknown as { data: { n: string } }).data.n, '29');
    }
    await reread.close();
  });
});
