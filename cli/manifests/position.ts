import type { Document, LineCounter, Pair } from 'yaml';
import { isAlias, isCollection, isMap, isScalar, isSeq } from 'yaml';

/** Line and column, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where values of a document stand: of the value at a path, else of the key of its nearest parent that is there. `base` is where the
 * object begins, within a List.
 */
export function createLocator(document: Document, lines: LineCounter) {
  return (path: string, base: readonly string[]): Position => {
    const found = follow(document, [...base, ...segmentsOf(path)]);
    const offset = found.complete ? found.offset : found.parent;
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
}

interface Followed {
  readonly complete: boolean;
  /** Of the value that was reached. */
  readonly offset: number;
  /** Of the key of it, where it has one. */
  readonly parent: number;
}

function follow(document: Document, segments: readonly string[]): Followed {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  let parent = offset;
  for (const segment of segments) {
    const pair = childOf(document, node, segment);
    if (pair === undefined) return { complete: false, offset, parent };
    const { key, value } = pair;
    const at = startOf(value);
    offset = at ?? startOf(key) ?? offset;
    parent = startOf(key) ?? offset;
    node = value;
  }
  return { complete: true, offset, parent };
}

function childOf(document: Document, node: unknown, segment: string): { key: unknown; value: unknown } | undefined {
  const here = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(here)) {
    const item: unknown = /^\d+$/.test(segment) ? here.items[Number(segment)] : undefined;
    return item === undefined ? undefined : { key: undefined, value: item };
  }
  if (!isMap(here)) return undefined;
  const named = here.items.find(({ key }) => isScalar(key) && String(key.value) === segment);
  if (named !== undefined) return named;
  for (const merge of here.items.filter(isMerge)) {
    const sources: readonly unknown[] = isSeq(merge.value) ? merge.value.items : [merge.value];
    for (const source of sources) {
      const found = childOf(document, source, segment);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Whether a pair is `<<`, and brings the keys of other maps. */
export const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && (key.value === '<<' || typeof key.value === 'symbol');

function startOf(node: unknown): number | undefined {
  if (!isCollection(node) && !isScalar(node) && !isAlias(node)) return undefined;
  return node.range?.[0];
}

/** `spec.tools[2].name` → spec, tools, 2, name; `metadata.labels[app.kubernetes.io/name]` → metadata, labels, app.kubernetes.io/name. */
export function segmentsOf(path: string): string[] {
  if (path === '<nil>') return [];
  const segments: string[] = [];
  for (const [, bracketed, plain] of path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) {
    const segment = bracketed ?? plain ?? '';
    segments.push(/^".*"$/.test(segment) ? segment.slice(1, -1) : segment);
  }
  return segments;
}

/** RFC 6901: `/spec/tools/2/name`. */
export function pointerOf(path: string): string {
  return segmentsOf(path)
    .map((segment) => `/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
