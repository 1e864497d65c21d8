/** Fields of roles and bindings. */
import type { Case } from '../../harness.ts';
import { creates, updates } from './shared.ts';

export const rbac: Case[] = [
  ...creates('roles', {}, [
    { 'rules.0.verbs': [] },
    { 'rules.0.apiGroups': [] },
    { 'rules.0.resources': [] },
    { 'rules.0': { nonResourceURLs: ['/x'], verbs: ['get'] } },
    { 'rules.0': { apiGroups: [''], nonResourceURLs: ['/x'], verbs: ['get'], resources: ['x'] } },
    { 'metadata.name': 'system:x' },
    { 'metadata.name': 'a/b' },
    { 'metadata.name': '..' },
    { rules: undefined },
    { rules: [{}] },
  ]),
  ...creates('clusterroles', {}, [
    { 'rules.0': { nonResourceURLs: ['x'], verbs: ['get'] } },
    { 'rules.0': { nonResourceURLs: ['/x*y'], verbs: [] } },
    { aggregationRule: {} },
    { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'a b': 'c' } }] } },
    { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'X' }] }] } },
  ]),
  ...creates('rolebindings', {}, [
    { 'roleRef.kind': 'X' },
    { 'roleRef.apiGroup': '' },
    { 'roleRef.apiGroup': 'x' },
    { 'roleRef.name': '' },
    { 'roleRef.name': 'a/b' },
    { roleRef: undefined },
    { subjects: [] },
    { subjects: [{ kind: 'X', name: 'x' }] },
    { subjects: [{ kind: 'User', name: '' }] },
    { subjects: [{ kind: 'User', name: 'x', apiGroup: 'y' }] },
    { subjects: [{ kind: 'ServiceAccount', name: 'x' }] },
    { subjects: [{ kind: 'ServiceAccount', name: 'BAD_', namespace: 'x', apiGroup: 'y' }] },
    { subjects: [{ kind: 'Group', name: 'x', namespace: 'y' }] },
  ]),
  ...updates('rolebindings', {}, [{ 'roleRef.name': 'edit' }, { subjects: null }]),
  ...creates('clusterrolebindings', {}, [
    { 'roleRef.kind': 'Role' },
    { subjects: [{ kind: 'ServiceAccount', name: 'x' }] },
    { subjects: [{ name: 'x' }] },
  ]),
  ...updates('clusterrolebindings', {}, [{ 'roleRef.name': 'edit' }, { subjects: [{ kind: 'User', name: 'v' }] }]),
];
