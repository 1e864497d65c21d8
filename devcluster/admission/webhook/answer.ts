/** One HTTP/1.1 answer out of the bytes of a connection, as Go's client reads it. */

/** What an answer says before its body. */
export interface AnswerHead {
  readonly code: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
}

export interface WholeAnswer {
  readonly head: AnswerHead;
  readonly body: string;
  /** Whether the connection may carry another exchange. */
  readonly reusable: boolean;
}

/** An answer may be this long: more than twice what an object and its patch can take. */
export const maxAnswerBytes = 16 << 20;
const maxHeadBytes = 1 << 16;
const maxChunkLine = 4096;

const broken = (why: string): Error => new Error(`net/http: HTTP/1.x transport connection broken: ${why}`);

/** Reads one answer. Throws, with the message of the real server's client, on what is none. */
export class AnswerReader {
  /** The head, once it has come. */
  head: AnswerHead | undefined;
  private framing: 'length' | 'chunked' | 'untilEnd' = 'untilEnd';
  /** Bytes of a body whose length is known. */
  private length = 0;
  private keepAlive = false;
  /** Bytes that are not dealt with yet: of the head, or of the framing of a chunked body. */
  private rest: Buffer | undefined;
  private readonly parts: Buffer[] = [];
  private size = 0;
  /** Of a chunked body: bytes of the chunk that are still to come, its line end not counted; undefined between two chunks. */
  private chunkLeft: number | undefined;
  private inTrailer = false;

  /** True from the first byte on. */
  get begun(): boolean {
    return this.head !== undefined || this.rest !== undefined;
  }

  /** Takes what has come; the answer when it is whole. */
  take(bytes: Buffer): WholeAnswer | undefined {
    let from = 0;
    let all = bytes;
    if (this.rest !== undefined) {
      all = Buffer.concat([this.rest, bytes]);
      this.rest = undefined;
    }
    while (this.head === undefined) {
      const end = headEnd(all, from);
      if (end === undefined) {
        if (all.length - from > maxHeadBytes)
          throw new Error(`net/http: server response headers exceeded ${maxHeadBytes} bytes; aborted`);
        this.rest = all.subarray(from);
        return undefined;
      }
      this.readHead(all.toString('latin1', from, end.from));
      from = end.to;
    }
    return this.takeBody(all, from);
  }

  /** The connection has ended: the answer where that is its end, else undefined. */
  end(): WholeAnswer | undefined {
    return this.head !== undefined && this.framing === 'untilEnd' ? this.whole(false) : undefined;
  }

