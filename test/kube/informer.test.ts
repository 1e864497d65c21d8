import assert from 'node:assert/strict';
import {
  createInformer,
  type Informer,
  type InformerOptions,
  type KubeClient,
  systemClock,
  unfilledCaches,
} from '../../kube/index.ts';
import { createRecordingLogger, type RecordingLogger } from '../support/logger.ts';
import {
  json,
  line,
  type ScriptedServer,
  startScriptedServer,
  status,
  until,
  WIDGETS,
  type Widget,
  widget,
  widgetList,
} from './scriptedServer.ts';
import { createWidgetApi, type WidgetApi } from './widgetApi.ts';

interface Setup extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly api: WidgetApi;
  readonly client: KubeClient;
  readonly informer: Informer<Widget>;
  readonly seen: string[];
  readonly logger: RecordingLogger;
  readonly stop: AbortController;
}

/** An informer on a scripted server over real sockets, with what it told its handler. */
async function setUp(
  options: Partial<InformerOptions<Widget>> = {},
  fill: (api: WidgetApi) => void = () => undefined,
): Promise<Setup> {
  const api = createWidgetApi();
  fill(api);
  const server = await startScriptedServer(api.answer);
  const client = server.client();
  const logger = createRecordingLogger();
  const informer = createInformer<Widget>({
    client,
    resource: WIDGETS,
    logger,
    clock: systemClock,
    backoffMs: 5,
    ...options,
  });
  const seen: string[] = [];
  informer.on({
    add: (object) => seen.push(`+${object.metadata.name}`),
    update: (old, object) =>
      seen.push(`~${object.metadata.name} ${old.metadata.resourceVersion}→${object.metadata.resourceVersion}`),
    delete: (last) => seen.push(`-${last.metadata.name}`),
  });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  return {
    server,
    api,
    client,
    informer,
    seen,
    logger,
    stop,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await server[Symbol.asyncDispose]();
    },
  };
}

const names = (informer: Informer<Widget>): string[] =>
  informer.store
    .list()
    .map((object) => object.metadata.name ?? '')
    .sort();

