import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import type { AgentPolicyException } from '../../../api/index.ts';
import type { Informers } from '../../../controller/informers.ts';
import { createJudging } from '../../../controller/policy/background/judging.ts';
import type { ObjectRecord } from '../../../controller/policy/background/ledger.ts';
import type { LiveObject, LiveObjects } from '../../../controller/policy/background/objects.ts';
import { reportOf } from '../../../controller/policy/background/reports.ts';
import type { ProvenanceResolver } from '../../../controller/provenance/resolver.ts';
import { systemClock } from '../../../kube/index.ts';
import type { PolicyObject } from '../../../policies/engine/index.ts';
import { compileSchema, type JsonObject, type SchemaProps } from '../../../schema/index.ts';
import { agent, clusterPolicy, compile, exception, llm, NAMESPACE, namespacePolicy } from '../../policies/support.ts';
import { reportSchema } from '../../support/reportCrds.ts';

describe('background judging', () => {
  let objects: Map<string, LiveObject>;
  let exceptions: AgentPolicyException[];
  let judging: ReturnType<typeof createJudging>;
  const { signal } = new AbortController();
  const nothing = { everything: false, objects: new Set<string>(), now: Date.now() };
  const everything = { ...nothing, everything: true };

  const put = (object: object): string => {
    const { kind = '', metadata } = object as PolicyObject;
    const key = `${kind}/${metadata?.namespace}/${metadata?.name}`;
    objects.set(key, { object: object as PolicyObject, context: {} });
    return key;
  };

  beforeEach(() => {
    objects = new Map();
    exceptions = [];
    const live = {
      keys: () => [...objects.keys()],
      has: (key: string) => objects.has(key),
      get: async (key: string) => objects.get(key),
    } as unknown as LiveObjects;
    const store = { byIndex: () => exceptions };
    const informers = { exceptions: { store }, namespaces: undefined } as unknown as Informers;
    const provenance = { resolve: async () => undefined } as unknown as ProvenanceResolver;
    judging = createJudging({ clock: systemClock, informers, live, provenance, metrics: undefined });
    for (let i = 0; i < 20; i++) put(agent({ system: 'x'.repeat(i) }, {}, `agent-${i}`));
    put(llm());
  });

  const short = (name = 'short', most = 15) => clusterPolicy({ prompts: { maxBytes: most } }, name);
  const models = clusterPolicy({ match: { kinds: ['LLM'] }, llms: { allow: ['anthropic/*'] } }, 'models');
  const summary = (set: ReturnType<typeof compile>, name: string) =>
    judging.totals(set).policies.get(`ClusterAgentPolicy//${name}`)?.summary;

  it('a change of one object judges that object', async () => {
    const set = compile(short(), models);
    await judging.update(set, everything, signal);
    assert.equal(judging.asked, 21);
    assert.equal(summary(set, 'short')?.violations, 4);
    const key = put(agent({ system: 'short' }, {}, 'agent-19'));
    const namespaces = await judging.update(set, { ...nothing, objects: new Set([key]) }, signal);
    assert.equal(judging.asked, 22);
    assert.deepEqual([...namespaces], [NAMESPACE]);
    assert.equal(summary(set, 'short')?.violations, 3);
    objects.delete(key);
    await judging.update(set, { ...nothing, objects: new Set([key]) }, signal);
    assert.equal(summary(set, 'short')?.objects, 20);
  });

  it('a change of one policy asks that policy alone, and leaves what the others found', async () => {
    await judging.update(compile(short(), models), everything, signal);
    const set = compile(short('short', 17), models);
    await judging.update(set, nothing, signal);
    assert.equal(summary(set, 'short')?.violations, 2);
    assert.equal(summary(set, 'models')?.violations, 1);
    const without = compile(models);
    const asked = judging.asked;
    await judging.update(without, nothing, signal);
    assert.equal(judging.asked, asked);
    assert.deepEqual([...judging.totals(without).policies.keys()], ['ClusterAgentPolicy//models']);
    assert.ok([...judging.records()].every(({ policies }) => !policies.includes('ClusterAgentPolicy//short')));
  });

  it('step by step comes to the same as all at once', async () => {
    await judging.update(compile(short()), everything, signal);
    const set = compile(short('short', 3), models, namespacePolicy({ require: { labels: ['team'] } }));
    await judging.update(set, nothing, signal);
    put(agent({ system: 'y'.repeat(30) }, { labels: { team: 'a' } }, 'agent-0'));
    await judging.update(set, { ...nothing, objects: new Set([`Agent/${NAMESPACE}/agent-0`]) }, signal);
    const stepwise = judging.totals(set);
    await judging.update(set, everything, signal);
    assert.deepEqual(stepwise, judging.totals(set));
  });

  it('what is kept of an object is bounded by the rules, not by the object', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({ name: `tool-${i}` }));
    const key = put(agent({ mcpServers: many }));
    const set = compile(clusterPolicy({ mcpServers: { allow: ['fetch'] } }));
    await judging.update(set, everything, signal);
    const record = [...judging.records()].find(({ name }) => `Agent/${NAMESPACE}/${name}` === key);
    assert.equal(record?.tallies.length, 1);
    assert.equal(record?.tallies[0]?.count, 1000);
    assert.equal(summary(set, 'production')?.violations, 1000);
  });

  it('rules about who asks are told as not evaluable', async () => {
    const set = compile(
      clusterPolicy({ rules: [{ name: 'admins', expression: "request.userInfo.username == 'root'", kinds: ['LLM'] }] }),
      clusterPolicy({ match: { subjects: [{ kind: 'User', name: 'ann' }] }, defaultAction: 'Deny' }, 'of-ann'),
    );
    await judging.update(set, everything, signal);
    const { policies } = judging.totals(set);
    assert.deepEqual(policies.get('ClusterAgentPolicy//production')?.notEvaluable, [
      { rule: 'admins', reason: 'it looks at who asks, which is not known here' },
    ]);
    assert.equal(policies.get('ClusterAgentPolicy//of-ann')?.summary.notEvaluable, 21);
  });

  it('reports have the fields of both APIs, are bounded, and the same where nothing changed', async () => {
    exceptions = [
      exception({
        policies: [{ kind: 'ClusterAgentPolicy', name: 'short', rules: ['prompts.maxBytes'] }],
        objects: [{ kind: 'Agent', name: 'agent-19' }],
        expiresAt: '2999-01-01T00:00:00Z',
      }),
    ];
    for (let i = 0; i < 400; i++) put(agent({ system: 'z'.repeat(99) }, {}, `more-${i}`));
    const allowing = clusterPolicy({ prompts: { maxBytes: 15 }, exceptions: { allow: true } }, 'short');
    const set = compile(allowing, models);
    await judging.update(set, everything, signal);
    const records: ObjectRecord[] = [...judging.records()];
    for (const api of [
      { group: 'openreports.io', version: 'v1alpha1', kind: 'Report', hasSource: true },
      { group: 'wgpolicyk8s.io', version: 'v1alpha2', kind: 'PolicyReport', hasSource: false },
    ] as const) {
      const report = reportOf(NAMESPACE, records, api);
      const schema = compileSchema(reportSchema(api.hasSource) as unknown as SchemaProps);
      const copy = structuredClone(report) as unknown as JsonObject;
      assert.deepEqual(schema.prune(copy), []);
      assert.deepEqual(schema.validate(copy), []);
      assert.deepEqual(report.summary, { pass: 17, fail: 404, warn: 0, error: 0, skip: 1 });
      assert.equal(report.results.length, 250);
      assert.ok(JSON.stringify(report).length < 512 * 1024);
      assert.equal(report.results[0]?.properties.simulatedOperation, 'CREATE');
      assert.deepEqual(reportOf(NAMESPACE, records.toReversed(), api), report);
    }
  });
});
