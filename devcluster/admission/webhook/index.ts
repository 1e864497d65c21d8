/** Admission webhooks. */
import type { Logger } from '../../logger.ts';
import type { RegistryContext } from '../../registry/call.ts';
import type { AdmissionPlugin } from '../chain.ts';
import type { Caller } from './call.ts';
import { WebhookClient } from './client.ts';
import { webhookSource } from './config.ts';
import { mutatingWebhooks } from './mutating.ts';
import type { ServiceAddresses } from './resolve.ts';
import { validatingWebhooks } from './validating.ts';

export interface Webhooks {
  readonly mutating: AdmissionPlugin;
  readonly validating: AdmissionPlugin;
  /** Ends the connections to webhooks. */
  close(): void;
}

/** The two plugins; `context` is given late because the chain is part of it. */
export function admissionWebhooks(
  context: () => RegistryContext,
  addresses: ServiceAddresses,
  logger: Logger,
): Webhooks {
  const client = new WebhookClient();
  const caller = (): Caller => ({ context: context(), client, addresses });
  return {
    mutating: mutatingWebhooks(caller, webhookSource(context, 'mutating'), logger),
    validating: validatingWebhooks(caller, webhookSource(context, 'validating'), logger),
    close: () => client.close(),
  };
}
