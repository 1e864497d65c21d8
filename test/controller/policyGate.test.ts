import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AgentRevision, LLM, PolicySpec, TaskRun } from '../../api/index.ts';
import type { Informers } from '../../controller/informers.ts';
import { INDEX } from '../../controller/informers.ts';
import { createPolicyGate } from '../../controller/policy/gate.ts';
import type { KubeObject } from '../../kube/index.ts';
import { createStore } from '../../kube/index.ts';
import { agent, clusterPolicy, compile, llm, NAMESPACE, NOW, rulesOf } from '../policies/support.ts';
import { createManualClock } from '../support/manualClock.ts';

const pinned = { provider: 'openai', parameters: { model: 'gpt-4o', baseUrl: 'https://api.openai.com/v1' } } as const;

/** What the operator says before it asks the model of a run that is pinned to an LLM, which has become `now` meanwhile, or is gone. */
function judged(spec: PolicySpec, now: object | undefined): string[] {
  const revision = {
    metadata: { name: 'r', namespace: NAMESPACE },
    spec: { agent: 'billing-bot', system: 'Bill.', tools: [], llm: { name: 'gpt', ...pinned } },
  } as unknown as AgentRevision;
  const run = {
    metadata: { name: 'run-1', namespace: NAMESPACE },
    spec: { taskRef: { name: 'run' } },
    status: { agent: 'billing-bot', agentRevision: 'r' },
  } as unknown as TaskRun;
  const stored = (objects: readonly object[], indexers = {}) => {
    const store = createStore<KubeObject>(indexers);
    for (const object of objects) store.set(object as KubeObject);
    return { store };
  };
  const live = now === undefined ? [] : [llm(now) as LLM];
  const gate = createPolicyGate({
    informers: {
      agents: stored([agent()]),
      llms: stored(live),
      tools: stored([]),
      mcpServers: stored([]),
      tasks: stored([]),
      revisions: stored([revision]),
      exceptions: stored([], { [INDEX.exceptionsByNamespace]: () => [] }),
      namespaces: undefined,
    } as unknown as Informers,
    clock: createManualClock(NOW),
    policies: () => compile(clusterPolicy(spec)),
    onExcepted: () => undefined,
  });
  return rulesOf(gate.judgeModelCall(run, revision, 0));
}

describe('before a model is asked, the operator judges', () => {
  const other = { provider: 'anthropic', parameters: { model: 'claude', baseUrl: 'https://else.example.com/' } };
  const rules: [what: string, passes: PolicySpec, fails: PolicySpec, rule: string][] = [
    ['the model', { llms: { allow: ['openai/gpt-4o'] } }, { llms: { deny: ['openai/gpt-4o'] } }, 'llms.deny'],
    [
      'the address',
      { llms: { baseURLs: ['https://api.openai.com/'] } },
      { llms: { baseURLs: ['https://else.example.com/'] } },
      'llms.baseURLs',
    ],
  ];
  for (const [what, passes, fails, rule] of rules) {
    it(`${what} that the run is pinned to, whatever the LLM has become`, () => {
      assert.deepEqual(judged(passes, other), []);
      assert.deepEqual(judged(fails, other), [rule]);
    });
    it(`${what} that the run is pinned to, also when the LLM is gone`, () => {
      assert.deepEqual(judged(passes, undefined), []);
      assert.deepEqual(judged(fails, undefined), [rule]);
    });
  }
});
