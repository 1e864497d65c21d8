/** Probes of Services: addresses, ports of nodes and types, over several requests. */
import type { Case, Step } from '../../harness.ts';
import { apply, get, labels, patch, pathOf, post, put, remove, table } from '../../probes.objects.ts';
import { at, casesOf, type Fields } from '../../steps.ts';

const one = casesOf('probes-kinds', 'network: ');
/** Addresses and ports of nodes are given out by chance: only whether they are there is compared, but for those that were asked for. */
const asked = /^10\.0\.0\.(5|6|7|8|9)$/;
const plain = (found: unknown): unknown =>
  at(found, 'kind') === 'Status'
    ? JSON.parse(JSON.stringify(found).replace(/10\.0\.0\.(\d\d+)/g, '<address>'))
    : JSON.parse(
        JSON.stringify(
          { ...(found as Fields), metadata: { ...(at(found, 'metadata') as Fields), managedFields: 0 } },
          (key, value: unknown) =>
            key === 'nodePort' || key === 'healthCheckNodePort'
              ? Number(value) < 30086
                ? value
                : Boolean(value)
              : key === 'clusterIP' && !asked.test(String(value)) && value !== 'None'
                ? Boolean(value)
                : key === 'clusterIPs'
                  ? (value as string[]).map((ip) => (asked.test(ip) || ip === 'None' ? ip : Boolean(ip)))
                  : value,
        ),
      );
const svc = (step: Step): Step => ({ ...step, view: plain });
const port = { port: 80 };
const service = (spec: Fields, name = 'a', query = ''): Step => svc(post('Service', { spec }, { name }, query));
const change = (spec: Fields): Step => svc(patch('Service', { spec }));

