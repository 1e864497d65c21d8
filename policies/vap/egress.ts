import type { Egress } from '../../api/index.ts';
import { METADATA_NETWORKS } from '../../api/index.ts';
import { parseCidr } from '../../schema/net.ts';
import { isWithin, portsOf } from '../engine/sections/egress.ts';
import { every, type Place } from './place.ts';
import type { CelRule } from './rule.ts';
import { allOf, anyOf, quoted } from './text.ts';

const end = (port: string): string => `(has(${port}.endPort) ? ${port}.endPort : ${port}.port)`;
const protocol = (port: string): string => `(has(${port}.protocol) ? ${port}.protocol : "TCP")`;

/** Networks and ports, each of which has to lie within one of `allowed`. */
export function networksRule(rule: string, place: Place, allowed: Egress): CelRule {
  const networks = allowed.map(({ cidr, ports }) => ({ inside: within(cidr), ports: ports?.map(portsOf) }));
  const whole = anyOf(networks.filter(({ ports }) => ports === undefined).map(({ inside }) => inside));
  const port = anyOf(
    networks.map(({ inside, ports }) =>
      ports === undefined
        ? inside
        : allOf([
            inside,
            anyOf(
              ports.map(
                ({ protocol: name, first, last }) =>
                  `(${protocol('p')} == ${quoted(name)} && p.port >= ${first} && ${end('p')} <= ${last})`,
              ),
            ),
          ]),
    ),
  );
  const same = `q.port == p.port && ${end('q')} == ${end('p')} && ${protocol('q')} == ${protocol('p')}`;
  return {
    rule,
    expression: every(
      place,
      (old) =>
        `has(e.ports) ? e.ports.all(p, (${port}) || ${old(`o.cidr == e.cidr && has(o.ports) && o.ports.exists(q, ${same})`)}) : ((${whole}) || ${old('o.cidr == e.cidr && !has(o.ports)')})`,
    ),
    message: `spec.${place.path.join('.')}: allowed are ${allowed.map(shown).join(', ') || 'no networks'}`,
  };
}

/** Whether `e.cidr` lies within a network. Where clouds keep their metadata is part of none that is wider. */
function within(text: string): string {
  const outer = parseCidr(text);
  if (outer === undefined) return 'false';
  const hidden = METADATA_NETWORKS.filter((each) => {
    const metadata = parseCidr(each);
    return metadata !== undefined && isWithin(metadata, outer) && !isWithin(outer, metadata);
  });
  return allOf([
    `cidr(${quoted(text)}).containsCIDR(e.cidr)`,
    ...hidden.map((each) => `!cidr(${quoted(each)}).containsCIDR(e.cidr)`),
  ]);
}

function shown({ cidr, ports = [] }: Egress[number]): string {
  const texts = ports.map(
    ({ port, endPort, protocol: name = 'TCP' }) => `${port}${endPort === undefined ? '' : `-${endPort}`}/${name}`,
  );
  return [cidr, ...texts].join(' ');
}

/** Hosts, each with its ports, that have to be matched by a pattern; with `privateOnly` those that may lead to private addresses. */
export function hostsRule(rule: string, place: Place, patterns: readonly string[], privateOnly = false): CelRule {
  const fits = anyOf(patterns.flatMap((pattern) => hostFits(pattern) ?? []));
  const isPrivate = (entry: string): string => `(has(${entry}.private) && ${entry}.private)`;
  const ports = (entry: string): string => `(has(${entry}.ports) ? ${entry}.ports : [443])`;
  const same = `o.host == e.host${privateOnly ? ` && ${isPrivate('o')}` : ''} && ${ports('o')}.exists(q, q == p)`;
  return {
    rule,
    expression: every(
      place,
      (old) => `${privateOnly ? `!${isPrivate('e')} || ` : ''}${ports('e')}.all(p, (${fits}) || ${old(same)})`,
    ),
    message: `spec.${place.path.join('.')}${privateOnly ? ' that may lead to private addresses' : ''}: allowed are ${patterns.join(', ') || 'none'}`,
  };
}

const LABEL = '[a-z0-9_-]';
/** Such a host is an address, in one of the many ways to write one: no pattern of names matches it. */
const ADDRESS = String.raw`(^|\.)([0-9]+|0x[0-9a-f]*)$`;

/** Whether `e.host` at port `p` fits a pattern of hosts. Undefined where it can match nothing: that is the compiler's to tell. */
function hostFits(pattern: string): string | undefined {
  const split = /^([^:[\]]*)(?::([0-9]+|\*))?$/.exec(pattern);
  if (split === null) return undefined;
  const [, host = '', port] = split;
  const portFits = port === '*' ? [] : [`p == ${Number(port ?? 443)}`];
  if (host === '**') return allOf(portFits);
  const name = 'e.host.lowerAscii()';
  if (!host.includes('*')) {
    if (!URL.canParse(`https://${host}/`)) return undefined;
    const { hostname } = new URL(`https://${host}/`);
    const address = /^([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)$/.exec(hostname)?.slice(1).map(Number);
    const fits = address === undefined ? ` == ${quoted(hostname)}` : `.matches(${quoted(spellings(address))})`;
    return allOf([...portFits, `${name}${fits}`]);
  }
  const labels = host.toLowerCase().split('.');
  const several = labels[0] === '**';
  if (several) labels.shift();
  if (labels.some((label) => !/^[a-z0-9_*-]+$/.test(label) || label.includes('**'))) return undefined;
  const own = labels
    .map((label) => (label === '*' ? `${LABEL}+` : label.replaceAll('*', `${LABEL}*`)))
    .join(String.raw`\.`);
  const before = several ? String.raw`(\*\.(${LABEL}+\.)*|(${LABEL}+\.)+)` : '';
  return allOf([
    ...portFits,
    `${name}.matches(${quoted(`^${before}${own}$`)})`,
    `!${name}.matches(${quoted(ADDRESS)})`,
  ]);
}

/**
 * An expression for all the ways to write an IPv4 address in a URL, in small letters (https://url.spec.whatwg.org/#concept-ipv4-parser): its
 * last parts as one number, and each number decimal, octal or hexadecimal.
 */
function spellings(bytes: readonly number[]): string {
  const written = (number: number): string =>
    number === 0 ? '(0+|0x0*)' : `(${number}|0+${number.toString(8)}|0x0*${number.toString(16)})`;
  const from = (index: number): string => {
    const rest = written(bytes.slice(index).reduce((sum, byte) => sum * 256 + byte, 0));
    const byte = bytes[index];
    return byte === undefined || index === bytes.length - 1
      ? rest
      : String.raw`(${rest}|${written(byte)}\.${from(index + 1)})`;
  };
  return `^${from(0)}$`;
}
