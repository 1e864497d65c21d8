import type { Document, Scalar } from 'yaml';
import { isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Source, Unreadable } from './files.ts';
import { createLocator, type Position } from './position.ts';

export type { Position } from './position.ts';

/** An object as it comes out of a file: of the fields that each has, those that are missing are empty. */
export type ManifestObject = Record<string, unknown> & {
  kind: string;
  apiVersion: string;
  metadata: Record<string, unknown>;
};

/** An object of a file, and where its parts stand. */
export interface Manifest {
  readonly object: ManifestObject;
  /** As in `Source`. */
  readonly file: string;
  /** It stands beside what is looked at: a policy that counts, say. */
  readonly beside?: true;
  /** Where the value at a path such as `spec.tools[2].name` stands; of its nearest parent where it is absent. */
  position(path: string): Position;
}

/** More aliases than this nobody writes by hand: a file that unfolds without end is refused. */
const MAX_ALIASES = 200;
/** Steps from the root: a list takes one, a map two. */
const MAX_STEPS = 250;
const TOO_DEEP = 'is nested too deep to be read';
/** What the values of a file may come to when its aliases are written out. */
const MAX_VALUES = 2_000_000;

/**
 * The objects of one text: YAML as kubectl reads it (YAML 1.1, merge keys included) or JSON, several documents, Lists. What is no
 * object of Kubernetes is passed over.
 */
export function parseManifests({ file, text }: Source): {
  readonly manifests: readonly Manifest[];
  readonly unreadable: readonly Unreadable[];
} {
  const lines = new LineCounter();
  const fail = (message: string, offset = 0): { manifests: []; unreadable: Unreadable[] } => {
    const { line, col } = lines.linePos(offset);
    return { manifests: [], unreadable: [{ file, line: Math.max(1, line), column: Math.max(1, col), message }] };
  };
  try {
    const documents = parse(text, lines);
    for (const document of documents) {
      const [error] = document.errors;
      if (error?.message.includes('call stack') === true) return fail(TOO_DEEP);
      if (error !== undefined) return fail(`is no YAML: ${firstLine(error.message)}`, error.pos[0]);
      const shape = inspect(document);
      if (shape !== undefined) return fail(shape.message, shape.offset);
    }
    return { manifests: documents.flatMap((document) => objectsOf(document, file, lines)), unreadable: [] };
  } catch (error) {
    if (error instanceof RangeError) return fail(TOO_DEEP);
    return fail(`is no YAML: ${firstLine(error instanceof Error ? error.message : String(error))}`);
  }
}

/** The text as YAML documents, the way kubectl reads it: `yes` is true, `<<` merges, dates stay text. */
export function parse(text: string, lines: LineCounter): Document.Parsed[] {
  return [
    ...parseAllDocuments(text, {
      version: '1.1',
      merge: true,
      // Their own check compares each key with each other: found below, in linear time.
      uniqueKeys: false,
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'silent',
      customTags: (tags) => tags.filter((tag) => typeof tag !== 'object' || !EXOTIC.has(tag.tag)),
    }),
  ];
}

/** Tags whose values have no place in JSON. */
const EXOTIC: ReadonlySet<string> = new Set(
  ['timestamp', 'binary', 'omap', 'pairs', 'set'].map((name) => `tag:yaml.org,2002:${name}`),
);

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** What makes a document unfit to be read: keys that stand twice, too much depth. */
function inspect(document: Document): { readonly message: string; readonly offset: number } | undefined {
  let found: { message: string; offset: number } | undefined;
  visit(document, {
    Node(_key, _node, path) {
      if (path.length <= MAX_STEPS) return undefined;
      found = { message: TOO_DEEP, offset: 0 };
      return visit.BREAK;
    },
    Map(_key, node, path) {
      if (path.length > MAX_STEPS) {
        found = { message: TOO_DEEP, offset: node.range?.[0] ?? 0 };
        return visit.BREAK;
      }
      const seen = new Set<string>();
      for (const { key } of node.items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        if (name === undefined || name === '<<') continue;
        if (seen.has(name)) {
          const offset = (key as Scalar).range?.[0] ?? 0;
          found = { message: `has the key ${JSON.stringify(name)} twice in one map: remove one`, offset };
          return visit.BREAK;
        }
        seen.add(name);
      }
      return undefined;
    },
  });
  return found;
}

function objectsOf(document: Document, file: string, lines: LineCounter): Manifest[] {
  const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
  if (!isObject(value)) return [];
  if (hasAliases(document) && countsBeyond(value, MAX_VALUES)) throw new Error('its aliases unfold to too much');
  const locate = createLocator(document, lines);
  const items = value.items;
  if (typeof value.kind === 'string' && value.kind.endsWith('List') && Array.isArray(items)) {
    const itemsKind = value.kind === 'List' ? undefined : value.kind.slice(0, -'List'.length);
    return items.flatMap((item, index) =>
      isObject(item)
        ? [
            manifest(withType(item, itemsKind, value.apiVersion), file, (path) =>
              locate(path, ['items', String(index)]),
            ),
          ]
        : [],
    );
  }
  return isKubernetes(value) ? [manifest(value, file, (path) => locate(path, []))] : [];
}

const isKubernetes = (value: Record<string, unknown>): boolean =>
  typeof value.kind === 'string' || typeof value.apiVersion === 'string';

/** Items of an `AgentList`, as the API gives them, do not say what they are. */
function withType(item: Record<string, unknown>, kind: string | undefined, apiVersion: unknown) {
  if (kind === undefined || item.kind !== undefined) return item;
  return { ...item, kind, apiVersion: item.apiVersion ?? apiVersion };
}

function hasAliases(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function countsBeyond(value: unknown, most: number): boolean {
  const open: unknown[] = [value];
  let count = 0;
  while (open.length > 0) {
    const here = open.pop();
    count += 1;
    if (count > most) return true;
    if (typeof here === 'object' && here !== null) for (const child of Object.values(here)) open.push(child);
  }
  return false;
}

function manifest(value: Record<string, unknown>, file: string, position: Manifest['position']): Manifest {
  const { kind, apiVersion, metadata } = value;
  return {
    object: {
      ...value,
      kind: typeof kind === 'string' ? kind : '',
      apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
      metadata: isObject(metadata) ? metadata : {},
    },
    file,
    position,
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
