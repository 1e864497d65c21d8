/** Autoscalers, nodes, classes, leases, events and the rest. */
import type { Case } from '../../harness.ts';
import { patched, patchTypes, tables, template } from '../../probes.things.ts';
import { create, type Fields, inNamespace, ofGroup, pick, read, remove } from '../../steps.ts';
import { about, autoscalers, object, one } from './shared.ts';

export const otherRules: readonly Case[] = [
  one(
    'hpa',
    ...[
      {},
      { maxReplicas: 0, scaleTargetRef: { kind: 'D', name: 'x' } },
      { minReplicas: 5, maxReplicas: 3, scaleTargetRef: { kind: 'D', name: 'x' } },
      { maxReplicas: 3, scaleTargetRef: { kind: 'D', name: 'x' } },
      { maxReplicas: 3, scaleTargetRef: { kind: 'D', name: 'x' }, metrics: [{ type: 'Resource' }] },
      {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'D', name: 'x' },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 0 } } },
        ],
      },
      {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'D', name: 'x' },
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 5000, policies: [{ type: 'Pods', value: 0, periodSeconds: 2000 }] },
        },
      },
      { maxReplicas: 3, minReplicas: 0, scaleTargetRef: { kind: 'D/e', name: '' } },
    ].map((s: Fields) => ({
      ...create(`${autoscalers}?dryRun=All`, object('autoscaling/v2', 'HorizontalPodAutoscaler', s)),
      view: pick('spec'),
    })),
  ),
  one(
    'quota and limit refused',
    ...[
      { hard: { 'a b': '1' } },
      { hard: { pods: '-1' } },
      { hard: { pods: '1.5' } },
      { hard: { foo: '1' } },
      { hard: { cpu: '1' }, scopes: ['Nope'] },
      { hard: { services: '1' }, scopes: ['BestEffort'] },
      { hard: { pods: '1' }, scopes: ['BestEffort', 'NotBestEffort'] },
      { hard: { pods: '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
      { hard: { 'requests.example.com/gpu': '2', 'count/foos.example.com': '1', 'limits.example.com/x': '1' } },
    ].map((s: Fields) => about(create(`${inNamespace}/resourcequotas?dryRun=All`, object('v1', 'ResourceQuota', s)))),
    ...[
      { limits: [] },
      { limits: [{ type: 'Nope' }] },
      { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] },
      { limits: [{ type: 'Container', default: { cpu: '3' }, max: { cpu: '1' } }] },
      { limits: [{ type: 'Pod', default: { cpu: '1' } }] },
      { limits: [{ type: 'PersistentVolumeClaim', max: { cpu: '1' } }] },
      { limits: [{ type: 'Container', maxLimitRequestRatio: { cpu: '0.5' } }] },
      { limits: [{ type: 'Container' }, { type: 'Container' }] },
    ].map((s: Fields) => about(create(`${inNamespace}/limitranges?dryRun=All`, object('v1', 'LimitRange', s)))),
  ),
  one(
    'node',
    about(
      create('/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n-{ns}' },
        spec: { podCIDR: '10.1.0.0/24', taints: [{ key: 'a', effect: 'NoSchedule' }], providerID: 'p://1' },
      }),
    ),
    about(patched('/api/v1/nodes/n-{ns}', { spec: { podCIDR: '10.2.0.0/24', podCIDRs: ['10.2.0.0/24'] } })),
    about(patched('/api/v1/nodes/n-{ns}', { spec: { providerID: 'p://2' } })),
    about(patched('/api/v1/nodes/n-{ns}', { spec: { unschedulable: true } })),
    about(
      patched('/api/v1/nodes/n-{ns}', {
        spec: {
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'a', effect: 'NoSchedule', value: 'b' },
          ],
        },
      }),
    ),
    about(patched('/api/v1/nodes/n-{ns}', { spec: { taints: [{ key: 'a b', effect: 'Zap' }] } })),
    about(
      patched('/api/v1/nodes/n-{ns}/status', {
        status: {
          capacity: { cpu: '4', memory: '8Gi', pods: '110' },
          allocatable: { cpu: '3500m' },
          conditions: [{ type: 'Ready', status: 'True' }],
          addresses: [
            { type: 'InternalIP', address: '1.2.3.4' },
            { type: 'InternalIP', address: '1.2.3.4' },
          ],
        },
      }),
    ),
    about(patched('/api/v1/nodes/n-{ns}/status', { status: { capacity: { cpu: '-4' } } })),
  ),
  one(
    'priority class, runtime class',
    create('/apis/scheduling.k8s.io/v1/priorityclasses?dryRun=All', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'system-x' },
      value: 1,
    }),
    create('/apis/scheduling.k8s.io/v1/priorityclasses?dryRun=All', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'x' },
      value: 2000000000,
    }),
    create('/apis/scheduling.k8s.io/v1/priorityclasses?dryRun=All', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'x' },
      preemptionPolicy: 'Never',
    }),
    create('/apis/scheduling.k8s.io/v1/priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'x-{ns}' },
      value: 5,
    }),
    patched('/apis/scheduling.k8s.io/v1/priorityclasses/x-{ns}', { value: 6 }),
    patched('/apis/scheduling.k8s.io/v1/priorityclasses/x-{ns}', { preemptionPolicy: 'Never' }),
    patched('/apis/scheduling.k8s.io/v1/priorityclasses/x-{ns}', { description: 'd', globalDefault: false }),
    patched('/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical', { description: 'x' }),
    create('/apis/node.k8s.io/v1/runtimeclasses', {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'r-{ns}' },
      handler: 'Bad H',
    }),
    create('/apis/storage.k8s.io/v1/storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 's-{ns}' },
      provisioner: 'x.io/p',
    }),
    patched('/apis/storage.k8s.io/v1/storageclasses/s-{ns}', { parameters: { a: 'b' } }),
    patched('/apis/storage.k8s.io/v1/storageclasses/s-{ns}', { reclaimPolicy: 'Retain' }),
    patched('/apis/storage.k8s.io/v1/storageclasses/s-{ns}', { allowVolumeExpansion: true }),
  ),
  one(
    'leases and events',
    create(`${ofGroup('coordination.k8s.io/v1')}/leases`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { leaseDurationSeconds: -1, leaseTransitions: -1 },
    }),
    create(`${ofGroup('coordination.k8s.io/v1')}/leases`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { preferredHolder: 'x', strategy: 'Bad' },
    }),
    create(`${ofGroup('coordination.k8s.io/v1')}/leases`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { renewTime: '2026-01-01T00:00:00Z' },
    }),
    create(`${ofGroup('coordination.k8s.io/v1')}/leases`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l2' },
    }),
    read(`${ofGroup('coordination.k8s.io/v1')}/leases/l2`, { headers: tables }),
    create(`${inNamespace}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { namespace: 'other' },
    }),
    create(`${inNamespace}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { namespace: '{ns}' },
    }),
    create(`${ofGroup('events.k8s.io/v1')}/events`, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'f' },
      regarding: { namespace: '{ns}' },
    }),
    create(`${ofGroup('events.k8s.io/v1')}/events`, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'f' },
      eventTime: '2026-01-01T00:00:00.000001Z',
      regarding: { namespace: '{ns}' },
      type: 'Odd',
      note: 'x'.repeat(1025),
      reason: 'y'.repeat(129),
    }),
  ),
  one(
    'service accounts',
    create(`${inNamespace}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'a' },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'x' }],
      secrets: [{ name: 'y' }],
    }),
    read(`${inNamespace}/serviceaccounts/a`, { headers: tables }),
    patched(`${inNamespace}/serviceaccounts/a`, { imagePullSecrets: [{ name: 'z' }] }, patchTypes.strategic),
    patched(`${inNamespace}/serviceaccounts/a`, { secrets: [{ $patch: 'delete', name: 'y' }] }, patchTypes.strategic),
    remove(`${inNamespace}/serviceaccounts/a`),
    remove(`${inNamespace}/serviceaccounts/a`),
  ),
  one(
    'endpoint slices',
    ...[
      { addressType: 'IPv4', endpoints: [{ addresses: ['1.2.3.4'] }], ports: [{ port: 80 }] },
      { addressType: 'IPv4', endpoints: [{ addresses: ['::1', '127.0.0.1', '0.0.0.0', '1.2.3'] }] },
      { addressType: 'FQDN', endpoints: [{ addresses: ['a.b', 'A_'] }] },
      { addressType: 'X', endpoints: [] },
      { endpoints: [] },
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: [] }],
        ports: [{ name: 'a' }, { name: 'a', protocol: 'X', appProtocol: 'a b' }],
      },
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['1.2.3.4'], hostname: 'A_', nodeName: 'a b', deprecatedTopology: { 'a b': 'c' } }],
      },
    ].map((o: Fields) => ({
      ...create(`${ofGroup('discovery.k8s.io/v1')}/endpointslices?dryRun=All`, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'e' },
        ...o,
      }),
      view: pick('endpoints', 'ports', 'addressType'),
    })),
    {
      ...create(`${inNamespace}/endpoints`, {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'e' },
        subsets: [{ addresses: [{ ip: '1.2.3.4' }, { ip: '127.0.0.1' }], ports: [{ port: 0 }] }, {}],
      }),
    },
    {
      ...create(`${inNamespace}/endpoints`, {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'e' },
        subsets: [
          {
            addresses: [{ ip: '1.2.3.5' }, { ip: '1.2.3.4' }, { ip: '1.2.3.4' }],
            notReadyAddresses: [{ ip: '1.2.3.4' }],
            ports: [{ port: 81 }, { port: 80 }],
          },
          { addresses: [{ ip: '1.2.3.9' }], ports: [{ port: 80 }] },
        ],
      }),
      view: pick('subsets'),
    },
  ),
  one(
    'config maps and secrets: keys',
    ...[
      { data: { 'a b': 'x' } },
      { data: { '..': 'x' } },
      { data: { '.': 'x' } },
      { data: { '..a': 'x' } },
      { data: { ['x'.repeat(254)]: 'y' } },
      { data: { a: 'x' }, binaryData: { a: 'eA==' } },
      { binaryData: { a: 'not base64' } },
      { data: { '': 'x' } },
    ].map((o: Fields) =>
      create(`${inNamespace}/configmaps?dryRun=All`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a' },
        ...o,
      }),
    ),
  ),
  one(
    'pod templates, controllers, revisions',
    create(`${inNamespace}/podtemplates`, {
      apiVersion: 'v1',
      kind: 'PodTemplate',
      metadata: { name: 'a' },
      template: template,
    }),
    about(
      create(
        `${inNamespace}/replicationcontrollers`,
        object('v1', 'ReplicationController', { selector: { app: 'y' }, template: template }),
      ),
    ),
    about(
      create(`${inNamespace}/replicationcontrollers`, object('v1', 'ReplicationController', { template: template })),
    ),
    read(`${inNamespace}/replicationcontrollers/a/scale`),
    create(`${ofGroup('apps/v1')}/controllerrevisions`, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: 'a' },
      revision: -1,
    }),
    create(`${ofGroup('apps/v1')}/controllerrevisions`, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: 'a' },
      revision: 1,
      data: { x: 1 },
    }),
    patched(`${ofGroup('apps/v1')}/controllerrevisions/a`, { data: { x: 2 } }),
    patched(`${ofGroup('apps/v1')}/controllerrevisions/a`, { revision: 2 }),
  ),
];
