/** What a Service gets from the cluster: addresses and node ports. */
import { isIPv4 } from 'node:net';
import { fieldError, internal } from '../request/status.ts';
import type { FieldError, JsonObject, KubeObject, StrategyContext } from '../types.ts';
import { child, list, number, objects, record, text } from './access.ts';
import { same } from './validation/common.ts';
import { serviceAddresses } from './validation/services.ts';

/** Bits that follow from an object's identity, so that a write can be repeated and gives the same. */
function bitsOf(object: KubeObject, salt: string): number {
  let hash = 2166136261;
  for (const character of `${object.metadata.uid ?? ''}/${salt}`)
    hash = Math.imul(hash ^ character.charCodeAt(0), 16777619) >>> 0;
  return hash;
}

/** What other Services have. */
interface Taken {
  readonly addresses: ReadonlySet<string>;
  /** Node ports, as `TCP/30000`. */
  readonly ports: ReadonlySet<string>;
}

function takenBy(others: readonly KubeObject[], own: KubeObject): Taken {
  const rest = others.filter(
    ({ metadata }) => metadata.name !== own.metadata.name || metadata.namespace !== own.metadata.namespace,
  );
  const nodePort = (port: JsonObject) => `${text(port, 'protocol') || 'TCP'}/${number(port, 'nodePort')}`;
  return {
    addresses: new Set(rest.flatMap((service) => list(service, 'spec.clusterIPs').map(String))),
    ports: new Set(
      rest.flatMap((service) => {
        const health = number(service, 'spec.healthCheckNodePort');
        const own = objects(service, 'spec.ports').map(nodePort);
        return health === 0 ? own : [...own, `TCP/${health}`];
      }),
    ),
  };
}

const others = (context: StrategyContext): KubeObject[] => context.all('', 'services');

/** The addresses of Services, as of a kube-apiserver that is told of none; nothing routes them here. */
const rangeStart = '10.0.0.0';
const range = `${rangeStart}/24`;
const isInRange = (address: string): boolean => /^10\.0\.0\.([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])$/.test(address);

/** An address that is free; where the range is full, one of 10.96.0.0/12. */
function allocateAddress(object: KubeObject, { addresses }: Taken): string {
  const bits = bitsOf(object, 'address');
  for (let step = 0; step < 238; step++) {
    const address = `10.0.0.${16 + (((bits >>> 12) + step) % 239)}`;
    if (!addresses.has(address)) return address;
  }
  return spillOf(object);
}

const usesNodePorts = (spec: JsonObject): boolean => ['NodePort', 'LoadBalancer'].includes(text(spec, 'type'));

const [lowestPort, highestPort] = [30_000, 32_767];
/** Ports below are given to those who ask for them, as long as there are others. */
const firstPort = 30_086;

const isOutOfRange = (port: number): boolean => port < lowestPort || port > highestPort;
const outOfRange = `provided port is not in the valid range. The range of valid ports is ${lowestPort}-${highestPort}`;

/** The port that the bits stand for, or the next that is not taken. */
function freePort(bits: number, isTaken: (port: number) => boolean): number {
  let port = firstPort + (bits % (highestPort + 1 - firstPort));
  for (let left = highestPort + 1 - lowestPort; left > 0 && isTaken(port); left--)
    port = port === highestPort ? lowestPort : port + 1;
  return port;
}

function allocatePorts(object: KubeObject, spec: JsonObject, used: Taken): void {
  const type = text(spec, 'type');
  if (type !== 'NodePort' && !(type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)) return;
  const ports = objects(spec, 'ports');
  const taken = new Set(ports.map((port) => number(port, 'nodePort')));
  for (const [index, port] of ports.entries()) {
    if (number(port, 'nodePort') !== 0) continue;
    const isTaken = (node: number) => taken.has(node) || used.ports.has(`${text(port, 'protocol') || 'TCP'}/${node}`);
    const node = freePort(bitsOf(object, `port${index}`), isTaken);
    taken.add(node);
    port.nodePort = node;
  }
}

const isHealthChecked = (spec: JsonObject): boolean =>
  text(spec, 'type') === 'LoadBalancer' && text(spec, 'externalTrafficPolicy') === 'Local';

