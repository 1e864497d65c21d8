import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { parse, parseAllDocuments } from 'yaml';
import { clusterAgentPolicies, KINDS, toCustomResourceDefinition } from '../../api/index.ts';
import type { AnyPolicy, PolicyObject } from '../../policies/engine/index.ts';
import { checkPolicy } from '../../policies/engine/index.ts';
import { readSuite, runSuite, type Suite, type SuiteResult } from '../../policies/testing/index.ts';
import { compileSchema, type JsonObject, type SchemaProps } from '../../schema/index.ts';
import { mutantsOf } from './mutants.ts';
import { NOW } from './support.ts';

const LIBRARY = join(import.meta.dirname, '../../policies/library');
const names = readdirSync(LIBRARY).filter((name) => existsSync(join(LIBRARY, name, 'policy.yaml')));

const read = (...path: string[]): string => readFileSync(join(LIBRARY, ...path), 'utf8');
const documents = (...path: string[]): PolicyObject[] =>
  parseAllDocuments(read(...path)).map((document) => document.toJS() as PolicyObject);

function suiteOf(name: string): { suite: Suite; objects: PolicyObject[] } {
  const { suite, problems } = { problems: [], ...readSuite(parse(read(name, 'tests', 'kubechain-test.yaml'))) } as {
    suite?: Suite;
    problems: unknown[];
  };
  if (suite === undefined) throw new Error(JSON.stringify(problems));
  return { suite, objects: (suite.objects ?? []).flatMap((file) => documents(name, 'tests', file)) };
}

function run(name: string, policy: PolicyObject): SuiteResult {
  const { suite, objects } = suiteOf(name);
  return runSuite(suite, { policies: [policy], objects, exceptions: [], now: NOW });
}

const failures = ({ cases }: SuiteResult): string[] =>
  cases.filter(({ passed }) => !passed).map(({ name, problems }) => `${name}: ${problems.join('; ')}`);

describe('policies/library', () => {
  it('has what its table lists', () => {
    assert.ok(names.length >= 12);
    const table = read('README.md');
    for (const name of names) assert.ok(table.includes(`[${name}](${name})`), name);
  });

  for (const name of names) {
    describe(name, () => {
      const [policy] = documents(name, 'policy.yaml') as [PolicyObject];

      it('is a policy of its folder’s name that only records, until somebody enforces it', () => {
        assert.equal(policy.kind, clusterAgentPolicies.kind);
        assert.equal(policy.metadata?.name, name);
        assert.equal((policy as unknown as AnyPolicy).spec.mode, 'Audit');
        assert.deepEqual(checkPolicy(policy as unknown as AnyPolicy), []);
      });

      it('says what, why, how to adapt it, and what it does not catch', () => {
        const text = read(name, 'README.md');
        for (const part of ['**What.**', '**Why.**', '**Adapt.**', '**Does not catch**'])
          assert.ok(text.includes(part), part);
        assert.deepEqual(parse(read(name, 'kustomization.yaml')).kind, 'Component');
      });

      it('does what its tests say, and they exercise every rule', () => {
        const result = run(name, policy);
        assert.deepEqual(failures(result), []);
        assert.deepEqual(
          result.rules.filter(({ cases }) => cases === 0).map(({ rule }) => rule),
          [],
        );
      });

      it('is judged by objects that the API server would admit', () => {
        const { suite, objects } = suiteOf(name);
        const written = suite.cases.flatMap(({ manifest }) =>
          manifest === undefined ? [] : [manifest as PolicyObject],
        );
        for (const object of [...objects, ...written]) {
          const copy = structuredClone({
            apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
            ...object,
          }) as unknown as JsonObject;
          const schema = schemaOf(object.kind ?? '');
          assert.deepEqual(schema.prune(copy), [], JSON.stringify(object));
          schema.applyDefaults(copy);
          assert.deepEqual(schema.validate(copy), [], JSON.stringify(object));
        }
      });

      it('is tested so well that no mutant of a rule passes', () => {
        const spec = (policy as unknown as AnyPolicy).spec;
        const mutants = mutantsOf(spec);
        assert.ok(mutants.length > 0);
        for (const { what, spec: mutated } of mutants) {
          const result = run(name, { ...policy, spec: mutated });
          // One that does not compile would be noticed by anybody.
          assert.deepEqual(result.broken, [], what);
          assert.ok(failures(result).length > 0, `no case notices: ${what}`);
        }
      });
    });
  }
});

const schemas = new Map<string, ReturnType<typeof compileSchema>>();
function schemaOf(kind: string) {
  let schema = schemas.get(kind);
  if (schema === undefined) {
    const found = KINDS.find((each) => each.kind === kind);
    assert.ok(found, kind);
    const [version] = toCustomResourceDefinition(found).spec.versions as { schema: { openAPIV3Schema: SchemaProps } }[];
    schema = compileSchema(version?.schema.openAPIV3Schema ?? {});
    schemas.set(kind, schema);
  }
  return schema;
}
