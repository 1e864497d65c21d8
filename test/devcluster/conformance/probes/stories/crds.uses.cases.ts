/** Probes of custom resources in use: server-side apply of every kind of list and map, and of status. */
import type { Case, Step } from '../../harness.ts';
import { integer, objectOf, patched, string, thing, things, withDefinition } from '../../probes.things.ts';
import { applied, casesOf, create, type Fields, pick, quiet } from '../../steps.ts';

const one = casesOf('probes-crds', 'uses: ');
const a = `${things}/a`;
const spec = (properties: Fields, more: Fields = {}): Fields =>
  objectOf({ spec: { ...objectOf(properties), ...more } });
const owners = pick('spec', 'status', 'metadata.managedFields', 'metadata.generation');
const seen = (step: Step): Step => ({ ...step, view: owners });
const list = (items: Fields, more: Fields = {}): Fields => ({ type: 'array', items, ...more });
const status = { subresources: { status: {} } };
const ap = (value: unknown, manager = 'one', force = false): Step => seen(applied(a, thing(value), manager, force));

export const useProbes: readonly Case[] = [
  one(
    'apply: atomic and granular maps',
    ...withDefinition(
      spec({
        m: { type: 'object', additionalProperties: string },
        x: { type: 'object', additionalProperties: string, 'x-kubernetes-map-type': 'atomic' },
      }),
      {},
      ap({ m: { a: '1' }, x: { a: '1' } }),
      ap({ m: { b: '2' } }, 'two'),
      ap({ x: { b: '2' } }, 'two'),
      ap({ x: { b: '2' } }, 'two', true),
      ap({ m: { c: '3' } }),
    ),
  ),
  one(
    'apply: sets and atomic lists',
    ...withDefinition(
      spec({
        s: list(string, { 'x-kubernetes-list-type': 'set' }),
        l: list(string),
        t: list(string, { 'x-kubernetes-list-type': 'atomic' }),
      }),
      {},
      ap({ s: ['a', 'b'], l: ['x'] }),
      ap({ s: ['b', 'c'] }, 'two'),
      ap({ l: ['y'] }, 'two'),
      ap({ s: ['c'] }),
      ap({ s: ['a', 'a'] }),
      ap({ t: ['q'] }, 'two', true),
    ),
  ),
  one(
    'apply: lists in lists, by keys with defaults',
    ...withDefinition(
      spec({
        l: list(
          {
            ...objectOf({
              k: string,
              p: { ...string, default: 'TCP' },
              v: integer,
              n: list(
                { ...objectOf({ k: string, v: integer }), required: ['k'] },
                { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
              ),
            }),
            required: ['k'],
          },
          { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k', 'p'] },
        ),
      }),
      {},
      ap({ l: [{ k: 'a', v: 1, n: [{ k: 'x', v: 1 }] }] }),
      ap(
        {
          l: [
            { k: 'a', p: 'UDP', v: 2 },
            { k: 'a', p: 'TCP', n: [{ k: 'y' }] },
          ],
        },
        'two',
      ),
      ap({ l: [{ k: 'a', n: [{ k: 'x', v: 2 }] }] }, 'two'),
      ap({ l: [] }),
    ),
  ),
  one(
    'apply: preserved unknown fields',
    ...withDefinition(
      spec({ o: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }),
      {},
      ap({ o: { a: { b: [1, { c: 2 }] } } }),
      ap({ o: { a: { d: 3 } } }, 'two'),
      ap({ o: { a: { b: [2] } } }, 'two'),
      ap({ o: null }),
      ap({ zz: 1 }),
    ),
  ),
  one(
    'apply: defaults that nobody owns',
    ...withDefinition(
      spec({ a: { ...string, default: 'd' }, b: { ...objectOf({ c: { ...integer, default: 5 } }), default: {} } }),
      {},
      ap({}),
      ap({ a: 'mine', b: { c: 6 } }),
      ap({ a: 'd' }, 'two'),
    ),
  ),
  one(
    'status applied by two with conditions by type',
    ...withDefinition(
      objectOf({
        spec: objectOf({ a: string }),
        status: objectOf({
          conditions: list(
            { ...objectOf({ type: string, status: string }), required: ['type'] },
            { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] },
          ),
          n: integer,
        }),
      }),
      { version: status },
      quiet(create(things, thing({ a: 'x' }))),
      ...[
        ['one', 'A'],
        ['two', 'B'],
      ].map(([manager = '', type]) =>
        seen(
          applied(
            `${a}/status`,
            thing(undefined, 'a', { status: { conditions: [{ type, status: 'True' }] } }),
            manager,
          ),
        ),
      ),
      seen(applied(`${a}/status`, thing(undefined, 'a', { status: { n: 1 } }), 'one')),
      applied(
        `${a}/status`,
        thing(undefined, 'a', { status: { conditions: [{ type: 'B', status: 'False' }] } }),
        'one',
      ),
      seen(patched(`${a}/status`, { status: { conditions: [] } })),
      seen(patched(a, { spec: { a: 'y' }, status: { n: 9 } })),
    ),
  ),
];
