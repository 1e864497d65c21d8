import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Registry } from 'prom-client';
import { createOperator, type Operator, type OperatorOptions } from '../controller/index.ts';
import type { Clock, KubeClient, KubeMetrics, Logger } from '../kube/index.ts';
import {
  createLeaderElector,
  type LeaderElector,
  type LeaderElectorOptions,
  LeadershipLostError,
} from '../kube/index.ts';

/** Milliseconds; the elector's defaults where absent. */
export type LeaseTimes = Pick<LeaderElectorOptions, 'leaseDurationMs' | 'renewDeadlineMs' | 'retryPeriodMs'>;

export interface OperateOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the operator is told beside the parts that all have in common. */
  readonly operator: Omit<OperatorOptions, 'client' | 'clock' | 'logger' | 'identity' | 'registry' | 'metrics'>;
  /** Absent: no election, we are the only one. */
  readonly lease?: LeaseTimes & { readonly namespace: string; readonly name: string; readonly identity: string };
  readonly metrics?: KubeMetrics;
}

export interface Operation {
  /** Runs until `signal` aborts and resolves after an orderly stop; also as a standby that never led. */
  run(signal: AbortSignal): Promise<void>;
  /** What is missing for this process to do what it should; nothing where its caches are filled, or it stands by. */
  notReady(): readonly string[];
  /** The series of the operator that runs now, or ran last. */
  registry(): Registry;
}

/** How long work that was under way when the lease was lost may take to end: less than others wait before they take over. */
const LOST_STOP_MS = 4000;

/** Unique for each start of the program: what the one before left half done must not look like ours. */
export const processIdentity = (): string => `${hostname()}_${process.pid}_${randomBytes(4).toString('hex')}`;

/**
 * Runs the operator, under a Lease where one is given. After the loss of the lease (an API server that was away for long,
 * a machine that slept) the old operator ends, then this process stands for election again with a new one.
 * Rejects when the old one does not end in time: then only the end of the process keeps two from working at once.
 */
export function createOperation(options: OperateOptions): Operation {
  const { client, clock, logger, lease } = options;
  let current: Operator | undefined;
  let elector: LeaderElector | undefined;
  let registry = new Registry();

  async function lead(signal: AbortSignal): Promise<void> {
    // Each operator registers its series anew.
    registry = new Registry();
    const operator = createOperator({
      ...options.operator,
      client,
      clock,
      logger,
      identity: hostname(),
      registry,
      metrics: options.metrics,
    });
    current = operator;
    try {
      await operator.run(signal);
    } finally {
      current = undefined;
    }
  }

  async function standForElection(
    { namespace, name, identity, ...times }: NonNullable<OperateOptions['lease']>,
    signal: AbortSignal,
  ): Promise<void> {
    elector = createLeaderElector({
      client,
      clock,
      logger,
      lease: { namespace, name },
      identity,
      ...times,
      metrics: options.metrics?.leader,
    });
    let work: Promise<void> = Promise.resolve();
    try {
      await elector.run((leading) => {
        work = lead(leading);
        return work;
      }, signal);
    } catch (error) {
      if (!(error instanceof LeadershipLostError)) throw error;
      await withinMs(
        work,
        LOST_STOP_MS,
        () => new Error(`${error.message}; work under way did not end within ${LOST_STOP_MS} ms`),
      );
    }
  }

  return {
    async run(signal) {
      if (lease === undefined) return lead(signal);
      while (!signal.aborted) await standForElection(lease, signal);
    },
    // Before the lease is known it may be about to lead, with caches that are still to be filled.
    notReady: () => current?.notReady() ?? (elector?.knowsLease() ? [] : ['it has not begun']),
    registry: () => registry,
  };

  async function withinMs(promise: Promise<void>, ms: number, late: () => Error): Promise<void> {
    const deadline = Promise.withResolvers<never>();
    const timer = clock.after(ms, () => deadline.reject(late()));
    try {
      await Promise.race([promise, deadline.promise]);
    } finally {
      timer.cancel();
    }
  }
}
