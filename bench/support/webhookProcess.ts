/** The admission webhooks as they are shipped, in a process of their own: `node bench/support/webhookProcess.ts OPTIONS`, by `startWebhookProcess`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { KubeObject } from '../../kube/index.ts';
import { createKubeClient, loadKubeConfig, systemClock } from '../../kube/index.ts';
import { createAuthority, issueServingCertificate } from '../../webhooks/certificates/x509.ts';
import {
  createWebhook,
  mutatingConfigurations,
  validatingConfigurations,
  webhookConfigurations,
} from '../../webhooks/index.ts';
import { noMetrics } from '../../webhooks/metrics.ts';
import { silent } from './stage.ts';
import type { Answer, Question, WebhookProcessOptions } from './webhooks.ts';

const options = JSON.parse(process.argv[2] ?? '') as WebhookProcessOptions;
const HOST = '127.0.0.1';
const { namespace } = options;

const client = createKubeClient({
  kubeConfig: loadKubeConfig({ path: options.kubeconfig, env: {} }),
  fieldManager: 'bench',
});
const authority = createAuthority('bench', { notBefore: Date.now() - 60_000, notAfter: Date.now() + 86_400_000 });
const [certFile, keyFile] = [join(options.folder, 'tls.crt'), join(options.folder, 'tls.key')];
let rotations = 0;
function writeCertificate(): void {
  const pair = issueServingCertificate(authority, [HOST], {
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3_600_000,
  });
  // One after the other, as a program that renews them writes them.
  writeFileSync(certFile, pair.cert);
  writeFileSync(keyFile, pair.key);
  rotations += 1;
}
writeCertificate();

let handlerMs: number[] = [];
const webhook = createWebhook({
  client,
  clock: systemClock,
  logger: silent,
  host: HOST,
  port: 0,
  certificate: { kind: 'files', certFile, keyFile, pollMs: 1_000 },
  approvalKey: { namespace, name: 'bench-approval-key' },
  operators: [options.operator],
  metrics: {
    ...noMetrics,
    reviewed: (_review, seconds) => void handlerMs.push(seconds * 1000),
    observe: () => undefined,
  },
});
const stop = new AbortController();
const running = webhook.run(stop.signal);
const { port } = await webhook.started;
if (options.register) {
  const configurations = webhookConfigurations({
    reach: { url: `https://${HOST}:${port}` },
    caBundle: authority.cert,
    operators: [options.operator],
    name: namespace,
  });
  await client.create(mutatingConfigurations, configurations.mutating as unknown as KubeObject);
  await client.create(validatingConfigurations, configurations.validating as unknown as KubeObject);
}

const lag = monitorEventLoopDelay({ resolution: 1 });
// It wakes the process a thousand times a second, which beside runs would be counted as a tenth of what webhooks cost.
if (!options.register) lag.enable();
let before = process.cpuUsage();
let rotation: NodeJS.Timeout | undefined;
process.on('message', ({ kind, rotateMs }: Question) => {
  if (kind === 'stop') {
    clearInterval(rotation);
    stop.abort();
    return;
  }
  if (rotateMs !== undefined) rotation ??= setInterval(writeCertificate, rotateMs);
  const { user, system } = process.cpuUsage(before);
  globalThis.gc?.();
  process.send?.({
    cpuSeconds: (user + system) / 1e6,
    handlerMs,
    lagMs: lag.percentile(99) / 1e6,
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
    rotations,
  } satisfies Answer);
  handlerMs = [];
  lag.reset();
  before = process.cpuUsage();
});
process.send?.({ port, ca: authority.cert });
await running;
if (options.register) {
  await client.delete(mutatingConfigurations, { name: namespace });
  await client.delete(validatingConfigurations, { name: namespace });
}
await client.close();
process.disconnect?.();
