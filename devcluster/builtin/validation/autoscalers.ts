/** Validation of HorizontalPodAutoscalers. */

import { dns1123Label, pathSegment } from '../../registry/names.ts';
import type { KubeObject } from '../../types.ts';
import { at, number, objects, text } from '../access.ts';
import { toV2 } from '../autoscaling.ts';
import { parseQuantity } from '../quantity.ts';
import { type Errors, fieldError, nonNegativeQuantity, notSupported, problems } from './common.ts';
import { containerResourceName } from './containerresources.ts';

export function autoscaler(object: unknown, errors: Errors): void {
  const second = structuredClone(object) as KubeObject;
  if (second.apiVersion === 'autoscaling/v1') toV2(second);
  const spec = at(second, 'spec');
  const minimum = at(spec, 'minReplicas');
  const maximum = number(spec, 'maxReplicas');
  if (typeof minimum === 'number' && minimum < 1)
    errors.push(fieldError.invalid('spec.minReplicas', minimum, 'must be greater than or equal to 1'));
  if (maximum === 0) errors.push(fieldError.required('spec.maxReplicas', 'must be set and greater than 0'));
  else if (maximum < 1)
    errors.push(fieldError.invalid('spec.maxReplicas', maximum, 'must be greater than or equal to 1'));
  if (typeof minimum === 'number' && maximum < minimum) {
    errors.push(fieldError.invalid('spec.maxReplicas', maximum, 'must be greater than or equal to `minReplicas`'));
  }
  reference(at(spec, 'scaleTargetRef'), 'spec.scaleTargetRef', true, errors);
  for (const [index, metric] of objects(spec, 'metrics').entries())
    metricSpec(metric, `spec.metrics[${index}]`, errors);
  const external = objects(spec, 'metrics').some((metric) => metric.type === 'Object' || metric.type === 'External');
  if (minimum === 0 && !external) {
    errors.push(
      fieldError.forbidden(
        'spec.metrics',
        'must specify at least one Object or External metric to support scaling to zero replicas',
      ),
    );
  }
  for (const direction of ['scaleUp', 'scaleDown'])
    if (at(spec, `behavior.${direction}`) !== undefined)
      scalingRules(at(spec, `behavior.${direction}`), `spec.behavior.${direction}`, errors);
}

/** An object by kind and name. */
function reference(target: unknown, path: string, needsGroup: boolean, errors: Errors): void {
  const version = text(target, 'apiVersion');
  for (const field of ['kind', 'name']) {
    const value = text(target, field);
    if (value === '') errors.push(fieldError.required(`${path}.${field}`));
    else problems(`${path}.${field}`, value, pathSegment(value, false), errors);
  }
  if (version.split('/').length > 2)
    errors.push(fieldError.invalid(`${path}.apiVersion`, version, `unexpected GroupVersion string: ${version}`));
  else if (needsGroup && !version.includes('/') && version !== 'v1')
    errors.push(fieldError.invalid(`${path}.apiVersion`, version, 'apiVersion must specify API group'));
}

/** The field of each type of metric. */
const sources: { readonly [type: string]: string } = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};
const types = Object.keys(sources).sort();

/** Only the first source that is given is looked into; a type that is none is told of twice. */
function metricSpec(metric: unknown, path: string, errors: Errors): void {
  const type = text(metric, 'type');
  const own = sources[type];
  if (type === '') errors.push(fieldError.required(`${path}.type`, 'must specify a metric source type'));
  if (own === undefined) errors.push(fieldError.notSupported(`${path}.type`, type, types));
  const given = ['object', 'external', 'pods', 'resource', 'containerResource'].filter(
    (field) => at(metric, field) !== undefined,
  );
  const [first] = given;
  if (first !== undefined) metricSource(first, at(metric, first), `${path}.${first}`, errors);
  if (own === undefined) errors.push(fieldError.notSupported(`${path}.type`, type, types));
  else if (!given.includes(own))
    errors.push(fieldError.required(`${path}.${own}`, 'must populate information for the given metric source'));
  if (given.length === 1) return;
  for (const field of given)
    if (field !== own)
      errors.push(fieldError.forbidden(`${path}.${field}`, 'must populate the given metric source only'));
}

