/** Answers and bodies that are large: in every form the same content, and the same limits, on both servers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { Agent, request } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { type ApiServer, startApiServer } from '../../../devcluster/index.ts';
import { decodeProtobuf } from '../../../devcluster/protobuf/decode.ts';
import { testsRealServer } from '../../support/server.ts';
import { type Connection, connect, connectTo, send } from './harness.ts';

interface Item {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
}
interface List {
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: Item[];
  readonly metadata: object;
}

const COUNT = 300;
const metaForm = 'g=meta.k8s.io;v=v1';
const protobuf = 'application/vnd.kubernetes.protobuf';

describe('large lists and objects', () => {
  let server: ApiServer | undefined;
  let connection: Connection;
  const agent = new Agent({ keepAlive: true });
  const namespace = `large-${Math.random().toString(36).slice(2, 8)}`;
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const selected = `${path}?labelSelector=large`;
  let list: List;

  /** But for the version of the list, which others on the same server move. */
  function isSame(answer: List): void {
    assert.deepEqual({ ...answer, metadata: {} }, { ...list, metadata: {} });
  }

  async function fetchAs(url: string, headers: { readonly [name: string]: string } = {}): Promise<Buffer> {
    const outgoing = request(new URL(url, connection.url), { ...connection.tls, agent, headers });
    outgoing.end();
    const [answer] = await once(outgoing, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    assert.equal(answer.statusCode, 200, Buffer.concat(chunks).toString());
    const body = Buffer.concat(chunks);
    return answer.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  }

  before(async () => {
    if (!testsRealServer) server = await startApiServer({ inMemory: true });
    connection = server === undefined ? connect(process.env.KUBECONFIG ?? '') : connectTo(server.kubeconfig);
    await send(connection, { path: '/api/v1/namespaces', body: { metadata: { name: namespace } } }, agent);
    for (let i = 0; i < COUNT; i++) {
      const metadata = { name: `map-${i}`, labels: { large: 'yes' } };
      const body = { metadata, data: { value: `${i}: ü ${'x'.repeat(1024)}`, lines: 'one\ntwo\n' } };
      await send(connection, { path, body }, agent);
    }
    list = JSON.parse((await fetchAs(selected)).toString());
    assert.equal(list.items.length, COUNT);
  });
  after(async () => {
    await send(connection, { method: 'DELETE', path: `/api/v1/namespaces/${namespace}` }, agent);
    agent.destroy();
    await server?.close();
  });

  it('are the same compressed', async () => {
    isSame(JSON.parse((await fetchAs(selected, { 'accept-encoding': 'gzip' })).toString()));
  });

  it('are indented where that is asked for', async () => {
    const text = (await fetchAs(`${selected}&pretty=true`)).toString().trimEnd();
    assert.equal(text, JSON.stringify(JSON.parse(text), null, 2));
    isSame(JSON.parse(text));
  });

  it('are the same in YAML', async () => {
    isSame(parse((await fetchAs(selected, { accept: 'application/yaml' })).toString()) as List);
  });

  it('are the same in protobuf', async () => {
    const decoded = decodeProtobuf(await fetchAs(selected, { accept: protobuf })) as unknown as List;
    assert.equal(decoded.kind, 'ConfigMapList');
    assert.deepEqual(
      decoded.items.map(({ metadata }) => metadata.uid),
      list.items.map(({ metadata }) => metadata.uid),
    );
  });

  it('come as a table', async () => {
    const text = (await fetchAs(selected, { accept: `application/json;as=Table;${metaForm}` })).toString();
    const table = JSON.parse(text) as { columnDefinitions: object[]; rows: { cells: unknown[]; object: Item }[] };
    assert.equal(table.columnDefinitions.length, table.rows[0]?.cells.length);
    assert.deepEqual(
      table.rows.map(({ object }) => object.metadata),
      list.items.map(({ metadata }) => metadata),
    );
  });

  for (const type of ['application/json', protobuf]) {
    it(`come as metadata in ${type}`, async () => {
      const body = await fetchAs(selected, { accept: `${type};as=PartialObjectMetadataList;${metaForm}` });
      const decoded = (type === protobuf ? decodeProtobuf(body) : JSON.parse(body.toString())) as List;
      assert.equal(`${decoded.apiVersion} ${decoded.kind}`, 'meta.k8s.io/v1 PartialObjectMetadataList');
      assert.deepEqual(
        decoded.items.map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`),
        list.items.map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`),
      );
    });
  }

  it('are the same over HTTP/2', async () => {
    const session: ClientHttp2Session = connectHttp2(connection.url, connection.tls);
    try {
      const stream = session.request({ ':path': selected });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      isSame(JSON.parse(Buffer.concat(chunks).toString()));
    } finally {
      session.destroy();
    }
  });

  it('begin a watch that is asked for them', async () => {
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const outgoing = request(new URL(`${selected}&${query}`, connection.url), { ...connection.tls });
    outgoing.end();
    const [answer] = await once(outgoing, 'response');
    let text = '';
    for await (const chunk of answer) {
      text += chunk;
      if (text.includes('k8s.io/initial-events-end')) break;
    }
    assert.equal(text.split('{"type":"ADDED"').length - 1, COUNT);
  });

  it('are refused where an object is larger than what etcd takes', async () => {
    const claim = (bytes: number) => ({
      path: `/apis/apps/v1/namespaces/${namespace}/controllerrevisions`,
      body: { metadata: { generateName: 'large-' }, revision: 1, data: { value: 'x'.repeat(bytes) } },
    });
    assert.equal((await send(connection, claim(1_500_000), agent)).code, 201);
    const refused = await send(connection, claim(1_600_000), agent);
    assert.deepEqual(
      { code: refused.code, message: (refused.body as { message: string }).message },
      { code: 500, message: 'etcdserver: request is too large' },
    );
  });
});
