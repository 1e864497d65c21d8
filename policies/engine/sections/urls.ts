import type { Address } from '../address.ts';
import type { SectionContext } from '../policy.ts';
import { some } from '../text.ts';
import { compileUrlPattern, type UrlPattern } from '../urlpattern.ts';

/** A list of addresses. */
export interface Urls {
  /** Undefined where one matches; else what stands against it, with what is allowed. Takes what `parseUrl` gives. */
  problem(url: Address | { readonly problem: string }): string | undefined;
  /** The address as messages may show it: without what stands before the host, and without query. */
  show(text: string): string;
}

export function compileUrls(sources: readonly string[], field: string, context: SectionContext): Urls {
  const patterns: UrlPattern[] = [];
  for (const [i, source] of sources.entries()) {
    const pattern = compileUrlPattern(source);
    if ('problem' in pattern) context.problem(`${field}[${i}]`, `${JSON.stringify(source)} ${pattern.problem}`);
    else patterns.push(pattern);
  }
  return {
    problem(url) {
      if ('problem' in url) return `${url.problem}; allowed: ${some(sources)}`;
      for (const pattern of patterns) if (pattern.test(url)) return undefined;
      return `is not allowed; allowed: ${some(sources)}`;
    },
    show: showUrl,
  };
}

/** An address without user, password and query: those may be secret. */
export function showUrl(text: string): string {
  if (!URL.canParse(text)) return text.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1…@').replace(/[?#].*$/s, '');
  const url = new URL(text);
  const user = url.username === '' && url.password === '' ? '' : '…@';
  return `${url.protocol}//${user}${url.host}${url.pathname}`;
}
