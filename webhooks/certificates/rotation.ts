import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { KeyPair } from '../server/listener.ts';
import { checkPair, createAuthority, issueServingCertificate } from './x509.ts';

/** A certificate authority of our own and what it signed, as kept in a Secret. */
export interface Authority {
  /** PEM of the authorities that count, the newest first. */
  readonly bundle: string;
  /** Key of the newest. */
  readonly key: string;
  readonly serving: KeyPair;
}

/** Milliseconds. */
export interface RotationTimes {
  readonly authority: number;
  readonly serving: number;
  /** How long a new authority is known to all before anything is signed by it. */
  readonly overlap: number;
  /** How much earlier than now certificates begin: clocks differ. */
  readonly backdate: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
export const ROTATION_TIMES: RotationTimes = {
  authority: 365 * DAY,
  serving: 14 * DAY,
  overlap: 2 * MINUTE,
  backdate: 5 * MINUTE,
};
const COMMON_NAME = 'kubechain-webhook-ca';
/** What is left of its time when a certificate is replaced. */
const REST = 1 / 3;
/** Authorities in the bundle at most. */
const LONGEST_BUNDLE = 3;

export type Rotation =
  | {
      readonly kind: 'keep';
      readonly authority: Authority /** When to look again, at the latest. */;
      readonly until: number;
    }
  | { readonly kind: 'store'; readonly authority: Authority; readonly why: string };

/**
 * What is due: nothing; a new serving certificate; a new authority beside the old one, which signs nothing before all
 * know it. Whatever cannot be read is made anew.
 */
export function rotate(
  stored: Authority | undefined,
  hosts: readonly string[],
  now: number,
  times: RotationTimes = ROTATION_TIMES,
): Rotation {
  const validity = (ms: number) => ({ notBefore: now - times.backdate, notAfter: now + ms });
  const fresh = (why: string): Rotation => {
    const authority = createAuthority(COMMON_NAME, validity(times.authority));
    const serving = issueServingCertificate(authority, hosts, validity(times.serving));
    return { kind: 'store', authority: { bundle: authority.cert, key: authority.key, serving }, why };
  };
  if (stored === undefined) return fresh('there is none');
  let authorities: X509Certificate[];
  let serving: X509Certificate;
  try {
    authorities = certificatesOf(stored.bundle);
    checkPair({ cert: authorities[0]?.toString() ?? '', key: stored.key });
    serving = checkPair(stored.serving);
  } catch (error) {
    return fresh(`what is stored cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
  const [newest] = authorities as [X509Certificate, ...X509Certificate[]];
  const living = authorities.filter((each) => each.validToDate.getTime() > now);
  if (living.length === 0) return fresh('the authority has expired');
  const signer = authorities.find((each) => serving.verify(each.publicKey));
  if (newest.validToDate.getTime() - now < times.authority * REST) {
    const next = createAuthority(COMMON_NAME, validity(times.authority));
    const bundle = [next.cert, ...living.map(String)].slice(0, LONGEST_BUNDLE).join('');
    return { kind: 'store', authority: { ...stored, bundle, key: next.key }, why: 'the authority ends soon' };
  }
  const newestSince = newest.validFromDate.getTime() + times.backdate;
  const known = now - newestSince >= times.overlap;
  const unusable = signer === undefined || serving.validToDate.getTime() <= now;
  const why = unusable
    ? 'the serving certificate does not count'
    : !hosts.every((host) => namesHost(serving, host))
      ? 'the serving certificate lacks a name'
      : serving.validToDate.getTime() - now < times.serving * REST
        ? 'the serving certificate ends soon'
        : signer !== newest && known
          ? 'the serving certificate is of an older authority'
          : undefined;
  if (why !== undefined && (known || unusable || authorities.length === 1)) {
    const pair = { cert: newest.toString(), key: stored.key };
    return {
      kind: 'store',
      authority: { ...stored, serving: issueServingCertificate(pair, hosts, validity(times.serving)) },
      why,
    };
  }
  const until = known
    ? Math.min(
        newest.validToDate.getTime() - times.authority * REST,
        serving.validToDate.getTime() - times.serving * REST,
      )
    : newestSince + times.overlap;
  return { kind: 'keep', authority: stored, until };
}

/** The certificates of a bundle. Throws where one is none. */
function certificatesOf(bundle: string): X509Certificate[] {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
  if (blocks.length === 0) throw new Error('there is no authority in it');
  return blocks.map((block) => new X509Certificate(block));
}

const namesHost = (certificate: X509Certificate, host: string): boolean =>
  (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
