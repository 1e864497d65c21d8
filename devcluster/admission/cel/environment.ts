/** The environment that admission's expressions are compiled and run in: `object`, `oldObject`, `request`, … */
import { celTypes } from '../../../schema/cel/index.ts';
import {
  CelCompileError,
  type CelEnvironment,
  CelEvaluationError,
  type CelProgram,
  type CelType,
  type CelValue,
  createCelEnvironment,
  fromJson,
} from '../../../schema/index.ts';
import type { RegistryContext } from '../../registry/call.ts';
import { defineOwn } from '../../registry/copy.ts';
import type { KubeObject } from '../../types.ts';
import { type Invocation, namespaceOf } from '../kinds.ts';
import { requestFields } from '../webhook/review.ts';
import { Authorizer, authorizerLibrary, authorizerTypes, ResourceCheck } from './authorizer.ts';
import { jsonPatchLibrary, patchTypes } from './patches.ts';

const { BOOL, DYN, INT, STRING, TIMESTAMP, listOf, mapOf, opaque, struct } = celTypes;

function message(name: string, fields: { readonly [field: string]: CelType }): CelType {
  return struct(`kubernetes.${name}`, new Map(Object.entries(fields)));
}

const groupVersionKind = message('GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const groupVersionResource = message('GroupVersionResource', { group: STRING, version: STRING, resource: STRING });

const requestType = message('AdmissionRequest', {
  kind: groupVersionKind,
  resource: groupVersionResource,
  subResource: STRING,
  requestKind: groupVersionKind,
  requestResource: groupVersionResource,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: message('UserInfo', {
    username: STRING,
    uid: STRING,
    groups: listOf(STRING),
    extra: mapOf(STRING, listOf(STRING)),
  }),
  dryRun: BOOL,
  options: DYN,
});

const namespaceType = message('Namespace', {
  metadata: message('NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: message('NamespaceSpec', { finalizers: listOf(STRING) }),
  status: message('NamespaceStatus', {
    conditions: listOf(
      message('NamespaceCondition', {
        status: STRING,
        type: STRING,
        lastTransitionTime: TIMESTAMP,
        message: STRING,
        reason: STRING,
      }),
    ),
    phase: STRING,
  }),
});

/** What an expression may name beyond the usual. */
export interface Scope {
  /** `params`, of a policy with a paramKind. */
  readonly params?: boolean;
  /** Types of the variables before this expression. */
  readonly variables?: ReadonlyMap<string, CelType>;
  /** Types of `object` and `oldObject` where they are known: for type checking only. */
  readonly objectType?: CelType;
  readonly paramsType?: CelType;
  /** Default true. */
  readonly authorizer?: boolean;
  /** `Object{…}` and `JSONPatch{…}`, of mutations. */
  readonly patches?: boolean;
}

let base: CelEnvironment | undefined;

/** Names and types of an expression's variables. */
export function scopeVariables(scope: Scope): { [name: string]: CelType } {
  return {
    object: scope.objectType ?? DYN,
    oldObject: scope.objectType ?? DYN,
    request: requestType,
    namespaceObject: namespaceType,
    ...(scope.params === true ? { params: scope.paramsType ?? DYN } : {}),
    ...(scope.authorizer === false
      ? {}
      : {
          authorizer: opaque(authorizerTypes.authorizer),
          'authorizer.requestResource': opaque(authorizerTypes.resourceCheck),
        }),
    ...(scope.variables === undefined ? {} : { variables: struct('kubernetes.variables', scope.variables) }),
  };
}

/** Kubernetes' CEL with the functions of `authorizer`; made when the first expression asks for it. */
export function admissionEnvironment(): CelEnvironment {
  base ??= createCelEnvironment({ libraries: [authorizerLibrary, jsonPatchLibrary] });
  return base;
}

/**
 * Compiles an expression; an Error (message as the real server has it, `compilation failed: …`) where it does not compile or gives
 * none of the types.
 */
export function compileExpression(
  source: string,
  types: readonly string[] | undefined,
  scope: Scope,
): CelProgram | Error {
  let program: CelProgram;
  try {
    program = admissionEnvironment()
      .extend({ variables: scopeVariables(scope), ...(scope.patches === true ? patchTypes : {}) })
      .compile(source);
  } catch (error) {
    if (error instanceof CelCompileError) return new Error(`compilation failed: ${error.message}`);
    throw error;
  }
  const shown = celTypes.formatType(program.resultType);
  const result = shown === 'null' ? 'null_type' : shown;
  if (types === undefined || types.includes(result)) return program;
  return new Error(
    types.length === 1
      ? `must evaluate to ${types[0]} but got ${result}`
      : `must evaluate to one of [${types.join(' ')}] but got ${result}`,
  );
}

/** What one expression came to. */
export interface Outcome {
  readonly value?: CelValue;
  /** Worded as the real server has it. */
  readonly error?: string;
  /** The expression's own error, without what stands around it. */
  readonly cause?: string;
  /** The budget is spent: no more expressions are to be run. */
  readonly exhausted?: boolean;
}

export const outOfBudget =
  'validation failed due to running out of cost budget, no further validation rules will be run';

/** A budget that several expressions share. */
export class Budget {
  private readonly values: BudgetValues;
  private left: number;

  constructor(values: RequestValues, limit: number, params: KubeObject | null) {
    this.values = new BudgetValues(values, fromJson(params));
    this.left = limit;
  }

  /** Adds a variable, whose value may itself spend of this budget. */
  bind(name: string, value: CelValue): void {
    defineOwn(this.values, name, value);
  }

  evaluate(program: CelProgram | Error): Outcome {
    if (program instanceof Error) return { error: `compilation error: ${program.message}` };
    try {
      const { value, cost } = program.evaluate(this.values);
      this.left -= cost;
      return this.left < 0 ? { error: outOfBudget, exhausted: true } : { value };
    } catch (error) {
      if (!(error instanceof CelEvaluationError)) throw error;
      this.left -= error.cost;
      if (this.left < 0) return { error: outOfBudget, exhausted: true };
      return { error: `expression '${program.source}' resulted in error: ${error.message}`, cause: error.message };
    }
  }
}

/** Runs expressions over one request. */
export interface Evaluator {
  budget(limit: number, params?: KubeObject | null): Budget;
}

/** @param namespace what `namespaceObject` is; undefined: null */
export function evaluator(context: RegistryContext, invocation: Invocation, namespace?: KubeObject): Evaluator {
  const values = new RequestValues(context, invocation, namespace);
  return { budget: (limit, params = null) => new Budget(values, limit, params) };
}

/** What expressions see of a request: each value is made when the first expression asks for it. */
class RequestValues {
  private readonly context: RegistryContext;
  private readonly invocation: Invocation;
  private readonly namespace: KubeObject | undefined;
  private readonly made = new Map<string, CelValue>();

  constructor(context: RegistryContext, invocation: Invocation, namespace: KubeObject | undefined) {
    this.context = context;
    this.invocation = invocation;
    this.namespace = namespace;
  }

  get object(): CelValue {
    return this.once('object', () => fromJson(this.invocation.object ?? null));
  }

  get oldObject(): CelValue {
    return this.once('oldObject', () => fromJson(this.invocation.oldObject ?? null));
  }

  get request(): CelValue {
    return this.once('request', () => fromJson(requestFields(this.invocation)));
  }

  get namespaceObject(): CelValue {
    const { namespace } = this;
    return this.once('namespaceObject', () =>
      fromJson(namespace === undefined ? null : namespaceForExpressions(namespace)),
    );
  }

  get authorizer(): Authorizer {
    return this.once('authorizer', () => new Authorizer(this.context, this.invocation.attributes.user));
  }

  get 'authorizer.requestResource'(): CelValue {
    const { attributes, definition } = this.invocation;
    return this.once(
      'authorizer.requestResource',
      () =>
        new ResourceCheck(this.authorizer, {
          group: definition.group,
          resource: definition.plural,
          subresource: attributes.subresource,
          namespace: namespaceOf(attributes),
          name: attributes.name,
        }),
    );
  }

  private once<T extends CelValue>(name: string, make: () => T): T {
    const known = this.made.get(name);
    if (known !== undefined) return known as T;
    const value = make();
    this.made.set(name, value);
    return value;
  }
}

/**
 * What the expressions of one budget see: of the request what all of them do, and what is their own. Not an object that inherits from
 * the request's values: V8 takes longest over becoming somebody's prototype, and there is one of these for each condition of each write.
 */
class BudgetValues {
  readonly [name: string]: CelValue | undefined;
  readonly params: CelValue;
  readonly #request: RequestValues;

  constructor(request: RequestValues, params: CelValue) {
    this.#request = request;
    this.params = params;
  }

  get object(): CelValue {
    return this.#request.object;
  }

  get oldObject(): CelValue {
    return this.#request.oldObject;
  }

  get request(): CelValue {
    return this.#request.request;
  }

  get namespaceObject(): CelValue {
    return this.#request.namespaceObject;
  }

  get authorizer(): CelValue {
    return this.#request.authorizer;
  }

  get 'authorizer.requestResource'(): CelValue {
    return this.#request['authorizer.requestResource'];
  }
}

/** A namespace without what expressions may not see. */
function namespaceForExpressions(namespace: KubeObject): object {
  const { managedFields: _, ownerReferences: __, ...metadata } = namespace.metadata;
  return { metadata, spec: namespace.spec, status: namespace.status };
}
