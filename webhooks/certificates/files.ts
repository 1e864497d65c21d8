import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Logger } from '../../kube/index.ts';
import { sleep } from '../../kube/index.ts';
import type { KeyPair } from '../server/listener.ts';
import { checkPair } from './x509.ts';

export interface CertificateFilesOptions {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with each good pair that differs from the one before. */
  readonly onPair: (pair: KeyPair) => void;
  /** Called where what is there cannot be used. */
  readonly onRefused?: (why: string) => void;
  /** Milliseconds between two looks where the file system says nothing; 10,000 unless told, as controller-runtime does. */
  readonly pollMs?: number;
}

/**
 * Follows a mounted certificate until `signal` aborts. A pair that is half written, or does not fit together, is left for
 * later: the last good one goes on. The folders are watched, for kubelet replaces mounted Secrets by renaming a folder.
 */
export async function followCertificateFiles(options: CertificateFilesOptions, signal: AbortSignal): Promise<void> {
  const { certFile, keyFile, clock, logger } = options;
  let served = '';
  let refused = '';
  let wake = new AbortController();
  const poke = (): void => wake.abort();
  const watchers = watchFolders([certFile, keyFile], poke, logger);
  signal.addEventListener('abort', poke);
  try {
    while (!signal.aborted) {
      wake = new AbortController();
      const why = await readPair(certFile, keyFile)
        .then((pair) => {
          if (pair.cert + pair.key === served) return '';
          const { validTo } = checkPair(pair);
          options.onPair(pair);
          served = pair.cert + pair.key;
          logger.info({ certFile, validTo }, 'webhook: serving certificate loaded');
          return '';
        })
        .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      if (why !== '' && why !== refused) {
        options.onRefused?.(why);
        logger.warn(
          { certFile, keyFile, why },
          'webhook: the certificate on disk cannot be used; the last good one goes on',
        );
      }
      refused = why;
      // Files of a pair are written one after the other: soon again while they do not fit.
      const pollMs = options.pollMs ?? 10_000;
      await sleep(clock, why === '' ? pollMs : Math.min(1000, pollMs), wake.signal);
    }
  } finally {
    signal.removeEventListener('abort', poke);
    for (const watcher of watchers) watcher.close();
  }
}

/** Reads both files; rejects naming the one that cannot be read. */
export async function readPair(certFile: string, keyFile: string): Promise<KeyPair> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { cert, key };
}

function watchFolders(files: readonly string[], onChange: () => void, logger: Logger): FSWatcher[] {
  return [...new Set(files.map((file) => dirname(file)))].flatMap((folder) => {
    try {
      const watcher = watch(folder, { persistent: false }, onChange);
      watcher.on('error', () => undefined);
      return [watcher];
    } catch (error) {
      logger.debug({ folder, error: String(error) }, 'webhook: the folder cannot be watched; it is looked at instead');
      return [];
    }
  });
}
