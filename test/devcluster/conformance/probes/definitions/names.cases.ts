/** Names, versions, and what happens when a definition changes. */
import type { Case } from '../../harness.ts';
import { definition, definitions, patched, string, thing, things, withDefinition } from '../../probes.things.ts';
import { create, holds, includes, quiet, read } from '../../steps.ts';
import { name, one, plain, schema, state, version } from './shared.ts';

export const nameAndVersionProbes: readonly Case[] = [
  one(
    'singular conflict',
    ...withDefinition(plain, {}),
    create(definitions, {
      ...definition(plain),
      metadata: { name: 'others.{ns}.probe.io' },
      spec: { ...definition(plain).spec, names: { plural: 'others', kind: 'Other', singular: 'thing' } },
    }),
    { path: `${definitions}/others.{ns}.probe.io`, until: includes('SingularConflict'), view: state },
  ),
  one(
    'shortname conflict',
    ...withDefinition(plain, { names: { shortNames: ['th'] } }),
    create(definitions, {
      ...definition(plain),
      metadata: { name: 'others.{ns}.probe.io' },
      spec: { ...definition(plain).spec, names: { plural: 'others', kind: 'Other', shortNames: ['th', 'ot'] } },
    }),
    { path: `${definitions}/others.{ns}.probe.io`, until: includes('ShortNamesConflict'), view: state },
  ),
  one(
    'kind conflict',
    ...withDefinition(plain, {}),
    create(definitions, {
      ...definition(plain),
      metadata: { name: 'others.{ns}.probe.io' },
      spec: { ...definition(plain).spec, names: { plural: 'others', kind: 'Thing', listKind: 'ThingList' } },
    }),
    { path: `${definitions}/others.{ns}.probe.io`, until: includes('KindConflict'), view: state },
  ),
  one(
    'create with status given',
    create(definitions, {
      ...definition(plain),
      status: { storedVersions: ['v9'], conditions: [{ type: 'X', status: 'True' }] },
    }),
  ),
  one(
    'change kind',
    ...withDefinition(plain, {}),
    patched(name, { spec: { names: { kind: 'Thang', listKind: 'ThangList' } } }),
  ),
  one('change scope', ...withDefinition(plain, {}), patched(name, { spec: { scope: 'Cluster' } })),
  one('change group', ...withDefinition(plain, {}), patched(name, { spec: { group: 'x.io' } })),
  one(
    'two storage versions',
    create(
      definitions,
      definition(plain, { versions: [version('v1', { storage: true }), version('v2', { storage: true })] }),
    ),
  ),
  one(
    'version twice',
    create(definitions, definition(plain, { versions: [version('v1', { storage: true }), version('v1')] })),
  ),
  one(
    'deprecated version',
    ...withDefinition(plain, {
      versions: [
        version('v1', { storage: true, deprecated: true }),
        version('v2', { deprecated: true, deprecationWarning: 'use something else' }),
      ],
    }),
    create(things, thing({ a: 'x' })),
    read(`${things.replace('/v1/', '/v2/')}/a`),
    read(things),
  ),
  one(
    'deprecation warning not deprecated',
    create(definitions, definition(plain, { version: { deprecationWarning: 'x' } })),
  ),
  one(
    'read through both versions',
    ...withDefinition(plain, { versions: [version('v1', { storage: true }), version('v2')] }),
    create(things, thing({ a: 'x' })),
    read(`${things.replace('/v1/', '/v2/')}/a`),
    read(things.replace('/v1/', '/v2/')),
    patched(`${things.replace('/v1/', '/v2/')}/a`, { spec: { a: 'y' } }),
    read(`${things}/a`),
  ),
  one(
    'version not served',
    ...withDefinition(plain, { versions: [version('v1', { storage: true }), version('v2', { served: false })] }),
    read(things.replace('/v1/', '/v2/')),
    read('/apis/{ns}.probe.io/v2'),
    read('/apis/{ns}.probe.io'),
  ),
  one(
    'group discovery order',
    ...withDefinition(plain, {
      versions: [
        version('v1beta1'),
        version('v1', { storage: true }),
        version('v2alpha1'),
        version('foo1'),
        version('v11'),
      ],
    }),
    read('/apis/{ns}.probe.io'),
  ),
  one(
    'default applied on read',
    ...withDefinition(
      schema({ a: string }),
      {},
      quiet(create(things, thing({ a: 'x' }))),
      quiet(
        patched(name, {
          spec: {
            versions: [version('v1', { storage: true }, schema({ a: string, b: { type: 'string', default: 'dd' } }))],
          },
        }),
      ),
      { path: `${things}/a`, until: holds('spec.b', 'dd') },
    ),
  ),
  one(
    'pruning after schema change',
    ...withDefinition(
      schema({ a: string, b: string }),
      {},
      quiet(create(things, thing({ a: 'x', b: 'y' }))),
      quiet(patched(name, { spec: { versions: [version('v1', { storage: true }, schema({ a: string }))] } })),
      { path: `${things}/a`, until: holds('spec.b', undefined) },
    ),
  ),
];
