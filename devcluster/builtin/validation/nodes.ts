/** Validation of Nodes and Namespaces. */
import { isIP } from 'node:net';
import { labelValue, qualifiedName } from '../../registry/names.ts';
import { at, list, objects, record, text } from '../access.ts';
import { blockProblem } from './addresses.ts';
import { type Errors, fieldError, internalFieldError, nonNegativeQuantity, problems, same } from './common.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function taints(object: unknown, errors: Errors): void {
  const seen = new Set<string>();
  for (const [index, taint] of objects(object, 'spec.taints').entries()) {
    // The real server looks for them below metadata too.
    const path = `metadata.taints[${index}]`;
    const [key, value, effect] = [text(taint, 'key'), text(taint, 'value'), text(taint, 'effect')];
    problems(`${path}.key`, key, qualifiedName(key), errors);
    problems(`${path}.value`, value, labelValue(value), errors);
    if (effect === '') errors.push(fieldError.required(`${path}.effect`));
    else if (!effects.includes(effect)) errors.push(fieldError.notSupported(`${path}.effect`, effect, effects));
    const pair = `${key}/${effect}`;
    if (seen.has(pair)) {
      const printed = { Key: key, Value: value, Effect: effect, TimeAdded: at(taint, 'timeAdded') ?? null };
      const found = fieldError.duplicate(path, printed);
      const detail = 'taints must be unique by key and effect pair';
      errors.push({ ...found, detail, body: `${found.body}: ${detail}` });
    }
    seen.add(pair);
  }
}

function podBlocks(object: unknown, errors: Errors): void {
  const blocks = list(object, 'spec.podCIDRs').map(String);
  for (const [index, block] of blocks.entries())
    problems(`spec.podCIDRs[${index}]`, block, blockProblem(block), errors);
  if (blocks.length < 2) return;
  const bad = blocks.find((block) => blockProblem(block).length > 0);
  if (bad !== undefined) {
    const why = `invalid CIDR[${blocks.indexOf(bad)}]: <nil> (invalid CIDR address: ${bad})`;
    const detail = `invalid PodCIDRs. failed to check with dual stack with error:${why}`;
    errors.push(internalFieldError('spec.podCIDRs', detail));
  }
  const families = new Set(blocks.map((block) => isIP(block.split('/')[0] ?? '')));
  if (blocks.length > 2 || families.size === 1) {
    const detail = 'may specify no more than one CIDR for each IP family';
    errors.push(fieldError.invalid('spec.podCIDRs', blocks, detail));
  }
}

export function node(object: unknown, errors: Errors, old?: unknown): void {
  taints(object, errors);
  // An update looks at them twice.
  if (old !== undefined) taints(object, errors);
  podBlocks(object, errors);
  for (const field of ['capacity', 'allocatable'])
    for (const [name, value] of Object.entries(record(object, `status.${field}`)))
      nonNegativeQuantity(value, `status.${field}.${name}`, errors);
  if (old === undefined) return;
  const words = (field: string) => `node updates may not change ${field} except from "" to valid`;
  const [before, after] = [list(old, 'spec.podCIDRs'), list(object, 'spec.podCIDRs')];
  if (before.length > 0 && !same(before, after)) errors.push(fieldError.forbidden('spec.podCIDRs', words('podCIDR')));
  if (text(object, 'spec.externalID') !== text(old, 'spec.externalID'))
    errors.push(fieldError.forbidden('spec.externalID', 'may not be updated'));
  const provider = text(old, 'spec.providerID');
  if (provider !== '' && provider !== text(object, 'spec.providerID'))
    errors.push(fieldError.forbidden('spec.providerID', words('providerID')));
}

export function namespace(object: unknown, errors: Errors, old?: unknown): void {
  for (const [index, finalizer] of list(object, 'spec.finalizers').map(String).entries()) {
    const path = old === undefined ? 'spec.finalizers' : `spec.finalizers[${index}]`;
    const named = qualifiedName(finalizer);
    problems(path, finalizer, named, errors);
    if (finalizer.includes('/') || ['kubernetes', 'orphan', 'foregroundDeletion'].includes(finalizer)) continue;
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    errors.push(fieldError.invalid(path, finalizer, detail));
  }
}
