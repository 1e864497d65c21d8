import type { Logger } from '../../logger.ts';
import type { StatusError } from '../../request/status.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../chain.ts';
import { type Invocation, isAdmissionConfiguration } from '../kinds.ts';
import type { ConfigurationSource } from '../source.ts';
import { type Caller, CallingError, callWebhook, denial, failure, invocationOf } from './call.ts';
import type { Webhook } from './config.ts';

/** Asks all webhooks of ValidatingWebhookConfigurations that match, side by side. */
export function validatingWebhooks(
  caller: () => Caller,
  source: ConfigurationSource<Webhook>,
  logger: Logger,
): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: (attributes) => source.current().length > 0 && !isAdmissionConfiguration(attributes),
    validate: (attributes) => {
      const calls = relevant(caller(), source.current(), attributes);
      if (calls.length === 0) return undefined;
      return ask(caller(), calls, logger);
    },
  };
}

function relevant(
  caller: Caller,
  hooks: readonly Webhook[],
  attributes: AdmissionAttributes,
): { hook: Webhook; invocation: Invocation }[] {
  const calls = [];
  for (const hook of hooks) {
    const invocation = invocationOf(caller, hook, attributes);
    if (invocation !== undefined) calls.push({ hook, invocation });
  }
  return calls;
}

async function ask(
  caller: Caller,
  calls: readonly { hook: Webhook; invocation: Invocation }[],
  logger: Logger,
): Promise<void> {
  const refusals: unknown[] = [];
  await Promise.all(
    calls.map(async ({ hook, invocation }) => {
      try {
        const response = await callWebhook(caller, hook, invocation, false);
        if (!response.allowed) refusals.push(denial(hook.name, response.result));
      } catch (error) {
        const refusal = refusalOf(hook, error, logger);
        if (refusal !== undefined) refusals.push(refusal);
      }
    }),
  );
  // The first to refuse is the one that is heard, as on the real server.
  if (refusals.length > 0) throw refusals[0];
}

/** What a failed call means for the request: nothing where failurePolicy is Ignore. Errors of ours are thrown on. */
export function refusalOf(hook: Webhook, error: unknown, logger: Logger): StatusError | undefined {
  if (!(error instanceof CallingError)) throw error;
  const failOpen = hook.failurePolicy === 'Ignore';
  logger.warn(
    { error, webhook: hook.name, configuration: hook.configuration },
    failOpen ? 'webhook failed, the request goes on' : 'webhook failed, the request is refused',
  );
  return failOpen ? undefined : failure(error);
}
