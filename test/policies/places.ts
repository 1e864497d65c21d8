import assert from 'node:assert/strict';
import type { Agent } from '../../api/index.ts';
import { runProgram } from '../../cli/runProgram.ts';
import type { Informers } from '../../controller/informers.ts';
import { INDEX } from '../../controller/informers.ts';
import { createJudging } from '../../controller/policy/background/judging.ts';
import { createLiveObjects } from '../../controller/policy/background/objects.ts';
import { createPolicyGate } from '../../controller/policy/gate.ts';
import type { ProvenanceResolver } from '../../controller/provenance/resolver.ts';
import type { KubeObject } from '../../kube/index.ts';
import { createStore } from '../../kube/index.ts';
import type { AnyPolicy, CompiledPolicySet } from '../../policies/engine/index.ts';
import { judgeByPolicies } from '../../webhooks/admission/policy.ts';
import { rulesOf, subjectOf } from '../../webhooks/admission/subject.ts';
import { fakeIo } from '../cli/support/fakeIo.ts';
import { createManualClock } from '../support/manualClock.ts';
import { createAdmission, OPERATOR, requestOf } from '../webhooks/support/world.ts';
import { ELSEWHERE, nameOf, ofVerdict, type Told, told, type World } from './worlds.ts';

/** The program `kubechain policy check`, with everything on its standard input. */
export async function fromCommandLine(each: World, policies: readonly AnyPolicy[]): Promise<Told[]> {
  const items = [...policies, ...each.exceptions, ...each.objects];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { io, out } = fakeIo({ input });
  const now = new Date(each.now).toISOString();
  await runProgram(['policy', 'check', '-', '-o', 'json', '--now', now], io);
  return toldBy(out());
}

/** What a report of the command line says, as JSON. */
export function toldBy(report: string): Told[] {
  const { findings } = JSON.parse(report) as {
    findings: { object: string; rule: string; message: string; level: string; field: string }[];
  };
  const effects: Record<string, string> = { error: 'deny', warning: 'warn', notice: 'audit' };
  // Rules "policy" and "exception" are advice on these themselves: the other places say it in their statuses.
  const ours = findings.filter(
    ({ rule }) => rule !== 'policy' && rule !== 'exception' && !ELSEWHERE.test(rule.slice(rule.lastIndexOf('/') + 1)),
  );
  return ours.map(({ object, rule, message, level, field }) => {
    assert.notEqual(rule, 'schema', `${field}: ${message}`);
    return told(object.replace(/ [^ /]+\//, '/'), rule, message, effects[level] ?? '');
  });
}

/** What the validating webhook decides by. */
export function fromWebhook(each: World, policies: readonly AnyPolicy[]): Map<string, Told[]> {
  const admission = createAdmission({
    policies,
    now: each.now,
    objects: [...each.objects, ...each.exceptions, each.run],
  });
  return new Map(
    [...each.objects, each.run as KubeObject, each.call as KubeObject].map((object) => {
      const request = requestOf(object, { user: OPERATOR, namespace: each.namespace });
      const rules = rulesOf(request);
      const subject = subjectOf(request);
      assert.ok(rules && subject);
      const judgement = judgeByPolicies(rules, subject, admission);
      return [nameOf(object), judgement === undefined ? [] : ofVerdict(nameOf(object), judgement.verdict)];
    }),
  );
}

export function informersOf(each: World): Informers {
  const stored = <T>(kind: string, indexers = {}) => {
    const store = createStore<KubeObject>(indexers);
    const all = [...each.objects, ...each.exceptions, each.run, each.revision, each.call] as unknown as KubeObject[];
    for (const object of all) if (object.kind === kind) store.set(object);
    return { store } as T;
  };
  return {
    agents: stored('Agent'),
    llms: stored('LLM'),
    tools: stored('Tool'),
    mcpServers: stored('MCPServer'),
    contactChannels: stored('ContactChannel'),
    tasks: stored('Task'),
    taskRuns: stored('TaskRun'),
    toolCalls: stored('TaskRunToolCall'),
    revisions: stored('AgentRevision'),
    exceptions: stored('AgentPolicyException', {
      [INDEX.exceptionsByNamespace]: ({ metadata }: KubeObject) => [metadata.namespace ?? ''],
    }),
    namespaces: undefined,
  } as unknown as Informers;
}

/** What the operator finds when it scans live objects: findings alike are counted there, and so they are here. */
export async function fromBackground(
  each: World,
  set: CompiledPolicySet,
  informers: Informers = informersOf(each),
): Promise<Told[]> {
  const judging = createJudging({
    clock: createManualClock(each.now),
    informers,
    live: createLiveObjects(informers, { get: async () => undefined }),
    provenance: { resolve: async () => undefined } as unknown as ProvenanceResolver,
    metrics: undefined,
  });
  await judging.update(set, { everything: true, objects: new Set(), now: each.now }, new AbortController().signal);
  return [...judging.records()].flatMap(({ kind, namespace, name, tallies }) =>
    (namespace === each.namespace ? tallies : [])
      .filter(({ effect, rule }) => effect !== 'excepted' && !ELSEWHERE.test(rule))
      .flatMap(({ policy, rule, effect, count, message }) =>
        Array.from({ length: count }, (_, i) =>
          told(`${kind}/${name}`, `${policy.split('/')[2]}/${rule}`, i === 0 ? message : '', effect),
        ),
      ),
  );
}

/** What the operator finds before it asks the model, and before it calls the tool. */
export function atRunTime(
  each: World,
  set: CompiledPolicySet,
  informers: Informers = informersOf(each),
): { agent: Told[]; call: Told[] } {
  const gate = createPolicyGate({
    informers,
    clock: createManualClock(each.now),
    policies: () => set,
    onExcepted: () => undefined,
  });
  const agent = each.objects.find(({ kind }) => kind === 'Agent') as Agent;
  return {
    agent: ofVerdict(nameOf(agent), gate.judgeModelCall(each.run, each.revision, 0)),
    call: ofVerdict(nameOf(each.call as KubeObject), gate.judgeToolCall(each.call, each.run, 0)),
  };
}
