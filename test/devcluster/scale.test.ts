import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Agent } from 'node:https';
import { startTestServer, type TestServer } from '../support/server.ts';
import { type Connection, connect, send } from './conformance/harness.ts';

/** Messages are those of kube-apiserver 1.36.3: with KUBECHAIN_TEST_SERVER=real it is asked. */
describe('a Scale whose metadata is none', () => {
  let server: TestServer;
  let connection: Connection;
  const agent = new Agent({ keepAlive: true });
  const namespace = `scale-${randomBytes(4).toString('hex')}`;
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  before(async () => {
    server = await startTestServer();
    connection = connect(server.kubeconfigPath);
    await send(connection, { path: '/api/v1/namespaces', body: { metadata: { name: namespace } } }, agent);
    const labels = { app: 'd' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const body = { metadata: { name: 'd' }, spec: { selector: { matchLabels: labels }, template } };
    assert.equal((await send(connection, { path, body }, agent)).code, 201);
  });
  after(async () => {
    await send(connection, { method: 'DELETE', path: `/api/v1/namespaces/${namespace}` }, agent);
    agent.destroy();
    await server.close();
  });

  const cannot = (kind: string, why: string): RegExp =>
    new RegExp(`^${kind} in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${why}$`);
  const wrong: readonly [object, RegExp][] = [
    [
      { metadata: [{ name: 'd' }] },
      cannot('Scale', 'array into Go struct field Scale\\.metadata of type v1\\.ObjectMeta'),
    ],
    [
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: 'd' },
      cannot('Deployment', 'string into Go struct field Deployment\\.metadata of type v1\\.ObjectMeta'),
    ],
    [
      { metadata: { name: 5 } },
      cannot('Scale', 'number into Go struct field ObjectMeta\\.metadata\\.name of type string'),
    ],
  ];
  for (const [body, message] of wrong) {
    it(`is refused: ${JSON.stringify(body)}`, async () => {
      const answer = await send(connection, { method: 'PUT', path: `${path}/d/scale`, body }, agent);
      assert.equal(answer.code, 400);
      assert.match((answer.body as { message: string }).message, message);
    });
  }

  it('is refused as the result of a patch, too', async () => {
    const type = 'application/merge-patch+json';
    const body = { metadata: [1] };
    const answer = await send(connection, { method: 'PATCH', path: `${path}/d/scale`, body, type }, agent);
    assert.equal(answer.code, 422);
    assert.match(
      (answer.body as { message: string }).message,
      /: json: cannot unmarshal array into Go struct field Scale\.metadata of type v1\.ObjectMeta$/,
    );
  });
});
