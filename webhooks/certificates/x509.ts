import type { KeyObject } from 'node:crypto';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import type { KeyPair } from '../server/listener.ts';
import {
  bitString,
  objectId,
  octetString,
  positiveInteger,
  sequence,
  setOf,
  TRUE,
  tagged,
  utcTime,
  utf8String,
} from './der.ts';

/** When a certificate holds: milliseconds since 1970. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
const EXTENSION = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
/** Bits from the left: keyCertSign and cRLSign; digitalSignature. */
const CA_USAGE = bitString(Buffer.of(0b0000_0110), 1);
const LEAF_USAGE = bitString(Buffer.of(0b1000_0000), 7);

/** A new certificate authority: P-256, self-signed, of a name of its own, so that two of them are never mixed up. */
export function createAuthority(commonName: string, validity: Validity): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = distinguishedName(`${commonName} ${randomBytes(4).toString('hex')}`);
  return pairOf(
    issue({
      issuer: name,
      subject: name,
      publicKey,
      signer: privateKey,
      validity,
      extensions: [
        extension(EXTENSION.basicConstraints, sequence(TRUE, positiveInteger(Buffer.of(0))), true),
        extension(EXTENSION.keyUsage, CA_USAGE, true),
        extension(EXTENSION.subjectKeyId, octetString(keyId(publicKey))),
      ],
    }),
    privateKey,
  );
}

/** A serving certificate for these DNS names and IP addresses. */
export function issueServingCertificate(authority: KeyPair, hosts: readonly string[], validity: Validity): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ca = new X509Certificate(authority.cert);
  return pairOf(
    issue({
      issuer: subjectOf(ca),
      subject: distinguishedName((hosts[0] ?? 'kubechain-webhook').slice(0, 64)),
      publicKey,
      signer: createPrivateKey(authority.key),
      validity,
      extensions: [
        extension(EXTENSION.basicConstraints, sequence(), true),
        extension(EXTENSION.keyUsage, LEAF_USAGE, true),
        extension(EXTENSION.extendedKeyUsage, sequence(objectId(SERVER_AUTH))),
        extension(EXTENSION.subjectKeyId, octetString(keyId(publicKey))),
        extension(EXTENSION.authorityKeyId, sequence(tagged(0x80, keyId(ca.publicKey)))),
        extension(EXTENSION.subjectAltName, sequence(...hosts.map(alternativeName))),
      ],
    }),
    privateKey,
  );
}

interface Certificate {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly validity: Validity;
  readonly extensions: readonly Buffer[];
}

/** DER of a v3 certificate: RFC 5280, 4.1. */
function issue({ issuer, subject, publicKey, signer, validity, extensions }: Certificate): Buffer {
  const serial = randomBytes(16);
  // Positive, and without a zero in front.
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  const body = sequence(
    tagged(0xa0, positiveInteger(Buffer.of(2))),
    positiveInteger(serial),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(utcTime(validity.notBefore), utcTime(validity.notAfter)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  return sequence(body, ECDSA_WITH_SHA256, bitString(sign('sha256', body, signer)));
}

const distinguishedName = (commonName: string): Buffer =>
  sequence(setOf(sequence(objectId('2.5.4.3'), utf8String(commonName))));

/** The subject as it was written by `distinguishedName`: its common name is all there is. */
const subjectOf = (certificate: X509Certificate): Buffer => distinguishedName(certificate.subject.replace(/^CN=/, ''));

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(objectId(id), ...(critical ? [TRUE] : []), octetString(value));

function alternativeName(host: string): Buffer {
  if (isIP(host) === 0) return tagged(0x82, Buffer.from(host));
  return tagged(0x87, isIP(host) === 4 ? Buffer.from(host.split('.').map(Number)) : ipv6Bytes(host));
}

function ipv6Bytes(host: string): Buffer {
  // The URL parser writes addresses in one way only: groups of hex digits, at most one `::`, no dotted part.
  const [before = '', after] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const head = groups(before);
  const tail = groups(after ?? '');
  const all = [...head, ...new Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** RFC 5280, 4.2.1.2: any method that tells keys apart will do. */
const keyId = (key: KeyObject): Buffer =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);

function pairOf(der: Buffer, key: KeyObject): KeyPair {
  return { cert: new X509Certificate(der).toString(), key: String(key.export({ type: 'pkcs8', format: 'pem' })) };
}

/**
 * The first certificate of a pair, if the pair can be served: both parts are whole and belong together. Throws with what
 * is wrong, never with what is in the key.
 */
export function checkPair({ cert, key }: KeyPair): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    throw new Error('the certificate is no PEM certificate');
  }
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(key);
  } catch {
    throw new Error('the key is no PEM private key');
  }
  if (!createPublicKey(privateKey).equals(certificate.publicKey)) {
    throw new Error('the key does not belong to the certificate');
  }
  return certificate;
}
