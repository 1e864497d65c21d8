/** What controllers do. */
import type { Case, Step } from '../../harness.ts';
import { body, get, pathOf, podSpec, post, remove, selector, template } from '../../probes.objects.ts';
import { type Fields, gone, quiet } from '../../steps.ts';
import { map, one, rbac } from './shared.ts';

const owned = (name: string, uid: string, more: Fields = {}): Step =>
  quiet(map({}, { name, ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid, ...more }] }));

export const controllers: Case[] = [
  ...['Background', 'Foreground', 'Orphan'].map((propagationPolicy) =>
    one(
      `controllers: ${propagationPolicy}`,
      { ...quiet(map()), keep: { u: 'metadata.uid' } },
      owned('b', '{u}', { blockOwnerDeletion: true }),
      remove('ConfigMap', { propagationPolicy }),
      { ...get('ConfigMap'), until: gone },
      {
        path: `${pathOf('ConfigMap')}/b`,
        until:
          propagationPolicy === 'Orphan' ? (answer) => !JSON.stringify(answer.body).includes('ownerReferences') : gone,
        view: (found) => {
          const { metadata, message } = found as {
            metadata?: { ownerReferences?: unknown; finalizers?: unknown };
            message?: string;
          };
          return { message, owners: metadata?.ownerReferences, finalizers: metadata?.finalizers };
        },
      },
    ),
  ),
  one(
    'controllers: an owner that is missing',
    { ...owned('b', 'nope'), quiet: true },
    { path: `${pathOf('ConfigMap')}/b`, until: gone },
  ),
  one(
    'controllers: what a new namespace has',
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts',
      until: (answer) => JSON.stringify(answer.body).includes('"default"'),
      view: (found) => (found as { items?: { metadata: { name: string } }[] }).items?.map((item) => item.metadata.name),
    },
    {
      path: '/api/v1/namespaces/{ns}/configmaps',
      until: (answer) => JSON.stringify(answer.body).includes('kube-root-ca.crt'),
      view: (found) =>
        (found as { items?: { metadata: { name: string; annotations?: unknown } }[] }).items?.map((item) => [
          item.metadata.name,
          item.metadata.annotations,
        ]),
    },
  ),
  one(
    'controllers: the default account comes again',
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts/default',
      until: (answer) => answer.code === 200,
      keep: { u: 'metadata.uid' },
      quiet: true,
    },
    quiet({ method: 'DELETE', path: '/api/v1/namespaces/{ns}/serviceaccounts/default' }),
    { path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200 },
  ),
  one(
    'controllers: root certificates come again',
    {
      path: '/api/v1/namespaces/{ns}/configmaps/kube-root-ca.crt',
      until: (answer) => answer.code === 200,
      quiet: true,
    },
    quiet({ method: 'DELETE', path: '/api/v1/namespaces/{ns}/configmaps/kube-root-ca.crt' }),
    {
      path: '/api/v1/namespaces/{ns}/configmaps/kube-root-ca.crt',
      until: (answer) => answer.code === 200,
      view: (found) => Object.keys((found as { data?: object }).data ?? {}),
    },
  ),
  one(
    'controllers: aggregation',
    quiet({
      path: `${rbac}/clusterroles`,
      body: {
        ...body('ClusterRole', {}, { name: 'agg-{ns}' }),
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'x-{ns}': 'y' } }] },
        rules: [],
      },
    }),
    quiet({
      path: `${rbac}/clusterroles`,
      body: {
        ...body('ClusterRole', {}, { name: 'part-{ns}', labels: { 'x-{ns}': 'y' } }),
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      },
    }),
    {
      path: `${rbac}/clusterroles/agg-{ns}`,
      until: (answer) => JSON.stringify(answer.body).includes('pods'),
      view: (found) => (found as { rules?: unknown }).rules,
    },
    quiet({ method: 'DELETE', path: `${rbac}/clusterroles/part-{ns}` }),
    {
      path: `${rbac}/clusterroles/agg-{ns}`,
      until: (answer) => !JSON.stringify(answer.body).includes('pods'),
      view: (found) => (found as { rules?: unknown }).rules,
    },
  ),
  one(
    'controllers: quota counts',
    quiet(
      post('ResourceQuota', {
        spec: { hard: { pods: '5', 'requests.cpu': '2', 'count/deployments.apps': '2', services: '1' } },
      }),
    ),
    quiet(post('Pod', { spec: { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '500m' } } }] } })),
    quiet(post('Deployment', { spec: { replicas: 0, selector, template } })),
    {
      ...get('ResourceQuota'),
      until: (answer) => JSON.stringify(answer.body).includes('500m'),
      view: (found) => (found as { status?: unknown }).status,
    },
    post('Pod', { spec: podSpec }, { name: 'b' }),
    post(
      'Pod',
      { spec: { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '2' } } }] } },
      { name: 'b' },
    ),
    quiet(remove('Pod')),
    {
      ...get('ResourceQuota'),
      until: (answer) => JSON.stringify(answer.body).includes('"requests.cpu":"0"'),
      view: (found) => (found as { status?: unknown }).status,
    },
  ),
];
