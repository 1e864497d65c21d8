import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiServer, startApiServer } from '../../devcluster/index.ts';
import { type Connection, connect, send } from './conformance/harness.ts';

const path = '/api/v1/namespaces/default/configmaps';
const VALUE_BYTES = 40_000;
const WRITES = 600;

describe('watchers that do not read', () => {
  let folder: string;
  let server: ApiServer;
  let connection: Connection;
  const agent = new Agent({ keepAlive: true });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchers-'));
    server = await startApiServer({ kubeconfigPath: join(folder, 'kubeconfig') });
    connection = connect(join(folder, 'kubeconfig'));
  });
  after(async () => {
    agent.destroy();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function watch(query = 'fieldSelector=metadata.name%3Dbig'): Promise<IncomingMessage> {
    const outgoing = request({
      host: connection.url.hostname,
      port: connection.url.port,
      ...connection.tls,
      path: `${path}?watch=true&${query}`,
    });
    outgoing.on('error', () => undefined);
    outgoing.end();
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return answer;
  }

  /** Reads to the end, or to the last event that is expected. */
  async function read(answer: IncomingMessage, last: string): Promise<{ events: number; bytes: number; cut: boolean }> {
    let [events, bytes, tail] = [0, 0, ''];
    try {
      for await (const chunk of answer) {
        const text = (chunk as Buffer).toString('latin1');
        bytes += text.length;
        events += text.split('\n').length - 1;
        tail = (tail + text).slice(-2 * VALUE_BYTES);
        if (tail.includes(last)) return { events, bytes, cut: false };
      }
    } catch {
      // Cut off: what the server does to those who lag too far behind.
    }
    return { events, bytes, cut: true };
  }

  it('are closed before they cost much, and nobody else misses an event', async () => {
    const configMap = (step: number) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'big' },
      data: { value: 'x'.repeat(VALUE_BYTES), step: `step-${step}.` },
    });
    await send(connection, { path, body: configMap(0) }, agent);
    const sleeper = await watch();
    sleeper.pause();
    const reader = read(await watch(), `step-${WRITES}.`);
    for (let step = 1; step <= WRITES; step++) {
      await send(connection, { method: 'PUT', path: `${path}/big`, body: configMap(step) }, agent);
    }

    const awake = await reader;
    assert.deepEqual({ cut: awake.cut, events: awake.events }, { cut: false, events: WRITES + 1 });
    const woken = await read(sleeper, `step-${WRITES}.`);
    assert.equal(woken.cut, true);
    assert.ok(woken.bytes < 20 << 20, `${woken.bytes} bytes were kept for it`);
  });

  describe('and those that read slowly', () => {
    const OBJECTS = 300;
    let version: string;

    before(async () => {
      const first = await send(connection, { path: `${path}?limit=1` }, agent);
      version = (first.body as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
      for (let i = 0; i < OBJECTS; i++) {
        const metadata = { name: `slow-${i}`, labels: { slow: 'yes' } };
        const data = { value: 'x'.repeat(VALUE_BYTES), step: `step-${i}.` };
        await send(connection, { path, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } }, agent);
      }
    });

    const streaming = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    for (const [what, query, expected] of [
      ['all that is there', () => streaming, OBJECTS + 2],
      ['all that they missed', () => `resourceVersion=${version}`, OBJECTS + 1],
    ] as const) {
      it(`get ${what}, though it is more than may wait for a client, and what comes after it`, async () => {
        const answer = await watch(`labelSelector=slow&${query()}`);
        answer.pause();
        await new Promise((resolve) => setTimeout(resolve, 100));
        const change = { metadata: { labels: { slow: 'again' } }, data: { step: 'the last.' } };
        const patch = { method: 'PATCH', path: `${path}/slow-0`, type: 'application/merge-patch+json', body: change };
        await send(connection, patch, agent);
        const { events, cut } = await read(answer, 'the last.');
        assert.deepEqual({ events, cut }, { events: expected, cut: false });
        const back = { metadata: { labels: { slow: 'yes' } }, data: { step: 'step-0.' } };
        await send(connection, { ...patch, body: back }, agent);
      });
    }
  });
});
