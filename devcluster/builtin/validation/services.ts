/** Validation of Services. */
import { dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import type { FieldError } from '../../types.ts';
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
  if (old !== undefined) {
    // Addresses are given out before anything else is looked at.
    const refused = serviceAddresses(spec, true);
    if (refused.length > 0) return void errors.push(...refused);
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
  for (const [index, address] of list(spec, 'externalIPs').entries())
    problems(`spec.externalIPs[${index}]`, address, externalProblem(String(address)), errors);
  oneOf(spec, 'spec', 'type', serviceTypes, errors);
  repeatedPorts(spec, errors);
  for (const [index, block] of list(spec, 'loadBalancerSourceRanges').entries())
    problems(`spec.LoadBalancerSourceRanges[${index}]`, block, blockProblem(String(block).trim()), errors);
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

/** What is wrong with addresses and families by themselves. */
function addressForms(spec: unknown, errors: Errors): void {
  const addresses = list(spec, 'clusterIPs').map(String);
  const families = list(spec, 'ipFamilies').map(String);
  const refuse = (detail: string) => void errors.push(fieldError.invalid('spec.clusterIPs', addresses, detail));
  if (addresses.length > 0) {
    if (text(spec, 'clusterIP') === '') refuse('must be empty when `clusterIP` is not specified');
    else if (addresses[0] !== text(spec, 'clusterIP')) refuse('first value must match `clusterIP`');
  }
  for (const [index, family] of families.entries()) {
    const path = `spec.ipFamilies[${index}]`;
    if (family !== 'IPv4' && family !== 'IPv6') errors.push(fieldError.notSupported(path, family, ['IPv4', 'IPv6']));
    if (families.indexOf(family) < index) errors.push(fieldError.duplicate(path, family));
  }
  notSupported(spec, 'spec', 'ipFamilyPolicy', ['PreferDualStack', 'RequireDualStack', 'SingleStack'], errors);
  const before = errors.length;
  for (const [index, address] of addresses.entries()) {
    if (index > 0 || address !== 'None')
      problems(`spec.clusterIPs[${index}]`, address, addressProblem(address), errors);
    else if (addresses.length > 1) refuse("'None' must be the first and only value");
  }
  const broken = errors.length > before;
  if (addresses.length > 2) refuse('may only hold up to 2 values');
  if (broken || addresses[0] === 'None') return;
  const familyOf = (address: string) => (address.includes(':') ? 'IPv6' : 'IPv4');
  if (addresses.length === 2 && new Set(addresses.map(familyOf)).size === 1)
    refuse('may specify no more than one IP for each IP family');
  for (const [index, address] of addresses.entries()) {
    const family = families[index];
    if ((family !== 'IPv4' && family !== 'IPv6') || family === familyOf(address)) continue;
    const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
    errors.push(fieldError.invalid(`spec.clusterIPs[${index}]`, address, detail));
  }
}

/** How many families a Service wants, and whether its addresses are of one that the cluster has: IPv4. */
function familyCounts(spec: unknown, errors: Errors): void {
  const addresses = list(spec, 'clusterIPs').map(String);
  const families = list(spec, 'ipFamilies');
  const policy = text(spec, 'ipFamilyPolicy');
  const several = (what: string) =>
    void errors.push(
      fieldError.invalid(
        'spec.ipFamilyPolicy',
        policy,
        `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
      ),
    );
  if (policy === 'SingleStack' && addresses.length === 2) several('cluster IPs');
  if (policy === 'SingleStack' && families.length === 2) several('IP families');
  for (const [index, address] of addresses.entries())
    if (index >= families.length && address.includes(':'))
      errors.push(fieldError.invalid(`spec.clusterIPs[${index}]`, addresses, 'IPv6 is not configured on this cluster'));
}

/** Whether the cluster, which has IPv4 alone, can give what is asked for. */
function familiesHad(spec: unknown, isUpdate: boolean, errors: Errors): void {
  // A headless service without a selector may have endpoints of any family.
  if (list(spec, 'clusterIPs')[0] === 'None' && Object.keys(record(spec, 'selector')).length === 0) return;
  for (const [index, family] of list(spec, 'ipFamilies').entries())
    if (family === 'IPv6' && (index === 0 || isUpdate))
      errors.push(fieldError.invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  if (text(spec, 'ipFamilyPolicy') === 'RequireDualStack') {
    const detail = 'this cluster is not configured for dual-stack services';
    errors.push(fieldError.invalid('spec.ipFamilyPolicy', 'RequireDualStack', detail));
  }
}

/** What is wrong with the addresses that a Service asks for; what is found first is all that is said. */
export function serviceAddresses(spec: unknown, isUpdate: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (text(spec, 'type') === 'ExternalName') return errors;
  addressForms(spec, errors);
  if (errors.length === 0) familyCounts(spec, errors);
  if (errors.length === 0) familiesHad(spec, isUpdate, errors);
  return errors;
}
