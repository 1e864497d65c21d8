/** The roles and bindings that every cluster starts with. */
import type { PolicyRule } from '../authz/rbac.ts';

interface Role {
  readonly name: string;
  readonly labels?: { readonly [key: string]: string };
  readonly rules?: readonly PolicyRule[];
  readonly aggregationRule?: {
    readonly clusterRoleSelectors: readonly { readonly matchLabels: { readonly [key: string]: string } }[];
  };
}

const aggregate = (to: string): { [key: string]: string } => ({
  [`rbac.authorization.k8s.io/aggregate-to-${to}`]: 'true',
});
const aggregates = (to: string): Role['aggregationRule'] => ({
  clusterRoleSelectors: [{ matchLabels: aggregate(to) }],
});
const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];

const workloads = [
  {
    apiGroups: ['apps'],
    resources: [
      'daemonsets',
      'deployments',
      'deployments/rollback',
      'deployments/scale',
      'replicasets',
      'replicasets/scale',
      'statefulsets',
      'statefulsets/scale',
    ],
  },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'] },
  { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'] },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'] },
  {
    apiGroups: [''],
    resources: [
      'configmaps',
      'events',
      'persistentvolumeclaims',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'services',
      'services/proxy',
      'pods',
      'pods/attach',
      'pods/exec',
      'pods/portforward',
      'pods/proxy',
    ],
  },
];

export const bootstrapRoles: readonly Role[] = [
  {
    name: 'cluster-admin',
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
  },
  {
    name: 'system:discovery',
    rules: [
      {
        nonResourceURLs: [
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
          '/healthz',
          '/livez',
          '/openapi',
          '/openapi/*',
          '/readyz',
          '/version',
          '/version/',
        ],
        verbs: ['get'],
      },
    ],
  },
  {
    name: 'system:public-info-viewer',
    rules: [{ nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] }],
  },
  {
    name: 'system:basic-user',
    rules: [
      {
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        verbs: ['create'],
      },
      { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    ],
  },
  {
    name: 'system:service-account-issuer-discovery',
    rules: [
      {
        nonResourceURLs: [
          '/.well-known/openid-configuration',
          '/.well-known/openid-configuration/',
          '/openid/v1/jwks',
          '/openid/v1/jwks/',
        ],
        verbs: ['get'],
      },
    ],
  },
  {
    name: 'system:auth-delegator',
    rules: [
      { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
      { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    ],
  },
  { name: 'admin', aggregationRule: aggregates('admin') },
  { name: 'edit', labels: aggregate('admin'), aggregationRule: aggregates('edit') },
  { name: 'view', labels: aggregate('edit'), aggregationRule: aggregates('view') },
  {
    name: 'system:aggregate-to-admin',
    labels: aggregate('admin'),
    rules: [
      { apiGroups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'], verbs: ['create'] },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['rolebindings', 'roles'],
        verbs: [...write.slice(0, 3), 'get', 'list', 'patch', 'update', 'watch'],
      },
    ],
  },
  {
    name: 'system:aggregate-to-edit',
    labels: aggregate('edit'),
    rules: [
      { apiGroups: [''], resources: ['secrets'], verbs: read },
      { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
      { apiGroups: [''], resources: ['secrets', 'serviceaccounts'], verbs: write },
      { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      },
      ...workloads.map((rule) => ({ ...rule, verbs: write })),
    ],
  },
  {
    name: 'system:aggregate-to-view',
    labels: aggregate('view'),
    rules: [
      {
        apiGroups: [''],
        resources: [
          'bindings',
          'endpoints',
          'limitranges',
          'namespaces',
          'namespaces/status',
          'pods/log',
          'pods/status',
          'resourcequotas',
          'resourcequotas/status',
          'serviceaccounts',
        ],
        verbs: read,
      },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
      ...workloads.map((rule) => ({
        ...rule,
        resources: rule.resources.filter((name) => !/\/(attach|exec|portforward|proxy|rollback)$/.test(name)),
        verbs: read,
      })),
    ],
  },
];

export const bootstrapBindings: readonly { readonly name: string; readonly groups: readonly string[] }[] = [
  { name: 'cluster-admin', groups: ['system:masters'] },
  { name: 'system:discovery', groups: ['system:authenticated'] },
  { name: 'system:public-info-viewer', groups: ['system:authenticated', 'system:unauthenticated'] },
  { name: 'system:basic-user', groups: ['system:authenticated'] },
  { name: 'system:service-account-issuer-discovery', groups: ['system:serviceaccounts'] },
];
