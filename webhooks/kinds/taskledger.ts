import { taskLedgers } from '../../api/index.ts';
import type { KindRules } from '../admission/types.ts';

/** What Tasks have run. Who could write it could keep a Task from running, or have it run again. */
export const taskLedgerRules: KindRules = { kind: taskLedgers, writers: 'operator', stamped: false };
