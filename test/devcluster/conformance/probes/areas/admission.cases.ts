/** Admission policies. */
import type { Case, Step } from '../../harness.ts';
import { body, patch } from '../../probes.objects.ts';
import { type Fields, quiet } from '../../steps.ts';
import { map, one, withQuery } from './shared.ts';

const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';

const bindings = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';

const policy = (spec: Fields): Step => ({
  path: policies,
  body: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p-{ns}' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': '{ns}' } },
      },
      ...spec,
    },
  },
});

const binding = (spec: Fields = {}): Step => ({
  path: bindings,
  body: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'p-{ns}' },
    spec: { policyName: 'p-{ns}', validationActions: ['Deny'], ...spec },
  },
});

const denied: Step = {
  ...withQuery(map({ marker: 'x' }, { name: 'marker' }), 'dryRun=All'),
  until: (answer) => answer.code !== 201,
  quiet: true,
};

const marker = { expression: "!('marker' in object.data)", message: 'marker' };

export const admission: Case[] = [
  one(
    'admission: a policy',
    quiet(
      policy({
        validations: [
          marker,
          { expression: "object.data.a != 'bad'", messageExpression: "'a is ' + object.data.a", reason: 'Forbidden' },
        ],
      }),
    ),
    quiet(binding()),
    denied,
    map({ a: 'bad' }),
    map({ a: 'good' }),
    map({}, { name: 'b' }),
    patch('ConfigMap', { data: { a: 'bad' } }),
  ),
  one(
    'admission: variables and old objects',
    quiet(
      policy({
        variables: [{ name: 'n', expression: 'size(object.data)' }],
        validations: [
          marker,
          { expression: 'variables.n < 3', message: 'too many' },
          { expression: 'oldObject == null || object.data.a == oldObject.data.a', message: 'a is fixed' },
        ],
      }),
    ),
    quiet(binding()),
    denied,
    map({ a: '1' }),
    patch('ConfigMap', { data: { a: '2' } }),
    patch('ConfigMap', { data: { b: '2', c: '3' } }),
  ),
  one(
    'admission: match conditions',
    quiet(
      policy({
        matchConditions: [{ name: 'only', expression: "object.metadata.name != 'free'" }],
        validations: [{ expression: 'false', message: 'never' }],
      }),
    ),
    quiet(binding()),
    denied,
    map({}, { name: 'free' }),
    map(),
  ),
  one(
    'admission: warn and audit',
    quiet(policy({ validations: [marker, { expression: "object.data.a != 'bad'", message: 'it is bad' }] })),
    quiet(binding({ validationActions: ['Warn', 'Audit'] })),
    { ...withQuery(map({ a: 'bad' }), 'dryRun=All'), until: (answer) => answer.warnings.length > 0 },
  ),
  one(
    'admission: errors',
    quiet(policy({ failurePolicy: 'Fail', validations: [marker, { expression: "object.data.zz == 'x'" }] })),
    quiet(binding()),
    denied,
    map(),
  ),
  one(
    'admission: the request',
    quiet(
      policy({
        validations: [
          marker,
          {
            expression:
              "request.operation == 'CREATE' && request.userInfo.username != 'u' && request.namespace == object.metadata.namespace && request.resource.resource == 'configmaps' && request.dryRun",
            message: 'odd',
          },
          {
            expression: "authorizer.group('').resource('pods').namespace(request.namespace).check('get').allowed()",
            message: 'may not',
          },
          { expression: 'namespaceObject.metadata.name == request.namespace', message: 'no namespace' },
        ],
      }),
    ),
    quiet(binding()),
    denied,
    map(),
    withQuery(map(), 'dryRun=All'),
  ),
  one(
    'admission: lifecycle',
    { path: '/api/v1/namespaces/zz-none/secrets', body: body('Secret', {}) },
    { method: 'DELETE', path: '/api/v1/namespaces/default' },
    { method: 'DELETE', path: '/api/v1/namespaces/kube-system?dryRun=All' },
  ),
];
