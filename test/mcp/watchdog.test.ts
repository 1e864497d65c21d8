import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { McpServerSpec } from '../../controller/mcp/index.ts';
import { eventually, hostile, isAlive, pidsIn, temporaryDirectory } from './harness.ts';

const OPERATOR = fileURLToPath(new URL('./servers/operator.ts', import.meta.url));
const require = createRequire(import.meta.url);

interface Process {
  pid: number;
  parent: number;
  command: string;
  environment: string;
}

/** All processes that can be read, as /proc tells. */
function processes(): Process[] {
  return readdirSync('/proc').flatMap((entry) => {
    try {
      if (!/^\d+$/.test(entry)) return [];
      const parent = Number(
        readFileSync(`/proc/${entry}/stat`, 'utf8')
          .replace(/^.*\) . /s, '')
          .split(' ')[0],
      );
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return [{ pid: Number(entry), parent, command, environment: readFileSync(`/proc/${entry}/environ`, 'utf8') }];
    } catch {
      return [];
    }
  });
}

/** Not those of other files' operators, which run at the same time. */
function descendantsOf({ pid }: ChildProcess): Process[] {
  const all = processes();
  const below = (parent: number | undefined): Process[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)]);
  return below(pid);
}

describe('the end of MCP servers’ processes', function () {
  if (process.platform !== 'linux') return;
  this.slow(5000);
  const directory = temporaryDirectory();
  const operators: ChildProcess[] = [];
  after(() => {
    for (const operator of operators) operator.kill('SIGKILL');
    directory.remove();
  });

  /** An operator whose servers are all ready. */
  async function operatorWith(specs: McpServerSpec[]): Promise<ChildProcess> {
    const operator = spawn(process.execPath, [OPERATOR, ...specs.map((spec) => JSON.stringify(spec))], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    operators.push(operator);
    const ready = new Set<string>();
    for await (const line of createInterface({ input: operator.stdout! })) {
      const [key = '', kind, ...error] = line.split(' ');
      assert.notEqual(kind, 'backoff', error.join(' '));
      if (kind === 'ready') ready.add(key);
      if (ready.size === specs.length) break;
    }
    return operator;
  }

  const watchdogOf = (operator: ChildProcess): Process | undefined =>
    processes().find(({ parent, command }) => parent === operator.pid && command.startsWith('/bin/sh -c'));

  it('comes within 2 s after SIGKILL of their operator, for the stubborn, and for those that left their group', async () => {
    const files = ['a', 'b'].map((name) => directory.file(name));
    const operator = await operatorWith(files.map((file) => hostile('stubborn', file)));
    const pids = (await Promise.all(files.map((file) => pidsIn(file, 3)))).flat();
    assert.equal(pids.filter(isAlive).length, 6);
    operator.kill('SIGKILL');
    await eventually('all servers gone', () => !pids.some(isAlive), 2000);
  });

  it('comes when the whole process group of the operator is killed', async () => {
    const file = directory.file('group');
    const operator = await operatorWith([hostile('stubborn', file)]);
    const pids = await pidsIn(file, 3);
    process.kill(-operator.pid!, 'SIGKILL');
    await eventually('all servers gone', () => !pids.some(isAlive), 2000);
  });

  it('comes for the grandchildren of npx', async () => {
    const args = ['--offline', 'mcp-server-everything', 'stdio'];
    const operator = await operatorWith([{ transport: 'stdio', command: 'npx', args }]);
    const mine = descendantsOf(operator).filter(({ command }) => /server-everything/.test(command));
    assert(mine.length >= 2, `npx and its server: ${mine.map(({ command }) => command).join('; ')}`);
    operator.kill('SIGKILL');
    await eventually('npx and its server gone', () => !mine.some(({ pid }) => isAlive(pid)), 2000);
  });

  it('leaves the watchdog gone as well, which took little room', async () => {
    const operator = await operatorWith([hostile('good')]);
    const watchdog = watchdogOf(operator);
    assert(watchdog !== undefined);
    const pages = Number(readFileSync(`/proc/${watchdog.pid}/statm`, 'utf8').split(' ')[1]);
    assert(pages * 4096 < 8 * 1024 * 1024, `${pages} pages`);
    operator.kill('SIGKILL');
    await eventually('the watchdog gone', () => !isAlive(watchdog.pid), 3000);
  });

  it('comes although the watchdog was killed before, since there is another', async () => {
    const file = directory.file('twice');
    const operator = await operatorWith([hostile('stubborn', file)]);
    const pids = await pidsIn(file, 3);
    const first = watchdogOf(operator);
    process.kill(first!.pid, 'SIGKILL');
    await eventually('another watchdog', () => ![undefined, first!.pid].includes(watchdogOf(operator)?.pid), 5000);
    operator.kill('SIGKILL');
    await eventually('all servers gone', () => !pids.some(isAlive), 2000);
  });

  it('is in good order when the pool is closed: nothing is left, the watchdog neither', async () => {
    const file = directory.file('closed');
    const operator = await operatorWith([hostile('stubborn', file)]);
    const pids = await pidsIn(file, 3);
    const watchdog = watchdogOf(operator);
    const lines = createInterface({ input: operator.stdout! });
    operator.kill('SIGUSR2');
    for await (const line of lines) if (line === 'closed') break;
    assert.deepEqual([...pids, watchdog!.pid].filter(isAlive), []);
  });

  it('touches no process of another operator', async () => {
    const files = [directory.file('mine'), directory.file('theirs')] as const;
    const mine = await operatorWith([hostile('stubborn', files[0])]);
    const theirs = await operatorWith([hostile('stubborn', files[1])]);
    const [gone, kept] = [await pidsIn(files[0], 3), await pidsIn(files[1], 3)];
    mine.kill('SIGKILL');
    await eventually('the servers gone', () => !gone.some(isAlive), 2000);
    assert.equal(kept.filter(isAlive).length, 3);
    theirs.kill('SIGKILL');
    await eventually('the others gone', () => !kept.some(isAlive), 2000);
  });

  it('a server that is not stubborn ends by itself when its operator is killed', async () => {
    const everything = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');
    const operator = await operatorWith([
      { transport: 'stdio', command: process.execPath, args: [everything, 'stdio'] },
    ]);
    const server = processes().find(({ parent, command }) => parent === operator.pid && command.includes('everything'));
    operator.kill('SIGKILL');
    await eventually('the server gone', () => !isAlive(server!.pid), 2000);
  });
});
