/** Requests at the edges: who may ask, how, for which form, of which version; policies and pods' fields. */
import type { Answer, Case, Step } from './harness.ts';
import { type Fields, merge } from './steps.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'asks', name, steps });
const maps = '/api/v1/namespaces/{ns}/configmaps';
const secrets = '/api/v1/namespaces/{ns}/secrets';
const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';
const map = (name: string, meta: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...meta },
  data: { a: '1' },
});
const as = (user: string, more: { [name: string]: string } = {}) => ({ 'impersonate-user': user, ...more });
const get = (path: string, headers?: { [name: string]: string }): Step => ({
  path,
  ...(headers === undefined ? {} : { headers }),
});
const review = (group: string, kind: string, spec: Fields): Fields => ({
  apiVersion: `${group}/v1`,
  kind,
  metadata: {},
  spec,
});
const authz = (plural: string, kind: string, spec: Fields, headers?: { [name: string]: string }, place = ''): Step => ({
  path: `/apis/authorization.k8s.io/v1/${place}${plural}`,
  body: review('authorization.k8s.io', kind, spec),
  ...(headers === undefined ? {} : { headers }),
});

const accept = (text: string) => ({ accept: text });
const forms = [
  '*/*',
  '',
  'application/*',
  'text/plain',
  'application/json;q=0.1,application/yaml;q=0.9',
  'application/yaml',
  'application/json;stream=watch',
  'application/json;as=Table;v=v1beta1;g=meta.k8s.io',
  'application/json;as=Table;v=v2;g=meta.k8s.io',
  'application/json;as=Table;v=v1;g=other',
  'application/json;as=PartialObjectMetadataList;v=v1beta1;g=meta.k8s.io',
  'application/json;as=Table;v=v1;g=meta.k8s.io;q=0.5,application/json',
  'application/yaml;as=Table;v=v1;g=meta.k8s.io',
  'application/json;pretty=1',
  'application/xml,application/json',
  'application/cbor',
  'nonsense',
  'application/json;charset=utf-8',
  'text/html,application/xhtml+xml,*/*;q=0.8',
];

