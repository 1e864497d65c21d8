import { BlockList, isIPv6 } from 'node:net';
import type { Egress } from '../../api/index.ts';
import { METADATA_NETWORKS } from '../../api/index.ts';

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
  const { network, prefix, family } = partsOf(cidr);
  const block = new BlockList();
  block.addSubnet(network, prefix, family);
  const except = METADATA_NETWORKS.filter((each) => {
    const metadata = partsOf(each);
    return metadata.family === family && metadata.prefix > prefix && block.check(metadata.network, family);
  });
  return except.length === 0 ? { cidr } : { cidr, except };
}

function partsOf(cidr: string): { network: string; prefix: number; family: 'ipv4' | 'ipv6' } {
  const [network = '', prefix = '0'] = cidr.split('/');
  return { network, prefix: Number(prefix), family: isIPv6(network) ? 'ipv6' : 'ipv4' };
}
