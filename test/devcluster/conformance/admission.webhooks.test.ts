import assert from 'node:assert/strict';
import { testsRealServer } from '../../support/server.ts';
import { jsonPatchVerdict, startWebhookServer, type Verdict, type WebhookServer } from '../../support/webhookServer.ts';
import { type AdmissionServer, messageOf, startAdmissionServer } from './admission.server.ts';

type Fields = { readonly [field: string]: unknown };

/** Answers `text` with a code, whatever was asked. */
const raw =
  (code: number, text: string): Verdict =>
  (_request, response, _review) => {
    response.writeHead(code, { 'content-type': 'text/plain' });
    response.end(text);
  };

/** A validating webhook's answer, and what the client gets. */
const verdicts: { readonly [name: string]: readonly [verdict: Verdict, code: number, message: string] } = {
  plain: [{ allowed: false }, 400, 'admission webhook "plain.example.com" denied the request without explanation'],
  message: [
    { allowed: false, status: { message: 'no way' } },
    400,
    'admission webhook "message.example.com" denied the request: no way',
  ],
  reason: [
    { allowed: false, status: { reason: 'Because' } },
    400,
    'admission webhook "reason.example.com" denied the request: Because',
  ],
  code: [
    { allowed: false, status: { code: 418, message: 'tea' } },
    418,
    'admission webhook "code.example.com" denied the request: tea',
  ],
  success: [
    { allowed: false, status: { code: 200, message: 'ok?' } },
    400,
    'admission webhook "success.example.com" denied the request: ok?',
  ],
  patch: [
    jsonPatchVerdict([]),
    500,
    'Internal error occurred: failed calling webhook "patch.example.com": received invalid webhook response: validating webhook may not return response.patch',
  ],
  boolean: [
    { allowed: 'yes' },
    500,
    'Internal error occurred: failed calling webhook "boolean.example.com": failed to call webhook: json: cannot unmarshal string into Go struct field AdmissionResponse.response.allowed of type bool',
  ],
  broken: [
    raw(500, 'boom'),
    500,
    'Internal error occurred: failed calling webhook "broken.example.com": failed to call webhook: an error on the server ("boom") has prevented the request from succeeding',
  ],
  missing: [
    raw(404, ''),
    500,
    'Internal error occurred: failed calling webhook "missing.example.com": failed to call webhook: the server could not find the requested resource',
  ],
  empty: [
    raw(200, '{}'),
    500,
    'Internal error occurred: failed calling webhook "empty.example.com": received invalid webhook response: webhook response was absent',
  ],
  nothing: [
    raw(200, ''),
    500,
    'Internal error occurred: failed calling webhook "nothing.example.com": failed to call webhook: 0-length response with status code: 200 and content type: text/plain',
  ],
  kind: [
    raw(200, '{"apiVersion":"v1","kind":"Pod"}'),
    500,
    'Internal error occurred: failed calling webhook "kind.example.com": failed to call webhook: no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
  ],
};