describe('an informer', () => {
  it('knows what was there, and hears what changes', async () => {
    await using t = await setUp({}, (api) => api.put('a'));
    assert.equal(t.informer.hasSynced(), false);
    await t.informer.synced();
    assert.deepEqual(t.seen, ['+a']);
    await until(() => t.api.watchers === 1, 'the watch');
    t.api.put('b');
    t.api.put('a', { x: 1 });
    t.api.remove('b');
    await until(() => t.seen.length === 4, 'the events');
    assert.deepEqual(t.seen, ['+a', '+b', '~a 101→103', '-b']);
    assert.deepEqual(t.informer.store.get('default/a')?.spec, { x: 1 });
    assert.equal(t.informer.store.size, 1);
  });

  it('lists 5,000 objects by pages', async () => {
    await using t = await setUp({}, (api) => {
      for (let i = 0; i < 5000; i++) api.put(`w${i}`);
    });
    await t.informer.synced();
    assert.equal(t.informer.store.size, 5000);
    const lists = t.server.requests.filter((request) => request.query.get('watch') === null);
    assert(lists.length >= 10, `${lists.length} pages`);
    assert(lists.every((request) => Number(request.query.get('limit')) <= 500));
  });

  it('makes the pages of big objects small', async () => {
    const big = 'x'.repeat(100_000);
    await using t = await setUp({ transform: (object) => ({ ...object, spec: {} }) }, (api) => {
      for (let i = 0; i < 250; i++) api.put(`w${i}`, { big });
    });
    await t.informer.synced();
    const limits = t.server.requests
      .filter((request) => request.query.get('watch') === null)
      .map((request) => Number(request.query.get('limit')));
    assert(limits.length > 3 && limits.slice(1).every((limit) => limit * big.length < 5 * 1024 * 1024), String(limits));
    assert.equal(t.informer.store.size, 250);
  });

  it('tells a handler that comes late what is there, and nothing to one that left', async () => {
    await using t = await setUp({}, (api) => api.put('a'));
    await t.informer.synced();
    const late: string[] = [];
    const leave = t.informer.on({ add: (object) => late.push(object.metadata.name ?? '') });
    assert.deepEqual(late, ['a']);
    leave();
    await until(() => t.api.watchers === 1, 'the watch');
    t.api.put('b');
    await until(() => t.seen.includes('+b'), 'the event');
    assert.deepEqual(late, ['a']);
  });

  it('goes on from where it was when a watch ends', async () => {
    await using t = await setUp({}, (api) => api.put('a'));
    await until(() => t.api.watchers === 1, 'the watch');
    t.api.put('b');
    await until(() => t.seen.length === 2, 'the event');
    t.api.endWatches();
    t.api.put('c');
    await until(() => t.seen.length === 3, 'the event of the gap');
    const watches = t.server.requests.filter((request) => request.query.get('watch') !== null);
    assert.deepEqual(
      watches.map((request) => request.query.get('resourceVersion')),
      ['101', '102'],
    );
    for (const request of watches) {
      const seconds = Number(request.query.get('timeoutSeconds'));
      assert(seconds >= 300 && seconds <= 600, `timeoutSeconds ${seconds}`);
    }
    assert.equal(t.server.requests.length - watches.length, 1, 'no second list');
  });

  it('keeps up by bookmarks where nothing happens', async () => {
    await using t = await setUp();
    await until(() => t.api.watchers === 1, 'the watch');
    t.api.compact();
    t.api.bookmark();
    t.api.put('a');
    await until(() => t.seen.length === 1, 'the event');
    t.api.endWatches();
    await until(() => t.server.requests.length === 3, 'the next watch');
    assert.equal(t.server.requests[2]?.query.get('resourceVersion'), '102');
  });

  describe('when its version is too old', () => {
    const cases: [string, (t: Setup) => void][] = [
      ['by an ERROR event', (t) => t.api.expireWatches()],
      ['by the status of the next watch', (t) => t.api.endWatches()],
    ];
    for (const [how, expire] of cases) {
      it(`${how}, lists again and reports what it missed, a changed UID too`, async () => {
        await using t = await setUp({}, (api) => {
          for (const name of ['same', 'changed', 'removed', 'replaced']) api.put(name);
        });
        await until(() => t.api.watchers === 1, 'the watch');
        const held = t.informer.store.get('default/same');
        t.server.answer((request, response) =>
          request.query.get('watch') === null
            ? t.api.answer(request, response)
            : json(response, 503, status(503, 'ServiceUnavailable', 'not now')),
        );
        // The watch is cut off; what happens now is never told.
        t.api.endWatches();
        await until(() => t.api.watchers === 0, 'the end of the watch');
        t.seen.length = 0;
        t.api.put('changed', { x: 1 });
        t.api.remove('removed');
        t.api.remove('replaced');
        t.api.put('replaced');
        t.api.put('new');
        t.api.compact();
        t.server.answer((request, response) =>
          request.query.get('watch') !== null &&
          how.includes('ERROR') &&
          Number(request.query.get('resourceVersion')) < t.api.version
            ? response.end(line('ERROR', status(410, 'Expired', 'too old')))
            : t.api.answer(request, response),
        );
        expire(t);
        await until(() => t.seen.length >= 5, 'the differences');
        assert.deepEqual([...t.seen].sort(), ['+new', '+replaced', '-removed', '-replaced', '~changed 102→105']);
        assert(t.seen.indexOf('-replaced') < t.seen.indexOf('+replaced'));
        assert.equal(t.informer.store.get('default/same'), held, 'what did not change is the same object');
        assert.deepEqual(names(t.informer), ['changed', 'new', 'replaced', 'same']);
      });
    }

    it('between two pages of a list, starts that list again', async () => {
      await using t = await setUp({ pageSize: 10 }, (api) => {
        for (let i = 0; i < 35; i++) api.put(`w${i}`);
        const { answer } = api;
        let pages = 0;
        Object.assign(api, {
          answer: (...args: Parameters<typeof answer>) => {
            if (args[0].query.get('continue') !== null && ++pages === 2) api.compact();
            return answer(...args);
          },
        });
      });
      await t.informer.synced();
      assert.equal(t.informer.store.size, 35);
    });

    it('always, between pages, reads the list in one', async () => {
      await using t = await setUp({ pageSize: 10 }, (api) => {
        for (let i = 0; i < 35; i++) api.put(`w${i}`);
        const { answer } = api;
        Object.assign(api, {
          answer: (...args: Parameters<typeof answer>) => {
            if (args[0].query.get('continue') !== null) api.compact();
            return answer(...args);
          },
        });
      });
      await t.informer.synced();
      assert.equal(t.informer.store.size, 35);
      const lists = t.server.requests.filter((request) => request.query.get('watch') === null);
      assert.equal(lists.at(-1)?.query.get('limit'), null);
    });

    it('at every watch, backs off instead of hammering', async () => {
      await using server = await startScriptedServer((request, response) =>
        request.query.get('watch') === null
          ? json(response, 200, widgetList([widget('a', 5)], 5))
          : json(response, 410, status(410, 'Expired', 'too old')),
      );
      const stop = new AbortController();
      const informer = createInformer<Widget>({
        client: server.client(),
        resource: WIDGETS,
        logger: createRecordingLogger(),
        clock: systemClock,
        backoffMs: 20,
      });
      const started = performance.now();
      const running = informer.run(stop.signal);
      await until(() => server.requests.length >= 12, 'six lists and watches');
      stop.abort();
      await running;
      // Five waits, of which each is at least half of 20, 40, 80, 160 and 320 ms.
      assert(performance.now() - started >= 300, `${performance.now() - started} ms`);
    });
  });

  it('says which kind the server does not serve, and goes on once it does', async () => {
    const api = createWidgetApi();
    api.put('a');
    let served = false;
    await using server = await startScriptedServer((request, response) => {
      if (served) return api.answer(request, response);
      response.writeHead(404).end('404 page not found\n');
      return undefined;
    });
    const logger = createRecordingLogger();
    const stop = new AbortController();
    const informer = createInformer<Widget>({
      client: server.client(),
      resource: WIDGETS,
      logger,
      clock: systemClock,
      backoffMs: 5,
    });
    const running = informer.run(stop.signal);
    await until(() => logger.entries.length > 0, 'a line of the log');
    assert.match(
      String(logger.entries[0]?.fields.error),
      /does not serve widgets\.test\.example\/v1: is its CustomResourceDefinition installed/,
    );
    assert.deepEqual(unfilledCaches([informer]), ['caches are not filled yet: widgets']);
    served = true;
    await informer.synced();
    assert.deepEqual(unfilledCaches([informer]), []);
    stop.abort();
    await running;
  });

  it('backs off from watches that end at once', async () => {
    await using server = await startScriptedServer((request, response) =>
      request.query.get('watch') === null ? json(response, 200, widgetList([], 5)) : response.end(),
    );
    const stop = new AbortController();
    const running = createInformer<Widget>({
      client: server.client(),
      resource: WIDGETS,
      logger: createRecordingLogger(),
      clock: systemClock,
      backoffMs: 20,
    }).run(stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 400));
    stop.abort();
    await running;
    assert(server.requests.length <= 9, `${server.requests.length} requests`);
  });

  it('begins anew when the server comes back with older data', async () => {
    await using t = await setUp({}, (api) => api.put('lost'));
    await until(() => t.api.watchers === 1, 'the watch');
    const restored = widgetList([widget('kept', 7)], 8);
    t.server.answer((request, response) =>
      request.query.get('watch') === null
        ? json(response, 200, restored)
        : response.write(line('BOOKMARK', { metadata: { resourceVersion: '8' } })),
    );
    t.api.endWatches();
    await until(() => names(t.informer).join() === 'kept', 'the restored data');
    assert.deepEqual([...t.seen].sort(), ['+kept', '+lost', '-lost']);
  });

  it('outlives handlers, transforms and index functions that throw', async () => {
    const fail = (): never => {
      throw new Error('handler bug');
    };
    await using t = await setUp({
      transform: (object) => (object.metadata.name === 'odd' ? fail() : object),
      indexers: { size: (object) => [String((object.spec as { size: { n: number } }).size.n)] },
    });
    t.informer.on({ add: fail, update: fail, delete: fail });
    t.informer.on({ add: async () => fail() });
    await until(() => t.api.watchers === 1, 'the watch');
    t.api.put('odd');
    t.api.put('a', { size: { n: 1 } });
    t.api.put('a', { size: { n: 2 } });
    t.api.remove('odd');
    t.api.put('b', { size: { n: 2 } });
    await until(() => t.seen.includes('+b'), 'the last event');
    assert.deepEqual(names(t.informer), ['a', 'b']);
    assert.deepEqual(t.informer.store.byIndex('size', '2').length, 2);
    assert(t.logger.entries.filter((entry) => entry.message.includes('handler threw')).length >= 7);
  });

  it('finds by index, and loses what moved away', async () => {
    await using t = await setUp({ indexers: { color: (object) => [String(object.spec?.color)] } });
    await until(() => t.api.watchers === 1, 'the watch');
    t.api.put('a', { color: 'red' });
    t.api.put('b', { color: 'red' });
    t.api.put('a', { color: 'blue' });
    t.api.remove('b');
    t.api.put('c', { color: 'red' });
    await until(() => t.seen.includes('+c'), 'the events');
    const found = (color: string) => t.informer.store.byIndex('color', color).map((object) => object.metadata.name);
    assert.deepEqual([found('red'), found('blue'), found('none')], [['c'], ['a'], []]);
    assert.throws(() => t.informer.store.byIndex('colour', 'red'), /no index "colour"; it has: color/);
  });

  it('transforms before it stores and before it tells', async () => {
    const told: unknown[] = [];
    await using t = await setUp({
      transform: ({ status: _, ...rest }) => rest,
    });
    t.informer.on({ add: (object) => told.push(object.status), delete: (last) => told.push(last.status) });
    await until(() => t.api.watchers === 1, 'the watch');
    const written = { ...t.api.put('x'), status: { big: 'x' } };
    t.api.remove('x');
    await until(() => told.length === 2, 'the events');
    assert.deepEqual(told, [undefined, undefined]);
    const own = { ...widget('own', t.api.version + 1), status: { big: 'x' } };
    t.informer.observe(own);
    assert.equal(t.informer.store.get('default/own')?.status, undefined);
    assert.deepEqual(own.status, { big: 'x' }, 'the writer keeps its object whole');
    assert(written);
  });

  describe('told of our own write', () => {
    it('has it at once, and the event that follows says nothing new', async () => {
      await using t = await setUp({}, (api) => api.put('a'));
      await until(() => t.api.watchers === 1, 'the watch');
      t.informer.observe(widget('a', 102, { uid: 'uid-a-0', spec: { x: 1 } }));
      assert.deepEqual(t.informer.store.get('default/a')?.spec, { x: 1 });
      t.api.put('a', { x: 1 });
      t.api.put('b');
      await until(() => t.seen.includes('+b'), 'a later event');
      assert.deepEqual(t.seen, ['+a', '~a 101→102', '+b']);
    });

    it('transforms it once', async () => {
      const transformed: (string | undefined)[] = [];
      const transform = (object: Widget): Widget => {
        transformed.push(object.metadata.resourceVersion);
        return object;
      };
      await using t = await setUp({ transform }, (api) => api.put('a'));
      await until(() => t.api.watchers === 1, 'the watch');
      t.informer.observe(widget('a', 102, { uid: 'uid-a-0', spec: { x: 1 } }));
      t.api.put('a', { x: 1 });
      t.api.put('b');
      await until(() => t.seen.includes('+b'), 'a later event');
      assert.deepEqual(transformed, ['101', '102', '103']);
    });

    it('is not set back by an older event', async () => {
      await using t = await setUp({}, (api) => api.put('a'));
      await until(() => t.api.watchers === 1, 'the watch');
      t.informer.observe(widget('a', 104, { uid: 'uid-a-0', spec: { x: 4 } }));
      t.api.put('a', { x: 2 });
      t.api.put('b');
      await until(() => t.seen.includes('+b'), 'a later event');
      assert.equal(t.informer.store.get('default/a')?.metadata.resourceVersion, '104');
    });

    it('ignores an older one', async () => {
      await using t = await setUp({}, (api) => {
        api.put('a');
        api.put('a', { x: 1 });
      });
      await t.informer.synced();
      t.informer.observe(widget('a', 101, { uid: 'uid-a-0' }));
      assert.deepEqual(t.informer.store.get('default/a')?.spec, { x: 1 });
    });

    it('does not bring back what was deleted since', async () => {
      await using t = await setUp({}, (api) => api.put('a'));
      await until(() => t.api.watchers === 1, 'the watch');
      const own = t.api.put('a', { x: 1 });
      t.api.remove('a');
      await until(() => t.seen.includes('-a'), 'the deletion');
      t.informer.observe(own);
      assert.equal(t.informer.store.size, 0);
      const going = widget('a', 999);
      going.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
      t.informer.observe(going);
      assert.equal(t.informer.store.size, 0, 'an object whose last finalizer we took away is gone');
    });

    it('keeps it through a list that was asked for before', async () => {
      await using t = await setUp({}, (api) => api.put('a'));
      await until(() => t.api.watchers === 1, 'the watch');
      const answers: (() => void)[] = [];
      const old = widgetList([...t.api.objects.values()], t.api.version);
      t.server.answer((request, response) => {
        if (request.query.get('watch') === null) answers.push(() => json(response, 200, old));
        else t.api.answer(request, response);
      });
      t.api.expireWatches();
      await until(() => answers.length === 1, 'the list');
      t.informer.observe(t.api.put('own'));
      t.informer.observe(t.api.put('a', { x: 1 }));
      assert.deepEqual(names(t.informer), ['a', 'own']);
      answers[0]?.();
      await until(() => t.api.watchers === 1, 'the watch');
      assert.deepEqual(names(t.informer), ['a', 'own']);
      assert.deepEqual(t.seen, ['+a', '+own', '~a 101→103'], 'neither was taken back in between');
    });
  });

  it('says who waits in vain that it was stopped, and runs once only', async () => {
    await using server = await startScriptedServer(() => undefined);
    const stop = new AbortController();
    const informer = createInformer<Widget>({
      client: server.client(),
      resource: WIDGETS,
      logger: createRecordingLogger(),
      clock: systemClock,
    });
    const running = informer.run(stop.signal);
    const waiting = informer.synced(stop.signal);
    await assert.rejects(informer.run(stop.signal), /twice/);
    stop.abort();
    await assert.rejects(waiting, { code: 'Aborted' });
    await running;
  });
});
