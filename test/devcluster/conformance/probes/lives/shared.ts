/** What the tables of this folder share. */
import type { Step } from '../../harness.ts';
import { podSpec } from '../../probes.things.ts';
import { casesOf, create, type Fields, inNamespace } from '../../steps.ts';

export const one = casesOf('probes-controllers', 'lives: ');

export const namespaces = '/api/v1/namespaces',
  another = `${namespaces}/{ns}-x`;

export const anotherNamespace = (more: Fields = {}) =>
  create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-x', ...more } });

export const rb = '/apis/rbac.authorization.k8s.io/v1',
  clusterRoles = `${rb}/clusterroles`;

export const clusterRole = (
  name: string,
  more: { readonly labels?: Fields; readonly rules?: readonly Fields[]; readonly agg?: Fields },
): Step =>
  create(clusterRoles, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: `${name}-{ns}`, ...(more.labels ? { labels: more.labels } : {}) },
    rules: more.rules ?? [],
    ...(more.agg ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: more.agg }] } } : {}),
  });

export const pod = (name: string, more: { readonly meta?: Fields; readonly spec?: Fields } = {}): Step =>
  create(`${inNamespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(more.meta ?? {}) },
    spec: { ...podSpec, ...more.spec },
  });
