import type { Metadata, Task, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { API_VERSION, STAMPS, tasks } from '../../api/index.ts';
import type { StampKey } from '../provenance/index.ts';
import { marksOf, stampProblem } from '../provenance/index.ts';

/** Who asked for a run. Where that is not known, `why` says so in half a sentence. */
export type Requester =
  | {
      readonly kind: 'known';
      readonly username: string;
      /** Mail address of who wrote the commit that the Task comes from, where a signature proves it. */
      readonly author?: string;
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** How the objects around a run are found, by name in its namespace. */
export interface RequesterLookups {
  task(namespace: string, name: string): Task | undefined;
  run(namespace: string, name: string): TaskRun | undefined;
  toolCall(namespace: string, name: string): TaskRunToolCall | undefined;
}

/** No chain of delegations is followed further than this, whatever objects claim about each other. */
const LONGEST = 64;

/** Whether somebody is who asked: by name, or as the author by mail address, whatever prefix the API server puts before names (`oidc:`, `issuer#`). */
export function isRequester(requester: Requester, username: string): boolean {
  if (requester.kind === 'unknown') return false;
  if (requester.username === username) return true;
  const author = requester.author?.toLowerCase();
  if (author === undefined) return false;
  const name = username.toLowerCase();
  return name === author || name.endsWith(`:${author}`) || name.endsWith(`#${author}`);
}

/**
 * Who asked for a run: who created it, else who created its Task and who wrote the commit that the Task comes from; of a run that an
 * agent delegated, who asked for the delegating run. What the operator created counts for nobody. Only immutable fields, stamps and signed
 * commits are believed.
 */
export function requesterOf(
  run: TaskRun,
  lookups: RequesterLookups,
  isOperator: (username: string) => boolean,
  stampKeys: readonly StampKey[] = [],
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
      const author = authorOf(task, stampKeys);
      const asked = personOf(task.metadata) ?? author;
      if (asked !== undefined) return { kind: 'known', username: asked, ...(author === undefined ? {} : { author }) };
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

/** Who wrote the commit of a Task, where its stamp is signed with one of these keys. */
function authorOf(task: Task, keys: readonly StampKey[]): string | undefined {
  if (keys.length === 0) return undefined;
  // What comes from a list need not carry its kind.
  const whole = { ...task, apiVersion: API_VERSION, kind: tasks.kind };
  const { git } = marksOf(whole);
  return git === undefined || git.author === '' || stampProblem(keys, whole, git) !== undefined
    ? undefined
    : git.author;
}
