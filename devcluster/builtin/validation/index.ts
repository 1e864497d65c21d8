/** Validation of each builtin kind. */
import type { FieldError } from '../../types.ts';
import type { Check } from './common.ts';
import * as core from './core.ts';
import * as infrastructure from './infrastructure.ts';
import * as others from './others.ts';
import * as workloads from './workloads.ts';

const checks: { readonly [kind: string]: Check } = {
  '/ConfigMap': core.configMap,
  '/Endpoints': core.endpoints,
  '/Event': core.event,
  '/LimitRange': core.limitRange,
  '/Node': infrastructure.node,
  '/PersistentVolume': core.persistentVolume,
  '/PersistentVolumeClaim': core.claim,
  '/Pod': workloads.pod,
  '/PodTemplate': workloads.podTemplateObject,
  '/ReplicationController': workloads.replicationController,
  '/ResourceQuota': core.resourceQuota,
  '/Secret': core.secret,
  '/Service': core.service,
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': others.mutatingPolicy,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': others.policyBinding(false),
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': others.webhooks,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': others.validatingPolicy,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': others.policyBinding(true),
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': others.webhooks,
  'apiregistration.k8s.io/APIService': others.apiService,
  'apps/ControllerRevision': infrastructure.controllerRevision,
  'apps/DaemonSet': workloads.daemonSet,
  'apps/Deployment': workloads.deployment,
  'apps/ReplicaSet': workloads.replicaSet,
  'apps/StatefulSet': workloads.statefulSet,
  'autoscaling/HorizontalPodAutoscaler': workloads.autoscaler,
  'batch/CronJob': workloads.cronJob,
  'batch/Job': workloads.job,
  'certificates.k8s.io/CertificateSigningRequest': others.signingRequest,
  'coordination.k8s.io/Lease': others.lease,
  'discovery.k8s.io/EndpointSlice': others.endpointSlice,
  'events.k8s.io/Event': core.event,
  'flowcontrol.apiserver.k8s.io/FlowSchema': infrastructure.flowSchema,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': infrastructure.priorityLevel,
  'networking.k8s.io/IPAddress': infrastructure.ipAddress,
  'networking.k8s.io/ServiceCIDR': infrastructure.serviceCidr,
  'networking.k8s.io/Ingress': others.ingress,
  'networking.k8s.io/IngressClass': others.ingressClass,
  'networking.k8s.io/NetworkPolicy': others.networkPolicy,
  'node.k8s.io/RuntimeClass': others.runtimeClass,
  'policy/PodDisruptionBudget': workloads.disruptionBudget,
  'rbac.authorization.k8s.io/ClusterRole': others.clusterRole,
  'rbac.authorization.k8s.io/ClusterRoleBinding': others.binding(false),
  'rbac.authorization.k8s.io/Role': others.role,
  'rbac.authorization.k8s.io/RoleBinding': others.binding(true),
  'scheduling.k8s.io/PriorityClass': others.priorityClass,
  'resource.k8s.io/ResourceSlice': infrastructure.resourceSlice,
  'storage.k8s.io/CSIDriver': infrastructure.csiDriver,
  'storage.k8s.io/CSINode': infrastructure.csiNode,
  'storage.k8s.io/CSIStorageCapacity': infrastructure.csiStorageCapacity,
  'storage.k8s.io/StorageClass': others.storageClass,
  'storage.k8s.io/VolumeAttachment': infrastructure.volumeAttachment,
  'storage.k8s.io/VolumeAttributesClass': infrastructure.volumeAttributesClass,
};

/** Violations of an object of `group/Kind` beyond its metadata; with `old` those of an update. */
export function validateKind(kind: string, object: unknown, old?: unknown): FieldError[] {
  const errors: FieldError[] = [];
  checks[kind]?.(object, errors, old);
  return errors;
}

export function hasChecks(kind: string): boolean {
  return Object.hasOwn(checks, kind);
}
