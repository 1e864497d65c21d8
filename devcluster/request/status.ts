/** Errors as the API answers them: `Status` objects of meta/v1, worded as k8s.io/apimachinery/pkg/api/errors words them. */
import { goQuote } from '../../schema/gofmt.ts';
import type { FieldError } from '../types.ts';
import { rawJson } from './json.ts';

/** One entry of `details.causes`. */
export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** `Status` of meta/v1. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

/** Thrown anywhere below the request handler; answered as it stands. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;
  readonly headers: { readonly [name: string]: string };

  constructor(status: Status, headers: { readonly [name: string]: string } = {}) {
    super(status.message);
    this.status = status;
    this.headers = headers;
  }

  get code(): number {
    return this.status.code ?? 500;
  }
}

/** Group and resource (or kind, where the real server puts it into `details.kind`) that an error is about. */
export interface Subject {
  readonly group: string;
  readonly resource: string;
}

/** `widgets.example.com`, or `pods`. */
export function qualified(subject: Subject): string {
  return subject.group === '' ? subject.resource : `${subject.resource}.${subject.group}`;
}

/** A failure with code, reason, message and details. */
export function failure(code: number, reason: string, message: string, details?: StatusDetails): StatusError {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message };
  if (reason !== '') status.reason = reason;
  if (details !== undefined) status.details = details;
  status.code = code;
  return new StatusError(status);
}

function details(subject: Subject, name: string): StatusDetails {
  const out: StatusDetails = {};
  if (name !== '') out.name = name;
  if (subject.group !== '') out.group = subject.group;
  if (subject.resource !== '') out.kind = subject.resource;
  return out;
}

export function notFound(subject: Subject, name: string): StatusError {
  return failure(404, 'NotFound', `${qualified(subject)} ${quote(name)} not found`, details(subject, name));
}

export function alreadyExists(subject: Subject, name: string): StatusError {
  return failure(409, 'AlreadyExists', `${qualified(subject)} ${quote(name)} already exists`, details(subject, name));
}

export function conflict(subject: Subject, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(subject)} ${quote(name)}: ${why}`;
  return failure(409, 'Conflict', message, details(subject, name));
}

/** The conflict of optimistic concurrency. */
export function modified(subject: Subject, name: string): StatusError {
  return conflict(
    subject,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

export function badRequest(message: string): StatusError {
  return failure(400, 'BadRequest', message);
}

/** The refusal of a body that has no name where its path has one. */
export function nameless(name: string): StatusError {
  return badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
}

export function forbidden(subject: Subject, name: string, why: string): StatusError {
  const message =
    name === ''
      ? `${qualified(subject)} is forbidden: ${why}`
      : `${qualified(subject)} ${quote(name)} is forbidden: ${why}`;
  return failure(403, 'Forbidden', message, details(subject, name));
}

/** Validation failed: one line for each error, one cause each. `kind` is the kind, not the resource. */
export function invalid(group: string, kind: string, name: string, errors: readonly FieldError[]): StatusError {
  const lines = errors.map((error) => `${error.field === '' ? '<nil>' : error.field}: ${error.body}`);
  const unique = [...new Set(lines)];
  const text = unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`;
  const subject = group === '' ? kind : `${kind}.${group}`;
  const message =
    unique.length === 0 ? `${subject} ${quote(name)} is invalid` : `${subject} ${quote(name)} is invalid: ${text}`;
  const out = details({ group, resource: kind }, name);
  if (errors.length > 0) {
    out.causes = errors.map((error) => ({
      reason: error.type,
      message: error.body,
      field: error.field === '' ? '<nil>' : error.field,
    }));
  }
  return failure(422, 'Invalid', message, out);
}

export function methodNotSupported(subject: Subject, action: string): StatusError {
  const message = `${action} is not supported on resources of kind ${quote(qualified(subject))}`;
  return failure(405, 'MethodNotAllowed', message, details(subject, ''));
}

/** What a client gets whose own time-out has passed. */
export function gatewayTimeout(): StatusError {
  return failure(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout', {});
}

/** What a client gets for a method that the path does not have at all. */
export function methodNotAllowed(): StatusError {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function expired(message: string): StatusError {
  return failure(410, 'Expired', message);
}

export function tooLarge(message: string): StatusError {
  return failure(413, 'RequestEntityTooLarge', message);
}

export function notAcceptable(accepted: readonly string[]): StatusError {
  return failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

export function unsupportedMediaType(supported: readonly string[]): StatusError {
  return failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`,
  );
}

export function unauthorized(): StatusError {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

export function internal(message: string): StatusError {
  const out = failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
  return out;
}

/** A server error with no reason, as generic failures come out. */
export function unknownError(message: string): StatusError {
  return failure(500, '', message);
}

export function timeout(message: string, causes: StatusCause[], retryAfter: number): StatusError {
  return new StatusError(
    { ...failure(504, 'Timeout', message, { causes, retryAfterSeconds: retryAfter }).status },
    { 'retry-after': String(retryAfter) },
  );
}

export function serviceUnavailable(message: string): StatusError {
  return failure(503, 'ServiceUnavailable', message);
}

/** A Go-quoted string (`%q`) as messages carry it. */
export function quote(text: string): string {
  return goQuote(text);
}

/** Builders of field errors, worded as k8s.io/apimachinery/pkg/util/validation/field. */
export const fieldError = {
  invalid(field: string, value: unknown, detail: string): FieldError {
    const body = `Invalid value: ${valueText(value)}${detail === '' ? '' : `: ${detail}`}`;
    return { type: 'FieldValueInvalid', field, badValue: value, detail, body };
  },
  required(field: string, detail = ''): FieldError {
    return { type: 'FieldValueRequired', field, detail, body: `Required value${detail === '' ? '' : `: ${detail}`}` };
  },
  forbidden(field: string, detail: string): FieldError {
    return { type: 'FieldValueForbidden', field, detail, body: `Forbidden${detail === '' ? '' : `: ${detail}`}` };
  },
  notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
    const detail = supported.length === 0 ? '' : `supported values: ${supported.map(quote).join(', ')}`;
    const body = `Unsupported value: ${valueText(value)}${detail === '' ? '' : `: ${detail}`}`;
    return { type: 'FieldValueNotSupported', field, badValue: value, detail, body };
  },
  duplicate(field: string, value: unknown): FieldError {
    return {
      type: 'FieldValueDuplicate',
      field,
      badValue: value,
      detail: '',
      body: `Duplicate value: ${valueText(value)}`,
    };
  },
  notFound(field: string, value: unknown): FieldError {
    return { type: 'FieldValueNotFound', field, badValue: value, detail: '', body: `Not found: ${valueText(value)}` };
  },
  tooLong(field: string, max: number): FieldError {
    const detail = `may not be more than ${max} bytes`;
    return { type: 'FieldValueTooLong', field, detail, body: `Too long: ${detail}` };
  },
};

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return goQuote(value);
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? rawJson(String(item)) : item));
}
