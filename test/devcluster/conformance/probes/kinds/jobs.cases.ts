/** Jobs and cron jobs. */
import type { Case } from '../../harness.ts';
import { get, never, patch, post, selector, table, template, time } from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { one } from './shared.ts';

export const jobs: Case[] = [
  one(
    'Job: selector',
    post('Job', { spec: { suspend: true, template: never, selector } }),
    post('Job', { spec: { suspend: true, template: never, selector, manualSelector: true } }, { name: 'b' }),
  ),
  one(
    'Job: labels of another',
    post('Job', { spec: { suspend: true, template: { ...never, metadata: { labels: { 'job-name': 'zz' } } } } }),
  ),
  one('Job: always restarts', post('Job', { spec: { template } })),
  one(
    'Job: indexed',
    post('Job', { spec: { suspend: true, completionMode: 'Indexed', template: never } }),
    post('Job', { spec: { suspend: true, completionMode: 'Indexed', completions: 3, template: never } }, { name: 'b' }),
  ),
  one(
    'Job: deadlines',
    post('Job', {
      spec: { suspend: true, activeDeadlineSeconds: 0, ttlSecondsAfterFinished: 0, backoffLimit: 0, template: never },
    }),
    post('Job', { spec: { suspend: true, backoffLimit: -1, template: never } }, { name: 'b' }),
  ),
  one(
    'CronJob: made',
    post('CronJob', { spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: never } } } }),
    table(get('CronJob')),
    patch('CronJob', { spec: { suspend: true } }),
    table(get('CronJob')),
    patch('CronJob', { spec: { schedule: 'nope' } }),
    patch('CronJob', { spec: { timeZone: 'Nope/Zone' } }),
    patch('CronJob', { spec: { timeZone: 'Europe/Berlin' } }),
    table(get('CronJob')),
  ),
  one(
    'CronJob: schedules',
    ...[
      '@daily',
      '@every 1h',
      '* * * *',
      '60 * * * *',
      'TZ=UTC 0 0 * * *',
      'CRON_TZ=UTC 0 0 * * *',
      '0 0 31 2 *',
      '*/0 * * * *',
      '1-5/2 * * * *',
      '0 0 * * MON-FRI',
      '@reboot',
      '',
    ].map((schedule) =>
      post('CronJob', { spec: { schedule, jobTemplate: { spec: { template: never } } } }, {}, '?dryRun=All'),
    ),
  ),
  one(
    'CronJob: names',
    post(
      'CronJob',
      { spec: { schedule: '@daily', jobTemplate: { spec: { template: never } } } },
      { name: 'x'.repeat(53) },
    ),
    post('CronJob', { spec: { schedule: '@daily', jobTemplate: { spec: { template: never } } } }, { name: 'UPPER' }),
  ),
  one(
    'CronJob: status',
    quiet(post('CronJob', { spec: { schedule: '@daily', jobTemplate: { spec: { template: never } } } })),
    patch(
      'CronJob',
      { status: { lastScheduleTime: time, active: [{ kind: 'Job', name: 'j', namespace: '{ns}' }] } },
      'merge',
      '/status',
    ),
    table(get('CronJob')),
  ),
  one(
    'CronJob: limits',
    post('CronJob', {
      spec: {
        schedule: '@daily',
        successfulJobsHistoryLimit: -1,
        failedJobsHistoryLimit: -1,
        startingDeadlineSeconds: -1,
        concurrencyPolicy: 'Nope',
        jobTemplate: { spec: { template: never } },
      },
    }),
  ),
];
