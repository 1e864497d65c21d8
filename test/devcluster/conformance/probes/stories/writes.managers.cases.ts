/** Probes of writes by several managers: who owns what after applies, updates, patches and subresources of builtin kinds. */
import type { Case, Step } from '../../harness.ts';
import {
  apply,
  body,
  container,
  get,
  labels,
  nameOf,
  patch,
  pathOf,
  podSpec,
  post,
  put,
  remove,
  selector,
  template,
} from '../../probes.objects.ts';
import { at, casesOf, type Fields, pick, quiet } from '../../steps.ts';

const one = casesOf('probes-writes', 'managers: ');
const owners = pick(
  'spec',
  'data',
  'metadata.managedFields',
  'metadata.labels',
  'metadata.annotations',
  'metadata.finalizers',
);
const seen = (step: Step): Step => ({ ...step, view: owners });
const ap = (kind: string, fields: Fields, manager = 'one', query = ''): Step =>
  seen(apply(kind, fields, manager, query));
const forced = (kind: string, fields: Fields, manager = 'one'): Step => ap(kind, fields, manager, '&force=true');
const by = (step: Step, manager: string): Step => ({
  ...step,
  path: `${step.path}${step.path.includes('?') ? '&' : '?'}fieldManager=${manager}`,
});
const withMeta = (kind: string, meta: Fields, fields: Fields = {}, manager = 'one', query = ''): Step =>
  seen({
    method: 'PATCH',
    path: `${pathOf(kind)}/${nameOf(kind)}?fieldManager=${manager}${query}`,
    body: body(kind, fields, meta),
    type: 'application/apply-patch+yaml',
  });
const managersOf = (found: unknown): unknown => [at(found, 'metadata.managedFields.*.manager')].flat().sort();
const deployment = (containers: readonly Fields[], more: Fields = {}): Fields => ({
  spec: { selector, template: { metadata: { labels }, spec: { containers } }, ...more },
});
const service = (ports: readonly Fields[]): Fields => ({ spec: { clusterIP: 'None', ports } });

