/** Admission of what is sent and never stored: reviews, token requests, bindings. */
import type { Call, RegistryContext } from '../registry/call.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import type { AdmissionAttributes } from './chain.ts';

/** What the steps are asked about a body; `definition` is the resource that its path names. */
export function bodyAttributes(call: Call, object: KubeObject, definition = call.definition): AdmissionAttributes {
  return {
    operation: 'CREATE',
    definition,
    subresource: call.subresource,
    namespace: call.namespace,
    name: call.name,
    user: call.user,
    dryRun: call.dryRun,
    options: call.options,
    object,
    oldObject: undefined,
    warn: (message) => void call.warnings.push(message),
  };
}

/** Has a body admitted; the object to go on with. Throws what a step refuses with. */
export async function admitBody(
  context: RegistryContext,
  call: Call,
  object: KubeObject,
  definition?: ResourceDefinition,
): Promise<KubeObject> {
  const attributes = bodyAttributes(call, object, definition);
  const admitted = (await context.admission.mutate(attributes)) ?? object;
  await context.admission.validate({ ...attributes, object: admitted });
  return admitted;
}
