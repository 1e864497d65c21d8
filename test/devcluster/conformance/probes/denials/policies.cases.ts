/** Validating admission policies: their verdicts. */
import type { Case } from '../../harness.ts';
import { aMap, map, maps, patched } from '../../probes.things.ts';
import { applied, at, create, includes, merge, quiet, refused, remove, replace, warned } from '../../steps.ts';
import { denied, one, registration, rule, wait, withPolicy } from './shared.ts';

const verdict = (body: unknown): unknown => at(body, 'message') ?? at(body, 'kind');

export const policyVerdicts: readonly Case[] = [
  withPolicy(
    'vap: message and reason',
    { v: [{ expression: "!('bad' in object.data)", message: 'bad is not allowed', reason: 'RequestEntityTooLarge' }] },
    {},
    denied,
    create(maps, map('a', { bad: 'x' })),
    create(maps, map('b', { ok: 'x' })),
  ),
  withPolicy(
    'vap: no message',
    { v: [{ expression: "!has(object.data) ||\n !('bad' in object.data)" }] },
    {},
    denied,
    create(maps, map('a', { bad: 'x' })),
  ),
  withPolicy(
    'vap: messageExpression',
    {
      v: [
        {
          expression: "!('bad' in object.data)",
          messageExpression: "'bad is ' + object.data.bad + ' in ' + namespaceObject.metadata.name",
          message: 'fallback',
        },
      ],
    },
    {},
    denied,
    create(maps, map('a', { bad: 'x' })),
  ),
  withPolicy(
    'vap: messageExpression that fails',
    {
      v: [
        { expression: "!('bad' in object.data)", messageExpression: 'string(object.data.nope)', message: 'fallback' },
      ],
    },
    {},
    denied,
    create(maps, map('a', { bad: 'x' })),
  ),
  withPolicy(
    'vap: messageExpression empty',
    { v: [{ expression: "!('bad' in object.data)", messageExpression: "'  '" }] },
    {},
    denied,
    create(maps, map('a', { bad: 'x' })),
  ),
  withPolicy(
    'vap: two validations fail',
    {
      v: [
        { expression: "!('bad' in object.data)", message: 'one' },
        { expression: 'object.metadata.name.startsWith("z")', message: 'two', reason: 'Forbidden' },
      ],
    },
    {},
    denied,
    create(maps, map('a', { bad: 'x' })),
    create(maps, map('a', { ok: 'x' })),
  ),
  withPolicy(
    'vap: runtime error, Fail',
    { v: [{ expression: 'object.data.missing == "x"' }] },
    {},
    denied,
    create(maps, map('a')),
  ),
  withPolicy(
    'vap: runtime error, Ignore',
    {
      v: [{ expression: 'object.data.missing == "x"' }, { expression: "!('bad' in object.data)", message: 'second' }],
      more: { failurePolicy: 'Ignore' },
    },
    {},
    denied,
    create(maps, map('a')),
  ),
  withPolicy(
    'vap: warn',
    { v: [{ expression: "!('bad' in object.data)", message: 'careful' }] },
    { validationActions: ['Warn'] },
    wait(warned),
    create(maps, map('a', { bad: 'x' })),
  ),
  withPolicy(
    'vap: warn and audit',
    { v: [{ expression: "!('bad' in object.data)", message: 'careful' }] },
    { validationActions: ['Warn', 'Audit'] },
    wait(warned),
    patched(aMap, {}),
    create(maps, map('a', { bad: 'x' })),
    patched(aMap, { data: { bad: 'z' } }),
  ),
  one(
    'vap: deny and warn together refused',
    create(`${registration}/validatingadmissionpolicybindings`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'p-{ns}' },
      spec: { policyName: 'p', validationActions: ['Deny', 'Warn'] },
    }),
    create(`${registration}/validatingadmissionpolicybindings`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'p-{ns}' },
      spec: { policyName: 'p', validationActions: ['Deny', 'Deny', 'Shout'] },
    }),
    create(`${registration}/validatingadmissionpolicybindings`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'p-{ns}' },
      spec: { policyName: '', validationActions: [] },
    }),
    create(`${registration}/validatingadmissionpolicybindings`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'p-{ns}' },
      spec: { policyName: 'Bad Name', paramRef: { name: 'a', selector: {} }, validationActions: ['Deny'] },
    }),
    create(`${registration}/validatingadmissionpolicybindings`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'p-{ns}' },
      spec: { policyName: 'a', paramRef: { parameterNotFoundAction: 'Maybe' }, validationActions: ['Deny'] },
    }),
  ),
  withPolicy(
    'vap: variables',
    {
      v: [{ expression: 'variables.n <= 2', messageExpression: "'has ' + string(variables.n)" }],
      more: {
        variables: [
          { name: 'keys', expression: 'object.data.map(k, k)' },
          { name: 'n', expression: 'size(variables.keys)' },
        ],
      },
    },
    {},
    wait(refused, map('probe-wait', { a: '1', b: '2', c: '3' })),
    create(maps, map('a', { a: '1', b: '2', c: '3' })),
    create(maps, map('a', { a: '1' })),
  ),
  withPolicy(
    'vap: oldObject on update',
    {
      mc: { resourceRules: [rule({ operations: ['UPDATE'] })] },
      v: [{ expression: 'oldObject.data.k == object.data.k', message: 'k stays' }],
    },
    {},
    quiet(create(maps, map('w', { k: '1' }))),
    {
      method: 'PATCH',
      path: `${maps}/w?dryRun=All`,
      body: { data: { k: '2' } },
      type: merge,
      until: refused,
      quiet: true,
    },
    quiet(create(maps, map('a', { k: '1' }))),
    patched(aMap, { data: { k: '2' } }),
    patched(aMap, { data: { z: '2' } }),
    replace(aMap, map('a', { k: '3' })),
    applied(aMap, map('a', { k: '4' }), 'm', true),
  ),
  withPolicy(
    'vap: delete',
    {
      mc: { resourceRules: [rule({ operations: ['DELETE'] })] },
      v: [{ expression: "!('keep' in oldObject.data)", message: 'kept' }],
    },
    {},
    quiet(create(maps, map('a', { keep: '1' }))),
    { method: 'DELETE', path: `${aMap}?dryRun=All`, until: refused, quiet: true },
    remove(aMap),
    { ...remove(maps), view: verdict },
  ),
  withPolicy(
    'vap: request and authorizer',
    {
      v: [
        {
          expression: "request.userInfo.username != 'jane'",
          messageExpression:
            "request.operation + ' ' + request.resource.resource + ' ' + request.name + ' ' + request.namespace",
        },
        {
          expression:
            "authorizer.group('').resource('secrets').namespace(request.namespace).check('get').allowed() || 'ok' in object.data",
          message: 'not for those without secrets',
        },
      ],
    },
    {},
    quiet(
      create('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'r' },
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }],
      }),
    ),
    quiet(
      create('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'r' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'User', name: 'jane' },
          { kind: 'User', name: 'joe' },
        ],
      }),
    ),
    {
      path: `${maps}?dryRun=All`,
      body: map('w'),
      headers: { 'impersonate-user': 'jane' },
      until: includes('p-'),
      quiet: true,
    },
    { path: maps, body: map('a'), headers: { 'impersonate-user': 'jane' } },
    { path: maps, body: map('a'), headers: { 'impersonate-user': 'joe' } },
    { path: maps, body: map('a', { ok: '1' }), headers: { 'impersonate-user': 'joe' } },
  ),
];