/** A mutating webhook's patch, and what the client gets. */
const patches: { readonly [name: string]: readonly [verdict: Verdict, code: number, message: string] } = {
  test: [
    jsonPatchVerdict([{ op: 'test', path: '/data/n', value: '5' }]),
    500,
    'Internal error occurred: testing value /data/n failed: test failed',
  ],
  remove: [
    jsonPatchVerdict([{ op: 'remove', path: '/nope' }]),
    500,
    "Internal error occurred: error in remove for path: '/nope': Unable to remove nonexistent key: nope: missing value",
  ],
  parent: [
    jsonPatchVerdict([{ op: 'add', path: '/a/b', value: 1 }]),
    500,
    'Internal error occurred: add operation does not apply: doc is missing path: "/a/b": missing value',
  ],
  operation: [jsonPatchVerdict([{ op: 'bogus', path: '/a' }]), 500, 'Internal error occurred: Unexpected kind: bogus'],
  typed: [
    jsonPatchVerdict([{ op: 'add', path: '/data', value: 5 }]),
    500,
    'Internal error occurred: json: cannot unmarshal number into Go struct field ConfigMap.data of type map[string]string',
  ],
  namespace: [
    jsonPatchVerdict([{ op: 'replace', path: '/metadata/namespace', value: 'default' }]),
    400,
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  untyped: [
    { allowed: true, patch: 'W10=' },
    500,
    'Internal error occurred: failed calling webhook "untyped.example.com": received invalid webhook response: webhook returned response.patch but not response.patchType',
  ],
};

const hangs: Verdict = (_request, _response, _review) => undefined;
const resets: Verdict = (request, _response, _review) => request.socket.destroy();
const drips: Verdict = (_request, response, _review) => void response.writeHead(200).write('{');
const endless: Verdict = (_request, response, _review) => {
  response.writeHead(200);
  const chunk = Buffer.alloc(1 << 20, ' ');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
};

const configMaps = { apiGroups: [''], apiVersions: ['*'], resources: ['configmaps'] };

describe('admission webhooks', () => {
  let server: AdmissionServer;
  let hooks: WebhookServer;

  const webhook = (name: string, more: Fields = {}): Fields => ({
    name: `${name}.example.com`,
    clientConfig: { url: `${hooks.url}/${name}`, caBundle: hooks.caBundle },
    rules: [{ operations: ['CREATE'], ...configMaps }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': server.namespace } },
    objectSelector: { matchLabels: { t: name } },
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...more,
  });
  const configure = async (kind: 'Mutating' | 'Validating', name: string, webhooks: readonly Fields[]) => {
    const answer = await server.configure(`${kind.toLowerCase()}webhookconfigurations`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: { name },
      webhooks,
    } as { metadata: { name: string } });
    assert.equal(answer.code, 201, JSON.stringify(answer.body));
  };
  /** A last webhook that tells when the configuration counts. */
  const canary = (name: string): Fields => {
    hooks.answer(`/${name}`, { allowed: false, status: { message: 'counts' } });
    return webhook(name);
  };
  const counts = (name: string): Promise<void> => server.effective(name, (answer) => answer.code === 400);

  before(async () => {
    hooks = await startWebhookServer();
    server = await startAdmissionServer('admission-webhooks');
  });

  after(async () => {
    await server[Symbol.asyncDispose]();
    await hooks[Symbol.asyncDispose]();
  });

  it('refuses in the words of the webhook, or says what is wrong with its answer', async () => {
    for (const [name, [verdict]] of Object.entries(verdicts)) hooks.answer(`/${name}`, () => verdict);
    await configure('Validating', 'verdicts', [...Object.keys(verdicts).map((name) => webhook(name)), canary('c-v')]);
    await counts('c-v');
    for (const [name, [, code, message]] of Object.entries(verdicts)) {
      const answer = await server.create(name);
      assert.deepEqual([answer.code, messageOf(answer)], [code, message], name);
    }
  });

  it('applies patches, and says what is wrong with one', async () => {
    for (const [name, [verdict]] of Object.entries(patches)) hooks.answer(`/${name}`, () => verdict);
    hooks.answer('/adds', jsonPatchVerdict([{ op: 'add', path: '/data/added', value: 'yes' }]));
    const names = [...Object.keys(patches), 'adds'];
    await configure('Mutating', 'patches', [...names.map((name) => webhook(name)), canary('c-p')]);
    await counts('c-p');
    for (const [name, [, code, message]] of Object.entries(patches)) {
      const answer = await server.create(name);
      assert.deepEqual([answer.code, messageOf(answer)], [code, message], name);
    }
    const { body } = await server.create('adds');
    assert.deepEqual((body as Fields).data, { n: '4', added: 'yes' });
    const owned = (body as { metadata: { managedFields: { fieldsV1: object }[] } }).metadata.managedFields[0];
    assert.equal(JSON.stringify(owned).includes('f:added'), false, 'what a webhook adds belongs to nobody');
  });

  it('sends the review that the real server sends', async () => {
    await configure('Mutating', 'seen-m', [webhook('seen', { rules: [{ operations: ['*'], ...configMaps }] })]);
    await configure('Validating', 'seen-v', [
      webhook('seen-v', {
        rules: [{ operations: ['*'], ...configMaps }],
        objectSelector: { matchLabels: { t: 'seen' } },
      }),
      canary('c-s'),
    ]);
    await counts('c-s');
    await server.effective('seen', () => hooks.received('/seen').length > 0 && hooks.received('/seen-v').length > 0);
    hooks.reviews.length = 0;
    await server.create('seen');
    const path = `/api/v1/namespaces/${server.namespace}/configmaps`;
    await server.send({
      method: 'PATCH',
      path: `${path}/seen?fieldManager=me`,
      body: { data: { n: '5' } },
      type: 'application/merge-patch+json',
    });
    await server.send({ method: 'DELETE', path: `${path}?labelSelector=t%3Dseen` });
    const resource = { group: '', version: 'v1', resource: 'configmaps' };
    const kind = { group: '', version: 'v1', kind: 'ConfigMap' };
    const common = { kind, resource, requestKind: kind, requestResource: resource, namespace: server.namespace };
    const options = (kind: string, more: Fields = {}) => ({ kind, apiVersion: 'meta.k8s.io/v1', ...more });
    const expected = [
      { ...common, name: 'seen', operation: 'CREATE', dryRun: false, options: options('CreateOptions') },
      {
        ...common,
        name: 'seen',
        operation: 'UPDATE',
        dryRun: false,
        options: options('UpdateOptions', { fieldManager: 'me' }),
      },
      { ...common, operation: 'DELETE', dryRun: false, options: options('DeleteOptions') },
    ];
    for (const hook of ['/seen', '/seen-v']) {
      const reviews = hooks.received(hook);
      assert.deepEqual(
        reviews.map(({ uid: _, userInfo: __, object: ___, oldObject: ____, ...request }) => request),
        expected,
        hook,
      );
      const [created, updated, deleted] = reviews;
      assert.equal(created?.oldObject, null);
      assert.deepEqual([updated?.oldObject?.data, updated?.object?.data], [{ n: '4' }, { n: '5' }]);
      assert.deepEqual([deleted?.object, deleted?.oldObject?.metadata.name], [null, 'seen']);
    }
    const [before] = hooks.received('/seen');
    const [after] = hooks.received('/seen-v');
    const stamped = (object: unknown) => Object.hasOwn((object as { metadata: object }).metadata, 'uid');
    assert.deepEqual([stamped(before?.object), stamped(after?.object)], [false, true]);
    assert.deepEqual(hooks.reviews[0]?.path, '/seen?timeout=10s');
  });

  it('shows the Scale of what is scaled', async () => {
    const rules = [
      { operations: ['UPDATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments/scale'] },
    ];
    await configure('Validating', 'scales', [webhook('scales', { rules, objectSelector: {} }), canary('c-sc')]);
    await counts('c-sc');
    const path = `/apis/apps/v1/namespaces/${server.namespace}/deployments`;
    const labels = { app: 'scaled' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    await server.send({ path, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec } });
    const type = 'application/merge-patch+json';
    await server.send({ method: 'PATCH', path: `${path}/d/scale`, body: { spec: { replicas: 3 } }, type });
    const [review] = hooks.received('/scales');
    assert.deepEqual(review?.kind, { group: 'autoscaling', version: 'v1', kind: 'Scale' });
    assert.deepEqual([review?.subResource, review?.requestSubResource], ['scale', 'scale']);
    const seen = [review?.oldObject, review?.object].map((object) => [object?.kind, object?.spec]);
    assert.deepEqual(seen, [
      ['Scale', { replicas: 1 }],
      ['Scale', { replicas: 3 }],
    ]);
  });

  it('follows failurePolicy, timeouts, match conditions and sideEffects', async () => {
    hooks.answer('/hangs', hangs);
    hooks.answer('/hangs-open', hangs);
    hooks.answer('/resets', resets);
    hooks.answer('/drips', drips);
    const failing = (expression: string): Fields => ({ matchConditions: [{ name: 'c', expression }] });
    await configure('Validating', 'failures', [
      webhook('hangs', { timeoutSeconds: 1 }),
      webhook('hangs-open', { timeoutSeconds: 1, failurePolicy: 'Ignore' }),
      webhook('drips', { timeoutSeconds: 1 }),
      webhook('resets'),
      webhook('refused', { clientConfig: { url: 'https://127.0.0.1:1/x', caBundle: hooks.caBundle } }),
      webhook('service', { clientConfig: { service: { name: 'svc', namespace: server.namespace, path: '/p' } } }),
      webhook('untrusted', { clientConfig: { url: `${hooks.url}/x` } }),
      webhook('condition', failing('object.data.nope == "1"')),
      webhook('condition-false', failing('object.data.n == "5"')),
      webhook('condition-open', { ...failing('object.data.nope == "1"'), failurePolicy: 'Ignore' }),
      canary('c-f'),
    ]);
    hooks.answer('/condition-false', { allowed: false });
    await counts('c-f');
    const call = (name: string) => `Internal error occurred: failed calling webhook "${name}.example.com": `;
    const post = (name: string) => `${call(name)}failed to call webhook: Post "${hooks.url}/${name}?timeout=`;
    const expected: { readonly [name: string]: readonly [number, string] } = {
      hangs: [500, `${post('hangs')}1s": context deadline exceeded`],
      'hangs-open': [201, ''],
      drips: [
        500,
        `${call('drips')}failed to call webhook: unexpected error when reading response body. Please retry. Original error: context deadline exceeded`,
      ],
      resets: [500, `${post('resets')}10s": EOF`],
      refused: [
        500,
        `${call('refused')}failed to call webhook: Post "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused`,
      ],
      service: [
        500,
        `${call('service')}failed to call webhook: Post "https://svc.${server.namespace}.svc:443/p?timeout=10s": service "svc" not found`,
      ],
      untrusted: [
        500,
        `${call('untrusted')}failed to call webhook: Post "${hooks.url}/x?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      ],
      condition: [
        403,
        `configmaps "condition" is forbidden: expression 'object.data.nope == "1"' resulted in error: no such key: nope`,
      ],
      'condition-false': [201, ''],
      'condition-open': [201, ''],
    };
    const answers = await Promise.all(Object.keys(expected).map((name) => server.create(name)));
    for (const [index, [name, wanted]] of Object.entries(expected).entries()) {
      const answer = answers[index];
      assert.ok(answer !== undefined);
      assert.deepEqual([answer.code, messageOf(answer)], wanted, name);
    }
  });

  it('asks once more what depends on what others have changed', async () => {
    const add = (key: string) => jsonPatchVerdict([{ op: 'add', path: `/data/${key}`, value: '1' }]);
    hooks.answer('/again', () => (hooks.received('/again').length > 1 ? { allowed: true } : add('a')));
    hooks.answer('/later', add('b'));
    const once = { objectSelector: { matchLabels: { t: 'rounds' } } };
    await configure('Mutating', 'rounds', [canary('c-r')]);
    await counts('c-r');
    await configure('Mutating', 'rounds-a', [
      webhook('again', { ...once, reinvocationPolicy: 'IfNeeded' }),
      webhook('later', once),
    ]);
    await server.effective('rounds', (answer) => JSON.stringify(answer.body).includes('"b":"1"'));
    hooks.reviews.length = 0;
    const { body } = await server.create('rounds');
    assert.deepEqual((body as Fields).data, { a: '1', b: '1', n: '4' });
    const order = hooks.reviews.map((item) => item.path.split('?')[0]);
    assert.deepEqual(order, ['/again', '/later', '/again']);
  });

  it('passes warnings on, cleaned and bounded, with refusals too', async () => {
    const long = 'x'.repeat(300);
    hooks.answer('/warns', { allowed: true, warnings: ['tünde', '', 'a\nb', 'tünde', 'say "hi"'] });
    hooks.answer('/warns-refusing', { allowed: false, warnings: ['w'] });
    hooks.answer('/floods', { allowed: true, warnings: Array.from({ length: 30 }, (_, i) => `${i}${long}`) });
    await configure('Validating', 'warnings', [
      webhook('warns'),
      webhook('warns-refusing'),
      webhook('floods'),
      canary('c-w'),
    ]);
    await counts('c-w');
    const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString();
    const { warnings } = await server.create('warns');
    assert.deepEqual(warnings.map(utf8), ['299 - "tünde"', '299 - "say \\"hi\\""']);
    assert.deepEqual((await server.create('warns-refusing')).warnings, ['299 - "w"']);
    const flood = (await server.create('floods')).warnings.join().match(/"\d+x+"/g) ?? [];
    assert.deepEqual([flood.length, new Set(flood.map((text) => text.length))], [16, new Set([258])]);
  });

  it('keeps its connections', async function () {
    // The real server speaks HTTP/2 where it can.
    if (testsRealServer) this.skip();
    hooks.reviews.length = 0;
    await configure('Validating', 'kept', [webhook('kept'), canary('c-k')]);
    await counts('c-k');
    for (let i = 0; i < 5; i++) await server.create('kept', { i: String(i) }, '?dryRun=All');
    assert.equal(new Set(hooks.reviews.map((item) => item.clientPort)).size, 1);
  });

  it('counts a change of configuration at once', async function () {
    if (testsRealServer) this.skip();
    hooks.answer('/at-once', { allowed: false });
    assert.equal((await server.create('at-once', {}, '?dryRun=All')).code, 201);
    await configure('Validating', 'at-once', [webhook('at-once')]);
    assert.equal((await server.create('at-once', {}, '?dryRun=All')).code, 400);
  });

  it('refuses an answer without end', async function () {
    // The real server reads all of it.
    if (testsRealServer) this.skip();
    hooks.answer('/huge', endless);
    await configure('Validating', 'huge', [webhook('huge')]);
    const answer = await server.create('huge');
    assert.equal(answer.code, 500);
    assert.match(messageOf(answer), /the answer is longer than 16777216 bytes/);
  });
});
