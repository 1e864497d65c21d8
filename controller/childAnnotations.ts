import type { Metadata } from '../api/index.ts';
import { ANNOTATIONS } from '../api/index.ts';

const ARGOCD = 'argocd.argoproj.io/';
/** Where Argo CD tracks by label; Helm sets it, too. */
const INSTANCE_LABEL = 'app.kubernetes.io/instance';

/**
 * Annotations of an object that a controller creates: none but the one that keeps Argo CD from comparing the whole Application whenever a
 * run's status is written, and only where Argo CD manages the parent, or what the parent comes from. What Argo CD tracks the parent by is
 * never passed on: by the label it would take the child for its own, and prune it.
 */
export function childAnnotations(parent: { readonly metadata: Metadata }): { annotations?: Record<string, string> } {
  const { annotations = {}, labels = {} } = parent.metadata;
  const managed =
    labels[INSTANCE_LABEL] !== undefined ||
    Object.keys(annotations).some((key) => key.startsWith(ARGOCD)) ||
    Object.keys(labels).some((key) => key.startsWith(ARGOCD));
  return managed ? { annotations: { [ANNOTATIONS.ignoreUpdates]: 'true' } } : {};
}
