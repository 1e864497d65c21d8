/**
 * The text form of the journal. A file is a sequence of lines, each `CRC32 PAYLOAD\n`: the checksum is of the payload, in eight hex
 * digits. Payloads: `B NUMBER` opens a batch; `P REVISION RESOURCE KEY JSON` stores, `D REVISION RESOURCE KEY` deletes; `E REVISION`
 * ends a snapshot. Keys and resources hold no spaces, JSON no line breaks.
 */
import { crc32 } from 'node:zlib';
import type { JournalChange } from './store.ts';

export type Record_ =
  | { readonly kind: 'batch'; readonly number: number }
  | { readonly kind: 'change'; readonly change: JournalChange }
  | { readonly kind: 'end'; readonly revision: number };

/** One line with its checksum. */
export function line(payload: string): string {
  return `${checksum(payload)} ${payload}\n`;
}

/** The payload of a change. */
export function changePayload(change: JournalChange): string {
  const head = `${change.revision} ${change.resource} ${change.key}`;
  return change.json === undefined ? `D ${head}` : `P ${head} ${change.json}`;
}

function checksum(payload: string): string {
  return crc32(payload).toString(16).padStart(8, '0');
}

/** Reads one line (without its break); undefined where it is not intact. */
export function parseLine(text: string): Record_ | undefined {
  if (text[8] !== ' ') return undefined;
  const payload = text.slice(9);
  if (text.slice(0, 8) !== checksum(payload)) return undefined;
  const kind = payload[0];
  const rest = payload.slice(2);
  if (kind === 'B') return { kind: 'batch', number: Number(rest) };
  if (kind === 'E') return { kind: 'end', revision: Number(rest) };
  const first = rest.indexOf(' ');
  const second = rest.indexOf(' ', first + 1);
  const revision = Number(rest.slice(0, first));
  const resource = rest.slice(first + 1, second);
  if (kind === 'D')
    return { kind: 'change', change: { revision, resource, key: rest.slice(second + 1), json: undefined } };
  if (kind !== 'P') return undefined;
  const third = rest.indexOf(' ', second + 1);
  const key = rest.slice(second + 1, third);
  return { kind: 'change', change: { revision, resource, key, json: rest.slice(third + 1) } };
}

/** What a file held, as far as it is intact. */
export interface ReadResult {
  readonly records: Record_[];
  /** Bytes up to and including the last intact line. */
  readonly intactBytes: number;
  /** Set where something intact follows something that is not: then it is damage, and no torn end. */
  readonly damagedAt: number | undefined;
}

/**
 * Reads a whole file. Lines after the first bad one count as damage only if a later batch begins among them: a batch is written
 * only after the one before is on disk, so a bad line in the last batch is a write that was never acknowledged.
 */
export function readRecords(data: Buffer): ReadResult {
  const records: Record_[] = [];
  let at = 0;
  let intactBytes = 0;
  let badAt: number | undefined;
  while (at < data.length) {
    const end = data.indexOf(10, at);
    const record = end < 0 ? undefined : parseLine(data.toString('utf8', at, end));
    if (badAt === undefined) {
      if (record === undefined) badAt = at;
      else {
        records.push(record);
        intactBytes = end + 1;
      }
    } else if (record?.kind === 'batch' || record?.kind === 'end') return { records, intactBytes, damagedAt: badAt };
    if (end < 0) break;
    at = end + 1;
  }
  return { records, intactBytes, damagedAt: undefined };
}
