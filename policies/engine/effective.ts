import { DEFAULT_BASE_URLS, DEFAULT_MODELS } from '../../api/index.ts';
import { at, textAt } from './json.ts';

/** A value that the program would use, and the field to write to change it. */
export interface EffectiveValue<T> {
  readonly value: T;
  readonly field: string;
  /** False where the object leaves it to the program. */
  readonly written: boolean;
}

/** What an LLM comes to, absent fields written out: omission changes no verdict. */
export interface EffectiveLlm {
  readonly provider: string;
  readonly model: EffectiveValue<string>;
  readonly baseUrl: EffectiveValue<string>;
  /** The providers' own default is 1. */
  readonly temperature: EffectiveValue<string>;
  /** Undefined: as much as the model gives. */
  readonly maxTokens: EffectiveValue<number | undefined>;
}

const DEFAULT_TEMPERATURE = '1';

export function effectiveLlm(llm: unknown): EffectiveLlm {
  const provider = textAt(llm, 'spec', 'provider') ?? '';
  const fallback = <T extends object>(defaults: T): string =>
    Object.hasOwn(defaults, provider) ? String(defaults[provider as keyof T]) : '';
  // An empty text counts as absent, as it does where the model is called.
  const text = (defaultValue: string, ...names: readonly string[][]): EffectiveValue<string> => {
    for (const name of names) {
      const value = textAt(llm, 'spec', ...name);
      if (value !== undefined && value !== '') return { value, field: `spec.${name.join('.')}`, written: true };
    }
    return { value: defaultValue, field: `spec.${(names[0] ?? []).join('.')}`, written: false };
  };
  const tokens = [['parameters', 'maxTokens'], ['maxTokens']].find(
    (path) => typeof at(llm, 'spec', ...path) === 'number',
  );
  return {
    provider,
    model: text(fallback(DEFAULT_MODELS), ['parameters', 'model']),
    baseUrl: text(fallback(DEFAULT_BASE_URLS), ['parameters', 'baseUrl']),
    temperature: text(DEFAULT_TEMPERATURE, ['parameters', 'temperature'], ['temperature']),
    maxTokens: {
      value: tokens === undefined ? undefined : (at(llm, 'spec', ...tokens) as number),
      field: `spec.${(tokens ?? ['parameters', 'maxTokens']).join('.')}`,
      written: tokens !== undefined,
    },
  };
}
