/** Rules that many kinds share, with the words of the real server. */
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../../registry/names.ts';
import { fieldError } from '../../request/status.ts';
import type { FieldError, Json } from '../../types.ts';
import { at, list, objects, record, text } from '../access.ts';
import { compareQuantity, parseQuantity } from '../quantity.ts';

export { fieldError } from '../../request/status.ts';

/** Where violations are collected. */
export type Errors = FieldError[];
/** Violations of an object; with `old` those of an update. */
export type Check = (object: unknown, errors: Errors, old?: unknown) => void;

export const immutableText = 'field is immutable';

export function nonNegative(object: unknown, path: string, field: string, errors: Errors): void {
  const value = at(object, field);
  if (typeof value === 'number' && value < 0)
    errors.push(fieldError.invalid(`${path}.${field}`, value, 'must be greater than or equal to 0'));
}

export function notFound(field: string, value: unknown): FieldError {
  return {
    type: 'FieldValueNotFound',
    field,
    badValue: value,
    detail: '',
    body: `Not found: ${JSON.stringify(value)}`,
  };
}

export function problems(path: string, value: unknown, messages: readonly string[], errors: Errors): void {
  for (const message of messages) errors.push(fieldError.invalid(path, value, message));
}

export function requiredLabel(value: string, path: string, errors: Errors): void {
  if (value === '') errors.push(fieldError.required(path));
  else problems(path, value, dns1123Label(value), errors);
}

export function subdomain(value: string, path: string, errors: Errors): void {
  problems(path, value, dns1123Subdomain(value), errors);
}

/** JSON with sorted keys: equality that does not depend on order. */
export function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'bigint'
        ? String(item)
        : typeof item === 'object' && item !== null && !Array.isArray(item)
          ? Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)))
          : item,
    ) ?? ''
  );
}

/** Equality in which null, empty maps and empty lists are the same as nothing. */
export function same(left: unknown, right: unknown): boolean {
  return stable(compact(left)) === stable(compact(right));
}

function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(compact);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, compact(item)] as const)
    .filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function immutable(object: unknown, old: unknown, path: string, errors: Errors): void {
  const value = at(object, path);
  if (!same(value, at(old, path))) errors.push(fieldError.invalid(path, sortedLabels(value ?? null), immutableText));
}

/** A value with the parts of its selector in the order in which Go prints them. */
function sortedLabels(value: unknown): unknown {
  const parts = record({ value }, 'value');
  return parts.matchLabels === undefined && parts.matchExpressions === undefined ? value : selectorForm(value);
}

/** A label selector as Go prints it: labels sorted, then expressions, field by field. */
export function selectorForm(selector: unknown): { [field: string]: unknown } {
  const labels = Object.entries(record({ selector }, 'selector.matchLabels')).sort(([a], [b]) => (a < b ? -1 : 1));
  const expressions = objects({ selector }, 'selector.matchExpressions').map(({ key, operator, values }) => ({
    key: key ?? '',
    operator: operator ?? '',
    ...(list({ values }, 'values').length > 0 ? { values } : {}),
  }));
  return {
    ...(labels.length > 0 ? { matchLabels: Object.fromEntries(labels) } : {}),
    ...(expressions.length > 0 ? { matchExpressions: expressions } : {}),
  };
}

export function notSupported(
  object: unknown,
  path: string,
  field: string,
  supported: readonly string[],
  errors: Errors,
): void {
  const value = at(object, field);
  if (value === undefined || value === null) return;
  if (!supported.includes(String(value)))
    errors.push(fieldError.notSupported(path === '' ? field : `${path}.${field}`, value, supported));
}

/** Required, and one of the supported values. */
export function oneOf(
  object: unknown,
  path: string,
  field: string,
  supported: readonly string[],
  errors: Errors,
): void {
  if (text(object, field) === '') errors.push(fieldError.required(`${path}.${field}`));
  else notSupported(object, path, field, supported, errors);
}

export const portRange = 'must be between 1 and 65535, inclusive';

export function portNumber(value: unknown, path: string, errors: Errors): void {
  if (typeof value !== 'number' || value < 1 || value > 65535)
    errors.push(fieldError.invalid(path, value ?? 0, portRange));
}

/** Problems with an IANA_SVC_NAME. */
export function portNameProblems(name: string): string[] {
  const found: string[] = [];
  if (name.length > 15) found.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name)) found.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) found.push('must contain at least one letter (a-z)');
  if (name.includes('--')) found.push('must not contain consecutive hyphens');
  if (name !== '' && (name.startsWith('-') || name.endsWith('-'))) found.push('must not begin or end with a hyphen');
  return found;
}

/** A port by number or name. */
export function portOrName(value: unknown, path: string, errors: Errors): void {
  if (typeof value === 'string') problems(path, value, portNameProblems(value), errors);
  else portNumber(value, path, errors);
}

