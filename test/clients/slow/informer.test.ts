import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesListObject, KubernetesObject, V1ConfigMap } from '@kubernetes/client-node';
import {
  ApiException,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  ListWatch,
  PatchStrategy,
  Watch,
} from '@kubernetes/client-node';
import { after, before, beforeEach, describe, it } from 'mocha';
import type { ApiServer } from '../../../devcluster/index.ts';
import { startApiServer } from '../../../devcluster/index.ts';

/** An informer with a record of what it told. */
interface Followed {
  readonly informer: ListWatch<KubernetesObject>;
  /** `add NAME`, `update NAME`, `delete NAME`, in order. */
  readonly told: readonly string[];
  readonly errors: readonly unknown[];
  /** When it has told this since the last call. Rejects after a while. */
  tells(...what: string[]): Promise<void>;
  fails(): Promise<unknown>;
}

function follow(
  config: KubeConfig,
  path: string,
  list: () => Promise<KubernetesListObject<KubernetesObject>>,
  labelSelector?: string,
): Followed {
  // What `makeInformer` makes.
  const informer = new ListWatch(path, new Watch(config), list, false, labelSelector);
  const heard = new EventEmitter();
  const told: string[] = [];
  const errors: unknown[] = [];
  let from = 0;
  const tell = (verb: string) => (object: KubernetesObject) => {
    told.push(`${verb} ${object.metadata?.name}`);
    heard.emit('more');
  };
  informer.on('add', tell('add'));
  informer.on('update', tell('update'));
  informer.on('delete', tell('delete'));
  informer.on('error', (error) => {
    // What `stop` itself ends.
    if ((error as { name?: string }).name === 'AbortError') return;
    errors.push(error);
    heard.emit('more');
  });
  const until = async (done: () => boolean) => {
    const signal = AbortSignal.timeout(20_000);
    while (!done()) {
      await once(heard, 'more', { signal }).catch(() => {
        throw new Error(`told since: ${told.slice(from).join(', ')}; errors: ${errors.join(', ')}`);
      });
    }
  };
  return {
    informer,
    told,
    errors,
    async tells(...what) {
      await until(() => what.every((one) => told.includes(one, from)));
      assert.deepEqual(told.slice(from).toSorted(), what.toSorted());
      from = told.length;
    },
    async fails() {
      const known = errors.length;
      await until(() => errors.length > known);
      return errors.at(-1);
    },
  };
}

const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.node.example.com' },
  spec: {
    group: 'node.example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
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
              spec: { type: 'object', properties: { size: { type: 'integer', default: 1, maximum: 9 } } },
              status: { type: 'object', properties: { ready: { type: 'boolean' } } },
            },
          },
        },
      },
    ],
  },
};

