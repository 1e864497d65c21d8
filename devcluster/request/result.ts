/** One object as the answer to a request. */
import type { RegistryContext } from '../registry/call.ts';
import { type IncludeObject, partialMetadata, table } from '../registry/printers.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import type { Exchange } from './exchange.ts';
import { printJson } from './json.ts';
import type { Form } from './negotiate.ts';
import { sendText } from './response.ts';
import { badRequest, failure, notFound, unknownError } from './status.ts';

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
  else if (form.as === 'PartialObjectMetadataList') throw isNoList(definition);
  else if (form.as === 'Table') {
    const metadata = { resourceVersion: (object as KubeObject).metadata.resourceVersion };
    const include = includeOf(info.query);
    const shown = [object as KubeObject];
    body = printJson(table(definition, shown, metadata, include, context.now(), true, form.metaVersion));
  } else body = printJson(partialMetadata(object as KubeObject, form.metaVersion));
  sendText(request, response, code, body, info.query, form.mediaType);
}

/** Package of a builtin kind in the real server's sources. */
function goGroup({ group }: ResourceDefinition): string {
  return group === '' ? 'core' : (group.split('.')[0] as string);
}

/** What one object answers a client that wants the metadata of a list. */
function isNoList(definition: ResourceDefinition): Error {
  if (definition.custom) return unknownError('content is not a list');
  const type = `*${goGroup(definition)}.${definition.kind}`;
  const why = `you requested PartialObjectMetadataList, but the requested object is not a list (${type})`;
  return failure(406, 'NotAcceptable', why);
}

/** What a list answers a client that wants the metadata of one object. */
export function isList(definition: ResourceDefinition): Error {
  const type = definition.custom ? 'unstructured.UnstructuredList' : `${goGroup(definition)}.${definition.kind}List`;
  const why = `you requested PartialObjectMetadata, but the requested object is a list (*${type})`;
  return failure(406, 'NotAcceptable', why);
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
