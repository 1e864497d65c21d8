/** What one may ask of a pod's log, its terminal and its ports: the options in the query, and the container that they are about. */
import { objects, text } from './builtin/access.ts';
import { badRequest, fieldError, invalid } from './request/status.ts';
import type { FieldError, KubeObject } from './types.ts';

/** The pieces of Go's layout of a time, as its errors name them. */
const layout: readonly (readonly [piece: string, pattern: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d(?:[.,]\d+)?/],
  ['Z07:00', /^(?:Z|[+-]\d\d:\d\d)$/],
];

/** Throws 400 for a text that is no time. */
function checkTime(value: string): void {
  let rest = value;
  for (const [piece, pattern] of layout) {
    const found = pattern.exec(rest);
    if (found === null) {
      const [whole, part] = [value, rest].map((item) => JSON.stringify(item));
      throw badRequest(
        `parsing time ${whole} as "2006-01-02T15:04:05Z07:00": cannot parse ${part} as ${JSON.stringify(piece)}`,
      );
    }
    rest = rest.slice(found[0].length);
  }
}

/** Throws 400 for options that cannot be read and 422 for those that no log can have. */
export function checkLogOptions(query: URLSearchParams, name: string): void {
  const integer = (field: string): number | undefined => {
    const value = query.get(field);
    if (value === null || value === '') return undefined;
    if (/^[+-]?\d+$/.test(value)) return Number(value);
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  };
  const [tailLines, limitBytes, sinceSeconds] = ['tailLines', 'limitBytes', 'sinceSeconds'].map(integer);
  const sinceTime = query.get('sinceTime') ?? '';
  if (sinceTime !== '') checkTime(sinceTime);
  const errors: FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0)
    errors.push(fieldError.invalid('tailLines', tailLines, 'must be greater than or equal to 0'));
  if (limitBytes !== undefined && limitBytes < 1)
    errors.push(fieldError.invalid('limitBytes', limitBytes, 'must be greater than 0'));
  if (sinceSeconds !== undefined && sinceTime !== '')
    errors.push(fieldError.forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(fieldError.invalid('sinceSeconds', sinceSeconds, 'must be greater than 0'));
  if (query.get('stream')) errors.push(fieldError.forbidden('stream', 'may not be specified'));
  if (errors.length > 0) throw invalid('', 'PodLogOptions', name, errors);
}

/** Throws 400 for ports that are no numbers. */
export function checkPorts(query: URLSearchParams): void {
  for (const port of query.getAll('ports').flatMap((value) => value.split(',')))
    if (!/^\d+$/.test(port))
      throw badRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(port)}: invalid syntax`);
}

/** The pod must have the container that is asked for, or one alone. Throws 400. */
export function checkContainer(pod: KubeObject, wanted: string): void {
  const name = pod.metadata.name ?? '';
  const namesOf = (field: string): string[] =>
    objects(pod, `spec.${field}`).map((container) => text(container, 'name'));
  const [main = [], init = [], ephemeral = []] = ['containers', 'initContainers', 'ephemeralContainers'].map(namesOf);
  if (wanted !== '') {
    if (![...main, ...init, ...ephemeral].includes(wanted))
      throw badRequest(`container ${wanted} is not valid for pod ${name}`);
    return;
  }
  if (main.length === 1) return;
  const others = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${main.join(' ')}]${others}`);
}
