/** Validation of Ingresses, network policies and the addresses of services. */
import { isIP } from 'node:net';
import { dns1123Label, dns1123Subdomain, labelValue, pathSegment, qualifiedName } from '../../registry/names.ts';
import { at, list, number, objects, record, text } from '../access.ts';
import { emptyLists } from '../decode.ts';
import { blockProblem, canonicalProblem, hostBitsProblem, isWithin, specialAddressProblem } from './addresses.ts';
import {
  domainPrefixedPath,
  type Errors,
  fieldError,
  given,
  immutableText,
  labelSelector,
  notSupported,
  portNameProblems,
  portNumber,
  problems,
  same,
  subdomain,
  tooMany,
  unique,
} from './common.ts';

/** A reference to an object by group, kind and name. */
function typedReference(reference: unknown, path: string, errors: Errors): void {
  given(reference, path, 'apiGroup', dns1123Subdomain, errors);
  for (const field of ['kind', 'name']) {
    const value = text(reference, field);
    if (value === '') errors.push(fieldError.required(`${path}.${field}`));
    else problems(`${path}.${field}`, value, pathSegment(value, false), errors);
  }
}

function ingressBackend(backend: unknown, path: string, errors: Errors): void {
  const service = at(backend, 'service');
  const resource = at(backend, 'resource');
  if (service !== undefined && resource !== undefined)
    return void errors.push(fieldError.invalid(path, '', 'cannot set both resource and service backends'));
  if (resource !== undefined) {
    typedReference(resource, `${path}.resource`, errors);
    return;
  }
  if (service === undefined)
    return void errors.push(fieldError.invalid(path, '', 'resource or service backend is required'));
  const name = text(service, 'name');
  if (name === '') errors.push(fieldError.required(`${path}.service.name`));
  else problems(`${path}.service.name`, name, dns1123Label(name), errors);
  const portName = text(service, 'port.name');
  const port = number(service, 'port.number');
  if (portName !== '' && port !== 0)
    errors.push(fieldError.invalid(path, '', 'cannot set both port name & port number'));
  else if (portName !== '') problems(`${path}.service.port.name`, portName, portNameProblems(portName), errors);
  else if (port !== 0) portNumber(port, `${path}.service.port.number`, errors);
  else errors.push(fieldError.required(path, 'port name or number is required'));
}

const badSequences = ['//', '/./', '/../', '%2f', '%2F'];

const badEndings = ['/..', '/.'];

function ingressPath(entry: unknown, here: string, errors: Errors): void {
  const type = text(entry, 'pathType');
  const path = text(entry, 'path');
  if ((at(entry, 'pathType') ?? undefined) === undefined)
    return void errors.push(fieldError.required(`${here}.pathType`, 'pathType must be specified'));
  if (type === 'Exact' || type === 'Prefix') {
    if (!path.startsWith('/')) errors.push(fieldError.invalid(`${here}.path`, path, 'must be an absolute path'));
    for (const bad of badSequences)
      if (path.includes(bad)) errors.push(fieldError.invalid(`${here}.path`, path, `must not contain '${bad}'`));
    for (const bad of badEndings)
      if (path.endsWith(bad)) errors.push(fieldError.invalid(`${here}.path`, path, `cannot end with '${bad}'`));
  } else if (type === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/'))
      errors.push(fieldError.invalid(`${here}.path`, path, 'must be an absolute path'));
  } else errors.push(fieldError.notSupported(`${here}.pathType`, type, ['Exact', 'ImplementationSpecific', 'Prefix']));
  ingressBackend(at(entry, 'backend'), `${here}.backend`, errors);
}

const classAnnotation = 'kubernetes.io/ingress.class';

function wildcardProblems(host: string): string[] {
  if (/^\*\./.test(host) && dns1123Subdomain(host.slice(2)).length === 0) return [];
  return [
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ];
}

