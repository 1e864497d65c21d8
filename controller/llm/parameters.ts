import type { LLM, LLMParameters } from '../../api/index.ts';

/** The parameters that count: `parameters`, and the original's `temperature` and `maxTokens` beside it. */
export function effectiveParameters(llm: LLM): LLMParameters {
  const { temperature, maxTokens, parameters } = llm.spec;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...parameters,
  };
}
