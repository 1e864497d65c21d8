/** Validation of a pod's smaller fields: names and addresses, affinity, security, what volumes are made of. */
import { dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import { at, list, number, objects, text } from '../access.ts';
import { parseQuantity } from '../quantity.ts';
import { addressProblem } from './addresses.ts';
import {
  type Errors,
  fieldError,
  labelSelector,
  nodeSelectorTerm,
  notSupported,
  problems,
  requiredLabel,
} from './common.ts';

const idRange = 'must be between 0 and 2147483647, inclusive';
const isId = (value: unknown): boolean => typeof value !== 'number' || (value >= 0 && value <= 2147483647);

function names(spec: unknown, path: string, errors: Errors): void {
  for (const [index, alias] of objects(spec, 'hostAliases').entries()) {
    const here = `${path}.hostAliases[${index}]`;
    problems(`${here}.ip`, text(alias, 'ip'), addressProblem(text(alias, 'ip')), errors);
    for (const [at, host] of list(alias, 'hostnames').map(String).entries())
      problems(`${here}.hostnames[${at}]`, host, dns1123Subdomain(host), errors);
  }
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

function dns(spec: unknown, path: string, errors: Errors): void {
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
  for (const [index, search] of list(config, 'searches').map(String).entries()) {
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

function affinityTerm(term: unknown, path: string, errors: Errors): void {
  labelSelector(term, path, 'labelSelector', errors);
  labelSelector(term, path, 'namespaceSelector', errors);
  const key = text(term, 'topologyKey');
  if (key === '') errors.push(fieldError.required(`${path}.topologyKey`, 'can not be empty'));
  problems(`${path}.topologyKey`, key, qualifiedName(key), errors);
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

function affinity(spec: unknown, path: string, errors: Errors): void {
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

/** A seccomp profile at `path`. */
export function seccomp(profile: unknown, path: string, errors: Errors): void {
  if (profile === undefined || profile === null) return;
  const type = text(profile, 'type');
  const local = at(profile, 'localhostProfile');
  if (type === 'Localhost') {
    if (local === undefined)
      errors.push(fieldError.required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost'));
  } else if (local !== undefined)
    errors.push(
      fieldError.invalid(`${path}.localhostProfile`, local, 'can only be set when seccomp type is Localhost'),
    );
  if (type === '') errors.push(fieldError.required(`${path}.type`, 'type is required when seccompProfile is set'));
  else notSupported(profile, path, 'type', ['Localhost', 'RuntimeDefault', 'Unconfined'], errors);
}

function security(spec: unknown, path: string, errors: Errors): void {
  const here = `${path}.securityContext`;
  const context = at(spec, 'securityContext');
  for (const [index, group] of list(context, 'supplementalGroups').entries())
    if (!isId(group)) errors.push(fieldError.invalid(`${here}.supplementalGroups[${index}]`, group, idRange));
  notSupported(context, here, 'fsGroupChangePolicy', ['Always', 'OnRootMismatch'], errors);
  seccomp(at(context, 'seccompProfile'), `${here}.seccompProfile`, errors);
  for (const [index, sysctl] of objects(context, 'sysctls').entries()) {
    const name = text(sysctl, 'name');
    const form = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
    if (name === '') errors.push(fieldError.required(`${here}.sysctls[${index}].name`));
    else if (name.length > 253 || !/^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(name)) {
      const detail = `must have at most 253 characters and match regex ${form}`;
      errors.push(fieldError.invalid(`${here}.sysctls[${index}].name`, name, detail));
    }
  }
  if (at(spec, 'shareProcessNamespace') === true && at(spec, 'hostPID') === true) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(fieldError.invalid(`${here}.shareProcessNamespace`, true, detail));
  }
  if (at(spec, 'hostUsers') !== false) return;
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (at(spec, field) === true) errors.push(fieldError.forbidden(`${path}.${field}`, 'when `hostUsers` is false'));
}

/** Paths that a volume's items are written to. */
function itemPath(place: string, path: string, errors: Errors): void {
  if (place.startsWith('/')) errors.push(fieldError.invalid(path, place, 'must be a relative path'));
  if (place.split('/').includes('..')) errors.push(fieldError.invalid(path, place, "must not contain '..'"));
  else if (place.startsWith('..')) errors.push(fieldError.invalid(path, place, "must not start with '..'"));
}

/** What is inside of a volume's source. */
export function volumeParts(volume: unknown, path: string, errors: Errors): void {
  for (const source of ['configMap', 'secret']) {
    for (const [index, item] of objects(volume, `${source}.items`).entries()) {
      const here = `${path}.${source}.items[${index}]`;
      if (text(item, 'key') === '') errors.push(fieldError.required(`${here}.key`));
      if (text(item, 'path') === '') errors.push(fieldError.required(`${here}.path`));
      else itemPath(text(item, 'path'), `${here}.path`, errors);
    }
  }
  for (const item of objects(volume, 'downwardAPI.items')) {
    const here = `${path}.downwardAPI`;
    if (text(item, 'path') === '') errors.push(fieldError.required(`${here}.path`));
    else itemPath(text(item, 'path'), `${here}.path`, errors);
    const field = at(item, 'fieldRef');
    if (field !== undefined) fieldReference(field, `${here}.fieldRef`, errors);
  }
  const limit = at(volume, 'emptyDir.sizeLimit');
  if (limit !== undefined && (parseQuantity(String(limit))?.nano ?? 0n) < 0n) {
    const detail = 'SizeLimit field must be a valid resource quantity';
    errors.push(fieldError.forbidden(`${path}.emptyDir.sizeLimit`, detail));
  }
  if (at(volume, 'ephemeral') !== undefined && at(volume, 'ephemeral.volumeClaimTemplate') === undefined)
    errors.push(fieldError.required(`${path}.ephemeral.volumeClaimTemplate`));
  if (at(volume, 'image') !== undefined && text(volume, 'image.reference') === '')
    errors.push(fieldError.required(`${path}.image.reference`));
}

const fieldPaths =
  /^(metadata\.(name|namespace|uid|labels|annotations)|metadata\.(labels|annotations)\['.*'\]|spec\.(nodeName|serviceAccountName|restartPolicy|schedulerName|hostNetwork)|status\.(phase|hostIP|hostIPs|podIP|podIPs|nominatedNodeName))$/;

/** A reference to a field of the pod itself, which must be one that can be asked for. */
export function fieldReference(reference: unknown, path: string, errors: Errors): void {
  const field = text(reference, 'fieldPath');
  if (field === '') errors.push(fieldError.required(`${path}.fieldPath`));
  else if (!fieldPaths.test(field)) {
    const detail = `error converting fieldPath: field label not supported: ${field}`;
    errors.push(fieldError.invalid(`${path}.fieldPath`, field, detail));
  }
}

function claims(spec: unknown, path: string, errors: Errors): void {
  for (const [index, claim] of objects(spec, 'resourceClaims').entries()) {
    const here = `${path}.resourceClaims[${index}]`;
    requiredLabel(text(claim, 'name'), `${here}.name`, errors);
    const given = ['resourceClaimName', 'resourceClaimTemplateName'].map((field) => at(claim, field) ?? null);
    if (given.some((value) => value !== null)) continue;
    const printed = { Name: text(claim, 'name'), ResourceClaimName: null, ResourceClaimTemplateName: null };
    const detail = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
    errors.push(fieldError.invalid(here, printed, detail));
  }
}

/** The smaller fields of a pod spec at `path`. */
export function podFields(spec: unknown, path: string, errors: Errors): void {
  names(spec, path, errors);
  dns(spec, path, errors);
  affinity(spec, path, errors);
  security(spec, path, errors);
  claims(spec, path, errors);
  const system = text(spec, 'os.name');
  if (at(spec, 'os') !== undefined && system !== 'linux' && system !== 'windows')
    errors.push(fieldError.notSupported(`${path}.os`, system, ['linux', 'windows']));
}
