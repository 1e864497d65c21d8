/** Validation of containers. */

import type { JsonObject } from '../../types.ts';
import { list, objects, record, text } from '../access.ts';
import {
  type Errors,
  fieldError,
  notFound,
  oneOf,
  portNameProblems,
  portNumber,
  problems,
  requiredLabel,
} from './common.ts';
import { env, envFrom } from './containerenv.ts';
import { devices, type MountableVolumes, mounts } from './containermounts.ts';
import { probes } from './containerprobes.ts';
import { resources } from './containerresources.ts';
import { restartPolicy } from './containerrestart.ts';
import { containerSecurity } from './security.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];

function ports(container: unknown, path: string, errors: Errors): void {
  const names = new Set<string>();
  for (const [index, port] of objects(container, 'ports').entries()) {
    const here = `${path}.ports[${index}]`;
    const name = text(port, 'name');
    if (name !== '') {
      const found = portNameProblems(name);
      if (found.length > 0) problems(`${here}.name`, name, found, errors);
      else if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
      else names.add(name);
    }
    if (port.containerPort === undefined || port.containerPort === 0)
      errors.push(fieldError.required(`${here}.containerPort`));
    else portNumber(port.containerPort, `${here}.containerPort`, errors);
    if (port.hostPort !== undefined && port.hostPort !== 0) portNumber(port.hostPort, `${here}.hostPort`, errors);
    oneOf(port, here, 'protocol', protocols, errors);
  }
}

