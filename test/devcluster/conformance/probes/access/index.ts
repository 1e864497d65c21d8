/** Probes of access: who one is, what one may, and what the refusals say. */
import type { Case } from '../../harness.ts';
import { escalation } from './escalation.cases.ts';
import { asWho, credentials } from './identities.cases.ts';
import { refused } from './refusals.cases.ts';
import { reviewing } from './reviews.cases.ts';
import { tokenCases } from './tokens.cases.ts';

export const accessProbes: readonly Case[] = [
  ...tokenCases,
  ...credentials,
  ...asWho,
  ...reviewing,
  ...escalation,
  ...refused,
];
