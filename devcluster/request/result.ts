/** One object as the answer to a request. */
import type { RegistryContext } from '../registry/call.ts';
import { type IncludeObject, partialMetadata, table } from '../registry/printers.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import type { Exchange } from './exchange.ts';
import { printJson } from './json.ts';
import type { Form } from './negotiate.ts';
import { sendText } from './response.ts';
import { badRequest, failure, notFound } from './status.ts';

/** What the rows of a Table are to hold of their objects. Throws 400. */
export function includeOf(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject') ?? '';
  if (asked === 'None' || asked === 'Object' || asked === 'Metadata') return asked;
  if (asked === '') return 'Metadata';
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

/** Sends one object in the form that was asked for. */
export function sendResult(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
  code: number,
  form: Form,
  object: KubeObject | { [key: string]: unknown },
  text: string | undefined,
): void {
  const { request, response, info } = exchange;
  let body: string;
  if (form.as === undefined || object.kind === 'Status') body = text ?? printJson(object);
  else if (form.as === 'Table') {
    const metadata = { resourceVersion: (object as KubeObject).metadata.resourceVersion };
    const include = includeOf(info.query);
    const shown = [object as KubeObject];
    body = printJson(table(definition, shown, metadata, include, context.now(), true, form.metaVersion));
  } else body = printJson(partialMetadata(object as KubeObject, form.metaVersion));
  sendText(request, response, code, body, info.query, form.mediaType);
}

/** What a subresource answers that the resource does not have. */
export function noSubresource(definition: ResourceDefinition, name: string): Error {
  if (definition.custom) return notFound({ group: definition.group, resource: definition.plural }, name);
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** What a path answers that no resource has. */
export function notServed(): Error {
  return Object.assign(notFound({ group: '', resource: '' }, ''), { plain: true });
}
