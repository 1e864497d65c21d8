/**
 * Start to ready, and memory at idle, of operator and webhook, of the bridge of an MCP server and of the proxy to its hosts, as their
 * images run them; sizes of images and of the rendered install. Root on Linux, after `npm run image`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { bytesOf } from '../scripts/image/root.ts';
import { IMAGES, inImage, whyNoImages } from '../test/image/support/container.ts';
import type { Start } from '../test/install/support/pod.ts';
import { startPod } from '../test/install/support/pod.ts';
import { MANIFESTS, openInstallStage } from '../test/install/support/stage.ts';
import { createMemoryGroup, type MemoryGroup } from './support/cgroup.ts';

const LATEST = join(MANIFESTS, 'release', 'latest.yaml');
const ROUNDS = 5;
const IDLE_MS = 15_000;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const why = whyNoImages();
if (why !== undefined) {
  process.stderr.write(`bench/image.ts: ${why}\n`);
  process.exit(1);
}

/** A process of an image that has got ready. */
interface Started {
  readonly pid: number;
  readonly readyAfterMs: number;
  terminate(): Promise<unknown>;
}

/** Starts it five times for the time, and once more to let it idle. */
async function measure(name: string, start: (within: (start: Start) => Start) => Promise<Started>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = await start((as) => as);
    times.push(started.readyAfterMs);
    await started.terminate();
  }
  forgetFiles();
  using group = createMemoryGroup(name);
  const last = await start((as) => within(group, as));
  await setTimeout(IDLE_MS);
  const status = readFileSync(`/proc/${last.pid}/status`, 'utf8');
  const inMiB = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;
  const memory = ['VmRSS', 'RssAnon', 'RssFile'].map(
    (key) => `${key} ${inMiB(1024 * Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1]))}`,
  );
  if (group !== undefined) memory.unshift(`working set ${inMiB(group.workingSet())}`);
  await last.terminate();
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  say(`${name}: start to ready ${Math.round(median)} ms (median of ${times.length}); idle: ${memory.join(', ')}`);
}

/** The first Pod on a node is charged for the pages of its files: so is this one. */
function forgetFiles(): void {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3');
  } catch {
    say('  (pages of files are in memory already, and charged to nobody)');
  }
}

const within =
  (group: MemoryGroup | undefined, start: Start): Start =>
  (container) => {
    const started = start(container);
    return group === undefined ? started : { ...started, ...group.wrap(started.command, started.args) };
  };

/** A container of the runner image, ready when `/readyz` of the address in its log says so. */
async function startRunner(args: readonly string[], as: (start: Start) => Start): Promise<Started> {
  const {
    command,
    args: all,
    env,
  } = as(inImage('runner'))({ args, env: {}, serviceAccount: tmpdir(), user: 65532, group: 65532 });
  const started = performance.now();
  const child = spawn(command, all, { env, stdio: ['ignore', 'inherit', 'pipe'] });
  const ended = once(child, 'close');
  let log = '';
  for await (const part of child.stderr.setEncoding('utf8')) {
    log += part;
    if (log.includes('started')) break;
  }
  const url = /"url":"(http:[^"]+)"/.exec(log)?.[1];
  if (url === undefined) throw new Error(log);
  while ((await fetch(new URL('/readyz', url)).catch(() => undefined))?.status !== 200) await setTimeout(5);
  return {
    pid: child.pid ?? 0,
    readyAfterMs: performance.now() - started,
    terminate() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

const stage = await openInstallStage();
await stage.run(`kubectl apply -f ${LATEST}`);
for (const name of ['operator', 'webhook']) {
  await measure(name, (as) =>
    startPod({
      deployment: `kubechain-${name}`,
      namespace: 'kubechain-system',
      shell: stage.shell,
      kubeConfig: stage.kubeConfig,
      args: [
        ...['--health-port=0', '--metrics-port=0', '--bind-address=127.0.0.1'],
        ...(name === 'webhook' ? ['--port=0', '--drain=0s'] : []),
      ],
      start: as(inImage('kubechain')),
    }),
  );
}
await stage.shell(`kubectl delete --ignore-not-found -f ${LATEST}`);
await stage[Symbol.asyncDispose]();

const runner = ['--log-format=json', '--host=127.0.0.1', '--port=0'];
await measure('mcp-bridge', (as) =>
  startRunner(['mcp-bridge', ...runner, `--token-sha256=${'0'.repeat(64)}`, '--', 'sleep', '60'], as),
);
await measure('egress-proxy', (as) => startRunner(['egress-proxy', ...runner, '--allow=example.com:443'], as));

for (const image of ['kubechain', 'runner']) {
  say(`${image}: root ${Math.round(bytesOf(join(IMAGES, image, 'rootfs')) / 1e6)} MB`);
}
say(`manifests/release/latest.yaml: ${Math.round(statSync(LATEST).size / 1e3)} kB`);
