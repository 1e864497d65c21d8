import assert from 'node:assert/strict';
import type { AgentPolicy, Approval, TaskRunToolCall } from '../../api/index.ts';
import {
  API_VERSION,
  agentPolicies,
  agents,
  approvals,
  STAMPS,
  taskRuns,
  taskRunToolCalls,
  tasks,
} from '../../api/index.ts';
import { applyRbac } from '../../cli/rbac.ts';
import { runProgram } from '../../cli/runProgram.ts';
import { createOperator } from '../../controller/index.ts';
import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { createKubeClient, systemClock } from '../../kube/index.ts';
import { argumentsDigest } from '../../policies/approvals/index.ts';
import { mutatingConfigurations, validatingConfigurations } from '../../webhooks/index.ts';
import { fakeIo } from '../cli/support/fakeIo.ts';
import { kubectlShell, parseTable } from '../support/kubectl.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { startModelServer } from '../support/modelServer.ts';
import { agent, task, tool } from '../support/objects.ts';
import type { Room } from '../support/operator.ts';
import { createRoom } from '../support/operator.ts';
import { createOperatorClient } from '../support/operatorClient.ts';
import { startWebhookStage } from './support/stage.ts';

const roleBindings: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'rolebindings',
  kind: 'RoleBinding',
  namespaced: true,
};

/** How each agent's calls are approved. */
const RULES: Record<string, NonNullable<AgentPolicy['spec']['approval']>> = {
  pair: { minApprovals: 2, approvers: { groups: ['finance'] } },
  refused: { approvers: { groups: ['finance'] } },
  alone: { approvers: { groups: ['finance'] } },
  lapses: { expiresAfter: '1s', onTimeout: 'Reject' },
  breaks: { expiresAfter: '1s', onTimeout: 'Fail' },
  escalates: {
    approvers: { groups: ['finance'] },
    expiresAfter: '4s',
    onTimeout: 'Escalate',
    escalateTo: { groups: ['board'] },
  },
};

