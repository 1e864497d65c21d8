/** Probes of controllers: garbage collection, namespaces, accounts, aggregation, definitions that go. */

import type { Case } from '../../harness.ts';
import { aggregation } from './aggregation.cases.ts';
import { apiServices } from './apiServices.cases.ts';
import { collection, crossed } from './collection.cases.ts';
import { definitions } from './definitions.cases.ts';
import { small } from './expiry.cases.ts';
import { namespaces } from './namespaces.cases.ts';

export const controllerProbes: readonly Case[] = [
  ...collection,
  ...crossed,
  ...namespaces,
  ...aggregation,
  ...definitions,
  ...small,
  ...apiServices,
];
