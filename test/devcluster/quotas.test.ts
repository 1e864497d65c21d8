import { createKubeClient, type KubeClient, type KubeObject, loadKubeConfig, type Resource } from '../../kube/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/waiting.ts';

const core = (plural: string, kind: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
});
const namespaces = core('namespaces', 'Namespace', false);
const quotas = core('resourcequotas', 'ResourceQuota') as Resource<
  KubeObject & { status?: { used?: Record<string, string> } }
>;
const namespace = 'quotas';

describe('quotas', () => {
  let server: TestServer;
  let client: KubeClient;
  before(async () => {
    server = await startTestServer();
    client = createKubeClient({
      kubeConfig: loadKubeConfig({ path: server.kubeconfigPath, env: {} }),
      fieldManager: 'test',
      logger: createRecordingLogger(),
    });
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  });
  after(async () => {
    await client?.close();
    await server?.close();
  });

  const used = (plural: string, value: number) =>
    until(client, quotas, { namespace, name: plural }, (quota) => quota.status?.used?.[plural] === String(value));

  for (const [plural, kind, before] of [
    // The cluster's CA is there already, and comes back when it goes.
    ['configmaps', 'ConfigMap', 1],
    ['secrets', 'Secret', 0],
  ] as const) {
    it(`get back what goes: ${plural}`, async () => {
      const resource = core(plural, kind);
      const metadata = { name: `${plural}-a`, namespace };
      const spec = { hard: { [plural]: '2' } };
      await client.create(quotas, {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: plural, namespace },
        spec,
      } as KubeObject);
      await used(plural, before);
      await client.create(resource, { apiVersion: 'v1', kind, metadata });
      await used(plural, before + 1);
      await client.delete(resource, metadata);
      await used(plural, before);
      // And nothing takes it again.
      await client.create(resource, { apiVersion: 'v1', kind, metadata });
      await used(plural, before + 1);
      await client.delete(resource, metadata);
      await used(plural, before);
    });
  }
});
