/** Bodies: validation of fields, collections, dry runs, quantities, owners. */
import type { Case, Step } from '../../harness.ts';
import {
  aMap,
  integer,
  map,
  maps,
  objectOf,
  patched,
  patchTypes,
  string,
  template,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import { applied, create, type Fields, inNamespace, pick, quiet, read, remove } from '../../steps.ts';
import { aDeployment, deployment, deployments, one, running, services } from './shared.ts';

const service = (spec: Fields, name = 'a') => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });

const secret = (name: string, fields: Fields): Step =>
  create(`${inNamespace}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...fields });

export const bodyProbes: readonly Case[] = [
  one(
    'warn on unknown and duplicates',
    create(
      maps,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labells":{}},"data":{"k":"1","k":"2"},"x":{"y":1}}',
    ),
    {
      path: maps,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n  name: c\nfoo: bar\n',
      type: 'application/yaml',
    },
    {
      path: `${deployments}?fieldValidation=Warn`,
      body: {
        ...deployment(),
        spec: {
          ...deployment().spec,
          template: {
            ...template,
            spec: {
              containers: [{ name: 'c', image: 'n', prots: [], ports: [{ containerprt: 80 }] }],
              restarPolicy: 'x',
            },
          },
        },
      },
    },
    {
      path: `${deployments}?fieldValidation=Strict`,
      body: {
        ...deployment('b'),
        spec: {
          ...deployment().spec,
          template: {
            ...template,
            spec: {
              containers: [{ name: 'c', image: 'n', prots: [], ports: [{ containerprt: 80 }] }],
              restarPolicy: 'x',
            },
          },
        },
      },
    },
  ),
  one('case of fields', create(deployments, { ...deployment(), spec: { ...deployment().spec, Replicas: 5 } }), {
    path: `${maps}?fieldValidation=Strict`,
    body: { ...map('b'), Data: { x: 'y' } },
  }),
  one(
    'wrong types',
    create(deployments, { ...deployment(), spec: { ...deployment().spec, replicas: 'three' } }),
    create(deployments, { ...deployment(), spec: { ...deployment().spec, template: [] } }),
    create(maps, { ...map(), data: { a: { b: 'c' } } }),
    create(maps, { ...map(), data: { a: null } }),
    create(maps, { ...map('c'), metadata: { name: 'c', labels: { a: null } } }),
    create(services, service({ ports: [{ port: '80' }] })),
    create(services, service({ ports: [{ port: 80, targetPort: 1.5 }] })),
    create(deployments, { ...deployment(), metadata: 'x' }),
    create(deployments, { ...deployment(), spec: null }),
  ),
  one(
    'deletecollection',
    quiet(create(maps, map('a', {}, { labels: { x: '1' } }))),
    quiet(create(maps, map('b', {}, { labels: { x: '2' } }))),
    quiet(create(maps, map('c', {}, { labels: { x: '1' }, finalizers: ['x.io/y'] }))),
    { ...remove(`${maps}?labelSelector=x%3D1&dryRun=All`), view: pick('kind', 'items.*.metadata.name') },
    remove(`${maps}?labelSelector=x%3D1`),
    { ...read(`${maps}?labelSelector=x`), view: pick('items.*.metadata.name') },
    remove(`${maps}?fieldSelector=metadata.name%3Db`, { propagationPolicy: 'Foreground' }),
    quiet(patched(`${maps}/c`, { metadata: { finalizers: null } })),
  ),
  one(
    'secret data',
    secret('a', { data: { a: 'YQ==' }, stringData: { a: 'b', c: 'd' } }),
    secret('b', { data: { a: '***' } }),
    secret('c', { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'e30K' } }),
    secret('d', { type: 'kubernetes.io/dockerconfigjson', stringData: { x: '{}' } }),
    secret('e', { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'x' } }),
    secret('f', { type: 'kubernetes.io/basic-auth', stringData: {} }),
    secret('g', { type: 'kubernetes.io/ssh-auth', stringData: {} }),
    secret('h', { type: 'bootstrap.kubernetes.io/token', stringData: {} }),
  ),
  one(
    'status by the main endpoint',
    quiet(create(deployments, { ...deployment(), status: { replicas: 9 } })),
    read(aDeployment),
    patched(aDeployment, { status: { replicas: 5 } }),
    patched(`${aDeployment}/status`, { status: { replicas: 5, readyReplicas: 6 } }),
    patched(`${aDeployment}/status`, {
      status: { replicas: 7, readyReplicas: 6, availableReplicas: 5, observedGeneration: 1 },
    }),
    patched(`${aDeployment}/status`, { status: { observedGeneration: 0 } }),
    patched(`${aDeployment}/status`, { spec: { replicas: 9 }, metadata: { annotations: { a: 'b' } } }),
  ),
  one(
    'generation',
    quiet(create(deployments, deployment())),
    patched(aDeployment, { metadata: { labels: { a: 'b' } } }),
    patched(aDeployment, { spec: { replicas: 2 } }),
    patched(aDeployment, { spec: { paused: true } }),
    patched(aDeployment, { spec: { paused: false } }),
    patched(aDeployment, { spec: { template: { metadata: { annotations: { x: 'y' } } } } }),
  ),
  one(
    'strategic directives',
    quiet(
      create(
        deployments,
        deployment('a', {
          template: {
            ...template,
            spec: {
              containers: [
                { name: 'a', image: 'a' },
                { name: 'b', image: 'b' },
              ],
              volumes: [{ name: 'v', emptyDir: {} }],
            },
          },
        }),
      ),
    ),
    patched(
      aDeployment,
      { spec: { template: { spec: { containers: [{ name: 'a', $patch: 'delete' }] } } } },
      patchTypes.strategic,
    ),
    patched(aDeployment, { spec: { template: { spec: { $setElementOrder: 1 } } } }, patchTypes.strategic),
    patched(
      aDeployment,
      {
        spec: {
          template: {
            spec: {
              '$setElementOrder/containers': [{ name: 'z' }, { name: 'b' }],
              containers: [{ name: 'z', image: 'z' }],
            },
          },
        },
      },
      patchTypes.strategic,
    ),
    patched(
      aDeployment,
      { spec: { template: { spec: { volumes: [{ name: 'v', $patch: 'replace' }] } } } },
      patchTypes.strategic,
    ),
    patched(aDeployment, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, patchTypes.strategic),
    patched(aDeployment, { metadata: { $patch: 'replace', labels: { only: 'me' } } }, patchTypes.strategic),
    patched(aDeployment, { spec: { $patch: 'nope' } }, patchTypes.strategic),
  ),
  one(
    'cut body, trailing data, BOM',
    create(maps, '{"apiVersion":"v1"'),
    create(maps, `${JSON.stringify(map())}x`),
    create(maps, `\ufeff${JSON.stringify(map())}`),
    create(maps, JSON.stringify(map('t')) + JSON.stringify(map('u'))),
    {
      path: maps,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y1}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: y2}\n',
      type: 'application/yaml',
    },
    create(maps, { apiVersion: 'v1', kind: 'List', items: [] }),
    create(maps, { apiVersion: 'v1', kind: 'ConfigMapList', items: [map()] }),
    create(maps, { kind: 'ConfigMap', metadata: { name: 'k' } }),
    create(maps, { apiVersion: 'v1', metadata: { name: 'k2' } }),
  ),
  one(
    'dry run everywhere',
    { path: `${maps}?dryRun=All`, body: map() },
    quiet(create(maps, map())),
    { ...patched(`${aMap}?dryRun=All`, { data: { z: 'z' } }) },
    { method: 'PUT', path: `${aMap}?dryRun=All`, body: map('a', { y: 'y' }) },
    read(aMap),
    { path: `${maps}?dryRun=None`, body: map('b') },
    { path: `${maps}?dryRun=All&dryRun=All`, body: map('b') },
    { path: `${maps}?dryRun=`, body: map('b') },
  ),
  one(
    'quantity and canonical forms',
    create(`${inNamespace}/persistentvolumeclaims`, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'a' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
    }),
    create(`${inNamespace}/resourcequotas`, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'a' },
      spec: { hard: { cpu: '1000m', memory: '0.5Gi', pods: '10.0', 'requests.storage': '1e3' } },
    }),
    create(`${inNamespace}/limitranges`, {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'a' },
      spec: { limits: [{ type: 'Container', default: { cpu: '0.1', memory: '100e6' }, max: { cpu: '1.0005' } }] },
    }),
  ),
  one(
    'apply quantities unchanged',
    applied(
      aDeployment,
      running({
        name: 'c',
        image: 'n',
        resources: { requests: { cpu: '1000m' }, limits: { cpu: '1', memory: '1024Mi' } },
      }),
    ),
    applied(
      aDeployment,
      running({ name: 'c', image: 'n', resources: { requests: { cpu: '1' }, limits: { cpu: '1', memory: '1Gi' } } }),
      'two',
    ),
  ),
  one(
    'owner references',
    create(
      maps,
      map(
        'a',
        {},
        {
          ownerReferences: [
            { apiVersion: 'v1', kind: 'Node', name: 'x', uid: 'y', controller: true },
            { apiVersion: 'v1', kind: 'Node', name: 'x', uid: 'z', controller: true },
          ],
        },
      ),
    ),
    create(maps, map('b', {}, { ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: '' }] })),
  ),
  one(
    'custom: apply lists',
    ...withDefinition(
      objectOf({
        spec: objectOf({
          s: { type: 'array', 'x-kubernetes-list-type': 'set', items: string },
          m: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['k'],
            items: { ...objectOf({ k: string, v: string, n: integer }), required: ['k'] },
          },
          at: { type: 'array', items: string },
          mp: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: string },
          gr: { type: 'object', additionalProperties: string },
        }),
      }),
      {},
      applied(
        `${things}/a`,
        thing({ s: ['a', 'b'], m: [{ k: 'x', v: '1' }], at: ['p'], mp: { q: 'r' }, gr: { g: 'h' } }),
        'one',
      ),
      applied(
        `${things}/a`,
        thing({
          s: ['b', 'c'],
          m: [
            { k: 'x', n: 5 },
            { k: 'y', v: '2' },
          ],
          gr: { i: 'j' },
        }),
        'two',
      ),
      applied(`${things}/a`, thing({ at: ['z'], mp: { s: 't' } }), 'two'),
      applied(`${things}/a`, thing({ s: ['b'], m: [] }), 'one'),
      applied(`${things}/a`, thing({ m: [{ k: 'x', v: '9' }] }), 'two'),
    ),
  ),
];
