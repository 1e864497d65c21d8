import { randomBytes } from 'node:crypto';
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
const namespace = `quotas-${randomBytes(4).toString('hex')}`;

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
    // A controller makes it in its own time: what comes before it does not count it.
    await until(client, core('configmaps', 'ConfigMap'), { namespace, name: 'kube-root-ca.crt' }, () => true);
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

  it('count the devices of ResourceClaims by class: of alternatives the most, for all 32', async () => {
    const claims: Resource = {
      group: 'resource.k8s.io',
      version: 'v1',
      plural: 'resourceclaims',
      kind: 'ResourceClaim',
      namespaced: true,
    };
    const devices = (name: string) => `${name}.deviceclass.resource.k8s.io/devices`;
    const hard = { 'count/resourceclaims.resource.k8s.io': '9', [devices('gold')]: '40', [devices('blue')]: '40' };
    const metadata = { name: 'devices', namespace };
    await client.create(quotas, { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } } as KubeObject);
    const count = (used: object) =>
      until(client, quotas, { namespace, name: 'devices' }, (quota) =>
        Object.entries(used).every(([name, value]) => quota.status?.used?.[name] === value),
      );
    await count({ [devices('gold')]: '0', [devices('blue')]: '0' });
    const alternatives = [
      { name: 'a', deviceClassName: 'gold', count: 2 },
      { name: 'b', deviceClassName: 'gold', count: 3 },
      { name: 'c', deviceClassName: 'blue', allocationMode: 'All' },
    ];
    const requests = [
      { name: 'one', exactly: { deviceClassName: 'gold' } },
      { name: 'either', firstAvailable: alternatives },
    ];
    const claim = { name: 'claim', namespace };
    await client.create(claims, {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: claim,
      spec: { devices: { requests } },
    } as KubeObject);
    await count({ 'count/resourceclaims.resource.k8s.io': '1', [devices('gold')]: '4', [devices('blue')]: '32' });
    await client.delete(claims, claim);
    await count({ [devices('gold')]: '0', [devices('blue')]: '0' });
  });
});
