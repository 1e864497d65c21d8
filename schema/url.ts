import { goQuote } from './gofmt.ts';
import { parseIp } from './net.ts';

/** The parts of a URL that Kubernetes' CEL library shows. Escapes are decoded in `host` and `query` values. */
export interface GoUrl {
  readonly scheme: string;
  /** `host[:port]` as written. */
  readonly host: string;
  /** Path in its escaped form. */
  readonly escapedPath: string;
  readonly rawQuery: string;
  /** The whole, as written. */
  readonly text: string;
}

/** Why a text is no URL. */
class UrlProblem {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

function refuse(reason: string): never {
  throw new UrlProblem(reason);
}

/**
 * Go's `url.ParseRequestURI`: an absolute URI or an absolute path, without a fragment (`#` is part of the last
 * component). Returns Go's error as a text where there is one: `parse "x": invalid URI for request`.
 */
export function parseRequestUri(text: string): GoUrl | string {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof UrlProblem) return `parse ${goQuote(text)}: ${error.reason}`;
    throw error;
  }
}

function parse(text: string): GoUrl {
  if (hasControlCharacter(text)) refuse('net/url: invalid control character in URL');
  if (text === '') refuse('empty url');
  if (text === '*') return { scheme: '', host: '', escapedPath: '*', rawQuery: '', text };
  const split = splitScheme(text);
  const scheme = split.scheme.toLowerCase();
  const question = split.rest.indexOf('?');
  let rest = question < 0 ? split.rest : split.rest.slice(0, question);
  const rawQuery = question < 0 ? '' : split.rest.slice(question + 1);
  if (!rest.startsWith('/')) {
    // An opaque URI such as `mailto:someone@example.com`.
    if (scheme === '') refuse('invalid URI for request');
    return { scheme, host: '', escapedPath: '', rawQuery, text };
  }
  let host = '';
  // Without a scheme, `//x` is a path.
  if (rest.startsWith('//') && scheme !== '') {
    const slash = rest.indexOf('/', 2);
    host = parseAuthority(slash < 0 ? rest.slice(2) : rest.slice(2, slash));
    rest = slash < 0 ? '' : rest.slice(slash);
  }
  checkEscapes(rest);
  return { scheme, host, escapedPath: escapePath(rest), rawQuery, text };
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function splitScheme(text: string): { scheme: string; rest: string } {
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (/[a-zA-Z]/.test(char)) continue;
    if (/[0-9+.-]/.test(char)) {
      if (i === 0) return { scheme: '', rest: text };
      continue;
    }
    if (char === ':')
      return i === 0 ? refuse('missing protocol scheme') : { scheme: text.slice(0, i), rest: text.slice(i + 1) };
    return { scheme: '', rest: text };
  }
  return { scheme: '', rest: text };
}

function validEscapes(text: string): boolean {
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    if (!/^[0-9a-fA-F]{2}$/.test(text.slice(at + 1, at + 3))) return false;
  }
  return true;
}

function checkEscapes(text: string): void {
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    const sequence = text.slice(at, at + 3);
    if (!/^%[0-9a-fA-F]{2}$/.test(sequence)) refuse(`invalid URL escape ${goQuote(sequence)}`);
  }
}

const USER_INFO = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;

function parseAuthority(authority: string): string {
  const at = authority.lastIndexOf('@');
  if (at >= 0) {
    const user = authority.slice(0, at);
    if (!USER_INFO.test(user)) refuse('net/url: invalid userinfo');
    checkEscapes(user);
  }
  const host = authority.slice(at + 1);
  if (host.startsWith('[')) return bracketed(host);
  const colon = host.lastIndexOf(':');
  if (colon >= 0) checkPort(host.slice(colon));
  if (colon >= 0 && host.slice(0, colon).includes(':'))
    refuse(`invalid port ${goQuote(host.slice(host.indexOf(':')))} after host`);
  for (const match of host.matchAll(/%.{0,2}/g)) {
    // Only bytes beyond ASCII may be escaped in a host.
    if (!/^%[89a-fA-F][0-9a-fA-F]$/.test(match[0])) refuse(`invalid URL escape ${goQuote(match[0])}`);
  }
  const bad = /[ "<>\\^`{|}]/.exec(host);
  return bad === null ? decode(host) : refuse(`invalid character ${goQuote(bad[0])} in host name`);
}

/** An IPv6 address in brackets, with a zone and a port perhaps. */
function bracketed(host: string): string {
  const end = host.lastIndexOf(']');
  if (end < 0) refuse("missing ']' in host");
  checkPort(host.slice(end + 1));
  const inside = host.slice(1, end);
  const zone = inside.indexOf('%25');
  const address = zone < 0 ? inside : inside.slice(0, zone);
  if (parseIp(address)?.bytes.length !== 16) refuse(`invalid host: ParseAddr(${goQuote(address)}): unable to parse IP`);
  return zone < 0 ? host : `[${address}%${decode(inside.slice(zone + 3))}${host.slice(end)}`;
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function checkPort(port: string): void {
  if (port !== '' && !/^:[0-9]*$/.test(port)) refuse(`invalid port ${goQuote(port)} after host`);
}

// What Go's EscapedPath leaves as it is, when the path as written is a valid encoding.
const ENCODED_PATH = /^[A-Za-z0-9\-._~$&+,/:;=@!'()*[\]%]*$/;

function escapePath(path: string): string {
  if (ENCODED_PATH.test(path)) return path;
  const bytes = new TextEncoder().encode(decode(path));
  let out = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    out += /[A-Za-z0-9\-._~$&+,/:;=@]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** Go's `host` without port and brackets. */
export function urlHostname(url: GoUrl): string {
  const { host } = url;
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'));
  const colon = host.lastIndexOf(':');
  return colon < 0 ? host : host.slice(0, colon);
}

/** The port as written, empty when there is none. */
export function urlPort(url: GoUrl): string {
  const rest = url.host.startsWith('[') ? url.host.slice(url.host.indexOf(']') + 1) : url.host;
  const colon = rest.lastIndexOf(':');
  return colon < 0 ? '' : rest.slice(colon + 1);
}

/** Go's `URL.Query()`: values by key, pairs that hold `;` or a broken escape left out. */
export function urlQuery(url: GoUrl): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const pair of url.rawQuery.split('&')) {
    if (pair === '' || pair.includes(';') || !validEscapes(pair)) continue;
    const equals = pair.indexOf('=');
    const key = decode((equals < 0 ? pair : pair.slice(0, equals)).replaceAll('+', ' '));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1).replaceAll('+', ' '));
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  return values;
}
