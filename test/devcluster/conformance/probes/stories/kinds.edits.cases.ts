/** Probes of updates that people make every day to Pods, settings and metadata. */
import type { Case, Step } from '../../harness.ts';
import { apply, get, labels, patch, podSpec, post, put, remove, selector, table } from '../../probes.objects.ts';
import { at, casesOf, type Fields, pick, quiet } from '../../steps.ts';

const one = casesOf('probes-kinds', 'updates: ');
const shown = (step: Step, ...paths: string[]): Step => ({ ...step, view: pick(...paths) });
const spec = (step: Step): Step => shown(step, 'spec', 'metadata.generation');
const made = (kind: string, fields: Fields): Step => quiet(post(kind, fields));

export const editStories: readonly Case[] = [
  one(
    'Pod: everyday changes',
    quiet(post('Pod', { spec: podSpec }, { labels })),
    shown(
      patch('Pod', { metadata: { labels: { app: 'y', new: 'z' }, annotations: { a: 'b' } } }, 'strategic'),
      'metadata.labels',
      'metadata.annotations',
      'metadata.generation',
    ),
    shown(
      patch('Pod', { spec: { containers: [{ name: 'c', image: 'nginx:9' }] } }, 'strategic'),
      'spec.containers',
      'metadata.generation',
    ),
    patch('Pod', { spec: { hostname: 'h' } }),
    patch('Pod', { spec: { nodeName: 'n' } }),
    patch('Pod', { spec: { restartPolicy: 'Never' } }),
    patch('Pod', { spec: { terminationGracePeriodSeconds: 5 } }),
    patch('Pod', [{ op: 'remove', path: '/spec/tolerations' }], 'json'),
    shown(patch('Pod', { spec: { activeDeadlineSeconds: 50 } }), 'spec.activeDeadlineSeconds'),
    patch('Pod', { spec: { activeDeadlineSeconds: 60 } }),
    patch('Pod', { spec: { activeDeadlineSeconds: null } }),
    put('Pod', { spec: { containers: [{ name: 'c', image: 'nginx:10' }] } }),
    patch('Pod', { spec: { containers: [{ name: 'c', image: ' ' }] } }, 'strategic'),
  ),
  one(
    'Secrets and ConfigMaps: from literals, one key at a time',
    made('Secret', { stringData: { a: '1' } }),
    shown(patch('Secret', { stringData: { b: '2' } }), 'data', 'stringData'),
    shown(patch('Secret', { data: { a: null } }), 'data'),
    shown(patch('Secret', [{ op: 'add', path: '/data/c', value: 'Yw==' }], 'json'), 'data'),
    shown(patch('Secret', [{ op: 'add', path: '/stringData', value: { d: 'x' } }], 'json'), 'data'),
    patch('Secret', { data: { e: '***' } }),
    made('ConfigMap', { data: { a: 'line\nline\n' } }),
    shown(patch('ConfigMap', { data: { b: '' } }), 'data'),
    shown(patch('ConfigMap', { binaryData: { c: 'AAE=' } }), 'data', 'binaryData'),
    patch('ConfigMap', { binaryData: { a: 'AAE=' } }),
    table(get('ConfigMap')),
    table(get('Secret')),
  ),
  one(
    'RoleBinding and Role by strategic merge',
    made('Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }] }),
    shown(
      patch('Role', { rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }] }, 'strategic'),
      'rules',
    ),
    shown(
      patch(
        'Role',
        [
          {
            op: 'add',
            path: '/rules/-',
            value: { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'], resourceNames: ['a'] },
          },
        ],
        'json',
      ),
      'rules',
    ),
    patch('Role', [{ op: 'add', path: '/rules/0/verbs', value: [] }], 'json'),
    made('RoleBinding', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' } }),
    shown(
      patch(
        'RoleBinding',
        { subjects: [{ kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' }] },
        'strategic',
      ),
      'subjects',
    ),
    shown(patch('RoleBinding', { subjects: [{ kind: 'Group', name: 'g' }] }, 'strategic'), 'subjects'),
    patch('RoleBinding', { subjects: [{ kind: 'User', name: 'u', namespace: 'x' }] }),
    table(get('Role')),
  ),
  one(
    'budgets, autoscalers and limits by apply',
    apply('PodDisruptionBudget', { spec: { minAvailable: 1, selector } }),
    apply('PodDisruptionBudget', { spec: { maxUnavailable: 1 } }, 'two'),
    shown(apply('PodDisruptionBudget', { spec: { maxUnavailable: 1, selector } }), 'spec', 'message'),
    apply('HorizontalPodAutoscaler', { spec: { scaleTargetRef: { kind: 'D', name: 'd' }, maxReplicas: 3 } }),
    apply('HorizontalPodAutoscaler', { spec: { maxReplicas: 4 } }, 'two'),
    apply('HorizontalPodAutoscaler', { spec: { minReplicas: 2 } }, 'two'),
    apply('LimitRange', { spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } }),
    apply('ResourceQuota', { spec: { hard: { secrets: '50' } } }),
    apply('ResourceQuota', { spec: { hard: { secrets: '60' } } }, 'two'),
    shown(apply('ResourceQuota', { spec: { hard: { configmaps: '60' } } }, 'two'), 'spec', 'metadata.managedFields'),
  ),
  one(
    'Ingress and NetworkPolicy by patches',
    made('Ingress', {
      spec: {
        rules: [
          {
            host: 'a.b',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { name: 'p' } } } }],
            },
          },
        ],
      },
    }),
    spec(
      patch(
        'Ingress',
        [
          {
            op: 'add',
            path: '/spec/rules/0/http/paths/-',
            value: { path: '/x', pathType: 'Exact', backend: { service: { name: 't', port: { number: 1 } } } },
          },
        ],
        'json',
      ),
    ),
    patch(
      'Ingress',
      [{ op: 'replace', path: '/spec/rules/0/http/paths/0/backend/service/port', value: { number: 0 } }],
      'json',
    ),
    spec(patch('Ingress', { spec: { tls: [{ secretName: 's' }] } }, 'strategic')),
    made('NetworkPolicy', { spec: { podSelector: {} } }),
    spec(patch('NetworkPolicy', { spec: { egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] } }, 'strategic')),
    spec(patch('NetworkPolicy', { spec: { policyTypes: ['Ingress', 'Egress'] } })),
    patch(
      'NetworkPolicy',
      [{ op: 'add', path: '/spec/ingress', value: [{ from: [{ ipBlock: { cidr: '1.2.3.4' } }] }] }],
      'json',
    ),
  ),
  one(
    'labels and annotations: what is no name',
    ...[
      { labels: { 'A/B/C': 'x' } },
      { labels: { '-a': 'x' } },
      { labels: { a: '-x' } },
      { labels: { a: 'x'.repeat(64) } },
      { labels: { ['x'.repeat(64)]: 'y' } },
      { labels: { 'example.com/': 'x' } },
      { labels: { 'Example.com/a': 'x' } },
      { annotations: { 'a b': 'x' } },
      { annotations: { 'UP.io/Case': 'any text: ✓' } },
      { annotations: { a: 'x'.repeat(262145) } },
      { labels: null, annotations: null },
    ].map((meta) => ({
      ...post('ConfigMap', {}, meta, '?dryRun=All'),
      view: (body: unknown) => (at(body, 'kind') === 'Status' ? body : at(body, 'metadata.annotations')),
    })),
  ),
  one(
    'finalizers: taken, added and kept',
    quiet(post('ConfigMap', {}, { finalizers: ['x.io/a', 'x.io/b'] })),
    shown(patch('ConfigMap', { metadata: { finalizers: ['x.io/b', 'x.io/c'] } }), 'metadata.finalizers'),
    shown(patch('ConfigMap', { metadata: { finalizers: ['x.io/d'] } }, 'strategic'), 'metadata.finalizers'),
    shown(remove('ConfigMap'), 'metadata.finalizers', 'metadata.deletionGracePeriodSeconds'),
    patch('ConfigMap', { metadata: { finalizers: ['x.io/new'] } }),
    shown(
      patch('ConfigMap', { data: { a: 'b' }, metadata: { finalizers: ['x.io/c'] } }),
      'data',
      'metadata.finalizers',
    ),
    patch('ConfigMap', { metadata: { deletionTimestamp: null } }),
    put('ConfigMap', {}, { finalizers: ['x.io/c'] }),
    shown(patch('ConfigMap', { metadata: { finalizers: [] } }), 'metadata.name'),
    get('ConfigMap'),
  ),
  one(
    'empty lists and maps are as none',
    post(
      'ConfigMap',
      { data: {}, binaryData: {} },
      { labels: {}, annotations: {}, finalizers: [], ownerReferences: [] },
    ),
    post('Pod', {
      spec: {
        containers: [
          {
            name: 'c',
            image: 'n',
            env: [],
            args: [],
            ports: [],
            resources: { limits: {}, requests: {} },
            volumeMounts: [],
          },
        ],
        volumes: [],
        tolerations: [],
        nodeSelector: {},
        imagePullSecrets: [],
        securityContext: {},
        affinity: {},
      },
    }),
    post('Service', { spec: { clusterIP: 'None', ports: [], selector: {}, externalIPs: [] } }),
    post('NetworkPolicy', { spec: { podSelector: {}, ingress: [], egress: [] } }),
    post('Role', { rules: [] }),
    post('ServiceAccount', { secrets: [], imagePullSecrets: [] }),
  ),
];
