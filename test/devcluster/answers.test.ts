/** What every answer carries beside its body, and what HTTP/1.1 itself is answered: as kube-apiserver's on any cluster. */
import assert from 'node:assert/strict';
import { Agent, request } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { startTestServer } from '../support/server.ts';
import { type Connection, connect } from './conformance/harness.ts';

type Headers = { readonly [name: string]: string | string[] | undefined };

describe('what answers carry', () => {
  let server: Awaited<ReturnType<typeof startTestServer>>;
  let connection: Connection;
  const agent = new Agent({ keepAlive: true });

  before(async () => {
    server = await startTestServer();
    connection = connect(server.kubeconfigPath);
  });
  after(async () => {
    agent.destroy();
    await server.close();
  });

  const ask = (
    path: string,
    headers: { readonly [name: string]: string } = {},
    method = 'GET',
  ): Promise<{ code: number; headers: Headers; text: string }> =>
    new Promise((resolve, reject) => {
      const { hostname: host, port } = connection.url;
      const sent = request({ agent, host, port, ...connection.tls, method, path, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ code: answer.statusCode ?? 0, headers: answer.headers, text });
        });
      });
      sent.on('error', reject);
      sent.end();
    });

  /** Whether all of an answer is there that says how long it is; the end of the connection ends any other. */
  const isWhole = (text: string): boolean => {
    const end = text.indexOf('\r\n\r\n');
    const length = /^content-length: (\d+)\r$/im.exec(text.slice(0, Math.max(end, 0) + 2))?.[1];
    return end >= 0 && length !== undefined && text.length >= end + 4 + Number(length);
  };

  /** What is answered to bytes. */
  const send = (bytes: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname: host, port } = connection.url;
      const socket = connectTls({ host, port: Number(port), ...connection.tls, ALPNProtocols: ['http/1.1'] });
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        if (isWhole(text)) socket.end();
      });
      socket.on('secureConnect', () => socket.write(bytes));
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });

  const flows = '/apis/flowcontrol.apiserver.k8s.io/v1';
  const nameOf = async (kind: string, uid: unknown): Promise<string | undefined> => {
    const { items } = JSON.parse((await ask(`${flows}/${kind}`)).text) as {
      items: { metadata: { name: string; uid: string } }[];
    };
    return items.find(({ metadata }) => metadata.uid === uid)?.metadata.name;
  };
  const classified: readonly [string, string, { readonly [name: string]: string }, string][] = [
    ['the administrator', '/api/v1/nodes', {}, 'exempt of exempt'],
    ['anybody', '/api/v1/nodes', { 'impersonate-user': 'jane' }, 'global-default of global-default'],
    ['a probe', '/readyz/ping', { 'impersonate-user': 'jane' }, 'probes of exempt'],
    ['an account', '/api', { 'impersonate-user': 'system:serviceaccount:a:b' }, 'service-accounts of workload-low'],
    [
      'a node',
      '/api',
      { 'impersonate-user': 'system:node:n', 'impersonate-group': 'system:nodes' },
      'system-nodes of system',
    ],
  ];
  for (const [who, path, headers, expected] of classified)
    it(`names the FlowSchema and the priority level of a request of ${who}`, async () => {
      const answer = await ask(path, headers);
      const schema = await nameOf('flowschemas', answer.headers['x-kubernetes-pf-flowschema-uid']);
      const level = await nameOf('prioritylevelconfigurations', answer.headers['x-kubernetes-pf-prioritylevel-uid']);
      assert.equal(`${schema} of ${level}`, expected);
    });

  it('names none for what lasts', async () => {
    const { headers } = await ask('/api/v1/namespaces/default/pods/nope/log');
    assert.equal(headers['x-kubernetes-pf-flowschema-uid'], undefined);
  });

  it('reads heads of more than Node reads by itself', async () => {
    const path = `/api/v1/namespaces/default/configmaps?labelSelector=a%20notin%20(${'b,'.repeat(20_000)}c)`;
    assert.equal((await ask(path)).code, 200);
  });

  it('counts requests', async () => {
    const counted = async (): Promise<number> => {
      const { text } = await ask('/metrics');
      const labels = 'code="404",component="apiserver",dry_run="",group="",resource="secrets",scope="resource"';
      const line = text.split('\n').find((item) => item.startsWith(`apiserver_request_total{${labels}`));
      return Number(line?.split(' ').at(-1) ?? 0);
    };
    const before = await counted();
    await ask('/api/v1/namespaces/default/secrets/not-there');
    assert.equal(await counted(), before + 1);
  });

  const head = 'Host: a\r\nAccept: application/json\r\n\r\n';
  const exchanges: readonly [string, string, RegExp][] = [
    ['a method that nobody knows', `FOO /api/v1/pods HTTP/1.1\r\n${head}`, /^HTTP\/1\.1 405 .*"MethodNotAllowed"/s],
    ['OPTIONS of everything', `OPTIONS * HTTP/1.1\r\n${head}`, /^HTTP\/1\.1 200 OK\r\n/],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 .*missing required Host header$/s],
    ['the name of the server', `GET https://a/healthz HTTP/1.1\r\n${head}`, /^HTTP\/1\.1 200 .*ok$/s],
    ['an expectation', `GET /healthz HTTP/1.1\r\nExpect: x\r\n${head}`, /^HTTP\/1\.1 417 Expectation Failed\r\n/],
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 Bad Request\r\n.*400 Bad Request$/s],
  ];
  for (const [what, bytes, expected] of exchanges)
    it(`answers ${what}`, async () => {
      assert.match(await send(bytes), expected);
    });

  it('does not say that a connection stays', async () => {
    assert.doesNotMatch(await send(`GET /healthz HTTP/1.1\r\n${head}`), /keep-alive/i);
  });
});
