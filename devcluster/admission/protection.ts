/** Finalizers of claims and volumes: they stay while something uses them. */
import type { KubeObject } from '../types.ts';
import type { AdmissionPlugin } from './chain.ts';

/** The finalizer of each protected kind, by `group/plural`. */
export const protectionFinalizers: { readonly [resource: string]: string } = {
  '/persistentvolumeclaims': 'kubernetes.io/pvc-protection',
  '/persistentvolumes': 'kubernetes.io/pv-protection',
  'storage.k8s.io/volumeattributesclasses': 'kubernetes.io/vac-protection',
};

/** The plugin. */
export function storageProtection(): AdmissionPlugin {
  return {
    name: 'StorageObjectInUseProtection',
    handles: ({ operation, definition, subresource }) =>
      operation === 'CREATE' &&
      subresource === '' &&
      Object.hasOwn(protectionFinalizers, `${definition.group}/${definition.plural}`),
    mutate: ({ definition, object }) => {
      const finalizer = protectionFinalizers[`${definition.group}/${definition.plural}`] as string;
      const metadata = (object as KubeObject).metadata;
      if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
      return undefined;
    },
  };
}
