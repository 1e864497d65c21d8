/** Workloads as a table. */
import type { Case } from '../../harness.ts';
import type { Fields } from '../../steps.ts';
import { labels, selector, shown, template, time } from './shared.ts';

const deployment = { spec: { replicas: 3, selector, template } };

const revision = { spec: { replicas: 2, selector, template } };

const job = (spec: Fields = {}): Fields => ({
  spec: {
    ...spec,
    suspend: true,
    template: { spec: { restartPolicy: 'Never', containers: template.spec.containers } },
  },
});

export const workloadColumns: Case[] = [
  shown('new', 'apps/v1', 'deployments', 'Deployment', deployment),
  shown('rolling', 'apps/v1', 'deployments', 'Deployment', deployment, {
    replicas: 4,
    readyReplicas: 2,
    updatedReplicas: 1,
    availableReplicas: 2,
  }),
  shown('scaled to none', 'apps/v1', 'deployments', 'Deployment', {
    spec: {
      replicas: 0,
      selector: {
        matchExpressions: [
          { key: 'app', operator: 'In', values: ['x', 'y'] },
          { key: 'z', operator: 'DoesNotExist' },
        ],
      },
      template,
    },
  }),
  shown('ready', 'apps/v1', 'replicasets', 'ReplicaSet', revision, { replicas: 2, readyReplicas: 1 }),
  shown(
    'ready',
    'apps/v1',
    'statefulsets',
    'StatefulSet',
    { spec: { ...revision.spec, serviceName: 's' } },
    { replicas: 2, readyReplicas: 1 },
  ),
  shown(
    'ready',
    'apps/v1',
    'daemonsets',
    'DaemonSet',
    { spec: { selector, template: { ...template, spec: { ...template.spec, nodeSelector: { a: 'b', c: 'd' } } } } },
    {
      desiredNumberScheduled: 3,
      currentNumberScheduled: 2,
      numberReady: 1,
      numberMisscheduled: 0,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
    },
  ),
  shown(
    'ready',
    'v1',
    'replicationcontrollers',
    'ReplicationController',
    { spec: { replicas: 2, selector: labels, template } },
    { replicas: 2, readyReplicas: 1 },
  ),
  shown('data', 'apps/v1', 'controllerrevisions', 'ControllerRevision', {
    revision: 3,
    data: { a: 1 },
  }),
  shown('suspended', 'batch/v1', 'jobs', 'Job', job({ completions: 5, parallelism: 2, managedBy: 'example.com/x' })),
  shown('without completions', 'batch/v1', 'jobs', 'Job', job({ parallelism: 3, managedBy: 'example.com/x' })),
  shown('complete', 'batch/v1', 'jobs', 'Job', job({ managedBy: 'example.com/x' }), {
    startTime: time,
    completionTime: '2026-01-02T03:05:10Z',
    succeeded: 1,
    uncountedTerminatedPods: {},
    conditions: [
      { type: 'SuccessCriteriaMet', status: 'True', reason: 'r', message: 'm' },
      { type: 'Complete', status: 'True', reason: 'r', message: 'm' },
    ],
  }),
  shown('failed', 'batch/v1', 'jobs', 'Job', job({ managedBy: 'example.com/x' }), {
    startTime: time,
    failed: 1,
    uncountedTerminatedPods: {},
    conditions: [
      { type: 'FailureTarget', status: 'True', reason: 'r', message: 'm' },
      { type: 'Failed', status: 'True', reason: 'r', message: 'm' },
    ],
  }),
  shown('failure is near', 'batch/v1', 'jobs', 'Job', job({ managedBy: 'example.com/x' }), {
    startTime: time,
    conditions: [{ type: 'FailureTarget', status: 'True', reason: 'r', message: 'm' }],
  }),
  shown(
    'zone, active',
    'batch/v1',
    'cronjobs',
    'CronJob',
    {
      spec: {
        schedule: '*/5 * * * *',
        timeZone: 'Europe/Berlin',
        suspend: true,
        jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: template.spec.containers } } } },
      },
    },
    { active: [{ kind: 'Job', name: 'j' }], lastScheduleTime: time },
  ),
];
