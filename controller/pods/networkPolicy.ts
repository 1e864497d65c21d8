import { BlockList, isIPv6 } from 'node:net';
import type { Egress } from '../../api/index.ts';

/** Where clouds keep credentials of the machine: in no network that does not say so. */
const METADATA = [
  { network: '169.254.0.0', prefix: 16, family: 'ipv4' },
  { network: 'fe80::', prefix: 10, family: 'ipv6' },
  { network: 'fd00:ec2::254', prefix: 128, family: 'ipv6' },
] as const;

const DNS_PORTS = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];

/** Who may connect to a server's Pod: the operator's Pods. */
export interface Client {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The spec of the NetworkPolicy of Pods of ours, with all that the API server would add. Without `door` nobody may connect;
 * `way` leads to Pods of the same namespace.
 */
export function networkPolicySpec(
  podLabels: Readonly<Record<string, string>>,
  door: { readonly port: number; readonly client: Client } | undefined,
  egress: Egress | undefined,
  way?: { readonly port: number; readonly labels: Readonly<Record<string, string>> },
): object {
  const networks = (egress ?? []).map(({ cidr, ports }) => ({
    to: [{ ipBlock: ipBlock(cidr) }],
    ...(ports === undefined
      ? {}
      : {
          ports: ports.map((each) => ({
            protocol: each.protocol ?? 'TCP',
            port: each.port,
            ...(each.endPort === undefined ? {} : { endPort: each.endPort }),
          })),
        }),
  }));
  const names = { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } };
  const dns = {
    to: [{ namespaceSelector: names, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
    ports: DNS_PORTS,
  };
  const through =
    way === undefined
      ? []
      : [{ to: [{ podSelector: { matchLabels: way.labels } }], ports: [{ protocol: 'TCP', port: way.port }] }];
  return {
    podSelector: { matchLabels: podLabels },
    policyTypes: ['Ingress', 'Egress'],
    ingress:
      door === undefined
        ? []
        : [
            {
              from: [
                {
                  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': door.client.namespace } },
                  podSelector: { matchLabels: door.client.labels },
                },
              ],
              ports: [{ protocol: 'TCP', port: door.port }],
            },
          ],
    // Names are of use to those only who may go somewhere, and a way out for data to those who may not.
    egress: [...(networks.length === 0 ? [] : [dns, ...networks]), ...through],
  };
}

function ipBlock(cidr: string): object {
  const [address = '', prefix = '0'] = cidr.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const block = new BlockList();
  block.addSubnet(address, Number(prefix), family);
  const except = METADATA.filter(
    (each) => each.family === family && each.prefix > Number(prefix) && block.check(each.network, family),
  ).map((each) => `${each.network}/${each.prefix}`);
  return except.length === 0 ? { cidr } : { cidr, except };
}
