import assert from 'node:assert/strict';
import type { KubeClient } from '../../kube/index.ts';
import { createAccess } from '../../webhooks/access.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { createManualClock } from '../support/manualClock.ts';

const BOB = { username: 'bob', groups: ['finance'] };
const question = (name: string) => ({ verb: 'approve', group: 'g', resource: 'toolapprovals', name, namespace: 'n' });

describe('what the authorizer is asked', () => {
  const never = new AbortController().signal;
  const clock = createManualClock();
  const asked: string[] = [];
  let answer: (name: string) => unknown;
  const client = {
    async request(
      _method: string,
      _path: string,
      body: { spec: { user: string; resourceAttributes: { name: string } } },
    ) {
      asked.push(`${body.spec.user} ${body.spec.resourceAttributes.name}`);
      return answer(body.spec.resourceAttributes.name);
    },
  } as unknown as KubeClient;
  const access = createAccess({ client, clock, logger: createRecordingLogger() });
  const may = (...names: string[]) => access.allowed(BOB, names.map(question), never);
  beforeEach(() => asked.splice(0));

  it('is the name itself, then the wildcards, until one is allowed', async () => {
    answer = (name) => ({ status: { allowed: name === 'bank/*' } });
    assert.equal(await may('bank/transfer', 'bank/*', '*'), true);
    assert.deepEqual(asked, ['bob bank/transfer', 'bob bank/*']);
  });

  it('is remembered for half a minute where the answer was no, and never where it was yes', async () => {
    answer = () => ({ status: { allowed: false } });
    assert.equal(await may('a'), false);
    answer = () => ({ status: { allowed: true } });
    await clock.advance(29_999);
    assert.equal(await may('a'), false);
    assert.deepEqual(asked, ['bob a']);
    await clock.advance(1);
    assert.equal(await may('a'), true);
    answer = () => ({ status: { allowed: false } });
    assert.equal(await may('a'), false, 'what is taken away counts at once');
  });

  it('means no where it cannot be answered, which is not remembered', async () => {
    for (const broken of [
      () => {
        throw new Error('away');
      },
      () => ({}),
      () => ({ status: { allowed: true, denied: true } }),
      () => ({ status: { allowed: 'true' } }),
    ]) {
      answer = broken;
      assert.equal(await may(`b${asked.length}`), false);
    }
    answer = () => {
      throw new Error('away');
    };
    assert.equal(await may('c'), false);
    answer = () => ({ status: { allowed: true } });
    assert.equal(await may('c'), true);
  });
});
