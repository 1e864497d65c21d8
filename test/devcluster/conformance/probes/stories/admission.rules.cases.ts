/** Probes of policies: what their bindings, variables and actions do to ordinary requests. */
import type { Case, Step } from '../../harness.ts';
import {
  binding,
  constraints,
  deployment,
  deployments,
  judged,
  map,
  maps,
  one,
  params,
  pod,
  pods,
  policiesCount,
  policy,
  says,
} from '../../probes.admission.objects.ts';
import { at, patch, pick, quiet, remove } from '../../steps.ts';
import { data, made, on, policyPath, validations } from './policies.ts';

const scaled = (replicas: number): Step => ({
  method: 'PUT',
  path: `${deployments}/d/scale`,
  body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd', namespace: '{ns}' }, spec: { replicas } },
});
const has = (key: string): string => `has(object.data) && '${key}' in object.data`;

export const admissionRuleProbes: readonly Case[] = [
  judged(
    'rules: required labels, by their message',
    says("has(object.metadata.labels) && 'team' in object.metadata.labels", {
      messageExpression: "object.metadata.name + ' needs a team'",
    }),
    {
      steps: [
        made('a', {}),
        made('b', {}, { team: 'x' }),
        patch(`${maps}/b`, { metadata: { labels: { team: null } } }),
        { ...patch(`${maps}/b`, { metadata: { labels: { team: 'y' } } }), view: data },
        { ...remove(`${maps}/b`), view: pick('status') },
      ],
    },
  ),
  judged(
    'rules: replicas of a Deployment and through its scale',
    {
      ...on(['deployments', 'deployments/scale'], ['apps']),
      ...says('!has(object.spec.replicas) || object.spec.replicas <= 3', {
        message: 'at most three',
        reason: 'Forbidden',
      }),
    },
    {
      steps: [
        { path: deployments, body: { ...deployment, spec: { ...deployment.spec, replicas: 4 } } },
        { path: deployments, body: deployment, quiet: true },
        scaled(3),
        scaled(5),
        patch(`${deployments}/d`, { spec: { replicas: 9 } }),
        { ...patch(`${deployments}/d/status`, { status: { replicas: 9 } }), view: pick('status') },
      ],
    },
  ),
  judged(
    'rules: pods, their containers and what is done to them',
    {
      ...on(['pods', 'pods/ephemeralcontainers', 'pods/eviction', 'pods/binding']),
      ...validations(
        {
          expression:
            "!has(object.spec) || !has(object.spec.containers) || object.spec.containers.all(c, !c.image.endsWith(':latest'))",
          messageExpression: "'images: ' + object.spec.containers.map(c, c.image).join(',')",
        },
        { expression: "!has(request.subResource) || request.subResource != 'eviction'", message: 'nobody is evicted' },
        {
          expression: "!has(request.subResource) || request.subResource != 'binding' || object.target.name != 'bad'",
          message: 'not on that node',
        },
      ),
    },
    {
      steps: [
        { path: pods, body: pod('p', {}, { image: 'x:latest' }) },
        { path: pods, body: pod('p', {}, { image: 'x:1' }), view: pick('spec.containers.*.image') },
        { path: `${pods}/p/eviction`, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } } },
        {
          path: `${pods}/p/binding`,
          body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'bad' } },
        },
        {
          path: `${pods}/p/binding`,
          body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'good' } },
        },
      ],
    },
  ),
  one(
    'rules: updates and deletions',
    policy({
      ...on(['configmaps'], [''], ['UPDATE', 'DELETE']),
      ...validations(
        { expression: 'object == null || object.data.n >= oldObject.data.n', message: 'n never falls' },
        {
          expression: "request.operation != 'DELETE' || oldObject.data.n == '0'",
          messageExpression: "'n is still ' + oldObject.data.n",
        },
      ),
    }),
    quiet(binding()),
    ...policiesCount,
    made('a', { n: '5' }),
    { ...patch(`${maps}/a`, { data: { n: '4' } }), until: ({ code }) => code !== 200 },
    { ...patch(`${maps}/a`, { data: { n: '6' } }), view: data },
    remove(`${maps}/a`),
    { method: 'DELETE', path: maps },
    quiet(remove(policyPath)),
    { ...patch(`${maps}/a`, { data: { n: '1' } }), until: ({ code }) => code === 200, view: data },
  ),
  judged(
    'rules: by name, object and namespace',
    {
      ...on(['configmaps']),
      matchConstraints: {
        ...constraints,
        resourceRules: [
          {
            operations: ['CREATE'],
            apiGroups: [''],
            apiVersions: ['v1'],
            resources: ['configmaps'],
            resourceNames: ['named'],
          },
        ],
      },
      ...says('false', { message: 'that name is taken' }),
    },
    {
      steps: [
        made('other', {}),
        made('named', {}),
        {
          path: maps,
          body: { ...map('x'), metadata: { generateName: 'named' } },
          view: (found) => at(found, 'reason') ?? 'made',
        },
      ],
    },
  ),
  judged(
    'rules: excluded',
    {
      matchConstraints: {
        ...constraints,
        excludeResourceRules: [
          {
            operations: ['*'],
            apiGroups: [''],
            apiVersions: ['v1'],
            resources: ['configmaps'],
            resourceNames: ['free'],
          },
        ],
      },
      ...says('false', { message: 'no' }),
    },
    { steps: [made('free', {}), made('bound', {})] },
  ),
  judged(
    'rules: params, null where they may be absent',
    { ...params, ...says('params == null || params.data.ok == "yes"') },
    {
      binding: { paramRef: { name: 'absent', namespace: '{ns}', parameterNotFoundAction: 'Allow' } },
      steps: [made('a', {})],
    },
  ),
  judged(
    'rules: variables on variables',
    {
      variables: [
        { name: 'n', expression: 'int(object.data.n)' },
        { name: 'twice', expression: 'variables.n * 2' },
        { name: 'never', expression: 'int(object.data.nope)' },
      ],
      ...validations(
        { expression: 'variables.twice < 9', messageExpression: "'twice is ' + string(variables.twice)" },
        { expression: "object.metadata.name != 'err' || variables.never > 0" },
      ),
    },
    { steps: [made('a', { n: '4' }), made('b', { n: '5' }), made('err', { n: '1' }), made('c', { n: 'x' })] },
  ),
  judged(
    'rules: match conditions',
    {
      matchConditions: [
        { name: 'not-system', expression: "!('system:nodes' in request.userInfo.groups)" },
        { name: 'has-data', expression: has('strict') },
      ],
      ...says("object.data.strict == 'no'", { message: 'strict' }),
    },
    { steps: [made('a', { x: 'y' }), made('b', { strict: 'yes' }), made('c', { strict: 'no' })] },
  ),
  judged('rules: actions of two bindings', says(`!(${has('bad')})`, { message: 'bad data' }), {
    binding: { validationActions: ['Warn', 'Audit'] },
    before: [
      quiet(
        binding(
          { validationActions: ['Deny'], matchResources: { objectSelector: { matchLabels: { strict: 'y' } } } },
          'second-{ns}',
        ),
      ),
    ],
    steps: [
      made('a', { bad: '1' }),
      made('b', { bad: '1' }, { strict: 'y' }),
      made('c', { good: '1' }, { strict: 'y' }),
    ],
  }),
  judged(
    'rules: several that refuse, one policy',
    validations(
      { expression: 'false', message: 'first' },
      { expression: 'false', message: 'second', reason: 'Unauthorized' },
      { expression: 'true' },
      { expression: 'int("x") == 1' },
    ),
    { steps: [made('a', {})] },
  ),
  judged(
    'rules: several that warn',
    validations(
      { expression: 'false', message: 'first' },
      { expression: 'false', messageExpression: "'second of ' + request.name" },
      { expression: '1/0 == 1' },
    ),
    {
      binding: { validationActions: ['Warn'] },
      steps: [made('a', {}), { ...patch(`${maps}/a`, { data: { q: 'x' } }), view: data }],
    },
  ),
  judged(
    'rules: failurePolicy Ignore',
    {
      failurePolicy: 'Ignore',
      ...validations(
        { expression: 'object.data.nope == "x"', message: 'error' },
        { expression: "object.metadata.name != 'b'", message: 'not b' },
      ),
    },
    { steps: [made('a', {}), made('b', {})] },
  ),
  judged(
    'rules: what a request is',
    validations(
      {
        expression:
          "request.kind.kind == 'ConfigMap' && request.resource.resource == 'configmaps' && request.requestKind.version == 'v1' && request.namespace == namespaceObject.metadata.name",
        message: 'what it is',
      },
      { expression: "request.operation == 'CREATE' ? request.name == object.metadata.name : true", message: 'name' },
      { expression: '!request.dryRun', message: 'no dry runs' },
      {
        expression: "request.userInfo.username != '' && request.userInfo.groups.exists(g, g == 'system:authenticated')",
        message: 'who',
      },
      { expression: "request.options.?fieldManager.orValue('') != 'nobody'", message: 'manager' },
    ),
    {
      steps: [
        made('a', {}),
        { ...made('b', {}), path: `${maps}?dryRun=All` },
        { ...made('b', {}), path: `${maps}?fieldManager=nobody` },
      ],
    },
  ),
  judged(
    'rules: the namespace',
    validations(
      { expression: "'kubernetes.io/metadata.name' in namespaceObject.metadata.labels", message: 'label' },
      {
        expression: "!has(namespaceObject.metadata.annotations) || !('closed' in namespaceObject.metadata.annotations)",
        message: 'closed',
      },
    ),
    {
      steps: [
        made('a', {}),
        quiet(patch('/api/v1/namespaces/{ns}', { metadata: { annotations: { closed: 'y' } } })),
        { ...made('b', {}), until: ({ code }) => code !== 201 || true, quiet: true },
      ],
    },
  ),
];
