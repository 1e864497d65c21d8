/** Webhooks: their verdicts and how they fail. */
import type { Case, Step } from '../../harness.ts';
import { aMap, map, maps, patched, podSpec } from '../../probes.things.ts';
import { applied, create, type Fields, holds, inNamespace, ofGroup, quiet, remove, warned } from '../../steps.ts';
import { denied, one, registration, rule, scope, wait } from './shared.ts';

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

const changing = (ops: readonly Fields[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(ops)).toString('base64'),
});

const heard = wait((answer) => answer.warnings.length > 0 || answer.code >= 400);

const warning = { warnings: ['seen'] };

export const webhookVerdicts: readonly Case[] = [
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
];
