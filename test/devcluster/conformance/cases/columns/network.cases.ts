/** Services, endpoints, ingresses as a table. */
import type { Case } from '../../harness.ts';
import type { Fields } from '../../steps.ts';
import { labels, shown } from './shared.ts';

const service = (spec: Fields): Fields => ({
  spec: {
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 443, protocol: 'UDP' },
    ],
    ...spec,
  },
});

export const networkColumns: Case[] = [
  shown('cluster address', 'v1', 'services', 'Service', service({ clusterIP: 'None', selector: { a: 'b', c: 'd' } })),
  shown(
    'external addresses',
    'v1',
    'services',
    'Service',
    service({ clusterIP: 'None', externalIPs: ['1.2.3.4', '5.6.7.8'] }),
  ),
  shown('external name', 'v1', 'services', 'Service', service({ type: 'ExternalName', externalName: 'x.example.com' })),
  shown('no ports', 'v1', 'services', 'Service', { spec: { clusterIP: 'None', selector: labels } }),
  shown('three subsets', 'v1', 'endpoints', 'Endpoints', {
    subsets: [
      {
        addresses: [{ ip: '10.0.9.1' }, { ip: '10.0.9.2' }, { ip: '10.0.9.3' }, { ip: '10.0.9.4' }],
        ports: [{ port: 80 }],
      },
      { addresses: [{ ip: '10.0.9.5' }], ports: [{ name: 'x', port: 81 }] },
    ],
  }),
  shown('none', 'v1', 'endpoints', 'Endpoints', {}),
  shown('many', 'discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [1, 2, 3, 4, 5].map((n) => ({ addresses: [`10.0.9.${n}`] })),
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
      { name: 'c', port: 82 },
      { name: 'd', port: 83 },
    ],
  }),
  shown('neither', 'discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', { addressType: 'IPv4', endpoints: [] }),
  shown(
    'hosts',
    'networking.k8s.io/v1',
    'ingresses',
    'Ingress',
    {
      spec: {
        ingressClassName: 'c',
        tls: [{ hosts: ['a.b'] }],
        rules: ['a.b', 'c.d', 'e.f', 'g.h'].map((host) => ({ host })),
      },
    },
    { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'x.y' }] } },
  ),
  shown('no hosts', 'networking.k8s.io/v1', 'ingresses', 'Ingress', {
    spec: { defaultBackend: { service: { name: 's', port: { name: 'x' } } } },
  }),
  shown(
    'default',
    'networking.k8s.io/v1',
    'ingressclasses',
    'IngressClass',
    {
      metadata: { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
      spec: { controller: 'a.b/c', parameters: { apiGroup: 'x.y', kind: 'K', name: 'n' } },
    },
    undefined,
    true,
  ),
  shown('selector', 'networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', {
    spec: {
      podSelector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'NotIn', values: ['d', 'e'] }] },
    },
  }),
];
