/** Owners, namespaces, aggregated roles. */
import type { Case } from '../../harness.ts';
import { at, casesOf, code, create, gone, includes, pick, quiet, remove } from '../../steps.ts';
import { cm, ns } from './shared.ts';

const one = casesOf('probes-controllers', 'first: ');

export const controllersFirst: readonly Case[] = [
  one(
    'owner goes',
    { ...quiet(create(`${ns}/configmaps`, cm('own'))), keep: { uid: 'metadata.uid' } },
    quiet(
      create(
        `${ns}/configmaps`,
        cm('kid', {}, { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'own', uid: '{uid}' }] }),
      ),
    ),
    remove(`${ns}/configmaps/own`),
    { path: `${ns}/configmaps/kid`, until: gone },
  ),
  one(
    'owner orphaned',
    { ...quiet(create(`${ns}/configmaps`, cm('own'))), keep: { uid: 'metadata.uid' } },
    quiet(
      create(
        `${ns}/configmaps`,
        cm('kid', {}, { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'own', uid: '{uid}' }] }),
      ),
    ),
    quiet(remove(`${ns}/configmaps/own`, { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Orphan' })),
    { path: `${ns}/configmaps/own`, until: gone, quiet: true },
    { path: `${ns}/configmaps/kid`, view: (body: unknown) => at(body, 'metadata.ownerReferences') ?? null },
  ),
  one(
    'namespace comes with',
    {
      path: `${ns}/configmaps/kube-root-ca.crt`,
      until: code(200),
      view: (body: unknown) => Object.keys(at(body, 'data') as object),
    },
    { path: `${ns}/serviceaccounts/default`, until: code(200) },
  ),
  one(
    'aggregated role',
    quiet(
      create('/apis/rbac.authorization.k8s.io/v1/clusterroles', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'agg-{ns}' },
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { agg: '{ns}' } }] },
        rules: [],
      }),
    ),
    quiet(
      create('/apis/rbac.authorization.k8s.io/v1/clusterroles', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'part-{ns}', labels: { agg: '{ns}' } },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      }),
    ),
    {
      path: '/apis/rbac.authorization.k8s.io/v1/clusterroles/agg-{ns}',
      until: includes('"pods"'),
      view: pick('rules'),
    },
  ),
];
