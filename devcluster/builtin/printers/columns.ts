/**
 * Columns of the builtin kinds' tables, as the real server defines them. One line a kind; a column is
 * `Header[:type][!] [=definition.field | "words"]`: `!` for `-o wide` only, the description from a field's own or in words.
 */
import type { TableColumn } from '../../types.ts';
import { fieldDescription } from '../openapi.ts';

const containers =
  'Containers! "Names of each container in the template."; Images! "Images referenced by each container in the template."';
const events =
  'Last Seen =core.v1.Event.lastTimestamp; Type =core.v1.Event.type; Reason =core.v1.Event.reason; Object =core.v1.Event.involvedObject; Subobject! =core.v1.ObjectReference.fieldPath; Source! =core.v1.Event.source; Message =core.v1.Event.message; First Seen! =core.v1.Event.firstTimestamp; Count! =core.v1.Event.count; Name!';
const webhooks =
  'Name; Webhooks:integer "Webhooks indicates the number of webhooks registered in this configuration"; Age';
const bindings =
  'Name; PolicyName "PolicyName indicates the policy definition which the policy binding binded to"; ParamRef "ParamRef indicates the param resource which sets the configuration param"; Age';
const paramKind = 'ParamKind "ParamKind specifies the kind of resources used to parameterize this policy"; Age';

const signer =
  'Requested signer for the request. It is a qualified name in the form: `scope-hostname.io/name`. If empty, it will be defaulted:\n 1. If it\'s a kubelet client certificate, it is assigned\n    "kubernetes.io/kube-apiserver-client-kubelet".\n 2. If it\'s a kubelet serving certificate, it is assigned\n    "kubernetes.io/kubelet-serving".\n 3. Otherwise, it is assigned "kubernetes.io/legacy-unknown".\nDistribution of trust for signers happens out of band. You can select on this field using `spec.signerName`.';

