/** A URL, taken apart once for all patterns that it is compared with. */
export interface Address {
  /** `https:` */
  readonly protocol: string;
  /** As the client resolves it: punycode, lower case, brackets around IPv6. */
  readonly hostname: string;
  /** The scheme's own where none is written. */
  readonly port: string;
  readonly isDefaultPort: boolean;
  /** The host, with its port where that is not the scheme's own. */
  readonly host: string;
  readonly labels: readonly string[];
  readonly path: string;
  /** Of the path, without the empty one before the first slash. */
  readonly segments: readonly string[];
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** Parses a URL, or says why it cannot be judged: then nothing matches it. */
export function parseUrl(text: string): Address | { readonly problem: string } {
  if (!URL.canParse(text)) return { problem: 'is no URL' };
  const url = new URL(text);
  const { protocol, hostname, host, port, pathname } = url;
  if (protocol !== 'http:' && protocol !== 'https:') return { problem: 'is neither http:// nor https://' };
  if (url.username !== '' || url.password !== '') return { problem: 'carries a user name or password before its host' };
  return {
    protocol,
    hostname,
    port: port === '' ? (DEFAULT_PORTS[protocol] ?? '') : port,
    isDefaultPort: port === '',
    host,
    labels: hostname.split('.'),
    path: pathname,
    segments: pathname.split('/').slice(1),
  };
}
