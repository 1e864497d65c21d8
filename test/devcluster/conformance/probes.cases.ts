/** Probes: what a stranger would ask of an API server, area by area. */
import type { Case } from './harness.ts';
import { accessProbes } from './probes.access.cases.ts';
import { areaProbes } from './probes.areas.cases.ts';
import { controllerProbes } from './probes.controllers.cases.ts';
import { definitionProbes } from './probes.definitions.cases.ts';
import { denialProbes } from './probes.denials.cases.ts';
import { grantProbes } from './probes.grants.cases.ts';
import { kindProbes } from './probes.kinds.cases.ts';
import { lifeProbes } from './probes.lives.cases.ts';
import { mixedProbes } from './probes.mixed.cases.ts';
import { mutationProbes } from './probes.mutations.cases.ts';
import { pluginProbes } from './probes.plugins.cases.ts';
import { policyProbes } from './probes.policies.cases.ts';
import { protocolProbes } from './probes.protocol.cases.ts';
import { readProbes } from './probes.read.cases.ts';
import { requestProbes } from './probes.requests.cases.ts';
import { rightProbes } from './probes.rights.cases.ts';
import { ruleProbes } from './probes.rules.cases.ts';
import { selectorProbes } from './probes.selectors.cases.ts';
import { webhookProbes } from './probes.webhooks.cases.ts';
import { writeProbes } from './probes.writes.cases.ts';
import { fieldProbes } from './sweep.ts';

export const probes: readonly Case[] = [
  ...readProbes,
  ...webhookProbes,
  ...policyProbes,
  ...mutationProbes,
  ...pluginProbes,
  ...accessProbes,
  ...controllerProbes,
  ...protocolProbes,
  ...requestProbes,
  ...rightProbes,
  ...mixedProbes,
  ...selectorProbes,
  ...kindProbes,
  ...definitionProbes,
  ...denialProbes,
  ...grantProbes,
  ...ruleProbes,
  ...writeProbes,
  ...lifeProbes,
  ...fieldProbes,
  ...areaProbes,
];
