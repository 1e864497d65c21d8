import { showValue } from './show-value.ts';

/** A URL in which `{name}` stands for an argument. */
export interface UrlTemplate {
  /** Scheme, host and port: fixed, whatever the arguments. */
  readonly origin: string;
  /** Names of the placeholders; those of the path are required. */
  readonly names: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
  /**
   * The URL for these arguments, and the arguments it did not take. Every value is percent-encoded, so that none can leave its
   * place. A missing argument of the path is an error; a parameter of the query whose argument is missing is left out.
   */
  expand(args: Readonly<Record<string, unknown>>): ExpandedUrl | { readonly error: string };
}

export interface ExpandedUrl {
  readonly url: URL;
  readonly rest: Readonly<Record<string, unknown>>;
}

const PLACEHOLDER = /\{([A-Za-z_][\w.-]*)\}/g;

/** Parses a template; what is wrong with it names the rule and the fix. Scheme http or https; placeholders in path and query only. */
export function parseUrlTemplate(template: string): UrlTemplate | { readonly error: string } {
  const parts = /^(https?:\/\/[^/?#\\]+)([^?#]*)(?:\?([^#]*))?(#.*)?$/i.exec(template);
  const base = parts?.[1];
  if (parts === null || base === undefined) {
    return wrong(template, 'must be http:// or https://, a host and a path');
  }
  if (/[{}]/.test(base)) return wrong(template, 'has a placeholder in its host: only path and query may have them');
  if (base.includes('@')) return wrong(template, 'holds a user or password: use credentials instead');
  if (parts[4] !== undefined) return wrong(template, 'has a fragment (#…), which is never sent');
  const path = parts[2] || '/';
  const query = parts[3] ?? '';
  const leftover = `${path}?${query}`.replaceAll(PLACEHOLDER, '');
  if (/[{}]/.test(leftover)) {
    return wrong(template, 'has a brace that is no placeholder: {name}, of letters, digits, _, - and .');
  }
  if (/[\s\\]/.test(leftover)) return wrong(template, 'holds white space or a backslash: encode it');
  if (!URL.canParse(base)) return wrong(template, 'has a host or port that is none');
  const { origin } = new URL(base);
  const required = namesIn(path);
  const names = new Set([...required, ...namesIn(query)]);
  const pairs = query === '' ? [] : query.split('&');

  return {
    origin,
    names,
    required,
    expand(args) {
      const filledPath = fill(path, args, true);
      if (typeof filledPath !== 'string') return filledPath;
      const filledPairs: string[] = [];
      for (const pair of pairs) {
        const wanted = namesIn(pair);
        if (wanted.size > 0 && [...wanted].every((name) => isAbsent(args, name))) continue;
        const filled = fill(pair, args, false);
        if (typeof filled !== 'string') return filled;
        filledPairs.push(filled);
      }
      const search = filledPairs.length === 0 ? '' : `?${filledPairs.join('&')}`;
      const url = new URL(`${origin}${filledPath}${search}`);
      // Nothing above can get here; a URL that leads elsewhere must not be called whatever the reason.
      if (url.origin !== origin) return { error: `Invalid arguments: the URL would leave ${origin}` };
      const rest = Object.fromEntries(Object.entries(args).filter(([name]) => !names.has(name)));
      return { url, rest };
    },
  };
}

function namesIn(text: string): Set<string> {
  return new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''));
}

function fill(
  text: string,
  args: Readonly<Record<string, unknown>>,
  inPath: boolean,
): string | { readonly error: string } {
  let error: string | undefined;
  const filled = text.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = isAbsent(args, name) ? undefined : args[name];
    const problem = unfit(name, value, inPath);
    error ??= problem;
    return problem === undefined ? encodeURIComponent(String(value).toWellFormed()) : '';
  });
  if (error !== undefined) return { error };
  if (!inPath) return filled;
  // URL parsers resolve `..`, in any encoding of its dots: an argument must not climb out of its folder.
  const original = text.split('/').map((segment) => segment.toLowerCase());
  const climbs = filled.split('/').some((segment, index) => isDots(segment) && !isDots(original[index] ?? ''));
  return climbs ? { error: 'Invalid arguments: a value in the path of the URL must not be "." or ".."' } : filled;
}

function unfit(name: string, value: unknown, inPath: boolean): string | undefined {
  if (value === undefined) return `Invalid arguments: ${name} is required, since it is part of the URL`;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return `Invalid arguments: ${name} is part of the URL and must be a string, a number or a boolean, not ${showValue(value)}`;
  }
  if (!inPath) return undefined;
  // An empty segment would turn "delete this one" into "delete all".
  if (value === '') return `Invalid arguments: ${name} must not be empty, since it is part of the URL's path`;
  // Servers exist that decode %2F before they look at the path.
  if (String(value).split(/[/\\]/).some(isDots)) {
    return `Invalid arguments: ${name} must not hold "." or ".." as a part of a path, but is ${showValue(value)}`;
  }
  return undefined;
}

function isAbsent(args: Readonly<Record<string, unknown>>, name: string): boolean {
  return !Object.hasOwn(args, name) || args[name] === undefined || args[name] === null;
}

function isDots(segment: string): boolean {
  return /^(\.|%2e){1,2}$/i.test(segment);
}

function wrong(template: string, rule: string): { readonly error: string } {
  return { error: `url ${showValue(template, 200)} ${rule}` };
}
