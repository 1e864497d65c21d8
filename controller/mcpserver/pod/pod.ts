import type { MCPServer } from '../../../api/index.ts';
import { childName, labelValue } from '../../../kube/index.ts';
import { nameOf } from '../../keys.ts';
import { installedCommand } from '../../mcp/bridge/install.ts';
import type { Client } from '../../pods/networkPolicy.ts';
import { networkPolicySpec } from '../../pods/networkPolicy.ts';
import {
  caVolume,
  literal,
  mergeVariables,
  placement,
  platformVariables,
  RESTRICTED,
  RESTRICTED_POD,
  resourcesOf,
} from '../../pods/parts.ts';
import type { Container, Pod, Variable } from '../../pods/types.ts';
import type { ServerPod } from './serverPod.ts';
import {
  BRIDGE_PORT,
  EGRESS_LABEL,
  EGRESS_PORT,
  POD_IP,
  probe,
  RUNNER_COMMAND,
  SERVER_LABEL,
  serverPod,
} from './serverPod.ts';

/** Without a tag. */
export const RUNNER_IMAGE = 'ghcr.io/humanlayer/kubechain-runner';

export const hasEgressHosts = ({ spec }: MCPServer): boolean => (spec.egressHosts ?? []).length > 0;

export interface PodOptions {
  readonly runnerImage: string;
  /** SHA-256, in hex, of the token that the bridge asks for. */
  readonly tokenSha256: string;
  /** Who may connect. */
  readonly client: Client;
  /** The proxy that leads to `egressHosts`, once it is there. */
  readonly proxyUrl?: string;
}

const HOME = '/home/runner';
const BRIDGE_FOLDER = '/kubechain';
const LOOPBACK = 'localhost,127.0.0.1,::1';
const RESOURCES = { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } };

/**
 * The Pod and the NetworkPolicy of an MCPServer over stdio, as the API server returned it. A plain Pod: its one client watches it,
 * so it needs no Service, and there is never to be a second one, so it needs no Deployment.
 */
export function podFor(server: MCPServer, options: PodOptions): ServerPod {
  const name = nameOf(server);
  const spec = podSpec(server, options);
  const policy = networkPolicySpec(
    { [SERVER_LABEL]: labelValue(name) },
    { port: BRIDGE_PORT, client: options.client },
    server.spec.egress,
    hasEgressHosts(server) ? { port: EGRESS_PORT, labels: { [EGRESS_LABEL]: labelValue(name) } } : undefined,
  );
  return serverPod(server, {
    name: childName(name, 'mcp'),
    component: 'mcp-server',
    label: SERVER_LABEL,
    spec,
    policy,
  });
}

function podSpec({ spec }: MCPServer, options: PodOptions): NonNullable<Pod['spec']> {
  const { podTemplate = {} } = spec;
  const own = spec.image === undefined || spec.image === options.runnerImage;
  const home = { name: 'home', mountPath: HOME };
  const tmp = { name: 'tmp', mountPath: '/tmp' };
  const bridge = { name: 'bridge', mountPath: BRIDGE_FOLDER };
  const ca = caVolume(podTemplate);
  const resources = resourcesOf(spec.resources, RESOURCES);
  const container: Container = {
    name: 'server',
    image: spec.image ?? options.runnerImage,
    imagePullPolicy: 'IfNotPresent',
    command: [...(own ? RUNNER_COMMAND : installedCommand(BRIDGE_FOLDER)), ...bridgeArguments(spec, options)],
    env: environment(spec, options.proxyUrl),
    ports: [{ name: 'mcp', containerPort: BRIDGE_PORT, protocol: 'TCP' }],
    workingDir: HOME,
    resources,
    startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 20, timeoutSeconds: 5 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 5, timeoutSeconds: 3 },
    securityContext: RESTRICTED,
    volumeMounts: [home, tmp, ...(own ? [] : [{ ...bridge, readOnly: true }]), ...ca.mounts],
  };
  const installer: Container = {
    name: 'bridge',
    image: options.runnerImage,
    imagePullPolicy: 'IfNotPresent',
    command: [...RUNNER_COMMAND, 'mcp-bridge', `--install=${BRIDGE_FOLDER}`],
    env: [{ name: 'HOME', value: HOME }],
    resources,
    securityContext: RESTRICTED,
    volumeMounts: [bridge, tmp],
  };
  return {
    ...RESTRICTED_POD,
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    // What servers leave behind as orphans is somebody's to reap.
    shareProcessNamespace: true,
    ...placement(podTemplate),
    ...(own ? {} : { initContainers: [installer] }),
    containers: [container],
    volumes: [
      { name: 'home', emptyDir: { sizeLimit: '1Gi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
      ...(own ? [] : [{ name: 'bridge', emptyDir: { sizeLimit: '512Mi' } }]),
      ...ca.volumes,
    ],
  };
}

function bridgeArguments({ command = '', args = [], env = [] }: MCPServer['spec'], options: PodOptions): string[] {
  const secret = env.filter(({ valueFrom }) => valueFrom !== undefined).map(({ name }) => `--secret-env=${name}`);
  return [
    'mcp-bridge',
    '--log-format=json',
    '--host=$(KUBECHAIN_POD_IP)',
    `--port=${BRIDGE_PORT}`,
    `--token-sha256=${options.tokenSha256}`,
    ...secret,
    '--',
    ...[command, ...args].map(literal),
  ];
}

function environment({ env = [], podTemplate }: MCPServer['spec'], proxyUrl: string | undefined): Variable[] {
  const proxy = proxyUrl === undefined ? undefined : { httpProxy: proxyUrl, httpsProxy: proxyUrl, noProxy: LOOPBACK };
  const ours: Variable[] = [
    { name: 'HOME', value: HOME },
    { name: 'TMPDIR', value: '/tmp' },
    ...platformVariables(proxy === undefined ? podTemplate : { ...podTemplate, proxy }),
  ];
  return [
    ...mergeVariables(
      ours,
      env.filter(({ name }) => name !== POD_IP.name),
    ),
    POD_IP,
  ];
}