const table: { readonly [kind: string]: string } = {
  '/ComponentStatus':
    'Name; Status "Status of the component conditions"; Message "Message of the component conditions"; Error "Error of the component conditions"',
  '/ConfigMap': 'Name; Data =core.v1.ConfigMap.data; Age',
  '/Endpoints': 'Name; Endpoints =core.v1.Endpoints.subsets; Age',
  '/Event': events,
  '/LimitRange': 'Name; Created At:date',
  '/Namespace': 'Name; Status "The status of the namespace"; Age',
  '/Node':
    'Name; Status "The status of the node"; Roles "The roles of the node"; Age; Version =core.v1.NodeSystemInfo.kubeletVersion; Internal-IP! =core.v1.NodeStatus.addresses; External-IP! =core.v1.NodeStatus.addresses; OS-Image! =core.v1.NodeSystemInfo.osImage; Kernel-Version! =core.v1.NodeSystemInfo.kernelVersion; Container-Runtime! =core.v1.NodeSystemInfo.containerRuntimeVersion',
  '/PersistentVolumeClaim':
    'Name; Status =core.v1.PersistentVolumeClaimStatus.phase; Volume =core.v1.PersistentVolumeClaimSpec.volumeName; Capacity =core.v1.PersistentVolumeClaimStatus.capacity; Access Modes =core.v1.PersistentVolumeClaimStatus.accessModes; StorageClass "StorageClass of the pvc"; VolumeAttributesClass "VolumeAttributesClass of the pvc"; Age; VolumeMode! =core.v1.PersistentVolumeClaimSpec.volumeMode',
  '/PersistentVolume':
    'Name; Capacity =core.v1.PersistentVolumeSpec.capacity; Access Modes =core.v1.PersistentVolumeSpec.accessModes; Reclaim Policy =core.v1.PersistentVolumeSpec.persistentVolumeReclaimPolicy; Status =core.v1.PersistentVolumeStatus.phase; Claim =core.v1.PersistentVolumeSpec.claimRef; StorageClass "StorageClass of the pv"; VolumeAttributesClass "VolumeAttributesClass of the pv"; Reason =core.v1.PersistentVolumeStatus.reason; Age; VolumeMode! =core.v1.PersistentVolumeSpec.volumeMode',
  '/Pod':
    'Name; Ready "The aggregate readiness state of this pod for accepting traffic."; Status "The aggregate status of the containers in this pod."; Restarts "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted."; Age; IP! =core.v1.PodStatus.podIP; Node! =core.v1.PodSpec.nodeName; Nominated Node! =core.v1.PodStatus.nominatedNodeName; Readiness Gates! =core.v1.PodSpec.readinessGates',
  '/PodTemplate':
    'Name; Containers "Names of each container in the template."; Images "Images referenced by each container in the template."; Pod Labels "The labels for the pod template."',
  '/ReplicationController': `Name; Desired:integer =core.v1.ReplicationControllerSpec.replicas; Current:integer =core.v1.ReplicationControllerStatus.replicas; Ready:integer =core.v1.ReplicationControllerStatus.readyReplicas; Age; ${containers}; Selector! =core.v1.ReplicationControllerSpec.selector`,
  '/ResourceQuota':
    'Name; Request "Request represents a minimum amount of cpu/memory that a container may consume."; Limit "Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node."; Age',
  '/Secret': 'Name; Type =core.v1.Secret.type; Data =core.v1.Secret.data; Age',
  '/ServiceAccount': 'Name; Age',
  '/Service':
    'Name; Type =core.v1.ServiceSpec.type; Cluster-IP =core.v1.ServiceSpec.clusterIP; External-IP =core.v1.ServiceSpec.externalIPs; Port(s) =core.v1.ServiceSpec.ports; Age; Selector! =core.v1.ServiceSpec.selector',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': `Name; Mutations:integer "Mutation indicates the number of mutations rules defined in this configuration"; ${paramKind}`,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': bindings,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': `Name; Validations:integer "Validations indicates the number of validation rules defined in this configuration"; ${paramKind}`,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': bindings,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhooks,
  'apiextensions.k8s.io/CustomResourceDefinition': 'Name; Created At:date',
  'apiregistration.k8s.io/APIService':
    'Name; Service "The reference to the service that hosts this API endpoint."; Available "Whether this service is available."; Age',
  'apps/ControllerRevision':
    'Name; Controller "Controller of the object"; Revision =apps.v1.ControllerRevision.revision; Age',
  'apps/DaemonSet': `Name; Desired:integer =apps.v1.DaemonSetStatus.desiredNumberScheduled; Current:integer =apps.v1.DaemonSetStatus.currentNumberScheduled; Ready:integer =apps.v1.DaemonSetStatus.numberReady; Up-to-date:integer =apps.v1.DaemonSetStatus.updatedNumberScheduled; Available:integer =apps.v1.DaemonSetStatus.numberAvailable; Node Selector =core.v1.PodSpec.nodeSelector; Age; ${containers}; Selector! =apps.v1.DaemonSetSpec.selector`,
  'apps/Deployment': `Name; Ready "Number of the pod with ready state"; Up-to-date =apps.v1.DeploymentStatus.updatedReplicas; Available =apps.v1.DeploymentStatus.availableReplicas; Age; ${containers}; Selector! =apps.v1.DeploymentSpec.selector`,
  'apps/ReplicaSet': `Name; Desired:integer =apps.v1.ReplicaSetSpec.replicas; Current:integer =apps.v1.ReplicaSetStatus.replicas; Ready:integer =apps.v1.ReplicaSetStatus.readyReplicas; Age; ${containers}; Selector! =apps.v1.ReplicaSetSpec.selector`,
  'apps/StatefulSet': `Name; Ready "Number of the pod with ready state"; Age; ${containers}`,
  'autoscaling/HorizontalPodAutoscaler':
    'Name; Reference =autoscaling.v2.HorizontalPodAutoscalerSpec.scaleTargetRef; Targets =autoscaling.v2.HorizontalPodAutoscalerSpec.metrics; MinPods =autoscaling.v2.HorizontalPodAutoscalerSpec.minReplicas; MaxPods =autoscaling.v2.HorizontalPodAutoscalerSpec.maxReplicas; Replicas =autoscaling.v2.HorizontalPodAutoscalerStatus.currentReplicas; Age',
  'batch/CronJob': `Name; Schedule =batch.v1.CronJobSpec.schedule; Timezone =batch.v1.CronJobSpec.timeZone; Suspend:boolean =batch.v1.CronJobSpec.suspend; Active:integer =batch.v1.CronJobStatus.active; Last Schedule =batch.v1.CronJobStatus.lastScheduleTime; Age; ${containers}; Selector! =batch.v1.JobSpec.selector`,
  'batch/Job': `Name; Status "Status of the job."; Completions =batch.v1.JobStatus.succeeded; Duration "Time required to complete the job."; Age; ${containers}; Selector! =batch.v1.JobSpec.selector`,
  'certificates.k8s.io/CertificateSigningRequest': `Name; Age; SignerName "${signer}"; Requestor "Base64-encoded PKCS#10 CSR data"; RequestedDuration =certificates.v1.CertificateSigningRequestSpec.expirationSeconds; Condition "Conditions applied to the request, such as approval or denial."`,
  'coordination.k8s.io/Lease': 'Name; Holder =coordination.v1.LeaseSpec.holderIdentity; Age',
  'discovery.k8s.io/EndpointSlice':
    'Name; AddressType =discovery.v1.EndpointSlice.addressType; Ports =discovery.v1.EndpointSlice.ports; Endpoints =discovery.v1.EndpointSlice.endpoints; Age',
  'events.k8s.io/Event': events,
  'flowcontrol.apiserver.k8s.io/FlowSchema':
    'Name; PriorityLevel =flowcontrol.v1.PriorityLevelConfigurationReference.name; MatchingPrecedence =flowcontrol.v1.FlowSchemaSpec.matchingPrecedence; DistinguisherMethod =flowcontrol.v1.FlowSchemaSpec.distinguisherMethod; Age; MissingPL "references a broken or non-existent PriorityLevelConfiguration"',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration':
    'Name; Type =flowcontrol.v1.PriorityLevelConfigurationSpec.type; NominalConcurrencyShares =flowcontrol.v1.LimitedPriorityLevelConfiguration.nominalConcurrencyShares; Queues =flowcontrol.v1.QueuingConfiguration.queues; HandSize =flowcontrol.v1.QueuingConfiguration.handSize; QueueLengthLimit =flowcontrol.v1.QueuingConfiguration.queueLengthLimit; Age',
  'networking.k8s.io/IngressClass':
    'Name; Controller "Controller that is responsible for handling this class"; Parameters "A reference to a resource with additional parameters"; Age',
  'networking.k8s.io/Ingress':
    'Name; Class "The name of the IngressClass resource that should be used for additional configuration"; Hosts "Hosts that incoming requests are matched against before the ingress rule"; Address "Address is a list containing ingress points for the load-balancer"; Ports "Ports of TLS configurations that open"; Age',
  'networking.k8s.io/IPAddress':
    'Name; ParentRef "ParentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object."',
  'networking.k8s.io/NetworkPolicy': `Name; Pod-Selector "podSelector selects the pods to which this NetworkPolicy object applies. The array of rules is applied to any pods selected by this field. An empty selector matches all pods in the policy's namespace. Multiple network policies can select the same set of pods. In this case, the ingress rules for each are combined additively. This field is optional. If it is not specified, it defaults to an empty selector."; Age`,
  'networking.k8s.io/ServiceCIDR': 'Name; CIDRs =networking.v1.ServiceCIDRSpec.cidrs; Age',
  'node.k8s.io/RuntimeClass': 'Name; Handler; Age',
  'policy/PodDisruptionBudget':
    'Name; Min Available "The minimum number of pods that must be available."; Max Unavailable "The maximum number of pods that may be unavailable."; Allowed Disruptions:integer "Calculated number of pods that may be disrupted at this time."; Age',
  'rbac.authorization.k8s.io/ClusterRoleBinding':
    'Name; Role "RoleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error."; Age; Users! "Users in the clusterRoleBinding"; Groups! "Groups in the clusterRoleBinding"; ServiceAccounts! "ServiceAccounts in the clusterRoleBinding"',
  'rbac.authorization.k8s.io/ClusterRole': 'Name; Created At:date',
  'rbac.authorization.k8s.io/RoleBinding':
    'Name; Role "RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error."; Age; Users! "Users in the roleBinding"; Groups! "Groups in the roleBinding"; ServiceAccounts! "ServiceAccounts in the roleBinding"',
  'rbac.authorization.k8s.io/Role': 'Name; Created At:date',
  'resource.k8s.io/DeviceClass': 'Name; Age',
  'resource.k8s.io/ResourceClaim':
    'Name; State "A summary of the current state (allocated, pending, reserved, etc.)."; Age',
  'resource.k8s.io/ResourceClaimTemplate': 'Name; Age',
  'resource.k8s.io/ResourceSlice':
    'Name; Node =resource.v1.ResourceSliceSpec.nodeName; Driver =resource.v1.ResourceSliceSpec.driver; Pool =resource.v1.ResourcePool.name; Age',
  'scheduling.k8s.io/PriorityClass':
    'Name; Value:integer =scheduling.v1.PriorityClass.value; Global-Default:boolean =scheduling.v1.PriorityClass.globalDefault; Age; PreemptionPolicy =scheduling.v1.PriorityClass.preemptionPolicy',
  'storage.k8s.io/CSIDriver':
    'Name; AttachRequired:boolean =storage.v1.CSIDriverSpec.attachRequired; PodInfoOnMount:boolean =storage.v1.CSIDriverSpec.podInfoOnMount; StorageCapacity:boolean =storage.v1.CSIDriverSpec.storageCapacity; TokenRequests =storage.v1.CSIDriverSpec.tokenRequests; RequiresRepublish:boolean =storage.v1.CSIDriverSpec.requiresRepublish; Modes =storage.v1.CSIDriverSpec.volumeLifecycleModes; Age',
  'storage.k8s.io/CSINode':
    'Name; Drivers:integer "Drivers indicates the number of CSI drivers registered on the node"; Age',
  'storage.k8s.io/CSIStorageCapacity': 'Name; Created At:date',
  'storage.k8s.io/StorageClass':
    'Name; Provisioner =storage.v1.StorageClass.provisioner; ReclaimPolicy =storage.v1.StorageClass.reclaimPolicy; VolumeBindingMode =storage.v1.StorageClass.volumeBindingMode; AllowVolumeExpansion =storage.v1.StorageClass.allowVolumeExpansion; Age',
  'storage.k8s.io/VolumeAttachment':
    'Name; Attacher =storage.v1.VolumeAttachmentSpec.attacher; PV =storage.v1.VolumeAttachmentSource.persistentVolumeName; Node =storage.v1.VolumeAttachmentSpec.nodeName; Attached:boolean =storage.v1.VolumeAttachmentStatus.attached; Age',
  'storage.k8s.io/VolumeAttributesClass': 'Name; DriverName =storage.v1.VolumeAttributesClass.driverName; Age',
};

const metadata = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const pattern = /^([^:!="]+?)(?::(\w+))?(!)?(?: =([\w.]+)\.(\w+)| "([\s\S]*)")?$/;

function column(spec: string): TableColumn {
  const [, name = '', type = 'string', wide, definition, field, words] = pattern.exec(spec) ?? [];
  return {
    name,
    type: type as TableColumn['type'],
    format: name === 'Name' || name === 'Attacher' ? 'name' : '',
    // Descriptions live in a compressed file of their own, which start-up does not read.
    get description(): string {
      if (words !== undefined) return words;
      if (definition !== undefined && field !== undefined) return fieldDescription(`io.k8s.api.${definition}`, field);
      if (name === 'Name') return fieldDescription(metadata, 'name');
      return name === 'Age' || name === 'Created At' ? fieldDescription(metadata, 'creationTimestamp') : '';
    },
    priority: wide === undefined ? 0 : 1,
  };
}

/** Columns of a kind (`group/Kind`, `/Pod` for core); undefined where it has none of its own. */
export function columnsOf(kind: string): readonly TableColumn[] | undefined {
  const specs = Object.hasOwn(table, kind) ? table[kind] : undefined;
  return specs?.split('; ').map(column);
}
