/** Validation of LimitRanges and ResourceQuotas. */

import { qualifiedName } from '../../registry/names.ts';
import { at, list, objects, record, text } from '../access.ts';
import { parseQuantity } from '../quantity.ts';
import {
  type Errors,
  fieldError,
  immutableText,
  nonNegativeQuantity,
  problems,
  quantityOrder,
  same,
  wholeQuantity,
} from './common.ts';
import { containerResourceName } from './containerresources.ts';

const quotaScopes = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
  'VolumeAttributesClass',
];

const quotaResources = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
];

const standardLimits = ['Container', 'PersistentVolumeClaim', 'Pod'];

export function limitRange(object: unknown, errors: Errors): void {
  const types = new Set<string>();
  for (const [index, limit] of objects(object, 'spec.limits').entries()) {
    const path = `spec.limits[${index}]`;
    const type = text(limit, 'type');
    const named = qualifiedName(type);
    problems(`${path}.type`, type, named, errors);
    if (named.length === 0 && !type.includes('/') && !standardLimits.includes(type))
      errors.push(fieldError.invalid(`${path}.type`, type, 'must be a standard limit type or fully qualified'));
    if (types.has(type)) errors.push(fieldError.duplicate(`${path}.type`, type));
    types.add(type);
    if (type === 'Pod') {
      for (const field of ['default', 'defaultRequest']) {
        if (Object.keys(record(limit, field)).length > 0)
          errors.push(fieldError.forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'"));
      }
    }
    if (
      type === 'PersistentVolumeClaim' &&
      at(limit, 'min.storage') === undefined &&
      at(limit, 'max.storage') === undefined
    ) {
      const detail = 'either minimum or maximum storage value is required, but neither was provided';
      errors.push(fieldError.required(`${path}.limits`, detail));
    }
    for (const [field, resources] of limitFieldsOf(limit, type))
      for (const resource of resources) limitedName(resource, type, `${path}.${field}[${resource}]`, errors);
    for (const resource of limitedResources(limit)) limitOrder(limit, resource, path, errors);
  }
}

const limitFields = ['max', 'min', 'default', 'defaultRequest'] as const;

function limitedResources(limit: unknown): Set<string> {
  return new Set([...limitFields, 'maxLimitRequestRatio'].flatMap((field) => Object.keys(record(limit, field))));
}

/** The fields of a limit with the names of resources in each; pods have no defaults. */
function limitFieldsOf(limit: unknown, type: string): [string, string[]][] {
  const fields = ['max', 'min', ...(type === 'Pod' ? [] : ['default', 'defaultRequest']), 'maxLimitRequestRatio'];
  return fields.map((field) => [field, Object.keys(record(limit, field))]);
}

function limitedName(resource: string, type: string, path: string, errors: Errors): void {
  const named = qualifiedName(resource);
  if (type === 'Container' || type === 'Pod') {
    containerResourceName(resource, path, errors);
  } else {
    problems(path, resource, named, errors);
    if (named.length === 0 && !resource.includes('/') && ![...quotaResources, 'storage'].includes(resource))
      errors.push(fieldError.invalid(path, resource, 'must be a standard resource type or fully qualified'));
  }
}

/** The bounds of one resource must be in order. */
function limitOrder(limit: unknown, resource: string, path: string, errors: Errors): void {
  const [max, min, standard, request] = limitFields.map((field) => record(limit, field)[resource]);
  const order = (small: unknown, large: unknown, field: string, value: unknown, words: readonly [string, string]) => {
    if (small === undefined || large === undefined || quantityOrder(small, large) <= 0) return;
    const detail = `${words[0]} value ${small} is greater than ${words[1]} value ${large}`;
    errors.push(fieldError.invalid(`${path}.${field}[${resource}]`, value, detail));
  };
  order(min, max, 'min', min, ['min', 'max']);
  order(min, request, 'defaultRequest', request, ['min', 'default request']);
  order(request, max, 'defaultRequest', request, ['default request', 'max']);
  order(request, standard, 'defaultRequest', request, ['default request', 'default limit']);
  order(min, standard, 'default', min, ['min', 'default']);
  order(standard, max, 'default', max, ['default', 'max']);
  const ratio = record(limit, 'maxLimitRequestRatio')[resource];
  if (ratio === undefined) return;
  const here = `${path}.maxLimitRequestRatio[${resource}]`;
  if (quantityOrder(ratio, '1') < 0) errors.push(fieldError.invalid(here, ratio, `ratio ${ratio} is less than 1`));
  if (min === undefined || max === undefined) return;
  const [low, high, limitOf] = [min, max, ratio].map((value) => Number(parseQuantity(String(value))?.nano ?? 0n));
  const bound = (high ?? 0) / (low || 1);
  if ((limitOf ?? 0) / 1e9 > bound)
    errors.push(fieldError.invalid(here, ratio, `ratio ${ratio} is greater than max/min = ${bound.toFixed(6)}`));
}

const standardQuota = (name: string) => quotaResources.includes(name) || /^(requests\.)?hugepages-/.test(name);

/** Quotas that count by fractions. */
const computeQuota = /^(requests\.|limits\.)?(cpu|memory|ephemeral-storage|storage|hugepages-.*)$|requests\.storage$/;

/** What a quota of these scopes may limit, of what every quota may. */
const ofScope: { readonly [scope: string]: RegExp } = {
  BestEffort: /^pods$/,
  CrossNamespacePodAffinity: /^(pods|((requests|limits)\.)?(cpu|memory))$/,
  NotBestEffort: /^(pods|((requests|limits)\.)?(cpu|memory))$/,
  NotTerminating: /^(pods|((requests|limits)\.)?(cpu|memory))$/,
  PriorityClass: /^(pods|((requests|limits)\.)?(cpu|memory))$/,
  Terminating: /^(pods|((requests|limits)\.)?(cpu|memory))$/,
  VolumeAttributesClass: /^(persistentvolumeclaims|requests\.storage)$/,
};
const opposites: readonly (readonly [string, string])[] = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];
const existing = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'CrossNamespacePodAffinity'];

