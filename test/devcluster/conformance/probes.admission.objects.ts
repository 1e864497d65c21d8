/** Builders that probes of admission share: configurations and policies, the objects that they are asked about, and waits until they count. */
import type { Verdict } from '../../support/webhookServer.ts';
import type { Answer, Case, Step } from './harness.ts';
import { type Fields, quiet } from './steps.ts';

/** Probes of admission: webhooks, policies, quotas, what the default chain does to a Pod. */
export const one = (name: string, ...steps: Step[]): Case => ({ area: 'probes-admission', name, steps });
export const group = '/apis/admissionregistration.k8s.io/v1';
export const apiVersion = 'admissionregistration.k8s.io/v1';
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
export const denied = (answer: Answer): boolean => answer.code !== 201;
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
export const canary = hook('canary', {
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
export const patchOf = (operations: unknown): string => Buffer.from(JSON.stringify(operations)).toString('base64');
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
export const all = { ...rule, operations: ['*'] };
export const condition = (name: string, expression: string): Fields => ({ name, expression });
export const no: Fields = { allowed: false, status: { message: 'matched' } };
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
export const policiesCount: Step[] = [
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
export const mutationsCount: Step[] = [
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
// What the default chain does
export const pod = (name: string, spec: Fields = {}, container: Fields = {}, meta: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...meta },
  spec: { containers: [{ name: 'c', image: 'nginx', ...container }], ...spec },
});
