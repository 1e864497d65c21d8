/** PersistentVolumeClaimResize: a claim grows where its class lets it. */
import { at, text } from '../builtin/access.ts';
import { quantityOrder } from '../builtin/validation/common.ts';
import type { RegistryContext } from '../registry/call.ts';
import { forbidden } from '../request/status.ts';
import type { KubeObject } from '../types.ts';
import type { AdmissionPlugin } from './chain.ts';

const size = 'spec.resources.requests.storage';

/** The class that a claim names, by its annotation of old or by its field. */
function classOf(claim: KubeObject): string {
  return (
    claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? text(claim, 'spec.storageClassName')
  );
}

/** The plugin. */
export function claimResize(context: () => RegistryContext): AdmissionPlugin {
  const lets = (claim: KubeObject, old: KubeObject): boolean => {
    const name = classOf(claim);
    if (name === '' || name !== classOf(old)) return false;
    const { store } = context();
    const entry = store.latest('storage.k8s.io/storageclasses', name);
    return entry !== undefined && at(store.object(entry), 'allowVolumeExpansion') === true;
  };
  return {
    name: 'PersistentVolumeClaimResize',
    handles: ({ operation, definition, subresource }) =>
      operation === 'UPDATE' &&
      subresource === '' &&
      definition.group === '' &&
      definition.plural === 'persistentvolumeclaims',
    validate: ({ object, oldObject }) => {
      const [claim, old] = [object as KubeObject, oldObject as KubeObject];
      const refuse = (why: string): Error =>
        forbidden({ group: '', resource: 'persistentvolumeclaims' }, claim.metadata.name ?? '', why);
      if (quantityOrder(at(claim, size) ?? '0', at(old, size) ?? '0') <= 0) return undefined;
      if (text(old, 'status.phase') !== 'Bound') throw refuse('Only bound persistent volume claims can be expanded');
      if (!lets(claim, old)) {
        const why =
          'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
        throw refuse(why);
      }
      return undefined;
    },
  };
}
