/** Keys and certificates of a cluster: made once, kept in its folder. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { authorityName, createAuthority, issueCertificate, type KeyPair } from './pki.ts';

export interface Credentials {
  readonly caPem: string;
  readonly server: KeyPair;
  /** Client certificate of the administrator (system:masters). */
  readonly admin: KeyPair;
  /** Signs service account tokens. */
  readonly tokenKey: KeyObject;
}

interface Stored {
  readonly ca: KeyPair;
  readonly admin: KeyPair;
  readonly tokenKey: string;
}

/** New credentials for a server on `host`. */
export function createCredentials(host: string, now: Date): Credentials {
  return complete(createStored(now), host, now);
}

/** The credentials kept in `folder`, made when there are none; the server's own certificate is new each time. */
export async function loadCredentials(folder: string, host: string, now: Date): Promise<Credentials> {
  const file = join(folder, 'credentials.json');
  let stored: Stored;
  try {
    stored = JSON.parse(await readFile(file, 'utf8')) as Stored;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') {
      throw new Error(
        `${file} cannot be read (${(error as Error).message}); restore it, or delete it to get new credentials`,
      );
    }
    stored = createStored(now);
    await writeFile(file, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600 });
  }
  return complete(stored, host, now);
}

function createStored(now: Date): Stored {
  const ca = createAuthority(authorityName, now);
  const admin = issueCertificate(ca, { commonName: 'kubernetes-admin', organizations: ['system:masters'] }, now);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ca, admin, tokenKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
}

function complete(stored: Stored, host: string, now: Date): Credentials {
  const hosts = [
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
    '127.0.0.1',
    '::1',
    '10.0.0.1',
  ];
  if (!hosts.includes(host) && host !== '0.0.0.0' && host !== '::') hosts.push(host);
  const server = issueCertificate(
    stored.ca,
    { commonName: 'kube-apiserver', hosts: hosts.filter((item) => item !== '' || isIP(item) > 0) },
    now,
  );
  return { caPem: stored.ca.cert, server, admin: stored.admin, tokenKey: createPrivateKey(stored.tokenKey) };
}
