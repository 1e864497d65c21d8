import type { Case, Step } from '../harness.ts';
import { gone } from '../steps.ts';
import { configMap, configMaps, widget, widgets } from './write.cases.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'delete', name, steps });

const both: readonly [string, string, typeof widget][] = [
  ['custom', widgets, widget],
  ['builtin', configMaps, configMap],
];

const cases: Case[] = both.flatMap(([label, path, make]) => {
  const first: Step = { path, body: make('a'), quiet: true };
  const held: Step = { path, body: make('a', undefined, { finalizers: ['example.com/x'] }), quiet: true };
  const remove = (body?: unknown, query = ''): Step => ({
    method: 'DELETE',
    path: `${path}/a${query}`,
    ...(body === undefined ? {} : { body }),
  });
  const release: Step = {
    method: 'PATCH',
    path: `${path}/a`,
    type: 'application/merge-patch+json',
    body: { metadata: { finalizers: null } },
  };
  return [
    one(`${label}`, first, remove(), { path: `${path}/a` }),
    one(`${label} that is missing`, remove()),
    one(`${label} with a finalizer`, held, remove(), remove(), release, { path: `${path}/a` }),
    one(
      `${label} held: no new finalizer`,
      held,
      remove(),
      { ...release, body: { metadata: { finalizers: ['example.com/x', 'example.com/y'] } } },
      { ...release, quiet: true },
    ),
    one(`${label} with a wrong uid`, first, remove({ preconditions: { uid: 'wrong' } })),
    one(`${label} with a stale version`, first, remove({ preconditions: { resourceVersion: '1' } })),
    one(`${label} as a dry run`, first, remove(undefined, '?dryRun=All'), { path: `${path}/a` }),
    one(`${label} with a bad policy`, first, remove({ propagationPolicy: 'Sideways' })),
    one(`${label} with both policies`, first, remove({ propagationPolicy: 'Orphan', orphanDependents: true })),
    one(`${label} with a body of another kind`, first, remove({ kind: 'ConfigMap', apiVersion: 'v1' })),
    one(`${label} with a body that is none`, first, remove('[')),
    one(`${label} with an unknown option`, first, remove({ kind: 'DeleteOptions', apiVersion: 'v1', nope: 1 })),
    one(`${label} with a bad grace period`, first, remove(undefined, '?gracePeriodSeconds=x')),
    one(
      `${label} collection`,
      first,
      { path, body: make('b', undefined, { labels: { x: 'y' } }), quiet: true },
      { method: 'DELETE', path: `${path}?labelSelector=x%3Dy` },
      { path: `${path}/b` },
      { path: `${path}/a` },
    ),
    one(`${label} collection without a namespace`, { method: 'DELETE', path: path.replace('/namespaces/{ns}', '') }),
  ];
});

const more: Case[] = [
  ...['Orphan', 'Foreground'].map((propagationPolicy) =>
    one(
      `${propagationPolicy}, nobody depends`,
      { path: configMaps, body: configMap('a'), quiet: true },
      { method: 'DELETE', path: `${configMaps}/a`, body: { propagationPolicy } },
      { path: `${configMaps}/a`, until: gone },
    ),
  ),
  one('a namespace that must stay', { method: 'DELETE', path: '/api/v1/namespaces/default' }),
  one(
    'a service account',
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts',
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a' } },
      quiet: true,
    },
    { method: 'DELETE', path: '/api/v1/namespaces/{ns}/serviceaccounts/a' },
  ),
];

export const deleteCases: readonly Case[] = [...cases, ...more];