function metricSource(field: string, source: unknown, path: string, errors: Errors): void {
  const target = at(source, 'target') ?? {};
  const has = (name: string) => at(target, name) !== undefined;
  if (field === 'object') reference(at(source, 'describedObject') ?? {}, `${path}.describedObject`, false, errors);
  if (field === 'resource' || field === 'containerResource') {
    const name = text(source, 'name');
    if (name === '') errors.push(fieldError.required(`${path}.name`, 'must specify a resource name'));
    else if (field === 'containerResource') containerResourceName(name, `${path}.name`, errors);
    const container = text(source, 'container');
    if (field === 'containerResource' && container === '')
      errors.push(fieldError.required(`${path}.container`, 'must specify a container'));
    else if (container !== '') problems(`${path}.container`, container, dns1123Label(container), errors);
  } else metricName(text(source, 'metric.name'), `${path}.metric.name`, errors);
  metricTarget(target, `${path}.target`, errors);
  const none = !has('averageValue');
  if (field === 'pods') {
    if (none)
      errors.push(fieldError.required(`${path}.target.averageValue`, 'must specify a positive target averageValue'));
  } else if (field === 'object' || field === 'external') {
    const either =
      field === 'object' ? 'a target value or averageValue' : 'a target value for metric or a per-pod target';
    if (none && !has('value'))
      errors.push(fieldError.required(`${path}.target.averageValue`, `must set either ${either}`));
    if (field === 'external' && !none && has('value')) {
      const detail = 'may not set both a target value for metric and a per-pod target';
      errors.push(fieldError.forbidden(`${path}.target.value`, detail));
    }
  } else {
    if (none && !has('averageUtilization')) {
      const detail = 'must set either a target raw value or a target utilization';
      errors.push(fieldError.required(`${path}.target.averageUtilization`, detail));
    }
    if (!none && has('averageUtilization')) {
      const detail = 'may not set both a target raw value and a target utilization';
      errors.push(fieldError.forbidden(`${path}.target.averageValue`, detail));
    }
  }
}

function metricName(name: string, path: string, errors: Errors): void {
  if (name === '') errors.push(fieldError.required(path, 'must specify a metric name'));
  else problems(path, name, pathSegment(name, false), errors);
}

function metricTarget(target: unknown, path: string, errors: Errors): void {
  const type = text(target, 'type');
  if (type === '') errors.push(fieldError.required(`${path}.type`, 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    errors.push(fieldError.invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  for (const field of ['value', 'averageValue']) {
    const value = at(target, field);
    if (value !== undefined && (parseQuantity(String(value))?.nano ?? 1n) <= 0n)
      errors.push(fieldError.invalid(`${path}.${field}`, value, 'must be positive'));
  }
  const utilization = at(target, 'averageUtilization');
  if (typeof utilization === 'number' && utilization < 1)
    errors.push(fieldError.invalid(`${path}.averageUtilization`, utilization, 'must be greater than 0'));
}

function scalingRules(rules: unknown, path: string, errors: Errors): void {
  const window = number(rules, 'stabilizationWindowSeconds');
  const windowPath = `${path}.stabilizationWindowSeconds`;
  if (window < 0) errors.push(fieldError.invalid(windowPath, window, 'must be greater than or equal to zero'));
  if (window > 3600) errors.push(fieldError.invalid(windowPath, window, 'must be less than or equal to 3600'));
  notSupported(rules, path, 'selectPolicy', ['Disabled', 'Max', 'Min'], errors);
  const policies = objects(rules, 'policies');
  if (policies.length === 0) errors.push(fieldError.required(`${path}.policies`, 'must specify at least one Policy'));
  for (const [index, policy] of policies.entries()) {
    const here = `${path}.policies[${index}]`;
    notSupported({ type: '', ...policy }, here, 'type', ['Percent', 'Pods'], errors);
    for (const field of ['value', 'periodSeconds'])
      if (number(policy, field) <= 0)
        errors.push(fieldError.invalid(`${here}.${field}`, number(policy, field), 'must be greater than zero'));
    const period = number(policy, 'periodSeconds');
    if (period > 1800)
      errors.push(fieldError.invalid(`${here}.periodSeconds`, period, 'must be less than or equal to 1800'));
  }
  const tolerance = at(rules, 'tolerance');
  if (tolerance !== undefined) nonNegativeQuantity(tolerance, `${path}.tolerance`, errors);
}
