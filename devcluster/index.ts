/** A Kubernetes API server for laptops and tests. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseServiceAddress } from './admission/webhook/resolve.ts';
import { type Credentials, createCredentials, loadCredentials } from './authn/credentials.ts';
import { kubeconfig as kubeconfigText } from './authn/kubeconfig.ts';
import { type Logger, silentLogger } from './logger.ts';
import type { AuditEvent } from './request/handler.ts';
import { type Restored, type RunningServer, startServer } from './server.ts';
import { openJournal } from './storage/journal.ts';
import { memoryJournal, type Store } from './storage/store.ts';

export type { Logger } from './logger.ts';
export type { AuditEvent } from './request/handler.ts';

/** Options of `startApiServer`. */
export interface ApiServerOptions {
  /** Folder that keeps the state. Absent: nothing outlives the process, as with `inMemory`. */
  readonly dataDir?: string;
  /** Keeps nothing on disk, `dataDir` or not. */
  readonly inMemory?: boolean;
  /** Port to listen on; 0 (default): any free one. */
  readonly port?: number;
  /** Address to listen on. Default 127.0.0.1: only this machine can connect. */
  readonly host?: string;
  /** Where to write the kubeconfig (mode 0600). Default: `kubeconfig` in `dataDir`; without a folder it is not written. */
  readonly kubeconfigPath?: string;
  /** A pino logger, or anything with its methods. Default: silence. */
  readonly logger?: Logger;
  /** `fsync` (default): no write is answered before it is on disk. `none`: left to the operating system, for tests. */
  readonly durability?: 'fsync' | 'none';
  /**
   * Where the Services that webhooks name are, as `NAME.NAMESPACE=HOST:PORT`. Services that are not named here are looked up in
   * the EndpointSlices of the cluster.
   */
  readonly resolve?: readonly string[];
  /** Told of every request, once it is known who asks and whether they may. */
  readonly audit?: (event: AuditEvent) => void;
}

/** A running API server. */
export interface ApiServer {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** YAML of a kubeconfig whose user may do anything. */
  readonly kubeconfig: string;
  /** Where the kubeconfig was written; undefined where it was not. */
  readonly kubeconfigPath: string | undefined;
  /** Certificate of the cluster's authority. */
  readonly caPem: string;
  /** Ends watches, finishes requests, stops listening, closes the folder. */
  close(): Promise<void>;
}

/**
 * Starts an API server; resolves when it serves. Throws where the port is taken, the folder is in use by another process, or is
 * damaged (the message says what to do).
 */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const host = options.host ?? '127.0.0.1';
  const logger = options.logger ?? silentLogger;
  const addresses = new Map((options.resolve ?? []).map(parseServiceAddress));
  const now = new Date();
  const folder = options.inMemory === true || options.dataDir === undefined ? undefined : resolve(options.dataDir);
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const sync = options.durability !== 'none';
  const loaded = folder === undefined ? undefined : await openJournal({ folder, sync, logger });
  const restored: Restored = loaded ?? { journal: memoryJournal, revision: 1, entries: [], replayed: [] };
  const journal = loaded?.journal;
  // Of what was loaded this function may know the journal alone: it lives as long as the server, and the texts are replaced in time.
  const onStore = (store: Store): void => journal?.attach(store);
  let server: RunningServer;
  let credentials: Credentials;
  try {
    credentials = folder === undefined ? createCredentials(host, now) : await loadCredentials(folder, host, now);
    server = await startServer({
      host,
      port: options.port ?? 0,
      credentials,
      restored,
      logger,
      resolve: addresses,
      audit: options.audit,
      onStore,
    });
  } catch (error) {
    await journal?.close();
    throw error;
  }
  const kubeconfig = kubeconfigText(server.url, credentials.caPem, credentials.admin);
  const kubeconfigPath = options.kubeconfigPath ?? (folder === undefined ? undefined : join(folder, 'kubeconfig'));
  if (kubeconfigPath !== undefined) {
    await mkdir(dirname(resolve(kubeconfigPath)), { recursive: true });
    await writeFile(kubeconfigPath, kubeconfig, { mode: 0o600 });
    await chmod(kubeconfigPath, 0o600);
  }
  return { url: server.url, kubeconfig, kubeconfigPath, caPem: credentials.caPem, close: () => server.close() };
}
