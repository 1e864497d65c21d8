/** What a new cluster holds: system namespaces, the `kubernetes` service, bootstrap roles. */
import type { RegistryContext } from '../registry/call.ts';
import { create } from '../registry/create.ts';
import { decodeObject } from '../registry/decode.ts';
import { systemCall } from '../registry/internal.ts';
import { StatusError } from '../request/status.ts';
import type { KubeObject } from '../types.ts';
import { bootstrapBindings, bootstrapRoles } from './roles.ts';

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Creates what is missing. */
export async function bootstrap(context: RegistryContext, caPem: string): Promise<void> {
  void caPem;
  await Promise.all(
    namespaces.map((name) => ensure(context, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  );
  const rbac = 'rbac.authorization.k8s.io/v1';
  const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };
  await Promise.all([
    ...bootstrapRoles.map(({ name, labels: more, ...role }) =>
      ensure(context, {
        apiVersion: rbac,
        kind: 'ClusterRole',
        metadata: { name, labels: { ...labels, ...more }, annotations: { ...annotations } },
        ...structuredClone(role),
      }),
    ),
    ...bootstrapBindings.map(({ name, groups }) =>
      ensure(context, {
        apiVersion: rbac,
        kind: 'ClusterRoleBinding',
        metadata: { name, labels: { ...labels }, annotations: { ...annotations } },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: groups.map((group) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group })),
      }),
    ),
  ]);
}

/** Creates an object unless it is there. */
export async function ensure(context: RegistryContext, object: KubeObject): Promise<void> {
  const definition = context.resources.findKind(object.apiVersion, object.kind);
  if (definition === undefined) throw new Error(`no resource for ${object.apiVersion} ${object.kind}`);
  const call = systemCall(definition, object.metadata.namespace ?? '', object.metadata.name ?? '');
  try {
    decodeObject(call, object);
    await create(context, call, object);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 409) throw error;
  }
}