const access: Case[] = [
  one(
    'what somebody may not',
    ...[
      get(`${maps}`),
      get(`${maps}/a`),
      get('/api/v1/configmaps'),
      get('/api/v1/nodes'),
      get('/api/v1/nodes/a/status'),
      get('/apis/apps/v1/namespaces/{ns}/deployments/a/scale'),
      get(`${maps}?watch=1`),
      get('/metrics'),
      get('/logs/'),
      get('/nope'),
      get('/api/v1/namespaces/{ns}'),
      get(`${widgets}/a`),
      get('/apis/none.example.com/v1/x'),
      { method: 'DELETE', path: maps },
      { method: 'DELETE', path: `${maps}/a` },
      { method: 'PATCH', path: `${maps}/a`, body: {}, type: merge },
      { method: 'PUT', path: `${maps}/a`, body: map('a') },
      { path: maps, body: map('a') },
      { method: 'PATCH', path: `${maps}/a?fieldManager=x`, body: map('a'), type: 'application/apply-patch+yaml' },
      { path: '/api/v1/namespaces/{ns}/pods/a/eviction', body: {} },
      { path: '/api/v1/namespaces/{ns}/pods/a/exec', body: '' },
      { method: 'POST', path: '/nope', body: '{}' },
      { method: 'HEAD', path: `${maps}/a` },
      { method: 'OPTIONS', path: maps },
    ].map((step): Step => ({ ...step, headers: as('nobody') })),
  ),
  one(
    'impersonation',
    get(`${maps}`, as('u', { 'impersonate-group': 'system:masters' })),
    get(maps, { 'impersonate-group': 'g' }),
    get(maps, { 'impersonate-uid': 'u' }),
    get(maps, as('system:serviceaccount:default:default')),
    get(maps, as('')),
    get(maps, as('u', { 'impersonate-extra-a.b%2fc': 'x' })),
    get(maps, as('system:anonymous')),
    get(maps, as('system:serviceaccount:bad')),
  ),
  one(
    'who am I',
    ...['u', 'system:anonymous', 'system:serviceaccount:{ns}:default', 'system:kube-scheduler'].map(
      (user): Step => ({
        path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
        headers: as(user, { 'impersonate-group': 'g', 'impersonate-extra-k': 'v' }),
      }),
    ),
  ),
  one(
    'access reviews',
    authz('subjectaccessreviews', 'SubjectAccessReview', {}),
    authz('subjectaccessreviews', 'SubjectAccessReview', { user: 'u' }),
    authz('subjectaccessreviews', 'SubjectAccessReview', {
      user: 'u',
      resourceAttributes: { verb: 'get' },
      nonResourceAttributes: { path: '/', verb: 'get' },
    }),
    authz('subjectaccessreviews', 'SubjectAccessReview', {
      groups: ['system:masters'],
      resourceAttributes: { verb: 'get', resource: 'x' },
    }),
    authz('subjectaccessreviews', 'SubjectAccessReview', {
      user: 'u',
      nonResourceAttributes: { path: '/healthz', verb: 'get' },
      groups: ['system:authenticated'],
    }),
    authz('selfsubjectaccessreviews', 'SelfSubjectAccessReview', {}),
    authz(
      'selfsubjectaccessreviews',
      'SelfSubjectAccessReview',
      { resourceAttributes: { verb: '*', resource: '*', group: '*' } },
      as('u'),
    ),
    authz(
      'localsubjectaccessreviews',
      'LocalSubjectAccessReview',
      { user: 'u', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'other' } },
      undefined,
      'namespaces/{ns}/',
    ),
    authz(
      'localsubjectaccessreviews',
      'LocalSubjectAccessReview',
      { user: 'u', nonResourceAttributes: { path: '/', verb: 'get' } },
      undefined,
      'namespaces/{ns}/',
    ),
    authz(
      'localsubjectaccessreviews',
      'LocalSubjectAccessReview',
      { user: 'u', resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}' } },
      undefined,
      'namespaces/{ns}/',
    ),
    authz('selfsubjectrulesreviews', 'SelfSubjectRulesReview', {}),
    authz('selfsubjectrulesreviews', 'SelfSubjectRulesReview', { namespace: '{ns}' }, as('u')),
    { method: 'GET', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' },
    authz('subjectaccessreviews', 'SubjectAccessReview', {
      user: 'u',
      resourceAttributes: { verb: 'list', resource: 'pods', fieldSelector: { rawSelector: 'a=b', requirements: [] } },
    }),
    authz('subjectaccessreviews', 'SubjectAccessReview', {
      user: 'u',
      resourceAttributes: {
        verb: 'list',
        resource: 'pods',
        labelSelector: { requirements: [{ key: '', operator: 'X' }] },
      },
    }),
  ),
  one(
    'tokens',
    ...[{}, { token: '' }, { token: 'x' }, { token: 'a.b.c', audiences: ['z'] }].map(
      (spec): Step => ({
        path: '/apis/authentication.k8s.io/v1/tokenreviews',
        body: review('authentication.k8s.io', 'TokenReview', spec),
      }),
    ),
    ...[
      {},
      { expirationSeconds: 1 },
      { expirationSeconds: 4294967297 },
      { audiences: [''] },
      { expirationSeconds: 3600, audiences: ['a', 'b'] },
      { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'none' } },
      { boundObjectRef: { apiVersion: 'v1', kind: 'Node', name: 'none' } },
    ].map(
      (spec, index): Step => ({
        path: '/api/v1/namespaces/{ns}/serviceaccounts/default/token',
        body: review('authentication.k8s.io', 'TokenRequest', spec),
        // The namespace's account is made in a moment. Objects that are not there are meant to stay away.
        ...(index === 0 ? { until: (answer: Answer) => answer.code !== 404 } : {}),
      }),
    ),
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts/zz/token',
      body: review('authentication.k8s.io', 'TokenRequest', {}),
    },
    { path: '/api/v1/namespaces/{ns}/serviceaccounts/default/token', body: { kind: 'TokenRequest' } },
  ),
];

