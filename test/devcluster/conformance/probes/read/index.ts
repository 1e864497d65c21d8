/** Probes of reading: paging, versions, selectors, forms, watches, discovery. */
import type { Case } from '../../harness.ts';
import { discovery } from './discovery.cases.ts';
import { emptyTables, forms } from './forms.cases.ts';
import { paging } from './paging.cases.ts';
import { methods, paths } from './paths.cases.ts';
import { kindFields, selectors } from './selectors.cases.ts';
import { versions } from './versions.cases.ts';
import { watches } from './watches.cases.ts';

export const readProbes: readonly Case[] = [
  ...paging,
  ...versions,
  ...selectors,
  ...kindFields,
  ...forms,
  ...emptyTables,
  ...watches,
  ...discovery,
  ...paths,
  ...methods,
];
