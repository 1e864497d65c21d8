/** Status that a controller of the server keeps by apply. */
import type { Call, RegistryContext } from '../registry/call.ts';
import { patch } from '../registry/patch.ts';
import { groupVersion } from '../registry/resources.ts';
import { StatusError } from '../request/status.ts';
import type { JsonObject } from '../types.ts';

/** Applies a status as the call's manager, who may take fields from others. Nothing where the object is gone. */
export async function applyStatus(context: RegistryContext, call: Call, status: JsonObject): Promise<void> {
  const { definition, name } = call;
  const body = { apiVersion: groupVersion(definition), kind: definition.kind, metadata: { name }, status };
  try {
    await patch(context, call, 'apply', JSON.stringify(body), true);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 404) throw error;
  }
}
