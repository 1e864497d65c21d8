/** Validation of Services. */
import { dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import { at, list, number, objects, record, text } from '../access.ts';
import { addressProblem, blockProblem, specialAddressProblem } from './addresses.ts';
import {
  type Errors,
  fieldError,
  given,
  labels,
  notSupported,
  oneOf,
  portNumber,
  portOrName,
  problems,
  requiredLabel,
  same,
} from './common.ts';

export const protocols = ['SCTP', 'TCP', 'UDP'];

const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

function servicePorts(spec: unknown, errors: Errors): void {
  const ports = objects(spec, 'ports');
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const here = `spec.ports[${index}]`;
    const name = text(port, 'name');
    if (ports.length > 1 && name === '') errors.push(fieldError.required(`${here}.name`));
    else if (name !== '') {
      requiredLabel(name, `${here}.name`, errors);
      if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
      names.add(name);
    }
    portNumber(port.port, `${here}.port`, errors);
    oneOf(port, here, 'protocol', protocols, errors);
    portOrName(port.targetPort, `${here}.targetPort`, errors);
    given(port, here, 'appProtocol', qualifiedName, errors);
  }
}

function repeatedPorts(spec: unknown, errors: Errors): void {
  const ports = objects(spec, 'ports');
  if (text(spec, 'type') === 'ClusterIP') {
    for (const [index, port] of ports.entries()) {
      if (number(port, 'nodePort') !== 0)
        errors.push(
          fieldError.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"),
        );
    }
  }
  const node = new Set<string>();
  const own = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const nodePort = number(port, 'nodePort');
    if (nodePort === 0) continue;
    const key = `${text(port, 'protocol')}/${nodePort}`;
    if (node.has(key)) errors.push(fieldError.duplicate(`spec.ports[${index}].nodePort`, nodePort));
    node.add(key);
  }
  for (const [index, port] of ports.entries()) {
    const key = `${text(port, 'protocol')}/${number(port, 'port')}`;
    if (own.has(key)) {
      // The value is printed as the real server's internal type has it.
      const value = {
        Name: '',
        Protocol: text(port, 'protocol'),
        AppProtocol: null,
        Port: number(port, 'port'),
        TargetPort: 0,
        NodePort: 0,
      };
      errors.push(fieldError.duplicate(`spec.ports[${index}]`, value));
    }
    own.add(key);
  }
}

