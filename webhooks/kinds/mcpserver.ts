import { type MCPServer, mcpServers } from '../../api/index.ts';
import type { KindRules } from '../admission/types.ts';
import { urlRefusals } from './url.ts';

export const mcpServerRules: KindRules = {
  kind: mcpServers,
  writers: 'anyone',
  stamped: true,
  definition: true,
  context: ({ object }) => ({ context: { mcpServers: [object as unknown as MCPServer] } }),
  check({ object }) {
    const { spec } = object as unknown as Partial<MCPServer>;
    return { refusals: urlRefusals('spec.url', spec?.url) };
  },
};
