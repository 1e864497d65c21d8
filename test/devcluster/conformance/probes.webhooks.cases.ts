/** Probes of webhooks: what they answer, which requests reach them and what of these, configurations that are refused. */
import type { Verdict } from '../../support/webhookServer.ts';
import type { Case } from './harness.ts';
import {
  all,
  apiVersion,
  condition,
  create,
  deployment,
  deployments,
  group,
  hook,
  hooked,
  map,
  maps,
  no,
  one,
  patched,
  patchOf,
  pods,
  rule,
  text,
  whole,
  widget,
  widgets,
} from './probes.admission.objects.ts';
import { type Fields, merge, quiet } from './steps.ts';

const validating: readonly [string, Verdict][] = [
  ['denied', { allowed: false }],
  ['denied, empty status', { allowed: false, status: {} }],
  ['denied with a message', { allowed: false, status: { message: 'no' } }],
  ['denied with a reason', { allowed: false, status: { reason: 'Forbidden' } }],
  ['denied with message and reason', { allowed: false, status: { message: 'no', reason: 'NotFound' } }],
  ['denied 403', { allowed: false, status: { code: 403, message: 'no', reason: 'Forbidden' } }],
  ['denied 404', { allowed: false, status: { code: 404 } }],
  [
    'denied 422 with details',
    {
      allowed: false,
      status: {
        code: 422,
        message: 'bad',
        reason: 'Invalid',
        details: { name: 'x', kind: 'y', causes: [{ field: 'a', message: 'b', reason: 'c' }] },
      },
    },
  ],
  ['denied 500', { allowed: false, status: { code: 500, message: 'oops' } }],
  ['denied 200', { allowed: false, status: { code: 200 } }],
  ['denied 302', { allowed: false, status: { code: 302, message: 'x' } }],
  ['denied as a success', { allowed: false, status: { status: 'Success', message: 'fine' } }],
  ['denied with retry', { allowed: false, status: { code: 429, message: 'slow', details: { retryAfterSeconds: 7 } } }],
  ['denied with a warning', { allowed: false, warnings: ['careful'], status: { message: 'no' } }],
  ['allowed with warnings', { allowed: true, warnings: ['one', 'two "quoted"', 'back\\slash'] }],
  ['allowed with a status', { allowed: true, status: { code: 400, message: 'ignored' } }],
  ['allowed with audit annotations', { allowed: true, auditAnnotations: { k: 'v', 'a/b': 'c' } }],
  ['allowed with a patch', patched([{ op: 'add', path: '/data/x', value: '1' }])],
  ['allowed with a patch type only', { allowed: true, patchType: 'JSONPatch' }],
  ['denied over lines', { allowed: false, status: { message: 'line one\nline "two"' } }],
  ['denied with a message of another script', { allowed: false, status: { message: 'nein — ÄÖ 漢字' } }],
  ['a wrong uid', { uid: 'wrong', allowed: true }],
  ['an empty uid', { uid: '', allowed: true }],
  ['no response', whole(({ response: _, ...rest }) => rest)],
  ['a null response', whole((review) => ({ ...review, response: null }))],
  ['an empty response', whole((review) => ({ ...review, response: {} }))],
  ['another version', whole((review) => ({ ...review, apiVersion: 'admission.k8s.io/v1beta1' }))],
  ['an unknown version', whole((review) => ({ ...review, apiVersion: 'admission.k8s.io/v2' }))],
  ['another group', whole((review) => ({ ...review, apiVersion: 'v1' }))],
  ['another kind', whole((review) => ({ ...review, kind: 'Status' }))],
  ['no kind', whole(({ kind: _, ...rest }) => rest)],
  ['no version', whole(({ apiVersion: _, ...rest }) => rest)],
  ['a Status', whole(() => ({ apiVersion: 'v1', kind: 'Status', status: 'Failure', message: 'why', code: 400 }))],
  [
    'a Status of failure',
    (_request, response, _review) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Status',
          status: 'Failure',
          message: 'why',
          reason: 'Forbidden',
          code: 403,
        }),
      );
    },
  ],
  ['a list', text(200, '[]')],
  ['a number', text(200, '5')],
  ['no JSON', text(200, 'hello')],
  ['half of it', text(200, '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"')],
  ['nothing', text(200, '')],
  ['nothing as 204', text(204, '')],
  ['YAML', text(200, 'apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\nresponse: {allowed: true}\n')],
  ['HTML', text(200, '<html></html>', 'text/html')],
  ['201', text(201, '{}')],
  [
    '302 elsewhere',
    (_request, response, _review) => {
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    },
  ],
  ...[400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503, 504].map((code): [string, Verdict] => [
    `an error ${code}`,
    text(code, `trouble ${code}`, 'text/plain'),
  ]),
  ['an error with a long text', text(500, 'x'.repeat(3000), 'text/plain')],
  ['an error without text', text(500, '', 'text/plain')],
  ['a text for allowed', { allowed: 'true' }],
  ['a number for allowed', { allowed: 1 }],
  ['null for allowed', { allowed: null }],
  ['a text for status', { allowed: false, status: 'no' }],
  ['a text for code', { allowed: false, status: { code: '403' } }],
  ['a text for warnings', { allowed: true, warnings: 'careful' }],
  ['unknown fields', { allowed: true, nope: 1, patchtype: 'x' }],
];
const verdictCases = validating.flatMap(([name, verdict]): Case[] => [
  hooked(`validating: ${name}`, { Validating: [hook('h')] }, { h: verdict }, create),
]);
const ignored = validating
  .filter(([name]) => /uid|error 500|no JSON|unknown version|patch|denied$/.test(name))
  .map(([name, verdict]) =>
    hooked(
      `validating, ignoring failure: ${name}`,
      { Validating: [hook('h', { failurePolicy: 'Ignore' })] },
      { h: verdict },
      create,
    ),
  );
