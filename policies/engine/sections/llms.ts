import type { LlmSection } from '../../../api/index.ts';
import type { Address } from '../address.ts';
import { parseUrl } from '../address.ts';
import type { EffectiveLlm } from '../effective.ts';
import { effectiveLlm } from '../effective.ts';
import { compileGlob, compileGlobs, globProblem } from '../glob.ts';
import type { Judge, SectionContext } from '../policy.ts';
import type { Scope } from '../scope.ts';
import type { Report, Sink } from '../sink.ts';
import { quote, some } from '../text.ts';
import { reportOn, type Subject, subjectsOf } from './subjects.ts';
import { compileUrls } from './urls.ts';

const PROVIDERS = ['openai', 'anthropic'];
const KINDS = new Set(['LLM', 'Agent']);

/** An LLM as the program would use it. */
interface JudgedLlm {
  readonly subject: Subject;
  /** `<provider>/<model>` */
  readonly id: string;
  readonly effective: EffectiveLlm;
  readonly address: Address | { readonly problem: string };
}

/** The LLMs that are judged with a request. */
export function judgedLlms(scope: Scope): JudgedLlm[] {
  return subjectsOf(scope, 'LLM').map((subject) => {
    const effective = effectiveLlm(subject.object);
    const id = `${effective.provider}/${effective.model.value}`;
    return { subject, id, effective, address: parseUrl(effective.baseUrl.value) };
  });
}

const unwritten = (written: boolean): string => (written ? '' : ' (what is used when it is absent)');

/** `llms`: LLMs, and the LLM of an Agent. */
export function compileLlms(section: LlmSection | undefined, context: SectionContext): Judge[] {
  if (section === undefined) return [];
  const { allow, deny, baseURLs, maxTemperature, maxTokens } = section;
  for (const [list, patterns] of [
    ['allow', allow],
    ['deny', deny],
  ] as const) {
    for (const [i, pattern] of (patterns ?? []).entries()) {
      const problem = modelProblem(pattern);
      if (problem !== undefined) context.problem(`llms.${list}[${i}]`, `${JSON.stringify(pattern)} ${problem}`);
    }
  }
  const allowed = allow === undefined ? undefined : compileGlobs(allow);
  const denied = compileGlobs(deny ?? []);
  const urls = baseURLs === undefined ? undefined : compileUrls(baseURLs, 'llms.baseURLs', context);
  const highest = maxTemperature === undefined ? undefined : Number(maxTemperature);
  if (highest !== undefined && !(highest >= 0)) context.problem('llms.maxTemperature', 'is no number from 0 to 2');

  const judgeLlm = ({ subject, id, effective, address }: JudgedLlm, sink: Sink): void => {
    const report = (it: Report): void => reportOn(subject, it, sink);
    const { model, baseUrl, temperature, maxTokens: tokens } = effective;
    const deniedBy = denied.match(id);
    if (deniedBy !== undefined) {
      report({
        rule: 'llms.deny',
        field: model.field,
        value: id,
        detail: `model ${quote(id)}${unwritten(model.written)} is denied by ${quote(deniedBy)}`,
        fix: 'name another model',
        pattern: deniedBy,
      });
    }
    if (allowed !== undefined && allowed.match(id) === undefined) {
      report({
        rule: 'llms.allow',
        field: model.field,
        value: id,
        detail: `model ${quote(id)}${unwritten(model.written)} is not allowed; allowed: ${some(allowed.sources)}`,
        fix: 'name an allowed model',
      });
    }
    const urlProblem = urls?.problem(address);
    if (urlProblem !== undefined) {
      report({
        rule: 'llms.baseURLs',
        field: baseUrl.field,
        value: baseUrl.value,
        detail: `${quote(urls?.show(baseUrl.value))}${unwritten(baseUrl.written)} ${urlProblem}`,
        fix: 'use an allowed address',
      });
    }
    if (highest !== undefined && !(Number(temperature.value) <= highest)) {
      report({
        rule: 'llms.maxTemperature',
        field: temperature.field,
        value: temperature.value,
        detail: `temperature ${quote(temperature.value)}${unwritten(temperature.written)} is more than ${maxTemperature}`,
        fix: `set it to ${maxTemperature} or less`,
      });
    }
    if (maxTokens !== undefined && !(tokens.value !== undefined && tokens.value <= maxTokens)) {
      report({
        rule: 'llms.maxTokens',
        field: tokens.field,
        value: String(tokens.value ?? 'no limit'),
        detail: `answers of ${tokens.value === undefined ? 'any length' : `${tokens.value} tokens`} are more than ${maxTokens}`,
        fix: `set it to ${maxTokens} or less`,
      });
    }
  };
  return [
    {
      kinds: KINDS,
      rules: [
        ...(deny === undefined ? [] : ['llms.deny']),
        ...(allow === undefined ? [] : ['llms.allow']),
        ...(baseURLs === undefined ? [] : ['llms.baseURLs']),
        ...(maxTemperature === undefined ? [] : ['llms.maxTemperature']),
        ...(maxTokens === undefined ? [] : ['llms.maxTokens']),
      ],
      judge(scope, sink) {
        for (const llm of scope.fact(judgedLlms)) judgeLlm(llm, sink);
        return undefined;
      },
    },
  ];
}

function modelProblem(pattern: string): string | undefined {
  if (pattern === '*') return undefined;
  const general = globProblem(pattern);
  if (general !== undefined) return general;
  const slash = pattern.indexOf('/');
  if (slash < 0) return 'has no slash and can match nothing: write <provider>/<model>';
  const provider = compileGlob(pattern.slice(0, slash));
  if (PROVIDERS.some(provider.test)) return undefined;
  return `can match nothing: providers are ${PROVIDERS.join(', ')}`;
}