const q = (path: string, query: string): Step => get(`${path}?${query}`);
const reads: Case[] = [secrets, widgets].flatMap((path, index) => {
  const label = index === 0 ? 'builtin' : 'custom';
  return [
    ...forms.map((form) => one(`${label}: accept ${form}`, get(path, accept(form)), get(`${path}/zz`, accept(form)))),
    one(
      `${label}: odd queries`,
      ...[
        'limit=0',
        'limit=1.5',
        'limit=99999999999999999999',
        'watch=0',
        'watch=false',
        'watch=no&timeoutSeconds=1',
        'timeoutSeconds=x',
        'timeoutSeconds=-1',
        'allowWatchBookmarks=x',
        'resourceVersion=0&continue=x',
        'resourceVersionMatch=NotOlderThan',
        'continue=eyJ2IjoidjAiLCJydiI6MSwic3RhcnQiOiJhIn0',
        'continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiIuLi9hIn0',
        'labelSelector=a=b,c',
        'labelSelector=a=b=c',
        'labelSelector=a==b',
        'labelSelector=a%20notin%20()',
        'labelSelector=a%20in%20(b,)',
        'labelSelector=(a)',
        'labelSelector=a%3C5',
        'labelSelector=a%3Cx',
        'labelSelector=!',
        'labelSelector=,',
        'fieldSelector=metadata.name',
        'fieldSelector=metadata.name%3D%3Da',
        'fieldSelector=metadata.name%3Da,metadata.name%3Db',
        'fieldSelector=metadata.labels%3Da',
        'fieldSelector=%3Da',
        'fieldSelector=metadata.name%3Da,',
        'pretty=1&limit=1',
        'sendInitialEvents=false',
        'sendInitialEvents=true&watch=1&resourceVersionMatch=Exact',
        'watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&timeoutSeconds=1',
        'shardSelector=x',
        'nope=1',
        'ignoreStoreReadErrorWithClusterBreakingPotential=true',
      ].map((query) => q(path, query)),
    ),
    one(
      `${label}: delete options`,
      ...[
        { propagationPolicy: 'Nope' },
        { orphanDependents: true, propagationPolicy: 'Orphan' },
        { preconditions: { uid: 'x' } },
        { preconditions: { resourceVersion: '1' } },
        { gracePeriodSeconds: -1 },
        { dryRun: ['Nope'] },
        { dryRun: ['All'] },
        { kind: 'Nope', apiVersion: 'v1' },
        { nope: 1 },
        { propagationPolicy: 'Foreground' },
      ]
        .map((body): Step => ({ method: 'DELETE', path: `${path}/a`, body }))
        .flatMap((step) => [
          {
            path,
            body:
              index === 0
                ? { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }
                : {
                    apiVersion: 'conformance.example.com/v1',
                    kind: 'Widget',
                    metadata: { name: 'a' },
                    spec: { size: 1 },
                  },
            quiet: true,
          },
          step,
        ]),
    ),
    one(
      `${label}: delete queries`,
      ...[
        'propagationPolicy=Nope',
        'gracePeriodSeconds=x',
        'gracePeriodSeconds=-5',
        'orphanDependents=maybe',
        'dryRun=x',
        'dryRun=All',
      ].map((query): Step => ({ method: 'DELETE', path: `${path}/a?${query}` })),
      { method: 'DELETE', path: `${path}?labelSelector=a%20in` },
      { method: 'DELETE', path: `${path}?dryRun=All` },
      { method: 'DELETE', path: `${path}/a`, body: '{', type: 'application/json' },
      { method: 'DELETE', path: `${path}/a`, body: 'x', type: 'text/plain' },
    ),
    one(
      `${label}: methods`,
      ...['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECTX', 'LIST'].flatMap((method): Step[] =>
        [
          { method, path: `${path}/zz/nope` },
          { method, path: `${path}/zz/status` },
        ].filter(() => method !== 'CONNECTX' && method !== 'LIST'),
      ),
    ),
  ];
});

