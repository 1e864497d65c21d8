import { EventEmitter } from 'node:events';
import type { Io } from '../../../cli/io.ts';

/** An `Io` for commands whose words do not matter. */
export const openIo = (cwd: string): Io => ({
  out: { write: () => true },
  err: { write: () => true },
  env: {},
  cwd,
  readInput: async () => '',
  signals: new EventEmitter(),
  programName: 'kubechain',
});
