import type { AgentRevision, LLMParameters, Message } from '../api/index.ts';
import { keyIn } from './keys.ts';
import type {
  CallLimiter,
  ChatAnswer,
  ChatFatal,
  ChatOutcome,
  ChatRequest,
  ChatRetry,
  ModelTool,
} from './models/index.ts';
import { decideRetry } from './models/index.ts';
import type { SecretReader } from './secrets.ts';

/** What became of a model call, from the run's point of view: the Secret that holds the key counts as part of it. */
export type ModelResult =
  | ChatAnswer
  | (Omit<ChatRetry, 'reason'> & { readonly reason: ChatRetry['reason'] | 'SecretFetchFailed' | 'Internal' })
  | (Omit<ChatFatal, 'reason'> & { readonly reason: ChatFatal['reason'] | 'Internal' });

/**
 * Milliseconds until a failed call is made again; undefined: it is given up. `attempt` counts the failures, this one
 * included. A Secret that is missing is waited for as long as any other failure.
 */
export function retryDelay(
  result: Extract<ModelResult, { kind: 'retry' }>,
  attempt: number,
  random: number,
  maxRetries: number | undefined,
): number | undefined {
  const reason = result.reason === 'SecretFetchFailed' || result.reason === 'Internal' ? 'ServerError' : result.reason;
  const decision = decideRetry(
    { ...result, reason },
    attempt,
    () => random,
    maxRetries === undefined ? {} : { maxRetries },
  );
  return decision === 'give-up' ? undefined : decision.afterMs;
}

export interface ModelCall {
  readonly namespace: string;
  readonly revision: AgentRevision;
  readonly tools: readonly ModelTool[];
  /** Only asked for when the call begins: a thousand waiting calls need no conversation in memory. */
  readonly messages: () => Promise<readonly Message[]>;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  /** Called when no slot is free: the call waits for one. */
  readonly onWait: () => void;
  /** Called when the call has got its slot and begins. */
  readonly onBegin: () => void;
}

export interface ModelCaller {
  call(call: ModelCall): Promise<ModelResult>;
  /** Whether a call for this LLM would begin at once. */
  slotFree(namespace: string, revision: AgentRevision): boolean;
}

/** Makes the model calls of runs: waits for a slot, reads the key, asks, and asks once more when the key was rotated. */
export function createModelCaller(options: {
  readonly secrets: SecretReader;
  readonly limiter: CallLimiter;
  readonly chat: (request: ChatRequest) => Promise<ChatOutcome>;
  /** A provider refused a key: the LLM is to be looked at again. Gets `namespace/name`. */
  readonly onKeyRefused: (llm: string) => void;
}): ModelCaller {
  const { secrets, limiter } = options;

  /** Not async: its frame would hold the conversation until the answer is there, for each of a thousand calls. */
  function send(call: ModelCall, apiKey: string | undefined): Promise<ChatOutcome> {
    return call.messages().then((messages) =>
      options.chat({
        endpoint: endpointOf(call.revision),
        ...(apiKey === undefined ? {} : { apiKey }),
        messages,
        tools: call.tools,
        idempotencyKey: call.idempotencyKey,
        signal: call.signal,
      }),
    );
  }

  async function ask(call: ModelCall, retrying: boolean): Promise<ModelResult> {
    const { llm } = call.revision.spec;
    const ref = llm.apiKeyFrom?.secretKeyRef;
    let apiKey: string | undefined;
    if (ref !== undefined) {
      const secret = await secrets.read(call.namespace, ref, call.signal);
      if (secret.kind !== 'value') return { kind: 'retry', reason: 'SecretFetchFailed', message: secret.message };
      apiKey = secret.value;
    }
    const outcome = await send(call, apiKey);
    if (outcome.kind !== 'fatal' || outcome.reason !== 'Unauthorized' || ref === undefined) return outcome;
    options.onKeyRefused(keyIn(call.namespace, llm.name));
    if (retrying) return outcome;
    // The Secret may have been changed since it was read: one more try with what is there now.
    secrets.forget(call.namespace, ref.name);
    const fresh = await secrets.read(call.namespace, ref, call.signal);
    return fresh.kind === 'value' && fresh.value !== apiKey ? ask(call, true) : outcome;
  }

  const slotOf = (namespace: string, revision: AgentRevision) => {
    const { llm } = revision.spec;
    const limit = parametersOf(revision).maxConcurrentRequests;
    return { llm: keyIn(namespace, llm.name), namespace, ...(limit === undefined ? {} : { limit }) };
  };

  return {
    async call(call) {
      const slot = slotOf(call.namespace, call.revision);
      if (!limiter.free(slot)) call.onWait();
      const release = await limiter.acquire({ ...slot, signal: call.signal });
      try {
        call.onBegin();
        return await ask(call, false);
      } finally {
        release();
      }
    },
    slotFree: (namespace, revision) => limiter.free(slotOf(namespace, revision)),
  };
}

/** The schema of an LLM's parameters admitted them; an AgentRevision keeps them as they were. */
export function parametersOf(revision: AgentRevision): LLMParameters {
  return (revision.spec.llm.parameters ?? {}) as LLMParameters;
}

function endpointOf(revision: AgentRevision): ChatRequest['endpoint'] {
  const { provider, openai } = revision.spec.llm;
  const { baseUrl, maxConcurrentRequests: _, ...parameters } = parametersOf(revision);
  return {
    provider: provider === 'anthropic' ? 'anthropic' : 'openai',
    ...(baseUrl === undefined ? {} : { baseUrl }),
    parameters,
    ...(openai === undefined ? {} : { openai }),
  };
}
