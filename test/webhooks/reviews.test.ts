import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AnyPolicy } from '../../policies/engine/index.ts';
import { validate } from '../../webhooks/admission/validate.ts';
import type { ReviewOutcome } from '../../webhooks/metrics.ts';
import { noMetrics } from '../../webhooks/metrics.ts';
import { timeoutOf } from '../../webhooks/server/admissionRoute.ts';
import { createInFlightLimit } from '../../webhooks/server/inFlight.ts';
import { createManualClock } from '../support/manualClock.ts';
import { createTestRoute } from './support/route.ts';
import { serveWebhooks } from './support/served.ts';
import { spoil, spoilt } from './support/spoilt.ts';
import { createAdmission, custom, requestOf, reviewOf } from './support/world.ts';

const UID = '705ab4f5-6393-11e8-b7cc-42010a800002';
const agent = custom('Agent', 'bot', { llmRef: { name: 'gpt' }, system: 's' });
/** As the API server writes it: the uid first. */
const review = (object: object | null = agent, more: object = {}) =>
  reviewOf({ ...requestOf(object), ...more, uid: UID } as never) as {
    request: Record<string, unknown>;
    apiVersion: string;
  };
const text = (value: object = review()): string => {
  const { request, ...rest } = value as { request?: object };
  return JSON.stringify({ ...rest, request: request && { uid: UID, ...request } });
};

