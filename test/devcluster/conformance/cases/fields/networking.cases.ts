/** Fields of ingresses, network policies and their like. */
import type { Case } from '../../harness.ts';
import { creates, updates } from './shared.ts';

export const networking: Case[] = [
  ...creates('ingresses', {}, [
    { 'spec.defaultBackend': undefined },
    { 'spec.defaultBackend': {} },
    { 'spec.defaultBackend.service.name': 'BAD_' },
    { 'spec.defaultBackend.service.port': {} },
    { 'spec.defaultBackend.service.port': { number: 70000 } },
    { 'spec.defaultBackend.service.port': { name: 'BAD_' } },
    { 'spec.defaultBackend.service.port': { name: 'x', number: 1 } },
    { 'spec.defaultBackend': { resource: { kind: 'X', name: 'x' } } },
    { 'spec.defaultBackend': { resource: { apiGroup: 'BAD_', kind: '', name: '' } } },
    {
      'spec.rules': [
        {
          host: '*.x.com',
          http: {
            paths: [{ path: 'x', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 1 } } } }],
          },
        },
      ],
    },
    { 'spec.rules': [{ host: 'x.*.com' }] },
    { 'spec.rules': [{ host: '1.2.3.4' }] },
    { 'spec.rules': [{ host: 'BAD_' }] },
    { 'spec.rules': [{ http: { paths: [] } }] },
    { 'spec.rules': [{ http: { paths: [{ path: '/a//b', pathType: 'Exact', backend: {} }] } }] },
    { 'spec.rules': [{ http: { paths: [{ path: '/', backend: { service: { name: 's', port: { number: 1 } } } }] } }] },
    {
      'spec.rules': [
        { http: { paths: [{ path: '/x', pathType: 'X', backend: { service: { name: 's', port: { number: 1 } } } }] } },
      ],
    },
    {
      'spec.rules': [
        {
          http: {
            paths: [
              {
                path: 'x',
                pathType: 'ImplementationSpecific',
                backend: { service: { name: 's', port: { number: 1 } } },
              },
            ],
          },
        },
      ],
    },
    { 'spec.tls': [{ hosts: ['BAD_'] }] },
    { 'spec.tls': [{ hosts: ['*.x.com', '1.2.3.4'], secretName: 'BAD_' }] },
    { 'spec.ingressClassName': 'BAD_' },
    { 'spec.ingressClassName': 'x', 'metadata.annotations': { 'kubernetes.io/ingress.class': 'y' } },
  ]),
  ...updates('ingresses', {}, [
    { 'spec.ingressClassName': 'z' },
    { 'spec.rules': [{ host: 'x.y' }] },
    { 'status.loadBalancer': { ingress: [{ ip: 'x' }] } },
  ]),
  ...creates('ingressclasses', {}, [
    { 'spec.controller': '' },
    { 'spec.controller': 'x' },
    { 'spec.controller': `a.com/${'x'.repeat(260)}` },
    { 'spec.parameters': { kind: '', name: '' } },
    { 'spec.parameters': { kind: 'X', name: 'x', scope: 'Namespace' } },
    { 'spec.parameters': { kind: 'X', name: 'x', scope: 'Cluster', namespace: 'y' } },
    { 'spec.parameters': { kind: 'X', name: 'x', scope: 'Nope' } },
    { 'spec.parameters': { kind: 'X', name: 'x', apiGroup: 'BAD_' } },
    { 'metadata.annotations': { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
  ]),
  ...updates('ingressclasses', {}, [
    { 'spec.controller': 'other.com/x' },
    { 'spec.parameters': { kind: 'X', name: 'x' } },
  ]),
  ...creates('networkpolicies', {}, [
    { 'spec.podSelector': { matchLabels: { 'a b': 'c' } } },
    { 'spec.policyTypes': ['X'] },
    { 'spec.policyTypes': ['Ingress', 'Ingress'] },
    { 'spec.policyTypes': ['Ingress', 'Egress', 'Ingress'] },
    { 'spec.ingress': [{ from: [{}] }] },
    { 'spec.ingress': [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] },
    { 'spec.ingress': [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/9', '10.0.0.0/8', 'x'] } }] }] },
    { 'spec.ingress': [{ from: [{ ipBlock: { cidr: '10.0.0.1/8' } }] }] },
    { 'spec.ingress': [{ from: [{ ipBlock: { cidr: '' } }] }] },
    { 'spec.ingress': [{ ports: [{ port: 0 }, { port: 'BAD_' }, { protocol: 'X' }] }] },
    { 'spec.egress': [{ ports: [{ port: 80, endPort: 70 }, { endPort: 70 }, { port: 'x', endPort: 80 }] }] },
    { 'spec.egress': [{ to: [{ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'X' }] } }] }] },
    { 'spec.egress': [] },
    { 'spec.egress': [{}], 'spec.policyTypes': ['Ingress'] },
    { spec: undefined },
  ]),
  ...creates('ipaddresses', {}, [
    { 'metadata.name': 'x' },
    { 'metadata.name': '010.0.0.1' },
    { 'spec.parentRef': undefined },
    { 'spec.parentRef': { resource: '', name: '' } },
    { 'spec.parentRef': { resource: 'BAD_', name: 'x', group: 'BAD_', namespace: 'BAD_' } },
    { 'metadata.name': '2001:db8::1' },
    { 'metadata.name': '2001:DB8::1' },
  ]),
  ...creates('servicecidrs', {}, [
    { 'spec.cidrs': [] },
    { 'spec.cidrs': ['x'] },
    { 'spec.cidrs': ['10.0.0.0/24', '10.1.0.0/24'] },
    { 'spec.cidrs': ['10.0.0.0/24', '2001:db8::/64'] },
    { 'spec.cidrs': ['10.0.0.1/24'] },
    { 'spec.cidrs': ['10.0.0.0/24', '2001:db8::/64', '10.2.0.0/24'] },
  ]),
  ...updates('servicecidrs', {}, [
    { 'spec.cidrs': ['10.97.0.0/24'] },
    { 'spec.cidrs': ['10.96.0.0/24', '2001:db8::/64'] },
  ]),
  ...creates('endpointslices', {}, [
    { addressType: 'X' },
    { addressType: undefined },
    { 'endpoints.0.addresses': [] },
    { 'endpoints.0.addresses': ['x'] },
    { 'endpoints.0.addresses': ['127.0.0.1'] },
    { 'endpoints.0.addresses': ['2001:db8::1'] },
    { addressType: 'IPv6', 'endpoints.0.addresses': ['10.0.0.1'] },
    { addressType: 'FQDN', 'endpoints.0.addresses': ['BAD_'] },
    { 'endpoints.0.hostname': 'BAD_' },
    { 'endpoints.0.nodeName': 'BAD_' },
    { 'endpoints.0.deprecatedTopology': { 'a b': 'c' } },
    { 'endpoints.0.conditions': { ready: true, serving: false } },
    { 'endpoints.0.hints': { forZones: [{ name: 'BAD_ ' }] } },
    { 'endpoints.0.hints': { forZones: [{ name: 'a' }, { name: 'a' }] } },
    { ports: [{ port: 0 }, { port: 70000, name: 'x' }] },
    {
      ports: [
        { name: 'a', port: 1 },
        { name: 'a', port: 2 },
      ],
    },
    { ports: [{ name: 'UP', port: 1, protocol: 'X', appProtocol: 'a b' }] },
    { endpoints: [{ addresses: Array.from({ length: 101 }, (_, n) => `10.0.0.${n}`) }] },
  ]),
  ...updates('endpointslices', {}, [{ addressType: 'IPv6' }, { endpoints: [] }]),
];
