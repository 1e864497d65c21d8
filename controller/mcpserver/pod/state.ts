import { controllerOf } from '../../../kube/index.ts';
import { TEMPLATE_ANNOTATION } from '../../pods/parts.ts';
import type { ContainerStatus, Pod } from '../../pods/types.ts';

/** What is to be done about a Pod that was found where a server's Pod is to be. */
export type PodState =
  | { readonly kind: 'absent' }
  /** Somebody else's. */
  | { readonly kind: 'foreign' }
  /** It is ending, and is to be waited for. */
  | { readonly kind: 'ending' }
  /** Made from something else than what is wanted now. */
  | { readonly kind: 'outdated' }
  /** It will never run again: evicted, or refused by its node. */
  | { readonly kind: 'over'; readonly detail: string }
  | { readonly kind: 'starting'; readonly detail: string; readonly fault: boolean }
  | { readonly kind: 'ready'; readonly ip: string };

/** Reasons to wait that are none to worry. */
const PATIENCE = new Set(['ContainerCreating', 'PodInitializing']);

/** Judges `found` by what is wanted. */
export function podState(found: Pod | undefined, wanted: Pod): PodState {
  if (found === undefined) return { kind: 'absent' };
  const owner = wanted.metadata.ownerReferences?.[0]?.uid;
  const present = controllerOf(found);
  // That of an earlier server of the same name: the garbage collector comes for it.
  if (present?.kind === 'MCPServer' && present.uid !== owner) return { kind: 'ending' };
  if (present?.uid !== owner) return { kind: 'foreign' };
  if (found.metadata.deletionTimestamp !== undefined) return { kind: 'ending' };
  const template = (pod: Pod) => pod.metadata.annotations?.[TEMPLATE_ANNOTATION];
  if (template(found) !== template(wanted)) return { kind: 'outdated' };
  const { status = {} } = found;
  if (status.phase === 'Failed' || status.phase === 'Succeeded') {
    return { kind: 'over', detail: [status.reason ?? status.phase, status.message].filter(Boolean).join(': ') };
  }
  const isReady = status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
  if (isReady && status.podIP !== undefined && status.podIP !== '') return { kind: 'ready', ip: status.podIP };
  return { kind: 'starting', ...whyNotReady(status) };
}

function whyNotReady(status: NonNullable<Pod['status']>): { detail: string; fault: boolean } {
  for (const container of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    const { reason, message } = container.state?.waiting ?? {};
    if (reason === undefined || PATIENCE.has(reason)) continue;
    return { fault: true, detail: [reason, message, lastEnd(container)].filter(Boolean).join(': ') };
  }
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    return { fault: true, detail: [scheduled.reason, scheduled.message].filter(Boolean).join(': ') };
  }
  return { fault: false, detail: 'it is not ready yet' };
}

function lastEnd({ lastState }: ContainerStatus): string | undefined {
  const ended = lastState?.terminated;
  if (ended === undefined) return undefined;
  return [`${ended.reason ?? 'ended'} with exit code ${ended.exitCode ?? '?'}`, ended.message]
    .filter(Boolean)
    .join(', ');
}
