/** Further probes of access, admission and controllers, as people use them together. */
import type { Case } from '../../harness.ts';
import { combined } from './combined.cases.ts';
import { managers } from './managers.cases.ts';
import { whoMay } from './whoMay.cases.ts';

export const rightProbes: readonly Case[] = [...whoMay, ...combined, ...managers];
