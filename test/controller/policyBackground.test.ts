import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { AgentPolicy, AgentPolicyException } from '../../api/index.ts';
import { API_VERSION, agentPolicies, agentPolicyExceptions, taskRuns, taskRunToolCalls } from '../../api/index.ts';
import type { KubeObject, Resource } from '../../kube/index.ts';
import { task, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';
import { openReportsCrd } from '../support/reportCrds.ts';
import { untilAmong } from '../support/waiting.ts';

interface Report extends KubeObject {
  summary: Record<string, number>;
  results: { policy: string; rule: string; result: string; message: string; resources: { name: string }[] }[];
}
const reports: Resource<Report> = {
  group: 'openreports.io',
  version: 'v1alpha1',
  plural: 'reports',
  kind: 'Report',
  namespaced: true,
};
const crds: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

describe('policies in the background', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage[Symbol.asyncDispose]());

  const policy = (room: Room, spec: AgentPolicy['spec']): AgentPolicy => ({
    apiVersion: API_VERSION,
    kind: 'AgentPolicy',
    metadata: { namespace: room.namespace, name: 'house-rules' },
    spec,
  });
  const waiver = (room: Room, rule: string, lastsMs: number): AgentPolicyException => ({
    apiVersion: API_VERSION,
    kind: 'AgentPolicyException',
    metadata: { namespace: room.namespace, name: 'waiver' },
    spec: {
      policies: [{ kind: 'AgentPolicy', name: 'house-rules', rules: [rule] }],
      objects: [{ kind: 'Agent', name: 'assistant' }],
      reason: 'agreed with ann until the prompt is shorter',
      expiresAt: new Date(Date.now() + lastsMs).toISOString(),
    },
  });
  const summary = (room: Room, figures: NonNullable<NonNullable<AgentPolicy['status']>['summary']>) =>
    room.until(agentPolicies, 'house-rules', ({ status }) =>
      Object.entries(figures).every(([name, value]) => status?.summary?.[name as keyof typeof figures] === value),
    );
  const exceptionIs = (room: Room, state: string) =>
    room.until(agentPolicyExceptions, 'waiver', ({ status }) => status?.state === state);

  it('a policy tells what it finds, as if it were created now, and follows what changes', async () => {
    const room = await stage.room();
    await room.agent({ system: 'x'.repeat(100) });
    await room.create(
      policy(room, {
        mode: 'Audit',
        prompts: { maxBytes: 50 },
        rules: [{ name: 'of-ann', kinds: ['Agent'], expression: "request.userInfo.username == 'ann'" }],
      }),
    );
    const { status } = await summary(room, { audited: 1, violations: 0, notEvaluable: 1, simulates: 'CREATE' });
    assert.deepEqual(
      status?.violations?.map(({ kind, name, rule }) => ({ kind, name, rule })),
      [{ kind: 'Agent', name: 'assistant', rule: 'prompts.maxBytes' }],
    );
    assert.equal(status?.notEvaluable?.[0]?.rule, 'of-ann');
    await stage.client.patch(agentPolicies, room.key('house-rules'), {
      type: 'merge',
      body: { spec: { mode: 'Enforce' } },
    });
    await summary(room, { audited: 0, violations: 1 });
    await stage.client.patch(agentPolicies, room.key('house-rules'), {
      type: 'merge',
      body: { spec: { prompts: { maxBytes: 500 } } },
    });
    await summary(room, { audited: 0, violations: 0 });
  });

  it('an exception counts until it expires, and from that instant for nothing: with a status and an event', async () => {
    const room = await stage.room();
    await room.agent({ system: 'x'.repeat(100) });
    await room.create(
      policy(room, { prompts: { maxBytes: 50 }, exceptions: { allow: true, maxDuration: '1h' } }),
      waiver(room, 'prompts.maxBytes', 600_000),
    );
    const active = await exceptionIs(room, 'Active');
    assert.equal(active.status?.findings, 1);
    assert.ok(active.status?.lastNeededTime);
    await summary(room, { violations: 0, excepted: 1 });
    const run = await room.run('early', 'hello');
    assert.equal(run.status?.phase, 'FinalAnswer');
    const expiresAt = new Date(Date.now() + 1_000).toISOString();
    await stage.client.patch(agentPolicyExceptions, room.key('waiver'), {
      type: 'merge',
      body: { spec: { expiresAt } },
    });
    const expired = await exceptionIs(room, 'Expired');
    assert.ok(Date.now() >= Date.parse(expired.spec.expiresAt));
    await summary(room, { violations: 1, excepted: 0 });
    await room.untilEvent('ExceptionExpired', 'waiver');
    const refused = await room.run('late', 'hello');
    assert.match(refused.status?.error ?? '', /prompts\.maxBytes/);
  });

  it('a tool call that waits is a live object too, with arguments too long for the cache; one that has ended is not', async () => {
    const room = await stage.room({
      script: {
        rules: [
          {
            when: { turn: 1 },
            toolCalls: [{ name: 'fetch', arguments: { url: `http://example.com/${'x'.repeat(600)}` } }],
          },
          { text: 'done' },
        ],
      },
    });
    const https = { tools: ['tool/fetch'], cel: "args.url.startsWith('https:')", message: 'https only' };
    await room.create(
      policy(room, {
        modes: { admission: 'Off', runtime: 'Off' },
        match: { kinds: ['TaskRunToolCall'] },
        tools: { arguments: [{ ...https, action: 'Deny' }] },
      }),
      tool(room.namespace, 'fetch', {
        requiresApproval: true,
        parameters: { type: 'object', properties: { url: { type: 'string' } } },
        execute: { externalAPI: { url: 'http://example.com/', method: 'GET' } },
      }),
    );
    await room.agent({ tools: [{ name: 'fetch' }] });
    await summary(room, { objects: 0, violations: 0 });
    await room.create(task(room.namespace, 'get', 'get it'));
    const waits = await room.until(taskRunToolCalls, 'get-1-toolcall-01', ({ status }) => status?.approval);
    // Calls are looked at every half minute; a change of the policy looks at once.
    const again = async (message: string) =>
      stage.client.patch(agentPolicies, room.key('house-rules'), {
        type: 'merge',
        body: { spec: { tools: { arguments: [{ ...https, action: 'Deny', message }] } } },
      });
    await again('only https');
    const { status } = await summary(room, { objects: 1, violations: 1 });
    assert.deepEqual(
      status?.violations?.map(({ kind, name, rule }) => ({ kind, name, rule })),
      [{ kind: 'TaskRunToolCall', name: waits.metadata.name, rule: 'tools.arguments.0' }],
    );
    await stage.client.patch(taskRuns, room.key('get-1'), { type: 'merge', body: { spec: { cancel: true } } });
    await room.until(taskRunToolCalls, 'get-1-toolcall-01', ({ status: its }) => its?.completionTime);
    await again('https, please');
    await summary(room, { objects: 0, violations: 0 });
  });

  it('an exception that nothing needs says so, and one that its policy does not allow says that', async () => {
    const room = await stage.room();
    await room.agent();
    await room.create(
      policy(room, { prompts: { maxBytes: 5_000 }, exceptions: { allow: true } }),
      waiver(room, 'prompts.maxBytes', 600_000),
    );
    const unneeded = await exceptionIs(room, 'Unneeded');
    assert.match(unneeded.status?.statusDetail ?? '', /delete it/);
    await stage.client.patch(agentPolicies, room.key('house-rules'), {
      type: 'merge',
      body: { spec: { exceptions: { allow: false } } },
    });
    const ignored = await exceptionIs(room, 'Ignored');
    assert.match(ignored.status?.statusDetail ?? '', /allows no exceptions/);
    await room.untilEvent('ExceptionIgnored', 'waiver');
  });

  it('an exception for what runs do counts as needed although no live object needs it', async () => {
    const room = await stage.room();
    await room.create(
      policy(room, { tools: { deny: ['builtin/add'] }, exceptions: { allow: true } }),
      waiver(room, 'tools.deny', 600_000),
      tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }),
    );
    await room.agent({ tools: [{ name: 'add' }] });
    await exceptionIs(room, 'Active');
    await room.create(task(room.namespace, 'sum', 'add 2 and 3'));
    const run = await room.untilEnded('sum-1');
    assert.match(run.status?.output ?? '', /5/);
    assert.equal((await stage.client.get(agentPolicyExceptions, room.key('waiver'))).status?.state, 'Active');
  });
});

