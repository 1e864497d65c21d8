/** What the server warns of without refusing it: fields that do nothing any more, definitions that hide each other. */
import { dns1123Label } from '../registry/names.ts';
import type { KubeObject } from '../types.ts';
import { at, list, number, objects, record, text } from './access.ts';
import { compareQuantity, parseQuantity } from './quantity.ts';

type Warn = (object: KubeObject, old: KubeObject | undefined) => string[];

const oldLabels: { readonly [label: string]: string } = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};
const oldAnnotations: { readonly [annotation: string]: string } = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'seccomp.security.alpha.kubernetes.io/pod': 'non-functional in v1.27+; use the "seccompProfile" field instead',
};
const oldVolumes: { readonly [source: string]: string } = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

const quoted = (value: unknown): string => JSON.stringify(String(value));

function fractions(holder: unknown, field: string, names: readonly string[], path: string, out: string[]): void {
  for (const name of names) {
    const value = record(holder, field)[name];
    const quantity = value === undefined ? undefined : parseQuantity(String(value));
    if (quantity !== undefined && quantity.nano % 1_000_000_000n !== 0n)
      out.push(`${path}.${field}[${name}]: fractional byte value ${quoted(value)} is invalid, must be an integer`);
  }
}

function portWarnings(container: unknown, path: string, out: string[]): void {
  const seen = new Map<string, string>();
  for (const [index, port] of objects(container, 'ports').entries()) {
    const here = `${path}.ports[${index}]`;
    const key = `${number(port, 'containerPort')}/${text(port, 'protocol') || 'TCP'}`;
    const place = `${text(port, 'hostIP')}:${number(port, 'hostPort')}`;
    const known = seen.get(`${key} ${place}`);
    if (known !== undefined) out.push(`${here}: duplicate port definition with ${known}`);
    else seen.set(`${key} ${place}`, here);
  }
}

function variableWarnings(container: unknown, path: string, out: string[]): void {
  const seen = new Set<string>();
  for (const [index, item] of objects(container, 'env').entries()) {
    const name = text(item, 'name');
    // A value that refers to the variable that it replaces is one way to extend it.
    if (seen.has(name) && !text(item, 'value').includes(`$(${name})`))
      out.push(
        `${path}.env[${index}]: hides previous definition of ${quoted(name)}, which may be dropped when using apply`,
      );
    seen.add(name);
  }
}

/** Warnings of a pod, or of the template at `path`. */
function podWarnings(pod: unknown, path: string): string[] {
  const out: string[] = [];
  const spec = at(pod, 'spec');
  const base = path === '' ? 'spec' : `${path}.spec`;
  const metadata = path === '' ? 'metadata' : `${path}.metadata`;
  for (const key of Object.keys(record(spec, 'nodeSelector')).sort())
    if (oldLabels[key] !== undefined) out.push(`${base}.nodeSelector[${key}]: ${oldLabels[key]}`);
  for (const [index, item] of objects(spec, 'topologySpreadConstraints').entries()) {
    const here = `${base}.topologySpreadConstraints[${index}]`;
    if (oldLabels[text(item, 'topologyKey')] !== undefined)
      out.push(`${here}.topologyKey: ${text(item, 'topologyKey')} is ${oldLabels[text(item, 'topologyKey')]}`);
    if (at(item, 'labelSelector') === undefined)
      out.push(`${here}.labelSelector: a null labelSelector results in matching no pod`);
  }
  for (const key of Object.keys(oldAnnotations))
    if (Object.hasOwn(record(pod, 'metadata.annotations'), key))
      out.push(`${metadata}.annotations[${key}]: ${oldAnnotations[key]}`);
  for (const [index, volume] of objects(spec, 'volumes').entries()) {
    if (
      at(volume, 'projected') !== undefined &&
      objects(volume, 'projected.sources').every((item) => Object.keys(item).length === 0)
    )
      out.push(`volume ${quoted(text(volume, 'name'))} (Projected) has no sources provided`);
    for (const [source, words] of Object.entries(oldVolumes))
      if (at(volume, source) !== undefined)
        out.push(`${base}.volumes[${index}].${source === 'storageos' ? 'storageOS' : source}: ${words}`);
  }
  duplicates(spec, base, 'hostAliases', 'ip', out);
  duplicates(spec, base, 'imagePullSecrets', 'name', out);
  for (const [index, secret] of objects(spec, 'imagePullSecrets').entries())
    if (text(secret, 'name') === '') out.push(`${base}.imagePullSecrets[${index}].name: invalid empty name ""`);
  fractions(spec, 'overhead', ['memory', 'ephemeral-storage'], base, out);
  for (const field of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const [index, container] of objects(spec, field).entries()) {
      const here = `${base}.${field}[${index}]`;
      for (const name of ['memory', 'ephemeral-storage']) {
        fractions(at(container, 'resources'), 'limits', [name], `${here}.resources`, out);
        fractions(at(container, 'resources'), 'requests', [name], `${here}.resources`, out);
      }
      variableWarnings(container, here, out);
      portWarnings(container, here, out);
    }
  }
  return out;
}

function duplicates(spec: unknown, base: string, field: string, key: string, out: string[]): void {
  const seen = new Set<string>();
  for (const [index, item] of objects(spec, field).entries()) {
    const value = text(item, key);
    if (value !== '' && seen.has(value))
      out.push(`${base}.${field}[${index}].${key}: duplicate ${key} ${quoted(value)}`);
    seen.add(value);
  }
}

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
  'networking.k8s.io/Ingress': (object, old) =>
    old === undefined && Object.hasOwn(object.metadata.annotations ?? {}, 'kubernetes.io/ingress.class')
      ? [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
};

/** The warnings of `group/Kind`; undefined where there are none. */
export function warningsOf(kind: string): Warn | undefined {
  return warnings[kind];
}
