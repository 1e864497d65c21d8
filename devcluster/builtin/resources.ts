/**
 * What the API server serves besides custom resources, as its discovery lists it: one line a resource, subresources indented below.
 *
 *   plural kind scope verbs [shortNames [categories]]      verbs: c(reate) d(elete) D(eletecollection) g(et) l(ist) p(atch) u(pdate) w(atch)
 *     name verbs [kind [group/version]]
 */
import type { SubresourceDefinition, Verb } from '../types.ts';

const all = 'cdDglpuw';

const table: { readonly [groupVersion: string]: string } = {
  v1: `
bindings Binding ns c
componentstatuses ComponentStatus cl gl cs
configmaps ConfigMap ns ${all} cm
endpoints Endpoints ns ${all} ep
events Event ns ${all} ev
limitranges LimitRange ns ${all} limits
namespaces Namespace cl cdglpuw ns
  finalize u
  status gpu
nodes Node cl ${all} no
  proxy cdgpu NodeProxyOptions
  status gpu
persistentvolumeclaims PersistentVolumeClaim ns ${all} pvc
  status gpu
persistentvolumes PersistentVolume cl ${all} pv
  status gpu
pods Pod ns ${all} po all
  attach cg PodAttachOptions
  binding c Binding
  ephemeralcontainers gpu
  eviction c Eviction policy/v1
  exec cg PodExecOptions
  log g
  portforward cg PodPortForwardOptions
  proxy cdgpu PodProxyOptions
  resize gpu
  status gpu
podtemplates PodTemplate ns ${all}
replicationcontrollers ReplicationController ns ${all} rc all
  scale gpu Scale autoscaling/v1
  status gpu
resourcequotas ResourceQuota ns ${all} quota
  status gpu
secrets Secret ns ${all}
serviceaccounts ServiceAccount ns ${all} sa
  token c TokenRequest authentication.k8s.io/v1
services Service ns ${all} svc all
  proxy cdgpu ServiceProxyOptions
  status gpu`,
  'admissionregistration.k8s.io/v1': `
mutatingadmissionpolicies MutatingAdmissionPolicy cl ${all} - api-extensions
mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding cl ${all} - api-extensions
mutatingwebhookconfigurations MutatingWebhookConfiguration cl ${all} - api-extensions
validatingadmissionpolicies ValidatingAdmissionPolicy cl ${all} - api-extensions
  status gpu
validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding cl ${all} - api-extensions
validatingwebhookconfigurations ValidatingWebhookConfiguration cl ${all} - api-extensions`,
  'apiextensions.k8s.io/v1': `
customresourcedefinitions CustomResourceDefinition cl ${all} crd,crds api-extensions
  status gpu`,
  'apiregistration.k8s.io/v1': `
apiservices APIService cl ${all} - api-extensions
  status gpu`,
  'apps/v1': `
controllerrevisions ControllerRevision ns ${all}
daemonsets DaemonSet ns ${all} ds all
  status gpu
deployments Deployment ns ${all} deploy all
  scale gpu Scale autoscaling/v1
  status gpu
replicasets ReplicaSet ns ${all} rs all
  scale gpu Scale autoscaling/v1
  status gpu
statefulsets StatefulSet ns ${all} sts all
  scale gpu Scale autoscaling/v1
  status gpu`,
  'authentication.k8s.io/v1': `
selfsubjectreviews SelfSubjectReview cl c
tokenreviews TokenReview cl c`,
  'authorization.k8s.io/v1': `
localsubjectaccessreviews LocalSubjectAccessReview ns c
selfsubjectaccessreviews SelfSubjectAccessReview cl c
selfsubjectrulesreviews SelfSubjectRulesReview cl c
subjectaccessreviews SubjectAccessReview cl c`,
  'autoscaling/v1': `
horizontalpodautoscalers HorizontalPodAutoscaler ns ${all} hpa all
  status gpu`,
  'autoscaling/v2': `
horizontalpodautoscalers HorizontalPodAutoscaler ns ${all} hpa all
  status gpu`,
  'batch/v1': `
cronjobs CronJob ns ${all} cj all
  status gpu
jobs Job ns ${all} - all
  status gpu`,
  'certificates.k8s.io/v1': `
certificatesigningrequests CertificateSigningRequest cl ${all} csr
  approval gpu
  status gpu`,
  'coordination.k8s.io/v1': `
leases Lease ns ${all}`,
  'discovery.k8s.io/v1': `
endpointslices EndpointSlice ns ${all}`,
  'events.k8s.io/v1': `
events Event ns ${all} ev`,
  'flowcontrol.apiserver.k8s.io/v1': `
flowschemas FlowSchema cl ${all}
  status gpu
prioritylevelconfigurations PriorityLevelConfiguration cl ${all}
  status gpu`,
  'networking.k8s.io/v1': `
ingressclasses IngressClass cl ${all}
ingresses Ingress ns ${all} ing
  status gpu
ipaddresses IPAddress cl ${all} ip
networkpolicies NetworkPolicy ns ${all} netpol
servicecidrs ServiceCIDR cl ${all}
  status gpu`,
  'node.k8s.io/v1': `
runtimeclasses RuntimeClass cl ${all}`,
  'policy/v1': `
poddisruptionbudgets PodDisruptionBudget ns ${all} pdb
  status gpu`,
  'rbac.authorization.k8s.io/v1': `
clusterrolebindings ClusterRoleBinding cl ${all}
clusterroles ClusterRole cl ${all}
rolebindings RoleBinding ns ${all}
roles Role ns ${all}`,
  'resource.k8s.io/v1': `
deviceclasses DeviceClass cl ${all}
resourceclaims ResourceClaim ns ${all}
  status gpu
resourceclaimtemplates ResourceClaimTemplate ns ${all}
resourceslices ResourceSlice cl ${all}`,
  'scheduling.k8s.io/v1': `
priorityclasses PriorityClass cl ${all} pc`,
  'storage.k8s.io/v1': `
csidrivers CSIDriver cl ${all}
csinodes CSINode cl ${all}
csistoragecapacities CSIStorageCapacity ns ${all}
storageclasses StorageClass cl ${all} sc
volumeattachments VolumeAttachment cl ${all}
  status gpu
volumeattributesclasses VolumeAttributesClass cl ${all} vac`,
};

