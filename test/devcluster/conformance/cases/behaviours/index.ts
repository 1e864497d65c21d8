/** What becomes of builtin objects over several requests: allocations, what may change, status beside spec, defaults. */
import type { Case } from '../../harness.ts';
import { batch } from './batch.cases.ts';
import { core } from './core.cases.ts';
import { network } from './network.cases.ts';
import { scaling } from './scaling.cases.ts';
import { services } from './services.cases.ts';
import { storage } from './storage.cases.ts';
import { workloads } from './workloads.cases.ts';

export const behaviourCases: readonly Case[] = [
  ...services,
  ...workloads,
  ...batch,
  ...network,
  ...scaling,
  ...storage,
  ...core,
];
