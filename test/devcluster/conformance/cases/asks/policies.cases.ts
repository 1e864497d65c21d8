/** Admission policies that are refused, or not. */
import type { Fields } from '../../steps.ts';

export const policies: readonly [string, Fields][] = [
  ['nothing', { validations: undefined }],
  ['no constraints', { matchConstraints: undefined }],
  ['a syntax error', { validations: [{ expression: 'object.' }] }],
  ['no condition', { validations: [{ expression: '1' }] }],
  ['undeclared', { validations: [{ expression: 'foo' }] }],
  ['params without a kind', { validations: [{ expression: 'params.a == 1' }] }],
  ['a bad reason', { validations: [{ expression: 'true', reason: 'Nope' }] }],
  ['a message of lines', { validations: [{ expression: 'true', message: 'a\nb' }] }],
  ['message expressions', { validations: [{ expression: 'true', messageExpression: '1' }] }],
  ['a long message', { validations: [{ expression: 'true', message: ' ' }] }],
  [
    'variables',
    {
      variables: [
        { name: 'a', expression: 'object.data' },
        { name: 'a', expression: '1' },
        { name: 'b-c', expression: '1' },
        { name: '', expression: '' },
      ],
    },
  ],
  [
    'variables before',
    {
      variables: [
        { name: 'a', expression: 'variables.b' },
        { name: 'b', expression: '1' },
      ],
    },
  ],
  [
    'audit annotations',
    {
      auditAnnotations: [
        { key: 'a b', valueExpression: '1' },
        { key: 'k', valueExpression: '"x"' },
        { key: 'k', valueExpression: '' },
      ],
    },
  ],
  [
    'match conditions',
    {
      matchConditions: [
        { name: '', expression: 'true' },
        { name: 'a b', expression: '1' },
        { name: 'x', expression: 'true' },
        { name: 'x', expression: 'nope' },
      ],
    },
  ],
  ['a failure policy', { failurePolicy: 'Nope' }],
  ['a param kind', { paramKind: { apiVersion: 'a/b/c', kind: '' } }],
  ['a param kind of core', { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }],
  [
    'rules',
    { matchConstraints: { resourceRules: [{ apiGroups: [], apiVersions: [], operations: ['NOPE'], resources: [] }] } },
  ],
  [
    'star and others',
    {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['*', 'a'],
            apiVersions: ['*', 'v1'],
            operations: ['*', 'CREATE'],
            resources: ['*', 'pods', 'pods/*', '*/*'],
          },
        ],
      },
    },
  ],
  [
    'selectors',
    {
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'a b': 'c' } },
        objectSelector: { matchExpressions: [{ key: 'a', operator: 'X' }] },
        matchPolicy: 'Nope',
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Nope' },
        ],
      },
    },
  ],
  [
    'cost',
    {
      validations: [
        {
          expression: '[1,2,3].all(x, [1,2,3].all(y, [1,2,3].all(z, object.metadata.name.matches("x+" + string(x)))))',
        },
      ],
    },
  ],
  [
    'authorizer',
    {
      validations: [
        {
          expression:
            'authorizer.group("").resource("pods").check("get").allowed() && authorizer.requestResource.check("x").allowed()',
        },
      ],
    },
  ],
  ['request', { validations: [{ expression: 'request.userInfo.username == "x" && request.nope == 1' }] }],
  [
    'namespace object',
    { validations: [{ expression: 'namespaceObject.metadata.name == "x" && namespaceObject.spec.nope' }] },
  ],
  [
    'resource names',
    {
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['pods'],
            resourceNames: ['a', 'a', 'B_'],
          },
        ],
      },
    },
  ],
];
