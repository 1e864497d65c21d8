/** Validation of pod specs, in pods and in whatever has a template of them. */

import { dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import type { JsonObject } from '../../types.ts';
import { at, child, list, number, objects, record, text } from '../access.ts';
import {
  type Errors,
  fieldError,
  labelSelector,
  labels,
  notSupported,
  oneOf,
  problems,
  requiredLabel,
  same,
} from './common.ts';
import { containers, initContainers } from './containers.ts';
import { podFields, volumeParts } from './podfields.ts';

const volumeSources = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'persistentVolumeClaim',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'downwardAPI',
  'fc',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
  'projected',
  'csi',
  'ephemeral',
  'image',
];

function volumeSource(volume: JsonObject, path: string, errors: Errors): void {
  const given = volumeSources.filter((source) => volume[source] !== undefined);
  for (const source of given.slice(1))
    errors.push(fieldError.forbidden(`${path}.${source}`, 'may not specify more than 1 volume type'));
  const [source] = given;
  if (source === undefined) errors.push(fieldError.required(path, 'must specify a volume type'));
  const required: { readonly [source: string]: readonly [string, string] } = {
    secret: ['secret.secretName', 'secretName'],
    persistentVolumeClaim: ['persistentVolumeClaim.claimName', 'claimName'],
    configMap: ['configMap.name', 'name'],
    hostPath: ['hostPath.path', 'path'],
    csi: ['csi.driver', 'driver'],
  };
  const need = source === undefined ? undefined : required[source];
  if (need !== undefined && text(volume, need[0]) === '')
    errors.push(fieldError.required(`${path}.${source}.${need[1]}`));
  if (source === 'nfs') {
    for (const field of ['server', 'path'])
      if (text(volume, `nfs.${field}`) === '') errors.push(fieldError.required(`${path}.nfs.${field}`));
  }
  for (const items of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    const mode = at(volume, `${items}.defaultMode`);
    if (typeof mode === 'number' && (mode < 0 || mode > 511)) {
      errors.push(
        fieldError.invalid(
          `${path}.${items}.defaultMode`,
          mode,
          'must be a number between 0 and 0777 (octal), both inclusive',
        ),
      );
    }
  }
}

function volumes(spec: unknown, path: string, errors: Errors): Set<string> {
  const names = new Set<string>();
  for (const [index, volume] of objects(spec, 'volumes').entries()) {
    const here = `${path}.volumes[${index}]`;
    const name = text(volume, 'name');
    const before = errors.length;
    volumeSource(volume, here, errors);
    volumeParts(volume, here, errors);
    requiredLabel(name, `${here}.name`, errors);
    if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    // A volume that is wrong cannot be mounted.
    if (errors.length === before) names.add(name);
  }
  return names;
}

