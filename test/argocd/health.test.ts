import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { KINDS } from '../../api/index.ts';
import { fluxHealthChecks, rulesOf } from '../../argocd/configMaps.ts';
import { healthOf, ruleOf } from '../../argocd/health/evaluate.ts';
import { healthLua } from '../../argocd/health/lua.ts';
import { fluxState } from '../../argocd/health/rule.ts';
import { HEALTH } from '../../argocd/health/table.ts';
import { healthByLua } from '../../argocd/lua/customizations.ts';
import { celTypes, createCelEnvironment, fromJson } from '../../schema/cel/index.ts';
import { fixtureKinds, healthTests } from './fixtures.ts';

/** Statuses that nobody would write by hand, and such that nearly fit. */
const objects = fc.record({
  apiVersion: fc.constant('kubechain.humanlayer.dev/v1alpha1'),
  metadata: fc.record({ name: fc.constant('x'), generation: fc.constantFrom(1, 2, 7) }),
  spec: fc.record(
    { suspend: fc.boolean(), cancel: fc.boolean(), taskRef: fc.constant({ name: 't' }) },
    { requiredKeys: ['taskRef'] },
  ),
  status: fc.record(
    {
      observedGeneration: fc.constantFrom(-1, 1, 2, 7),
      counted: fc.boolean(),
      ready: fc.boolean(),
      status: fc.constantFrom(
        'Ready',
        'Error',
        'Pending',
        'AwaitingHumanApproval',
        'ToolCallRejected',
        'AwaitingSubAgent',
        '',
      ),
      phase: fc.constantFrom(
        'Pending',
        'Running',
        'Succeeded',
        'Failed',
        'FinalAnswer',
        'Cancelled',
        'ErrorBackoff',
        'OutcomeUnknown',
      ),
      state: fc.constantFrom('Active', 'Expired', 'Ignored', 'Unneeded'),
      statusDetail: fc.constantFrom('', 'a "quoted" \\ detail\nof two lines', 'ünï'),
      error: fc.constantFrom('', 'it broke'),
      conditions: fc.array(
        fc.record({
          type: fc.constantFrom('Ready', 'AwaitingHuman', 'Stalled', 'Complete'),
          status: fc.constantFrom('True', 'False', 'Unknown'),
          reason: fc.constantFrom('AwaitingHuman', 'TaskRunCancelled', 'Broken'),
          message: fc.constantFrom('', 'why'),
        }),
        { maxLength: 3 },
      ),
    },
    { requiredKeys: [] },
  ),
});

const json = (value: object) => JSON.parse(JSON.stringify(value));
/** The API server lets each type in once. */
const unique = (object: { status: { conditions?: { type: string }[] } }) =>
  new Set(object.status.conditions?.map(({ type }) => type)).size === (object.status.conditions?.length ?? 0);

describe('health of our kinds', () => {
  it('has rules and fixtures for every kind, and a fixture for every rule', () => {
    const kinds = KINDS.map(({ kind }) => kind).sort();
    assert.deepEqual(Object.keys(HEALTH).sort(), kinds);
    assert.deepEqual(fixtureKinds(), kinds);
    const tests = healthTests();
    for (const kind of kinds) {
      const used = new Set(
        tests.filter((test) => test.kind === kind).map(({ object }) => ruleOf(rulesOf(kind), object)),
      );
      const unused = rulesOf(kind).filter((rule) => !used.has(rule));
      assert.deepEqual(unused, [], `${kind}: rules without a fixture`);
    }
  });

  it('is what the fixtures say: in the Lua that Argo CD gets', () => {
    for (const { kind, path, object, status, message } of healthTests()) {
      assert.deepEqual(healthByLua(healthLua(rulesOf(kind)), object), { status, message }, path);
    }
  });

  it('is the same in Lua as in the table, whatever the object', () => {
    const scripts = new Map(Object.entries(HEALTH).map(([kind, rules]) => [kind, healthLua(rules)]));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(HEALTH)), objects, (kind, object) => {
        const rules = rulesOf(kind);
        assert.deepEqual(healthByLua(scripts.get(kind) ?? '', json(object)), healthOf(rules, object));
      }),
      { numRuns: 100 },
    );
  });

  it('uses only what Argo CD’s interpreter has', () => {
    for (const [kind, rules] of Object.entries(HEALTH)) {
      assert.doesNotMatch(healthLua(rules), /\bgoto\b|\bstring\.|\bmath\.|:\w+\(|\/\//, kind);
    }
  });

  it('is the same in Flux’s expressions: one of the three states, that of the rule', () => {
    const { DYN } = celTypes;
    const environment = createCelEnvironment({
      variables: { apiVersion: DYN, kind: DYN, metadata: DYN, spec: DYN, status: DYN },
    });
    const checks = new Map(
      fluxHealthChecks().map((check) => [
        check.kind,
        (['inProgress', 'failed', 'current'] as const).flatMap((state) => {
          const source = check[state];
          return source === undefined ? [] : [{ state, program: environment.compile(source) }];
        }),
      ]),
    );
    const stateOf = (kind: string, object: Record<string, unknown>) => {
      const variables = Object.fromEntries(Object.entries(object).map(([name, value]) => [name, fromJson(value)]));
      return (checks.get(kind) ?? [])
        .filter(({ program }) => program.evaluate(variables).value === true)
        .map(({ state }) => state);
    };
    for (const { kind, path, object } of healthTests()) {
      // Every kind with a status has one from the start: a default of its CRD.
      if (object.status === undefined) continue;
      assert.deepEqual(stateOf(kind, object), [fluxState(ruleOf(rulesOf(kind), object))], path);
    }
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(HEALTH)), objects.filter(unique), (kind, object) => {
        assert.deepEqual(stateOf(kind, json({ kind, ...object })), [fluxState(ruleOf(rulesOf(kind), object))]);
      }),
      { numRuns: 100 },
    );
  });

  it('every object that an expression or kstatus reads has a status from the start', () => {
    for (const { kind, definition } of KINDS) {
      if (definition.status === undefined) continue;
      assert.ok(definition.initialStatus !== undefined, kind);
    }
  });
});
