import assert from 'node:assert/strict';
import { agentPolicyExceptions, clusterAgentPolicies } from '../../api/index.ts';
import type { SchemaProps } from '../../schema/types.ts';
import { CASES } from './fieldCases.ts';
import { about, ask, call, channel, exception, NOW, seen } from './support.ts';

/** The fields of a schema that hold no further fields: `tools.arguments[].cel`. */
function leaves(schema: SchemaProps, path = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const here = path === '' ? name : `${path}.${name}`;
    if (property.properties !== undefined) return leaves(property, here);
    return property.items?.properties === undefined ? [here] : leaves(property.items, `${here}[]`);
  });
}

describe('each field of a policy', () => {
  const fields = leaves(clusterAgentPolicies.definition.spec);

  it('has a case here, and no case is for a field that is not there', () => {
    assert.deepEqual(Object.keys(CASES).sort(), [...fields].sort());
  });

  for (const [field, [one, other, question]] of Object.entries(CASES)) {
    it(`changes a verdict: ${field}`, () => {
      assert.notDeepEqual(seen(ask(one, question)), seen(ask(other, question)));
    });
  }

  it('judges where secrets of a channel go', () => {
    const question = about(channel({ type: 'slack', apiKeyFrom: { secretKeyRef: { name: 'slack', key: 'k' } } }));
    assert.equal(ask({ secrets: { allow: [{ name: 'slack', hosts: ['slack.com'] }] } }, question).effect, 'allow');
    assert.equal(ask({ secrets: { allow: [{ name: 'slack', hosts: ['evil.com'] }] } }, question).effect, 'deny');
  });
});

describe('each field of an exception', () => {
  const spec = { tools: { deny: ['github/*'] }, exceptions: { allow: true } };
  const taken = (more: object): number => {
    const verdict = ask(spec, call('github/delete_repo', {}, { exceptions: [exception(more)] }));
    return verdict.excepted.length;
  };
  const production = { kind: 'ClusterAgentPolicy', name: 'production', rules: ['tools.deny'] };
  /** What makes it about something else. */
  const others: Record<string, object | undefined> = {
    'policies[].kind': { policies: [{ ...production, kind: 'AgentPolicy' }] },
    'policies[].name': { policies: [{ ...production, name: 'other' }] },
    'policies[].rules': { policies: [{ ...production, rules: ['defaultAction'] }] },
    'objects[].kind': { objects: [{ kind: 'LLM', name: 'billing-bot' }] },
    'objects[].name': { objects: [{ kind: 'Agent', name: 'sales-bot' }] },
    tools: { tools: ['github/delete_branch'] },
    expiresAt: { expiresAt: new Date(NOW).toISOString() },
    // For people.
    reason: undefined,
  };

  it('has a case here', () => {
    assert.deepEqual(Object.keys(others).sort(), leaves(agentPolicyExceptions.definition.spec).sort());
  });

  for (const [field, other] of Object.entries(others)) {
    if (other === undefined) continue;
    it(`decides what is taken away: ${field}`, () => {
      assert.equal(taken({}), 1);
      assert.equal(taken(other), 0);
    });
  }
});
