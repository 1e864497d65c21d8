/** Probes of reading: paging, versions, selectors, forms, watches, discovery. */
import type { Case, Step } from './harness.ts';
import { type Fields, merge, quiet } from './steps.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'probes-read', name, steps });
const get = (path: string, headers?: { [name: string]: string }): Step => ({
  path,
  ...(headers === undefined ? {} : { headers }),
});
const maps = '/api/v1/namespaces/{ns}/configmaps';
const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';
const map = (name: string, labels: Fields = {}, data: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
  data,
});
const widget = (name: string, labels: Fields = {}, spec: Fields = {}): Fields => ({
  apiVersion: 'conformance.example.com/v1',
  kind: 'Widget',
  metadata: { name, labels },
  spec: { size: 1, ...spec },
});
type Make = (name: string, labels?: Fields) => Fields;
const sorts: readonly [string, string, Make, string][] = [
  ['maps', maps, map, 'secrets'],
  ['widgets', widgets, widget, 'plains'],
];
/** Builtin ConfigMaps come with the namespace: only ours are counted. */
const mine = 'labelSelector=n';
const names = (body: unknown): unknown => {
  const list = body as { items?: { metadata: { name: string } }[]; metadata?: unknown };
  return list.items === undefined ? body : { names: list.items.map((item) => item.metadata.name), of: list.metadata };
};
const fill = (path: string, make: Make, ...list: string[]): Step[] =>
  list.map((name, index) =>
    quiet({ path, body: make(name, { n: String(index), parity: index % 2 === 0 ? 'even' : 'odd' }) }),
  );
/** What controllers put beside the ConfigMaps is there: a page that ends before it says that there is more. */
const settled = (path: string): Step[] =>
  path === maps ? [quiet({ path: `${maps}/kube-root-ca.crt`, until: (answer) => answer.code === 200 })] : [];
const listed = (path: string): Step => ({ path, view: names });

const paging: Case[] = sorts.flatMap(([label, path, make, other]) => {
  const five = fill(path, make, 'a', 'b', 'c', 'd', 'e');
  const first: Step = {
    path: `${path}?limit=2&${mine}`,
    quiet: true,
    keep: { token: 'metadata.continue', rv: 'metadata.resourceVersion' },
  };
  const next = (query: string): Step => listed(`${path}?${query}`);
  const paged = (name: string, ...steps: Step[]): Case => one(`${label}: paging: ${name}`, ...five, first, ...steps);
  return [
    paged('the second page', next(`limit=2&${mine}&continue={token}`)),
    paged('the rest', next(`${mine}&continue={token}`)),
    paged(
      'a snapshot',
      quiet({ path, body: make('bb', { n: '9' }) }),
      quiet({ method: 'DELETE', path: `${path}/d` }),
      next(`${mine}&continue={token}`),
    ),
    paged(
      'a snapshot of contents',
      quiet({ method: 'PATCH', path: `${path}/d`, body: { metadata: { labels: { n: 'changed' } } }, type: merge }),
      {
        path: `${path}?${mine}&continue={token}`,
        view: (body) =>
          (body as { items: { metadata: { labels: unknown } }[] }).items.map((item) => item.metadata.labels),
      },
    ),
    one(`${label}: paging: without the selector`, ...settled(path), ...five, first, next('limit=2&continue={token}')),
    paged('another selector', next('limit=2&labelSelector=parity%3Deven&continue={token}')),
    paged('with a version', next(`limit=2&${mine}&continue={token}&resourceVersion={rv}`)),
    paged('with version 0', next(`limit=2&${mine}&continue={token}&resourceVersion=0`)),
    paged('with a match', next(`limit=2&${mine}&continue={token}&resourceVersionMatch=Exact&resourceVersion={rv}`)),
    paged('with a match only', next(`limit=2&${mine}&continue={token}&resourceVersionMatch=NotOlderThan`)),
    paged('of another resource', listed(`${path.replace(/\w+$/, other)}?limit=2&continue={token}`)),
    paged('in a watch', { path: `${path}?watch=1&continue={token}`, watchFor: 300, view: (body) => body }),
    paged('of all namespaces', listed(`${path.replace('/namespaces/{ns}', '')}?limit=2&${mine}&continue={token}`)),
    paged('as a table', {
      path: `${path}?limit=2&${mine}&continue={token}`,
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
      view: (body) => (body as { metadata: unknown; rows: unknown[] }).metadata,
    }),
    paged('as metadata', {
      path: `${path}?limit=2&${mine}&continue={token}`,
      headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
      view: names,
    }),
    one(`${label}: paging: exactly all`, ...settled(path), ...five, next(`limit=5&${mine}`)),
    one(`${label}: paging: one more than all`, ...five, next(`limit=6&${mine}`)),
    one(`${label}: paging: one`, ...five, next('limit=1&labelSelector=parity%3Dodd')),
    one(
      `${label}: paging: of a field`,
      ...five,
      next('limit=1&fieldSelector=metadata.name!%3Da,metadata.name!%3Dkube-root-ca.crt'),
    ),
    one(`${label}: paging: of a name`, ...five, next('limit=1&fieldSelector=metadata.name%3Dc')),
    one(`${label}: paging: limit at version 0`, ...five, next(`limit=2&${mine}&resourceVersion=0`)),
    paged('limit at a version', next(`limit=2&${mine}&resourceVersion={rv}`)),
    paged('limit at exactly a version', next(`limit=2&${mine}&resourceVersion={rv}&resourceVersionMatch=Exact`)),
    paged('limit not older than', next(`limit=2&${mine}&resourceVersion={rv}&resourceVersionMatch=NotOlderThan`)),
    paged(
      'exactly what was',
      quiet({ method: 'DELETE', path: `${path}/a` }),
      quiet({ path, body: make('f', { n: '7' }) }),
      next(`${mine}&resourceVersion={rv}&resourceVersionMatch=Exact`),
      next(`${mine}&resourceVersion={rv}&resourceVersionMatch=NotOlderThan`),
    ),
    paged('deleted by pages', { method: 'DELETE', path: `${path}?limit=2&${mine}`, view: names }, next(mine)),
    one(
      `${label}: paging: a token of the future`,
      next(`continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":999999999,"start":"a\\u0000"}').toString('base64url')}`),
    ),
    one(
      `${label}: paging: a token of another version`,
      next(`continue=${Buffer.from('{"v":"meta.k8s.io/v2","rv":5,"start":"a\\u0000"}').toString('base64url')}`),
    ),
    one(
      `${label}: paging: a token without a start`,
      next(`continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":5}').toString('base64url')}`),
    ),
    one(
      `${label}: paging: a token without a version`,
      ...five,
      next(
        `${mine}&continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":-1,"start":"b\\u0000"}').toString('base64url')}`,
      ),
    ),
    one(
      `${label}: paging: a token that climbs`,
      next(`continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":5,"start":"../a"}').toString('base64url')}`),
    ),
    one(`${label}: paging: a token that is no JSON`, next(`continue=${Buffer.from('nope').toString('base64url')}`)),
    one(`${label}: paging: a token padded`, next('continue=e30=')),
    one(`${label}: paging: limits twice`, ...five, next(`limit=2&limit=4&${mine}`)),
    one(`${label}: paging: an empty limit`, ...five, next(`limit=&${mine}`)),
  ];
});