/** How a container may be resized; `podPolicy` is the restart policy of its pod. */
function resizePolicy(container: unknown, path: string, podPolicy: string, errors: Errors): void {
  const seen = new Set<string>();
  for (const [index, policy] of objects(container, 'resizePolicy').entries()) {
    const name = text(policy, 'resourceName');
    if (seen.has(name)) errors.push(fieldError.duplicate(`${path}[${index}]`, name));
    seen.add(name);
    if (name === '') errors.push(fieldError.required(path));
    else if (name !== 'cpu' && name !== 'memory') errors.push(fieldError.notSupported(path, name, ['cpu', 'memory']));
    const restart = text(policy, 'restartPolicy');
    if (restart === '') errors.push(fieldError.required(path));
    else if (restart !== 'NotRequired' && restart !== 'RestartContainer')
      errors.push(fieldError.notSupported(path, restart, ['NotRequired', 'RestartContainer']));
    if (podPolicy === 'Never' && restart !== 'NotRequired')
      errors.push(fieldError.invalid(path, restart, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
  }
}

/** What init, regular and ephemeral containers share. */
function common(container: JsonObject, spec: unknown, path: string, volumes: MountableVolumes, errors: Errors): void {
  requiredLabel(text(container, 'name'), `${path}.name`, errors);
  if (text(container, 'image') === '') errors.push(fieldError.required(`${path}.image`));
  oneOf(container, path, 'terminationMessagePolicy', ['File', 'FallbackToLogsOnError'], errors);
  ports(container, path, errors);
  env(container, path, errors);
  envFrom(container, path, errors);
  mounts(container, path, volumes, errors);
  devices(container, path, volumes, errors);
  oneOf(container, path, 'imagePullPolicy', ['Always', 'IfNotPresent', 'Never'], errors);
  const claims = objects(spec, 'resourceClaims').map((claim) => text(claim, 'name'));
  resources(container, path, claims, errors);
  resizePolicy(container, `${path}.resizePolicy`, text(spec, 'restartPolicy'), errors);
  containerSecurity(container, spec, path, errors);
}

/** What is asked of pods and not of templates of them. */
export function trimmedImage(container: unknown, path: string, errors: Errors): void {
  const image = text(container, 'image');
  if (image !== image.trim())
    errors.push(fieldError.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
}

function hostPortConflicts(all: readonly JsonObject[], path: string, errors: Errors): void {
  const taken = new Set<string>();
  for (const [index, container] of all.entries()) {
    for (const [portIndex, port] of objects(container, 'ports').entries()) {
      if (port.hostPort === undefined || port.hostPort === 0) continue;
      const key = `${text(port, 'protocol')}/${text(port, 'hostIP')}/${port.hostPort}`;
      if (taken.has(key)) errors.push(fieldError.duplicate(`${path}[${index}].ports[${portIndex}].hostPort`, key));
      taken.add(key);
    }
  }
}

export function containers(spec: unknown, path: string, volumes: MountableVolumes, errors: Errors): void {
  const all = objects(spec, 'containers');
  if (all.length === 0) {
    errors.push(fieldError.required(`${path}.containers`));
    return;
  }
  const names = new Set<string>();
  for (const [index, container] of all.entries()) {
    const here = `${path}.containers[${index}]`;
    common(container, spec, here, volumes, errors);
    const name = text(container, 'name');
    if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    names.add(name);
    probes(container, spec, here, errors);
    restartPolicy(container, here, errors);
  }
  hostPortConflicts(all, `${path}.containers`, errors);
}

export function initContainers(spec: unknown, path: string, volumes: MountableVolumes, errors: Errors): void {
  const names = new Set(objects(spec, 'containers').map((container) => text(container, 'name')));
  for (const [index, container] of objects(spec, 'initContainers').entries()) {
    const here = `${path}.initContainers[${index}]`;
    common(container, spec, here, volumes, errors);
    if (container.restartPolicy !== undefined) restartPolicy(container, here, errors);
    else if (list(container, 'restartPolicyRules').length > 0) {
      const detail = 'must specify restartPolicy when restart rules are used';
      errors.push(fieldError.required(`${here}.restartPolicy`, detail));
    }
    const name = text(container, 'name');
    if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    else if (name !== '') names.add(name);
    // They run one after the other: each is judged by itself, as if it were the first.
    hostPortConflicts([container], `${path}.initContainers`, errors);
    if (text(container, 'restartPolicy') === 'Always') {
      probes(container, spec, here, errors);
      continue;
    }
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
      if (container[field] !== undefined)
        errors.push(
          fieldError.forbidden(`${here}.${field}`, 'may not be set for init containers without restartPolicy=Always'),
        );
    }
    for (const [at, policy] of objects(container, 'resizePolicy').entries()) {
      const restart = text(policy, 'restartPolicy');
      const detail = "must not be set to 'RestartContainer' for non-sidecar initContainers";
      if (restart === 'RestartContainer')
        errors.push(fieldError.invalid(`${here}.resizePolicy[${at}].restartPolicy`, restart, detail));
    }
  }
}

/** What an ephemeral container may not have, in the order in which the real server looks. */
const notEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
];

export function ephemeralContainers(spec: unknown, path: string, volumes: MountableVolumes, errors: Errors): void {
  const others = new Set(
    [...objects(spec, 'containers'), ...objects(spec, 'initContainers')].map((container) => text(container, 'name')),
  );
  const names = new Set(others);
  for (const [index, container] of objects(spec, 'ephemeralContainers').entries()) {
    const here = `${path}.ephemeralContainers[${index}]`;
    common(container, spec, here, volumes, errors);
    trimmedImage(container, here, errors);
    const name = text(container, 'name');
    if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    names.add(name);
    const target = text(container, 'targetContainerName');
    if (target !== '' && !others.has(target)) errors.push(notFound(`${here}.targetContainerName`, target));
    const detail = 'cannot be set for an Ephemeral Container';
    for (const field of notEphemeral) {
      const value = container[field];
      if (value === undefined || (field === 'resources' && Object.keys(record(container, field)).length === 0))
        continue;
      errors.push(fieldError.forbidden(`${here}.${field}`, detail));
    }
    for (const [at, mount] of objects(container, 'volumeMounts').entries())
      for (const field of ['subPath', 'subPathExpr'])
        if (text(mount, field) !== '')
          errors.push(fieldError.forbidden(`${here}.volumeMounts[${at}].${field}`, detail));
  }
}
