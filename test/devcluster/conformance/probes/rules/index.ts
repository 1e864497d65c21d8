/** Probes of the builtin kinds: what may be created, and what may change of it. */
import type { Case } from '../../harness.ts';
import { networkAndStorageRules } from './network.cases.ts';
import { otherRules } from './others.cases.ts';
import { podRules } from './pods.cases.ts';
import { workloadRules } from './workloads.cases.ts';

export const ruleProbes: readonly Case[] = [...workloadRules, ...networkAndStorageRules, ...podRules, ...otherRules];