const versionsOf = ['', '0', '{rv}', 'x', '-1', '0x1', '01', '99999999999999999999', '1.5'];
const matches = ['', 'Exact', 'NotOlderThan', 'Bogus', 'exact'];
const pair = (rv: string, match: string): string =>
  [rv === '' ? '' : `resourceVersion=${rv}`, match === '' ? '' : `resourceVersionMatch=${match}`]
    .filter((part) => part !== '')
    .join('&');
const versions: Case[] = sorts.flatMap(([label, path, make]) => {
  const two = fill(path, make, 'a', 'b');
  const version: Step = { path: `${path}?${mine}`, quiet: true, keep: { rv: 'metadata.resourceVersion' } };
  return [
    ...versionsOf.flatMap((rv) =>
      matches.map((match) =>
        one(
          `${label}: list: version ${rv || 'none'}, match ${match || 'none'}`,
          ...two,
          version,
          listed(`${path}?${mine}&${pair(rv, match)}`),
        ),
      ),
    ),
    ...['Exact', 'NotOlderThan'].flatMap((match) => [
      one(
        `${label}: list: limit, version 0, match ${match}`,
        ...two,
        listed(`${path}?limit=1&${mine}&resourceVersion=0&resourceVersionMatch=${match}`),
      ),
    ]),
    ...versionsOf.map((rv) =>
      one(`${label}: get: version ${rv || 'none'}`, ...two, version, { path: `${path}/a?${pair(rv, '')}` }),
    ),
    one(
      `${label}: get: a match`,
      ...two,
      get(`${path}/a?resourceVersionMatch=Exact`),
      get(`${path}/a?resourceVersion=0&resourceVersionMatch=Bogus`),
    ),
    one(`${label}: get: the future`, ...two, get(`${path}/a?resourceVersion=999999999`)),
    one(`${label}: list: the future, exactly`, listed(`${path}?resourceVersion=999999999&resourceVersionMatch=Exact`)),
    one(
      `${label}: list: the future, not older`,
      listed(`${path}?resourceVersion=999999999&resourceVersionMatch=NotOlderThan`),
    ),
    one(
      `${label}: deletecollection: versions`,
      ...two,
      { method: 'DELETE', path: `${path}?resourceVersion=x&${mine}` },
      { method: 'DELETE', path: `${path}?resourceVersionMatch=Exact&${mine}` },
      { method: 'DELETE', path: `${path}?continue=x&${mine}` },
      { method: 'DELETE', path: `${path}?watch=1&${mine}`, view: names },
      { method: 'DELETE', path: `${path}?sendInitialEvents=true&${mine}` },
    ),
    // Watches: every combination that is refused, and what the others begin with.
    ...['', '0', '{rv}', 'x', '999999999'].flatMap((rv) =>
      ['', 'Exact', 'NotOlderThan', 'Bogus'].flatMap((match) =>
        ['', 'true', 'false'].flatMap((initial) =>
          ['', 'true'].map((bookmarks) =>
            one(
              `${label}: watch: version ${rv || 'none'}, match ${match || 'none'}, initial ${initial || 'none'}, bookmarks ${bookmarks || 'none'}`,
              ...two,
              version,
              {
                path: `${path}?watch=1&${mine}&${pair(rv, match)}${initial === '' ? '' : `&sendInitialEvents=${initial}`}${bookmarks === '' ? '' : `&allowWatchBookmarks=${bookmarks}`}`,
                watchFor: 500,
                during: [{ path, body: make('late', { n: '5' }) }],
                view: events,
              },
            ),
          ),
        ),
      ),
    ),
  ];
});

