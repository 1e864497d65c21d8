/** Probes of admission: policies and webhooks that refuse, warn and change. */
import type { Case, Step } from './harness.ts';
import { aMap, map, maps, patched, podSpec, selector, template } from './probes.things.ts';
import {
  applied,
  at,
  casesOf,
  code,
  create,
  type Fields,
  holds,
  includes,
  inNamespace,
  merge,
  ofGroup,
  quiet,
  refused,
  remove,
  replace,
  warned,
} from './steps.ts';

interface PolicyParts {
  readonly mc?: Fields;
  readonly v?: readonly Fields[];
  readonly more?: Fields;
}
const verdict = (body: unknown): unknown => at(body, 'message') ?? at(body, 'kind');
const one = casesOf('probes-admission', 'refused and allowed: ');
const registration = '/apis/admissionregistration.k8s.io/v1';
const scope = { matchLabels: { 'kubernetes.io/metadata.name': '{ns}' } };
const rule = (more: Fields = {}) => ({
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  resources: ['configmaps'],
  scope: '*',
  ...more,
});
const hook = (name = 'v', more: { readonly rule?: Fields; readonly hook?: Fields } = {}): Fields => ({
  name: `${name}.probe.io`,
  clientConfig: { url: `{hook}/${name}`, caBundle: '{ca}' },
  rules: [rule(more.rule)],
  namespaceSelector: scope,
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  ...more.hook,
});
const validating = (...hooks: readonly Fields[]): Step =>
  quiet(
    create(`${registration}/validatingwebhookconfigurations`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'v-{ns}' },
      webhooks: hooks,
    }),
  );
const mutating = (...hooks: readonly Fields[]): Step =>
  quiet(
    create(`${registration}/mutatingwebhookconfigurations`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'm-{ns}' },
      webhooks: hooks,
    }),
  );
/** Configurations take a moment: something is tried as a dry run until they answer for it. */
const withHooks = (name: string, hooks: NonNullable<Case['hooks']>, ...steps: Step[]): Case => ({
  ...one(name, ...steps),
  hooks,
});
const policy = (spec: PolicyParts, name = 'p'): Step =>
  quiet(
    create(`${registration}/validatingadmissionpolicies`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: `${name}-{ns}` },
      spec: {
        matchConstraints: { resourceRules: [rule({ operations: ['CREATE', 'UPDATE'] })], ...(spec.mc ?? {}) },
        validations: spec.v ?? [],
        ...(spec.more ?? {}),
      },
    }),
  );
const binding = (more: Fields = {}, name = 'p') =>
  quiet(
    create(`${registration}/validatingadmissionpolicybindings`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: `${name}-{ns}` },
      spec: {
        policyName: 'p-{ns}',
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: scope },
        ...more,
      },
    }),
  );
const wait = (until: NonNullable<Step['until']>, body: Fields = map('probe-wait', { bad: 'y' })) => ({
  path: `${maps}?dryRun=All`,
  body,
  until,
  quiet: true,
});
const denied = wait(refused);
const withPolicy = (name: string, spec: PolicyParts, b: Fields, ...steps: Step[]): Case =>
  one(name, policy(spec), binding(b), ...steps);
const changing = (ops: readonly Fields[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(ops)).toString('base64'),
});
const heard = wait((answer) => answer.warnings.length > 0 || answer.code >= 400);
const warning = { warnings: ['seen'] };
const tried = (spec: Fields): Step =>
  create(`${registration}/validatingadmissionpolicies?dryRun=All`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p-{ns}' },
    spec,
  });
