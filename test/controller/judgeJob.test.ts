import assert from 'node:assert/strict';
import { API_VERSION, type TaskRunToolCall } from '../../api/index.ts';
import type { ContainerStatus, Job, Pod } from '../../controller/pods/types.ts';
import { callVariables, jobFor, jobName } from '../../controller/toolcall/container/job.ts';
import { judgeDeleted, judgeJob } from '../../controller/toolcall/container/judge.ts';
import { expand } from '../support/kubelet.ts';

const job = (type?: string, reason?: string): Job => ({
  metadata: { name: 'j' },
  status: type === undefined ? {} : { conditions: [{ type, status: 'True', ...(reason ? { reason } : {}) }] },
});
const pod = (state?: ContainerStatus['state'], more: Pod['status'] = {}): Pod => ({
  metadata: { name: 'p' },
  status: { ...(state === undefined ? {} : { containerStatuses: [{ state }] }), ...more },
});
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const pull = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } };
const unschedulable = {
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3' }],
};

describe('judgeJob', () => {
  const cases: [string, Job, Pod | undefined, string, RegExp][] = [
    ['complete', job('Complete'), pod({ terminated: { exitCode: 0, message: 'May: 3' } }), 'over result', /^May: 3$/],
    ['complete, not heard of yet', job('Complete'), pod(running), 'no word result', /gone before the result was read/],
    [
      'failed',
      job('Failed'),
      pod({ terminated: { exitCode: 3, reason: 'Error', message: 'no' } }),
      'over result',
      /exit code 3: no$/,
    ],
    [
      'out of memory',
      job('Failed'),
      pod({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      'over result',
      /137 \(OOMKilled\)$/,
    ],
    ['late', job('Failed', 'DeadlineExceeded'), pod(running), 'over unknown', /did not end within 9 s/],
    [
      'late, though it ended just then',
      job('Failed', 'DeadlineExceeded'),
      pod({ terminated: { exitCode: 143 } }),
      'over unknown',
      /within 9 s/,
    ],
    [
      'late, never pulled',
      job('Failed', 'DeadlineExceeded'),
      pod(pull),
      'over failed',
      /did not start within 9 s: ImagePullBackOff: Back-off/,
    ],
    [
      'late, never scheduled',
      job('Failed', 'DeadlineExceeded'),
      pod(undefined, unschedulable),
      'over failed',
      /Unschedulable: 0\/3/,
    ],
    ['late, no Pod ever', job('Failed', 'DeadlineExceeded'), undefined, 'over failed', /its Pod was not created/],
    [
      'late, its Pod gone before it was seen',
      { ...job('Failed', 'DeadlineExceeded'), status: { ...job('Failed', 'DeadlineExceeded').status, failed: 1 } },
      undefined,
      'over unknown',
      /within 9 s/,
    ],
    [
      'late, its Pod about to start when last heard of',
      job('Failed', 'DeadlineExceeded'),
      pod({ waiting: { reason: 'ContainerCreating' } }),
      'over unknown',
      /within 9 s/,
    ],
    [
      'evicted',
      job('Failed'),
      pod(running, { reason: 'Evicted', message: 'low on memory' }),
      'no word unknown',
      /Evicted: low on memory/,
    ],
    [
      'refused by its node',
      job('Failed'),
      pod(undefined, { reason: 'OutOfcpu' }),
      'no word failed',
      /did not start: OutOfcpu/,
    ],
    ['failed, its Pod gone', job('Failed'), undefined, 'no word unknown', /Job failed/],
  ];
  for (const [name, given, last, kind, text] of cases) {
    it(`judges one that is ${name}`, () => {
      const progress = judgeJob(given, last, 9);
      assert.ok(progress.kind !== 'under way');
      const { outcome } = progress;
      assert.equal(`${progress.kind} ${outcome.kind}`, kind);
      assert.match(outcome.kind === 'result' ? outcome.text : outcome.error, text);
    });
  }

  it('says what keeps it from starting, and whether that lasts', () => {
    const under = (last: Pod | undefined) => judgeJob(job(), last, 9);
    assert.deepEqual(under(pod(running)), { kind: 'under way', began: true });
    const lasting = under(pod(pull));
    assert.deepEqual(lasting.kind === 'under way' && [lasting.began, lasting.trouble?.lasting], [false, true]);
    const waits = under(pod(undefined, unschedulable));
    assert.equal(waits.kind === 'under way' && waits.trouble?.lasting, false);
    assert.deepEqual(under(pod({ waiting: { reason: 'ContainerCreating' } })), { kind: 'under way', began: false });
  });

  it('knows of a deleted one only where something lasting kept it from starting', () => {
    assert.equal(judgeDeleted(undefined).kind, 'unknown');
    assert.equal(judgeDeleted(pod(running)).kind, 'unknown');
    assert.equal(
      judgeDeleted(pod({ waiting: { reason: 'ContainerCreating' } })).kind,
      'unknown',
      'it may have begun since',
    );
    assert.equal(judgeDeleted(pod(undefined)).kind, 'unknown');
    assert.equal(judgeDeleted(pod(pull)).kind, 'failed');
  });
});

describe('jobFor', () => {
  const call: TaskRunToolCall = {
    apiVersion: API_VERSION,
    kind: 'TaskRunToolCall',
    metadata: { name: `${'long-'.repeat(40)}run-1-toolcall-01`, namespace: 'n', uid: 'u1' },
    spec: { taskRunRef: { name: 'r' }, toolRef: { name: 't' }, arguments: '{}' },
  } as TaskRunToolCall;
  const containerOf = (made: Job) =>
    (
      made.spec as {
        template: {
          spec: { containers: { env: { name: string; value?: string }[]; command?: string[]; resources: object }[] };
        };
      }
    ).template.spec.containers[0];

  it('has a name that labels hold, the same for the same call', () => {
    assert.ok(jobName(call).length <= 63);
    assert.equal(jobName(call), jobName(call));
  });

  it('gives the program the very words and arguments, whatever Kubernetes makes of dollars', () => {
    const args = '{"a":"$(HOME) $$(X) $"}';
    const made = containerOf(jobFor(call, 't', { image: 'i', command: ['echo', '$(KUBECHAIN_CALL)'] }, args));
    const given = callVariables(call, args, '/dev/termination-log');
    for (const [name, value] of Object.entries(given)) {
      assert.equal(expand(made?.env.find((each) => each.name === name)?.value ?? '', { HOME: '/x', X: 'y' }), value);
    }
    assert.equal(expand(made?.command?.[1] ?? '', given), '$(KUBECHAIN_CALL)');
  });

  it('lets nobody else set the variables of the call', () => {
    const env = [{ name: 'KUBECHAIN_ARGUMENTS', value: '{"forged":1}' }];
    const made = containerOf(jobFor(call, 't', { image: 'i', env }, '{}'));
    assert.deepEqual(
      made?.env.filter(({ name }) => name === 'KUBECHAIN_ARGUMENTS').map(({ value }) => value),
      ['{}'],
    );
  });
});
