import { goQuote } from '../../gofmt.ts';
import { type Cidr, formatIp, type IpAddress, ipProblem, isIpv4Mapped, maskIp, parseCidr, parseIp } from '../../net.ts';
import { type GoUrl, parseRequestUri, urlHostname, urlPort, urlQuery } from '../../url.ts';
import type { CallCost, Library } from '../functions.ts';
import { actualSize, STRING_TRAVERSAL } from '../sizes.ts';
import { CelOpaque, type CelValue, fail, NO_SUCH_OVERLOAD, ValueList, ValueMap } from '../values.ts';

export class UrlValue extends CelOpaque {
  readonly typeName = 'kubernetes.URL';
  readonly url: GoUrl;

  constructor(url: GoUrl) {
    super();
    this.url = url;
  }

  equals(other: CelOpaque): boolean {
    return other instanceof UrlValue && other.url.text === this.url.text;
  }
}

export class IpValue extends CelOpaque {
  readonly typeName = 'net.IP';
  readonly address: IpAddress;

  constructor(address: IpAddress) {
    super();
    this.address = address;
  }

  equals(other: CelOpaque): boolean {
    return other instanceof IpValue && formatIp(other.address) === formatIp(this.address);
  }

  override get costSize(): number {
    return this.address.bytes.length;
  }
}

export class CidrValue extends CelOpaque {
  readonly typeName = 'net.CIDR';
  readonly cidr: Cidr;

  constructor(cidr: Cidr) {
    super();
    this.cidr = cidr;
  }

  equals(other: CelOpaque): boolean {
    return other instanceof CidrValue && cidrText(other.cidr) === cidrText(this.cidr);
  }

  override get costSize(): number {
    return Math.ceil(this.cidr.prefixLength / 8);
  }
}

function cidrText(cidr: Cidr): string {
  return `${formatIp(cidr.address)}/${cidr.prefixLength}`;
}

/** The address, or why it is none. */
function readIp(text: string): IpAddress | string {
  const address = parseIp(text, { zones: true });
  if (address === undefined) {
    return `IP Address ${goQuote(text)} parse error during conversion from string: ParseAddr(${goQuote(text)}): ${ipProblem(text)}`;
  }
  if (address.zone !== '') return `IP address ${goQuote(text)} with zone value is not allowed`;
  return isIpv4Mapped(address) ? `IPv4-mapped IPv6 address ${goQuote(text)} is not allowed` : address;
}

function toIp(text: string): IpValue {
  const address = readIp(text);
  return typeof address === 'string' ? fail(address) : new IpValue(address);
}

function readCidr(text: string): Cidr | string {
  const cidr = parseCidr(text);
  if (cidr === undefined) {
    return `network address parse error during conversion from string: netip.ParsePrefix(${goQuote(text)}): ${cidrProblem(text)}`;
  }
  return isIpv4Mapped(cidr.address) ? `IPv4-mapped IPv6 address ${goQuote(text)} is not allowed` : cidr;
}

function cidrProblem(text: string): string {
  const slash = text.lastIndexOf('/');
  if (slash < 0) return "no '/'";
  const address = text.slice(0, slash);
  const bits = text.slice(slash + 1);
  if (parseIp(address) === undefined) return `ParseAddr(${goQuote(address)}): ${ipProblem(address)}`;
  return /^(0|[1-9][0-9]{0,9})$/.test(bits) ? 'prefix length out of range' : `bad bits after slash: ${goQuote(bits)}`;
}

function toCidr(text: string): CidrValue {
  const cidr = readCidr(text);
  return typeof cidr === 'string'
    ? fail(`network address parse error during conversion from string: ${cidr}`)
    : new CidrValue(cidr);
}

/** An address given as text where one is compared with: cel-go loses what is wrong with it. */
function textIp(text: string): IpValue {
  const address = readIp(text);
  return typeof address === 'string' ? fail(NO_SUCH_OVERLOAD) : new IpValue(address);
}

function textCidr(text: string): CidrValue {
  const cidr = readCidr(text);
  return typeof cidr === 'string' ? fail(NO_SUCH_OVERLOAD) : new CidrValue(cidr);
}

function contains(cidr: Cidr, address: IpAddress): boolean {
  if (cidr.address.bytes.length !== address.bytes.length) return false;
  return formatIp(maskIp(cidr.address, cidr.prefixLength)) === formatIp(maskIp(address, cidr.prefixLength));
}

const firstSize =
  (factor: number): CallCost =>
  ([text]) =>
    Math.ceil(actualSize(text as CelValue) * factor * STRING_TRAVERSAL);

const urls: Library = (declare) => {
  const type = 'kubernetes.URL';
  declare(
    'string_to_url',
    `url(string) -> ${type}`,
    (text: string) => {
      const absolute = parseRequestUri(text);
      if (typeof absolute === 'string') return fail(`URL parse error during conversion from string: ${absolute}`);
      // A request URI has no fragment; a URL has.
      const hash = text.indexOf('#');
      const url = hash < 0 ? absolute : parseRequestUri(text.slice(0, hash));
      return new UrlValue({ ...(typeof url === 'string' ? absolute : url), text });
    },
    firstSize(1),
  );
  declare('is_url_string', 'isURL(string) -> bool', (text: string) => typeof parseRequestUri(text) !== 'string');
  const part = (id: string, name: string, read: (url: GoUrl) => string) =>
    declare(id, `${type}.${name}() -> string`, (value: UrlValue) => read(value.url));
  part('url_get_scheme', 'getScheme', (url) => url.scheme);
  part('url_get_host', 'getHost', (url) => url.host);
  part('url_get_hostname', 'getHostname', urlHostname);
  part('url_get_port', 'getPort', urlPort);
  part('url_get_escaped_path', 'getEscapedPath', (url) => url.escapedPath);
  declare('url_get_query', `${type}.getQuery() -> map(string, list(string))`, (value: UrlValue) =>
    ValueMap.of([...urlQuery(value.url)].map(([key, values]) => [key, new ValueList(values)])),
  );
};

