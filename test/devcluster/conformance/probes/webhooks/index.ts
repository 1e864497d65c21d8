/** Probes of webhooks: what they answer, which requests reach them and what of these, configurations that are refused. */
import type { Case } from '../../harness.ts';
import { chain } from './chain.cases.ts';
import { configurations } from './configurations.cases.ts';
import { matching, sent } from './sent.cases.ts';
import { ignored, patchCases, verdictCases } from './verdicts.cases.ts';

export const webhookProbes: readonly Case[] = [
  ...verdictCases,
  ...ignored,
  ...patchCases,
  ...sent,
  ...matching,
  ...chain,
  ...configurations,
];
