/** What is special about a builtin kind beyond its schema and validation: what it prepares, how it is named and answered. */

import { timestamp } from '../registry/call.ts';
import { dns1123Label, pathSegment } from '../registry/names.ts';
import type { FieldError, JsonObject, KubeObject, ResourceDefinition, StrategyContext } from '../types.ts';
import { at, child, text } from './access.ts';
import { toV1, toV2 } from './autoscaling.ts';
import { toCore, toEventsGroup } from './events.ts';
import { metadataStrategy } from './metadatarules.ts';
import {
  keepStatusAndSpec,
  nameSecrets,
  pairSources,
  prepareJob,
  prepareNamespace,
  prepareNode,
  preparePod,
  updatePod,
} from './prepare.ts';
import { printer } from './printers/index.ts';
import { podRowConditions } from './printers/workloads.ts';
import { allocationErrors, createService, updateService } from './services.ts';
import { addressProblem } from './validation/addresses.ts';
import { same } from './validation/common.ts';
import { cronJobName } from './validation/jobs.ts';
import { dateConditions } from './validation/signing.ts';

export type Strategy = Partial<Omit<ResourceDefinition, 'group' | 'version' | 'plural' | 'kind'>> & {
  /** What an object asks of the cluster and cannot have. */
  readonly allocationErrors?: (
    object: KubeObject,
    old: KubeObject | undefined,
    context: StrategyContext,
  ) => FieldError[];
};

const scale = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.selector',
};

