/** What webhooks are sent, and when. */
import type { Case } from '../../harness.ts';
import {
  all,
  condition,
  create,
  deployment,
  deployments,
  hook,
  hooked,
  map,
  maps,
  no,
  pods,
  rule,
  widget,
  widgets,
} from '../../probes.admission.objects.ts';
import { type Fields, merge } from '../../steps.ts';
import { widgetRule } from './shared.ts';

export const sent: Case[] = [
  hooked('sent: create', { Validating: [hook('h')] }, {}, create),
  hooked(
    'sent: create by generateName',
    { Validating: [hook('h')] },
    {},
    { path: maps, body: { ...map(''), metadata: { generateName: 'Bad-' } } },
  ),
  hooked('sent: update', { Validating: [hook('h')] }, {}, create, {
    method: 'PUT',
    path: `${maps}/a`,
    body: map('a', {}, { n: '5' }),
  }),
  hooked('sent: merge patch', { Validating: [hook('h')] }, {}, create, {
    method: 'PATCH',
    path: `${maps}/a?fieldManager=fm&fieldValidation=Strict`,
    body: { data: { m: '1' } },
    type: merge,
  }),
  hooked(
    'sent: apply that creates',
    { Validating: [hook('h')] },
    {},
    {
      method: 'PATCH',
      path: `${maps}/a?fieldManager=fm&force=true`,
      body: map('a'),
      type: 'application/apply-patch+yaml',
    },
  ),
  hooked('sent: apply that updates', { Validating: [hook('h')] }, {}, create, {
    method: 'PATCH',
    path: `${maps}/a?fieldManager=fm&force=true`,
    body: map('a', {}, { n: '7' }),
    type: 'application/apply-patch+yaml',
  }),
  hooked('sent: delete', { Validating: [hook('h')] }, {}, create, {
    method: 'DELETE',
    path: `${maps}/a`,
    body: { propagationPolicy: 'Background', gracePeriodSeconds: 5 },
  }),
  hooked('sent: delete by query', { Validating: [hook('h')] }, {}, create, {
    method: 'DELETE',
    path: `${maps}/a?propagationPolicy=Foreground`,
  }),
  hooked('sent: delete of what is missing', { Validating: [hook('h')] }, {}, { method: 'DELETE', path: `${maps}/a` }),
  hooked('sent: deletecollection', { Validating: [hook('h')] }, {}, create, {
    method: 'DELETE',
    path: `${maps}?fieldSelector=metadata.name%3Da`,
  }),
  hooked('sent: dry run', { Validating: [hook('h')] }, {}, { ...create, path: `${maps}?dryRun=All` }),
  hooked(
    'sent: dry run with side effects',
    { Validating: [hook('h', { sideEffects: 'NoneOnDryRun' })] },
    {},
    { ...create, path: `${maps}?dryRun=All` },
  ),
  hooked(
    'sent: as somebody',
    { Validating: [hook('h')] },
    {},
    {
      ...create,
      headers: {
        'impersonate-user': 'jane',
        'impersonate-group': 'system:masters',
        'impersonate-uid': 'u-1',
        'impersonate-extra-scopes': 's',
      },
    },
  ),
  hooked('sent: no-op update', { Validating: [hook('h')] }, {}, create, {
    method: 'PATCH',
    path: `${maps}/a`,
    body: {},
    type: merge,
  }),
  hooked('sent: already there', { Validating: [hook('h')] }, {}, create, create),
  hooked(
    'sent: to a mutating webhook',
    { Mutating: [hook('h')] },
    {},
    create,
    { method: 'PATCH', path: `${maps}/a`, body: { data: { m: '1' } }, type: merge },
    { method: 'DELETE', path: `${maps}/a` },
  ),
  hooked('sent: invalid, to a mutating webhook', { Mutating: [hook('h')] }, {}, { path: maps, body: map('B_') }),
  hooked('sent: invalid, to a validating webhook', { Validating: [hook('h')] }, {}, { path: maps, body: map('B_') }),
  hooked(
    'sent: the last finalizer',
    { Validating: [hook('h')] },
    {},
    { path: maps, body: { ...map('a'), metadata: { name: 'a', finalizers: ['example.com/f'] } } },
    { method: 'DELETE', path: `${maps}/a` },
    { method: 'PATCH', path: `${maps}/a`, body: { metadata: { finalizers: null } }, type: merge },
  ),
  hooked(
    'sent: custom, all',
    { Validating: [hook('h', { rules: [widgetRule] })] },
    {},
    { path: widgets, body: widget },
    { method: 'PATCH', path: `${widgets}/w`, body: { spec: { size: 2 } }, type: merge },
    { method: 'PATCH', path: `${widgets}/w/status`, body: { status: { phase: 'x' } }, type: merge },
    { method: 'PATCH', path: `${widgets}/w/scale`, body: { spec: { replicas: 2 } }, type: merge },
    { method: 'DELETE', path: `${widgets}/w` },
  ),
  hooked(
    'sent: a pod and what is done to it',
    { Validating: [hook('h', { rules: [{ ...all, resources: ['pods', 'pods/*'] }] })] },
    {},
    {
      path: pods,
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: {
          serviceAccountName: 'default',
          automountServiceAccountToken: false,
          containers: [{ name: 'c', image: 'x' }],
        },
      },
      until: (answer) => answer.code === 201,
    },
    {
      path: `${pods}/p/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } },
    },
    { path: `${pods}/p/eviction`, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } } },
    { path: `${pods}/p/exec?command=x`, body: '' },
    { path: `${pods}/p/portforward`, body: '' },
  ),
  hooked(
    'sent: a deployment, its status and scale',
    {
      Validating: [
        hook('h', {
          rules: [{ operations: ['*'], apiGroups: ['apps'], apiVersions: ['*'], resources: ['deployments/*'] }],
        }),
      ],
    },
    {},
    { path: deployments, body: deployment, quiet: true },
    { method: 'PATCH', path: `${deployments}/d/status`, body: { status: { replicas: 1 } }, type: merge, quiet: true },
    { method: 'PATCH', path: `${deployments}/d/scale`, body: { spec: { replicas: 0 } }, type: merge, quiet: true },
  ),
  hooked(
    'sent: a token request',
    { Validating: [hook('h', { rules: [{ ...all, resources: ['serviceaccounts/token'] }] })] },
    {},
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts/default/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
      quiet: true,
      until: (answer) => answer.code === 201,
    },
  ),
  hooked(
    'sent: an access review',
    {
      Validating: [
        hook('h', {
          rules: [
            {
              operations: ['*'],
              apiGroups: ['authorization.k8s.io'],
              apiVersions: ['*'],
              resources: ['localsubjectaccessreviews'],
            },
          ],
        }),
      ],
    },
    {},
    {
      path: '/apis/authorization.k8s.io/v1/namespaces/{ns}/localsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        metadata: { namespace: '{ns}' },
        spec: { user: 'u', resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}' } },
      },
    },
  ),
  hooked(
    'sent: a namespace',
    { Validating: [hook('h', { rules: [{ ...all, resources: ['namespaces'] }] })] },
    {},
    { method: 'PATCH', path: '/api/v1/namespaces/{ns}', body: { metadata: { annotations: { x: 'y' } } }, type: merge },
  ),
  hooked(
    'equivalent: another version asked for',
    {
      Validating: [
        hook('h', {
          rules: [
            {
              operations: ['*'],
              apiGroups: ['autoscaling'],
              apiVersions: ['v1'],
              resources: ['horizontalpodautoscalers'],
            },
          ],
          matchPolicy: 'Equivalent',
        }),
      ],
    },
    {},
    {
      path: '/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers',
      body: {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'h' },
        spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } },
      },
    },
  ),
  hooked(
    'exact: another version asked for',
    {
      Validating: [
        hook('h', {
          rules: [
            {
              operations: ['*'],
              apiGroups: ['autoscaling'],
              apiVersions: ['v1'],
              resources: ['horizontalpodautoscalers'],
            },
          ],
          matchPolicy: 'Exact',
        }),
      ],
    },
    {},
    {
      path: '/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers',
      body: {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'h' },
        spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } },
      },
    },
  ),
  hooked(
    'equivalent: events of the other group',
    {
      Validating: [
        hook('h', {
          rules: [{ operations: ['*'], apiGroups: ['events.k8s.io'], apiVersions: ['v1'], resources: ['events'] }],
        }),
      ],
    },
    {},
    {
      path: '/api/v1/namespaces/{ns}/events',
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
        reason: 'r',
        type: 'Normal',
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
      },
    },
  ),
];

export const matching: Case[] = [
  ...(
    [
      ['object selector that matches', { objectSelector: { matchLabels: { x: 'y' } } }],
      ['object selector that does not', { objectSelector: { matchLabels: { x: 'z' } } }],
      ['namespace selector that does not', { namespaceSelector: { matchLabels: { x: 'z' } } }],
      [
        'namespace selector by expression',
        {
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['{ns}'] }],
          },
        },
      ],
      ['another group', { rules: [{ ...rule, apiGroups: ['apps'] }] }],
      ['all groups', { rules: [{ ...rule, apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }] }],
      ['all with subresources', { rules: [{ ...rule, resources: ['*/*'] }] }],
      ['subresources only', { rules: [{ ...rule, resources: ['configmaps/*'] }] }],
      ['scope of the cluster', { rules: [{ ...rule, scope: 'Cluster' }] }],
      ['scope of namespaces', { rules: [{ ...rule, scope: 'Namespaced' }] }],
      ['another operation', { rules: [{ ...rule, operations: ['UPDATE'] }] }],
      ['no rules', { rules: [] }],
      ['a condition that holds', { matchConditions: [condition('c', 'object.data.n == "4"')] }],
      ['a condition that does not', { matchConditions: [condition('c', 'object.data.n == "5"')] }],
      [
        'two conditions',
        { matchConditions: [condition('c', 'object.data.n == "4"'), condition('d', 'request.operation == "UPDATE"')] },
      ],
      ['an error and a false', { matchConditions: [condition('c', 'object.data.zz == "4"'), condition('d', 'false')] }],
      ['an error', { matchConditions: [condition('c', 'object.data.zz == "4"')] }],
      ['an error, ignored', { matchConditions: [condition('c', 'object.data.zz == "4"')], failurePolicy: 'Ignore' }],
      [
        'two errors',
        { matchConditions: [condition('c', 'object.data.zz == "4"'), condition('d', 'oldObject.data.n == "1"')] },
      ],
      ['of user', { matchConditions: [condition('c', '"system:masters" in request.userInfo.groups')] }],
      [
        'of the authorizer',
        {
          matchConditions: [
            condition('c', 'authorizer.group("").resource("pods").namespace("x").check("get").allowed()'),
          ],
        },
      ],
      [
        'of the request',
        {
          matchConditions: [
            condition(
              'c',
              'request.resource.resource == "configmaps" && request.namespace == "{ns}" && request.name == "a" && !request.dryRun',
            ),
          ],
        },
      ],
    ] as [string, Fields][]
  ).map(([name, more]) =>
    hooked(`match: ${name}`, { Validating: [hook('h', more)] }, { h: no }, { path: maps, body: map('a', { x: 'y' }) }),
  ),
];
