/** Probes of CronJobs, Jobs, revisions and collections of workloads over several requests. */
import type { Case, Step } from '../../harness.ts';
import {
  body,
  get,
  list,
  never,
  patch,
  pathOf,
  podSpec,
  post,
  remove,
  selector,
  table,
  template,
  time,
} from '../../probes.objects.ts';
import { at, casesOf, gone, quiet } from '../../steps.ts';

const one = casesOf('probes-kinds', 'story: ');
const set = { selector, template };
const listed = (body: unknown): unknown => at(body, 'items.*.metadata.name') ?? body;

export const jobStories: readonly Case[] = [
  one(
    'CronJob: schedules and zones',
    ...[
      { schedule: '@every 5m' },
      { schedule: '@hourly' },
      { schedule: '61 * * * *' },
      { schedule: '* * * *' },
      { schedule: 'TZ=UTC * * * * *' },
      { schedule: '*/0 * * * *' },
      { schedule: '0 0 31 2 *' },
      { schedule: '* * * * MON-FRI' },
      { schedule: '* * * * 8' },
      { schedule: '0 0 1-0 * *' },
      { schedule: '' },
      { schedule: '* * * * *', timeZone: 'Mars/Base' },
      { schedule: '* * * * *', timeZone: '' },
      { schedule: '* * * * *', timeZone: 'Local' },
      { schedule: '* * * * *', timeZone: 'utc' },
      { schedule: '* * * * *', concurrencyPolicy: 'Never' },
      {
        schedule: '* * * * *',
        startingDeadlineSeconds: -1,
        successfulJobsHistoryLimit: -1,
        failedJobsHistoryLimit: -2,
      },
    ].map(
      (spec, i): Step => ({
        ...post(
          'CronJob',
          { spec: { jobTemplate: { spec: { template: never } }, ...spec } },
          { name: `c${i}` },
          '?dryRun=All',
        ),
        view: (body) => (at(body, 'kind') === 'Status' ? body : at(body, 'spec.schedule')),
      }),
    ),
  ),
  one(
    'CronJob: its jobs may not be everything',
    ...[
      { template: { ...never, spec: { ...podSpec, restartPolicy: 'Always' } } },
      { template: { ...never, spec: podSpec } },
      { template: never, manualSelector: true },
      { template: never, selector },
      { template: never, completionMode: 'Indexed' },
      { template: never, managedBy: 'x.io/y' },
      { template: never, managedBy: 'xy' },
      { template: never, ttlSecondsAfterFinished: -1, backoffLimit: -1, activeDeadlineSeconds: 0 },
    ].map((spec) => post('CronJob', { spec: { schedule: '* * * * *', jobTemplate: { spec } } }, {}, '?dryRun=All')),
    post(
      'CronJob',
      { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: never } } } },
      { name: 'a'.repeat(53) },
      '?dryRun=All',
    ),
  ),
  one(
    'Job: what a suspended job may change',
    quiet(post('Job', { spec: { suspend: true, template: never } })),
    ...[
      { template: { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } } },
      { template: { spec: { nodeSelector: { a: 'b' } } } },
      { template: { spec: { tolerations: [{ operator: 'Exists' }] } } },
      { template: { spec: { schedulingGates: [{ name: 'x.io/g' }] } } },
      { template: { spec: { containers: [{ name: 'c', image: 'other' }] } } },
      { template: { spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '1' } } }] } } },
      { completions: 4 },
      { parallelism: 3 },
      { completionMode: 'Indexed' },
      { backoffLimit: 3, activeDeadlineSeconds: 100, ttlSecondsAfterFinished: 5 },
      { podReplacementPolicy: 'Failed' },
      { manualSelector: true },
      { managedBy: 'x.io/y' },
    ].map(
      (spec): Step => ({
        ...patch('Job', { spec }),
        view: (body) => (at(body, 'kind') === 'Status' ? body : at(body, 'metadata.generation')),
      }),
    ),
  ),
  one(
    'Job: managed by another, whose status says how it went',
    post('Job', { spec: { managedBy: 'x.io/me', completions: 2, template: never } }),
    patch('Job', { status: { startTime: time, active: 1, ready: 1 } }, 'merge', '/status'),
    patch('Job', { status: { succeeded: 2, active: 0, ready: 0, completionTime: time } }, 'merge', '/status'),
    patch(
      'Job',
      {
        status: {
          succeeded: 2,
          active: 0,
          ready: 0,
          completionTime: time,
          conditions: [
            { type: 'SuccessCriteriaMet', status: 'True', lastProbeTime: time, lastTransitionTime: time },
            { type: 'Complete', status: 'True', lastProbeTime: time, lastTransitionTime: time },
          ],
        },
      },
      'merge',
      '/status',
    ),
    table(get('Job')),
    patch('Job', { status: { conditions: [] } }, 'merge', '/status'),
    patch('Job', { spec: { parallelism: 4 } }),
    remove('Job'),
    { ...get('Job'), until: gone },
  ),
  one(
    'ControllerRevision and PodTemplate: a life',
    {
      path: pathOf('ControllerRevision'),
      body: {
        apiVersion: 'apps/v1',
        kind: 'ControllerRevision',
        metadata: { name: 'a' },
        data: { x: [1] },
        revision: 1,
      },
    },
    patch('ControllerRevision', { revision: 2 }),
    patch('ControllerRevision', { data: { x: [2] } }),
    patch('ControllerRevision', { revision: -1 }),
    table(get('ControllerRevision')),
    post('PodTemplate', { template }),
    patch('PodTemplate', { template: { spec: { containers: [{ name: 'Bad_', image: '' }] } } }),
    patch('PodTemplate', { template: { metadata: { labels: { a: 'b' } } } }, 'strategic'),
    table(get('PodTemplate')),
    remove('PodTemplate'),
  ),
  one(
    'collections: made, listed by labels, deleted by labels',
    ...['a', 'b', 'c'].map((name) =>
      quiet(post('ReplicaSet', { spec: { ...set, replicas: 0 } }, { name, labels: { n: name, all: 'y' } })),
    ),
    { ...list('ReplicaSet', '?labelSelector=n in (a,b)'.replaceAll(' ', '%20')), view: listed },
    { ...list('ReplicaSet', '?labelSelector=n!=a&fieldSelector=metadata.name!=b'), view: listed },
    { ...list('ReplicaSet', '?fieldSelector=status.replicas=0'), view: listed },
    { ...list('ReplicaSet', '?fieldSelector=spec.replicas=0'), view: listed },
    { method: 'DELETE', path: `${pathOf('ReplicaSet')}?labelSelector=n=a&dryRun=All`, view: listed },
    { method: 'DELETE', path: `${pathOf('ReplicaSet')}?labelSelector=n=a`, view: listed },
    {
      method: 'DELETE',
      path: `${pathOf('ReplicaSet')}?labelSelector=all=y&fieldSelector=metadata.name=c`,
      view: listed,
    },
    { ...list('ReplicaSet'), until: ({ body }) => (at(body, 'items') as unknown[]).length === 1, view: listed },
  ),
  one(
    'kinds that take no such thing',
    quiet(post('ConfigMap', { data: { a: 'b' } })),
    get('ConfigMap', '/status'),
    get('ConfigMap', '/scale'),
    get('DaemonSet', '/scale'),
    patch('ConfigMap', {}, 'merge', '/status'),
    { path: `${pathOf('Deployment')}/a/rollback`, body: body('Deployment', {}) },
    { method: 'PUT', path: pathOf('ConfigMap'), body: body('ConfigMap', {}) },
    { method: 'PATCH', path: pathOf('ConfigMap'), body: {}, type: 'application/merge-patch+json' },
    { path: `${pathOf('ConfigMap')}/a`, body: body('ConfigMap', {}) },
  ),
];
