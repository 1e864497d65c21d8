import assert from 'node:assert/strict';
import type { AgentPolicy, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { agentPolicies, taskRuns, taskRunToolCalls, tasks } from '../../api/index.ts';
import { createOperator } from '../../controller/index.ts';
import { systemClock } from '../../kube/index.ts';
import { mutatingConfigurations, validatingConfigurations } from '../../webhooks/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { startModelServer } from '../support/modelServer.ts';
import { task, tool } from '../support/objects.ts';
import { createRoom } from '../support/operator.ts';
import { createOperatorClient } from '../support/operatorClient.ts';
import { untilAmong } from '../support/waiting.ts';
import { startWebhookStage } from './support/stage.ts';

const RUNS = 8;

/** What the condition says of what policy did not let happen. */
function deniedOf({ status }: TaskRun | TaskRunToolCall): string {
  const found = status?.conditions?.find((each) => each.type === 'PolicyDenied' && each.status === 'True');
  return `${found?.reason}: ${found?.message}`;
}

describe('webhooks that go away under load', function () {
  this.timeout(120_000);

  it('let nothing unjudged run: calls wait, and are judged again where they run', async () => {
    await using stage = await startWebhookStage();
    const { namespace, client } = stage;
    await using model = await startModelServer({
      rules: [
        { when: { user: 'forbidden', turn: 1 }, toolCalls: [{ name: 'add', arguments: { a: 1000, b: 1 } }] },
        { when: { user: 'allowed', turn: 1 }, toolCalls: [{ name: 'add', arguments: { a: 1, b: 1 } }] },
        { text: 'done' },
      ],
    });
    const operatorClient = createOperatorClient(stage.operator, (each) => each === namespace);
    const room = createRoom(namespace, client, operatorClient, model);
    const stop = new AbortController();
    const running = createOperator({
      client: operatorClient,
      clock: systemClock,
      logger: createRecordingLogger(),
      identity: 'outage',
      namespace,
    }).run(stop.signal);
    try {
      await client.create(agentPolicies, {
        apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
        kind: 'AgentPolicy',
        metadata: { namespace, name: 'small' },
        spec: {
          tools: { arguments: [{ tools: ['builtin/add'], cel: 'args.a < 100', action: 'Deny', message: 'too large' }] },
        },
      } satisfies AgentPolicy);
      await room.until(agentPolicies, 'small', ({ status }) => status?.observedGeneration === 1);
      await room.create(tool(namespace, 'add', { execute: { builtin: { name: 'add' } } }));
      await room.agent({ tools: [{ name: 'add' }] });

      // While they are there: admission refuses the call, the model reads why, and the run goes on.
      const refused = await room.run('judged', 'forbidden');
      assert.equal(refused.status?.phase, 'FinalAnswer');
      const told = refused.status?.contextWindow?.find(({ role }) => role === 'tool')?.content ?? '';
      assert.match(told, /^Denied by admission: \[.*small\/tools\.arguments\.0\] spec\.arguments.*too large/);
      assert.equal((await client.list(taskRunToolCalls, { namespace })).items.length, 0, 'no object of a refused call');
      await room.untilEvent('PolicyDenied', 'judged-1');
      assert.match(deniedOf(refused), /^DeniedByAdmission: judged-1-toolcall-01: Denied by admission: .*too large/);

      // A run that admission refuses: its Task says so.
      await client.create(agentPolicies, {
        apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
        kind: 'AgentPolicy',
        metadata: { namespace, name: 'frozen' },
        spec: {
          match: { kinds: ['TaskRun'] },
          rules: [{ name: 'no-runs', expression: 'false', message: 'no runs today' }],
        },
      } satisfies AgentPolicy);
      await room.until(agentPolicies, 'frozen', ({ status }) => status?.observedGeneration === 1);
      await room.create(task(namespace, 'frozen', 'allowed'));
      const frozen = await room.until(tasks, 'frozen', ({ status }) => status?.status === 'Error');
      assert.match(frozen.status?.statusDetail ?? '', /^Denied by admission: \[.*frozen\/no-runs\].*no runs today/);
      await client.delete(tasks, { namespace, name: 'frozen' });
      await client.delete(agentPolicies, { namespace, name: 'frozen' });

      model.hold();
      for (let index = 0; index < RUNS; index++)
        await room.create(task(namespace, `r${index}`, index % 2 === 0 ? 'forbidden' : 'allowed'));
      await model.untilHeld(RUNS);
      await stage.stop();
      model.release();
      // The answers are there, and nobody judges what they ask for: no call comes into being.
      await untilAmong(
        client,
        taskRuns,
        { namespace },
        (runs) => runs.filter(({ status }) => status?.phase === 'ToolCallsPending').length === RUNS,
      );
      assert.deepEqual((await client.list(taskRunToolCalls, { namespace })).items, []);

      // Nor does a policy change that nobody has judged.
      const looser = { spec: { tools: { arguments: [] } } };
      await assert.rejects(
        client.patch(agentPolicies, { namespace, name: 'small' }, { type: 'merge', body: looser }),
        /failed calling webhook/,
      );

      // The worst that can be done about it: somebody takes the webhooks away. Then the gate of the operator stands alone.
      await client.delete(mutatingConfigurations, { name: namespace });
      await client.delete(validatingConfigurations, { name: namespace });
      await untilAmong(
        client,
        taskRuns,
        { namespace },
        (runs) => runs.filter(({ status }) => status?.phase === 'FinalAnswer').length === RUNS + 1,
        { timeoutMs: 60_000 },
      );
      const { items } = await client.list(taskRunToolCalls, { namespace });
      const forbidden = items.filter(({ spec }) => spec.arguments.includes('1000'));
      const begun = ({ status }: TaskRunToolCall): boolean => status?.holder !== undefined;
      assert.equal(items.length, RUNS);
      assert.equal(forbidden.length, RUNS / 2);
      assert.deepEqual(forbidden.filter(begun), [], 'what is forbidden was never begun');
      assert.ok(forbidden.every(({ status }) => status?.error?.startsWith('Denied by policy')));
      assert.ok(forbidden.every((call) => deniedOf(call) === `DeniedAtRunTime: ${call.status?.error}`));
      assert.ok(items.filter((call) => !forbidden.includes(call)).every(({ status }) => status?.result === '2'));

      // A policy that changes while they are away counts from its next call on.
      const stricter = { spec: { tools: { arguments: [{ tools: ['builtin/add'], cel: 'args.a < 0' }] } } };
      await client.patch(agentPolicies, { namespace, name: 'small' }, { type: 'merge', body: stricter });
      await room.until(agentPolicies, 'small', ({ status }) => status?.observedGeneration === 2);
      const later = await room.run('later', 'allowed');
      const said = later.status?.contextWindow?.find(({ role }) => role === 'tool')?.content ?? '';
      assert.match(said, /^Denied by policy.*small\/tools\.arguments\.0/);
      assert.equal(deniedOf(later), `DeniedAtRunTime: later-1-toolcall-01: ${said}`);
    } finally {
      stop.abort();
      await running;
    }
  });
});
