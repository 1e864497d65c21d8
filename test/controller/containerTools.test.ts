import assert from 'node:assert/strict';
import { taskRuns, tools } from '../../api/index.ts';
import type { Job, Pod } from '../../controller/pods/types.ts';
import { jobs, networkPolicies, pods } from '../../controller/pods/types.ts';
import { startJobController } from '../support/jobController.ts';
import { startKubelet, whyNotConfined } from '../support/kubelet.ts';
import { secret, task, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';
import { untilAmong, untilGone } from '../support/waiting.ts';

const RUNNER = 'registry.example/runner:v1';
/** The real garbage collector looks for kinds that are new each thirty seconds. */
const COLLECTED_MS = 90_000;
const script = {
  rules: [
    { when: { turn: 1 }, toolCalls: [{ name: 'report', arguments: { month: 'May', note: 'costs $(HOME) $5' } }] },
    { text: 'done' },
  ],
};
const SAY = 'printf "%s|%s|%s|%s" "$KUBECHAIN_ARGUMENTS" "$TOKEN" "$(id -u)" "$KUBECHAIN_CALL" > "$KUBECHAIN_RESULT"';
const parameters = { type: 'object', properties: { month: { type: 'string' }, note: { type: 'string' } } };

const report = (room: Room, container: object) =>
  tool(room.namespace, 'report', {
    parameters,
    execute: { container: { image: 'registry.example/report:v1', ...container } },
  });
const answerOf = async (room: Room, name: string): Promise<string> => {
  const run = await room.untilEnded(name);
  return run.status?.contextWindow?.find(({ role }) => role === 'tool')?.content ?? '';
};

describe('container tools as Jobs', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage({ mcpServers: { runsAs: 'Pod', runnerImage: RUNNER } });
  });
  after(() => stage?.[Symbol.asyncDispose]());

  const begin = async (container: object): Promise<Room> => {
    const room = await stage.room({ script });
    await room.create(report(room, container));
    await room.agent({ tools: [{ name: 'report' }] });
    await room.create(task(room.namespace, 'go', 'go'));
    return room;
  };
  const podOf = (room: Room): Promise<Pod> =>
    untilAmong(stage.client, pods, { namespace: room.namespace }, (all) => all[0]);
  const say = (room: Room, pod: Pod, phase: string, state: object): Promise<unknown> =>
    stage.client.patch(
      pods,
      room.key(pod.metadata.name ?? ''),
      { type: 'merge', body: { status: { phase, containerStatuses: [{ name: 'tool', state }] } } },
      { subresource: 'status' },
    );
  const ended = (exitCode: number, message: string, reason = exitCode === 0 ? 'Completed' : 'Error') => ({
    terminated: { exitCode, reason, message, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z' },
  });

  it('are shut in: restricted, with a deadline, behind a NetworkPolicy that lets nothing out', async () => {
    const room = await begin({ timeoutSeconds: 77, command: ['report'] });
    await using _controller = await startJobController(stage.client, room.namespace);
    const ready = await room.until(tools, 'report', ({ status }) => status?.ready);
    assert.equal(ready.status?.statusDetail, 'Each call runs as a Job of its own');
    const job = await room.until(jobs, 'go-1-toolcall-01-job', () => true);
    const spec = job.spec as { activeDeadlineSeconds: number; backoffLimit: number; ttlSecondsAfterFinished: number };
    assert.deepEqual([spec.activeDeadlineSeconds, spec.backoffLimit, spec.ttlSecondsAfterFinished], [77, 0, 3600]);
    assert.equal(job.metadata.ownerReferences?.[0]?.name, 'go-1-toolcall-01');
    const policy = await room.until(networkPolicies, 'report-tool', () => true);
    const {
      egress = [],
      ingress = [],
      podSelector,
    } = policy.spec as {
      egress?: unknown[];
      ingress?: unknown[];
      podSelector: { matchLabels: Record<string, string> };
    };
    assert.deepEqual([egress, ingress], [[], []]);
    const pod = await podOf(room);
    for (const [name, value] of Object.entries(podSelector.matchLabels))
      assert.equal(pod.metadata.labels?.[name], value);
    assert.equal(pod.spec?.automountServiceAccountToken, false);
    await stage.client.delete(networkPolicies, room.key('report-tool'));
    await room.until(networkPolicies, 'report-tool', ({ metadata }) => metadata.uid !== policy.metadata.uid);
    await stage.client.patch(tools, room.key('report'), {
      type: 'merge',
      body: { spec: { execute: { container: { egress: [{ cidr: '10.0.0.0/8' }] } } } },
    });
    await room.until(networkPolicies, 'report-tool', (each) => JSON.stringify(each.spec).includes('10.0.0.0/8'));
    await stage.client.patch(taskRuns, room.key('go-1'), { type: 'merge', body: { spec: { cancel: true } } });
    await room.untilEnded('go-1');
  });

  it('are found again by the next operator, and run once', async () => {
    const room = await begin({});
    await using _controller = await startJobController(stage.client, room.namespace);
    const pod = await podOf(room);
    await say(room, pod, 'Running', { running: { startedAt: '2026-01-01T00:00:00Z' } });
    await stage.stop();
    await say(room, pod, 'Succeeded', ended(0, 'made while nobody looked'));
    await stage.start();
    assert.equal(await answerOf(room, 'go-1'), 'made while nobody looked');
    const made = await stage.client.list<Job>(jobs, { namespace: room.namespace });
    assert.equal(made.items.length, 1);
  });

  it('tell the model what went wrong', async () => {
    const room = await begin({});
    await using _controller = await startJobController(stage.client, room.namespace);
    await say(room, await podOf(room), 'Failed', ended(3, 'no such month'));
    assert.match(await answerOf(room, 'go-1'), /The tool ended with exit code 3: no such month/);
  });

  it('are unknown when their Job is deleted after they began', async () => {
    const room = await begin({});
    await using _controller = await startJobController(stage.client, room.namespace);
    await say(room, await podOf(room), 'Running', { running: { startedAt: '2026-01-01T00:00:00Z' } });
    const { metadata } = await room.until(jobs, 'go-1-toolcall-01-job', () => true);
    await room.until(pods, (await podOf(room)).metadata.name ?? '', ({ status }) => status?.phase === 'Running');
    await stage.client.delete(jobs, room.key(metadata.name ?? ''), { propagationPolicy: 'Background' });
    assert.match(await answerOf(room, 'go-1'), /outcome of this tool call is unknown.*Job was deleted/);
  });

  it('end with their run', async () => {
    const room = await begin({});
    await using _controller = await startJobController(stage.client, room.namespace);
    const pod = await podOf(room);
    await stage.client.patch(taskRuns, room.key('go-1'), { type: 'merge', body: { spec: { cancel: true } } });
    await untilGone(stage.client, jobs, room.key('go-1-toolcall-01-job'));
    await untilGone(stage.client, pods, room.key(pod.metadata.name ?? ''), COLLECTED_MS);
  });

  describe('on a node', () => {
    before(function () {
      const reason = whyNotConfined();
      if (reason === undefined) return;
      process.stderr.write(`    no node: ${reason}\n`);
      this.skip();
    });

    it('run as nobody, with arguments and Secrets, and what they write is what the model reads', async () => {
      const room = await stage.room({ script });
      await using _controller = await startJobController(stage.client, room.namespace);
      await using _node = await startKubelet(stage.client, room.namespace);
      const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } }];
      await room.create(
        secret(room.namespace, 'keys', { token: 'hunter2' }),
        report(room, { command: ['sh', '-c', SAY], env }),
      );
      await room.agent({ tools: [{ name: 'report' }] });
      await room.run('go', 'go');
      const [args = '', token, user, id] = (await answerOf(room, 'go-1')).split('|');
      assert.deepEqual(JSON.parse(args), { month: 'May', note: 'costs $(HOME) $5' });
      const job = await room.until(jobs, 'go-1-toolcall-01-job', () => true);
      assert.deepEqual([token, user, id], ['hunter2', '65532', job.metadata.ownerReferences?.[0]?.uid]);
      assert.doesNotMatch(JSON.stringify(job), /hunter2/);
    });
  });
});

