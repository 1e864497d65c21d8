import type { LLM } from '../../api/index.ts';
import type { KeyCheck } from '../models/index.ts';
import type { SecretValue } from '../secrets.ts';
import type { Finding } from '../validation.ts';

export interface LLMState {
  readonly llm: LLM;
  /** The key; `none` where the LLM names no Secret. */
  readonly secret: SecretValue | { readonly kind: 'none' };
  /** What the provider said of the key; undefined where there was nothing to ask. */
  readonly check: KeyCheck | undefined;
  /** How often in a row the last answer was no good. */
  readonly failures: number;
  /** 0 to 1, for jitter. */
  readonly random: number;
}

const PROVIDERS = { openai: 'OpenAI', anthropic: 'Anthropic' } as const;
/** A working key is looked at again after five to ten minutes: Secrets are not watched. */
const RECHECK_MS = 300_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** What an LLM's status is to say, and when to look again. */
export function decideLLM({ llm, secret, check, failures, random }: LLMState): Finding {
  const provider = PROVIDERS[llm.spec.provider];
  const soon = {
    againAfterMs: Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 16)) * (0.75 + random / 4),
  };
  const later = { againAfterMs: RECHECK_MS * (1 + random) };
  if (secret.kind === 'missing')
    return { ready: false, status: 'Error', detail: secret.message, reason: 'SecretNotFound', ...soon };
  if (secret.kind === 'unavailable') return unreachable(llm, secret.message, soon);
  switch (check?.kind) {
    case 'rejected':
      return {
        ready: false,
        status: 'Error',
        detail: `${provider} API key validation failed: ${check.message}`,
        reason: 'KeyRejected',
        ...soon,
      };
    case 'unavailable':
      return unreachable(llm, `${provider} could not be asked: ${check.message}`, soon);
    default:
      return {
        ready: true,
        status: 'Ready',
        detail:
          secret.kind === 'none'
            ? `${provider} API answered; no API key is used`
            : `${provider} API key validated successfully`,
        reason: 'KeyAccepted',
        ...later,
      };
  }
}

/** A provider that is down is not a bad key: an LLM that was ready for this spec stays so. */
function unreachable(llm: LLM, message: string, soon: { againAfterMs: number }): Finding {
  const { status } = llm;
  if (status?.ready === true && status.observedGeneration === llm.metadata.generation) {
    return { ready: true, status: 'Ready', detail: status.statusDetail ?? '', reason: 'KeyAccepted', ...soon };
  }
  return {
    ready: false,
    status: 'Pending',
    detail: `${message}; trying again`,
    reason: 'ProviderUnavailable',
    ...soon,
  };
}
