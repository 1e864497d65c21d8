import { type Tool, tools } from '../../api/index.ts';
import type { KindRules, Refusal } from '../admission/types.ts';
import { urlRefusals } from './url.ts';

/** What a placeholder stands for must not choose the host: it comes from the model. */
const HOST_PLACEHOLDER = /^[a-z]+:\/\/[^/?#]*[{}]/i;

export const toolRules: KindRules = {
  kind: tools,
  writers: 'anyone',
  stamped: true,
  definition: true,
  context: ({ object }) => ({ context: { tools: [object as unknown as Tool] } }),
  check({ object }) {
    const { spec } = object as unknown as Partial<Tool>;
    return { refusals: externalUrlRefusals(spec) };
  },
};

export function externalUrlRefusals(spec: Tool['spec'] | undefined): Refusal[] {
  const url = spec?.execute?.externalAPI?.url;
  const field = 'spec.execute.externalAPI.url';
  if (url === undefined) return [];
  if (HOST_PLACEHOLDER.test(url)) {
    const message =
      'has a placeholder in its host, which the model would choose; fix: placeholders go into path and query';
    return [{ rule: 'schema', field, message, code: 422 }];
  }
  return urlRefusals(field, url.replaceAll(/\{[^{}/?#]{0,256}\}/g, 'x'));
}
