import type { MCPServer } from '../../../api/index.ts';
import { childName, labelValue } from '../../../kube/index.ts';
import { nameOf } from '../../keys.ts';
import { networkPolicySpec } from '../../pods/networkPolicy.ts';
import { placement, RESTRICTED, RESTRICTED_POD } from '../../pods/parts.ts';
import type { Pod } from '../../pods/types.ts';
import type { ServerPod } from './serverPod.ts';
import { EGRESS_LABEL, EGRESS_PORT, POD_IP, probe, RUNNER_COMMAND, SERVER_LABEL, serverPod } from './serverPod.ts';

const DEFAULT_PORTS = [443];
const RESOURCES = { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '192Mi' } };

export const egressPodName = (server: MCPServer): string => childName(nameOf(server), 'egress');

/**
 * The proxy through which a server reaches `egressHosts`. In a Pod of its own: what is in the server's Pod shares its network, so
 * that a rule for one would be a rule for the other.
 */
export function egressPodFor(server: MCPServer, runnerImage: string): ServerPod {
  const { podTemplate = {}, egressHosts = [] } = server.spec;
  const targets = egressHosts.flatMap(({ host, ports = DEFAULT_PORTS, private: isPrivate = false }) =>
    ports.map((port) => ({ target: `${host}:${port}`, port, isPrivate })),
  );
  const value = labelValue(nameOf(server));
  const ports = [...new Set(targets.map(({ port }) => port))].sort((a, b) => a - b).map((port) => ({ port }));
  const policy = networkPolicySpec(
    { [EGRESS_LABEL]: value },
    {
      port: EGRESS_PORT,
      client: { namespace: server.metadata.namespace ?? '', labels: { [SERVER_LABEL]: value } },
    },
    [
      { cidr: '0.0.0.0/0', ports },
      { cidr: '::/0', ports },
    ],
  );
  const { imagePullSecrets, serviceAccountName, nodeSelector, tolerations } = podTemplate;
  const spec: NonNullable<Pod['spec']> = {
    ...RESTRICTED_POD,
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 5,
    ...placement({
      ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
      ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
      ...(nodeSelector === undefined ? {} : { nodeSelector }),
      ...(tolerations === undefined ? {} : { tolerations }),
    }),
    containers: [
      {
        name: 'proxy',
        image: runnerImage,
        imagePullPolicy: 'IfNotPresent',
        command: [
          ...RUNNER_COMMAND,
          'egress-proxy',
          '--log-format=json',
          '--host=$(KUBECHAIN_POD_IP)',
          `--port=${EGRESS_PORT}`,
          ...targets.map(({ target }) => `--allow=${target}`),
          ...targets.filter(({ isPrivate }) => isPrivate).map(({ target }) => `--allow-private=${target}`),
        ],
        env: [POD_IP],
        ports: [{ name: 'mcp', containerPort: EGRESS_PORT, protocol: 'TCP' }],
        resources: RESOURCES,
        startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { ...probe('/readyz'), periodSeconds: 5, timeoutSeconds: 3 },
        securityContext: RESTRICTED,
        volumeMounts: [],
      },
    ],
    volumes: [],
  };
  return serverPod(server, { name: egressPodName(server), component: 'mcp-egress', label: EGRESS_LABEL, spec, policy });
}