/** What an address is, by its first bytes. */
const KINDS: ReadonlyArray<readonly [id: string, name: string, is: (address: IpAddress) => boolean]> = [
  ['ip_is_unspecified', 'isUnspecified', ({ bytes }) => bytes.every((byte) => byte === 0)],
  [
    'ip_is_loopback',
    'isLoopback',
    ({ bytes }) => (bytes.length === 4 ? bytes[0] === 127 : bytes.every((byte, i) => byte === (i === 15 ? 1 : 0))),
  ],
  [
    'ip_is_link_local_multicast',
    'isLinkLocalMulticast',
    ({ bytes: [a = 0, b = 0, c = 0], bytes }) =>
      bytes.length === 4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 2,
  ],
  [
    'ip_is_link_local_unicast',
    'isLinkLocalUnicast',
    ({ bytes: [a = 0, b = 0], bytes }) =>
      bytes.length === 4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80,
  ],
];

function isGlobalUnicast(address: IpAddress): boolean {
  const { bytes } = address;
  const [first = 0] = bytes;
  if (bytes.length === 4 && bytes.every((byte) => byte === 255)) return false;
  const multicast = bytes.length === 4 ? first >= 224 && first < 240 : first === 0xff;
  return !multicast && !KINDS.some(([, name, is]) => name !== 'isLinkLocalMulticast' && is(address));
}

const ips: Library = (declare) => {
  declare('string_to_ip', 'ip(string) -> net.IP', toIp, firstSize(1));
  declare('is_ip', 'isIP(string) -> bool', (text: string) => typeof readIp(text) !== 'string', firstSize(1));
  declare(
    'ip_is_canonical',
    'ip.isCanonical(string) -> bool',
    (text: string) => formatIp(toIp(text).address) === text,
    firstSize(2),
  );
  declare('ip_to_string', 'string(net.IP) -> string', (value: IpValue) => formatIp(value.address));
  declare('ip_family', 'net.IP.family() -> int', (value: IpValue) => (value.address.bytes.length === 4 ? 4n : 6n));
  for (const [id, name, is] of KINDS) declare(id, `net.IP.${name}() -> bool`, (value: IpValue) => is(value.address));
  declare('ip_is_global_unicast', 'net.IP.isGlobalUnicast() -> bool', (value: IpValue) =>
    isGlobalUnicast(value.address),
  );
};

const containsCost =
  (withText: boolean, withCidr: boolean): CallCost =>
  ([cidr, other]) => {
    const size = actualSize(cidr as CelValue);
    const text = withText ? Math.ceil(actualSize(other as CelValue) * STRING_TRAVERSAL) : 0;
    return Math.ceil(2 * size * STRING_TRAVERSAL) + (withCidr ? Math.ceil(size * STRING_TRAVERSAL) + 1 : 0) + text;
  };

const cidrs: Library = (declare) => {
  declare('string_to_cidr', 'cidr(string) -> net.CIDR', toCidr, firstSize(1));
  declare('is_cidr', 'isCIDR(string) -> bool', (text: string) => typeof readCidr(text) !== 'string', firstSize(1));
  declare('cidr_to_string', 'string(net.CIDR) -> string', (value: CidrValue) => cidrText(value.cidr));
  declare('cidr_ip', 'net.CIDR.ip() -> net.IP', (value: CidrValue) => new IpValue(value.cidr.address));
  declare('cidr_prefix_length', 'net.CIDR.prefixLength() -> int', (value: CidrValue) =>
    BigInt(value.cidr.prefixLength),
  );
  declare('cidr_masked', 'net.CIDR.masked() -> net.CIDR', ({ cidr }: CidrValue) => {
    return new CidrValue({ address: maskIp(cidr.address, cidr.prefixLength), prefixLength: cidr.prefixLength });
  });
  const hasIp = (value: CidrValue, ip: IpValue) => contains(value.cidr, ip.address);
  const hasCidr = (value: CidrValue, other: CidrValue) =>
    value.cidr.prefixLength <= other.cidr.prefixLength && contains(value.cidr, other.cidr.address);
  declare('cidr_contains_ip_ip', 'net.CIDR.containsIP(net.IP) -> bool', hasIp, containsCost(false, false));
  declare(
    'cidr_contains_ip_string',
    'net.CIDR.containsIP(string) -> bool',
    (value: CidrValue, text: string) => hasIp(value, textIp(text)),
    containsCost(true, false),
  );
  declare('cidr_contains_cidr', 'net.CIDR.containsCIDR(net.CIDR) -> bool', hasCidr, containsCost(false, true));
  declare(
    'cidr_contains_cidr_string',
    'net.CIDR.containsCIDR(string) -> bool',
    (value: CidrValue, text: string) => hasCidr(value, textCidr(text)),
    containsCost(true, true),
  );
};

/** URLs, IP addresses and CIDRs. */
export const network: Library = (declare) => {
  for (const part of [urls, ips, cidrs]) part(declare);
};
