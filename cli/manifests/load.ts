import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { readSources, type Unreadable } from './files.ts';
import { type Manifest, parseManifests } from './parse.ts';

export type { Manifest } from './parse.ts';

export interface Loaded {
  readonly manifests: readonly Manifest[];
  readonly unreadable: readonly Unreadable[];
}

/** The objects of all files under `paths`, and what could not be read. */
export async function loadManifests(paths: readonly string[], io: Io): Promise<Loaded> {
  const { sources, unreadable } = await readSources(paths, io);
  const parsed = sources.map(parseManifests);
  return {
    manifests: parsed.flatMap(({ manifests }) => manifests),
    unreadable: [...unreadable, ...parsed.flatMap((each) => each.unreadable)],
  };
}

/** The same for commands that cannot go on without one of them. Throws `CliError` that names file and place. */
export async function readManifests(paths: readonly string[], io: Io): Promise<readonly Manifest[]> {
  const { manifests, unreadable } = await loadManifests(paths, io);
  const [first] = unreadable;
  if (first === undefined) return manifests;
  throw new CliError(unreadable.map(describeUnreadable).join('\n'), { exitCode: EXIT.usage });
}

/** `teams/a.yaml:3:1: is no YAML: …`. */
export function describeUnreadable({ file, line, column, message }: Unreadable): string {
  return `${file}:${line}:${column}: ${message}`;
}
