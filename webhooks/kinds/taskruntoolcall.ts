import { type TaskRunToolCall, taskRunToolCalls } from '../../api/index.ts';
import { aroundCall, countersOf } from '../../policies/surroundings.ts';
import type { KindRules } from '../admission/types.ts';

/** Every tool call is an object, so every tool call is judged: this tool, with these arguments, for this agent, in this run, now. */
export const taskRunToolCallRules: KindRules = {
  kind: taskRunToolCalls,
  writers: 'operator',
  stamped: false,
  context({ object, namespace }, world) {
    const call = object as unknown as TaskRunToolCall;
    const context = aroundCall(world, namespace, call, world.run(namespace, call.spec.taskRunRef.name));
    return { context, counters: countersOf({ ...object, kind: taskRunToolCalls.kind }, context) };
  },
};
