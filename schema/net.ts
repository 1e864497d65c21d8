/**
 * IP addresses, CIDRs, MAC addresses and URLs as Go's `net`, `net/netip` and `net/url` read them. Node's own parsers
 * accept other texts (WHATWG URLs normalise, `node:net` rejects IPv4-mapped forms), so these follow Go's.
 */

/** An address as bytes: 4 of them for IPv4, 16 for IPv6. */
export interface IpAddress {
  readonly bytes: readonly number[];
  /** IPv6 zone (`fe80::1%eth0`), empty when there is none. */
  readonly zone: string;
}

export interface Cidr {
  readonly address: IpAddress;
  readonly prefixLength: number;
}

function parseIpv4(text: string, sloppy: boolean): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes: number[] = [];
  for (const part of parts) {
    if (!/^[0-9]{1,3}$/.test(part) && !(sloppy && /^0*[0-9]{1,3}$/.test(part))) return undefined;
    if (!sloppy && part.length > 1 && part[0] === '0') return undefined;
    const value = Number(part);
    if (value > 255) return undefined;
    bytes.push(value);
  }
  return bytes;
}

function parseIpv6(text: string, sloppy: boolean): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string): number[] | undefined => {
    if (half === '') return [];
    const bytes: number[] = [];
    const parts = half.split(':');
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] ?? '';
      if (i === parts.length - 1 && part.includes('.')) {
        const tail = parseIpv4(part, sloppy);
        if (tail === undefined) return undefined;
        bytes.push(...tail);
      } else {
        if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
        const value = Number.parseInt(part, 16);
        bytes.push(value >> 8, value & 0xff);
      }
    }
    return bytes;
  };
  const head = groups(halves[0] ?? '');
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 16 ? head : undefined;
  // An IPv4 tail may stand at the very end only.
  if ((halves[0] ?? '').includes('.')) return undefined;
  const tail = groups(halves[1] ?? '');
  if (tail === undefined || head.length + tail.length > 14) return undefined;
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

/**
 * Parses an address. `sloppy` takes leading zeroes in IPv4 octets, as Kubernetes' `ParseIPSloppy` does; zones only
 * with `zones`.
 */
export function parseIp(text: string, options: { sloppy?: boolean; zones?: boolean } = {}): IpAddress | undefined {
  const sloppy = options.sloppy === true;
  for (const char of text) {
    if (char === '.') {
      const bytes = parseIpv4(text, sloppy);
      return bytes === undefined ? undefined : { bytes, zone: '' };
    }
    if (char === ':') {
      const percent = text.indexOf('%');
      if (percent >= 0 && options.zones !== true) return undefined;
      const zone = percent >= 0 ? text.slice(percent + 1) : '';
      if (percent >= 0 && zone === '') return undefined;
      const bytes = parseIpv6(percent >= 0 ? text.slice(0, percent) : text, sloppy);
      return bytes === undefined ? undefined : { bytes, zone };
    }
    if (char === '%') return undefined;
  }
  return undefined;
}

/** Why Go's `netip.ParseAddr` does not take the text. */
export function ipProblem(text: string): string {
  if (!/[.:]/.test(text)) return 'unable to parse IP';
  if (text.includes(':')) return 'unable to parse IP';
  const parts = text.split('.');
  for (const [i, part] of parts.entries()) {
    if (!/^[0-9]*$/.test(part)) return 'unexpected character';
    if (part === '') return 'IPv4 field must have at least one digit';
    if (part.length > 1 && part.startsWith('0')) return 'IPv4 field has octet with leading zero';
    if (Number(part) > 255) return 'IPv4 field has value >255';
    if (i === 3 && parts.length > 4) return 'IPv4 address too long';
  }
  return parts.length < 4 ? 'IPv4 address too short' : 'unable to parse IP';
}

/** True for `::ffff:1.2.3.4`, IPv6 that stands for an IPv4 address. */
export function isIpv4Mapped(address: IpAddress): boolean {
  const { bytes } = address;
  if (bytes.length !== 16) return false;
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false;
  return bytes[10] === 0xff && bytes[11] === 0xff;
}

/** The canonical text: dotted decimal, or RFC 5952 lower-case hexadecimal with the longest run of zeroes cut. */
export function formatIp(address: IpAddress): string {
  const { bytes } = address;
  if (bytes.length === 4) return bytes.join('.');
  if (isIpv4Mapped(address)) return `::ffff:${bytes.slice(12).join('.')}`;
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  let bestStart = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; ) {
    if (groups[i] !== 0) {
      i++;
      continue;
    }
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > bestLength) {
      bestStart = i;
      bestLength = end - i;
    }
    i = end;
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  const text = bestStart < 0 ? hex(0, 8) : `${hex(0, bestStart)}::${hex(bestStart + bestLength, 8)}`;
  return address.zone === '' ? text : `${text}%${address.zone}`;
}

/** Parses `address/bits`. */
export function parseCidr(text: string, options: { sloppy?: boolean } = {}): Cidr | undefined {
  const slash = text.lastIndexOf('/');
  if (slash < 0) return undefined;
  const address = parseIp(text.slice(0, slash), options);
  const bits = text.slice(slash + 1);
  if (address === undefined || !/^[0-9]{1,3}$/.test(bits)) return undefined;
  if (options.sloppy !== true && bits.length > 1 && bits[0] === '0') return undefined;
  const prefixLength = Number(bits);
  return prefixLength > address.bytes.length * 8 ? undefined : { address, prefixLength };
}

/** The address with all bits after the prefix cleared. */
export function maskIp(address: IpAddress, prefixLength: number): IpAddress {
  const bytes = address.bytes.map((byte, i) => {
    const bits = Math.min(8, Math.max(0, prefixLength - i * 8));
    return byte & (0xff << (8 - bits)) & 0xff;
  });
  return { bytes, zone: address.zone };
}

/** Go's `net.ParseMAC`: 6, 8 or 20 octets separated by `:` or `-`, or by `.` in pairs. */
export function isMac(text: string): boolean {
  const separator = text[2];
  let groups: string[];
  let digits: number;
  if (separator === ':' || separator === '-') {
    groups = text.split(separator);
    digits = 2;
  } else if (text[4] === '.') {
    groups = text.split('.');
    digits = 4;
  } else return false;
  const octets = (groups.length * digits) / 2;
  if (octets !== 6 && octets !== 8 && octets !== 20) return false;
  const group = digits === 2 ? /^[0-9a-fA-F]{2}$/ : /^[0-9a-fA-F]{4}$/;
  return groups.every((part) => group.test(part));
}
