/** Probes of requests that are unusual: methods, paths, health, discovery, documents, forms. */
import type { Case } from '../../harness.ts';
import { discovery, health, openapi } from './discovery.cases.ts';
import { methodCases, pathCases } from './paths.cases.ts';
import { include, queryCases, tables } from './queries.cases.ts';

export const requestProbes: readonly Case[] = [
  ...methodCases,
  ...pathCases,
  ...health,
  ...discovery,
  ...openapi,
  ...tables,
  ...include,
  ...queryCases,
];
