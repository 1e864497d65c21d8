/** Resources that are questions: access reviews, token reviews, token requests. */

import { admitBody } from './admission/bodies.ts';
import { judgeToken } from './authn/authenticate.ts';
import { issuer, type TokenIssuer } from './authn/tokens.ts';
import { type AccessAttributes, authorize, missingText, type PolicyRule, rulesFor } from './authz/rbac.ts';
import { serveComponentStatuses } from './componentstatuses.ts';
import { bind, podSubresources } from './podsubresources.ts';
import { proxyHandlers } from './proxies.ts';
import type { RegistryContext } from './registry/call.ts';
import { timestamp } from './registry/call.ts';
import { isObject } from './registry/copy.ts';
import { track } from './registry/create.ts';
import { labelValue, qualifiedName } from './registry/names.ts';
import { parseFieldSelector, parseLabelSelector } from './registry/selectors.ts';
import type { Exchange } from './request/exchange.ts';
import { type Form, negotiate } from './request/negotiate.ts';
import { readObject } from './request/object.ts';
import { sendWarnings } from './request/response.ts';
import { sendResult } from './request/result.ts';
import { badRequest, failure, fieldError, invalid, methodNotAllowed } from './request/status.ts';
import { callOf } from './request/writeOptions.ts';
import { requestToken } from './tokenrequest.ts';
import type { FieldError, KubeObject, ResourceDefinition, UserInfo } from './types.ts';

type Handler = (exchange: Exchange, definition: ResourceDefinition) => Promise<void>;
type Fields = { readonly [key: string]: unknown };

/** Handlers of virtual resources by `group/plural`. */
export function reviewHandlers(context: () => RegistryContext, tokens: TokenIssuer): Map<string, Handler> {
  const review =
    (answer: (exchange: Exchange, object: KubeObject) => void): Handler =>
    async (exchange, definition) => {
      if (exchange.info.named) throw failure(404, 'NotFound', 'the server could not find the requested resource', {});
      if (exchange.info.method !== 'POST') throw methodNotAllowed();
      if (definition.namespaced && exchange.info.namespace === '')
        throw failure(404, 'NotFound', 'the server could not find the requested resource', {});
      const form = reviewForm(exchange.request.headers.accept);
      const call = callOf(exchange, definition, 'CreateOptions');
      const sent = await readObject(context(), exchange, call);
      track(context(), call, undefined, sent);
      const object = await admitBody(context(), call, sent);
      answer(exchange, object);
      sendWarnings(exchange.response, call.warnings);
      sendResult(context(), exchange, definition, 201, form, object, undefined);
    };
  const access = (user: UserInfo, object: KubeObject, namespace?: string): void => {
    const spec = fields(object.spec);
    const attributes = attributesOf(user, spec, namespace);
    const { allowed, reason } = authorize(context(), attributes);
    const problems = unreadable(fields(spec.resourceAttributes));
    const error = problems.length > 1 ? `[${problems.join(', ')}]` : problems[0];
    object.status = {
      allowed,
      ...(reason === '' ? {} : { reason }),
      ...(error === undefined ? {} : { evaluationError: error }),
    };
  };
  return new Map<string, Handler>([
    [
      '/bindings',
      async (exchange) => {
        if (exchange.info.method !== 'POST') throw methodNotAllowed();
        await bind(context(), exchange, context().resources.find('', 'v1', 'pods') as ResourceDefinition);
      },
    ],
    ['/componentstatuses', (exchange, definition) => serveComponentStatuses(context(), exchange, definition)],
    [
      'authorization.k8s.io/selfsubjectaccessreviews',
      review((exchange, object) => {
        checkAttributes(object);
        access(exchange.user, object);
      }),
    ],
    [
      'authorization.k8s.io/subjectaccessreviews',
      review((_exchange, object) => {
        checkAttributes(object, true);
        access(subject(fields(object.spec)), object);
      }),
    ],
    [
      'authorization.k8s.io/localsubjectaccessreviews',
      review((exchange, object) => {
        checkAttributes(object, true);
        checkLocal(fields(object.spec), exchange.info.namespace);
        object.metadata.namespace = exchange.info.namespace;
        access(subject(fields(object.spec)), object, exchange.info.namespace);
      }),
    ],
    [
      'authorization.k8s.io/selfsubjectrulesreviews',
      review((exchange, object) => {
        const namespace = String(fields(object.spec).namespace ?? '');
        if (namespace === '') throw badRequest('no namespace on request');
        const missing = new Set<string>();
        const rules = rulesFor(context(), exchange.user, namespace, missing);
        object.spec = {};
        object.metadata = {};
        object.status = {
          resourceRules: rules.filter((rule) => rule.resources?.length).map(({ nonResourceURLs: _, ...rule }) => rule),
          nonResourceRules: rules.filter((rule) => rule.nonResourceURLs?.length).map(nonResource),
          incomplete: false,
          ...(missing.size === 0 ? {} : { evaluationError: missingText(missing) }),
        };
      }),
    ],
    [
      'authentication.k8s.io/selfsubjectreviews',
      review(({ user }, object) => {
        object.metadata.creationTimestamp = timestamp(context().now());
        object.status = { userInfo: userInfo(user) };
      }),
    ],
    [
      'authentication.k8s.io/tokenreviews',
      review((_exchange, object) => {
        const spec = fields(object.spec);
        if (!spec.token) throw badRequest('token is required for TokenReview in authentication');
        const audiences =
          Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences.map(String) : [issuer];
        const verdict = judgeToken(context(), tokens, String(spec.token ?? ''), audiences);
        object.status =
          'problem' in verdict
            ? { user: {}, error: verdict.problem }
            : { authenticated: true, user: userInfo(verdict.user), audiences: verdict.audiences };
      }),
    ],
  ]);
}

