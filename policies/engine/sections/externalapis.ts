import type { ExternalApiSection } from '../../../api/index.ts';
import type { Address } from '../address.ts';
import { parseUrl } from '../address.ts';
import { at, textAt } from '../json.ts';
import type { Judge, SectionContext } from '../policy.ts';
import type { Scope } from '../scope.ts';
import type { Report } from '../sink.ts';
import { quote, some } from '../text.ts';
import { reportOn, type Subject, subjectsOf } from './subjects.ts';
import { compileUrls } from './urls.ts';

const KINDS = new Set(['Tool', 'Agent', 'TaskRunToolCall']);
const DEFAULT_METHOD = 'GET';

interface JudgedApi {
  readonly subject: Subject;
  readonly url: string;
  readonly address: Address | { readonly problem: string };
  readonly method: string;
}

function judgedApis(scope: Scope): JudgedApi[] {
  return subjectsOf(scope, 'Tool').flatMap((subject) => {
    const api = at(subject.object, 'spec', 'execute', 'externalAPI');
    if (api === undefined) return [];
    const url = textAt(api, 'url') ?? '';
    return [{ subject, url, address: parseUrl(url), method: textAt(api, 'method') ?? DEFAULT_METHOD }];
  });
}

/** `externalAPIs`: Tools that make HTTP calls, those of an Agent, and the one that executes a call. */
export function compileExternalApis(section: ExternalApiSection | undefined, context: SectionContext): Judge[] {
  if (section === undefined) return [];
  const { methods } = section;
  const urls = section.urls === undefined ? undefined : compileUrls(section.urls, 'externalAPIs.urls', context);
  return [
    {
      kinds: KINDS,
      rules: [
        ...(urls === undefined ? [] : ['externalAPIs.urls']),
        ...(methods === undefined ? [] : ['externalAPIs.methods']),
      ],
      judge(scope, sink) {
        for (const { subject, url, address, method } of scope.fact(judgedApis)) {
          const report = (it: Report): void => reportOn(subject, it, sink);
          const problem = urls?.problem(address);
          if (problem !== undefined) {
            const shown = urls?.show(url) ?? '';
            report({
              rule: 'externalAPIs.urls',
              field: 'spec.execute.externalAPI.url',
              value: shown,
              detail: `${quote(shown)} ${problem}`,
              fix: 'use an allowed address',
            });
          }
          if (methods !== undefined && !(methods as readonly string[]).includes(method)) {
            report({
              rule: 'externalAPIs.methods',
              field: 'spec.execute.externalAPI.method',
              value: method,
              detail: `method ${quote(method)} is not allowed; allowed: ${some(methods)}`,
              fix: 'use an allowed method',
            });
          }
        }
      },
    },
  ];
}
