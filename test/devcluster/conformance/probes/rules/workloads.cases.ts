/** Services, workloads and jobs. */
import type { Case, Step } from '../../harness.ts';
import { patched, podSpec, selector, template } from '../../probes.things.ts';
import { at, create, type Fields, pick, quiet, read } from '../../steps.ts';
import {
  about,
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  object,
  one,
  replicaSets,
  services,
  statefulSets,
} from './shared.ts';

/** Addresses and ports of nodes are given out by chance. */
const unaddressed = (step: Step): Step => ({
  ...step,
  view: (body) => (at(body, 'kind') === 'Status' ? body : unnumbered(at(body, 'spec'))),
});

const unnumbered = (spec: unknown): unknown =>
  JSON.parse(
    JSON.stringify(spec, (key, value: unknown) =>
      ['nodePort', 'healthCheckNodePort', 'clusterIP'].includes(key) && value !== 'None'
        ? Boolean(value)
        : key === 'clusterIPs'
          ? (value as unknown[]).length
          : value,
    ),
  );

const service = (spec: Fields, name = 'a') => unaddressed(create(services, object('v1', 'Service', spec, name)));

const p80 = [{ port: 80 }];

const never = { spec: { ...podSpec, restartPolicy: 'Never' } };

export const workloadRules: readonly Case[] = [
  one(
    'service: kinds of it',
    service({ ports: p80 }),
    service({ ports: p80, clusterIP: 'None' }, 'b'),
    service({ type: 'ExternalName', externalName: 'x.example.com' }, 'c'),
    service({ type: 'LoadBalancer', ports: p80, externalTrafficPolicy: 'Local' }, 'd'),
    service({ type: 'NodePort', ports: [{ port: 80 }, { port: 81 }] }, 'e'),
    service({ clusterIP: 'None' }, 'f'),
    service({ type: 'ExternalName', ports: p80 }, 'g'),
    service({ ports: p80, sessionAffinity: 'ClientIP' }, 'h'),
    service({ ports: p80, ipFamilyPolicy: 'RequireDualStack' }, 'i'),
    service({ ports: p80, ipFamilies: ['IPv6'] }, 'j'),
  ),
  one(
    'service: changes',
    service({ ports: p80, selector: { a: 'b' } }),
    unaddressed(patched(`${services}/a`, { spec: { type: 'NodePort' } })),
    unaddressed(patched(`${services}/a`, { spec: { type: 'LoadBalancer', loadBalancerClass: 'x.io/y' } })),
    unaddressed(patched(`${services}/a`, { spec: { loadBalancerClass: 'x.io/z' } })),
    unaddressed(patched(`${services}/a`, { spec: { type: 'ClusterIP' } })),
    unaddressed(patched(`${services}/a`, { spec: { type: 'ClusterIP', loadBalancerClass: null } })),
    unaddressed(patched(`${services}/a`, { spec: { clusterIP: 'None' } })),
    unaddressed(patched(`${services}/a`, { spec: { type: 'ExternalName', externalName: 'e.x' } })),
    unaddressed(
      patched(`${services}/a`, {
        spec: { type: 'ExternalName', externalName: 'e.x', clusterIP: '', clusterIPs: null },
      }),
    ),
    unaddressed(patched(`${services}/a`, { spec: { ports: [] } })),
  ),
  one(
    'deployment: updates',
    quiet(create(deployments, object('apps/v1', 'Deployment', { selector: selector, template: template }))),
    about(patched(`${deployments}/a`, { spec: { selector: { matchLabels: { app: 'y' } } } })),
    about(patched(`${deployments}/a`, { spec: { template: { metadata: { labels: { app: 'z' } } } } })),
    about(patched(`${deployments}/a`, { spec: { strategy: { type: 'Recreate' } } })),
    about(patched(`${deployments}/a`, { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } })),
    about(
      patched(`${deployments}/a`, {
        spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      }),
    ),
    about(patched(`${deployments}/a`, { spec: { replicas: -1 } })),
    about(patched(`${deployments}/a`, { spec: { minReadySeconds: 700 } })),
    about(patched(`${deployments}/a`, { spec: { template: { spec: { restartPolicy: 'OnFailure' } } } })),
    about(patched(`${deployments}/a`, { spec: { template: { spec: { containers: [] } } } })),
    about(patched(`${deployments}/a`, { metadata: { annotations: { 'deployment.kubernetes.io/revision': '3' } } })),
  ),
  one(
    'statefulset: updates',
    about(
      create(
        statefulSets,
        object('apps/v1', 'StatefulSet', {
          selector: selector,
          template: template,
          serviceName: 's',
          volumeClaimTemplates: [
            {
              metadata: { name: 'v' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          ],
        }),
      ),
    ),
    about(patched(`${statefulSets}/a`, { spec: { serviceName: 't' } })),
    about(patched(`${statefulSets}/a`, { spec: { replicas: 3 } })),
    about(patched(`${statefulSets}/a`, { spec: { podManagementPolicy: 'Parallel' } })),
    about(patched(`${statefulSets}/a`, { spec: { updateStrategy: { type: 'OnDelete' } } })),
    about(patched(`${statefulSets}/a`, { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } })),
    about(patched(`${statefulSets}/a`, { spec: { volumeClaimTemplates: [] } })),
    about(patched(`${statefulSets}/a`, { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } })),
    about(patched(`${statefulSets}/a`, { spec: { ordinals: { start: 5 } } })),
    about(patched(`${statefulSets}/a`, { spec: { revisionHistoryLimit: 3, minReadySeconds: 2 } })),
    about(patched(`${statefulSets}/a/status`, { status: { replicas: 2, readyReplicas: 3 } })),
    about(
      patched(`${statefulSets}/a/status`, {
        status: { replicas: 2, readyReplicas: 1, currentRevision: 'x', collisionCount: -1 },
      }),
    ),
  ),
  one(
    'daemonset: updates',
    about(create(daemonSets, object('apps/v1', 'DaemonSet', { selector: selector, template: template }))),
    about(patched(`${daemonSets}/a`, { spec: { selector: { matchLabels: { app: 'y' } } } })),
    about(
      patched(`${daemonSets}/a`, {
        spec: { updateStrategy: { rollingUpdate: { maxUnavailable: '30%', maxSurge: 1 } } },
      }),
    ),
    about(patched(`${daemonSets}/a`, { spec: { updateStrategy: { type: 'OnDelete' } } })),
    about(patched(`${daemonSets}/a`, { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } })),
    about(
      patched(`${daemonSets}/a/status`, {
        status: { currentNumberScheduled: 1, numberMisscheduled: 0, desiredNumberScheduled: 2, numberReady: -1 },
      }),
    ),
    read(`${daemonSets}/a/scale`),
  ),
  one(
    'replicaset: updates and scale',
    about(create(replicaSets, object('apps/v1', 'ReplicaSet', { selector: selector, template: template }))),
    about(patched(`${replicaSets}/a`, { spec: { selector: { matchLabels: { app: 'y' } } } })),
    about(patched(`${replicaSets}/a`, { spec: { template: { metadata: { labels: { app: 'q' } } } } })),
    about(patched(`${replicaSets}/a/scale`, { spec: { replicas: 2 } })),
    read(`${replicaSets}/a/scale`),
    about(patched(`${replicaSets}/a/status`, { status: { replicas: 1, availableReplicas: 2 } })),
    about(patched(`${replicaSets}/a/scale`, { spec: { replicas: -2 } })),
    about(patched(`${replicaSets}/a/scale`, { metadata: { name: 'b' } })),
  ),
  one(
    'job: refused and defaulted',
    ...[
      { completions: -1 },
      { parallelism: -1 },
      { backoffLimit: -1 },
      { activeDeadlineSeconds: -5 },
      { ttlSecondsAfterFinished: -1 },
      { completionMode: 'Indexed' },
      { completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 1, maxFailedIndexes: 5 },
      { completionMode: 'Weird' },
      { podFailurePolicy: { rules: [{ action: 'Ignore' }] } },
      { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [0, 1, 1] } }] } },
      { successPolicy: { rules: [{ succeededCount: 1 }] } },
      { managedBy: 'x' },
      { managedBy: 'x.io/y' },
      { selector: selector },
      { manualSelector: true },
      { podReplacementPolicy: 'Failed', podFailurePolicy: { rules: [] } },
      { suspend: true },
    ].map((s: Fields) => ({
      ...create(`${jobs}?dryRun=All`, object('batch/v1', 'Job', { template: never, ...s })),
      view: pick(
        'spec.completions',
        'spec.parallelism',
        'spec.backoffLimit',
        'spec.completionMode',
        'spec.suspend',
        'spec.podReplacementPolicy',
      ),
    })),
    about(create(`${jobs}?dryRun=All`, object('batch/v1', 'Job', { template: template }))),
    about(create(`${jobs}?dryRun=All`, object('batch/v1', 'Job', {}))),
  ),
  one(
    'cronjob',
    ...[
      '* * * *',
      '@hourly',
      '@every 5m',
      '61 * * * *',
      'TZ=UTC * * * * *',
      '',
      '0 0 31 2 *',
      '*/0 * * * *',
      'a b c d e',
    ].map((schedule) => ({
      ...create(
        `${cronJobs}?dryRun=All`,
        object('batch/v1', 'CronJob', { schedule, jobTemplate: { spec: { template: never } } }),
      ),
      view: pick('spec'),
    })),
    about(
      create(
        `${cronJobs}?dryRun=All`,
        object('batch/v1', 'CronJob', {
          schedule: '* * * * *',
          timeZone: 'Mars/Olympus',
          concurrencyPolicy: 'Sometimes',
          startingDeadlineSeconds: -1,
          successfulJobsHistoryLimit: -1,
          failedJobsHistoryLimit: -1,
          jobTemplate: { spec: { template: never, selector: selector } },
        }),
      ),
    ),
    about(
      create(
        `${cronJobs}?dryRun=All`,
        object('batch/v1', 'CronJob', {
          schedule: '* * * * *',
          timeZone: 'Local',
          jobTemplate: { spec: { template: never } },
        }),
      ),
    ),
    about(
      create(
        `${cronJobs}?dryRun=All`,
        object(
          'batch/v1',
          'CronJob',
          { schedule: '* * * * *', jobTemplate: { spec: { template: never } } },
          'x'.repeat(53),
        ),
      ),
    ),
  ),
];
