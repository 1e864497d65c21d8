import assert from 'node:assert/strict';
import { type AdmissionServer, messageOf, startAdmissionServer } from './admission.server.ts';
import type { Answer } from './harness.ts';

type Fields = { readonly [field: string]: unknown };

interface PolicyCase {
  readonly spec: Fields;
  readonly binding?: Fields;
  readonly code: number;
  /** What stands after `denied request: `, or the warning that the client gets. */
  readonly says?: string;
  readonly reason?: string;
}

const params = { apiVersion: 'v1', kind: 'ConfigMap' };
const where = (ref: Fields): Fields => ({ paramRef: { parameterNotFoundAction: 'Deny', ...ref } });
const rule = (expression: string, more: Fields = {}): Fields => ({ validations: [{ expression, ...more }] });

const cases: { readonly [name: string]: PolicyCase } = {
  expression: { spec: rule('object.data.n == "1"'), code: 422, says: 'failed expression: object.data.n == "1"' },
  holds: { spec: rule('object.data.n == "4"'), code: 201 },
  'plain-message': { spec: rule('false', { message: ' must be one ' }), code: 422, says: 'must be one' },
  computed: {
    spec: rule('false', { message: 'm', messageExpression: '"got " + object.data.n', reason: 'Forbidden' }),
    code: 403,
    says: 'got 4',
    reason: 'Forbidden',
  },
  'two-lines': { spec: rule('false', { message: 'm', messageExpression: '"a\\nb"' }), code: 422, says: 'm' },
  fails: {
    spec: rule('object.data.nope == "1"'),
    code: 422,
    says: `expression 'object.data.nope == "1"' resulted in error: no such key: nope`,
  },
  'fails-open': { spec: { ...rule('object.data.nope == "1"'), failurePolicy: 'Ignore' }, code: 201 },
  warns: {
    spec: rule('false'),
    binding: { validationActions: ['Warn', 'Audit'] },
    code: 201,
    says: 'failed expression: false',
  },
  variables: {
    spec: {
      variables: [
        { name: 'n', expression: 'int(object.data.n)' },
        { name: 'd', expression: 'variables.n * 2' },
      ],
      ...rule('variables.d < 3', { messageExpression: '"double is " + string(variables.d)' }),
    },
    code: 422,
    says: 'double is 8',
  },
  'broken-variable': {
    spec: { variables: [{ name: 'n', expression: 'int(object.data.nope)' }], ...rule('variables.n < 3') },
    code: 422,
    says: `expression 'variables.n < 3' resulted in error: composited variable "n" fails to evaluate: no such key: nope`,
  },
  params: {
    spec: {
      paramKind: params,
      ...rule('int(object.data.n) < int(params.data.max)', { messageExpression: '"at most " + params.data.max' }),
    },
    binding: where({ name: 'limit' }),
    code: 422,
    says: 'at most 3',
  },
  'params-selected': {
    spec: { paramKind: params, ...rule('int(object.data.n) < int(params.data.max)') },
    binding: where({ selector: { matchLabels: { limit: 'large' } } }),
    code: 201,
  },
  'params-missing': {
    spec: { paramKind: params, ...rule('true') },
    binding: where({ name: 'missing' }),
    code: 422,
    says: 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
  },
  'params-optional': {
    spec: { paramKind: params, ...rule('false') },
    binding: where({ name: 'missing', parameterNotFoundAction: 'Allow' }),
    code: 201,
  },
  'params-unknown': {
    spec: { paramKind: { apiVersion: 'nope.example.com/v1', kind: 'Nope' }, ...rule('true') },
    binding: where({ name: 'x' }),
    code: 422,
    says: "failed to configure policy: failed to find resource referenced by paramKind: 'nope.example.com/v1, Kind=Nope'",
  },
  'condition-false': {
    spec: { matchConditions: [{ name: 'x', expression: 'request.operation == "UPDATE"' }], ...rule('false') },
    code: 201,
  },
  'condition-namespace': {
    spec: {
      matchConditions: [{ name: 'x', expression: 'namespaceObject.metadata.labels.env == "prod"' }],
      ...rule('false'),
    },
    code: 422,
    says: `expression 'namespaceObject.metadata.labels.env == "prod"' resulted in error: no such key: metadata`,
  },
  namespace: {
    spec: rule('namespaceObject.metadata.labels.env == "dev"', {
      messageExpression: '"env " + namespaceObject.metadata.labels.env',
    }),
    code: 422,
    says: 'env prod',
  },
  authorizer: {
    spec: rule('!authorizer.requestResource.check("create").allowed()', { message: 'may' }),
    code: 422,
    says: 'may',
  },
  'other-account': {
    spec: rule('authorizer.serviceAccount("x", "y").group("").resource("secrets").check("get").allowed()', {
      message: 'may not',
    }),
    code: 422,
    says: 'may not',
  },
  annotation: {
    spec: { auditAnnotations: [{ key: 'k', valueExpression: '"v" + object.data.nope' }] },
    code: 422,
    says: `expression '"v" + object.data.nope' resulted in error: no such key: nope`,
  },
  elsewhere: {
    spec: rule('false'),
    binding: { matchResources: { objectSelector: { matchLabels: { no: 'no' } } } },
    code: 201,
  },
  excluded: {
    spec: rule('false'),
    binding: {
      matchResources: {
        excludeResourceRules: [
          {
            operations: ['*'],
            apiGroups: [''],
            apiVersions: ['v1'],
            resources: ['configmaps'],
            resourceNames: ['excluded'],
          },
        ],
      },
    },
    code: 201,
  },
};

