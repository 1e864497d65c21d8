/** YAML bodies. The parser is loaded when the first one comes: most clients send JSON. */
import { createRequire } from 'node:module';
import { JsonSyntaxError, parseJson, parseJsonStrict } from './json.ts';
import { goYamlMessage } from './yamlerrors.ts';

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
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no YAML may have
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) throw new Error('yaml: control characters are not allowed');
  const document = shallow(() =>
    parseDocument(text, {
      version: '1.1',
      merge: true,
      uniqueKeys: false,
      intAsBigInt: true,
      lineCounter: lines,
      logLevel: 'silent',
      // Neither times of a day nor dates are more than text.
      customTags: (tags) => [
        ...tags.filter(
          (tag) =>
            !(
              typeof tag === 'object' &&
              (tag.tag === 'tag:yaml.org,2002:timestamp' || ('format' in tag && tag.format === 'TIME'))
            ),
        ),
        octal,
      ],
    }),
  );
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { code, message, pos } = problem;
    throw new Error(`yaml: ${goYamlMessage({ code, message, at: pos[0] }, text)}`);
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
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    const { message } = error as Error;
    const code = /Unresolved alias/.test(message) ? 'BAD_ALIAS' : '';
    throw new Error(`yaml: ${goYamlMessage({ code, message, at: 0 }, text)}`);
  }
  return { value: normalise(value), duplicates };
}

/** Numbers with the prefix that YAML 1.2 has for base eight. */
const octal: import('yaml').ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  format: 'OCT',
  test: /^0o[0-7]+$/,
  resolve: (text) => Number(text),
};

/** What is made of a text; one that nests too deeply for our parser is refused as Go's refuses it. */
function shallow<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error('yaml: exceeded max depth of 10000');
  }
}

function normalise(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error(`json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (Array.isArray(value)) return value.map(normalise);
  if (value instanceof Map) return normalise(Object.fromEntries([...value].map(([key, item]) => [String(key), item])));
  for (const key of Object.keys(value)) {
    const holder = value as { [key: string]: unknown };
    const item = normalise(holder[key]);
    if (item !== holder[key]) holder[key] = item;
  }
  return value;
}
