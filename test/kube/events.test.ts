import assert from 'node:assert/strict';
import {
  createEventRecorder,
  type EventRecorderOptions,
  type KubeClient,
  type ObjectReference,
} from '../../kube/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { createManualClock } from '../support/manualClock.ts';
import { processorTime } from '../support/processorTime.ts';
import { json, type ScriptedServer, startScriptedServer, status, until } from './scriptedServer.ts';

const about: ObjectReference = {
  apiVersion: 'test.example/v1',
  kind: 'Widget',
  namespace: 'ns',
  name: 'w',
  uid: 'u',
  resourceVersion: '5',
};

function recorder(client: KubeClient, options: Partial<EventRecorderOptions> = {}) {
  const counts: Record<string, number> = {};
  const events = createEventRecorder({
    client,
    component: 'tester',
    instance: 'pod-1',
    clock: createManualClock(),
    logger: createRecordingLogger(),
    metrics: {
      event(result) {
        counts[result] = (counts[result] ?? 0) + 1;
      },
    },
    ...options,
  });
  return { events, counts };
}

const created = (server: ScriptedServer) =>
  server.requests.filter((request) => request.method === 'POST').map((request) => JSON.parse(request.body));

describe('the event recorder', () => {
  it('writes an Event as kubectl describe expects it', async () => {
    await using server = await startScriptedServer();
    const { events } = recorder(server.client());
    events.event(about, 'Normal', 'Created', 'made it', { 'example/run': '1' });
    await events.flush();
    assert.equal(server.requests[0]?.path, '/api/v1/namespaces/ns/events');
    const [{ metadata, ...event }] = created(server);
    assert.match(metadata.name, /^w\.[0-9a-f]{16}$/);
    assert.deepEqual(metadata, { name: metadata.name, namespace: 'ns', annotations: { 'example/run': '1' } });
    const time = '2026-01-01T00:00:00Z';
    assert.deepEqual(event, {
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject: about,
      reason: 'Created',
      message: 'made it',
      type: 'Normal',
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      source: { component: 'tester' },
      reportingComponent: 'tester',
      reportingInstance: 'pod-1',
    });
    events.event({ apiVersion: 'v1', kind: 'Node', name: 'n' }, 'Normal', 'Seen', 'x');
    await events.flush();
    assert.equal(server.requests[1]?.path, '/api/v1/namespaces/default/events', 'of a cluster-scoped object');
  });

  it('counts repeats within the window, and writes a new one after it', async () => {
    const clock = createManualClock();
    await using server = await startScriptedServer();
    const { events } = recorder(server.client({ clock }), { clock, windowMs: 60_000 });
    events.event(about, 'Normal', 'Waiting', 'for the model');
    await events.flush();
    await clock.advance(30_000);
    events.event(about, 'Normal', 'Waiting', 'for the model');
    events.event(about, 'Normal', 'Waiting', 'for another thing');
    await events.flush();
    const patch = server.requests.find((request) => request.method === 'PATCH');
    const [first, other] = created(server);
    assert.equal(patch?.path, `/api/v1/namespaces/ns/events/${first.metadata.name}`);
    assert.deepEqual(JSON.parse(patch?.body ?? ''), { count: 2, lastTimestamp: '2026-01-01T00:00:30Z' });
    assert.equal(other.message, 'for another thing');
    await clock.advance(60_001);
    events.event(about, 'Normal', 'Waiting', 'for the model');
    await events.flush();
    assert.equal(created(server).length, 3);
  });

  it('makes one write of what repeats before it was written, one more of what repeats meanwhile', async () => {
    let answer = (): void => undefined;
    await using server = await startScriptedServer((_, response) => {
      answer = () => json(response, 201, {});
    });
    const { events } = recorder(server.client());
    events.event(about, 'Normal', 'Waiting', 'x');
    await until(() => server.requests.length === 1, 'the create');
    for (let i = 0; i < 10; i++) events.event(about, 'Normal', 'Waiting', 'x');
    answer();
    await until(() => server.requests.length === 2, 'the patch');
    assert.equal(JSON.parse(server.requests[1]?.body ?? '').count, 11);
    answer();
    await events.flush();
    assert.equal(server.requests.length, 2);
  });

  it('makes the Event again when it ran out on the server', async () => {
    await using server = await startScriptedServer((request, response) =>
      request.method === 'PATCH' ? json(response, 404, status(404, 'NotFound', 'gone')) : json(response, 201, {}),
    );
    const clock = createManualClock();
    const { events } = recorder(server.client({ clock }), { clock });
    events.event(about, 'Normal', 'A', 'x');
    await events.flush();
    events.event(about, 'Normal', 'A', 'x');
    const flushed = events.flush();
    await until(() => server.requests.length === 2, 'the patch');
    await until(() => clock.pending === 1, 'the wait');
    await clock.advance(1000);
    await flushed;
    assert.deepEqual(
      created(server).map((event) => event.count),
      [1, 2],
    );
  });

  it('tries a few times, then lets go, and never throws', async () => {
    let code = 500;
    await using server = await startScriptedServer((_, response) => json(response, code, status(code, 'x', 'no')));
    const clock = createManualClock();
    const { events, counts } = recorder(server.client({ clock }), { clock });
    events.event(about, 'Warning', 'A', 'x');
    for (let i = 0; i < 10; i++) {
      await until(() => clock.pending === 1 || counts.failed === 1, 'the wait');
      await clock.advance(6000);
    }
    assert.deepEqual([server.requests.length, counts], [4, { failed: 1 }]);
    code = 403;
    events.event(about, 'Warning', 'B', 'x');
    await events.flush();
    assert.deepEqual([server.requests.length, counts], [5, { failed: 2 }], 'what is forbidden stays forbidden');
  });

  it('takes an event whose answer was lost for written', async () => {
    await using server = await startScriptedServer((_, response) =>
      server.requests.length === 1
        ? response.destroy()
        : json(response, 409, status(409, 'AlreadyExists', 'there is one')),
    );
    const clock = createManualClock();
    const { events, counts } = recorder(server.client({ clock }), { clock });
    events.event(about, 'Normal', 'A', 'x');
    await until(() => clock.pending === 1 && server.requests.length === 1, 'the wait');
    await clock.advance(1000);
    await events.flush();
    assert.deepEqual(counts, { written: 1 });
    const [one, two] = created(server);
    assert.equal(one.metadata.name, two.metadata.name);
  });

  it('drops the oldest when the queue is full, and returns at once all the same', async () => {
    let open = false;
    const waiting: (() => void)[] = [];
    await using server = await startScriptedServer((_, response) => {
      const answer = () => json(response, 201, {});
      if (open) answer();
      else waiting.push(answer);
    });
    const { events, counts } = recorder(server.client(), {
      maxQueued: 10,
      concurrency: 2,
      spam: { burst: 1000, everyMs: 1 },
    });
    const spent = processorTime();
    for (let i = 0; i < 100; i++) events.event(about, 'Normal', 'A', `message ${i}`);
    assert(spent() < 200);
    await until(() => waiting.length === 2, 'two writes at once');
    open = true;
    for (const answer of waiting) answer();
    await events.flush();
    assert.deepEqual(counts, { dropped: 88, written: 12 });
    assert.deepEqual(
      created(server).map((event) => event.message),
      [0, 1, ...Array.from({ length: 10 }, (_, i) => 90 + i)].map((i) => `message ${i}`),
    );
  });

  it('lets one object say so much and no more', async () => {
    await using server = await startScriptedServer();
    const clock = createManualClock();
    const { events, counts } = recorder(server.client({ clock }), { clock });
    for (let i = 0; i < 100; i++) events.event(about, 'Normal', 'A', `message ${i}`);
    events.event({ ...about, name: 'other' }, 'Normal', 'A', 'x');
    await events.flush();
    assert.deepEqual(counts, { filtered: 75, written: 26 });
    await clock.advance(300_000);
    events.event(about, 'Normal', 'A', 'later');
    events.event(about, 'Normal', 'A', 'too soon');
    await events.flush();
    assert.equal(counts.written, 27);
  });

  it('cuts a message at 1,024 bytes, between characters', async () => {
    await using server = await startScriptedServer();
    const { events } = recorder(server.client());
    events.event(about, 'Normal', 'A', `a${'é'.repeat(600)}`);
    events.event(about, 'Normal', 'A', `ab${'🎈'.repeat(300)}`);
    events.event(about, 'Normal', 'A', 'x'.repeat(1024));
    await events.flush();
    assert.deepEqual(
      created(server).map((event) => event.message),
      [`a${'é'.repeat(511)}`, `ab${'🎈'.repeat(255)}`, 'x'.repeat(1024)],
    );
  });

  it('names an Event within 253 characters', async () => {
    await using server = await startScriptedServer();
    const { events } = recorder(server.client());
    events.event({ ...about, name: `${'a'.repeat(235)}.${'b'.repeat(17)}` }, 'Normal', 'A', 'x');
    await events.flush();
    const [{ metadata }] = created(server);
    assert(metadata.name.length <= 253, metadata.name);
    assert.match(metadata.name, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);
  });

  it('writes what is left at close, but does not wait for a dead server', async () => {
    await using server = await startScriptedServer();
    const one = recorder(server.client());
    for (let i = 0; i < 20; i++) one.events.event(about, 'Normal', 'A', `message ${i}`);
    await one.events.close();
    assert.equal(server.requests.length, 20);
    one.events.event(about, 'Normal', 'A', 'too late');
    assert.equal(server.requests.length, 20);

    server.answer(() => undefined);
    const clock = createManualClock();
    const two = recorder(server.client({ clock }), { clock });
    for (let i = 0; i < 20; i++) two.events.event(about, 'Normal', 'A', `message ${i}`);
    const closed = two.events.close();
    await clock.advance(5001);
    await closed;
    assert.equal(two.counts.failed, 20);
  });
});
