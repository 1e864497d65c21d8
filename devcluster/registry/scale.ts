/** Who owns the replicas of an object that is written through its scale subresource. */
import { fromScaleEntries, mergeTypeFromSchema, toScaleEntries } from '../managedfields/index.ts';
import { failure } from '../request/status.ts';
import type { KubeObject, MergeType } from '../types.ts';
import type { Call, RegistryContext } from './call.ts';
import { copyJson, isObject } from './copy.ts';
import { fieldManager } from './create.ts';
import { applyError } from './patch.ts';
import { groupVersion } from './resources.ts';

const integer = { type: 'integer' };
const scaleType: MergeType = mergeTypeFromSchema({
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { replicas: integer } },
    status: { type: 'object', properties: { replicas: integer, selector: { type: 'string' } } },
  },
});

/** The real server cannot apply to the scale of a custom resource. */
function notConverted(isFirst: boolean): Error {
  const why = 'to proper version: request to convert CR to an invalid group/version: autoscaling/v1';
  const what = isFirst
    ? 'create manager for existing fields: failed to convert live object (/; autoscaling/v1, Kind=Scale)'
    : 'convert new object (/a; autoscaling/v1, Kind=Scale)';
  return failure(500, '', `failed to ${what} ${why}`);
}

/**
 * Sets the managedFields of `next`, an object whose replicas the Scale `after` has set. `applied`: the configuration, where the
 * Scale was applied. Throws the 409 of an apply conflict.
 */
export function trackScale(input: {
  readonly context: RegistryContext;
  readonly call: Call;
  readonly replicasPath: string;
  readonly next: KubeObject;
  readonly before: KubeObject;
  readonly after: KubeObject;
  readonly applied: KubeObject | undefined;
  readonly force: boolean;
}): void {
  const { context, call, replicasPath, next } = input;
  const entries = next.metadata.managedFields;
  const own = toScaleEntries(entries, replicasPath);
  const withEntries = (scale: KubeObject): KubeObject => {
    const copy = copyJson(scale);
    // The typed Scale leaves out zero replicas.
    if (isObject(copy.spec) && copy.spec.replicas === 0) delete copy.spec.replicas;
    if (own === undefined) delete copy.metadata.managedFields;
    else copy.metadata.managedFields = own;
    return copy;
  };
  const live = withEntries(input.before);
  const by = { ...fieldManager(context, call), apiVersion: 'autoscaling/v1', subresource: 'scale' };
  const common = { live, by, typeOf: () => scaleType, resetFields: undefined };
  let tracked = withEntries(input.after);
  if (input.applied === undefined) context.managedFields.trackUpdate({ ...common, updated: tracked });
  else {
    if (call.definition.custom && own === undefined) throw notConverted(true);
    try {
      tracked = context.managedFields.applyPatch({ ...common, patch: input.applied, force: input.force }).object;
    } catch (error) {
      throw applyError(error);
    }
    if (call.definition.custom) throw notConverted(false);
  }
  const back = fromScaleEntries({
    entries,
    scaleEntries: tracked.metadata.managedFields,
    replicasPath,
    apiVersion: groupVersion(call.definition),
  });
  if (back === undefined) delete next.metadata.managedFields;
  else next.metadata.managedFields = back;
}