/** Types, names and annotations of a watch's events. */
function events(body: unknown): unknown {
  if (!Array.isArray(body)) return body;
  return (
    body as {
      type: string;
      object?: {
        kind: string;
        metadata?: { name?: string; annotations?: unknown; labels?: unknown };
        message?: string;
      };
    }[]
  ).map(({ type, object, ...rest }) =>
    object?.metadata === undefined || type === 'ERROR'
      ? { type, object, ...rest }
      : `${type} ${object.kind} ${object.metadata?.name ?? ''} ${JSON.stringify(object.metadata?.labels ?? object.metadata?.annotations ?? '')}`,
  );
}

const labelSelectors = [
  'n',
  '!n',
  'n=1',
  'n==1',
  'n!=1',
  'n in (1,2)',
  'n notin (1,2)',
  'n>0',
  'n<2',
  'n>1,n<3',
  'zz notin (a)',
  'zz!=a',
  'n in (1),parity=odd',
  'parity',
  'n,parity=even',
  '! n',
  ' n = 1 ',
  'n in ( 1 , 2 )',
  'n in (1',
  'n in',
  'n in 1',
  'n=',
  'n==',
  'n!=',
  'n in ()',
  'n in (,)',
  'n notin (,1)',
  'n=1,',
  ',n=1',
  'n=1,,parity=odd',
  'n===1',
  'n=!1',
  '!n=1',
  '!!n',
  'n 1',
  'n=a b',
  'n=1=2',
  'n>',
  'n>a',
  'n>1.5',
  'n<-1',
  'n>=1',
  'n=>1',
  '(n)',
  'n)',
  'exists',
  'in',
  'notin',
  'in in (in)',
  'a/b',
  'a/b/c',
  '/a',
  'a/',
  'A.B/c=d',
  'x'.repeat(64),
  `${'x'.repeat(254)}/a`,
  `n=${'x'.repeat(64)}`,
  'n=-a',
  'n=a-',
  'n=_',
  'ñ=1',
  'n="1"',
  "n='1'",
  'n=1&n=2',
  'n;m',
  'n\tin\t(1)',
  '*',
  'n=*',
  'n in (*)',
  '-n',
  'kubernetes.io/metadata.name',
];
const fieldSelectors = [
  'metadata.name=a',
  'metadata.name==a',
  'metadata.name!=a',
  'metadata.name=',
  'metadata.name!=',
  'metadata.namespace={ns}',
  'metadata.namespace!={ns}',
  'metadata.namespace=default',
  'metadata.name=a,metadata.namespace={ns}',
  'metadata.name=a,metadata.name=b',
  'metadata.name=a,metadata.name!=b',
  'metadata.uid=x',
  'metadata.labels.n=1',
  'data.a=1',
  'name=a',
  'metadata.name',
  '=a',
  '!=',
  ',',
  'metadata.name=a,',
  ',metadata.name=a',
  'metadata.name in (a)',
  'metadata.name>a',
  'metadata.name=a=b',
  'metadata.name=a\\,b',
  'metadata.name=a\\',
  'metadata.name=\\x',
  ' metadata.name=a',
  'metadata.name= a',
  'Metadata.name=a',
  'metadata.name=A',
  'metadata.name=a/b',
  'kind=x',
  'apiVersion=v1',
  'metadata.creationTimestamp=x',
  'metadata.ownerReferences=x',
  'status.phase=x',
  'spec.size=1',
  'spec.color=red',
  'spec.color!=red',
  'spec.color=blue,metadata.name=a',
  '.spec.color=red',
  'spec=x',
];
const encode = (text: string): string => encodeURIComponent(text).replace(/%7Bns%7D/g, '{ns}');
const selectors: Case[] = sorts.flatMap(([label, path, make]) => {
  const four = fill(path, make, 'a', 'b', 'c', 'd');
  return [
    ...labelSelectors.map((selector) =>
      one(
        `${label}: labels ${selector.slice(0, 40)}${selector.length > 40 ? `… (${selector.length})` : ''}`,
        ...four,
        listed(`${path}?labelSelector=${encode(selector)}`),
      ),
    ),
    ...fieldSelectors.map((selector) =>
      one(`${label}: fields ${selector}`, ...four, listed(`${path}?fieldSelector=${encode(selector)}`)),
    ),
    one(`${label}: two label selectors`, ...four, listed(`${path}?labelSelector=n%3D1&labelSelector=n%3D2`)),
    one(
      `${label}: two field selectors`,
      ...four,
      listed(`${path}?fieldSelector=metadata.name%3Da&fieldSelector=metadata.name%3Db`),
    ),
    one(`${label}: both selectors`, ...four, listed(`${path}?fieldSelector=metadata.name%3Da&labelSelector=n%3D1`)),
    one(`${label}: a plus in a selector`, ...four, listed(`${path}?labelSelector=n+in+(1)`)),
    one(`${label}: a selector with a bad escape`, ...four, listed(`${path}?labelSelector=n%3`)),
    one(`${label}: a selector with a semicolon`, ...four, listed(`${path}?labelSelector=n;limit=1`)),
  ];
});

