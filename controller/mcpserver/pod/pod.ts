import type { MCPServer } from '../../../api/index.ts';
import { GROUP } from '../../../api/index.ts';
import { childName, controllerRef, labelValue } from '../../../kube/index.ts';
import { childAnnotations } from '../../childAnnotations.ts';
import { digest, inNamespaceOf, nameOf, uidOf } from '../../keys.ts';
import { installedCommand } from '../../mcp/bridge/install.ts';
import type { Client } from './networkPolicy.ts';
import { networkPolicySpec } from './networkPolicy.ts';
import type { Container, NetworkPolicy, Pod, Variable } from './types.ts';

/** Without a tag. */
export const RUNNER_IMAGE = 'ghcr.io/humanlayer/kubechain-runner';

/** Label of everything that belongs to a server's Pod; the value is the server's name. */
export const SERVER_LABEL = `${GROUP}/mcpserver`;
/** Annotation: what the object was made from. Another value, and it is made again. */
export const TEMPLATE_ANNOTATION = `${GROUP}/template`;
export const BRIDGE_PORT = 8080;

export interface PodOptions {
  readonly runnerImage: string;
  /** SHA-256, in hex, of the token that the bridge asks for. */
  readonly tokenSha256: string;
  /** Who may connect. */
  readonly client: Client;
}

/** What a server runs as. */
export interface ServerPod {
  readonly pod: Pod;
  readonly networkPolicy: NetworkPolicy;
}

/** As in the runner image; nobody in most others. */
const USER = 65532;
const HOME = '/home/runner';
const BRIDGE_FOLDER = '/kubechain';
const CA_FOLDER = '/etc/kubechain/ca';
const RUNNER_COMMAND = [
  '/usr/local/bin/node',
  '--disable-warning=ExperimentalWarning',
  '/opt/kubechain/bin/kubechain',
] as const;
const RESOURCES = { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } };
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

/**
 * The Pod and the NetworkPolicy of an MCPServer over stdio, as the API server returned it. A plain Pod: its one client watches it,
 * so it needs no Service, and there is never to be a second one, so it needs no Deployment.
 */
export function podFor(server: MCPServer, options: PodOptions): ServerPod {
  const name = nameOf(server);
  const labels = {
    'app.kubernetes.io/name': 'kubechain',
    'app.kubernetes.io/component': 'mcp-server',
    'app.kubernetes.io/managed-by': 'kubechain',
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
    BRIDGE_PORT,
    options.client,
    server.spec.egress,
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
  const ca = { name: 'ca', mountPath: CA_FOLDER, readOnly: true };
  const resources = resourcesOf(spec.resources);
  const container: Container = {
    name: 'server',
    image: spec.image ?? options.runnerImage,
    imagePullPolicy: 'IfNotPresent',
    command: [...(own ? RUNNER_COMMAND : installedCommand(BRIDGE_FOLDER)), ...bridgeArguments(spec, options)],
    env: environment(spec),
    ports: [{ name: 'mcp', containerPort: BRIDGE_PORT, protocol: 'TCP' }],
    workingDir: HOME,
    resources,
    startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 20, timeoutSeconds: 5 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 5, timeoutSeconds: 3 },
    securityContext: RESTRICTED,
    volumeMounts: [
      home,
      tmp,
      ...(own ? [] : [{ ...bridge, readOnly: true }]),
      ...(podTemplate.caBundle === undefined ? [] : [ca]),
    ],
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
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    // What servers leave behind as orphans is somebody's to reap.
    shareProcessNamespace: true,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...placement(podTemplate),
    ...(own ? {} : { initContainers: [installer] }),
    containers: [container],
    volumes: [
      { name: 'home', emptyDir: { sizeLimit: '1Gi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
      ...(own ? [] : [{ name: 'bridge', emptyDir: { sizeLimit: '512Mi' } }]),
      ...(podTemplate.caBundle === undefined
        ? []
        : [
            {
              name: 'ca',
              configMap: {
                name: podTemplate.caBundle.name,
                items: [{ key: podTemplate.caBundle.key, path: 'ca.crt' }],
              },
            },
          ]),
    ],
  };
}

const probe = (path: string) => ({ httpGet: { path, port: 'mcp' } });

function placement(template: NonNullable<MCPServer['spec']['podTemplate']>): object {
  const { serviceAccountName, imagePullSecrets, nodeSelector, tolerations, runtimeClassName } = template;
  return {
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations }),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
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

/** Kubernetes replaces `$(NAME)` in commands and values, and `$$` by `$`. What people write for a program is meant for the program. */
export const literal = (text: string): string => text.replaceAll('$', '$$$$');

/** Values of Secrets are not among it: the kubelet puts them in. What the server's author says comes last, and wins. */
function environment({ env = [], podTemplate }: MCPServer['spec']): Variable[] {
  const { proxy, caBundle } = podTemplate ?? {};
  const ours: Variable[] = [
    { name: 'HOME', value: HOME },
    { name: 'TMPDIR', value: '/tmp' },
  ];
  const set = (value: string | undefined, ...names: string[]): void => {
    if (value !== undefined) for (const name of names) ours.push({ name, value: literal(value) });
  };
  set(proxy?.httpProxy, 'HTTP_PROXY', 'http_proxy');
  set(proxy?.httpsProxy, 'HTTPS_PROXY', 'https_proxy');
  set(proxy?.noProxy, 'NO_PROXY', 'no_proxy');
  set(proxy === undefined ? undefined : '1', 'NODE_USE_ENV_PROXY');
  set(
    caBundle === undefined ? undefined : `${CA_FOLDER}/ca.crt`,
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'REQUESTS_CA_BUNDLE',
  );
  const theirs = env
    .filter(({ name }) => name !== POD_IP.name)
    .map(({ name, value, valueFrom }): Variable => {
      const ref = valueFrom?.secretKeyRef;
      if (ref === undefined) return { name, value: literal(value ?? '') };
      return { name, valueFrom: { secretKeyRef: { name: ref.name, key: ref.key } } };
    });
  const named = new Set(theirs.map(({ name }) => name));
  return [...ours.filter(({ name }) => !named.has(name)), ...theirs, POD_IP];
}

const POD_IP: Variable = { name: 'KUBECHAIN_POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };

function resourcesOf(given: MCPServer['spec']['resources']): object {
  const { limits = RESOURCES.limits, requests } = given ?? {};
  // Where a limit is given and no request, Kubernetes takes the limit for the request: ours could be more than it.
  const asked = requests ?? (given?.limits === undefined ? RESOURCES.requests : undefined);
  return { limits, ...(asked === undefined ? {} : { requests: asked }) };
}
