/** Warnings of pods and their templates: fields that do nothing any more, definitions that hide each other. */
import type { JsonObject } from '../types.ts';
import { at, number, objects, record, text } from './access.ts';
import { hasProfileOfAnnotation } from './prepare.ts';
import { parseQuantity } from './quantity.ts';

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

/** Quantities of bytes in `holder.field` that are no whole number. */
export function fractions(holder: unknown, field: string, names: readonly string[], path: string, out: string[]): void {
  for (const name of names) {
    const value = record(holder, field)[name];
    const quantity = value === undefined ? undefined : parseQuantity(String(value));
    if (quantity !== undefined && quantity.nano % 1_000_000_000n !== 0n)
      out.push(`${path}.${field}[${name}]: fractional byte value ${quoted(value)} is invalid, must be an integer`);
  }
}

type Container = readonly [JsonObject, string];

function containersOf(spec: unknown, base: string): Container[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    objects(spec, field).map((container, index): Container => [container, `${base}.${field}[${index}]`]),
  );
}

/** A port as Go prints a struct. */
function goPort(port: unknown): string {
  const parts = ['name', 'hostPort', 'containerPort', 'protocol', 'hostIP'].map((field) => {
    const value = at(port, field) ?? (field.endsWith('Port') ? 0 : '');
    return `${field.charAt(0).toUpperCase()}${field.slice(1)}:${value}`;
  });
  return `{${parts.join(' ')}}`;
}

