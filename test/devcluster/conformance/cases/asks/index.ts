/** Requests at the edges: who may ask, how, for which form, of which version; policies and pods' fields. */
import type { Case, Step } from '../../harness.ts';
import type { Fields } from '../../steps.ts';
import { access } from './access.cases.ts';
import { podContainers, podSpecs } from './pods.cases.ts';
import { policies } from './policies.cases.ts';
import { paths, reads } from './reads.cases.ts';
import { one } from './shared.ts';

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

const pod = (spec: Fields, container: Fields = {}): Step => ({
  path: '/api/v1/namespaces/{ns}/pods?dryRun=All',
  body: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'c', image: 'x', ...container }], ...spec },
  },
});

export const askCases: readonly Case[] = [
  ...access,
  ...reads,
  ...paths,
  ...policies.map(([name, spec]) => one(`policy: ${name}`, policyBase(spec))),
  ...podSpecs.map((spec) => one(`pod: ${JSON.stringify(spec)}`, pod(spec))),
  ...podContainers.map((container) => one(`container: ${JSON.stringify(container)}`, pod({}, container))),
];
