/** Ingresses and network policies. */
import type { Case } from '../../harness.ts';
import { area, patch, post, put, status } from './shared.ts';

export const network: Case[] = [
  area(
    'Ingress',
    post('Ingress', {
      spec: {
        rules: [
          {
            host: 'a.b',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
            },
          },
        ],
      },
    }),
    status('Ingress', {
      loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'a.b', ports: [{ port: 80, protocol: 'TCP' }] }] },
    }),
    status('Ingress', { loadBalancer: { ingress: [{ ip: 'x', hostname: 'BAD_' }] } }),
    patch('Ingress', { spec: { rules: null } }),
    patch('Ingress', { spec: { defaultBackend: { service: { name: 's', port: { name: 'http' } } }, rules: null } }),
    patch('Ingress', { spec: { tls: [{ hosts: ['a.b'], secretName: 's' }] } }),
  ),
  area(
    'NetworkPolicy',
    post('NetworkPolicy', { spec: { podSelector: {} } }),
    post('NetworkPolicy', { spec: { podSelector: {}, egress: [{}] } }, { name: 'b' }),
    patch('NetworkPolicy', {
      spec: { ingress: [{ ports: [{ port: 80 }], from: [{ podSelector: { matchLabels: { a: 'b' } } }] }] },
    }),
    patch('NetworkPolicy', { spec: { policyTypes: ['Egress'] } }),
    patch('NetworkPolicy', { spec: { policyTypes: null } }),
  ),
  area(
    'EndpointSlice',
    post('EndpointSlice', { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.1.1'] }], ports: [{ port: 80 }] }),
    patch('EndpointSlice', { addressType: 'IPv6' }),
    patch('EndpointSlice', {
      endpoints: [{ addresses: ['10.1.1.2'], conditions: { ready: false }, zone: 'z', nodeName: 'n' }],
    }),
    patch('EndpointSlice', { ports: null }),
  ),
  area(
    'Endpoints',
    post('Endpoints', { subsets: [{ addresses: [{ ip: '10.3.3.3' }, { ip: '10.3.3.2' }], ports: [{ port: 80 }] }] }),
    put('Endpoints', { subsets: [] }),
    put('Endpoints', {
      subsets: [
        {
          addresses: [{ ip: '10.3.3.3' }],
          notReadyAddresses: [{ ip: '10.3.3.4', hostname: 'h', targetRef: { kind: 'Pod', name: 'p' } }],
          ports: [{ name: 'x', port: 81, protocol: 'UDP' }],
        },
      ],
    }),
  ),
  area(
    'IngressClass',
    post('IngressClass', { spec: { controller: 'a.b/c', parameters: { kind: 'K', name: 'n' } } }),
    patch('IngressClass', { spec: { controller: 'a.b/d' } }),
    patch('IngressClass', { spec: { parameters: null } }),
    patch('IngressClass', { spec: { parameters: { scope: 'Namespace' } } }),
  ),
];
