export { type Backoff, type BackoffOptions, createBackoff } from './backoff.ts';
export { createKubeClient, type KubeClientOptions } from './client.ts';
export { sleep, sleepOrAbort, systemClock } from './clock.ts';
export { type Condition, findCondition, isConditionTrue, rfc3339, setCondition } from './conditions.ts';
export { runController, TerminalError } from './controller.ts';
export {
  isAborted,
  isAlreadyExists,
  isConflict,
  isGone,
  isNotFound,
  isRetriable,
  KubeError,
  type KubeErrorCode,
  type KubeErrorFields,
  messageOf,
  type StatusDetails,
} from './errors.ts';
export { type CoreEvent, createEventRecorder, EVENTS, type EventRecorderOptions } from './events.ts';
export { createInformer, type InformerOptions, unfilledCaches } from './informer.ts';
export {
  type ClusterEntry,
  type KubeConfig,
  type LoadKubeConfigOptions,
  loadKubeConfig,
  parseKubeConfig,
  type UserEntry,
} from './kubeConfig.ts';
export {
  createLeaderElector,
  LEASES,
  type LeaderElector,
  type LeaderElectorOptions,
  LeadershipLostError,
  type Lease,
  microTime,
} from './leaderElection.ts';
export {
  type ClientMetrics,
  createKubeMetrics,
  type EventMetrics,
  type InformerMetrics,
  type KubeMetrics,
  type LeaderMetrics,
  type QueueMetrics,
} from './metrics.ts';
export { childName, controllerOf, controllerRef, labelValue } from './names.ts';
export { patchStatus } from './patchStatus.ts';
export { createRateLimiter, type RateLimiter, type RateLimiterOptions } from './rateLimiter.ts';
export {
  apiVersionOf,
  collectionPath,
  isNewerVersion,
  keyOf,
  objectPath,
  splitKey,
  withoutManagedFields,
} from './resources.ts';
export { createTokenSource, type TokenSource, type TokenSourceOptions } from './serviceAccountToken.ts';
export { createStore, type IndexFunction, type WritableStore } from './store.ts';
export type * from './types.ts';
export { createWorkQueue, type WorkQueueOptions } from './workQueue.ts';
