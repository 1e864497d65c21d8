import assert from 'node:assert/strict';
import {
  isAlreadyExists,
  isConflict,
  isGone,
  isNotFound,
  isRetriable,
  KubeError,
  type KubeErrorCode,
} from '../../kube/index.ts';
import { json, startScriptedServer, status, WIDGETS } from './scriptedServer.ts';

describe('errors of the API server', () => {
  const table: [number, string, KubeErrorCode][] = [
    [404, 'NotFound', 'NotFound'],
    [409, 'AlreadyExists', 'AlreadyExists'],
    [409, 'Conflict', 'Conflict'],
    [422, 'Invalid', 'Invalid'],
    [400, 'BadRequest', 'BadRequest'],
    [403, 'Forbidden', 'Forbidden'],
    [401, 'Unauthorized', 'Unauthorized'],
    [410, 'Expired', 'Gone'],
    [410, 'Gone', 'Gone'],
    [504, 'Timeout', 'Timeout'],
    [500, 'ServerTimeout', 'Timeout'],
    [500, 'InternalError', 'Internal'],
    [413, 'RequestEntityTooLarge', 'TooLarge'],
    [405, 'MethodNotAllowed', 'Unsupported'],
    [415, 'UnsupportedMediaType', 'Unsupported'],
  ];
  for (const [code, reason, expected] of table) {
    it(`${code} ${reason} is ${expected}`, async () => {
      await using server = await startScriptedServer((_, response) =>
        json(response, code, status(code, reason, 'the words of the server')),
      );
      await assert.rejects(server.client().create(WIDGETS, { metadata: { namespace: 'a', name: 'w' } }), (error) => {
        assert(error instanceof KubeError);
        assert.deepEqual([error.code, error.status, error.reason], [expected, code, reason]);
        assert.equal(error.message, 'create Widget a/w: the words of the server');
        return true;
      });
    });
  }

  it('an object that outgrew etcd is TooLarge, though the server says 500', async () => {
    await using server = await startScriptedServer((_, response) =>
      json(response, 500, status(500, '', 'etcdserver: request is too large')),
    );
    await assert.rejects(server.client().create(WIDGETS, { metadata: { namespace: 'a', name: 'w' } }), {
      code: 'TooLarge',
    });
  });

  it('an answer that is no Status keeps its text, and an unknown path is NotFound without a reason', async () => {
    await using server = await startScriptedServer((_, response) =>
      response.writeHead(404).end('404 page not found\n'),
    );
    await assert.rejects(server.client().get(WIDGETS, { namespace: 'a', name: 'w' }), (error) => {
      assert(error instanceof KubeError && isNotFound(error));
      assert.equal(error.reason, undefined);
      assert.equal(error.message, 'get Widget a/w: 404 page not found');
      return true;
    });
  });

  it('causes and Retry-After are there to be read', async () => {
    const details = {
      name: 'w',
      kind: 'widgets',
      causes: [{ reason: 'FieldValueInvalid', message: 'must be positive', field: 'spec.size' }],
    };
    await using server = await startScriptedServer((_, response) =>
      json(response, 429, status(429, 'TooManyRequests', 'slow down', details), { 'retry-after': '7' }),
    );
    await assert.rejects(server.client().delete(WIDGETS, { namespace: 'a', name: 'w' }), (error) => {
      assert(error instanceof KubeError);
      assert.equal(error.retryAfterMs, 7000);
      assert.equal(error.details?.causes?.[0]?.field, 'spec.size');
      return true;
    });
  });

  it('says what may be tried again unchanged', () => {
    const retriable = (['TooManyRequests', 'Timeout', 'Unavailable', 'Network', 'Internal'] as const).map(
      (code) => new KubeError(code, ''),
    );
    const final = (['Conflict', 'Gone', 'Invalid', 'NotFound', 'Forbidden', 'Aborted', 'TooLarge'] as const).map(
      (code) => new KubeError(code, ''),
    );
    assert(retriable.every(isRetriable));
    assert(!final.some(isRetriable));
    assert(isConflict(final[0]) && isGone(final[1]) && !isAlreadyExists(final[0]));
    assert(!isNotFound(new Error('404')) && !isRetriable(undefined));
  });
});