  private readHead(text: string): void {
    const lines = text.split('\n');
    const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |\r?$)/.exec(lines[0] ?? '') ?? [];
    if (status === undefined)
      throw broken(`malformed HTTP response ${JSON.stringify((lines[0] ?? '').replace(/\r$/, ''))}`);
    const code = Number(status);
    // What is said on the way is no answer; a switch of protocols is one that nobody has asked for.
    if (code >= 100 && code < 200 && code !== 101) return;
    let contentType = '';
    let retryAfter: string | undefined;
    let location: string | undefined;
    let length: string | undefined;
    let encoding: string | undefined;
    let connection = '';
    for (let at = 1; at < lines.length; at++) {
      const line = lines[at] as string;
      const colon = line.indexOf(':');
      if (colon <= 0) throw broken(`malformed MIME header line: ${line.trimEnd()}`);
      const value = line.slice(colon + 1).trim();
      switch (line.slice(0, colon).toLowerCase()) {
        case 'content-length':
          if (length !== undefined && length !== value)
            throw broken(
              `http: message cannot contain multiple Content-Length headers; got ${JSON.stringify([length, value])}`,
            );
          length = value;
          break;
        case 'transfer-encoding':
          encoding = value;
          break;
        case 'connection':
          connection = value.toLowerCase();
          break;
        case 'content-type':
          contentType = value;
          break;
        case 'retry-after':
          retryAfter = value;
          break;
        case 'location':
          location = value;
          break;
      }
    }
    if (encoding !== undefined) {
      if (encoding.toLowerCase() !== 'chunked')
        throw broken(`unsupported transfer encoding: ${JSON.stringify(encoding)}`);
      this.framing = 'chunked';
    } else if (code === 204 || code === 304) this.framing = 'length';
    else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw broken(`bad Content-Length ${JSON.stringify(length)}`);
      this.framing = 'length';
      this.length = Number(length);
    }
    this.keepAlive = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive');
    this.head = { code, contentType, retryAfter, location };
  }

  private takeBody(all: Buffer, from: number): WholeAnswer | undefined {
    if (this.framing === 'chunked') return this.takeChunks(all, from);
    if (this.framing === 'untilEnd') {
      this.keep(all.subarray(from));
      return undefined;
    }
    const missing = this.length - this.size;
    if (this.length > maxAnswerBytes) this.keep(all.subarray(from), this.length);
    else this.keep(all.subarray(from, from + missing));
    if (this.size < this.length) return undefined;
    return this.whole(all.length - from === missing);
  }

  private takeChunks(all: Buffer, start: number): WholeAnswer | undefined {
    let from = start;
    for (;;) {
      if (this.chunkLeft !== undefined) {
        const piece = all.subarray(from, from + this.chunkLeft);
        this.keep(piece);
        from += piece.length;
        this.chunkLeft -= piece.length;
        if (this.chunkLeft > 0) return undefined;
      }
      const line = this.line(all, from);
      if (line === undefined) return undefined;
      from = line.to;
      if (this.inTrailer) {
        if (line.text === '') return this.whole(from === all.length);
      } else if (this.chunkLeft === 0) {
        if (line.text !== '') throw new Error('malformed chunked encoding');
        this.chunkLeft = undefined;
      } else {
        const digits = (line.text.split(';', 1)[0] ?? '').trim();
        if (!/^[0-9a-f]{1,8}$/i.test(digits)) throw new Error('invalid byte in chunk length');
        const bytes = Number.parseInt(digits, 16);
        if (bytes === 0) this.inTrailer = true;
        else this.chunkLeft = bytes;
      }
    }
  }

  /** The line that begins at `from`; what is not a whole one is kept for later. */
  private line(all: Buffer, from: number): { readonly text: string; readonly to: number } | undefined {
    const end = all.indexOf(10, from);
    if ((end < 0 ? all.length : end) - from > maxChunkLine) throw new Error('header line too long');
    if (end >= 0) return { text: all.toString('latin1', from, end).replace(/\r$/, ''), to: end + 1 };
    if (from < all.length) this.rest = all.subarray(from);
    return undefined;
  }

  private keep(piece: Buffer, announced = 0): void {
    this.size += piece.length;
    if (Math.max(this.size, announced) > maxAnswerBytes)
      throw new Error(`the answer is longer than ${maxAnswerBytes} bytes`);
    if (piece.length > 0) this.parts.push(piece);
  }

  private whole(clean: boolean): WholeAnswer {
    const { parts } = this;
    const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    return { head: this.head as AnswerHead, body: bytes.toString(), reusable: clean && this.keepAlive };
  }
}

/** Where the lines of a head end, and where what follows begins. */
function headEnd(bytes: Buffer, from: number): { readonly from: number; readonly to: number } | undefined {
  const usual = bytes.indexOf('\r\n\r\n', from, 'latin1');
  const bare = bytes.indexOf('\n\n', from, 'latin1');
  if (usual >= 0 && (bare < 0 || bare > usual)) return { from: usual, to: usual + 4 };
  for (let at = bytes.indexOf(10, from); at >= 0; at = bytes.indexOf(10, at + 1)) {
    const next = bytes[at + 1] === 13 ? at + 2 : at + 1;
    if (bytes[next] === 10) return { from: bytes[at - 1] === 13 ? at - 1 : at, to: next + 1 };
  }
  return undefined;
}
