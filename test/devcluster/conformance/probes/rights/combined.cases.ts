/** Webhooks and policies together. */
import type { Case } from '../../harness.ts';
import {
  applied,
  condition,
  constraints,
  create,
  deployment,
  deployments,
  hook,
  hooked,
  jsonPatch,
  judged,
  map,
  maps,
  mutated,
  mutation,
  patched,
  pod,
  pods,
  policy,
  rule,
  says,
  widget,
  widgets,
} from '../../probes.admission.objects.ts';
import { casesOf, type Fields, patch, quiet, remove } from '../../steps.ts';

const admit = casesOf('probes-admission');

// Webhooks and policies
export const combined: Case[] = [
  hooked(
    'both kinds refuse',
    { Mutating: [hook('m')], Validating: [hook('v')] },
    { m: { allowed: false, status: { message: 'first' } }, v: { allowed: false, status: { message: 'second' } } },
    create,
  ),
  hooked(
    'a mutation is seen by a validation',
    { Mutating: [hook('m')], Validating: [hook('v')] },
    { m: patched([{ op: 'add', path: '/data/x', value: '1' }]) },
    create,
  ),
  hooked(
    'a mutation, twice the same field',
    { Mutating: [hook('a'), hook('b')] },
    {
      a: patched([{ op: 'add', path: '/data/x', value: '1' }]),
      b: patched([{ op: 'replace', path: '/data/x', value: '2' }]),
    },
    create,
  ),
  hooked(
    'reinvoked',
    { Mutating: [hook('a', { reinvocationPolicy: 'IfNeeded' }), hook('b')] },
    { a: { allowed: true }, b: patched([{ op: 'add', path: '/data/x', value: '1' }]) },
    create,
  ),
  hooked(
    'not reinvoked without a change',
    { Mutating: [hook('a', { reinvocationPolicy: 'IfNeeded' }), hook('b')] },
    {},
    create,
  ),
  hooked(
    'dry run',
    { Mutating: [hook('a', { sideEffects: 'NoneOnDryRun' })] },
    {},
    { ...create, path: `${maps}?dryRun=All` },
  ),
  hooked(
    'a subresource',
    {
      Validating: [
        hook('v', { rules: [{ ...rule, operations: ['*'], apiGroups: ['*'], resources: ['*/scale', '*/status'] }] }),
      ],
    },
    {},
    quiet({ path: deployments, body: deployment }),
    patch(`${deployments}/d/scale`, { spec: { replicas: 2 } }),
    patch(`${deployments}/d/status`, { status: { replicas: 1 } }),
  ),
  hooked(
    'everything',
    {
      Validating: [
        hook('v', { rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }] }),
      ],
    },
    {},
    create,
    { path: widgets, body: widget },
  ),
  hooked(
    'everything and below',
    {
      Validating: [
        hook('v', { rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }] }),
      ],
    },
    {},
    quiet({ path: widgets, body: widget }),
    patch(`${widgets}/w/status`, { status: { ready: true } }),
    { method: 'DELETE', path: `${widgets}/w` },
  ),
  hooked(
    'a scope',
    { Validating: [hook('v', { rules: [{ ...rule, scope: 'Cluster' }] })] },
    { v: { allowed: false } },
    create,
  ),
  hooked(
    'a namespaced scope',
    { Validating: [hook('v', { rules: [{ ...rule, scope: 'Namespaced' }] })] },
    { v: { allowed: false } },
    create,
  ),
  hooked(
    'a collection',
    { Validating: [hook('v')] },
    { v: { allowed: false, status: { message: 'kept' } } },
    quiet({ ...create, path: `${maps}?dryRun=All` }),
    remove(`${maps}?labelSelector=none`),
  ),
  hooked(
    'a deletion is refused',
    { Validating: [hook('v', { rules: [{ ...rule, operations: ['DELETE'] }] })] },
    { v: { allowed: false, status: { message: 'kept', code: 409, reason: 'Conflict' } } },
    create,
    remove(`${maps}/a`),
    remove(`${maps}?fieldSelector=metadata.name%3Da`),
  ),
  hooked(
    'a connect',
    {
      Validating: [
        hook('v', { rules: [{ ...rule, operations: ['CONNECT'], resources: ['pods/exec', 'pods/proxy'] }] }),
      ],
    },
    { v: { allowed: false, status: { message: 'no shell' } } },
    quiet({ path: pods, body: pod('p') }),
    { method: 'POST', path: `${pods}/p/exec?command=sh&stdout=1` },
    { path: `${pods}/p/proxy/x` },
  ),
  hooked(
    'an object selector of old',
    { Validating: [hook('v', { objectSelector: { matchLabels: { old: 'yes' } } })] },
    { v: { allowed: false } },
    { path: maps, body: map('a', { old: 'yes' }), quiet: false },
    quiet({ path: maps, body: map('b') }),
    patch(`${maps}/b`, { metadata: { labels: { old: 'yes' } } }),
  ),
  hooked(
    'warnings in number',
    { Validating: [hook('v')] },
    { v: { allowed: true, warnings: ['a'.repeat(300), 'b', 'b', '', 'c\nd', 'é'] } },
    create,
  ),
  hooked(
    'many warnings',
    { Validating: [hook('v')] },
    { v: { allowed: true, warnings: Array.from({ length: 40 }, (_, index) => `${index} ${'x'.repeat(200)}`) } },
    create,
  ),
  hooked(
    'audit annotations that are odd',
    { Validating: [hook('v')] },
    { v: { allowed: true, auditAnnotations: { 'a b': 'x', '': 'y' } } },
    create,
  ),
  hooked(
    'metadata is kept',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'replace', path: '/metadata/name', value: 'b' }]) },
    create,
  ),
  hooked(
    'a namespace is kept',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'add', path: '/metadata/namespace', value: 'default' }]) },
    create,
  ),
  hooked(
    'an annotation without a map',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'add', path: '/metadata/annotations/x', value: 'b' }]) },
    create,
  ),
  hooked(
    'a merge patch',
    { Mutating: [hook('m')] },
    { m: { allowed: true, patchType: 'JSONPatch', patch: Buffer.from('{"data":{"x":"1"}}').toString('base64') } },
    create,
  ),
  hooked(
    'an empty patch',
    { Mutating: [hook('m')] },
    { m: { allowed: true, patchType: 'JSONPatch', patch: Buffer.from('[]').toString('base64') } },
    create,
  ),
  hooked(
    'a patch of a wrong type',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'replace', path: '/data', value: 'x' }]) },
    create,
  ),
  hooked(
    'a patch that is refused by validation',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'add', path: '/data/b~1d', value: 'x' }]) },
    create,
  ),
  hooked(
    'conditions on a user',
    { Validating: [hook('v', { matchConditions: [condition('c', 'request.userInfo.username == "joe"')] })] },
    { v: { allowed: false } },
    create,
    { path: maps, body: map('b'), headers: { 'impersonate-user': 'joe', 'impersonate-group': 'system:masters' } },
  ),
  hooked(
    'conditions that need rights',
    {
      Validating: [
        hook('v', {
          matchConditions: [
            condition(
              'c',
              'authorizer.group("").resource("configmaps").namespace("default").check("create").allowed()',
            ),
          ],
        }),
      ],
    },
    { v: { allowed: false } },
    create,
  ),
  judged(
    'a user',
    says('request.userInfo.groups.exists(g, g == "dev")', { messageExpression: '"not " + request.userInfo.username' }),
  ),
  judged(
    'options and names',
    says(
      'request.name == "a" && request.operation == "CREATE" && request.namespace == "{ns}" && request.resource.resource == "configmaps" && request.dryRun == false',
    ),
  ),
  judged(
    'the namespace and its labels',
    says(
      'namespaceObject.metadata.name == "{ns}" && namespaceObject.metadata.labels["kubernetes.io/metadata.name"] == "{ns}" && !has(namespaceObject.metadata.annotations)',
    ),
  ),
  judged(
    'an authorizer',
    says('authorizer.group("").resource("configmaps").namespace("{ns}").check("delete").allowed()'),
  ),
  judged(
    'an authorizer that refuses',
    says('authorizer.group("").resource("configmaps").namespace("{ns}").check("delete").allowed()', {
      messageExpression: '"reason: " + authorizer.requestResource.check("update").reason()',
    }),
    {
      steps: [
        create,
        {
          path: maps,
          body: map('b'),
          headers: { 'impersonate-user': '{ns}-joe', 'impersonate-group': 'system:masters' },
        },
      ],
    },
  ),
  judged(
    'an authorizer of an account',
    says('authorizer.serviceAccount("{ns}", "default").group("").resource("secrets").check("list").allowed()', {
      message: 'the account may not',
    }),
  ),
  judged(
    'an authorizer of a path',
    says('authorizer.path("/healthz").check("get").allowed() && !authorizer.path("/nope").check("get").errored()'),
  ),
  judged(
    'quantities and urls',
    says(
      'quantity("1Gi").isGreaterThan(quantity("500Mi")) && url("https://a.b/c").getHostname() == "a.b" && isURL("x://") && ip("10.0.0.1").family() == 4 && cidr("10.0.0.0/8").containsIP("10.1.1.1")',
    ),
  ),
  judged(
    'formats and lists',
    says(
      '!format.dns1123Label().validate("a-b").hasValue() && [1,2,3].sum() == 6 && ["a","b"].indexOf("b") == 1 && "a1".find("[0-9]") == "1" && object.?data.?zz.orValue("d") == "d"',
    ),
  ),
  judged(
    'old objects are kept',
    says('oldObject == null || object.data.n == oldObject.data.n', { message: 'n is fixed' }),
    { steps: [create, patch(`${maps}/a`, { data: { n: '5' } }), patch(`${maps}/a`, { data: { m: '5' } })] },
  ),
  judged('an audit annotation', {
    ...says('true'),
    auditAnnotations: [{ key: 'k', valueExpression: '"v" + object.data.n' }],
  }),
  judged('an audit annotation that fails', {
    ...says('true'),
    auditAnnotations: [{ key: 'k', valueExpression: 'object.data.zz' }],
  }),
  judged('a long message', says('false', { message: 'm'.repeat(2000) })),
  judged('a message of lines', says('false', { message: 'a\nb' })),
  ...(['Deny', 'Warn', 'Audit'] as const).map((action) =>
    judged(
      `all of two, ${action}`,
      {
        validations: [
          { expression: 'false', message: 'one' },
          { expression: 'false', message: 'two', reason: 'Forbidden' },
        ],
      },
      { binding: { validationActions: [action] } },
    ),
  ),
  admit('a policy without constraints', {
    ...policy(says('true')),
    path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?dryRun=All',
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'p' },
      spec: says('true'),
    },
  }),
  admit('a policy as it is kept', {
    ...policy({ ...says('object.data.n == "4"'), matchConstraints: constraints }),
    view: (body) => (body as Fields).spec,
  }),
  mutated(
    'an annotation by its own',
    mutation([applied('Object{metadata: Object.metadata{annotations: {"by": request.userInfo.username}}}')]),
  ),
  mutated(
    'conditional',
    mutation([applied('has(object.metadata.labels) ? Object{data: {"l": "yes"}} : Object{data: {"l": "no"}}')]),
  ),
  mutated(
    'a patch of a list',
    mutation([jsonPatch('object.data.n == "4" ? [JSONPatch{op: "replace", path: "/data/n", value: "5"}] : []')]),
  ),
  mutated(
    'a patch with an escaped key',
    mutation([
      jsonPatch(
        '[JSONPatch{op: "add", path: "/metadata/annotations", value: {}}, JSONPatch{op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey("a/b~c"), value: "x"}]',
      ),
    ]),
  ),
  mutated('what may not change', mutation([applied('Object{metadata: Object.metadata{namespace: "default"}}')])),
];