/** Policies that are refused, and the complaint. */
const refused: { readonly [name: string]: readonly [spec: Fields, complaint: string] } = {
  undeclared: [
    rule('nope == 1'),
    `spec.validations[0].expression: Invalid value: "nope == 1": compilation failed: ERROR: <input>:1:1: undeclared reference to 'nope' (in container '')\n | nope == 1\n | ^`,
  ],
  dynamic: [
    rule('object.data.n'),
    'spec.validations[0].expression: Invalid value: "object.data.n": must evaluate to bool but got dyn',
  ],
  'no-text': [
    rule('true', { messageExpression: '1' }),
    'spec.validations[0].messageExpression: Invalid value: "1": must evaluate to string but got int',
  ],
  identifier: [
    { variables: [{ name: 'a-b', expression: '1' }], ...rule('true') },
    'spec.variables[0].name: Invalid value: "a-b": must be a valid CEL identifier',
  ],
  twice: [
    {
      matchConditions: [
        { name: 'x', expression: '1' },
        { name: 'x', expression: 'true' },
      ],
      ...rule('true'),
    },
    '[spec.matchConditions[0].expression: Invalid value: "1": must evaluate to bool but got int, spec.matchConditions[1].name: Duplicate value: "x"]',
  ],
  'no-kind': [
    { paramKind: { apiVersion: 'a/b/c', kind: '' }, ...rule('true') },
    '[spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c, spec.paramKind.kind: Required value]',
  ],
};

describe('validating admission policies', () => {
  let server: AdmissionServer;

  const policy = (name: string, spec: Fields): Promise<Answer> =>
    server.configure('validatingadmissionpolicies', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: {
          resourceRules: [
            { operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] },
          ],
          objectSelector: { matchLabels: { t: name } },
        },
        ...spec,
      },
    } as { metadata: { name: string } });
  const bind = (name: string, spec: Fields = {}): Promise<Answer> =>
    server.configure('validatingadmissionpolicybindings', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: `${name}-binding` },
      spec: { policyName: name, validationActions: ['Deny'], ...spec },
    } as { metadata: { name: string } });

  before(async () => {
    server = await startAdmissionServer('admission-policies');
  });

  after(() => server[Symbol.asyncDispose]());

  it('judges objects by their rules', async () => {
    const limit = (name: string, max: string, size: string) =>
      server.send({
        path: `/api/v1/namespaces/${server.namespace}/configmaps`,
        body: { ...params, metadata: { name, labels: { limit: size } }, data: { max } },
      });
    assert.equal((await limit('limit', '3', 'small')).code, 201);
    assert.equal((await limit('large', '5', 'large')).code, 201);
    for (const [name, { spec, binding }] of Object.entries(cases)) {
      const answers = [await policy(name, spec), await bind(name, binding)];
      for (const answer of answers) assert.equal(answer.code, 201, `${name}: ${JSON.stringify(answer.body)}`);
    }
    for (const [name, { code, says, reason = 'Invalid' }] of Object.entries(cases)) {
      // The real server takes a moment to see policies, bindings and params.
      const said = (answer: Answer): string => `${messageOf(answer)}${answer.warnings.join()}`;
      await server.effective(name, (answer) => answer.code === code && said(answer).includes(says ?? ''));
      const answer = await server.create(name);
      assert.equal(answer.code, code, `${name}: ${messageOf(answer)}`);
      if (code === 201) {
        const warning = `Validation failed for ValidatingAdmissionPolicy '${name}' with binding '${name}-binding': ${says}`;
        assert.deepEqual(answer.warnings, says === undefined ? [] : [`299 - "${warning}"`], name);
        continue;
      }
      const by =
        says?.startsWith('failed to configure policy') === true
          ? `'${name}'`
          : `'${name}' with binding '${name}-binding'`;
      const message = `ValidatingAdmissionPolicy ${by} denied request: ${says}`;
      assert.equal(messageOf(answer), `configmaps "${name}" is forbidden: ${message}`);
      const { reason: given, details } = answer.body as { reason: string; details: { causes: unknown } };
      assert.deepEqual([given, details.causes], [reason, [{ message }]], name);
    }
  });

  it('refuses policies that cannot work', async () => {
    for (const [name, [spec, complaint]] of Object.entries(refused)) {
      const answer = await policy(name, spec);
      assert.equal(answer.code, 422, name);
      assert.equal(
        messageOf(answer),
        `ValidatingAdmissionPolicy.admissionregistration.k8s.io ${JSON.stringify(name)} is invalid: ${complaint}`,
      );
    }
  });

  it('refuses bindings that cannot work', async () => {
    const prefix = 'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io "bad-binding" is invalid: ';
    const twofold = await bind('bad', { validationActions: ['Deny', 'Warn'] });
    assert.equal(
      messageOf(twofold),
      `${prefix}spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)`,
    );
    const unnamed = await bind('bad', { paramRef: {} });
    assert.equal(
      messageOf(unnamed),
      `${prefix}[spec.paramRef: Required value: one of name or selector must be specified, spec.paramRef.parameterNotFoundAction: Required value]`,
    );
  });
});
