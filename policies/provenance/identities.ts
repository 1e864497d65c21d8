/** Who applies what is in Git when nothing else is said: Argo CD and Flux where their own manifests install them. */
export const DEFAULT_GITOPS: readonly string[] = [
  'system:serviceaccount:argocd:argocd-application-controller',
  'system:serviceaccount:flux-system:kustomize-controller',
  'system:serviceaccount:flux-system:helm-controller',
];
