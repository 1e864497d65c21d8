/** Validation of a CRD's `spec.conversion`. */
import { dns1035Label } from '../registry/names.ts';
import { fieldError } from '../request/status.ts';
import type { FieldError, JsonObject } from '../types.ts';
import type { CrdSpec } from './custom.ts';

const path = 'spec.conversion';
const known = ['v1', 'v1beta1'];

/** Violations of how a CRD converts between its versions. */
export function validateConversion(conversion: CrdSpec['conversion'] | undefined): FieldError[] {
  if (conversion === undefined) return [];
  const { strategy } = conversion;
  const webhook = (conversion as { readonly webhook?: JsonObject }).webhook;
  const versions = Array.isArray(webhook?.conversionReviewVersions)
    ? webhook.conversionReviewVersions.map(String)
    : undefined;
  const client = webhook?.clientConfig as JsonObject | undefined;
  const errors: FieldError[] = [];
  if (strategy === 'Webhook') {
    if (client === undefined)
      errors.push(fieldError.required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook'));
    else errors.push(...validateClient(client));
    if (versions === undefined || versions.length === 0)
      errors.push(fieldError.required(`${path}.conversionReviewVersions`));
    else {
      errors.push(...versionProblems(versions));
      if (!versions.some((version) => known.includes(version))) {
        const detail = `must include at least one of ${known.join(', ')}`;
        errors.push(fieldError.invalid(`${path}.conversionReviewVersions`, versions, detail));
      }
    }
  } else if (strategy === 'None') {
    const detail = 'should not be set when strategy is not set to Webhook';
    if (client !== undefined) errors.push(fieldError.forbidden(`${path}.webhookClientConfig`, detail));
    if (versions !== undefined) errors.push(fieldError.forbidden(`${path}.conversionReviewVersions`, detail));
  } else errors.push(fieldError.notSupported(`${path}.strategy`, strategy, ['None', 'Webhook']));
  return errors;
}

function versionProblems(versions: readonly string[]): FieldError[] {
  return versions.flatMap((version, index) => {
    const here = `${path}.conversionReviewVersions[${index}]`;
    const detail = dns1035Label(version).join(',');
    if (versions.indexOf(version) < index) return [fieldError.invalid(here, version, 'duplicate version')];
    return detail === '' ? [] : [fieldError.invalid(here, version, detail)];
  });
}

function validateClient(client: JsonObject): FieldError[] {
  const here = `${path}.webhookClientConfig`;
  const { url, service } = client;
  if ((url === undefined) === (service === undefined))
    return [fieldError.required(here, 'exactly one of url or service is required')];
  if (service !== undefined) return validateService(service as JsonObject, `${here}.service`);
  return webhookUrlProblems(String(url), `${here}.url`);
}

function validateService(service: JsonObject, here: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['name', 'namespace']) if (!service[field]) errors.push(fieldError.required(`${here}.${field}`));
  if (typeof service.path === 'string') errors.push(...pathProblems(service.path, `${here}.path`));
  const { port } = service;
  if (typeof port === 'number' && (port < 1 || port > 65535)) {
    const detail = 'port is not valid: must be between 1 and 65535, inclusive';
    errors.push(fieldError.invalid(`${here}.port`, port, detail));
  }
  return errors;
}

function pathProblems(text: string, here: string): FieldError[] {
  if (text === '/' || text === '') return [];
  const errors: FieldError[] = [];
  if (!text.startsWith('/')) errors.push(fieldError.invalid(here, text, "must start with a '/'"));
  const steps = text.slice(1).replace(/\/$/, '').split('/');
  for (const [index, step] of steps.entries())
    if (step === '') errors.push(fieldError.invalid(here, text, `segment[${index}] may not be empty`));
  return errors;
}

/** Violations of a webhook's address. */
export function webhookUrlProblems(text: string, here: string): FieldError[] {
  const form = '; desired format: https://host[/path]';
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    const detail = `url must be a valid URL: parse ${JSON.stringify(text)}: invalid URI for request${form}`;
    return [fieldError.required(here, detail)];
  }
  const errors: FieldError[] = [];
  const refuse = (value: string, detail: string): void => void errors.push(fieldError.invalid(here, value, detail));
  if (parsed.protocol !== 'https:')
    refuse(parsed.protocol.slice(0, -1), `'https' is the only allowed URL scheme${form}`);
  if (parsed.host === '') refuse(parsed.host, `host must be specified${form}`);
  if (parsed.username !== '') refuse(parsed.username, 'user information is not permitted in the URL');
  if (parsed.hash !== '') refuse(parsed.hash.slice(1), 'fragments are not permitted in the URL');
  if (parsed.search !== '') refuse(parsed.search.slice(1), 'query parameters are not permitted in the URL');
  return errors;
}
