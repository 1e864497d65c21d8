import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApiServer } from '../../devcluster/index.ts';
import {
  createInformer,
  createKubeClient,
  type KubeObject,
  parseKubeConfig,
  type Resource,
  systemClock,
} from '../../kube/index.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { until } from './scriptedServer.ts';

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}
const CONFIG_MAPS: Resource<ConfigMap> = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const key = (name: string) => ({ namespace: 'default', name });

/** The embedded server over TLS, stopped and started on its port. */
describe('an informer whose API server restarts', function () {
  this.timeout(30_000);
  let dataDir = '';
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'restart-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('catches up, also where the connection was half-open meanwhile', async () => {
    let server = await startApiServer({ dataDir, durability: 'none' });
    const port = Number(new URL(server.url).port);
    await using proxy = await startFaultProxy(port);
    const direct = createKubeClient({ kubeConfig: parseKubeConfig(server.kubeconfig), fieldManager: 't' });
    const client = createKubeClient({
      kubeConfig: parseKubeConfig(server.kubeconfig.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${proxy.port}`)),
      fieldManager: 't',
    });
    const stop = new AbortController();
    const informer = createInformer({
      client,
      resource: CONFIG_MAPS,
      namespace: 'default',
      logger: createRecordingLogger(),
      clock: systemClock,
      backoffMs: 20,
      inactivityMs: 1000,
    });
    const running = informer.run(stop.signal);
    try {
      await informer.synced();
      await direct.create(CONFIG_MAPS, { metadata: key('before') });
      await until(() => informer.store.get('default/before') !== undefined, 'the first');

      await server.close();
      server = await startApiServer({ dataDir, port, durability: 'none' });
      await direct.create(CONFIG_MAPS, { metadata: key('after') });
      await until(() => informer.store.get('default/after') !== undefined, 'what was made after the restart');
      assert(informer.store.get('default/before'));

      proxy.freeze();
      await direct.create(CONFIG_MAPS, { metadata: key('unheard') });
      proxy.thawNew();
      await until(() => informer.store.get('default/unheard') !== undefined, 'what was not heard');
    } finally {
      stop.abort();
      await running;
      await Promise.all([direct.close(), client.close()]);
      await server.close();
    }
  });
});
