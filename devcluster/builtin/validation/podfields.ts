/** Validation of a pod's smaller fields: names and addresses, affinity, security, what volumes are made of. */
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import { at, list, number, objects, text } from '../access.ts';
import { goForm } from '../goform.ts';
import { addressProblem } from './addresses.ts';
import { type Errors, fieldError, labelSelector, nodeSelectorTerm, problems, requiredLabel } from './common.ts';

export function hostAliases(spec: unknown, path: string, errors: Errors): void {
  for (const [index, alias] of objects(spec, 'hostAliases').entries()) {
    const here = `${path}.hostAliases[${index}]`;
    problems(`${here}.ip`, text(alias, 'ip'), addressProblem(text(alias, 'ip')), errors);
    for (const [at, host] of list(alias, 'hostnames').map(String).entries())
      problems(`${here}.hostnames[${at}]`, host, dns1123Subdomain(host), errors);
  }
}

/** What a pod waits for before it is ready, and before it is scheduled. */
export function gates(spec: unknown, path: string, errors: Errors): void {
  for (const [index, gate] of objects(spec, 'readinessGates').entries()) {
    const type = text(gate, 'conditionType');
    problems(`${path}.readinessGates[${index}].conditionType`, type, qualifiedName(type), errors);
  }
  const seen = new Set<string>();
  for (const [index, gate] of objects(spec, 'schedulingGates').entries()) {
    const name = text(gate, 'name');
    const here = `${path}.schedulingGates[${index}]`;
    problems(here, name, qualifiedName(name), errors);
    if (seen.has(name)) errors.push(fieldError.duplicate(here, name));
    seen.add(name);
  }
}

const searchProblem =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')";