const maskDash = (rule: (name: string) => string[]) => (name: string, prefix: boolean) =>
  rule(prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -1)}a` : name);
const labelName = maskDash(dns1123Label);

/** Kinds whose spec is all that a user writes, and that count its changes. */
const generation: Strategy = { hasGeneration: true };

/** Fields of an event that fieldSelector knows, from its core form or that of events.k8s.io. */
function eventFields(subject: string, source?: string): NonNullable<ResourceDefinition['selectableFields']> {
  const reporter = (object: KubeObject): string =>
    text(object, 'reportingComponent') || text(object, 'reportingController');
  const fields: { [label: string]: (object: KubeObject) => string } = {
    reason: (object) => text(object, 'reason'),
    type: (object) => text(object, 'type'),
    ...(source === undefined
      ? { reportingController: reporter }
      : {
          reportingComponent: reporter,
          source: (object: KubeObject) => text(object, `${source}.component`) || reporter(object),
        }),
  };
  for (const field of ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']) {
    fields[`${subject}.${field}`] = (object) => text(object, `${subject}.${field}`);
  }
  return fields;
}

const generationAnnotation = 'deprecated.daemonset.template.generation';

/** DaemonSets count the changes of their template in an annotation, as their first versions did in a field. */
const daemonSet: Strategy = {
  hasGeneration: true,
  prepareForCreate: (object) => {
    object.metadata.annotations = { ...object.metadata.annotations, [generationAnnotation]: '1' };
  },
  prepareForUpdate: (object, old) => {
    const before = Number(old.metadata.annotations?.[generationAnnotation] ?? 1);
    const changed = !same(at(object, 'spec.template'), at(old, 'spec.template'));
    object.metadata.annotations = {
      ...object.metadata.annotations,
      [generationAnnotation]: String(changed ? before + 1 : before),
    };
  },
};

/** Each endpoint of a signing request writes its own part of status, and none writes spec. */
function signingResetFields(subresource: string): JsonObject {
  if (subresource === 'status') return { 'f:spec': {}, 'f:status': { 'f:conditions': {} } };
  if (subresource === 'approval') return { 'f:spec': {}, 'f:status': { 'f:certificate': {} } };
  return { 'f:spec': {}, 'f:status': {} };
}

const replicaFields = { 'status.replicas': (object: KubeObject) => String(at(object, 'status.replicas') ?? 0) };

const strategies: { readonly [kind: string]: Strategy } = {
  '/Namespace': {
    prepareForCreate: prepareNamespace,
    prepareForUpdate: keepStatusAndSpec,
    validateName: labelName,
    selectableFields: { 'status.phase': (object) => text(object, 'status.phase') },
  },
  '/Secret': { selectableFields: { type: (object) => text(object, 'type') } },
  '/Event': { rulesFirst: true, selectableFields: eventFields('involvedObject', 'source') },
  'events.k8s.io/Event': {
    storageResource: { group: '', plural: 'events' },
    storageVersion: 'v1',
    convert: { fromStorage: toEventsGroup, toStorage: toCore },
    selectableFields: eventFields('regarding'),
  },
  'certificates.k8s.io/CertificateSigningRequest': {
    validateName: pathSegment,
    // Who asks is for the server to say.
    prepareForCreate: (object, { user }) => {
      const spec = child(object, 'spec') ?? {};
      object.spec = spec;
      for (const field of ['username', 'uid', 'groups', 'extra']) delete spec[field];
      if (user.username !== '') spec.username = user.username;
      if (user.uid !== undefined && user.uid !== '') spec.uid = user.uid;
      if (user.groups.length > 0) spec.groups = [...user.groups];
      if (user.extra !== undefined)
        spec.extra = Object.fromEntries(Object.entries(user.extra).map(([key, values]) => [key, [...values]]));
    },
    prepareForUpdate: (object, old) => {
      object.spec = old.spec;
    },
    prepareForStatusUpdate: (object, old, { now }) => dateConditions(object, old, timestamp(now)),
    resetFields: signingResetFields,
    selectableFields: { 'spec.signerName': (object) => text(object, 'spec.signerName') },
  },
  '/ServiceAccount': { deleteReturnsObject: true, prepareForCreate: nameSecrets, prepareForUpdate: nameSecrets },
  '/ComponentStatus': { deprecation: 'v1 ComponentStatus is deprecated in v1.19+' },
  '/Endpoints': { deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice' },
  '/LimitRange': {
    hasOwnTable: false,
    // The one kind whose name the server makes up.
    prepareForCreate: (object) => {
      if (!object.metadata.name) object.metadata.name = object.metadata.uid ?? '';
    },
  },
  '/Node': {
    prepareForCreate: prepareNode,
    keepsNewStatus: true,
    selectableFields: { 'spec.unschedulable': (object) => String(at(object, 'spec.unschedulable') ?? false) },
  },
  '/Pod': {
    hasGeneration: true,
    deleteReturnsObject: true,
    // A pod that no node runs is gone at once; others get the grace that they ask for.
    gracePeriod: (object, requested) => {
      if (text(object, 'spec.nodeName') === '') return 0;
      const own = at(object, 'spec.terminationGracePeriodSeconds');
      return requested ?? (typeof own === 'number' ? own : 30);
    },
    prepareForCreate: preparePod,
    prepareForUpdate: updatePod,
    rowConditions: podRowConditions,
    selectableFields: {
      'spec.nodeName': (object) => text(object, 'spec.nodeName'),
      'spec.restartPolicy': (object) => text(object, 'spec.restartPolicy'),
      'spec.schedulerName': (object) => text(object, 'spec.schedulerName'),
      'spec.serviceAccountName': (object) => text(object, 'spec.serviceAccountName'),
      'spec.hostNetwork': (object) => String(at(object, 'spec.hostNetwork') ?? false),
      'status.phase': (object) => text(object, 'status.phase'),
      'status.podIP': (object) => text(object, 'status.podIP'),
      'status.podIPs': (object) => {
        const ips = at(object, 'status.podIPs');
        return Array.isArray(ips) ? ips.map((item: { ip?: string }) => item.ip ?? '').join(',') : '';
      },
      'status.nominatedNodeName': (object) => text(object, 'status.nominatedNodeName'),
    },
  },
  '/Service': {
    deleteReturnsObject: true,
    validateName: labelName,
    prepareForCreate: createService,
    selectableFields: {
      'spec.clusterIP': (object) => text(object, 'spec.clusterIP'),
      'spec.type': (object) => text(object, 'spec.type'),
    },
    prepareForUpdate: updateService,
    allocationErrors,
  },
  '/ReplicationController': {
    hasGeneration: true,
    defaultPropagation: 'Orphan',
    scale: { ...scale, labelSelectorPath: '.spec.selector' },
    selectableFields: replicaFields,
  },
  '/PersistentVolumeClaim': {
    deleteReturnsObject: true,
    prepareForCreate: (object) => {
      object.status = { phase: 'Pending' };
      pairSources(object);
    },
    prepareForUpdate: pairSources,
  },
  '/PersistentVolume': {
    deleteReturnsObject: true,
    prepareForCreate: (object, context) => {
      object.status = { phase: 'Pending', lastPhaseTransitionTime: `${context.now.toISOString().slice(0, 19)}Z` };
    },
  },
  '/ResourceQuota': { deleteReturnsObject: true },
  '/PodTemplate': { hasGeneration: true, deleteReturnsObject: true },
  'apps/Deployment': {
    hasGeneration: true,
    scale,
    // A rollout's annotations count as a part of what is asked for.
    prepareForUpdate: (object, old) => {
      const changed = !same(object.metadata.annotations, old.metadata.annotations);
      if (changed && same(object.spec, old.spec)) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
  },
  'apps/ReplicaSet': { hasGeneration: true, scale },
  'apps/StatefulSet': { hasGeneration: true, scale, validateName: labelName },
  'apps/DaemonSet': daemonSet,
  'batch/Job': {
    hasGeneration: true,
    defaultPropagation: 'Orphan',
    prepareForCreate: prepareJob,
    deletionWarning:
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
    selectableFields: { 'status.successful': (object) => String(at(object, 'status.succeeded') ?? 0) },
  },
  'rbac.authorization.k8s.io/ClusterRole': { hasOwnTable: false },
  'rbac.authorization.k8s.io/Role': { hasOwnTable: false },
  'storage.k8s.io/CSIStorageCapacity': { hasOwnTable: false },
  // Created without a generation, which the first change brings.
  'storage.k8s.io/CSIDriver': {
    prepareForUpdate: (object, old) => {
      const changes = [
        'tokenRequests',
        'requiresRepublish',
        'seLinuxMount',
        'fsGroupPolicy',
        'podInfoOnMount',
        'storageCapacity',
        'nodeAllocatableUpdatePeriodSeconds',
        'serviceAccountTokenInSecrets',
      ];
      if (changes.some((field) => !same(at(object, `spec.${field}`), at(old, `spec.${field}`))))
        object.metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
  },
  'apiextensions.k8s.io/CustomResourceDefinition': { hasGeneration: true, hasOwnTable: false },
  'batch/CronJob': { hasGeneration: true, validateName: cronJobName },
  'networking.k8s.io/Ingress': generation,
  'networking.k8s.io/IngressClass': generation,
  'networking.k8s.io/NetworkPolicy': generation,
  'networking.k8s.io/IPAddress': {
    validateName: addressProblem,
  },
  'apiregistration.k8s.io/APIService': {
    validateName: pathSegment,
    prepareForCreate: (object, { now }) => {
      object.status = {};
      // What this server serves itself is there at once.
      if (at(object, 'spec.service') !== undefined && at(object, 'spec.service') !== null) return;
      object.status = {
        conditions: [
          {
            type: 'Available',
            status: 'True',
            lastTransitionTime: timestamp(now),
            reason: 'Local',
            message: 'Local APIServices are always available',
          },
        ],
      };
    },
  },
  'policy/PodDisruptionBudget': { hasGeneration: true, rulesFirst: true },
  'flowcontrol.apiserver.k8s.io/FlowSchema': generation,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': generation,
  'resource.k8s.io/DeviceClass': generation,
  'resource.k8s.io/ResourceSlice': {
    ...generation,
    selectableFields: {
      'spec.driver': (object) => text(object, 'spec.driver'),
      'spec.nodeName': (object) => text(object, 'spec.nodeName'),
    },
  },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': generation,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': generation,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': generation,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': generation,
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': generation,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': generation,
  'scheduling.k8s.io/PriorityClass': {
    prepareForCreate: (object) => {
      object.metadata.generation = 1;
    },
  },
  'discovery.k8s.io/EndpointSlice': {
    prepareForCreate: (object) => {
      object.metadata.generation = 1;
    },
    prepareForUpdate: (object, old) => {
      const content = ({ apiVersion: _, kind: __, metadata: ___, ...rest }: KubeObject) => rest;
      const before = old.metadata.generation ?? 0;
      const changed = !same(content(object), content(old)) || !same(object.metadata.labels, old.metadata.labels);
      object.metadata.generation = changed ? before + 1 : before;
    },
  },
};

const autoscalerRow = printer('autoscaling/HorizontalPodAutoscaler')?.row;

/** What a version of a kind has of its own. */
const versions: { readonly [kindAndVersion: string]: Strategy } = {
  'autoscaling/HorizontalPodAutoscaler/v1': {
    storageVersion: 'v2',
    convert: { fromStorage: toV1, toStorage: toV2 },
    row: (object, now) => {
      const copy = structuredClone(object);
      toV2(copy);
      return autoscalerRow?.(copy, now) ?? [];
    },
  },
};

/** Kinds that a PUT may create. */
const createdOnUpdate = new Set([
  '/Endpoints',
  '/Event',
  '/LimitRange',
  '/Service',
  'coordination.k8s.io/Lease',
  'events.k8s.io/Event',
  'node.k8s.io/RuntimeClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
]);

/** Kinds whose PUT must name the resourceVersion that it replaces. */
const conditional = new Set([
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'coordination.k8s.io/Lease',
  'node.k8s.io/RuntimeClass',
  'policy/PodDisruptionBudget',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/CSIStorageCapacity',
  'storage.k8s.io/VolumeAttachment',
]);

/** Kinds whose DELETE answers what it deleted. */
const answersDeleted = new Set([
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/ResourceClaim',
  'resource.k8s.io/ResourceClaimTemplate',
  'resource.k8s.io/ResourceSlice',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/VolumeAttributesClass',
]);

/** Kinds whose status endpoint writes no metadata. */
const statusMetadata: { readonly [kind: string]: 'reset' | 'labels' } = {
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': 'reset',
  'apiregistration.k8s.io/APIService': 'reset',
  'apps/Deployment': 'labels',
  'flowcontrol.apiserver.k8s.io/FlowSchema': 'reset',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': 'reset',
  'networking.k8s.io/ServiceCIDR': 'reset',
  'resource.k8s.io/ResourceClaim': 'reset',
  'storage.k8s.io/VolumeAttachment': 'reset',
};

/** The strategy of `group/Kind` in a version; an empty one where nothing is special. */
export function strategyOf(kind: string, version: string): Strategy {
  return {
    ...(createdOnUpdate.has(kind) ? { allowCreateOnUpdate: true } : {}),
    ...(conditional.has(kind) ? { allowUnconditionalUpdate: false } : {}),
    ...(answersDeleted.has(kind) ? { deleteReturnsObject: true } : {}),
    ...(statusMetadata[kind] === undefined ? {} : { statusMetadata: statusMetadata[kind] }),
    ...metadataStrategy(kind),
    ...strategies[kind],
    ...versions[`${kind}/${version}`],
  };
}
