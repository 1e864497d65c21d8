/** Tables of builtin kinds, as kubectl prints them. */
import type { Case } from '../../harness.ts';
import { patched, podSpec, selector, tables, template } from '../../probes.things.ts';
import { create, inNamespace, ofGroup, pick, quiet, read } from '../../steps.ts';
import { pod, pods, reads } from './shared.ts';

export const tablesAsked: readonly Case[] = [
  reads(
    'tables of kinds',
    ...[
      [
        'services',
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'x' },
          spec: {
            clusterIP: 'None',
            ports: [
              { port: 80, name: 'a' },
              { port: 81, name: 'b', protocol: 'UDP' },
            ],
          },
        },
      ],
      [
        'persistentvolumeclaims',
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'x' },
          spec: { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
      ['resourcequotas', { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'x' } }],
      ['podtemplates', { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'x' }, template }],
      [
        'replicationcontrollers',
        {
          apiVersion: 'v1',
          kind: 'ReplicationController',
          metadata: { name: 'x' },
          spec: { replicas: 0, selector: { app: 'x' }, template },
        },
      ],
    ].flatMap(([p, b]) => [
      quiet(create(`${inNamespace}/${p}`, b)),
      read(`${inNamespace}/${p}/x`, {
        headers: tables,
        view: pick('columnDefinitions.*.name', 'columnDefinitions.*.priority', 'rows.*.cells'),
      }),
    ]),
  ),
  reads(
    'tables of groups',
    ...[
      [
        'apps/v1',
        'statefulsets',
        {
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          metadata: { name: 'x' },
          spec: { serviceName: 's', replicas: 0, selector, template },
        },
      ],
      [
        'apps/v1',
        'daemonsets',
        { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x' }, spec: { selector, template } },
      ],
      [
        'batch/v1',
        'cronjobs',
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: { name: 'x' },
          spec: {
            schedule: '@daily',
            suspend: true,
            jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } },
          },
        },
      ],
      [
        'networking.k8s.io/v1',
        'networkpolicies',
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'x' },
          spec: { podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b', 'c'] }] } },
        },
      ],
      [
        'networking.k8s.io/v1',
        'ingresses',
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'Ingress',
          metadata: { name: 'x' },
          spec: { tls: [{ hosts: ['a.b'] }], defaultBackend: { service: { name: 's', port: { name: 'web' } } } },
        },
      ],
      [
        'policy/v1',
        'poddisruptionbudgets',
        {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'x' },
          spec: { maxUnavailable: 1, selector },
        },
      ],
      [
        'coordination.k8s.io/v1',
        'leases',
        {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name: 'x' },
          spec: { holderIdentity: 'me' },
        },
      ],
      [
        'autoscaling/v1',
        'horizontalpodautoscalers',
        {
          apiVersion: 'autoscaling/v1',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'x' },
          spec: {
            maxReplicas: 2,
            scaleTargetRef: { kind: 'Deployment', name: 'd' },
            targetCPUUtilizationPercentage: 50,
          },
        },
      ],
      [
        'discovery.k8s.io/v1',
        'endpointslices',
        {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { name: 'x' },
          addressType: 'IPv4',
          endpoints: [{ addresses: ['1.2.3.4'] }, { addresses: ['1.2.3.5'] }],
          ports: [{ port: 80, name: '' }],
        },
      ],
    ].flatMap(([g, p, b]) => [
      quiet(create(`${ofGroup(g as string)}/${p}`, b)),
      read(`${ofGroup(g as string)}/${p}/x`, {
        headers: tables,
        view: pick('columnDefinitions.*.name', 'rows.*.cells'),
      }),
    ]),
  ),
  reads(
    'pods by their columns',
    quiet(
      create(
        pods,
        pod('p', {
          containers: [
            { name: 'a', image: 'a' },
            { name: 'b', image: 'b' },
          ],
          readinessGates: [{ conditionType: 'x.io/y' }],
        }),
      ),
    ),
    ...[
      {
        phase: 'Running',
        containerStatuses: [
          { name: 'a', ready: true, restartCount: 3, image: '', imageID: '', state: { running: {} } },
          {
            name: 'b',
            ready: false,
            restartCount: 0,
            image: '',
            imageID: '',
            state: { waiting: { reason: 'CrashLoopBackOff' } },
          },
        ],
      },
      { phase: 'Failed', reason: 'Evicted' },
      {
        phase: 'Succeeded',
        containerStatuses: [
          {
            name: 'a',
            ready: false,
            restartCount: 0,
            image: '',
            imageID: '',
            state: { terminated: { exitCode: 0, reason: 'Completed' } },
          },
        ],
      },
      {
        phase: 'Running',
        containerStatuses: [
          { name: 'a', ready: false, restartCount: 0, image: '', imageID: '', state: { terminated: { exitCode: 2 } } },
          {
            name: 'b',
            ready: false,
            restartCount: 0,
            image: '',
            imageID: '',
            state: { terminated: { exitCode: 0, signal: 9 } },
          },
        ],
      },
      { phase: 'Unknown' },
    ].flatMap((status) => [
      quiet(
        patched(
          `${pods}/p/status`,
          { status: { reason: null, containerStatuses: null, ...status } },
          'application/merge-patch+json',
        ),
      ),
      read(`${pods}/p`, { headers: tables, view: pick('rows.*.cells') }),
    ]),
  ),
  reads(
    'nodes by their columns',
    quiet(
      create('/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: '{ns}',
          labels: {
            'node-role.kubernetes.io/worker': '',
            'node-role.kubernetes.io/gpu': 'x',
            'kubernetes.io/role': 'old',
          },
        },
        spec: { unschedulable: true },
      }),
    ),
    quiet(
      patched(
        '/api/v1/nodes/{ns}/status',
        {
          status: {
            conditions: [{ type: 'Ready', status: 'True' }],
            addresses: [{ type: 'InternalIP', address: '1.2.3.4' }],
            nodeInfo: {
              kubeletVersion: 'v1',
              osImage: 'os',
              kernelVersion: 'k',
              containerRuntimeVersion: 'c',
              machineID: '',
              systemUUID: '',
              bootID: '',
              kubeProxyVersion: '',
              operatingSystem: '',
              architecture: '',
            },
          },
        },
        'application/merge-patch+json',
      ),
    ),
    read('/api/v1/nodes/{ns}', { headers: tables, view: pick('rows.*.cells') }),
  ),
];
