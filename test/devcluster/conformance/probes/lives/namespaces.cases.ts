/** Namespaces. */
import type { Case, Step } from '../../harness.ts';
import { map, objectOf, patched, string, thing, things, withDefinition } from '../../probes.things.ts';
import { applied, at, code, create, type Fields, gone, holds, pick, quiet, read, remove } from '../../steps.ts';
import { another, anotherNamespace, one } from './shared.ts';

/** Conditions come in the order in which they first were. */
const state = (body: unknown): unknown =>
  at(body, 'kind') === 'Status'
    ? body
    : {
        phase: at(body, 'status.phase'),
        finalizers: at(body, 'spec.finalizers'),
        conditions: ((at(body, 'status.conditions') as Fields[] | undefined) ?? []).map(
          ({ type, status, reason, message }) => ({ type, status, reason, message }),
        ),
      };

const remaining: NonNullable<Step['until']> = ({ body }) =>
  ((at(body, 'status.conditions') as Fields[] | undefined) ?? []).some(
    ({ type, status }) => type === 'NamespaceFinalizersRemaining' && status === 'True',
  );

export const namespaceLives: readonly Case[] = [
  one(
    'namespace: new one',
    anotherNamespace(),
    { path: `${another}/serviceaccounts/default`, until: code(200) },
    { path: `${another}/configmaps/kube-root-ca.crt`, until: code(200) },
    quiet(remove(another)),
  ),
  one(
    'namespace: delete and finish',
    quiet(anotherNamespace()),
    quiet(create(`${another}/configmaps`, map('a'))),
    { ...remove(another), view: state },
    { path: another, until: gone },
  ),
  one(
    'namespace: held by a finalizer inside',
    quiet(anotherNamespace()),
    quiet(create(`${another}/configmaps`, map('a', {}, { finalizers: ['x.io/hold'] }))),
    quiet(
      create(`${another}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's', finalizers: ['x.io/hold', 'y.io/too'] },
      }),
    ),
    quiet(remove(another)),
    { path: another, until: remaining, view: state },
    create(`${another}/configmaps`, map('late')),
    { ...patched(`${another}/configmaps/a`, { data: { late: 'x' } }), view: pick('data') },
    quiet(patched(`${another}/configmaps/a`, { metadata: { finalizers: null } })),
    quiet(patched(`${another}/secrets/s`, { metadata: { finalizers: null } })),
    { path: another, until: gone },
  ),
  one(
    'namespace: with its own finalizer',
    quiet(anotherNamespace({ finalizers: ['x.io/mine'] })),
    { ...remove(another), view: state },
    {
      path: another,
      until: ({ body }) => ((at(body, 'spec.finalizers') as unknown[] | undefined) ?? []).length === 0,
      view: state,
    },
    quiet(patched(another, { metadata: { finalizers: null } })),
    { path: another, until: gone },
  ),
  one(
    'namespace: finalize subresource',
    quiet(anotherNamespace()),
    {
      method: 'PUT',
      path: `${another}/finalize`,
      body: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: '{ns}-x' },
        spec: { finalizers: ['kubernetes', 'x.io/more'] },
      },
      view: state,
    },
    quiet(remove(another)),
    { path: another, until: holds('spec.finalizers', ['x.io/more']), view: state },
    {
      method: 'PUT',
      path: `${another}/finalize`,
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-x' }, spec: { finalizers: [] } },
      quiet: true,
    },
    { path: another, until: gone },
  ),
  one(
    'namespace: finalize odd',
    quiet(anotherNamespace()),
    {
      method: 'PUT',
      path: `${another}/finalize`,
      body: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: '{ns}-x' },
        spec: { finalizers: ['noslash', 'Bad/Name!'] },
      },
    },
    {
      method: 'PUT',
      path: `${another}/finalize`,
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } },
    },
    read(`${another}/finalize`),
    quiet(remove(another)),
  ),
  one(
    'namespace: spec and labels',
    quiet(anotherNamespace()),
    patched(another, { metadata: { labels: { 'kubernetes.io/metadata.name': 'other' } } }),
    patched(another, { metadata: { labels: null } }),
    patched(another, { spec: { finalizers: [] } }),
    patched(`${another}/status`, { status: { phase: 'Terminating' } }),
    quiet(remove(another)),
  ),
  one(
    'namespace: objects made while it goes',
    quiet(anotherNamespace()),
    quiet(create(`${another}/configmaps`, map('a', {}, { finalizers: ['x.io/h'] }))),
    quiet(remove(another)),
    create(`${another}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }),
    { method: 'PUT', path: `${another}/configmaps/zz`, body: map('zz') },
    applied(`${another}/configmaps/zz`, map('zz')),
    create(`${another}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 's' } }),
    remove(another),
    quiet(patched(`${another}/configmaps/a`, { metadata: { finalizers: null } })),
    { path: another, until: gone },
  ),
  one(
    'namespace: custom resources inside',
    ...withDefinition(
      objectOf({ spec: objectOf({ a: string }) }),
      {},
      quiet(anotherNamespace()),
      quiet(
        create(things.replace('/namespaces/{ns}/', '/namespaces/{ns}-x/'), {
          ...thing({}),
          metadata: { name: 'a', finalizers: ['x.io/h'] },
        }),
      ),
      quiet(remove(another)),
      { path: another, until: remaining, view: state },
      quiet(
        patched(`${things.replace('/namespaces/{ns}/', '/namespaces/{ns}-x/')}/a`, { metadata: { finalizers: null } }),
      ),
      { path: another, until: gone },
    ),
  ),
];
