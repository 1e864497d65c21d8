/** Probes of controllers: collection of garbage, namespaces, quotas, aggregation, accounts. */
import type { Case } from '../../harness.ts';
import { collectionLives } from './collection.cases.ts';
import { keeperLives } from './keepers.cases.ts';
import { namespaceLives } from './namespaces.cases.ts';

export const lifeProbes: readonly Case[] = [...collectionLives, ...namespaceLives, ...keeperLives];
