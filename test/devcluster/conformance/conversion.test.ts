import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { startWebhookServer, type WebhookServer } from '../../support/webhookServer.ts';
import { type Answer, type Connection, connect, type Step, send } from './harness.ts';

interface Review {
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly Machine[] };
}
interface Machine {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: { readonly [key: string]: string } };
  readonly spec: { readonly hostPort?: string; readonly host?: string; readonly port?: string };
}

const group = `conv-${Math.random().toString(36).slice(2, 8)}.example.com`;
const path = (version: string, rest = ''): string => `/apis/${group}/${version}/namespaces/default/machines${rest}`;
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** v1 has `hostPort`, v2 has `host` and `port`. */
function convert(object: Machine, apiVersion: string): object {
  const { hostPort, host, port, ...rest } = object.spec;
  if (apiVersion.endsWith('/v2')) {
    const [first = '', second = ''] = (hostPort ?? '').split(':');
    return { ...object, apiVersion, spec: { ...rest, host: first, port: second } };
  }
  return { ...object, apiVersion, spec: { ...rest, hostPort: `${host}:${port}` } };
}

describe('webhook conversion between versions of a CRD', () => {
  let server: TestServer;
  let hooks: WebhookServer;
  let connection: Connection;
  const agent = new Agent({ keepAlive: true });
  let answer: (review: Review) => object;
  let asked: Review[] = [];
  const call = (step: Step): Promise<Answer> => send(connection, step, agent);
  const machine = (version: string, name: string, spec: object): object => ({
    apiVersion: `${group}/${version}`,
    kind: 'Machine',
    metadata: { name },
    spec,
  });
  const works = (review: Review): object => ({
    uid: review.request.uid,
    result: { status: 'Success' },
    convertedObjects: review.request.objects.map((object) => convert(object, review.request.desiredAPIVersion)),
  });
  const specOf = (found: Answer): unknown => (found.body as { spec?: unknown }).spec;

  before(async () => {
    server = await startTestServer();
    connection = connect(server.kubeconfigPath);
    hooks = await startWebhookServer();
    hooks.answer('/convert', (_request, response, request) => {
      const review = { request } as unknown as Review;
      asked.push(review);
      response.writeHead(200, { 'content-type': 'application/json' });
      const body = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', response: answer(review) };
      response.end(JSON.stringify(body));
    });
    answer = works;
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `machines.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'machines', kind: 'Machine' },
        versions: ['v1', 'v2'].map((name) => ({
          name,
          served: true,
          storage: name === 'v1',
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: open } } },
        })),
        conversion: {
          strategy: 'Webhook',
          webhook: {
            conversionReviewVersions: ['v1'],
            clientConfig: { url: `${hooks.url}/convert`, caBundle: hooks.caBundle },
          },
        },
      },
    };
    const made = await call({ path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', body: crd });
    assert.equal(made.code, 201, JSON.stringify(made.body));
    const until = Date.now() + 10_000;
    while ((await call({ path: path('v2') })).code !== 200 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 50));
  });

  after(async () => {
    answer = works;
    await call({
      method: 'DELETE',
      path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/machines.${group}`,
    });
    agent.destroy();
    await hooks[Symbol.asyncDispose]();
    await server.close();
  });

  beforeEach(() => {
    answer = works;
    asked = [];
  });

  it('reads what another version stored', async () => {
    await call({ path: path('v1'), body: machine('v1', 'a', { hostPort: 'h:1' }) });
    assert.deepEqual(specOf(await call({ path: path('v2', '/a') })), { host: 'h', port: '1' });
    assert.deepEqual(specOf(await call({ path: path('v1', '/a') })), { hostPort: 'h:1' });
  });

  it('stores what is written in another version, and answers in that', async () => {
    const made = await call({ path: path('v2'), body: machine('v2', 'b', { host: 'x', port: '2' }) });
    assert.equal(made.code, 201, JSON.stringify(made.body));
    assert.deepEqual(specOf(made), { host: 'x', port: '2' });
    assert.deepEqual(specOf(await call({ path: path('v1', '/b') })), { hostPort: 'x:2' });
  });

  it('patches, applies and deletes in either version', async () => {
    await call({ path: path('v1'), body: machine('v1', 'c', { hostPort: 'h:3' }) });
    const type = 'application/merge-patch+json';
    const patched = await call({ method: 'PATCH', path: path('v2', '/c'), body: { spec: { port: '4' } }, type });
    assert.deepEqual(specOf(patched), { host: 'h', port: '4' });
    assert.deepEqual(specOf(await call({ path: path('v1', '/c') })), { hostPort: 'h:4' });
    const applied = await call({
      method: 'PATCH',
      path: path('v2', '/d?fieldManager=m'),
      body: machine('v2', 'd', { host: 'q', port: '5' }),
      type: 'application/apply-patch+yaml',
    });
    assert.equal(applied.code, 201, JSON.stringify(applied.body));
    assert.equal((await call({ method: 'DELETE', path: path('v2', '/d') })).code, 200);
    assert.equal((await call({ path: path('v1', '/d') })).code, 404);
  });

  it('lists with one review', async () => {
    for (const [index, name] of ['l1', 'l2', 'l3'].entries())
      await call({ path: path('v1'), body: machine('v1', name, { hostPort: `l:${index}` }) });
    asked = [];
    const listed = await call({ path: path('v2') });
    const { items } = listed.body as { items: Machine[] };
    assert.ok(items.every((item) => item.apiVersion === `${group}/v2` && item.spec.host !== undefined));
    assert.ok(items.length >= 3);
    assert.ok(asked.length <= 1, `${asked.length} reviews`);
  });

  it('watches in another version', async () => {
    const type = 'application/merge-patch+json';
    const watched = await call({
      path: `${path('v2')}?watch=1&fieldSelector=metadata.name%3Dw`,
      watchFor: 1000,
      during: [
        { path: path('v1'), body: machine('v1', 'w', { hostPort: 'w:1' }) },
        { method: 'PATCH', path: path('v1', '/w'), body: { spec: { hostPort: 'w:2' } }, type },
        { method: 'DELETE', path: path('v1', '/w') },
      ],
    });
    const events = watched.body as { type: string; object: Machine }[];
    assert.deepEqual(
      events.map(({ type, object }) => [type, object.spec]),
      [
        ['ADDED', { host: 'w', port: '1' }],
        ['MODIFIED', { host: 'w', port: '2' }],
        ['DELETED', { host: 'w', port: '2' }],
      ],
    );
  });

  const kind = `${group}/v1, Kind=Machine`;
  const failures: readonly [string, (review: Review) => object, string][] = [
    [
      'the webhook’s own words',
      (review) => ({ uid: review.request.uid, result: { status: 'Failure', message: 'no such port' } }),
      `conversion webhook for ${kind} failed: no such port`,
    ],
    [
      'no objects',
      (review) => ({ uid: review.request.uid, result: { status: 'Success' }, convertedObjects: [] }),
      `conversion webhook for ${kind} returned 0 objects, expected 1`,
    ],
    [
      'another version',
      (review) => ({ ...works(review), convertedObjects: review.request.objects }),
      `conversion webhook for ${kind} returned invalid object at index 0: invalid groupVersion (expected ${group}/v2, received ${group}/v1)`,
    ],
    [
      'another name',
      (review) => ({
        ...works(review),
        convertedObjects: review.request.objects.map((object) => {
          const made = convert(object, review.request.desiredAPIVersion) as Machine;
          return { ...made, metadata: { ...made.metadata, name: 'z' } };
        }),
      }),
      `conversion webhook for ${kind} returned invalid object: must have the same name: f != z`,
    ],
  ];
  for (const [name, verdict, message] of failures) {
    it(`says what is wrong with an answer: ${name}`, async () => {
      await call({ path: path('v1'), body: machine('v1', 'f', { hostPort: 'f:1' }) });
      answer = verdict;
      const got = await call({ path: path('v2', '/f') });
      assert.equal(got.code, 500);
      assert.equal((got.body as { message: string }).message, message);
      answer = works;
      await call({ method: 'DELETE', path: path('v1', '/f') });
    });
  }
});
