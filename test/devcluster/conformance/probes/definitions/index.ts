/** Probes of definitions: versions, schemas, rules, columns, subresources. */
import type { Case } from '../../harness.ts';
import { nameAndVersionProbes } from './names.cases.ts';
import { ruleProbes } from './rules.cases.ts';
import { schemaProbes } from './schemas.cases.ts';
import { servingProbes } from './serving.cases.ts';

export const definitionProbes: readonly Case[] = [
  ...nameAndVersionProbes,
  ...ruleProbes,
  ...schemaProbes,
  ...servingProbes,
];
