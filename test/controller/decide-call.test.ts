import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Agent, MCPServer, TaskRun, TaskRunToolCall, Tool } from '../../api/index.ts';
import { ANNOTATIONS, API_VERSION } from '../../api/index.ts';
import { lockDigest } from '../../controller/mcp/index.ts';
import { NOTHING_SAID } from '../../controller/policy/gate.ts';
import type { TaskState } from '../../controller/task/decide.ts';
import {
  decideTask,
  definitionOf,
  GENERATION_ANNOTATION,
  latestRun,
  statusDelay,
} from '../../controller/task/decide.ts';
import { surplusEntries } from '../../controller/task/ledgerBook.ts';
import { delegationChain } from '../../controller/toolcall/ancestry.ts';
import { decideCall, isRepeatable } from '../../controller/toolcall/decide.ts';
import { ownDemand } from '../../controller/toolcall/demand.ts';
import { resultText } from '../../controller/toolcall/outcome.ts';
import type { CallDecision, CallState, Executor } from '../../controller/toolcall/state.ts';
import type { ApprovalState } from '../../policies/approvals/index.ts';
import { callOf, metadata, NOW, runOf, taskOf, toolCall } from './state.ts';

const asking = (demand: ApprovalState['demand']): ApprovalState => ({
  demand,
  sealed: [],
  call: { name: 'c', uid: 'u', argumentsDigest: '', awaiting: true, state: 'AwaitingHumanApproval' },
  requester: { kind: 'known', username: 'carol' },
  now: NOW,
});
const toolOf = (spec: Tool['spec'] = {}): Tool => ({
  apiVersion: API_VERSION,
  kind: 'Tool',
  metadata: metadata('t'),
  spec,
});
const serverOf = (more: Partial<MCPServer['spec']> = {}): MCPServer => ({
  apiVersion: API_VERSION,
  kind: 'MCPServer',
  metadata: metadata('s'),
  spec: { transport: 'stdio', command: 'x', ...more },
  status: {
    tools: [
      { name: 'plain' },
      { name: 'reads', annotations: { readOnlyHint: true } },
      { name: 'repeats', annotations: { idempotentHint: true } },
    ],
  },
});
const agentOf = (name: string): Agent => ({
  apiVersion: API_VERSION,
  kind: 'Agent',
  metadata: metadata(name),
  spec: { llmRef: { name: 'l' }, system: 's' },
});

const builtin: Executor = { kind: 'builtin', tool: toolOf(), name: 'add' };
const http = (spec: Tool['spec'] = {}): Executor => ({ kind: 'externalAPI', tool: toolOf(spec) });
const mcp = (tool = 'plain', more: Partial<MCPServer['spec']> = {}): Executor => ({
  kind: 'mcp',
  server: serverOf(more),
  tool,
});
const ask: Executor = { kind: 'agent', tool: toolOf({ agentRef: { name: 'poet' } }), agent: 'poet' };

const stateOf = (status: TaskRunToolCall['status'], more: Partial<CallState> = {}): CallState => ({
  call: callOf(1, toolCall('c'), status),
  run: runOf({ phase: 'ToolCallsPending' }),
  executor: builtin,
  args: { ok: true, value: { a: 1, b: 2 } },
  connection: 'ready',
  effect: { kind: 'none' },
  child: {},
  ancestors: ['boss'],
  maxDepth: 5,
  delegate: agentOf('poet'),
  verdict: NOTHING_SAID,
  approval: undefined,
  approvals: undefined,
  identity: 'me',
  now: NOW,
  ...more,
});
const running = { phase: 'Running' as const, holder: 'me' };
const orphaned = { phase: 'Running' as const, holder: 'someone who died' };

function written(decision: CallDecision) {
  return decision.kind === 'write' ? decision : assert.fail(`it is ${decision.kind}`);
}

