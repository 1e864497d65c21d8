import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Agent, type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ApiServer, startApiServer } from '../../devcluster/index.ts';
import { http1Options } from '../../devcluster/request/http1.ts';
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
    // Go's server keeps a connection without a word; when it gives up is Node's setting.
    assert.equal(answer.headers['keep-alive'], undefined);
    assert.equal(http1Options.keepAliveTimeout, 90_000);
  });

  it('hold back no small write until the one before it is acknowledged', async () => {
    const { url, tls } = connectTo(server.kubeconfig);
    const accepted: boolean[] = [];
    // Node says of no socket whether Nagle's algorithm is off, but what its server asks for.
    const onSocket = (message: unknown): void => {
      const { socket } = message as { socket: { server: { address(): AddressInfo; noDelay?: boolean } } };
      if (socket.server.address().port === Number(url.port)) accepted.push(socket.server.noDelay === true);
    };
    subscribe('net.server.socket', onSocket);
    try {
      const options: RequestOptions = { host: url.hostname, port: url.port, ...tls, agent: false, path: '/version' };
      const [answer] = await once(request(options).end(), 'response');
      answer.resume();
    } finally {
      unsubscribe('net.server.socket', onSocket);
    }
    assert.deepEqual(accepted, [true]);
  });
});
