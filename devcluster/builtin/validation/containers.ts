/** Validation of containers. */

import { dns1123Subdomain } from '../../registry/names.ts';
import type { JsonObject } from '../../types.ts';
import { at, number, objects, text } from '../access.ts';
import {
  dataKeyProblems,
  type Errors,
  fieldError,
  nonNegative,
  notFound,
  notSupported,
  oneOf,
  portNameProblems,
  portNumber,
  portOrName,
  problems,
  requiredLabel,
} from './common.ts';
import { resources } from './containerresources.ts';
import { fieldReference, resourceReference, variableFieldPaths } from './podreferences.ts';
import { descendingPath } from './podvolumes.ts';
import { containerSecurity } from './security.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];
const valueSources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

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

function envFrom(container: unknown, path: string, errors: Errors): void {
  for (const [index, source] of objects(container, 'envFrom').entries()) {
    const here = `${path}.envFrom[${index}]`;
    const prefix = text(source, 'prefix');
    if (prefix !== '' && !/^[ -<>-~]+$/.test(prefix)) {
      const detail = "a valid environment variable name must consist only of printable ASCII characters other than '='";
      errors.push(fieldError.invalid(`${here}.prefix`, prefix, detail));
    }
    const given = ['configMapRef', 'secretRef'].filter((field) => at(source, field) !== undefined);
    for (const field of given)
      if (text(source, `${field}.name`) === '') errors.push(fieldError.required(`${here}.${field}.name`));
    if (given.length === 0)
      errors.push(fieldError.invalid(`${path}.envFrom`, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (given.length > 1)
      errors.push(fieldError.invalid(`${path}.envFrom`, '', 'may not have more than one field specified at a time'));
  }
}

function env(container: unknown, path: string, errors: Errors): void {
  for (const [index, variable] of objects(container, 'env').entries()) {
    const here = `${path}.env[${index}]`;
    const name = text(variable, 'name');
    if (name === '') errors.push(fieldError.required(`${here}.name`));
    else if (!/^[ -<>-~]+$/.test(name)) {
      errors.push(
        fieldError.invalid(
          `${here}.name`,
          name,
          "a valid environment variable name must consist only of printable ASCII characters other than '='",
        ),
      );
    }
    const from = at(variable, 'valueFrom');
    if (from === undefined || from === null) continue;
    const field = at(from, 'fieldRef');
    const base = `${here}.valueFrom`;
    if (field !== undefined) fieldReference(field, `${base}.fieldRef`, variableFieldPaths, errors);
    const resource = at(from, 'resourceFieldRef');
    if (resource !== undefined) resourceReference(resource, `${base}.resourceFieldRef`, false, errors);
    const given = valueSources.filter((source) => at(from, source) !== undefined);
    for (const source of ['configMapKeyRef', 'secretKeyRef'] as const) {
      const reference = at(from, source);
      if (reference === undefined) continue;
      const name = text(reference, 'name');
      problems(`${base}.${source}.name`, name, dns1123Subdomain(name), errors);
      const key = text(reference, 'key');
      if (key === '') errors.push(fieldError.required(`${here}.valueFrom.${source}.key`));
      else problems(`${here}.valueFrom.${source}.key`, key, dataKeyProblems(key), errors);
    }
    if (given.length === 0) {
      errors.push(
        fieldError.invalid(
          `${here}.valueFrom`,
          '',
          'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
        ),
      );
    } else if (text(variable, 'value') !== '')
      errors.push(fieldError.invalid(`${here}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    else if (given.length > 1)
      errors.push(fieldError.invalid(`${here}.valueFrom`, '', 'may not have more than one field specified at a time'));
  }
}

function devices(container: unknown, path: string, volumes: ReadonlySet<string>, errors: Errors): void {
  for (const [index, device] of objects(container, 'volumeDevices').entries()) {
    const here = `${path}.volumeDevices[${index}]`;
    const name = text(device, 'name');
    if (name === '') errors.push(fieldError.required(`${here}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${here}.name`, name));
    if (text(device, 'devicePath') === '') errors.push(fieldError.required(`${here}.devicePath`));
  }
}

function mounts(container: unknown, path: string, volumes: ReadonlySet<string>, errors: Errors): void {
  const places = new Set<string>();
  for (const [index, mount] of objects(container, 'volumeMounts').entries()) {
    const here = `${path}.volumeMounts[${index}]`;
    const name = text(mount, 'name');
    const place = text(mount, 'mountPath');
    if (name === '') errors.push(fieldError.required(`${here}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${here}.name`, name));
    if (place === '') errors.push(fieldError.required(`${here}.mountPath`));
    if (places.has(place)) errors.push(fieldError.invalid(`${here}.mountPath`, place, 'must be unique'));
    places.add(place);
    notSupported(
      mount,
      `${path}.volumeMounts`,
      'mountPropagation',
      ['Bidirectional', 'HostToContainer', 'None'],
      errors,
    );
    const privileged = at(container, 'securityContext.privileged') === true;
    if (text(mount, 'mountPropagation') === 'Bidirectional' && !privileged) {
      const detail = 'Bidirectional mount propagation is available only to privileged containers';
      errors.push(fieldError.forbidden(`${path}.volumeMounts.mountPropagation`, detail));
    }
    subPaths(mount, `${path}.volumeMounts`, here, errors);
    readOnly(mount, `${path}.volumeMounts.recursiveReadOnly`, errors);
  }
}

function subPaths(mount: unknown, path: string, here: string, errors: Errors): void {
  const below = text(mount, 'subPath');
  const expression = text(mount, 'subPathExpr');
  if (below !== '') descendingPath(below, `${path}.subPath`, errors);
  if (expression === '') return;
  if (below !== '') {
    const detail = 'subPathExpr and subPath are mutually exclusive';
    errors.push(fieldError.invalid(`${here}.subPathExpr`, expression, detail));
  }
  descendingPath(expression, `${path}.subPathExpr`, errors);
}

function readOnly(mount: unknown, path: string, errors: Errors): void {
  const depth = at(mount, 'recursiveReadOnly');
  if (depth === undefined || depth === 'Disabled') return;
  if (depth !== 'Enabled' && depth !== 'IfPossible')
    return void errors.push(fieldError.notSupported(path, depth, ['Disabled', 'Enabled', 'IfPossible']));
  if (at(mount, 'readOnly') !== true)
    errors.push(fieldError.forbidden(path, 'may only be specified when readOnly is true'));
  const propagation = text(mount, 'mountPropagation');
  if (propagation !== '' && propagation !== 'None')
    errors.push(fieldError.forbidden(path, 'may only be specified when mountPropagation is None or not specified'));
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

function handler(action: JsonObject, path: string, grace: number, errors: Errors): void {
  const given = handlers.filter((name) => action[name] !== undefined);
  for (const extra of given.slice(1))
    errors.push(fieldError.forbidden(`${path}.${extra}`, 'may not specify more than 1 handler type'));
  switch (given[0]) {
    case undefined:
      errors.push(fieldError.required(path, 'must specify a handler type'));
      break;
    case 'exec':
      if (objects(action, 'exec.command').length === 0 && !Array.isArray(at(action, 'exec.command')))
        errors.push(fieldError.required(`${path}.exec.command`));
      break;
    case 'httpGet':
      if (text(action, 'httpGet.path') === '') errors.push(fieldError.required(`${path}.httpGet.path`));
      portOrName(at(action, 'httpGet.port'), `${path}.httpGet.port`, errors);
      notSupported(action, path, 'httpGet.scheme', ['HTTP', 'HTTPS'], errors);
      for (const header of objects(action, 'httpGet.httpHeaders')) {
        const name = text(header, 'name');
        const detail =
          "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
        if (!/^[-A-Za-z0-9]+$/.test(name)) errors.push(fieldError.invalid(`${path}.httpGet.httpHeaders`, name, detail));
      }
      break;
    case 'tcpSocket':
      portOrName(at(action, 'tcpSocket.port'), `${path}.tcpSocket.port`, errors);
      break;
    case 'grpc':
      portNumber(at(action, 'grpc.port'), `${path}.grpc.port`, errors);
      break;
    case 'sleep': {
      const seconds = number(action, 'sleep.seconds');
      const detail = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`;
      if (seconds < 0 || seconds > grace) errors.push(fieldError.invalid(`${path}.sleep`, seconds, detail));
      break;
    }
    default:
  }
}

function probes(container: JsonObject, spec: unknown, path: string, errors: Errors): void {
  const grace = number(spec, 'terminationGracePeriodSeconds');
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = at(container, name);
    if (probe === undefined || probe === null) continue;
    const here = `${path}.${name}`;
    handler(probe as JsonObject, here, grace, errors);
    for (const field of [
      'initialDelaySeconds',
      'timeoutSeconds',
      'periodSeconds',
      'successThreshold',
      'failureThreshold',
    ]) {
      nonNegative(probe, here, field, errors);
    }
    const own = at(probe, 'terminationGracePeriodSeconds');
    if (typeof own === 'number' && own <= 0)
      errors.push(fieldError.invalid(`${here}.terminationGracePeriodSeconds`, own, 'must be greater than 0'));
    if (name === 'readinessProbe' && at(probe, 'terminationGracePeriodSeconds') !== undefined) {
      const grace = at(probe, 'terminationGracePeriodSeconds');
      const detail = 'must not be set for readinessProbes';
      errors.push(fieldError.invalid(`${here}.terminationGracePeriodSeconds`, grace, detail));
    }
    const successes = at(probe, 'successThreshold');
    if (name !== 'readinessProbe' && typeof successes === 'number' && successes !== 1) {
      errors.push(fieldError.invalid(`${here}.successThreshold`, successes, 'must be 1'));
    }
  }
  for (const hook of ['postStart', 'preStop']) {
    const action = at(container, `lifecycle.${hook}`);
    if (action !== undefined) handler(action as JsonObject, `${path}.lifecycle.${hook}`, grace, errors);
  }
}

/** What init and regular containers share. */
function common(
  container: JsonObject,
  spec: unknown,
  path: string,
  volumes: ReadonlySet<string>,
  errors: Errors,
): void {
  requiredLabel(text(container, 'name'), `${path}.name`, errors);
  const image = text(container, 'image');
  if (image === '') errors.push(fieldError.required(`${path}.image`));
  else if (image !== image.trim())
    errors.push(fieldError.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  containerSecurity(container, spec, path, errors);
  for (const policy of objects(container, 'resizePolicy')) {
    const here = `${path}.resizePolicy`;
    if (text(policy, 'resourceName') !== 'cpu' && text(policy, 'resourceName') !== 'memory')
      errors.push(fieldError.notSupported(here, text(policy, 'resourceName'), ['cpu', 'memory']));
    const restart = text(policy, 'restartPolicy');
    if (restart !== 'NotRequired' && restart !== 'RestartContainer')
      errors.push(fieldError.notSupported(here, restart, ['NotRequired', 'RestartContainer']));
  }
  oneOf(container, path, 'terminationMessagePolicy', ['File', 'FallbackToLogsOnError'], errors);
  ports(container, path, errors);
  env(container, path, errors);
  envFrom(container, path, errors);
  devices(container, path, volumes, errors);
  mounts(container, path, volumes, errors);
  oneOf(container, path, 'imagePullPolicy', ['Always', 'IfNotPresent', 'Never'], errors);
  const claims = objects(spec, 'resourceClaims').map((claim) => text(claim, 'name'));
  resources(container, path, claims, errors);
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

export function containers(spec: unknown, path: string, volumes: ReadonlySet<string>, errors: Errors): void {
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
  }
  hostPortConflicts(all, `${path}.containers`, errors);
}

export function initContainers(spec: unknown, path: string, volumes: ReadonlySet<string>, errors: Errors): void {
  const names = new Set(objects(spec, 'containers').map((container) => text(container, 'name')));
  for (const [index, container] of objects(spec, 'initContainers').entries()) {
    const here = `${path}.initContainers[${index}]`;
    common(container, spec, here, volumes, errors);
    const name = text(container, 'name');
    if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    names.add(name);
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
  }
}
