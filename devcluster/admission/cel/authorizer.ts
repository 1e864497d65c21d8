/** `authorizer` of expressions: what a user may do, asked of RBAC. */
import { CelOpaque } from '../../../schema/cel/values.ts';
import { authorize } from '../../authz/rbac.ts';
import type { RegistryContext } from '../../registry/call.ts';
import type { UserInfo } from '../../types.ts';

type Library = NonNullable<import('../../../schema/cel/index.ts').EnvironmentOptions['libraries']>[number];

const prefix = 'kubernetes.authorization.';

/** Names of the types, as expressions' type errors show them. */
export const authorizerTypes = {
  authorizer: `${prefix}Authorizer`,
  resourceCheck: `${prefix}ResourceCheck`,
} as const;

abstract class AuthorizerValue extends CelOpaque {
  equals(other: CelOpaque): boolean {
    return this === other;
  }
}

/** Asks for one user. */
export class Authorizer extends AuthorizerValue {
  readonly typeName = authorizerTypes.authorizer;
  readonly context: RegistryContext;
  readonly user: UserInfo;

  constructor(context: RegistryContext, user: UserInfo) {
    super();
    this.context = context;
    this.user = user;
  }
}

class PathCheck extends AuthorizerValue {
  readonly typeName = `${prefix}PathCheck`;
  readonly authorizer: Authorizer;
  readonly path: string;

  constructor(authorizer: Authorizer, path: string) {
    super();
    this.authorizer = authorizer;
    this.path = path;
  }
}

class GroupCheck extends AuthorizerValue {
  readonly typeName = `${prefix}GroupCheck`;
  readonly authorizer: Authorizer;
  readonly group: string;

  constructor(authorizer: Authorizer, group: string) {
    super();
    this.authorizer = authorizer;
    this.group = group;
  }
}

interface ResourceFields {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** A question about a resource, not asked yet. */
export class ResourceCheck extends AuthorizerValue {
  readonly typeName = authorizerTypes.resourceCheck;
  readonly authorizer: Authorizer;
  readonly fields: ResourceFields;

  constructor(authorizer: Authorizer, fields: ResourceFields) {
    super();
    this.authorizer = authorizer;
    this.fields = fields;
  }

  with(fields: Partial<ResourceFields>): ResourceCheck {
    return new ResourceCheck(this.authorizer, { ...this.fields, ...fields });
  }
}

class Decision extends AuthorizerValue {
  readonly typeName = `${prefix}Decision`;
  readonly allowed: boolean;
  readonly reason: string;

  constructor({ allowed, reason }: { allowed: boolean; reason: string }) {
    super();
    this.allowed = allowed;
    this.reason = reason;
  }
}

/** Cost of a question that leaves the process on the real server. */
const checkCost = (): number => 350_000;
const free = (): number => 1;

/** The functions of `authorizer`. */
export const authorizerLibrary: Library = (declare) => {
  const type = (name: string): string => prefix + name;
  declare('authorizer_path', `${type('Authorizer')}.path(string) -> ${type('PathCheck')}`, pathCheck, free);
  declare(
    'authorizer_group',
    `${type('Authorizer')}.group(string) -> ${type('GroupCheck')}`,
    (authorizer: Authorizer, group: string) => new GroupCheck(authorizer, group),
    free,
  );
  declare(
    'authorizer_serviceaccount',
    `${type('Authorizer')}.serviceAccount(string, string) -> ${type('Authorizer')}`,
    serviceAccount,
    free,
  );
  declare(
    'groupcheck_resource',
    `${type('GroupCheck')}.resource(string) -> ${type('ResourceCheck')}`,
    ({ authorizer, group }: GroupCheck, resource: string) =>
      new ResourceCheck(authorizer, { group, resource, subresource: '', namespace: '', name: '' }),
    free,
  );
  for (const field of ['subresource', 'namespace', 'name'] as const) {
    declare(
      `resourcecheck_${field}`,
      `${type('ResourceCheck')}.${field}(string) -> ${type('ResourceCheck')}`,
      (check: ResourceCheck, value: string) => check.with({ [field]: value }),
      free,
    );
  }
  // RBAC knows no selectors: a question narrowed by one has the same answer.
  for (const selector of ['fieldSelector', 'labelSelector']) {
    declare(
      `authorizer_${selector.toLowerCase()}`,
      `${type('ResourceCheck')}.${selector}(string) -> ${type('ResourceCheck')}`,
      (check: ResourceCheck) => check,
      free,
    );
  }
  declare('pathcheck_check', `${type('PathCheck')}.check(string) -> ${type('Decision')}`, checkPath, checkCost);
  declare(
    'resourcecheck_check',
    `${type('ResourceCheck')}.check(string) -> ${type('Decision')}`,
    checkResource,
    checkCost,
  );
  declare('decision_allowed', `${type('Decision')}.allowed() -> bool`, (decision: Decision) => decision.allowed, free);
  declare('decision_reason', `${type('Decision')}.reason() -> string`, (decision: Decision) => decision.reason, free);
  declare('decision_errored', `${type('Decision')}.errored() -> bool`, () => false, free);
  declare('decision_error', `${type('Decision')}.error() -> string`, () => '', free);
};

function pathCheck(authorizer: Authorizer, path: string): PathCheck {
  return new PathCheck(authorizer, path);
}

function serviceAccount(authorizer: Authorizer, namespace: string, name: string): Authorizer {
  return new Authorizer(authorizer.context, {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  });
}

const nothing = { group: '', resource: '', subresource: '', namespace: '', name: '', path: '' };

function checkPath({ authorizer, path }: PathCheck, verb: string): Decision {
  const { context, user } = authorizer;
  return new Decision(authorize(context, { ...nothing, user, verb, path, resourceRequest: false }));
}

function checkResource({ authorizer, fields }: ResourceCheck, verb: string): Decision {
  const { context, user } = authorizer;
  return new Decision(authorize(context, { ...nothing, ...fields, user, verb, resourceRequest: true }));
}
