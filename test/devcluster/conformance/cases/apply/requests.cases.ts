/** Requests that are odd. */
import type { Case } from '../../harness.ts';
import { apply, c, configMap, configMaps, d, deployment, one, patch, types, w, widget } from './shared.ts';

export const applyRequests: Case[] = [
  one(
    'labels and annotations of two',
    apply(c, configMap({ a: '1' }, { labels: { a: '1', b: '2' }, annotations: { x: 'y' } })),
    apply(c, configMap({}, { labels: { b: '2', c: '3' } }), 'two'),
    apply(c, configMap({ a: '1' })),
    { path: c },
  ),
  one(
    'finalizers',
    apply(w, widget({ size: 1 }, { finalizers: ['a.b/c'] })),
    apply(w, widget({ size: 1 }, { finalizers: ['a.b/d'] }), 'two'),
    apply(w, widget({ size: 1 })),
    apply(w, widget({ size: 1 }), 'two'),
  ),
  one(
    'nothing but a name',
    apply(c, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
    apply(c, configMap({ a: '1' })),
    apply(c, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
  ),
  one(
    'a resourceVersion',
    apply(c, configMap({ a: '1' }, { resourceVersion: '1' })),
    apply(c, configMap({ a: '1' })),
    apply(c, configMap({ a: '1' }, { resourceVersion: '1' })),
    apply(c, configMap({ a: '2' }, { resourceVersion: '1' })),
  ),
  one(
    'a uid',
    apply(c, configMap({ a: '1' }, { uid: 'x' })),
    apply(c, configMap({ a: '1' })),
    apply(c, configMap({ a: '1' }, { uid: 'x' })),
  ),
  one(
    'a creationTimestamp',
    apply(c, configMap({ a: '1' }, { creationTimestamp: null })),
    apply(c, configMap({ a: '1' }, { creationTimestamp: '2020-01-01T00:00:00Z' })),
  ),
  one(
    'generateName',
    patch(
      'apply',
      configMaps,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x' } },
      '?fieldManager=one',
    ),
  ),
  one('another kind', apply(c, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })),
  one('another version', apply(d, { ...deployment(), apiVersion: 'apps/v9' })),
  one('another namespace', apply(c, configMap({}, { namespace: 'other' }))),
  one(
    'strict',
    apply(c, { ...configMap({}), nope: 1 }, 'one', '&fieldValidation=Strict'),
    apply(w, widget({ size: 1, nope: 1 }), 'one', '&fieldValidation=Strict'),
    apply(w, widget({ size: 1, nope: 1 }), 'one', '&fieldValidation=Ignore'),
  ),
  one(
    'keys twice',
    {
      method: 'PATCH',
      path: `${c}?fieldManager=one`,
      type: types.apply,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: x\n  a: y\n',
    },
    {
      method: 'PATCH',
      path: `${c}?fieldManager=one&fieldValidation=Strict`,
      type: types.apply,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: x\n  a: y\n',
    },
  ),
  one(
    'YAML of several kinds',
    {
      method: 'PATCH',
      path: `${c}?fieldManager=one`,
      type: types.apply,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  yes: "no"\n  n: "0x10"\n  m: |\n    x\n    y\n',
    },
    {
      method: 'PATCH',
      path: `${c}?fieldManager=one`,
      type: types.apply,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  yes: no\n',
    },
    {
      method: 'PATCH',
      path: `${c}?fieldManager=one`,
      type: types.apply,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\na: b\n',
    },
  ),
  one(
    'JSON as apply',
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: types.apply, body: JSON.stringify(configMap({ a: '1' })) },
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: 'application/apply-patch+json', body: configMap({}) },
  ),
  one('CBOR as apply', {
    method: 'PATCH',
    path: `${c}?fieldManager=one`,
    type: 'application/apply-patch+cbor',
    body: '{}',
  }),
  one(
    'an empty body',
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: types.apply, body: '' },
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: types.apply, body: 'null' },
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: types.apply, body: '"x"' },
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: types.apply, body: '{}' },
  ),
  one('force that is none', apply(c, configMap({}), 'one', '&force=maybe'), apply(c, configMap({}), 'one', '&force=')),
];
