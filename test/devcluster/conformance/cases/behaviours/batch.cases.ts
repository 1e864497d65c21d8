/** Jobs and cron jobs. */
import type { Case } from '../../harness.ts';
import { type Fields, quiet } from '../../steps.ts';
import { area, get, patch, post, status, template, time } from './shared.ts';

const never = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };

const job = (more: Fields = {}): Fields => ({ spec: { managedBy: 'example.com/x', template: never, ...more } });

const done = (type: string, value = 'True'): Fields => ({
  type,
  status: value,
  reason: 'R',
  message: 'm',
  lastProbeTime: time,
  lastTransitionTime: time,
});

export const batch: Case[] = [
  area('Job: defaults', post('Job', job()), get('Job', '/status')),
  area(
    'Job: what may change',
    quiet(post('Job', job({ completions: 3, parallelism: 2 }))),
    patch('Job', { spec: { parallelism: 5 } }),
    patch('Job', { spec: { completions: 4 } }),
    patch('Job', { spec: { template: { spec: { containers: [{ name: 'c', image: 'other' }] } } } }),
    patch('Job', { spec: { suspend: true } }),
    patch('Job', { spec: { template: { metadata: { labels: { x: 'y' } } } } }),
    patch('Job', { spec: { activeDeadlineSeconds: 10, backoffLimit: 3, ttlSecondsAfterFinished: 1 } }),
    patch('Job', { spec: { completionMode: 'Indexed' } }),
    patch('Job', { spec: { managedBy: 'other.com/y' } }),
    patch('Job', { spec: { podFailurePolicy: { rules: [] } } }),
  ),
  area(
    'Job: suspended',
    quiet(post('Job', job({ suspend: true }))),
    patch('Job', { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } }),
    patch('Job', {
      spec: {
        template: { spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '1' } } }] } },
      },
    }),
    patch('Job', { spec: { template: { spec: { containers: [{ name: 'c', image: 'z' }] } } } }),
    patch('Job', {
      spec: { template: { spec: { tolerations: [{ operator: 'Exists' }] }, metadata: { labels: { q: 'r' } } } },
    }),
    patch('Job', { spec: { suspend: false } }),
    patch('Job', { spec: { template: { spec: { nodeSelector: null } } } }),
  ),
  area(
    'Job: indexed',
    post(
      'Job',
      job({ completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 1, maxFailedIndexes: 2 }),
    ),
    patch('Job', { spec: { completions: 5, parallelism: 5 } }),
    patch('Job', { spec: { completions: 6 } }),
    patch('Job', { spec: { backoffLimitPerIndex: 3 } }),
  ),
  area(
    'Job: status',
    quiet(post('Job', job())),
    status('Job', { active: 1, startTime: time, uncountedTerminatedPods: {} }),
    status('Job', { active: -1 }),
    status('Job', { succeeded: -1, failed: -1 }),
    status('Job', { startTime: null }),
    status('Job', { conditions: [done('Complete')], completionTime: time }),
    status('Job', {
      conditions: [done('SuccessCriteriaMet'), done('Complete')],
      completionTime: time,
      active: 0,
      succeeded: 1,
    }),
    status('Job', { conditions: [done('Failed')] }),
    status('Job', { conditions: null }),
  ),
  area(
    'Job: status of a failure',
    quiet(post('Job', job())),
    status('Job', { startTime: time, conditions: [done('FailureTarget'), done('Failed')], completionTime: time }),
    status('Job', {
      startTime: time,
      uncountedTerminatedPods: {},
      conditions: [done('FailureTarget'), done('Failed')],
    }),
    status('Job', { conditions: [done('FailureTarget'), done('Failed', 'False')] }),
  ),
  area(
    'Job: labels and selectors',
    post('Job', job({ manualSelector: true, selector: { matchLabels: { app: 'x' } } })),
    patch('Job', { spec: { selector: { matchLabels: { app: 'y' } } } }),
    patch('Job', { spec: { manualSelector: false } }),
  ),
  area(
    'CronJob',
    post('CronJob', { spec: { schedule: '0 * * * *', jobTemplate: { spec: { template: never } } } }),
    patch('CronJob', {
      spec: {
        schedule: '@daily',
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        suspend: true,
        startingDeadlineSeconds: 5,
      },
    }),
    patch('CronJob', { spec: { schedule: 'CRON_TZ=UTC 0 * * * *' } }),
    patch('CronJob', { spec: { schedule: '61 * * * *' } }),
    patch('CronJob', { spec: { timeZone: 'utc/../x' } }),
    patch('CronJob', { spec: { successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: null } }),
    status('CronJob', { lastScheduleTime: time, active: [{ kind: 'Job', name: 'j' }] }),
    get('CronJob'),
  ),
];