const fieldsOf: readonly [string, readonly string[]][] = [
  [
    '/api/v1/pods',
    [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.podIPs',
      'status.nominatedNodeName',
      'spec.hostname',
      'status.qosClass',
      'status.hostIP',
    ],
  ],
  [
    '/api/v1/events',
    [
      'involvedObject.kind',
      'involvedObject.namespace',
      'involvedObject.name',
      'involvedObject.uid',
      'involvedObject.apiVersion',
      'involvedObject.resourceVersion',
      'involvedObject.fieldPath',
      'reason',
      'reportingComponent',
      'source',
      'type',
      'message',
      'regarding.name',
    ],
  ],
  [
    '/apis/events.k8s.io/v1/events',
    ['regarding.kind', 'regarding.name', 'involvedObject.name', 'reason', 'type', 'reportingController', 'source'],
  ],
  ['/api/v1/secrets', ['type', 'immutable']],
  ['/api/v1/namespaces', ['status.phase', 'name', 'spec.finalizers']],
  ['/api/v1/nodes', ['spec.unschedulable', 'spec.podCIDR']],
  ['/api/v1/services', ['spec.clusterIP', 'spec.type', 'spec.externalIPs']],
  ['/api/v1/replicationcontrollers', ['status.replicas', 'spec.replicas']],
  ['/api/v1/persistentvolumes', ['name', 'status.phase', 'spec.storageClassName']],
  ['/api/v1/persistentvolumeclaims', ['name', 'status.phase']],
  ['/api/v1/serviceaccounts', ['secrets']],
  ['/api/v1/endpoints', ['subsets']],
  ['/apis/apps/v1/replicasets', ['status.replicas', 'spec.replicas']],
  ['/apis/apps/v1/deployments', ['status.replicas', 'spec.replicas']],
  ['/apis/apps/v1/statefulsets', ['spec.serviceName']],
  ['/apis/apps/v1/daemonsets', ['status.desiredNumberScheduled']],
  ['/apis/batch/v1/jobs', ['status.successful', 'status.active']],
  ['/apis/batch/v1/cronjobs', ['spec.suspend']],
  ['/apis/certificates.k8s.io/v1/certificatesigningrequests', ['spec.signerName', 'spec.username']],
  ['/apis/resource.k8s.io/v1/resourceslices', ['spec.nodeName', 'spec.driver', 'spec.pool.name']],
  ['/apis/networking.k8s.io/v1/ingresses', ['spec.ingressClassName']],
  ['/apis/coordination.k8s.io/v1/leases', ['spec.holderIdentity']],
  ['/apis/rbac.authorization.k8s.io/v1/clusterroles', ['rules']],
  ['/apis/storage.k8s.io/v1/storageclasses', ['provisioner']],
  ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', ['spec.group', 'status.storedVersions']],
  ['/apis/apiregistration.k8s.io/v1/apiservices', ['spec.group']],
  ['/apis/scheduling.k8s.io/v1/priorityclasses', ['value']],
  ['/apis/discovery.k8s.io/v1/endpointslices', ['addressType']],
  ['/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', ['spec.failurePolicy']],
];
const kindFields: Case[] = fieldsOf.flatMap(([path, fields]) =>
  fields.map((field) =>
    one(
      `fields of kinds: ${path.replace(/.*\//, '')}${path.includes('events.k8s.io') ? ' (events.k8s.io)' : ''} ${field}`,
      get(`${path}?fieldSelector=${field}%3Dno-such-value`),
    ),
  ),
);

