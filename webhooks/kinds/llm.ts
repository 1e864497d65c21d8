import { type LLM, llms } from '../../api/index.ts';
import type { KindRules } from '../admission/types.ts';
import { urlRefusals } from './url.ts';

export const llmRules: KindRules = {
  kind: llms,
  writers: 'anyone',
  stamped: true,
  definition: true,
  context: ({ object }) => ({ context: { llm: object as unknown as LLM } }),
  check: ({ object }) => ({
    refusals: urlRefusals('spec.parameters.baseUrl', (object as unknown as Partial<LLM>).spec?.parameters?.baseUrl),
  }),
};
