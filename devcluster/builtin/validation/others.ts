/** Validation of the smaller groups. */

import { dns1035Label, dns1123Label, dns1123Subdomain } from '../../registry/names.ts';
import { at, list, number, objects, text } from '../access.ts';
import { type Errors, fieldError, immutable, labels, notSupported, portRange, problems, subdomain } from './common.ts';
import { overhead } from './containerresources.ts';
import { tolerations } from './pods.ts';

export function lease(object: unknown, errors: Errors): void {
  const duration = at(object, 'spec.leaseDurationSeconds');
  if (typeof duration === 'number' && duration <= 0)
    errors.push(fieldError.invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0'));
  const transitions = at(object, 'spec.leaseTransitions');
  if (typeof transitions === 'number' && transitions < 0) {
    errors.push(fieldError.invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'));
  }
}

const highestPriority = 1_000_000_000;
/** The priority classes that come with every cluster; theirs is no default. */
const systemClasses: { readonly [name: string]: number } = {
  'system-cluster-critical': 2 * highestPriority,
  'system-node-critical': 2 * highestPriority + 1000,
};

/** What keeps a class whose name begins with `system-` from being one of the system's own. */
function systemClassProblem(name: string, object: unknown): string | undefined {
  const value = systemClasses[name];
  if (value === undefined) return `${name} is not a known system priority class`;
  if (number(object, 'value') !== value) return `value of ${name} PriorityClass must be ${value}`;
  return at(object, 'globalDefault') === true ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

export function priorityClass(object: unknown, errors: Errors, old?: unknown): void {
  const name = text(object, 'metadata.name');
  const value = number(object, 'value');
  if (old !== undefined) {
    if (value !== number(old, 'value')) errors.push(fieldError.forbidden('value', 'may not be changed in an update.'));
    immutable(object, old, 'preemptionPolicy', errors);
    return;
  }
  if (name.startsWith('system-')) {
    const problem = systemClassProblem(name, object);
    if (problem !== undefined) {
      const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${problem}`;
      errors.push(fieldError.forbidden('metadata.name', detail));
    }
  } else if (value > highestPriority) {
    errors.push(
      fieldError.forbidden('value', `maximum allowed value of a user defined priority is ${highestPriority}`),
    );
  }
  if (at(object, 'preemptionPolicy') === '') errors.push(fieldError.required('preemptionPolicy'));
  else notSupported(object, '', 'preemptionPolicy', ['PreemptLowerPriority', 'Never'], errors);
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
  const port = at(service, 'port');
  if (typeof port === 'number' && (port < 1 || port > 65535))
    errors.push(fieldError.invalid('spec.service.port', port, `port is not valid: ${portRange}`));
  if (text(object, 'spec.caBundle') !== '' && at(object, 'spec.insecureSkipTLSVerify') === true)
    errors.push(fieldError.invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
}

export function runtimeClass(object: unknown, errors: Errors, old?: unknown): void {
  const handler = text(object, 'handler');
  if (handler === '') errors.push(fieldError.required('handler'));
  else problems('handler', handler, dns1123Label(handler), errors);
  overhead({ overhead: at(object, 'overhead.podFixed') }, '', errors);
  labels(at(object, 'scheduling.nodeSelector'), 'scheduling.nodeSelector', errors);
  tolerations(at(object, 'scheduling') ?? {}, 'scheduling', errors);
  const seen = new Set<string>();
  for (const [index, toleration] of objects(object, 'scheduling.tolerations').entries()) {
    const names = ['key', 'operator', 'value', 'effect'];
    const printed = Object.fromEntries([
      ...names.map((name) => [name.charAt(0).toUpperCase() + name.slice(1), text(toleration, name)]),
      ['TolerationSeconds', at(toleration, 'tolerationSeconds') ?? null],
    ]);
    if (seen.has(JSON.stringify(printed)))
      errors.push(fieldError.duplicate(`scheduling.tolerations[${index}]`, printed));
    seen.add(JSON.stringify(printed));
  }
  if (old !== undefined) immutable(object, old, 'handler', errors);
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

/** A block of PEM that ends as it begins. */
const pemRequest = /(?:^|\n)-----BEGIN CERTIFICATE REQUEST-----\n[^-]*-----END CERTIFICATE REQUEST-----/;

export function signingRequest(object: unknown, errors: Errors): void {
  const given = at(object, 'spec.request') ?? null;
  const request = text(object, 'spec.request');
  const pem = Buffer.from(request, 'base64').toString('latin1');
  if (!pemRequest.test(pem)) {
    const detail = 'PEM block type must be CERTIFICATE REQUEST';
    errors.push(fieldError.invalid('spec.request', given, detail));
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
    const detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return void errors.push(fieldError.invalid(path, name, detail));
  }
  problems(path, domain, dns1123Subdomain(domain), errors);
  if (!domain.includes('.'))
    errors.push(fieldError.invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  problems(path, rest[0] ?? '', dns1123Subdomain(rest[0] ?? ''), errors);
  if (name === 'kubernetes.io/legacy-unknown')
    errors.push(fieldError.invalid(path, name, 'the legacy signerName is not allowed via this API version'));
}
