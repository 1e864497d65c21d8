/** What is special about a builtin kind's metadata, and about the keys under which the real server stores it. */
import type { ResourceDefinition } from '../types.ts';

/** Kinds that judge their metadata otherwise than most: an update also as of a new object, or finalizers by their form alone. */
const metadataRules: { readonly [kind: string]: NonNullable<ResourceDefinition['metadataRules']> } = {
  ...Object.fromEntries(
    [
      ...[
        'ConfigMap',
        'Endpoints',
        'Namespace',
        'Node',
        'PersistentVolume',
        'PersistentVolumeClaim',
        'Pod',
        'Secret',
      ].map((kind) => `/${kind}`),
      '/ServiceAccount',
      'apps/ControllerRevision',
      'batch/Job',
      'certificates.k8s.io/CertificateSigningRequest',
      'networking.k8s.io/IPAddress',
      'networking.k8s.io/Ingress',
      'networking.k8s.io/IngressClass',
      'rbac.authorization.k8s.io/ClusterRole',
      'rbac.authorization.k8s.io/ClusterRoleBinding',
      'rbac.authorization.k8s.io/Role',
      'rbac.authorization.k8s.io/RoleBinding',
      'resource.k8s.io/DeviceClass',
      'resource.k8s.io/ResourceClaim',
      'resource.k8s.io/ResourceClaimTemplate',
      'storage.k8s.io/CSIStorageCapacity',
      'storage.k8s.io/StorageClass',
      'storage.k8s.io/VolumeAttributesClass',
    ].map((kind) => [kind, { onUpdate: 2, finalizers: true }]),
  ),
  '/Event': { onUpdate: 0, finalizers: false },
  'apiregistration.k8s.io/APIService': { onUpdate: 2, finalizers: false },
  'coordination.k8s.io/Lease': { onUpdate: 1, finalizers: false },
  'node.k8s.io/RuntimeClass': { onUpdate: 2, finalizers: false },
  'policy/PodDisruptionBudget': { onUpdate: 0, finalizers: false },
};

/** Names of kinds in the keys of storage, where they are older than the kinds. */
const storageKeys: { readonly [kind: string]: string } = {
  '/Endpoints': 'services/endpoints',
  '/Node': 'minions',
  '/ReplicationController': 'controllers',
  '/Service': 'services/specs',
  'apiextensions.k8s.io/CustomResourceDefinition': 'apiextensions.k8s.io/customresourcedefinitions',
  'apiregistration.k8s.io/APIService': 'apiregistration.k8s.io/apiservices',
  'networking.k8s.io/Ingress': 'ingress',
};

/** The part of the strategy of `group/Kind` that this file knows; empty where nothing is special. */
export function metadataStrategy(kind: string): Pick<ResourceDefinition, 'metadataRules' | 'storageKey'> {
  const rules = kind.startsWith('admissionregistration.k8s.io/')
    ? ({ onUpdate: 1, finalizers: false } as const)
    : metadataRules[kind];
  const key = storageKeys[kind];
  return {
    ...(rules === undefined ? {} : { metadataRules: rules }),
    ...(key === undefined ? {} : { storageKey: key }),
  };
}
