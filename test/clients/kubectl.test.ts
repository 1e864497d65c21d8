import { kubectlPath } from '../support/kubectl.ts';
import { describeKubectl } from './kubectl/describe.ts';
import { EVERYDAY } from './kubectl/everyday.ts';

// All of it, at two versions, is in slow/kubectl.test.ts.
describeKubectl('1.35', kubectlPath, EVERYDAY);
