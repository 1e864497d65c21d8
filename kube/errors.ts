/** What went wrong, in the words a caller decides by. */
export type KubeErrorCode =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Invalid'
  | 'BadRequest'
  | 'Forbidden'
  | 'Unauthorized'
  | 'Gone'
  | 'TooManyRequests'
  | 'Timeout'
  | 'Unavailable'
  | 'Network'
  | 'Aborted'
  | 'TooLarge'
  | 'Unsupported'
  | 'Internal';

/** `details` of a Kubernetes Status. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly retryAfterSeconds?: number;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
}

export interface KubeErrorFields {
  /** HTTP status, or the `code` of a watch's ERROR event. Absent where no answer came. */
  readonly status?: number;
  /** The Status' `reason`. Absent where the answer was no Status: a 404 then means that the server does not know the path. */
  readonly reason?: string;
  readonly details?: StatusDetails;
  /** Milliseconds the server asked us to wait. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** The one error that `kube/` rejects with. The message names the call and the object, never a credential. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: KubeErrorCode;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly details: StatusDetails | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: KubeErrorCode, message: string, fields: KubeErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = code;
    this.status = fields.status;
    this.reason = fields.reason;
    this.details = fields.details;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

const hasCode = (error: unknown, code: KubeErrorCode): boolean => error instanceof KubeError && error.code === code;

/** The object, or the path, does not exist. */
export const isNotFound = (error: unknown): boolean => hasCode(error, 'NotFound');
/** A create of a name that is taken. */
export const isAlreadyExists = (error: unknown): boolean => hasCode(error, 'AlreadyExists');
/** The object changed since it was read, or another field manager owns the field. Read again, decide again. */
export const isConflict = (error: unknown): boolean => hasCode(error, 'Conflict');
/** The resourceVersion or continue token is too old: list from the start. */
export const isGone = (error: unknown): boolean => hasCode(error, 'Gone');
export const isAborted = (error: unknown): boolean => hasCode(error, 'Aborted');

const RETRIABLE: ReadonlySet<KubeErrorCode> = new Set([
  'TooManyRequests',
  'Timeout',
  'Unavailable',
  'Network',
  'Internal',
]);

/**
 * The same call may succeed later, unchanged. Says nothing about whether a write took effect: after `Timeout`,
 * `Network` and `Internal` it may have. A `Conflict` is not retriable: the caller has to read again first.
 */
export const isRetriable = (error: unknown): boolean => error instanceof KubeError && RETRIABLE.has(error.code);

/**
 * The error that an API server's answer stands for.
 *
 * @param call what was asked, e.g. `patch TaskRun default/a (status)`
 * @param status HTTP status, or a Status' `code`
 * @param body the parsed Status, else the answer's text
 * @param retryAfter the Retry-After header (seconds), if any
 */
export function errorFromAnswer(call: string, status: number, body: unknown, retryAfter?: string): KubeError {
  const answer = isStatus(body) ? body : undefined;
  const message =
    answer?.message ?? (typeof body === 'string' && body !== '' ? cut(body.trim(), 300) : `HTTP ${status}`);
  const reason = answer?.reason === '' ? undefined : answer?.reason;
  return new KubeError(codeOf(status, reason, message), `${call}: ${message}`, {
    status,
    reason,
    details: answer?.details,
    retryAfterMs: retryAfterMs(retryAfter, answer?.details),
  });
}

function codeOf(status: number, reason: string | undefined, message: string): KubeErrorCode {
  if (reason === 'AlreadyExists') return 'AlreadyExists';
  if (reason === 'Expired' || reason === 'Gone') return 'Gone';
  if (reason === 'Timeout' || reason === 'ServerTimeout') return 'Timeout';
  switch (status) {
    case 400:
      return 'BadRequest';
    case 401:
      return 'Unauthorized';
    case 403:
      return 'Forbidden';
    case 404:
      return 'NotFound';
    case 405:
    case 406:
    case 415:
    case 501:
      return 'Unsupported';
    case 408:
    case 504:
      return 'Timeout';
    case 409:
      return 'Conflict';
    case 410:
      return 'Gone';
    case 413:
      return 'TooLarge';
    case 422:
      return 'Invalid';
    case 429:
      return 'TooManyRequests';
    case 502:
    case 503:
      return 'Unavailable';
    default:
      // An object that outgrew etcd arrives as a 500 without a reason.
      return message.includes('request is too large') || message.includes('trying to send message larger than')
        ? 'TooLarge'
        : 'Internal';
  }
}

interface Status {
  readonly kind: 'Status';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
}

function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';
}

function retryAfterMs(header: string | undefined, details: StatusDetails | undefined): number | undefined {
  const seconds = header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : details?.retryAfterSeconds;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

/** An error's message, or the thrown thing as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
