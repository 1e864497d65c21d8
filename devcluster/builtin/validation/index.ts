/** Validation of each builtin kind. */
import type { FieldError } from '../../types.ts';
import * as autoscalers from './autoscalers.ts';
import type { Check } from './common.ts';
import * as core from './core.ts';
import * as devices from './devices.ts';
import * as hooks from './hooks.ts';
import * as infrastructure from './infrastructure.ts';
import * as jobs from './jobs.ts';
import * as networking from './networking.ts';
import * as nodes from './nodes.ts';
import * as others from './others.ts';
import * as quotas from './quotas.ts';
import * as rbac from './rbac.ts';
import * as services from './services.ts';
import * as storage from './storage.ts';
import * as volumes from './volumes.ts';
import * as workloads from './workloads.ts';

const checks: { readonly [kind: string]: Check } = {
  '/ConfigMap': core.configMap,
  '/Endpoints': core.endpoints,
  '/Event': core.event,
  '/LimitRange': quotas.limitRange,
  '/Namespace': nodes.namespace,
  '/Node': nodes.node,
  '/PersistentVolume': volumes.persistentVolume,
  '/PersistentVolumeClaim': volumes.claim,
  '/Pod': workloads.pod,
  '/PodTemplate': workloads.podTemplateObject,
  '/ReplicationController': workloads.replicationController,
  '/ResourceQuota': quotas.resourceQuota,
  '/Secret': core.secret,
  '/Service': services.service,
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': hooks.mutatingPolicy,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': hooks.policyBinding(false),
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': hooks.webhooks,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': hooks.validatingPolicy,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': hooks.policyBinding(true),
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': hooks.webhooks,
  'apiregistration.k8s.io/APIService': others.apiService,
  'apps/ControllerRevision': infrastructure.controllerRevision,
  'apps/DaemonSet': workloads.daemonSet,
  'apps/Deployment': workloads.deployment,
  'apps/ReplicaSet': workloads.replicaSet,
  'apps/StatefulSet': workloads.statefulSet,
  'autoscaling/HorizontalPodAutoscaler': autoscalers.autoscaler,
  'batch/CronJob': jobs.cronJob,
  'batch/Job': jobs.job,
  'certificates.k8s.io/CertificateSigningRequest': others.signingRequest,
  'coordination.k8s.io/Lease': others.lease,
  'discovery.k8s.io/EndpointSlice': networking.endpointSlice,
  'events.k8s.io/Event': core.event,
  'flowcontrol.apiserver.k8s.io/FlowSchema': infrastructure.flowSchema,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': infrastructure.priorityLevel,
  'networking.k8s.io/IPAddress': networking.ipAddress,
  'networking.k8s.io/ServiceCIDR': networking.serviceCidr,
  'networking.k8s.io/Ingress': networking.ingress,
  'networking.k8s.io/IngressClass': networking.ingressClass,
  'networking.k8s.io/NetworkPolicy': networking.networkPolicy,
  'node.k8s.io/RuntimeClass': others.runtimeClass,
  'policy/PodDisruptionBudget': workloads.disruptionBudget,
  'rbac.authorization.k8s.io/ClusterRole': rbac.clusterRole,
  'rbac.authorization.k8s.io/ClusterRoleBinding': rbac.binding(false),
  'rbac.authorization.k8s.io/Role': rbac.role,
  'rbac.authorization.k8s.io/RoleBinding': rbac.binding(true),
  'scheduling.k8s.io/PriorityClass': others.priorityClass,
  'resource.k8s.io/DeviceClass': devices.deviceClass,
  'resource.k8s.io/ResourceClaim': devices.resourceClaim,
  'resource.k8s.io/ResourceClaimTemplate': devices.resourceClaimTemplate,
  'resource.k8s.io/ResourceSlice': devices.resourceSlice,
  'storage.k8s.io/CSIDriver': storage.csiDriver,
  'storage.k8s.io/CSINode': storage.csiNode,
  'storage.k8s.io/CSIStorageCapacity': storage.csiStorageCapacity,
  'storage.k8s.io/StorageClass': storage.storageClass,
  'storage.k8s.io/VolumeAttachment': storage.volumeAttachment,
  'storage.k8s.io/VolumeAttributesClass': storage.volumeAttributesClass,
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
