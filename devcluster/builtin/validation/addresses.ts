/** IP addresses and blocks. */
import { isIP } from 'node:net';

/** What is wrong with an address; nothing for a valid one. */
export function addressProblem(address: string): string[] {
  if (/^\d+(\.\d+){3}$/.test(address) && /(^|\.)0\d/.test(address)) return ['must not have leading 0s'];
  return isIP(address) === 0 ? ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'] : [];
}

/** What is wrong with `10.0.0.0/8`; nothing for a valid block. */
export function blockProblem(block: string): string[] {
  const [address = '', length, ...rest] = block.split('/');
  const family = isIP(address);
  const bits = Number(length);
  if (
    family !== 0 &&
    rest.length === 0 &&
    length !== undefined &&
    /^\d{1,3}$/.test(length) &&
    bits <= (family === 4 ? 32 : 128)
  )
    return [];
  return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
}

/** What is wrong with an address as an endpoint's; nothing for an ordinary one. */
export function specialAddressProblem(address: string): string[] {
  if (address === '0.0.0.0' || address === '::') return [`may not be unspecified (${address})`];
  if (/^127\./.test(address) || address === '::1') return ['may not be in the loopback range (127.0.0.0/8, ::1/128)'];
  if (/^169\.254\./.test(address) || /^fe[89ab][0-9a-f]:/i.test(address)) {
    return ['may not be in the link-local range (169.254.0.0/16, fe80::/10)'];
  }
  return /^224\.0\.0\./.test(address) ? ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'] : [];
}

/** The bits of an address, most significant first. */
function bitsOf(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const groups = (part: string) =>
    part
      .split(':')
      .filter((group) => group !== '')
      .flatMap((group) => {
        if (!group.includes('.')) return [BigInt(`0x${group}`)];
        const v4 = bitsOf(group);
        return [v4 >> 16n, v4 & 0xffffn];
      });
  const [start, end] = [groups(head), tail === undefined ? [] : groups(tail)];
  const middle = Array.from({ length: Math.max(0, 8 - start.length - end.length) }, () => 0n);
  return [...start, ...middle, ...end].reduce((bits, group) => (bits << 16n) | group, 0n);
}

function rangeOf(block: string): { readonly family: number; readonly length: number; readonly bits: bigint } {
  const [address = '', length = '0'] = block.split('/');
  return { family: isIP(address), length: Number(length), bits: bitsOf(address) };
}

/** What is wrong with a valid block whose address has bits that its length leaves out. */
export function hostBitsProblem(block: string): string[] {
  const { family, length, bits } = rangeOf(block);
  const rest = BigInt((family === 4 ? 32 : 128) - length);
  return bits === (bits >> rest) << rest ? [] : ['must not have bits set beyond the prefix length'];
}

/** Whether a valid block is smaller than another, and in it. */
export function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [rangeOf(inner), rangeOf(outer)];
  const rest = BigInt((b.family === 4 ? 32 : 128) - b.length);
  return a.family === b.family && a.length > b.length && a.bits >> rest === b.bits >> rest;
}

/** What keeps an address from being the one way to write it. */
export function canonicalProblem(address: string): string[] {
  // An address of a zone is no URL's.
  if (isIP(address) !== 6 || address.includes('%')) return [];
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  return canonical === address ? [] : [`must be in canonical form (${JSON.stringify(canonical)})`];
}
