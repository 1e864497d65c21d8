/**
 * ComponentStatuses are not stored: the real server asks each component that it takes to be on its host. Storage is this process; a scheduler and
 * a controller-manager of their own nobody has started, and the answer is what dialling them says.
 */
import type { RegistryContext } from './registry/call.ts';
import type { Exchange } from './request/exchange.ts';
import { printJson } from './request/json.ts';
import { listOptions } from './request/list.ts';
import { sendList } from './request/listbody.ts';
import { negotiate } from './request/negotiate.ts';
import { sendWarnings } from './request/response.ts';
import { includeOf, isList, sendResult } from './request/result.ts';
import { selection } from './request/selection.ts';
import { methodNotAllowed, methodNotSupported, notFound } from './request/status.ts';
import type { KubeObject, ResourceDefinition } from './types.ts';

const resource = '/componentstatuses';
const ports: { readonly [name: string]: number } = { 'controller-manager': 10257, scheduler: 10259 };

function component(name: string): KubeObject {
  const address = `127.0.0.1:${ports[name] ?? 0}`;
  const refused = `Get "https://${address}/healthz": dial tcp ${address}: connect: connection refused`;
  const condition = Object.hasOwn(ports, name)
    ? { type: 'Healthy', status: 'False', message: refused }
    : { type: 'Healthy', status: 'True', message: 'ok' };
  return { apiVersion: 'v1', kind: 'ComponentStatus', metadata: { name }, conditions: [condition] };
}

const components: readonly KubeObject[] = [...Object.keys(ports), 'etcd-0'].map(component);

/** Answers GET of one or all; nothing else is allowed. */
export async function serveComponentStatuses(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
): Promise<void> {
  const { request, response, info } = exchange;
  if (info.method !== 'GET' || info.subresource !== '') throw methodNotAllowed();
  if (definition.deprecation !== undefined) sendWarnings(response, [definition.deprecation]);
  if (info.verb === 'watch')
    throw methodNotSupported({ group: definition.group, resource: definition.plural }, 'watch');
  const form = negotiate(request.headers.accept, false, true, true);
  if (info.named) {
    const found = components.find(({ metadata }) => metadata.name === info.name);
    if (found === undefined) throw notFound({ group: '', resource: definition.singular }, info.name);
    sendResult(context, exchange, definition, 200, form, found, undefined);
    return;
  }
  if (form.as === 'PartialObjectMetadata') throw isList(definition);
  listOptions(info.query);
  const selected = selection(definition, info.query);
  const entries = components
    .filter(selected.matches)
    .map((object) => ({ resource, key: object.metadata.name ?? '', revision: 0, json: printJson(object) }));
  const page = { entries, resourceVersion: '', continueToken: '', remaining: undefined };
  await sendList(context, exchange, definition, page, form, form.as === 'Table' ? includeOf(info.query) : 'Metadata');
}
