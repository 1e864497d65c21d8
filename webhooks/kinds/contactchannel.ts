import { contactChannels } from '../../api/index.ts';
import type { KindRules } from '../admission/types.ts';

export const contactChannelRules: KindRules = {
  kind: contactChannels,
  writers: 'anyone',
  stamped: true,
  definition: true,
  context: () => ({ context: {} }),
};
