/** IP addresses and blocks. */
import { isIP } from 'node:net';

/** What is wrong with an address; nothing for a valid one. */
export function addressProblem(address: string): string[] {
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
