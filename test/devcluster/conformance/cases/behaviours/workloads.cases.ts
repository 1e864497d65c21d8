/** Workloads. */
import type { Case } from '../../harness.ts';
import { quiet } from '../../steps.ts';
import { area, get, patch, post, put, selector, status, template } from './shared.ts';

const deployment = { spec: { selector, template } };

export const workloads: Case[] = [
  area(
    'Deployment: generations',
    post('Deployment', deployment),
    patch('Deployment', { metadata: { labels: { a: 'b' } } }),
    patch('Deployment', { spec: { replicas: 2 } }),
    patch('Deployment', { spec: { replicas: 2 } }),
    status('Deployment', { observedGeneration: 2, replicas: 2 }),
    patch('Deployment', { metadata: { annotations: { a: 'b' } } }),
    put('Deployment', deployment),
    get('Deployment', '/scale'),
  ),
  area(
    'Deployment: status that is wrong',
    quiet(post('Deployment', deployment)),
    status('Deployment', { replicas: -1, readyReplicas: 5, availableReplicas: 9 }),
    status('Deployment', { observedGeneration: -1 }),
    status('Deployment', { replicas: 1, updatedReplicas: 2 }),
    status('Deployment', { conditions: [{ type: 'X', status: 'Maybe' }] }),
    status('Deployment', { collisionCount: -1 }),
    status('Deployment', { replicas: 'x' }),
  ),
  area(
    'Deployment: strategies',
    quiet(post('Deployment', deployment)),
    patch('Deployment', { spec: { strategy: { type: 'Recreate' } } }),
    patch('Deployment', { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }),
    patch('Deployment', { spec: { strategy: { type: 'RollingUpdate' } } }),
    patch('Deployment', { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } }),
    patch('Deployment', { spec: { minReadySeconds: 700 } }),
    patch('Deployment', { spec: { progressDeadlineSeconds: null } }),
  ),
  area(
    'Deployment: template',
    quiet(post('Deployment', deployment)),
    patch('Deployment', {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'c',
                image: 'x',
                ports: [
                  { containerPort: 80, name: 'http' },
                  { containerPort: 81, name: 'http' },
                ],
              },
            ],
          },
        },
      },
    }),
    patch('Deployment', { spec: { template: { metadata: { labels: { app: 'y' } } } } }),
    patch('Deployment', {
      spec: {
        template: {
          spec: { serviceAccountName: 'x', nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }] },
        },
      },
    }),
    patch('Deployment', {
      spec: {
        template: {
          spec: { hostNetwork: true, containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80 }] }] },
        },
      },
    }),
    patch('Deployment', {
      spec: {
        template: {
          spec: {
            volumes: [{ name: 'v' }],
            containers: [{ name: 'c', image: 'x', volumeMounts: [{ name: 'w', mountPath: '/x' }] }],
          },
        },
      },
    }),
  ),
  area(
    'ReplicaSet',
    post('ReplicaSet', { spec: { selector, template } }),
    patch('ReplicaSet', { spec: { replicas: 0 } }),
    status('ReplicaSet', { replicas: -1 }),
    status('ReplicaSet', { replicas: 1, readyReplicas: 2, fullyLabeledReplicas: 3 }),
    get('ReplicaSet', '/scale'),
    patch('ReplicaSet', { spec: { template: { metadata: { labels: { app: 'z' } } } } }),
  ),
  area(
    'ReplicationController',
    post('ReplicationController', { spec: { template } }),
    patch('ReplicationController', { spec: { replicas: 3 } }),
    get('ReplicationController', '/scale'),
    patch('ReplicationController', { spec: { replicas: 5 } }, '/scale'),
    status('ReplicationController', { replicas: 2, readyReplicas: 3 }),
  ),
  area(
    'StatefulSet',
    post('StatefulSet', { spec: { serviceName: 's', selector, template } }),
    patch('StatefulSet', { spec: { serviceName: 't' } }),
    patch('StatefulSet', { spec: { updateStrategy: { rollingUpdate: { partition: 3 } } } }),
    patch('StatefulSet', {
      spec: {
        volumeClaimTemplates: [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    }),
    patch('StatefulSet', { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } }),
    patch('StatefulSet', { spec: { ordinals: { start: 2 } } }),
    patch('StatefulSet', { spec: { selector: { matchLabels: { app: 'y' } } } }),
    status('StatefulSet', { replicas: 3, readyReplicas: 4, currentReplicas: 5 }),
    status('StatefulSet', { replicas: -3 }),
    get('StatefulSet', '/scale'),
  ),
  area(
    'StatefulSet: claims',
    post('StatefulSet', {
      spec: {
        serviceName: 's',
        selector,
        template,
        volumeClaimTemplates: [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    }),
    patch('StatefulSet', { spec: { volumeClaimTemplates: null } }),
  ),
  area(
    'DaemonSet',
    post('DaemonSet', { spec: { selector, template } }),
    patch('DaemonSet', { spec: { template: { spec: { containers: [{ name: 'c', image: 'y' }] } } } }),
    patch('DaemonSet', { spec: { updateStrategy: { type: 'OnDelete' } } }),
    patch('DaemonSet', { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }),
    status('DaemonSet', { currentNumberScheduled: -1, numberReady: -2 }),
    patch('DaemonSet', { spec: { selector: { matchLabels: { a: 'b' } } } }),
    patch('DaemonSet', { spec: { template: { spec: { restartPolicy: 'Never' } } } }),
  ),
];
