/** Probes of field selectors of every kind, of reviews and their forms, of policies and limits. */
import type { Case, Step } from '../harness.ts';
import {
  applied,
  condition,
  create,
  deployment,
  deployments,
  judged,
  map,
  maps,
  mutated,
  mutation,
  pod,
  pods,
  says,
  widgets,
} from '../probes.admission.objects.ts';
import { casesOf, type Fields, patch, quiet, remove } from '../steps.ts';
import { account, allowed, as, authz, grant, jane, request, review, self, tokens, user } from './access/shared.ts';

const read = casesOf('probes-read', 'kinds: ');
const protocol = casesOf('probes-protocol', 'kinds: ');
const access = casesOf('probes-access', 'kinds: ');
const admit = casesOf('probes-admission', 'kinds: ');
const P = '/api/v1/namespaces/{ns}';
const fieldsOf: [string, string[]][] = [
  [
    '/api/v1/namespaces/{ns}/pods',
    [
      'spec.nodeName=',
      'status.podIP=x',
      'spec.nodeName!=a,status.phase!=Running',
      'status.phase=Pending,spec.restartPolicy=Always',
      'spec.containers=x',
      'status.podIPs=x',
    ],
  ],
  ['/apis/apps/v1/namespaces/{ns}/replicasets', ['status.replicas=0', 'spec.replicas=1']],
  ['/apis/apps/v1/namespaces/{ns}/statefulsets', ['status.replicas=0']],
  ['/apis/batch/v1/namespaces/{ns}/jobs', ['status.successful=0', 'status.active=1']],
  ['/apis/batch/v1/namespaces/{ns}/cronjobs', ['spec.schedule=x']],
  ['/api/v1/namespaces/{ns}/services', ['spec.clusterIP=None', 'spec.type=ClusterIP', 'spec.ports=x']],
  ['/api/v1/nodes', ['spec.unschedulable=false', 'spec.providerID=x']],
  ['/api/v1/namespaces/{ns}/secrets', ['type=Opaque', 'type!=Opaque', 'data.x=y']],
  ['/api/v1/namespaces/{ns}/events', ['involvedObject.name=x', 'reason=y,type=Normal', 'source=x', 'nope=x']],
  ['/api/v1/namespaces/{ns}/replicationcontrollers', ['status.replicas=0']],
  ['/api/v1/persistentvolumes', ['metadata.name=x', 'spec.storageClassName=x', 'name=x']],
  ['/api/v1/namespaces/{ns}/persistentvolumeclaims', ['metadata.name=x', 'name=x', 'status.phase=x']],
  ['/api/v1/namespaces/{ns}/resourcequotas', ['metadata.name=x', 'name=x']],
  ['/api/v1/namespaces/{ns}/limitranges', ['spec.x=y']],
  ['/apis/apps/v1/namespaces/{ns}/deployments', ['status.replicas=0', 'metadata.namespace={ns}']],
  ['/apis/coordination.k8s.io/v1/namespaces/{ns}/leases', ['spec.holderIdentity=x']],
  ['/apis/certificates.k8s.io/v1/certificatesigningrequests', ['spec.signerName=x', 'status.certificate=x']],
  ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', ['metadata.name=x', 'spec.group=x']],
  ['/apis/rbac.authorization.k8s.io/v1/clusterroles', ['metadata.name=view', 'rules=x']],
  ['/apis/storage.k8s.io/v1/storageclasses', ['provisioner=x']],
];
const names = (body: unknown): unknown => {
  const l = body as { items?: { metadata: { name: string } }[] };
  return l.items === undefined ? body : l.items.map((i) => i.metadata.name).filter((n) => !/^conf-/.test(n));
};
const reads = fieldsOf.flatMap(([path, list]) =>
  list.map((sel) =>
    read(`${path} by ${sel}`, {
      path: `${path}?fieldSelector=${encodeURIComponent(sel).replace('%7Bns%7D', '{ns}')}`,
      view: names,
    }),
  ),
);
const reviews: Case[] = [
  access(
    'local review of another namespace',
    authz(
      'LocalSubjectAccessReview',
      { user: 'x', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } },
      undefined,
      'namespaces/{ns}/',
    ),
  ),
  access(
    'local review without a namespace in it',
    authz(
      'LocalSubjectAccessReview',
      { user: 'x', resourceAttributes: { verb: 'get', resource: 'pods' } },
      undefined,
      'namespaces/{ns}/',
    ),
  ),
  access(
    'local review of a path',
    authz(
      'LocalSubjectAccessReview',
      { user: 'x', nonResourceAttributes: { verb: 'get', path: '/' } },
      undefined,
      'namespaces/{ns}/',
    ),
  ),
  access('local review in a namespace that is missing', {
    path: '/apis/authorization.k8s.io/v1/namespaces/no-such/localsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'LocalSubjectAccessReview',
      metadata: { namespace: 'no-such' },
      spec: { user: 'x', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'no-such' } },
    },
  }),
  access(
    'reviews by other methods',
    ...['GET', 'PUT', 'DELETE', 'PATCH'].map(
      (method): Step => ({
        method,
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        ...(method === 'GET' ? {} : { body: {} }),
      }),
    ),
    { path: '/apis/authorization.k8s.io/v1/subjectaccessreviews/x' },
    { path: '/apis/authorization.k8s.io/v1/subjectaccessreviews?watch=1' },
  ),
  access(
    'an empty review',
    { path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body: {} },
    { path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', body: {} },
    { path: '/apis/authentication.k8s.io/v1/tokenreviews', body: {} },
    { path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body: {} },
  ),
  access(
    'a review of another kind',
    {
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: {} },
    },
    {
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: { apiVersion: 'authorization.k8s.io/v1beta1', kind: 'SelfSubjectAccessReview', spec: {} },
    },
  ),
  access(
    'a review with selectors',
    authz('SelfSubjectAccessReview', {
      resourceAttributes: {
        verb: 'list',
        resource: 'pods',
        labelSelector: { rawSelector: 'a=b' },
        fieldSelector: { rawSelector: 'x' },
      },
    }),
    authz('SelfSubjectAccessReview', {
      resourceAttributes: {
        verb: 'list',
        resource: 'pods',
        labelSelector: { requirements: [{ key: 'a', operator: 'In', values: [] }] },
      },
    }),
  ),
  access('an empty token', review({ token: '' }), review({}), review({ token: 'a.b.c' }), review({ token: 5 })),
  access(
    'tokens of odd requests',
    account,
    request({ audiences: 'x' }),
    request({ audiences: [] }),
    request({ expirationSeconds: 'x' }),
    request({ boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: '' } }),
    request({ boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: 'x' } }),
    { path: tokens, body: {} },
    {
      path: `${P}/serviceaccounts/none/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
    { path: `${P}/pods/none/token`, body: {} },
  ),
  access(
    'rules by namespace and by cluster',
    ...grant(user(jane), [
      { apiGroups: ['*'], resources: ['*'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['a', 'b'], verbs: ['*'] },
    ]),
    ...grant(user(jane), [{ nonResourceURLs: ['/a/*', '/b'], verbs: ['get'] }], true),
    allowed({ user: jane, resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'x' } }),
    authz('SelfSubjectRulesReview', { namespace: '{ns}' }, as(jane)),
    authz('SelfSubjectRulesReview', { namespace: 'default' }, as(jane)),
    authz('SubjectAccessReview', { user: jane, nonResourceAttributes: { path: '/a/x/y', verb: 'get' } }),
    authz('SubjectAccessReview', { user: jane, nonResourceAttributes: { path: '/a', verb: 'get' } }),
    authz('SubjectAccessReview', { user: jane, nonResourceAttributes: { path: '/b/', verb: 'get' } }),
  ),
  access(
    'whoami by certificate and by other methods',
    self,
    { path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', method: 'PUT', body: {} },
    { ...self, anonymous: true },
  ),
];
const admissions: Case[] = [
  judged('kinds: no params kind', { ...says('params == null') }),
  judged('kinds: a list', says('object.data.all(k, object.data[k].matches("^[0-9]+$"))')),
  judged(
    'kinds: types',
    says(
      'type(object.data) == map && dyn(object.data.n) == "4" && int(object.data.n) + 1 == 5 && double("1.5") > 1.0 && string(5) == "5" && duration("1h").getHours() == 1 && timestamp("2020-01-01T00:00:00Z").getFullYear() == 2020',
    ),
  ),
  judged('kinds: optionals', says('object.?metadata.?labels.?x.hasValue() || optional.of(1).value() == 1')),
  judged(
    'kinds: a cost that is too high',
    says(
      '[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, a+b+d+e > 0))))',
    ),
  ),
  judged('kinds: an index out of range', says('[1][5] == 1')),
  judged('kinds: a division by zero', says('1 / int(object.data.zero) == 0'), {
    steps: [{ path: maps, body: map('a', {}, { zero: '0' }) }],
  }),
  judged('kinds: a bad conversion', says('int(object.data.n) == 4'), {
    steps: [{ path: maps, body: map('a', {}, { n: 'x' }) }],
  }),
  judged('kinds: no such overload', says('dyn(object.data.n) > 3')),
  judged('kinds: variables in conditions', {
    variables: [{ name: 'v', expression: 'object.data.n' }],
    matchConditions: [condition('c', 'variables.v == "4"')],
    ...says('variables.v == "5"', { messageExpression: '"v is " + variables.v' }),
  }),
  mutated(
    'kinds: a variable',
    mutation([applied('Object{data: {"v": variables.v}}')], {
      variables: [{ name: 'v', expression: '"x" + object.data.n' }],
    }),
  ),
  mutated('kinds: a wrong type', mutation([applied('Object{data: {"v": 5}}')])),
  mutated('kinds: removes', mutation([applied('Object{data: {?"n": optional.none(), "m": "1"}}')])),
  admit(
    'limits',
    quiet({
      path: `${P}/limitranges`,
      body: {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'l' },
        spec: {
          limits: [
            {
              type: 'Container',
              default: { cpu: '1' },
              defaultRequest: { cpu: '500m' },
              max: { cpu: '2' },
              min: { cpu: '100m' },
            },
            { type: 'Pod', max: { cpu: '3' } },
          ],
        },
      },
    }),
    { ...account, quiet: true },
    {
      path: pods,
      body: pod('a'),
      view: (body) =>
        ((body as { spec?: { containers: Fields[] } }).spec?.containers[0] ?? (body as never))['resources' as never] ??
        body,
    },
    { path: pods, body: pod('b', {}, { resources: { limits: { cpu: '3' } } }) },
    { path: pods, body: pod('b', {}, { resources: { requests: { cpu: '50m' } } }) },
    { path: pods, body: pod('b', {}, { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }) },
  ),
  admit(
    'limits of claims',
    quiet({
      path: `${P}/limitranges`,
      body: {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'l' },
        spec: { limits: [{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' }, min: { storage: '1Mi' } }] },
      },
    }),
    {
      path: `${P}/persistentvolumeclaims`,
      body: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'c' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
      },
    },
  ),
  admit(
    'a pod of an account that is missing',
    { path: pods, body: pod('a', { serviceAccountName: 'none' }) },
    { path: pods, body: pod('a', { priorityClassName: 'none' }) },
    { path: pods, body: pod('a', { runtimeClassName: 'none' }) },
  ),
];
const protocols: Case[] = [
  protocol(
    'a list of everything in a namespace that is missing',
    { path: '/api/v1/namespaces/no-such/configmaps' },
    { path: '/apis/conformance.example.com/v1/namespaces/no-such/widgets' },
    { path: '/api/v1/namespaces/no-such/configmaps/x' },
    remove('/api/v1/namespaces/no-such/configmaps'),
    { path: '/api/v1/namespaces/no-such/configmaps', body: map('a') },
  ),
  protocol(
    'names that are odd',
    ...['A', 'a_b', 'a.b', '-a', 'a'.repeat(254), 'ä', 'a b', ''].map(
      (name): Step => ({ path: `${maps}?dryRun=All`, body: { ...map('a'), metadata: { name } } }),
    ),
  ),
  protocol(
    'labels that are odd',
    ...[{ 'a b': 'c' }, { a: 'b c' }, { 'x/y/z': 'a' }, { a: 'x'.repeat(64) }, { '': 'x' }, { 'A.B/c': '' }].map(
      (labels): Step => ({ path: `${maps}?dryRun=All`, body: { ...map('a'), metadata: { name: 'a', labels } } }),
    ),
  ),
  protocol(
    'annotations that are odd',
    ...[{ 'a b': 'c' }, { a: 5 }, { 'x/y/z': 'a' }, { 'UPPER/case': 'x' }].map(
      (annotations): Step => ({
        path: `${maps}?dryRun=All`,
        body: { ...map('a'), metadata: { name: 'a', annotations } },
      }),
    ),
  ),
  protocol(
    'fields that the server sets',
    {
      path: `${maps}?dryRun=All`,
      body: {
        ...map('a'),
        metadata: {
          name: 'a',
          uid: 'x',
          creationTimestamp: '2020-01-01T00:00:00Z',
          generation: 5,
          selfLink: '/x',
          deletionTimestamp: '2020-01-01T00:00:00Z',
          managedFields: [],
        },
      },
    },
    { path: maps, body: { ...map('a'), metadata: { name: 'a', resourceVersion: '5' } } },
    { path: maps, body: { ...map('a'), metadata: { name: 'a', managedFields: [{ manager: 'x' }] } } },
  ),
  protocol(
    'a delete with options',
    quiet(create),
    remove(`${maps}/a`, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Nope' }),
    remove(`${maps}/a`, { orphanDependents: true, propagationPolicy: 'Orphan' }),
    remove(`${maps}/a`, { gracePeriodSeconds: -1, dryRun: ['All'] }),
    remove(`${maps}/a`, { dryRun: ['Some'] }),
    remove(`${maps}/a`, { preconditions: { uid: 'x' } }),
    remove(`${maps}/a`, { preconditions: { resourceVersion: '1' } }),
    remove(`${maps}/a?propagationPolicy=Background&gracePeriodSeconds=5`),
    remove(`${maps}/a`),
  ),
  protocol(
    'patches of everything',
    quiet({ path: deployments, body: deployment }),
    {
      method: 'PATCH',
      path: `${deployments}/d`,
      type: 'application/strategic-merge-patch+json',
      body: {
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'c', env: [{ name: 'A', value: 'b' }] },
                { name: 'e', image: 'f' },
              ],
            },
          },
        },
      },
      view: (b) =>
        (b as { spec: { template: { spec: { containers: Fields[] } } } }).spec.template.spec.containers.map(
          ({ name, image, env }) => [name, image, env],
        ),
    },
    {
      method: 'PATCH',
      path: `${deployments}/d`,
      type: 'application/strategic-merge-patch+json',
      body: { spec: { template: { spec: { containers: [{ $patch: 'delete', name: 'e' }] } } } },
      view: (b) =>
        (b as { spec: { template: { spec: { containers: Fields[] } } } }).spec.template.spec.containers.length,
    },
    {
      method: 'PATCH',
      path: `${deployments}/d`,
      type: 'application/strategic-merge-patch+json',
      body: { spec: { template: { spec: { containers: [{ image: 'x' }] } } } },
    },
    patch(`${deployments}/d`, { spec: { replicas: 'x' } }),
    patch(`${deployments}/d`, { spec: { selector: { matchLabels: { x: 'y' } } } }),
    { method: 'PATCH', path: `${widgets}/w`, type: 'application/strategic-merge-patch+json', body: {} },
  ),
  protocol(
    'objects of other versions',
    ...(
      [
        ['apps/v1/namespaces/{ns}/deployments', 'apps/v1beta1', 'Deployment'],
        ['apps/v1/namespaces/{ns}/deployments', 'apps/v1beta9', 'Deployment'],
        ['apps/v1/namespaces/{ns}/deployments', 'extensions/v1beta1', 'Deployment'],
        ['apps/v1/namespaces/{ns}/daemonsets', 'apps/v1beta1', 'DaemonSet'],
        ['batch/v1/namespaces/{ns}/cronjobs', 'batch/v1beta1', 'CronJob'],
        ['policy/v1/namespaces/{ns}/poddisruptionbudgets', 'policy/v1beta1', 'PodDisruptionBudget'],
        ['networking.k8s.io/v1/namespaces/{ns}/ingresses', 'networking.k8s.io/v1beta1', 'Ingress'],
        ['autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers', 'autoscaling/v1', 'HorizontalPodAutoscaler'],
        ['autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers', 'autoscaling/v2beta2', 'HorizontalPodAutoscaler'],
        [
          'apiextensions.k8s.io/v1/customresourcedefinitions',
          'apiextensions.k8s.io/v1beta1',
          'CustomResourceDefinition',
        ],
        ['events.k8s.io/v1/namespaces/{ns}/events', 'v1', 'Event'],
      ] as const
    ).map(
      ([path, apiVersion, kind]): Step => ({
        path: `/apis/${path}?dryRun=All`,
        body: { apiVersion, kind, metadata: { name: 'x' }, ...(kind === 'Event' ? {} : { spec: {} }) },
      }),
    ),
  ),
];
export const selectorProbes: readonly Case[] = [...reads, ...reviews, ...admissions, ...protocols];
