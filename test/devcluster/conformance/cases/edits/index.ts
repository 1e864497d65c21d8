/** Writes in a row: patches of every kind, who owns what after them, preconditions, dry runs, generated names, collections. */
import type { Case } from '../../harness.ts';
import { collections } from './deletions.cases.ts';
import { owners } from './owners.cases.ts';
import { rows } from './patches.cases.ts';

export const editCases: readonly Case[] = [...rows, ...owners, ...collections];
