import { join } from 'node:path';
import { TEST_CACHE } from './kubectl.ts';

// Compiling the same modules again is most of the start of each process that tests start. Mocha loads this before it starts its workers.
process.env.NODE_COMPILE_CACHE ??= join(TEST_CACHE, 'compile');
