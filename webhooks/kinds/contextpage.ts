import { contextPages } from '../../api/index.ts';
import type { KindRules } from '../admission/types.ts';

/** A part of a run’s checkpoint. */
export const contextPageRules: KindRules = { kind: contextPages, writers: 'operator', stamped: false };
