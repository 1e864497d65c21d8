import type { Task, TaskLedger, TaskLedgerEntry, TaskRun } from '../../api/index.ts';
import { taskLedgers } from '../../api/index.ts';
import type { Clock, Informer, KubeClient, Logger } from '../../kube/index.ts';
import { controllerOf, isNotFound } from '../../kube/index.ts';
import { marksOf } from '../../policies/provenance/index.ts';
import type { FreshReader } from '../freshReader.ts';
import { keyIn, nameOf } from '../keys.ts';
import { DEFINITION_ANNOTATION, numberOf } from './decide.ts';
import type { LedgerBook } from './ledgerBook.ts';
import { createLedgerBook, LEDGER } from './ledgerBook.ts';

/** What Tasks have run, where it outlives them. */
export interface TaskLedgers {
  /** Undefined where nothing is known of a Task of this name. */
  entryOf(task: Task): TaskLedgerEntry | undefined;
  /** The same as the API server has it now: a ledger that was restored a moment before its Tasks may not be in the cache yet. */
  readEntryOf(task: Task): Promise<TaskLedgerEntry | undefined>;
  /** Writes down, in a moment, what a Task has run. */
  record(task: Task, entry: NewEntry): void;
  /** Whether it is written down that the Task has had this run, which must not begin before that. Where it is not, it is about to be. */
  confirm(task: Task, run: TaskRun): Confirmation;
  /** `listener` gets the key of each Task about which something was written, or could not be. */
  onSettled(listener: (taskKey: string) => void): void;
  /** Writes what is still to be written and ends. */
  close(): Promise<void>;
}

export type NewEntry = Omit<TaskLedgerEntry, 'time'>;

export interface Confirmation {
  readonly written: boolean;
  /** Why it could not be written the last time. */
  readonly problem?: string;
}

/** Whether something brings the Task back when it is deleted: Argo CD, Flux, Helm, or CI that stamps what it applies. */
export function isBroughtBack(task: Task): boolean {
  const { git, argo, flux } = marksOf({ ...task, kind: 'Task' });
  return git !== undefined || argo !== undefined || flux !== undefined;
}

/**
 * One object a namespace. An entry says that a run was created, so it is written after that, and no run begins before it is: however the
 * operator dies, a run that nothing tells of has done nothing yet, and where its Task is pruned with it and brought back, another may.
 */
export function createTaskLedgers(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly informer: Informer<TaskLedger>;
  readonly fresh: FreshReader;
  readonly exists: (taskKey: string) => boolean;
}): TaskLedgers {
  const { clock, informer, fresh } = options;
  /** By namespace. */
  const books = new Map<string, LedgerBook>();
  const listeners: ((taskKey: string) => void)[] = [];

  function bookOf(namespace: string): LedgerBook {
    const present = books.get(namespace);
    if (present !== undefined) return present;
    const settled = (names: readonly string[]) => {
      for (const name of names) for (const listener of listeners) listener(keyIn(namespace, name));
    };
    const book = createLedgerBook({ ...options, namespace, settled });
    books.set(namespace, book);
    return book;
  }

  const pendingOf = (task: Task) => books.get(task.metadata.namespace ?? '')?.pendingOf(nameOf(task));
  const writtenOf = (task: Task) => entryIn(informer.store.get(keyIn(task.metadata.namespace, LEDGER)), nameOf(task));

  function record(task: Task, entry: NewEntry): void {
    const before = pendingOf(task) ?? writtenOf(task);
    if (before?.definition === entry.definition && before.runs === entry.runs && before.uid === entry.uid) return;
    const time = new Date(clock.now()).toISOString();
    bookOf(task.metadata.namespace ?? '').add(nameOf(task), { ...entry, time });
  }

  return {
    entryOf: (task) => pendingOf(task) ?? writtenOf(task),
    async readEntryOf(task) {
      const { namespace = '' } = task.metadata;
      try {
        const ledger = await fresh.get(taskLedgers, { namespace, name: LEDGER });
        return pendingOf(task) ?? entryIn(ledger, nameOf(task));
      } catch (error) {
        if (!isNotFound(error)) throw error;
        return pendingOf(task);
      }
    },
    record,
    confirm(task, run) {
      const entry = entryOfRun(task, run);
      const tells = (written: TaskLedgerEntry | undefined) =>
        entry === undefined || (written?.uid === entry.uid && written.runs >= entry.runs);
      if (entry === undefined || tells(writtenOf(task))) return { written: true };
      if (!tells(pendingOf(task))) record(task, entry);
      const problem = books.get(task.metadata.namespace ?? '')?.problem();
      return { written: false, ...(problem === undefined ? {} : { problem }) };
    },
    onSettled(listener) {
      listeners.push(listener);
    },
    async close() {
      await Promise.all([...books.values()].map((book) => book.close()));
    },
  };
}

/** What is to be written down before a run of the Task's own begins; undefined where nothing brings the Task back, or a person made the run. */
function entryOfRun(task: Task, run: TaskRun): NewEntry | undefined {
  const { uid = '' } = task.metadata;
  const definition = run.metadata.annotations?.[DEFINITION_ANNOTATION];
  const runs = numberOf(run);
  if (definition === undefined || runs === 0 || controllerOf(run)?.uid !== uid || !isBroughtBack(task))
    return undefined;
  return { definition, uid, runs };
}

// A Task may be called `constructor`.
function entryIn(ledger: TaskLedger | undefined, name: string): TaskLedgerEntry | undefined {
  const entries = ledger?.spec.entries ?? {};
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}
