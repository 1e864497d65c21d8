import { domainToASCII } from 'node:url';
import type { Address } from './address.ts';
import { compileGlob } from './glob.ts';

/**
 * Patterns of URLs: scheme, labels of the host, port and the beginning of the path are compared, each on its own and
 * after parsing (WHATWG, as the clients of this program parse). A URL is never compared as text: user info, encoded or
 * foreign-letter hosts, default ports, dot segments and spellings of IP addresses mean what they mean to the client.
 */
export interface UrlPattern {
  readonly source: string;
  test(url: Address): boolean;
}

/** A pattern of hosts, as `host` or `host:port`. */
export interface HostPattern extends UrlPattern {
  /** Whether all names below the host, however deep, match: what `*.example.com` is elsewhere. */
  testBelow(url: Address): boolean;
}

interface HostTest {
  test(url: Address): boolean;
  testBelow(url: Address): boolean;
}

const LABEL = /^[a-z0-9_-]+$/;
const LABEL_PATTERN = /^[a-z0-9_*-]+$/;
/** Characters that servers are known to decode into path separators. */
const HIDDEN_SEPARATOR = /%(2f|5c|00)/i;
/** All that follows a scheme's slashes, up to the path. */
const SHAPE = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(\/.*)?$/i;

/** Compiles a pattern, or says why it can match nothing. */
export function compileUrlPattern(source: string): UrlPattern | { readonly problem: string } {
  if (source !== source.trim()) return { problem: 'begins or ends with white space: remove it' };
  const shape = SHAPE.exec(source);
  if (shape === null)
    return { problem: 'is no URL: write https://host/path, https://*.example.com/ or https://**.internal:*/' };
  const [, scheme = '', authority = '', path = '/'] = shape;
  const protocol = `${scheme.toLowerCase()}:`;
  if (protocol !== 'http:' && protocol !== 'https:')
    return { problem: `can match nothing: the scheme is http or https, not "${scheme}"` };
  if (authority.includes('@')) return { problem: 'has a user name: URLs with one never match; remove it' };
  if (/[?#]/.test(source)) return { problem: 'has a query or fragment, which is not compared: remove it' };
  const host = compileAuthority(authority);
  if ('problem' in host) return host;
  const paths = compilePath(path);
  if ('problem' in paths) return paths;
  return {
    source,
    test: (url) => url.protocol === protocol && host.test(url) && paths.test(url),
  };
}

/** Compiles `host` or `host:port`, as in `secrets.allow[].hosts`; without port, the scheme's own is meant. */
export function compileHostPattern(source: string): HostPattern | { readonly problem: string } {
  if (/[/@?#]/.test(source))
    return { problem: 'is no host: write api.example.com, *.example.com or host:8443, without scheme and path' };
  const host = compileAuthority(source);
  return 'problem' in host ? host : { source, ...host };
}

function compileAuthority(authority: string): HostTest | { readonly problem: string } {
  const split = /^(\[[^\]]*\]|[^:]*)(?::([0-9]+|\*))?$/.exec(authority);
  if (split === null) return { problem: `has "${authority}" for a host: write host, host:port or host:*` };
  const [, hostname = '', port] = split;
  const host = compileHost(hostname);
  if ('problem' in host) return host;
  if (port !== undefined && port !== '*' && Number(port) > 65_535)
    return { problem: `can match nothing: there is no port ${port}` };
  const wanted = port === undefined || port === '*' ? port : String(Number(port));
  const portFits = (url: Address): boolean =>
    wanted === '*' || (wanted === undefined ? url.isDefaultPort : url.port === wanted);
  return {
    test: (url) => portFits(url) && host.test(url),
    testBelow: (url) => portFits(url) && host.testBelow(url),
  };
}

function compileHost(text: string): HostTest | { readonly problem: string } {
  if (text === '') return { problem: 'has no host' };
  if (!text.includes('*')) {
    if (!URL.canParse(`http://${text}/`)) return { problem: `can match nothing: "${text}" is no host` };
    const { hostname } = new URL(`http://${text}/`);
    return { test: (url) => url.hostname === hostname, testBelow: () => false };
  }
  if (text === '**') return { test: () => true, testBelow: () => true };
  const labels = text
    .split('.')
    .map((label) => (/^[\x21-\x7e]*$/.test(label) ? label.toLowerCase() : domainToASCII(label)));
  const several = labels[0] === '**';
  if (several) labels.shift();
  const bad = labels.find((label) => !LABEL_PATTERN.test(label) || label.includes('**'));
  if (/^[0-9]+$/.test(labels[labels.length - 1] ?? '')) {
    return { problem: `can match nothing: "${text}" looks like an IP address, which has no labels; write it out` };
  }
  if (bad !== undefined)
    return {
      problem: `can match nothing: "${text}" is no host; * stands within one label, a leading "**." for several labels`,
    };
  const globs = labels.map(compileGlob);
  const fits = ({ hostname, labels: actual }: Address, least: number, most: number): boolean => {
    // An IP address has no labels: 10.* is no pattern of a network.
    if (hostname.startsWith('[') || /^[0-9]+$/.test(actual[actual.length - 1] ?? '')) return false;
    const skipped = actual.length - globs.length;
    if (skipped < least || skipped > most) return false;
    if (!actual.every((label) => LABEL.test(label))) return false;
    return globs.every((glob, i) => glob.test(actual[i + skipped] as string));
  };
  return {
    test: (url) => (several ? fits(url, 1, Number.POSITIVE_INFINITY) : fits(url, 0, 0)),
    testBelow: (url) => several && fits(url, 0, Number.POSITIVE_INFINITY),
  };
}

function compilePath(path: string): { test: (url: Address) => boolean } | { readonly problem: string } {
  if (/\s/.test(path)) return { problem: 'has white space in its path and can match nothing' };
  // As the client writes it: dot segments resolved, the same characters encoded. A * is left as it is.
  const normal = new URL(`http://host${path}`).pathname;
  if (HIDDEN_SEPARATOR.test(normal))
    return { problem: 'has an encoded slash, backslash or NUL in its path, which never matches' };
  const segments = normal.split('/').slice(1);
  if (segments[segments.length - 1] === '') segments.pop();
  if (segments.includes('')) return { problem: 'has an empty segment in its path: write one slash' };
  const globs = segments.map(compileGlob);
  return {
    test({ path: actual, segments: parts }) {
      if (globs.length === 0) return true;
      if (HIDDEN_SEPARATOR.test(actual)) return false;
      return parts.length >= globs.length && globs.every((glob, i) => glob.test(parts[i] as string) && parts[i] !== '');
    },
  };
}
