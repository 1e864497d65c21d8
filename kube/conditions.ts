/** metav1.Condition. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  observedGeneration?: number;
  /** RFC 3339, whole seconds. */
  lastTransitionTime: string;
}

/**
 * The conditions with one of them set. `lastTransitionTime` moves only when the status does. The same array comes back when
 * nothing changed, so that `===` tells whether a write is needed; never edits what it is given.
 *
 * @param now milliseconds since the epoch
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  wanted: Omit<Condition, 'lastTransitionTime'>,
  now: number,
): Condition[] {
  const list = conditions ?? [];
  const at = list.findIndex((condition) => condition.type === wanted.type);
  const old = list[at];
  if (
    old !== undefined &&
    old.status === wanted.status &&
    old.reason === wanted.reason &&
    old.message === wanted.message &&
    old.observedGeneration === wanted.observedGeneration
  ) {
    return list as Condition[];
  }
  const { type, status, reason, message, observedGeneration } = wanted;
  const condition: Condition = {
    type,
    status,
    reason,
    message,
    ...(observedGeneration !== undefined && { observedGeneration }),
    lastTransitionTime: old !== undefined && old.status === status ? old.lastTransitionTime : rfc3339(now),
  };
  return old === undefined ? [...list, condition] : list.with(at, condition);
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition is there and `True`. */
export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/** Kubernetes' Time: RFC 3339 in UTC with whole seconds. */
export function rfc3339(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