const patches: readonly [string, Verdict][] = [
  ['add', patched([{ op: 'add', path: '/data/x', value: '1' }])],
  ['a label', patched([{ op: 'add', path: '/metadata/labels/x', value: 'y' }])],
  ['replace', patched([{ op: 'replace', path: '/data/n', value: '5' }])],
  ['remove', patched([{ op: 'remove', path: '/data' }])],
  ['remove what is missing', patched([{ op: 'remove', path: '/data/zz' }])],
  ['replace what is missing', patched([{ op: 'replace', path: '/data/zz', value: '1' }])],
  ['move', patched([{ op: 'move', from: '/data/n', path: '/data/m' }])],
  ['move what is missing', patched([{ op: 'move', from: '/data/zz', path: '/data/m' }])],
  ['copy', patched([{ op: 'copy', from: '/data/n', path: '/data/m' }])],
  ['copy what is missing', patched([{ op: 'copy', from: '/data/zz', path: '/data/m' }])],
  [
    'test',
    patched([
      { op: 'test', path: '/data/n', value: '4' },
      { op: 'add', path: '/data/t', value: '1' },
    ]),
  ],
  ['test that fails', patched([{ op: 'test', path: '/data/n', value: '9' }])],
  ['nothing', patched([])],
  ['null', patched(null)],
  ['an object', patched({ data: {} })],
  ['a text', patched('x')],
  ['an unknown operation', patched([{ op: 'frob', path: '/data' }])],
  ['no operation', patched([{ path: '/data' }])],
  ['no path', patched([{ op: 'add', value: 1 }])],
  ['a path without slash', patched([{ op: 'add', path: 'data', value: {} }])],
  ['no value', patched([{ op: 'add', path: '/data/x' }])],
  ['the root', patched([{ op: 'replace', path: '', value: map('a', {}, { r: '1' }) }])],
  ['a wrong type', patched([{ op: 'replace', path: '/data/n', value: 5 }])],
  ['an unknown field', patched([{ op: 'add', path: '/nope', value: 5 }])],
  ['another kind', patched([{ op: 'replace', path: '/kind', value: 'Secret' }])],
  ['another version', patched([{ op: 'replace', path: '/apiVersion', value: 'v2' }])],
  ['another name', patched([{ op: 'replace', path: '/metadata/name', value: 'b' }])],
  ['a bad name', patched([{ op: 'replace', path: '/metadata/name', value: 'B_' }])],
  ['another namespace', patched([{ op: 'replace', path: '/metadata/namespace', value: 'default' }])],
  ['a bad label', patched([{ op: 'add', path: '/metadata/labels/a b', value: 'y' }])],
  ['a resourceVersion', patched([{ op: 'add', path: '/metadata/resourceVersion', value: '5' }])],
  ['a uid', patched([{ op: 'add', path: '/metadata/uid', value: 'x' }])],
  ['managedFields', patched([{ op: 'add', path: '/metadata/managedFields', value: [] }])],
  ['no metadata', patched([{ op: 'remove', path: '/metadata' }])],
  ['without a type', { allowed: true, patch: patchOf([]) }],
  ['with another type', { allowed: true, patchType: 'MergePatch', patch: patchOf([]) }],
  ['a type without a patch', { allowed: true, patchType: 'JSONPatch' }],
  ['no JSON', { allowed: true, patchType: 'JSONPatch', patch: Buffer.from('nope').toString('base64') }],
  ['no base64', { allowed: true, patchType: 'JSONPatch', patch: '***' }],
  ['an empty patch', { allowed: true, patchType: 'JSONPatch', patch: '' }],
  [
    'a patch and a refusal',
    { ...patched([{ op: 'add', path: '/data/x', value: '1' }]), allowed: false, status: { message: 'no' } },
  ],
];
const patchCases = patches.flatMap(([name, verdict]) => [
  hooked(`mutating: ${name}`, { Mutating: [hook('h')] }, { h: verdict }, create),
]);
const widgetRule = {
  operations: ['*'],
  apiGroups: ['conformance.example.com'],
  apiVersions: ['v1'],
  resources: ['widgets', 'widgets/*'],
};
const sent: Case[] = [
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
const matching: Case[] = [
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
const chain: Case[] = [
  hooked(
    'order: two mutating',
    { Mutating: [hook('one'), hook('two')] },
    {
      one: patched([{ op: 'add', path: '/data/one', value: '1' }]),
      two: patched([{ op: 'add', path: '/data/two', value: '2' }]),
    },
    create,
  ),
  hooked(
    'order: reinvoked',
    { Mutating: [hook('one', { reinvocationPolicy: 'IfNeeded' }), hook('two')] },
    { one: { allowed: true }, two: patched([{ op: 'add', path: '/data/two', value: '2' }]) },
    create,
  ),
  hooked(
    'order: not reinvoked without a change',
    { Mutating: [hook('one', { reinvocationPolicy: 'IfNeeded' }), hook('two')] },
    {},
    create,
  ),
  hooked('order: the first refuses', { Mutating: [hook('one'), hook('two')] }, { one: { allowed: false } }, create),
  hooked(
    'order: mutating, then validating',
    { Mutating: [hook('m')], Validating: [hook('v')] },
    { m: patched([{ op: 'add', path: '/data/m', value: '1' }]) },
    create,
  ),
  hooked(
    'order: a mutation that breaks the object',
    { Mutating: [hook('m')], Validating: [hook('v')] },
    { m: patched([{ op: 'add', path: '/metadata/labels/a b', value: '1' }]) },
    create,
  ),
  hooked(
    'two validating refuse',
    { Validating: [hook('one'), hook('two', { rules: [{ ...rule, operations: ['UPDATE'] }] })] },
    { one: { allowed: false, warnings: ['w1'] }, two: { allowed: true } },
    create,
  ),
  hooked(
    'warnings of two',
    { Validating: [hook('one', {}), hook('two')] },
    { one: { allowed: true, warnings: ['w1', 'w1'] }, two: { allowed: true, warnings: ['w1', 'w2'] } },
    create,
  ),
  hooked(
    'defaults are filled after a mutation',
    { Mutating: [hook('m', { rules: [{ ...rule, apiGroups: ['apps'], resources: ['deployments'] }] })] },
    {
      m: patched([
        { op: 'remove', path: '/spec/strategy' },
        { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'side', image: 'y:latest' } },
      ]),
    },
    { path: deployments, body: deployment },
  ),
  hooked(
    'a custom resource is pruned after a mutation',
    { Mutating: [hook('m', { rules: [widgetRule] })] },
    {
      m: patched([
        { op: 'add', path: '/spec/nope', value: 1 },
        { op: 'remove', path: '/spec/color' },
      ]),
    },
    { path: widgets, body: widget },
  ),
  hooked(
    'a custom resource is broken by a mutation',
    { Mutating: [hook('m', { rules: [widgetRule] })] },
    { m: patched([{ op: 'replace', path: '/spec/size', value: 'x' }]) },
    { path: widgets, body: widget },
  ),
  hooked(
    'apply and a mutation',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'add', path: '/data/x', value: '1' }]) },
    { method: 'PATCH', path: `${maps}/a?fieldManager=fm`, body: map('a'), type: 'application/apply-patch+yaml' },
    {
      method: 'PATCH',
      path: `${maps}/a?fieldManager=other`,
      body: map('a', {}, { x: '2' }),
      type: 'application/apply-patch+yaml',
    },
  ),
  hooked(
    'update and a mutation',
    { Mutating: [hook('m', { rules: [{ ...rule, operations: ['UPDATE'] }] })] },
    { m: patched([{ op: 'add', path: '/data/x', value: '1' }]) },
    create,
    { method: 'PUT', path: `${maps}/a?fieldManager=fm`, body: map('a', {}, { n: '8' }) },
  ),
  hooked(
    'dry run with side effects unknown',
    { Validating: [hook('h', { sideEffects: 'None' })] },
    {},
    { ...create, path: `${maps}?dryRun=All` },
  ),
  hooked(
    'a timeout of one second',
    { Validating: [hook('h', { timeoutSeconds: 1 })] },
    { h: (_request, _response, _review) => undefined },
    create,
  ),
  hooked(
    'a timeout, ignored',
    { Validating: [hook('h', { timeoutSeconds: 1, failurePolicy: 'Ignore' })] },
    { h: (_request, _response, _review) => undefined },
    create,
  ),
  hooked(
    'a timeout of a mutating one',
    { Mutating: [hook('h', { timeoutSeconds: 1 })] },
    { h: (_request, _response, _review) => undefined },
    create,
  ),
  hooked(
    'a connection that ends',
    { Validating: [hook('h')] },
    { h: (request, _response, _review) => request.socket.destroy() },
    create,
  ),
  hooked(
    'a service that is not there',
    {
      Validating: [
        hook('h', {
          clientConfig: { service: { name: 's', namespace: '{ns}', path: '/p', port: 8443 }, caBundle: '{ca}' },
        }),
      ],
    },
    {},
    create,
  ),
  hooked(
    'a service of no endpoints',
    { Validating: [hook('h', { clientConfig: { service: { name: 's', namespace: '{ns}' }, caBundle: '{ca}' } })] },
    {},
    quiet({
      path: '/api/v1/namespaces/{ns}/services',
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { clusterIP: 'None', ports: [{ port: 443 }] },
      },
    }),
    create,
  ),
  hooked('an unknown authority', { Validating: [hook('h', { clientConfig: { url: '{hook}/h' } })] }, {}, create),
  hooked(
    'a wrong host name',
    { Validating: [hook('h', { clientConfig: { url: 'https://localhost:1/h' } })] },
    {},
    create,
  ),
  hooked('v1beta1 only', { Validating: [hook('h', { admissionReviewVersions: ['v1beta1'] })] }, {}, create),
  hooked('v1beta1 before v1', { Validating: [hook('h', { admissionReviewVersions: ['v1beta1', 'v1'] })] }, {}, create),
  hooked('v9 before v1', { Validating: [hook('h', { admissionReviewVersions: ['v9', 'v1'] })] }, {}, create),
];
const clientConfigs: readonly [string, Fields][] = [
  ['nothing', { clientConfig: {} }],
  ['both', { clientConfig: { url: 'https://x/', service: { name: 's', namespace: 'n' } } }],
  ['http', { clientConfig: { url: 'http://x/' } }],
  ['no host', { clientConfig: { url: 'https:///x' } }],
  ['no URL', { clientConfig: { url: ':' } }],
  ['an empty URL', { clientConfig: { url: '' } }],
  ['a user', { clientConfig: { url: 'https://u:p@x/' } }],
  ['a query', { clientConfig: { url: 'https://x/?a=b' } }],
  ['a fragment', { clientConfig: { url: 'https://x/#a' } }],
  ['a path without slash', { clientConfig: { service: { name: 's', namespace: 'n', path: 'x' } } }],
  ['an odd path', { clientConfig: { service: { name: 's', namespace: 'n', path: '/a//b' } } }],
  ['a path of dots', { clientConfig: { service: { name: 's', namespace: 'n', path: '/a b' } } }],
  ['a port', { clientConfig: { service: { name: 's', namespace: 'n', port: 0 } } }],
  ['a large port', { clientConfig: { service: { name: 's', namespace: 'n', port: 70000 } } }],
  ['no names', { clientConfig: { service: { name: '', namespace: '' } } }],
  ['a bad bundle', { clientConfig: { url: 'https://x/', caBundle: 'eA==' } }],
  ['a name without dots', { name: 'hook' }],
  ['a name of two parts', { name: 'hook.x' }],
  ['a bad name', { name: 'A_.b.c' }],
  ['no name', { name: '' }],
  ['no side effects', { sideEffects: undefined }],
  ['unknown side effects', { sideEffects: 'Unknown' }],
  ['some side effects', { sideEffects: 'Some' }],
  ['no review versions', { admissionReviewVersions: undefined }],
  ['empty review versions', { admissionReviewVersions: [] }],
  ['unknown review versions', { admissionReviewVersions: ['v9'] }],
  ['bad review versions', { admissionReviewVersions: ['V 1', 'v1', 'v1'] }],
  ['a failure policy', { failurePolicy: 'Maybe' }],
  ['a match policy', { matchPolicy: 'Maybe' }],
  ['a timeout of 0', { timeoutSeconds: 0 }],
  ['a timeout of 31', { timeoutSeconds: 31 }],
  ['a negative timeout', { timeoutSeconds: -1 }],
  ['an operation', { rules: [{ ...rule, operations: ['READ'] }] }],
  [
    'star and others',
    {
      rules: [
        {
          operations: ['*', 'CREATE'],
          apiGroups: ['*', ''],
          apiVersions: ['*', 'v1'],
          resources: ['*', 'pods', '*/*'],
        },
      ],
    },
  ],
  ['empty lists', { rules: [{ operations: [], apiGroups: [], apiVersions: [], resources: [] }] }],
  ['nothing in a rule', { rules: [{}] }],
  ['empty names', { rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: [''], resources: [''] }] }],
  ['a scope', { rules: [{ ...rule, scope: 'Galaxy' }] }],
  ['overlapping resources', { rules: [{ ...rule, resources: ['pods', 'pods/*', 'pods/status', '*/status'] }] }],
  [
    'a bad selector',
    {
      namespaceSelector: { matchLabels: { 'a b': 'c' } },
      objectSelector: { matchExpressions: [{ key: 'x', operator: 'In' }] },
    },
  ],
  [
    'conditions',
    { matchConditions: [condition('', ''), condition('a b', 'true'), condition('c', '1'), condition('c', 'nope')] },
  ],
  ['conditions with a syntax error', { matchConditions: [condition('c', 'object.')] }],
  ['params in conditions', { matchConditions: [condition('c', 'params.x == 1')] }],
  ['variables in conditions', { matchConditions: [condition('c', 'variables.x == 1')] }],
  ['namespaceObject in conditions', { matchConditions: [condition('c', 'namespaceObject.metadata.name == "x"')] }],
  ['too many conditions', { matchConditions: Array.from({ length: 65 }, (_, i) => condition(`c${i}`, 'true')) }],
  ['a reinvocation policy', { reinvocationPolicy: 'Sometimes' }],
  ['a reinvocation policy that is known', { reinvocationPolicy: 'IfNeeded' }],
];
const plain = {
  name: 'h.example.com',
  clientConfig: { url: 'https://example.com/x' },
  rules: [rule],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};
