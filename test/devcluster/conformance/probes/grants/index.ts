/** Probes of access: what roles grant, reviews, impersonation, tokens. */
import type { Case } from '../../harness.ts';
import { refusalProbes } from './refusals.cases.ts';
import { reviewProbes } from './reviews.cases.ts';
import { tokenProbes } from './tokens.cases.ts';

export const grantProbes: readonly Case[] = [...refusalProbes, ...reviewProbes, ...tokenProbes];
