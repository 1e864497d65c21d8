import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { type Answer, connect, send } from '../conformance/harness.ts';

const PROGRAM = join(import.meta.dirname, '..', 'storage.server.ts');
const PATH = '/api/v1/namespaces/default/configmaps';

/** A call of fdatasync on the log, as strace saw it: seconds since the epoch. */
interface Sync {
  readonly from: number;
  readonly to: number;
}

/** What strace wrote of the log: calls that another thread's line cut in two are put together by their process. */
function syncsOf(trace: string): Sync[] {
  const begun = new Map<string, number>();
  const syncs: Sync[] = [];
  for (const line of trace.split('\n')) {
    const [, pid = '', time = '', rest = ''] = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line) ?? [];
    const took = Number(/ = 0(?: \(\w+\))? <([\d.]+)>$/.exec(rest)?.[1]);
    if (/^fdatasync\(\d+<[^>]*\/log-\d+>/.test(rest)) begun.set(pid, Number(time));
    const from = begun.get(pid);
    if (from === undefined || Number.isNaN(took) || !/fdatasync/.test(rest)) continue;
    syncs.push({ from, to: from + took });
    begun.delete(pid);
  }
  return syncs;
}

/** The system calls of the server, seen and spoilt by strace. */
describe('no answer precedes its fsync', function () {
  this.timeout(60_000);
  const agent = new Agent({ keepAlive: true });
  let folder: string;
  let server: ChildProcess | undefined;

  before(function () {
    try {
      execFileSync('strace', ['-V'], { stdio: 'ignore' });
      execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    } catch {
      process.stderr.write('skipped: no strace, or it may not trace here (Debian: apt-get install strace)\n');
      this.skip();
    }
  });
  after(() => agent.destroy());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubechain-fsync-'));
  });
  afterEach(async () => {
    if (server !== undefined) await end(server);
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    // The group: strace, and what it traces.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await gone;
  }

  async function start(...inject: readonly string[]): Promise<void> {
    const flags = ['-f', '-y', '-ttt', '-T', '-e', 'trace=fdatasync', '-e', 'signal=none', ...inject];
    const child = spawn(
      'strace',
      [...flags, '-o', join(folder, 'trace'), process.execPath, PROGRAM, join(folder, 'data')],
      { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
    );
    server = child;
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
    ]);
  }

  const create = (name: string): Promise<Answer> =>
    send(
      connect(join(folder, 'data', 'kubeconfig')),
      { path: PATH, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } },
      agent,
    );

  it('a disk that takes its time holds up the answers of writes: each comes after a sync that began after its request', async () => {
    await start('-e', 'inject=fdatasync:delay_enter=50000');
    const answered: { readonly sent: number; readonly received: number }[] = [];
    const now = () => (performance.timeOrigin + performance.now()) / 1000;
    const writer = async (lane: string) => {
      for (let index = 0; index < 8; index += 1) {
        const sent = now();
        const { code } = await create(`${lane}-${index}`);
        assert.equal(code, 201);
        answered.push({ sent, received: now() });
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(writer));
    if (server !== undefined) await end(server);
    const syncs = syncsOf(readFileSync(join(folder, 'trace'), 'utf8'));
    // The clocks of strace and of this process are the same, but not read at the same moment.
    const slack = 0.002;
    const early = answered.filter(
      ({ sent, received }) => !syncs.some(({ from, to }) => from >= sent - slack && to <= received + slack),
    );
    assert.deepEqual(early, []);
    assert.ok(syncs.length >= 8 && syncs.every(({ from, to }) => to - from >= 0.05), `${syncs.length} syncs`);
  });

  it('a disk that fails acknowledges nothing more', async () => {
    await start('-e', 'inject=fdatasync:error=EIO:when=30+');
    let refused: Answer | undefined;
    const kept: string[] = [];
    for (let index = 0; refused === undefined; index += 1) {
      const answer = await create(`m${index}`);
      if (answer.code === 201) kept.push(`m${index}`);
      else refused = answer;
      assert.ok(index < 100);
    }
    assert.equal(refused.code, 500);
    assert.match(JSON.stringify(refused.body), /state could not be written/);
    assert.equal((await create('later')).code, 500);
    if (server !== undefined) await end(server);
    await start();
    for (const name of kept) {
      const answer = await send(connect(join(folder, 'data', 'kubeconfig')), { path: `${PATH}/${name}` }, agent);
      assert.equal(answer.code, 200, name);
    }
  });
});
