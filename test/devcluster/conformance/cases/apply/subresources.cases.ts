/** Apply to subresources; managers of fields. */
import type { Case } from '../../harness.ts';
import type { Fields } from '../../steps.ts';
import { apply, c, configMap, configMaps, d, deployment, one, patch, types, w, widget } from './shared.ts';

const pods = '/api/v1/namespaces/{ns}/pods';

const withoutVersion = (body: unknown): unknown => {
  const { metadata, ...rest } = body as { metadata: Fields };
  const { resourceVersion: _, ...others } = metadata;
  return { ...rest, metadata: others };
};

export const subresourcesAndManagers: Case[] = [
  one(
    'immutable fields',
    apply(d, deployment()),
    apply(d, { ...deployment(), spec: { ...(deployment().spec as Fields), selector: { matchLabels: { app: 'y' } } } }),
    apply(
      d,
      { ...deployment(), spec: { ...(deployment().spec as Fields), selector: { matchLabels: { app: 'y' } } } },
      'one',
      '&force=true',
    ),
  ),
  one(
    'to status',
    apply(w, widget({ size: 1 })),
    apply(`${w}/status`, { ...widget({ size: 9 }), status: { phase: 'x' } }, 'ctl'),
    apply(`${w}/status`, { ...widget({ size: 9 }), status: { phase: 'y' } }, 'two'),
    // An apply that changes nothing renews its time. That alone makes a version only where it changes the order of managers: in another second.
    { ...apply(w, { ...widget({ size: 1 }), status: { phase: 'z' } }), view: withoutVersion },
    { path: w, view: withoutVersion },
  ),
  one(
    'to status of what is not there',
    apply(`${w}/status`, { ...widget({ size: 9 }), status: { phase: 'x' } }, 'ctl'),
  ),
  one(
    'to status of a Deployment',
    apply(d, deployment()),
    apply(
      `${d}/status`,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a' },
        status: {
          replicas: 1,
          conditions: [{ type: 'Available', status: 'True', lastUpdateTime: null, lastTransitionTime: null }],
        },
      },
      'ctl',
    ),
  ),
  one(
    'to scale',
    apply(d, deployment({ replicas: 1 })),
    apply(
      `${d}/scale`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } },
      'hpa',
    ),
    apply(
      `${d}/scale`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } },
      'hpa',
      '&force=true',
    ),
    apply(d, deployment({ replicas: 1 })),
    { path: d },
  ),
  one(
    'after scale by patch',
    apply(d, deployment({ replicas: 1 })),
    patch('merge', `${d}/scale`, { spec: { replicas: 3 } }, '?fieldManager=scaler'),
    apply(d, deployment({ replicas: 1 })),
  ),
  one(
    'to scale of a custom kind',
    apply(w, widget({ size: 1, replicas: 1 })),
    apply(
      `${w}/scale`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } },
      'hpa',
      '&force=true',
    ),
    { path: w },
  ),
  one(
    'dry runs',
    apply(c, configMap({ a: '1' })),
    apply(c, configMap({ a: '2' }), 'two', '&dryRun=All'),
    apply(c, configMap({ a: '2' }), 'two', '&dryRun=All&force=true'),
    { path: c },
  ),
  one(
    'managed fields are cleared',
    apply(c, configMap({ a: '1' })),
    patch('merge', c, { metadata: { managedFields: [{}] } }),
    apply(c, configMap({ a: '2' }), 'two'),
  ),
  one(
    'managed fields are set',
    apply(c, configMap({ a: '1' })),
    patch('merge', c, {
      metadata: {
        managedFields: [
          {
            manager: 'm',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:data': { 'f:a': {} } },
          },
        ],
      },
    }),
    patch('merge', c, {
      metadata: { managedFields: [{ manager: 'm', operation: 'Nope', apiVersion: 'v1', fieldsType: 'FieldsV1' }] },
    }),
    patch('merge', c, { metadata: { managedFields: null } }),
  ),
  one(
    'a Secret of stringData',
    apply('/api/v1/namespaces/{ns}/secrets/a', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      stringData: { a: 'b' },
    }),
    apply('/api/v1/namespaces/{ns}/secrets/a', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      stringData: { a: 'c' },
    }),
    apply(
      '/api/v1/namespaces/{ns}/secrets/a',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { a: 'ZA==' } },
      'two',
    ),
  ),
  one(
    'a Namespace',
    apply('/api/v1/namespaces/{ns}', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '{ns}', labels: { a: 'b' } },
    }),
  ),
  one(
    'a role’s rules are one',
    apply('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles/a', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'a' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    }),
    apply(
      '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles/a',
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'a' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
      },
      'two',
    ),
  ),
  one(
    'a Pod',
    apply(`${pods}/a`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'x',
            ports: [{ containerPort: 80 }],
            env: [{ name: 'A', value: 'b' }],
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
          },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
        tolerations: [{ key: 'k', operator: 'Exists' }],
      },
    }),
    apply(
      `${pods}/a`,
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'y' }] } },
      'two',
      '&force=true',
    ),
  ),
  one('an unknown content type', { method: 'PATCH', path: c, type: 'application/x', body: '{}' }),
  one('long managers', apply(c, configMap({}), 'm'.repeat(129)), apply(c, configMap({}), 'a%0Ab')),
  one(
    'managers of updates',
    { path: `${configMaps}?fieldManager=x`, body: configMap({ a: '1' }) },
    { method: 'PUT', path: `${c}?fieldManager=y`, body: configMap({ a: '2', b: '1' }) },
    patch('merge', c, { data: { c: '3' } }, '?fieldManager=x'),
    patch('json', c, [{ op: 'add', path: '/data/d', value: '4' }], '?fieldManager=z'),
    patch('strategic', c, { data: { a: null } }, '?fieldManager=z'),
    { path: c },
  ),
  one(
    'managers by user agent',
    { path: configMaps, body: configMap({ a: '1' }), headers: { 'user-agent': 'kubectl/v1.36 (linux)' } },
    patch('merge', c, { data: { b: '1' } }),
    { method: 'PATCH', path: c, body: { data: { c: '1' } }, type: types.merge, headers: { 'user-agent': '' } },
    { method: 'PATCH', path: c, body: { data: { d: '1' } }, type: types.merge, headers: { 'user-agent': 'a b/c d' } },
  ),
  one(
    'a patch that changes nothing but empties',
    { path: configMaps, body: configMap({ a: '1' }) },
    patch('merge', c, { metadata: { labels: {} } }),
    patch('merge', c, { metadata: { annotations: {} } }),
    patch('merge', c, { data: {} }),
    patch('merge', c, { binaryData: {} }),
    { path: c },
  ),
];
