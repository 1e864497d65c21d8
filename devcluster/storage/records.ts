/**
 * The text form of the journal. A file is a sequence of lines, each `CRC32 PAYLOAD\n`: the checksum is of the payload, in eight hex
 * digits. Payloads: `B NUMBER` opens a batch; `P REVISION RESOURCE KEY JSON` stores, `D REVISION RESOURCE KEY` deletes; `E REVISION`
 * ends a snapshot. Keys and resources hold no spaces, JSON no line breaks.
 */
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { JournalChange } from './store.ts';

export type Record_ =
  | { readonly kind: 'batch'; readonly number: number }
  | { readonly kind: 'change'; readonly change: JournalChange }
  | { readonly kind: 'end'; readonly revision: number };

/** One line with its checksum. */
export function line(payload: string): string {
  return `${crc32(payload).toString(16).padStart(8, '0')} ${payload}\n`;
}

/** The payload of a change. */
export function changePayload(change: JournalChange): string {
  const head = `${change.revision} ${change.resource} ${change.key}`;
  return change.json === undefined ? `D ${head}` : `P ${head} ${change.json}`;
}

const SPACE = 0x20;
const NEWLINE = 0x0a;
const pieceBytes = 256 * 1024;

/**
 * Reads one line (without its break); undefined where it is not intact. Each text is made by itself: a part of a longer one would keep all of
 * that in memory.
 */
function parseLine(data: Buffer, resources: Map<string, string>): Record_ | undefined {
  if (data[8] !== SPACE) return undefined;
  if (Number.parseInt(data.toString('latin1', 0, 8), 16) !== crc32(data.subarray(9))) return undefined;
  const kind = String.fromCharCode(data[9] ?? 0);
  if (kind === 'B') return { kind: 'batch', number: Number(data.toString('latin1', 11)) };
  if (kind === 'E') return { kind: 'end', revision: Number(data.toString('latin1', 11)) };
  if (kind !== 'D' && kind !== 'P') return undefined;
  const first = data.indexOf(SPACE, 11);
  const second = data.indexOf(SPACE, first + 1);
  const third = kind === 'D' ? data.length : data.indexOf(SPACE, second + 1);
  const revision = Number(data.toString('latin1', 11, first));
  const name = data.toString('utf8', first + 1, second);
  const resource = resources.get(name) ?? name;
  resources.set(resource, resource);
  const key = data.toString('utf8', second + 1, third);
  const json = kind === 'D' ? undefined : data.toString('utf8', third + 1);
  return { kind: 'change', change: { revision, resource, key, json } };
}

/** How far a file is intact. */
export interface ReadResult {
  /** Bytes of the file. */
  readonly bytes: number;
  /** Bytes up to and including the last intact line. */
  readonly intactBytes: number;
  /** Set where something intact follows something that is not: then it is damage, and no torn end. */
  readonly damagedAt: number | undefined;
}

/**
 * Reads a file piece by piece and calls with each record up to the first bad line. Lines after that count as damage only if a later batch
 * begins among them: a batch is written only after the one before is on disk, so a bad line in the last batch is a write that was never acknowledged.
 */
export async function readRecords(file: string, record: (record: Record_) => void): Promise<ReadResult> {
  const resources = new Map<string, string>();
  let bytes = 0;
  let intactBytes = 0;
  let badAt: number | undefined;
  let damagedAt: number | undefined;
  const take = (text: Buffer, at: number): void => {
    const found = parseLine(text, resources);
    if (badAt !== undefined) {
      if (found?.kind === 'batch' || found?.kind === 'end') damagedAt ??= badAt;
    } else if (found === undefined) badAt = at;
    else {
      record(found);
      intactBytes = at + text.length + 1;
    }
  };
  const buffer = Buffer.allocUnsafe(pieceBytes);
  let rest: Buffer[] = [];
  const handle = await open(file, 'r');
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, pieceBytes);
      if (bytesRead === 0) return { bytes, intactBytes, damagedAt };
      const piece = buffer.subarray(0, bytesRead);
      let from = 0;
      for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
        const last = piece.subarray(from, end);
        const text = rest.length === 0 ? last : Buffer.concat([...rest, last]);
        rest = [];
        take(text, bytes + end - text.length);
        from = end + 1;
      }
      if (from < bytesRead) rest.push(Buffer.from(piece.subarray(from)));
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
