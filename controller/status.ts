import { isDeepStrictEqual } from 'node:util';
import type { Condition } from '../api/index.ts';
import type { JsonPatchOperation } from '../kube/index.ts';

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

/** A timestamp as Kubernetes writes it: whole seconds, UTC. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

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
      withCondition(current?.conditions, {
        type: 'Ready',
        status: verdict.ready ? 'True' : verdict.status === 'Pending' ? 'Unknown' : 'False',
        reason: verdict.reason,
        message: verdict.detail,
        observedGeneration: generation ?? 0,
        lastTransitionTime: timestamp(now),
      }),
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
  if (failed && ready !== undefined) return withCondition(conditions, { ...ready, type: 'Stalled', status: 'True' });
  return conditions.filter(({ type }) => type !== 'Stalled');
}

/** `conditions` with `condition` in it: in the place it had, with the transition time it had if its status is the same. */
export function withCondition(conditions: readonly Condition[] | undefined, condition: Condition): Condition[] {
  const message = condition.message.slice(0, 32768);
  const present = conditions?.find(({ type }) => type === condition.type);
  const next =
    present !== undefined && present.status === condition.status
      ? { ...condition, message, lastTransitionTime: present.lastTransitionTime }
      : { ...condition, message };
  if (present === undefined) return [...(conditions ?? []), next];
  return (conditions ?? []).map((other) => (other.type === condition.type ? next : other));
}
