import type { ExternalApiSection } from '../../../api/index.ts';
import type { Report } from '../collector.ts';
import { at, textAt } from '../json.ts';
import type { Judge, SectionContext } from '../policy.ts';
import { quote, some } from '../text.ts';
import { parseUrl } from '../urlpattern.ts';
import { reportOn, subjectsOf } from './subjects.ts';
import { compileUrls } from './urls.ts';

const KINDS = new Set(['Tool', 'Agent', 'TaskRunToolCall']);
const DEFAULT_METHOD = 'GET';

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
        for (const subject of subjectsOf(scope, 'Tool')) {
          const report = (it: Report): void => reportOn(subject, it, sink);
          const api = at(subject.object, 'spec', 'execute', 'externalAPI');
          if (api === undefined) continue;
          const url = textAt(api, 'url') ?? '';
          const problem = urls?.problem(scope.memo(parseUrl, url));
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
          const method = textAt(api, 'method') ?? DEFAULT_METHOD;
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
