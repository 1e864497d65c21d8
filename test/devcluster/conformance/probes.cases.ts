/** Probes: what a stranger would ask of an API server, area by area. */
import type { Case } from './harness.ts';
import { accessProbes } from './probes/access/index.ts';
import { areaProbes } from './probes/areas/index.ts';
import { askedProbes } from './probes/asks/index.ts';
import { controllerProbes } from './probes/controllers/index.ts';
import { definitionProbes } from './probes/definitions/index.ts';
import { denialProbes } from './probes/denials/index.ts';
import { firstProbes } from './probes/first/index.ts';
import { grantProbes } from './probes/grants/index.ts';
import { kindProbes } from './probes/kinds/index.ts';
import { lifeProbes } from './probes/lives/index.ts';
import { mixedProbes } from './probes/mixed/index.ts';
import { mutationProbes } from './probes/mutations.cases.ts';
import { pluginProbes } from './probes/plugins.cases.ts';
import { policyProbes } from './probes/policies.cases.ts';
import { protocolProbes } from './probes/protocol.cases.ts';
import { readProbes } from './probes/read/index.ts';
import { requestProbes } from './probes/requests/index.ts';
import { rightProbes } from './probes/rights/index.ts';
import { ruleProbes } from './probes/rules/index.ts';
import { selectorProbes } from './probes/selectors.cases.ts';
import { storyProbes } from './probes/stories/index.ts';
import { webhookProbes } from './probes/webhooks/index.ts';
import { writeProbes } from './probes/writes/index.ts';
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
  ...storyProbes,
  ...askedProbes,
  ...firstProbes,
];
