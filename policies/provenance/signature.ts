import type { KeyObject } from 'node:crypto';
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { textAt } from '../engine/json.ts';
import type { GitMarks } from './marks.ts';
import { specDigest } from './marks.ts';

const VERSION = 'v1';
const PEM = /-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g;

/** A public key that stamps may be signed with. */
export interface StampKey {
  /** The beginning of the SHA-256 of its SPKI, in hex: tells keys apart. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The Ed25519 public keys of a PEM text. Throws `TypeError` that says what is wrong. */
export function readStampKeys(pem: string): StampKey[] {
  const blocks = pem.match(PEM) ?? [];
  if (blocks.length === 0) throw new TypeError('it holds no PEM block: expected -----BEGIN PUBLIC KEY-----');
  return blocks.map((block) => {
    // Node would take the public half of a private key: nobody is to mount that.
    if (block.includes('PRIVATE KEY')) throw new TypeError('it holds a private key: only the public key belongs here');
    let key: KeyObject;
    try {
      key = createPublicKey(block);
    } catch {
      throw new TypeError('it holds a PEM block that is no public key');
    }
    if (key.asymmetricKeyType !== 'ed25519') {
      throw new TypeError(`the key is ${key.asymmetricKeyType ?? 'of another kind'}: it must be Ed25519`);
    }
    return { id: keyIdOf(key), key };
  });
}

/** The Ed25519 private key of a PEM text. Throws `TypeError`. */
export function readSigningKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // No cause: the parser's message may quote the key.
    throw new TypeError('it is no private key in PEM (without a passphrase)');
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new TypeError(
      `the key is ${key.asymmetricKeyType ?? 'of another kind'}: it must be Ed25519 (openssl genpkey -algorithm ed25519)`,
    );
  }
  return key;
}

function keyIdOf(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex').slice(0, 16);
}

/** Signs what a stamp says of an object: kind, namespace, name, spec, repository, path, revision, author. */
export function signStamp(key: KeyObject, object: unknown, marks: Omit<GitMarks, 'signature'>): string {
  const id = keyIdOf(createPublicKey(key));
  return `${VERSION}.${id}.${sign(null, signedText(object, marks), key).toString('base64url')}`;
}

/** Undefined where the stamp's signature is one of these keys' and about this very object; else why it does not count. */
export function stampProblem(keys: readonly StampKey[], object: unknown, marks: GitMarks): string | undefined {
  const { signature } = marks;
  if (signature === undefined) return 'the stamp is not signed';
  const [version, id, encoded] = signature.split('.');
  if (version !== VERSION || id === undefined || encoded === undefined)
    return 'the signature of the stamp is malformed';
  const known = keys.filter((key) => key.id === id);
  if (known.length === 0) return `the stamp is signed with a key that is not trusted here (${id.slice(0, 64)})`;
  const text = signedText(object, marks);
  const valid = known.some(({ key }) => verify(null, text, key, Buffer.from(encoded, 'base64url')));
  return valid ? undefined : 'the signature of the stamp is not about this object as it is now';
}

/** One text a stamp: JSON of a list, so that no field can run into the next. */
function signedText(object: unknown, { repo, path, revision, author }: GitMarks): Buffer {
  return Buffer.from(
    JSON.stringify([
      'kubechain stamp',
      VERSION,
      textAt(object, 'apiVersion') ?? '',
      textAt(object, 'kind') ?? '',
      textAt(object, 'metadata', 'namespace') ?? '',
      textAt(object, 'metadata', 'name') ?? '',
      specDigest(object),
      repo,
      path ?? '',
      revision,
      author ?? '',
    ]),
  );
}