describe('AdmissionReviews', () => {
  const ask = createTestRoute({ decide: () => ({ allowed: true }) });

  it('are answered with their uid', async () => {
    for (const contentType of ['application/json', 'application/json; charset=utf-8', 'Application/JSON']) {
      const { status, review: answer } = await ask(text(), { contentType });
      assert.deepEqual(
        { status, ...answer },
        {
          status: 200,
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          response: { uid: UID, allowed: true },
        },
      );
    }
  });

  const deep = (levels: number): string => text().replace('"s"', `${'['.repeat(levels)}${']'.repeat(levels)}`);
  const malformed: [string, string, { contentType?: string; code: number; uid: string; message: RegExp }][] = [
    ['no body', '', { code: 400, uid: '', message: /the request body is empty/ }],
    ['another media type', text(), { contentType: 'text/plain', code: 415, uid: UID, message: /"text\/plain" is not/ }],
    ['no media type', text(), { contentType: '', code: 415, uid: UID, message: /is not application\/json/ }],
    ['no JSON', 'apiVersion: v1', { code: 400, uid: '', message: /is no JSON/ }],
    ['half a JSON', text().slice(0, -40), { code: 400, uid: UID, message: /is no JSON/ }],
    ['a byte order mark', `\uFEFF${text()}`, { code: 400, uid: UID, message: /is no JSON/ }],
    ['a list', '[]', { code: 400, uid: '', message: /the body is no object/ }],
    [
      'no request',
      text({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }),
      { code: 400, uid: '', message: /request is no object/ },
    ],
    [
      'a request that is null',
      '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":null}',
      { code: 400, uid: '', message: /request is no object/ },
    ],
    [
      'another kind',
      text({ ...review(), kind: 'Pod' } as never),
      { code: 400, uid: UID, message: /"Pod" is not served/ },
    ],
    [
      'an unknown operation',
      text(review(agent, { operation: 'PATCH' })),
      { code: 400, uid: UID, message: /"PATCH" is none of/ },
    ],
    [
      'no user',
      text({ ...review(), request: { ...review().request, userInfo: null } }),
      { code: 400, uid: UID, message: /userInfo is no object/ },
    ],
    [
      'groups that are none',
      text({ ...review(), request: { ...review().request, userInfo: { username: 'a', groups: [1] } } }),
      { code: 400, uid: UID, message: /groups is no list of text/ },
    ],
    [
      'an object that is text',
      text({ ...review(), request: { ...review().request, object: 'x' } }),
      { code: 400, uid: UID, message: /request\.object is no object/ },
    ],
    [
      'labels that are numbers',
      text(review({ ...agent, metadata: { labels: { a: 1 } } })),
      { code: 400, uid: UID, message: /labels is no map of text/ },
    ],
  ];
  for (const [what, body, { contentType, code, uid, message }] of malformed) {
    it(`with ${what} get a well-formed refusal`, async () => {
      const { status, review: answer } = await ask(body, contentType === undefined ? {} : { contentType });
      assert.equal(status, 200);
      assert.equal(answer.kind, 'AdmissionReview');
      assert.equal(answer.response.uid, uid);
      assert.equal(answer.response.allowed, false);
      assert.equal(answer.response.status?.code, code);
      assert.match(answer.response.status?.message ?? '', message);
    });
  }

  it('of a version that is gone are answered in that version', async () => {
    const { review: answer } = await ask(text({ ...review(), apiVersion: 'admission.k8s.io/v1beta1' }));
    assert.equal(answer.apiVersion, 'admission.k8s.io/v1beta1');
    assert.equal(answer.response.uid, UID);
    assert.equal(answer.response.allowed, false);
  });

  it('of 7 MiB are read, and one byte more is too much', async () => {
    const limit = 7 * 1024 * 1024;
    const whole = text().padEnd(limit, ' ');
    assert.equal((await ask(whole)).review.response.allowed, true);
    const { review: answer } = await ask(`${whole} `);
    assert.equal(answer.response.status?.code, 413);
    assert.equal(answer.response.uid, UID);
  });

  it('however deep, with keys twice or names of prototypes, harm nothing', async () => {
    const admission = createAdmission();
    const judge = createTestRoute({ decide: (request, signal) => validate(request, admission, signal) });
    const bodies = [
      deep(10),
      deep(100_000),
      text().replace('"system":"s"', '"system":"a","system":"b"'),
      text().replace('"system":"s"', '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}'),
      text().replace('"metadata":{', '"metadata":{"annotations":{"__proto__":"x"},'),
    ];
    for (const body of bodies) {
      const { review: answer } = await judge(body);
      assert.equal(answer.response.uid, UID);
      assert.equal(typeof answer.response.allowed, 'boolean');
    }
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it('ten thousand times spoilt, over a socket, are each answered', async function () {
    this.timeout(120_000);
    const policy = {
      apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
      kind: 'ClusterAgentPolicy',
      metadata: { name: 'p' },
      spec: {
        defaultAction: 'Deny',
        tools: { allow: ['a/*'] },
        prompts: { maxBytes: 10 },
        mcpServers: { deny: ['x'] },
        llms: { allow: ['openai/*'] },
      },
    } as AnyPolicy;
    const admission = createAdmission({ policies: [policy] });
    await using served = await serveWebhooks(admission);
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(spoilt, async ({ kind, spec, update, status, edits, cut, splice }) => {
        const object = custom(kind.kind, 'x', spec);
        const whole = review(object, {
          ...(update ? { operation: 'UPDATE', oldObject: { ...object, spec: {} } } : {}),
          ...(status ? { subResource: 'status' } : {}),
        });
        for (const edit of edits) spoil(whole.request, edit);
        let body = text(whole);
        if (splice !== undefined) body = body.slice(0, 120 + splice[0]) + splice[1] + body.slice(120 + splice[0]);
        if (cut !== undefined) body = body.slice(0, Math.max(120, body.length - cut));
        for (const path of ['/validate', '/mutate'] as const) {
          const { status: http, review: answer } = await served.ask(path, body);
          answered++;
          assert.equal(http, 200);
          assert.equal(typeof answer.response.allowed, 'boolean');
          assert.equal(typeof answer.response.uid, 'string');
          if (answer.response.patch !== undefined) JSON.parse(Buffer.from(answer.response.patch, 'base64').toString());
          if (!answer.response.allowed) assert.ok(answer.response.status?.message);
        }
      }),
      { numRuns: 5_000 },
    );
    assert.ok(answered >= 10_000);
    assert.equal(Object.keys(Object.prototype).length, 0);
  });

  it('that cannot be decided are decided by the failure policy', async () => {
    const decide = () => {
      throw new Error('a secret detail');
    };
    const fail = (await createTestRoute({ decide })(text())).review.response;
    assert.equal(fail.allowed, false);
    assert.equal(fail.status?.code, 500);
    assert.ok(!JSON.stringify(fail).includes('secret detail'));
    const ignore = (await createTestRoute({ decide, failurePolicy: 'Ignore' })(text())).review.response;
    assert.equal(ignore.allowed, true);
    assert.match(ignore.warnings?.[0] ?? '', /could not be decided/);
  });

  it('are decided before the API server’s patience ends', async () => {
    const clock = createManualClock();
    let aborted = false;
    const judge = createTestRoute({
      clock,
      decide: (_request, signal) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise(() => undefined);
      },
    });
    const answering = judge(text(), { url: '/validate?timeout=10s' });
    await clock.advance(7_900);
    assert.equal(aborted, false);
    await clock.advance(200);
    const { response } = (await answering).review;
    assert.equal(response.allowed, false);
    assert.equal(response.status?.code, 504);
    assert.ok(aborted, 'what was under way is called off');
    assert.equal(timeoutOf('/validate?timeout=2.5s'), 2500);
    assert.equal(timeoutOf('/validate?timeout=x'), 10_000);
    assert.equal(timeoutOf('/validate'), 10_000);
  });

  it('are shed where too many are under way, and counted', async () => {
    const outcomes: ReviewOutcome[] = [];
    const gate = Promise.withResolvers<{ allowed: boolean }>();
    const limit = createInFlightLimit(1);
    const judge = createTestRoute({
      limit,
      decide: () => gate.promise,
      metrics: { ...noMetrics, reviewed: ({ outcome }) => outcomes.push(outcome) },
    });
    const first = judge(text());
    const second = (await judge(text())).review.response;
    assert.equal(second.status?.code, 429);
    assert.equal(second.uid, UID);
    gate.resolve({ allowed: true });
    assert.equal((await first).review.response.allowed, true);
    assert.deepEqual(outcomes, ['shed', 'allowed']);
    // The route leaves its place a moment after its answer.
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(limit.inFlight, 0);
  });
});
