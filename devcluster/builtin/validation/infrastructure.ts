/** Validation of flow control and what controllers keep. */
import { dns1123Label } from '../../registry/names.ts';
import { at, list, number, objects, text } from '../access.ts';
import { type Errors, fieldError, immutable, oneOf, subdomain } from './common.ts';

export function controllerRevision(object: unknown, errors: Errors, old?: unknown): void {
  if (at(object, 'data') === undefined || at(object, 'data') === null)
    errors.push(fieldError.required('data', 'data is mandatory'));
  else if (typeof at(object, 'data') !== 'object')
    errors.push(fieldError.required('data', 'data must be a valid JSON object'));
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
  if (!given.includes('*') && given.some((verb) => !flowVerbs.includes(verb)))
    errors.push(fieldError.notSupported(`${path}.verbs`, given, flowVerbs));
  if (!resource) {
    const words = ['nonResourceURLs must contain at least one value', 'non-resource URLs'] as const;
    flowList(rule, path, 'nonResourceURLs', words, errors);
    const urls = list(rule, 'nonResourceURLs').map(String);
    for (const [index, url] of urls.includes('*') ? [] : urls.entries()) {
      const problem = urlProblem(url);
      if (problem !== undefined) errors.push(fieldError.invalid(`${path}.nonResourceURLs[${index}]`, url, problem));
    }
    return;
  }
  flowList(rule, path, 'apiGroups', ['resource rules must supply at least one api group', 'api groups'], errors);
  flowList(rule, path, 'resources', ['resource rules must supply at least one resource', 'resources'], errors);
  const namespaces = list(rule, 'namespaces');
  if (namespaces.length > 1 && namespaces.includes('*'))
    errors.push(
      fieldError.invalid(`${path}.namespaces`, namespaces, "if '*' is present, must not specify other namespaces"),
    );
  if (list(rule, 'namespaces').length === 0 && at(rule, 'clusterScope') !== true) {
    const detail = 'resource rules that are not cluster scoped must supply at least one namespace';
    errors.push(fieldError.required(`${path}.namespaces`, detail));
  }
  if (namespaces.includes('*')) return;
  for (const [index, name] of namespaces.map(String).entries())
    for (const problem of dns1123Label(name)) {
      const detail = `each member of this list must be '*' or a DNS-1123 label; ${problem}`;
      errors.push(fieldError.invalid(`${path}.namespaces[${index}]`, name, detail));
    }
}

/** What is wrong with a path outside the API. */
function urlProblem(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const stars = url.split('*').length - 1;
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined;
}

const distinguishers = ['ByNamespace', 'ByUser'];

export function flowSchema(object: unknown, errors: Errors): void {
  const precedence = number(object, 'spec.matchingPrecedence');
  const path = 'spec.matchingPrecedence';
  if (precedence <= 0) errors.push(fieldError.invalid(path, precedence, 'must be a positive value'));
  if (precedence > 10000) errors.push(fieldError.invalid(path, precedence, 'must not be greater than 10000'));
  if (precedence === 1 && text(object, 'metadata.name') !== 'exempt')
    errors.push(fieldError.invalid(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  const method = at(object, 'spec.distinguisherMethod');
  if (method !== undefined && !distinguishers.includes(text(method, 'type'))) {
    const printed = { Type: text(method, 'type') };
    errors.push(fieldError.notSupported('spec.distinguisherMethod.type', printed, distinguishers));
  }
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
