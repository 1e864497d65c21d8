/** Probes: what a stranger would ask of an API server, area by area. */
import type { Case } from './harness.ts';
import { accessProbes } from './probes.access.cases.ts';
import { admissionProbes } from './probes.admission.cases.ts';
import { areaProbes } from './probes.areas.cases.ts';
import { controllerProbes } from './probes.controllers.cases.ts';
import { kindProbes } from './probes.kinds.cases.ts';
import { mixedProbes } from './probes.mixed.cases.ts';
import { protocolProbes } from './probes.protocol.cases.ts';
import { readProbes } from './probes.read.cases.ts';
import { requestProbes } from './probes.requests.cases.ts';
import { rightProbes } from './probes.rights.cases.ts';
import { selectorProbes } from './probes.selectors.cases.ts';
import { fieldProbes } from './sweep.ts';

export const probes: readonly Case[] = [
  ...readProbes,
  ...admissionProbes,
  ...accessProbes,
  ...controllerProbes,
  ...protocolProbes,
  ...requestProbes,
  ...rightProbes,
  ...mixedProbes,
  ...selectorProbes,
  ...kindProbes,
  ...fieldProbes,
  ...areaProbes,
];
