import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { KINDS, toCustomResourceDefinition } from '../../api/index.ts';
import { compileSchema, type JsonObject } from '../../schema/index.ts';
import type { SchemaProps } from '../../schema/types.ts';
import { changesThatBreak, type Definition } from '../../scripts/crd-changes.ts';

/** A folder a release: its CRDs, and objects as it stored them. */
const RELEASES = readdirSync(import.meta.dirname).filter((name) =>
  statSync(join(import.meta.dirname, name)).isDirectory(),
);
const read = (release: string, file: string): unknown[] =>
  parseAllDocuments(readFileSync(join(import.meta.dirname, release, file), 'utf8')).map((document) => document.toJS());
const TODAY = KINDS.map((kind) => toCustomResourceDefinition(kind)) as unknown as Definition[];

for (const release of RELEASES) {
  describe(`upgrade from ${release}`, () => {
    it('changes the CRDs by addition only', () => {
      assert.deepEqual(changesThatBreak(read(release, 'crds.yaml') as Definition[], TODAY), []);
    });

    it('finds every stored object valid, and nothing of it unknown', () => {
      const objects = read(release, 'objects.yaml') as (JsonObject & { kind: string; metadata: { name: string } })[];
      assert.ok(objects.length > 10);
      for (const object of objects) {
        const definition = TODAY.find(({ spec }) => spec.names.kind === object.kind);
        const [version] = definition?.spec.versions ?? [];
        assert.ok(version, object.kind);
        const schema = compileSchema(version.schema.openAPIV3Schema);
        const label = `${object.kind} ${object.metadata.name}`;
        assert.deepEqual(schema.prune(object), [], label);
        assert.deepEqual(schema.validate(object), [], label);
      }
    });
  });
}

describe('releases', () => {
  it('are kept, each that is tagged', async function () {
    const tags = await promisify(execFile)('git', ['tag', '--list', 'v[0-9]*'], { cwd: import.meta.dirname }).catch(
      () => undefined,
    );
    if (tags === undefined) {
      process.stderr.write('skipped: no git here, so no tags\n');
      this.skip();
    }
    const missing = tags.stdout.split('\n').filter((tag) => tag !== '' && !RELEASES.includes(tag));
    assert.deepEqual(missing, [], 'node scripts/keep-release.ts TAG, at that commit');
  });

  it('have CRDs, objects and a commit', () => {
    assert.ok(RELEASES.length > 0);
    for (const release of RELEASES) {
      assert.match(release, /^v\d+\.\d+\.\d+$/);
      assert.match(readFileSync(join(import.meta.dirname, release, 'commit'), 'utf8'), /^[0-9a-f]{40}\n$/);
    }
  });
});

describe('changes of CRDs', () => {
  type Schema = SchemaProps & { properties: Record<string, Schema>; enum: string[]; required: string[] };
  const [definition] = TODAY as [Definition];
  const specOf = (of: Definition): Schema => {
    const root = of.spec.versions[0]?.schema.openAPIV3Schema as Schema;
    return root.properties.spec as Schema;
  };
  const changed = (change: (spec: Schema) => void, given: (spec: Schema) => void = () => undefined): string[] => {
    const before = structuredClone(definition);
    given(specOf(before));
    const after = structuredClone(before);
    change(specOf(after));
    return changesThatBreak([before], [after]);
  };
  const at = (schema: Schema, ...path: string[]): Schema =>
    path.reduce((found, name) => found.properties[name] as Schema, schema);
  const cases: [string, (spec: Schema) => void, RegExp?][] = [
    ['a new field', (spec) => Object.assign(spec.properties, { more: { type: 'string' } })],
    ['a field that is gone', (spec) => delete spec.properties.parameters, /\.spec\.parameters: is gone/],
    ['a field that is required', (spec) => spec.required.push('parameters'), /parameters: is required now/],
    ['another type', (spec) => Object.assign(at(spec, 'provider'), { type: 'integer' }), /type is integer/],
    ['fewer values', (spec) => at(spec, 'provider').enum.pop(), /does not take "anthropic" any more/],
    [
      'another rule',
      (spec) => Object.assign(spec, { 'x-kubernetes-validations': [{ rule: "self.provider != 'x'" }] }),
      /has another rule: self\.provider/,
    ],
    [
      'a rule about a new field',
      (spec) => {
        Object.assign(spec.properties, { more: { type: 'string' } });
        Object.assign(spec, { 'x-kubernetes-validations': [{ rule: "!has(self.more) || self.more != 'x'" }] });
      },
    ],
    [
      'lists that are merged in another way',
      (spec) => Object.assign(at(spec, 'parameters'), { 'x-kubernetes-map-type': 'atomic' }),
      /map-type is "atomic", it was undefined/,
    ],
    ['more values', (spec) => at(spec, 'provider').enum.push('x')],
    [
      'a lower limit',
      (spec) => Object.assign(at(spec, 'apiKeyFrom', 'secretKeyRef', 'key'), { maxLength: 10 }),
      /maxLength is 10, it was 253/,
    ],
  ];
  for (const [name, change, expected] of cases) {
    it(`${expected === undefined ? 'lets pass' : 'names'} ${name}`, () => {
      const found = changed(change);
      if (expected === undefined) assert.deepEqual(found, []);
      else assert.match(found.join('\n'), expected);
    });
  }

  it('lets pass that a rule says first that it holds where nothing changes', () => {
    const rule = (text: string) => (spec: Schema) =>
      Object.assign(spec, { 'x-kubernetes-validations': [{ rule: text }] });
    const known = rule('self.provider == oldSelf.provider');
    assert.deepEqual(changed(rule('self == oldSelf || (self.provider == oldSelf.provider)'), known), []);
    assert.match(changed(rule('self == oldSelf || (self.provider == "x")'), known).join(), /has another rule/);
  });

  it('lets pass that what never changes is merged in another way', () => {
    const immutable = (spec: Schema) =>
      Object.assign(spec, { 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] });
    const atomic = (spec: Schema) => Object.assign(spec, { 'x-kubernetes-map-type': 'atomic' });
    assert.deepEqual(changed(atomic, immutable), []);
    assert.match(
      changed((spec) => {
        atomic(spec);
        Object.assign(spec, { 'x-kubernetes-validations': [] });
      }, immutable).join(),
      /map-type is "atomic"/,
    );
  });
});
