import type { Egress } from '../../../api/index.ts';
import { METADATA_NETWORKS } from '../../../api/index.ts';
import { type Cidr, formatIp, maskIp, parseCidr } from '../../../schema/net.ts';
import { parseUrl } from '../address.ts';
import { at, listAt, textAt } from '../json.ts';
import type { SectionContext } from '../policy.ts';
import type { Report } from '../sink.ts';
import { quote, some } from '../text.ts';
import { compileHostPattern, type HostPattern } from '../urlpattern.ts';

/** What a list says against an object whose egress stands at `field`. */
export type EgressCheck = (entries: readonly unknown[], field: string, report: (report: Report) => void) => void;

/** Ports of a protocol, both ends included. */
interface Ports {
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
}

interface Network {
  readonly cidr: Cidr;
  /** Undefined: all ports of all protocols. */
  readonly ports: readonly Ports[] | undefined;
}

const METADATA = METADATA_NETWORKS.flatMap((text) => parseCidr(text) ?? []);
const DEFAULT_HOST_PORTS = [443];

/** Each network that is named, with its ports, lies within one that is allowed. */
export function networkCheck(allowed: Egress, rule: string, context: SectionContext): EgressCheck {
  const networks = allowed.flatMap(({ cidr: text, ports }, i): Network[] => {
    const cidr = parseCidr(text);
    if (cidr !== undefined) return [{ cidr, ports: ports?.map(portsOf) }];
    context.problem(`${rule}[${i}].cidr`, `${quote(text)} is no network: write 10.20.0.0/16 or 2001:db8::/32`);
    return [];
  });
  const shown = allowed.map(({ cidr, ports }) => [cidr, ...(ports?.map(portsOf).map(portsText) ?? [])].join(' '));
  return (entries, field, report) => {
    for (const [i, entry] of entries.entries()) {
      const text = textAt(entry, 'cidr') ?? '';
      const cidr = parseCidr(text);
      const around = cidr === undefined ? [] : networks.filter((network) => contains(network.cidr, cidr));
      for (const [ports, where] of portsAt(entry)) {
        if (around.some((network) => portsFit(network, ports))) continue;
        const value = `${text} ${ports === undefined ? 'all ports' : portsText(ports)}`;
        report({
          rule,
          field: `${field}[${i}]${where}`,
          value,
          detail: `${quote(value)}${cidr?.prefixLength === 0 ? ', every address there is,' : ''} is not within an allowed network; allowed: ${some(shown)}`,
          fix: ports === undefined ? 'name allowed networks with their ports' : 'name allowed networks and ports only',
        });
      }
    }
  };
}

/** The port ranges of an entry, and where they stand in it; one undefined for all ports. */
function portsAt(entry: unknown): [ports: Ports | undefined, where: string][] {
  const ports = listAt(entry, 'ports');
  // An entry whose ports cannot be read counts as open.
  if (ports.length === 0) return [[undefined, at(entry, 'ports') === undefined ? '.cidr' : '.ports']];
  return ports.map((each, k) => [portsOf(each), `.ports[${k}]`]);
}

export function portsOf(entry: unknown): Ports {
  const number = (name: string): number | undefined => {
    const value = at(entry, name);
    return typeof value === 'number' ? value : undefined;
  };
  const first = number('port') ?? 0;
  return { protocol: textAt(entry, 'protocol') ?? 'TCP', first, last: number('endPort') ?? first };
}

const portsText = ({ protocol, first, last }: Ports): string =>
  `${first === last ? first : `${first}-${last}`}/${protocol}`;

const portsFit = (network: Network, ports: Ports | undefined): boolean =>
  network.ports === undefined ||
  (ports !== undefined &&
    network.ports.some(
      ({ protocol, first, last }) => protocol === ports.protocol && first <= ports.first && ports.last <= last,
    ));

/** Where clouds keep their metadata is part of no network that is wider, as it is for the NetworkPolicy that is made of it. */
function contains(outer: Cidr, inner: Cidr): boolean {
  if (!isWithin(inner, outer)) return false;
  return METADATA.every((metadata) => !isWithin(inner, metadata) || isWithin(outer, metadata));
}

export const isWithin = (inner: Cidr, outer: Cidr): boolean =>
  inner.address.bytes.length === outer.address.bytes.length &&
  inner.prefixLength >= outer.prefixLength &&
  formatIp(maskIp(inner.address, outer.prefixLength)) === formatIp(maskIp(outer.address, outer.prefixLength));

/** Each host that is named, with its ports, is matched by a pattern; with `privateOnly` those that may lead to private addresses. */
export function hostCheck(
  sources: readonly string[],
  rule: string,
  context: SectionContext,
  privateOnly = false,
): EgressCheck {
  const patterns = sources.flatMap((source, i): HostPattern[] => {
    const pattern = compileHostPattern(source);
    if (!('problem' in pattern)) return [pattern];
    context.problem(`${rule}[${i}]`, `${JSON.stringify(source)} ${pattern.problem}`);
    return [];
  });
  return (entries, field, report) => {
    for (const [i, entry] of entries.entries()) {
      const isPrivate = at(entry, 'private') === true;
      if (privateOnly && !isPrivate) continue;
      const host = textAt(entry, 'host') ?? '';
      const below = host.startsWith('*.');
      const ports = listAt(entry, 'ports');
      for (const [k, port] of (ports.length === 0 ? DEFAULT_HOST_PORTS : ports).entries()) {
        const address = parseUrl(`https://${host.slice(below ? 2 : 0)}:${String(port)}/`);
        const fits = (pattern: HostPattern): boolean =>
          !('problem' in address) && (below ? pattern.testBelow(address) : pattern.test(address));
        if (patterns.some(fits)) continue;
        const value = `${host}:${String(port)}`;
        const what = privateOnly ? ' may not lead to private addresses' : ' is not allowed';
        report({
          rule,
          field: `${field}[${i}]${privateOnly ? '.private' : ports.length === 0 ? '.host' : `.ports[${k}]`}`,
          value,
          detail: `${quote(value)}${below ? ', names of any depth below it,' : ''}${what}; allowed: ${some(sources)}`,
          fix: privateOnly ? 'leave out private, or use an allowed host' : 'use an allowed host and port',
        });
      }
    }
  };
}
