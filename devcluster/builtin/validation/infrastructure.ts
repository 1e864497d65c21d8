/** Validation of what clusters are set up with: flow control, storage, addresses, revisions, devices. */
import { isIP } from 'node:net';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import { at, list, number, objects, record, text } from '../access.ts';
import {
  type Errors,
  fieldError,
  immutable,
  immutableText,
  nonNegativeQuantity,
  notSupported,
  oneOf,
  problems,
  same,
  subdomain,
} from './common.ts';

export function controllerRevision(object: unknown, errors: Errors, old?: unknown): void {
  if (at(object, 'data') === undefined || at(object, 'data') === null)
    errors.push(fieldError.required('data', 'data is mandatory'));
  if (number(object, 'revision') < 0)
    errors.push(fieldError.invalid('revision', number(object, 'revision'), 'must be greater than or equal to 0'));
  if (old !== undefined) immutable(object, old, 'data', errors);
}

const subjectKinds: { readonly [kind: string]: string } = {
  Group: 'group',
  ServiceAccount: 'serviceAccount',
  User: 'user',
};

function flowSubject(subject: unknown, path: string, errors: Errors): void {
  const kind = text(subject, 'kind');
  const own = subjectKinds[kind];
  if (own === undefined)
    return void errors.push(fieldError.notSupported(`${path}.kind`, kind, Object.keys(subjectKinds).sort()));
  for (const [other, field] of Object.entries(subjectKinds)) {
    if (field !== own && at(subject, field) !== undefined)
      errors.push(
        fieldError.forbidden(`${path}.${field}`, `${field} is forbidden when subject kind is not '${other}'`),
      );
  }
  if (at(subject, own) === undefined)
    return void errors.push(fieldError.required(`${path}.${own}`, `${own} is required when subject kind is '${kind}'`));
  if (text(subject, `${own}.name`) === '') errors.push(fieldError.required(`${path}.${own}.name`));
  if (kind === 'ServiceAccount' && text(subject, 'serviceAccount.namespace') === '')
    errors.push(fieldError.required(`${path}.serviceAccount.namespace`, 'must specify namespace for service account'));
}

const flowVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

function flowList(rule: unknown, path: string, field: string, words: readonly [string, string], errors: Errors): void {
  const values = list(rule, field);
  if (values.length === 0) errors.push(fieldError.required(`${path}.${field}`, words[0]));
  else if (values.length > 1 && values.includes('*'))
    errors.push(
      fieldError.invalid(`${path}.${field}`, values, `if '*' is present, must not specify other ${words[1]}`),
    );
}

function flowRule(rule: unknown, path: string, resource: boolean, errors: Errors): void {
  flowList(rule, path, 'verbs', ['verbs must contain at least one value', 'verbs'], errors);
  const given = list(rule, 'verbs').map(String);
  const verbs = resource ? flowVerbs : ['connect', 'delete', 'get', 'head', 'options', 'patch', 'post', 'put', 'trace'];
  if (!given.includes('*') && given.some((verb) => !verbs.includes(verb)))
    errors.push(fieldError.notSupported(`${path}.verbs`, given, verbs));
  if (!resource) {
    const words = ['nonResourceURLs must contain at least one value', 'non-resource URLs'] as const;
    flowList(rule, path, 'nonResourceURLs', words, errors);
    return;
  }
  flowList(rule, path, 'apiGroups', ['resource rules must supply at least one api group', 'api groups'], errors);
  flowList(rule, path, 'resources', ['resource rules must supply at least one resource', 'resources'], errors);
  if (list(rule, 'namespaces').length === 0 && at(rule, 'clusterScope') !== true) {
    const detail = 'resource rules that are not cluster scoped must supply at least one namespace';
    errors.push(fieldError.required(`${path}.namespaces`, detail));
  }
}