export function service(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  const type = text(spec, 'type');
  const addresses = list(spec, 'clusterIPs');
  const headless = addresses[0] === 'None';
  const before = errors.length;
  serviceAddresses(spec, old !== undefined, errors);
  // On an update addresses are given out before anything else is looked at.
  if (old !== undefined && errors.length > before) return;
  if (old !== undefined) {
    addressUpdate(spec, at(old, 'spec'), errors);
    onceSet(spec, at(old, 'spec'), errors);
  }
  if (list(spec, 'ports').length === 0 && !headless && type !== 'ExternalName')
    errors.push(fieldError.required('spec.ports'));
  if (headless && (type === 'LoadBalancer' || type === 'NodePort')) {
    errors.push(fieldError.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  if (type === 'ExternalName') {
    if (addresses.length > 0 || text(spec, 'clusterIP') !== '')
      errors.push(fieldError.forbidden('spec.clusterIPs', 'may not be set for ExternalName services'));
    const name = text(spec, 'externalName').replace(/\.$/, '');
    if (name === '') errors.push(fieldError.required('spec.externalName'));
    else problems('spec.externalName', name, dns1123Subdomain(name), errors);
  }
  servicePorts(spec, errors);
  labels(at(spec, 'selector'), 'spec.selector', errors);
  oneOf(spec, 'spec', 'sessionAffinity', ['ClientIP', 'None'], errors);
  const timeout = at(spec, 'sessionAffinityConfig.clientIP.timeoutSeconds');
  if (typeof timeout === 'number' && (timeout <= 0 || timeout > 86400)) {
    errors.push(
      fieldError.invalid(
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
        timeout,
        'must be greater than 0 and less than 86400',
      ),
    );
  }
  for (const [index, address] of addresses.entries()) {
    if (address !== 'None' && old === undefined)
      problems(`spec.clusterIPs[${index}]`, address, addressProblem(String(address)), errors);
  }
  for (const [index, address] of list(spec, 'externalIPs').entries())
    problems(`spec.externalIPs[${index}]`, address, externalProblem(String(address)), errors);
  oneOf(spec, 'spec', 'type', serviceTypes, errors);
  repeatedPorts(spec, errors);
  for (const [index, block] of list(spec, 'loadBalancerSourceRanges').entries())
    problems(`spec.LoadBalancerSourceRanges[${index}]`, block, blockProblem(String(block)), errors);
  const balancerClass = at(spec, 'loadBalancerClass');
  if (typeof balancerClass === 'string') {
    if (type !== 'LoadBalancer')
      errors.push(fieldError.forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"));
    else problems('spec.loadBalancerClass', balancerClass, qualifiedName(balancerClass), errors);
  }
  const health = number(spec, 'healthCheckNodePort');
  if (health !== 0 && (type !== 'LoadBalancer' || text(spec, 'externalTrafficPolicy') !== 'Local')) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(fieldError.invalid('spec.healthCheckNodePort', health, detail));
  }
  notSupported(spec, 'spec', 'trafficDistribution', ['PreferClose', 'PreferSameZone', 'PreferSameNode'], errors);
  if (list(spec, 'loadBalancerSourceRanges').length > 0 && type !== 'LoadBalancer') {
    errors.push(
      fieldError.forbidden('spec.LoadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'"),
    );
  }
  if (at(spec, 'allocateLoadBalancerNodePorts') !== undefined && type !== 'LoadBalancer') {
    errors.push(
      fieldError.forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'"),
    );
  }
  const traffic = text(spec, 'externalTrafficPolicy');
  if (traffic !== '' && type !== 'LoadBalancer' && type !== 'NodePort' && list(spec, 'externalIPs').length === 0) {
    errors.push(
      fieldError.invalid('spec.externalTrafficPolicy', traffic, 'may only be set for externally-accessible services'),
    );
  } else if (traffic !== '' && traffic !== 'Cluster' && traffic !== 'Local') {
    errors.push(fieldError.notSupported('spec.externalTrafficPolicy', traffic, ['Cluster', 'Local']));
  }
  notSupported(spec, 'spec', 'internalTrafficPolicy', ['Cluster', 'Local'], errors);
}

/** Cluster addresses stay, unless the service becomes or was an ExternalName. */
function addressUpdate(spec: unknown, old: unknown, errors: Errors): void {
  if (text(spec, 'type') === 'ExternalName' || text(old, 'type') === 'ExternalName') return;
  const before = list(old, 'clusterIPs');
  const after = list(spec, 'clusterIPs');
  if (before[0] === 'None' && after[0] === 'None') return;
  if (before.length === 0 || same(before[0], after[0])) return;
  errors.push(fieldError.invalid('spec.clusterIPs[0]', after, 'may not change once set'));
}

/** What a balancer keeps for as long as it is one. */
function onceSet(spec: unknown, old: unknown, errors: Errors): void {
  const health = number(old, 'healthCheckNodePort');
  const needed = (from: unknown) =>
    text(from, 'type') === 'LoadBalancer' && text(from, 'externalTrafficPolicy') === 'Local';
  if (needed(spec) && needed(old) && health !== 0 && health !== number(spec, 'healthCheckNodePort'))
    errors.push(fieldError.forbidden('spec.healthCheckNodePort', 'field is immutable'));
  const balancer = at(spec, 'loadBalancerClass');
  // An update looks at it twice.
  if (text(spec, 'type') !== 'LoadBalancer' && balancer !== undefined)
    errors.push(fieldError.forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"));
  if (text(spec, 'type') !== 'LoadBalancer' || text(old, 'type') !== 'LoadBalancer') return;
  if (!same(balancer, at(old, 'loadBalancerClass')))
    errors.push(fieldError.invalid('spec.loadBalancerClass', balancer ?? null, 'may not change once set'));
}

function externalProblem(address: string): string[] {
  const found = addressProblem(address);
  return found.length > 0 ? found : specialAddressProblem(address);
}

/** The cluster has one family of addresses, IPv4. */
function serviceAddresses(spec: unknown, isUpdate: boolean, errors: Errors): void {
  if (text(spec, 'type') === 'ExternalName') return;
  const addresses = list(spec, 'clusterIPs').map(String);
  if (addresses.length > 1 && addresses.includes('None'))
    errors.push(fieldError.invalid('spec.clusterIPs', addresses, "'None' must be the first and only value"));
  const first = text(spec, 'clusterIP');
  if (addresses.length > 0 && addresses[0] !== first) {
    const detail =
      first === '' ? 'must be empty when `clusterIP` is not specified' : 'first value must match `clusterIP`';
    errors.push(fieldError.invalid('spec.clusterIPs', addresses, detail));
  }
  for (const [index, address] of isUpdate ? addresses.entries() : [])
    if (address !== 'None') problems(`spec.clusterIPs[${index}]`, address, addressProblem(address), errors);
  const families = list(spec, 'ipFamilies').map(String);
  const policy = text(spec, 'ipFamilyPolicy');
  // A headless service without a selector may have endpoints of any family.
  const open = addresses[0] === 'None' && Object.keys(record(spec, 'selector')).length === 0;
  notSupported(spec, 'spec', 'ipFamilyPolicy', ['PreferDualStack', 'RequireDualStack', 'SingleStack'], errors);
  for (const [index, family] of families.entries()) {
    const path = `spec.ipFamilies[${index}]`;
    if (family !== 'IPv4' && family !== 'IPv6') errors.push(fieldError.notSupported(path, family, ['IPv4', 'IPv6']));
    if (families.indexOf(family) < index) errors.push(fieldError.duplicate(path, family));
    else if (
      family === 'IPv6' &&
      (index === 0 || isUpdate) &&
      !open &&
      !addresses.some((address) => address.includes(':'))
    )
      errors.push(fieldError.invalid(path, family, 'not configured on this cluster'));
  }
  for (const [index, address] of addresses.entries())
    if (index > 0 && address.includes(':'))
      errors.push(fieldError.invalid(`spec.clusterIPs[${index}]`, addresses, 'IPv6 is not configured on this cluster'));
  if (policy === 'RequireDualStack' && !open) {
    const detail = 'this cluster is not configured for dual-stack services';
    errors.push(fieldError.invalid('spec.ipFamilyPolicy', policy, detail));
  }
}
