/** Probes across areas, each a little story of several requests. */
import type { Case } from '../../harness.ts';
import { identities } from './access.cases.ts';
import { bodies } from './bodies.cases.ts';
import { hooks, life } from './lives.cases.ts';
import { reads } from './reads.cases.ts';

export const mixedProbes: readonly Case[] = [...reads, ...bodies, ...identities, ...life, ...hooks];
