import type { MCPServer, PodTemplate } from '../../api/index.ts';
import { GROUP } from '../../api/index.ts';
import type { Variable } from './types.ts';

/** Annotation: what the object was made from. Another value, and it is made again. */
export const TEMPLATE_ANNOTATION = `${GROUP}/template`;

/** What the operator's informers of Pods, Jobs and NetworkPolicies select. */
export const MANAGED = { 'app.kubernetes.io/managed-by': 'kubechain' } as const;

/** As in the runner image; nobody in most others. */
export const USER = 65532;
const CA_FOLDER = '/etc/kubechain/ca';

/** The container's part of the restricted profile. */
export const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

/** The Pod's part: no token, no account of the machine's, nothing of other Services. */
export const RESTRICTED_POD = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
    fsGroup: USER,
    seccompProfile: { type: 'RuntimeDefault' },
  },
} as const;

/** Where a Pod runs and what it is pulled with. */
export function placement(template: PodTemplate): object {
  const { serviceAccountName, imagePullSecrets, nodeSelector, tolerations, runtimeClassName } = template;
  return {
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations }),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
  };
}

/** Kubernetes replaces `$(NAME)` in commands and values, and `$$` by `$`. What people write for a program is meant for the program. */
export const literal = (text: string): string => text.replaceAll('$', '$$$$');

/** What proxy and authorities are known by, in the ways of curl, Node, Python and OpenSSL. */
export function platformVariables({ proxy, caBundle }: PodTemplate = {}): Variable[] {
  const ours: Variable[] = [];
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
  return ours;
}

/** Values of Secrets are not among it: the kubelet puts them in. What the author says comes last, and wins. */
export function mergeVariables(ours: readonly Variable[], env: NonNullable<MCPServer['spec']['env']>): Variable[] {
  const theirs = env.map(({ name, value, valueFrom }): Variable => {
    const ref = valueFrom?.secretKeyRef;
    if (ref === undefined) return { name, value: literal(value ?? '') };
    return { name, valueFrom: { secretKeyRef: { name: ref.name, key: ref.key } } };
  });
  const named = new Set(theirs.map(({ name }) => name));
  return [...ours.filter(({ name }) => !named.has(name)), ...theirs];
}

/** The volume with the authorities' certificates, and where it is mounted; nothing where there is none. */
export function caVolume({ caBundle }: PodTemplate = {}): { volumes: object[]; mounts: object[] } {
  if (caBundle === undefined) return { volumes: [], mounts: [] };
  const configMap = { name: caBundle.name, items: [{ key: caBundle.key, path: 'ca.crt' }] };
  return {
    volumes: [{ name: 'ca', configMap }],
    mounts: [{ name: 'ca', mountPath: CA_FOLDER, readOnly: true }],
  };
}

interface Resources {
  readonly limits?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
}

/** What the author asks for, else `defaults`. */
export function resourcesOf(given: Resources | undefined, defaults: Resources): object {
  const { limits = defaults.limits, requests } = given ?? {};
  // Where a limit is given and no request, Kubernetes takes the limit for the request: ours could be more than it.
  const asked = requests ?? (given?.limits === undefined ? defaults.requests : undefined);
  return { limits, ...(asked === undefined ? {} : { requests: asked }) };
}
