import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describeKubectl } from '../kubectl.ts';

// The one that was built with the real control plane.
describeKubectl('1.36', async () => globSync(join(homedir(), '.cache/realcluster/v1.36.*/kubectl'))[0]);
