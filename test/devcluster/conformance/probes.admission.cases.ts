/** Probes of admission: webhooks, policies, quotas, what the default chain does to a Pod. */
import type { Verdict } from '../../support/webhookServer.ts';
import type { Answer, Case, Step } from './harness.ts';
import { type Fields, merge, quiet } from './steps.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'probes-admission', name, steps });
const group = '/apis/admissionregistration.k8s.io/v1';
const apiVersion = 'admissionregistration.k8s.io/v1';
export const maps = '/api/v1/namespaces/{ns}/configmaps';
export const pods = '/api/v1/namespaces/{ns}/pods';
export const map = (name: string, labels: Fields = {}, data: Fields = { n: '4' }): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
  data,
});
export const rule = {
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  apiGroups: [''],
  apiVersions: ['v1'],
  resources: ['configmaps'],
};
export const ours = { matchLabels: { 'kubernetes.io/metadata.name': '{ns}' } };
const denied = (answer: Answer): boolean => answer.code !== 201;

// Webhooks

export const hook = (name: string, more: Fields = {}): Fields => ({
  name: `${name}.example.com`,
  clientConfig: { url: `{hook}/${name}`, caBundle: '{ca}' },
  rules: [rule],
  namespaceSelector: ours,
  objectSelector: { matchExpressions: [{ key: 'canary', operator: 'DoesNotExist' }] },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  ...more,
});
const canary = hook('canary', {
  objectSelector: { matchLabels: { canary: 'yes' } },
  failurePolicy: 'Fail',
  clientConfig: { url: 'https://127.0.0.1:1/' },
});
export const configuration = (kind: string, webhooks: readonly Fields[]): Step =>
  quiet({
    path: `${group}/${kind.toLowerCase()}webhookconfigurations`,
    body: {
      apiVersion,
      kind: `${kind}WebhookConfiguration`,
      metadata: { name: `{ns}-${kind.toLowerCase()}` },
      webhooks,
    },
  });
export const counts: Step = quiet({
  path: `${maps}?dryRun=All`,
  body: map('canary', { canary: 'yes' }),
  until: (answer) => answer.code === 500,
});
export function hooked(
  name: string,
  kinds: { readonly [kind: string]: readonly Fields[] },
  hooks: { readonly [name: string]: Verdict },
  ...steps: Step[]
): Case {
  const list = Object.entries(kinds);
  return {
    ...one(
      name,
      // Watches of the configurations are apart: each kind needs a canary of its own, and the last is waited for.
      ...list.flatMap(([kind, webhooks]) => [configuration(kind, [...webhooks, canary]), counts]),
      ...(list.length > 1 ? [quiet({ path: maps, body: map('settle', { canary: 'yes' }) })] : []),
      ...steps,
    ),
    hooks,
  };
}
export const create: Step = { path: maps, body: map('a') };
const patchOf = (operations: unknown): string => Buffer.from(JSON.stringify(operations)).toString('base64');
export const patched = (operations: unknown): Fields => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: patchOf(operations),
});
export const text =
  (code: number, body: string, type = 'application/json'): Verdict =>
  (_request, response, _review) => {
    response.writeHead(code, { 'content-type': type });
    response.end(body);
  };
export const whole =
  (change: (review: { [field: string]: unknown }) => unknown): Verdict =>
  (_request, response, review) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        change({
          apiVersion: 'admission.k8s.io/v1',
          kind: 'AdmissionReview',
          response: { uid: review.uid, allowed: true },
        }),
      ),
    );
  };
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
export const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';
export const widget = {
  apiVersion: 'conformance.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'w' },
  spec: { size: 1 },
};
export const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
  },
};
export const deployments = '/apis/apps/v1/namespaces/{ns}/deployments';
const all = { ...rule, operations: ['*'] };
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
export const condition = (name: string, expression: string): Fields => ({ name, expression });
const no: Fields = { allowed: false, status: { message: 'matched' } };
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

// Policies

export const constraints = {
  resourceRules: [
    { operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] },
  ],
  namespaceSelector: ours,
  objectSelector: { matchExpressions: [{ key: 'canary', operator: 'DoesNotExist' }] },
};
export const policy = (spec: Fields, name = '{ns}', kind = 'Validating'): Step => ({
  path: `${group}/${kind.toLowerCase()}admissionpolicies`,
  body: {
    apiVersion,
    kind: `${kind}AdmissionPolicy`,
    metadata: { name },
    spec: { matchConstraints: constraints, ...spec },
  },
});
export const binding = (spec: Fields = {}, name = '{ns}', kind = 'Validating'): Step => ({
  path: `${group}/${kind.toLowerCase()}admissionpolicybindings`,
  body: {
    apiVersion,
    kind: `${kind}AdmissionPolicyBinding`,
    metadata: { name },
    spec: { policyName: '{ns}', ...(kind === 'Validating' ? { validationActions: ['Deny'] } : {}), ...spec },
  },
});
/** A second policy of the same kind that refuses canaries tells when what came before it counts. */
const policiesCount: Step[] = [
  quiet(
    policy(
      {
        matchConstraints: { ...constraints, objectSelector: { matchLabels: { canary: 'yes' } } },
        validations: [{ expression: 'false' }],
      },
      'canary-{ns}',
    ),
  ),
  quiet(binding({ policyName: 'canary-{ns}' }, 'canary-{ns}')),
  quiet({ path: `${maps}?dryRun=All`, body: map('canary', { canary: 'yes' }), until: denied }),
];
/** Paramless things count with the canary; those with params may take a little longer: `until` waits for the expected code. */
export const judged = (
  name: string,
  spec: Fields,
  more: { binding?: Fields; before?: Step[]; code?: number; steps?: Step[] } = {},
): Case =>
  one(
    `policy: ${name}`,
    ...(more.before ?? []),
    quiet(policy(spec)),
    quiet(binding(more.binding)),
    ...policiesCount,
    ...(more.code === undefined
      ? []
      : [
          quiet({
            ...create,
            path: `${maps}?dryRun=All`,
            until: (answer) =>
              answer.code === more.code &&
              !(
                more.before !== undefined &&
                more.code === 422 &&
                JSON.stringify(answer.body).includes('no params found')
              ),
          }),
        ]),
    ...(more.steps ?? [create]),
  );
