/** Writes that the server makes itself, through the same path as everybody's. */
import { StatusError } from '../request/status.ts';
import type { KubeObject, ResourceDefinition, UserInfo } from '../types.ts';
import type { Call, RegistryContext, Result } from './call.ts';
import { copyJson } from './copy.ts';
import { update } from './update.ts';

/** The server's own identity. */
export const systemUser: UserInfo = {
  username: 'system:apiserver',
  groups: ['system:masters', 'system:authenticated'],
};

/** A call that the server makes on an object as `manager`. */
export function systemCall(
  definition: ResourceDefinition,
  namespace: string,
  name: string,
  options: { subresource?: string; manager?: string } = {},
): Call {
  return {
    definition,
    subresource: options.subresource ?? '',
    namespace,
    name,
    user: systemUser,
    dryRun: false,
    fieldManager: options.manager ?? 'kube-apiserver',
    fieldValidation: 'Ignore',
    options: {},
    warnings: [],
  };
}

/**
 * Changes a stored object by `change`, which gets a copy and returns false where nothing is to be done. Undefined where the
 * object is gone.
 */
export async function modify(
  context: RegistryContext,
  call: Call,
  change: (object: KubeObject) => boolean,
): Promise<Result | undefined> {
  try {
    return await update(context, call, {
      createMissing: false,
      uid: undefined,
      retry: true,
      next: (live) => {
        const object = copyJson(live as KubeObject);
        if (!change(object)) return { object: copyJson(live as KubeObject), tracked: true };
        return { object, tracked: false };
      },
    });
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return undefined;
    throw error;
  }
}
