import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { applyDefaults } from '../../devcluster/builtin/defaults.ts';
import { builtinResources } from '../../devcluster/builtin/index.ts';
import { strategicMerge } from '../../devcluster/strategicmerge/index.ts';
import { type JsonObject, type KubeObject, StrategicMergeError } from '../../devcluster/types.ts';

/** A patch and what kube-apiserver 1.36.3 made of it. */
interface Recorded {
  readonly name: string;
  readonly kind: string;
  readonly live: JsonObject;
  readonly patch: JsonObject;
  readonly code?: number;
  readonly message?: string;
  readonly result?: JsonObject;
}

const recorded = JSON.parse(
  readFileSync(new URL('./strategicmerge.recorded.json', import.meta.url), 'utf8'),
) as Recorded[];
const builtins = builtinResources();

function definitionOf(kind: string) {
  const definition = builtins.find((resource) => resource.kind === kind);
  assert(definition);
  return definition;
}

/** The merged object as the server would read it. */
function read(kind: string, object: JsonObject): JsonObject {
  const definition = definitionOf(kind);
  const copy = structuredClone(object) as unknown as KubeObject;
  definition.decode?.(copy);
  applyDefaults(copy as unknown as JsonObject, definition.openApiName);
  delete copy.status;
  return copy as unknown as JsonObject;
}

describe('strategic merge patch as kube-apiserver applies it', () => {
  for (const { name, kind, live, patch, code, message, result } of recorded) {
    it(name, () => {
      const type = definitionOf(kind).mergeType();
      const before = JSON.stringify([live, patch]);
      if (result !== undefined) assert.deepEqual(read(kind, strategicMerge(live, patch, type)), result);
      else if (code === 422 && !/lists of lists/.test(message ?? '')) {
        // Refused by validation or by reading the result into the kind, not by the merge.
        assert.ok(strategicMerge(live, patch, type));
      } else {
        assert.throws(
          () => strategicMerge(live, patch, type),
          (error) => {
            assert(error instanceof StrategicMergeError);
            assert.deepEqual([error.code, error.message], [code, message]);
            return true;
          },
        );
      }
      assert.equal(JSON.stringify([live, patch]), before, 'changed its arguments');
    });
  }

  const json = fc.letrec<{ value: unknown; object: { [key: string]: unknown } }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.string(), { maxLength: 3 }),
      tie('object'),
    ),
    object: fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'spec', 'metadata', 'data')),
      tie('value'),
      { maxKeys: 4 },
    ),
  })).object;
  const type = definitionOf('Deployment').mergeType();

  it('an empty patch changes nothing', () => {
    fc.assert(
      fc.property(json, (object) => {
        const live = JSON.parse(JSON.stringify(object)) as JsonObject;
        assert.equal(JSON.stringify(strategicMerge(live, {}, type)), JSON.stringify(live));
      }),
    );
  });

  it('of anything onto nothing gives it, and again changes nothing', () => {
    fc.assert(
      fc.property(json, (object) => {
        const patch = JSON.parse(JSON.stringify(object)) as JsonObject;
        if (/"\$/.test(JSON.stringify(patch))) return;
        const once = strategicMerge({}, patch, type);
        assert.deepEqual(once, patch);
        assert.equal(({} as JsonObject).polluted, undefined);
        assert.deepEqual(strategicMerge(once, patch, type), once);
      }),
    );
  });
});