export function tolerations(spec: unknown, path: string, errors: Errors): void {
  for (const [index, toleration] of objects(spec, 'tolerations').entries()) {
    const here = `${path}.tolerations[${index}]`;
    const key = text(toleration, 'key');
    const operator = text(toleration, 'operator');
    if (key !== '') problems(`${here}.key`, key, qualifiedName(key), errors);
    if (key === '' && operator !== 'Exists') {
      errors.push(
        fieldError.invalid(
          `${here}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    }
    if (at(toleration, 'tolerationSeconds') !== undefined && text(toleration, 'effect') !== 'NoExecute') {
      errors.push(
        fieldError.invalid(
          `${here}.effect`,
          text(toleration, 'effect'),
          "effect must be 'NoExecute' when `tolerationSeconds` is set",
        ),
      );
    }
    if (operator === 'Exists' && text(toleration, 'value') !== '') {
      errors.push(
        fieldError.invalid(
          `${here}.operator`,
          text(toleration, 'value'),
          "value must be empty when `operator` is 'Exists'",
        ),
      );
    } else if (operator !== '') notSupported(toleration, here, 'operator', ['Equal', 'Exists'], errors);
    if (text(toleration, 'effect') !== '')
      notSupported(toleration, here, 'effect', ['NoExecute', 'NoSchedule', 'PreferNoSchedule'], errors);
  }
}

function spreadConstraints(spec: unknown, path: string, errors: Errors): void {
  for (const [index, constraint] of objects(spec, 'topologySpreadConstraints').entries()) {
    const here = `${path}.topologySpreadConstraints[${index}]`;
    if (number(constraint, 'maxSkew') <= 0)
      errors.push(fieldError.invalid(`${here}.maxSkew`, number(constraint, 'maxSkew'), 'must be greater than zero'));
    if (text(constraint, 'topologyKey') === '')
      errors.push(fieldError.required(`${here}.topologyKey`, 'can not be empty'));
    const domains = at(constraint, 'minDomains');
    if (typeof domains === 'number' && domains <= 0)
      errors.push(fieldError.invalid(`${here}.minDomains`, domains, 'must be greater than zero'));
    notSupported(
      { whenUnsatisfiable: '', ...constraint },
      here,
      'whenUnsatisfiable',
      ['DoNotSchedule', 'ScheduleAnyway'],
      errors,
    );
    labelSelector(constraint, here, 'labelSelector', errors);
  }
}

function securityContext(spec: unknown, path: string, errors: Errors): void {
  for (const field of ['runAsUser', 'runAsGroup', 'fsGroup']) {
    const value = at(spec, `securityContext.${field}`);
    if (typeof value === 'number' && (value < 0 || value > 2147483647)) {
      errors.push(
        fieldError.invalid(`${path}.securityContext.${field}`, value, 'must be between 0 and 2147483647, inclusive'),
      );
    }
  }
}

/** A pod spec at `path`. */
export function podSpec(spec: unknown, path: string, errors: Errors): void {
  const mountable = volumes(spec, path, errors);
  containers(spec, path, mountable, errors);
  initContainers(spec, path, mountable, errors);
  oneOf(spec, path, 'restartPolicy', ['Always', 'OnFailure', 'Never'], errors);
  oneOf(spec, path, 'dnsPolicy', ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], errors);
  labels(at(spec, 'nodeSelector'), `${path}.nodeSelector`, errors);
  securityContext(spec, path, errors);
  spreadConstraints(spec, path, errors);
  for (const field of ['serviceAccountName', 'nodeName', 'priorityClassName', 'runtimeClassName']) {
    const value = text(spec, field);
    if (value !== '') problems(`${path}.${field}`, value, dns1123Subdomain(value), errors);
  }
  notSupported(spec, path, 'preemptionPolicy', ['PreemptLowerPriority', 'Never'], errors);
  const deadline = at(spec, 'activeDeadlineSeconds');
  if (typeof deadline === 'number' && (deadline < 1 || deadline > 2147483647)) {
    errors.push(
      fieldError.invalid(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'),
    );
  }
  for (const field of ['hostname', 'subdomain'])
    if (text(spec, field) !== '') requiredLabel(text(spec, field), `${path}.${field}`, errors);
  tolerations(spec, path, errors);
  podFields(spec, path, errors);
}

/** A pod template at `path`. */
export function podTemplate(template: unknown, path: string, errors: Errors): void {
  labels(at(template, 'metadata.labels'), `${path}.labels`, errors);
  for (const key of Object.keys(record(template, 'metadata.annotations'))) {
    problems(`${path}.annotations`, key, qualifiedName(key.toLowerCase()), errors);
  }
  podSpec(at(template, 'spec') ?? {}, `${path}.spec`, errors);
  if (list(template, 'spec.ephemeralContainers').length > 0) {
    errors.push(
      fieldError.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'),
    );
  }
}

const updatable =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** The spec with everything that may change taken from the old one. */
function withoutUpdatable(spec: JsonObject, old: JsonObject): JsonObject {
  const copy = structuredClone(spec);
  for (const field of ['containers', 'initContainers']) {
    for (const [index, container] of objects(copy, field).entries()) {
      const image = objects(old, field)[index]?.image;
      if (image !== undefined) container.image = image;
    }
  }
  for (const field of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations']) {
    if (old[field] === undefined) delete copy[field];
    else copy[field] = old[field];
  }
  return copy;
}

/** What an update of a pod may not change. */
export function podUpdate(pod: unknown, old: unknown, errors: Errors): void {
  for (const field of ['containers', 'initContainers']) {
    if (list(pod, `spec.${field}`).length !== list(old, `spec.${field}`).length) {
      errors.push(fieldError.forbidden(`spec.${field}`, 'pod updates may not add or remove containers'));
      return;
    }
    for (const [index, container] of objects(pod, `spec.${field}`).entries()) {
      if (text(container, 'image') === '') errors.push(fieldError.required(`spec.${field}[${index}].image`));
    }
  }
  const spec = child(pod, 'spec');
  const before = child(old, 'spec');
  if (spec === undefined || before === undefined || same(withoutUpdatable(spec, before), before)) return;
  errors.push(fieldError.forbidden('spec', `pod updates may not change fields other than ${updatable}`));
}
