/**
 * State on disk: a snapshot and the log of what came after it. Appends are gathered into batches; a batch is one write and one
 * fdatasync, off the event loop, and the next begins when it is done. When the log outweighs the live objects, a new
 * snapshot is written beside the running server and the old files go.
 */
import { createWriteStream } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../logger.ts';
import type { Entry } from './entry.ts';
import { lockFolder } from './lock.ts';
import { changePayload, line, readRecords } from './records.ts';
import type { Journal, JournalChange } from './store.ts';

export interface FileJournalOptions {
  readonly folder: string;
  /** False leaves syncing to the operating system: faster, and a power cut may take the last writes. */
  readonly sync: boolean;
  readonly logger: Logger;
  /** A log smaller than this is never compacted. Default 256 KiB. */
  readonly minLogBytes?: number;
}

/** What was on disk. */
export interface Loaded {
  readonly journal: FileJournal;
  readonly revision: number;
  readonly entries: Entry[];
  readonly replayed: JournalChange[];
}

/** What compaction reads: the live objects at any moment. */
export interface LiveState {
  readonly revision: number;
  entries(): Iterable<Entry>;
  liveBytes(): number;
}

/** Opens a folder. Throws where another process has it, or where it is damaged, with what to do. */
export async function openJournal(options: FileJournalOptions): Promise<Loaded> {
  const unlock = lockFolder(options.folder);
  try {
    return await load(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

const snapshotName = (generation: number): string => `snapshot-${String(generation).padStart(8, '0')}`;
const logName = (generation: number): string => `log-${String(generation).padStart(8, '0')}`;

function generations(names: readonly string[], prefix: string): number[] {
  return names
    .filter((name) => name.startsWith(prefix) && /^\d{8}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}

async function load(options: FileJournalOptions, unlock: () => void): Promise<Loaded> {
  const { folder, logger } = options;
  const names = await readdir(folder);
  const base = generations(names, 'snapshot-').at(-1);
  const logs = generations(names, 'log-').filter((generation) => generation >= (base ?? 0));
  let revision = 1;
  const entries: Entry[] = [];
  if (base !== undefined) {
    const file = join(folder, snapshotName(base));
    let end: number | undefined;
    await readRecords(file, (record) => {
      end = record.kind === 'end' ? record.revision : undefined;
      if (record.kind !== 'change' || record.change.json === undefined) return;
      entries.push({ ...record.change, json: record.change.json });
    });
    if (end === undefined) throw damaged(file, 'it has no end');
    revision = end;
  }
  const replayed: JournalChange[] = [];
  let bytes = 0;
  for (const [index, generation] of logs.entries()) {
    const file = join(folder, logName(generation));
    const {
      bytes: size,
      intactBytes,
      damagedAt,
    } = await readRecords(file, (record) => {
      if (record.kind === 'change') replayed.push(record.change);
    });
    const last = index === logs.length - 1;
    if (damagedAt !== undefined || (!last && intactBytes < size)) {
      throw damaged(
        file,
        `the record at byte ${damagedAt ?? intactBytes} does not match its checksum, and more follows`,
      );
    }
    if (intactBytes < size) {
      logger.warn({ file, bytes: size - intactBytes }, 'dropped a write that had not been acknowledged');
      await truncate(file, intactBytes);
    }
    bytes += intactBytes;
  }
  const generation = logs.at(-1) ?? base ?? 0;
  const handle = await open(join(folder, logName(generation)), 'a', 0o600);
  await syncFolder(folder);
  const journal = new FileJournal(options, unlock, handle, generation, bytes);
  for (const name of stale(names, base)) await rm(join(folder, name), { force: true });
  return { journal, revision, entries, replayed };
}

function stale(names: readonly string[], base: number | undefined): string[] {
  return [
    ...names.filter((name) => name.endsWith('.tmp')),
    ...generations(names, 'snapshot-')
      .filter((generation) => generation < (base ?? 0))
      .map(snapshotName),
    ...generations(names, 'log-')
      .filter((generation) => generation < (base ?? 0))
      .map(logName),
  ];
}

function damaged(file: string, what: string): Error {
  return new Error(
    `${file} is damaged: ${what}. Restore the folder from a backup, or move it away to start with an empty cluster`,
  );
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

interface Waiting {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const maxBatchLength = 1024 * 1024;

/** The journal of one folder. */
export class FileJournal implements Journal {
  readonly durable = true;
  private readonly options: FileJournalOptions;
  private readonly unlock: () => void;
  private handle: FileHandle;
  private generation: number;
  private logBytes: number;
  private batch = 0;
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private compacting: Promise<void> | undefined;
  private live: LiveState | undefined;
  private failure: Error | undefined;

  constructor(
    options: FileJournalOptions,
    unlock: () => void,
    handle: FileHandle,
    generation: number,
    logBytes: number,
  ) {
    this.options = options;
    this.unlock = unlock;
    this.handle = handle;
    this.generation = generation;
    this.logBytes = logBytes;
  }

  /** Tells what to take snapshots of. */
  attach(live: LiveState): void {
    this.live = live;
  }

  append(change: JournalChange): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting.push({ text: line(changePayload(change)), resolve, reject });
      this.writing ??= this.writeBatches();
    });
  }

  async close(): Promise<void> {
    while (this.writing !== undefined || this.compacting !== undefined) {
      await this.writing;
      await this.compacting;
    }
    await this.handle.close();
    this.unlock();
  }

  private async writeBatches(): Promise<void> {
    // What else this turn of the event loop brings goes into the same batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.takeBatch();
      try {
        const text = line(`B ${++this.batch}`) + batch.map((item) => item.text).join('');
        const data = Buffer.from(text);
        await this.handle.appendFile(data);
        if (this.options.sync) await this.handle.datasync();
        this.logBytes += data.length;
      } catch (error) {
        this.failure = new Error(`state could not be written: ${(error as Error).message}`, { cause: error });
        this.options.logger.error({ error }, 'state could not be written; no further write is accepted');
        for (const item of [...batch, ...this.waiting]) item.reject(this.failure);
        this.waiting = [];
        break;
      }
      for (const item of batch) item.resolve();
      await this.compactIfDue();
    }
    await this.compactIfDue();
    this.writing = undefined;
    if (this.waiting.length > 0) this.writing = this.writeBatches();
  }

  /** What waits; where that is much, no more than can be made ready without keeping everybody waiting. */
  private takeBatch(): Waiting[] {
    let bytes = 0;
    const end = this.waiting.findIndex((item) => {
      bytes += item.text.length;
      return bytes > maxBatchLength;
    });
    return this.waiting.splice(0, end < 0 ? this.waiting.length : end + 1);
  }

  /** Switches to a new log where the present one outweighs the live objects; the snapshot is then written meanwhile. */
  private async compactIfDue(): Promise<void> {
    const { live } = this;
    if (live === undefined || this.compacting !== undefined) return;
    if (this.logBytes < Math.max(this.options.minLogBytes ?? 256 * 1024, live.liveBytes())) return;
    const next = this.generation + 1;
    const old = this.handle;
    this.handle = await open(join(this.options.folder, logName(next)), 'a', 0o600);
    await syncFolder(this.options.folder);
    await old.close();
    this.generation = next;
    this.logBytes = 0;
    // Commits run in microtasks after their batch: let them into the store before it is read.
    this.compacting = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.snapshot(live, next))
      .catch((error: unknown) => {
        this.options.logger.error({ error }, 'snapshot failed; the log is kept');
      })
      .finally(() => {
        this.compacting = undefined;
        // What was written meanwhile may be due again, though no write comes any more.
        this.writing ??= this.writeBatches();
      });
  }

  private async snapshot(live: LiveState, generation: number): Promise<void> {
    const { folder } = this.options;
    const revision = live.revision;
    const file = join(folder, snapshotName(generation));
    const stream = createWriteStream(`${file}.tmp`, { mode: 0o600 });
    const write = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => (error ? reject(error) : resolve()));
      });
    let chunk: string[] = [];
    let size = 0;
    for (const entry of [...live.entries()]) {
      const text = line(changePayload(entry));
      chunk.push(text);
      size += text.length;
      if (size < 256 * 1024) continue;
      await write(chunk.join(''));
      chunk = [];
      size = 0;
    }
    await write(chunk.join('') + line(`E ${revision}`));
    await new Promise<void>((resolve, reject) => {
      stream.on('error', reject);
      stream.end(() => resolve());
    });
    const handle = await open(`${file}.tmp`, 'r+');
    await handle.sync();
    await handle.close();
    await rename(`${file}.tmp`, file);
    await syncFolder(folder);
    for (const name of stale(await readdir(folder), generation)) {
      if (!name.endsWith('.tmp')) await rm(join(folder, name), { force: true });
    }
  }
}
