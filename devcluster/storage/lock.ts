/** One process per folder. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes the folder's lock; the result releases it. The operating system releases it too when the process dies, however it dies:
 * SQLite's exclusive lock is the one file lock that Node offers on every platform. Throws where another process has it.
 */
export function lockFolder(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new Error(
      `${folder} is in use by another API server; stop that one, or choose another folder (${(error as Error).message})`,
    );
  }
  return () => database.close();
}