describe('the next step of a tool call', () => {
  it('is claimed before it is executed, executed once, and ended with its result', () => {
    const claim = written(decideCall(stateOf({ phase: 'Pending' })));
    assert.deepEqual([claim.set.phase, claim.set.holder, claim.set.completionTime], ['Running', 'me', undefined]);
    assert.deepEqual(decideCall(stateOf(running)), { kind: 'execute', args: { a: 1, b: 2 } });
    assert.deepEqual(decideCall(stateOf(running, { effect: { kind: 'running', stage: '' } })), { kind: 'wait' });
    const done = written(
      decideCall(
        stateOf(running, { effect: { kind: 'settled', result: { kind: 'result', text: '3', isError: false } } }),
      ),
    );
    assert.deepEqual([done.set.phase, done.set.result, done.endsEffect], ['Succeeded', '3', true]);
    assert.equal(done.set.completionTime, '2026-01-01T12:00:00Z');
    assert.deepEqual(decideCall(stateOf({ phase: 'Succeeded', completionTime: 't' })), { kind: 'wait' });
  });

  it('goes on with the Job of a container tool that a dead process began, and starts no second', () => {
    const executor: Executor = { kind: 'container', tool: toolOf() };
    const taken = written(decideCall(stateOf(orphaned, { executor, begun: true })));
    assert.deepEqual([taken.set.phase, taken.set.holder], ['Running', 'me']);
    // Begun or not, nobody knows.
    assert.equal(written(decideCall(stateOf(orphaned, { executor, begun: false }))).set.phase, 'OutcomeUnknown');
    const idempotent: Executor = { kind: 'container', tool: toolOf({ idempotent: true }) };
    assert.equal(written(decideCall(stateOf(orphaned, { executor: idempotent }))).set.holder, 'me');
  });

  it('gives the model a text for everything that can go wrong', () => {
    const settled = (result: Parameters<typeof Object>[0]) =>
      stateOf(running, { executor: http(), effect: { kind: 'settled', result } as CallState['effect'] });
    const cases: [CallState, string, RegExp][] = [
      [
        stateOf({ phase: 'Pending' }, { executor: { kind: 'none', message: 'Unknown tool "x"' } }),
        'Failed',
        /^Unknown tool "x"$/,
      ],
      [
        stateOf({ phase: 'Pending' }, { args: { ok: false, message: 'Invalid arguments JSON' } }),
        'Failed',
        /^Invalid arguments JSON$/,
      ],
      [settled({ kind: 'result', text: 'no such file', isError: true }), 'Failed', /^no such file$/],
      [settled({ kind: 'result', text: '', isError: true }), 'Failed', /./],
      [settled({ kind: 'result', text: '', isError: false }), 'Succeeded', /no content/],
      [settled({ kind: 'not-sent', error: 'refused' }), 'Failed', /^refused$/],
      [settled({ kind: 'failed', error: '' }), 'Failed', /./],
      [
        settled({ kind: 'unknown', error: 'cut' }),
        'OutcomeUnknown',
        /may or may not have taken effect; verify before repeating it\. \(cut\)$/,
      ],
    ];
    for (const [state, phase, text] of cases) {
      const { set } = written(decideCall(state));
      assert.equal(set.phase, phase);
      assert.match(resultText({ ...state.call, status: set }) ?? '', text);
    }
    assert.equal(resultText(callOf(1, toolCall('c'), { phase: 'Running' })), undefined);
    for (const phase of ['Succeeded', 'Failed', 'OutcomeUnknown', 'Cancelled'] as const) {
      assert.match(resultText(callOf(1, toolCall('c'), { phase })) ?? '', /./);
    }
  });

  it('after a crash: again where that does no harm, else unknown', () => {
    const cases: [Executor, boolean][] = [
      [builtin, true],
      [http(), false],
      [http({ idempotent: true }), true],
      [http({ readOnly: true }), true],
      [mcp(), false],
      [mcp('plain', { idempotentTools: ['plain'] }), true],
      [mcp('plain', { idempotentTools: ['other'] }), false],
      [mcp('plain', { idempotentTools: ['*'] }), true],
      // What a server says of itself counts where it is trusted, and only there.
      [mcp('reads'), false],
      [mcp('reads', { trustAnnotations: true }), true],
      [mcp('repeats', { trustAnnotations: true }), true],
      [mcp('plain', { trustAnnotations: true }), false],
      // Or where it was reviewed, and is as it was.
      [
        mcp('reads', {
          lockedTools: [
            {
              name: 'reads',
              digest: lockDigest({ name: 'reads', inputSchema: {}, annotations: { readOnlyHint: true } }),
            },
          ],
        }),
        true,
      ],
      [mcp('reads', { lockedTools: [{ name: 'reads', digest: `sha256:${'0'.repeat(64)}` }] }), false],
    ];
    for (const [executor, again] of cases) {
      assert.equal(isRepeatable(executor), again);
      const { set } = written(decideCall(stateOf(orphaned, { executor })));
      assert.equal(set.phase, again ? 'Running' : 'OutcomeUnknown');
      if (again) assert.equal(set.holder, 'me');
      else assert.match(set.error ?? '', /the process that executed it ended/);
    }
    // Claimed by this very process and not begun: nothing has happened yet.
    assert.equal(decideCall(stateOf(running, { executor: http() })).kind, 'execute');
  });

  it('waits for its server, its human, its run', () => {
    const waiting = written(decideCall(stateOf({ phase: 'Pending' }, { executor: mcp(), connection: 'waiting' })));
    assert.equal(waiting.set.statusDetail, 'Waiting for MCPServer "s" to connect');
    assert.deepEqual(decideCall(stateOf({ ...waiting.set }, { executor: mcp(), connection: 'waiting' })), {
      kind: 'wait',
    });
    assert.equal(written(decideCall(stateOf({ ...waiting.set }, { executor: mcp() }))).set.phase, 'Running');
    assert.equal(
      written(decideCall(stateOf({ phase: 'Pending' }, { executor: mcp(), connection: { refused: 'floods' } }))).set
        .error,
      'floods',
    );
    for (const executor of [
      http({ requiresApproval: true }),
      http({ execute: { externalAPI: { url: 'x', requiresApproval: true } } }),
      mcp('plain', { approvalContactChannel: { name: 'ops' } }),
    ]) {
      const demand = ownDemand(executor);
      assert.ok(demand);
      assert.equal(demand.minApprovals, 1);
      const undecided = {
        executor,
        approvals: asking(demand),
        approval: { kind: 'waiting', missing: 1, escalated: false },
      } as const;
      const asked = written(decideCall(stateOf({ phase: 'Pending' }, undecided)));
      assert.equal(asked.set.status, 'AwaitingHumanApproval');
      assert.equal(asked.events[0]?.reason, 'AwaitingHumanApproval');
      assert.match(asked.set.approval?.argumentsDigest ?? '', /^sha256:[0-9a-f]{64}$/);
      assert.equal(asked.set.approval?.requestedBy, 'carol');
      assert.match(asked.set.approval?.demandedBy?.join() ?? '', /^(Tool t|MCPServer s)$/);
      const stricter = { ...demand, minApprovals: 2, expiresAfterMs: 60_000, onTimeout: 'Fail' as const };
      const again = written(decideCall(stateOf({ ...asked.set }, { ...undecided, approvals: asking(stricter) })));
      assert.equal(again.set.approval?.requestedAt, asked.set.approval?.requestedAt);
      assert.deepEqual([again.set.approval?.minApprovals, again.set.approval?.onTimeout], [2, 'Fail']);
      assert.deepEqual(again.events, [], 'no news for those who look on');
      assert.deepEqual(decideCall(stateOf({ ...asked.set }, undecided)), { kind: 'wait' });
      const rejected = { kind: 'rejected', by: 'ann', reason: 'not on a Friday' } as const;
      const refusal = written(decideCall(stateOf({ ...asked.set }, { ...undecided, approval: rejected })));
      assert.equal(refusal.set.error, 'Rejected by ann: not on a Friday');
      const expired = { kind: 'expired', onTimeout: 'Fail' } as const;
      const late = written(decideCall(stateOf({ ...asked.set }, { ...undecided, approval: expired })));
      assert.deepEqual([late.set.status, late.set.approval?.timedOut], ['ToolCallRejected', true]);
      const approved = { kind: 'approved', by: ['ann'] } as const;
      const claim = written(decideCall(stateOf({ ...asked.set }, { ...undecided, approval: approved })));
      assert.deepEqual([claim.set.phase, claim.set.approval?.approvedBy], ['Running', ['ann']]);
    }
    assert.deepEqual(decideCall(stateOf({ phase: 'Pending' }, { run: runOf({}, { suspend: true }) })), {
      kind: 'wait',
    });
    assert.deepEqual(decideCall(stateOf({ phase: 'Pending' }, { run: undefined })), { kind: 'wait' });
  });

  it('ends when its run is cancelled or over, and says whether it may have taken effect', () => {
    const cancelled = runOf({}, { cancel: true });
    assert.match(
      written(decideCall(stateOf(running, { run: cancelled, executor: http() }))).set.error ?? '',
      /may or may not/,
    );
    assert.equal(
      written(decideCall(stateOf({ phase: 'Pending' }, { run: cancelled }))).set.error,
      'The run was cancelled.',
    );
    assert.equal(written(decideCall(stateOf(running, { run: runOf({ phase: 'Failed' }) }))).set.phase, 'Cancelled');
    const child = { task: taskOf(), run: runOf({ phase: 'SendContextWindowToLLM' }) };
    const asking = (more: Partial<CallState>) =>
      decideCall(stateOf(running, { run: cancelled, executor: ask, ...more }));
    assert.equal(asking({ child }).kind, 'cancelChild');
    assert.equal(written(asking({ child: { ...child, run: runOf({}, { cancel: true }) } })).set.phase, 'Cancelled');
    // Its run is about to be created, and must not go on alone.
    assert.deepEqual(asking({ child: { task: taskOf() } }), { kind: 'wait' });
    assert.equal(written(asking({ child: {} })).set.phase, 'Cancelled');
  });

  it('delegates: a Task, then its run’s answer', () => {
    const asking = (more: Partial<CallState> = {}) =>
      stateOf(running, { executor: ask, args: { ok: true, value: { message: 'a poem' } }, ...more });
    const claim = written(decideCall({ ...asking(), call: callOf(1, toolCall('c'), { phase: 'Pending' }) }));
    assert.deepEqual([claim.set.status, claim.set.statusDetail], ['AwaitingSubAgent', 'Delegating to agent "poet"']);
    assert.deepEqual(decideCall(asking()), { kind: 'createChild', agent: 'poet', message: 'a poem' });
    const child = (run: TaskRun) => ({ child: { task: taskOf(), run } });
    assert.deepEqual(decideCall(asking({ child: { task: taskOf() } })), { kind: 'wait' });
    assert.deepEqual(decideCall(asking(child(runOf({ phase: 'SendContextWindowToLLM' })))), { kind: 'wait' });
    assert.equal(
      written(decideCall(asking(child(runOf({ phase: 'FinalAnswer', output: 'roses' }))))).set.result,
      'roses',
    );
    assert.match(
      written(decideCall(asking(child(runOf({ phase: 'Failed', error: 'why' }))))).set.error ?? '',
      /Agent "poet" failed: why/,
    );
    assert.match(written(decideCall(asking(child(runOf({ phase: 'Cancelled' }))))).set.error ?? '', /cancelled/);
    assert.match(
      written(decideCall(asking({ child: { task: taskOf(), runDeleted: true } }))).set.error ?? '',
      /was deleted/,
    );
    // Taken over from a process that died: the child is the same one.
    assert.equal(decideCall({ ...asking(), call: callOf(1, toolCall('c'), orphaned) }).kind, 'createChild');
    // A schema of the Tool's own: all arguments are the message.
    assert.deepEqual(decideCall(asking({ args: { ok: true, value: { topic: 'roses' } } })), {
      kind: 'createChild',
      agent: 'poet',
      message: '{"topic":"roses"}',
    });
  });

  it('refuses to delegate in circles, too deep, to nobody, or nothing', () => {
    const asking = (more: Partial<CallState>) =>
      written(
        decideCall(
          stateOf({ phase: 'Pending' }, { executor: ask, args: { ok: true, value: { message: 'x' } }, ...more }),
        ),
      ).set;
    assert.match(
      asking({ ancestors: ['boss', 'poet', 'root'] }).error ?? '',
      /Agent "poet" already waits for this answer \(root → poet → boss\)/,
    );
    assert.match(asking({ ancestors: ['a', 'b', 'c'], maxDepth: 2 }).error ?? '', /3 agents deep; at most 2/);
    assert.equal(asking({ ancestors: ['a', 'b'], maxDepth: 2 }).phase, 'Running');
    assert.equal(asking({ delegate: undefined }).error, 'Agent "poet" does not exist');
    assert.match(
      asking({ args: { ok: true, value: { message: '  ' } } }).error ?? '',
      /must be a text that is not empty/,
    );
  });

  it('knows who delegated to whom, and is not led round in circles by objects that claim so', () => {
    const runs = new Map<string, TaskRun>();
    const calls = new Map<string, TaskRunToolCall>();
    const add = (name: string, agent: string, parentCall?: string) => {
      const run: TaskRun = {
        ...runOf({ agent }, parentCall === undefined ? {} : { taskRunToolCallRef: { name: parentCall } }),
        metadata: metadata(name),
      };
      runs.set(`default/${name}`, run);
      return run;
    };
    const call = (name: string, run: string) =>
      calls.set(`default/${name}`, {
        ...callOf(1, toolCall('c')),
        metadata: metadata(name),
        spec: { ...callOf(1, toolCall('c')).spec, taskRunRef: { name: run } },
      });
    add('one', 'a');
    call('one-call', 'one');
    add('two', 'b', 'one-call');
    call('two-call', 'two');
    const three = add('three', 'c', 'two-call');
    assert.deepEqual(delegationChain(three, { runs, toolCalls: calls }), ['c', 'b', 'a']);
    call('loop-call', 'loop');
    const loop = add('loop', 'x', 'loop-call');
    assert.ok(delegationChain(loop, { runs, toolCalls: calls }).length <= 64);
  });
});