/** The port at which a balancer asks whether a node has endpoints of the Service. Throws 500 for one that cannot be had. */
function allocateHealthPort(object: KubeObject, spec: JsonObject, before: number, used: Taken): void {
  if (!isHealthChecked(spec)) return;
  const asked = number(spec, 'healthCheckNodePort');
  const isTaken = (node: number) => used.ports.has(`TCP/${node}`);
  if (asked !== 0) {
    if (asked === before) return;
    const why = isOutOfRange(asked) ? outOfRange : isTaken(asked) ? 'provided port is already allocated' : '';
    if (why !== '') throw internal(`failed to allocate requested HealthCheck NodePort ${asked}: ${why}`);
    return;
  }
  const own = new Set(objects(spec, 'ports').map((port) => number(port, 'nodePort')));
  spec.healthCheckNodePort = freePort(bitsOf(object, 'health'), (port) => isTaken(port) || own.has(port));
}

/** What a Service asks for by number and cannot have; with `old`, what an update asks for anew. */
export function allocationErrors(
  object: KubeObject,
  old: KubeObject | undefined,
  context: StrategyContext,
): FieldError[] {
  const spec = child(object, 'spec');
  if (spec === undefined || text(spec, 'type') === 'ExternalName') return [];
  const wrong = old === undefined ? serviceAddresses(spec, false) : [];
  if (wrong.length > 0) return wrong;
  const taken = takenBy(others(context), object);
  const addresses = list(spec, 'clusterIPs').map(String);
  const [address = 'None'] = addresses;
  const isNew = old === undefined || !list(old, 'spec.clusterIPs').includes(address);
  if (isNew && address === text(spec, 'clusterIP') && isIPv4(address)) {
    const refuse = (why: string) => [
      fieldError.invalid('spec.clusterIPs', addresses, `failed to allocate IP ${address}: ${why}`),
    ];
    // A dry run takes none, and looks at none that is taken.
    if (taken.addresses.has(address) && !context.dryRun) return refuse('provided IP is already allocated');
    // Addresses beyond the range are those that were given out when it was full.
    if (!isInRange(address) && address !== spillOf(object) && !(context.dryRun && address === rangeStart))
      return refuse(
        context.dryRun
          ? `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range}`
          : 'the provided network does not match the current range',
      );
  }
  const own = new Set<string>();
  const before = new Set(objects(old, 'spec.ports').map((port) => number(port, 'nodePort')));
  for (const [index, port] of objects(spec, 'ports').entries()) {
    const node = number(port, 'nodePort');
    if (node === 0 || before.has(node) || !usesNodePorts(spec)) continue;
    // A dry run takes no port, and looks at none.
    if (context.dryRun) continue;
    const path = `spec.ports[${index}].nodePort`;
    if (isOutOfRange(node)) return [fieldError.invalid(path, node, outOfRange)];
    const key = `${text(port, 'protocol') || 'TCP'}/${node}`;
    if (taken.ports.has(key) || (old === undefined && own.has(key)))
      return [fieldError.invalid(path, node, 'provided port is already allocated')];
    own.add(key);
  }
  return [];
}

function spillOf(object: KubeObject): string {
  const bits = bitsOf(object, 'address');
  return `10.${96 + (bits & 15)}.${(bits >>> 4) & 255}.${1 + (((bits >>> 12) & 255) % 254)}`;
}

/** clusterIP and clusterIPs say the same, as do ipFamilies. */
function normalizeAddresses(object: KubeObject, spec: JsonObject, taken: Taken, dryRun: boolean): void {
  if (text(spec, 'type') === 'ExternalName') return;
  // A dry run takes none: it shows where the range begins.
  const [family = 'IPv4'] = list(spec, 'ipFamilies');
  if (text(spec, 'clusterIP') === '' && list(spec, 'clusterIPs').length === 0 && family === 'IPv4')
    spec.clusterIP = dryRun ? rangeStart : allocateAddress(object, taken);
  if (list(spec, 'clusterIPs').length === 0 && text(spec, 'clusterIP') !== '')
    spec.clusterIPs = [text(spec, 'clusterIP')];
  // A headless service without a selector may have endpoints of any family.
  const open = spec.clusterIP === 'None' && Object.keys(record(spec, 'selector')).length === 0;
  if ((spec.ipFamilyPolicy ?? undefined) === undefined) spec.ipFamilyPolicy = open ? 'RequireDualStack' : 'SingleStack';
  // An address of IPv6 is refused.
  if (list(spec, 'ipFamilies').length === 0 && !text(spec, 'clusterIP').includes(':'))
    spec.ipFamilies = spec.ipFamilyPolicy === 'RequireDualStack' ? ['IPv4', 'IPv6'] : ['IPv4'];
}

