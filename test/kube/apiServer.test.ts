import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  createEventRecorder,
  createInformer,
  createKubeClient,
  createLeaderElector,
  isConflict,
  type KubeClient,
  KubeError,
  type KubeObject,
  LEASES,
  loadKubeConfig,
  patchStatus,
  type Resource,
  systemClock,
} from '../../kube/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { untilServed } from '../support/waiting.ts';
import { until } from './scriptedServer.ts';

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}
interface Gadget extends KubeObject {
  spec?: { size?: number };
  status?: { phase?: string; log?: string[] };
}
const CONFIG_MAPS: Resource<ConfigMap> = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const NAMESPACES: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };
const CRDS: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
const GADGETS: Resource<Gadget> = {
  group: 'kube-test.example',
  version: 'v1',
  plural: 'gadgets',
  kind: 'Gadget',
  namespaced: true,
};

const crd = {
  metadata: { name: 'gadgets.kube-test.example' },
  spec: {
    group: 'kube-test.example',
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1 } } },
              status: {
                type: 'object',
                properties: { phase: { type: 'string' }, log: { type: 'array', items: { type: 'string' } } },
              },
            },
          },
        },
      },
    ],
  },
};

/** The same behaviour on the embedded API server and on a real one (KUBECHAIN_TEST_SERVER=real). */
describe('the client runtime on an API server', function () {
  this.timeout(60_000);
  const namespace = `kube-${randomBytes(4).toString('hex')}`;
  let server: TestServer;
  let client: KubeClient;

  before(async () => {
    server = await startTestServer();
    client = createKubeClient({
      kubeConfig: loadKubeConfig({ path: server.kubeconfigPath }),
      fieldManager: 'kube-test',
    });
    await client.create(NAMESPACES, { metadata: { name: namespace } });
    await client.patch(
      CRDS,
      { name: crd.metadata.name },
      { type: 'apply', body: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', ...crd } },
      { force: true },
    );
    await untilServed(client, GADGETS);
  });
  after(async () => {
    await client?.delete(NAMESPACES, { name: namespace }).catch(() => undefined);
    await client?.close();
    await server?.close();
  });

  const key = (name: string) => ({ namespace, name });

  it('creates, reads, replaces, patches, lists, deletes', async () => {
    const made = await client.create(CONFIG_MAPS, { metadata: key('crud'), data: { a: '1' } });
    assert.deepEqual([made.kind, made.data, typeof made.metadata.uid], ['ConfigMap', { a: '1' }, 'string']);
    await assert.rejects(client.create(CONFIG_MAPS, { metadata: key('crud') }), { code: 'AlreadyExists', status: 409 });
    const replaced = await client.replace(CONFIG_MAPS, { ...made, data: { a: '2' } });
    await assert.rejects(client.replace(CONFIG_MAPS, { ...made, data: { a: '3' } }), { code: 'Conflict' });
    const merged = await client.patch(CONFIG_MAPS, key('crud'), { type: 'merge', body: { data: { b: 'ü' } } });
    assert.deepEqual(merged.data, { a: '2', b: 'ü' });
    const applied = await client.patch(CONFIG_MAPS, key('crud'), {
      type: 'apply',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: key('crud'), data: { c: '3' } },
    });
    assert.deepEqual(applied.data, { a: '2', b: 'ü', c: '3' });
    assert(Number(merged.metadata.resourceVersion) > Number(replaced.metadata.resourceVersion));
    const [listed] = (await client.list(CONFIG_MAPS, { namespace, fieldSelector: 'metadata.name=crud' })).items;
    assert.deepEqual([listed?.apiVersion, listed?.kind, listed?.data], ['v1', 'ConfigMap', applied.data]);
    await assert.rejects(client.delete(CONFIG_MAPS, key('crud'), { preconditions: { uid: 'another' } }), {
      code: 'Conflict',
    });
    await client.delete(CONFIG_MAPS, key('crud'), { preconditions: { uid: made.metadata.uid } });
    await assert.rejects(client.get(CONFIG_MAPS, key('crud')), { code: 'NotFound', reason: 'NotFound' });
    await assert.rejects(client.create(GADGETS, { metadata: key('bad'), spec: { size: 0 } }), {
      code: 'Invalid',
      message: /^create Gadget .*spec\.size/,
    });
  });

  it('a status patch of an object that changed is a Conflict, whether or not it would change anything', async () => {
    const read = await client.create(GADGETS, { metadata: key('fenced'), spec: { size: 1 } });
    const written = await patchStatus(client, GADGETS, read, [
      { op: 'add', path: '/status', value: { phase: 'Running', log: ['a'] } },
    ]);
    assert.deepEqual(written.status, { phase: 'Running', log: ['a'] });
    const appended = await patchStatus(client, GADGETS, written, [{ op: 'add', path: '/status/log/-', value: 'b' }]);
    assert.deepEqual(appended.status?.log, ['a', 'b']);
    for (const stale of [read, written]) {
      for (const change of [
        [{ op: 'add', path: '/status/phase', value: 'Running' } as const],
        [{ op: 'add', path: '/status/phase', value: 'Done' } as const],
        [],
        { status: { phase: 'Running' } },
        { status: { phase: 'Done' } },
      ]) {
        await assert.rejects(patchStatus(client, GADGETS, stale, change), isConflict, JSON.stringify(change));
      }
    }
    const merged = await patchStatus(client, GADGETS, appended, { status: { phase: 'Done' } });
    assert.deepEqual(merged.status, { phase: 'Done', log: ['a', 'b'] });
    await client.delete(GADGETS, key('fenced'));
    await assert.rejects(patchStatus(client, GADGETS, merged, []), { code: 'NotFound' });
  });

  it('an informer sees pages, changes and deletions, and keeps up with a store of its own', async () => {
    const count = 260;
    const make = Array.from({ length: count }, (_, i) => i);
    await Promise.all(
      make.map((i) =>
        client.create(CONFIG_MAPS, {
          metadata: { ...key(`page-${i}`), labels: { set: 'pages' } },
          data: { i: String(i) },
        }),
      ),
    );
    const informer = createInformer<ConfigMap>({
      client,
      resource: CONFIG_MAPS,
      namespace,
      labelSelector: 'set=pages',
      pageSize: 100,
      logger: createRecordingLogger(),
      clock: systemClock,
    });
    const seen: string[] = [];
    const stop = new AbortController();
    const running = informer.run(stop.signal);
    try {
      await informer.synced();
      assert.equal(informer.store.size, count);
      informer.on({
        add: (object) => seen.push(`+${object.metadata.name}`),
        update: (_, object) => seen.push(`~${object.metadata.name}`),
        delete: (last) => seen.push(`-${last.metadata.name}`),
      });
      seen.length = 0;
      const own = await client.patch(CONFIG_MAPS, key('page-7'), { type: 'merge', body: { data: { i: 'seven' } } });
      informer.observe(own);
      assert.equal(informer.store.get(`${namespace}/page-7`)?.data?.i, 'seven');
      await client.patch(CONFIG_MAPS, key('page-8'), {
        type: 'merge',
        body: { metadata: { labels: { set: 'none' } } },
      });
      await client.delete(CONFIG_MAPS, key('page-9'));
      await client.create(CONFIG_MAPS, { metadata: { ...key('page-9'), labels: { set: 'pages' } } });
      await until(() => seen.length >= 4, 'the events');
      assert.deepEqual(seen, ['~page-7', '-page-8', '-page-9', '+page-9']);
      assert.equal(informer.store.size, count - 1);
    } finally {
      stop.abort();
      await running;
    }
  });

  it('one of two candidates leads, and the other takes over', async () => {
    const elector = (identity: string) => {
      const stop = new AbortController();
      const leader = createLeaderElector({
        client,
        clock: systemClock,
        logger: createRecordingLogger(),
        lease: { namespace, name: 'lock' },
        identity,
        leaseDurationMs: 15_000,
        renewDeadlineMs: 10_000,
        retryPeriodMs: 200,
      });
      const ended = leader.run(
        (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
        stop.signal,
      );
      return { leader, stop, ended };
    };
    const [one, two] = [elector('one'), elector('two')];
    await until(() => one.leader.isLeader() || two.leader.isLeader(), 'a leader');
    const [first, second] = one.leader.isLeader() ? [one, two] : [two, one];
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.deepEqual([first.leader.isLeader(), second.leader.isLeader()], [true, false]);
    first.stop.abort();
    await first.ended;
    await until(() => second.leader.isLeader(), 'the other');
    const lease = await client.get(LEASES, key('lock'));
    assert.match(lease.spec?.renewTime ?? '', /\.\d{6}Z$/);
    second.stop.abort();
    await second.ended;
  });

  it('an Event is there, with its count', async () => {
    const object = await client.create(CONFIG_MAPS, { metadata: key('subject') });
    const recorder = createEventRecorder({ client, component: 'kube-test', logger: createRecordingLogger() });
    const about = { apiVersion: 'v1', kind: 'ConfigMap', ...key('subject'), uid: object.metadata.uid };
    recorder.event(about, 'Normal', 'Tested', 'it works');
    await recorder.flush();
    recorder.event(about, 'Normal', 'Tested', 'it works');
    await recorder.close();
    const events: Resource<KubeObject & { count?: number; reason?: string; involvedObject: { uid?: string } }> = {
      group: '',
      version: 'v1',
      plural: 'events',
      kind: 'Event',
      namespaced: true,
    };
    const found = (await client.list(events, { namespace })).items.filter(
      (event) => event.involvedObject.uid === object.metadata.uid,
    );
    assert.deepEqual(
      found.map((event) => [event.reason, event.count]),
      [['Tested', 2]],
    );
  });

  it('a version from long ago is Gone or served, never an endless wait', async () => {
    let ended: unknown = 'ended';
    try {
      for await (const event of client.watch(CONFIG_MAPS, { namespace, resourceVersion: '1', timeoutSeconds: 1 }))
        assert(event.type);
    } catch (error) {
      ended = error instanceof KubeError ? error.code : error;
    }
    assert(ended === 'Gone' || ended === 'ended', String(ended));
  });
});
