/** Validation of RBAC, networking, webhooks and the smaller groups. */

import { isIP } from 'node:net';
import * as policies from '../../admission/policy/check.ts';
import { dns1035Label, dns1123Label, dns1123Subdomain, pathSegment } from '../../registry/names.ts';
import { at, list, number, objects, text } from '../access.ts';
import { blockProblem, specialAddressProblem } from './addresses.ts';
import {
  type Errors,
  fieldError,
  immutable,
  internalForm,
  labelSelector,
  notSupported,
  portNameProblems,
  portNumber,
  problems,
  same,
  subdomain,
} from './common.ts';

const rbac = 'rbac.authorization.k8s.io';

function policyRules(object: unknown, namespaced: boolean, errors: Errors): void {
  for (const [index, rule] of objects(object, 'rules').entries()) {
    const here = `rules[${index}]`;
    const urls = list(rule, 'nonResourceURLs');
    if (list(rule, 'verbs').length === 0)
      errors.push(fieldError.required(`${here}.verbs`, 'verbs must contain at least one value'));
    if (urls.length > 0) {
      if (namespaced)
        errors.push(
          fieldError.invalid(`${here}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs'),
        );
      if (['apiGroups', 'resources', 'resourceNames'].some((field) => list(rule, field).length > 0)) {
        errors.push(
          fieldError.invalid(
            `${here}.nonResourceURLs`,
            urls,
            'rules cannot apply to both regular resources and non-resource URLs',
          ),
        );
      }
      continue;
    }
    if (list(rule, 'apiGroups').length === 0)
      errors.push(fieldError.required(`${here}.apiGroups`, 'resource rules must supply at least one api group'));
    if (list(rule, 'resources').length === 0)
      errors.push(fieldError.required(`${here}.resources`, 'resource rules must supply at least one resource'));
  }
}

export function role(object: unknown, errors: Errors): void {
  policyRules(object, true, errors);
}

export function clusterRole(object: unknown, errors: Errors): void {
  policyRules(object, false, errors);
  const rule = at(object, 'aggregationRule');
  if (rule === undefined || rule === null) return;
  if (list(rule, 'clusterRoleSelectors').length === 0) {
    errors.push(
      fieldError.required(
        'aggregationRule.clusterRoleSelectors',
        'at least one clusterRoleSelector required if aggregationRule is non-nil',
      ),
    );
  }
}

function subjects(object: unknown, namespaced: boolean, errors: Errors): void {
  for (const [index, subject] of objects(object, 'subjects').entries()) {
    const here = `subjects[${index}]`;
    const name = text(subject, 'name');
    const group = text(subject, 'apiGroup');
    const kind = text(subject, 'kind');
    if (name === '') errors.push(fieldError.required(`${here}.name`));
    if (kind === 'ServiceAccount') {
      if (name !== '') problems(`${here}.name`, name, dns1123Subdomain(name), errors);
      if (group !== '') errors.push(fieldError.notSupported(`${here}.apiGroup`, group, ['']));
      if (!namespaced && text(subject, 'namespace') === '') errors.push(fieldError.required(`${here}.namespace`));
    } else if (kind === 'User' || kind === 'Group') {
      if (group !== rbac) errors.push(fieldError.notSupported(`${here}.apiGroup`, group, [rbac]));
    } else errors.push(fieldError.notSupported(`${here}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  }
}

/** Bindings; those of cluster roles refer to nothing else. */
export function binding(namespaced: boolean): (object: unknown, errors: Errors, old?: unknown) => void {
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  return (object, errors, old) => {
    const reference = at(object, 'roleRef');
    const group = text(reference, 'apiGroup');
    if (group !== rbac) errors.push(fieldError.notSupported('roleRef.apiGroup', group, [rbac]));
    const kind = text(reference, 'kind');
    if (!kinds.includes(kind)) errors.push(fieldError.notSupported('roleRef.kind', kind, kinds));
    const name = text(reference, 'name');
    if (name === '') errors.push(fieldError.required('roleRef.name'));
    else problems('roleRef.name', name, pathSegment(name, false), errors);
    subjects(object, namespaced, errors);
    if (old !== undefined && !same(reference, at(old, 'roleRef')))
      errors.push(
        fieldError.invalid('roleRef', internalForm(reference, ['APIGroup', 'Kind', 'Name']), 'cannot change roleRef'),
      );
  };
}

function ingressBackend(backend: unknown, path: string, errors: Errors): void {
  const service = at(backend, 'service');
  const resource = at(backend, 'resource');
  if (service !== undefined && resource !== undefined)
    return void errors.push(fieldError.invalid(path, '', 'cannot set both resource and service backends'));
  if (resource !== undefined) {
    for (const field of ['kind', 'name'])
      if (text(resource, field) === '') errors.push(fieldError.required(`${path}.resource.${field}`));
    return;
  }
  if (service === undefined)
    return void errors.push(fieldError.invalid(path, '', 'resource or service backend is required'));
  const name = text(service, 'name');
  if (name === '') errors.push(fieldError.required(`${path}.service.name`));
  else problems(`${path}.service.name`, name, dns1035Label(name), errors);
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
  if (type === '') return void errors.push(fieldError.required(`${here}.pathType`, 'pathType must be specified'));
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

function wildcardProblems(host: string): string[] {
  if (/^\*\./.test(host) && dns1123Subdomain(host.slice(2)).length === 0) return [];
  return [
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ];
}

export function ingress(object: unknown, errors: Errors): void {
  const spec = at(object, 'spec');
  const rules = objects(spec, 'rules');
  const backend = at(spec, 'defaultBackend');
  if (rules.length === 0 && backend === undefined) {
    errors.push(
      fieldError.invalid('spec', at(spec, 'rules') ?? null, 'either `defaultBackend` or `rules` must be specified'),
    );
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
  const name = text(spec, 'ingressClassName');
  if (name !== '') problems('spec.ingressClassName', name, dns1123Subdomain(name), errors);
}

export function ingressClass(object: unknown, errors: Errors, old?: unknown): void {
  const controller = text(object, 'spec.controller');
  if (old !== undefined) immutable(object, old, 'spec.controller', errors);
  else if (controller === '') errors.push(fieldError.required('spec.controller'));
  else if (
    !/^[a-z0-9.-]+\/.+$/.test(controller) ||
    dns1123Subdomain(controller.slice(0, controller.indexOf('/'))).length > 0
  ) {
    errors.push(
      fieldError.invalid('spec.controller', controller, 'must be a domain-prefixed path (such as "acme.io/foo")'),
    );
  }
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

function policyPeer(peer: unknown, here: string, errors: Errors): void {
  const given = ['podSelector', 'namespaceSelector', 'ipBlock'].filter((field) => at(peer, field) !== undefined);
  labelSelector(peer, here, 'podSelector', errors);
  labelSelector(peer, here, 'namespaceSelector', errors);
  if (given.includes('ipBlock')) {
    const block = text(peer, 'ipBlock.cidr');
    if (block === '') errors.push(fieldError.required(`${here}.ipBlock.cidr`));
    else problems(`${here}.ipBlock.cidr`, block, blockProblem(block), errors);
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

export function lease(object: unknown, errors: Errors): void {
  const duration = at(object, 'spec.leaseDurationSeconds');
  if (typeof duration === 'number' && duration <= 0)
    errors.push(fieldError.invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0'));
  const transitions = at(object, 'spec.leaseTransitions');
  if (typeof transitions === 'number' && transitions < 0) {
    errors.push(fieldError.invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'));
  }
  if (text(object, 'spec.preferredHolder') !== '' && text(object, 'spec.strategy') === '') {
    errors.push(fieldError.forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
  }
}

const highestPriority = 1_000_000_000;

export function priorityClass(object: unknown, errors: Errors, old?: unknown): void {
  const name = text(object, 'metadata.name');
  const value = number(object, 'value');
  if (old !== undefined) {
    if (value !== number(old, 'value')) errors.push(fieldError.forbidden('value', 'may not be changed in an update.'));
    immutable(object, old, 'preemptionPolicy', errors);
    return;
  }
  if (name.startsWith('system-')) {
    if (name !== 'system-node-critical' && name !== 'system-cluster-critical') {
      const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`;
      errors.push(fieldError.forbidden('metadata.name', detail));
    }
  } else if (value > highestPriority) {
    errors.push(
      fieldError.forbidden('value', `maximum allowed value of a user defined priority is ${highestPriority}`),
    );
  }
  notSupported(object, '', 'preemptionPolicy', ['PreemptLowerPriority', 'Never'], errors);
}

export function endpointSlice(object: unknown, errors: Errors, old?: unknown): void {
  const type = text(object, 'addressType');
  if (type === '') errors.push(fieldError.required('addressType'));
  else notSupported(object, '', 'addressType', ['FQDN', 'IPv4', 'IPv6'], errors);
  for (const [index, endpoint] of objects(object, 'endpoints').entries()) {
    const addresses = list(endpoint, 'addresses').map(String);
    if (addresses.length === 0)
      errors.push(fieldError.required(`endpoints[${index}].addresses`, 'must contain at least 1 address'));
    for (const [at, address] of addresses.entries()) {
      const family = type === 'IPv4' ? 4 : type === 'IPv6' ? 6 : 0;
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
        problems(`endpoints[${index}].addresses[${at}]`, address, specialAddressProblem(address), errors);
      }
    }
  }
  if (old !== undefined && type !== text(old, 'addressType'))
    errors.push(fieldError.invalid('addressType', type, 'field is immutable'));
}

const reviewVersions = ['v1', 'v1beta1'];
const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

function webhookRule(rule: unknown, here: string, errors: Errors): void {
  const given = list(rule, 'operations').map(String);
  if (given.length === 0) errors.push(fieldError.required(`${here}.operations`));
  if (given.length > 1 && given.includes('*')) {
    errors.push(
      fieldError.invalid(`${here}.operations`, given, "if '*' is present, must not specify other operations"),
    );
  }
  for (const [index, operation] of given.entries()) {
    if (!operations.includes(operation))
      errors.push(fieldError.notSupported(`${here}.operations[${index}]`, operation, operations));
  }
  for (const [field, word] of [
    ['apiGroups', 'API groups'],
    ['apiVersions', 'API versions'],
  ] as const) {
    const values = list(rule, field);
    if (values.length === 0) errors.push(fieldError.required(`${here}.${field}`));
    if (values.length > 1 && values.includes('*')) {
      errors.push(fieldError.invalid(`${here}.${field}`, values, `if '*' is present, must not specify other ${word}`));
    }
  }
  if (list(rule, 'resources').length === 0) errors.push(fieldError.required(`${here}.resources`));
  notSupported(rule, here, 'scope', ['*', 'Cluster', 'Namespaced'], errors);
}

function clientConfig(config: unknown, here: string, errors: Errors): void {
  const url = at(config, 'url');
  const service = at(config, 'service');
  if ((url === undefined) === (service === undefined))
    return void errors.push(fieldError.required(here, 'exactly one of url or service is required'));
  if (service !== undefined) {
    for (const field of ['name', 'namespace'])
      if (text(service, field) === '')
        errors.push(fieldError.required(`${here}.service.${field}`, `service ${field} is required`));
    const port = at(service, 'port');
    if (typeof port === 'number' && (port < 1 || port > 65535))
      errors.push(
        fieldError.invalid(`${here}.service.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'),
      );
    const path = text(service, 'path');
    if (path !== '' && !path.startsWith('/'))
      errors.push(fieldError.invalid(`${here}.service.path`, path, "must start with a '/'"));
    return;
  }
  webhookUrl(String(url), `${here}.url`, errors);
}

function webhookUrl(url: string, path: string, errors: Errors): void {
  const form = '; desired format: https://host[/path]';
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    errors.push(
      fieldError.required(
        path,
        `url must be a valid URL: parse ${JSON.stringify(url)}: invalid URI for request${form}`,
      ),
    );
    return;
  }
  if (parsed.protocol !== 'https:')
    errors.push(
      fieldError.invalid(path, parsed.protocol.slice(0, -1), `'https' is the only allowed URL scheme${form}`),
    );
  if (parsed.host === '') errors.push(fieldError.invalid(path, parsed.host, `host must be specified${form}`));
  if (parsed.username !== '')
    errors.push(fieldError.invalid(path, parsed.username, 'user information is not permitted in the URL'));
  if (parsed.hash !== '')
    errors.push(fieldError.invalid(path, parsed.hash.slice(1), 'fragments are not permitted in the URL'));
  if (parsed.search !== '')
    errors.push(fieldError.invalid(path, parsed.search.slice(1), 'query parameters are not permitted in the URL'));
}

/** A name of at least three labels. */
function qualifiedHookName(name: string, path: string, errors: Errors): void {
  if (name === '') return void errors.push(fieldError.required(path));
  const found = dns1123Subdomain(name);
  problems(path, name, found, errors);
  if (found.length === 0 && name.split('.').length < 3)
    errors.push(fieldError.invalid(path, name, 'should be a domain with at least three segments separated by dots'));
}

/** Webhook configurations of either kind. */
export function webhooks(object: unknown, errors: Errors, old?: unknown): void {
  const names = new Set<string>();
  for (const [index, hook] of objects(object, 'webhooks').entries()) {
    const here = `webhooks[${index}]`;
    const name = text(hook, 'name');
    qualifiedHookName(name, `${here}.name`, errors);
    for (const [ruleIndex, rule] of objects(hook, 'rules').entries())
      webhookRule(rule, `${here}.rules[${ruleIndex}]`, errors);
    notSupported(hook, here, 'failurePolicy', ['Fail', 'Ignore'], errors);
    notSupported(hook, here, 'matchPolicy', ['Equivalent', 'Exact'], errors);
    if (text(hook, 'sideEffects') === '')
      errors.push(fieldError.required(`${here}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
    else notSupported(hook, here, 'sideEffects', ['None', 'NoneOnDryRun'], errors);
    const timeout = at(hook, 'timeoutSeconds');
    if (typeof timeout === 'number' && (timeout < 1 || timeout > 30)) {
      errors.push(
        fieldError.invalid(`${here}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds'),
      );
    }
    labelSelector(hook, here, 'namespaceSelector', errors);
    labelSelector(hook, here, 'objectSelector', errors);
    notSupported(hook, here, 'reinvocationPolicy', ['IfNeeded', 'Never'], errors);
    clientConfig(at(hook, 'clientConfig'), `${here}.clientConfig`, errors);
    policies.matchConditions(
      hook,
      here,
      false,
      errors,
      objects(old, 'webhooks').find((item) => text(item, 'name') === name),
    );
    reviews(hook, here, errors);
    if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    names.add(name);
  }
}

function reviews(hook: unknown, here: string, errors: Errors): void {
  const path = `${here}.admissionReviewVersions`;
  const versions = list(hook, 'admissionReviewVersions').map(String);
  if (versions.length === 0)
    return void errors.push(fieldError.required(path, `must specify one of ${reviewVersions.join(', ')}`));
  for (const [index, version] of versions.entries()) {
    if (versions.indexOf(version) < index)
      errors.push(fieldError.invalid(`${path}[${index}]`, version, 'duplicate version'));
    else problems(`${path}[${index}]`, version, dns1035Label(version), errors);
  }
  if (!versions.some((version) => reviewVersions.includes(version))) {
    errors.push(fieldError.invalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`));
  }
}

export function storageClass(object: unknown, errors: Errors, old?: unknown): void {
  const provisioner = text(object, 'provisioner');
  if (provisioner === '') errors.push(fieldError.required('provisioner'));
  notSupported(object, '', 'reclaimPolicy', ['Delete', 'Retain'], errors);
  if (old === undefined) return;
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode']) {
    if (!same(at(object, field), at(old, field)))
      errors.push(fieldError.forbidden(field, `updates to ${field} are forbidden.`));
  }
}

export function apiService(object: unknown, errors: Errors): void {
  const name = text(object, 'metadata.name');
  const [group, version] = [text(object, 'spec.group'), text(object, 'spec.version')];
  const required = `${version}.${group}`;
  if (name !== '' && name !== required)
    errors.push(
      fieldError.invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(required)}`),
    );
  if (group === '' && version !== 'v1')
    errors.push(fieldError.required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
  else if (group !== '') subdomain(group, 'spec.group', errors);
  problems('spec.version', version, dns1035Label(version), errors);
  for (const [field, limit] of [
    ['groupPriorityMinimum', 20000],
    ['versionPriority', 1000],
  ] as const) {
    const value = number(object, `spec.${field}`);
    if (value <= 0 || value > limit)
      errors.push(fieldError.invalid(`spec.${field}`, value, `must be positive and less than ${limit}`));
  }
  const service = at(object, 'spec.service');
  if (service === undefined) {
    for (const [field, what] of [
      ['caBundle', 'local APIServices may not have a caBundle'],
      ['insecureSkipTLSVerify', 'local APIServices may not have insecureSkipTLSVerify'],
    ] as const)
      if (at(object, `spec.${field}`) !== undefined && at(object, `spec.${field}`) !== false)
        errors.push(fieldError.invalid(`spec.${field}`, at(object, `spec.${field}`), what));
    return;
  }
  for (const field of ['namespace', 'name'])
    if (text(service, field) === '') errors.push(fieldError.required(`spec.service.${field}`));
}

export function runtimeClass(object: unknown, errors: Errors, old?: unknown): void {
  const handler = text(object, 'handler');
  if (handler === '') errors.push(fieldError.required('handler'));
  else problems('handler', handler, dns1123Label(handler), errors);
  if (old !== undefined) immutable(object, old, 'handler', errors);
}

/** ValidatingAdmissionPolicyBinding, or that of mutating policies. */
export function policyBinding(validating: boolean): (object: unknown, errors: Errors) => void {
  return (object, errors) => policies.policyBinding(object, validating, webhookRule, errors);
}

export function validatingPolicy(object: unknown, errors: Errors, old?: unknown): void {
  policies.validatingPolicy(object, webhookRule, errors, old);
}

export function mutatingPolicy(object: unknown, errors: Errors, old?: unknown): void {
  policies.mutatingPolicy(object, webhookRule, errors, old);
}

const keyUsages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

export function signingRequest(object: unknown, errors: Errors): void {
  const request = text(object, 'spec.request');
  const pem = Buffer.from(request, 'base64').toString('latin1');
  if (!pem.includes('-----BEGIN CERTIFICATE REQUEST-----')) {
    const detail = 'PEM block type must be CERTIFICATE REQUEST';
    errors.push(fieldError.invalid('spec.request', request === '' ? null : request, detail));
  }
  const usages = list(object, 'spec.usages').map(String);
  if (usages.length === 0) errors.push(fieldError.required('spec.usages'));
  for (const [index, usage] of usages.entries()) {
    const path = `spec.usages[${index}]`;
    if (!keyUsages.includes(usage)) errors.push(fieldError.notSupported(path, usage, keyUsages));
    if (usages.indexOf(usage) < index) errors.push(fieldError.duplicate(path, usage));
  }
  signerName(text(object, 'spec.signerName'), errors);
  const seconds = at(object, 'spec.expirationSeconds');
  if (typeof seconds === 'number' && seconds < 600) {
    const detail = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(fieldError.invalid('spec.expirationSeconds', seconds, detail));
  }
}

function signerName(name: string, errors: Errors): void {
  const path = 'spec.signerName';
  if (name === '') return void errors.push(fieldError.required(path));
  const [domain = '', ...rest] = name.split('/');
  if (rest.length !== 1) {
    const detail = 'must be a fully qualified domain and path of the form "example.com/signer-name"';
    return void errors.push(fieldError.invalid(path, name, detail));
  }
  problems(path, domain, dns1123Subdomain(domain), errors);
  if (!domain.includes('.'))
    errors.push(fieldError.invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  problems(path, rest[0] ?? '', dns1123Subdomain(rest[0] ?? ''), errors);
  if (name === 'kubernetes.io/legacy-unknown')
    errors.push(fieldError.invalid(path, name, 'the legacy signerName is not allowed via this API version'));
}