/** A review comes whole or as its metadata; it has no table. */
function reviewForm(accept: string | undefined): Form {
  try {
    return negotiate(accept, false, false);
  } catch (error) {
    const form = negotiate(accept, false);
    if (form.as === 'PartialObjectMetadata') return form;
    throw error;
  }
}

function nonResource(rule: PolicyRule): object {
  return { verbs: rule.verbs, nonResourceURLs: rule.nonResourceURLs };
}

function fields(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function userInfo(user: UserInfo): object {
  return {
    username: user.username,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    groups: user.groups,
    ...(user.extra === undefined ? {} : { extra: user.extra }),
  };
}

function subject(spec: Fields): UserInfo {
  return {
    username: String(spec.user ?? ''),
    groups: Array.isArray(spec.groups) ? spec.groups.map(String) : [],
    ...(typeof spec.uid === 'string' ? { uid: spec.uid } : {}),
  };
}

/** What is said of selectors that cannot be read: they do not count. */
function unreadable(attributes: Fields): string[] {
  const parsers = { fieldSelector: parseFieldSelector, labelSelector: parseLabelSelector };
  return Object.entries(parsers).flatMap(([field, parse]) => {
    const { rawSelector: raw, requirements } = fields(attributes[field]);
    const path = `spec.resourceAttributes.${field}`;
    if (typeof raw !== 'string' || raw === '') {
      const given = Array.isArray(requirements) ? requirements : [];
      const known = given.filter((item) => isKnownRequirement(fields(item), field));
      if (known.length === given.length) return [];
      return [`${path} ${known.length > 0 ? 'partially ' : ''}ignored due to parse error`];
    }
    try {
      parse(raw);
      return [];
    } catch {
      return [`${path} ignored due to parse error`];
    }
  });
}

/** A later version may know more operators; a field equals one value, or does not. */
function isKnownRequirement({ operator, values }: Fields, field: string): boolean {
  if (operator === 'In' || operator === 'NotIn')
    return field === 'labelSelector' || (Array.isArray(values) && values.length === 1);
  return field === 'labelSelector' && (operator === 'Exists' || operator === 'DoesNotExist');
}

/** The path asked for, as the real server's internal type prints it. */
function printedPath(spec: Fields): object {
  const { path, verb } = fields(spec.nonResourceAttributes);
  return { Path: path ?? '', Verb: verb ?? '' };
}

function checkAttributes(object: KubeObject, withUser = false): void {
  const spec = fields(object.spec);
  const errors: FieldError[] = [];
  for (const field of ['fieldSelector', 'labelSelector'])
    checkSelector(fields(spec.resourceAttributes)[field], `spec.resourceAttributes.${field}`, field, errors);
  const { managedFields: _, creationTimestamp: __, namespace, ...named } = object.metadata;
  if (Object.keys(named).length > 0 || (!withUser && namespace !== undefined))
    errors.push(fieldError.invalid('metadata', object.metadata, 'must be empty'));
  const both = spec.resourceAttributes !== undefined && spec.nonResourceAttributes !== undefined;
  const none = spec.resourceAttributes === undefined && spec.nonResourceAttributes === undefined;
  if (both) {
    errors.push(
      fieldError.invalid(
        'spec.nonResourceAttributes',
        printedPath(spec),
        'cannot be specified in combination with resourceAttributes',
      ),
    );
  }
  if (none) {
    errors.push(
      fieldError.invalid(
        'spec.resourceAttributes',
        spec.resourceAttributes,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    );
  }
  if (withUser && !spec.user && !(Array.isArray(spec.groups) && spec.groups.length > 0)) {
    errors.push(fieldError.invalid('spec.user', spec.user ?? '', 'at least one of user or group must be specified'));
  }
  if (errors.length > 0) throw invalid('authorization.k8s.io', '', '', errors);
}

/** What a selector of an access review must be. */
function checkSelector(selector: unknown, path: string, field: string, errors: FieldError[]): void {
  if (!isObject(selector)) return;
  const requirements = Array.isArray(selector.requirements) ? selector.requirements : [];
  const raw = typeof selector.rawSelector === 'string' ? selector.rawSelector : '';
  if (raw !== '' && requirements.length > 0)
    errors.push(fieldError.invalid(`${path}.rawSelector`, raw, 'may not specified at the same time as requirements'));
  if (raw === '' && requirements.length === 0)
    errors.push(
      fieldError.required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`),
    );
  for (const [index, item] of requirements.entries()) {
    const here = `${path}.requirements[${index}]`;
    const { key = '', operator = '', values = [] } = fields(item);
    const count = Array.isArray(values) ? values.length : 0;
    if (field === 'fieldSelector' && key === '') errors.push(fieldError.required(`${here}.key`, 'must be specified'));
    if (operator === 'In' || operator === 'NotIn') {
      if (count === 0)
        errors.push(fieldError.required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (count > 0)
        errors.push(
          fieldError.forbidden(`${here}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
    }
    if (field !== 'labelSelector') continue;
    for (const problem of qualifiedName(String(key))) errors.push(fieldError.invalid(`${here}.key`, key, problem));
    for (const [place, value] of (Array.isArray(values) ? values : []).entries())
      for (const problem of labelValue(String(value)))
        errors.push(fieldError.invalid(`${here}.values[${place}]`, value, problem));
  }
}

/** What is asked of one namespace is about that. Throws 422. */
function checkLocal(spec: Fields, namespace: string): void {
  const errors = [];
  if (spec.nonResourceAttributes !== undefined) {
    const path = 'spec.nonResourceAttributes';
    errors.push(fieldError.invalid(path, printedPath(spec), 'disallowed on this kind of request'));
  } else {
    const asked = fields(spec.resourceAttributes).namespace ?? '';
    if (asked !== namespace) {
      const path = 'spec.resourceAttributes.namespace';
      errors.push(fieldError.invalid(path, asked, 'must match metadata.namespace'));
    }
  }
  if (errors.length > 0) throw invalid('authorization.k8s.io', '', '', errors);
}

function attributesOf(user: UserInfo, spec: Fields, namespace?: string): AccessAttributes {
  const text = (holder: Fields, key: string): string =>
    typeof holder[key] === 'string' ? (holder[key] as string) : '';
  const resource = fields(spec.resourceAttributes);
  const path = fields(spec.nonResourceAttributes);
  const resourceRequest = spec.resourceAttributes !== undefined;
  return {
    user,
    resourceRequest,
    verb: text(resourceRequest ? resource : path, 'verb'),
    group: text(resource, 'group'),
    resource: text(resource, 'resource'),
    subresource: text(resource, 'subresource'),
    name: text(resource, 'name'),
    namespace: namespace ?? text(resource, 'namespace'),
    path: text(path, 'path'),
  };
}

/** Handlers of subresources by `group/plural/subresource`. */
export function subresourceHandlers(context: () => RegistryContext, tokens: TokenIssuer): Map<string, Handler> {
  return new Map<string, Handler>([
    ['/serviceaccounts/token', (exchange) => requestToken(context(), tokens, exchange)],
    ...podSubresources(context),
    ...proxyHandlers(context),
  ]);
}
