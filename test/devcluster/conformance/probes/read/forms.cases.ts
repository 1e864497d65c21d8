/** Tables and metadata alone. */
import type { Case } from '../../harness.ts';
import { merge } from '../../steps.ts';
import { accept, fill, get, mine, one, sorts } from './shared.ts';

export const forms: Case[] = sorts.flatMap(([label, path, make]) => {
  const two = fill(path, make, 'a', 'b');
  return [
    ...['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'].flatMap((form) =>
      ['v1', 'v1beta1'].flatMap((version) => [
        one(`${label}: form ${form} ${version}: get`, ...two, get(`${path}/a`, accept(form, version))),
        one(`${label}: form ${form} ${version}: list`, ...two, get(`${path}?${mine}`, accept(form, version))),
        one(`${label}: form ${form} ${version}: create`, { path, body: make('c'), headers: accept(form, version) }),
        one(`${label}: form ${form} ${version}: patch`, ...two, {
          method: 'PATCH',
          path: `${path}/a`,
          body: { metadata: { annotations: { x: 'y' } } },
          type: merge,
          headers: accept(form, version),
        }),
        one(`${label}: form ${form} ${version}: delete`, ...two, {
          method: 'DELETE',
          path: `${path}/a`,
          headers: accept(form, version),
        }),
        one(`${label}: form ${form} ${version}: deletecollection`, ...two, {
          method: 'DELETE',
          path: `${path}?${mine}`,
          headers: accept(form, version),
        }),
        one(`${label}: form ${form} ${version}: watch`, ...two, {
          path: `${path}?watch=1&${mine}`,
          headers: accept(form, version),
          watchFor: 500,
          during: [{ method: 'DELETE', path: `${path}/a` }],
        }),
        one(`${label}: form ${form} ${version}: missing`, get(`${path}/zz`, accept(form, version))),
      ]),
    ),
    ...['None', 'Metadata', 'Object', 'none', ''].flatMap((include) => [
      one(
        `${label}: includeObject ${include || 'empty'}: get`,
        ...two,
        get(`${path}/a?includeObject=${include}`, accept('Table')),
      ),
      one(
        `${label}: includeObject ${include || 'empty'}: list`,
        ...two,
        get(`${path}?${mine}&includeObject=${include}`, accept('Table')),
      ),
      one(`${label}: includeObject ${include || 'empty'}: watch`, ...two, {
        path: `${path}?watch=1&${mine}&includeObject=${include}`,
        headers: accept('Table'),
        watchFor: 500,
      }),
      one(
        `${label}: includeObject ${include || 'empty'}: without a table`,
        ...two,
        get(`${path}/a?includeObject=${include}`),
      ),
    ]),
    one(`${label}: table of initial events`, ...two, {
      path: `${path}?watch=1&${mine}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      headers: accept('Table'),
      watchFor: 600,
    }),
    one(`${label}: metadata of initial events`, ...two, {
      path: `${path}?watch=1&${mine}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      headers: accept('PartialObjectMetadata'),
      watchFor: 600,
    }),
    one(`${label}: an empty table`, get(`${path}?${mine}`, accept('Table'))),
    one(`${label}: a table of one page`, ...two, get(`${path}?${mine}&limit=1`, accept('Table'))),
    one(
      `${label}: forms that do not exist`,
      ...[
        'as=Table',
        'as=Table;v=v1',
        'as=Table;g=meta.k8s.io',
        'as=table;v=v1;g=meta.k8s.io',
        'as=Table;v=v1;g=meta.k8s.io;x=y',
        'as=;v=v1;g=meta.k8s.io',
        'as=Status;v=v1;g=meta.k8s.io',
      ].map((form) => get(`${path}?${mine}`, { accept: `application/json;${form}` })),
    ),
    one(
      `${label}: PartialObjectMetadata in YAML`,
      ...two,
      get(`${path}/a`, { accept: 'application/yaml;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }),
    ),
    one(
      `${label}: a table in YAML`,
      ...two,
      get(`${path}/a`, { accept: 'application/yaml;as=Table;v=v1;g=meta.k8s.io' }),
    ),
    one(`${label}: list in YAML`, ...two, get(`${path}?${mine}`, { accept: 'application/yaml' })),
    one(`${label}: watch in YAML`, ...two, {
      path: `${path}?watch=1&${mine}&timeoutSeconds=1`,
      headers: { accept: 'application/yaml' },
    }),
  ];
});

const tablesOf = [
  '/api/v1/namespaces/{ns}/pods',
  '/apis/apps/v1/namespaces/{ns}/deployments',
  '/api/v1/namespaces/{ns}/services',
  '/api/v1/namespaces/{ns}/events',
  '/apis/batch/v1/namespaces/{ns}/jobs',
  '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings',
  '/api/v1/nodes',
  '/api/v1/namespaces/{ns}/resourcequotas',
  '/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses',
  '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers',
  '/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers',
  '/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies',
  '/apis/conformance.example.com/v1/gadgets',
];

export const emptyTables: Case[] = tablesOf.map((path) =>
  one(`columns of ${path}`, get(`${path}?labelSelector=no-such`, accept('Table'))),
);
