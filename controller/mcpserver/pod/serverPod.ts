import type { MCPServer } from '../../../api/index.ts';
import { GROUP } from '../../../api/index.ts';
import { controllerRef, labelValue } from '../../../kube/index.ts';
import { childAnnotations } from '../../childAnnotations.ts';
import { digest, inNamespaceOf, nameOf, uidOf } from '../../keys.ts';
import { MANAGED, TEMPLATE_ANNOTATION } from '../../pods/parts.ts';
import type { NetworkPolicy, Pod, Variable } from '../../pods/types.ts';

/** Label of everything that belongs to a server's Pod; the value is the server's name. */
export const SERVER_LABEL = `${GROUP}/mcpserver`;
export const BRIDGE_PORT = 8080;
/** Label of the Pod with the proxy of a server; the value is the server's name. */
export const EGRESS_LABEL = `${GROUP}/mcp-egress`;
export const EGRESS_PORT = 8080;
export const RUNNER_COMMAND = [
  '/usr/local/bin/node',
  '--disable-warning=ExperimentalWarning',
  '/opt/kubechain/bin/kubechain',
] as const;
export const POD_IP: Variable = { name: 'KUBECHAIN_POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };

/** A probe of the container's port `mcp`. */
export const probe = (path: string) => ({ httpGet: { path, port: 'mcp' } });

/** A Pod of a server, and the NetworkPolicy that it is behind. */
export interface ServerPod {
  readonly pod: Pod;
  readonly networkPolicy: NetworkPolicy;
}

/** Both by the same name and labels, owned by the server, each with the hash of what it was made from. */
export function serverPod(
  server: MCPServer,
  made: {
    readonly name: string;
    readonly component: 'mcp-server' | 'mcp-egress';
    /** The label that selects the Pod. */
    readonly label: string;
    readonly spec: NonNullable<Pod['spec']>;
    readonly policy: object;
  },
): ServerPod {
  const labels = {
    'app.kubernetes.io/name': 'kubechain',
    'app.kubernetes.io/component': made.component,
    ...MANAGED,
    [made.label]: labelValue(nameOf(server)),
  };
  const metadata = (template: unknown) => ({
    ...inNamespaceOf(server, made.name),
    labels,
    annotations: { ...childAnnotations(server).annotations, [TEMPLATE_ANNOTATION]: digest([uidOf(server), template]) },
    ownerReferences: [controllerRef(server)],
  });
  return {
    pod: { apiVersion: 'v1', kind: 'Pod', metadata: metadata(made.spec), spec: made.spec },
    networkPolicy: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: metadata(made.policy),
      spec: made.policy,
    },
  };
}
