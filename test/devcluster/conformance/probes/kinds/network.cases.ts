/** Services, ingresses, network policies and endpoints. */
import type { Case } from '../../harness.ts';
import { body, get, patch, pathOf, post, selector, table, time } from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { one } from './shared.ts';

export const network: Case[] = [
  one(
    'Service: types',
    ...[
      { type: 'ClusterIP', clusterIP: 'None' },
      { type: 'ExternalName', externalName: 'example.com' },
      { type: 'Nope' },
      { type: 'ExternalName' },
      { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8', 'x'] },
    ].map((spec) => post('Service', { spec: { ports: [{ port: 80 }], ...spec } }, {}, '?dryRun=All')),
  ),
  one(
    'Service: ports',
    ...[
      [{ port: 80 }, { port: 81 }],
      [
        { name: 'a', port: 80 },
        { name: 'a', port: 81 },
      ],
      [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
      ],
      [{ port: 0 }],
      [{ port: 80, targetPort: 'Bad_Name' }],
      [{ port: 80, protocol: 'HTTP' }],
      [],
    ].map((ports) => post('Service', { spec: { clusterIP: 'None', ports } }, {}, '?dryRun=All')),
  ),
  one(
    'Service: to ExternalName and back',
    quiet(post('Service', { spec: { clusterIP: '10.0.0.200', ports: [{ port: 80 }] } })),
    patch('Service', { spec: { type: 'ExternalName', externalName: 'a.b' } }),
    patch('Service', { spec: { type: 'ClusterIP', externalName: null, clusterIP: 'None' } }),
  ),
  one(
    'Service: address is changed',
    quiet(post('Service', { spec: { clusterIP: '10.0.0.201', ports: [{ port: 80 }] } })),
    patch('Service', { spec: { clusterIP: '10.0.0.202' } }),
    patch('Service', { spec: { clusterIP: 'None' } }),
    patch('Service', { spec: { clusterIP: '' } }),
  ),
  one(
    'Service: affinity',
    post('Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }], sessionAffinity: 'ClientIP' } }),
    patch('Service', { spec: { sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } } }),
    patch('Service', { spec: { sessionAffinity: 'None' } }),
    patch('Service', { spec: { sessionAffinity: 'Nope' } }),
  ),
  one(
    'Service: strategic ports',
    quiet(post('Service', { spec: { clusterIP: 'None', ports: [{ name: 'a', port: 80 }] } })),
    patch('Service', { spec: { ports: [{ name: 'b', port: 81 }] } }, 'strategic'),
    patch('Service', { spec: { ports: [{ port: 80, $patch: 'delete' }] } }, 'strategic'),
  ),
  one(
    'Service: status',
    quiet(post('Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } })),
    patch(
      'Service',
      { status: { conditions: [{ type: 'A', status: 'True', reason: 'R', message: '', lastTransitionTime: time }] } },
      'merge',
      '/status',
    ),
    patch('Service', { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } }, 'merge', '/status'),
  ),
  one(
    'Service: name',
    post('Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } }, { name: '9a' }),
    post('Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } }, { name: 'a.b' }),
    post('Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } }, { name: 'x'.repeat(64) }),
  ),
  one(
    'Service: internal traffic',
    post('Service', {
      spec: {
        clusterIP: 'None',
        ports: [{ port: 80 }],
        internalTrafficPolicy: 'Local',
        publishNotReadyAddresses: true,
        trafficDistribution: 'PreferClose',
      },
    }),
    patch('Service', { spec: { trafficDistribution: 'Nope' } }),
    patch('Service', { spec: { internalTrafficPolicy: null } }),
  ),
  one(
    'Ingress: made',
    post('Ingress', {
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'a.example.com',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { name: 'http' } } } }],
            },
          },
        ],
        tls: [{ hosts: ['a.example.com'], secretName: 't' }],
      },
    }),
    table(get('Ingress')),
    patch(
      'Ingress',
      { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4', ports: [{ port: 80, protocol: 'TCP' }] }] } } },
      'merge',
      '/status',
    ),
    table(get('Ingress')),
  ),
  one(
    'Ingress: wrong',
    ...[
      { rules: [{ host: '*.*.a' }] },
      { rules: [{ host: '1.2.3.4' }] },
      { rules: [{ http: { paths: [] } }] },
      { rules: [{ http: { paths: [{ path: 'x', pathType: 'Exact', backend: {} }] } }] },
      {
        rules: [
          {
            http: {
              paths: [
                { path: '/', pathType: 'Nope', backend: { service: { name: 's', port: { number: 80, name: 'x' } } } },
              ],
            },
          },
        ],
      },
      {},
    ].map((spec) => post('Ingress', { spec }, {}, '?dryRun=All')),
  ),
  one(
    'NetworkPolicy: made',
    post('NetworkPolicy', {
      spec: {
        podSelector: {},
        ingress: [
          {
            from: [
              { podSelector: selector, namespaceSelector: {} },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            ],
            ports: [{ port: 80 }, { port: 'http', protocol: 'UDP' }, { port: 1, endPort: 9 }],
          },
        ],
        egress: [{}],
      },
    }),
    table(get('NetworkPolicy')),
  ),
  one(
    'NetworkPolicy: wrong',
    ...[
      { podSelector: {}, ingress: [{ from: [{}] }] },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 'x' } }] }] },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/16', except: ['11.0.0.0/8'] } }] }] },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/16' }, podSelector: {} }] }] },
      { podSelector: {}, ingress: [{ ports: [{ port: 'x', endPort: 5 }] }] },
      { podSelector: {}, ingress: [{ ports: [{ port: 9, endPort: 5 }] }] },
      { podSelector: {}, policyTypes: ['Nope'] },
      { podSelector: { matchLabels: { 'a b': 'c' } } },
    ].map((spec) => post('NetworkPolicy', { spec }, {}, '?dryRun=All')),
  ),
  one(
    'EndpointSlice: made',
    {
      path: `${pathOf('EndpointSlice')}`,
      body: {
        ...body('EndpointSlice', {}),
        addressType: 'IPv4',
        endpoints: [
          {
            addresses: ['10.1.2.3'],
            conditions: { ready: true },
            nodeName: 'n',
            zone: 'z',
            targetRef: { kind: 'Pod', name: 'p' },
          },
        ],
        ports: [{ name: '', port: 80 }],
      },
    },
    table(get('EndpointSlice')),
    patch('EndpointSlice', { addressType: 'IPv6' }),
    patch('EndpointSlice', { endpoints: [{ addresses: ['::1'] }] }),
  ),
  one(
    'Endpoints: made',
    {
      path: pathOf('Endpoints'),
      body: {
        ...body('Endpoints', {}),
        subsets: [
          {
            addresses: [{ ip: '10.1.2.3' }, { ip: '10.1.2.2' }],
            notReadyAddresses: [{ ip: '10.1.2.4' }],
            ports: [
              { name: 'a', port: 80 },
              { name: 'b', port: 81 },
            ],
          },
        ],
      },
    },
    table(get('Endpoints')),
  ),
  one(
    'Endpoints: wrong',
    ...[
      [{ addresses: [{ ip: '127.0.0.1' }] }],
      [{ addresses: [{ ip: 'x' }] }],
      [{}],
      [{ addresses: [{ ip: '224.0.0.1' }] }],
      [{ addresses: [{ ip: '10.1.1.1' }], ports: [{ port: 0 }] }],
    ].map((subsets) => ({ path: `${pathOf('Endpoints')}?dryRun=All`, body: { ...body('Endpoints', {}), subsets } })),
  ),
];
