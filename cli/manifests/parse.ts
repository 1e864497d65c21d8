import type { Document, ErrorCode, Node, Pair, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, visit } from 'yaml';
import type { Source, Unreadable } from './files.ts';
import { createLocator, isMerge, type Position, segmentsOf } from './position.ts';
import { nodeAt, parse, trapsIn } from './yaml.ts';

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
  /** How the value at a path is written where it is a plain word or number, without quotes. */
  plain?(path: string): string | undefined;
  /** What kubectl reads as something else than it looks like. */
  traps?(): readonly (Position & { readonly message: string })[];
}

/** More aliases than this nobody writes by hand: a file that unfolds without end is refused. */
const MAX_ALIASES = 200;
/** Steps from the root: a list takes one, a map two. */
const MAX_STEPS = 250;
const TOO_DEEP = 'is nested too deep to be read';
/** Characters that YAML does not take, unless they are written with a backslash. */
const CONTROL = /[^\P{Cc}\t\n\r\u0085]/u;
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
      if (error !== undefined) {
        const fix = FIXES[error.code];
        return fail(`is no YAML: ${firstLine(error.message)}${fix === undefined ? '' : `; fix: ${fix}`}`, error.pos[0]);
      }
      const shape = inspect(document);
      if (shape !== undefined) return fail(shape.message, shape.offset);
    }
    const control = text.search(CONTROL);
    if (control >= 0) return fail('is no YAML: it holds a control character', control);
    return { manifests: documents.flatMap((document) => objectsOf(document, file, lines)), unreadable: [] };
  } catch (error) {
    if (error instanceof RangeError) return fail(TOO_DEEP);
    if (error instanceof AliasFault) return fail(error.message, error.offset);
    return fail(`is no YAML: ${firstLine(error instanceof Error ? error.message : String(error))}`);
  }
}

/** What to do about the commonest mistakes, by the parser's codes. */
const FIXES: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BLOCK_AS_IMPLICIT_KEY: 'put a text with ": " in it in quotes',
  MISSING_CHAR: 'close what is open there',
};

/** What is wrong with the aliases of a document. */
class AliasFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

interface Fault {
  readonly message: string;
  readonly offset: number;
}

/** What makes a document unfit to be read: too much depth, and what kubectl refuses or reads otherwise than people do. */
function inspect(document: Document): Fault | undefined {
  let found: Fault | undefined;
  const stop = (fault: Fault | undefined): symbol | undefined => {
    found = fault;
    return fault === undefined ? undefined : visit.BREAK;
  };
  visit(document, {
    Node(_key, node, path) {
      if (path.length > MAX_STEPS) return stop({ message: TOO_DEEP, offset: 0 });
      if (!isScalar(node) || typeof node.value !== 'number' || Number.isFinite(node.value)) return undefined;
      return stop({ message: `has ${node.source}, which is no number of JSON`, offset: offsetOf(node) });
    },
    Map(_key, node, path) {
      if (path.length > MAX_STEPS) return stop({ message: TOO_DEEP, offset: offsetOf(node) });
      return stop(keyFault(document, node));
    },
  });
  return found;
}

const offsetOf = (node: unknown): number => (node as Partial<Node> | null)?.range?.[0] ?? 0;

/** What is wrong with the keys of a map. */
function keyFault(document: Document, { items }: YAMLMap): Fault | undefined {
  const seen = new Set<string>();
  for (const pair of items) {
    const { key } = pair;
    if (isMerge(pair)) {
      const lost = mergedKeys(document, pair).find((name) => seen.has(name));
      if (lost === undefined) continue;
      const message = `has << below ${JSON.stringify(lost)}, which kubectl takes from << then: put << first`;
      return { message, offset: offsetOf(key) };
    }
    if (!isScalar(key) || key.value === null) {
      return { message: 'has a key that is no text: put it in quotes', offset: offsetOf(key) };
    }
    const name = String(key.value);
    if (seen.has(name)) {
      return { message: `has the key ${JSON.stringify(name)} twice in one map: remove one`, offset: offsetOf(key) };
    }
    seen.add(name);
  }
  return undefined;
}

/** The keys of the maps that a merge key names. */
function mergedKeys(document: Document, { value }: Pair): string[] {
  const sources: readonly unknown[] = isSeq(value) ? value.items : [value];
  return sources.flatMap((source) => {
    const map = isAlias(source) ? source.resolve(document) : source;
    return isMap(map) ? map.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
  });
}

function objectsOf(document: Document, file: string, lines: LineCounter): Manifest[] {
  const alias = firstAlias(document);
  const value = alias === undefined ? document.toJS() : unfold(document, alias);
  if (!isObject(value)) return [];
  const locate = createLocator(document, lines);
  const place = (base: readonly string[]): Placed => ({
    position: (path) => locate(path, base),
    plain(path) {
      const node = nodeAt(document, [...base, ...segmentsOf(path)]);
      return isScalar(node) && node.type === 'PLAIN' ? node.source : undefined;
    },
    traps: () =>
      trapsIn(nodeAt(document, base)).map(({ offset, message }) => {
        const { line, col } = lines.linePos(offset);
        return { line, column: col, message };
      }),
  });
  const items = value.items;
  if (typeof value.kind === 'string' && value.kind.endsWith('List') && Array.isArray(items)) {
    const itemsKind = value.kind === 'List' ? undefined : value.kind.slice(0, -'List'.length);
    return items.flatMap((item, index) =>
      isObject(item)
        ? [manifest(withType(item, itemsKind, value.apiVersion), file, place(['items', String(index)]))]
        : [],
    );
  }
  return isKubernetes(value) ? [manifest(value, file, place([]))] : [];
}

type Placed = Required<Pick<Manifest, 'position' | 'plain' | 'traps'>>;

const isKubernetes = (value: Record<string, unknown>): boolean =>
  typeof value.kind === 'string' || typeof value.apiVersion === 'string';

/** Items of an `AgentList`, as the API gives them, do not say what they are. */
function withType(item: Record<string, unknown>, kind: string | undefined, apiVersion: unknown) {
  if (kind === undefined || item.kind !== undefined) return item;
  return { ...item, kind, apiVersion: item.apiVersion ?? apiVersion };
}

/** Where the first alias stands; undefined where there is none. Throws `AliasFault` for one of nothing. */
function firstAlias(document: Document): number | undefined {
  let found: number | undefined;
  // Their own search begins at the top for each alias.
  const anchors = new Set<string>();
  visit(document, {
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias(_key, node) {
      found ??= offsetOf(node);
      if (anchors.has(node.source)) return;
      throw new AliasFault(
        `has the alias *${node.source} and no anchor &${node.source} before it; fix: write the value out`,
        offsetOf(node),
      );
    },
  });
  return found;
}

/** The values of a document with aliases: of aliases of aliases, a few lines can stand for billions. */
function unfold(document: Document, offset: number): unknown {
  const tooFar = () =>
    new AliasFault('has aliases (*) that unfold to more than is read; fix: write the values out', offset);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // The library's word for too many of them.
    if (error instanceof ReferenceError) throw tooFar();
    throw error;
  }
  if (countsBeyond(value, MAX_VALUES)) throw tooFar();
  return value;
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

function manifest(value: Record<string, unknown>, file: string, placed: Placed): Manifest {
  const { kind, apiVersion, metadata } = value;
  return {
    object: {
      ...value,
      kind: typeof kind === 'string' ? kind : '',
      apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
      metadata: isObject(metadata) ? metadata : {},
    },
    file,
    ...placed,
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
