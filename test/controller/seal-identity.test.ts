import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createSealIdentity } from '../../controller/policy/identity.ts';
import type { KubeClient } from '../../kube/index.ts';
import { systemClock } from '../../kube/index.ts';
import { createRecordingLogger } from '../support/logger.ts';

describe('the key that seals Approvals, as the operator reads it', () => {
  async function keysOf(key: Buffer): Promise<readonly Uint8Array[]> {
    const client = {
      get: async () => ({ metadata: {}, data: { key: key.toString('base64') } }),
      request: async () => ({ status: { userInfo: { username: 'operator' } } }),
    } as unknown as KubeClient;
    const logger = createRecordingLogger();
    const identity = createSealIdentity({ client, clock: systemClock, logger, namespace: 'n', onChange: () => {} });
    await identity.refresh(new AbortController().signal);
    assert.ok(identity.current().isOperator('operator'));
    return identity.current().keys;
  }

  it('counts for nothing where it is too short, instead of stopping the calls that wait', async () => {
    assert.deepEqual(await keysOf(Buffer.alloc(8)), []);
    assert.equal((await keysOf(Buffer.alloc(32))).length, 1);
  });
});
