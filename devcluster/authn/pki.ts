/**
 * The cluster's own certificate authority. Certificates are written here, on node:crypto: the libraries that issue X.509 cost more
 * start-up time and memory than the whole server may take.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { isIP } from 'node:net';
import { bits, boolean, element, integer, octets, oid, sequence, set, time, utf8 } from './der.ts';

/** A certificate and its key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const tenYears = 10 * 365 * 24 * 3600 * 1000;

/** A new self-signed authority. */
export function createAuthority(commonName: string, now: Date): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = distinguishedName(commonName, []);
  const keyId = keyIdentifier(publicKey);
  const extensions = [
    extension('2.5.29.19', sequence(boolean(true)), true),
    extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
    extension('2.5.29.14', octets(keyId), false),
  ];
  return issue({ subject: name, issuer: name, publicKey, signer: privateKey, extensions, now, key: privateKey });
}

export interface CertificateRequest {
  readonly commonName: string;
  /** Groups of a client (O of the subject). */
  readonly organizations?: readonly string[];
  /** DNS names and IP addresses of a server; none: a client certificate. */
  readonly hosts?: readonly string[];
}

/** A certificate signed by an authority, with a key of its own. */
export function issueCertificate(authority: KeyPair, request: CertificateRequest, now: Date): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = createPrivateKey(authority.key);
  const authorityKey = createPublicKey(authority.key);
  const hosts = request.hosts ?? [];
  const usage = hosts.length > 0 ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2';
  const extensions = [
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.15', bits(Buffer.from([0xa0]), 5), true),
    extension('2.5.29.37', sequence(oid(usage)), false),
    extension('2.5.29.14', octets(keyIdentifier(publicKey)), false),
    extension('2.5.29.35', sequence(element(0x80, keyIdentifier(authorityKey))), false),
  ];
  if (hosts.length > 0) extensions.push(extension('2.5.29.17', sequence(...hosts.map(alternativeName)), false));
  return issue({
    subject: distinguishedName(request.commonName, request.organizations ?? []),
    issuer: distinguishedName(authorityName, []),
    publicKey,
    signer,
    extensions,
    now,
    key: privateKey,
  });
}

/** Common name of every authority made here: issuer of all certificates. */
export const authorityName = 'kubernetes';

function issue(input: {
  subject: Buffer;
  issuer: Buffer;
  publicKey: KeyObject;
  signer: KeyObject;
  extensions: Buffer[];
  now: Date;
  key: KeyObject;
}): KeyPair {
  const serial = randomBytes(16);
  serial[0] = (serial[0] ?? 0) & 0x7f;
  const from = new Date(input.now.getTime() - 3600_000);
  const body = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    input.issuer,
    sequence(time(from), time(new Date(input.now.getTime() + tenYears))),
    input.subject,
    input.publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...input.extensions)),
  );
  const certificate = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, input.signer)));
  return {
    cert: pem('CERTIFICATE', certificate),
    key: String(input.key.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function distinguishedName(commonName: string, organizations: readonly string[]): Buffer {
  const attribute = (id: string, value: string): Buffer => set(sequence(oid(id), utf8(value)));
  return sequence(...organizations.map((name) => attribute('2.5.4.10', name)), attribute('2.5.4.3', commonName));
}

function extension(id: string, value: Buffer, critical: boolean): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function alternativeName(host: string): Buffer {
  const version = isIP(host);
  if (version === 0) return element(0x82, Buffer.from(host));
  if (version === 4) return element(0x87, Buffer.from(host.split('.').map(Number)));
  return element(0x87, ipv6Bytes(host));
}

function ipv6Bytes(host: string): Buffer {
  const [head = '', tail] = host.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  const out = Buffer.alloc(16);
  all.forEach((group, index) => void out.writeUInt16BE(group, index * 2));
  return out;
}

function keyIdentifier(key: KeyObject): Buffer {
  const spki = key.export({ type: 'spki', format: 'der' });
  return createHash('sha1').update(spki).digest();
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
