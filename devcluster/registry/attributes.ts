import type { AdmissionAttributes, Operation } from '../admission/chain.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import type { Call } from './call.ts';

/** What admission is asked about a call; name and definition are the call's unless told otherwise. */
export function attributesOf(
  call: Call,
  operation: Operation,
  about: {
    readonly object: KubeObject | undefined;
    readonly oldObject: KubeObject | undefined;
    readonly name?: string;
    readonly definition?: ResourceDefinition | undefined;
  },
): AdmissionAttributes {
  return {
    operation,
    definition: about.definition ?? call.definition,
    subresource: call.subresource,
    namespace: call.namespace,
    name: about.name ?? call.name,
    user: call.user,
    dryRun: call.dryRun,
    options: call.options,
    object: about.object,
    oldObject: about.oldObject,
    warn: (message) => void call.warnings.push(message),
  };
}
