/** Probes of writes: apply, patches, preconditions, dry runs, what cannot be read. */
import type { Case } from '../../harness.ts';
import { applyProbes } from './apply.cases.ts';
import { bodyProbes } from './bodies.cases.ts';
import { editProbes } from './edits.cases.ts';
import { managerProbes } from './managers.cases.ts';

export const writeProbes: readonly Case[] = [...applyProbes, ...managerProbes, ...editProbes, ...bodyProbes];