const mc = { resourceRules: [rule()] };
export const denialProbes: readonly Case[] = [
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
  withPolicy(
    'vap: matchConditions',
    {
      v: [{ expression: 'false', message: 'never' }],
      more: {
        matchConditions: [
          { name: 'named', expression: "object.metadata.name.startsWith('x')" },
          { name: 'data', expression: "object.data.k == 'v'" },
        ],
      },
    },
    {},
    wait(refused, map('x-wait')),
    create(maps, map('x1')),
    create(maps, map('y1')),
    create(maps, map('x2', { k: 'w' })),
    create(maps, map('x3', { l: 'w' })),
  ),
  withPolicy(
    'vap: params',
    {
      v: [{ expression: 'object.data.n == params.data.n', messageExpression: "'want ' + params.data.n" }],
      more: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } },
    },
    { paramRef: { name: 'params', namespace: '{ns}', parameterNotFoundAction: 'Deny' } },
    wait(includes('p-')),
    create(maps, map('a', { n: '5' })),
  ),
  withPolicy(
    'vap: excluded rules and resource names',
    {
      mc: {
        resourceRules: [rule({ operations: ['CREATE'] })],
        excludeResourceRules: [{ ...rule({ operations: ['*'] }), resourceNames: ['free'] }],
      },
      v: [{ expression: 'false', message: 'never' }],
    },
    {},
    denied,
    create(maps, map('a')),
    create(maps, map('free')),
  ),
  withPolicy(
    'vap: object selector',
    {
      mc: { resourceRules: [rule({ operations: ['CREATE'] })], objectSelector: { matchLabels: { strict: 'yes' } } },
      v: [{ expression: 'false' }],
    },
    {},
    wait(refused, map('w', {}, { labels: { strict: 'yes' } })),
    create(maps, map('a', {}, { labels: { strict: 'yes' } })),
    create(maps, map('a', {}, { labels: { strict: 'no' } })),
  ),
  withPolicy(
    'vap: deployments and scale',
    {
      mc: {
        resourceRules: [
          rule({
            apiGroups: ['apps'],
            resources: ['deployments', 'deployments/scale'],
            operations: ['CREATE', 'UPDATE'],
          }),
        ],
      },
      v: [{ expression: 'object.spec.replicas <= 3', message: 'at most three' }],
    },
    {},
    {
      path: `${ofGroup('apps/v1')}/deployments?dryRun=All`,
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'w' },
        spec: { replicas: 5, selector: selector, template: template },
      },
      until: refused,
      quiet: true,
    },
    create(`${ofGroup('apps/v1')}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { replicas: 5, selector: selector, template: template },
    }),
    quiet(
      create(`${ofGroup('apps/v1')}/deployments`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { replicas: 2, selector: selector, template: template },
      }),
    ),
    patched(`${ofGroup('apps/v1')}/deployments/d/scale`, { spec: { replicas: 9 } }),
    patched(`${ofGroup('apps/v1')}/deployments/d`, { spec: { replicas: 9 } }),
  ),
  one(
    'vap: refused expressions',
    tried({ matchConstraints: mc, validations: [{ expression: 'object.spec.' }] }),
    tried({ matchConstraints: mc, validations: [{ expression: '1 + 1' }] }),
    tried({ matchConstraints: mc, validations: [{ expression: '' }] }),
    tried({ matchConstraints: mc, validations: [{ expression: 'true', reason: 'Teapot' }] }),
    tried({ matchConstraints: mc, validations: [{ expression: 'true', messageExpression: '1' }] }),
    tried({ matchConstraints: mc, validations: [{ expression: 'variables.x' }] }),
    tried({
      matchConstraints: mc,
      variables: [
        { name: 'a-b', expression: 'true' },
        { name: 'x', expression: 'nope' },
      ],
      validations: [{ expression: 'true' }],
    }),
    tried({ validations: [{ expression: 'true' }] }),
    tried({ matchConstraints: { resourceRules: [] }, validations: [] }),
    tried({
      matchConstraints: mc,
      validations: [{ expression: 'true' }],
      auditAnnotations: [{ key: 'a b', valueExpression: '1' }],
    }),
    tried({ matchConstraints: mc, validations: [{ expression: 'true' }], failurePolicy: 'Maybe' }),
    tried({
      matchConstraints: mc,
      validations: [{ expression: 'true' }],
      matchConditions: [{ name: '', expression: 'x' }],
    }),
    tried({ matchConstraints: mc, validations: [{ expression: 'params.x == 1' }] }),
    tried({ matchConstraints: mc, paramKind: { apiVersion: 'x', kind: '' }, validations: [{ expression: 'true' }] }),
    tried({
      matchConstraints: {
        resourceRules: [
          rule({
            operations: ['CONNECT', 'FLY'],
            scope: 'Galaxy',
            apiGroups: [],
            apiVersions: ['*', 'v1'],
            resources: ['*/*', 'pods'],
          }),
        ],
      },
      validations: [{ expression: 'true' }],
    }),
  ),
  withHooks(
    'webhook: allowed with warnings',
    { v: { allowed: true, ...warning } },
    validating(hook()),
    heard,
    create(maps, map('a')),
    patched(aMap, { data: { z: '1' } }),
    remove(aMap),
  ),
  withHooks('webhook: denied plainly', { v: { allowed: false } }, validating(hook()), denied, create(maps, map('a'))),
  withHooks(
    'webhook: denied with status',
    {
      v: {
        allowed: false,
        status: { code: 409, reason: 'Conflict', message: 'no way', details: { causes: [{ message: 'x' }] } },
        warnings: ['w1', 'w"2'],
      },
    },
    validating(hook()),
    denied,
    create(maps, map('a')),
    applied(aMap, map('a')),
  ),
  withHooks(
    'webhook: denied with odd codes',
    { v: { allowed: false, status: { code: 200, message: 'fine?' } } },
    validating(hook()),
    denied,
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: status without message',
    { v: { allowed: false, status: { reason: 'Because' } } },
    validating(hook()),
    denied,
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: mutation',
    {
      m: changing([
        { op: 'add', path: '/data/added', value: 'y' },
        { op: 'add', path: '/metadata/labels', value: { m: 'n' } },
      ]),
    },
    mutating(hook('m', { rule: { operations: ['CREATE', 'UPDATE'] } })),
    wait(holds('data.added', 'y')),
    create(maps, map('a')),
    patched(aMap, { data: { added: null } }),
    { path: `${maps}?dryRun=All`, body: map('b') },
    applied(`${maps}/c`, map('c', { z: '1' })),
  ),
  withHooks(
    'webhook: mutation that breaks',
    { m: changing([{ op: 'replace', path: '/metadata/name', value: 'Other Name' }]) },
    mutating(hook('m', { rule: { operations: ['CREATE'] } })),
    denied,
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: mutation of a bad patch',
    { m: changing([{ op: 'remove', path: '/nope/nope' }]) },
    mutating(hook('m', { rule: { operations: ['CREATE'] } })),
    denied,
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: patch without type',
    { m: { allowed: true, patch: 'W10=' } },
    mutating(hook('m', { rule: { operations: ['CREATE'] } })),
    denied,
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: patch by a validating one',
    { v: changing([{ op: 'add', path: '/data/x', value: 'y' }]) },
    validating(hook('v', { rule: { operations: ['CREATE'] } })),
    denied,
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: wrong uid',
    { v: { allowed: true, uid: 'other' } },
    validating(hook('v', { rule: { operations: ['CREATE'] } })),
    denied,
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: unreachable, Fail',
    {},
    validating({ ...hook('v', { rule: { operations: ['CREATE'] } }), clientConfig: { url: 'https://127.0.0.1:1/x' } }),
    denied,
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: unreachable, Ignore',
    {},
    validating({
      ...hook('v', { rule: { operations: ['CREATE'] } }),
      clientConfig: { url: 'https://127.0.0.1:1/x' },
      failurePolicy: 'Ignore',
    }),
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: service that is not there',
    {},
    validating({
      ...hook('v', { rule: { operations: ['CREATE'] } }),
      clientConfig: { service: { name: 'nope', namespace: '{ns}', path: '/x', port: 8443 } },
    }),
    denied,
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: side effects on dry run',
    { v: { allowed: true, ...warning } },
    validating({ ...hook('v', { rule: { operations: ['CREATE'] } }), sideEffects: 'NoneOnDryRun' }),
    heard,
    { path: `${maps}?dryRun=All`, body: map('b') },
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: object selector on old and new',
    { v: { allowed: true, ...warning } },
    validating({ ...hook(), objectSelector: { matchLabels: { w: 'y' } } }),
    wait(warned, map('w', {}, { labels: { w: 'y' } })),
    create(maps, map('a')),
    patched(aMap, { metadata: { labels: { w: 'y' } } }),
    patched(aMap, { metadata: { labels: { w: 'n' } } }),
    patched(aMap, { data: { q: 'r' } }),
    remove(aMap),
  ),
  withHooks(
    'webhook: match conditions',
    { v: { allowed: true, ...warning } },
    validating({
      ...hook(),
      matchConditions: [
        { name: 'c1', expression: "request.operation == 'CREATE'" },
        { name: 'c2', expression: "object.metadata.name != 'skip'" },
      ],
    }),
    heard,
    create(maps, map('a')),
    create(maps, map('skip')),
    patched(aMap, { data: { q: 'r' } }),
  ),
  withHooks(
    'webhook: match condition that fails',
    { v: { allowed: true, ...warning } },
    validating({
      ...hook('v', { rule: { operations: ['CREATE'] } }),
      matchConditions: [{ name: 'c1', expression: "object.data.nope == 'x'" }],
    }),
    denied,
    create(maps, map('a')),
    create(maps, map('b', { nope: 'x' })),
    create(maps, map('c', { nope: 'y' })),
  ),
  withHooks(
    'webhook: equivalent version',
    { v: { allowed: true, ...warning } },
    validating(
      hook('v', {
        rule: {
          apiGroups: ['autoscaling'],
          apiVersions: ['v1'],
          resources: ['horizontalpodautoscalers'],
          operations: ['CREATE'],
        },
      }),
    ),
    {
      path: `${ofGroup('autoscaling/v1')}/horizontalpodautoscalers?dryRun=All`,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'w' },
        spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'target' } },
      },
      until: warned,
      quiet: true,
    },
    create(`${ofGroup('autoscaling/v2')}/horizontalpodautoscalers`, {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h' },
      spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'target' } },
    }),
  ),
  withHooks(
    'webhook: reinvocation',
    {
      m: changing([{ op: 'add', path: '/data/m', value: '1' }]),
      n: changing([{ op: 'add', path: '/data/n', value: '1' }]),
    },
    mutating(
      { ...hook('m', { rule: { operations: ['CREATE'] } }), reinvocationPolicy: 'IfNeeded' },
      hook('n', { rule: { operations: ['CREATE'] } }),
    ),
    wait(holds('data.n', '1')),
    create(maps, map('a')),
  ),
  withHooks(
    'webhook: connect and pods',
    { v: { allowed: true, ...warning } },
    validating(
      hook('v', {
        rule: { resources: ['pods', 'pods/exec', 'pods/eviction', 'pods/binding'], operations: ['CREATE', 'CONNECT'] },
      }),
    ),
    {
      path: `${inNamespace}/pods?dryRun=All`,
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'w' }, spec: podSpec },
      until: warned,
      quiet: true,
    },
    create(`${inNamespace}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: podSpec }),
    create(`${inNamespace}/pods/p/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'p' },
      target: { kind: 'Node', name: 'none-{ns}' },
    }),
    create(`${inNamespace}/pods/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }),
  ),
  one(
    'webhook configurations refused',
    ...[
      {},
      { clientConfig: {} },
      { clientConfig: { url: 'http://x/y' } },
      { clientConfig: { url: 'https://u:p@x/y?z#f' } },
      { clientConfig: { url: 'https://x', service: { name: 'a', namespace: 'b' } } },
      { clientConfig: { service: { name: '', namespace: '' } } },
      { clientConfig: { service: { name: 'a', namespace: 'b', path: 'x//y', port: 0 } } },
      { name: 'short' },
      { sideEffects: 'Some' },
      { sideEffects: undefined },
      { admissionReviewVersions: [] },
      { admissionReviewVersions: ['v7', 'v7'] },
      { timeoutSeconds: 31 },
      { timeoutSeconds: 0 },
      { matchPolicy: 'Fuzzy' },
      { failurePolicy: 'Shrug' },
      { rules: [rule({ resources: ['*/*', 'a'] })] },
      { rules: [rule({ operations: ['*', 'CREATE'] })] },
      { rules: [rule({ apiGroups: [], operations: [] })] },
      { namespaceSelector: { matchLabels: { 'bad key': 'x' } } },
      { matchConditions: [{ name: 'Bad Name!', expression: 'object.' }] },
      {
        matchConditions: [
          { name: 'a', expression: 'true' },
          { name: 'a', expression: 'true' },
        ],
      },
    ].map((more: Fields) =>
      create(`${registration}/validatingwebhookconfigurations?dryRun=All`, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'v-{ns}' },
        webhooks: [
          {
            name: 'v.probe.io',
            clientConfig: { url: 'https://127.0.0.1/x' },
            rules: [rule()],
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
            ...more,
          },
        ],
      }),
    ),
  ),
  one(
    'map: apply configuration',
    quiet(
      create(`${registration}/mutatingadmissionpolicies`, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicy',
        metadata: { name: 'p-{ns}' },
        spec: {
          matchConstraints: { resourceRules: [rule({ operations: ['CREATE'] })] },
          reinvocationPolicy: 'Never',
          failurePolicy: 'Fail',
          mutations: [
            {
              patchType: 'ApplyConfiguration',
              applyConfiguration: { expression: 'Object{metadata: Object.metadata{labels: {"by": "policy"}}}' },
            },
            {
              patchType: 'JSONPatch',
              jsonPatch: {
                expression: '[JSONPatch{op: "add", path: "/data/" + jsonpatch.escapeKey("a/b"), value: "x"}]',
              },
            },
          ],
        },
      }),
    ),
    quiet(
      create(`${registration}/mutatingadmissionpolicybindings`, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name: 'p-{ns}' },
        spec: { policyName: 'p-{ns}', matchResources: { namespaceSelector: scope } },
      }),
    ),
    wait((answer) => at(answer.body, 'metadata.labels.by') === 'policy' || answer.code >= 400),
    create(maps, map('a')),
  ),
  one(
    'lifecycle',
    create('/api/v1/namespaces/nope-{ns}/configmaps', map()),
    remove('/api/v1/namespaces/default'),
    remove('/api/v1/namespaces/kube-system'),
    create('/api/v1/namespaces/nope-{ns}/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: podSpec,
    }),
    {
      method: 'PUT',
      path: '/apis/coordination.k8s.io/v1/namespaces/nope-{ns}/leases/l',
      body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} },
    },
    applied('/api/v1/namespaces/nope-{ns}/configmaps/a', map()),
  ),
  one(
    'pod security',
    quiet(
      patched('/api/v1/namespaces/{ns}', {
        metadata: {
          labels: {
            'pod-security.kubernetes.io/enforce': 'restricted',
            'pod-security.kubernetes.io/warn': 'restricted',
          },
        },
      }),
    ),
    {
      path: `${inNamespace}/pods?dryRun=All`,
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: podSpec },
      until: code(403),
    },
    {
      path: `${ofGroup('apps/v1')}/deployments`,
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { selector: selector, template: template },
      },
    },
    patched('/api/v1/namespaces/{ns}', {
      metadata: {
        labels: { 'pod-security.kubernetes.io/enforce': 'nope', 'pod-security.kubernetes.io/enforce-version': 'v0.1' },
      },
    }),
  ),
  one(
    'priority and runtime',
    create(`${inNamespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { ...podSpec, priorityClassName: 'nope' },
    }),
    create(`${inNamespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { ...podSpec, priority: 5 },
    }),
    create(`${inNamespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { ...podSpec, runtimeClassName: 'nope' },
    }),
    create(`${inNamespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { ...podSpec, priorityClassName: 'system-node-critical' },
    }),
    create(`${inNamespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p2' },
      spec: { ...podSpec, serviceAccountName: 'nope', tolerations: [{ key: 'a', operator: 'Equal' }], nodeName: 'nn' },
    }),
  ),
];
