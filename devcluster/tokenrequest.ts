/** TokenRequests: tokens of service accounts, for a time, perhaps for as long as a pod, a secret or a node is there. */
import { bodyAttributes } from './admission/bodies.ts';
import { issuer, type TokenClaims, type TokenIssuer } from './authn/tokens.ts';
import { tokenRequestType } from './builtin/index.ts';
import type { RegistryContext } from './registry/call.ts';
import { timestamp } from './registry/call.ts';
import { isObject } from './registry/copy.ts';
import { track } from './registry/create.ts';
import type { Exchange } from './request/exchange.ts';
import { negotiate } from './request/negotiate.ts';
import { readObject } from './request/object.ts';
import { sendWarnings } from './request/response.ts';
import { sendResult } from './request/result.ts';
import { badRequest, conflict, fieldError, invalid, methodNotAllowed, notFound } from './request/status.ts';
import { callOf } from './request/writeOptions.ts';
import type { ResourceDefinition } from './types.ts';

type Fields = { readonly [key: string]: unknown };

const fields = (value: unknown): Fields => (isObject(value) ? value : {});

/** What kubelets ask for: such a token of a pod is good for a year, and known as stale after what was asked for. */
const warnOnlySeconds = 3607;
const extendedSeconds = 365 * 24 * 3600;

/** POST of a TokenRequest. Throws 400, 404, 409 or 422. */
export async function requestToken(context: RegistryContext, tokens: TokenIssuer, exchange: Exchange): Promise<void> {
  const { info, request } = exchange;
  if (info.method !== 'POST') throw methodNotAllowed();
  const definition =
    context.resources.find('authentication.k8s.io', 'v1', 'tokenrequests') ?? tokenRequestDefinition(context);
  const entry = context.store.get('/serviceaccounts', `${info.namespace}/${info.name}`);
  if (entry === undefined && context.store.get('/namespaces', info.namespace) === undefined)
    throw notFound({ group: '', resource: 'namespaces' }, info.namespace);
  if (entry === undefined) throw notFound({ group: '', resource: 'serviceaccounts' }, info.name);
  const account = context.store.object(entry);
  const call = callOf(exchange, definition, 'CreateOptions');
  let object = await readObject(context, exchange, call);
  if ((object.metadata.namespace ?? info.namespace) !== info.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const named = object.metadata.name ?? '';
  if (named !== '' && named !== info.name) {
    const detail = 'must match the service account name if specified';
    const error = fieldError.invalid('metadata.name', named, detail);
    throw invalid('authentication.k8s.io', 'TokenRequest', info.name, [error]);
  }
  object.spec = { ...fields(object.spec), expirationSeconds: fields(object.spec).expirationSeconds ?? 3600 };
  track(context, call, undefined, object);
  const accounts = context.resources.find('', 'v1', 'serviceaccounts') as ResourceDefinition;
  const attributes = bodyAttributes(call, object, accounts);
  object = (await context.admission.mutate(attributes)) ?? object;
  const spec = { ...fields(object.spec) };
  const seconds = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : 3600;
  const errors = [];
  if (seconds < 600)
    errors.push(
      fieldError.invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'),
    );
  if (seconds > 2 ** 32)
    errors.push(
      fieldError.invalid('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds'),
    );
  if (errors.length > 0) throw invalid('authentication.k8s.io', 'TokenRequest', '', errors);
  const bound = checkBound(context, info.namespace, info.name, spec.boundObjectRef);
  const audiences = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences.map(String) : [issuer];
  const now = Math.floor(context.now().getTime() / 1000);
  const expires = now + seconds;
  const own = audiences.length === 1 && audiences[0] === issuer;
  const extended = seconds === warnOnlySeconds && bound.pod !== undefined && own;
  object.metadata = {
    ...object.metadata,
    name: info.name,
    uid: account.metadata.uid ?? '',
    namespace: info.namespace,
    creationTimestamp: timestamp(context.now()),
  };
  object.spec = { ...spec, audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null };
  const empty = { ...object, status: { token: '', expirationTimestamp: null } };
  await context.admission.validate({ ...attributes, object: empty });
  const token = tokens.sign({
    aud: audiences,
    exp: extended ? now + extendedSeconds : expires,
    iat: now,
    iss: issuer,
    jti: context.newUid(),
    'kubernetes.io': {
      namespace: info.namespace,
      serviceaccount: { name: info.name, uid: account.metadata.uid ?? '' },
      ...bound,
      ...(extended ? { warnafter: expires } : {}),
    },
    nbf: now,
    sub: `system:serviceaccount:${info.namespace}:${info.name}`,
  });
  object.status = { token, expirationTimestamp: timestamp(new Date(expires * 1000)) };
  sendWarnings(exchange.response, call.warnings);
  sendResult(context, exchange, definition, 201, negotiate(request.headers.accept, false), object, undefined);
}

/** The object that a token is to be bound to must be there, and a pod must run as the account. Throws 400, 404 or 409. */
function checkBound(
  context: RegistryContext,
  namespace: string,
  account: string,
  reference: unknown,
): Partial<TokenClaims['kubernetes.io']> {
  if (!isObject(reference)) return {};
  const { kind, apiVersion, name, uid } = reference as { [field: string]: string | undefined };
  const [group, version] = (apiVersion ?? '').includes('/') ? (apiVersion ?? '').split('/') : ['', apiVersion ?? ''];
  const plural = group === '' ? { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }[kind ?? ''] : undefined;
  if (plural === undefined) {
    const type = `${group}/${version}`;
    throw badRequest(`cannot bind token to object of type ${type}, Kind=${kind ?? ''}`);
  }
  if ((name ?? '') === '') throw badRequest('Name parameter required.');
  const entry = context.store.get(`/${plural}`, plural === 'nodes' ? (name ?? '') : `${namespace}/${name ?? ''}`);
  if (entry === undefined) throw notFound({ group: '', resource: plural }, name ?? '');
  const object = context.store.object(entry);
  if (uid !== undefined && uid !== object.metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict({ group: '', resource: kind ?? '' }, name ?? '', why);
  }
  if (plural === 'pods' && fields(object.spec).serviceAccountName !== account)
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  const of = { name: name ?? '', uid: object.metadata.uid ?? '' };
  const node = plural === 'pods' ? fields(object.spec).nodeName : undefined;
  if (typeof node !== 'string' || node === '') return { [plural.slice(0, -1)]: of };
  const entryOfNode = context.store.get('/nodes', node);
  const uidOfNode = entryOfNode === undefined ? undefined : context.store.object(entryOfNode).metadata.uid;
  return { pod: of, node: { name: node, uid: uidOfNode ?? '' } };
}

/** TokenRequest is a body without a resource of its own. */
function tokenRequestDefinition(context: RegistryContext): ResourceDefinition {
  const base = context.resources.find('authentication.k8s.io', 'v1', 'tokenreviews') as ResourceDefinition;
  const { applyDefaults: _, prepareForCreate: __, ...rest } = base;
  return { ...rest, plural: 'tokenrequests', kind: 'TokenRequest', ...tokenRequestType };
}
