import type { JsonPatchOperation } from '../../kube/index.ts';
import type { PolicyObject, PolicyUser } from '../../policies/engine/index.ts';

export const ADMISSION_API = 'admission.k8s.io/v1';
const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** `AdmissionRequest` of admission.k8s.io/v1, checked: its fields have the types that are written here. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly subResource: string;
  readonly name: string;
  readonly namespace: string;
  readonly operation: Operation;
  readonly user: PolicyUser;
  readonly dryRun: boolean;
  readonly object: PolicyObject | null;
  readonly oldObject: PolicyObject | null;
}

/** What is decided of a request. */
export interface AdmissionAnswer {
  readonly allowed: boolean;
  /** HTTP status and reason that the API server passes on with a refusal. */
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly patch?: readonly JsonPatchOperation[];
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** What came in, read: a request, or why it cannot be answered otherwise than by a refusal. */
export type DecodedReview =
  | { readonly kind: 'request'; readonly request: AdmissionRequest }
  | {
      readonly kind: 'malformed';
      /** As far as it could be made out; else empty. */
      readonly uid: string;
      readonly apiVersion: string;
      readonly code: number;
      readonly message: string;
    };

type Json = Readonly<Record<string, unknown>>;

/** Only as much of the beginning is searched for the uid of a review that is no JSON. */
const HEAD_BYTES = 4096;

class Malformed extends Error {}

/** Reads an AdmissionReview. Never throws: whatever is wrong becomes part of the answer. */
export function decodeReview(body: Uint8Array, contentType: string | undefined): DecodedReview {
  let apiVersion = ADMISSION_API;
  let uid = '';
  const malformed = (code: number, message: string): DecodedReview => ({
    kind: 'malformed',
    uid,
    apiVersion,
    code,
    message,
  });
  if (body.length === 0) return malformed(400, 'the request body is empty: an AdmissionReview is expected');
  const mediaType = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    uid = salvageUid(body);
    return malformed(415, `Content-Type ${JSON.stringify(contentType ?? '')} is not application/json`);
  }
  try {
    const review = asObject(JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString()), 'the body');
    if (typeof review.apiVersion === 'string' && /^admission\.k8s\.io\/v\w{1,20}$/.test(review.apiVersion)) {
      apiVersion = review.apiVersion;
    }
    const raw = review.request;
    uid = isObject(raw) && typeof raw.uid === 'string' ? raw.uid.slice(0, 256) : '';
    if (review.kind !== 'AdmissionReview' || review.apiVersion !== ADMISSION_API) {
      return malformed(
        400,
        `${shown(review.apiVersion)} ${shown(review.kind)} is not served: an AdmissionReview of ${ADMISSION_API} is expected`,
      );
    }
    return { kind: 'request', request: readRequest(asObject(raw, 'request')) };
  } catch (error) {
    if (error instanceof Malformed) return malformed(400, error.message);
    uid = salvageUid(body);
    // The parser's message quotes the body, which may hold anything.
    return malformed(400, 'the body is no JSON');
  }
}

/** The JSON text of an answer. */
export function encodeReview(uid: string, answer: AdmissionAnswer, apiVersion = ADMISSION_API): string {
  const { allowed, code, reason, message, patch, warnings, auditAnnotations } = answer;
  return JSON.stringify({
    apiVersion,
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed,
      ...(code === undefined && message === undefined
        ? {}
        : { status: { metadata: {}, status: allowed ? 'Success' : 'Failure', message, reason, code } }),
      ...(patch === undefined || patch.length === 0
        ? {}
        : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
      ...(warnings === undefined || warnings.length === 0 ? {} : { warnings }),
      ...(auditAnnotations === undefined ? {} : { auditAnnotations }),
    },
  });
}

/** The uid near the beginning of a review, where the API server writes it; empty where there is none. */
export function salvageUid(body: Uint8Array): string {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, HEAD_BYTES)).toString('latin1');
  return /"request"\s{0,100}:\s{0,100}\{\s{0,100}"uid"\s{0,100}:\s{0,100}"([0-9A-Za-z-]{1,128})"/.exec(head)?.[1] ?? '';
}

function readRequest(raw: Json): AdmissionRequest {
  const uid = text(raw, 'uid');
  if (uid === '') throw new Malformed('request.uid is missing');
  const operation = OPERATIONS.find((known) => known === raw.operation);
  if (operation === undefined) {
    throw new Malformed(`request.operation ${shown(raw.operation)} is none of ${OPERATIONS.join(', ')}`);
  }
  const resource = asObject(raw.resource, 'request.resource');
  const kind = asObject(raw.kind, 'request.kind');
  return {
    uid,
    operation,
    resource: {
      group: text(resource, 'group'),
      version: text(resource, 'version'),
      resource: text(resource, 'resource'),
    },
    kind: { group: text(kind, 'group'), version: text(kind, 'version'), kind: text(kind, 'kind') },
    subResource: text(raw, 'subResource'),
    name: text(raw, 'name'),
    namespace: text(raw, 'namespace'),
    user: readUser(asObject(raw.userInfo, 'request.userInfo')),
    dryRun: raw.dryRun === true,
    object: readObject(raw.object, 'request.object'),
    oldObject: readObject(raw.oldObject, 'request.oldObject'),
  };
}

function readUser(raw: Json): PolicyUser {
  const extra = raw.extra ?? undefined;
  return {
    username: text(raw, 'username'),
    ...(typeof raw.uid === 'string' && raw.uid !== '' ? { uid: raw.uid } : {}),
    groups: strings(raw.groups, 'request.userInfo.groups'),
    ...(extra === undefined
      ? {}
      : {
          extra: Object.fromEntries(
            Object.entries(asObject(extra, 'request.userInfo.extra')).map(([key, values]) => [
              key,
              strings(values, 'request.userInfo.extra'),
            ]),
          ),
        }),
  };
}

/** An object, with metadata that is what API servers send: maps of text, lists of objects. */
function readObject(value: unknown, field: string): PolicyObject | null {
  if (value === undefined || value === null) return null;
  const object = asObject(value, field);
  const metadata = asObject(object.metadata ?? {}, `${field}.metadata`);
  for (const name of ['labels', 'annotations'] as const) {
    const map = metadata[name] ?? {};
    if (!isObject(map) || Object.values(map).some((each) => typeof each !== 'string')) {
      throw new Malformed(`${field}.metadata.${name} is no map of text`);
    }
  }
  for (const name of ['name', 'namespace', 'uid', 'deletionTimestamp', 'creationTimestamp'] as const) {
    if (metadata[name] !== undefined && metadata[name] !== null && typeof metadata[name] !== 'string') {
      throw new Malformed(`${field}.metadata.${name} is no text`);
    }
  }
  for (const name of ['apiVersion', 'kind'] as const) text(object, name);
  return object as PolicyObject;
}

function strings(value: unknown, field: string): string[] {
  const list = value ?? [];
  if (!Array.isArray(list) || list.some((item) => typeof item !== 'string')) {
    throw new Malformed(`${field} is no list of text`);
  }
  return list as string[];
}

/** The text of a field; empty where it is absent. */
function text(object: Json, field: string): string {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new Malformed(`${field} ${shown(value)} is no text`);
  return value;
}

function asObject(value: unknown, field: string): Json {
  if (!isObject(value)) throw new Malformed(`${field} is no object`);
  return value;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Short, and safe to build of anything: a value of any depth is only named by its type. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : value === null ? 'null' : `(${typeof value})`;
