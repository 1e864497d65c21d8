/** Probes of ValidatingAdmissionPolicies: judgements, parameters, what type checking says, policies that are refused. */
import type { Case } from '../harness.ts';
import {
  binding,
  condition,
  constraints,
  create,
  group,
  judged,
  map,
  maps,
  one,
  param,
  params,
  policy,
  says,
  widget,
  widgets,
} from '../probes.admission.objects.ts';
import { type Fields, merge, quiet } from '../steps.ts';

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
    ['a message expression', says('true', { messageExpression: 'string(object.spec.x)' })],
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
        ...says('object.nope == 1'),
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
        ...says('object.nope == 1'),
      },
    ],
    ['variables', { variables: [{ name: 'x', expression: 'object.nope' }], ...says('variables.x == 1') }],
    ['params', { ...params, ...says('params.nope == 1') }],
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
// It is refused where others are told of in the status: what an annotation says has to be text.
statuses.push(
  one(
    'type checking: audit annotations',
    policy({ ...says('true'), auditAnnotations: [{ key: 'k', valueExpression: 'object.nope' }] }),
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

export const policyProbes: readonly Case[] = [...judgements, ...statuses, ...refusals];
