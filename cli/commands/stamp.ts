import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { GROUP } from '../../api/index.ts';
import { readSigningKey } from '../../policies/provenance/index.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { filesNamed } from '../manifests/files.ts';
import type { Origin, Repository } from '../stamp/git.ts';
import { openRepository } from '../stamp/git.ts';
import type { StampedOrigin, StampOptions } from '../stamp/stamp.ts';
import { sameDefinitions, stampText } from '../stamp/stamp.ts';
import type { EditableObject } from '../yaml/edit.ts';

export interface StampCommandOptions {
  readonly sign?: string;
  readonly check?: boolean;
  readonly repo?: string;
  /** The folder that `kustomize build` was given, for standard input. */
  readonly root?: string;
  readonly namespace?: string;
}

/** Where kustomize says that a resource comes from, with `buildMetadata: [originAnnotations, transformerAnnotations]`. */
const ORIGIN = 'config.kubernetes.io/origin';
const TRANSFORMATIONS = 'alpha.config.kubernetes.io/transformations';

/** `kubechain stamp PATH…`: writes into each object the last commit that changed its file. */
export async function stamp(paths: readonly string[], options: StampCommandOptions, io: Io): Promise<number> {
  const { sign, check = false, namespace } = options;
  const stampOptions: StampOptions = {
    ...(sign === undefined ? {} : { sign: signingKey(sign, io.cwd) }),
    ...(namespace === undefined ? {} : { namespace }),
  };
  const git = createOrigins(options);
  if (paths.includes('-')) {
    if (paths.length > 1) throw new CliError('- is standard input, and goes alone', { exitCode: EXIT.usage });
    return filter(await io.readInput(), resolve(io.cwd, options.root ?? '.'), git, stampOptions, check, io);
  }
  let late = 0;
  for (const file of paths.flatMap((path) => filesNamed(path, io.cwd))) {
    const name = relative(io.cwd, file) || file;
    const text = readFileSync(file, 'utf8');
    if (!text.includes(`${GROUP}/`)) continue;
    let origin: Promise<StampedOrigin> | undefined;
    const result = await editing(name, () =>
      stampText(
        text,
        () => {
          origin ??= git.ofFile(file, text);
          return origin;
        },
        stampOptions,
      ),
    );
    if (result.text === text) continue;
    late += 1;
    const { revision } = (await origin) ?? { revision: '' };
    if (!check) writeFileSync(file, result.text);
    const what = `${result.stamped} ${result.stamped === 1 ? 'object' : 'objects'}`;
    io.err.write(`${name}: ${what} ${check ? 'to be stamped' : 'stamped'} with ${revision.slice(0, 12)}\n`);
  }
  if (!check || late === 0) return EXIT.ok;
  io.err.write(
    `kubechain: ${late} ${late === 1 ? 'file has' : 'files have'} no stamp, or an old one; run: ${io.programName} stamp\n`,
  );
  return EXIT.failed;
}

/** Standard input to standard output: each object by the origin that kustomize wrote on it. */
async function filter(
  text: string,
  root: string,
  git: Origins,
  options: StampOptions,
  check: boolean,
  io: Io,
): Promise<number> {
  const unknown: string[] = [];
  const result = await editing('-', () =>
    stampText(
      text,
      async (object) => {
        const files = originFiles(object);
        if (files.length === 0) {
          const { name } = (object.value.metadata ?? {}) as { name?: unknown };
          unknown.push(`${String(object.value.kind)} ${String(name)}`);
          return undefined;
        }
        const all = await Promise.all(files.map((file) => git.ofFile(resolve(root, file))));
        const newest = all.reduce((last, each) => (each.time > last.time ? each : last));
        return { ...newest, path: all[0]?.path ?? newest.path };
      },
      options,
    ),
  );
  if (!check) io.out.write(result.text);
  if (unknown.length > 0) {
    throw new CliError(
      `nothing says which file these come from: ${unknown.join(', ')}; put buildMetadata: [originAnnotations] into the kustomization`,
    );
  }
  return check && result.text !== text ? EXIT.failed : EXIT.ok;
}

/** The file that a resource was read from first, then those that transformed it. Files of other repositories are left out. */
function originFiles({ value }: EditableObject): string[] {
  const { annotations } = (value.metadata ?? {}) as { annotations?: Record<string, unknown> };
  const read = (name: string): unknown => {
    const text = annotations?.[name];
    if (typeof text !== 'string') return undefined;
    try {
      return parse(text, { maxAliasCount: 0 });
    } catch {
      return undefined;
    }
  };
  const pathOf = (entry: unknown): string[] => {
    const { path, configuredIn, repo } = (entry ?? {}) as { path?: unknown; configuredIn?: unknown; repo?: unknown };
    const file = path ?? configuredIn;
    return typeof file === 'string' && repo === undefined ? [file] : [];
  };
  const own = pathOf(read(ORIGIN));
  const others = read(TRANSFORMATIONS);
  return own.length === 0 ? [] : [...new Set([...own, ...(Array.isArray(others) ? others.flatMap(pathOf) : [])])];
}

interface Origins {
  ofFile(file: string, text?: string): Promise<StampedOrigin & { readonly time: number }>;
}

function createOrigins(options: StampCommandOptions): Origins {
  const repositories = new Map<string, Promise<Repository>>();
  const known = new Map<string, Promise<StampedOrigin & { time: number }>>();

  async function look(file: string, given: string | undefined): Promise<StampedOrigin & { time: number }> {
    const folder = dirname(file);
    const opened = repositories.get(folder) ?? openRepository(folder);
    repositories.set(folder, opened);
    const repository = await opened;
    const { path, commit }: Origin = await repository.originOf(
      file,
      given ?? readFileSync(file, 'utf8'),
      sameDefinitions,
    );
    const repo = options.repo ?? (await repository.remote());
    if (repo === undefined)
      throw new CliError('the repository has no remote that could be named: give --repo', { exitCode: EXIT.usage });
    return { repo, path, revision: commit.hash, author: commit.author, time: commit.time };
  }

  return {
    ofFile(file, text) {
      const present = known.get(file) ?? look(file, text);
      known.set(file, present);
      return present;
    },
  };
}

async function editing<R>(name: string, task: () => Promise<R>): Promise<R> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) {
      throw new CliError(`${name}: ${error.message}`, { exitCode: EXIT.usage, cause: error });
    }
    throw error;
  }
}

function signingKey(file: string, cwd: string) {
  try {
    return readSigningKey(readFileSync(resolve(cwd, file), 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`--sign ${file}: ${why}`, { exitCode: EXIT.usage, cause: error });
  }
}