const configurations: Case[] = ['Validating', 'Mutating'].flatMap((kind) => {
  const path = `${group}/${kind.toLowerCase()}webhookconfigurations`;
  const body = (webhooks: unknown, name = '{ns}'): Fields => ({
    apiVersion,
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks,
  });
  return [
    ...clientConfigs.map(([name, more]) =>
      one(`${kind} configuration: ${name}`, { path: `${path}?dryRun=All`, body: body([{ ...plain, ...more }]) }),
    ),
    one(`${kind} configuration: none`, { path: `${path}?dryRun=All`, body: body([]) }),
    one(`${kind} configuration: twice the same`, { path: `${path}?dryRun=All`, body: body([plain, plain]) }),
    one(`${kind} configuration: defaults`, { path: `${path}?dryRun=All`, body: body([plain]) }),
    one(`${kind} configuration: a bad name`, { path: `${path}?dryRun=All`, body: body([plain], 'A_') }),
    one(
      `${kind} configuration: an update`,
      quiet({ path, body: body([{ ...plain, namespaceSelector: { matchLabels: { never: '{ns}' } } }]) }),
      { method: 'PATCH', path: `${path}/{ns}`, body: { webhooks: [{ ...plain, sideEffects: 'Some' }] }, type: merge },
      {
        method: 'PATCH',
        path: `${path}/{ns}`,
        body: { webhooks: [{ ...plain, timeoutSeconds: 3, namespaceSelector: { matchLabels: { never: '{ns}' } } }] },
        type: merge,
      },
    ),
    one(`${kind} configuration: two errors`, {
      path: `${path}?dryRun=All`,
      body: body([
        { ...plain, name: 'x', sideEffects: 'Some' },
        { ...plain, timeoutSeconds: 99 },
      ]),
    }),
  ];
});

export const webhookProbes: readonly Case[] = [
  ...verdictCases,
  ...ignored,
  ...patchCases,
  ...sent,
  ...matching,
  ...chain,
  ...configurations,
];
