/** Endings that look like a domain's and are a file's. */
const FILE_ENDING =
  /\.(?:md|txt|json|ya?ml|[jt]sx?|mjs|py|go|rs|sh|csv|html?|pdf|png|jpe?g|xml|log|toml|lock|ini|cfg|sql)$/i;

/** The web addresses in a text: with a scheme, or bare ones such as `planetscale.com`; `as` is how the text writes them. */
export function findUrls(text: string): { url: string; as: string }[] {
  const found: { url: string; as: string }[] = [];
  for (const word of text.split(/[\s"'`<>()[\]{}]+/)) {
    const as = word.slice(0, 2000).replace(/[.,;:!?]{1,10}$/, '');
    if (/^https?:\/\/./i.test(as)) {
      if (URL.canParse(as)) found.push({ url: as, as });
      continue;
    }
    const host = as.split('/', 1)[0] ?? '';
    if (/^(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}$/i.test(host) && !FILE_ENDING.test(host)) {
      found.push({ url: `https://${as}`, as });
    }
  }
  return found;
}

/** Texts in quotation marks. */
export function findQuoted(text: string): string[] {
  const found: string[] = [];
  for (const [, double, curly, tick, single] of text.matchAll(
    /"([^"]{1,2000})"|“([^”]{1,2000})”|`([^`]{1,2000})`|(?<=^|[\s:(])'([^']{1,2000})'(?=$|[\s,.;:!?)])/g,
  )) {
    found.push(double ?? curly ?? tick ?? single ?? '');
  }
  return found;
}

/** Words that look like a file's path. */
export function findPaths(text: string): string[] {
  return text
    .split(/[\s"'`<>()[\]{}]+/)
    .map((word) => word.replace(/[.,;:!?]{1,10}$/, ''))
    .filter((word) => /^[~.]?\/.|^\w[\w.-]*\/[\w./-]+$/.test(word) || FILE_ENDING.test(word));
}

/** The words of a name: `listFiles`, `list_files` and `list-files` are `list` and `files`. */
export function nameWords(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** The words of a text, in order, without what people put between them. */
export function textWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_-]+/gu) ?? [];
}

/** Whether two words are one but for a plural or an ending: `invoice`/`invoices`, `add`/`adding`. */
export function sameWord(a: string, b: string): boolean {
  return a === b || stem(a) === stem(b);
}

function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ed|es|s|e)$/, '') : word.replace(/s$/, '');
}