export function dns(spec: unknown, path: string, errors: Errors): void {
  const config = at(spec, 'dnsConfig');
  const servers = list(config, 'nameservers').map(String);
  const here = `${path}.dnsConfig`;
  if (text(spec, 'dnsPolicy') === 'None') {
    if (config === undefined)
      return void errors.push(fieldError.required(here, 'must provide `dnsConfig` when `dnsPolicy` is None'));
    if (servers.length === 0)
      errors.push(
        fieldError.required(`${here}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
      );
  }
  if (servers.length > 3)
    errors.push(fieldError.invalid(`${here}.nameservers`, servers, 'must not have more than 3 nameservers'));
  for (const [index, server] of servers.entries())
    problems(`${here}.nameservers[${index}]`, server, addressProblem(server), errors);
  const searches = list(config, 'searches').map(String);
  if (searches.length > 32)
    errors.push(fieldError.invalid(`${here}.searches`, searches, 'must not have more than 32 search paths'));
  if (searches.join(' ').length > 2048) {
    const detail = 'must not have more than 2048 characters (including spaces) in the search list';
    errors.push(fieldError.invalid(`${here}.searches`, searches, detail));
  }
  for (const [index, search] of searches.entries()) {
    if (search.replace(/\.$/, '').length > 253)
      errors.push(fieldError.invalid(`${here}.searches[${index}]`, search, 'must be no more than 253 characters'));
    const fine =
      search === '.' || /^_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*\.?$/.test(search);
    if (!fine) errors.push(fieldError.invalid(`${here}.searches[${index}]`, search, searchProblem));
  }
  for (const [index, option] of objects(config, 'options').entries())
    if (text(option, 'name') === '') errors.push(fieldError.required(`${here}.options[${index}]`, 'must not be empty'));
}

function weight(term: unknown, path: string, errors: Errors): void {
  const value = number(term, 'weight');
  if (value < 1 || value > 100) errors.push(fieldError.invalid(`${path}.weight`, value, 'must be in the range 1-100'));
}

/** Keys of labels whose values are those of the pod itself. */
export function matchKeys(term: unknown, path: string, errors: Errors): void {
  const selector = at(term, 'labelSelector');
  for (const field of ['matchLabelKeys', 'mismatchLabelKeys']) {
    const keys = list(term, field).map(String);
    if (keys.length === 0) continue;
    if (selector === undefined) {
      errors.push(fieldError.forbidden(`${path}.${field}`, 'must not be specified when labelSelector is not set'));
      continue;
    }
    for (const [index, key] of keys.entries()) problems(`${path}.${field}[${index}]`, key, qualifiedName(key), errors);
  }
  const others = list(term, 'mismatchLabelKeys');
  for (const [index, key] of list(term, 'matchLabelKeys').entries()) {
    const detail = 'exists in both matchLabelKeys and mismatchLabelKeys';
    if (others.includes(key)) errors.push(fieldError.invalid(`${path}.matchLabelKeys[${index}]`, key, detail));
  }
}

function affinityTerm(term: unknown, path: string, errors: Errors): void {
  labelSelector(term, path, 'labelSelector', errors);
  labelSelector(term, path, 'namespaceSelector', errors);
  for (const name of list(term, 'namespaces').map(String))
    problems(`${path}.namespace`, name, dns1123Label(name), errors);
  matchKeys(term, path, errors);
  const key = text(term, 'topologyKey');
  if (key === '') errors.push(fieldError.required(`${path}.topologyKey`, 'can not be empty'));
  problems(`${path}.topologyKey`, key, qualifiedName(key), errors);
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

export function affinity(spec: unknown, path: string, errors: Errors): void {
  const node = at(spec, 'affinity.nodeAffinity');
  const base = `${path}.affinity.nodeAffinity`;
  if (at(node, required) !== undefined) {
    const terms = objects(node, `${required}.nodeSelectorTerms`);
    const here = `${base}.${required}.nodeSelectorTerms`;
    if (terms.length === 0) errors.push(fieldError.required(here, 'must have at least one node selector term'));
    for (const [index, term] of terms.entries()) nodeSelectorTerm(term, `${here}[${index}]`, errors);
  }
  for (const [index, term] of objects(node, preferred).entries()) {
    weight(term, `${base}.${preferred}[${index}]`, errors);
    nodeSelectorTerm(at(term, 'preference'), `${base}.${preferred}[${index}].preference`, errors);
  }
  for (const field of ['podAffinity', 'podAntiAffinity']) {
    const here = `${path}.affinity.${field}`;
    const rules = at(spec, `affinity.${field}`);
    for (const [index, term] of objects(rules, required).entries())
      affinityTerm(term, `${here}.${required}[${index}]`, errors);
    for (const [index, term] of objects(rules, preferred).entries()) {
      weight(term, `${here}.${preferred}[${index}]`, errors);
      affinityTerm(at(term, 'podAffinityTerm'), `${here}.${preferred}[${index}].podAffinityTerm`, errors);
    }
  }
}

/** The claims to devices that a pod may name. */
export function podClaims(spec: unknown, path: string, errors: Errors): void {
  const seen = new Set<string>();
  for (const [index, claim] of objects(spec, 'resourceClaims').entries()) {
    const here = `${path}.resourceClaims[${index}]`;
    const name = text(claim, 'name');
    if (seen.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    else requiredLabel(name, `${here}.name`, errors);
    seen.add(name);
    const given = ['resourceClaimName', 'resourceClaimTemplateName'].filter((field) => at(claim, field) !== undefined);
    const shown = goForm('PodResourceClaim', claim);
    if (given.length === 2) {
      const detail = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
      errors.push(fieldError.invalid(here, shown, detail));
    } else if (given.length === 0) {
      const detail = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
      errors.push(fieldError.invalid(here, shown, detail));
    }
    for (const field of given)
      problems(`${here}.${field}`, text(claim, field), dns1123Subdomain(text(claim, field)), errors);
  }
}

/** What a pod calls itself in place of its name. */
export function hostName(spec: unknown, path: string, errors: Errors): void {
  const name = at(spec, 'hostnameOverride');
  if (name !== undefined) {
    const here = `${path}.hostnameOverride`;
    if (at(spec, 'setHostnameAsFQDN') === true)
      errors.push(fieldError.forbidden(here, 'may not be specified when setHostnameAsFQDN is true'));
    if (at(spec, 'hostNetwork') === true)
      errors.push(fieldError.forbidden(here, 'may not be specified when hostNetwork is true'));
    if (String(name).length > 64) errors.push(fieldError.tooLong(here, 64));
    problems(here, name, dns1123Subdomain(String(name)), errors);
  }
}

/** Ports of a pod that shares its host's network are those of the host. */
export function hostPorts(spec: unknown, path: string, errors: Errors): void {
  if (at(spec, 'hostNetwork') !== true) return;
  const isPod = path === 'spec';
  for (const [index, container] of objects(spec, 'containers').entries()) {
    for (const [at, port] of objects(container, 'ports').entries()) {
      const host = number(port, 'hostPort');
      if ((!isPod && host === 0) || host === number(port, 'containerPort')) continue;
      const here = `${path}.containers[${index}].ports[${at}].hostPort`;
      errors.push(fieldError.invalid(here, host, 'must match `containerPort` when `hostNetwork` is true'));
    }
  }
}