describe('container tools as child processes', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage?.[Symbol.asyncDispose]());

  const run = async (container: object): Promise<string> => {
    const room = await stage.room({ script });
    await room.create(secret(room.namespace, 'keys', { token: 'hunter2-hunter2' }), report(room, container));
    const ready = await room.until(tools, 'report', ({ status }) => status?.ready);
    assert.match(ready.status?.statusDetail ?? '', /child process of the operator: image, .* not enforced/);
    await room.agent({ tools: [{ name: 'report' }] });
    await room.run('go', 'go');
    return answerOf(room, 'go-1');
  };

  it('get the same and answer in the same way, but for Secrets, which are hidden', async () => {
    const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } }];
    const [args = '', token] = (await run({ command: ['sh', '-c', SAY], env })).split('|');
    assert.deepEqual([JSON.parse(args).month, token], ['May', '<TOKEN>']);
  });

  it('fail with their exit code and last words, and end at their deadline', async () => {
    assert.match(await run({ command: ['sh', '-c', 'echo no month >&2; exit 3'] }), /ended with exit code 3: no month/);
    assert.match(await run({ command: ['sleep', '60'], timeoutSeconds: 1 }), /unknown.*did not end within 1 s/);
    assert.match(await run({ command: ['no-such-program'] }), /could not be started.*ENOENT/);
  });

  it('need a command, and say so', async () => {
    const room = await stage.room({ script });
    await room.create(report(room, {}));
    const bad = await room.until(tools, 'report', ({ status }) => status?.status === 'Error');
    assert.match(bad.status?.statusDetail ?? '', /^spec\.execute\.container\.command: is required where/);
  });
});