/** `@kubernetes/client-node`, as an operator in TypeScript uses it. */
describe('client-node', function () {
  this.timeout(60_000);
  let folder: string;
  let server: ApiServer;
  let config: KubeConfig;
  let core: CoreV1Api;
  const namespace = 'team';
  const PATH = `/api/v1/namespaces/${namespace}/configmaps`;
  const created: Followed[] = [];

  const start = async () => {
    const port = server === undefined ? undefined : Number(new URL(server.url).port);
    server = await startApiServer({ dataDir: join(folder, 'data'), ...(port === undefined ? {} : { port }) });
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubechain-client-node-'));
    await start();
    config = new KubeConfig();
    config.loadFromString(server.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
  });
  after(async () => {
    for (const { informer } of created) await informer.stop();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    for (const { informer } of created.splice(0)) await informer.stop();
    await core.deleteCollectionNamespacedConfigMap({ namespace });
  });

  const create = (name: string, more: Partial<V1ConfigMap> = {}) =>
    core.createNamespacedConfigMap({ namespace, body: { ...more, metadata: { ...more.metadata, name } } });
  const change = (name: string, data: Record<string, string>) =>
    core.replaceNamespacedConfigMap({ name, namespace, body: { metadata: { name }, data } });
  const configMaps = (labelSelector = 'team!=other') => {
    const list = () => core.listNamespacedConfigMap({ namespace, labelSelector });
    const followed = follow(config, PATH, list, labelSelector);
    created.push(followed);
    return followed;
  };
  const names = (followed: Followed) =>
    followed.informer
      .list(namespace)
      .map(({ metadata }) => metadata?.name)
      .filter((name) => name !== 'kube-root-ca.crt')
      .toSorted();

  it('an informer lists, then watches', async () => {
    await create('a');
    await create('b');
    const followed = configMaps('kept=');
    await followed.informer.start();
    assert.deepEqual(followed.told, []);
    await create('c', { metadata: { labels: { kept: '' } } });
    await followed.tells('add c');
    await core.patchNamespacedConfigMap({
      name: 'a',
      namespace,
      body: [{ op: 'add', path: '/metadata/labels', value: { kept: '' } }],
    });
    await followed.tells('add a');
    await change('c', { a: 'b' });
    await core.deleteNamespacedConfigMap({ name: 'a', namespace });
    // One that the selector leaves out goes, as one that is deleted does.
    await followed.tells('delete c', 'delete a');
    assert.deepEqual(names(followed), []);
  });

  it('goes on where it was when the server ends', async () => {
    const followed = configMaps();
    await create('a');
    await create('b');
    await followed.informer.start();
    await followed.tells('add a', 'add b', 'add kube-root-ca.crt');
    const failure = followed.fails();
    const version = followed.informer.latestResourceVersion();
    await server.close();
    // The watch ends, which is no failure; that nobody answers then is one.
    assert.match(String(await failure), /fetch failed|ECONNREFUSED/);
    await start();
    await change('a', { seen: 'no' });
    await core.deleteNamespacedConfigMap({ name: 'b', namespace });
    await create('c');
    await followed.informer.start();
    await followed.tells('update a', 'delete b', 'add c');
    assert.deepEqual(names(followed), ['a', 'c']);
    assert.ok(Number(followed.informer.latestResourceVersion()) > Number(version));
  });

  it('lists again when the history of what it missed is gone', async () => {
    const followed = configMaps();
    await create('a');
    await create('b');
    await create('c');
    await followed.informer.start();
    await followed.tells('add a', 'add b', 'add c', 'add kube-root-ca.crt');
    const version = followed.informer.latestResourceVersion();
    await followed.informer.stop();
    await core.deleteNamespacedConfigMap({ name: 'a', namespace });
    await change('b', { seen: 'no' });
    // More than the server keeps of history.
    for (let index = 0; index < 30; index += 1) await change('c', { text: String(index).padEnd(900_000, 'x') });

    const gone = new Promise<unknown>((resolve, reject) => {
      const seen: unknown[] = [];
      new Watch(config)
        .watch(
          PATH,
          { resourceVersion: version },
          (type, object) => seen.push([type, object]),
          (error) => (error ? reject(error) : resolve(seen)),
        )
        .catch(reject);
    });
    const [first, ...more] = (await gone) as [string, { code: number; reason: string; message: string }][];
    assert.ok(first !== undefined);
    const [type, { code, reason, message }] = first;
    assert.deepEqual([type, code, reason, more], ['ERROR', 410, 'Expired', []]);
    assert.match(message, new RegExp(`^too old resource version: ${version} \\(\\d+\\)$`));

    await followed.informer.start();
    await followed.tells('delete a', 'update b', 'update c');
    await create('d');
    await followed.tells('add d');
    assert.deepEqual(followed.errors, []);
  });

  it('hears nothing twice when it starts again', async () => {
    const followed = configMaps();
    await create('a');
    await followed.informer.start();
    await followed.tells('add a', 'add kube-root-ca.crt');
    await followed.informer.stop();
    await create('b');
    await followed.informer.start();
    await followed.tells('add b');
    await followed.informer.stop();
    // Bookmarks move the version on that a watch goes on from.
    const marks: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const params = { resourceVersion: '0', allowWatchBookmarks: true, timeoutSeconds: 1 };
      const done = (error: unknown) => (error ? reject(error) : resolve());
      new Watch(config).watch(PATH, params, (type) => marks.push(type), done).catch(reject);
    });
    assert.deepEqual(new Set(marks), new Set(['ADDED', 'BOOKMARK']));
  });

  it('follows custom resources, and their status', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    await objects.create(CRD);
    const custom = config.makeApiClient(CustomObjectsApi);
    const where = { group: 'node.example.com', version: 'v1', namespace, plural: 'widgets' };
    const list = () => custom.listNamespacedCustomObject(where) as Promise<KubernetesListObject<KubernetesObject>>;
    const followed = follow(config, `/apis/node.example.com/v1/namespaces/${namespace}/widgets`, list);
    created.push(followed);
    // Served some time after it was accepted, as by the real one.
    for (let failed: unknown = true; failed; )
      failed = await list().then(
        () => undefined,
        (error) => error,
      );
    await followed.informer.start();
    const widget = { apiVersion: 'node.example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace } };
    await custom.createNamespacedCustomObject({ ...where, body: { ...widget, spec: {} } });
    await followed.tells('add w');
    await objects.patch(
      { ...widget, spec: { size: 3 } } as KubernetesObject,
      undefined,
      undefined,
      'test',
      true,
      PatchStrategy.ServerSideApply,
    );
    await followed.tells('update w');
    await custom.patchNamespacedCustomObjectStatus({
      ...where,
      name: 'w',
      body: [{ op: 'add', path: '/status', value: { ready: true } }],
    });
    await followed.tells('update w');
    const { spec, status } = followed.informer.get('w', namespace) as { spec?: object; status?: object };
    assert.deepEqual({ spec, status }, { spec: { size: 3 }, status: { ready: true } });
    await assert.rejects(
      custom.createNamespacedCustomObject({ ...where, body: { ...widget, spec: { size: 10 } } }),
      (error: unknown) =>
        error instanceof ApiException &&
        error.code === 422 &&
        /spec\.size.*less than or equal to 9/.test(String(error.body)),
    );
    await custom.deleteNamespacedCustomObject({ ...where, name: 'w' });
    await followed.tells('delete w');
  });

  it('is refused what its ServiceAccount may not read', async () => {
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'bot' } } });
    const { status } = await core.createNamespacedServiceAccountToken({
      namespace,
      name: 'bot',
      body: { spec: { audiences: [] } },
    });
    const bot = new KubeConfig();
    bot.loadFromString(server.kubeconfig);
    const user = bot.getCurrentUser();
    assert.ok(user !== null && status !== undefined);
    bot.loadFromOptions({ ...bot, users: [{ name: user.name, token: status.token }] });
    const followed = follow(bot, PATH, () => bot.makeApiClient(CoreV1Api).listNamespacedConfigMap({ namespace }));
    created.push(followed);
    const failure = followed.fails();
    await followed.informer.start();
    const error = await failure;
    assert.ok(error instanceof ApiException);
    assert.equal(error.code, 403);
    assert.match(String(error.body), /system:serviceaccount:team:bot.*cannot list resource/);
  });
});
