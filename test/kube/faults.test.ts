import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createInformer, createKubeClient, type Informer, systemClock } from '../../kube/index.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { createRecordingLogger } from '../support/logger.ts';
import {
  json,
  line,
  type ScriptedServer,
  startScriptedServer,
  status,
  until,
  WIDGETS,
  type Widget,
} from './scriptedServer.ts';
import { createWidgetApi } from './widgetApi.ts';

function informerOf(
  server: ScriptedServer,
  port: number,
  inactivityMs?: number,
): { informer: Informer<Widget> } & AsyncDisposable {
  const client = createKubeClient({ kubeConfig: server.kubeConfig({}, port), fieldManager: 'tester' });
  const informer = createInformer<Widget>({
    client,
    resource: WIDGETS,
    logger: createRecordingLogger(),
    clock: systemClock,
    backoffMs: 5,
    inactivityMs,
  });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  return {
    informer,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await client.close();
    },
  };
}

const versions = (objects: Iterable<Widget>): string[] =>
  [...objects].map((object) => `${object.metadata.name}@${object.metadata.resourceVersion}`).sort();

describe('an informer over a bad network', () => {
  it('survives its connections being reset, again and again', async () => {
    const api = createWidgetApi();
    await using server = await startScriptedServer(api.answer);
    await using proxy = await startFaultProxy(server.port);
    await using t = informerOf(server, proxy.port);
    await t.informer.synced();
    for (let round = 0; round < 8; round++) {
      await until(() => api.watchers > 0, 'the watch');
      api.put(`w${round}`);
      if (round % 2 === 0) proxy.reset();
      api.put('same', { round });
      if (round % 2 === 1) proxy.reset();
    }
    await until(
      () => versions(t.informer.store.list()).join() === versions(api.objects.values()).join(),
      'the server’s state',
    );
    assert.equal(t.informer.store.size, 9);
  });

  it('survives answers that are cut anywhere, in the middle of a line too', async () => {
    const api = createWidgetApi();
    await using server = await startScriptedServer(api.answer);
    await using proxy = await startFaultProxy(server.port);
    await using t = informerOf(server, proxy.port);
    await t.informer.synced();
    for (let bytes = 1; bytes < 600; bytes += 61) {
      await until(() => api.watchers > 0, 'the watch');
      proxy.cutAfter(bytes);
      api.put('a', { bytes });
      api.put('b', { bytes, text: 'ü'.repeat(100) });
    }
    await until(
      () => versions(t.informer.store.list()).join() === versions(api.objects.values()).join(),
      'the server’s state',
    );
  });

  it('notices a half-open connection by the silence, and goes on elsewhere without listing again', async () => {
    const api = createWidgetApi();
    api.put('a');
    await using server = await startScriptedServer(api.answer);
    await using proxy = await startFaultProxy(server.port);
    await using t = informerOf(server, proxy.port, 300);
    await until(() => api.watchers === 1, 'the watch');
    // Its answer has begun for the client too: until then it has as long as any request.
    api.put('b');
    await until(() => t.informer.store.size === 2, 'the first event');
    proxy.freeze();
    api.put('c');
    await new Promise((resolve) => setTimeout(resolve, 10));
    proxy.thawNew();
    assert.equal(t.informer.store.size, 2, 'nothing passed');
    await until(() => t.informer.store.size === 3, 'the event that got lost');
    assert.equal(server.requests.filter((request) => request.query.get('watch') === null).length, 1);
  });

  it('survives the server being away, and catches up when it is back on its port', async () => {
    const api = createWidgetApi();
    api.put('a');
    const server = await startScriptedServer(api.answer);
    await using t = informerOf(server, server.port);
    await until(() => api.watchers === 1, 'the watch');
    await server[Symbol.asyncDispose]();
    api.put('b');
    api.remove('a');
    await new Promise((resolve) => setTimeout(resolve, 60));
    const again = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      api.answer({ method: 'GET', path: url.pathname, query: url.searchParams, headers: {}, body: '' }, response);
    });
    await new Promise<void>((resolve) => {
      again.listen(server.port, '127.0.0.1', resolve);
    });
    try {
      await until(() => versions(t.informer.store.list()).join() === 'b@102', 'the new state');
    } finally {
      again.closeAllConnections();
      again.close();
    }
  });

  it('waits as long as a busy server asks, for lists and watches', async () => {
    const at: number[] = [];
    const api = createWidgetApi();
    await using server = await startScriptedServer((request, response) => {
      at.push(performance.now());
      if (request.query.get('watch') !== null && at.length === 2)
        return json(response, 429, status(429, 'TooManyRequests', 'busy'), { 'retry-after': '1' });
      return api.answer(request, response);
    });
    await using t = informerOf(server, server.port);
    await until(() => api.watchers === 1, 'the watch');
    assert((at[2] ?? 0) - (at[1] ?? 0) >= 990, `${(at[2] ?? 0) - (at[1] ?? 0)} ms`);
    assert(t.informer.hasSynced());
    assert.equal(
      server.requests.filter((request) => request.query.get('watch') === null).length,
      1,
      'a busy watch is no reason to list',
    );
  });

  it('works on a slow network as on a fast one', async () => {
    const api = createWidgetApi();
    for (let i = 0; i < 250; i++) api.put(`w${i}`);
    await using server = await startScriptedServer(api.answer);
    await using proxy = await startFaultProxy(server.port);
    proxy.delay(40);
    await using t = informerOf(server, proxy.port);
    await t.informer.synced();
    await until(() => api.watchers === 1, 'the watch');
    for (let i = 0; i < 50; i++) api.put('w0', { i });
    await until(() => t.informer.store.get('default/w0')?.spec?.i === 49, 'the last event');
  });

  it('keeps the order of a flood of events', async () => {
    const count = 20_000;
    await using server = await startScriptedServer((request, response) => {
      if (request.query.get('watch') === null)
        return json(response, 200, { metadata: { resourceVersion: '1' }, items: [] });
      response.writeHead(200);
      const flood = Array.from({ length: count }, (_, i) =>
        line(i === 0 ? 'ADDED' : 'MODIFIED', {
          metadata: { name: 'a', namespace: 'n', uid: 'u', resourceVersion: String(i + 2) },
          spec: { i },
        }),
      );
      return response.write(flood.join(''));
    });
    const client = server.client();
    const informer = createInformer<Widget>({
      client,
      resource: WIDGETS,
      logger: createRecordingLogger(),
      clock: systemClock,
    });
    let next = 1;
    let outOfOrder = 0;
    informer.on({
      update: (_, object) => {
        if (object.spec?.i !== next++) outOfOrder++;
      },
    });
    const stop = new AbortController();
    const running = informer.run(stop.signal);
    await until(() => next === count, 'all events');
    stop.abort();
    await running;
    assert.equal(outOfOrder, 0);
  });
});
