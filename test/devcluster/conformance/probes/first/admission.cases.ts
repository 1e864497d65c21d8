/** Namespaces, policies, webhooks. */
import type { Case } from '../../harness.ts';
import { casesOf, create, quiet, read, refused, remove } from '../../steps.ts';
import { apps, cm, dep } from './shared.ts';

const one = casesOf('probes-admission', 'first: ');

export const admissionFirst: readonly Case[] = [
  one(
    'missing namespace',
    create('/api/v1/namespaces/nope-{ns}/configmaps', cm('a')),
    read('/api/v1/namespaces/nope-{ns}/configmaps'),
  ),
  one(
    'vap',
    quiet(
      create('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: 'f-{ns}' },
        spec: {
          matchConstraints: {
            resourceRules: [
              { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
            ],
          },
          validations: [
            {
              expression: 'object.spec.replicas <= 5',
              messageExpression: "'replicas ' + string(object.spec.replicas)",
            },
          ],
        },
      }),
    ),
    quiet(
      create('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings', {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'f-{ns}' },
        spec: {
          policyName: 'f-{ns}',
          validationActions: ['Deny'],
          matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': '{ns}' } } },
        },
      }),
    ),
    { ...create(`${apps}/deployments?dryRun=All`, dep({ replicas: 6 })), until: refused },
    quiet(remove('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/f-{ns}')),
    quiet(remove('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/f-{ns}')),
  ),
  one(
    'webhook configuration broken',
    create('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'g-{ns}' },
      webhooks: [
        {
          name: 'x',
          clientConfig: { url: 'http://x', service: { name: 's', namespace: 'n' } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', '*'], resources: ['pods'] }],
          sideEffects: 'Some',
          admissionReviewVersions: [],
          timeoutSeconds: 40,
        },
      ],
    }),
  ),
];
