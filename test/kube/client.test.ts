import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createKubeClient, KubeError, messageOf, patchStatus, type Resource } from '../../kube/index.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { createManualClock } from '../support/manualClock.ts';
import {
  json,
  startScriptedServer,
  status,
  until,
  WIDGETS,
  type Widget,
  widget,
  widgetList,
} from './scriptedServer.ts';

const key = { namespace: 'a', name: 'w' };

describe('the client', () => {
  it('speaks the paths, media types and parameters of the API', async () => {
    await using server = await startScriptedServer((request, response) =>
      json(response, 200, request.method === 'GET' ? widgetList([], 1) : widget('w', 1)),
    );
    const client = server.client({ fieldManager: 'me' });
    const secrets: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };
    const object: Widget = { metadata: { namespace: 'a', name: 'w' } };
    await client.get(WIDGETS, key);
    await client.get(secrets, key);
    await client.list(WIDGETS, {
      labelSelector: 'a=b,c',
      fieldSelector: 'metadata.name=w',
      limit: 5,
      continue: 'x/y=',
    });
    await client.create(WIDGETS, object, { dryRun: true });
    await client.replace(WIDGETS, object, { subresource: 'status' });
    await client.patch(WIDGETS, key, { type: 'json', operations: [] });
    await client.patch(WIDGETS, key, { type: 'merge', body: {} });
    await client.patch(WIDGETS, key, { type: 'strategic', body: {} });
    await client.patch(WIDGETS, key, { type: 'apply', body: {} }, { force: true, fieldManager: 'other' });
    await client.delete(WIDGETS, key, { propagationPolicy: 'Foreground', preconditions: { uid: 'u' } });
    assert.deepEqual(
      server.requests.map(({ method, path, query, headers }) => [method, path, String(query), headers['content-type']]),
      [
        ['GET', '/apis/test.example/v1/namespaces/a/widgets/w', '', undefined],
        ['GET', '/api/v1/namespaces/a/secrets/w', '', undefined],
        [
          'GET',
          '/apis/test.example/v1/widgets',
          'labelSelector=a%3Db%2Cc&fieldSelector=metadata.name%3Dw&limit=5&continue=x%2Fy%3D',
          undefined,
        ],
        ['POST', '/apis/test.example/v1/namespaces/a/widgets', 'fieldManager=me&dryRun=All', 'application/json'],
        ['PUT', '/apis/test.example/v1/namespaces/a/widgets/w/status', 'fieldManager=me', 'application/json'],
        ['PATCH', '/apis/test.example/v1/namespaces/a/widgets/w', 'fieldManager=me', 'application/json-patch+json'],
        ['PATCH', '/apis/test.example/v1/namespaces/a/widgets/w', 'fieldManager=me', 'application/merge-patch+json'],
        [
          'PATCH',
          '/apis/test.example/v1/namespaces/a/widgets/w',
          'fieldManager=me',
          'application/strategic-merge-patch+json',
        ],
        [
          'PATCH',
          '/apis/test.example/v1/namespaces/a/widgets/w',
          'fieldManager=other&force=true',
          'application/apply-patch+yaml',
        ],
        ['DELETE', '/apis/test.example/v1/namespaces/a/widgets/w', '', 'application/json'],
      ],
    );
    assert.deepEqual(JSON.parse(server.requests[3]?.body ?? ''), {
      apiVersion: 'test.example/v1',
      kind: 'Widget',
      ...object,
    });
    assert.deepEqual(JSON.parse(server.requests[9]?.body ?? ''), {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Foreground',
      preconditions: { uid: 'u' },
    });
  });

  it('gives the items of a list the apiVersion and kind that builtin kinds leave out', async () => {
    await using server = await startScriptedServer((_, response) =>
      json(response, 200, { metadata: { resourceVersion: '1' }, items: [{ metadata: { name: 'x' } }] }),
    );
    const list = await server.client().list(WIDGETS);
    assert.deepEqual(list.items, [{ metadata: { name: 'x' }, apiVersion: 'test.example/v1', kind: 'Widget' }]);
  });

  for (const name of ['..', '', 'a/b']) {
    it(`refuses the name ${JSON.stringify(name)}, which would reach another path`, async () => {
      await using server = await startScriptedServer();
      await assert.rejects(server.client().get(WIDGETS, { namespace: 'a', name }), {
        code: 'BadRequest',
        message: /metadata\.name/,
      });
      assert.equal(server.requests.length, 0);
    });
  }

  it('fences a status write by the version that was read', async () => {
    await using server = await startScriptedServer((_, response) => json(response, 200, widget('w', 8)));
    const client = server.client();
    const read = widget('w', 7, { namespace: 'a' });
    await patchStatus(client, WIDGETS, read, [{ op: 'add', path: '/status/phase', value: 'Done' }]);
    await patchStatus(client, WIDGETS, read, { status: { phase: 'Done' } });
    assert.equal(server.requests[0]?.path, '/apis/test.example/v1/namespaces/a/widgets/w/status');
    assert.deepEqual(JSON.parse(server.requests[0]?.body ?? ''), [
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
      { op: 'add', path: '/status/phase', value: 'Done' },
    ]);
    assert.deepEqual(JSON.parse(server.requests[1]?.body ?? ''), {
      metadata: { resourceVersion: '7' },
      status: { phase: 'Done' },
    });
    await assert.rejects(patchStatus(client, WIDGETS, { metadata: { namespace: 'a', name: 'w' } }, []), {
      code: 'BadRequest',
      message: /resourceVersion/,
    });
  });

  describe('a busy server', () => {
    it('is asked again after Retry-After, when reading', async () => {
      const clock = createManualClock();
      await using server = await startScriptedServer((_, response) =>
        server.requests.length < 3
          ? json(response, 429, status(429, 'TooManyRequests', 'busy'), { 'retry-after': '2' })
          : json(response, 200, widget('w', 1)),
      );
      const reading = server.client({ clock }).get(WIDGETS, key);
      await until(() => server.requests.length === 1, 'the first request');
      await until(() => clock.pending === 2, 'the wait');
      await clock.advance(1900);
      assert.equal(server.requests.length, 1, 'not before its time');
      await clock.advance(700);
      await until(() => server.requests.length === 2 && clock.pending === 2, 'the second request');
      await clock.advance(2600);
      assert.equal((await reading).metadata.name, 'w');
    });

    it('is not asked for ever', async () => {
      await using server = await startScriptedServer((_, response) =>
        json(response, 503, status(503, 'ServiceUnavailable', 'no'), { 'retry-after': '0' }),
      );
      await assert.rejects(server.client().list(WIDGETS), { code: 'Unavailable' });
      assert.equal(server.requests.length, 6);
    });

    it('is never sent a write twice', async () => {
      await using server = await startScriptedServer((_, response) =>
        json(response, 429, status(429, 'TooManyRequests', 'busy'), { 'retry-after': '0' }),
      );
      const client = server.client();
      await assert.rejects(client.create(WIDGETS, { metadata: key }), { code: 'TooManyRequests' });
      await assert.rejects(client.patch(WIDGETS, key, { type: 'merge', body: {} }), { code: 'TooManyRequests' });
      await assert.rejects(client.delete(WIDGETS, key), { code: 'TooManyRequests' });
      assert.equal(server.requests.length, 3);
    });
  });

  it('does not repeat a write whose connection broke, and repeats such a read once', async () => {
    await using server = await startScriptedServer((_, response) => {
      response.destroy();
    });
    const client = server.client();
    await assert.rejects(client.create(WIDGETS, { metadata: key }), { code: 'Network' });
    assert.equal(server.requests.length, 1);
    await assert.rejects(client.get(WIDGETS, key), { code: 'Network' });
    assert.equal(server.requests.length, 3);
  });

  it('gives up after timeoutMs, also when the answer stops half-way', async () => {
    await using server = await startScriptedServer((request, response) => {
      if (request.path.endsWith('/half')) response.writeHead(200).write('{"metadata":');
    });
    const client = server.client();
    for (const name of ['silent', 'half']) {
      await assert.rejects(client.get(WIDGETS, { namespace: 'a', name }, { timeoutMs: 60 }), {
        code: 'Timeout',
        message: `get Widget a/${name}: no answer within 60 ms`,
      });
    }
  });

  it('gives up when the signal aborts, and at close', async () => {
    await using server = await startScriptedServer(() => undefined);
    const client = server.client();
    const stop = new AbortController();
    const call = assert.rejects(client.get(WIDGETS, key, { signal: stop.signal }), {
      code: 'Aborted',
      message: 'get Widget a/w: aborted',
    });
    const other = assert.rejects(client.get(WIDGETS, key), { code: 'Aborted' });
    await until(() => server.requests.length === 2, 'both calls');
    stop.abort();
    await call;
    await client.close();
    await other;
    await assert.rejects(client.get(WIDGETS, key), { code: 'Aborted' });
    await assert.rejects(client.get(WIDGETS, key, { signal: AbortSignal.abort() }), { code: 'Aborted' });
  });

  it('leaves half-open connections behind after a call that timed out', async () => {
    await using server = await startScriptedServer((_, response) => json(response, 200, widget('w', 1)));
    await using proxy = await startFaultProxy(server.port);
    const client = server.client({ kubeConfig: server.kubeConfig({}, proxy.port) });
    await Promise.all(Array.from({ length: 8 }, () => client.get(WIDGETS, key)));
    proxy.freeze();
    await assert.rejects(client.get(WIDGETS, key, { timeoutMs: 100 }), { code: 'Timeout' });
    // The old connections stay dead; fresh ones pass.
    const dead = proxy.connections;
    assert(dead >= 7, `${dead} connections were open`);
    proxy.thawNew();
    // On a dead connection there would be no answer, however long it waits.
    await client.get(WIDGETS, key, { timeoutMs: 5000 });
  });

  it('limits its rate where asked to', async () => {
    const clock = createManualClock();
    await using server = await startScriptedServer((_, response) => json(response, 200, widget('w', 1)));
    const client = server.client({ clock, rateLimit: { perSecond: 10, burst: 3 } });
    const calls = Promise.all(Array.from({ length: 5 }, () => client.get(WIDGETS, key)));
    await until(() => server.requests.length === 3, 'the burst');
    await clock.advance(100);
    await until(() => server.requests.length === 4, 'the fourth');
    await clock.advance(100);
    await calls;
  });

  it('says which call and object failed when the server cannot be reached', async () => {
    const server = await startScriptedServer();
    const kubeConfig = server.kubeConfig();
    await server[Symbol.asyncDispose]();
    const client = createKubeClient({ kubeConfig, fieldManager: 'tester' });
    await assert.rejects(client.get(WIDGETS, key), { code: 'Network', message: /^get Widget a\/w: .*ECONNREFUSED/ });
    await client.close();
  });

  for (const [what, answer] of [
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['an object without metadata', '{"items":[]}'],
    ['a list of nothings', '{"metadata":{},"items":[null]}'],
  ] as const) {
    it(`takes ${what} for no list`, async () => {
      await using server = await startScriptedServer((_, response) => response.end(answer));
      await assert.rejects(server.client().list(WIDGETS), { name: 'KubeError', code: 'Network' });
    });
  }

  it('keeps the path of the server’s URL, as clusters behind a gateway have one', async () => {
    await using server = await startScriptedServer((_, response) => json(response, 200, widget('w', 1)));
    const config = server.kubeConfig();
    const client = server.client({
      kubeConfig: { ...config, cluster: { ...config.cluster, server: `${config.cluster.server}/k8s/clusters/c-1` } },
    });
    await client.get(WIDGETS, key);
    assert.equal(server.requests[0]?.path, '/k8s/clusters/c-1/apis/test.example/v1/namespaces/a/widgets/w');
  });

  it('goes through the proxy that the kubeconfig names', async () => {
    await using server = await startScriptedServer((_, response) => json(response, 200, widget('w', 1)));
    const tunnels: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket: Socket) => {
      tunnels.push(request.url ?? '');
      const upstream = connect(server.port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      upstream.pipe(socket).pipe(upstream);
      for (const end of [upstream, socket]) end.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    try {
      const config = server.kubeConfig();
      const { port } = proxy.address() as { port: number };
      const client = server.client({
        kubeConfig: { ...config, cluster: { ...config.cluster, proxyUrl: `http://127.0.0.1:${port}` } },
      });
      assert.equal((await client.get(WIDGETS, key)).metadata.name, 'w');
      assert.deepEqual(tunnels, [`127.0.0.1:${server.port}`]);
      await client.close();
    } finally {
      proxy.close();
    }
  });

  it('keeps the process alive while it waits for a server that is busy or away', async () => {
    await using server = await startScriptedServer((_, response) =>
      server.requests.length === 1
        ? json(response, 429, status(429, 'TooManyRequests', 'busy'), { 'retry-after': '1', connection: 'close' })
        : json(response, 200, widget('w', 1)),
    );
    const script = `
      import { createKubeClient } from ${JSON.stringify(new URL('../../kube/index.ts', import.meta.url).href)};
      const client = createKubeClient({ fieldManager: 'x', kubeConfig: ${JSON.stringify(server.kubeConfig())} });
      const got = await client.get(${JSON.stringify(WIDGETS)}, ${JSON.stringify(key)});
      process.stdout.write(got.metadata.name);
      await client.close();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) output += chunk;
    assert.equal(output, 'w');
  });

  it('asks any path and answers JSON or text', async () => {
    await using server = await startScriptedServer((request, response) => {
      if (request.path === '/version') json(response, 200, { major: '1' });
      else response.end('a log line\n');
    });
    const client = server.client();
    assert.deepEqual(await client.request('GET', '/version'), { major: '1' });
    assert.equal(await client.request('GET', '/api/v1/namespaces/a/pods/p/log?tailLines=1'), 'a log line\n');
    assert.equal(server.requests[1]?.query.get('tailLines'), '1');
    await assert.rejects(client.request('GET', 'version'), { code: 'BadRequest' });
  });
});

describe('credentials', () => {
  const CANARY = 'canary-5c1e7-token';

  it('a token file is read again after a minute, and at once after a 401', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kube-token-'));
    try {
      const clock = createManualClock();
      const tokenFile = join(directory, 'token');
      let accepted = 'one';
      writeFileSync(tokenFile, 'one\n');
      await using server = await startScriptedServer((request, response) =>
        request.headers.authorization === `Bearer ${accepted}`
          ? json(response, 200, widget('w', 1))
          : json(response, 401, status(401, 'Unauthorized', 'Unauthorized')),
      );
      const client = server.client({ clock, kubeConfig: server.kubeConfig({ tokenFile }) });
      await client.get(WIDGETS, key);
      writeFileSync(tokenFile, 'two\n');
      await client.get(WIDGETS, key);
      await clock.advance(61_000);
      accepted = 'two';
      await client.get(WIDGETS, key);
      assert.equal(server.requests.length, 3, 'a new token without a 401 first');
      accepted = 'three';
      writeFileSync(tokenFile, 'three\n');
      await client.create(WIDGETS, { metadata: key });
      assert.equal(server.requests.length, 5, 'one 401, then the new token');
      accepted = 'nobody has it';
      await assert.rejects(client.get(WIDGETS, key), { code: 'Unauthorized' });
      assert.equal(server.requests.length, 7, 'asked twice, not for ever');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('come from an exec plugin, which runs once for many calls', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kube-exec-'));
    try {
      const script = `require('node:fs').appendFileSync(${JSON.stringify(join(directory, 'runs'))}, JSON.parse(process.env.KUBERNETES_EXEC_INFO).apiVersion + '\\n');
        console.log(JSON.stringify({ kind: 'ExecCredential', status: { token: '${CANARY}' } }))`;
      await using server = await startScriptedServer((request, response) =>
        json(response, request.headers.authorization === `Bearer ${CANARY}` ? 200 : 401, widget('w', 1)),
      );
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', script] };
      const client = server.client({ kubeConfig: server.kubeConfig({ exec }) });
      await Promise.all([1, 2, 3].map(() => client.get(WIDGETS, key)));
      await client.get(WIDGETS, key);
      assert.equal(readFileSync(join(directory, 'runs'), 'utf8'), 'client.authentication.k8s.io/v1\n');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('never appear in an error, whatever fails', async () => {
    const print = (text: string) => ({ apiVersion: 'v1', command: process.execPath, args: ['-e', text] });
    await using server = await startScriptedServer((_, response) => {
      response.writeHead(200).end(`{"data": {"password": "${CANARY}`);
    });
    const users = [
      { token: CANARY },
      { username: 'u', password: CANARY },
      { exec: print(`console.log('${CANARY} is no JSON')`) },
      { exec: print(`console.error('${CANARY}'); process.exit(1)`) },
      { exec: { ...print(''), command: '/nowhere/plugin' } },
      { token: `${CANARY}\r\nx: y` },
    ];
    for (const user of users) {
      const client = server.client({ kubeConfig: server.kubeConfig(user) });
      const error = await client.get(WIDGETS, key).then(
        () => assert.fail('it must fail'),
        (failure: unknown) => failure,
      );
      assert(error instanceof KubeError);
      const everything = inspect(error, { depth: 10, showHidden: true });
      assert(
        !everything.includes(CANARY) && !everything.includes(Buffer.from(`u:${CANARY}`).toString('base64')),
        everything,
      );
      assert(messageOf(error).length > 20, messageOf(error));
    }
  });

  it('of a plugin that the server refuses are asked for again, but not at every call', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kube-exec-'));
    try {
      const runs = join(directory, 'runs');
      const script = `require('node:fs').appendFileSync(${JSON.stringify(runs)}, 'x');
        console.log(JSON.stringify({ kind: 'ExecCredential', status: { token: '${CANARY}' } }))`;
      await using server = await startScriptedServer((_, response) =>
        json(response, 401, status(401, 'Unauthorized', 'Unauthorized')),
      );
      const clock = createManualClock();
      const exec = { apiVersion: 'v1', command: process.execPath, args: ['-e', script] };
      const client = server.client({ clock, kubeConfig: server.kubeConfig({ exec }) });
      await clock.advance(60_000);
      for (let i = 0; i < 5; i++) await assert.rejects(client.get(WIDGETS, key), { code: 'Unauthorized' });
      assert.equal(readFileSync(runs, 'utf8'), 'x');
      await clock.advance(6000);
      await assert.rejects(client.get(WIDGETS, key), { code: 'Unauthorized' });
      assert.equal(readFileSync(runs, 'utf8'), 'xx');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('are not sent over http to another machine', async () => {
    await using server = await startScriptedServer();
    const config = server.kubeConfig({ token: CANARY });
    const client = server.client({
      kubeConfig: { ...config, cluster: { ...config.cluster, server: 'http://192.0.2.1:80' } },
    });
    await assert.rejects(client.get(WIDGETS, key), { code: 'BadRequest', message: /use https/ });
  });

  it('a certificate that was renewed is used within a minute', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kube-cert-'));
    try {
      const clock = createManualClock();
      const certFile = join(directory, 'client.crt');
      writeFileSync(certFile, 'one');
      await using server = await startScriptedServer((_, response) => json(response, 200, widget('w', 1)));
      await using proxy = await startFaultProxy(server.port);
      const client = server.client({ clock, kubeConfig: server.kubeConfig({ certFile }, proxy.port) });
      await client.get(WIDGETS, key);
      await clock.advance(61_000);
      await client.get(WIDGETS, key);
      assert.equal(proxy.accepted, 1, 'the connection is kept while the certificate stays');
      writeFileSync(certFile, 'two');
      await clock.advance(61_000);
      await client.get(WIDGETS, key);
      assert.equal(proxy.accepted, 2);
      rmSync(certFile);
      await clock.advance(61_000);
      await client.get(WIDGETS, key);
      assert.equal(proxy.accepted, 2, 'while the file is being replaced, the last one is used');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('may impersonate', async () => {
    await using server = await startScriptedServer((_, response) => json(response, 200, widget('w', 1)));
    await server.client({ kubeConfig: server.kubeConfig({ impersonateUser: 'jane' }) }).get(WIDGETS, key);
    assert.equal(server.requests[0]?.headers['impersonate-user'], 'jane');
  });
});
