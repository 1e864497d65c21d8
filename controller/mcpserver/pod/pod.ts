import type { MCPServer } from '../../../api/index.ts';
import { GROUP } from '../../../api/index.ts';
import { childName, controllerRef, labelValue } from '../../../kube/index.ts';
import { childAnnotations } from '../../childAnnotations.ts';
import { digest, inNamespaceOf, nameOf, uidOf } from '../../keys.ts';
import { installedCommand } from '../../mcp/bridge/install.ts';
import type { Client } from '../../pods/networkPolicy.ts';
import { networkPolicySpec } from '../../pods/networkPolicy.ts';
import {
  caVolume,
  literal,
  MANAGED,
  mergeVariables,
  placement,
  platformVariables,
  RESTRICTED,
  RESTRICTED_POD,
  resourcesOf,
  TEMPLATE_ANNOTATION,
} from '../../pods/parts.ts';
import type { Container, NetworkPolicy, Pod, Variable } from '../../pods/types.ts';

/** Without a tag. */
export const RUNNER_IMAGE = 'ghcr.io/humanlayer/kubechain-runner';

/** Label of everything that belongs to a server's Pod; the value is the server's name. */
export const SERVER_LABEL = `${GROUP}/mcpserver`;
export const BRIDGE_PORT = 8080;
/** Label of the Pod with the proxy of a server; the value is the server's name. */
export const EGRESS_LABEL = `${GROUP}/mcp-egress`;
export const EGRESS_PORT = 8080;

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

/** What a server runs as. */
export interface ServerPod {
  readonly pod: Pod;
  readonly networkPolicy: NetworkPolicy;
}

const HOME = '/home/runner';
const BRIDGE_FOLDER = '/kubechain';
const LOOPBACK = 'localhost,127.0.0.1,::1';
export const RUNNER_COMMAND = [
  '/usr/local/bin/node',
  '--disable-warning=ExperimentalWarning',
  '/opt/kubechain/bin/kubechain',
] as const;
const RESOURCES = { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } };

/**
 * The Pod and the NetworkPolicy of an MCPServer over stdio, as the API server returned it. A plain Pod: its one client watches it,
 * so it needs no Service, and there is never to be a second one, so it needs no Deployment.
 */
export function podFor(server: MCPServer, options: PodOptions): ServerPod {
  const name = nameOf(server);
  const labels = {
    'app.kubernetes.io/name': 'kubechain',
    'app.kubernetes.io/component': 'mcp-server',
    ...MANAGED,
    [SERVER_LABEL]: labelValue(name),
  };
  const metadata = (template: unknown) => ({
    ...inNamespaceOf(server, childName(name, 'mcp')),
    labels,
    annotations: { ...childAnnotations(server).annotations, [TEMPLATE_ANNOTATION]: digest(template) },
    ownerReferences: [controllerRef(server)],
  });
  const spec = podSpec(server, options);
  const policy = networkPolicySpec(
    { [SERVER_LABEL]: labelValue(name) },
    { port: BRIDGE_PORT, client: options.client },
    server.spec.egress,
    hasEgressHosts(server) ? { port: EGRESS_PORT, labels: { [EGRESS_LABEL]: labelValue(name) } } : undefined,
  );
  return {
    pod: { apiVersion: 'v1', kind: 'Pod', metadata: metadata([uidOf(server), spec]), spec },
    networkPolicy: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: metadata([uidOf(server), policy]),
      spec: policy,
    },
  };
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

export const probe = (path: string) => ({ httpGet: { path, port: 'mcp' } });

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

export const POD_IP: Variable = { name: 'KUBECHAIN_POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };
