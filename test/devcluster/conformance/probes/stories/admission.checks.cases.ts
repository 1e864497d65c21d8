/** Probes of policies: what is said of them, what they are filled with, and those that mutate. */
import type { Case, Step } from '../../harness.ts';
import {
  apiVersion,
  binding,
  constraints,
  group,
  judged,
  maps,
  mutated,
  one,
  params,
  policy,
  says,
  widget,
  widgets,
} from '../../probes.admission.objects.ts';
import { at, type Fields, gone, holds, patch, pick, quiet, remove, replace } from '../../steps.ts';
import { data, made, on, policyPath, validations } from './policies.ts';

const status = pick('status', 'metadata.generation');
const checked = (name: string, spec: Fields): Case =>
  one(`rules: checked: ${name}`, policy(spec), {
    path: policyPath,
    until: holds('status.observedGeneration', 1),
    view: (body) => at(body, 'status.typeChecking') ?? at(body, 'status'),
  });
const dry = (spec: Fields): Step => ({
  ...policy(spec),
  path: `${group}/validatingadmissionpolicies?dryRun=All`,
  view: (body) => (at(body, 'kind') === 'Status' ? body : at(body, 'spec')),
});
const bound = (spec: Fields): Step => ({
  ...binding(spec),
  path: `${group}/validatingadmissionpolicybindings?dryRun=All`,
  view: (body) => (at(body, 'kind') === 'Status' ? body : at(body, 'spec')),
});
export const admissionCheckProbes: readonly Case[] = [
  judged(
    'rules: of custom resources',
    { ...on(['widgets'], ['conformance.example.com']), ...says('object.spec.size < 5', { message: 'too big' }) },
    {
      steps: [
        { path: widgets, body: { ...widget, spec: { size: 7 } } },
        { path: widgets, body: widget, view: pick('spec') },
        { method: 'PATCH', path: `${widgets}/w`, body: { spec: { size: 6 } }, type: 'application/merge-patch+json' },
      ],
    },
  ),
  judged(
    'rules: all kinds with all subresources',
    {
      ...on(['*/*'], ['*'], ['CREATE']),
      ...says("request.resource.resource != 'secrets' && request.subResource != 'token'", {
        messageExpression: "'no ' + request.resource.resource + '/' + request.subResource",
      }),
    },
    {
      steps: [
        {
          path: '/api/v1/namespaces/{ns}/secrets',
          body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } },
        },
        made('a', {}),
        quiet({
          path: '/api/v1/namespaces/{ns}/serviceaccounts',
          body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sa' } },
        }),
        { path: '/api/v1/namespaces/{ns}/serviceaccounts/sa/token', body: { spec: {} } },
      ],
    },
  ),
  checked('a field that is not there', says('object.dota.x == "y"')),
  checked('fields of several kinds', {
    matchConstraints: {
      ...constraints,
      resourceRules: [
        { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps', 'secrets'] },
        { operations: ['CREATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] },
      ],
    },
    ...says('object.spec.replicas > 1'),
  }),
  checked(
    'types of operators',
    validations(
      { expression: 'object.metadata.name > 3' },
      { expression: 'object.data.x + 1 == 2' },
      { expression: 'object.immutable == "x"' },
      { expression: 'size(object.data) > 1' },
    ),
  ),
  checked('messages and variables', {
    variables: [{ name: 'bad', expression: 'object.nope' }],
    ...says('true', { messageExpression: 'string(object.dada)' }),
  }),
  checked('params', { ...params, ...says('params.dato.x == "y" && params.data.x == "z"') }),
  checked('old objects and requests', says('oldObject.nope == "x" || request.name == ""')),
  checked('nothing wrong', {
    ...on(['deployments'], ['apps']),
    ...says('object.spec.template.spec.containers.all(c, c.image != "")'),
  }),
  one(
    'rules: status of a policy',
    policy(says('true')),
    { path: policyPath, until: holds('status.observedGeneration', 1), view: status },
    quiet(patch(policyPath, { spec: { validations: [{ expression: 'object.dota == "x"' }] } })),
    { path: policyPath, until: holds('status.observedGeneration', 2), view: status },
    {
      ...patch(`${policyPath}/status`, {
        status: {
          conditions: [
            { type: 'Mine', status: 'True', reason: 'R', message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' },
          ],
        },
      }),
      view: status,
    },
    patch(`${policyPath}/status`, { status: { conditions: [{ type: 'Mine' }] } }),
    { ...remove(policyPath), view: pick('status') },
    { path: policyPath, until: gone },
  ),
  one(
    'rules: policies as they are filled',
    dry(says('true')),
    dry({
      ...says('true'),
      failurePolicy: 'Ignore',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['*'], operations: ['CREATE'], resources: ['pods'] }],
      },
    }),
    dry({ auditAnnotations: [{ key: 'a', valueExpression: "'x'" }] }),
    dry({
      ...says('true'),
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'], scope: 'Namespaced' },
        ],
        matchPolicy: 'Exact',
      },
    }),
  ),
  one(
    'rules: policies that are wrong',
    ...[
      {},
      { validations: [] },
      says(''),
      says('object.'),
      says('1'),
      says('true', { reason: 'Odd' }),
      says('true', { message: 'a\nb' }),
      says('true', { messageExpression: '1' }),
      says('variables.x'),
      says('params.x'),
      { ...says('true'), variables: [{ name: 'a b', expression: '1' }] },
      {
        ...says('true'),
        variables: [
          { name: 'a', expression: '1' },
          { name: 'a', expression: '2' },
        ],
      },
      {
        ...says('true'),
        matchConditions: [
          { name: '', expression: '' },
          { name: 'x', expression: '1' },
        ],
      },
      {
        ...says('true'),
        matchConditions: [
          { name: 'x', expression: 'true' },
          { name: 'x', expression: 'true' },
        ],
      },
      { ...says('true'), auditAnnotations: [{ key: 'a b', valueExpression: '1' }] },
      { ...says('true'), failurePolicy: 'Odd' },
      { ...says('true'), paramKind: { apiVersion: 'v1' } },
      { ...says('true'), paramKind: { apiVersion: 'a/b/c', kind: 'K' } },
      { ...says('true'), matchConstraints: {} },
      {
        ...says('true'),
        matchConstraints: {
          resourceRules: [
            { apiGroups: ['*', 'x'], apiVersions: [], operations: ['ODD'], resources: ['a/b/c', '*', 'x'] },
          ],
        },
      },
      { ...says('true'), matchConstraints: { ...constraints, namespaceSelector: { matchLabels: { 'a b': 'c' } } } },
      says('object.metadata.name.nope()'),
      says('["a"].all(x, ["b"].all(y, x == y && object.data.all(k, object.data.all(l, k == l))))'),
    ].map(dry),
  ),
  one(
    'rules: bindings that are wrong',
    ...[
      { policyName: '' },
      { policyName: 'Bad_' },
      { validationActions: [] },
      { validationActions: ['Odd'] },
      { validationActions: ['Deny', 'Deny'] },
      { validationActions: ['Deny', 'Warn'] },
      { validationActions: ['Warn', 'Audit'] },
      { paramRef: {} },
      { paramRef: { name: 'a' } },
      { paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' } },
      { paramRef: { selector: {}, parameterNotFoundAction: 'Odd' } },
      { paramRef: { name: 'a', namespace: 'n', parameterNotFoundAction: 'Allow' } },
      { matchResources: { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Odd' }] } } },
      {
        matchResources: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources: ['pods/exec'] }],
        },
      },
    ].map(bound),
  ),
  one(
    'rules: a policy and its binding, changed',
    policy(says('true')),
    {
      ...replace(policyPath, {
        apiVersion,
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: '{ns}' },
        spec: { matchConstraints: constraints, ...says('true') },
      }),
    },
    {
      ...patch(policyPath, { spec: { failurePolicy: 'Ignore' } }),
      view: pick('spec.failurePolicy', 'metadata.generation'),
    },
    patch(policyPath, { spec: { validations: [{ expression: 'nope' }] } }),
    binding(),
    {
      ...patch(`${group}/validatingadmissionpolicybindings/{ns}`, { spec: { validationActions: ['Warn'] } }),
      view: pick('spec', 'metadata.generation'),
    },
    patch(`${group}/validatingadmissionpolicybindings/{ns}`, {
      spec: { policyName: 'other', validationActions: null },
    }),
  ),
  mutated(
    'rules: labels and what is there',
    {
      reinvocationPolicy: 'IfNeeded',
      variables: [
        {
          name: 'team',
          expression:
            "has(object.metadata.labels) && 'team' in object.metadata.labels ? object.metadata.labels.team : 'none'",
        },
      ],
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression:
              "Object{metadata: Object.metadata{labels: {'team': variables.team}, annotations: {'by': request.userInfo.username == '' ? 'x' : 'policy'}}}",
          },
        },
        {
          patchType: 'JSONPatch',
          jsonPatch: { expression: "has(object.data) ? [JSONPatch{op: 'add', path: '/data/seen', value: 'yes'}] : []" },
        },
      ],
    },
    {
      steps: [
        made('a', { n: '1' }),
        made('b', { n: '1' }, { team: 'x' }),
        { ...patch(`${maps}/b`, { metadata: { labels: { team: null } } }), view: data },
      ],
    },
  ),
  mutated(
    'rules: failures',
    {
      reinvocationPolicy: 'Never',
      failurePolicy: 'Fail',
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression:
              "object.metadata.name == 'err' ? Object{data: {'x': object.data.nope}} : Object{data: {'x': 'y'}}",
          },
        },
      ],
    },
    {
      steps: [
        made('a', {}),
        made('err', {}),
        {
          path: `/api/v1/namespaces/{ns}/secrets`,
          body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } },
          view: data,
        },
      ],
    },
  ),
];
