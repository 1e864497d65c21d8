/** YAML bodies. The parser is loaded when the first one comes: most clients send JSON. */
import { createRequire } from 'node:module';
import { JsonSyntaxError, parseJson, parseJsonStrict } from './json.ts';

type YamlModule = typeof import('yaml');
let yaml: YamlModule | undefined;

function load(): YamlModule {
  yaml ??= createRequire(import.meta.url)('yaml') as YamlModule;
  return yaml;
}

/**
 * Parses one YAML (or JSON) document into JSON data; integers beyond 2^53 become bigint. `duplicates` are the strict decoder's
 * complaints about keys that stand twice. Throws an Error worded as Go's YAML library has it where that is known.
 */
export function parseYaml(text: string): { value: unknown; duplicates: string[] } {
  if (/^\s*[{[]/.test(text)) {
    try {
      const value = parseJson(text);
      if (!/"\s*:/.test(text)) return { value, duplicates: [] };
      const strict = parseJsonStrict(text);
      return { value, duplicates: strict.duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`) };
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
    }
  }
  const { parseDocument, LineCounter } = load();
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    merge: true,
    uniqueKeys: false,
    intAsBigInt: true,
    lineCounter: lines,
    logLevel: 'silent',
    customTags: (tags) => tags.filter((tag) => !(typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:timestamp')),
  });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line ?? 1;
    throw new Error(`yaml: line ${line}: ${goYamlMessage(problem.code, problem.message)}`);
  }
  const duplicates: string[] = [];
  const { visit, isScalar } = load();
  visit(document, {
    Map(_key, node) {
      const seen = new Set<unknown>();
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? pair.key.value : undefined;
        if (key === undefined || key === '<<') continue;
        if (seen.has(key)) {
          const range = isScalar(pair.key) ? pair.key.range : undefined;
          const line = range ? lines.linePos(range[0]).line : 0;
          duplicates.push(`line ${line}: key ${JSON.stringify(key)} already set in map`);
        }
        seen.add(key);
      }
    },
  });
  return { value: normalise(document.toJS({ maxAliasCount: 1000 })), duplicates };
}

function normalise(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(normalise);
  if (value instanceof Map) return normalise(Object.fromEntries([...value].map(([key, item]) => [String(key), item])));
  for (const key of Object.keys(value)) {
    const holder = value as { [key: string]: unknown };
    const item = normalise(holder[key]);
    if (item !== holder[key]) holder[key] = item;
  }
  return value;
}

/** What Go's YAML library says where ours says otherwise. */
function goYamlMessage(code: string, message: string): string {
  if (code === 'BAD_INDENT' && message.includes('Flow sequence')) return "did not find expected ',' or ']'";
  if (code === 'BAD_INDENT' && message.includes('Flow map')) return "did not find expected ',' or '}'";
  if (code === 'MISSING_CHAR' && message.includes('"')) return 'found unexpected end of stream';
  if (code === 'TAB_AS_INDENT') return 'found character that cannot start any token';
  return message.split('\n')[0]?.replace(/ at line .*/, '') ?? '';
}