describe('a ledger of Tasks', () => {
  const entries = (from: number, to: number) =>
    Object.fromEntries(
      Array.from({ length: to - from }, (_, index) => [
        `task-${from + index}`,
        { definition: 'd', uid: 'u', runs: 1, time: new Date(NOW + from + index).toISOString() },
      ]),
    );
  const forgotten = (present: number, added: number, isThere: (name: string) => boolean) =>
    surplusEntries(entries(0, present), entries(present, present + added), isThere).toSorted();

  it('forgets the oldest Tasks that are gone, and those that are there only before it is full', () => {
    assert.deepEqual(
      forgotten(998, 2, () => false),
      [],
    );
    assert.deepEqual(
      forgotten(1_000, 2, () => false),
      ['task-0', 'task-1'],
    );
    assert.deepEqual(
      forgotten(1_000, 2, (name) => name === 'task-0'),
      ['task-1', 'task-2'],
    );
    assert.deepEqual(
      forgotten(1_800, 100, () => true),
      [],
    );
    assert.deepEqual(
      forgotten(1_899, 2, () => true),
      ['task-0'],
    );
    // What is told of anew is not forgotten by that.
    assert.deepEqual(
      surplusEntries(entries(0, 1_000), entries(0, 2), () => false),
      [],
    );
  });
});