const verbs: { readonly [letter: string]: Verb } = {
  c: 'create',
  d: 'delete',
  D: 'deletecollection',
  g: 'get',
  l: 'list',
  p: 'patch',
  u: 'update',
  w: 'watch',
};

/** Groups whose Go package is called otherwise than the first label of the group. */
const packages: { readonly [group: string]: string } = {
  '': 'io.k8s.api.core',
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
  'rbac.authorization.k8s.io': 'io.k8s.api.rbac',
};

export interface ResourceEntry {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly SubresourceDefinition[];
  readonly openApiName: string;
}

const expand = (letters: string): Verb[] => [...letters].flatMap((letter) => verbs[letter] ?? []);
const list = (text: string | undefined): string[] => (text === undefined || text === '-' ? [] : text.split(','));

function subresource(line: string): SubresourceDefinition {
  const [name = '', letters = '', kind, groupVersion] = line.trim().split(' ');
  const [group, version] = groupVersion?.split('/') ?? [];
  return {
    name,
    verbs: expand(letters),
    ...(kind !== undefined ? { kind } : {}),
    ...(group !== undefined && version !== undefined ? { group, version } : {}),
  };
}

/** Every resource of the table, in order. */
export function resourceTable(): ResourceEntry[] {
  return Object.entries(table).flatMap(([groupVersion, text]) => {
    const slash = groupVersion.indexOf('/');
    const group = slash < 0 ? '' : groupVersion.slice(0, slash);
    const version = groupVersion.slice(slash + 1);
    const packageName = packages[group] ?? `io.k8s.api.${group.split('.')[0]}`;
    // A line that starts a resource, with its indented lines.
    return text
      .trim()
      .split(/\n(?! )/)
      .map((block) => {
        const [head = '', ...rest] = block.split('\n');
        const [plural = '', kind = '', scope, letters = '', shortNames, categories] = head.split(' ');
        return {
          group,
          version,
          plural,
          kind,
          namespaced: scope === 'ns',
          verbs: expand(letters),
          shortNames: list(shortNames),
          categories: list(categories),
          subresources: rest.map(subresource),
          openApiName: `${packageName}.${version}.${kind}`,
        };
      });
  });
}
