/** Probes of admission: policies and webhooks that refuse, warn and change. */
import type { Case } from '../../harness.ts';
import { otherPlugins } from './others.cases.ts';
import { policyVerdicts } from './policies.cases.ts';
import { policyMatching } from './policyMatching.cases.ts';
import { webhookVerdicts } from './webhooks.cases.ts';

export const denialProbes: readonly Case[] = [
  ...policyVerdicts,
  ...policyMatching,
  ...webhookVerdicts,
  ...otherPlugins,
];
