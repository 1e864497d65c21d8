import { kubectlPath } from '../support/kubectl.ts';
import { describeKubectl } from './kubectl.ts';

describeKubectl('1.35', kubectlPath);
