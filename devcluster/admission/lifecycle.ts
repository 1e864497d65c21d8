/** Namespace lifecycle: nothing is made in a namespace that is missing or going; some namespaces stay for ever. */
import type { RegistryContext } from '../registry/call.ts';
import { failure, forbidden, notFound } from '../request/status.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './chain.ts';

const immortal = new Set(['default', 'kube-system', 'kube-public']);
const systemPriorities = new Set(['system-cluster-critical', 'system-node-critical']);
/** Reviews are asked about namespaces that need not exist. */
const exempt = new Set(['authorization.k8s.io/localsubjectaccessreviews']);

/** The plugin; `context` is given late because the chain is part of it. */
export function namespaceLifecycle(context: () => RegistryContext): AdmissionPlugin {
  const check = (attributes: AdmissionAttributes): undefined => {
    const { definition, operation, namespace, name } = attributes;
    if (operation === 'DELETE') {
      if (definition.group === '' && definition.plural === 'namespaces' && immortal.has(name)) {
        throw forbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted');
      }
      if (definition.group === 'scheduling.k8s.io' && systemPriorities.has(name)) {
        const subject = { group: definition.group, resource: definition.plural };
        throw forbidden(subject, name, 'this is a system priority class and cannot be deleted');
      }
      return undefined;
    }
    if (operation !== 'CREATE' || !definition.namespaced || exempt.has(`${definition.group}/${definition.plural}`))
      return undefined;
    const { store } = context();
    const entry = store.latest('/namespaces', namespace);
    if (entry === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
    const object = store.object(entry);
    if (object.metadata.deletionTimestamp === undefined) return undefined;
    const subject = { group: definition.group, resource: definition.plural };
    const refusal = forbidden(
      subject,
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    );
    throw failure(403, 'Forbidden', refusal.message, {
      ...refusal.status.details,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    });
  };
  return {
    name: 'NamespaceLifecycle',
    handles: () => true,
    mutate: check,
    validate: (attributes) => (attributes.operation === 'DELETE' ? check(attributes) : undefined),
  };
}