describe('reports of policies', function () {
  this.timeout(60_000);

  it('are written where the cluster has their API, once for each change, and removed in the end', async function () {
    // On a real cluster the definition would stay in other suites' way.
    if (process.env.KUBECHAIN_TEST_SERVER === 'real') this.skip();
    await using stage = await startStage();
    await stage.stop();
    await stage.client.create(crds, openReportsCrd);
    await untilAmong(stage.client, crds, {}, (all) =>
      all.some((crd) => {
        const { conditions = [] } =
          (crd as { status?: { conditions?: { type: string; status: string }[] } }).status ?? {};
        return (
          crd.metadata.name === openReportsCrd.metadata.name &&
          conditions.some(({ type, status }) => type === 'Established' && status === 'True')
        );
      }),
    );
    await stage.start();
    const room = await stage.room();
    await room.agent({ system: 'x'.repeat(100) });
    const rules: AgentPolicy = {
      apiVersion: API_VERSION,
      kind: 'AgentPolicy',
      metadata: { namespace: room.namespace, name: 'house-rules' },
      spec: { mode: 'Warn', prompts: { maxBytes: 50 } },
    };
    await room.create(rules);
    const first = await room.until(reports, 'kubechain-policies', ({ summary }) => summary.warn === 1);
    assert.equal(first.results[0]?.policy, `${room.namespace}/house-rules`);
    assert.deepEqual(first.results[0]?.resources[0]?.name, 'assistant');
    // Another scan that finds the same writes nothing.
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    const second = await room.until(
      reports,
      'kubechain-policies',
      ({ summary }) => summary.pass === (first.summary.pass ?? 0) + 1,
    );
    assert.notEqual(second.metadata.resourceVersion, first.metadata.resourceVersion);
    await stage.client.delete(agentPolicies, room.key('house-rules'));
    await untilAmong(stage.client, reports, { namespace: room.namespace }, (all) => all.length === 0);
  });
});
