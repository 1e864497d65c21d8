import type { Kind, Metadata } from '../api/index.ts';
import type { Informer, KubeClient } from '../kube/index.ts';
import { isConflict, isNotFound, patchStatus } from '../kube/index.ts';
import { statusOperations } from './status.ts';

interface WithStatus {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  status?: object;
}

/**
 * Writes the status that a controller wants an object to have: once, when it differs, provided that nobody wrote in
 * between. `superseded`: somebody did, and what they wrote brings the object back to its queue.
 */
export async function writeStatus<T extends WithStatus>(
  client: KubeClient,
  informer: Informer<T>,
  object: T,
  next: object,
  signal: AbortSignal,
): Promise<'unchanged' | 'written' | 'superseded' | 'gone'> {
  const operations = statusOperations(object.status, next);
  if (operations.length === 0) return 'unchanged';
  try {
    informer.observe(await patchStatus(client, informer.resource as Kind<T>, object, operations, { signal }));
    return 'written';
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    if (isConflict(error)) return 'superseded';
    throw error;
  }
}
