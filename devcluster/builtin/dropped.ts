/** Fields that the real server takes and forgets: those of features that are off, and of ways that are gone. */
import type { KubeObject } from '../types.ts';
import { at, child } from './access.ts';

const dropped: { readonly [kind: string]: readonly string[] } = {
  '/Node': ['spec.configSource'],
  'apps/StatefulSet': ['spec.updateStrategy.rollingUpdate.maxUnavailable'],
  'coordination.k8s.io/Lease': ['spec.strategy', 'spec.preferredHolder'],
};

/** Takes them out of `group/Kind`, in place; an object that has one already keeps it. */
export function dropFields(kind: string, object: KubeObject, old?: KubeObject): void {
  for (const path of dropped[kind] ?? []) {
    if (at(old, path) !== undefined) continue;
    const parts = path.split('.');
    const holder = child(object, parts.slice(0, -1).join('.'));
    if (holder !== undefined) delete holder[parts.at(-1) ?? ''];
  }
}