export const serviceStories: readonly Case[] = [
  one(
    'Service: an address that is asked for, taken, given back',
    service({ ports: [port], clusterIP: '10.0.0.5' }),
    service({ ports: [port], clusterIP: '10.0.0.5' }, 'b'),
    service({ ports: [port], clusterIP: '10.0.0.5' }, 'b', '?dryRun=All'),
    svc(remove('Service')),
    { ...service({ ports: [port], clusterIP: '10.0.0.5' }, 'b'), until: ({ code }) => code === 201 },
    service({ ports: [port], clusterIP: '10.0.0.256' }, 'c'),
    service({ ports: [port], clusterIP: '192.168.0.1' }, 'c'),
    service({ ports: [port], clusterIP: 'none' }, 'c'),
    service({ ports: [port], clusterIP: '10.0.0.0' }, 'c'),
    service({ ports: [port], clusterIP: '10.0.0.255' }, 'c'),
    service({ ports: [port], clusterIP: 'fd00::1' }, 'c'),
    service({ ports: [port], clusterIP: '10.0.0.6', clusterIPs: ['10.0.0.7'] }, 'c'),
    service({ ports: [port], clusterIPs: ['10.0.0.6'] }, 'c'),
    service({ ports: [port], clusterIP: 'None', clusterIPs: ['None'] }, 'd'),
  ),
  one(
    'Service: ports of nodes',
    service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30011 }] }),
    service({ type: 'NodePort', ports: [{ port: 80, nodePort: 30011 }] }, 'b'),
    service({ type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }, 'b'),
    service({ type: 'NodePort', ports: [{ port: 80, nodePort: 40000 }] }, 'b'),
    service({ type: 'ClusterIP', ports: [{ port: 80, nodePort: 30012 }] }, 'b'),
    service(
      {
        type: 'NodePort',
        ports: [
          { name: 't', port: 80, nodePort: 30013 },
          { name: 'u', port: 80, protocol: 'UDP', nodePort: 30013 },
        ],
      },
      'b',
    ),
    service(
      {
        type: 'NodePort',
        ports: [
          { name: 't', port: 81, nodePort: 30014 },
          { name: 'u', port: 82, nodePort: 30014 },
        ],
      },
      'c',
    ),
    change({ ports: [{ port: 80, nodePort: 30015 }] }),
    change({ ports: [{ port: 80 }] }),
    change({ ports: [{ port: 80, nodePort: 30013 }] }),
    change({ type: 'ClusterIP' }),
    change({ type: 'ClusterIP', ports: [{ port: 80 }] }),
  ),
  one(
    'Service: from one type to the next',
    service({ ports: [port], selector: labels }),
    change({ type: 'NodePort' }),
    change({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }),
    change({ allocateLoadBalancerNodePorts: false }),
    change({ type: 'NodePort' }),
    change({ type: 'ClusterIP', externalTrafficPolicy: null, allocateLoadBalancerNodePorts: null }),
    change({ type: 'ExternalName', externalName: 'db.example.com' }),
    change({ type: 'ExternalName', externalName: 'db.example.com', clusterIP: null, clusterIPs: null }),
    change({ type: 'ClusterIP', externalName: null }),
    change({ clusterIP: 'None' }),
    change({ clusterIP: null }),
  ),
  one(
    'Service: headless and named outside',
    service({ clusterIP: 'None', selector: labels }),
    service({ clusterIP: 'None', type: 'NodePort', ports: [port] }, 'b'),
    service({ type: 'ExternalName', externalName: 'Not_A_Name' }, 'b'),
    service({ type: 'ExternalName' }, 'b'),
    service({ type: 'ExternalName', externalName: 'x.y', clusterIP: '10.0.0.8' }, 'b'),
    service({ type: 'ExternalName', externalName: 'x.y.', ports: [port] }, 'b'),
    service({ ports: [port], externalName: 'x.y' }, 'c'),
    change({ publishNotReadyAddresses: true, internalTrafficPolicy: 'Local' }),
    change({ ipFamilies: ['IPv6'] }),
    change({ ipFamilyPolicy: 'PreferDualStack' }),
    change({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' }),
  ),
  one(
    'Service: families',
    service({ ports: [port], ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] }),
    service({ ports: [port], ipFamilyPolicy: 'PreferDualStack' }, 'b'),
    service({ ports: [port], ipFamilyPolicy: 'RequireDualStack' }, 'c'),
    service({ ports: [port], ipFamilies: ['IPv4', 'IPv4'] }, 'd'),
    service({ ports: [port], ipFamilies: ['IPv5'] }, 'd'),
    service({ ports: [port], ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4', 'IPv6'] }, 'd'),
    service({ ports: [port], ipFamilyPolicy: 'Other' }, 'd'),
    change({ ipFamilies: ['IPv6'] }),
    change({ ipFamilyPolicy: 'RequireDualStack' }),
    change({ ipFamilyPolicy: null }),
  ),
  one(
    'Service: a balancer',
    service({ type: 'LoadBalancer', ports: [port], loadBalancerSourceRanges: ['10.0.0.0/8', ' 11.0.0.0/8'] }),
    service({ type: 'LoadBalancer', ports: [port], loadBalancerSourceRanges: ['10.0.0.0/33'] }, 'b'),
    service({ ports: [port], loadBalancerSourceRanges: ['10.0.0.0/8'] }, 'b'),
    service({ ports: [port], loadBalancerClass: 'x.io/y' }, 'b'),
    service({ ports: [port], allocateLoadBalancerNodePorts: true }, 'b'),
    service({ ports: [port], externalTrafficPolicy: 'Local' }, 'b'),
    service({ type: 'LoadBalancer', ports: [port], loadBalancerIP: '1.2.3.4', healthCheckNodePort: 30020 }, 'b'),
    service(
      {
        type: 'LoadBalancer',
        ports: [port],
        loadBalancerIP: '1.2.3.4',
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30020,
      },
      'c',
    ),
    svc(patch('Service', { status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } }, 'merge', '/status')),
    svc(patch('Service', { status: { loadBalancer: { ingress: [{ ip: '1.2.3.300' }] } } }, 'merge', '/status')),
    svc(
      patch(
        'Service',
        {
          status: {
            loadBalancer: {
              ingress: [{ hostname: 'x.y', ports: [{ port: 80, protocol: 'TCP', error: 'bad error' }] }],
            },
          },
        },
        'merge',
        '/status',
      ),
    ),
    svc(
      patch(
        'Service',
        {
          status: {
            conditions: [
              { type: 'X', status: 'True', reason: 'R', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
            ],
          },
        },
        'merge',
        '/status',
      ),
    ),
    {
      ...table(get('Service')),
      view: (found) => (at(found, 'rows.0.cells') as unknown[]).filter((_, index) => index !== 2 && index !== 4),
    },
    change({ type: 'ClusterIP' }),
    change({ healthCheckNodePort: 30021 }),
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
      [{ name: 'a', port: 80, targetPort: 'Bad_name' }],
      [{ name: 'a', port: 80, targetPort: 0 }],
      [{ name: 'a', port: 80, targetPort: '' }],
      [{ name: 'a', port: 80, targetPort: '80' }],
      [{ name: 'UPPER', port: 80 }],
      [{ port: 0 }],
      [{ port: 65536 }],
      [{ port: 80, protocol: 'HTTP' }],
      [{ port: 80, protocol: 'SCTP', appProtocol: 'kubernetes.io/h2c' }],
      [{ port: 80, appProtocol: 'not ok' }],
      [{ targetPort: 80 }],
    ].map((ports) => service({ ports }, 'a', '?dryRun=All')),
  ),
  one(
    'Service: affinity, traffic and where it goes',
    ...[
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } },
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } },
      { sessionAffinity: 'None', sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } },
      { sessionAffinity: 'Cookie' },
      { internalTrafficPolicy: 'Other' },
      { trafficDistribution: 'PreferClose' },
      { trafficDistribution: 'PreferSameNode' },
      { trafficDistribution: 'Somewhere' },
      { externalIPs: ['1.2.3.4', '127.0.0.1', 'x', '::1'] },
      { selector: { 'a b': 'c', d: 'e f' } },
      { externalTrafficPolicy: 'Cluster' },
      { type: 'NodePort', externalTrafficPolicy: 'Other' },
    ].map((spec) => service({ ports: [port], ...spec }, 'a', '?dryRun=All')),
  ),
  one(
    'Service: replaced and applied',
    service({ ports: [port] }),
    svc(put('Service', { spec: { ports: [{ port: 81 }] } })),
    svc(put('Service', { spec: { ports: [{ port: 81 }], clusterIP: '10.0.0.9' } })),
    svc(put('Service', { spec: { ports: [{ port: 81 }], type: 'NodePort' } })),
    svc(put('Service', { spec: { ports: [{ port: 81 }], type: 'NodePort' } }, { labels: { a: 'b' } })),
    svc(apply('Service', { spec: { ports: [{ port: 81, name: 'x' }] } })),
    svc(apply('Service', { spec: { ports: [{ port: 81, protocol: 'TCP', name: 'x' }] } }, 'two')),
    svc(apply('Service', { spec: { ports: [{ port: 81, protocol: 'UDP', name: 'y' }] } }, 'two')),
    svc(patch('Service', { spec: { ports: [{ port: 82, name: 'z' }] } }, 'strategic')),
    svc(patch('Service', { spec: { ports: [{ port: 82, $patch: 'delete' }] } }, 'strategic')),
  ),
  one(
    'Service: names and collections',
    service({ ports: [port] }, '1a'),
    service({ ports: [port] }, 'a.b'),
    service({ ports: [port] }, 'a'.repeat(64)),
    service({ ports: [port] }, 'a'.repeat(63)),
    svc(service({ ports: [port] }, 'b', '?dryRun=All')),
    { method: 'DELETE', path: pathOf('Service'), view: (found) => at(found, 'items.*.metadata.name') ?? found },
    { path: pathOf('Service'), view: (found) => at(found, 'items') },
  ),
];
