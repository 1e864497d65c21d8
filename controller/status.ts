import { isDeepStrictEqual } from 'node:util';
import type { Condition } from '../api/index.ts';
import type { JsonPatchOperation } from '../kube/index.ts';
import { setCondition } from '../kube/index.ts';

/** The part of a status that every kind of ours has. */
export interface CommonStatus {
  ready?: boolean;
  status?: string;
  statusDetail?: string;
  observedGeneration?: number;
  conditions?: Condition[];
}

/**
 * The JSON Patch that turns `current` into `next`, field by field at the top level of the status.
 * Empty when nothing differs: then nothing is written. A status that was never written is replaced whole.
 */
export function statusOperations(current: object | undefined, next: object): JsonPatchOperation[] {
  if (current === undefined) return [{ op: 'add', path: '/status', value: withoutUndefined(next) }];
  const before = new Map<string, unknown>(Object.entries(current));
  const operations: JsonPatchOperation[] = [];
  for (const [name, value] of Object.entries(next)) {
    if (value === undefined) continue;
    if (!isDeepStrictEqual(before.get(name), value))
      operations.push({ op: 'add', path: `/status/${pointer(name)}`, value });
  }
  const after = new Map<string, unknown>(Object.entries(withoutUndefined(next)));
  for (const name of before.keys()) {
    if (!after.has(name)) operations.push({ op: 'remove', path: `/status/${pointer(name)}` });
  }
  return operations;
}

/** A segment of a JSON Pointer (RFC 6901). */
export function pointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

function withoutUndefined(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}

export { rfc3339 as timestamp } from '../kube/index.ts';

export interface Verdict<Status extends string = string> {
  readonly ready: boolean;
  readonly status: Status;
  readonly detail: string;
  /** CamelCase, for the condition `Ready`. */
  readonly reason: string;
}

/**
 * The common status of an object that has been looked at: `ready`, `status`, `statusDetail`, and the condition
 * `Ready` beside them. The condition's transition time moves only when its status does.
 */
export function commonStatus<Status extends string>(
  verdict: Verdict<Status>,
  generation: number | undefined,
  current: CommonStatus | undefined,
  now: number,
): { ready: boolean; status: Status; statusDetail: string; conditions: Condition[]; observedGeneration: number } {
  return {
    ready: verdict.ready,
    status: verdict.status,
    statusDetail: verdict.detail,
    observedGeneration: generation ?? 0,
    conditions: stalled(
      withCondition(
        current?.conditions,
        {
          type: 'Ready',
          status: verdict.ready ? 'True' : verdict.status === 'Pending' ? 'Unknown' : 'False',
          reason: verdict.reason,
          message: verdict.detail,
          observedGeneration: generation ?? 0,
        },
        now,
      ),
      !verdict.ready && verdict.status === 'Error',
    ),
  };
}

/**
 * `conditions` with or without kstatus' `Stalled`, which is there only while it is true: what tells Flux and others that waiting longer
 * is of no use. It says what `Ready` says.
 */
export function stalled(conditions: readonly Condition[], failed: boolean): Condition[] {
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (failed && ready !== undefined) {
    const since = Date.parse(ready.lastTransitionTime);
    return withCondition(conditions, { ...ready, type: 'Stalled', status: 'True' }, since);
  }
  return conditions.filter(({ type }) => type !== 'Stalled');
}

/** The longest message of a condition. */
const MAX_MESSAGE = 32_768;

/** `setCondition` with a message that the API server takes. `now`: milliseconds since the epoch. */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  wanted: Omit<Condition, 'lastTransitionTime'>,
  now: number,
): Condition[] {
  return setCondition(conditions, { ...wanted, message: wanted.message.slice(0, MAX_MESSAGE) }, now);
}