const paths: Case[] = [
  one(
    'paths',
    ...[
      '/',
      '/api/v2',
      '/apis/',
      '/apis/apps',
      '/apis/apps/v1/',
      '/apis/apps/v1/namespaces',
      '/apis/apps/v1/namespaces/{ns}',
      '/api/v1/namespaces/{ns}/',

      '/api/v1/namespaces/{ns}/configmaps/',
      '/api/v1/namespaces/{ns}/configmaps/a/b/c',
      '/api/v1/watch/namespaces/{ns}/zz',
      '/healthz/ping',
      '/healthz/nope',
      '/readyz/ping',
      '/livez/ping',
      '/healthz?exclude=ping',
      '/livez?exclude=nope',
      '/version/',
      '/openapi',
      '/openapi/v3/',

      '/openapi/v2/x',

      '/openid/v1/jwks/x',
      '/swagger.json',
      '/ui',

      '/configz',
      '/index.html',
      '/favicon.ico',
      '/%2e%2e/api',
      '/api/v1/../v1',
      '/API/v1',

      '/apis/conformance.example.com/v1/namespaces/{ns}',
      '/apis/conformance.example.com/v1/widgets/a/status',
    ].map((path) => get(path)),
  ),
  one(
    'bodies',
    ...[
      'application/json',
      'application/yaml',
      'application/xml',
      'application/json; charset=utf-8',
      'application/vnd.kubernetes.protobuf',
      'APPLICATION/JSON',
      'json',
      '',
    ].map((type): Step => ({ path: `${maps}?dryRun=All`, body: JSON.stringify(map('a')), type })),
    ...[
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}} trailing',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},}',
      "{'kind':'ConfigMap'}",
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"\\ud800"}}',
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"a":"\u0000"}}',
      '{"KIND":"ConfigMap","apiversion":"v1","Metadata":{"Name":"a"}}',
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":null}',
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":"x"}',
      '{"kind":5,"apiVersion":"v1"}',
      '{"kind":"List","apiVersion":"v1","items":[]}',
      '{"kind":"ConfigMapList","apiVersion":"v1","items":[]}',
      '[{"kind":"ConfigMap"}]',
      ' ',
      '\ufeff{}',
      'kind: ConfigMap',
    ].map((body): Step => ({ path: `${maps}?dryRun=All`, body })),
    ...[
      'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {a: &x b, c: *x}',
      'kind: ConfigMap\n\tbad: tab',
      '---\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}',
      'kind: ConfigMap\napiVersion: v1\nmetadata: {name: 012}',
      'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {a: !!binary eA==}',
      'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {1: x, true: y}',
      '"x"',
      '- a',
    ].map((body): Step => ({ path: `${maps}?dryRun=All`, body, type: 'application/yaml' })),
  ),
];