export const managerProbes: readonly Case[] = [
  one(
    'ports of a Service: port and protocol are the key',
    ap('Service', service([{ port: 80 }])),
    ap(
      'Service',
      service([
        { port: 80, protocol: 'UDP', name: 'u' },
        { port: 80, name: 't' },
      ]),
    ),
    ap('Service', service([{ port: 81, protocol: 'TCP', name: 'x' }]), 'two'),
    ap('Service', service([{ port: 80, protocol: 'UDP', name: 'u' }])),
    ap('Service', service([{ port: 81, protocol: 'TCP', name: 'y' }])),
    ap('Service', service([{ port: 80 }, { port: 80, protocol: 'TCP' }]), 'three'),
    ap('Service', service([{ name: 'no port' }]), 'three'),
  ),
  one(
    'ports of a container, whose keys have defaults',
    ap(
      'Deployment',
      deployment([{ ...container, ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] }]),
    ),
    ap('Deployment', deployment([{ ...container, ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] }])),
    ap('Deployment', deployment([{ name: 'c', ports: [{ containerPort: 80, name: 'other' }] }]), 'two'),
    forced('Deployment', deployment([{ name: 'c', ports: [{ containerPort: 80, name: 'other' }] }]), 'two'),
    ap('Deployment', deployment([{ ...container, ports: [] }])),
  ),
  one(
    'two on one list of env',
    ap(
      'Deployment',
      deployment([
        {
          ...container,
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ]),
    ),
    ap(
      'Deployment',
      deployment([
        {
          name: 'c',
          env: [
            { name: 'C', value: '3' },
            { name: 'A', value: '1' },
          ],
        },
      ]),
      'two',
    ),
    ap('Deployment', deployment([{ ...container, env: [{ name: 'B', value: '2' }] }])),
    ap('Deployment', deployment([{ name: 'c', env: [{ name: 'A', value: '9' }] }]), 'three'),
    ap('Deployment', deployment([{ name: 'c' }]), 'two'),
    seen(get('Deployment')),
  ),
  one(
    'a field that is given up is kept while another owns it',
    ap('ConfigMap', { data: { a: '1', b: '2' } }),
    ap('ConfigMap', { data: { a: '1' } }, 'two'),
    ap('ConfigMap', { data: { b: '2' } }),
    ap('ConfigMap', {}, 'two'),
    ap('ConfigMap', {}),
    seen(get('ConfigMap')),
  ),
  one(
    'update after apply, and apply after that',
    ap('ConfigMap', { data: { a: '1', b: '2' } }),
    seen(by(put('ConfigMap', { data: { a: '1', b: '3', c: '4' } }), 'editor')),
    ap('ConfigMap', { data: { a: '1', b: '2' } }),
    ap('ConfigMap', { data: { a: '1', b: '3' } }),
    seen(by(put('ConfigMap', { data: { b: '3' } }), 'editor')),
    ap('ConfigMap', { data: { a: '1' } }),
  ),
  one(
    'forced, as a dry run',
    ap('ConfigMap', { data: { a: '1' } }),
    ap('ConfigMap', { data: { a: '2' } }, 'two', '&dryRun=All'),
    ap('ConfigMap', { data: { a: '2' } }, 'two', '&dryRun=All&force=true'),
    seen(get('ConfigMap')),
    forced('ConfigMap', { data: { a: '2' } }, 'two'),
    ap('ConfigMap', { data: { a: '1' } }),
  ),
  one(
    'several conflicts with several',
    ap('ConfigMap', { data: { a: '1', b: '1' } }),
    ap('ConfigMap', { data: { c: '1' } }, 'two'),
    seen(by(patch('ConfigMap', { data: { d: '1' }, metadata: { labels: { x: 'y' } } }), 'three')),
    withMeta('ConfigMap', { labels: { x: 'z' } }, { data: { a: '2', b: '2', c: '2', d: '2' } }, 'four'),
    withMeta('ConfigMap', { labels: { x: 'z' } }, { data: { a: '2', b: '2', c: '2', d: '2' } }, 'four', '&force=true'),
  ),
  one(
    'apply with what names an object',
    quiet(ap('ConfigMap', { data: { a: '1' } })),
    withMeta('ConfigMap', { resourceVersion: '1' }),
    withMeta('ConfigMap', { resourceVersion: 'x' }),
    withMeta('ConfigMap', { uid: 'ffffffff-0000-0000-0000-000000000000' }),
    withMeta('ConfigMap', { generateName: 'g-' }),
    withMeta('ConfigMap', { name: 'other' }),
    withMeta('ConfigMap', { namespace: 'other' }),
    withMeta('ConfigMap', { managedFields: [] }),
    withMeta('ConfigMap', { managedFields: [{ manager: 'x' }] }),
    withMeta('ConfigMap', { creationTimestamp: '2020-01-01T00:00:00Z' }),
    withMeta('ConfigMap', { name: 'a', deletionTimestamp: '2020-01-01T00:00:00Z' }),
  ),
  one(
    'apply to what is not there, by uid and version',
    withMeta('ConfigMap', { uid: 'ffffffff-0000-0000-0000-000000000000' }),
    withMeta('ConfigMap', { resourceVersion: '5' }),
    withMeta('ConfigMap', { generateName: 'g-', name: '' }),
    { ...withMeta('ConfigMap', {}), path: `${pathOf('ConfigMap')}/a` },
    { ...withMeta('ConfigMap', {}), path: `${pathOf('ConfigMap')}/a?fieldManager=` },
    { ...withMeta('ConfigMap', {}), path: `${pathOf('ConfigMap')}?fieldManager=x` },
    withMeta('ConfigMap', {}, {}, 'one', '&dryRun=All'),
    seen(get('ConfigMap')),
  ),
  one(
    'an apply that creates with status',
    {
      ...apply('Deployment', { ...deployment([container]), status: { replicas: 3 } }),
      view: pick('status', 'metadata.managedFields', 'metadata.generation'),
    },
    {
      ...apply('Deployment', { ...deployment([container]), status: { replicas: 4 } }),
      view: pick('status', 'metadata.managedFields', 'metadata.generation'),
    },
    {
      ...apply('Pod', { spec: podSpec, status: { phase: 'Running' } }),
      view: pick('status.phase', 'metadata.managedFields'),
    },
  ),
  one(
    'managedFields: emptied, wrong, and by hand',
    ap('ConfigMap', { data: { a: '1' } }),
    seen(patch('ConfigMap', { metadata: { managedFields: [{}] } })),
    seen(patch('ConfigMap', { data: { b: '2' } })),
    ap('ConfigMap', { data: { a: '1' } }),
    seen(patch('ConfigMap', { metadata: { managedFields: [] } })),
    patch('ConfigMap', {
      metadata: {
        managedFields: [{ manager: 'x', operation: 'Odd', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
      },
    }),
    patch('ConfigMap', {
      metadata: {
        managedFields: [{ manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV2', fieldsV1: {} }],
      },
    }),
    seen(
      patch('ConfigMap', {
        metadata: {
          managedFields: [
            {
              manager: 'x',
              operation: 'Update',
              apiVersion: 'v1',
              fieldsType: 'FieldsV1',
              fieldsV1: { 'f:data': { 'f:a': {} } },
              time: '2020-01-01T00:00:00Z',
            },
          ],
        },
      }),
    ),
    patch('ConfigMap', {
      metadata: {
        managedFields: [
          { manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { nonsense: 1 } },
        ],
      },
    }),
  ),
  one(
    'labels, annotations and finalizers of two',
    withMeta('ConfigMap', { labels: { a: '1', b: '1' }, annotations: { c: '1' }, finalizers: ['x.io/a'] }),
    withMeta('ConfigMap', { labels: { a: '1', d: '1' }, finalizers: ['x.io/b'] }, {}, 'two'),
    withMeta('ConfigMap', { labels: { b: '1' } }),
    withMeta('ConfigMap', {}, {}, 'two'),
  ),
  one(
    'a set of tolerations is atomic, volumes are not',
    ap('Deployment', {
      spec: {
        ...(deployment([container]).spec as Fields),
        template: {
          ...template,
          spec: { ...podSpec, tolerations: [{ key: 'a', operator: 'Exists' }], volumes: [{ name: 'v', emptyDir: {} }] },
        },
      },
    }),
    ap(
      'Deployment',
      {
        spec: {
          selector,
          template: {
            metadata: { labels },
            spec: {
              containers: [{ name: 'c' }],
              tolerations: [{ key: 'b', operator: 'Exists' }],
              volumes: [{ name: 'w', emptyDir: {} }],
            },
          },
        },
      },
      'two',
    ),
    forced(
      'Deployment',
      {
        spec: {
          selector,
          template: {
            metadata: { labels },
            spec: {
              containers: [{ name: 'c' }],
              tolerations: [{ key: 'b', operator: 'Exists' }],
              volumes: [
                { name: 'w', emptyDir: {} },
                { name: 'v', configMap: { name: 'm' } },
              ],
            },
          },
        },
      },
      'two',
    ),
  ),
  one(
    'selectors and node affinity are atomic',
    ap('Deployment', deployment([container])),
    ap('Deployment', { spec: { selector: { matchLabels: { ...labels, b: 'c' } } } }, 'two'),
    ap('NetworkPolicy', { spec: { podSelector: { matchLabels: { a: 'b' } }, policyTypes: ['Ingress'] } }),
    ap('NetworkPolicy', { spec: { podSelector: { matchLabels: { a: 'b' } }, policyTypes: ['Egress'] } }, 'two'),
    forced('NetworkPolicy', { spec: { podSelector: { matchLabels: { c: 'd' } }, policyTypes: ['Egress'] } }, 'two'),
  ),
  one(
    'Secrets: data and stringData',
    ap('Secret', { stringData: { a: 'x' } }),
    ap('Secret', { stringData: { a: 'y' } }),
    ap('Secret', { data: { a: 'eg==' } }, 'two'),
    forced('Secret', { data: { a: 'eg==' }, stringData: { b: 'q' } }, 'two'),
    ap('Secret', {}, 'two'),
    ap('Secret', { type: 'x.io/y' }),
  ),
  one(
    'Ingress, policies and roles: lists in them',
    ap('Ingress', {
      spec: {
        rules: [
          {
            host: 'a.b',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
            },
          },
        ],
        tls: [{ hosts: ['a.b'] }],
      },
    }),
    ap(
      'Ingress',
      {
        spec: {
          rules: [
            {
              host: 'c.d',
              http: {
                paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
              },
            },
          ],
        },
      },
      'two',
    ),
    {
      ...apply('Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
      view: pick('rules', 'metadata.managedFields'),
    },
    apply('Role', { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] }, 'two'),
    {
      ...apply('ServiceAccount', { imagePullSecrets: [{ name: 'a' }], secrets: [{ name: 'x' }] }),
      view: pick('imagePullSecrets', 'secrets', 'metadata.managedFields'),
    },
    {
      ...apply('ServiceAccount', { imagePullSecrets: [{ name: 'b' }], secrets: [{ name: 'y' }] }, 'two'),
      view: pick('imagePullSecrets', 'secrets', 'metadata.managedFields'),
    },
  ),
  one(
    'conditions of a status are by type',
    quiet(post('Pod', { spec: podSpec })),
    ...[
      ['one', 'x.io/A'],
      ['two', 'x.io/B'],
      ['one', 'x.io/C'],
    ].map(
      ([manager, type]): Step => ({
        ...apply('Pod', { status: { conditions: [{ type, status: 'True' }] } }, manager),
        path: `${pathOf('Pod')}/a/status?fieldManager=${manager}`,
        view: pick('status.conditions', 'metadata.managedFields'),
      }),
    ),
    {
      ...apply('Pod', { status: { conditions: [{ type: 'x.io/B', status: 'False' }] } }, 'one'),
      path: `${pathOf('Pod')}/a/status?fieldManager=one`,
    },
  ),
  one(
    'by client-side and then server-side apply',
    post(
      'Deployment',
      deployment([container]),
      { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
      '?fieldManager=kubectl-client-side-apply',
    ),
    ap('Deployment', deployment([{ ...container, image: 'nginx:2' }]), 'kubectl'),
    forced('Deployment', deployment([{ ...container, image: 'nginx:2' }]), 'kubectl'),
    seen(by(patch('Deployment', { spec: { replicas: 3 } }), 'kubectl-scale')),
    ap('Deployment', deployment([{ ...container, image: 'nginx:2' }], { replicas: 2 }), 'kubectl'),
  ),
  one(
    'names of managers',
    { ...by(post('ConfigMap', { data: { a: 'b' } }), 'x'.repeat(129)) },
    { ...by(post('ConfigMap', { data: { a: 'b' } }), 'a%0Ab') },
    { ...by(post('ConfigMap', { data: { a: 'b' } }), 'x'.repeat(128)), view: managersOf },
    { ...patch('ConfigMap', { data: { c: 'd' } }), headers: { 'user-agent': 'kubectl/v1 (linux)' }, view: managersOf },
    { ...patch('ConfigMap', { data: { e: 'f' } }), headers: { 'user-agent': '' }, view: managersOf },
    { ...patch('ConfigMap', { data: { g: 'h' } }), headers: { 'user-agent': 'Mozilla/5.0 (X11) x' }, view: managersOf },
  ),
  one(
    'deleted and applied again',
    quiet(ap('ConfigMap', { data: { a: '1' } })),
    { ...remove('ConfigMap'), view: (found) => at(found, 'status') },
    ap('ConfigMap', { data: { b: '1' } }, 'two'),
  ),
];
