import { BlockList, isIP, isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';

/** What may be reached although it is not on the public internet. */
export interface NetworkAllowList {
  /** `host`, `host:port` or `*.suffix` (the suffix itself not included); IPv6 addresses in brackets. */
  readonly hosts?: readonly string[];
  /** `10.20.0.0/16`, `fd12::/48`; an address alone stands for itself. */
  readonly cidrs?: readonly string[];
}

export interface AddressGuard {
  /** Undefined when a connection from a URL's host and port to this address is allowed, else the reason why not. */
  refusal(host: string, port: number, address: string): string | undefined;
}

/** Not public: IANA's special-purpose registries, and Azure's metadata address, which stands in a public range. */
const SPECIAL_IPV4 = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'a private network'],
  ['100.64.0.0/10', 'a shared (carrier or cloud) network'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local, where clouds keep their metadata'],
  ['172.16.0.0/12', 'a private network'],
  ['192.0.0.0/24', 'a protocol assignment'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', 'a 6to4 relay'],
  ['192.168.0.0/16', 'a private network'],
  ['198.18.0.0/15', 'a benchmarking network'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved or broadcast'],
  ['168.63.129.16/32', 'a cloud’s metadata'],
] as const;

/** Within 2000::/3, and not public all the same. All IPv6 outside of it is not public, but for NAT64. */
const SPECIAL_IPV6 = [
  ['2001::/23', 'a protocol assignment (Teredo and others)'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4, which carries any IPv4 address'],
  ['3fff::/20', 'documentation'],
] as const;

/** Addresses at which clouds hand out credentials. A host's name in the allow-list does not open them; a CIDR does. */
const METADATA = ['169.254.0.0/16', 'fe80::/10', '168.63.129.16/32', '100.100.100.200/32', 'fd00:ec2::254/128'];

/**
 * Tells public addresses from all others, in every spelling that `node:net` takes for an address: also IPv4 within
 * IPv6 (`::ffff:10.0.0.1`, NAT64's `64:ff9b::10.0.0.1`). Throws an Error that names the entry when `allow` holds one that is no
 * host or CIDR.
 */
export function createAddressGuard(allow: NetworkAllowList = {}): AddressGuard {
  const special = [...SPECIAL_IPV4, ...SPECIAL_IPV6].map(([cidr, what]) => ({ list: blockList([cidr]), what }));
  const globalIPv6 = blockList(['2000::/3', '64:ff9b::/96']);
  const metadata = blockList(METADATA);
  const allowedAddresses = blockList(allow.cidrs ?? []);
  const allowedHosts = (allow.hosts ?? []).map(hostRule);

  const notPublic = (address: string, family: 'ipv4' | 'ipv6'): string | undefined => {
    const found = special.find(({ list }) => list.check(address, family));
    if (found !== undefined) return found.what;
    // The library reads an IPv4-mapped address as the IPv4 address, which the list above has judged.
    if (family === 'ipv4' || globalIPv6.check(address, family) || ANY_IPV4.check(address, family)) return undefined;
    return 'not a public IPv6 address';
  };

  return {
    refusal(host, port, address) {
      const zoneless = address.split('%')[0] ?? '';
      const version = isIP(zoneless);
      if (version === 0) return `${JSON.stringify(address)} is not an IP address`;
      const family = version === 4 ? 'ipv4' : 'ipv6';
      if (allowedAddresses.check(zoneless, family)) return undefined;
      const name = normalHost(host);
      if (!metadata.check(zoneless, family) && allowedHosts.some((rule) => rule(name, port))) return undefined;
      const what = notPublic(zoneless, family);
      if (what === undefined) return undefined;
      return `${name} ${name === zoneless ? 'is' : `leads to ${zoneless}, which is`} ${what}: only public addresses may be reached; an administrator can allow this one`;
    },
  };
}

/** Refuses only the addresses at which clouds hand out credentials: for what is private by nature, such as servers within a cluster. */
export function createMetadataGuard(): AddressGuard {
  const metadata = blockList(METADATA);
  return {
    refusal(host, _port, address) {
      const zoneless = address.split('%')[0] ?? '';
      const family = isIP(zoneless) === 4 ? 'ipv4' : 'ipv6';
      if (isIP(zoneless) !== 0 && !metadata.check(zoneless, family)) return undefined;
      return `${normalHost(host)} leads to ${zoneless}: link-local and metadata addresses may not be reached`;
    },
  };
}

const ANY_IPV4 = blockList(['0.0.0.0/0']);

function blockList(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits, more] = cidr.trim().split('/');
    const family = isIP(address);
    const maxBits = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? maxBits : Number(bits);
    const valid = family !== 0 && more === undefined && (bits === undefined || /^\d{1,3}$/.test(bits));
    if (!valid || prefix > maxBits) {
      throw new Error(`network allow-list: cidrs: ${JSON.stringify(cidr)} is no CIDR: write 10.20.0.0/16 or fd12::/48`);
    }
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
    // NAT64 reaches the same IPv4 address.
    if (isIPv4(address)) list.addSubnet(`64:ff9b::${address}`, 96 + prefix, 'ipv6');
  }
  return list;
}

/** Tells whether a host (lower case) and port are what `host`, `host:port` or `*.suffix` says. */
export function hostRule(entry: string): (host: string, port: number) => boolean {
  const match = /^(\*\.)?(\[[0-9a-fA-F:.]+\]|[^\s/:*@[\]]+)(?::(\d{1,5}))?$/.exec(entry.trim());
  const wildcard = match?.[1] !== undefined;
  const name = match?.[2];
  if (name === undefined || (wildcard && name.startsWith('['))) {
    throw new Error(
      `network allow-list: hosts: ${JSON.stringify(entry)} is no host: write api.internal, api.internal:8443 or *.internal`,
    );
  }
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  // URLs carry international names in their ASCII form.
  const wanted = normalHost(name.startsWith('[') ? name : domainToASCII(name) || name);
  return (host, hostPort) =>
    (port === undefined || port === hostPort) && (wildcard ? host.endsWith(`.${wanted}`) : host === wanted);
}

/** Lower case, without brackets and without the dot that ends a full name. */
function normalHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
