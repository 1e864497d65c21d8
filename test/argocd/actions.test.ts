import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { actionScripts } from '../../argocd/actions.ts';
import { actionsByLua, healthByLua, runActionLua } from '../../argocd/lua/customizations.ts';
import { LuaError, runLua } from '../../argocd/lua/vm.ts';
import { actionTests, discoveryTests, fixtureKinds } from './fixtures.ts';

const scriptsOf = (kind: string) => actionScripts(kind) ?? assert.fail(`${kind} has no actions`);

describe('resource actions', () => {
  it('are offered as the fixtures say', () => {
    for (const { kind, path, object, result } of discoveryTests()) {
      const offered = actionsByLua(scriptsOf(kind).discovery, object).map(({ name, disabled }) => ({ name, disabled }));
      assert.deepEqual(
        offered,
        [...result].sort((a, b) => a.name.localeCompare(b.name)),
        path,
      );
    }
  });

  it('do what the fixtures say', () => {
    for (const { kind, action, path, object, parameters, expected, error } of actionTests()) {
      const run = () => runActionLua(scriptsOf(kind).actions.get(action) ?? '', object, parameters);
      if (error !== undefined) {
        assert.throws(run, (thrown) => thrown instanceof LuaError && thrown.message === error, path);
        continue;
      }
      const impacts = run();
      const shown = Array.isArray(expected) ? impacts : impacts.map(({ resource }) => resource)[0];
      assert.deepEqual(shown, expected, `${action} ${path}`);
    }
  });

  it('are all tested, and all offered', () => {
    const tested = new Set(actionTests().map(({ kind, action }) => `${kind}/${action}`));
    for (const kind of fixtureKinds()) {
      const scripts = actionScripts(kind);
      if (scripts === undefined) continue;
      const offered = discoveryTests().find((test) => test.kind === kind);
      assert.deepEqual(
        actionsByLua(scripts.discovery, offered?.object ?? {}).map(({ name }) => name),
        [...scripts.actions.keys()],
        kind,
      );
      for (const name of scripts.actions.keys()) assert.ok(tested.has(`${kind}/${name}`), `${kind}/${name}`);
    }
  });
});

describe('Lua as Argo CD runs it', () => {
  it('has no files, no strings library, no time without end', () => {
    for (const script of ['return io', 'return string', 'return math', 'return dofile', 'return load', 'return os']) {
      assert.equal(runLua(script, {}), null, script);
    }
    assert.throws(() => runLua('return require("io")', {}), /module io not found/);
    assert.throws(() => runLua('return ("x"):upper()', {}), LuaError);
    assert.throws(() => runLua('while true do end', {}), /ran for more than 1000 ms/);
    assert.throws(() => runLua('local t = {} t.t = t return t', {}), /nested too deeply/);
    assert.equal(runLua('return print', {}), null);
    assert.equal(typeof runLua('return require("os").time()', {}), 'number');
  });

  it('takes deep and hostile objects as data', () => {
    let deep: Record<string, unknown> = { end: true };
    for (let depth = 0; depth < 150; depth += 1) deep = { deep };
    assert.deepEqual(runLua('return obj', { obj: JSON.parse(JSON.stringify(deep)) }), deep);
    const hostile = JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"a\\u0000b":"\\ud800"}');
    runLua('return obj', { obj: hostile });
    assert.equal(Object.getOwnPropertyDescriptor(Object.prototype, 'polluted'), undefined);
  });

  it('says of a script what Argo CD says: an unmapped state is Unknown, a deleted object is on its way', () => {
    const object = { metadata: { name: 'x' } };
    assert.equal(healthByLua('return {status = "Fine"}', object).status, 'Unknown');
    assert.equal(healthByLua('return {status = ""}', object).status, 'Unknown');
    assert.throws(() => healthByLua('return 3', object), LuaError);
    const leaving = { metadata: { name: 'x', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    assert.deepEqual(healthByLua('return {status = "Healthy"}', leaving), {
      status: 'Progressing',
      message: 'Pending deletion',
    });
  });

  it('keeps the empty maps of the object that an action changes', () => {
    const object = { metadata: { labels: {} }, spec: { list: [] } };
    assert.deepEqual(runActionLua('obj.spec.on = true return obj', object, {}), [
      { operation: 'patch', resource: { metadata: { labels: {} }, spec: { list: [], on: true } } },
    ]);
  });
});
