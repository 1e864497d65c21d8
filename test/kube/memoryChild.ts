import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createInformer, createKubeClient, systemClock } from '../../kube/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { WIDGETS, type Widget } from './scriptedServer.ts';

/** Server (in a process of its own) and informer of the memory test; prints what the informer's process holds. */
const COUNT = 10_000;
const BIG = 64 * 1024;

if (process.argv[2] === 'server') {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    response.writeHead(200, { 'content-type': 'application/json' });
    if (url.searchParams.has('watch')) {
      response.flushHeaders();
      return;
    }
    const from = Number(url.searchParams.get('continue') ?? 0);
    const to = Math.min(COUNT, from + Number(url.searchParams.get('limit')));
    const items = Array.from({ length: to - from }, (_, i) => ({
      metadata: {
        name: `run-${from + i}`,
        namespace: 'default',
        uid: `uid-${from + i}`,
        resourceVersion: String(from + i + 1),
      },
      status: { phase: 'FinalAnswer', output: `answer ${from + i} `.repeat(10).padEnd(BIG, 'é') },
    }));
    response.end(
      JSON.stringify({
        metadata: { resourceVersion: String(COUNT + 1), ...(to < COUNT && { continue: String(to) }) },
        items,
      }),
    );
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as { port: number }).port}\n`));
} else {
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'server'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (bytes) => resolve(String(bytes).trim())),
  );
  const kubeConfig = {
    context: 't',
    source: 't',
    namespace: 'default',
    cluster: { name: 't', server: `http://127.0.0.1:${port}`, skipTlsVerify: false },
    user: { name: 't' },
  };
  const client = createKubeClient({ kubeConfig, fieldManager: 't' });
  globalThis.gc?.();
  const before = process.memoryUsage();
  let peak = before.rss;
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  const informer = createInformer<Widget>({
    client,
    resource: WIDGETS,
    logger: createRecordingLogger(),
    clock: systemClock,
    transform(object) {
      // A slice of a string is a view of the whole in V8: kept as it is, it would hold all 64 KiB.
      const output = String(object.status?.output);
      return { ...object, status: { phase: object.status?.phase, preview: output.slice(0, 50) } };
    },
  });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  await informer.synced();
  clearInterval(sampling);
  globalThis.gc?.();
  const after = process.memoryUsage();
  const held = after.heapUsed + after.external - before.heapUsed - before.external;
  process.stdout.write(
    JSON.stringify({ objects: informer.store.size, heldMiB: held / 2 ** 20, peakMiB: peak / 2 ** 20 }),
  );
  stop.abort();
  await running;
  await client.close();
  child.kill();
}
