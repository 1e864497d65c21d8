import OpenAI from 'openai';
import {
  type SimulatedOpenAI,
  type SimulatedOpenAIOptions,
  startSimulatedOpenAI,
} from '../../cli/simulate-openai/index.ts';

/** Starts simulators, and ends them after the test. */
export function createSimulators() {
  const running: SimulatedOpenAI[] = [];
  return {
    async start(options?: SimulatedOpenAIOptions): Promise<SimulatedOpenAI> {
      const simulated = await startSimulatedOpenAI(options);
      running.push(simulated);
      return simulated;
    },
    async end(): Promise<void> {
      await Promise.all(running.splice(0).map(({ close }) => close()));
    },
  };
}

export function openai(simulated: { url: string }, apiKey = 'sk-test'): OpenAI {
  return new OpenAI({ apiKey, baseURL: simulated.url, maxRetries: 0, logLevel: 'off' });
}

export const fn = (
  name: string,
  properties: Record<string, unknown>,
  required: string[] = Object.keys(properties),
  description = '',
): OpenAI.ChatCompletionFunctionTool => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties, required } },
});

/** Posts anything, as a client does that does not know better. */
export async function post(
  simulated: { url: string },
  body: unknown,
  path = '/chat/completions',
  signal: AbortSignal | null = null,
) {
  const response = await fetch(`${simulated.url}${path}`, {
    method: 'POST',
    signal,
    headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, error: errorOf(text) };
}

function errorOf(
  text: string,
): { message: string; type: string; param: string | null; code: string | null } | undefined {
  try {
    return JSON.parse(text).error;
  } catch {
    return undefined;
  }
}
