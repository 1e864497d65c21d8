/** Validation of resource.k8s.io. */
import { dns1123Label, qualifiedName } from '../../registry/names.ts';
import { at, list, number, objects, record, text } from '../access.ts';
import {
  type Errors,
  fieldError,
  immutable,
  immutableText,
  internalForm,
  notSupported,
  problems,
  requiredLabel,
  same,
  subdomain,
  unique,
} from './common.ts';

export function resourceSlice(object: unknown, errors: Errors, old?: unknown): void {
  const fields = ['nodeName', 'nodeSelector', 'allNodes', 'perDeviceNodeSelection'];
  const given = fields.filter((field) => at(object, `spec.${field}`) !== undefined);
  const names = '`nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection`';
  const driver = text(object, 'spec.driver');
  if (driver === '') errors.push(fieldError.required('spec.driver'));
  else subdomain(driver, 'spec.driver', errors);
  const pool = text(object, 'spec.pool.name');
  if (pool === '') errors.push(fieldError.required('spec.pool.name'));
  else for (const part of pool.split('/')) subdomain(part, 'spec.pool.name', errors);
  const generation = number(object, 'spec.pool.generation');
  if (generation < 0)
    errors.push(fieldError.invalid('spec.pool.generation', generation, 'must be greater than or equal to zero'));
  const count = number(object, 'spec.pool.resourceSliceCount');
  if (count <= 0) errors.push(fieldError.invalid('spec.pool.resourceSliceCount', count, 'must be greater than zero'));
  if (given.length === 0) errors.push(fieldError.required('spec', `exactly one of ${names} is required`));
  else if (given.length > 1) {
    const value = `{${given.map((field) => `\`${field}\``).join(', ')}}`;
    errors.push(fieldError.invalid('spec', value, `exactly one of ${names} is required, but multiple fields are set`));
  }
  const seen = new Set<string>();
  for (const [index, device] of objects(object, 'spec.devices').entries()) {
    const name = text(device, 'name');
    problems(`spec.devices[${index}].name`, name, dns1123Label(name), errors);
    if (seen.has(name)) errors.push(fieldError.duplicate(`spec.devices[${index}]`, name));
    seen.add(name);
  }
  if (old === undefined) return;
  for (const field of ['spec.driver', 'spec.nodeName', 'spec.pool.name']) immutable(object, old, field, errors);
}

/** Selectors of devices; the expressions themselves are not compiled here. */
function selectors(holder: unknown, path: string, errors: Errors): void {
  for (const [index, selector] of objects(holder, 'selectors').entries())
    if (at(selector, 'cel') === undefined) errors.push(fieldError.required(`${path}.selectors[${index}].cel`));
}

function configuration(entry: unknown, path: string, errors: Errors): void {
  const opaque = at(entry, 'opaque');
  if (opaque === undefined) return void errors.push(fieldError.required(`${path}.opaque`));
  subdomain(text(opaque, 'driver'), `${path}.opaque.driver`, errors);
  const parameters = at(opaque, 'parameters') ?? undefined;
  if (parameters === undefined) errors.push(fieldError.required(`${path}.opaque.parameters`));
  else if (typeof parameters !== 'object')
    errors.push(fieldError.invalid(`${path}.opaque.parameters`, '<value omitted>', 'must be a valid JSON object'));
}

export function deviceClass(object: unknown, errors: Errors): void {
  selectors(at(object, 'spec') ?? {}, 'spec', errors);
  for (const [index, entry] of objects(object, 'spec.config').entries())
    configuration(entry, `spec.config[${index}]`, errors);
  const extended = text(object, 'spec.extendedResourceName');
  if (extended !== '' && (!extended.includes('/') || qualifiedName(extended).length > 0)) {
    const detail = 'must be a valid extended resource name';
    errors.push(fieldError.invalid('spec.extendedResourceName', extended, detail));
  }
}

function deviceRequest(request: unknown, path: string, errors: Errors): void {
  const [exactly, alternatives] = [at(request, 'exactly'), objects(request, 'firstAvailable')];
  if ((exactly === undefined) === (alternatives.length === 0)) {
    const detail = 'exactly one of `exactly` or `firstAvailable` is required';
    if (exactly === undefined) errors.push(fieldError.required(path, detail));
    else errors.push(fieldError.invalid(path, null, `${detail}, but multiple fields are set`));
  }
  if (exactly !== undefined) allocation(exactly, `${path}.exactly`, errors);
  for (const [index, alternative] of alternatives.entries()) {
    const here = `${path}.firstAvailable[${index}]`;
    requiredLabel(text(alternative, 'name'), `${here}.name`, errors);
    allocation(alternative, here, errors);
  }
}

function allocation(request: unknown, path: string, errors: Errors): void {
  const name = text(request, 'deviceClassName');
  if (name === '') errors.push(fieldError.required(`${path}.deviceClassName`));
  else subdomain(name, `${path}.deviceClassName`, errors);
  selectors(request, path, errors);
  const mode = text(request, 'allocationMode');
  const count = number(request, 'count');
  if (mode === 'ExactCount') {
    if (count <= 0) errors.push(fieldError.invalid(`${path}.count`, count, 'must be greater than zero'));
  } else if (mode === 'All') {
    if (count !== 0) {
      const detail = "must not be specified when allocationMode is 'All'";
      errors.push(fieldError.invalid(`${path}.count`, count, detail));
    }
  } else notSupported(request, path, 'allocationMode', ['All', 'ExactCount'], errors);
}

export function resourceClaim(object: unknown, errors: Errors, old?: unknown): void {
  const devices = at(object, 'spec.devices');
  const requests = objects(devices, 'requests');
  const names = requests.map((request) => text(request, 'name'));
  for (const [index, request] of requests.entries()) {
    const path = `spec.devices.requests[${index}]`;
    requiredLabel(names[index] ?? '', `${path}.name`, errors);
    deviceRequest(request, path, errors);
  }
  unique(names, (index) => `spec.devices.requests[${index}]`, errors);
  for (const [index, constraint] of objects(devices, 'constraints').entries()) {
    const path = `spec.devices.constraints[${index}]`;
    requestNames(constraint, path, names, errors);
    const attribute = at(constraint, 'matchAttribute');
    if (typeof attribute === 'string' && !attribute.includes('/')) {
      const detail = 'a fully qualified name must be a domain and a name separated by a slash';
      errors.push(fieldError.invalid(`${path}.matchAttribute`, attribute, detail));
    }
  }
  for (const [index, entry] of objects(devices, 'config').entries()) {
    requestNames(entry, `spec.devices.config[${index}]`, names, errors);
    configuration(entry, `spec.devices.config[${index}]`, errors);
  }
  if (old === undefined || same(devices, at(old, 'spec.devices'))) return;
  errors.push(fieldError.invalid('spec', { Devices: internalDevices(devices) }, immutableText));
}

export function resourceClaimTemplate(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  if (old === undefined || same(spec, at(old, 'spec'))) return;
  const printed = { ...record(spec, 'metadata'), Spec: { Devices: internalDevices(at(spec, 'spec.devices')) } };
  errors.push(fieldError.invalid('spec', printed, immutableText));
}

function requestNames(holder: unknown, path: string, names: readonly string[], errors: Errors): void {
  for (const [index, name] of list(holder, 'requests').map(String).entries()) {
    if (names.includes(name.split('/')[0] ?? '')) continue;
    const detail =
      "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
    errors.push(fieldError.invalid(`${path}.requests[${index}]`, name, detail));
  }
}

/** A claim's devices as the real server's internal type prints them. */
function internalDevices(devices: unknown): unknown {
  const exact = ['DeviceClassName', 'Selectors', 'AllocationMode', 'Count', 'AdminAccess', 'Tolerations', 'Capacity'];
  const requests = objects(devices, 'requests').map((request) => ({
    ...internalForm(request, ['Name', 'Exactly', 'FirstAvailable']),
    Exactly: at(request, 'exactly') === undefined ? null : internalForm(at(request, 'exactly'), exact),
  }));
  return { ...internalForm(devices, ['Requests', 'Constraints', 'Config']), Requests: requests };
}
