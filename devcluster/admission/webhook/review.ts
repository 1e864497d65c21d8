/** AdmissionReview of admission.k8s.io, there and back. */
import { cannotUnmarshal, jsonWord, typeMetaStruct } from '../../../schema/gojson.ts';
import { isObject } from '../../registry/copy.ts';
import { JsonSyntaxError, parseJson } from '../../request/json.ts';
import { parseYaml } from '../../request/yaml.ts';
import type { AdmissionAttributes } from '../chain.ts';
import { type Invocation, kindOf, namespaceOf, resourceOf } from '../kinds.ts';

const reviewVersions = new Set(['v1', 'v1beta1']);

/** The first of the versions that a webhook takes and we speak. */
export function reviewVersion(accepted: readonly string[]): string | undefined {
  return accepted.find((version) => reviewVersions.has(version));
}

/** `request` of a review without uid and objects, as expressions see it too. Empty values are left out. */
export function requestFields(invocation: Pick<Invocation, 'attributes' | 'definition'>): { [field: string]: unknown } {
  const { attributes, definition } = invocation;
  const { subresource, user, name } = attributes;
  const namespace = namespaceOf(attributes);
  const kind = kindOf(definition, subresource);
  const resource = resourceOf(definition);
  const own = definition === attributes.definition;
  // Built step by step: this runs for each condition of each write, and spreading what is empty costs more than all else here.
  const fields: { [field: string]: unknown } = { kind, resource };
  if (subresource !== '') fields.subResource = subresource;
  fields.requestKind = own ? kind : kindOf(attributes.definition, subresource);
  fields.requestResource = own ? resource : resourceOf(attributes.definition);
  if (subresource !== '') fields.requestSubResource = subresource;
  if (name !== '') fields.name = name;
  if (namespace !== '') fields.namespace = namespace;
  fields.operation = attributes.operation;
  const userInfo: { [field: string]: unknown } = {};
  if (user.username !== '') userInfo.username = user.username;
  if (user.uid) userInfo.uid = user.uid;
  if (user.groups.length > 0) userInfo.groups = user.groups;
  if (user.extra !== undefined && Object.keys(user.extra).length > 0) userInfo.extra = user.extra;
  fields.userInfo = userInfo;
  fields.dryRun = attributes.dryRun;
  fields.options = optionsOf(attributes);
  return fields;
}

/** The options of a request; a patch is a create or update by the time that admission sees it. */
function optionsOf({ options, operation }: AdmissionAttributes): object | null {
  if (Object.keys(options).length === 0) return null;
  if (options.kind !== 'PatchOptions') return options;
  const { force: _, ...rest } = options;
  return { ...rest, kind: operation === 'CREATE' ? 'CreateOptions' : 'UpdateOptions' };
}

/** The review that a webhook is sent. */
export function admissionReview(version: string, uid: string, invocation: Invocation): object {
  const { dryRun, options, kind, ...fields } = requestFields(invocation);
  return {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${version}`,
    request: {
      uid,
      kind,
      ...fields,
      object: invocation.object ?? null,
      oldObject: invocation.oldObject ?? null,
      dryRun,
      options,
    },
  };
}

/** What a webhook has said, checked. */
export interface ReviewResponse {
  readonly allowed: boolean;
  readonly result: { readonly [field: string]: unknown } | undefined;
  /** JSON text of a JSON Patch; '' for none. */
  readonly patch: string;
  readonly patchType: string;
  readonly warnings: readonly string[];
}

/** An answer that is no valid review. `decoding`: it could not even be read as one. */
export class InvalidReview extends Error {
  override readonly name = 'InvalidReview';
  readonly decoding: boolean;
  constructor(message: string, decoding = false) {
    super(message);
    this.decoding = decoding;
  }
}

/** Reads a webhook's answer. Throws `InvalidReview`. */
export function readReview(text: string, version: string, uid: string, mutating: boolean): ReviewResponse {
  const review = decode(text);
  checkKind(review, version);
  const { response } = review;
  if (response === undefined || response === null) throw new InvalidReview('webhook response was absent');
  if (!isObject(response)) throw unmarshal(response, 'AdmissionReview.response', 'v1.AdmissionResponse');
  checkTypes(response);
  const patch = decodePatch(response.patch);
  const patchType = response.patchType ?? undefined;
  if (version === 'v1') {
    if (response.uid !== uid) {
      throw new InvalidReview(
        `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(String(response.uid ?? ''))}`,
      );
    }
    if (!review.apiVersion || !review.kind) {
      throw new InvalidReview(
        `expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${String(review.apiVersion || '/')}, Kind=${String(review.kind ?? '')}`,
      );
    }
    checkPatch(patch, patchType, mutating);
  }
  return {
    allowed: response.allowed === true,
    result: isObject(response.status) ? response.status : undefined,
    patch: mutating ? patch : '',
    patchType: version === 'v1' ? String(patchType ?? '') : patch === '' ? '' : 'JSONPatch',
    warnings: Array.isArray(response.warnings) ? response.warnings.map(String) : [],
  };
}

/** Text that is no JSON is read as YAML, as the real server reads every answer. */
function parseAsYaml(text: string, error: JsonSyntaxError): unknown {
  try {
    return parseYaml(text).value;
  } catch {
    const why = error.message === 'EOF' ? 'unexpected end of JSON input' : error.message;
    throw new InvalidReview(`couldn't get version/kind; json parse error: ${why}`, true);
  }
}