const policyBase = (spec: Fields): Step => ({
  path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?dryRun=All',
  body: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: '{ns}' },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      },
      validations: [{ expression: 'true' }],
      ...spec,
    },
  },
});
const policies: readonly [string, Fields][] = [
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

const pod = (spec: Fields, container: Fields = {}): Step => ({
  path: '/api/v1/namespaces/{ns}/pods?dryRun=All',
  body: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'c', image: 'x', ...container }], ...spec },
  },
});
const podSpecs: readonly Fields[] = [
  { hostAliases: [{ ip: 'x', hostnames: ['BAD_'] }] },
  { dnsConfig: { nameservers: ['x', '1.1.1.1', '1.1.1.2', '1.1.1.3'], searches: ['BAD_ '], options: [{ name: '' }] } },
  { dnsPolicy: 'None' },
  { priorityClassName: 'BAD_' },
  { schedulerName: 'BAD_' },
  { nodeName: 'BAD_' },
  { subdomain: 'BAD_' },
  { hostname: 'a.b' },
  { serviceAccountName: 'none' },
  { preemptionPolicy: 'X' },
  { readinessGates: [{ conditionType: 'a b' }] },
  { securityContext: { runAsUser: -1, fsGroup: -1, supplementalGroups: [-1], sysctls: [{ name: 'BAD!', value: '' }] } },
  { securityContext: { fsGroupChangePolicy: 'X' } },
  { securityContext: { seccompProfile: { type: 'Localhost' } } },
  { securityContext: { seccompProfile: { type: 'X' } } },
  { terminationGracePeriodSeconds: -5 },
  { activeDeadlineSeconds: -1 },
  { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } },
  { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: {} }] } } },
  { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: '' }] } } },
  {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, podAffinityTerm: { topologyKey: 'a b' } }],
      },
    },
  },
  { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: '', whenUnsatisfiable: 'X' }] },
  { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule', minDomains: 0 }] },
  { overhead: { cpu: '1' } },
  { setHostnameAsFQDN: true },
  { os: { name: 'x' } },
  { hostUsers: false, hostNetwork: true },
  { schedulingGates: [{ name: 'BAD!' }, { name: 'a' }, { name: 'a' }] },
  { resourceClaims: [{ name: 'BAD_' }] },
  { shareProcessNamespace: true, hostPID: true },
  { enableServiceLinks: false },
  { runtimeClassName: 'BAD_' },
  { automountServiceAccountToken: false, imagePullSecrets: [{ name: '' }] },
  { ephemeralContainers: [{ name: 'e', image: 'x' }] },
  { nodeSelector: { 'a b': 'c' } },
  { volumes: [{ name: 'v', secret: {} }] },
  { volumes: [{ name: 'v', projected: { sources: [{}] } }] },
  { volumes: [{ name: 'v', downwardAPI: { items: [{ path: '../x', fieldRef: { fieldPath: 'nope' } }] } }] },
  { volumes: [{ name: 'v', configMap: { name: 'x', items: [{ key: '', path: '/x' }] } }] },
  { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: '' } }] },
  { volumes: [{ name: 'v', emptyDir: { sizeLimit: '-1', medium: 'X' } }] },
  { volumes: [{ name: 'v', ephemeral: {} }] },
  { volumes: [{ name: 'v', hostPath: { path: '', type: 'X' } }] },
  { volumes: [{ name: 'v', image: { reference: '' } }] },
  { volumes: [{ name: 'v', csi: { driver: '' } }] },
];
const podContainers: readonly Fields[] = [
  { imagePullPolicy: 'X' },
  { image: ' x' },
  { ports: [{ containerPort: 80, hostPort: 70000 }] },
  { ports: [{ containerPort: 80, name: 'BAD_' }] },
  { ports: [{ containerPort: 80, hostIP: 'x' }] },
  { env: [{ name: '1A' }] },
  { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nope' } } }] },
  { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: '', key: '' } } }] },
  { env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'x' } } }] },
  { envFrom: [{}] },
  { envFrom: [{ prefix: '=', configMapRef: { name: '' } }] },
  { resources: { requests: { 'example.com/x': '1' } } },
  { resources: { limits: { nope: '1' } } },
  { resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } },
  { resources: { requests: { 'hugepages-2Mi': '2Mi' } } },
  { resources: { claims: [{ name: 'zz' }] } },
  { resizePolicy: [{ resourceName: 'x', restartPolicy: 'y' }] },
  { restartPolicy: 'Always' },
  { volumeMounts: [{ name: 'zz', mountPath: '/x' }] },
  { volumeMounts: [{ name: 'zz', mountPath: '/x', subPath: '../x', mountPropagation: 'X' }] },
  { volumeDevices: [{ name: 'zz', devicePath: '' }] },
  { livenessProbe: { httpGet: { port: 80 }, successThreshold: 2 } },
  { livenessProbe: { tcpSocket: { port: 0 }, periodSeconds: -1, timeoutSeconds: -1 } },
  { livenessProbe: { exec: {}, httpGet: { port: 1 } } },
  { livenessProbe: { grpc: { port: 0 } } },
  {
    readinessProbe: { httpGet: { port: 'bad_name', path: '', scheme: 'X', httpHeaders: [{ name: 'a b', value: '' }] } },
  },
  { readinessProbe: { exec: { command: ['x'] }, terminationGracePeriodSeconds: 5 } },
  { lifecycle: { preStop: {} } },
  { lifecycle: { postStart: { exec: {}, sleep: { seconds: -1 } } } },
  { lifecycle: { stopSignal: 'SIGNOPE' } },
  { terminationMessagePolicy: 'X' },
  { securityContext: { runAsUser: -1, allowPrivilegeEscalation: false, capabilities: { add: ['CAP_SYS_ADMIN'] } } },
  { securityContext: { procMount: 'X' } },
  { stdin: true, stdinOnce: true, tty: true, workingDir: '/x' },
];

export const askCases: readonly Case[] = [
  ...access,
  ...reads,
  ...paths,
  ...policies.map(([name, spec]) => one(`policy: ${name}`, policyBase(spec))),
  ...podSpecs.map((spec) => one(`pod: ${JSON.stringify(spec)}`, pod(spec))),
  ...podContainers.map((container) => one(`container: ${JSON.stringify(container)}`, pod({}, container))),
];
