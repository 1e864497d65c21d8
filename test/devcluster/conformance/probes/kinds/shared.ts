/** What the tables of this folder share. */
import { casesOf } from '../../steps.ts';

export const one = casesOf('probes-kinds');
