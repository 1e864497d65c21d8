import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { KubeClient, KubeObject, Resource } from '../kube/index.ts';
import { packageRoot } from './version.ts';

/** Where operator and webhook are at home: their accounts, Secrets and Lease. */
export const SYSTEM_NAMESPACE = 'kubechain-system';

/** Who operator and webhook are, as the manifests name them. */
export const ACCOUNTS = { operator: 'kubechain-operator', webhook: 'kubechain-webhook' } as const;

const FOLDER = join('manifests', 'base', 'rbac');
/** What a webhook needs that issues its own certificate. */
const SELF_SIGNED = join('manifests', 'components', 'self-signed', 'rbac.yaml');
const FIELD_MANAGER = 'kubechain-up';

const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const rbac = (kind: string, plural: string, namespaced: boolean): Resource => ({
  group: RBAC_GROUP,
  version: 'v1',
  plural,
  kind,
  namespaced,
});
const RESOURCES = new Map<string, Resource>(
  [
    { group: '', version: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true },
    rbac('ClusterRole', 'clusterroles', false),
    rbac('ClusterRoleBinding', 'clusterrolebindings', false),
    rbac('Role', 'roles', true),
    rbac('RoleBinding', 'rolebindings', true),
  ].map((resource) => [resource.kind, resource]),
);

/** A rule of a role. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** An object of these manifests. */
export interface RbacObject extends KubeObject {
  readonly rules?: readonly PolicyRule[];
}

/** The accounts, roles and bindings that the installation has too: the files that `kubectl apply -k` applies. */
export function rbacObjects(): readonly RbacObject[] {
  const read = (file: string): string => readFileSync(join(packageRoot(), file), 'utf8');
  const { resources } = parse(read(join(FOLDER, 'kustomization.yaml'))) as { readonly resources: readonly string[] };
  return [...resources.map((file) => join(FOLDER, file)), SELF_SIGNED].flatMap((file) =>
    parseAllDocuments(read(file)).map((document) => document.toJS() as RbacObject),
  );
}

/** Applies them, and the namespace that they are in. Rejects with `KubeError`. */
export async function applyRbac(client: KubeClient, signal: AbortSignal): Promise<void> {
  const apply = (resource: Resource, object: KubeObject): Promise<KubeObject> => {
    const { name = '', namespace } = object.metadata;
    const key = namespace === undefined ? { name } : { namespace, name };
    return client.patch(
      resource,
      key,
      { type: 'apply', body: object },
      { fieldManager: FIELD_MANAGER, force: true, signal },
    );
  };
  await apply(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } });
  await Promise.all(
    rbacObjects().map((object) => {
      const resource = RESOURCES.get(object.kind ?? '');
      if (resource === undefined) throw new Error(`${FOLDER}: ${object.kind} is not expected there`);
      return apply(resource, object);
    }),
  );
}
