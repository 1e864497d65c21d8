import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { kubectlPath } from '../../support/kubectl.ts';
import { describeKubectl } from '../kubectl/describe.ts';
import { EVERYDAY } from '../kubectl/everyday.ts';
import { READS } from '../kubectl/reads.ts';
import { THOROUGH } from '../kubectl/thorough.ts';
import { WRITES } from '../kubectl/writes.ts';

const SCENARIOS = [...EVERYDAY, ...WRITES, ...READS, ...THOROUGH];
describeKubectl('1.35', kubectlPath, SCENARIOS);
// The one that was built with the real control plane.
describeKubectl('1.36', async () => globSync(join(homedir(), '.cache/realcluster/v1.36.*/kubectl'))[0], SCENARIOS);
