/** Probes of Ingresses, policies of networks and endpoints, over several requests. */
import type { Case, Step } from '../../harness.ts';
import { apply, body, get, labels, patch, pathOf, post, remove, table } from '../../probes.objects.ts';
import { at, casesOf, type Fields } from '../../steps.ts';

const one = casesOf('probes-kinds', 'network: ');
const dry = (kind: string, spec: Fields): Step => post(kind, { spec }, {}, '?dryRun=All');

const backend = { service: { name: 's', port: { number: 80 } } };
const httpPath = (path: string, pathType?: string, more: Fields = { backend }): Fields => ({
  http: { paths: [{ path, ...(pathType === undefined ? {} : { pathType }), ...more }] },
});

export const networkStories: readonly Case[] = [
  one(
    'Ingress: types of paths',
    ...[
      [httpPath('/a', 'Exact')],
      [httpPath('/a', 'Prefix')],
      [httpPath('a', 'Prefix')],
      [httpPath('', 'Prefix')],
      [httpPath('', 'ImplementationSpecific')],
      [httpPath('/a//b', 'Exact')],
      [httpPath('/a/./b', 'Prefix')],
      [httpPath('/a/../b', 'Prefix')],
      [httpPath('/a%2fb', 'Prefix')],
      [httpPath('/a/..', 'Exact')],
      [httpPath('/a')],
      [httpPath('/a', 'Regex')],
      [{ host: '*.example.com', ...httpPath('/', 'Prefix') }],
      [{ host: '*', ...httpPath('/', 'Prefix') }],
      [{ host: 'a.*.com', ...httpPath('/', 'Prefix') }],
      [{ host: '1.2.3.4', ...httpPath('/', 'Prefix') }],
      [{ host: 'UPPER.com', ...httpPath('/', 'Prefix') }],
      [{ http: { paths: [] } }],
      [{ host: 'a.b' }],
    ].map(
      (rules): Step => ({
        ...dry('Ingress', { rules }),
        view: (found) => (at(found, 'kind') === 'Status' ? found : at(found, 'spec')),
      }),
    ),
  ),
  one(
    'Ingress: backends',
    ...[
      { defaultBackend: {} },
      { defaultBackend: { service: { name: 's' } } },
      { defaultBackend: { service: { name: 's', port: { number: 80, name: 'x' } } } },
      { defaultBackend: { service: { name: 'S_', port: { name: 'Bad_' } } } },
      { defaultBackend: { service: { name: 's', port: { number: 70000 } } } },
      { defaultBackend: { resource: { kind: 'Bucket', name: 'b' } } },
      {
        defaultBackend: {
          resource: { apiGroup: 'x.io', kind: 'Bucket', name: 'b' },
          service: { name: 's', port: { number: 1 } },
        },
      },
      { defaultBackend: { resource: { apiGroup: 'x.io', kind: '', name: '' } } },
      { rules: [httpPath('/', 'Prefix', {})] },
      {},
      { rules: [] },
      { defaultBackend: backend, tls: [{ hosts: ['*.x.com', 'bad_host'], secretName: 'Bad_' }] },
      { defaultBackend: backend, ingressClassName: 'Bad_' },
    ].map((spec) => dry('Ingress', spec)),
  ),
  one(
    'Ingress: a life',
    { path: pathOf('IngressClass'), body: body('IngressClass', { spec: { controller: 'x.io/y' } }) },
    post('Ingress', {
      spec: {
        ingressClassName: 'b-{ns}',
        rules: [{ host: 'a.b', ...httpPath('/', 'Prefix') }],
        tls: [{ hosts: ['a.b'] }],
      },
    }),
    patch(
      'Ingress',
      { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'x.y' }] } } },
      'merge',
      '/status',
    ),
    patch('Ingress', { status: { loadBalancer: { ingress: [{ ip: 'x', hostname: '1.2.3.4' }] } } }, 'merge', '/status'),
    table(get('Ingress')),
    patch('Ingress', { metadata: { annotations: { 'kubernetes.io/ingress.class': 'nginx' } } }),
    patch('Ingress', { spec: { rules: null } }),
    patch('Ingress', { spec: { defaultBackend: backend, rules: null } }),
    table(get('Ingress')),
    apply('Ingress', { spec: { rules: [httpPath('/x', 'Exact')] } }),
    remove('Ingress'),
  ),
  one(
    'Ingress: a class and an annotation',
    post(
      'Ingress',
      { spec: { defaultBackend: backend, ingressClassName: 'x' } },
      { annotations: { 'kubernetes.io/ingress.class': 'y' } },
    ),
    post('Ingress', { spec: { defaultBackend: backend } }, { annotations: { 'kubernetes.io/ingress.class': 'y' } }),
    patch('Ingress', { spec: { ingressClassName: 'y' } }),
    patch('Ingress', { metadata: { annotations: { 'kubernetes.io/ingress.class': 'z' } } }),
  ),
  one(
    'IngressClass: a life',
    ...[
      { controller: 'noslash' },
      { controller: '' },
      {},
      { controller: 'x.io/y', parameters: { kind: 'K', name: 'n' } },
      { controller: 'x.io/y', parameters: { kind: 'K', name: 'n', scope: 'Namespace' } },
      { controller: 'x.io/y', parameters: { kind: 'K', name: 'n', scope: 'Cluster', namespace: 'x' } },
      { controller: 'x.io/y', parameters: { kind: 'K', name: 'n', scope: 'Other' } },
    ].map((spec) => dry('IngressClass', spec)),
    post('IngressClass', { spec: { controller: 'x.io/y' } }),
    patch('IngressClass', { spec: { controller: 'x.io/z' } }),
    patch('IngressClass', { spec: { parameters: { apiGroup: 'g.io', kind: 'K', name: 'n' } } }),
    patch('IngressClass', { metadata: { labels: { a: 'b' } } }),
    table(get('IngressClass')),
  ),
  one(
    'NetworkPolicy: ports, ends and blocks',
    ...[
      {},
      { podSelector: {} },
      { podSelector: {}, policyTypes: ['Other'] },
      { podSelector: {}, policyTypes: ['Ingress', 'Egress', 'Ingress'] },
      { podSelector: {}, egress: [{}] },
      { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
      { podSelector: {}, ingress: [{ ports: [{ port: 80, endPort: 70 }] }] },
      { podSelector: {}, ingress: [{ ports: [{ port: 'http', endPort: 90 }] }] },
      { podSelector: {}, ingress: [{ ports: [{ endPort: 90 }] }] },
      { podSelector: {}, ingress: [{ ports: [{ port: 80, endPort: 90, protocol: 'SCTP' }] }] },
      { podSelector: {}, ingress: [{ ports: [{ port: 0, protocol: 'ICMP' }] }] },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }] },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.1.0.0/16', 'x'] } }] }] },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 'x' } }] }] },
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] }] },
      { podSelector: {}, ingress: [{ from: [{}] }] },
      { podSelector: {}, egress: [{ to: [{ namespaceSelector: { matchLabels: { 'a b': 'c' } } }] }] },
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'Is', values: ['x'] }] } },
    ].map((spec) => dry('NetworkPolicy', spec)),
  ),
  one(
    'NetworkPolicy: a life',
    post('NetworkPolicy', {
      spec: {
        podSelector: { matchLabels: labels },
        egress: [{ to: [{ podSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] }],
      },
    }),
    patch('NetworkPolicy', { spec: { policyTypes: ['Ingress'] } }),
    patch('NetworkPolicy', { spec: { podSelector: null } }),
    table(get('NetworkPolicy')),
    get('NetworkPolicy', '/status'),
    apply('NetworkPolicy', { spec: { podSelector: {}, ingress: [{}] } }),
    apply('NetworkPolicy', { spec: { podSelector: {}, ingress: [{}] } }, 'one', '&force=true'),
    remove('NetworkPolicy'),
  ),
  one(
    'EndpointSlice: kinds of addresses',
    ...[
      { addressType: 'IPv4', endpoints: [{ addresses: ['1.2.3.4'] }], ports: [{ port: 80 }] },
      { addressType: 'IPv4', endpoints: [{ addresses: ['fd00::1'] }] },
      { addressType: 'IPv6', endpoints: [{ addresses: ['1.2.3.4', 'FD00::0001'] }] },
      { addressType: 'FQDN', endpoints: [{ addresses: ['x.y', 'Bad_'] }] },
      { addressType: 'IPv4', endpoints: [{ addresses: ['127.0.0.1', '169.254.1.1', '224.0.0.1', '0.0.0.0'] }] },
      { addressType: 'IPv4', endpoints: [{ addresses: [] }] },
      { addressType: 'Other', endpoints: [] },
      { endpoints: [] },
      {
        addressType: 'IPv4',
        endpoints: [],
        ports: [
          { name: 'a', port: 1 },
          { name: 'a', port: 2 },
          { name: 'B_', port: 70000, protocol: 'X', appProtocol: 'a b' },
        ],
      },
      {
        addressType: 'IPv4',
        endpoints: [
          {
            addresses: ['1.2.3.4'],
            hostname: 'Bad_',
            nodeName: 'Bad_',
            zone: 'z',
            hints: { forZones: [{ name: 'a' }, { name: 'a' }] },
          },
        ],
      },
    ].map((fields) => post('EndpointSlice', { ...fields }, {}, '?dryRun=All')),
    post('EndpointSlice', {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['1.2.3.4'], conditions: { ready: false } }],
      ports: [{}],
    }),
    patch('EndpointSlice', { addressType: 'IPv6' }),
    patch('EndpointSlice', { endpoints: [{ addresses: ['1.2.3.5'], targetRef: { kind: 'Pod', name: 'p' } }] }),
    table(get('EndpointSlice')),
  ),
  one(
    'Endpoints: a life',
    post('Endpoints', {
      subsets: [
        {
          addresses: [{ ip: '1.2.3.5' }, { ip: '1.2.3.4', nodeName: 'n' }],
          notReadyAddresses: [{ ip: '1.2.3.6' }],
          ports: [
            { name: 'b', port: 81 },
            { name: 'a', port: 80 },
          ],
        },
      ],
    }),
    patch('Endpoints', { subsets: [{ addresses: [{ ip: '1.2.3.4', nodeName: 'other' }], ports: [{ port: 80 }] }] }),
    patch('Endpoints', {
      subsets: [{ addresses: [{ ip: '1.2.3.4', hostname: 'Bad_' }], ports: [{ port: 80 }, { port: 81 }] }],
    }),
    patch('Endpoints', { subsets: [{ addresses: [{ ip: 'x' }] }] }),
    patch('Endpoints', { subsets: [{ ports: [{ port: 80 }] }] }),
    table(get('Endpoints')),
    remove('Endpoints'),
  ),
];
