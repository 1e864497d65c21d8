import type { TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { keyIn } from '../keys.ts';

/** No chain of delegations is followed further than this, whatever objects claim about each other. */
const LONGEST = 64;

interface Stores {
  readonly runs: { get(key: string): TaskRun | undefined };
  readonly toolCalls: { get(key: string): TaskRunToolCall | undefined };
}

/** The agents from `run` up to the run that began it all, `run`'s own first: each delegated to the one before it. */
export function delegationChain(run: TaskRun, { runs, toolCalls }: Stores): string[] {
  const agents: string[] = [];
  let present: TaskRun | undefined = run;
  while (present !== undefined && agents.length < LONGEST) {
    agents.push(present.status?.agent ?? '');
    const namespace: string | undefined = present.metadata.namespace;
    const parentCall: TaskRunToolCall | undefined =
      present.spec.taskRunToolCallRef === undefined
        ? undefined
        : toolCalls.get(keyIn(namespace, present.spec.taskRunToolCallRef.name));
    present = parentCall === undefined ? undefined : runs.get(keyIn(namespace, parentCall.spec.taskRunRef.name));
  }
  return agents;
}