export function flowSchema(object: unknown, errors: Errors): void {
  const precedence = number(object, 'spec.matchingPrecedence');
  const path = 'spec.matchingPrecedence';
  if (precedence <= 0) errors.push(fieldError.invalid(path, precedence, 'must be a positive value'));
  if (precedence > 10000) errors.push(fieldError.invalid(path, precedence, 'must not be greater than 10000'));
  if (precedence === 1 && text(object, 'metadata.name') !== 'exempt')
    errors.push(fieldError.invalid(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  notSupported(
    at(object, 'spec.distinguisherMethod'),
    'spec.distinguisherMethod',
    'type',
    ['ByNamespace', 'ByUser'],
    errors,
  );
  const level = text(object, 'spec.priorityLevelConfiguration.name');
  if (level === '')
    errors.push(fieldError.required('spec.priorityLevelConfiguration.name', 'must reference a priority level'));
  else subdomain(level, 'spec.priorityLevelConfiguration.name', errors);
  for (const [index, rule] of objects(object, 'spec.rules').entries()) {
    const here = `spec.rules[${index}]`;
    const [resourceRules, pathRules] = [objects(rule, 'resourceRules'), objects(rule, 'nonResourceRules')];
    if (list(rule, 'subjects').length === 0)
      errors.push(fieldError.required(`${here}.subjects`, 'subjects must contain at least one value'));
    for (const [i, subject] of objects(rule, 'subjects').entries())
      flowSubject(subject, `${here}.subjects[${i}]`, errors);
    if (resourceRules.length + pathRules.length === 0) {
      const detail = 'at least one of resourceRules and nonResourceRules has to be non-empty';
      errors.push(fieldError.required(here, detail));
    }
    for (const [i, item] of resourceRules.entries()) flowRule(item, `${here}.resourceRules[${i}]`, true, errors);
    for (const [i, item] of pathRules.entries()) flowRule(item, `${here}.nonResourceRules[${i}]`, false, errors);
  }
}

export function priorityLevel(object: unknown, errors: Errors): void {
  const type = text(object, 'spec.type');
  const exempt = text(object, 'metadata.name') === 'exempt';
  if ((type === 'Exempt') !== exempt)
    errors.push(fieldError.invalid('spec.type', type, "must be 'Exempt' if and only if `name` is 'exempt'"));
  oneOf(at(object, 'spec'), 'spec', 'type', ['Exempt', 'Limited'], errors);
  const limited = at(object, 'spec.limited');
  if (type !== 'Limited') {
    if (type === 'Exempt' && limited !== undefined)
      errors.push(fieldError.forbidden('spec.limited', 'must be nil if the type is not Limited'));
    return;
  }
  if (at(object, 'spec.exempt') !== undefined)
    errors.push(fieldError.forbidden('spec.exempt', 'must be nil if the type is Limited'));
  if (limited === undefined)
    return void errors.push(fieldError.required('spec.limited', 'must not be empty when type is Limited'));
  const shares = number(limited, 'nominalConcurrencyShares');
  if (shares < 0)
    errors.push(fieldError.invalid('spec.limited.nominalConcurrencyShares', shares, 'must be a non-negative integer'));
  const lendable = number(limited, 'lendablePercent');
  if (lendable < 0 || lendable > 100)
    errors.push(fieldError.invalid('spec.limited.lendablePercent', lendable, 'must be between 0 and 100, inclusive'));
  const borrowing = number(limited, 'borrowingLimitPercent');
  if (borrowing < 0) {
    const detail = 'if specified, must be a non-negative integer';
    errors.push(fieldError.invalid('spec.limited.borrowingLimitPercent', borrowing, detail));
  }
  limitResponse(at(limited, 'limitResponse'), errors);
}

function limitResponse(response: unknown, errors: Errors): void {
  const path = 'spec.limited.limitResponse';
  const queuing = at(response, 'queuing');
  oneOf(response, path, 'type', ['Queue', 'Reject'], errors);
  if (text(response, 'type') === 'Reject' && queuing !== undefined)
    errors.push(fieldError.forbidden(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited'));
  if (text(response, 'type') !== 'Queue') return;
  if (queuing === undefined) {
    const detail = 'must not be empty if limited.limitResponse.type is Limited';
    return void errors.push(fieldError.required(`${path}.queuing`, detail));
  }
  for (const field of ['queueLengthLimit', 'queues', 'handSize'] as const) {
    if (number(queuing, field) <= 0)
      errors.push(fieldError.invalid(`${path}.queuing.${field}`, number(queuing, field), 'must be positive'));
  }
  if (number(queuing, 'handSize') > number(queuing, 'queues')) {
    const detail = `should not be greater than queues (${number(queuing, 'queues')})`;
    errors.push(fieldError.invalid(`${path}.queuing.handSize`, number(queuing, 'handSize'), detail));
  }
}

export function ipAddress(object: unknown, errors: Errors, old?: unknown): void {
  const parent = at(object, 'spec.parentRef');
  const path = 'spec.parentRef';
  if (parent === undefined) errors.push(fieldError.required(path));
  else
    for (const field of ['resource', 'name'])
      if (text(parent, field) === '') errors.push(fieldError.required(`${path}.${field}`));
  if (old !== undefined) immutable(object, old, path, errors);
}

export function serviceCidr(object: unknown, errors: Errors, old?: unknown): void {
  const cidrs = list(object, 'spec.cidrs').map(String);
  if (cidrs.length === 0) errors.push(fieldError.required('spec.cidrs', 'at least one CIDR required'));
  for (const [index, cidr] of cidrs.entries()) {
    const [address = '', bits = ''] = cidr.split('/');
    const family = isIP(address);
    if (family !== 0 && /^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)) continue;
    const detail = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
    errors.push(fieldError.invalid(`spec.cidrs[${index}]`, cidr, detail));
  }
  if (old !== undefined && !same(at(object, 'spec.cidrs'), at(old, 'spec.cidrs')))
    errors.push(fieldError.invalid('spec.cidrs[0]', cidrs[0] ?? '', immutableText));
}

export function csiDriver(object: unknown, errors: Errors, old?: unknown): void {
  const modes = list(object, 'spec.volumeLifecycleModes').map(String);
  notSupported(at(object, 'spec'), 'spec', 'fsGroupPolicy', ['File', 'None', 'ReadWriteOnceWithFSType'], errors);
  for (const mode of modes) {
    if (mode !== 'Persistent' && mode !== 'Ephemeral')
      errors.push(fieldError.notSupported('spec.volumeLifecycleModes', mode, ['Persistent', 'Ephemeral']));
  }
  for (const [index, token] of objects(object, 'spec.tokenRequests').entries()) {
    const seconds = at(token, 'expirationSeconds');
    const path = `spec.tokenRequests[${index}].expirationSeconds`;
    if (typeof seconds === 'number' && seconds < 600)
      errors.push(fieldError.invalid(path, seconds, 'may not specify a duration less than 10 minutes'));
  }
  if (old === undefined) return;
  immutable(object, old, 'spec.attachRequired', errors);
  immutable(object, old, 'spec.volumeLifecycleModes', errors);
}

export function node(object: unknown, errors: Errors): void {
  for (const field of ['capacity', 'allocatable']) {
    for (const [name, value] of Object.entries(record(object, `status.${field}`)))
      nonNegativeQuantity(value, `status.${field}.${name}`, errors);
  }
}

export function csiNode(object: unknown, errors: Errors, old?: unknown): void {
  const names = new Set<string>();
  for (const [index, driver] of objects(object, 'spec.drivers').entries()) {
    const path = `spec.drivers[${index}]`;
    const name = text(driver, 'name');
    if (name === '') errors.push(fieldError.required(`${path}.name`));
    else subdomain(name, `${path}.name`, errors);
    if (text(driver, 'nodeID') === '') errors.push(fieldError.required(`${path}.nodeID`));
    if (names.has(name)) errors.push(fieldError.duplicate(`${path}.name`, name));
    names.add(name);
  }
  void old;
}

export function csiStorageCapacity(object: unknown, errors: Errors, old?: unknown): void {
  problems(
    'storageClassName',
    text(object, 'storageClassName'),
    dns1123Subdomain(text(object, 'storageClassName')),
    errors,
  );
  if (old === undefined) return;
  for (const field of ['nodeTopology', 'storageClassName']) immutable(object, old, field, errors);
}

export function volumeAttachment(object: unknown, errors: Errors, old?: unknown): void {
  const attacher = text(object, 'spec.attacher');
  const node = text(object, 'spec.nodeName');
  if (attacher === '') errors.push(fieldError.required('spec.attacher'));
  else {
    if (attacher.length > 63) errors.push(fieldError.tooLong('spec.attacher', 63));
    subdomain(attacher.toLowerCase(), 'spec.attacher', errors);
  }
  const inline = at(object, 'spec.source.inlineVolumeSpec');
  const volume = at(object, 'spec.source.persistentVolumeName');
  const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inline === undefined && volume === undefined) errors.push(fieldError.required('spec.source', exactlyOne));
  else if (inline !== undefined && volume !== undefined) errors.push(fieldError.forbidden('spec.source', exactlyOne));
  else if (volume === '')
    errors.push(fieldError.required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'));
  problems('spec.nodeName', node, dns1123Subdomain(node), errors);
  if (old !== undefined) immutable(object, old, 'spec', errors);
}

export function volumeAttributesClass(object: unknown, errors: Errors, old?: unknown): void {
  const driver = text(object, 'driverName');
  const parameters = record(object, 'parameters');
  if (driver === '') errors.push(fieldError.required('driverName'));
  else problems('driverName', driver, qualifiedName(driver.toLowerCase()), errors);
  if (Object.keys(parameters).length === 0)
    errors.push(fieldError.required('parameters', 'must contain at least one key/value pair'));
  if (Object.hasOwn(parameters, '')) errors.push(fieldError.invalid('parameters', '', 'field can not be empty.'));
  if (old === undefined) return;
  for (const field of ['driverName', 'parameters']) {
    if (!same(at(object, field), at(old, field)))
      errors.push(fieldError.forbidden(field, `updates to ${field} are forbidden.`));
  }
}

export function resourceSlice(object: unknown, errors: Errors, old?: unknown): void {
  const fields = ['nodeName', 'nodeSelector', 'allNodes', 'perDeviceNodeSelection'];
  const given = fields.filter((field) => at(object, `spec.${field}`) !== undefined);
  const names = '`nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection`';
  if (text(object, 'spec.driver') === '') errors.push(fieldError.required('spec.driver'));
  if (text(object, 'spec.pool.name') === '') errors.push(fieldError.required('spec.pool.name'));
  const count = number(object, 'spec.pool.resourceSliceCount');
  if (count <= 0) errors.push(fieldError.invalid('spec.pool.resourceSliceCount', count, 'must be greater than zero'));
  if (given.length === 0) errors.push(fieldError.required('spec', `exactly one of ${names} is required`));
  else if (given.length > 1) {
    const value = `{${given.map((field) => `\`${field}\``).join(', ')}}`;
    errors.push(fieldError.invalid('spec', value, `exactly one of ${names} is required, but multiple fields are set`));
  }
  const seen = new Set<string>();
  for (const [index, device] of objects(object, 'spec.devices').entries()) {
    const name = text(device, 'name');
    problems(`spec.devices[${index}].name`, name, dns1123Label(name), errors);
    if (seen.has(name)) errors.push(fieldError.duplicate(`spec.devices[${index}].name`, name));
    seen.add(name);
  }
  if (old === undefined) return;
  for (const field of ['spec.driver', 'spec.nodeName', 'spec.pool.name']) immutable(object, old, field, errors);
}
