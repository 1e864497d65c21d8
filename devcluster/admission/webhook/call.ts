/** One review: to the webhook and back, or why it failed. */
import { randomUUID } from 'node:crypto';
import type { RegistryContext } from '../../registry/call.ts';
import { isObject } from '../../registry/copy.ts';
import { parseJson, printJson } from '../../request/json.ts';
import { badRequest, forbidden, internal, type Status, StatusError } from '../../request/status.ts';
import { evaluateConditions } from '../cel/conditions.ts';
import { evaluator } from '../cel/environment.ts';
import { type AdmissionAttributes, refusedName } from '../chain.ts';
import { type Invocation, versionedInvocation } from '../kinds.ts';
import { matchNamespace, matchObject, matchRules } from '../match.ts';
import { CallFailure, type WebhookAnswer, type WebhookClient } from './client.ts';
import type { Webhook } from './config.ts';
import { type ServiceAddresses, webhookTarget } from './resolve.ts';
import { admissionReview, InvalidReview, type ReviewResponse, readReview, reviewVersion } from './review.ts';

/** A webhook could not be asked, or answered nonsense: failurePolicy decides. */
export class CallingError extends Error {
  override readonly name = 'CallingError';
  constructor(webhook: string, reason: string) {
    super(`failed calling webhook ${JSON.stringify(webhook)}: ${reason}`);
  }
}

/** What calls are made with. */
export interface Caller {
  readonly context: RegistryContext;
  readonly client: WebhookClient;
  readonly addresses: ServiceAddresses;
}

/** The request as `hook` is to see it; undefined where the hook is not for it. Throws StatusError. */
export function invocationOf(
  { context }: Caller,
  hook: Webhook,
  attributes: AdmissionAttributes,
): Invocation | undefined {
  const inNamespace = matchNamespace(context, hook.namespaceSelector, attributes);
  if (inNamespace === false) return undefined;
  const ofObject = matchObject(hook.objectSelector, attributes);
  if (ofObject === false) return undefined;
  const definition = matchRules(context, hook.rules, hook.matchPolicy, attributes);
  if (definition === undefined) return undefined;
  if (inNamespace !== true) throw inNamespace;
  if (ofObject !== true) throw ofObject;
  const invocation = versionedInvocation(attributes, definition);
  if (hook.conditions === undefined) return invocation;
  const matches = evaluateConditions(hook.conditions, evaluator(context, invocation));
  if (matches === true) return invocation;
  if (matches === false || hook.failurePolicy === 'Ignore') return undefined;
  const subject = { group: attributes.definition.group, resource: attributes.definition.plural };
  throw forbidden(subject, refusedName(attributes), matches.message);
}

/** Asks a webhook. Throws `CallingError`, or a StatusError that no failurePolicy changes. */
export async function callWebhook(
  caller: Caller,
  hook: Webhook,
  invocation: Invocation,
  mutating: boolean,
): Promise<ReviewResponse> {
  const { name } = hook;
  if (invocation.attributes.dryRun && hook.sideEffects !== 'None' && hook.sideEffects !== 'NoneOnDryRun') {
    throw badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
  }
  const version = reviewVersion(hook.admissionReviewVersions);
  if (version === undefined) {
    throw new CallingError(
      name,
      'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)',
    );
  }
  const uid = randomUUID();
  const body = printJson(admissionReview(version, uid, invocation));
  let answer: WebhookAnswer;
  try {
    const target = webhookTarget(caller.context, caller.addresses, hook.clientConfig, hook.timeoutSeconds);
    answer = await caller.client.post(target, body, hook.timeoutSeconds * 1000);
  } catch (error) {
    if (error instanceof CallFailure) throw new CallingError(name, `failed to call webhook: ${error.message}`);
    throw error;
  }
  const problem = httpProblem(answer);
  if (problem !== undefined) throw new CallingError(name, `failed to call webhook: ${problem}`);
  try {
    const response = readReview(answer.body, version, uid, mutating);
    for (const warning of response.warnings) invocation.attributes.warn(warning);
    return response;
  } catch (error) {
    if (!(error instanceof InvalidReview)) throw error;
    const where = error.decoding ? 'failed to call webhook' : 'received invalid webhook response';
    throw new CallingError(name, `${where}: ${error.message}`);
  }
}

/** What is wrong with an answer before its body is read; undefined where nothing is. */
export function httpProblem(answer: WebhookAnswer): string | undefined {
  if (answer.code < 200 || answer.code > 206) return statusMessage(answer.body) ?? serverError(answer);
  if (answer.body !== '') return undefined;
  const type = answer.contentType || 'application/json';
  return `0-length response with status code: ${answer.code} and content type: ${type}`;
}

/** The refusal that a webhook's `allowed: false` becomes. */
export function denial(name: string, result: ReviewResponse['result']): StatusError {
  const text = (field: string): string => (typeof result?.[field] === 'string' ? (result[field] as string) : '');
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`;
  const code = typeof result?.code === 'number' && result.code >= 400 ? result.code : 400;
  const message = text('message') || text('reason');
  const status: Status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: isObject(result?.metadata) ? result.metadata : {},
    status: 'Failure',
    message: message === '' ? `${denied} without explanation` : `${denied}: ${message}`,
    ...(text('reason') === '' ? {} : { reason: text('reason') }),
    ...(isObject(result?.details) ? { details: result.details } : {}),
    code,
  };
  return new StatusError(status);
}

/** What a failed call becomes where failurePolicy is Fail. */
export function failure(error: CallingError): StatusError {
  return internal(error.message);
}

const genericMessages: { readonly [code: number]: string } = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/** What a Status says that came with an HTTP error. */
function statusMessage(body: string): string | undefined {
  if (!body.startsWith('{')) return undefined;
  try {
    const value = parseJson(body);
    if (!isObject(value) || value.kind !== 'Status' || value.apiVersion !== 'v1') return undefined;
    return value.status === 'Success' ? undefined : String(value.message ?? '');
  } catch {
    return undefined;
  }
}

/** Of a longer body, this much is told. */
const longestBody = 2048;

/** An HTTP error as client-go words it. */
function serverError({ code, contentType, body }: WebhookAnswer): string {
  const isText = contentType === '' || contentType.startsWith('text/');
  const said = isText ? body.slice(0, longestBody).trim() : 'unknown';
  const known = genericMessages[code];
  if (known !== undefined) return known;
  if (code === 403 || code === 415) return said;
  if (code === 406)
    return said === 'unknown' ? 'the server was unable to respond with a content type that the client supports' : said;
  if (code >= 500) return `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${code} but did not return more information`;
}