/** What a change of type leaves without use goes, where the user did not change it too. */
function dropUnused(spec: JsonObject, before: JsonObject): void {
  const [type, oldType] = [text(spec, 'type'), text(before, 'type')];
  const usesPorts = (name: string) => name === 'NodePort' || name === 'LoadBalancer';
  if (type === 'ExternalName' && oldType !== 'ExternalName') {
    if (same(spec.clusterIP, before.clusterIP) && same(spec.clusterIPs, before.clusterIPs)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    for (const field of ['ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']) {
      if (same(spec[field], before[field])) delete spec[field];
    }
  }
  if (usesPorts(oldType) && !usesPorts(type)) {
    const nodePorts = (from: JsonObject) => objects(from, 'ports').map((port) => number(port, 'nodePort'));
    if (same(nodePorts(spec), nodePorts(before))) for (const port of objects(spec, 'ports')) delete port.nodePort;
  }
  if (oldType === 'LoadBalancer' && type !== 'LoadBalancer') {
    for (const field of ['allocateLoadBalancerNodePorts', 'loadBalancerClass'])
      if (same(spec[field], before[field])) delete spec[field];
  }
  if (isHealthChecked(before) && !isHealthChecked(spec) && same(spec.healthCheckNodePort, before.healthCheckNodePort))
    delete spec.healthCheckNodePort;
  const accessible = (from: JsonObject) =>
    usesPorts(text(from, 'type')) || (text(from, 'type') === 'ClusterIP' && list(from, 'externalIPs').length > 0);
  if (accessible(before) && !accessible(spec) && same(spec.externalTrafficPolicy, before.externalTrafficPolicy))
    delete spec.externalTrafficPolicy;
}

export function createService(object: KubeObject, context: StrategyContext): void {
  object.status = { loadBalancer: {} };
  const spec = child(object, 'spec');
  if (spec === undefined) return;
  const taken = takenBy(others(context), object);
  normalizeAddresses(object, spec, taken, context.dryRun);
  allocatePorts(object, spec, taken);
  allocateHealthPort(object, spec, 0, taken);
}

/** An update that leaves addresses and node ports out keeps those that the service has. */
export function updateService(object: KubeObject, old: KubeObject, context: StrategyContext): void {
  const spec = child(object, 'spec');
  const before = child(old, 'spec');
  if (spec === undefined || before === undefined) return;
  const [type, oldType] = [text(spec, 'type'), text(before, 'type')];
  if (type !== 'ExternalName' && oldType !== 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort']) {
      const kept = before[field];
      if (spec[field] === undefined && kept !== undefined) spec[field] = kept;
    }
  }
  if (text(spec, 'clusterIP') !== text(before, 'clusterIP') && same(spec.clusterIPs, before.clusterIPs)) {
    if (text(spec, 'clusterIP') === '') delete spec.clusterIPs;
    else spec.clusterIPs = [text(spec, 'clusterIP')];
  }
  if (type === 'NodePort' || type === 'LoadBalancer') {
    for (const port of objects(spec, 'ports')) {
      if (number(port, 'nodePort') !== 0) continue;
      const known = objects(before, 'ports').find(
        (other) => other.port === port.port && other.protocol === port.protocol,
      );
      if (known !== undefined && number(known, 'nodePort') !== 0) port.nodePort = number(known, 'nodePort');
    }
  }
  dropUnused(spec, before);
  if (oldType === 'LoadBalancer' && type !== 'LoadBalancer')
    object.status = { ...record(object, 'status'), loadBalancer: {} };
  const taken = takenBy(others(context), object);
  normalizeAddresses(object, spec, taken, context.dryRun);
  allocatePorts(object, spec, taken);
  allocateHealthPort(object, spec, number(before, 'healthCheckNodePort'), taken);
}
