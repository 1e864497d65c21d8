import type { Case, Step } from '../harness.ts';
import { configMap, configMaps, widget, widgets } from './write.cases.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'patch', name, steps });
const patch = (path: string, type: string, body: unknown, query = ''): Step => ({
  method: 'PATCH',
  path: `${path}/a${query}`,
  type:
    {
      json: 'application/json-patch+json',
      merge: 'application/merge-patch+json',
      strategic: 'application/strategic-merge-patch+json',
      apply: 'application/apply-patch+yaml',
    }[type] ?? type,
  body,
});

const jsonPatches: readonly [string, unknown][] = [
  ['add', [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }]],
  ['add to a missing parent', [{ op: 'add', path: '/metadata/labels/x', value: 'b' }]],
  ['remove a missing key', [{ op: 'remove', path: '/metadata/annotations' }]],
  ['replace a missing key', [{ op: 'replace', path: '/metadata/labels', value: { a: 'b' } }]],
  ['a test that fails', [{ op: 'test', path: '/metadata/name', value: 'zzz' }]],
  ['a test that holds', [{ op: 'test', path: '/metadata/name', value: 'a' }]],
  ['a test for null of what is absent', [{ op: 'test', path: '/metadata/labels', value: null }]],
  ['an unknown operation', [{ op: 'frob', path: '/metadata/name' }]],
  ['a path without a slash', [{ op: 'add', path: 'metadata/labels', value: {} }]],
  ['another version', [{ op: 'replace', path: '/metadata/resourceVersion', value: '1' }]],
  ['another name', [{ op: 'replace', path: '/metadata/name', value: 'b' }]],
  ['no list', {}],
  ['no operations', []],
  ['a list of strings', ['x']],
  ['copy', [{ op: 'copy', from: '/metadata/name', path: '/metadata/generateName' }]],
  ['move from nowhere', [{ op: 'move', from: '/nope', path: '/metadata/labels' }]],
  ['without kind', [{ op: 'remove', path: '/kind' }]],
];

const mergePatches: readonly [string, unknown][] = [
  ['nothing', {}],
  ['labels', { metadata: { labels: { a: 'b' } } }],
  ['an unknown field', { nope: { a: 1 } }],
  ['a list', []],
  ['cut JSON', '{'],
  ['another kind', { kind: 'Other' }],
  ['another version', { apiVersion: 'v9' }],
  ['another resourceVersion', { metadata: { resourceVersion: '1' } }],
  ['a label of the wrong type', { metadata: { labels: { a: 1 } } }],
  ['null metadata', { metadata: null }],
];

const objects: readonly [string, string, Step][] = [
  ['custom', widgets, { path: widgets, body: widget('a'), quiet: true }],
  ['builtin', configMaps, { path: configMaps, body: configMap('a'), quiet: true }],
];

const generated: Case[] = objects.flatMap(([label, path, first]) => [
  ...jsonPatches.map(([name, body]) => one(`JSON, ${label}: ${name}`, first, patch(path, 'json', body))),
  ...mergePatches.map(([name, body]) => one(`merge, ${label}: ${name}`, first, patch(path, 'merge', body))),
  one(`merge, ${label}: missing`, patch(path, 'merge', {})),
  one(`strategic, ${label}`, first, patch(path, 'strategic', { metadata: { labels: { a: 'b' } } })),
  one(`plain JSON, ${label}`, first, patch(path, 'application/json', {})),
  one(`force without apply, ${label}`, first, patch(path, 'merge', {}, '?force=true')),
  one(`strict, ${label}`, first, patch(path, 'merge', { nope: 1 }, '?fieldValidation=Strict')),
]);

const apply = (path: string, body: unknown, query = '?fieldManager=one'): Step => patch(path, 'apply', body, query);

const applies: Case[] = [
  one('apply creates', apply(widgets, widget('a'))),
  one('apply creates, builtin', apply(configMaps, configMap('a'))),
  one('apply without a manager', apply(widgets, widget('a'), '')),
  one('apply of no object', apply(widgets, '[]')),
  one('apply of bad YAML', apply(widgets, 'a: [b')),
  one('apply without a kind', apply(widgets, { apiVersion: 'conformance.example.com/v1', metadata: { name: 'a' } })),
  one('apply under another name', apply(widgets, widget('b'))),
  one('apply without a name', apply(widgets, { apiVersion: 'conformance.example.com/v1', kind: 'Widget' })),
  one('apply with managedFields', apply(widgets, widget('a', { size: 1 }, { managedFields: [{ manager: 'x' }] }))),
  one('apply of an unknown field', apply(widgets, widget('a', { size: 1, nope: 1 }))),
  one('apply of an unknown field, builtin', apply(configMaps, { ...configMap('a'), nope: 1 })),
  one('apply of a wrong type, builtin', apply(configMaps, configMap('a', { a: 1 }))),
  one('apply twice', apply(widgets, widget('a')), apply(widgets, widget('a'))),
  one('two managers agree', apply(widgets, widget('a')), apply(widgets, widget('a'), '?fieldManager=two')),
  one(
    'two managers differ',
    apply(widgets, widget('a')),
    apply(widgets, widget('a', { size: 2 }), '?fieldManager=two'),
    apply(widgets, widget('a', { size: 2 }), '?fieldManager=two&force=true'),
    apply(widgets, widget('a', { size: 1 })),
  ),
  one(
    'a field given up goes',
    apply(configMaps, configMap('a', { a: '1', b: '2' })),
    apply(configMaps, configMap('a', { a: '1' })),
  ),
  one(
    'apply over an update',
    { path: configMaps, body: configMap('a') },
    apply(configMaps, configMap('a', { a: '2' })),
  ),
  one('apply of status', apply(widgets, widget('a')), {
    ...apply(`${widgets}`, {
      apiVersion: 'conformance.example.com/v1',
      kind: 'Widget',
      metadata: { name: 'a' },
      status: { phase: 'Run' },
    }),
    path: `${widgets}/a/status?fieldManager=one`,
  }),
  one('apply as a dry run', apply(widgets, widget('a'), '?fieldManager=one&dryRun=All'), { path: `${widgets}/a` }),
  one(
    'items of a map list by key',
    apply(widgets, widget('a', { size: 1, items: [{ name: 'x', value: '1' }] })),
    apply(widgets, widget('a', { size: 1, items: [{ name: 'y', value: '2' }] }), '?fieldManager=two'),
  ),
];

export const patchCases: readonly Case[] = [...generated, ...applies];
