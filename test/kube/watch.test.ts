import assert from 'node:assert/strict';
import type { WatchEvent } from '../../kube/index.ts';
import { createManualClock } from '../support/manualClock.ts';
import { json, line, startScriptedServer, status, until, WIDGETS, type Widget, widget } from './scriptedServer.ts';

async function collect(
  watch: AsyncIterable<WatchEvent<Widget>>,
  into: WatchEvent<Widget>[] = [],
): Promise<WatchEvent<Widget>[]> {
  for await (const event of watch) into.push(event);
  return into;
}

describe('a watch', () => {
  it('asks for bookmarks, gives events in order, and ends when the server ends it', async () => {
    await using server = await startScriptedServer((_, response) => {
      response.write(line('ADDED', widget('a', 2)));
      response.write(line('BOOKMARK', { metadata: { resourceVersion: '5' } }));
      response.end(line('DELETED', widget('a', 6)));
    });
    const events = await collect(
      server.client().watch(WIDGETS, { namespace: 'n', resourceVersion: '1', timeoutSeconds: 300 }),
    );
    assert.deepEqual(events, [
      { type: 'ADDED', object: widget('a', 2) },
      { type: 'BOOKMARK', resourceVersion: '5' },
      { type: 'DELETED', object: widget('a', 6) },
    ]);
    const [request] = server.requests;
    assert.equal(request?.path, '/apis/test.example/v1/namespaces/n/widgets');
    assert.equal(String(request?.query), 'watch=1&allowWatchBookmarks=true&resourceVersion=1&timeoutSeconds=300');
  });

  it('puts together what arrives in pieces, also in the middle of a character', async () => {
    const events = [
      line('ADDED', widget('a', 2, { spec: { text: 'größer → 🎈' } })),
      line('MODIFIED', widget('b', 3)),
    ].join('');
    const bytes = Buffer.from(events);
    await using server = await startScriptedServer(async (_, response) => {
      for (const byte of bytes) {
        response.write(Buffer.from([byte]));
        if (byte > 0x7f) await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    const seen = await collect(server.client().watch(WIDGETS, { resourceVersion: '1' }));
    assert.deepEqual(
      seen.map((event) => 'object' in event && event.object),
      [widget('a', 2, { spec: { text: 'größer → 🎈' } }), widget('b', 3)],
    );
  });

  for (const [how, end] of [
    ['resets the connection', 'destroy'],
    ['ends in good order', 'end'],
  ] as const) {
    it(`that is cut in the middle of an event, where the server ${how}, gives what was whole and fails`, async () => {
      await using server = await startScriptedServer((_, response) => {
        response.write(line('ADDED', widget('a', 2)));
        response.write('{"type":"MODIFIED","object":{"metadata":{"name":"secret-canary', () =>
          setTimeout(() => response[end](), 20),
        );
      });
      const seen: WatchEvent<Widget>[] = [];
      await assert.rejects(
        collect(server.client().watch(WIDGETS, { resourceVersion: '1' }), seen),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'Network');
          assert(!error.message.includes('canary'));
          return true;
        },
      );
      assert.equal(seen.length, 1);
    });
  }

  it('is Gone, as the answer and as an ERROR event', async () => {
    const gone = status(410, 'Expired', 'too old resource version: 1 (5)');
    await using server = await startScriptedServer((_, response) =>
      server.requests.length === 1 ? json(response, 410, gone) : response.end(line('ERROR', gone)),
    );
    for (const _ of [1, 2]) {
      await assert.rejects(collect(server.client().watch(WIDGETS, { resourceVersion: '1' })), {
        code: 'Gone',
        message: 'watch Widget: too old resource version: 1 (5)',
      });
    }
  });

  it('without a byte for inactivityMs counts as dead; any byte will do to keep it', async () => {
    const clock = createManualClock();
    let write = (_: string): void => undefined;
    await using server = await startScriptedServer((_, response) => {
      response.flushHeaders();
      write = (text) => response.write(text);
    });
    const seen: WatchEvent<Widget>[] = [];
    let failure: { code?: string } | undefined;
    void collect(server.client({ clock }).watch(WIDGETS, { resourceVersion: '1', inactivityMs: 1000 }), seen).catch(
      (error: { code?: string }) => {
        failure = error;
      },
    );
    await until(() => server.requests.length === 1, 'the watch');
    await clock.advance(0);
    for (const version of [2, 3, 4]) {
      await clock.advance(900);
      write(line('MODIFIED', widget('a', version)));
      await until(() => seen.length === version - 1, 'the event');
      assert.equal(failure, undefined);
    }
    await clock.advance(1001);
    await until(() => failure !== undefined, 'the end');
    assert.equal(failure?.code, 'Timeout');
  });

  it('ends its connection when the consumer leaves, and when the signal aborts', async () => {
    let open = 0;
    await using server = await startScriptedServer((_, response) => {
      open++;
      response.on('close', () => open--);
      response.write(line('ADDED', widget('a', 2)));
    });
    const client = server.client();
    for await (const event of client.watch(WIDGETS, { resourceVersion: '1' })) {
      assert.equal(event.type, 'ADDED');
      break;
    }
    await until(() => open === 0, 'the end of the first');
    const stop = new AbortController();
    const seen: WatchEvent<Widget>[] = [];
    const watching = collect(client.watch(WIDGETS, { resourceVersion: '1', signal: stop.signal }), seen);
    await until(() => seen.length === 1, 'the event');
    stop.abort();
    await assert.rejects(watching, { code: 'Aborted' });
    await until(() => open === 0, 'the end of the second');
  });

  for (const [what, text] of [
    ['no JSON', 'hello\n'],
    ['null', 'null\n'],
    ['an event without an object', '{"type":"ADDED"}\n'],
    ['an object without metadata', '{"type":"ADDED","object":{}}\n'],
  ] as const) {
    it(`whose line is ${what} fails and harms nobody`, async () => {
      await using server = await startScriptedServer((_, response) => response.end(text));
      await assert.rejects(collect(server.client().watch(WIDGETS, { resourceVersion: '1' })), { code: 'Network' });
    });
  }

  it('passes over event types that it does not know', async () => {
    await using server = await startScriptedServer((_, response) =>
      response.end(line('SPLIT', widget('a', 1)) + line('ADDED', widget('b', 2))),
    );
    assert.equal((await collect(server.client().watch(WIDGETS, { resourceVersion: '1' }))).length, 1);
  });
});
