import type { Readable } from 'node:stream';
import type { Clock, Timer } from '../../kube/types.ts';

/** How much is read from a stream before it has to wait: `maxBytes` within each `windowMs`. */
export interface IntakeRate {
  readonly windowMs: number;
  readonly maxBytes: number;
}

/**
 * Reads a stream at a bounded rate: a process that writes more than that is held up by its own pipe, instead of
 * holding up this process. `cost` is what a chunk counts for, its length unless told. Returns how to stop.
 */
export function readAtRate(
  stream: Readable,
  rate: IntakeRate,
  clock: Clock,
  take: (chunk: Buffer) => number | undefined,
): () => void {
  let used = 0;
  let windowStart = clock.monotonic();
  let pause: Timer | undefined;
  const onData = (chunk: Buffer): void => {
    const now = clock.monotonic();
    if (now - windowStart >= rate.windowMs) {
      windowStart = now;
      used = 0;
    }
    used += take(chunk) ?? chunk.length;
    if (used < rate.maxBytes || pause !== undefined) return;
    stream.pause();
    pause = clock.after(rate.windowMs, () => {
      pause = undefined;
      stream.resume();
    });
  };
  stream.on('data', onData);
  return () => {
    pause?.cancel();
    stream.off('data', onData);
  };
}

/** Splits bytes into lines, each of at most `maxBytes`. */
export class LineSplitter {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that `chunk` completes, without their ends; `overflow` when the line begun is longer than allowed. */
  push(chunk: Buffer): { readonly lines: string[]; readonly overflow: boolean } {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      this.#append(chunk.subarray(start, end));
      if (this.#length > this.#maxBytes) return { lines, overflow: true };
      lines.push(Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, ''));
      this.#parts = [];
      this.#length = 0;
      start = end + 1;
    }
    // A copy: a slice would keep its whole chunk in memory.
    if (start < chunk.length) this.#append(Buffer.from(chunk.subarray(start)));
    return { lines, overflow: this.#length > this.#maxBytes };
  }

  #append(part: Buffer): void {
    this.#parts.push(part);
    this.#length += part.length;
  }
}

/** The last lines of a text that comes in pieces: what a process said before it died. */
export class Tail {
  readonly #maxLength: number;
  readonly #maxLines: number;
  #text = '';

  constructor(maxLength: number, maxLines: number) {
    this.#maxLength = maxLength;
    this.#maxLines = maxLines;
  }

  push(chunk: Buffer): void {
    const piece = chunk.subarray(Math.max(0, chunk.length - this.#maxLength)).toString('utf8');
    this.#text = (this.#text + piece).slice(-this.#maxLength);
  }

  /** Without colours and control characters, blank lines left out. */
  toString(): string {
    return (
      this.#text
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
        .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
        .split('\n')
        .map((line) => line.trimEnd())
        .filter((line) => line !== '')
        .slice(-this.#maxLines)
        .join('\n')
        .toWellFormed()
    );
  }
}
