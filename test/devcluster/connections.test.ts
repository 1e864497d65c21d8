import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type RequestOptions, request } from 'node:https';
import { type ApiServer, startApiServer } from '../../devcluster/index.ts';
import { connectTo } from './conformance/harness.ts';

describe('connections that are kept', () => {
  let server: ApiServer;
  const agent = new Agent({ keepAlive: true });
  before(async () => {
    server = await startApiServer({ inMemory: true });
  });
  after(async () => {
    agent.destroy();
    await server.close();
  });

  it('are given up as late as by the real server, so that a client that pauses does not write into a closed one', async () => {
    const { url, tls } = connectTo(server.kubeconfig);
    const options: RequestOptions = { host: url.hostname, port: url.port, ...tls, agent, path: '/version' };
    const [answer] = await once(request(options).end(), 'response');
    answer.resume();
    assert.equal(answer.headers['keep-alive'], 'timeout=90');
  });
});