export const says = (expression: string, more: Fields = {}): Fields => ({ validations: [{ expression, ...more }] });
export const params = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };
export const param = (name: string, data: Fields, labels: Fields = {}): Step =>
  quiet({ path: maps, body: map(name, { param: 'yes', ...labels }, data) });
const judgements: Case[] = [
  judged('holds', says('object.data.n == "4"')),
  judged('fails', says('object.data.n == "5"')),
  judged('fails with a message', says('object.data.n == "5"', { message: 'must be five' })),
  judged(
    'fails with a message expression',
    says('object.data.n == "5"', { messageExpression: '"n is " + object.data.n' }),
  ),
  judged(
    'fails with both',
    says('object.data.n == "5"', { message: 'm', messageExpression: '"n is " + object.data.n' }),
  ),
  judged(
    'fails with a message expression that fails',
    says('object.data.n == "5"', { message: 'm', messageExpression: '"n is " + object.data.zz' }),
  ),
  judged(
    'fails with a message expression that fails, alone',
    says('object.data.n == "5"', { messageExpression: '"n is " + object.data.zz' }),
  ),
  judged(
    'fails with an empty message expression',
    says('object.data.n == "5"', { message: 'm', messageExpression: '"  "' }),
  ),
  judged(
    'fails with a message expression of lines',
    says('object.data.n == "5"', { message: 'm', messageExpression: '"a\\nb"' }),
  ),
  ...['Unauthorized', 'Forbidden', 'Invalid', 'RequestEntityTooLarge'].map((reason) =>
    judged(`fails for ${reason}`, says('false', { reason, message: 'r' })),
  ),
  judged('an error', says('object.data.zz == "5"')),
  judged('an error, ignored', { ...says('object.data.zz == "5"'), failurePolicy: 'Ignore' }),
  judged('an error of two', {
    validations: [{ expression: 'object.data.zz == "5"' }, { expression: 'false', message: 'second' }],
  }),
  judged('an error of two, ignored', {
    validations: [{ expression: 'object.data.zz == "5"' }, { expression: 'false', message: 'second' }],
    failurePolicy: 'Ignore',
  }),
  judged('several fail', {
    validations: [
      { expression: 'true' },
      { expression: 'false', message: 'one' },
      { expression: 'false', message: 'two' },
    ],
  }),
  judged('a long expression without message', says('object.data.n == "5" ||\n  object.data.n == "6"')),
  judged('variables', {
    variables: [
      { name: 'n', expression: 'int(object.data.n)' },
      { name: 'm', expression: 'variables.n * 2' },
    ],
    ...says('variables.m > 8', { messageExpression: '"m is " + string(variables.m)' }),
  }),
  judged('a variable that fails', {
    variables: [{ name: 'n', expression: 'int(object.data.zz)' }],
    ...says('variables.n > 8'),
  }),
  judged('a variable that fails and is not used', {
    variables: [{ name: 'n', expression: 'int(object.data.zz)' }],
    ...says('true'),
  }),
  judged('a warning', says('false', { message: 'careful' }), { binding: { validationActions: ['Warn'] } }),
  judged('a warning and audit', says('false', { message: 'careful' }), {
    binding: { validationActions: ['Warn', 'Audit'] },
  }),
  judged('audit', says('false', { message: 'careful' }), { binding: { validationActions: ['Audit'] } }),
  judged('deny and audit', says('false', { message: 'careful' }), {
    binding: { validationActions: ['Deny', 'Audit'] },
  }),
  judged('an error as a warning', says('object.data.zz == "5"'), { binding: { validationActions: ['Warn'] } }),
  judged('a condition that does not hold', {
    matchConditions: [condition('c', 'object.data.n == "5"')],
    ...says('false'),
  }),
  judged('a condition that fails', { matchConditions: [condition('c', 'object.data.zz == "5"')], ...says('false') }),
  judged('a condition that fails, ignored', {
    matchConditions: [condition('c', 'object.data.zz == "5"')],
    ...says('false'),
    failurePolicy: 'Ignore',
  }),
  judged('exclusion', {
    matchConstraints: {
      ...constraints,
      excludeResourceRules: [
        { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] },
      ],
    },
    ...says('false'),
  }),
  judged(
    'names',
    {
      matchConstraints: { ...constraints, resourceRules: [{ ...constraints.resourceRules[0], resourceNames: ['b'] }] },
      ...says('false'),
    },
    { steps: [create, { path: maps, body: map('b') }] },
  ),
  judged('a binding that selects elsewhere', says('false'), {
    binding: { matchResources: { namespaceSelector: { matchLabels: { x: 'y' } } } },
  }),
  judged('a binding that selects objects', says('false'), {
    binding: { matchResources: { objectSelector: { matchLabels: { x: 'y' } } } },
    steps: [create, { path: maps, body: map('b', { x: 'y' }) }],
  }),
  judged('a binding that excludes', says('false'), {
    binding: { matchResources: { excludeResourceRules: [constraints.resourceRules[0]] } },
  }),
  judged('a binding for updates', says('false'), {
    binding: {
      matchResources: {
        resourceRules: [{ operations: ['UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
      },
    },
    steps: [create, { method: 'PATCH', path: `${maps}/a`, body: { data: { x: '1' } }, type: merge }],
  }),
  judged(
    'old objects',
    { ...says('oldObject == null || object.data.n == oldObject.data.n', { message: 'n must not change' }) },
    { steps: [create, { method: 'PATCH', path: `${maps}/a`, body: { data: { n: '5' } }, type: merge }] },
  ),
  judged(
    'the request',
    says('false', {
      messageExpression:
        'request.operation + " " + request.kind.kind + " " + request.resource.resource + " " + request.namespace + " " + request.name + " " + request.userInfo.username + " " + string(request.dryRun)',
    }),
  ),
  judged(
    'the whole request',
    says('false', {
      messageExpression:
        '"fields: " + string(has(request.subResource)) + string(has(request.requestKind)) + string(has(request.options)) + string(has(request.requestSubResource)) + string(has(request.uid))',
    }),
  ),
  judged(
    'the namespace',
    says('namespaceObject.metadata.name != "{ns}"', {
      messageExpression: 'namespaceObject.metadata.labels["kubernetes.io/metadata.name"]',
    }),
  ),
  judged(
    'the authorizer',
    says('!authorizer.group("").resource("pods").namespace("{ns}").check("delete").allowed()', {
      message: 'may delete',
    }),
  ),
  judged(
    'the authorizer of the request',
    says('!authorizer.requestResource.check("create").allowed()', { message: 'may create' }),
  ),
  judged(
    'the authorizer of a service account',
    says('authorizer.serviceAccount("{ns}", "default").group("").resource("pods").check("get").allowed()', {
      messageExpression:
        '"reason: " + authorizer.serviceAccount("{ns}", "default").group("").resource("pods").check("get").reason()',
    }),
  ),
  judged(
    'the authorizer of a path',
    says('!authorizer.path("/healthz").check("get").allowed()', { message: 'may look' }),
  ),
  judged('audit annotations', {
    ...says('true'),
    auditAnnotations: [{ key: 'k', valueExpression: '"n: " + object.data.n' }],
  }),
  judged('audit annotations that fail', {
    ...says('true'),
    auditAnnotations: [{ key: 'k', valueExpression: '"n: " + object.data.zz' }],
  }),
  judged('dry run', says('false', { message: 'dry' }), { steps: [{ ...create, path: `${maps}?dryRun=All` }] }),
  judged('apply', says('false', { message: 'applied' }), {
    steps: [
      { method: 'PATCH', path: `${maps}/a?fieldManager=fm`, body: map('a'), type: 'application/apply-patch+yaml' },
    ],
  }),
  judged(
    'a list of messages',
    says('object.data.all(k, object.data[k] != "4")', {
      messageExpression: '"bad: " + object.data.map(k, k).join(", ")',
    }),
  ),
  judged(
    'libraries',
    says(
      'quantity("1Gi").isGreaterThan(quantity("2Gi")) || isURL("x") || ip("10.0.0.1").family() == 6 || cidr("10.0.0.0/8").containsIP("11.0.0.1") || "a1".matches("^[0-9]+$") || [1,2].sum() == 4 || optional.of(1).hasValue() == false || format.dns1123Label().validate("A").value().size() == 0',
      { message: 'libs' },
    ),
  ),
  // With params
  judged(
    'params',
    { ...params, ...says('object.data.n == params.data.n', { messageExpression: '"must be " + params.data.n' }) },
    {
      before: [param('p', { n: '5' })],
      binding: { paramRef: { name: 'p', namespace: '{ns}', parameterNotFoundAction: 'Deny' } },
      code: 422,
    },
  ),
  judged(
    'params in the same namespace',
    { ...params, ...says('object.data.n == params.data.n') },
    {
      before: [param('p', { n: '5' })],
      binding: { paramRef: { name: 'p', parameterNotFoundAction: 'Deny' } },
      code: 422,
    },
  ),
  judged(
    'params missing, deny',
    { ...params, ...says('object.data.n == params.data.n') },
    { binding: { paramRef: { name: 'p', namespace: '{ns}', parameterNotFoundAction: 'Deny' } }, code: 422 },
  ),
  judged(
    'params missing, allow',
    { ...params, ...says('object.data.n == params.data.n') },
    { binding: { paramRef: { name: 'p', namespace: '{ns}', parameterNotFoundAction: 'Allow' } } },
  ),
  judged(
    'params by selector',
    { ...params, ...says('object.data.n == params.data.n', { messageExpression: '"must be " + params.data.n' }) },
    {
      before: [param('p', { n: '5' }), param('q', { n: '4' })],
      binding: {
        paramRef: { selector: { matchLabels: { param: 'yes' } }, namespace: '{ns}', parameterNotFoundAction: 'Deny' },
      },
      code: 422,
    },
  ),
  judged(
    'params by selector, none',
    { ...params, ...says('object.data.n == params.data.n') },
    {
      binding: {
        paramRef: { selector: { matchLabels: { param: 'no' } }, namespace: '{ns}', parameterNotFoundAction: 'Deny' },
      },
      code: 422,
    },
  ),
  judged(
    'params by selector, none, allow',
    { ...params, ...says('object.data.n == params.data.n') },
    {
      binding: {
        paramRef: { selector: { matchLabels: { param: 'no' } }, namespace: '{ns}', parameterNotFoundAction: 'Allow' },
      },
    },
  ),
  judged('no param reference', { ...params, ...says('params == null', { message: 'params are there' }) }),
  judged(
    'a custom param',
    {
      paramKind: { apiVersion: 'conformance.example.com/v1', kind: 'Widget' },
      ...says('int(object.data.n) == params.spec.size', { messageExpression: '"size is " + string(params.spec.size)' }),
    },
    {
      before: [quiet({ path: widgets, body: widget })],
      binding: { paramRef: { name: 'w', namespace: '{ns}', parameterNotFoundAction: 'Deny' } },
      code: 422,
    },
  ),
  judged(
    'a param kind that does not exist',
    { paramKind: { apiVersion: 'nope.example.com/v1', kind: 'Nope' }, ...says('true') },
    { binding: { paramRef: { name: 'w', namespace: '{ns}', parameterNotFoundAction: 'Deny' } }, code: 422 },
  ),
  judged(
    'a cluster param with a namespace',
    { paramKind: { apiVersion: 'conformance.example.com/v1', kind: 'Gadget' }, ...says('true') },
    { binding: { paramRef: { name: 'w', namespace: '{ns}', parameterNotFoundAction: 'Deny' } } },
  ),
];
const statuses: Case[] = (
  [
    ['fine', says('object.data.n == "4"')],
    ['an unknown field', says('object.nope == "4"')],
    ['a wrong type', says('object.data == 5')],
    ['a message expression', says('true', { messageExpression: 'object.spec.x' })],
    [
      'several kinds',
      {
        matchConstraints: {
          resourceRules: [
            {
              operations: ['CREATE'],
              apiGroups: ['apps'],
              apiVersions: ['v1'],
              resources: ['deployments', 'statefulsets'],
            },
          ],
        },
        ...says('object.spec.replicas > 1 && object.spec.nope'),
      },
    ],
    [
      'all kinds',
      {
        matchConstraints: {
          resourceRules: [{ operations: ['CREATE'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }],
        },
        ...says('object.nope'),
      },
    ],
    [
      'a kind that does not exist',
      {
        matchConstraints: {
          resourceRules: [
            { operations: ['CREATE'], apiGroups: ['nope.example.com'], apiVersions: ['v1'], resources: ['nopes'] },
          ],
        },
        ...says('object.nope'),
      },
    ],
    ['variables', { variables: [{ name: 'x', expression: 'object.nope' }], ...says('variables.x') }],
    ['params', { ...params, ...says('params.nope == 1') }],
    ['audit annotations', { ...says('true'), auditAnnotations: [{ key: 'k', valueExpression: 'object.nope' }] }],
    ['match conditions', { matchConditions: [condition('c', 'object.nope == 1')], ...says('true') }],
  ] as [string, Fields][]
).map(([name, spec]) =>
  one(
    `type checking: ${name}`,
    quiet(
      policy({
        ...spec,
        matchConstraints: {
          ...((spec.matchConstraints as Fields | undefined) ?? constraints),
          namespaceSelector: { matchLabels: { never: 'matches' } },
        },
      }),
    ),
    {
      path: `${group}/validatingadmissionpolicies/{ns}`,
      until: (answer) => (answer.body as { status?: { observedGeneration?: number } }).status?.observedGeneration === 1,
      view: (body) => (body as { status: unknown }).status,
    },
  ),
);
const refusals: Case[] = [
  ...(
    [
      ['nothing', {}],
      ['both', { validations: [{ expression: '' }] }],
      ['no expression', { validations: [{ message: 'x' }] }],
      ['unknown function', says('nope(object)')],
      ['a syntax error', says('object.data.n ==')],
      ['an int', says('object.data.size()')],
      ['dyn', says('object.data.n')],
      ['a bad regexp', says('object.data.n.matches("[")')],
      ['params without paramKind', says('params.data.n == "1"')],
      ['an undefined variable', says('variables.x')],
      ['reason', says('true', { reason: 'Teapot' })],
      ['an empty message', says('true', { message: '' })],
      ['a blank message', says('true', { message: '  ' })],
      ['a message expression of another type', says('true', { messageExpression: '1 + 1' })],
      ['a message expression that is none', says('true', { messageExpression: 'object.' })],
      ['an audit key', { ...says('true'), auditAnnotations: [{ key: 'a/b/c', valueExpression: '"x"' }] }],
      ['an audit value', { ...says('true'), auditAnnotations: [{ key: 'a', valueExpression: '1' }] }],
      ['an empty audit value', { ...says('true'), auditAnnotations: [{ key: 'a', valueExpression: '' }] }],
      [
        'two audit keys',
        {
          ...says('true'),
          auditAnnotations: [
            { key: 'a', valueExpression: '"x"' },
            { key: 'a', valueExpression: '"y"' },
          ],
        },
      ],
      ['audit only', { auditAnnotations: [{ key: 'a', valueExpression: '"x"' }] }],
      ['a variable name', { variables: [{ name: 'a.b', expression: '1' }], ...says('true') }],
      ['a variable without expression', { variables: [{ name: 'a', expression: '' }], ...says('true') }],
      ['a variable that uses itself', { variables: [{ name: 'a', expression: 'variables.a' }], ...says('true') }],
      ['a reserved variable', { variables: [{ name: 'in', expression: '1' }], ...says('true') }],
      ['param kinds', { paramKind: { apiVersion: '', kind: '' }, ...says('true') }],
      ['a param kind without kind', { paramKind: { apiVersion: 'v1' }, ...says('true') }],
      ['no rules', { matchConstraints: {}, ...says('true') }],
      ['empty rules', { matchConstraints: { resourceRules: [] }, ...says('true') }],
      ['no constraints', { matchConstraints: undefined, ...says('true') }],
      [
        'scope',
        { matchConstraints: { resourceRules: [{ ...constraints.resourceRules[0], scope: 'X' }] }, ...says('true') },
      ],
      [
        'names',
        {
          matchConstraints: { resourceRules: [{ ...constraints.resourceRules[0], resourceNames: ['', 'a', 'a'] }] },
          ...says('true'),
        },
      ],
      [
        'connect',
        {
          matchConstraints: { resourceRules: [{ ...constraints.resourceRules[0], operations: ['CONNECT'] }] },
          ...says('true'),
        },
      ],
      [
        'an expensive rule',
        says('object.data.all(a, object.data.all(b, object.data.all(c, object.data.all(d, a == b && c == d))))'),
      ],
      ['many rules', { validations: Array.from({ length: 3 }, () => ({ expression: '' })) }],
      ['conditions', { matchConditions: [condition('1!', ''), condition('ok', 'size(object)')], ...says('true') }],
      ['failure policy', { failurePolicy: 'fail', ...says('true') }],
      ['match policy', { matchConstraints: { ...constraints, matchPolicy: 'Similar' }, ...says('true') }],
      ['defaults', says('true')],
    ] as [string, Fields][]
  ).map(([name, spec]) => {
    const step = policy(spec);
    return one(`refused policy: ${name}`, { ...step, path: `${step.path}?dryRun=All` });
  }),
  ...(
    [
      ['no policy name', { policyName: '' }],
      ['a bad policy name', { policyName: 'A_' }],
      ['no actions', { validationActions: [] }],
      ['no actions at all', { validationActions: undefined }],
      ['an unknown action', { validationActions: ['Shout'] }],
      ['twice', { validationActions: ['Deny', 'Deny'] }],
      ['deny and warn', { validationActions: ['Deny', 'Warn'] }],
      ['an empty param', { paramRef: {} }],
      ['a param by both', { paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' } }],
      ['a param action', { paramRef: { name: 'a', parameterNotFoundAction: 'Maybe' } }],
      ['a param without action', { paramRef: { name: 'a' } }],
      [
        'a bad param selector',
        { paramRef: { selector: { matchLabels: { 'a b': 'c' } }, parameterNotFoundAction: 'Deny' } },
      ],
      [
        'match resources',
        {
          matchResources: {
            resourceRules: [{ operations: ['X'], apiGroups: [], apiVersions: [], resources: [] }],
            matchPolicy: 'X',
          },
        },
      ],
      ['empty match resources', { matchResources: {} }],
      ['fine', {}],
    ] as [string, Fields][]
  ).map(([name, spec]) => {
    const step = binding(spec);
    return one(`refused binding: ${name}`, { ...step, path: `${step.path}?dryRun=All` });
  }),
];
export const applied = (expression: string): Fields => ({
  patchType: 'ApplyConfiguration',
  applyConfiguration: { expression },
});
export const jsonPatch = (expression: string): Fields => ({ patchType: 'JSONPatch', jsonPatch: { expression } });
export const mutation = (mutations: readonly Fields[], more: Fields = {}): Fields => ({
  reinvocationPolicy: 'Never',
  mutations,
  ...more,
});
const mutationsCount: Step[] = [
  quiet(
    policy(
      mutation([applied('Object{data: {"canary": "sung"}}')], {
        matchConstraints: { ...constraints, objectSelector: { matchLabels: { canary: 'yes' } } },
      }),
      'canary-{ns}',
      'Mutating',
    ),
  ),
  quiet(binding({ policyName: 'canary-{ns}' }, 'canary-{ns}', 'Mutating')),
  quiet({
    path: `${maps}?dryRun=All`,
    body: map('canary', { canary: 'yes' }),
    until: (answer) => JSON.stringify(answer.body).includes('sung'),
  }),
];
export const mutated = (
  name: string,
  spec: Fields,
  more: { binding?: Fields; before?: Step[]; steps?: Step[]; code?: number } = {},
): Case =>
  one(
    `mutating policy: ${name}`,
    ...(more.before ?? []),
    quiet(policy(spec, '{ns}', 'Mutating')),
    quiet(binding(more.binding, '{ns}', 'Mutating')),
    ...mutationsCount,
    ...(more.steps ?? [create]),
  );
const mutations: Case[] = [
  mutated('labels', mutation([applied('Object{metadata: Object.metadata{labels: {"x": "y"}}}')])),
  mutated('data', mutation([applied('Object{data: {"x": object.data.n}}')])),
  mutated('a patch', mutation([jsonPatch('[JSONPatch{op: "add", path: "/data/x", value: "1"}]')])),
  mutated(
    'a patch of all operations',
    mutation([
      jsonPatch(
        '[JSONPatch{op: "test", path: "/data/n", value: "4"}, JSONPatch{op: "copy", from: "/data/n", path: "/data/m"}, JSONPatch{op: "move", from: "/data/n", path: "/data/o"}, JSONPatch{op: "replace", path: "/data/m", value: "7"}, JSONPatch{op: "remove", path: "/data/o"}]',
      ),
    ]),
  ),
  mutated(
    'a patch whose test fails',
    mutation([
      jsonPatch(
        '[JSONPatch{op: "test", path: "/data/n", value: "5"}, JSONPatch{op: "add", path: "/data/x", value: "1"}]',
      ),
    ]),
  ),
  mutated('a patch of what is missing', mutation([jsonPatch('[JSONPatch{op: "remove", path: "/data/zz"}]')])),
  mutated('a patch with a bad operation', mutation([jsonPatch('[JSONPatch{op: "frob", path: "/data/zz"}]')])),
  mutated('a patch of the wrong type', mutation([jsonPatch('[JSONPatch{op: "replace", path: "/data/n", value: 5}]')])),
  mutated('an error', mutation([applied('Object{data: {"x": object.data.zz}}')])),
  mutated('an error, ignored', mutation([applied('Object{data: {"x": object.data.zz}}')], { failurePolicy: 'Ignore' })),
  mutated('an unknown field', mutation([applied('Object{nope: "x"}')])),
  mutated('another name', mutation([applied('Object{metadata: Object.metadata{name: "b"}}')])),
  mutated(
    'two mutations',
    mutation([
      applied('Object{data: {"x": "1"}}'),
      jsonPatch('[JSONPatch{op: "add", path: "/data/y", value: object.data.x}]'),
    ]),
  ),
  mutated(
    'variables',
    mutation([applied('Object{data: {"x": variables.v}}')], {
      variables: [{ name: 'v', expression: 'object.data.n + "!"' }],
    }),
  ),
  mutated(
    'a condition',
    mutation([applied('Object{data: {"x": "1"}}')], { matchConditions: [condition('c', '!has(object.data.x)')] }),
  ),
  mutated(
    'a condition that fails',
    mutation([applied('Object{data: {"x": "1"}}')], { matchConditions: [condition('c', 'object.data.zz == "1"')] }),
  ),
  mutated('reinvocation', mutation([applied('Object{data: {"x": "1"}}')], { reinvocationPolicy: 'IfNeeded' })),
  mutated('a dry run', mutation([applied('Object{data: {"x": "1"}}')]), {
    steps: [{ ...create, path: `${maps}?dryRun=All` }],
  }),
  mutated('an apply', mutation([applied('Object{data: {"x": "1"}}')]), {
    steps: [
      { method: 'PATCH', path: `${maps}/a?fieldManager=fm`, body: map('a'), type: 'application/apply-patch+yaml' },
    ],
  }),
  mutated('an update', mutation([applied('Object{data: {"u": string(oldObject != null)}}')]), {
    steps: [create, { method: 'PATCH', path: `${maps}/a`, body: { data: { z: '1' } }, type: merge }],
  }),
  mutated(
    'a service account',
    mutation([applied('Object{automountServiceAccountToken: false}')], {
      matchConstraints: {
        ...constraints,
        resourceRules: [
          { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['serviceaccounts'] },
        ],
      },
    }),
    {
      steps: [
        {
          path: '/api/v1/namespaces/{ns}/serviceaccounts',
          body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sa' } },
        },
      ],
    },
  ),
  mutated(
    'a sidecar',
    mutation([applied('Object{spec: Object.spec{containers: [Object.spec.containers{name: "side", image: "x"}]}}')], {
      matchConstraints: {
        ...constraints,
        resourceRules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
      },
    }),
    {
      steps: [
        {
          path: pods,
          body: {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'p' },
            spec: { containers: [{ name: 'c', image: 'y' }] },
          },
          view: (body) => (body as { spec?: { containers: unknown } }).spec?.containers ?? body,
        },
      ],
    },
  ),
  mutated(
    'a custom resource',
    mutation([applied('Object{spec: Object.spec{color: "blue"}}')], {
      matchConstraints: {
        ...constraints,
        resourceRules: [
          {
            operations: ['CREATE'],
            apiGroups: ['conformance.example.com'],
            apiVersions: ['v1'],
            resources: ['widgets'],
          },
        ],
      },
    }),
    { steps: [{ path: widgets, body: widget }] },
  ),
  ...(
    [
      ['none', mutation([])],
      ['no type', mutation([{ applyConfiguration: { expression: 'Object{}' } }])],
      ['an unknown type', mutation([{ patchType: 'X', applyConfiguration: { expression: 'Object{}' } }])],
      ['both', mutation([{ ...applied('Object{}'), jsonPatch: { expression: '[]' } }])],
      ['neither', mutation([{ patchType: 'JSONPatch' }])],
      ['an empty expression', mutation([applied(' ')])],
      ['a syntax error', mutation([applied('Object{')])],
      ['a wrong type', mutation([applied('1')])],
      ['a patch of a wrong type', mutation([jsonPatch('Object{}')])],
      ['no reinvocation policy', { mutations: [applied('Object{}')] }],
      ['an unknown reinvocation policy', mutation([applied('Object{}')], { reinvocationPolicy: 'Always' })],
      [
        'delete',
        mutation([applied('Object{}')], {
          matchConstraints: {
            resourceRules: [
              { operations: ['DELETE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] },
            ],
          },
        }),
      ],
      ['defaults', mutation([applied('Object{}')])],
      ['failure policy', mutation([applied('Object{}')], { failurePolicy: 'x' })],
      ['no constraints', mutation([applied('Object{}')], { matchConstraints: undefined })],
    ] as [string, Fields][]
  ).map(([name, spec]) => {
    const step = policy(spec, '{ns}', 'Mutating');
    return one(`refused mutating policy: ${name}`, { ...step, path: `${step.path}?dryRun=All` });
  }),
];

// What the default chain does

export const pod = (name: string, spec: Fields = {}, container: Fields = {}, meta: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...meta },
  spec: { containers: [{ name: 'c', image: 'nginx', ...container }], ...spec },
});
const ready: Step = quiet({
  path: '/api/v1/namespaces/{ns}/serviceaccounts/default',
  until: (answer) => answer.code === 200,
});
const podCase = (name: string, spec: Fields, container: Fields = {}, meta: Fields = {}, ...before: Step[]): Case =>
  one(`pod: ${name}`, ready, ...before, { path: pods, body: pod('p', spec, container, meta) });
const account = (more: Fields): Step =>
  quiet({
    path: '/api/v1/namespaces/{ns}/serviceaccounts',
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sa' }, ...more },
  });
const quota = (hard: Fields, more: Fields = {}): Step[] => [
  quiet({
    path: '/api/v1/namespaces/{ns}/resourcequotas',
    body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard, ...more } },
  }),
  quiet({
    path: '/api/v1/namespaces/{ns}/resourcequotas/q',
    until: (answer) => (answer.body as { status?: { used?: object } }).status?.used !== undefined,
  }),
];
const limits = (...list: Fields[]): Step[] => [
  quiet({
    path: '/api/v1/namespaces/{ns}/limitranges',
    body: { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits: list } },
  }),
];
const settled = (path: string, body: Fields, expect: (answer: Answer) => boolean): Step =>
  quiet({ path: `${path}?dryRun=All`, body, until: expect });
const claim = (size: string): Fields => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
});
const claims = '/api/v1/namespaces/{ns}/persistentvolumeclaims';
const usedIn = (...steps: Step[]): Step[] => [
  ...steps,
  { path: '/api/v1/namespaces/{ns}/resourcequotas/q', view: (body) => (body as { status: unknown }).status },
];
const small = { resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } } };
const standard: Case[] = [
  podCase('plain', {}),
  podCase('without a token', { automountServiceAccountToken: false }),
  podCase(
    'an account without a token',
    { serviceAccountName: 'sa' },
    {},
    {},
    account({ automountServiceAccountToken: false }),
  ),
  podCase(
    'an account with pull secrets',
    { serviceAccountName: 'sa' },
    {},
    {},
    account({ imagePullSecrets: [{ name: 'x' }, { name: 'y' }] }),
  ),
  podCase(
    'pull secrets of its own',
    { serviceAccountName: 'sa', imagePullSecrets: [{ name: 'z' }] },
    {},
    {},
    account({ imagePullSecrets: [{ name: 'x' }] }),
  ),
  podCase('the old account field', { serviceAccount: 'sa' }, {}, {}, account({})),
  podCase('an account that is missing', { serviceAccountName: 'none' }),
  podCase(
    'an account that allows some secrets',
    { serviceAccountName: 'sa', volumes: [{ name: 's', secret: { secretName: 'x' } }] },
    {},
    {},
    quiet({
      path: '/api/v1/namespaces/{ns}/serviceaccounts',
      body: {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'sa', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
      },
    }),
  ),
  podCase(
    'a mount at the path of tokens',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumeMounts: [{ name: 'v', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] },
  ),
  podCase('init containers', { initContainers: [{ name: 'i', image: 'x' }] }),
  podCase('a mirror pod', {}, {}, { annotations: { 'kubernetes.io/config.mirror': 'x' } }),
  podCase('an unknown priority class', { priorityClassName: 'none' }),
  podCase('a system priority class', { priorityClassName: 'system-node-critical' }),
  podCase('a priority without a class', { priority: 5 }),
  podCase('a priority against its class', { priorityClassName: 'system-cluster-critical', priority: 5 }),
  podCase('a priority that agrees', { priorityClassName: 'system-cluster-critical', priority: 2000000000 }),
  podCase('a preemption policy against the default', { preemptionPolicy: 'Never' }),
  podCase('tolerations of its own', {
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 },
    ],
  }),
  podCase('tolerations of everything', { tolerations: [{ operator: 'Exists' }] }),
  podCase('tolerations of everything there', { tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] }),
  podCase('a runtime class that is missing', { runtimeClassName: 'none' }),
  podCase('overhead without a runtime class', { overhead: { cpu: '1' } }),
  podCase('a memory request', {}, { resources: { requests: { memory: '64Mi' } } }),
  podCase('guaranteed', {}, { resources: { limits: { cpu: '1', memory: '64Mi' } } }),
  podCase('extended resources', {}, { resources: { limits: { 'example.com/gpu': '1' } } }),
  podCase('an image of a tag', {}, { image: 'nginx:1.27' }),
  podCase('an image of a digest', {}, { image: `nginx@sha256:${'a'.repeat(64)}` }),
  podCase('a node name', { nodeName: 'n' }),
  podCase('a node selector', { nodeSelector: { a: 'b' } }),
  podCase('host network and ports', { hostNetwork: true }, { ports: [{ containerPort: 80 }] }),
  podCase('a namespace that is set otherwise', {}, {}, { namespace: 'default' }),
  one('a pod in a namespace that is missing', { path: '/api/v1/namespaces/no-such/pods', body: pod('p') }),
  one(
    'anything in a namespace that is missing',
    { path: '/api/v1/namespaces/no-such/configmaps', body: map('a') },
    { path: '/apis/conformance.example.com/v1/namespaces/no-such/widgets', body: widget },
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/no-such/configmaps/a?fieldManager=x',
      body: map('a'),
      type: 'application/apply-patch+yaml',
    },
  ),
  one(
    'anything in a namespace that goes',
    quiet({ path: maps, body: { ...map('hold'), metadata: { name: 'hold', finalizers: ['example.com/hold'] } } }),
    quiet({ method: 'DELETE', path: '/api/v1/namespaces/{ns}' }),
    { path: maps, body: map('a') },
    { path: widgets, body: widget },
    {
      method: 'PATCH',
      path: `${maps}/hold`,
      body: { data: { x: '1' } },
      type: merge,
      view: (body) => (body as { data: unknown }).data,
    },
    { path: `${pods}`, body: pod('p') },
    quiet({ method: 'PATCH', path: `${maps}/hold`, body: { metadata: { finalizers: null } }, type: merge }),
  ),
  one(
    'namespaces that must stay',
    ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(
      (name): Step => ({
        method: 'DELETE',
        path: `/api/v1/namespaces/${name}?dryRun=All`,
        view: (body) => (body as { reason?: string }).reason,
      }),
    ),
  ),
  ...['count/secrets', 'secrets'].map((name) =>
    one(
      `quota: ${name}`,
      ...quota({ [name]: '1' }),
      ...usedIn(
        ...['a', 'b'].map(
          (item): Step => ({
            path: '/api/v1/namespaces/{ns}/secrets',
            body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: item } },
          }),
        ),
      ),
    ),
  ),
  one(
    'quota: custom resources',
    ...quota({ 'count/widgets.conformance.example.com': '1' }),
    { path: widgets, body: widget },
    { path: widgets, body: { ...widget, metadata: { name: 'v' } } },
  ),
  one(
    'quota: none of it',
    ...quota({ secrets: '0', services: '0', 'services.nodeports': '0', 'services.loadbalancers': '0' }),
    { path: '/api/v1/namespaces/{ns}/secrets', body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } } },
    {
      path: '/api/v1/namespaces/{ns}/services',
      body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } },
    },
    {
      path: '/api/v1/namespaces/{ns}/services',
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { type: 'NodePort', ports: [{ port: 80 }] },
      },
    },
  ),
  one(
    'quota: pods',
    ready,
    ...quota({ pods: '1' }),
    ...usedIn(
      { path: pods, body: pod('a'), view: (body) => (body as { kind: string }).kind },
      { path: pods, body: pod('b') },
    ),
  ),
  one(
    'quota: cpu and memory',
    ready,
    ...quota({ 'requests.cpu': '150m', 'limits.memory': '1Gi' }),
    { path: pods, body: pod('a') },
    { path: pods, body: pod('b', {}, small), view: (body) => (body as { kind: string }).kind },
    { path: pods, body: pod('c', {}, small) },
  ),
  one(
    'quota: cpu of the old name',
    ready,
    ...quota({ cpu: '50m', memory: '1Gi' }),
    { path: pods, body: pod('a') },
    { path: pods, body: pod('b', {}, small) },
  ),
  one(
    'quota: best effort',
    ready,
    ...quota({ pods: '0' }, { scopes: ['BestEffort'] }),
    { path: pods, body: pod('a') },
    { path: pods, body: pod('b', {}, small), view: (body) => (body as { kind: string }).kind },
  ),
  one(
    'quota: not best effort',
    ready,
    ...quota({ pods: '0' }, { scopes: ['NotBestEffort'] }),
    { path: pods, body: pod('a'), view: (body) => (body as { kind: string }).kind },
    { path: pods, body: pod('b', {}, small) },
  ),
  one(
    'quota: terminating',
    ready,
    ...quota({ pods: '0' }, { scopes: ['Terminating'] }),
    { path: pods, body: pod('a', { activeDeadlineSeconds: 5 }) },
    { path: pods, body: pod('b'), view: (body) => (body as { kind: string }).kind },
  ),
  one(
    'quota: of a priority',
    ready,
    ...quota(
      { pods: '0' },
      {
        scopeSelector: {
          matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }],
        },
      },
    ),
    { path: pods, body: pod('a', { priorityClassName: 'system-node-critical' }) },
    { path: pods, body: pod('b'), view: (body) => (body as { kind: string }).kind },
  ),
  one(
    'quota: storage',
    ...quota({ 'requests.storage': '5Gi', persistentvolumeclaims: '3' }),
    { path: claims, body: claim('6Gi') },
    ...usedIn({ path: claims, body: claim('4Gi'), view: (body) => (body as { kind: string }).kind }),
  ),
  one('quota: two at once', ...quota({ services: '1', secrets: '0', 'count/secrets': '0' }), {
    path: '/api/v1/namespaces/{ns}/secrets',
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } },
  }),
  one('quota: a dry run', ...quota({ secrets: '0' }), {
    path: '/api/v1/namespaces/{ns}/secrets?dryRun=All',
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } },
  }),
  one(
    'quota: deployments',
    ...quota({ 'count/deployments.apps': '1' }),
    { path: deployments, body: deployment, view: (body) => (body as { kind: string }).kind },
    { path: deployments, body: { ...deployment, metadata: { name: 'e' } } },
  ),
  one(
    'limits: defaults of containers',
    ready,
    ...limits({ type: 'Container', default: { cpu: '200m', memory: '100Mi' }, defaultRequest: { cpu: '100m' } }),
    settled(pods, pod('z'), (answer) => JSON.stringify(answer.body).includes('200m')),
    { path: pods, body: pod('a') },
    {
      path: pods,
      body: pod('b', { initContainers: [{ name: 'i', image: 'x' }] }, { resources: { limits: { cpu: '1' } } }),
    },
  ),
  one(
    'limits: maxima',
    ready,
    ...limits({ type: 'Container', max: { cpu: '150m' }, min: { memory: '100Mi' } }),
    settled(pods, pod('z', {}, small), (answer) => answer.code === 403),
    { path: pods, body: pod('a', {}, small) },
    { path: pods, body: pod('b') },
  ),
  one(
    'limits: of pods',
    ready,
    ...limits({ type: 'Pod', max: { cpu: '150m' } }),
    settled(pods, pod('z', {}, small), (answer) => answer.code === 403),
    { path: pods, body: pod('a', {}, small) },
    { path: pods, body: pod('b') },
  ),
  one(
    'limits: a ratio',
    ready,
    ...limits({ type: 'Container', maxLimitRequestRatio: { cpu: '1' } }),
    settled(pods, pod('z', {}, small), (answer) => answer.code === 403),
    { path: pods, body: pod('a', {}, small) },
  ),
  one(
    'limits: of claims',
    ...limits({ type: 'PersistentVolumeClaim', max: { storage: '5Gi' }, min: { storage: '1Gi' } }),
    settled(claims, claim('9Gi'), (answer) => answer.code === 403),
    { path: claims, body: claim('6Gi') },
    { path: claims, body: claim('1Mi') },
  ),
  one(
    'a default storage class',
    ...[
      quiet({
        path: '/apis/storage.k8s.io/v1/storageclasses',
        body: {
          apiVersion: 'storage.k8s.io/v1',
          kind: 'StorageClass',
          metadata: { name: 'sc-{ns}' },
          provisioner: 'x',
        },
      }),
    ],
    {
      path: claims,
      body: { ...claim('1Gi'), spec: { ...(claim('1Gi').spec as Fields), storageClassName: 'sc-{ns}' } },
    },
  ),
  one('a claim that grows', ...[quiet({ path: claims, body: claim('1Gi') })], {
    method: 'PATCH',
    path: `${claims}/c`,
    body: { spec: { resources: { requests: { storage: '2Gi' } } } },
    type: merge,
    view: (body) => (body as { reason: string }).reason,
  }),
  one('a certificate request approved by nobody', {
    path: '/apis/certificates.k8s.io/v1/certificatesigningrequests?dryRun=All',
    body: {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: '{ns}' },
      spec: { request: 'eA==', signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
    },
  }),
  one('an ingress without a class', {
    path: '/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses',
    body: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'i' },
      spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
    },
  }),
  one('an owner that blocks without rights', ready, {
    path: maps,
    body: {
      ...map('a'),
      metadata: {
        name: 'a',
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u', blockOwnerDeletion: true }],
      },
    },
    headers: { 'impersonate-user': 'system:serviceaccount:{ns}:default', 'impersonate-group': 'nobody' },
  }),
];

export const admissionProbes: readonly Case[] = [
  ...verdictCases,
  ...ignored,
  ...patchCases,
  ...sent,
  ...matching,
  ...chain,
  ...configurations,
  ...judgements,
  ...statuses,
  ...refusals,
  ...mutations,
  ...standard,
];
