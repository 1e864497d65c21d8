/** Deployments, stateful sets, daemon sets and replication controllers. */
import type { Case, Step } from '../../harness.ts';
import {
  apply,
  body,
  container,
  get,
  labels,
  list,
  nameOf,
  patch,
  pathOf,
  post,
  put,
  selector,
  table,
  template,
  time,
} from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { one } from './shared.ts';

const names = (found: unknown): unknown =>
  (found as { items?: { metadata: { name: string } }[] }).items?.map((item) => item.metadata.name);

const scale = (kind: string, replicas: unknown, method = 'PUT'): Step => ({
  method,
  path: `${pathOf(kind)}/${nameOf(kind)}/scale`,
  body:
    method === 'PUT'
      ? { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a', namespace: '{ns}' }, spec: { replicas } }
      : { spec: { replicas } },
  ...(method === 'PUT' ? {} : { type: 'application/merge-patch+json' }),
});

export const workloads: Case[] = [
  ...['Deployment', 'ReplicaSet', 'StatefulSet'].flatMap((kind) => {
    const made = quiet(post(kind, { spec: { replicas: 2, selector, template } }));
    return [
      one(`${kind}: made`, post(kind, { spec: { selector, template } }), table(get(kind)), table(list(kind))),
      one(`${kind}: scaled`, made, get(kind, '/scale'), scale(kind, 3), get(kind), scale(kind, 4, 'PATCH')),
      one(
        `${kind}: scaled wrongly`,
        made,
        scale(kind, -1),
        scale(kind, 'x'),
        scale(kind, null),
        scale(kind, 2.5, 'PATCH'),
      ),
      one(`${kind}: scaled by another kind`, made, {
        method: 'PUT',
        path: `${pathOf(kind)}/a/scale`,
        body: body(kind, { spec: { replicas: 1 } }),
      }),
      one(`${kind}: scale of none`, get(kind, '/scale'), scale(kind, 1)),
      one(
        `${kind}: selector changed`,
        made,
        patch(kind, {
          spec: { selector: { matchLabels: { app: 'y' } }, template: { metadata: { labels: { app: 'y' } } } },
        }),
      ),
      one(
        `${kind}: selector without template`,
        made,
        patch(kind, { spec: { template: { metadata: { labels: { app: 'y' } } } } }),
      ),
      one(
        `${kind}: image changed`,
        made,
        patch(kind, { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } } } }, 'strategic'),
      ),
      one(
        `${kind}: nothing changed`,
        made,
        patch(kind, {}),
        patch(kind, { metadata: { labels: { a: 'b' } } }),
        get(kind),
      ),
      one(
        `${kind}: status`,
        made,
        patch(kind, { status: { replicas: 2, readyReplicas: 1, observedGeneration: 1 } }, 'merge', '/status'),
        table(get(kind)),
        patch(kind, { status: { readyReplicas: 5 } }, 'merge', '/status'),
      ),
      one(
        `${kind}: status through spec`,
        made,
        patch(kind, { status: { replicas: 5 } }),
        put(kind, { spec: { selector, template }, status: { replicas: 9 } }),
      ),
      one(
        `${kind}: applied by two`,
        apply(kind, { spec: { replicas: 1, selector, template } }),
        apply(kind, { spec: { replicas: 2 } }, 'two'),
        apply(kind, { spec: { replicas: 2 } }, 'two', '&force=true'),
        apply(kind, { spec: { selector, template } }),
      ),
      one(
        `${kind}: applied to scale`,
        made,
        {
          method: 'PATCH',
          path: `${pathOf(kind)}/a/scale?fieldManager=hpa`,
          body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 7 } },
          type: 'application/apply-patch+yaml',
        },
        get(kind),
      ),
      one(
        `${kind}: minimal is not enough`,
        post(kind, { spec: {} }),
        post(kind, {}),
        post(kind, { spec: { selector } }),
        post(kind, { spec: { template } }),
      ),
      one(
        `${kind}: old versions`,
        { path: `/apis/apps/v1beta1/namespaces/{ns}/${pathOf(kind).split('/').at(-1)}` },
        { path: `/apis/extensions/v1beta1/namespaces/{ns}/${pathOf(kind).split('/').at(-1)}` },
      ),
      one(
        `${kind}: collection deleted`,
        made,
        quiet(post(kind, { spec: { selector, template } }, { name: 'b', labels })),
        { method: 'DELETE', path: `${pathOf(kind)}?labelSelector=app%3Dx` },
        { path: pathOf(kind), view: names },
      ),
    ];
  }),
  one(
    'Deployment: paused and resumed',
    quiet(post('Deployment', { spec: { selector, template } })),
    patch('Deployment', { spec: { paused: true } }),
    patch('Deployment', { spec: { paused: null } }),
  ),
  one(
    'Deployment: recreate',
    post('Deployment', { spec: { selector, template, strategy: { type: 'Recreate' } } }),
    patch('Deployment', { spec: { strategy: { type: 'RollingUpdate' } } }),
    patch('Deployment', { spec: { strategy: { type: 'Recreate' } } }),
    patch('Deployment', { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }),
  ),
  one(
    'Deployment: restarted',
    quiet(post('Deployment', { spec: { selector, template } })),
    patch(
      'Deployment',
      { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': time } } } } },
      'strategic',
    ),
  ),
  one(
    'Deployment: a container is removed',
    quiet(
      post('Deployment', {
        spec: { selector, template: { ...template, spec: { containers: [container, { name: 'd', image: 'x' }] } } },
      }),
    ),
    patch(
      'Deployment',
      { spec: { template: { spec: { containers: [{ name: 'd', $patch: 'delete' }] } } } },
      'strategic',
    ),
  ),
  one(
    'Deployment: rolling update that cannot roll',
    post('Deployment', {
      spec: { selector, template, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
    }),
    post('Deployment', {
      spec: { selector, template, strategy: { rollingUpdate: { maxSurge: '-1%', maxUnavailable: '200%' } } },
    }),
    post('Deployment', {
      spec: { selector, template, strategy: { rollingUpdate: { maxSurge: 'x', maxUnavailable: -5 } } },
    }),
  ),
  one('Deployment: rollback', quiet(post('Deployment', { spec: { selector, template } })), {
    path: `${pathOf('Deployment')}/a/rollback`,
    body: {},
  }),
  one(
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
    patch(
      'StatefulSet',
      [{ op: 'replace', path: '/spec/volumeClaimTemplates/0/spec/resources/requests/storage', value: '2Gi' }],
      'json',
    ),
    patch('StatefulSet', { spec: { serviceName: 't' } }),
    patch('StatefulSet', { spec: { podManagementPolicy: 'Parallel' } }),
  ),
  one(
    'StatefulSet: ordinals and retention',
    post('StatefulSet', {
      spec: {
        selector,
        template,
        ordinals: { start: 3 },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
      },
    }),
    patch('StatefulSet', { spec: { ordinals: { start: -1 } } }),
    patch('StatefulSet', { spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Nope' } } }),
  ),
  one(
    'StatefulSet: partition',
    post('StatefulSet', {
      spec: { selector, template, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
    }),
    patch('StatefulSet', { spec: { updateStrategy: { type: 'OnDelete' } } }),
    patch('StatefulSet', { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }),
  ),
  one(
    'DaemonSet: made',
    post('DaemonSet', { spec: { selector, template } }),
    table(get('DaemonSet')),
    get('DaemonSet', '/scale'),
    patch('DaemonSet', { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } }),
    patch('DaemonSet', { spec: { selector: { matchLabels: { app: 'y' } } } }),
  ),
  one(
    'DaemonSet: updates',
    post('DaemonSet', { spec: { selector, template, updateStrategy: { type: 'OnDelete' } } }),
    patch('DaemonSet', {
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } },
    }),
    patch('DaemonSet', {
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    }),
  ),
  one(
    'DaemonSet: status',
    quiet(post('DaemonSet', { spec: { selector, template } })),
    patch(
      'DaemonSet',
      { status: { currentNumberScheduled: 1, numberReady: 1, desiredNumberScheduled: 1, numberMisscheduled: 0 } },
      'merge',
      '/status',
    ),
    table(get('DaemonSet')),
    patch('DaemonSet', { status: { numberReady: -1 } }, 'merge', '/status'),
  ),
  one(
    'ReplicationController: made',
    post('ReplicationController', { spec: { template } }),
    table(get('ReplicationController')),
    get('ReplicationController', '/scale'),
    patch('ReplicationController', { spec: { selector: { a: 'b' } } }),
  ),
];
