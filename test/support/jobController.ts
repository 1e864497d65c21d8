import type { Job, Pod } from '../../controller/pods/types.ts';
import { jobs, pods } from '../../controller/pods/types.ts';
import type { KubeClient } from '../../kube/index.ts';
import { controllerRef, createInformer, isAlreadyExists, isNotFound } from '../../kube/index.ts';
import { createRecordingLogger } from './logger.ts';
import { testsRealServer } from './server.ts';

interface JobSpec {
  readonly activeDeadlineSeconds?: number;
  readonly template: { readonly metadata: Pod['metadata']; readonly spec: NonNullable<Pod['spec']> };
}

/**
 * Plays Kubernetes' Job controller for Jobs of one Pod and one try in a namespace; on a real cluster that has one, does nothing.
 */
export async function startJobController(client: KubeClient, namespace: string): Promise<AsyncDisposable> {
  if (testsRealServer) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const stop = new AbortController();
  const logger = createRecordingLogger();
  const ofJobs = createInformer<Job>({ client, logger, resource: jobs, namespace });
  const ofPods = createInformer<Pod>({ client, logger, resource: pods, namespace });
  const timers = new Set<NodeJS.Timeout>();

  const end = async (name: string, type: 'Complete' | 'Failed', reason: string): Promise<void> => {
    // As the real one's, or the API server refuses it: first why it is to end, then that it has.
    const time = new Date().toISOString().replace(/\.\d+/, '');
    const condition = { status: 'True', reason, lastTransitionTime: time };
    const status = {
      startTime: time,
      ...(type === 'Complete' ? { completionTime: time, succeeded: 1 } : { failed: 1 }),
      conditions: [
        { ...condition, type: type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget' },
        { ...condition, type },
      ],
    };
    await client
      .patch(jobs, { namespace, name }, { type: 'merge', body: { status } }, { subresource: 'status' })
      .catch((error: unknown) => {
        if (!isNotFound(error)) logger.error({ error: String(error) }, 'no status of the Job');
      });
  };
  ofJobs.on({
    add(job) {
      const { activeDeadlineSeconds = 300, template } = job.spec as JobSpec;
      const name = job.metadata.name ?? '';
      if ((job.status?.conditions ?? []).length > 0) return;
      const metadata = { ...template.metadata, namespace, name: `${name}-pod`, ownerReferences: [controllerRef(job)] };
      const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec };
      client.create(pods, pod).catch((error: unknown) => {
        if (!isAlreadyExists(error)) logger.error({ error: String(error) }, 'no Pod');
      });
      const late = async (): Promise<void> => {
        await client.delete(pods, { namespace, name: `${name}-pod` }).catch(() => undefined);
        await end(name, 'Failed', 'DeadlineExceeded');
      };
      timers.add(setTimeout(() => void late(), activeDeadlineSeconds * 1000));
    },
  });
  ofPods.on({
    update(_old, pod) {
      const job = pod.metadata.ownerReferences?.[0]?.name ?? '';
      if (pod.status?.phase === 'Succeeded') void end(job, 'Complete', 'CompletionsReached');
      if (pod.status?.phase === 'Failed') void end(job, 'Failed', 'BackoffLimitExceeded');
    },
  });
  const running = [ofJobs.run(stop.signal), ofPods.run(stop.signal)];
  await Promise.all([ofJobs.synced(), ofPods.synced()]);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
