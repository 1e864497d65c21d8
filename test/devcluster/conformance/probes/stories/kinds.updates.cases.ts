/** Probes of updates that people make every day to workloads: by strategic merge, apply and JSON patch. */
import type { Case, Step } from '../../harness.ts';
import { apply, container, get, never, patch, post, remove, selector, table, template } from '../../probes.objects.ts';
import { at, casesOf, type Fields, gone, pick, quiet } from '../../steps.ts';

const one = casesOf('probes-kinds', 'updates: ');
const shown = (step: Step, ...paths: string[]): Step => ({ ...step, view: pick(...paths) });
const spec = (step: Step): Step => shown(step, 'spec', 'metadata.generation');
const tpl = (change: Fields): Fields => ({ spec: { template: { spec: change } } });
const now = '2026-02-03T04:05:06Z';
const made = (kind: string, fields: Fields): Step => quiet(post(kind, fields));
const deployment = made('Deployment', { spec: { selector, template } });

export const updateStories: readonly Case[] = [
  one(
    'rollout restart, image, env, undo',
    deployment,
    spec(
      patch(
        'Deployment',
        { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': now } } } } },
        'strategic',
      ),
    ),
    spec(patch('Deployment', tpl({ containers: [{ name: 'c', image: 'nginx:2' }] }), 'strategic')),
    spec(patch('Deployment', tpl({ containers: [{ name: 'c', env: [{ name: 'A', value: 'b' }] }] }), 'strategic')),
    spec(patch('Deployment', [{ op: 'replace', path: '/spec/template', value: template }], 'json')),
    shown(
      patch('Deployment', { metadata: { annotations: { 'deployment.kubernetes.io/revision': '4' } } }),
      'metadata.annotations',
      'metadata.generation',
    ),
  ),
  one(
    'pause, resume, and the strategy',
    deployment,
    spec(patch('Deployment', { spec: { paused: true } }, 'strategic')),
    spec(patch('Deployment', { spec: { paused: null } }, 'strategic')),
    spec(patch('Deployment', { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }, 'strategic')),
    spec(patch('Deployment', { spec: { strategy: null } })),
    spec(patch('Deployment', { spec: { strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: '10%' } } } })),
  ),
  one(
    'an env that changes from a value to a reference',
    made('Deployment', {
      spec: {
        selector,
        template: { ...template, spec: { containers: [{ ...container, env: [{ name: 'A', value: 'x' }] }] } },
      },
    }),
    patch(
      'Deployment',
      tpl({ containers: [{ name: 'c', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }] }),
      'strategic',
    ),
    spec(
      patch(
        'Deployment',
        tpl({
          containers: [
            { name: 'c', env: [{ name: 'A', value: null, valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
          ],
        }),
        'strategic',
      ),
    ),
    spec(patch('Deployment', tpl({ containers: [{ name: 'c', env: null }] }), 'strategic')),
  ),
  one(
    'probes that change their kind',
    made('Deployment', {
      spec: {
        selector,
        template: { ...template, spec: { containers: [{ ...container, livenessProbe: { httpGet: { port: 80 } } }] } },
      },
    }),
    patch('Deployment', tpl({ containers: [{ name: 'c', livenessProbe: { exec: { command: ['x'] } } }] }), 'strategic'),
    spec(
      patch(
        'Deployment',
        tpl({ containers: [{ name: 'c', livenessProbe: { httpGet: null, exec: { command: ['x'] } } }] }),
        'strategic',
      ),
    ),
    spec(
      patch(
        'Deployment',
        tpl({
          containers: [
            {
              name: 'c',
              livenessProbe: { exec: null, tcpSocket: { port: 'p' } },
              ports: [{ containerPort: 1, name: 'p' }],
            },
          ],
        }),
        'strategic',
      ),
    ),
    patch(
      'Deployment',
      tpl({ containers: [{ name: 'c', livenessProbe: { timeoutSeconds: 0, failureThreshold: -1 } }] }),
      'strategic',
    ),
  ),
  one(
    'security and service accounts of a template',
    deployment,
    spec(
      patch(
        'Deployment',
        tpl({
          securityContext: {
            runAsNonRoot: true,
            fsGroup: 5,
            sysctls: [{ name: 'a.b', value: 'c' }],
            supplementalGroups: [1, 2],
          },
          serviceAccountName: 'x',
        }),
        'strategic',
      ),
    ),
    spec(patch('Deployment', tpl({ serviceAccountName: null, serviceAccount: 'y' }))),
    spec(
      patch(
        'Deployment',
        tpl({
          containers: [
            {
              name: 'c',
              securityContext: {
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
                seccompProfile: { type: 'RuntimeDefault' },
              },
            },
          ],
        }),
        'strategic',
      ),
    ),
    patch(
      'Deployment',
      tpl({ containers: [{ name: 'c', securityContext: { seccompProfile: { type: 'Localhost' } } }] }),
      'strategic',
    ),
    patch(
      'Deployment',
      tpl({ securityContext: { fsGroupChangePolicy: 'Odd', sysctls: [{ name: 'A B', value: '' }] } }),
    ),
  ),
  one(
    'affinity and spreading',
    deployment,
    spec(
      patch(
        'Deployment',
        tpl({
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] }],
              },
            },
          },
        }),
      ),
    ),
    patch(
      'Deployment',
      tpl({
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
      }),
    ),
    patch(
      'Deployment',
      tpl({
        affinity: {
          nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, preference: {} }] },
        },
      }),
    ),
    patch(
      'Deployment',
      tpl({
        affinity: {
          podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {}, topologyKey: '' }] },
        },
      }),
    ),
    patch(
      'Deployment',
      tpl({ topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Odd' }] }),
    ),
    spec(
      patch(
        'Deployment',
        tpl({
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'z',
              whenUnsatisfiable: 'DoNotSchedule',
              minDomains: 2,
              matchLabelKeys: ['pod-template-hash'],
            },
          ],
        }),
        'strategic',
      ),
    ),
    spec(
      patch(
        'Deployment',
        tpl({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3 }] }),
      ),
    ),
    patch(
      'Deployment',
      tpl({
        tolerations: [
          { operator: 'Equal' },
          { key: 'a', operator: 'Exists', value: 'b' },
          { key: 'a', effect: 'NoSchedule', tolerationSeconds: 3 },
        ],
      }),
    ),
  ),
  one(
    'volumes of many kinds',
    deployment,
    ...[
      { emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } },
      { hostPath: { path: '/a', type: 'Directory' } },
      { persistentVolumeClaim: { claimName: 'c', readOnly: true } },
      { nfs: { server: 's', path: '/p' } },
      { csi: { driver: 'd.io', volumeAttributes: { a: 'b' } } },
      {
        ephemeral: {
          volumeClaimTemplate: {
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        },
      },
      { image: { reference: 'r', pullPolicy: 'IfNotPresent' } },
      {
        projected: {
          defaultMode: 256,
          sources: [{ secret: { name: 's' } }, { configMap: { name: 'm', items: [{ key: 'a', path: '../x' }] } }],
        },
      },
      { emptyDir: {}, configMap: { name: 'm' } },
      {},
    ].map(
      (source): Step => ({
        ...patch('Deployment', tpl({ volumes: [{ name: 'v', ...source }] })),
        view: (body) => at(body, 'spec.template.spec.volumes') ?? body,
      }),
    ),
  ),
  one(
    'CronJob: suspended, rescheduled, its template',
    made('CronJob', { spec: { schedule: '@daily', jobTemplate: { spec: { template: never } } } }),
    spec(patch('CronJob', { spec: { suspend: true } }, 'strategic')),
    spec(
      patch('CronJob', { spec: { schedule: '*/2 * * * *', concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 5 } }),
    ),
    spec(
      patch(
        'CronJob',
        { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'c', image: 'x:2' }] } } } } } },
        'strategic',
      ),
    ),
    patch('CronJob', { spec: { jobTemplate: { spec: { template: { spec: { restartPolicy: 'Always' } } } } } }),
    spec(apply('CronJob', { spec: { successfulJobsHistoryLimit: 0 } })),
    table(get('CronJob')),
    remove('CronJob'),
    { ...get('CronJob'), until: gone },
  ),
  one(
    'StatefulSet: claims, replicas, partitions',
    made('StatefulSet', {
      spec: {
        selector,
        template,
        serviceName: 's',
        volumeClaimTemplates: [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    }),
    patch('StatefulSet', {
      spec: {
        volumeClaimTemplates: [
          {
            metadata: { name: 'd' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
          },
        ],
      },
    }),
    spec(patch('StatefulSet', { spec: { updateStrategy: { rollingUpdate: { partition: 2 } } } })),
    patch('StatefulSet', { spec: { updateStrategy: { rollingUpdate: { partition: -2 } } } }),
    spec(apply('StatefulSet', { spec: { replicas: 4 } }, 'scaler')),
    apply('StatefulSet', { spec: { serviceName: 't' } }, 'two'),
    apply(
      'StatefulSet',
      { spec: { volumeClaimTemplates: [{ metadata: { name: 'e' }, spec: {} }] } },
      'two',
      '&force=true',
    ),
  ),
  one(
    'DaemonSet: rolled and selected',
    made('DaemonSet', { spec: { selector, template } }),
    shown(
      patch('DaemonSet', tpl({ nodeSelector: { a: 'b' } }), 'strategic'),
      'metadata.annotations',
      'metadata.generation',
    ),
    shown(patch('DaemonSet', { spec: { updateStrategy: { type: 'OnDelete' } } }), 'spec.updateStrategy', 'message'),
    shown(patch('DaemonSet', { spec: { revisionHistoryLimit: 2 } }), 'metadata.annotations', 'metadata.generation'),
    patch('DaemonSet', { status: { numberReady: -1, numberMisscheduled: -1 } }, 'merge', '/status'),
    table(get('DaemonSet')),
  ),
];
