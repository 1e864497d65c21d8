/** Managers of fields. */
import type { Case } from '../../harness.ts';
import type { Fields } from '../../steps.ts';
import { apply, deployment, deployments, labels, make, map, maps, one, patch, widgets } from './shared.ts';

const services = '/api/v1/namespaces/{ns}/services';

const service = (ports: readonly unknown[], more: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a' },
  spec: { clusterIP: 'None', selector: labels, ports, ...more },
});

export const owners: Case[] = [
  one(
    'create, update, patch by one',
    make(maps, map()),
    { method: 'PUT', path: `${maps}/a`, body: map({}, { b: '2' }) },
    patch('merge', `${maps}/a`, { data: { c: '3' } }),
    patch('json', `${maps}/a`, [{ op: 'add', path: '/data/d', value: '4' }]),
  ),
  one(
    'create and patch by two',
    make(`${maps}?fieldManager=one`, map()),
    patch('merge', `${maps}/a?fieldManager=two`, { data: { a: '2', b: '3' } }),
    patch('merge', `${maps}/a?fieldManager=one`, { data: { b: null } }),
  ),
  one(
    'apply over create',
    make(`${maps}?fieldManager=one`, map()),
    apply(`${maps}/a`, map({}, { a: '2' })),
    apply(`${maps}/a`, map({}, { a: '2' }), 'm', '&force=true'),
    apply(`${maps}/a`, map({}, {})),
    { path: `${maps}/a` },
  ),
  one(
    'three appliers',
    apply(`${maps}/a`, map({}, { a: '1', b: '1' }), 'x'),
    apply(`${maps}/a`, map({}, { b: '1', c: '1' }), 'y'),
    apply(`${maps}/a`, map({}, { a: '1' }), 'x'),
    apply(`${maps}/a`, map({}, {}), 'y'),
    apply(`${maps}/a`, map({}, { a: '9' }), 'z'),
    apply(`${maps}/a`, map({}, { a: '9' }), 'z', '&force=true'),
    { path: `${maps}/a` },
  ),
  one(
    'labels of two',
    apply(`${maps}/a`, map({ labels: { a: '1' } }), 'x'),
    apply(`${maps}/a`, map({ labels: { b: '1' } }, {}), 'y'),
    apply(`${maps}/a`, map({}), 'x'),
  ),
  one(
    'finalizers of two',
    apply(`${maps}/a`, map({ finalizers: ['a.b/c'] }), 'x'),
    apply(`${maps}/a`, map({ finalizers: ['d.e/f'] }), 'y'),
    apply(`${maps}/a`, map({}), 'x'),
    patch('merge', `${maps}/a`, { metadata: { finalizers: null } }),
  ),
  one(
    'owner references of two',
    apply(`${maps}/a`, map({ ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'y', uid: 'u1' }] }), 'x'),
    apply(`${maps}/a`, map({ ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'z', uid: 'u2' }] }), 'y'),
    apply(`${maps}/a`, map({}), 'x'),
    patch('merge', `${maps}/a`, { metadata: { ownerReferences: null } }),
  ),
  one(
    'replicas given up to another',
    apply(`${deployments}/a`, deployment({ replicas: 3 }), 'x'),
    patch('merge', `${deployments}/a/scale?fieldManager=hpa`, { spec: { replicas: 5 } }),
    apply(`${deployments}/a`, deployment({ replicas: 3 }), 'x'),
    apply(`${deployments}/a`, deployment(), 'x'),
    { path: `${deployments}/a` },
  ),
  one(
    'containers of two',
    apply(`${deployments}/a`, deployment(), 'x'),
    apply(
      `${deployments}/a`,
      { ...deployment(), spec: { template: { spec: { containers: [{ name: 'side', image: 's' }] } } } },
      'y',
    ),
    apply(`${deployments}/a`, deployment({}, { image: 'other' }), 'x'),
    apply(`${deployments}/a`, deployment({}, { image: 'third' }), 'y'),
    apply(`${deployments}/a`, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }, 'y'),
  ),
  one(
    'env and ports by apply',
    apply(
      `${deployments}/a`,
      deployment({}, { env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] }),
      'x',
    ),
    apply(
      `${deployments}/a`,
      deployment({}, { env: [{ name: 'B', value: '1' }], ports: [{ containerPort: 80, protocol: 'UDP' }] }),
      'x',
    ),
    apply(
      `${deployments}/a`,
      deployment(
        {},
        {
          env: [
            { name: 'B', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ),
      'x',
    ),
    apply(
      `${deployments}/a`,
      deployment({}, { ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] }),
      'x',
    ),
  ),
  one(
    'ports of a Service',
    apply(`${services}/a`, service([{ port: 80 }]), 'x'),
    apply(`${services}/a`, service([{ port: 80, name: 'h' }]), 'x'),
    apply(
      `${services}/a`,
      service([
        { port: 80, name: 'h' },
        { port: 81, name: 'i' },
      ]),
      'x',
    ),
    apply(`${services}/a`, service([{ port: 81, name: 'j' }]), 'y'),
  ),
  one(
    'apply in YAML',
    patch(
      'apply',
      `${maps}/a?fieldManager=m`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "1"\n  b: |\n    two\n',
    ),
    patch(
      'apply',
      `${maps}/a?fieldManager=m`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: 1\n',
    ),
    patch('apply', `${maps}/a?fieldManager=m`, 'apiVersion: v1\nkind: ConfigMap\ndata: {a: x}\n'),
    patch('apply', `${maps}/a?fieldManager=m`, 'a: b: c'),
    patch('apply', `${maps}/a?fieldManager=m`, '- x'),
  ),
  one(
    'apply and preconditions',
    apply(`${maps}/a`, map({ resourceVersion: '1' })),
    apply(`${maps}/a`, map({ uid: 'x' })),
    apply(`${maps}/a`, map()),
    apply(`${maps}/a`, map({ resourceVersion: '1' }, { a: '5' })),
    apply(`${maps}/a`, map({ uid: 'x' }, { a: '5' })),
  ),
  one(
    'apply of nothing new',
    apply(`${maps}/a`, map()),
    apply(`${maps}/a`, map()),
    apply(`${maps}/a`, map(), 'other'),
    apply(`${maps}/a`, map({}, {}), 'other'),
  ),
  one(
    'apply as a dry run',
    apply(`${maps}/a`, map(), 'm', '&dryRun=All'),
    { path: `${maps}/a` },
    apply(`${maps}/a`, map()),
    apply(`${maps}/a`, map({}, { a: '2' }), 'n', '&dryRun=All'),
  ),
  one(
    'updates drop and take fields',
    make(`${maps}?fieldManager=one`, map({}, { a: '1', b: '1' })),
    { method: 'PUT', path: `${maps}/a?fieldManager=two`, body: map({}, { b: '1', c: '1' }) },
    { method: 'PUT', path: `${maps}/a?fieldManager=three`, body: map({}, { c: '2' }) },
  ),
  one(
    'managedFields emptied',
    apply(`${maps}/a`, map()),
    patch('merge', `${maps}/a`, { metadata: { managedFields: [{}] } }),
    apply(`${maps}/a`, map({}, { a: '2' }), 'n'),
    patch('json', `${maps}/a`, [{ op: 'replace', path: '/metadata/managedFields', value: [] }]),
  ),
  one(
    'conflicts in words',
    make(`${deployments}?fieldManager=one`, deployment({ replicas: 2 })),
    apply(`${deployments}/a`, deployment({ replicas: 3 }, { image: 'x', imagePullPolicy: 'Never' }), 'two'),
    apply(`${deployments}/a`, { ...deployment(), metadata: { name: 'a', labels: { l: '1' } } }, 'two'),
    apply(`${deployments}/a`, { ...deployment(), metadata: { name: 'a', labels: { l: '2' } } }, 'three'),
  ),
  one(
    'apply to a Namespace',
    apply('/api/v1/namespaces/{ns}', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '{ns}', labels: { a: 'b' } },
    }),
    apply('/api/v1/namespaces/{ns}', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}' } }),
  ),
  one(
    'apply of set and map lists',
    apply(
      `${widgets}/a`,
      { apiVersion: 'conformance.example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { tags: ['x', 'y'] } },
      'x',
    ),
    apply(
      `${widgets}/a`,
      { apiVersion: 'conformance.example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { tags: ['z'] } },
      'y',
    ),
    apply(
      `${widgets}/a`,
      { apiVersion: 'conformance.example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { tags: ['y'] } },
      'x',
    ),
  ),
];