const message = (writing: Promise<unknown>): Promise<string> =>
  writing.then(
    () => 'it was admitted',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** People decide through the webhooks, with the roles that the installation has; the operator does what they decide. */
describe('decisions about tool calls, on an API server', function () {
  this.timeout(60_000);
  const stack = new AsyncDisposableStack();
  let client: KubeClient;
  let room: Room;
  let kubeconfig: string;
  let person: (username: string, ...groups: string[]) => KubeClient;
  let withdrawWebhooks: () => Promise<void>;

  before(async () => {
    const stage = stack.use(await startWebhookStage());
    const { namespace } = stage;
    client = stage.client;
    kubeconfig = stage.kubeConfig.source;
    person = (impersonateUser, ...impersonateGroups) => {
      const user = { ...stage.kubeConfig.user, impersonateUser, impersonateGroups };
      return stack.adopt(
        createKubeClient({ kubeConfig: { ...stage.kubeConfig, user }, fieldManager: 'people' }),
        (each) => each.close(),
      );
    };
    withdrawWebhooks = async () => {
      await stage.stop();
      await client.delete(mutatingConfigurations, { name: namespace });
      await client.delete(validatingConfigurations, { name: namespace });
    };
    await applyRbac(client, new AbortController().signal);
    for (const [group, role] of [
      ['finance', 'kubechain-approver'],
      ['board', 'kubechain-approver'],
      ['clerks', 'kubechain-editor'],
    ]) {
      await client.create(roleBindings, {
        metadata: { namespace, name: `${group}-${role}` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }],
      } as KubeObject);
    }

    const model = stack.use(await startModelServer());
    const operatorClient = createOperatorClient(stage.operator, (each) => each === namespace);
    room = createRoom(namespace, client, operatorClient, model);
    const stop = new AbortController();
    const running = createOperator({
      client: operatorClient,
      clock: systemClock,
      logger: createRecordingLogger(),
      identity: 'decisions',
      namespace,
      systemNamespace: namespace,
    }).run(stop.signal);
    stack.defer(async () => {
      stop.abort();
      await running;
    });
    await room.create(tool(namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent();
    for (const [name, approval] of Object.entries(RULES)) {
      await room.create(
        {
          apiVersion: API_VERSION,
          kind: 'AgentPolicy',
          metadata: { namespace, name },
          spec: { match: { agents: [name] }, tools: { requireApproval: ['builtin/add'] }, approval },
        } as AgentPolicy,
        agent(namespace, name, { tools: [{ name: 'add' }] }),
      );
    }
    for (const name of Object.keys(RULES)) {
      await room.until(agentPolicies, name, ({ status }) => status?.observedGeneration === 1);
      await room.until(agents, name, ({ status }) => status?.ready);
    }
    // Carol asks for all of it.
    const carol = person('carol', 'clerks');
    for (const name of Object.keys(RULES))
      await carol.create(tasks, task(namespace, name, 'add 2 and 3', { agentRef: { name } }));
  });
  after(() => stack.disposeAsync());

  const callOf = (agentName: string) => `${agentName}-1-toolcall-01`;
  const waiting = (agentName: string, also: (call: TaskRunToolCall) => boolean = () => true) =>
    room.until(
      taskRunToolCalls,
      callOf(agentName),
      (call) => call.status?.status === 'AwaitingHumanApproval' && also(call),
    );
  const decision = (call: TaskRunToolCall, name: string, spec: Partial<Approval['spec']> = {}): Approval => ({
    apiVersion: API_VERSION,
    kind: 'Approval',
    metadata: { namespace: room.namespace, name },
    spec: {
      toolCallRef: { name: call.metadata.name ?? '' },
      decision: 'Approve',
      argumentsDigest: argumentsDigest(call.spec.arguments),
      ...spec,
    },
  });
  const decide = (by: KubeClient, approval: Approval, dryRun = false) =>
    message(by.create(approvals, approval, { dryRun }));
  /** The command line, by somebody. */
  async function kubechain(by: readonly [string, ...string[]], ...args: string[]) {
    const { io, out, err } = fakeIo();
    const [user, ...groups] = by;
    const as = args[0] === 'approvals' ? [] : ['--as', user, ...groups.flatMap((group) => ['--as-group', group])];
    const where = ['--kubeconfig', kubeconfig, '-n', room.namespace];
    const code = await runProgram([...args, ...where, ...as], io);
    return { code, out: out(), err: err() };
  }

  it('escalate when it is late: then those may decide, too, who might not before', async () => {
    const dan = person('dan', 'board');
    const call = await waiting('escalates');
    const { expiresAt = '', onTimeout, escalateTo } = call.status?.approval ?? {};
    assert.deepEqual([onTimeout, escalateTo], ['Escalate', ['board']]);
    const early = await decide(dan, decision(call, 'dans'), true);
    // Where the machine was too busy to ask in time, there is nothing to be seen.
    if (Date.now() < Date.parse(expiresAt))
      assert.match(early, /"dan" is in none of the groups that may decide: finance/);
    const late = await waiting('escalates', ({ status }) => /escalated/.test(status?.statusDetail ?? ''));
    assert.ok(Date.now() >= Date.parse(expiresAt));
    assert.match(await decide(person('eve', 'clerks'), decision(late, 'eves'), true), /forbidden|none of the groups/);
    assert.equal(await decide(dan, decision(late, 'dans')), 'it was admitted');
    assert.match((await room.untilEnded('escalates-1')).status?.output ?? '', /5/);
    const ran = await client.get(taskRunToolCalls, room.key(callOf('escalates')));
    assert.deepEqual(ran.status?.approval?.approvedBy, ['dan']);
  });

  it('are none in time: the call is rejected, or the run fails, as the policy says', async () => {
    const lapsed = await room.untilEnded('lapses-1');
    assert.match(lapsed.status?.output ?? '', /nobody decided about this call in time/);
    const broken = await room.untilEnded('breaks-1');
    assert.equal(broken.status?.phase, 'Failed');
    assert.match(broken.status?.error ?? '', /nobody decided by .*breaks\/tools\.requireApproval/);
    for (const name of ['lapses', 'breaks']) {
      const call = await client.get(taskRunToolCalls, room.key(callOf(name)));
      assert.deepEqual([call.status?.holder, call.status?.approval?.timedOut], [undefined, true], 'it never began');
      assert.match(
        await decide(person('bob', 'finance'), decision(call, `late-${name}`)),
        /does not wait for an approval \(it is ToolCallRejected\)/,
      );
    }
  });

  it('take two people where policy says two; who asked, who may not, and who has voted do not count', async () => {
    const call = await waiting('pair');
    const shell = await kubectlShell(kubeconfig);
    const { out } = await shell(`kubectl get trtc ${callOf('pair')} -n ${room.namespace}`);
    const [row] = parseTable(out);
    assert.deepEqual([row?.STATUS, row?.PHASE, row?.TOOL], ['AwaitingHumanApproval', 'Pending', 'add']);
    const listed = await kubechain(['admin'], 'approvals');
    assert.match(listed.out, /pair-1-toolcall-01 +pair +tool\/add +[\d.]+ m?s +2 people, of finance, not carol$/m);

    const own = await kubechain(['carol', 'finance'], 'approve', callOf('pair'));
    assert.match(own.err, /"carol" asked for the run; somebody else has to approve/);
    const outside = await kubechain(['eve', 'board'], 'approve', callOf('pair'));
    assert.match(outside.err, /"eve" is in none of the groups that may decide: finance/);
    const clerk = await decide(person('cid', 'clerks'), decision(call, 'cids'));
    assert.match(clerk, /cannot create resource "approvals"/);
    const bob = person('bob', 'finance');
    const digest = argumentsDigest('{"a":2,"b":4}');
    assert.match(
      await decide(bob, decision(call, 'other', { argumentsDigest: digest })),
      /is not the digest of the call/,
    );

    const first = await kubechain(['bob', 'finance'], 'approve', callOf('pair'), '--show', '--reason', 'invoice 4711');
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /^digest +sha256:[0-9a-f]{64}$/m);
    assert.match(first.out, /approved by bob: add\(a: 2, b: 3\) of TaskRun pair-1\nIt runs when 2 people/);
    await waiting('pair', ({ status }) => status?.statusDetail === 'Waiting for human approval');
    const [bobs] = (await client.list(approvals, { namespace: room.namespace })).items.filter(
      ({ spec }) => spec.toolCallRef.name === callOf('pair'),
    );
    assert.ok(bobs?.metadata.name);
    await room.until(approvals, bobs.metadata.name, ({ status }) => status?.counted === true);
    const again = await kubechain(['bob', 'finance'], 'approve', callOf('pair'));
    assert.match(again.err, /"bob" has decided about this call already/);
    // Whoever may write Approvals may not write this one.
    for (const body of [
      { spec: { decision: 'Reject', reason: 'x' } },
      { metadata: { annotations: { [STAMPS.seal]: null } } },
    ]) {
      const change = client.patch(approvals, room.key(bobs.metadata.name), { type: 'merge', body });
      assert.match(await message(change), /is not changed after the decision|immutable/);
    }

    const second = await kubechain(['ann', 'finance'], 'approve', callOf('pair'));
    assert.equal(second.code, 0, second.err);
    assert.match((await room.untilEnded('pair-1')).status?.output ?? '', /5/);
    const ran = await client.get(taskRunToolCalls, room.key(callOf('pair')));
    // Those of one second are told by name, and names are random here.
    assert.deepEqual(ran.status?.approval?.approvedBy?.toSorted(), ['ann', 'bob']);
    const late = await kubechain(['ann', 'finance'], 'approve', callOf('pair'));
    assert.match(late.err, /does not wait for an approval \(it is Succeeded\)/);
  });

  it('reach the model as text when they are rejections, and the run goes on', async () => {
    await waiting('refused');
    const unreasoned = await kubechain(['bob', 'finance'], 'reject', callOf('refused'));
    assert.equal(unreasoned.code, 2);
    const rejected = await kubechain(['bob', 'finance'], 'reject', callOf('refused'), '--reason', 'not on a Friday');
    assert.equal(rejected.code, 0, rejected.err);
    const run = await room.untilEnded('refused-1');
    assert.equal(run.status?.phase, 'FinalAnswer');
    const told = run.status?.contextWindow?.find(({ role }) => role === 'tool');
    assert.equal(told?.content, 'Rejected by bob: not on a Friday');
  });

  it('count for nothing without the seal of the webhook', async () => {
    const call = await waiting('alone');
    await withdrawWebhooks();
    const approver = { username: 'bob', groups: ['finance'] };
    const forged = decision(call, 'forged', { approver });
    forged.metadata.annotations = { [STAMPS.seal]: 'v1.00000000.AAAA', [STAMPS.createdBy]: 'bob' };
    for (let said = ''; said !== 'it was admitted'; ) {
      // That the webhooks are gone counts a moment later.
      said = await decide(client, forged);
      if (said !== 'it was admitted') assert.match(said, /failed calling webhook|denied the request/);
    }
    const unsealed = decision(call, 'unsealed', { approver });
    assert.equal(await decide(client, unsealed), 'it was admitted');
    for (const name of ['forged', 'unsealed']) {
      const seen = await room.until(approvals, name, ({ status }) => status?.counted !== undefined);
      assert.deepEqual(seen.status, {
        counted: false,
        statusDetail: 'it carries no seal of the webhook for this call',
      });
    }
    const still = await client.get(taskRunToolCalls, room.key(callOf('alone')));
    assert.equal(still.status?.status, 'AwaitingHumanApproval');
    const run = await client.get(taskRuns, room.key('alone-1'));
    assert.equal(run.status?.phase, 'ToolCallsPending');
    const bob = await kubechain(['bob', 'finance'], 'approve', callOf('alone'));
    assert.match(bob.err, /was not sealed by the admission webhook and counts for nothing/);
  });
});
