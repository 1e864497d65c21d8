/** Validation of webhook configurations and admission policies. */
import * as policies from '../../admission/policy/check.ts';
import { dns1035Label, dns1123Subdomain } from '../../registry/names.ts';
import { at, list, objects, text } from '../access.ts';
import { type Errors, fieldError, labelSelector, notSupported, problems } from './common.ts';

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
    if (field === 'apiVersions')
      for (const [index, value] of values.entries())
        if (value === '') errors.push(fieldError.required(`${here}.${field}[${index}]`));
    if (values.length > 1 && values.includes('*')) {
      errors.push(fieldError.invalid(`${here}.${field}`, values, `if '*' is present, must not specify other ${word}`));
    }
  }
  const resources = list(rule, 'resources').map(String);
  if (resources.length === 0) errors.push(fieldError.required(`${here}.resources`));
  for (const [index, resource] of resources.entries()) {
    const slash = resource.indexOf('/');
    const at_ = `${here}.resources[${index}]`;
    if (resource === '') errors.push(fieldError.required(at_));
    if (slash < 0 || resource === '*/*') continue;
    const [parent, sub] = [resource.slice(0, slash), resource.slice(slash + 1)];
    for (const wide of sub === '*' || parent === '*' ? [] : [`${parent}/*`, `*/${sub}`]) {
      if (!resources.slice(0, index).includes(wide)) continue;
      errors.push(fieldError.invalid(at_, resource, `if '${wide}' is present, must not specify ${resource}`));
    }
  }
  if (resources.length > 1 && resources.includes('*/*')) {
    const detail = "if '*/*' is present, must not specify other resources";
    errors.push(fieldError.invalid(`${here}.resources`, resources, detail));
  }
  // Of the resources without a subresource the last one tells.
  const whole = resources.filter((name) => name !== '' && !name.includes('/')).at(-1);
  if (resources.includes('*') && whole !== '*') {
    const detail = "if '*' is present, must not specify other resources without subresources";
    errors.push(fieldError.invalid(`${here}.resources`, resources, detail));
  }
  notSupported(rule, here, 'scope', ['*', 'Cluster', 'Namespaced'], errors);
}

function clientConfig(config: unknown, here: string, errors: Errors): void {
  const url = at(config, 'url');
  const service = at(config, 'service');
  if ((url === undefined) === (service === undefined))
    return void errors.push(fieldError.required(here, 'exactly one of url or service is required'));
  if (service !== undefined) {
    for (const field of ['name', 'namespace'])
      if (text(service, field) === '') errors.push(fieldError.required(`${here}.service.${field}`));
    const port = at(service, 'port');
    if (typeof port === 'number' && (port < 1 || port > 65535))
      errors.push(
        fieldError.invalid(`${here}.service.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'),
      );
    const path = text(service, 'path');
    if (path !== '') servicePath(path, `${here}.service.path`, errors);
    return;
  }
  webhookUrl(String(url), `${here}.url`, errors);
}

/** A path of segments that are names. */
function servicePath(path: string, here: string, errors: Errors): void {
  if (path === '/' || path.trim() === '') return;
  if (path === '//') return void errors.push(fieldError.invalid(here, path, 'segment[0] may not be empty'));
  if (!path.startsWith('/')) errors.push(fieldError.invalid(here, path, "must start with a '/'"));
  const rest = path.endsWith('/') ? path.slice(0, -1) : path;
  const steps = rest.slice(1).split('/');
  for (const [index, step] of steps.entries()) {
    if (step === '') {
      errors.push(fieldError.invalid(here, path, `segment[${index}] may not be empty`));
      continue;
    }
    for (const problem of dns1123Subdomain(step))
      errors.push(fieldError.invalid(here, path, `segment[${index}]: ${problem}`));
  }
}

function webhookUrl(url: string, path: string, errors: Errors): void {
  const form = '; desired format: https://host[/path]';
  const why = url.startsWith(':') ? 'missing protocol scheme' : 'invalid URI for request';
  let parsed: URL;
  // Go reads what the URL standard does not: a path alone, nothing at all, and a URL without a host.
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url) && !url.startsWith(':')) {
    errors.push(fieldError.invalid(path, '', `'https' is the only allowed URL scheme${form}`));
    const [, host = ''] = /^\/\/([^/?#]*)/.exec(url) ?? [];
    if (host === '') errors.push(fieldError.invalid(path, '', `host must be specified${form}`));
    const [, query = ''] = /\?([^#]*)/.exec(url) ?? [];
    const [, fragment = ''] = /#(.*)$/s.exec(url) ?? [];
    if (fragment !== '') errors.push(fieldError.invalid(path, fragment, 'fragments are not permitted in the URL'));
    if (query !== '') errors.push(fieldError.invalid(path, query, 'query parameters are not permitted in the URL'));
    return;
  }
  if (/^https:\/\/(?:\/|$)/.test(url))
    return void errors.push(fieldError.invalid(path, '', `host must be specified${form}`));
  try {
    parsed = new URL(url);
  } catch {
    errors.push(fieldError.required(path, `url must be a valid URL: parse ${JSON.stringify(url)}: ${why}${form}`));
    return;
  }
  if (parsed.protocol !== 'https:')
    errors.push(
      fieldError.invalid(path, parsed.protocol.slice(0, -1), `'https' is the only allowed URL scheme${form}`),
    );
  if (parsed.host === '') errors.push(fieldError.invalid(path, parsed.host, `host must be specified${form}`));
  if (parsed.username !== '')
    errors.push(fieldError.invalid(path, userOf(parsed), 'user information is not permitted in the URL'));
  if (parsed.hash !== '')
    errors.push(fieldError.invalid(path, parsed.hash.slice(1), 'fragments are not permitted in the URL'));
  if (parsed.search !== '')
    errors.push(fieldError.invalid(path, parsed.search.slice(1), 'query parameters are not permitted in the URL'));
}

const userOf = ({ username, password }: URL): string => (password === '' ? username : `${username}:${password}`);

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
    if ((at(hook, 'sideEffects') ?? undefined) === undefined)
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
