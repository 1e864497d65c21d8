import { createHmac, timingSafeEqual } from 'node:crypto';
import { STAMPS } from '../../api/index.ts';
import { keyId, SEAL_KEY_BYTES } from '../approvals/seal.ts';
import { textAt } from '../engine/json.ts';
import { definitionDigest } from './marks.ts';

const VERSION = 'v1';

/**
 * The seal of a change: who wrote the spec and the marks that the object has now. `managedFields` would not do, since a field
 * manager is a name that any client gives itself.
 * Undefined for an object that has no name yet.
 */
export function sealChange(key: Uint8Array, object: unknown, username: string, namespace: string): string | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === undefined || name === '' || key.length < SEAL_KEY_BYTES) return undefined;
  const text = JSON.stringify([
    'change',
    VERSION,
    username,
    textAt(object, 'kind') ?? '',
    namespace,
    name,
    definitionDigest(object),
  ]);
  return `${VERSION}.${keyId(key)}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

/** Who changed the object last, where the webhook's seal vouches for it; undefined where nothing does. */
export function lastWriterOf(keys: readonly Uint8Array[], object: unknown): string | undefined {
  const username = textAt(object, 'metadata', 'annotations', STAMPS.changedBy);
  const given = Buffer.from(textAt(object, 'metadata', 'annotations', STAMPS.changeSeal) ?? '');
  if (username === undefined || given.length === 0) return undefined;
  const namespace = textAt(object, 'metadata', 'namespace') ?? '';
  const valid = keys.some((key) => {
    const expected = Buffer.from(sealChange(key, object, username, namespace) ?? '');
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
  return valid ? username : undefined;
}
