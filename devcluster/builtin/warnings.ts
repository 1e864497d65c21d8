/** What the server warns of without refusing it: fields that do nothing any more, definitions that hide each other. */
import { dns1123Label } from '../registry/names.ts';
import type { KubeObject } from '../types.ts';
import { at, list, number, objects, record, text } from './access.ts';
import { fractions, podWarnings } from './podwarnings.ts';
import { compareQuantity, parseQuantity } from './quantity.ts';
import { tlsWarnings } from './tlssecret.ts';
import { same } from './validation/common.ts';

type Warn = (object: KubeObject, old: KubeObject | undefined) => string[];

const hostnames = (what: string, object: KubeObject, old: KubeObject | undefined): string[] => {
  const problems = dns1123Label(object.metadata.name ?? '');
  if (old !== undefined || problems.length === 0) return [];
  const why = problems.map((problem) => (problem.includes('RFC 1123 label') ? 'must not contain dots' : problem));
  return [
    `metadata.name: this is used in ${what}, which can result in surprising behavior; a DNS label is recommended: [${why.join(', ')}]`,
  ];
};
const podName = "the Pod's hostname";
const childNames = 'Pod names and hostnames';

const templated: Warn = (object, old) => [
  ...hostnames(childNames, object, old),
  ...podWarnings(at(object, 'spec.template'), 'spec.template'),
];
const templateOnly: Warn = (object) => podWarnings(at(object, 'spec.template'), 'spec.template');

function claimWarnings(spec: unknown, path: string): string[] {
  const out: string[] = [];
  fractions(at(spec, 'resources'), 'requests', ['storage'], `${path}.resources`, out);
  fractions(at(spec, 'resources'), 'limits', ['storage'], `${path}.resources`, out);
  return out;
}

function serviceWarnings(service: KubeObject): string[] {
  const out: string[] = [];
  const externalIps = list(service, 'spec.externalIPs').length > 0;
  const type = text(service, 'spec.type');
  if (Object.hasOwn(service.metadata.annotations ?? {}, 'service.kubernetes.io/topology-aware-hints'))
    out.push(
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    );
  if (text(service, 'spec.clusterIP') === 'None') {
    if (text(service, 'spec.loadBalancerIP') !== '') out.push('spec.loadBalancerIP is ignored for headless services');
    if (externalIps) out.push('spec.externalIPs is ignored for headless services');
    if (text(service, 'spec.sessionAffinity') !== 'None')
      out.push('spec.SessionAffinity is ignored for headless services');
  } else if (externalIps && type !== 'ExternalName')
    out.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  if (text(service, 'spec.trafficDistribution') === 'PreferClose')
    out.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  if (type === 'ExternalName' && externalIps) out.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (type !== 'ExternalName' && text(service, 'spec.externalName') !== '')
    out.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  return out;
}

const quotaPairs = ['cpu', 'memory', 'ephemeral-storage'];

function quotaWarnings(quota: KubeObject): string[] {
  const hard = record(quota, 'spec.hard');
  return quotaPairs.flatMap((name) => {
    const [request, limit] = [hard[`requests.${name}`], hard[`limits.${name}`]];
    const [a, b] = [parseQuantity(String(request)), parseQuantity(String(limit))];
    if (a === undefined || b === undefined || compareQuantity(a, b) <= 0) return [];
    return [`ResourceQuota requests.${name} (${request}) should be less than limits.${name} (${limit})`];
  });
}

const mountableSecrets = 'kubernetes.io/enforce-mountable-secrets';
const storageClass = 'volume.beta.kubernetes.io/storage-class';

const warnings: { readonly [kind: string]: Warn } = {
  '/Pod': (object, old) => [...hostnames(podName, object, old), ...podWarnings(object, '')],
  '/PodTemplate': (object) => podWarnings(at(object, 'template'), 'template'),
  '/ReplicationController': templated,
  '/ResourceQuota': quotaWarnings,
  '/Node': (object) =>
    text(object, 'spec.externalID') === ''
      ? []
      : ['spec.externalID: this field is deprecated, and is unused by Kubernetes'],
  '/Secret': tlsWarnings,
  '/PersistentVolume': (object) =>
    text(object, 'spec.persistentVolumeReclaimPolicy') === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : [],
  '/ServiceAccount': (object) =>
    Object.hasOwn(object.metadata.annotations ?? {}, mountableSecrets)
      ? [
          `metadata.annotations[${mountableSecrets}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
        ]
      : [],
  '/Service': serviceWarnings,
  '/PersistentVolumeClaim': (object) => [
    ...(Object.hasOwn(object.metadata.annotations ?? {}, storageClass)
      ? [`metadata.annotations[${storageClass}]: deprecated since v1.8; use "storageClassName" attribute instead`]
      : []),
    ...claimWarnings(object.spec, 'spec'),
  ],
  'apps/DaemonSet': templateOnly,
  'apps/Deployment': templated,
  'apps/ReplicaSet': templated,
  'apps/StatefulSet': (object) => [
    ...templateOnly(object, undefined),
    ...objects(object, 'spec.volumeClaimTemplates').flatMap((claim, index) =>
      claimWarnings(claim.spec, `spec.volumeClaimTemplates[${index}]`),
    ),
    ...(number(object, 'spec.revisionHistoryLimit') < 0
      ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
      : []),
  ],
  'batch/Job': templated,
  'batch/CronJob': (object, old) => [
    ...hostnames(childNames, object, old),
    ...podWarnings(at(object, 'spec.jobTemplate.spec.template'), 'spec.jobTemplate.spec.template'),
  ],
  'discovery.k8s.io/EndpointSlice': (object, old) =>
    old === undefined && text(object, 'addressType') === 'FQDN'
      ? ['spec.addressType: FQDN endpoints are deprecated']
      : [],
  'storage.k8s.io/CSIDriver': (object, old) =>
    !same(at(object, 'spec.tokenRequests'), at(old, 'spec.tokenRequests')) &&
    list(object, 'spec.tokenRequests').length > 0 &&
    at(object, 'spec.serviceAccountTokenInSecrets') === undefined
      ? [
          'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
        ]
      : [],
  'networking.k8s.io/Ingress': (object, old) =>
    old === undefined &&
    at(object, 'spec.ingressClassName') === undefined &&
    Object.hasOwn(object.metadata.annotations ?? {}, 'kubernetes.io/ingress.class')
      ? [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
};

/** The warnings of `group/Kind`; undefined where there are none. */
export function warningsOf(kind: string): Warn | undefined {
  return warnings[kind];
}
