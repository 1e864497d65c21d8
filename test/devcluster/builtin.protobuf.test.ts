import assert from 'node:assert/strict';
import { applyDefaults } from '../../devcluster/builtin/defaults.ts';
import { builtinResources } from '../../devcluster/builtin/index.ts';
import { decodeProtobuf } from '../../devcluster/protobuf/decode.ts';
import { encodeProtobuf } from '../../devcluster/protobuf/encode.ts';
import { DecodeError, type JsonObject, type KubeObject } from '../../devcluster/types.ts';
import { cases } from './builtin.cases.ts';

const builtins = builtinResources();

/** Lists that are empty and lists that are absent are the same on the wire. */
function withoutEmptyLists(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => (Array.isArray(item) && item.length === 0 ? null : item)),
  );
}

describe('builtin kinds in protobuf', () => {
  for (const { name, kind, object } of cases) {
    it(`${name} comes back as it went`, function () {
      const definition = builtins.find((resource) => resource.kind === kind);
      assert(definition);
      const read = (source: unknown) => {
        const copy = structuredClone(source) as KubeObject;
        assert.deepEqual(definition.decode?.(copy).unknown, []);
        applyDefaults(copy as unknown as JsonObject, definition.openApiName);
        return copy;
      };
      let typed: KubeObject;
      try {
        typed = read(object);
      } catch (error) {
        // Not an object of the kind at all: nothing to send.
        if (error instanceof DecodeError) this.skip();
        throw error;
      }
      const back = decodeProtobuf(encodeProtobuf(typed));
      assert.deepEqual(
        withoutEmptyLists(read({ ...back, apiVersion: typed.apiVersion, kind })),
        withoutEmptyLists(typed),
      );
    });
  }
});