export function ingress(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  const classes = record(object, 'metadata.annotations')[classAnnotation];
  const className = at(spec, 'ingressClassName');
  if (old === undefined && typeof className === 'string' && typeof classes === 'string' && classes !== className) {
    const detail = 'must match `ingressClassName` when both are specified';
    errors.push(fieldError.invalid(`annotations.${classAnnotation}`, classes, detail));
  }
  for (const [index, tls] of objects(spec, 'tls').entries()) {
    const here = `spec.tls[${index}]`;
    for (const [at, host] of list(tls, 'hosts').map(String).entries())
      problems(
        `${here}.hosts[${at}]`,
        host,
        host.includes('*') ? wildcardProblems(host) : dns1123Subdomain(host),
        errors,
      );
    const secret = text(tls, 'secretName');
    if (secret !== '') subdomain(secret, `${here}.secretName`, errors);
  }
  const rules = objects(spec, 'rules');
  const backend = at(spec, 'defaultBackend');
  if (rules.length === 0 && backend === undefined) {
    const given = emptyLists(spec).includes('rules') ? [] : (at(spec, 'rules') ?? null);
    errors.push(fieldError.invalid('spec', given, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (backend !== undefined) ingressBackend(backend, 'spec.defaultBackend', errors);
  for (const [index, rule] of rules.entries()) {
    const here = `spec.rules[${index}]`;
    const host = text(rule, 'host');
    if (host !== '') {
      if (isIP(host) !== 0)
        errors.push(fieldError.invalid(`${here}.host`, host, 'must be a DNS name, not an IP address'));
      problems(`${here}.host`, host, host.includes('*') ? wildcardProblems(host) : dns1123Subdomain(host), errors);
    }
    const http = at(rule, 'http');
    if (http === undefined) continue;
    if (list(http, 'paths').length === 0) errors.push(fieldError.required(`${here}.http.paths`));
    for (const [pathIndex, entry] of objects(http, 'paths').entries())
      ingressPath(entry, `${here}.http.paths[${pathIndex}]`, errors);
  }
  given(spec, 'spec', 'ingressClassName', dns1123Subdomain, errors);
}

function classParameters(parameters: unknown, errors: Errors): void {
  const path = 'spec.parameters';
  typedReference(parameters, path, errors);
  const namespace = at(parameters, 'namespace');
  const scope = at(parameters, 'scope');
  notSupported(parameters, path, 'scope', ['Cluster', 'Namespace'], errors);
  if (scope === 'Namespace') {
    if (typeof namespace !== 'string' || namespace === '')
      errors.push(fieldError.required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'"));
    else problems(`${path}.namespace`, namespace, dns1123Label(namespace), errors);
  } else if (scope === 'Cluster' && namespace !== undefined && namespace !== null)
    errors.push(fieldError.forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'"));
}

export function ingressClass(object: unknown, errors: Errors, old?: unknown): void {
  const controller = text(object, 'spec.controller');
  if (old !== undefined && controller !== text(old, 'spec.controller'))
    errors.push(fieldError.invalid('spec.controller', controller, immutableText));
  if (controller.length > 250) errors.push(fieldError.tooLong('spec.controller', 250));
  domainPrefixedPath(controller, 'spec.controller', errors);
  const parameters = at(object, 'spec.parameters');
  if (parameters !== undefined && parameters !== null) classParameters(parameters, errors);
}

function policyPort(port: unknown, here: string, errors: Errors): void {
  notSupported(port, here, 'protocol', ['TCP', 'UDP', 'SCTP'], errors);
  const value = at(port, 'port');
  const end = at(port, 'endPort');
  if (typeof value === 'number') {
    portNumber(value, `${here}.port`, errors);
    if (typeof end === 'number') {
      if (end < value)
        errors.push(fieldError.invalid(`${here}.endPort`, value, 'must be greater than or equal to `port`'));
      portNumber(end, `${here}.endPort`, errors);
    }
  } else if (typeof value === 'string') {
    if (end !== undefined)
      errors.push(fieldError.invalid(`${here}.endPort`, end, 'may not be specified when `port` is non-numeric'));
    problems(`${here}.port`, value, portNameProblems(value), errors);
  } else if (end !== undefined)
    errors.push(fieldError.invalid(`${here}.endPort`, end, 'may not be specified when `port` is not specified'));
}

function ipBlock(block: unknown, path: string, errors: Errors): void {
  const cidr = text(block, 'cidr');
  const found = blockProblem(cidr);
  problems(`${path}.cidr`, cidr, found.length > 0 ? found : hostBitsProblem(cidr), errors);
  for (const [index, except] of list(block, 'except').map(String).entries()) {
    const here = `${path}.except[${index}]`;
    const broken = blockProblem(except);
    if (broken.length > 0) {
      problems(here, except, broken, errors);
      continue;
    }
    problems(here, except, hostBitsProblem(except), errors);
    if (found.length === 0 && !isWithin(except, cidr))
      errors.push(fieldError.invalid(here, except, 'must be a strict subset of `cidr`'));
  }
}

function policyPeer(peer: unknown, here: string, errors: Errors): void {
  const given = ['podSelector', 'namespaceSelector', 'ipBlock'].filter((field) => at(peer, field) !== undefined);
  labelSelector(peer, here, 'podSelector', errors);
  labelSelector(peer, here, 'namespaceSelector', errors);
  if (given.includes('ipBlock')) {
    const block = text(peer, 'ipBlock.cidr');
    if (block === '') errors.push(fieldError.required(`${here}.ipBlock.cidr`));
    else ipBlock(at(peer, 'ipBlock'), `${here}.ipBlock`, errors);
  }
  if (given.length === 0) errors.push(fieldError.required(here, 'must specify a peer'));
  else if (given.length > 1 && given.includes('ipBlock'))
    errors.push(fieldError.forbidden(here, 'may not specify both ipBlock and another peer'));
}

export function networkPolicy(object: unknown, errors: Errors): void {
  const spec = at(object, 'spec');
  labelSelector(spec, 'spec', 'podSelector', errors);
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [index, rule] of objects(spec, direction).entries()) {
      const here = `spec.${direction}[${index}]`;
      for (const [portIndex, port] of objects(rule, 'ports').entries())
        policyPort(port, `${here}.ports[${portIndex}]`, errors);
      for (const [peerIndex, peer] of objects(rule, peers).entries())
        policyPeer(peer, `${here}.${peers}[${peerIndex}]`, errors);
    }
  }
  const types = list(spec, 'policyTypes');
  if (types.length > 2)
    return void errors.push(fieldError.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes'));
  for (const [index, type] of types.entries()) {
    if (type !== 'Ingress' && type !== 'Egress')
      errors.push(fieldError.notSupported(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress']));
  }
}

export function endpointSlice(object: unknown, errors: Errors, old?: unknown): void {
  // The addresses of an update are those of the type that it had.
  const type = text(old ?? object, 'addressType');
  const known = new Set(objects(old, 'endpoints').flatMap((endpoint) => list(endpoint, 'addresses')));
  if (text(object, 'addressType') === '') errors.push(fieldError.required('addressType'));
  else notSupported(object, '', 'addressType', ['FQDN', 'IPv4', 'IPv6'], errors);
  for (const [index, endpoint] of objects(object, 'endpoints').entries()) {
    const addresses = list(endpoint, 'addresses').map(String);
    const here = `endpoints[${index}]`;
    if (addresses.length === 0)
      errors.push(fieldError.required(`${here}.addresses`, 'must contain at least 1 address'));
    if (addresses.length > 100) errors.push(tooMany(`${here}.addresses`, addresses.length, 100));
    given(endpoint, here, 'hostname', dns1123Label, errors);
    given(endpoint, here, 'nodeName', dns1123Subdomain, errors);
    const nodes = objects(endpoint, 'hints.forNodes').map((node) => text(node, 'name'));
    if (nodes.length > 8) errors.push(tooMany(`${here}.hints.forNodes`, nodes.length, 8));
    for (const [at, node] of nodes.entries())
      problems(`${here}.hints.forNodes[${at}].name`, node, dns1123Subdomain(node), errors);
    unique(nodes, (at) => `${here}.hints.forNodes[${at}].name`, errors);
    const zones = objects(endpoint, 'hints.forZones').map((zone) => text(zone, 'name'));
    for (const [at, zone] of zones.entries())
      problems(`${here}.hints.forZones[${at}].name`, zone, labelValue(zone), errors);
    unique(zones, (at) => `${here}.hints.forZones[${at}].name`, errors);
    for (const [at, address] of addresses.entries()) {
      const family = type === 'IPv4' ? 4 : type === 'IPv6' ? 6 : 0;
      if (type === 'FQDN') problems(`${here}.addresses[${at}]`, address, dns1123Subdomain(address), errors);
      if (family !== 0 && isIP(address) === 0) {
        errors.push(
          fieldError.invalid(
            `endpoints[${index}].addresses[${at}]`,
            address,
            'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
          ),
        );
      } else if (family !== 0) {
        if (isIP(address) !== family) {
          errors.push(fieldError.invalid(`endpoints[${index}].addresses`, address, `must be an ${type} address`));
        }
        const path = `endpoints[${index}].addresses[${at}]`;
        // What a slice has already may stay as it is written.
        if (!known.has(address)) problems(path, address, canonicalProblem(address), errors);
        problems(path, address, specialAddressProblem(address), errors);
      }
    }
  }
  const portNames = objects(object, 'ports').map((port) => text(port, 'name'));
  for (const [index, port] of objects(object, 'ports').entries()) {
    const name = text(port, 'name');
    if (name !== '') problems(`ports[${index}].name`, name, dns1123Label(name), errors);
    notSupported(port, `ports[${index}]`, 'protocol', ['SCTP', 'TCP', 'UDP'], errors);
    given(port, `ports[${index}]`, 'appProtocol', qualifiedName, errors);
  }
  unique(portNames, (index) => `ports[${index}].name`, errors);
  if (old !== undefined && type !== text(object, 'addressType'))
    errors.push(fieldError.invalid('addressType', text(object, 'addressType'), 'field is immutable'));
}

export function ipAddress(object: unknown, errors: Errors, old?: unknown): void {
  const parent = at(object, 'spec.parentRef');
  const path = 'spec.parentRef';
  const name = text(object, 'metadata.name');
  problems('metadata.name', name, canonicalProblem(name), errors);
  if (parent === undefined) errors.push(fieldError.required(path));
  else {
    const group = text(parent, 'group');
    if (group !== '') subdomain(group, `${path}.group`, errors);
    for (const field of ['resource', 'name', 'namespace']) {
      const value = text(parent, field);
      if (value !== '') problems(`${path}.${field}`, value, pathSegment(value, false), errors);
    }
    for (const field of ['resource', 'name'])
      if (text(parent, field) === '') errors.push(fieldError.required(`${path}.${field}`));
  }
  if (old !== undefined && !same(parent, at(old, path))) {
    const printed = ['Group', 'Resource', 'Namespace', 'Name'].map((name) => [name, text(parent, name.toLowerCase())]);
    errors.push(fieldError.invalid(path, Object.fromEntries(printed), immutableText));
  }
}

export function serviceCidr(object: unknown, errors: Errors, old?: unknown): void {
  const cidrs = list(object, 'spec.cidrs').map(String);
  const before = list(old, 'spec.cidrs').map(String);
  if (old !== undefined && !(before.length === 1 && cidrs.length === 2)) {
    if (before.length !== cidrs.length) errors.push(fieldError.invalid('spec.cidrs', cidrs, immutableText));
    else
      for (const [index, cidr] of before.entries())
        if (cidrs[index] !== cidr)
          errors.push(fieldError.invalid(`spec.cidrs[${index}]`, cidrs[index] ?? '', immutableText));
    return;
  }
  if (cidrs.length === 0) errors.push(fieldError.required('spec.cidrs', 'at least one CIDR required'));
  const families = cidrs.map((cidr) => isIP(cidr.split('/')[0] ?? ''));
  if (cidrs.length > 2) errors.push(fieldError.invalid('spec.cidrs', { CIDRs: cidrs }, 'may only hold up to 2 values'));
  else if (cidrs.length === 2 && families[0] !== 0 && families[0] === families[1]) {
    const detail = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.push(fieldError.invalid('spec.cidrs', cidrs, detail));
  }
  for (const [index, cidr] of cidrs.entries()) {
    const found = blockProblem(cidr);
    problems(`spec.cidrs[${index}]`, cidr, found.length > 0 ? found : hostBitsProblem(cidr), errors);
  }
  // A second family may be added, what is there stays.
  for (const [index, cidr] of before.entries())
    if (cidrs[index] !== cidr)
      errors.push(fieldError.invalid(`spec.cidrs[${index}]`, cidrs[index] ?? '', immutableText));
}