function decode(text: string): { [key: string]: unknown } {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    value = parseAsYaml(text, error);
  }
  if (!isObject(value)) {
    throw new InvalidReview(
      `couldn't get version/kind; json parse error: ${cannotUnmarshal(value, `value of type ${typeMetaStruct}`)}`,
      true,
    );
  }
  return value;
}

/** Refuses what can be no review of this version; a review that does not say what it is passes here. */
function checkKind(review: { [key: string]: unknown }, version: string): void {
  const apiVersion = String(review.apiVersion ?? '');
  const kind = String(review.kind ?? '');
  if (apiVersion === '' || kind === '') return;
  const [group, own] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const isReview = kind === 'AdmissionReview' && group === 'admission.k8s.io' && reviewVersions.has(own ?? '');
  const isStatus = kind === 'Status' && (apiVersion === 'v1' || group === 'admission.k8s.io');
  if (!isReview && !isStatus) {
    throw new InvalidReview(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
      true,
    );
  }
  if (isReview && own === version) return;
  throw new InvalidReview(`converting (${own}.${kind}) to (${version}.AdmissionReview): unknown conversion`, true);
}

function checkPatch(patch: string, patchType: unknown, mutating: boolean): void {
  if (!mutating) {
    if (patch !== '') throw new InvalidReview('validating webhook may not return response.patch');
    if (patchType !== undefined) throw new InvalidReview('validating webhook may not return response.patchType');
    return;
  }
  if (patch !== '' && patchType === undefined) {
    throw new InvalidReview('webhook returned response.patch but not response.patchType');
  }
  if (patch === '' && patchType !== undefined) {
    throw new InvalidReview('webhook returned response.patchType but not response.patch');
  }
  if (patchType === '') throw new InvalidReview('webhook returned invalid response.patchType of ""');
}

function checkTypes(response: { [key: string]: unknown }): void {
  const expected: { readonly [field: string]: [string, string] } = {
    uid: ['string', 'types.UID'],
    allowed: ['bool', 'bool'],
    status: ['object', 'v1.Status'],
    patch: ['string', '[]uint8'],
    patchType: ['string', 'v1.PatchType'],
    auditAnnotations: ['object', 'map[string]string'],
    warnings: ['array', '[]string'],
  };
  for (const [field, [type, goType]] of Object.entries(expected)) {
    const value = response[field];
    if (value === undefined || value === null) continue;
    if (jsonWord(value) !== type) throw unmarshal(value, `AdmissionResponse.response.${field}`, goType);
    if (field === 'status' && isObject(value) && typeof (value.code ?? 0) !== 'number')
      throw unmarshal(value.code, 'Status.response.status.code', 'int32');
    const items = type === 'array' || field === 'auditAnnotations' ? Object.values(value) : [];
    const wrong = items.find((item) => typeof item !== 'string');
    if (wrong !== undefined) throw unmarshal(wrong, `AdmissionResponse.response.${field}`, 'string');
  }
}

function unmarshal(value: unknown, field: string, type: string): InvalidReview {
  return new InvalidReview(cannotUnmarshal(value, `struct field ${field} of type ${type}`), true);
}

function decodePatch(value: unknown): string {
  if (typeof value !== 'string') return '';
  const strict = /^[A-Za-z0-9+/\r\n]*={0,2}$/.exec(value);
  const at = strict === null ? value.search(/[^A-Za-z0-9+/\r\n]/) : value.length;
  if (strict === null || value.replace(/[\r\n]/g, '').length % 4 !== 0) {
    throw new InvalidReview(`illegal base64 data at input byte ${at}`, true);
  }
  return Buffer.from(value, 'base64').toString();
}
