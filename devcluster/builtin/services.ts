/** What a Service gets from the cluster: addresses and node ports. */
import type { JsonObject, KubeObject } from '../types.ts';
import { child, list, number, objects, record, text } from './access.ts';
import { same } from './validation/common.ts';

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
  if (text(spec, 'type') === 'ExternalName') return;
  if (text(spec, 'clusterIP') === '')
    spec.clusterIP = text({ first: list(spec, 'clusterIPs')[0] }, 'first') || allocateAddress(object);
  if (list(spec, 'clusterIPs').length === 0) spec.clusterIPs = [text(spec, 'clusterIP')];
  // A headless service without a selector may have endpoints of any family.
  const open = spec.clusterIP === 'None' && Object.keys(record(spec, 'selector')).length === 0;
  if (text(spec, 'ipFamilyPolicy') === '') spec.ipFamilyPolicy = open ? 'RequireDualStack' : 'SingleStack';
  if (list(spec, 'ipFamilies').length === 0) {
    const family = text(spec, 'clusterIP').includes(':') ? 'IPv6' : 'IPv4';
    spec.ipFamilies = spec.ipFamilyPolicy === 'RequireDualStack' ? ['IPv4', 'IPv6'] : [family];
  }
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
  const accessible = (from: JsonObject) =>
    usesPorts(text(from, 'type')) || (text(from, 'type') === 'ClusterIP' && list(from, 'externalIPs').length > 0);
  if (accessible(before) && !accessible(spec) && same(spec.externalTrafficPolicy, before.externalTrafficPolicy))
    delete spec.externalTrafficPolicy;
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
  normalizeAddresses(object, spec);
  allocatePorts(object, spec);
}