const accept = (form: string, version = 'v1'): { accept: string } => ({
  accept: `application/json;as=${form};v=${version};g=meta.k8s.io,application/json`,
});
const forms: Case[] = sorts.flatMap(([label, path, make]) => {
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
const emptyTables: Case[] = tablesOf.map((path) =>
  one(`columns of ${path}`, get(`${path}?labelSelector=no-such`, accept('Table'))),
);

const watches: Case[] = sorts.flatMap(([label, path, make]) => {
  const relabel = (name: string, labels: Fields): Step => ({
    method: 'PATCH',
    path: `${path}/${name}`,
    body: { metadata: { labels } },
    type: merge,
  });
  const remove = (name: string, body?: Fields): Step => ({
    method: 'DELETE',
    path: `${path}/${name}`,
    ...(body === undefined ? {} : { body }),
  });
  const watch = (query: string, ...during: Step[]): Step => ({
    path: `${path}?watch=1&${query}`,
    watchFor: 700,
    during,
  });
  const two = fill(path, make, 'a', 'b');
  const version: Step = { path: `${path}?${mine}`, quiet: true, keep: { rv: 'metadata.resourceVersion' } };
  const create = (name: string, labels: Fields = { n: '1' }): Step => ({ path, body: make(name, labels) });
  return [
    one(
      `${label}: events: a life`,
      version,
      watch(`${mine}&resourceVersion={rv}`, create('x'), relabel('x', { n: '2' }), remove('x')),
    ),
    one(
      `${label}: events: into and out of a selector`,
      ...two,
      version,
      watch(
        'labelSelector=parity%3Dodd&resourceVersion={rv}',
        relabel('a', { parity: 'odd' }),
        relabel('a', { x: 'y' }),
        relabel('a', { parity: 'even' }),
        relabel('a', { parity: null }),
        relabel('b', { parity: 'even' }),
      ),
    ),
    one(
      `${label}: events: deleted outside of the selector`,
      ...two,
      version,
      watch('labelSelector=parity%3Dodd&resourceVersion={rv}', remove('a'), remove('b')),
    ),
    one(
      `${label}: events: of a name`,
      ...two,
      version,
      watch(
        'fieldSelector=metadata.name%3Da&resourceVersion={rv}',
        relabel('b', { z: '1' }),
        relabel('a', { z: '1' }),
        remove('a'),
        create('a'),
      ),
    ),
    one(
      `${label}: events: not of a name`,
      ...two,
      version,
      watch(
        `${mine}&fieldSelector=metadata.name!%3Da&resourceVersion={rv}`,
        relabel('a', { z: '1' }),
        relabel('b', { z: '1' }),
      ),
    ),
    one(
      `${label}: events: no change`,
      ...two,
      version,
      watch(
        `${mine}&resourceVersion={rv}`,
        relabel('a', { n: '0' }),
        { method: 'PATCH', path: `${path}/a`, body: {}, type: merge },
        relabel('a', { n: '5' }),
      ),
    ),
    one(
      `${label}: events: a finalizer`,
      version,
      watch(
        `${mine}&resourceVersion={rv}`,
        create('x'),
        { method: 'PATCH', path: `${path}/x`, body: { metadata: { finalizers: ['example.com/f'] } }, type: merge },
        remove('x'),
        { method: 'PATCH', path: `${path}/x`, body: { metadata: { finalizers: null } }, type: merge },
      ),
    ),
    one(
      `${label}: events: a collection`,
      ...two,
      version,
      watch(`${mine}&resourceVersion={rv}`, { method: 'DELETE', path: `${path}?${mine}` }),
    ),
    one(
      `${label}: events: dry run`,
      ...two,
      version,
      watch(
        `${mine}&resourceVersion={rv}`,
        { ...create('x'), path: `${path}?dryRun=All` },
        remove('a', { dryRun: ['All'] }),
        remove('b'),
      ),
    ),
    one(
      `${label}: events: replayed`,
      version,
      ...two,
      quiet(relabel('a', { n: '7' })),
      quiet(remove('b')),
      watch(`${mine}&resourceVersion={rv}`),
    ),
    one(
      `${label}: events: replayed through a selector`,
      version,
      ...two,
      quiet(relabel('a', { parity: 'odd' })),
      quiet(remove('b')),
      watch('labelSelector=parity%3Dodd&resourceVersion={rv}'),
    ),
    one(`${label}: events: from now`, ...two, { ...watch(mine, create('x')), view: events }),
    one(`${label}: events: metadata`, ...two, version, {
      ...watch(`${mine}&resourceVersion={rv}`, relabel('a', { n: '3' }), remove('a')),
      headers: accept('PartialObjectMetadata'),
    }),
    one(`${label}: events: a table from a version`, ...two, version, {
      ...watch(`${mine}&resourceVersion={rv}`, relabel('a', { n: '3' }), remove('a')),
      headers: accept('Table'),
    }),
    one(`${label}: events: the old path`, ...two, {
      path: `${path.replace('/v1/', '/v1/watch/')}?resourceVersion=0&${mine}`,
      watchFor: 400,
      view: events,
    }),
    one(`${label}: events: the old path of a name`, ...two, {
      path: `${path.replace('/v1/', '/v1/watch/')}/a`,
      watchFor: 400,
      view: events,
    }),
    one(`${label}: events: of one object by its path`, ...two, {
      path: `${path}/a?watch=1`,
      watchFor: 400,
      view: events,
    }),
    one(`${label}: events: of one missing by its path`, { path: `${path}/zz?watch=true`, watchFor: 400, view: events }),
    one(`${label}: events: with a limit`, ...two, {
      path: `${path}?watch=1&limit=1&${mine}`,
      watchFor: 400,
      view: events,
    }),
    one(`${label}: events: all namespaces`, ...two, {
      path: `${path.replace('/namespaces/{ns}', '')}?watch=1&fieldSelector=metadata.namespace%3D{ns}&${mine}`,
      watchFor: 400,
      view: events,
    }),
    one(`${label}: events: end by themselves`, ...two, {
      path: `${path}?watch=1&${mine}&timeoutSeconds=1`,
      view: (body) => typeof body,
    }),
    one(`${label}: events: bad time`, { path: `${path}?watch=1&timeoutSeconds=x`, watchFor: 300 }),
    one(`${label}: events: time 0`, { path: `${path}?watch=1&timeoutSeconds=0&${mine}`, watchFor: 300 }),
    ...['1', 'true', 'yes', '0', 'false', '', 'TRUE', 'False', 'f', '2'].map((value) =>
      one(`${label}: watch=${value}`, ...two, {
        path: `${path}?watch=${value}&${mine}`,
        watchFor: 400,
        view: (body) =>
          Array.isArray(body)
            ? body.map((item) => (item as { type?: string; kind?: string }).type ?? (item as { kind?: string }).kind)
            : body,
      }),
    ),
    one(`${label}: watch without a value`, ...two, { path: `${path}?watch&${mine}`, watchFor: 400, view: events }),
    // How far the history of builtin kinds reaches depends on how long the server runs.
    one(`${label}: a watch of the past`, {
      path: `${label === 'maps' ? widgets : path}?watch=1&resourceVersion=1`,
      watchFor: 400,
      view: (body) =>
        Array.isArray(body)
          ? (body as { type: string; object: { code?: number; reason?: string } }[])
              .slice(0, 1)
              .map(({ type, object }) => `${type} ${object.code} ${object.reason}`)
          : body,
    }),
    one(`${label}: a watch by HEAD`, { method: 'HEAD', path: `${path}?watch=1&timeoutSeconds=1` }),
    one(`${label}: a watch by POST`, { method: 'POST', path: `${path}?watch=1`, body: make('p') }),
  ];
});

const discoveryForms = ['v2', 'v2beta1', 'v1', 'v3'];
const discovery: Case[] = [
  ...['/api', '/apis'].flatMap((path) => [
    ...discoveryForms.map((version) =>
      one(`discovery: ${path} ${version}`, {
        path,
        headers: { accept: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList` },
        view: builtinGroups,
      }),
    ),
    one(`discovery: ${path} both`, {
      path,
      headers: {
        accept:
          'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json',
      },
      view: builtinGroups,
    }),
    one(`discovery: ${path} with legacy first`, {
      path,
      headers: { accept: 'application/json,application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
      view: builtinGroups,
    }),
    one(`discovery: ${path} in YAML`, {
      path,
      headers: { accept: 'application/yaml' },
      view: (body) => (path === '/apis' ? String(body).slice(0, 200) : body),
    }),
    one(`discovery: ${path} aggregated in YAML`, {
      path,
      headers: { accept: 'application/yaml;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
      view: (body) => String(body).slice(0, 300),
    }),
    one(`discovery: ${path} by a wrong group`, {
      path,
      headers: { accept: 'application/json;g=nope;v=v2;as=APIGroupDiscoveryList' },
      view: builtinGroups,
    }),
    one(`discovery: ${path} nopeer`, {
      path,
      headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList;profile=nopeer' },
      view: builtinGroups,
    }),
    one(`discovery: ${path} as HTML`, { path, headers: { accept: 'text/html' } }),
    one(`discovery: ${path} as anything`, { path, headers: { accept: '*/*' }, view: builtinGroups }),
    one(`discovery: ${path} by HEAD`, { method: 'HEAD', path }),
    one(`discovery: ${path} by POST`, { method: 'POST', path, body: {} }),
    one(`discovery: ${path} with a matching ETag`, quiet({ path }), {
      path,
      headers: {
        accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
        'if-none-match': '"nope"',
      },
      view: (body) => typeof body,
    }),
  ]),
  ...[
    '/apis/apps',
    '/apis/conformance.example.com',
    '/apis/nope.example.com',
    '/apis/apps/v1',
    '/apis/apps/v2',
    '/apis/conformance.example.com/v1',
    '/apis/conformance.example.com/v2',
    '/api/v1',
    '/api/v2',
    '/apis/',
    '/api/',
    '/apis/apps/',
    '/apis/apps/v1/',
    '/apis/conformance.example.com/',
    '/apis/conformance.example.com/v1/',
  ].flatMap((path) => [
    one(`discovery of ${path}`, get(path)),
    one(`discovery of ${path} in YAML`, get(path, { accept: 'application/yaml' })),
    one(`discovery of ${path} as HTML`, get(path, { accept: 'text/html' })),
    one(
      `discovery of ${path}, aggregated`,
      get(path, { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' }),
    ),
  ]),
  ...[
    'apps/v1',
    'batch/v1',
    'conformance.example.com/v1',
    'rbac.authorization.k8s.io/v1',
    'policy/v1',
    'autoscaling/v2',
  ].flatMap((group) => [
    one(`OpenAPI v3 of ${group}: paths`, {
      path: `/openapi/v3/apis/${group}`,
      view: (body) =>
        Object.entries((body as { paths?: Fields }).paths ?? {})
          .map(
            ([path, item]) =>
              `${path} ${Object.keys(item as object)
                .sort()
                .join()}`,
          )
          .sort(),
    }),
    one(`OpenAPI v3 of ${group}: schemas`, {
      path: `/openapi/v3/apis/${group}`,
      view: (body) => Object.keys((body as { components?: { schemas?: object } }).components?.schemas ?? {}).sort(),
    }),
    one(`OpenAPI v3 of ${group}: one operation`, {
      path: `/openapi/v3/apis/${group}`,
      view: (body) => Object.entries((body as { paths?: Fields }).paths ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))[2],
    }),
    one(`OpenAPI v3 of ${group}: head`, {
      path: `/openapi/v3/apis/${group}`,
      view: (body) => ({
        ...(body as object),
        paths: 0,
        components: Object.keys((body as { components: object }).components),
      }),
    }),
  ]),
  one('OpenAPI v3 of a CRD', {
    path: '/openapi/v3/apis/conformance.example.com/v1',
    view: (body) =>
      (body as { components: { schemas: Fields } }).components.schemas['com.example.conformance.v1.Widget'],
  }),
  one('OpenAPI v3 of a CRD list', {
    path: '/openapi/v3/apis/conformance.example.com/v1',
    view: (body) =>
      (body as { components: { schemas: Fields } }).components.schemas['com.example.conformance.v1.WidgetList'],
  }),
  one('OpenAPI v3 of a CRD: every operation', {
    path: '/openapi/v3/apis/conformance.example.com/v1',
    view: (body) =>
      (body as { paths: Fields }).paths['/apis/conformance.example.com/v1/namespaces/{namespace}/widgets'],
  }),
  one('OpenAPI v3 of core', {
    path: '/openapi/v3/api/v1',
    view: (body) => Object.keys((body as { paths: object }).paths).sort(),
  }),
  one('OpenAPI v3 index', {
    path: '/openapi/v3',
    view: (body) =>
      Object.keys((body as { paths: object }).paths)
        .filter((path) => path.startsWith('api'))
        .sort(),
  }),
  one('OpenAPI v3 by HEAD', { method: 'HEAD', path: '/openapi/v3' }),
  ...[
    'text/html',
    'application/yaml',
    'application/com.github.proto-openapi.spec.v3@v1.0+protobuf',
    'application/com.github.proto-openapi.spec.v3.v1.0+protobuf',
    '*/*',
    'application/*',
    '',
  ].map((type) =>
    one(`OpenAPI v3 as ${type || 'empty'}`, {
      path: '/openapi/v3/apis/policy/v1',
      headers: { accept: type },
      view: (body) => (typeof body === 'string' && body.length > 300 ? 'text' : typeof body),
    }),
  ),
  ...[
    'text/html',
    'application/yaml',
    'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
    'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
    '*/*',
    'application/json',
    'application/json;q=0.5',
  ].map((type) =>
    one(`OpenAPI v2 as ${type || 'empty'}`, {
      path: '/openapi/v2',
      headers: { accept: type },
      view: (body) => (typeof body === 'string' && body.length > 300 ? 'text' : typeof body),
    }),
  ),
  one('OpenAPI v3 with an odd hash', { path: '/openapi/v3/apis/policy/v1?hash=NOPE', view: (body) => typeof body }),
  one('OpenAPI v3 with an odd ETag', {
    path: '/openapi/v3/apis/policy/v1',
    headers: { 'if-none-match': '"NOPE"' },
    view: (body) => typeof body,
  }),
  one('OpenAPI v3 with any ETag', { path: '/openapi/v3/apis/policy/v1', headers: { 'if-none-match': '*' } }),
  one('OpenAPI v2 with any ETag', { path: '/openapi/v2', headers: { 'if-none-match': '*' } }),
  one('OpenAPI v2: paths', {
    path: '/openapi/v2',
    view: (body) =>
      Object.keys((body as { paths: object }).paths)
        .filter((path) => !path.includes('example.com'))
        .sort(),
  }),
  one('OpenAPI v2: definitions', {
    path: '/openapi/v2',
    view: (body) =>
      Object.keys((body as { definitions: object }).definitions)
        .filter((path) => !path.includes('com.example'))
        .sort(),
  }),
  one('OpenAPI v2: a CRD', {
    path: '/openapi/v2',
    view: (body) => (body as { definitions: Fields }).definitions['com.example.conformance.v1.Widget'],
  }),
  one('OpenAPI v2: a CRD operation', {
    path: '/openapi/v2',
    view: (body) =>
      (body as { paths: Fields }).paths['/apis/conformance.example.com/v1/namespaces/{namespace}/widgets/{name}'],
  }),
  one('OpenAPI v2: head', {
    path: '/openapi/v2',
    view: (body) => ({ ...(body as object), paths: 0, definitions: 0, parameters: 0 }),
  }),
];

/** Groups that the cases make themselves come and go. */
function builtinGroups(body: unknown): unknown {
  const text = typeof body === 'object' ? body : undefined;
  if (text === undefined || text === null) return body;
  const out = { ...(text as { items?: { metadata: { name?: string } }[]; groups?: { name: string }[] }) };
  if (out.items !== undefined)
    out.items = out.items.filter((item) => !(item.metadata.name ?? '').includes('example.com'));
  if (out.groups !== undefined) out.groups = out.groups.filter((group) => !group.name.includes('example.com'));
  return out;
}

const paths: Case[] = [
  '/healthz?verbose',
  '/livez?verbose',
  '/readyz?verbose',
  '/healthz?verbose=0',
  '/livez?exclude=etcd',
  '/livez?exclude=ping&exclude=log&verbose',
  '/readyz?verbose&exclude=nope',
  '/livez/nope',
  '/readyz/',
  '/livez/',
  '/healthz/',
  '/readyz/ping/',
  '/readyz/ping?verbose',
  '/readyz/informer-sync',
  '/readyz/shutdown',
  '/livez/shutdown',
  '/healthz/poststarthook/rbac/bootstrap-roles',
  '/readyz/poststarthook/crd-informer-synced',
  '/readyz/etcd-readiness',
  '/livez/poststarthook/start-apiextensions-controllers',
  '/livez/autoregister-completion',
  '/readyz/poststarthook/nope',
  '/version?pretty=1',
  '/version/x',
  '/versions',
  '/',
  '/index.html',
  '/metrics/',
  '/metrics/cadvisor',
  '/logs',
  '/logs/',
  '/statusz',
  '/flagz',
  '/configz',
  '/ui',
  '/swaggerapi',
  '/swagger-ui/',
  '/openapi',
  '/openapi/',
  '/openapi/v2/',
  '/openapi/v1',
  '/api/v1/proxy',
  '/api/v1/watch',
  '/api/v1/watch/',
  '/api/v1/redirect/x',

  '/.well-known',
  '/.well-known/nope',
  '/openid',
  '/openid/v1',
  '/apis//apps',
  '/apis/apps//v1',
  '/apis/apps/v1//deployments',
  '/api//v1',
  '/./api',
  '/api/./v1',
  '/api/../healthz',
  '/%61pi',
  '/api%2fv1',
  '/api/v1/namespaces/default/configmaps/%20',
  '/api/v1/namespaces/default/configmaps/%00',
  '/api/v1/namespaces/default/configmaps/a%2Fb',
  '/api/v1/namespaces/default/configmaps/A_B',
  '/api/v1/namespaces/%20/configmaps/a',
  '/api/v1/namespaces/no-such-namespace/configmaps/a',
  '/api/v1/namespaces/no-such-namespace/configmaps',
  '/api/v1/namespaces/BAD_NAME/configmaps',
  '/api/v1/namespaces/default/',
  '/api/v1/nodes/',
  '/api/v1/nodes/zz/',
  '/api/v1/nodes/zz/proxy',
  '/api/v1/nodes/zz/proxy/x',
  '/api/v1/namespaces/default/services/zz/proxy',
  '/api/v1/namespaces/default/services/zz/proxy/x/y',
  '/api/v1/namespaces/default/pods/zz/log',
  '/api/v1/namespaces/default/pods/zz/exec',
  '/api/v1/namespaces/default/pods/zz/attach',
  '/api/v1/namespaces/default/pods/zz/portforward',
  '/api/v1/namespaces/default/pods/zz/proxy',
  '/api/v1/namespaces/default/pods/zz/binding',
  '/api/v1/namespaces/default/pods/zz/eviction',
  '/api/v1/namespaces/default/pods/zz/ephemeralcontainers',
  '/api/v1/namespaces/default/pods/zz/resize',
  '/api/v1/namespaces/default/bindings',
  '/api/v1/namespaces/default/status',
  '/api/v1/namespaces/default/finalize',
  '/api/v1/namespaces/default/serviceaccounts/default/token',
  '/api/v1/componentstatuses/nope',
  '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  '/apis/authentication.k8s.io/v1/tokenreviews',
  '/apis/apps/v1/namespaces/default/deployments/zz/scale',
  '/apis/apps/v1/namespaces/default/deployments/zz/status',
  '/apis/apps/v1/namespaces/default/deployments/zz/rollback',
  '/apis/apps/v1/deployments/zz',
  '/apis/conformance.example.com/v1/namespaces/default/widgets/zz/scale',
  '/apis/conformance.example.com/v1/namespaces/default/widgets/zz/status',
  '/apis/conformance.example.com/v1/namespaces/default/gadgets',
  '/apis/conformance.example.com/v1/gadgets/zz/status',
  '/apis/conformance.example.com/v1/namespaces/default/plains/zz/scale',
  '/apis/conformance.example.com/v1/gadgets/zz/',
  '/apis/conformance.example.com/v1/namespaces',
  '/apis/conformance.example.com/v1/namespaces/default',
].flatMap((path) => [one(`path ${path}`, get(path))]);

const methods: Case[] = [
  '/healthz',
  '/version',
  '/',
  '/apis/apps/v1',
  '/nope',
  '/api/v1/namespaces/default/configmaps',
  '/api/v1/namespaces/default/configmaps/zz',
  '/apis/conformance.example.com/v1/gadgets',
  '/apis/conformance.example.com/v1/gadgets/zz',
  '/api/v1/componentstatuses',
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  '/apis/apps/v1/namespaces/default/deployments/zz/scale',
  '/apis/conformance.example.com/v1/namespaces/default/widgets/zz/status',
].flatMap((path) =>
  ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE', 'TRACE', 'QUERY']
    .filter((method) => !(method === 'DELETE' && path.endsWith('configmaps')))
    .map((method) =>
      one(`${method} ${path}`, { method, path, ...(['PUT', 'POST', 'PATCH'].includes(method) ? { body: {} } : {}) }),
    ),
);

export const readProbes: readonly Case[] = [
  ...paging,
  ...versions,
  ...selectors,
  ...kindFields,
  ...forms,
  ...emptyTables,
  ...watches,
  ...discovery,
  ...paths,
  ...methods,
];
