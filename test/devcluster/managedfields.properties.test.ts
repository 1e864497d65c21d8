import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compareElements,
  difference,
  type FieldSet,
  fromPaths,
  intersection,
  isEmpty,
  keyElement,
  members,
  parseFieldSet,
  recursiveDifference,
  union,
  valueElement,
} from '../../devcluster/managedfields/fieldset.ts';
import { applyPatch, keepTimestamps, mergeTypeFromSchema, trackUpdate } from '../../devcluster/managedfields/index.ts';
import type { JsonObject, KubeObject, SchemaProps } from '../../devcluster/types.ts';
import { processorTime } from '../support/processorTime.ts';

const schema: SchemaProps = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer' },
        name: { type: 'string' },
        plain: { type: 'array', items: { type: 'integer' } },
        tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        items: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['id'],
          items: { type: 'object', properties: { id: { type: 'string' }, value: { type: 'integer' } } },
        },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: {
      type: 'object',
      properties: { messages: { type: 'array', items: { type: 'string' } }, phase: { type: 'string' } },
    },
  },
};
const type = mergeTypeFromSchema(schema);
const typeOf = () => type;
const by = (manager: string, second = 0) => ({
  manager,
  apiVersion: 'x.io/v1',
  subresource: '',
  time: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`,
});
const object = (spec: unknown): KubeObject => ({ apiVersion: 'x.io/v1', kind: 'W', metadata: { name: 'w' }, spec });

const element = fc.oneof(
  fc.constantFrom('f:a', 'f:b', 'f:__proto__', 'f:constructor', 'f:.', 'f:'),
  fc.record({ id: fc.oneof(fc.string(), fc.integer(), fc.boolean()) }).map((key) => keyElement(Object.entries(key))),
  fc.oneof(fc.string(), fc.integer(), fc.boolean()).map(valueElement),
  fc.nat(5).map((index) => `i:${index}`),
);
const anySet = fc.array(fc.array(element, { minLength: 1, maxLength: 4 }), { maxLength: 8 }).map(fromPaths);
const text = (set: FieldSet) => JSON.stringify(set);
const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const anySpec = fc
  .record(
    {
      size: fc.integer(),
      name: fc.string(),
      plain: fc.array(fc.integer(), { maxLength: 3 }),
      tags: fc.uniqueArray(fc.constantFrom('x', 'y', 'z', '<&>'), { maxLength: 3 }),
      items: fc.uniqueArray(
        fc.record({ id: fc.constantFrom('a', 'b', 'c'), value: fc.integer() }, { requiredKeys: ['id'] }),
        { maxLength: 3, selector: (item) => item.id },
      ),
      free: fc.dictionary(
        key,
        fc.oneof(fc.integer(), fc.dictionary(key, fc.oneof(fc.string(), fc.array(fc.integer(), { maxLength: 2 })))),
      ),
    },
    { requiredKeys: [] },
  )
  .map((spec) => JSON.parse(JSON.stringify(spec)) as JsonObject);

const apply = (live: KubeObject | undefined, spec: unknown, manager: string, force = true) =>
  applyPatch({ live, patch: object(spec), by: by(manager), force, typeOf, resetFields: undefined });

describe('field sets', () => {
  it('are read back as they were written, in canonical order', () => {
    fc.assert(
      fc.property(anySet, (set) => {
        assert.equal(text(parseFieldSet(JSON.parse(text(set)))), text(set));
        const visit = (node: FieldSet) => {
          const keys = Object.keys(node);
          assert.deepEqual([...keys].sort(compareElements), keys);
          for (const name of keys) visit(node[name] as FieldSet);
        };
        visit(set);
      }),
    );
  });

  it('obey the laws of sets', () => {
    fc.assert(
      fc.property(anySet, anySet, (a, b) => {
        assert.equal(text(union(a, b)), text(union(b, a)));
        assert.equal(text(union(a, a)), text(a));
        assert.equal(text(union(difference(a, b), intersection(a, b))), text(a));
        assert(isEmpty(intersection(difference(a, b), b)));
        assert(isEmpty(difference(recursiveDifference(a, b), a)));
        assert.equal(text(fromPaths(members(a))), text(a));
      }),
    );
  });
});

describe('server-side apply', () => {
  it('of the same configuration again changes nothing and conflicts with nobody', () => {
    fc.assert(
      fc.property(anySpec, anySpec, (first, second) => {
        const { object: live } = apply(apply(undefined, first, 'one').object, second, 'two');
        const again = apply(live, second, 'two', false);
        assert.deepEqual(again.object, live);
        assert.equal(again.unchanged, true);
      }),
    );
  });

  it('of what is already there conflicts with nobody', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const live = object(spec);
        trackUpdate({ live: undefined, updated: live, by: by('maker'), typeOf, resetFields: undefined });
        const { object: applied } = apply(structuredClone(live), spec, 'one', false);
        assert.deepEqual(applied.spec, spec);
      }),
    );
  });

  it('leaves in the object what was applied, and of an abandoned applier nothing that nobody else owns', () => {
    fc.assert(
      fc.property(anySpec, anySpec, (first, second) => {
        const { object: live } = apply(apply(undefined, first, 'one').object, second, 'one');
        assert.deepEqual(
          apply(undefined, second, 'one').object.metadata.managedFields?.[0]?.fieldsV1,
          live.metadata.managedFields?.[0]?.fieldsV1,
        );
        const { object: left } = apply(live, {}, 'one');
        const rest = JSON.stringify(left.spec ?? {});
        assert(/^[{}[\]":a-z_,null]*$/.test(rest) && !/\d/.test(rest), rest);
      }),
    );
  });

  it('never changes what it is given', () => {
    fc.assert(
      fc.property(anySpec, anySpec, (first, second) => {
        const { object: live } = apply(undefined, first, 'one');
        const before = JSON.stringify(live);
        apply(live, second, 'two');
        trackUpdate({
          live,
          updated: { ...object(second), metadata: { name: 'w' } },
          by: by('three'),
          typeOf,
          resetFields: undefined,
        });
        assert.equal(JSON.stringify(live), before);
      }),
    );
  });
});

describe('keepTimestamps', () => {
  it('makes an update of nothing but times no update', () => {
    const { object: live } = apply(undefined, { size: 1 }, 'one');
    const later = structuredClone(live);
    (later.metadata.managedFields?.[0] as { time: string }).time = '2027-01-01T00:00:00Z';
    keepTimestamps(live, later);
    assert.deepEqual(later, live);
    (later.spec as JsonObject).size = 2;
    later.metadata.managedFields = structuredClone(live.metadata.managedFields ?? []);
    (later.metadata.managedFields[0] as { time: string }).time = '2027-01-01T00:00:00Z';
    keepTimestamps(live, later);
    assert.equal(later.metadata.managedFields[0]?.time, '2027-01-01T00:00:00Z');
  });
});

describe('trackUpdate', () => {
  it('of one message appended to a 64 KiB status takes less than a millisecond', () => {
    const live = object({ size: 1 });
    live.status = {
      phase: 'Running',
      messages: Array.from({ length: 128 }, (_, index) => `${index}:${'x'.repeat(500)}`),
    };
    trackUpdate({ live: undefined, updated: live, by: by('maker'), typeOf, resetFields: undefined });
    const updated = JSON.parse(JSON.stringify(live)) as KubeObject;
    (updated.status as { messages: string[] }).messages.push('one more');
    const run = () =>
      trackUpdate({
        live,
        updated,
        by: { ...by('operator', 1), subresource: 'status' },
        typeOf,
        resetFields: { 'f:spec': {} },
      });
    for (let round = 0; round < 50; round += 1) run();
    const spent = processorTime();
    for (let round = 0; round < 200; round += 1) run();
    const each = spent() / 200;
    assert(each < 1, `${each} ms`);
  });
});
