import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Document } from 'yaml';
import { isCollection, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';

/** An object of a file, and where its parts stand. */
export interface Manifest {
  readonly object: Record<string, unknown> & { kind: string; apiVersion: string; metadata: Record<string, unknown> };
  /** Relative to where the command was started; `-` for standard input. */
  readonly file: string;
  /** Line and column, from 1, of the value at a path such as `spec.tools[2].name`; of the nearest parent where it is absent. */
  position(path: string): { line: number; column: number };
}

const YAML_FILE = /\.(ya?ml|json)$/;
const MAX_BYTES = 16 * 1024 * 1024;
/** More aliases than this nobody writes by hand: a file that unfolds without end is refused. */
const MAX_ALIASES = 200;

/**
 * The objects of all files under `paths`: YAML and JSON, several documents in a file, Lists. `-` is standard input. Objects that are
 * no Kubernetes objects are passed over where a folder was named, and an error where the file was.
 */
export async function readManifests(paths: readonly string[], io: Io): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const path of paths) {
    if (path === '-') {
      manifests.push(...parseManifests(await io.readInput(), '-'));
      continue;
    }
    for (const file of filesUnder(resolve(io.cwd, path), path)) {
      const name = relative(io.cwd, file) || file;
      if (statSync(file).size > MAX_BYTES) throw unreadable(name, `it is larger than ${MAX_BYTES} bytes`);
      manifests.push(...parseManifests(readFileSync(file, 'utf8'), name));
    }
  }
  return manifests;
}

/** The YAML and JSON files of a folder, or the file itself. Throws `CliError` where there is none. */
export function filesUnder(path: string, named: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw unreadable(named, 'it does not exist');
  if (stat.isFile()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => {
      const child = join(path, name);
      const kind = lstatSync(child);
      if (kind.isDirectory()) return name === 'node_modules' || name.startsWith('.') ? [] : filesUnder(child, child);
      return kind.isFile() && YAML_FILE.test(name) ? [child] : [];
    });
}

/** The objects of one text. Throws `CliError` where it is no YAML. */
export function parseManifests(text: string, file: string): Manifest[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
  return [...documents].flatMap((document) => {
    const fault = document.errors[0];
    if (fault !== undefined) {
      const { line, col } = lines.linePos(fault.pos[0]);
      throw unreadable(`${file}:${line}:${col}`, fault.message.split('\n', 1)[0] ?? '');
    }
    return objectsOf(document, file, lines);
  });
}

function objectsOf(document: Document, file: string, lines: LineCounter): Manifest[] {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  if (!isObject(value)) return [];
  const items = value.items;
  if (typeof value.kind === 'string' && value.kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item, index) =>
      isObject(item) ? [manifest(item, file, (path) => positionOf(document, lines, `items[${index}].${path}`))] : [],
    );
  }
  return [manifest(value, file, (path) => positionOf(document, lines, path))];
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

function positionOf(document: Document, lines: LineCounter, path: string): { line: number; column: number } {
  let node: unknown = document.contents;
  let offset = isCollection(node) ? (node.range?.[0] ?? 0) : 0;
  for (const segment of segmentsOf(path)) {
    const next: unknown = isMap(node)
      ? node.items.find(({ key }) => (isScalar(key) ? String(key.value) : '') === segment)
      : isSeq(node)
        ? { value: node.items[Number(segment)] }
        : undefined;
    const value: unknown = isObject(next) ? next.value : undefined;
    if (value === undefined || value === null) break;
    node = value;
    offset = (value as { range?: readonly number[] }).range?.[0] ?? offset;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** `spec.tools[2].name` → spec, tools, 2, name. */
function segmentsOf(path: string): string[] {
  return path.split(/[.[\]]+/).filter((segment) => segment !== '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function unreadable(what: string, why: string): CliError {
  return new CliError(`${what}: ${why}`, { exitCode: EXIT.usage });
}
