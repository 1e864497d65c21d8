import type { TaskLedger, TaskLedgerEntry } from '../../api/index.ts';
import { API_VERSION, taskLedgers } from '../../api/index.ts';
import type { Clock, Informer, KubeClient, Logger, Timer } from '../../kube/index.ts';
import { createBackoff, isAlreadyExists, isNotFound, messageOf } from '../../kube/index.ts';
import { keyIn } from '../keys.ts';

/** Its name, in each namespace. */
export const LEDGER = 'tasks';
/** From one write to the next at least, in milliseconds: the first goes at once, and many runs together cost few. */
const PAUSE_MS = 100;
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;
const WRITE_TIMEOUT_MS = 2_000;
/** Beyond this many, the oldest entries of Tasks that are gone are forgotten. */
const MOST_ENTRIES = 1_000;
/** Beyond this many, so are those of Tasks that are there: the CRD takes 2,000. */
const MOST_EVER = 1_900;
/** Of one write, so that no entry is forgotten by the write that brings it. */
const MOST_AT_ONCE = 500;

/** What is still to be written into the ledger of one namespace. */
export interface LedgerBook {
  pendingOf(name: string): TaskLedgerEntry | undefined;
  add(name: string, entry: TaskLedgerEntry): void;
  /** Why the last write failed; undefined where it did not. */
  problem(): string | undefined;
  /** Writes what is left, once, and ends. */
  close(): Promise<void>;
}

export interface LedgerBookOptions {
  readonly namespace: string;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly informer: Informer<TaskLedger>;
  readonly exists: (taskKey: string) => boolean;
  /** Called after a write with the names of the Tasks that it was about, whether it succeeded or failed. */
  readonly settled: (names: readonly string[]) => void;
}

/** One object: writes of it come one after the other, and each takes along all that has come by then. */
export function createLedgerBook(options: LedgerBookOptions): LedgerBook {
  const { namespace, client, clock, logger, informer } = options;
  const pending = new Map<string, TaskLedgerEntry>();
  const retry = createBackoff({ baseMs: FIRST_RETRY_MS, maxMs: LONGEST_RETRY_MS });
  let timer: Timer | undefined;
  let writing: Promise<void> | undefined;
  let notBefore = -Infinity;
  let problem: string | undefined;
  let closed = false;

  function schedule(): void {
    if (closed || pending.size === 0 || timer !== undefined || writing !== undefined) return;
    const wait = notBefore - clock.monotonic();
    if (wait <= 0) {
      start();
      return;
    }
    timer = clock.after(wait, () => {
      timer = undefined;
      start();
    });
  }

  function start(): void {
    notBefore = clock.monotonic() + PAUSE_MS;
    writing = writePending().finally(() => {
      writing = undefined;
      schedule();
    });
  }

  async function writePending(): Promise<void> {
    const sent = [...pending].slice(0, MOST_AT_ONCE);
    try {
      informer.observe(await write(Object.fromEntries(sent)));
      for (const [name, entry] of sent) if (pending.get(name) === entry) pending.delete(name);
      problem = undefined;
      retry.reset();
    } catch (error) {
      // A namespace that is gone took its Tasks with it, and nobody brings them back.
      if (isNotFound(error)) pending.clear();
      problem = messageOf(error);
      notBefore = clock.monotonic() + retry.next();
      logger.warn({ namespace, error: problem }, 'tasks: what has run could not be written down');
    }
    options.settled(sent.map(([name]) => name));
  }

  async function write(entries: Record<string, TaskLedgerEntry>): Promise<TaskLedger> {
    const limit = { timeoutMs: WRITE_TIMEOUT_MS };
    const present = informer.store.get(keyIn(namespace, LEDGER))?.spec.entries ?? {};
    const isThere = (name: string) => options.exists(keyIn(namespace, name));
    const forgotten = Object.fromEntries(surplusEntries(present, entries, isThere).map((name) => [name, null]));
    const patch = { type: 'merge' as const, body: { spec: { entries: { ...forgotten, ...entries } } } };
    const key = { namespace, name: LEDGER };
    if (informer.store.get(keyIn(namespace, LEDGER)) !== undefined) {
      try {
        return await client.patch(taskLedgers, key, patch, limit);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    const ledger = { apiVersion: API_VERSION, kind: 'TaskLedger', metadata: key, spec: { entries } };
    try {
      return await client.create(taskLedgers, ledger, limit);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return await client.patch(taskLedgers, key, patch, limit);
    }
  }

  return {
    pendingOf: (name) => pending.get(name),
    problem: () => problem,
    add(name, entry) {
      pending.set(name, entry);
      schedule();
    },
    async close() {
      closed = true;
      timer?.cancel();
      timer = undefined;
      await writing;
      if (pending.size > 0) await writePending();
    },
  };
}

type Entries = Readonly<Record<string, TaskLedgerEntry>>;

/** Names of entries that are to go when `added` come: the oldest, and those of Tasks that are there last, for they are needed when the Task goes. */
export function surplusEntries(present: Entries, added: Entries, isThere: (name: string) => boolean): string[] {
  const kept = Object.entries(present)
    .filter(([name]) => !Object.hasOwn(added, name))
    .sort(([, a], [, b]) => a.time.localeCompare(b.time))
    .map(([name]) => name);
  const size = kept.length + Object.keys(added).length;
  const gone = kept.filter((name) => !isThere(name)).slice(0, Math.max(0, size - MOST_ENTRIES));
  const there = kept.filter(isThere).slice(0, Math.max(0, size - gone.length - MOST_EVER));
  return [...gone, ...there];
}
