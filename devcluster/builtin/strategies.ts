/** What is special about a builtin kind beyond its schema: validation, what it prepares, how it answers. */
import type { ResourceDefinition } from '../types.ts';
import { toCore, toEventsGroup } from './events.ts';

export type Strategy = Partial<Omit<ResourceDefinition, 'group' | 'version' | 'plural' | 'kind'>>;

const scale = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.selector',
};

const strategies: { readonly [kind: string]: Strategy } = {
  '/Namespace': {
    hasGeneration: false,
    prepareForCreate: (object) => {
      const spec = (object.spec ?? {}) as { finalizers?: string[] };
      const finalizers = spec.finalizers ?? [];
      if (!finalizers.includes('kubernetes')) spec.finalizers = [...finalizers, 'kubernetes'];
      object.spec = spec;
      object.status = { phase: 'Active' };
    },
    prepareForUpdate: (object, old) => {
      object.spec = old.spec;
      object.status = old.status;
    },
  },
  'events.k8s.io/Event': {
    storageResource: { group: '', plural: 'events' },
    storageVersion: 'v1',
    convert: { fromStorage: toEventsGroup, toStorage: toCore },
  },
  'coordination.k8s.io/Lease': { allowCreateOnUpdate: true, allowUnconditionalUpdate: false },
  '/ServiceAccount': { deleteReturnsObject: true },
  '/Pod': { deleteReturnsObject: true, hasGeneration: true },
  'apps/Deployment': { hasGeneration: true, scale },
  'apps/ReplicaSet': { hasGeneration: true, scale },
  'apps/StatefulSet': { hasGeneration: true, scale },
  'apps/DaemonSet': { hasGeneration: true },
  '/ReplicationController': {
    hasGeneration: true,
    defaultPropagation: 'Orphan',
    scale: { ...scale, labelSelectorPath: '.spec.selector' },
  },
  'batch/Job': { hasGeneration: true, defaultPropagation: 'Orphan' },
  'batch/CronJob': { hasGeneration: true },
  'networking.k8s.io/Ingress': { hasGeneration: true },
  'networking.k8s.io/IngressClass': { hasGeneration: true },
  'networking.k8s.io/NetworkPolicy': { hasGeneration: true },
  'policy/PodDisruptionBudget': { hasGeneration: true },
  'apiextensions.k8s.io/CustomResourceDefinition': { hasGeneration: true },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': { hasGeneration: true },
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': { hasGeneration: true },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': { hasGeneration: true },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': { hasGeneration: true },
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': { hasGeneration: true },
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': { hasGeneration: true },
  'scheduling.k8s.io/PriorityClass': { hasGeneration: true },
  'discovery.k8s.io/EndpointSlice': { hasGeneration: true },
};

/** The strategy of `group/Kind`; an empty one where nothing is special. */
export function strategyOf(kind: string): Strategy {
  return strategies[kind] ?? {};
}
