import type { Metadata, Task, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { STAMPS } from '../../api/index.ts';

/** Who asked for a run. Where that is not known, `why` says so in half a sentence. */
export type Requester =
  | { readonly kind: 'known'; readonly username: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** How the objects around a run are found, by name in its namespace. */
export interface RequesterLookups {
  task(namespace: string, name: string): Task | undefined;
  run(namespace: string, name: string): TaskRun | undefined;
  toolCall(namespace: string, name: string): TaskRunToolCall | undefined;
}

/** No chain of delegations is followed further than this, whatever objects claim about each other. */
const LONGEST = 64;

/**
 * Who asked for a run: who created it, else who created its Task; of a run that an agent delegated, who asked for the
 * delegating run. What the operator created counts for nobody. Only immutable fields and stamps are believed.
 */
export function requesterOf(
  run: TaskRun,
  lookups: RequesterLookups,
  isOperator: (username: string) => boolean,
): Requester {
  const namespace = run.metadata.namespace ?? '';
  const personOf = (metadata: Metadata): string | undefined => {
    const creator = metadata.annotations?.[STAMPS.createdBy];
    return creator === undefined || creator === '' || isOperator(creator) ? undefined : creator;
  };
  const unknown = (why: string): Requester => ({ kind: 'unknown', why });
  let current = run;
  for (let depth = 0; depth < LONGEST; depth++) {
    const creator = personOf(current.metadata);
    if (creator !== undefined) return { kind: 'known', username: creator };
    const parentCall = current.spec.taskRunToolCallRef?.name;
    if (parentCall === undefined) {
      const task = lookups.task(namespace, current.spec.taskRef.name);
      if (task === undefined) return unknown(`Task ${current.spec.taskRef.name} is not there`);
      const asked = personOf(task.metadata);
      if (asked !== undefined) return { kind: 'known', username: asked };
      return unknown(`neither TaskRun ${current.metadata.name} nor Task ${task.metadata.name} says who created it`);
    }
    const call = lookups.toolCall(namespace, parentCall);
    if (call === undefined) return unknown(`TaskRunToolCall ${parentCall} is not there`);
    const parent = lookups.run(namespace, call.spec.taskRunRef.name);
    if (parent === undefined) return unknown(`TaskRun ${call.spec.taskRunRef.name} is not there`);
    current = parent;
  }
  return unknown(`the chain of delegations is longer than ${LONGEST}`);
}
