/** The controllers that users take for granted. */

import type { TokenIssuer } from '../authn/tokens.ts';
import { componentSchemas } from '../builtin/index.ts';
import type { Logger } from '../logger.ts';
import { startQuotas } from '../quota/controller.ts';
import type { RegistryContext } from '../registry/call.ts';
import { startAddresses } from './addresses.ts';
import { startAggregation } from './aggregation.ts';
import { startApiServices } from './apiservices.ts';
import { startAvailability } from './availability.ts';
import { startEventExpiry } from './expiry.ts';
import { startFlowSchemas } from './flow.ts';
import { startGarbageCollector } from './garbage.ts';
import { startNamespaces } from './namespaces.ts';
import { startProtection } from './protection.ts';
import { startTokens } from './tokens.ts';
import { startTypeChecking } from './typechecking.ts';
import type { Controllers } from './types.ts';

export type { Controllers };

/** Starts all of them. */
export function startControllers(
  context: RegistryContext,
  logger: Logger,
  tokens: TokenIssuer,
  caPem: string,
): Controllers {
  const running = [
    startNamespaces(context, logger, caPem),
    startGarbageCollector(context, logger),
    startAggregation(context, logger),
    startEventExpiry(context, logger),
    startProtection(context, logger),
    startQuotas(context, logger),
    startApiServices(context, logger),
    startAvailability(context, logger),
    startFlowSchemas(context, logger),
    startAddresses(context, logger),
    startTokens(context, logger, tokens, caPem),
    startTypeChecking(context, { componentSchemas }, logger),
  ];
  return {
    close: () => {
      for (const controller of running) controller.close();
    },
  };
}
