import { type TaskRun, type TaskRunToolCall, taskRunToolCalls } from '../../api/index.ts';
import type { RunCounters } from '../../policies/engine/index.ts';
import { aroundCall } from '../../policies/surroundings.ts';
import type { KindRules } from '../admission/types.ts';

/** Every tool call is an object, so every tool call is judged: this tool, with these arguments, for this agent, in this run, now. */
export const taskRunToolCallRules: KindRules = {
  kind: taskRunToolCalls,
  writers: 'operator',
  stamped: false,
  context({ object, namespace }, world) {
    const call = object as unknown as TaskRunToolCall;
    const run = world.run(namespace, call.spec.taskRunRef.name);
    return { context: aroundCall(world, namespace, call, run), counters: countersOf(call, run) };
  },
};

/** The number in a call's name counts the calls of its run. */
function countersOf(call: TaskRunToolCall, run: TaskRun | undefined): RunCounters {
  const number = /-toolcall-(\d{1,9})$/.exec(call.metadata.name ?? '')?.[1];
  const startTime = run?.status?.startTime;
  return {
    ...(number === undefined ? {} : { toolCalls: Number(number) }),
    ...(startTime === undefined ? {} : { startTime }),
  };
}
