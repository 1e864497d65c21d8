/** Probes that a stranger would begin with: one to four requests each, over every area. */
import type { Case } from '../../harness.ts';
import { accessFirst } from './access.cases.ts';
import { admissionFirst } from './admission.cases.ts';
import { controllersFirst } from './controllers.cases.ts';
import { crdsFirst } from './crds.cases.ts';
import { kindsFirst } from './kinds.cases.ts';
import { readsFirst } from './reads.cases.ts';
import { writesFirst } from './writes.cases.ts';

export const firstProbes: readonly Case[] = [
  ...kindsFirst,
  ...writesFirst,
  ...readsFirst,
  ...crdsFirst,
  ...accessFirst,
  ...admissionFirst,
  ...controllersFirst,
];
