import { configMapKeyRef } from './common.ts';
import type { TypeOf } from './schema.ts';
import { bool, int, list, listByKey, map, object, oneOf, str } from './schema.ts';

const LABEL_NAME = { minLength: 1, maxLength: 317 } as const;
const OBJECT_NAME = { minLength: 1, maxLength: 253 } as const;

/** An image without white space or control characters; what else is wrong with it, the kubelet says. */
export const image = str(
  'The image that the server runs in, where it runs as a Pod: any Linux image that holds `command`, for the same kind of machine as the runner image. The bridge is brought along. When absent, the runner image, which has `npx`, `uvx` and Python.',
  { minLength: 1, maxLength: 1024, pattern: '^[^\\s\\x00-\\x1f]+$' },
);

const egressPort = object(
  'A port, or a range of ports.',
  { port: int('The port, or the first of the range.', { minimum: 1, maximum: 65535 }) },
  {
    endPort: int('The last port of the range.', { minimum: 1, maximum: 65535 }),
    protocol: oneOf('TCP when absent.', ['TCP', 'UDP', 'SCTP']),
  },
  {
    'x-kubernetes-validations': [
      { rule: '!has(self.endPort) || self.endPort >= self.port', message: 'endPort must not be less than port' },
    ],
  },
);

/** Where clouds keep credentials of the machine: in no network that is wider and does not name them. */
export const METADATA_NETWORKS = ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254/128'] as const;

const network = object(
  'A network.',
  {
    cidr: str(
      'The network: `10.20.0.0/16`, `203.0.113.7/32`, `2001:db8::/32`. A wider network does not include the link-local one, where clouds keep their metadata service.',
      { minLength: 1, maxLength: 49 },
    ),
  },
  { ports: list('These ports of it; all when absent.', egressPort, { minItems: 1, maxItems: 32 }) },
  {
    'x-kubernetes-validations': [
      { rule: 'isCIDR(self.cidr)', message: 'cidr must be a network such as 10.20.0.0/16', fieldPath: '.cidr' },
    ],
  },
);

/** Networks, each with its ports: where somebody may connect to. */
export const networks = (description: string) => list(description, network, { maxItems: 64 });

/** Where a server that runs as a Pod may connect to. */
export const egress = networks(
  'Where the server may connect to, where it runs as a Pod: these networks and ports, and the cluster’s DNS. When absent or empty, nowhere, DNS included. Needs a network plugin that enforces NetworkPolicy.',
);

/** Names of hosts that a server that runs as a Pod may connect to, through a proxy. */
export const egressHosts = list(
  'Hosts that the server may connect to by HTTP and HTTPS, where it runs as a Pod: through a proxy in a Pod of its own, which HTTP_PROXY and HTTPS_PROXY name; programs that do not use them reach nothing. The proxy looks the names up.',
  object(
    'A host.',
    {
      host: str('Its name, `api.example.com`, or `*.example.com` for all names below, but not itself.', {
        minLength: 1,
        maxLength: 253,
        pattern: '^(\\*\\.)?[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*$',
      }),
    },
    {
      ports: list('Its ports; 443 when absent.', int('A port.', { minimum: 1, maximum: 65535 }), {
        minItems: 1,
        maxItems: 16,
      }),
      private: bool('Whether it may lead to an address that is not public. Never to where clouds keep their metadata.'),
    },
  ),
  { maxItems: 64 },
);

const url = (description: string) => str(description, { maxLength: 2048, pattern: '^https?://[^\\s]+$' });

/** What a platform has to say about a server's Pod. */
export const podTemplate = object(
  'What else its Pod needs, where it runs as one.',
  {},
  {
    serviceAccountName: str('Its ServiceAccount, for pull secrets and quotas: no token of it is mounted.', OBJECT_NAME),
    imagePullSecrets: listByKey(
      'Secrets that images are pulled with.',
      'name',
      object('A Secret.', { name: str('Its name, in the same namespace.', OBJECT_NAME) }, {}),
      { maxItems: 16 },
    ),
    nodeSelector: map('Labels that its node must have.', str('The label’s value.', { maxLength: 63 }), {
      maxProperties: 32,
    }),
    tolerations: list(
      'Taints of nodes that it tolerates.',
      object(
        'A toleration.',
        {},
        {
          key: str('The taint’s key; all when absent.', LABEL_NAME),
          operator: oneOf('`Equal` when absent.', ['Equal', 'Exists']),
          value: str('The taint’s value.', { maxLength: 63 }),
          effect: oneOf('The taint’s effect; all when absent.', ['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
          tolerationSeconds: int('For how long NoExecute is tolerated.', { minimum: 0 }),
        },
        {
          'x-kubernetes-validations': [
            {
              rule: "has(self.key) || (has(self.operator) && self.operator == 'Exists')",
              message: 'a toleration without key needs operator Exists',
            },
            {
              rule: "!has(self.value) || !has(self.operator) || self.operator != 'Exists'",
              message: 'a toleration with operator Exists has no value',
            },
            {
              rule: "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
              message: 'tolerationSeconds goes with effect NoExecute',
            },
          ],
        },
      ),
      { maxItems: 32 },
    ),
    runtimeClassName: str('The runtime that isolates it: `gvisor`, say.', OBJECT_NAME),
    proxy: object(
      'An HTTP proxy that it goes through. Sets HTTP_PROXY, HTTPS_PROXY and NO_PROXY in both spellings, and NODE_USE_ENV_PROXY; `egress` has to let it reach the proxy.',
      {},
      {
        httpProxy: url('For http://.'),
        httpsProxy: url('For https://.'),
        noProxy: str('Hosts and networks that it reaches directly, separated by commas.', { maxLength: 4096 }),
      },
    ),
    caBundle: configMapKeyRef(
      'A ConfigMap with certificates (PEM) of authorities that it trusts. Mounted; NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and REQUESTS_CA_BUNDLE name it. To all but Node it is the whole of what is trusted, so include the public authorities where they are needed.',
    ),
  },
);

export type Egress = TypeOf<typeof egress>;
export type PodTemplate = TypeOf<typeof podTemplate>;
