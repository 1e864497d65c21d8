import { createHash, hkdfSync } from 'node:crypto';

/**
 * The token that the operator shows to a server's bridge. Derived from the key that operator and webhook share, so that it
 * need not be stored: the Pod's own spec holds its SHA-256 alone, which opens nothing, and a new leader knows it too. 256 bits,
 * base64url; `uid` is the MCPServer's.
 */
export function bridgeToken(key: Uint8Array, uid: string): { readonly token: string; readonly sha256: string } {
  const token = Buffer.from(hkdfSync('sha256', key, '', `kubechain mcp bridge ${uid}`, 32)).toString('base64url');
  return { token, sha256: createHash('sha256').update(token).digest('hex') };
}
