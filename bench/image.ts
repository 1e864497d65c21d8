/**
 * Start to ready, and memory at idle, of operator and webhook as their images run them; sizes of images and of the rendered
 * install. Root on Linux, after `npm run image`.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { bytesOf } from '../scripts/image/root.ts';
import { IMAGES, inImage } from '../test/image/support/container.ts';
import { startPod } from '../test/install/support/pod.ts';
import { MANIFESTS, openInstallStage } from '../test/install/support/stage.ts';

const LATEST = join(MANIFESTS, 'release', 'latest.yaml');
const IDLE_MS = 15_000;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const stage = await openInstallStage();
await stage.run(`kubectl apply -f ${LATEST}`);
for (const name of ['operator', 'webhook']) {
  const times: number[] = [];
  let rss = '';
  for (let round = 0; round < 5; round++) {
    const pod = await startPod({
      deployment: `kubechain-${name}`,
      namespace: 'kubechain-system',
      shell: stage.shell,
      kubeConfig: stage.kubeConfig,
      args: [
        ...['--health-port=0', '--metrics-port=0', '--bind-address=127.0.0.1'],
        ...(name === 'webhook' ? ['--port=0', '--drain=0s'] : []),
      ],
      start: inImage('kubechain'),
    });
    times.push(pod.readyAfterMs);
    if (round === 4) {
      await setTimeout(IDLE_MS);
      const status = readFileSync(`/proc/${pod.pid}/status`, 'utf8');
      rss = ['VmRSS', 'RssAnon', 'RssFile']
        .map(
          (key) => `${key} ${Math.round(Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024)} MiB`,
        )
        .join(', ');
    }
    await pod.terminate();
  }
  const [median = 0] = times.toSorted((a, b) => a - b).slice(2);
  say(`${name}: start to ready ${Math.round(median)} ms (median of ${times.length}); idle: ${rss}`);
}
for (const image of ['kubechain', 'runner']) {
  say(`${image}: root ${Math.round(bytesOf(join(IMAGES, image, 'rootfs')) / 1e6)} MB`);
}
say(`manifests/release/latest.yaml: ${Math.round(statSync(LATEST).size / 1e3)} kB`);
await stage.shell(`kubectl delete --ignore-not-found -f ${LATEST}`);
await stage[Symbol.asyncDispose]();
