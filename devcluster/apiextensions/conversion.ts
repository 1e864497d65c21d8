/** Conversion of custom resources between versions by the webhook that their CRD names. */
import { randomUUID } from 'node:crypto';
import { httpProblem } from '../admission/webhook/call.ts';
import { CallFailure, WebhookClient } from '../admission/webhook/client.ts';
import type { ClientConfig } from '../admission/webhook/config.ts';
import { type ServiceAddresses, webhookTarget } from '../admission/webhook/resolve.ts';
import type { RegistryContext } from '../registry/call.ts';
import { copyJson, isObject } from '../registry/copy.ts';
import { parseJson, printJson } from '../request/json.ts';
import { unknownError } from '../request/status.ts';
import type { Converter, KubeObject } from '../types.ts';

/** `spec.conversion.webhook` of a CRD. */
export interface ConversionWebhook {
  readonly clientConfig?: ClientConfig;
  readonly conversionReviewVersions?: readonly string[];
}

/** Makes the converter of a CRD from its webhook. */
export type ConverterFactory = (webhook: ConversionWebhook) => Converter;

const timeoutSeconds = 30;

/** The factory, and what ends its connections. */
export function conversionWebhooks(
  context: () => RegistryContext,
  addresses: ServiceAddresses,
): { readonly converterOf: ConverterFactory; close(): void } {
  const client = new WebhookClient();
  const converterOf: ConverterFactory = (webhook) => async (objects, apiVersion) => {
    const first = objects[0];
    if (first === undefined) return [];
    const slash = first.apiVersion.indexOf('/');
    const kind = `${first.apiVersion.slice(0, slash)}/${first.apiVersion.slice(slash + 1)}, Kind=${first.kind}${objects.length === 1 ? '' : 'List'}`;
    const fail = (why: string): Error => unknownError(`conversion webhook for ${kind} ${why}`);
    let converted: unknown[];
    try {
      converted = await review(client, context(), addresses, webhook, objects, apiVersion);
    } catch (error) {
      if (error instanceof CallFailure || error instanceof ReviewProblem) throw fail(`failed: ${error.message}`);
      throw error;
    }
    if (converted.length !== objects.length)
      throw fail(`returned ${converted.length} objects, expected ${objects.length}`);
    return converted.map((object, index) => {
      const problem = checkConverted(object, objects[index] as KubeObject, apiVersion);
      if (problem !== undefined) {
        const { about, why } = problem;
        const single = { type: 'object at index 0', identity: 'object', metadata: 'metadata' }[about];
        const listed = `${about === 'metadata' ? 'metadata in object' : 'converted object'} at index ${index}`;
        throw fail(`returned invalid ${objects.length === 1 ? single : listed}: ${why}`);
      }
      return keepMetadata(object as KubeObject, objects[index] as KubeObject);
    });
  };
  return { converterOf, close: () => client.close() };
}

/** The webhook's answer is no answer to the review. */
class ReviewProblem extends Error {
  override readonly name = 'ReviewProblem';
}

async function review(
  client: WebhookClient,
  context: RegistryContext,
  addresses: ServiceAddresses,
  webhook: ConversionWebhook,
  objects: readonly KubeObject[],
  desiredAPIVersion: string,
): Promise<unknown[]> {
  const version = webhook.conversionReviewVersions?.find((name) => name === 'v1' || name === 'v1beta1');
  if (version === undefined) throw new ReviewProblem('no supported conversion review versions');
  const uid = randomUUID();
  const apiVersion = `apiextensions.k8s.io/${version}`;
  const request = { uid, desiredAPIVersion, objects };
  const body = printJson({ kind: 'ConversionReview', apiVersion, request });
  const target = webhookTarget(context, addresses, webhook.clientConfig ?? {}, timeoutSeconds);
  const answer = await client.post(target, body, timeoutSeconds * 1000);
  const problem = httpProblem(answer);
  if (problem !== undefined) throw new ReviewProblem(problem);
  let value: unknown;
  try {
    value = parseJson(answer.body);
  } catch (error) {
    throw new ReviewProblem(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
  if (!isObject(value)) throw new ReviewProblem('no response provided');
  if (version === 'v1' && (value.apiVersion !== apiVersion || value.kind !== 'ConversionReview')) {
    const got = `${String(value.apiVersion ?? '/')}, Kind=${String(value.kind ?? '')}`;
    throw new ReviewProblem(`expected webhook response of ${apiVersion}, Kind=ConversionReview, got ${got}`);
  }
  const { response } = value;
  if (!isObject(response)) throw new ReviewProblem('no response provided');
  if (version === 'v1' && response.uid !== uid)
    throw new ReviewProblem(
      `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(String(response.uid ?? ''))}`,
    );
  const result = isObject(response.result) ? response.result : {};
  if (result.status !== 'Success') {
    if (typeof result.message === 'string' && result.message !== '') throw new ReviewProblem(result.message);
    throw new ReviewProblem(`response.result.status was '${String(result.status ?? '')}', not 'Success'`);
  }
  return Array.isArray(response.convertedObjects) ? response.convertedObjects : [];
}

/** What is wrong with an object that the webhook made of another; undefined where nothing is. */
function checkConverted(
  object: unknown,
  original: KubeObject,
  apiVersion: string,
): { readonly about: 'type' | 'identity' | 'metadata'; readonly why: string } | undefined {
  const found: { [field: string]: unknown } = isObject(object) ? object : {};
  const [version, kind] = [String(found.apiVersion ?? ''), String(found.kind ?? '')];
  if (version !== apiVersion)
    return { about: 'type', why: `invalid groupVersion (expected ${apiVersion}, received ${version})` };
  if (kind !== original.kind)
    return { about: 'type', why: `invalid kind (expected ${original.kind}, received ${kind})` };
  if (!isObject(found.metadata)) return { about: 'metadata', why: 'missing metadata in converted object' };
  for (const [field, word] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['uid', 'UID'],
  ] as const) {
    const [expected, given] = [original.metadata[field] ?? '', String(found.metadata[field] ?? '')];
    if (expected !== given) return { about: 'identity', why: `must have the same ${word}: ${expected} != ${given}` };
  }
  return undefined;
}

/** A webhook changes labels and annotations of metadata, and nothing else. */
function keepMetadata(object: KubeObject, original: KubeObject): KubeObject {
  const { labels, annotations } = object.metadata;
  const metadata = { ...copyJson(original).metadata };
  delete metadata.labels;
  delete metadata.annotations;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}
