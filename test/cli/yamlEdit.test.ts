import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import type { Written } from '../../cli/yaml/edit.ts';
import { applyEdits, editableObjects, setFields } from '../../cli/yaml/edit.ts';

type Value = Record<string, unknown>;

function set(text: string, path: readonly string[], fields: Record<string, Written>): string {
  const objects = editableObjects(text);
  const edits = objects.flatMap((object) => setFields(text, object, path, fields));
  const expected = objects.map(({ value }) => {
    // Not structuredClone: what an alias repeats would stay one object.
    const copy = JSON.parse(JSON.stringify(value)) as Value;
    const map = path.reduce<Value>((here, name) => {
      here[name] ??= {};
      return here[name] as Value;
    }, copy);
    Object.assign(map, fields);
    return copy;
  });
  return applyEdits(text, edits, expected);
}
const annotate = (text: string, value = 'new') => set(text, ['metadata', 'annotations'], { 'g/repo': value });

describe('edits of YAML', () => {
  for (const [what, before, after] of [
    [
      'an absent map, behind the others',
      'kind: A # what\nmetadata:\n  name: a # name\n\nspec: {}\n',
      'kind: A # what\nmetadata:\n  name: a # name\n  annotations:\n    g/repo: new\n\nspec: {}\n',
    ],
    [
      'a value, and leaves what follows it',
      'metadata:\n  annotations:\n    g/repo: "old"   # why\n    x: \'1\'\n',
      "metadata:\n  annotations:\n    g/repo: new   # why\n    x: '1'\n",
    ],
    ['a map in braces', 'metadata: {name: a}\n', 'metadata: {name: a, annotations: {g/repo: "new"}}\n'],
    ['an empty map in braces', 'metadata:\n  annotations: {}\n', 'metadata:\n  annotations: {g/repo: "new"}\n'],
    ['JSON', '{"metadata": {"name": "a"}}', '{"metadata": {"name": "a", "annotations": {"g/repo": "new"}}}'],
    [
      'a key with nothing behind it',
      'metadata:\n  annotations:\n  name: a\n',
      'metadata:\n  annotations:\n    g/repo: new\n  name: a\n',
    ],
    [
      'a key with null behind it',
      'metadata:\n  annotations: null # none\n',
      'metadata:\n  annotations:\n    g/repo: new # none\n',
    ],
    [
      'a file without a last line break',
      'metadata:\n  name: a',
      'metadata:\n  name: a\n  annotations:\n    g/repo: new',
    ],
    [
      'lines that end as on Windows',
      'metadata:\r\n  name: a\r\n',
      'metadata:\r\n  name: a\r\n  annotations:\r\n    g/repo: new\r\n',
    ],
    [
      'what is behind a long text',
      'metadata:\n  a: |\n    x\n\n    y\n',
      'metadata:\n  a: |\n    x\n\n    y\n  annotations:\n    g/repo: new\n',
    ],
    [
      'each item of a List',
      'kind: AList\nitems:\n- metadata:\n    name: a\n',
      'kind: AList\nitems:\n- metadata:\n    name: a\n    annotations:\n      g/repo: new\n',
    ],
  ] as const) {
    it(`set ${what}`, () => {
      assert.equal(annotate(before), after);
      assert.equal(annotate(after), after, 'once');
    });
  }

  it('write a list, and again another one in its place', () => {
    const first = set('spec:\n  url: x # here\nkind: M\n', ['spec'], { lockedTools: [{ name: 'a', digest: 'd' }] });
    assert.equal(first, 'spec:\n  url: x # here\n  lockedTools:\n    - name: a\n      digest: d\nkind: M\n');
    assert.equal(set(first, ['spec'], { lockedTools: [] }), 'spec:\n  url: x # here\n  lockedTools: []\nkind: M\n');
  });

  it('refuse what they cannot do without changing more', () => {
    assert.throws(
      () => annotate('base: &b {x: y}\nmetadata:\n  annotations: *b\n'),
      /metadata\.annotations is no map that can be edited/,
    );
    assert.throws(
      () => annotate('metadata: text\n'),
      /metadata\.annotations is no map|metadata is no map|no map that can be edited/,
    );
    assert.throws(() => annotate('a: [\n'), /line 2, column 1/);
    assert.throws(() => annotate('metadata: &m {name: a}\nother: *m\n'), /without changing something else/);
  });

  it('say nothing else than was meant, whatever the file', () => {
    const names = fc.string().filter((name) => name !== '__proto__');
    // Without -0, which JSON does not know.
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    const texts = fc.dictionary(names, fc.string());
    const object = fc.record(
      {
        kind: fc.string(),
        metadata: fc.record(
          {
            name: fc.string(),
            annotations: texts,
            labels: texts,
          },
          { requiredKeys: ['name'] },
        ),
        spec: fc.dictionary(names, json),
      },
      { requiredKeys: ['metadata'] },
    );
    fc.assert(
      fc.property(
        fc.array(object, { minLength: 1, maxLength: 3 }),
        fc.string(),
        fc.constantFrom(2, 4),
        (objects, value, indent) => {
          const text = objects.map((each) => stringify(each, { indent })).join('---\n');
          // What the parser itself reads otherwise than it was written is not ours to mend.
          fc.pre(JSON.stringify([...parseAllDocuments(text)].map((d) => d.toJS())) === JSON.stringify(objects));
          fc.pre(objects.every(({ kind }) => kind?.endsWith('List') !== true));
          const edited = annotate(text, value);
          for (const [index, { value: read }] of editableObjects(edited).entries()) {
            const given = JSON.parse(JSON.stringify(objects[index]?.metadata)) as Value & { annotations?: object };
            assert.deepEqual(read.metadata, { ...given, annotations: { ...given?.annotations, 'g/repo': value } });
          }
          assert.equal(annotate(edited, value), edited);
        },
      ),
      { numRuns: 150 },
    );
  });
});
