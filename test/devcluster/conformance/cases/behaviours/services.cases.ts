/** Services. */
import type { Case } from '../../harness.ts';
import { quiet } from '../../steps.ts';
import { area, patch, pathOf, post, put, status, time } from './shared.ts';

/** Quiet first steps: addresses and ports that are picked at random are of no matter. */
const ports = [{ name: 'a', port: 80 }];

export const services: Case[] = [
  area(
    'node ports: one that is taken',
    quiet(
      post('Service', { spec: { type: 'NodePort', clusterIP: '10.0.0.77', ports: [{ port: 80, nodePort: 30717 }] } }),
    ),
    post('Service', { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30717 }] } }, { name: 'b' }),
    post('Service', { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 20000 }] } }, { name: 'c' }),
  ),
  area(
    'node ports: two protocols on one',
    post('Service', {
      spec: {
        type: 'NodePort',
        clusterIP: '10.0.0.78',
        ports: [
          { name: 'a', port: 80, nodePort: 30718 },
          { name: 'b', port: 80, protocol: 'UDP', nodePort: 30718 },
        ],
      },
    }),
    patch('Service', {
      spec: {
        ports: [
          { name: 'a', port: 80, nodePort: 30718 },
          { name: 'b', port: 81, nodePort: 30718 },
        ],
      },
    }),
  ),
  area(
    'addresses: one that is taken',
    post('Service', { spec: { clusterIP: '10.0.0.79', ports } }),
    post('Service', { spec: { clusterIP: '10.0.0.79', ports } }, { name: 'b' }),
    { method: 'DELETE', path: `${pathOf('Service')}/a` },
    post('Service', { spec: { clusterIP: '10.0.0.79', ports } }, { name: 'b' }),
  ),
  area(
    'addresses: out of range',
    post('Service', { spec: { clusterIP: '10.1.0.79', ports } }),
    post('Service', { spec: { clusterIP: '10.0.0.0', ports } }),
    post('Service', { spec: { clusterIP: '10.0.0.255', ports } }),
    post('Service', { spec: { clusterIP: '10.96.0.10', ports } }),
  ),
  area(
    'types one after the other',
    post('Service', { spec: { clusterIP: '10.0.0.80', ports: [{ port: 80 }] } }),
    patch('Service', { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30719 }] } }),
    patch('Service', { spec: { type: 'LoadBalancer' } }),
    patch('Service', { spec: { externalTrafficPolicy: 'Local', healthCheckNodePort: 30720 } }),
    patch('Service', { spec: { healthCheckNodePort: 30721 } }),
    patch('Service', { spec: { type: 'ClusterIP' } }),
    patch('Service', { spec: { type: 'ExternalName', externalName: 'a.b' } }),
    patch('Service', {
      spec: {
        type: 'ExternalName',
        externalName: 'a.b',
        clusterIP: null,
        clusterIPs: null,
        ipFamilies: null,
        ipFamilyPolicy: null,
      },
    }),
    patch('Service', { spec: { type: 'ClusterIP', clusterIP: '10.0.0.81' } }),
  ),
  area(
    'a headless one',
    post('Service', { spec: { clusterIP: 'None', ports } }),
    patch('Service', { spec: { clusterIP: '10.0.0.82' } }),
    patch('Service', { spec: { ports: null } }),
    patch('Service', { spec: { selector: { a: 'b' }, publishNotReadyAddresses: true } }),
    status('Service', { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } }),
  ),
  area(
    'a balancer',
    post('Service', {
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.0.0.83',
        allocateLoadBalancerNodePorts: false,
        loadBalancerClass: 'a.b/c',
        ports: [{ port: 80 }],
      },
    }),
    patch('Service', { spec: { loadBalancerClass: 'a.b/d' } }),
    status('Service', {
      loadBalancer: {
        ingress: [{ ip: '1.2.3.4', ipMode: 'Proxy', ports: [{ port: 80, protocol: 'TCP' }] }, { hostname: 'x.y' }],
      },
    }),
    status('Service', {
      loadBalancer: { ingress: [{ ip: 'x' }, { hostname: 'BAD_' }, { ip: '1.2.3.4', ipMode: 'X' }] },
    }),
    status('Service', {
      conditions: [{ type: 'A', status: 'True', reason: 'R', message: '', lastTransitionTime: time }],
    }),
    patch('Service', { spec: { type: 'ClusterIP', loadBalancerClass: null } }),
  ),
  area(
    'two stacks',
    post('Service', { spec: { clusterIP: '10.0.0.84', ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'], ports } }),
    patch('Service', { spec: { ipFamilyPolicy: 'PreferDualStack' } }),
    patch('Service', { spec: { ipFamilies: ['IPv4', 'IPv6'] } }),
    patch('Service', { spec: { ipFamilyPolicy: 'RequireDualStack' } }),
    patch('Service', { spec: { clusterIPs: ['10.0.0.84', '::1'] } }),
  ),
  area(
    'replaced without an address',
    post('Service', { spec: { clusterIP: '10.0.0.85', ports } }),
    put('Service', { spec: { ports: [{ port: 90 }] } }),
    put('Service', { spec: { clusterIP: '10.0.0.86', ports } }),
  ),
  area(
    'affinity',
    post('Service', { spec: { clusterIP: '10.0.0.87', sessionAffinity: 'ClientIP', ports } }),
    patch('Service', { spec: { sessionAffinity: 'None' } }),
    patch('Service', { spec: { sessionAffinity: 'None', sessionAffinityConfig: null } }),
  ),
];
