/** Configurations of webhooks. */
import type { Case } from '../../harness.ts';
import { apiVersion, condition, group, one, rule } from '../../probes.admission.objects.ts';
import { type Fields, merge, quiet } from '../../steps.ts';

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

export const configurations: Case[] = ['Validating', 'Mutating'].flatMap((kind) => {
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