function portWarnings(all: readonly Container[], out: string[]): void {
  const known = new Map<string, [string, JsonObject][]>();
  for (const [container, path] of all) {
    for (const [index, port] of objects(container, 'ports').entries()) {
      const here = `${path}.ports[${index}]`;
      const [host, address] = [number(port, 'hostPort'), text(port, 'hostIP')];
      if (address !== '' && host === 0) out.push(`${here}: hostIP set without hostPort: ${goPort(port)}`);
      const key = `${number(port, 'containerPort')}/${text(port, 'protocol') || 'TCP'}`;
      const others = known.get(key) ?? [];
      for (const [place, other] of others) {
        const [otherHost, otherAddress] = [number(other, 'hostPort'), text(other, 'hostIP')];
        if (address === otherAddress && host === otherHost)
          out.push(`${here}: duplicate port definition with ${place}`);
        else if (host === 0 || otherHost === 0) out.push(`${here}: overlapping port definition with ${place}`);
        else if (host === otherHost && (address === '') !== (otherAddress === ''))
          out.push(`${here}: dangerously ambiguous port definition with ${place}`);
      }
      known.set(key, [...others, [here, port]]);
    }
  }
  const names = new Map<string, string>();
  for (const [container, path] of all) {
    for (const [index, port] of objects(container, 'ports').entries()) {
      const name = text(port, 'name');
      const other = names.get(name);
      if (name === '') continue;
      if (other === undefined) names.set(name, `${path}.ports[${index}]`);
      else
        out.push(
          `${path}.ports[${index}]: duplicate port name ${quoted(name)} with ${other}, services and probes that select ports by name will use ${other}`,
        );
    }
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

interface Written {
  readonly path: string;
  readonly source: string;
}

const shown = ({ path, source }: Written): string => `${quoted(path)}${source === '' ? '' : ` (${source})`}`;

/** Of the paths that a volume's items are written to, those that are in each other's way. */
function overlaps(all: readonly Written[]): string[] {
  const out: string[] = [];
  const seen: Written[] = [];
  for (const item of all.map(({ path, source }) => ({ path: path.replace(/\/+$/, ''), source }))) {
    for (const other of seen)
      if (item.path !== '' && other.path !== '')
        if (`${item.path}/`.startsWith(`${other.path}/`) || `${other.path}/`.startsWith(`${item.path}/`))
          out.push(`${shown(item)} with ${shown(other)}`);
    seen.push(item);
  }
  return out;
}

const items = (holder: unknown, source: string): Written[] =>
  objects(holder, 'items').map((item) => ({ path: text(item, 'path'), source }));

function projectedPaths(source: unknown): Written[] {
  if (at(source, 'configMap') !== undefined)
    return items(at(source, 'configMap'), `ConfigMap ${quoted(text(source, 'configMap.name'))}`);
  if (at(source, 'secret') !== undefined)
    return items(at(source, 'secret'), `Secret ${quoted(text(source, 'secret.name'))}`);
  if (at(source, 'downwardAPI') !== undefined) return items(at(source, 'downwardAPI'), 'DownwardAPI');
  if (at(source, 'serviceAccountToken') !== undefined)
    return [{ path: text(source, 'serviceAccountToken.path'), source: 'ServiceAccountToken' }];
  return [];
}

/** Kinds of projections that this server knows; others are gone when they are looked at. */
const projections = ['configMap', 'secret', 'downwardAPI', 'serviceAccountToken'];

function volumeWarnings(spec: unknown, out: string[]): void {
  for (const volume of objects(spec, 'volumes')) {
    const warn = (kind: string, found: readonly string[]): void => {
      for (const body of found)
        out.push(`volume ${quoted(text(volume, 'name'))} (${kind}): overlapping paths: ${body}`);
    };
    const source = (field: string) => at(volume, field);
    warn(`ConfigMap ${quoted(text(volume, 'configMap.name'))}`, overlaps(items(source('configMap'), '')));
    warn(`Secret ${quoted(text(volume, 'secret.secretName'))}`, overlaps(items(source('secret'), '')));
    warn('DownwardAPI', overlaps(items(source('downwardAPI'), '')));
    for (const one of objects(volume, 'projected.sources'))
      if (projections.every((kind) => at(one, kind) === undefined))
        out.push(`volume ${quoted(text(volume, 'name'))} (Projected) has no sources provided`);
    warn('Projected', overlaps(objects(volume, 'projected.sources').flatMap(projectedPaths)));
  }
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

function affinityWarnings(spec: unknown, base: string, out: string[]): void {
  const node = at(spec, 'affinity.nodeAffinity');
  const terms = [
    ...objects(node, `${required}.nodeSelectorTerms`).map(
      (term, index) => [term, `${required}.nodeSelectorTerms[${index}]`] as const,
    ),
    ...objects(node, preferred).map(
      (term, index) => [at(term, 'preference'), `${preferred}[${index}].preference`] as const,
    ),
  ];
  for (const [term, path] of terms)
    for (const [index, expression] of objects(term, 'matchExpressions').entries()) {
      const key = text(expression, 'key');
      if (oldLabels[key] !== undefined)
        out.push(`${base}.affinity.nodeAffinity.${path}.matchExpressions[${index}].key: ${key} is ${oldLabels[key]}`);
    }
  for (const field of ['podAffinity', 'podAntiAffinity']) {
    const rules = at(spec, `affinity.${field}`);
    const say = (term: unknown, path: string): void => {
      if (at(term, 'labelSelector') === undefined)
        out.push(`${base}.affinity.${field}.${path}.labelSelector: a null labelSelector results in matching no pod`);
    };
    for (const [index, term] of objects(rules, required).entries()) say(term, `${required}[${index}]`);
    for (const [index, term] of objects(rules, preferred).entries())
      say(at(term, 'podAffinityTerm'), `${preferred}[${index}].podAffinityTerm`);
  }
}

const seccomp = 'container.seccomp.security.alpha.kubernetes.io/';
const appArmor = 'container.apparmor.security.beta.kubernetes.io/';

function annotationWarnings(pod: unknown, all: readonly Container[], path: string, out: string[]): void {
  const annotations = record(pod, 'metadata.annotations');
  for (const key of Object.keys(oldAnnotations))
    if (Object.hasOwn(annotations, key)) out.push(`${path}.annotations[${key}]: ${oldAnnotations[key]}`);
  for (const [container] of all) {
    const name = text(container, 'name');
    const say = (key: string, words: string): void => {
      if (Object.hasOwn(annotations, key)) out.push(`${path}.annotations[${key}]: ${words}`);
    };
    if (at(container, 'securityContext.seccompProfile') === undefined)
      say(`${seccomp}${name}`, 'non-functional in v1.27+; use the "seccompProfile" field instead');
    if (at(container, 'securityContext.appArmorProfile') === undefined || hasProfileOfAnnotation(container))
      say(`${appArmor}${name}`, 'deprecated since v1.30; use the "appArmorProfile" field instead');
  }
}

/** Warnings of a pod, or of the template at `path`. */
export function podWarnings(pod: unknown, path: string): string[] {
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
  const all = containersOf(spec, base);
  annotationWarnings(pod, all, metadata, out);
  affinityWarnings(spec, base, out);
  volumeWarnings(spec, out);
  for (const [index, volume] of objects(spec, 'volumes').entries()) {
    for (const [source, words] of Object.entries(oldVolumes))
      if (at(volume, source) !== undefined)
        out.push(`${base}.volumes[${index}].${source === 'storageos' ? 'storageOS' : source}: ${words}`);
  }
  duplicates(spec, base, 'hostAliases', 'ip', out);
  duplicates(spec, base, 'imagePullSecrets', 'name', out);
  for (const [index, secret] of objects(spec, 'imagePullSecrets').entries())
    if (text(secret, 'name') === '') out.push(`${base}.imagePullSecrets[${index}].name: invalid empty name ""`);
  fractions(spec, 'overhead', ['memory', 'ephemeral-storage'], base, out);
  for (const [container, here] of all) {
    for (const name of ['memory', 'ephemeral-storage']) {
      fractions(at(container, 'resources'), 'limits', [name], `${here}.resources`, out);
      fractions(at(container, 'resources'), 'requests', [name], `${here}.resources`, out);
    }
    variableWarnings(container, here, out);
  }
  portWarnings(all, out);
  if (number(spec, 'terminationGracePeriodSeconds') < 0)
    out.push(
      `${base}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    );
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