function quotaScope(object: unknown, errors: Errors): void {
  const hard = Object.keys(record(object, 'spec.hard'));
  const fits = (scope: string, resource: string) =>
    !standardQuota(resource) || (Object.hasOwn(ofScope, scope) ? (ofScope[scope]?.test(resource) ?? true) : true);
  const scopes = list(object, 'spec.scopes').map(String);
  for (const scope of scopes) {
    if (!quotaScopes.includes(scope)) errors.push(fieldError.invalid('spec.scopes', scopes, 'unsupported scope'));
    for (const resource of hard)
      if (!fits(scope, resource))
        errors.push(fieldError.invalid('spec.scopes', scopes, 'unsupported scope applied to resource'));
  }
  if (opposites.some((pair) => pair.every((scope) => scopes.includes(scope))))
    errors.push(fieldError.invalid('spec.scopes', scopes, 'conflicting scopes'));
  const path = 'spec.scopeSelector.matchExpressions';
  for (const expression of objects(object, path)) {
    const [scope, operator, values] = [
      text(expression, 'scopeName'),
      text(expression, 'operator'),
      list(expression, 'values'),
    ];
    if (!quotaScopes.includes(scope)) errors.push(fieldError.invalid(`${path}.scopeName`, scope, 'unsupported scope'));
    for (const resource of hard)
      if (!fits(scope, resource))
        errors.push(fieldError.invalid(path, selectorOf(object), 'unsupported scope applied to resource'));
    if (existing.includes(scope)) {
      if (operator !== 'Exists') {
        const detail =
          "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
        errors.push(fieldError.invalid(`${path}.operator`, operator, detail));
      }
    }
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
        errors.push(fieldError.required(`${path}.values`, detail));
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
        errors.push(fieldError.invalid(`${path}.values`, values, detail));
      }
    } else errors.push(fieldError.invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  const selected = objects(object, path).map((expression) => text(expression, 'scopeName'));
  if (opposites.some((pair) => pair.every((scope) => selected.includes(scope))))
    errors.push(fieldError.invalid('spec.scopes', at(object, 'spec.scopes') ?? null, 'conflicting scopes'));
}

/** The scope selector as the real server's internal type prints it. */
function selectorOf(object: unknown): unknown {
  const expressions = objects(object, 'spec.scopeSelector.matchExpressions');
  return {
    MatchExpressions: expressions.map((expression) => ({
      ScopeName: text(expression, 'scopeName'),
      Operator: text(expression, 'operator'),
      Values: at(expression, 'values') ?? null,
    })),
  };
}

/** What is limited, and how much of it, at `path`. */
export function quotaEntry(resource: string, value: unknown, path: string, errors: Errors): void {
  const named = qualifiedName(resource);
  problems(path, resource, named, errors);
  if (!resource.includes('/') && !standardQuota(resource)) {
    if (named.length === 0 && resource !== 'storage')
      errors.push(fieldError.invalid(path, resource, 'must be a standard resource type or fully qualified'));
    errors.push(fieldError.invalid(path, resource, 'must be a standard resource for quota'));
  }
  nonNegativeQuantity(value, path, errors);
  if (!computeQuota.test(resource)) wholeQuantity(value, path, errors);
}

export function resourceQuota(object: unknown, errors: Errors, old?: unknown): void {
  for (const [resource, value] of Object.entries(record(object, 'spec.hard')))
    quotaEntry(resource, value, `spec.hard[${resource}]`, errors);
  quotaScope(object, errors);
  if (old !== undefined && !same(at(object, 'spec.scopes'), at(old, 'spec.scopes')))
    errors.push(fieldError.invalid('spec.scopes', at(object, 'spec.scopes') ?? null, immutableText));
}
