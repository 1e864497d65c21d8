import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CliError } from '../exit.ts';

/** What has to be the same at the next start. */
export interface SavedState {
  /** Port of the API server: kubeconfigs in use elsewhere stay valid. */
  readonly apiPort?: number;
  /** Port of the simulated model: runs that are pinned to it go on. */
  readonly modelPort?: number;
  /** Whether `up` has registered its webhooks with the API server: they are gone when it has ended, the registration is not. */
  readonly webhooks?: boolean;
}

/** The folder that `up` and `devcluster` keep their state in, held by this process alone. */
export interface DataDir {
  readonly path: string;
  /** Where the API server keeps its objects. */
  readonly apiServer: string;
  readonly kubeconfig: string;
  readonly saved: SavedState;
  save(state: SavedState): void;
  release(): void;
}

/**
 * Creates the folder (mode 0700) where it is missing and takes its lock. The lock is the kernel's (SQLite's, on
 * `DIR/lock.db`), so that it ends with the process however that ends. Throws `CliError` when another process holds it.
 */
export function openDataDir(path: string): DataDir {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  } catch (error) {
    throw new CliError(`--data ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const holderFile = join(path, 'holder.json');
  const lock = takeLock(path, holderFile);
  writeFileSync(holderFile, JSON.stringify({ pid: process.pid }));
  const stateFile = join(path, 'state.json');
  let saved = readState(stateFile);
  return {
    path,
    apiServer: join(path, 'apiserver'),
    kubeconfig: join(path, 'kubeconfig'),
    get saved() {
      return saved;
    },
    save(state) {
      saved = { ...saved, ...state };
      writeFileSync(`${stateFile}.new`, `${JSON.stringify(saved)}\n`, { mode: 0o600 });
      renameSync(`${stateFile}.new`, stateFile);
    },
    release: () => lock.close(),
  };
}

function takeLock(path: string, holderFile: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(path, 'lock.db'));
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;');
    return database;
  } catch (error) {
    database?.close();
    const message = error instanceof Error ? error.message : String(error);
    if (!message.includes('locked')) throw new CliError(`--data ${path}: ${message}`, { cause: error });
    const pid = readPid(holderFile);
    throw new CliError(
      `${path} is in use by another kubechain${pid === undefined ? '' : ` (process ${pid})`}; ` +
        'stop that one, or give this one a folder of its own with --data',
      { cause: error },
    );
  }
}

function readPid(file: string): number | undefined {
  const holder = readJson(file);
  return typeof holder.pid === 'number' ? holder.pid : undefined;
}

function readState(file: string): SavedState {
  const state = readJson(file);
  const port = (value: unknown): number | undefined =>
    Number.isInteger(value) && Number(value) > 0 && Number(value) < 65536 ? Number(value) : undefined;
  return { apiPort: port(state.apiPort), modelPort: port(state.modelPort), webhooks: state.webhooks === true };
}

/** An object read from a file that may be missing or damaged: nothing in it is worth failing for. */
function readJson(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
