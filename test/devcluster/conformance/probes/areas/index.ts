/** Further probes over all areas: writes, definitions, reads, protocol, access, admission, controllers. */
import type { Case } from '../../harness.ts';
import { access } from './access.cases.ts';
import { admission } from './admission.cases.ts';
import { controllers } from './controllers.cases.ts';
import { customResources } from './customResources.cases.ts';
import { theDefinitions } from './definitions.cases.ts';
import { protocol } from './protocol.cases.ts';
import { reads } from './reads.cases.ts';
import { writes } from './writes.cases.ts';

const definitions: Case[] = [...theDefinitions, ...customResources];

export const areaProbes: readonly Case[] = [
  ...writes,
  ...definitions,
  ...reads,
  ...protocol,
  ...access,
  ...admission,
  ...controllers,
];
