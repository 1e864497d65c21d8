/** Mutating policies, namespaces that end, Pod security, priorities. */
import type { Case } from '../../harness.ts';
import { map, maps, patched, podSpec, selector, template } from '../../probes.things.ts';
import { applied, at, code, create, inNamespace, ofGroup, quiet, remove } from '../../steps.ts';
import { one, registration, rule, scope, wait } from './shared.ts';

export const otherPlugins: readonly Case[] = [
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
