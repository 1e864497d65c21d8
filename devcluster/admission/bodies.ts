/** Admission of what is sent and never stored: reviews, token requests, bindings. */
import { attributesOf } from '../registry/attributes.ts';
import type { Call, RegistryContext } from '../registry/call.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import type { AdmissionAttributes } from './chain.ts';

/** What the steps are asked about a body; `definition` is the resource that its path names. */
export function bodyAttributes(call: Call, object: KubeObject, definition?: ResourceDefinition): AdmissionAttributes {
  return attributesOf(call, 'CREATE', { object, oldObject: undefined, definition });
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
