/** What a Service gets from the cluster: addresses and node ports. */
import type { JsonObject, KubeObject } from '../types.ts';
import { child, list, number, objects, text } from './access.ts';

/** Bits that follow from an object's identity, so that a write can be repeated and gives the same. */
function bitsOf(object: KubeObject, salt: string): number {
  let hash = 2166136261;
  for (const character of `${object.metadata.uid ?? ''}/${salt}`)
    hash = Math.imul(hash ^ character.charCodeAt(0), 16777619) >>> 0;
  return hash;
}

/** An address of 10.96.0.0/12, which kubeadm's clusters use too; nothing routes it here. */
function allocateAddress(object: KubeObject): string {
  const bits = bitsOf(object, 'address');
  return `10.${96 + (bits & 15)}.${(bits >>> 4) & 255}.${1 + (((bits >>> 12) & 255) % 254)}`;
}

function allocatePorts(object: KubeObject, spec: JsonObject): void {
  const type = text(spec, 'type');
  if (type !== 'NodePort' && !(type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)) return;
  const ports = objects(spec, 'ports');
  const taken = new Set(ports.map((port) => number(port, 'nodePort')));
  for (const [index, port] of ports.entries()) {
    if (number(port, 'nodePort') !== 0) continue;
    let node = 30000 + (bitsOf(object, `port${index}`) % 2768);
    while (taken.has(node)) node = node === 32767 ? 30000 : node + 1;
    taken.add(node);
    port.nodePort = node;
  }
}

/** clusterIP and clusterIPs say the same, as do ipFamilies. */
function normalizeAddresses(object: KubeObject, spec: JsonObject): void {
  if (text(spec, 'type') === 'ExternalName') {
    if (text(spec, 'clusterIP') === '' || spec.clusterIP === 'None') {
      for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) delete spec[field];
    }
    return;
  }
  if (text(spec, 'clusterIP') === '')
    spec.clusterIP = text({ first: list(spec, 'clusterIPs')[0] }, 'first') || allocateAddress(object);
  if (list(spec, 'clusterIPs').length === 0) spec.clusterIPs = [text(spec, 'clusterIP')];
  if (list(spec, 'ipFamilies').length === 0)
    spec.ipFamilies = [text(spec, 'clusterIP').includes(':') ? 'IPv6' : 'IPv4'];
  if (text(spec, 'ipFamilyPolicy') === '') spec.ipFamilyPolicy = 'SingleStack';
}

export function createService(object: KubeObject): void {
  object.status = { loadBalancer: {} };
  const spec = child(object, 'spec');
  if (spec === undefined) return;
  normalizeAddresses(object, spec);
  allocatePorts(object, spec);
}

/** An update that leaves addresses and node ports out keeps those that the service has. */
export function updateService(object: KubeObject, old: KubeObject): void {
  const spec = child(object, 'spec');
  const before = child(old, 'spec');
  if (spec === undefined || before === undefined) return;
  if (text(spec, 'type') !== 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort']) {
      const kept = before[field];
      if (spec[field] === undefined && kept !== undefined && text(before, 'type') !== 'ExternalName')
        spec[field] = kept;
    }
    if (spec.clusterIP !== before.clusterIP && list(spec, 'clusterIPs')[0] === list(before, 'clusterIPs')[0])
      spec.clusterIPs = [text(spec, 'clusterIP')];
  }
  for (const port of objects(spec, 'ports')) {
    if (number(port, 'nodePort') !== 0 || text(spec, 'type') === 'ClusterIP') continue;
    const known = objects(before, 'ports').find(
      (other) => other.port === port.port && other.protocol === port.protocol,
    );
    if (known !== undefined && number(known, 'nodePort') !== 0) port.nodePort = number(known, 'nodePort');
  }
  if (text(before, 'type') !== 'ClusterIP' && text(spec, 'type') === 'ClusterIP') {
    for (const port of objects(spec, 'ports')) {
      const known = objects(before, 'ports').find((other) => other.nodePort === port.nodePort);
      if (known !== undefined) delete port.nodePort;
    }
    if (text(before, 'externalTrafficPolicy') === text(spec, 'externalTrafficPolicy'))
      delete spec.externalTrafficPolicy;
    delete spec.allocateLoadBalancerNodePorts;
  }
  normalizeAddresses(object, spec);
  allocatePorts(object, spec);
}
