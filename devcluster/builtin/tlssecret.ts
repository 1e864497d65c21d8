/** What the server says of a Secret whose certificate and key do not go together, in the words of Go's crypto/tls. */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { KubeObject } from '../types.ts';
import { record, text } from './access.ts';

interface Block {
  readonly type: string;
  readonly pem: string;
}

/** The PEM blocks of a text. */
function blocksOf(content: string): Block[] {
  const out: Block[] = [];
  for (const [pem, type = ''] of content.matchAll(
    /^-----BEGIN ([A-Z0-9 ]+)-----\n[A-Za-z0-9+/=\s]*?-----END \1-----/gm,
  ))
    out.push({ type, pem });
  return out;
}

const skipped = (blocks: readonly Block[]): string => `[${blocks.map(({ type }) => type).join(' ')}]`;

function certificateProblem(blocks: readonly Block[]): string {
  if (blocks.length === 0) return 'tls: failed to find any PEM data in certificate input';
  if (blocks.length === 1 && blocks[0]?.type.endsWith('PRIVATE KEY') === true)
    return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
  return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${skipped(blocks)}`;
}

function keyProblem(blocks: readonly Block[]): string {
  if (blocks.length === 0) return 'tls: failed to find any PEM data in key input';
  if (blocks.length === 1 && blocks[0]?.type === 'CERTIFICATE')
    return 'tls: found a certificate rather than a key in the PEM for the private key';
  return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${skipped(blocks)}`;
}

/** Undefined where `read` cannot. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64');

/** What is wrong with a pair of PEM texts; undefined when nothing is. */
function pairProblem(certificate: string, key: string): string | undefined {
  const certificates = blocksOf(certificate);
  const leaf = certificates.find(({ type }) => type === 'CERTIFICATE');
  if (leaf === undefined) return certificateProblem(certificates);
  const keys = blocksOf(key);
  const own = keys.find(({ type }) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'));
  if (own === undefined) return keyProblem(keys);
  const issued = attempt(() => new X509Certificate(leaf.pem).publicKey);
  if (issued === undefined) return 'x509: malformed certificate';
  const secret = attempt(() => createPrivateKey(own.pem));
  if (secret === undefined) return 'tls: failed to parse private key';
  if (issued.asymmetricKeyType !== secret.asymmetricKeyType)
    return 'tls: private key type does not match public key type';
  return spki(issued) === spki(createPublicKey(own.pem)) ? undefined : 'tls: private key does not match public key';
}

/** Warnings of a Secret of the type for TLS. */
export function tlsWarnings(secret: KubeObject): string[] {
  if (text(secret, 'type') !== 'kubernetes.io/tls') return [];
  const data = record(secret, 'data');
  const decoded = (name: string): string => Buffer.from(String(data[name] ?? ''), 'base64').toString('latin1');
  const problem = pairProblem(decoded('tls.crt'), decoded('tls.key'));
  return problem === undefined ? [] : [problem];
}
