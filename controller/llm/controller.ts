import type { LLM } from '../../api/index.ts';
import type { Clock, EventRecorder, KubeClient, ReconcileResult, WorkQueue } from '../../kube/index.ts';
import { keyOf } from '../../kube/index.ts';
import type { Informers } from '../informers.ts';
import type { KeyCheck, ModelClient } from '../models/index.ts';
import type { SecretReader } from '../secrets.ts';
import { applyFinding } from '../validation.ts';
import type { LLMState } from './decide.ts';
import { decideLLM } from './decide.ts';
import { effectiveParameters } from './parameters.ts';

/** Validates LLMs: the Secret is there and the provider takes the key. */
export function createLLMController(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly informers: Informers;
  readonly queue: WorkQueue;
  readonly secrets: SecretReader;
  readonly models: Pick<ModelClient, 'checkKey'>;
  readonly random: () => number;
}) {
  const { informers, queue, secrets, models } = options;
  const failures = new Map<string, number>();

  async function gather(key: string, llm: LLM, signal: AbortSignal): Promise<LLMState> {
    const namespace = llm.metadata.namespace ?? '';
    const ref = llm.spec.apiKeyFrom?.secretKeyRef;
    if (ref !== undefined) secrets.forget(namespace, ref.name);
    const secret = ref === undefined ? { kind: 'none' as const } : await secrets.read(namespace, ref, signal);
    const { baseUrl, maxConcurrentRequests: _, ...parameters } = effectiveParameters(llm);
    let check: KeyCheck | undefined;
    if (secret.kind === 'value' || secret.kind === 'none') {
      check = await models.checkKey(
        {
          provider: llm.spec.provider,
          ...(baseUrl === undefined ? {} : { baseUrl }),
          parameters,
          ...(llm.spec.openai === undefined ? {} : { openai: llm.spec.openai }),
        },
        secret.kind === 'value' ? secret.value : undefined,
        signal,
      );
    }
    const well = check?.kind === 'valid';
    const failed = well ? 0 : (failures.get(key) ?? 0);
    if (well) failures.delete(key);
    else failures.set(key, failed + 1);
    return { llm, secret, check, failures: failed, random: options.random() };
  }

  return {
    async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult> {
      const llm = informers.llms.store.get(key);
      if (llm === undefined) {
        failures.delete(key);
        return { kind: 'done' };
      }
      const finding = decideLLM(await gather(key, llm, signal));
      return applyFinding({ ...options, informer: informers.llms, object: llm, finding, signal });
    },
    wire() {
      informers.llms.on({
        add: (llm) => queue.add(keyOf(llm)),
        // Our own status writes are no reason to ask the provider again.
        update: (old, llm) => {
          if (old.metadata.generation !== llm.metadata.generation) queue.add(keyOf(llm));
        },
        delete: (llm) => queue.add(keyOf(llm)),
      });
    },
  };
}
