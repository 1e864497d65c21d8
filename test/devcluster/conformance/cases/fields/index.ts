/** What the builtin kinds' validation says of single fields: a small valid object of each kind, with some fields replaced. */
import type { Case } from '../../harness.ts';
import { apps } from './apps.cases.ts';
import { autoscaling } from './autoscaling.cases.ts';
import { batch } from './batch.cases.ts';
import { core } from './core.cases.ts';
import { networking } from './networking.cases.ts';
import { others } from './others.cases.ts';
import { rbac } from './rbac.cases.ts';
import { services } from './services.cases.ts';
import { volumes } from './volumes.cases.ts';

export const fieldCases: readonly Case[] = [
  ...core,
  ...services,
  ...volumes,
  ...apps,
  ...batch,
  ...autoscaling,
  ...networking,
  ...rbac,
  ...others,
];