describe('what a Task needs', () => {
  const owned = (number: number, status: TaskRun['status'] = {}, more: Partial<TaskRun['metadata']> = {}): TaskRun => ({
    ...runOf(status),
    metadata: {
      ...metadata(`work-${number}`),
      ownerReferences: [{ apiVersion: API_VERSION, kind: 'Task', name: 'work', uid: 'uid-work', controller: true }],
      ...more,
    },
  });
  const decide = (more: Partial<TaskState> = {}) =>
    decideTask({ task: taskOf(), runs: [], issued: undefined, waiting: 0, now: NOW, monotonic: 0, ...more });
  const over = (phase: 'FinalAnswer' | 'Failed' | 'Cancelled', more: TaskRun['status'] = {}) => ({
    phase,
    completionTime: '2026-01-01T12:00:00Z',
    ...more,
  });

  it('is one run, once', () => {
    assert.deepEqual(decide().create, { name: 'work-1', number: 1, first: true });
    assert.equal(decide({ runs: [owned(1)] }).create, undefined);
    assert.equal(decide({ issued: { runs: 1, generation: 1, at: 0 } }).create, undefined);
    const told = { ...taskOf(), status: { runs: 1, runGeneration: 1, observedGeneration: 1, latestRun: 'work-1' } };
    // The run was deleted, by its time to live perhaps: that is no reason for another.
    assert.equal(decide({ task: told }).create, undefined);
    assert.deepEqual(decide({ task: { ...taskOf(), metadata: { ...metadata('work'), deletionTimestamp: 'x' } } }), {
      remove: [],
    });
    assert.deepEqual(decide({ issued: { runs: 0, generation: 0, at: 0, taken: 1 } }).create, {
      name: 'work-2',
      number: 2,
      first: true,
    });
  });

  it('is another run after a change, where the policy says so and the one before has ended', () => {
    const task = { ...taskOf({ rerunPolicy: 'OnChange' as const }), metadata: { ...metadata('work'), generation: 2 } };
    assert.deepEqual(decide({ task, runs: [owned(1, over('Failed'))] }).create, {
      name: 'work-2',
      number: 2,
      first: false,
    });
    assert.equal(
      decide({ task, runs: [owned(1, { phase: 'SendContextWindowToLLM', startTime: 't' })] }).create,
      undefined,
    );
    const second = owned(2, over('FinalAnswer'), { annotations: { [GENERATION_ANNOTATION]: '2' } });
    assert.equal(decide({ task, runs: [owned(1, over('Failed')), second] }).create, undefined);
    assert.equal(
      decide({ task: { ...task, spec: taskOf().spec }, runs: [owned(1, over('Failed'))] }).create,
      undefined,
    );
    const odd = owned(2, over('FinalAnswer'), { annotations: { [GENERATION_ANNOTATION]: 'x' } });
    assert.deepEqual(decide({ task, runs: [odd] }).create, { name: 'work-3', number: 3, first: false });
  });

  it('is no run while it is suspended, and the suspension of those under way', () => {
    const task = taskOf({ suspend: true });
    const first = decide({ task });
    assert.equal(first.create, undefined);
    assert.match(first.status?.statusDetail ?? '', /^Suspended: no run is created/);
    assert.equal(first.status?.conditions?.[0]?.reason, 'Suspended');
    const running = owned(1, { phase: 'SendContextWindowToLLM', startTime: 't' });
    assert.deepEqual(decide({ task, runs: [running] }).hold, { runs: [running], suspend: true });
    assert.equal(decide({ task, runs: [owned(1, over('FinalAnswer'))] }).hold, undefined);
    const held: TaskRun = {
      ...owned(
        1,
        { phase: 'SendContextWindowToLLM', startTime: 't' },
        { annotations: { [ANNOTATIONS.heldByTask]: 'true' } },
      ),
      spec: { taskRef: { name: 'work' }, suspend: true },
    };
    assert.equal(decide({ task, runs: [held] }).hold, undefined);
    assert.deepEqual(decide({ runs: [held] }).hold, { runs: [held], suspend: false });
    // Somebody suspended this one by itself.
    assert.equal(decide({ runs: [{ ...running, spec: held.spec }] }).hold, undefined);
  });

  it('tells that its run waits for a human', () => {
    const detail = 'Waiting for a human: approval of add (TaskRunToolCall work-1-toolcall-01)';
    const awaiting = owned(1, {
      phase: 'ToolCallsPending',
      startTime: 't',
      statusDetail: detail,
      conditions: [
        { type: 'AwaitingHuman', status: 'True', reason: 'AwaitingHuman', message: '', lastTransitionTime: 't' },
      ],
    });
    const { status } = decide({ runs: [awaiting] });
    assert.equal(status?.statusDetail, detail);
    assert.deepEqual([status?.conditions?.[0]?.status, status?.conditions?.[0]?.reason], ['True', 'AwaitingHuman']);
  });

  it('waits for the run of an earlier Task of its name to go', () => {
    const leftover = owned(1, over('FinalAnswer', { output: 'old' }), {
      ownerReferences: [{ apiVersion: API_VERSION, kind: 'Task', name: 'work', uid: 'uid-before', controller: true }],
    });
    const decision = decide({ runs: [leftover] });
    assert.equal(decision.create, undefined);
    assert.equal(
      decision.status?.statusDetail,
      'Waiting for TaskRun "work-1" of an earlier Task of this name to be deleted',
    );
    assert.equal(decision.status?.output, undefined);
  });

  it('tells of its latest run: what it waits for, and what came of it', () => {
    const status = (run: TaskRun['status']) => decide({ runs: [owned(1, run)] }).status;
    const waits = status({ phase: 'Pending', statusDetail: 'Waiting for Agent to exist', status: 'Pending' });
    assert.deepEqual(
      [waits?.ready, waits?.status, waits?.statusDetail],
      [false, 'Pending', 'Waiting for Agent to exist'],
    );
    const done = status(over('FinalAnswer', { output: '42' }));
    assert.deepEqual([done?.ready, done?.output, done?.latestRun, done?.runs], [true, '42', 'work-1', 1]);
    assert.deepEqual(
      done?.conditions?.map(({ type, status: state }) => [type, state]),
      [
        ['Ready', 'True'],
        ['Complete', 'True'],
        ['Failed', 'False'],
      ],
    );
    const failed = status(over('Failed', { error: 'no' }));
    assert.deepEqual([failed?.status, failed?.statusDetail, failed?.output], ['Error', 'no', undefined]);
    assert.equal(status(over('Cancelled'))?.statusDetail, 'The run was cancelled');
  });

  it('is told of a short run once, with its answer', () => {
    const issued = { runs: 1, generation: 1, at: 1000 };
    const running = [owned(1, { phase: 'SendContextWindowToLLM', startTime: 't', statusDetail: 'x' })];
    assert.deepEqual(decide({ runs: running, issued, monotonic: 1200 }), {
      againAfterMs: statusDelay(0) - 200,
      remove: [],
      record: { definition: definitionOf(taskOf()), uid: 'uid-work', runs: 1 },
    });
    assert.ok(decide({ runs: running, issued, monotonic: 1000 + statusDelay(0) }).status);
    assert.ok(decide({ runs: [owned(1, over('FinalAnswer'))], issued, monotonic: 1000 }).status);
  });

  it('keeps as many finished runs as it is to, the newest', () => {
    const at = (n: number) => owned(n, over('FinalAnswer', { completionTime: `2026-01-01T12:00:0${n}Z` }));
    const runs = [at(1), at(3), at(2), owned(4, { phase: 'ReadyForLLM', startTime: 't' })];
    const removed = (limit: number) =>
      decide({ task: taskOf({ runHistoryLimit: limit }), runs }).remove.map(({ metadata: { name } }) => name);
    assert.deepEqual(removed(1), ['work-1', 'work-2']);
    assert.deepEqual(removed(0), ['work-1', 'work-2', 'work-3']);
    assert.deepEqual(removed(3), []);
  });

  it('takes the run that was created last for the latest', () => {
    const byHand = { ...runOf({}), metadata: metadata('by-hand') };
    assert.equal(latestRun([owned(1), owned(2)])?.metadata.name, 'work-2');
    assert.equal(latestRun([byHand, owned(1)])?.metadata.name, 'by-hand');
    assert.equal(
      latestRun([owned(1, {}, { creationTimestamp: '2026-01-01T11:59:01Z' }), byHand])?.metadata.name,
      'work-1',
    );
    assert.equal(latestRun([]), undefined);
    // By an action of Argo CD's, say: owned by the Task, named by the API server, all in one second.
    const manual = (name: string, status: TaskRun['status'] = {}) => ({
      ...owned(1, status),
      metadata: { ...owned(1).metadata, name: `work-manual-${name}` },
    });
    const done = { phase: 'FinalAnswer', startTime: 't' } as const;
    const begun = { phase: 'ReadyForLLM', startTime: 't' } as const;
    for (const [what, expected, before, ...runs] of [
      ['one made by hand goes before the Task’s own', 'a', undefined, owned(1, done), manual('a', done)],
      ['the one that has not begun', 'b', 'work-manual-a', manual('a', begun), manual('b')],
      ['the one that has not ended', 'a', 'work-manual-b', manual('a', begun), manual('b', done)],
      ['the one named before', 'b', 'work-manual-b', manual('a', done), manual('b', done)],
      ['the one named before, whatever the order', 'b', 'work-manual-b', manual('b', begun), manual('a', begun)],
    ] as const) {
      assert.equal(latestRun(runs, before)?.metadata.name, `work-manual-${expected}`, what);
    }
  });
});