/** `5` or `20%`. */
export function intOrPercent(object: unknown, path: string, field: string, errors: Errors): void {
  const value = at(object, field);
  if (value === undefined || value === null) return;
  if (typeof value === 'string') {
    if (!/^[0-9]+%$/.test(value)) {
      errors.push(
        fieldError.invalid(
          `${path}.${field}`,
          value,
          "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        ),
      );
    }
  } else if (typeof value === 'number' && value < 0)
    errors.push(fieldError.invalid(`${path}.${field}`, value, 'must be greater than or equal to 0'));
}

export function atMost100Percent(object: unknown, path: string, field: string, errors: Errors): void {
  const value = at(object, field);
  if (typeof value === 'string' && /^[0-9]+%$/.test(value) && Number(value.slice(0, -1)) > 100) {
    errors.push(fieldError.invalid(`${path}.${field}`, value, 'must not be greater than 100%'));
  }
}

export function labels(values: unknown, path: string, errors: Errors): void {
  for (const [key, value] of Object.entries(record({ values }, 'values'))) {
    problems(path, key, qualifiedName(key), errors);
    problems(path, value, labelValue(String(value)), errors);
  }
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** Judges the values that a set operator of a selector takes. False for any other operator. */
function judgeSetOperator(operator: string, values: readonly unknown[], here: string, errors: Errors): boolean {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(fieldError.required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    return true;
  }
  if (operator !== 'Exists' && operator !== 'DoesNotExist') return false;
  if (values.length > 0)
    errors.push(
      fieldError.forbidden(`${here}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
    );
  return true;
}

/** A metav1.LabelSelector at `field` below `path`. */
export function labelSelector(object: unknown, path: string, field: string, errors: Errors): void {
  const selector = at(object, field);
  if (selector === undefined || selector === null) return;
  labels(at(selector, 'matchLabels'), `${path}.${field}.matchLabels`, errors);
  for (const [index, expression] of objects(selector, 'matchExpressions').entries()) {
    const here = `${path}.${field}.matchExpressions[${index}]`;
    const operator = text(expression, 'operator');
    const values = list(expression, 'values');
    if (!judgeSetOperator(operator, values, here, errors))
      errors.push(fieldError.invalid(`${here}.operator`, operator, 'not a valid selector operator'));
    problems(`${here}.key`, text(expression, 'key'), qualifiedName(text(expression, 'key')), errors);
    for (const [valueIndex, value] of values.entries())
      problems(`${here}.values[${valueIndex}]`, value, labelValue(String(value)), errors);
  }
}

/** A value as the real server's internal types print it: all fields, under their Go names, null where absent. */
export function internalForm(object: unknown, names: readonly string[]): { [name: string]: unknown } {
  const field = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
  return Object.fromEntries(
    names.map((name) => [name, at(object, name === 'APIGroup' ? 'apiGroup' : field(name)) ?? null]),
  );
}

/** Whether a selector matches labels; undefined where the selector is no valid one. */
export function selectorMatches(selector: unknown, values: { readonly [key: string]: Json }): boolean | undefined {
  const required = Object.entries(record({ selector }, 'selector.matchLabels'));
  if (required.some(([key, value]) => qualifiedName(key).length + labelValue(String(value)).length > 0))
    return undefined;
  for (const expression of objects({ selector }, 'selector.matchExpressions')) {
    const operator = text(expression, 'operator');
    if (!operators.includes(operator)) return undefined;
    const given = list(expression, 'values').map(String);
    if ((operator === 'In' || operator === 'NotIn') !== given.length > 0) return undefined;
    if (qualifiedName(text(expression, 'key')).length > 0 || given.some((value) => labelValue(value).length > 0))
      return undefined;
  }
  for (const [key, value] of required) if (values[key] !== value) return false;
  for (const expression of objects({ selector }, 'selector.matchExpressions')) {
    const operator = text(expression, 'operator');
    const value = values[text(expression, 'key')];
    const listed = value !== undefined && list(expression, 'values').includes(value);
    if (operator === 'In' && !listed) return false;
    if (operator === 'NotIn' && listed) return false;
    if (operator === 'Exists' && value === undefined) return false;
    if (operator === 'DoesNotExist' && value !== undefined) return false;
  }
  return true;
}

export function isEmptySelector(selector: unknown): boolean {
  return (
    Object.keys(record({ selector }, 'selector.matchLabels')).length +
      list({ selector }, 'selector.matchExpressions').length ===
    0
  );
}

/** Problems with a key of a ConfigMap or Secret. */
export function dataKeyProblems(key: string): string[] {
  const found: string[] = [];
  if (key.length > 253) found.push('must be no more than 253 characters');
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
    found.push(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    );
  }
  if (key === '.') found.push("must not be '.'");
  if (key === '..') found.push("must not be '..'");
  else if (key.startsWith('..')) found.push("must not start with '..'");
  return found;
}

/** A quantity's value at `path` must not be negative. */
export function nonNegativeQuantity(value: unknown, path: string, errors: Errors): void {
  const quantity = parseQuantity(String(value));
  if (quantity !== undefined && quantity.nano < 0n)
    errors.push(fieldError.invalid(path, value, 'must be greater than or equal to 0'));
}

/** Negative, zero or positive as the left quantity is smaller, equal or larger; zero where either is none. */
export function quantityOrder(left: unknown, right: unknown): number {
  const a = parseQuantity(String(left));
  const b = parseQuantity(String(right));
  return a === undefined || b === undefined ? 0 : compareQuantity(a, b);
}

/** No two of the strings in a list may be the same. */
export function unique(values: readonly unknown[], path: (index: number) => string, errors: Errors): void {
  for (const [index, value] of values.entries())
    if (values.indexOf(value) < index) errors.push(fieldError.duplicate(path(index), value));
}

/** A value that is longer than it may be, in bytes. */
export function maxBytes(value: string, path: string, limit: number, errors: Errors): void {
  if (Buffer.byteLength(value) > limit) errors.push(fieldError.tooLong(path, limit));
}

/** An integer quantity at `path`; one of nano-units is none. */
export function wholeQuantity(value: unknown, path: string, errors: Errors): void {
  const quantity = parseQuantity(String(value));
  if (quantity !== undefined && quantity.nano % 1_000_000_000n !== 0n)
    errors.push(fieldError.invalid(path, value, 'must be an integer'));
}

/** Names of standard compute resources, and of those that belong to a vendor. */
export function isStandardOrQualified(name: string): boolean {
  return name.includes('/') || /^(cpu|memory|ephemeral-storage|hugepages-.*)$/.test(name);
}

/** core/v1.NodeSelectorTerm at `path`. */
export function nodeSelectorTerm(term: unknown, path: string, errors: Errors): void {
  for (const [index, expression] of objects(term, 'matchExpressions').entries()) {
    const here = `${path}.matchExpressions[${index}]`;
    const operator = text(expression, 'operator');
    const values = list(expression, 'values');
    if (operator === 'Gt' || operator === 'Lt') {
      if (values.length !== 1)
        errors.push(
          fieldError.required(`${here}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"),
        );
    } else if (!judgeSetOperator(operator, values, here, errors))
      errors.push(fieldError.invalid(`${here}.operator`, operator, 'not a valid selector operator'));
    const key = text(expression, 'key');
    problems(`${here}.key`, key, qualifiedName(key), errors);
  }
  for (const [index, requirement] of objects(term, 'matchFields').entries()) {
    const here = `${path}.matchFields[${index}]`;
    const operator = text(requirement, 'operator');
    const values = list(requirement, 'values').map(String);
    if (operator !== 'In' && operator !== 'NotIn')
      errors.push(fieldError.invalid(`${here}.operator`, operator, 'not a valid selector operator'));
    else if (values.length !== 1) {
      const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
      errors.push(fieldError.required(`${here}.values`, detail));
    }
    const key = text(requirement, 'key');
    if (key !== 'metadata.name') errors.push(fieldError.invalid(`${here}.key`, key, 'not a valid field selector key'));
    else
      for (const [at, value] of values.entries())
        problems(`${here}.values[${at}]`, value, dns1123Subdomain(value), errors);
  }
}

/** `acme.io/foo` */
export function domainPrefixedPath(value: string, path: string, errors: Errors): void {
  const slash = value.indexOf('/');
  const [host, rest] = [value.slice(0, slash), value.slice(slash + 1)];
  if (value === '') errors.push(fieldError.required(path));
  else if (slash < 1 || rest === '')
    errors.push(fieldError.invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  else {
    problems(path, host, dns1123Subdomain(host), errors);
    const detail = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
    if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest)) errors.push(fieldError.invalid(path, rest, detail));
  }
}

/** What the server itself could not make out about a field. */
export function internalFieldError(field: string, detail: string): FieldError {
  return { type: 'InternalError', field, badValue: null, detail, body: `Internal error: ${detail}` };
}

/** A string that may be left out, and is judged when it is given, empty or not. */
export function given(
  object: unknown,
  path: string,
  field: string,
  judge: (value: string) => string[],
  errors: Errors,
): void {
  const value = at(object, field);
  if (typeof value === 'string') problems(`${path}${path === '' ? '' : '.'}${field}`, value, judge(value), errors);
}

/** A list with more items than it may have. */
export function tooMany(field: string, count: number, limit: number): FieldError {
  return {
    type: 'FieldValueTooMany',
    field,
    badValue: count,
    detail: `must have at most ${limit} items`,
    body: `Too many: ${count}: must have at most ${limit} items`,
  };
}
