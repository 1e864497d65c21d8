/** Validation of containers. */

import { qualifiedName } from '../../registry/names.ts';
import type { JsonObject } from '../../types.ts';
import { at, objects, record, text } from '../access.ts';
import {
  dataKeyProblems,
  type Errors,
  fieldError,
  nonNegative,
  nonNegativeQuantity,
  notFound,
  notSupported,
  oneOf,
  portNameProblems,
  portNumber,
  portOrName,
  problems,
  quantityOrder,
  requiredLabel,
} from './common.ts';
import { fieldReference, seccomp } from './podfields.ts';

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

const askable = ['cpu', 'ephemeral-storage', 'memory'].flatMap((name) => [`limits.${name}`, `requests.${name}`]).sort();

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
    if (field !== undefined) fieldReference(field, `${here}.valueFrom.fieldRef`, errors);
    const resource = at(from, 'resourceFieldRef');
    const asked = text(resource, 'resource');
    if (resource !== undefined && asked === '')
      errors.push(fieldError.required(`${here}.valueFrom.resourceFieldRef.resource`));
    else if (resource !== undefined && !askable.includes(asked) && !asked.includes('hugepages-'))
      errors.push(fieldError.notSupported(`${here}.valueFrom.resourceFieldRef.resource`, asked, askable));
    const given = valueSources.filter((source) => at(from, source) !== undefined);
    for (const source of ['configMapKeyRef', 'secretKeyRef'] as const) {
      const reference = at(from, source);
      if (reference === undefined) continue;
      if (text(reference, 'name') === '') errors.push(fieldError.required(`${here}.valueFrom.${source}.name`));
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
    const below = text(mount, 'subPath');
    if (below.startsWith('/'))
      errors.push(fieldError.invalid(`${path}.volumeMounts.subPath`, below, 'must be a relative path'));
    if (below.split('/').includes('..'))
      errors.push(fieldError.invalid(`${path}.volumeMounts.subPath`, below, "must not contain '..'"));
  }
}

const standardResources = ['cpu', 'memory', 'ephemeral-storage'];

function resourceName(name: string, path: string, errors: Errors): void {
  const found = qualifiedName(name);
  problems(path, name, found, errors);
  if (found.length > 0 || name.includes('/')) return;
  if (standardResources.includes(name) || name.startsWith('hugepages-')) return;
  errors.push(fieldError.invalid(path, name, 'must be a standard resource type or fully qualified'));
  errors.push(fieldError.invalid(path, name, 'must be a standard resource for containers'));
}

/** `resources` of a container. */
function resources(container: unknown, path: string, errors: Errors): void {
  const limits = record(container, 'resources.limits');
  const requests = record(container, 'resources.requests');
  for (const [name, value] of Object.entries(limits)) {
    resourceName(name, `${path}.resources.limits[${name}]`, errors);
    nonNegativeQuantity(value, `${path}.resources.limits[${name}]`, errors);
  }
  for (const [name, value] of Object.entries(requests)) {
    resourceName(name, `${path}.resources.requests[${name}]`, errors);
    nonNegativeQuantity(value, `${path}.resources.requests[${name}]`, errors);
    const limit = limits[name];
    if (limit !== undefined && quantityOrder(value, limit) > 0) {
      errors.push(
        fieldError.invalid(
          `${path}.resources.requests`,
          value,
          `must be less than or equal to ${name} limit of ${limit}`,
        ),
      );
    }
  }
  exclusive(limits, requests, `${path}.resources`, errors);
}

/** Resources that are not shared are limited to what they request. */
function exclusive(
  limits: { readonly [name: string]: unknown },
  requests: { readonly [name: string]: unknown },
  path: string,
  errors: Errors,
): void {
  for (const name of Object.keys(requests)) {
    const shared =
      standardResources.includes(name) ||
      (name.includes('/') ? /(^|\.)kubernetes\.io\//.test(name) : !name.startsWith('hugepages-'));
    if (!shared && limits[name] === undefined)
      errors.push(fieldError.required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
  }
  const all = [...Object.keys(limits), ...Object.keys(requests)];
  if (all.some((name) => name.startsWith('hugepages-')) && !all.includes('cpu') && !all.includes('memory'))
    errors.push(fieldError.forbidden(path, 'HugePages require cpu or memory'));
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

function handler(action: JsonObject, path: string, errors: Errors): void {
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
    default:
  }
}

function probes(container: JsonObject, path: string, errors: Errors): void {
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = at(container, name);
    if (probe === undefined || probe === null) continue;
    const here = `${path}.${name}`;
    handler(probe as JsonObject, here, errors);
    for (const field of [
      'initialDelaySeconds',
      'timeoutSeconds',
      'periodSeconds',
      'successThreshold',
      'failureThreshold',
    ]) {
      nonNegative(probe, here, field, errors);
    }
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
    if (action !== undefined) handler(action as JsonObject, `${path}.lifecycle.${hook}`, errors);
  }
}

/** What init and regular containers share. */
function common(container: JsonObject, path: string, volumes: ReadonlySet<string>, errors: Errors): void {
  requiredLabel(text(container, 'name'), `${path}.name`, errors);
  const image = text(container, 'image');
  if (image === '') errors.push(fieldError.required(`${path}.image`));
  else if (image !== image.trim())
    errors.push(fieldError.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  const context = at(container, 'securityContext');
  notSupported(context, `${path}.securityContext`, 'procMount', ['Default', 'Unmasked'], errors);
  seccomp(at(context, 'seccompProfile'), `${path}.securityContext.seccompProfile`, errors);
  for (const field of ['runAsUser', 'runAsGroup']) {
    const id = at(context, field);
    if (typeof id === 'number' && (id < 0 || id > 2147483647))
      errors.push(
        fieldError.invalid(`${path}.securityContext.${field}`, id, 'must be between 0 and 2147483647, inclusive'),
      );
  }
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
  resources(container, path, errors);
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
    common(container, here, volumes, errors);
    const name = text(container, 'name');
    if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    names.add(name);
    probes(container, here, errors);
  }
  hostPortConflicts(all, `${path}.containers`, errors);
}

export function initContainers(spec: unknown, path: string, volumes: ReadonlySet<string>, errors: Errors): void {
  const names = new Set(objects(spec, 'containers').map((container) => text(container, 'name')));
  for (const [index, container] of objects(spec, 'initContainers').entries()) {
    const here = `${path}.initContainers[${index}]`;
    common(container, here, volumes, errors);
    const name = text(container, 'name');
    if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    names.add(name);
    if (text(container, 'restartPolicy') === 'Always') {
      probes(container, here, errors);
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
